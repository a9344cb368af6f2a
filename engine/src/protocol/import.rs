//! Modules, for native code that needs one.

use crate::objects::{Dict, List};
use crate::{Ctx, PyResult};
use proto_core::Value;

/// The module of that (dotted) name, imported when necessary.
pub fn import_module(cx: &mut Ctx, name: &str) -> PyResult {
    let atom = cx.intern(name.as_bytes());
    if let Some(module) = loaded(cx, atom)
        && module != Value::NONE
    {
        return Ok(module);
    }
    let names = cx.names;
    let import = match cx.builtins_dict().get_str(names.__import__) {
        Some(f) => f,
        None => return Err(cx.import_error("__import__ not found", atom)),
    };
    // The program may have a function of its own there: it is called as CPython's native code does.
    let globals = match crate::interp::current_globals(cx) {
        Some(globals) => globals,
        None => {
            let globals = Dict::new(cx);
            crate::interp::ensure_builtins(cx, globals);
            globals.value()
        }
    };
    let nothing = List::new(cx).value();
    super::call(cx, import, &[atom, globals, globals, nothing, Value::small(0)])?;
    match loaded(cx, atom) {
        Some(module) => Ok(module),
        None => Err(cx.key_error(atom)),
    }
}

fn loaded(cx: &Ctx, name: Value) -> Option<Value> {
    cx.rt.modules(cx).get_str(name)
}

/// `from module import name`.
pub fn import_attr(cx: &mut Ctx, module: &str, name: &str) -> PyResult {
    let module = import_module(cx, module)?;
    let name = cx.intern(name.as_bytes());
    super::getattr(cx, module, name)
}
