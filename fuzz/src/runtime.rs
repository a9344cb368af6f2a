//! The entry functions written in Python (`entries/runtime.py`), in a runtime that lives as long as the process.

use std::cell::RefCell;

use engine::interp::{self, CompileMode};
use engine::native::module_dict;
use engine::prelude::*;
use modules_system::{hooks, import, library};
use python_env::{boot, cli::args};

const ENTRIES: &str = include_str!("../entries/runtime.py");
const MODULE: &str = "fuzz_entries";

thread_local! {
    /// The runtime belongs to the thread that asks first; libFuzzer has only one that calls.
    static RUNTIME: RefCell<Option<Box<Ctx>>> = const { RefCell::new(None) };
}

/// Calls the entry function of that name. An exception that it lets through is a fault.
pub fn call(name: &str, data: &[u8]) {
    RUNTIME.with_borrow_mut(|runtime| {
        let cx = runtime.get_or_insert_with(start);
        let r = entry(cx, name, data);
        if let Err(r) = r {
            let exc = cx.take(r);
            hooks::uncaught(cx, exc);
            std::process::abort();
        }
    });
}

fn entry(cx: &mut Ctx, name: &str, data: &[u8]) -> Res<()> {
    let targets = protocol::import_attr(cx, MODULE, "TARGETS")?;
    let name = cx.str_value(name);
    let f = protocol::getitem(cx, targets, name)?;
    let data = Bytes::new(cx, data);
    protocol::call(cx, f, &[data])?;
    Ok(())
}

fn start() -> Box<Ctx> {
    let words = ["fuzz", "-S", "-c", ""].map(|w| w.as_bytes().to_vec());
    let Ok(options) = args::parse(words.into()) else { panic!("the options are wrong") };
    let mut config = options.config;
    config.path = vec![library::ROOT.as_bytes().to_vec()];
    let (mut cx, started) = boot::boot(config);
    let loaded = started.and_then(|()| load(&mut cx));
    if let Err(r) = loaded {
        let exc = cx.take(r);
        hooks::uncaught(&mut cx, exc);
        panic!("the entries do not load");
    }
    cx
}

fn load(cx: &mut Ctx) -> Res<()> {
    let module = cx.new_empty_module(MODULE, "");
    import::add(cx, MODULE, module);
    let Some(globals) = module_dict(module) else { return Ok(()) };
    let code = interp::compile_source(cx, ENTRIES, "entries/runtime.py", CompileMode::Exec, 0, false, -1)?;
    interp::exec_code(cx, code, globals.value(), Value::EMPTY, Value::EMPTY)?;
    Ok(())
}
