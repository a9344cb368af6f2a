//! Immutable collections that threads share at no cost: the module `_protopython_data`, which `protopython.data` shows, and
//! `frozendict`.
#![forbid(unsafe_code)]

mod atom;
mod changes;
mod frozendict;
mod hash_iter;
mod host;
mod list;
mod map;
mod set;
mod sorted_map;
mod sorted_set;
mod tree_iter;
mod views;

use engine::prelude::*;

/// Adds `frozendict` to `builtins`.
///
/// # Errors
/// Whatever making a type raises; at start-up nothing should.
pub fn register(cx: &mut Ctx) -> Res<()> {
    let ty = cx.add_type(&frozendict::FROZENDICT);
    let builtins = cx.builtins_dict();
    builtins.set_str(cx, ty.name(), ty.value());
    Ok(())
}

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&DATA];

static DATA: ModuleDef = ModuleDef {
    doc: "Immutable collections that share structure, and a cell for one of them.",
    types: &[
        &map::MAP,
        &set::SET,
        &list::LIST,
        &sorted_map::SORTED_MAP,
        &sorted_set::SORTED_SET,
        &atom::ATOM,
        &views::KEYS,
        &views::VALUES,
        &views::ITEMS,
    ],
    functions: &[
        NativeDef::new("is_shared", "($module, object, /)", is_shared, "Whether other threads may see the object."),
        NativeDef::new(
            "share",
            "($module, object, /)",
            share,
            "Make the object, and all that it refers to, visible to other threads now, and return it.\n\nWhat a thread hands to others is made so by itself; this chooses when.",
        ),
    ],
    ..ModuleDef::new("_protopython_data")
};

fn is_shared(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(cx.is_shared(args[0])))
}

fn share(cx: &mut Ctx, args: Args) -> PyResult {
    cx.promote(args[0]);
    Ok(args[0])
}
