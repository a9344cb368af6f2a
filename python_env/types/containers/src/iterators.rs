//! The iterator types of the containers: their state lives in `engine::objects::iter`, the Python face is here.

use engine::objects::{Obj, Tuple, iter};
use engine::prelude::*;
use engine::protocol;

use crate::leaf;

use crate::iter_state;

const HINT: NativeDef = NativeDef::new(
    "__length_hint__",
    "($self, /)",
    length_hint,
    "Private method returning an estimate of len(list(it)).",
);
const REDUCE: NativeDef =
    NativeDef::new("__reduce__", "($self, /)", iter_state::reduce, "Return state information for pickling.");
const SETSTATE: NativeDef =
    NativeDef::new("__setstate__", "($self, state, /)", iter_state::setstate, "Set state information for unpickling.");

/// Declares iterator types over the hot iterators of the engine.
macro_rules! core_iterator {
    ($($name:ident = $python:literal [$($method:ident)*];)*) => {
        $(pub static $name: TypeDef = TypeDef {
            flags: TypeFlags::NO_NEW,
            slots: Slots { iter: Some(slots::self_iter), next: Some(next), ..Slots::NONE },
            methods: &[$($method),*],
            ..TypeDef::new("builtins", $python)
        };)*
    };
}

core_iterator! {
    LIST_ITERATOR = "list_iterator" [HINT REDUCE SETSTATE];
    LIST_REVERSEITERATOR = "list_reverseiterator" [HINT REDUCE SETSTATE];
    TUPLE_ITERATOR = "tuple_iterator" [HINT REDUCE SETSTATE];
    RANGE_ITERATOR = "range_iterator" [HINT REDUCE SETSTATE];
    LONGRANGE_ITERATOR = "longrange_iterator" [HINT REDUCE SETSTATE];
    STR_ITERATOR = "str_iterator" [HINT REDUCE SETSTATE];
    STR_ASCII_ITERATOR = "str_ascii_iterator" [HINT REDUCE SETSTATE];
    BYTES_ITERATOR = "bytes_iterator" [HINT REDUCE SETSTATE];
    DICT_KEYITERATOR = "dict_keyiterator" [HINT REDUCE];
    DICT_VALUEITERATOR = "dict_valueiterator" [HINT REDUCE];
    DICT_ITEMITERATOR = "dict_itemiterator" [HINT REDUCE];
    DICT_REVERSEKEYITERATOR = "dict_reversekeyiterator" [HINT REDUCE];
    DICT_REVERSEVALUEITERATOR = "dict_reversevalueiterator" [HINT REDUCE];
    DICT_REVERSEITEMITERATOR = "dict_reverseitemiterator" [HINT REDUCE];
    SET_ITERATOR = "set_iterator" [HINT REDUCE];
}

fn next(cx: &mut Ctx, it: Value) -> PyResult {
    iter::next(cx, it)
}

fn length_hint(cx: &mut Ctx, args: Args) -> PyResult {
    let n = iter::length_hint(cx, args[0]);
    Ok(int::from_usize(cx, n))
}

/// `enumerate`: slot 0 the iterator, slot 1 the next number.
pub static ENUMERATE: TypeDef = TypeDef {
    doc: "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(
        NativeDef::new("__new__", "($type, /, iterable=<unrepresentable>, start=0)", enumerate_new, "")
            .leaf(leaf::enumerate_new),
    ),
    slots: Slots { iter: Some(slots::self_iter), next: Some(enumerate_next), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", enumerate_reduce, "Return state information for pickling.")],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    text_signature: "(iterable, start=0)",
    ..TypeDef::new("builtins", "enumerate")
};

fn enumerate_new(cx: &mut Ctx, args: Args) -> PyResult {
    let start = match args.get(2) {
        Some(v) => protocol::index_value(cx, v)?,
        None => Value::small(0),
    };
    let Some(iterable) = args.get(1) else {
        return Err(cx.type_error("enumerate() missing required argument 'iterable'"));
    };
    let it = protocol::iter(cx, iterable)?;
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, 0, it);
    obj.set_slot(cx, 1, start);
    Ok(obj.value())
}

fn enumerate_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(obj) = Obj::of(it) else { return Ok(Value::EMPTY) };
    let inner = obj.slot(cx, 0);
    let v = protocol::next_through(cx, inner)?;
    if v.is_empty() {
        return Ok(v);
    }
    loop {
        let i = obj.slot(cx, 1);
        let following = protocol::add(cx, i, Value::small(1))?;
        if obj.cas_slot(cx, 1, i, following).is_ok() {
            return Ok(Tuple::new(cx, &[i, v]));
        }
    }
}

fn enumerate_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let (it, i) = (obj.slot(cx, 0), obj.slot(cx, 1));
    let inner = Tuple::new(cx, &[it, i]);
    let class = types::type_of(cx, args[0]).value();
    Ok(Tuple::new(cx, &[class, inner]))
}

/// `reversed` over a sequence: slot 0 the sequence (EMPTY when done), slot 1 the next index.
pub static REVERSED: TypeDef = TypeDef {
    doc: "Return a reverse iterator over the values of the given sequence.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, sequence, /)", reversed_new, "").leaf(leaf::reversed_new)),
    slots: Slots { iter: Some(slots::self_iter), next: Some(reversed_next), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "__length_hint__",
            "($self, /)",
            reversed_hint,
            "Private method returning an estimate of len(list(it)).",
        ),
        NativeDef::new("__reduce__", "($self, /)", reversed_reduce, "Return state information for pickling."),
        NativeDef::new("__setstate__", "($self, state, /)", reversed_setstate, "Set state information for unpickling."),
    ],
    ..TypeDef::new("builtins", "reversed")
};

fn reversed_new(cx: &mut Ctx, args: Args) -> PyResult {
    let seq = args[1];
    if let Some(method) = protocol::lookup_special(cx, seq, cx.names.__reversed__)? {
        if method == Value::NONE {
            let name = crate::sequence::type_name(cx, seq);
            return Err(cx.type_error(format!("'{name}' object is not reversible")));
        }
        return protocol::call(cx, method, &[]);
    }
    let slots = types::type_of(cx, seq).slots();
    if slots.getitem().is_none() || slots.len().is_none() {
        let name = crate::sequence::type_name(cx, seq);
        return Err(cx.type_error(format!("'{name}' object is not reversible")));
    }
    let len = protocol::length(cx, seq)? as i64;
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, 0, seq);
    let last = int::from_i64(cx, len - 1);
    obj.set_slot(cx, 1, last);
    Ok(obj.value())
}

fn reversed_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(obj) = Obj::of(it) else { return Ok(Value::EMPTY) };
    loop {
        let seq = obj.slot(cx, 0);
        let at = obj.slot(cx, 1);
        let i = at.as_int().unwrap_or(-1);
        if seq == Value::EMPTY || i < 0 {
            return Ok(Value::EMPTY);
        }
        let following = int::from_i64(cx, i - 1);
        if obj.cas_slot(cx, 1, at, following).is_err() {
            continue;
        }
        return match protocol::getitem(cx, seq, at) {
            Ok(v) => Ok(v),
            Err(r) if cx.matches(&r, Exc::IndexError) || cx.matches(&r, Exc::StopIteration) => {
                cx.clear(r);
                obj.set_slot(cx, 0, Value::EMPTY);
                Ok(Value::EMPTY)
            }
            Err(r) => Err(r),
        };
    }
}

fn reversed_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let (seq, at) = (obj.slot(cx, 0), obj.slot(cx, 1));
    let class = types::type_of(cx, args[0]).value();
    if seq.is_empty() || at.as_int().is_none_or(|i| i < 0) {
        let inner = Tuple::new(cx, &[Tuple::empty(cx)]);
        return Ok(Tuple::new(cx, &[class, inner]));
    }
    let inner = Tuple::new(cx, &[seq]);
    Ok(Tuple::new(cx, &[class, inner, at]))
}

fn reversed_setstate(cx: &mut Ctx, args: Args) -> PyResult {
    if int::of_sub(cx, args[1]).is_none() {
        return Err(cx.type_error("an integer is required"));
    }
    let n = protocol::index(cx, args[1])?;
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    let seq = obj.slot(cx, 0);
    if !seq.is_empty() {
        let len = protocol::length(cx, seq)? as i64;
        let at = int::from_i64(cx, n.clamp(-1, len - 1));
        obj.set_slot(cx, 1, at);
    }
    Ok(Value::NONE)
}

fn reversed_hint(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::small(0)) };
    let seq = obj.slot(cx, 0);
    if seq == Value::EMPTY {
        return Ok(Value::small(0));
    }
    let left = obj.slot(cx, 1).as_int().unwrap_or(-1) + 1;
    let len = protocol::length(cx, seq)? as i64;
    Ok(int::from_i64(cx, if left > len { 0 } else { left }))
}
