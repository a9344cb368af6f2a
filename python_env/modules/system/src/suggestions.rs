//! The modules `_sysconfig` and `_suggestions`.

use engine::prelude::*;

use crate::convert::type_name;

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

fn config_vars(cx: &mut Ctx, _args: Args) -> PyResult {
    let dict = Dict::new(cx);
    dict.set_str(cx, cx.intern(b"Py_GIL_DISABLED"), Value::small(1));
    Ok(dict.value())
}

/// `_sysconfig`
pub static SYSCONFIG: ModuleDef =
    ModuleDef { functions: &[def("config_vars", "($module, /)", config_vars)], ..ModuleDef::new("_sysconfig") };

fn generate_suggestions(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(list) = List::of_sub(cx, args[0]) else {
        return Err(cx.type_error("candidates must be a list"));
    };
    let mut names = Vec::new();
    for v in list.items() {
        match Str::of_sub(cx, v) {
            Some(s) => names.push(s.to_string_lossy().into_owned()),
            None => return Err(cx.type_error("all elements in 'candidates' must be strings")),
        }
    }
    let Some(wanted) = Str::of_sub(cx, args[1]) else {
        let ty = type_name(cx, args[1]);
        return Err(cx.type_error(format!("_generate_suggestions() argument 2 must be str, not {ty}")));
    };
    let wanted = wanted.to_string_lossy().into_owned();
    let best = engine::exceptions::suggest::closest(&wanted, names.iter().map(String::as_str));
    Ok(best.map_or(Value::NONE, |b| Str::new(cx, b)))
}

/// `_suggestions`
pub static SUGGESTIONS: ModuleDef = ModuleDef {
    functions: &[def("_generate_suggestions", "($module, candidates, item, /)", generate_suggestions)],
    ..ModuleDef::new("_suggestions")
};
