//! The attribute `memo` of picklers and unpicklers: views of what they remember.

use engine::prelude::*;

use super::{memo, unmemo};

/// `PicklerMemoProxy`. Native slot 0: the pickler.
pub static PICKLER_MEMO: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots { hash: Some(slots::hash_not_implemented), ..Slots::NONE },
    methods: &[
        NativeDef::new("clear", "($self, /)", clear_pickler, "Remove all items from memo."),
        NativeDef::new("copy", "($self, /)", copy_pickler, "Copy the memo to a new object."),
        NativeDef::new("__reduce__", "($self, /)", reduce_pickler, "Implement pickle support."),
    ],
    ..TypeDef::new("_pickle", "PicklerMemoProxy")
};

/// `UnpicklerMemoProxy`. Native slot 0: the unpickler.
pub static UNPICKLER_MEMO: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots { hash: Some(slots::hash_not_implemented), ..Slots::NONE },
    methods: &[
        NativeDef::new("clear", "($self, /)", clear_unpickler, "Remove all items from memo."),
        NativeDef::new("copy", "($self, /)", copy_unpickler, "Copy the memo to a new object."),
        NativeDef::new("__reduce__", "($self, /)", reduce_unpickler, "Implement pickling support."),
    ],
    ..TypeDef::new("_pickle", "UnpicklerMemoProxy")
};

/// What a proxy of that type stands for.
pub fn target(cx: &mut Ctx, proxy: Value, def: &'static TypeDef) -> Option<Obj> {
    if !cx.is_def(proxy, def) {
        return None;
    }
    Obj::of(proxy).and_then(|o| Obj::of(o.slot(cx, 0)))
}

fn of(cx: &mut Ctx, proxy: Value) -> Res<Obj> {
    match Obj::of(proxy).and_then(|o| Obj::of(o.slot(cx, 0))) {
        Some(o) => Ok(o),
        None => Err(cx.system_error("a proxy of nothing")),
    }
}

fn clear_pickler(cx: &mut Ctx, args: Args) -> PyResult {
    let o = of(cx, args[0])?;
    memo::reset(cx, o);
    Ok(Value::NONE)
}

fn copy_pickler(cx: &mut Ctx, args: Args) -> PyResult {
    let o = of(cx, args[0])?;
    Ok(memo::to_dict(cx, o).value())
}

fn clear_unpickler(cx: &mut Ctx, args: Args) -> PyResult {
    let o = of(cx, args[0])?;
    unmemo::reset(cx, o);
    Ok(Value::NONE)
}

fn copy_unpickler(cx: &mut Ctx, args: Args) -> PyResult {
    let o = of(cx, args[0])?;
    Ok(unmemo::to_dict(cx, o).value())
}

/// `(dict, (copy,))`
fn as_dict(cx: &mut Ctx, copy: Value) -> PyResult {
    let args = Tuple::new(cx, &[copy]);
    Ok(Tuple::new(cx, &[cx.types.dict.value(), args]))
}

fn reduce_pickler(cx: &mut Ctx, args: Args) -> PyResult {
    let copy = copy_pickler(cx, args)?;
    as_dict(cx, copy)
}

fn reduce_unpickler(cx: &mut Ctx, args: Args) -> PyResult {
    let copy = copy_unpickler(cx, args)?;
    as_dict(cx, copy)
}
