//! `_tuplegetter`: the descriptor of a named tuple's field. Slots: 0 index, 1 docstring.

use engine::objects::{Obj, Tuple};
use engine::prelude::*;

pub static TUPLEGETTER: TypeDef = TypeDef {
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, index, doc, /)", getter_new, "")),
    slots: Slots { repr: Some(getter_repr), descr_get: Some(getter_get), descr_set: Some(getter_set), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", getter_reduce, "")],
    members: &[Member::rw("__doc__", 1, "")],
    ..TypeDef::new("collections", "_tuplegetter")
};

fn slot(cx: &Ctx, v: Value, i: usize) -> Value {
    Obj::of(v).map_or(Value::NONE, |o| o.slot(cx, i))
}

fn getter_new(cx: &mut Ctx, args: Args) -> PyResult {
    let i = args.index(cx, 1)?;
    let o = cx.alloc_instance(args[0])?;
    let i = int::from_i64(cx, i);
    o.set_slot(cx, 0, i);
    o.set_slot(cx, 1, args[2]);
    Ok(o.value())
}

fn getter_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let i = slot(cx, v, 0).as_int().unwrap_or(0);
    let doc = slot(cx, v, 1);
    let doc = engine::protocol::repr_lossy(cx, doc);
    Ok(Str::from_text(cx, &format!("_tuplegetter({i}, {doc})")))
}

fn getter_get(cx: &mut Ctx, v: Value, obj: Value, _ty: Value) -> PyResult {
    if obj == Value::EMPTY || obj == Value::NONE {
        return Ok(v);
    }
    let i = slot(cx, v, 0).as_int().unwrap_or(0) as usize;
    match Tuple::of_sub(cx, obj) {
        Some(t) if i < t.len() => Ok(t.get(i)),
        Some(_) => Err(cx.index_error("tuple index out of range")),
        None => {
            let name = types::type_name(cx, obj);
            Err(cx.type_error(format!(
                "descriptor for index '{i}' for tuple subclasses doesn't apply to '{name}' object"
            )))
        }
    }
}

fn getter_set(cx: &mut Ctx, _v: Value, _obj: Value, value: Value) -> Res<()> {
    let text = if value == Value::EMPTY { "can't delete attribute" } else { "can't set attribute" };
    Err(cx.raise(Exc::AttributeError, text))
}

fn getter_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let (i, doc) = (slot(cx, args[0], 0), slot(cx, args[0], 1));
    let inner = Tuple::new(cx, &[i, doc]);
    let class = types::type_of(cx, args[0]).value();
    Ok(Tuple::new(cx, &[class, inner]))
}
