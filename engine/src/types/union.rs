//! `X | Y` on types: `typing.Union`, alias `types.UnionType`. Native slot 0 the alternatives, slot 1 their type parameters.

use super::generic_alias;
use super::slots::Slots;
use super::{Type, TypeDef, TypeFlags, instance, type_name, type_of};
use crate::native::{Args, GetSet, NativeDef};
use crate::objects::{Dict, List, Str, StrBuilder, Tuple};
use crate::protocol::CmpOp;
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// The type `typing.Union`.
pub static UNION: TypeDef = TypeDef {
    doc: "Represent a union type\n\nE.g. for int | str",
    flags: TypeFlags::NO_NEW.with(TypeFlags::HAS_WEAKREF),
    nnative: 3,
    slots: Slots {
        repr: Some(union_repr),
        hash: Some(union_hash),
        richcmp: Some(union_richcmp),
        or: Some(union_or),
        getitem: Some(union_getitem),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("__instancecheck__", "($self, obj, /)", union_instancecheck, ""),
        NativeDef::new("__subclasscheck__", "($self, cls, /)", union_subclasscheck, ""),
        NativeDef::new("__mro_entries__", "($self, bases, /)", union_mro_entries, ""),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", union_class_getitem, "")],
    getsets: &[
        GetSet::ro("__args__", |cx, v| Ok(instance::native_slot(cx, v, 0)), "tuple of types in a Union"),
        GetSet::ro("__parameters__", union_parameters, "Type variables in the types.UnionType."),
        GetSet::ro("__origin__", |cx, _| Ok(cx.types.union_type.value()), "Always returns the type"),
        GetSet::ro("__name__", |cx, _| Ok(Str::new(cx, "Union")), "Always returns 'Union'"),
        GetSet::ro("__qualname__", |cx, _| Ok(Str::new(cx, "Union")), "Always returns 'Union'"),
    ],
    ..TypeDef::new("typing", "Union")
};

fn alternatives(cx: &Ctx, v: Value) -> Option<Tuple> {
    Tuple::of(instance::native_slot(cx, v, 0))
}

fn is_union(cx: &Ctx, v: Value) -> bool {
    type_of(cx, v) == cx.types.union_type
}

/// Whether `v` may stand in `X | Y` without an `__or__` of its own.
fn unionable(cx: &Ctx, v: Value) -> bool {
    v.is_none() || Type::of(v).is_some() || is_union(cx, v) || type_of(cx, v).is_subtype(cx.types.generic_alias) || {
        let ty = type_of(cx, v);
        ty.name_str() == "TypeAliasType"
    }
}

/// `a | b` on types: the `|` slot of `type` and of generic aliases.
pub fn type_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if !unionable(cx, a) || !unionable(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let all = Tuple::new(cx, &[a, b]);
    from_alternatives(cx, all)
}

/// `a | b` where one is a union: the other may be whatever an annotation may be.
fn union_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let a = alternative(cx, a)?;
    let b = alternative(cx, b)?;
    let all = Tuple::new(cx, &[a, b]);
    from_alternatives(cx, all)
}

/// What stands for `v` in a union: itself, or what `typing` makes of it (a string is a forward reference).
fn alternative(cx: &mut Ctx, v: Value) -> PyResult {
    if unionable(cx, v) {
        return Ok(v);
    }
    let name = cx.intern(b"typing");
    let module = crate::interp::import_name(cx, name, Value::NONE, Value::NONE, 0)?;
    let check = cx.intern(b"_type_check");
    let message = Str::new(cx, "Union[arg, ...]: each arg must be a type.");
    protocol::call_method(cx, module, check, &[v, message])
}

/// Alternatives gathered for a union: those that can be hashed are found by their hash, the others by comparing.
struct Gathered {
    flat: List,
    known: Dict,
    unhashable: List,
}

/// The union of the alternatives: nested unions are flattened, repetitions dropped; one alternative is itself.
pub fn from_alternatives(cx: &mut Ctx, all: Value) -> PyResult {
    let gathered = Gathered { flat: List::new(cx), known: Dict::new(cx), unhashable: List::new(cx) };
    if let Some(t) = Tuple::of(all) {
        for v in t.items() {
            match alternatives(cx, v).filter(|_| is_union(cx, v)) {
                Some(inner) => {
                    for w in inner.items() {
                        gathered.add(cx, w)?;
                    }
                }
                None => gathered.add(cx, v)?,
            }
        }
    }
    let flat = gathered.flat;
    if let (1, Some(only)) = (flat.len(), flat.get(0)) {
        return Ok(only);
    }
    let args = flat.to_tuple(cx);
    let unhashable = match gathered.unhashable.len() {
        0 => Value::EMPTY,
        n => Value::from_usize(n),
    };
    Ok(cx.new_object(&UNION, &[args, Value::EMPTY, unhashable]))
}

impl Gathered {
    fn add(&self, cx: &mut Ctx, v: Value) -> PyResult<()> {
        let v = if v.is_none() { cx.types.none_type.value() } else { v };
        match protocol::hash(cx, v) {
            Ok(_) => {
                let before = self.known.len();
                protocol::setitem(cx, self.known.value(), v, Value::NONE)?;
                if self.known.len() != before {
                    self.flat.push(cx, v);
                }
                return Ok(());
            }
            // Whatever says no: what has no hash is compared.
            Err(raised) => cx.clear(raised),
        }
        let mut i = 0;
        while let Some(w) = self.unhashable.get(i) {
            if w == v || protocol::eq(cx, w, v)? {
                return Ok(());
            }
            i += 1;
            cx.poll()?;
        }
        self.unhashable.push(cx, v);
        self.flat.push(cx, v);
        Ok(())
    }
}

fn union_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let mut out = StrBuilder::new();
    if let Some(t) = alternatives(cx, v) {
        for (i, a) in t.items().enumerate() {
            if i > 0 {
                out.push_str(" | ");
            }
            generic_alias::push_type_repr(cx, &mut out, a)?;
        }
    }
    out.wish(cx)
}

fn union_hash(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    // That of a frozenset of them, which programs compute too.
    let mut hashes = Vec::new();
    if let Some(t) = alternatives(cx, v) {
        for a in t.items() {
            hashes.push(protocol::hash(cx, a)?);
        }
    }
    // What had no hash when the union was made was compared then: to hash it now could tell equal unions apart.
    if let Some(n) = instance::native_slot(cx, v, 2).as_int() {
        return Err(cx.type_error(format!("union contains {n} unhashable elements")));
    }
    Ok(pynumeric::hash::frozenset(hashes))
}

fn contains(cx: &mut Ctx, t: Tuple, v: Value) -> PyResult<bool> {
    for w in t.items() {
        if w == v || protocol::eq(cx, w, v)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn union_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) || !is_union(cx, a) || !is_union(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (Some(x), Some(y)) = (alternatives(cx, a), alternatives(cx, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let mut same = x.len() == y.len();
    for v in x.items() {
        same = same && contains(cx, y, v)?;
    }
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn union_parameters(cx: &mut Ctx, v: Value) -> PyResult {
    let known = instance::native_slot(cx, v, 1);
    if !known.is_empty() {
        return Ok(known);
    }
    let args = instance::native_slot(cx, v, 0);
    let found = generic_alias::make_parameters(cx, args)?;
    if let Some(o) = crate::objects::Obj::of(v) {
        o.set_slot(cx, 1, found);
    }
    Ok(found)
}

fn union_getitem(cx: &mut Ctx, v: Value, item: Value) -> PyResult {
    let params = union_parameters(cx, v)?;
    let args = instance::native_slot(cx, v, 0);
    let new_args = generic_alias::substitute(cx, v, args, params, item)?;
    let Some(t) = Tuple::of(new_args) else { return Ok(v) };
    let mut out = Value::EMPTY;
    for a in t.items() {
        out = if out.is_empty() { a } else { protocol::binary(cx, protocol::BinOp::BitOr, out, a)? };
    }
    Ok(out)
}

fn union_class_getitem(cx: &mut Ctx, args: Args) -> PyResult {
    let all = if Tuple::of(args[1]).is_some() { args[1] } else { Tuple::new(cx, &[args[1]]) };
    if Tuple::of(all).is_some_and(|t| t.len() == 0) {
        return Err(cx.type_error("Cannot take a Union of no types."));
    }
    let checked = List::new(cx);
    if let Some(t) = Tuple::of(all) {
        for v in t.items() {
            let v = alternative(cx, v)?;
            checked.push(cx, v);
        }
    }
    let all = checked.to_tuple(cx);
    from_alternatives(cx, all)
}

fn check_plain(cx: &mut Ctx, t: Tuple, what: &str) -> PyResult<()> {
    for a in t.items() {
        if type_of(cx, a) == cx.types.generic_alias {
            return Err(cx.type_error(format!("{what}() argument 2 cannot be a parameterized generic")));
        }
    }
    Ok(())
}

fn union_instancecheck(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(t) = alternatives(cx, args[0]) else { return Ok(Value::FALSE) };
    check_plain(cx, t, "isinstance")?;
    for a in t.items() {
        if protocol::is_instance(cx, args[1], a)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn union_subclasscheck(cx: &mut Ctx, args: Args) -> PyResult {
    if Type::of(args[1]).is_none() {
        let _ = type_name(cx, args[1]);
        return Err(cx.type_error("issubclass() arg 1 must be a class"));
    }
    let Some(t) = alternatives(cx, args[0]) else { return Ok(Value::FALSE) };
    check_plain(cx, t, "issubclass")?;
    for a in t.items() {
        if protocol::is_subclass(cx, args[1], a)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn union_mro_entries(cx: &mut Ctx, args: Args) -> PyResult {
    let r = protocol::repr(cx, args[0])?;
    let text = Str::of(r).map(|s| s.to_text().into_owned()).unwrap_or_default();
    Err(cx.type_error(format!("Cannot subclass {text}")))
}
