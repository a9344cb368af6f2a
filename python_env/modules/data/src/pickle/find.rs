//! Finding classes and functions by the names in a pickle.

use engine::prelude::*;

use super::global;
use super::state::{self, State};

/// How names are to be understood.
#[derive(Copy, Clone)]
pub struct Names {
    /// The protocol of the pickle.
    pub proto: u8,
    /// Whether names of Python 2 are replaced by those of today.
    pub fix_imports: bool,
}

/// The object of that name in the module of that name.
pub fn find_class(cx: &mut Ctx, state: State, names: Names, module: Value, name: Value) -> PyResult {
    protocol::audit::tell(cx, "pickle.find_class", &[module, name])?;
    let (mut module, mut name) = (module, name);
    if names.proto < 3 && names.fix_imports {
        let key = Tuple::new(cx, &[module, name]);
        if let Some(pair) = state::lookup(cx, state.name_mapping(), key)? {
            (module, name) = global::mapped_pair(cx, pair, "NAME_MAPPING")?;
        } else if let Some(new) = state::lookup(cx, state.import_mapping(), module)? {
            module = global::mapped_name(cx, new, "IMPORT_MAPPING")?;
        }
    }
    let (Some(module_name), Some(text)) = (Str::of_sub(cx, module), Str::of_sub(cx, name)) else {
        return Err(cx.type_error("module and name must be str"));
    };
    let module_name = module_name.intern(cx);
    let found = global::import(cx, module_name)?;
    if names.proto < 4 || !text.as_bytes().contains(&b'.') {
        let name = text.intern(cx);
        return protocol::getattr(cx, found, name);
    }
    let path = global::path(cx, text);
    match global::follow(cx, found, &path) {
        Err(r) if cx.matches(&r, Exc::AttributeError) => {
            let context = cx.take(r);
            let (name, module) = (protocol::repr_lossy(cx, name), protocol::repr_lossy(cx, module));
            let raised = cx.raise(Exc::AttributeError, format!("Can't resolve path {name} on module {module}"));
            let exc = cx.take(raised);
            engine::exceptions::raise::set_context(cx, exc, context);
            Err(cx.restore(exc))
        }
        result => result,
    }
}
