//! The module `_functools`.

mod cmp_key;
mod lru_cache;
mod lru_order;
mod partial;

use engine::prelude::*;
use engine::protocol;

pub use partial::PARTIAL;

pub static FUNCTOOLS: ModuleDef = ModuleDef {
    doc: "Tools that operate on functions.",
    types: &[&partial::PARTIAL, &partial::PLACEHOLDER, &lru_cache::LRU_CACHE],
    functions: &[
        NativeDef::new(
            "reduce",
            "($module, function, iterable, /, initial=<unrepresentable>)",
            reduce,
            "Apply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is present,\nit is placed before the items of the iterable in the calculation, and serves as\na default when the iterable is empty.\n\nFor example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\ncalculates ((((1 + 2) + 3) + 4) + 5).",
        ),
        NativeDef::new(
            "cmp_to_key",
            "($module, /, mycmp)",
            cmp_key::cmp_to_key,
            "Convert a cmp= function into a key= function.\n\n  mycmp\n    Function that compares two objects.",
        ),
    ],
    init: Some(|cx, module| {
        let placeholder = partial::placeholder(cx)?;
        cx.set_module_attr(module, "Placeholder", placeholder);
        Ok(())
    }),
    ..ModuleDef::new("_functools")
};

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let f = args[0];
    let it = match protocol::iter(cx, args[1]) {
        Ok(it) => it,
        Err(r) if cx.matches(&r, Exc::TypeError) => {
            cx.clear(r);
            return Err(cx.type_error("reduce() arg 2 must support iteration"));
        }
        Err(r) => return Err(r),
    };
    let mut result = args.or(2, Value::EMPTY);
    while let Some(v) = protocol::next(cx, it)? {
        result = if result.is_empty() { v } else { protocol::call(cx, f, &[result, v])? };
        cx.poll()?;
    }
    if result.is_empty() {
        return Err(cx.type_error("reduce() of empty iterable with no initial value"));
    }
    Ok(result)
}
