//! The module `_csv`.

mod dialect;
mod reader;
mod writer;

use engine::prelude::*;
use std::sync::atomic::{AtomicI64, Ordering};

/// `_csv`.
pub static CSV: ModuleDef = ModuleDef {
    doc: "CSV parsing and writing.\n",
    functions: &[
        NativeDef::new(
            "reader",
            "($module, iterable, /, dialect='excel', **fmtparams)",
            reader::make,
            "Return a reader object that will process lines from the given iterable.",
        ),
        NativeDef::new(
            "writer",
            "($module, fileobj, /, dialect='excel', **fmtparams)",
            writer::make,
            "Return a writer object that will write user data on the given file object.",
        ),
        NativeDef::new(
            "list_dialects",
            "($module, /)",
            |cx, _| {
                let names = registry(cx)?;
                Ok(names.keys_list(cx).value())
            },
            "Return a list of all known dialect names.",
        ),
        NativeDef::new(
            "register_dialect",
            "($module, name, /, dialect='excel', **fmtparams)",
            |cx, args| {
                if Str::of_sub(cx, args[0]).is_none() {
                    return Err(cx.type_error("dialect name must be a string"));
                }
                let made = make_dialect(cx, args.get(1), args.get(2))?;
                registry(cx)?.set(cx, args[0], made)?;
                Ok(Value::NONE)
            },
            "Create a mapping from a string name to a CVS dialect.",
        ),
        NativeDef::new(
            "unregister_dialect",
            "($module, /, name)",
            |cx, args| match registry(cx)?.remove(cx, args[0])? {
                Some(_) => Ok(Value::NONE),
                None => Err(error(cx, "unknown dialect")),
            },
            "Delete the name/dialect mapping associated with a string name.",
        ),
        NativeDef::new(
            "get_dialect",
            "($module, /, name)",
            |cx, args| lookup(cx, args[0]),
            "Return the dialect instance associated with name.",
        ),
        NativeDef::new(
            "field_size_limit",
            "($module, /, new_limit=<unrepresentable>)",
            |cx, args| {
                let old = FIELD_LIMIT.load(Ordering::Relaxed);
                if let Some(v) = args.get(0) {
                    if !int::is_sub(cx, v) {
                        return Err(cx.type_error("limit must be an integer"));
                    }
                    let base = objects::base_value(cx, v);
                    match int::to_i64(base) {
                        Some(n) => FIELD_LIMIT.store(n, Ordering::Relaxed),
                        None => return Err(cx.overflow_error("Python int too large to convert to C long")),
                    }
                }
                Ok(int::from_i64(cx, old))
            },
            "Sets an upper limit on parsed fields.\n\nReturns old limit. If limit is not given, no new limit is set and\nthe old limit is returned",
        ),
    ],
    types: &[&dialect::DIALECT, &ERROR],
    init: Some(|cx, module| {
        for (i, (name, _)) in dialect::QUOTINGS.iter().enumerate() {
            cx.set_module_attr(module, name, Value::small(i as i32));
        }
        let registry = Dict::new(cx).value();
        cx.set_module_attr(module, "_dialects", registry);
        for (name, def) in [("Reader", &reader::READER), ("Writer", &writer::WRITER)] {
            let ty = cx.add_type(def).value();
            cx.set_module_attr(module, name, ty);
        }
        Ok(())
    }),
    ..ModuleDef::new("_csv")
};

/// `_csv.Error`.
static ERROR: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::MUTABLE),
    bases: &[BaseRef::Exc(Exc::Exception)],
    ..TypeDef::new("_csv", "Error")
};

/// The longest field, in characters.
static FIELD_LIMIT: AtomicI64 = AtomicI64::new(128 * 1024);

/// Raises `_csv.Error`.
#[cold]
fn error(cx: &mut Ctx, text: impl Into<String>) -> Raised {
    let class = cx.type_of_def(&ERROR).value();
    cx.raise_of(class, text.into())
}

/// The dialects by name.
fn registry(cx: &mut Ctx) -> Res<Dict> {
    let v = protocol::import_attr(cx, "_csv", "_dialects")?;
    Dict::of(v).ok_or_else(|| cx.type_error("_csv._dialects must be a dict"))
}

/// The dialect with a name.
fn lookup(cx: &mut Ctx, name: Value) -> PyResult {
    match registry(cx)?.get(cx, name)? {
        Some(v) => Ok(v),
        None => Err(error(cx, "unknown dialect")),
    }
}

/// `Dialect(dialect, **rules)`.
fn make_dialect(cx: &mut Ctx, dialect: Option<Value>, rules: Option<Value>) -> PyResult {
    let rules = rules.and_then(Dict::of).unwrap_or_else(|| Dict::new(cx));
    for name in rules.keys_list(cx).items() {
        let name = protocol::text(cx, name);
        if !dialect::is_rule(&name) {
            return Err(cx.type_error(format!("this function got an unexpected keyword argument '{name}'")));
        }
    }
    let args = match dialect {
        Some(d) => Tuple::new(cx, &[d]),
        None => Tuple::empty(cx),
    };
    let class = cx.type_of_def(&dialect::DIALECT).value();
    protocol::call_ex(cx, class, args, rules.value())
}
