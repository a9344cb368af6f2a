//! The program `protopython`.

use engine::prelude::*;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (mut cx, r) = python_env::boot::boot(Default::default());
    let cx = &mut *cx;
    let r = match r {
        Ok(()) => run(cx, &args),
        Err(r) => Err(r),
    };
    if let Err(r) = r {
        let exc = cx.take(r);
        let text = modules_system::traceback::plain(cx, exc);
        eprint!("{text}");
        std::process::exit(1);
    }
}

fn run(cx: &mut Ctx, args: &[String]) -> PyResult {
    let (source, name) = if args[1] == "-c" {
        (args[2].clone(), "<string>".to_string())
    } else {
        (std::fs::read_to_string(&args[1]).unwrap_or_default(), args[1].clone())
    };
    let code = engine::interp::compile_source(cx, &source, &name, engine::interp::CompileMode::Exec, 0, false, -1)?;
    let main = cx.new_empty_module("__main__", "");
    modules_system::import::add(cx, "__main__", main);
    let Some(dict) = module_dict(main) else { return Ok(Value::NONE) };
    engine::interp::ensure_builtins(cx, dict);
    engine::interp::exec_code(cx, code, dict.value(), Value::EMPTY, Value::EMPTY)
}
