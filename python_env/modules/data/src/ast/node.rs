//! `ast.AST`, the base of all nodes: construction, text, pickling, `copy.replace`.

use engine::objects::{Dict, List, Obj, Set, Str, StrBuilder, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances;

/// How many levels of nodes `repr` shows.
const REPR_DEPTH: usize = 3;

pub static AST_NODE: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::MUTABLE),
    new: Some(
        NativeDef::new("__new__", "($type, *args, **kwargs)", |cx, a| Ok(cx.alloc_instance(a[0])?.value()), "")
            .hide_sig(),
    ),
    init: Some(NativeDef::new("__init__", "($self, *args, **kwargs)", init, "Initialize self.").hide_sig()),
    slots: Slots { repr: Some(|cx, v| repr_to_depth(cx, v, REPR_DEPTH)), ..Slots::NONE },
    methods: &[
        NativeDef::new("__reduce__", "($self, /)", reduce, ""),
        NativeDef::new(
            "__replace__",
            "($self, /, **fields)",
            replace,
            "Return a copy of the AST node with new values for the specified fields.",
        ),
    ],
    attrs: &[("__match_args__", Const::StrTuple(&[]))],
    ..TypeDef::new("ast", "AST")
};

/// The name that messages use: with its module only for `ast.AST` itself.
fn shown_name(cx: &mut Ctx, v: Value) -> String {
    types::type_name(cx, v)
}

/// A tuple of names that the class keeps under `attr`.
fn names_of(cx: &mut Ctx, v: Value, attr: &str) -> Res<Tuple> {
    let name = instances::name(cx, attr);
    let class = instances::class_of(cx, v);
    let found = protocol::getattr_opt(cx, class, name)?.unwrap_or(Value::NONE);
    if Tuple::of_sub(cx, found).is_some() || found.is_none() {
        return Ok(instances::varargs(cx, found));
    }
    protocol::tuple_of(cx, found)
}

fn warn(cx: &mut Ctx, text: &str) -> Res<()> {
    engine::exceptions::warn(cx, Exc::DeprecationWarning, text, 1)
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let node = args[0];
    let fields = names_of(cx, node, "_fields")?;
    let given = instances::varargs(cx, args[1]);
    if given.len() > fields.len() {
        let (name, n) = (types::type_short_name(cx, node), fields.len());
        let s = if n == 1 { "" } else { "s" };
        return Err(cx.type_error(format!("{name} constructor takes at most {n} positional argument{s}")));
    }
    let remaining = Set::new(cx);
    for field in fields.items() {
        remaining.add(cx, field)?;
    }
    for (field, v) in fields.items().zip(given.items()) {
        protocol::setattr(cx, node, field, v)?;
        remaining.discard(cx, field)?;
    }
    if let Some(keywords) = instances::kwargs(args[2]) {
        let mut pos = 0;
        while let Some((next, key, v)) = keywords.next_entry(pos) {
            pos = next;
            keyword(cx, node, fields, remaining, key)?;
            protocol::setattr(cx, node, key, v)?;
        }
    }
    if remaining.len() > 0 {
        fill_missing(cx, node, fields, remaining)?;
    }
    Ok(Value::NONE)
}

/// Checks one keyword of a constructor.
fn keyword(cx: &mut Ctx, node: Value, fields: Tuple, remaining: Set, key: Value) -> Res<()> {
    if fields.items().any(|f| f == key) || contains(cx, fields, key)? {
        if !remaining.discard(cx, key)? {
            let (name, shown) = (shown_name(cx, node), instances::repr_text(cx, key)?);
            return Err(cx.type_error(format!("{name} got multiple values for argument {shown}")));
        }
        return Ok(());
    }
    let attributes = names_of(cx, node, "_attributes")?;
    if contains(cx, attributes, key)? {
        return Ok(());
    }
    let (name, shown) = (shown_name(cx, node), instances::repr_text(cx, key)?);
    warn(
        cx,
        &format!(
            "{name}.__init__ got an unexpected keyword argument {shown}. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15."
        ),
    )
}

fn contains(cx: &mut Ctx, names: Tuple, key: Value) -> Res<bool> {
    for name in names.items() {
        if protocol::eq(cx, name, key)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives the fields that a constructor was not told their defaults.
fn fill_missing(cx: &mut Ctx, node: Value, fields: Tuple, remaining: Set) -> Res<()> {
    let name = instances::name(cx, "_field_types");
    let class = instances::class_of(cx, node);
    let Some(kinds) = protocol::getattr_opt(cx, class, name)?.and_then(Dict::of) else { return Ok(()) };
    let context = super::classes(cx)?;
    let key = instances::name(cx, "expr_context");
    let context = context.get_str(key);
    for field in fields.items() {
        if !remaining.contains(cx, field)? {
            continue;
        }
        let Some(kind) = kinds.get(cx, field)? else {
            let (name, shown) = (shown_name(cx, node), instances::repr_text(cx, field)?);
            warn(
                cx,
                &format!(
                    "Field {shown} is missing from {name}._field_types. This will become an error in Python 3.15."
                ),
            )?;
            continue;
        };
        if types::type_of(cx, kind) == cx.types.union_type {
            // Optional: the class attribute None stands for it.
        } else if types::type_of(cx, kind) == cx.types.generic_alias {
            let list = List::new(cx).value();
            protocol::setattr(cx, node, field, list)?;
        } else if Some(kind) == context {
            let load = super::shared_node(cx, "Load")?;
            protocol::setattr(cx, node, field, load)?;
        } else {
            let (name, shown) = (shown_name(cx, node), instances::repr_text(cx, field)?);
            warn(
                cx,
                &format!(
                    "{name}.__init__ missing 1 required positional argument: {shown}. This will become an error in Python 3.15."
                ),
            )?;
        }
    }
    Ok(())
}

fn repr_to_depth(cx: &mut Ctx, v: Value, depth: usize) -> PyResult {
    let name = shown_name(cx, v);
    if depth == 0 || !protocol::repr_enter(cx, v) {
        return Ok(instances::text(cx, &format!("{name}(...)")));
    }
    let r = repr_inner(cx, v, &name, depth);
    protocol::repr_leave(cx, v);
    r
}

fn push(cx: &mut Ctx, out: &mut StrBuilder, v: Value, depth: usize) -> Res<()> {
    let r = if cx.is_def(v, &AST_NODE) { repr_to_depth(cx, v, depth - 1)? } else { protocol::repr(cx, v)? };
    if let Some(s) = Str::of_sub(cx, r) {
        out.push(s);
    }
    Ok(())
}

fn repr_inner(cx: &mut Ctx, v: Value, name: &str, depth: usize) -> PyResult {
    let mut out = StrBuilder::new();
    out.push_str(name);
    out.push_str("(");
    for (i, field) in names_of(cx, v, "_fields")?.items().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        let value = protocol::getattr(cx, v, field)?;
        if let Some(field) = Str::of_sub(cx, field) {
            out.push(field);
        }
        out.push_str("=");
        let (items, brackets) = match (List::of(value), Tuple::of(value)) {
            (Some(l), _) => (Tuple::of(l.to_tuple(cx)), ("[", "]")),
            (_, Some(t)) => (Some(t), ("(", ")")),
            _ => (None, ("", "")),
        };
        match items.filter(|t| t.len() > 0) {
            None => push(cx, &mut out, value, depth)?,
            Some(items) => {
                // Only the ends of a sequence are shown.
                out.push_str(brackets.0);
                push(cx, &mut out, items.get(0), depth)?;
                if items.len() > 2 {
                    out.push_str(", ...");
                }
                if items.len() > 1 {
                    out.push_str(", ");
                    push(cx, &mut out, items.get(items.len() - 1), depth)?;
                }
                out.push_str(brackets.1);
            }
        }
    }
    out.push_str(")");
    out.wish(cx)
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let node = args[0];
    let Some(o) = Obj::of(node) else { return Ok(Value::NONE) };
    let state = o.dict(cx).copy(cx);
    // The constructor gets None for each field, so that it warns of none that is missing.
    let nones = List::new(cx);
    for field in names_of(cx, node, "_fields")?.items() {
        if !state.contains(cx, field)? {
            break;
        }
        nones.push(cx, Value::NONE);
    }
    let nones = nones.to_tuple(cx);
    let class = instances::class_of(cx, node);
    Ok(Tuple::new(cx, &[class, nones, state.value()]))
}

fn replace(cx: &mut Ctx, args: Args) -> PyResult {
    let node = args[0];
    let Some(o) = Obj::of(node) else { return Ok(Value::NONE) };
    let (fields, attributes) = (names_of(cx, node, "_fields")?, names_of(cx, node, "_attributes")?);
    let own = o.dict(cx);
    let all = Dict::new(cx);
    for name in fields.items().chain(attributes.items()) {
        if let Some(v) = own.get(cx, name)? {
            all.set(cx, name, v)?;
        }
    }
    if let Some(given) = instances::kwargs(args[1]) {
        let mut pos = 0;
        while let Some((next, key, v)) = given.next_entry(pos) {
            pos = next;
            if !contains(cx, fields, key)? && !contains(cx, attributes, key)? {
                let (name, shown) = (shown_name(cx, node), instances::repr_text(cx, key)?);
                return Err(cx.type_error(format!("{name}.__replace__ got an unexpected keyword argument {shown}.")));
            }
            all.set(cx, key, v)?;
        }
    }
    let class = instances::class_of(cx, node);
    let missing = missing_fields(cx, class, fields, all)?;
    if let [_, ..] = missing.as_slice() {
        let (name, n) = (shown_name(cx, node), missing.len());
        let s = if n == 1 { "" } else { "s" };
        let list = missing.join(", ");
        return Err(cx.type_error(format!("{name}.__replace__ missing {n} keyword argument{s}: {list}.")));
    }
    let none = Tuple::empty(cx);
    protocol::call_ex(cx, class, none, all.value())
}

/// The fields that a copy would lack and that have no default in the class, as text.
fn missing_fields(cx: &mut Ctx, class: Value, fields: Tuple, all: Dict) -> Res<Vec<String>> {
    let name = instances::name(cx, "_field_types");
    let kinds = protocol::getattr_opt(cx, class, name)?.and_then(Dict::of);
    let mut missing = Vec::new();
    for field in fields.items() {
        if all.contains(cx, field)? {
            continue;
        }
        let kind = match kinds {
            Some(kinds) => kinds.get(cx, field)?,
            None => None,
        };
        let has_default = kind.is_some_and(|k| {
            let ty = types::type_of(cx, k);
            ty == cx.types.union_type || ty == cx.types.generic_alias
        });
        if !has_default {
            missing.push(instances::repr_text(cx, field)?);
        }
    }
    Ok(missing)
}
