//! `cmp_to_key`: keys that compare through a three-way function. Slots: 0 the function, 1 the object (EMPTY: not given yet).

use engine::prelude::*;
use engine::protocol;

use crate::instances::{set_slot, slot};

const CMP: usize = 0;
const OBJECT: usize = 1;

pub static KEY: TypeDef = TypeDef {
    nnative: 2,
    flags: TypeFlags::NO_NEW,
    slots: Slots {
        call: Some(key_call),
        richcmp: Some(key_richcmp),
        hash: Some(slots::hash_not_implemented),
        ..Slots::NONE
    },
    getsets: &[
        GetSet::rw(
            "obj",
            get_obj,
            |cx, v, o| {
                set_slot(cx, v, OBJECT, o);
                Ok(())
            },
            "Value wrapped by a key function.",
        ),
        GetSet::ro("__text_signature__", |cx, _| Ok(Str::new(cx, "(obj)")), ""),
    ],
    ..TypeDef::new("functools", "KeyWrapper")
};

static CALL: NativeDef = NativeDef::new("K", "(obj)", |_, args| Ok(args[0]), "");

pub fn cmp_to_key(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(cx.new_object(&KEY, &[args[0], Value::EMPTY]))
}

fn key_call(cx: &mut Ctx, key: Value, args: CallArgs) -> PyResult {
    let object = native::call_def(cx, &CALL, native::Owner::None, args)?;
    let cmp = slot(cx, key, CMP);
    Ok(cx.new_object(&KEY, &[cmp, object]))
}

fn get_obj(cx: &mut Ctx, key: Value) -> PyResult {
    match slot(cx, key, OBJECT).non_empty() {
        Some(v) => Ok(v),
        None => Err(cx.raise(Exc::AttributeError, "object")),
    }
}

fn key_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !cx.is_def(b, &KEY) {
        return Err(cx.type_error("other argument must be K instance"));
    }
    let (x, y) = (slot(cx, a, OBJECT), slot(cx, b, OBJECT));
    if x.is_empty() || y.is_empty() {
        return Err(cx.raise(Exc::AttributeError, "object"));
    }
    let cmp = slot(cx, a, CMP);
    let verdict = protocol::call(cx, cmp, &[x, y])?;
    protocol::compare(cx, verdict, Value::small(0), op)
}
