//! `types.GenericAlias`: `list[int]`. Native slots: 0 origin, 1 arguments (a tuple), 2 parameters, 3 TRUE when unpacked (`*tuple[int]`).

use super::slots::Slots;
use super::{Type, TypeDef, TypeFlags, instance, type_of};
use crate::native::{Args, CallArgs, GetSet, Member, NativeDef};
use crate::objects::{List, Obj, Str, StrBuilder, Tuple};
use crate::protocol::CmpOp;
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

const ORIGIN: usize = 0;
const ARGS: usize = 1;
const PARAMETERS: usize = 2;
const STARRED: usize = 3;

/// The type `types.GenericAlias`.
pub static GENERIC_ALIAS: TypeDef = TypeDef {
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 4,
    new: Some(NativeDef::new("__new__", "($type, origin, args, /)", alias_new, "")),
    slots: Slots {
        repr: Some(alias_repr),
        hash: Some(alias_hash),
        richcmp: Some(alias_richcmp),
        or: Some(super::union::type_or),
        getitem: Some(alias_getitem),
        getattr: Some(alias_getattr),
        call: Some(alias_call),
        iter: Some(alias_iter),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("__mro_entries__", "($self, bases, /)", alias_mro_entries, ""),
        NativeDef::new("__instancecheck__", "($self, obj, /)", alias_instancecheck, ""),
        NativeDef::new("__subclasscheck__", "($self, cls, /)", alias_subclasscheck, ""),
        NativeDef::new("__reduce__", "($self, /)", alias_reduce, ""),
        NativeDef::new("__dir__", "($self, /)", alias_dir, ""),
    ],
    getsets: &[
        GetSet::ro("__parameters__", alias_parameters, "Type variables in the GenericAlias."),
        GetSet::ro("__unpacked__", |cx, v| Ok(Value::bool(instance::native_slot(cx, v, STARRED) == Value::TRUE)), ""),
        GetSet::ro("__typing_unpacked_tuple_args__", unpacked_tuple_args, ""),
    ],
    members: &[Member::ro("__origin__", ORIGIN as u16, ""), Member::ro("__args__", ARGS as u16, "")],
    ..TypeDef::new("types", "GenericAlias")
};

/// `origin[args]`; `args` that are no tuple are one argument.
pub fn new_alias(cx: &mut Ctx, origin: Value, args: Value) -> Value {
    let args = if Tuple::of_sub(cx, args).is_some() { args } else { Tuple::new(cx, &[args]) };
    cx.new_object(&GENERIC_ALIAS, &[origin, args, Value::EMPTY, Value::FALSE])
}

fn alias_new(cx: &mut Ctx, args: Args) -> PyResult {
    let list = if Tuple::of_sub(cx, args[2]).is_some() { args[2] } else { Tuple::new(cx, &[args[2]]) };
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, ORIGIN, args[1]);
    obj.set_slot(cx, ARGS, list);
    obj.set_slot(cx, STARRED, Value::FALSE);
    Ok(obj.value())
}

/// How a type shows inside the text of an alias or union: its qualified name without `builtins.`.
pub fn push_type_repr(cx: &mut Ctx, out: &mut StrBuilder, v: Value) -> PyResult<()> {
    if v == Value::ELLIPSIS {
        out.push_str("...");
        return Ok(());
    }
    if v == cx.types.none_type.value() {
        out.push_str("None");
        return Ok(());
    }
    let is_alias = type_of(cx, v) == cx.types.generic_alias;
    if !is_alias
        && let Some(qualname) = protocol::getattr_opt(cx, v, cx.names.__qualname__)?
        && let Some(module) = protocol::getattr_opt(cx, v, cx.names.__module__)?
        && !module.is_none()
        && Type::of(v).is_some()
    {
        if let Some(m) = Str::of_sub(cx, module).filter(|m| m.as_bytes() != b"builtins") {
            out.push(m);
            out.push_str(".");
        }
        if let Some(q) = Str::of_sub(cx, qualname) {
            out.push(q);
        }
        return Ok(());
    }
    let r = protocol::repr(cx, v)?;
    if let Some(s) = Str::of_sub(cx, r) {
        out.push(s);
    }
    Ok(())
}

fn alias_repr(cx: &mut Ctx, v: Value) -> PyResult {
    protocol::guard(cx, " while getting the repr of an object")?;
    let mut out = StrBuilder::new();
    if instance::native_slot(cx, v, STARRED) == Value::TRUE {
        out.push_str("*");
    }
    push_type_repr(cx, &mut out, instance::native_slot(cx, v, ORIGIN))?;
    out.push_str("[");
    if let Some(args) = Tuple::of_sub(cx, instance::native_slot(cx, v, ARGS)) {
        if args.len() == 0 {
            out.push_str("()");
        }
        for (i, a) in args.items().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            if let Some(list) = List::of(a) {
                push_list(cx, &mut out, list)?;
            } else {
                push_type_repr(cx, &mut out, a)?;
            }
        }
    }
    out.push_str("]");
    out.wish(cx)
}

fn push_list(cx: &mut Ctx, out: &mut StrBuilder, list: List) -> PyResult<()> {
    out.push_str("[");
    for i in 0..list.len() {
        if i > 0 {
            out.push_str(", ");
        }
        let Some(v) = list.get(i) else {
            return Err(cx.raise(crate::exceptions::Exc::IndexError, "list index out of range"));
        };
        push_type_repr(cx, out, v)?;
    }
    out.push_str("]");
    Ok(())
}

fn alias_hash(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    let origin = protocol::hash(cx, instance::native_slot(cx, v, ORIGIN))?;
    let args = protocol::hash(cx, instance::native_slot(cx, v, ARGS))?;
    let h = origin ^ args;
    Ok(if h == -1 { -2 } else { h })
}

fn is_alias(cx: &Ctx, v: Value) -> bool {
    type_of(cx, v).is_subtype(cx.types.generic_alias)
}

fn alias_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) || !is_alias(cx, a) || !is_alias(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let slots = |i| (instance::native_slot(cx, a, i), instance::native_slot(cx, b, i));
    let (starred, origin, args) = (slots(STARRED), slots(ORIGIN), slots(ARGS));
    let same = starred.0 == starred.1 && protocol::eq(cx, origin.0, origin.1)? && protocol::eq(cx, args.0, args.1)?;
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

/// The type parameters in `args` (a tuple, lists inside count), each once, in order.
pub fn make_parameters(cx: &mut Ctx, args: Value) -> PyResult {
    let found = List::new(cx);
    add_parameters(cx, found, args)?;
    Ok(found.to_tuple(cx))
}

fn add_parameters(cx: &mut Ctx, found: List, args: Value) -> PyResult<()> {
    protocol::guard(cx, " while calling a Python object")?;
    let args = match List::of(args) {
        Some(l) => l.to_tuple(cx),
        None => args,
    };
    let Some(args) = Tuple::of_sub(cx, args) else { return Ok(()) };
    for a in args.items() {
        // A class may define __parameters__ for its own purposes.
        if Type::of(a).is_some() {
            continue;
        }
        if Tuple::of(a).is_some() || List::of(a).is_some() {
            add_parameters(cx, found, a)?;
            continue;
        }
        if protocol::hasattr(cx, a, cx.names.__typing_subst__)? {
            add_unique(cx, found, a)?;
        } else if let Some(inner) = protocol::getattr_opt(cx, a, cx.names.__parameters__)?
            && let Some(inner) = Tuple::of_sub(cx, inner)
        {
            for p in inner.items() {
                add_unique(cx, found, p)?;
            }
        }
    }
    Ok(())
}

fn add_unique(cx: &mut Ctx, found: List, v: Value) -> PyResult<()> {
    let mut i = 0;
    while let Some(w) = found.get(i) {
        if w == v {
            return Ok(());
        }
        i += 1;
    }
    found.push(cx, v);
    Ok(())
}

fn alias_parameters(cx: &mut Ctx, v: Value) -> PyResult {
    let known = instance::native_slot(cx, v, PARAMETERS);
    if !known.is_empty() {
        return Ok(known);
    }
    let found = make_parameters(cx, instance::native_slot(cx, v, ARGS))?;
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, PARAMETERS, found);
    }
    Ok(found)
}

/// The arguments `*tuple[...]` stands for, when `v` is such an unpacked alias.
fn unpacked(cx: &mut Ctx, v: Value) -> PyResult<Option<Tuple>> {
    if Type::of(v).is_some() {
        return Ok(None);
    }
    let inner = protocol::getattr_opt(cx, v, cx.names.__typing_unpacked_tuple_args__)?;
    Ok(inner.filter(|x| !x.is_none()).and_then(|x| Tuple::of_sub(cx, x)))
}

/// `args` with `params` replaced by `item` (one value or a tuple); `owner` is for messages.
pub fn substitute(cx: &mut Ctx, owner: Value, args: Value, params: Value, item: Value) -> PyResult {
    let params = match Tuple::of(params) {
        Some(p) if p.len() > 0 => p,
        _ => {
            let r = protocol::repr(cx, owner)?;
            let text = Str::of(r).map(|s| s.to_text().into_owned()).unwrap_or_default();
            return Err(cx.type_error(format!("{text} is not a generic class")));
        }
    };
    // What is given: a tuple's items, with unpacked tuples spread.
    let given = List::new(cx);
    let item = if Tuple::of(item).is_some() { item } else { Tuple::new(cx, &[item]) };
    if let Some(t) = Tuple::of(item) {
        for v in t.items() {
            match unpacked(cx, v)? {
                Some(inner) if inner.len() == 0 || inner.get(inner.len() - 1) != Value::ELLIPSIS => {
                    for w in inner.items() {
                        given.push(cx, w);
                    }
                }
                _ => given.push(cx, v),
            }
        }
    }
    let mut given = given.to_tuple(cx);
    for p in params.items() {
        if let Some(prepare) = protocol::getattr_opt(cx, p, cx.names.__typing_prepare_subst__)?
            && !prepare.is_none()
        {
            let prepared = protocol::call(cx, prepare, &[owner, given])?;
            given = if Tuple::of(prepared).is_some() { prepared } else { Tuple::new(cx, &[prepared]) };
        }
    }
    let Some(given) = Tuple::of(given) else { return Err(cx.type_error("expected a tuple of arguments")) };
    if given.len() != params.len() {
        let many = if given.len() > params.len() { "many" } else { "few" };
        let r = protocol::repr(cx, owner)?;
        let text = Str::of(r).map(|s| s.to_text().into_owned()).unwrap_or_default();
        return Err(cx.type_error(format!(
            "Too {many} arguments for {text}; actual {}, expected {}",
            given.len(),
            params.len()
        )));
    }
    let out = List::new(cx);
    replace_in(cx, out, args, params, given)?;
    Ok(out.to_tuple(cx))
}

fn position(params: Tuple, v: Value) -> Option<usize> {
    params.items().position(|p| p == v)
}

fn replace_in(cx: &mut Ctx, out: List, args: Value, params: Tuple, given: Tuple) -> PyResult<()> {
    protocol::guard(cx, " while calling a Python object")?;
    let args = match List::of(args) {
        Some(l) => l.to_tuple(cx),
        None => args,
    };
    let Some(args) = Tuple::of_sub(cx, args) else { return Ok(()) };
    for a in args.items() {
        if Type::of(a).is_some() {
            out.push(cx, a);
            continue;
        }
        if Tuple::of(a).is_some() || List::of(a).is_some() {
            let inner = List::new(cx);
            replace_in(cx, inner, a, params, given)?;
            let v = if List::of(a).is_some() { inner.value() } else { inner.to_tuple(cx) };
            out.push(cx, v);
            continue;
        }
        let starred = protocol::getattr_opt(cx, a, cx.names.__typing_is_unpacked_typevartuple__)?;
        let starred = match starred {
            Some(v) => protocol::truth(cx, v)?,
            None => false,
        };
        let new = if let Some(subst) = protocol::getattr_opt(cx, a, cx.names.__typing_subst__)? {
            match position(params, a) {
                Some(i) => protocol::call(cx, subst, &[given.get(i)])?,
                None => a,
            }
        } else {
            substitute_inside(cx, a, params, given)?
        };
        match Tuple::of(new).filter(|_| starred) {
            Some(spread) => {
                for v in spread.items() {
                    out.push(cx, v);
                }
            }
            None => out.push(cx, new),
        }
    }
    Ok(())
}

/// `a` is itself generic: subscripts it with what its own parameters become.
fn substitute_inside(cx: &mut Ctx, a: Value, params: Tuple, given: Tuple) -> PyResult {
    let Some(own) = protocol::getattr_opt(cx, a, cx.names.__parameters__)? else { return Ok(a) };
    let Some(own) = Tuple::of(own).filter(|t| t.len() > 0) else { return Ok(a) };
    let values = List::new(cx);
    for p in own.items() {
        let v = position(params, p).map_or(p, |i| given.get(i));
        match Tuple::of(v).filter(|_| protocol::is_type_var_tuple(cx, p)) {
            Some(spread) => {
                for w in spread.items() {
                    values.push(cx, w);
                }
            }
            None => values.push(cx, v),
        }
    }
    let key = values.to_tuple(cx);
    protocol::getitem(cx, a, key)
}

fn alias_getitem(cx: &mut Ctx, v: Value, item: Value) -> PyResult {
    let params = alias_parameters(cx, v)?;
    let args = instance::native_slot(cx, v, ARGS);
    let new_args = substitute(cx, v, args, params, item)?;
    let origin = instance::native_slot(cx, v, ORIGIN);
    let starred = instance::native_slot(cx, v, STARRED);
    Ok(cx.new_object(&GENERIC_ALIAS, &[origin, new_args, Value::EMPTY, starred]))
}

/// Names that are the alias's own; all others are the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];

/// Names that an alias does not have, whatever its origin does.
const HIDDEN: &[&str] = &["__bases__", "__copy__", "__deepcopy__"];

fn alias_getattr(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    let text = Str::of(name).map(|s| s.to_text().into_owned()).unwrap_or_default();
    if !OWN.contains(&text.as_str()) && !HIDDEN.contains(&text.as_str()) {
        let origin = instance::native_slot(cx, v, ORIGIN);
        return protocol::getattr(cx, origin, name);
    }
    super::object_type::generic_getattr(cx, v, name)
}

fn alias_call(cx: &mut Ctx, v: Value, args: CallArgs) -> PyResult {
    let origin = instance::native_slot(cx, v, ORIGIN);
    let made = protocol::call_args(cx, origin, args)?;
    match protocol::setattr(cx, made, cx.names.__orig_class__, v) {
        Ok(()) => {}
        Err(r)
            if cx.matches(&r, crate::exceptions::Exc::AttributeError)
                || cx.matches(&r, crate::exceptions::Exc::TypeError) =>
        {
            cx.clear(r)
        }
        Err(r) => return Err(r),
    }
    Ok(made)
}

/// The iterator of an alias yields one starred copy. Slot 0: the alias, EMPTY when done.
static ALIAS_ITERATOR: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 1,
    slots: Slots { iter: Some(super::slots::self_iter), next: Some(alias_iter_next), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", alias_iter_reduce, "")],
    ..TypeDef::new("builtins", "generic_alias_iterator")
};

fn alias_iter(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(cx.new_object(&ALIAS_ITERATOR, &[v]))
}

fn alias_iter_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(obj) = Obj::of(it) else { return Ok(Value::EMPTY) };
    let alias = obj.slot(cx, 0);
    if alias.is_empty() || obj.cas_slot(cx, 0, alias, Value::EMPTY).is_err() {
        return Ok(Value::EMPTY);
    }
    let (origin, args) = (instance::native_slot(cx, alias, ORIGIN), instance::native_slot(cx, alias, ARGS));
    Ok(cx.new_object(&GENERIC_ALIAS, &[origin, args, Value::EMPTY, Value::TRUE]))
}

/// `(iter, (alias,))`, or of an empty tuple when done.
fn alias_iter_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let name = cx.names.iter;
    let iter = protocol::iter::builtin(cx, name)?;
    let alias = instance::native_slot(cx, args[0], 0);
    let of = if alias.is_empty() { Tuple::new(cx, &[]) } else { alias };
    let inner = Tuple::new(cx, &[of]);
    Ok(Tuple::new(cx, &[iter, inner]))
}

fn unpacked_tuple_args(cx: &mut Ctx, v: Value) -> PyResult {
    let starred = instance::native_slot(cx, v, STARRED) == Value::TRUE;
    if starred && instance::native_slot(cx, v, ORIGIN) == cx.types.tuple.value() {
        return Ok(instance::native_slot(cx, v, ARGS));
    }
    Ok(Value::NONE)
}

fn alias_mro_entries(cx: &mut Ctx, args: Args) -> PyResult {
    let origin = instance::native_slot(cx, args[0], ORIGIN);
    Ok(Tuple::new(cx, &[origin]))
}

fn alias_instancecheck(cx: &mut Ctx, _args: Args) -> PyResult {
    Err(cx.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn alias_subclasscheck(cx: &mut Ctx, _args: Args) -> PyResult {
    Err(cx.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn alias_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let (origin, list) = (instance::native_slot(cx, v, ORIGIN), instance::native_slot(cx, v, ARGS));
    if instance::native_slot(cx, v, STARRED) == Value::TRUE {
        let plain = cx.new_object(&GENERIC_ALIAS, &[origin, list, Value::EMPTY, Value::FALSE]);
        let it = protocol::iter(cx, plain)?;
        let next = cx.names.next;
        let builtins = cx.builtins_dict();
        if let Some(next) = builtins.get_str(next) {
            let inner = Tuple::new(cx, &[it]);
            return Ok(Tuple::new(cx, &[next, inner]));
        }
    }
    let class = type_of(cx, v).value();
    let inner = Tuple::new(cx, &[origin, list]);
    Ok(Tuple::new(cx, &[class, inner]))
}

fn alias_dir(cx: &mut Ctx, args: Args) -> PyResult {
    let names = protocol::dir(cx, instance::native_slot(cx, args[0], ORIGIN))?;
    if let Some(list) = List::of(names) {
        for name in OWN {
            let v = cx.intern(name.as_bytes());
            if !protocol::contains(cx, names, v)? {
                list.push(cx, v);
            }
        }
    }
    Ok(names)
}
