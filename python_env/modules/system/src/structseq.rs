//! Named tuples of native modules ("struct sequences"): `os.stat_result`, `sys.version_info`, ...
//!
//! An instance is a tuple subclass: native slot 0 holds the visible items, slot 1 a tuple of those which only
//! have names. [`structseq!`] declares the type and the trait implementation that the generic functions use.

use engine::prelude::*;

/// What the generic functions need to know about one such type.
pub trait StructSeq {
    /// Qualified name as `repr` shows it.
    const NAME: &'static str;
    /// Field names; the empty ones have no attribute.
    const FIELDS: &'static [&'static str];
    /// How many of them the tuple shows.
    const VISIBLE: usize;
    /// Its type definition.
    fn def() -> &'static TypeDef;
}

/// Makes an instance from all fields, visible ones first.
pub fn make<S: StructSeq>(cx: &mut Ctx, fields: &[Value]) -> Value {
    let visible = Tuple::new(cx, &fields[..S::VISIBLE]);
    let hidden = Tuple::new(cx, &fields[S::VISIBLE..]);
    cx.new_object(S::def(), &[visible, hidden])
}

fn parts(cx: &Ctx, v: Value) -> Option<(Tuple, Tuple)> {
    let obj = Obj::of(v)?;
    Some((Tuple::of(obj.slot(cx, 0))?, Tuple::of(obj.slot(cx, 1))?))
}

/// The item behind field `I`.
pub fn field<const I: usize>(cx: &mut Ctx, v: Value) -> PyResult {
    let Some((visible, hidden)) = parts(cx, v) else { return Ok(Value::NONE) };
    Ok(if I < visible.len() { visible.get(I) } else { hidden.get(I - visible.len()) })
}

/// The member names in order: unnamed fields are no members.
fn members<S: StructSeq>() -> impl Iterator<Item = &'static str> {
    S::FIELDS.iter().copied().filter(|n| !n.is_empty())
}

/// `__repr__`.
pub fn repr<S: StructSeq>(cx: &mut Ctx, v: Value) -> PyResult {
    let Some((visible, _)) = parts(cx, v) else { return Ok(Value::NONE) };
    let mut out = StrBuilder::new();
    out.push_str(S::NAME);
    out.push_str("(");
    for (i, name) in (0..visible.len()).zip(members::<S>()) {
        if i > 0 {
            out.push_str(", ");
        }
        out.push_str(name);
        out.push_str("=");
        let item = protocol::repr(cx, visible.get(i))?;
        if let Some(item) = Str::of_sub(cx, item) {
            out.push(item);
        }
    }
    out.push_str(")");
    out.wish(cx)
}

/// `__new__(cls, sequence, dict={})`.
pub fn new<S: StructSeq>(cx: &mut Ctx, args: Args) -> PyResult {
    let sequence = args[1];
    let items = if let Some(t) = Tuple::of_sub(cx, sequence) {
        t.to_list(cx)
    } else {
        let ty = types::type_of(cx, sequence);
        if ty.slots().iter().is_none() && ty.slots().getitem().is_none() {
            return Err(cx.type_error("constructor requires a sequence"));
        }
        let list = List::new(cx);
        protocol::for_each(cx, sequence, |cx, item| {
            list.push(cx, item);
            Ok(())
        })?;
        list
    };
    let dict = match args.get(2) {
        None => None,
        Some(v) => match Dict::of_sub(cx, v) {
            Some(d) => Some(d),
            None => {
                return Err(cx.type_error(format!("{}() takes a dict as second arg, if any", S::NAME)));
            }
        },
    };
    let (given, total) = (items.len(), S::FIELDS.len());
    if given < S::VISIBLE || given > total {
        let exact = if S::VISIBLE == total {
            "a"
        } else if given < S::VISIBLE {
            "an at least"
        } else {
            "an at most"
        };
        let bound = if given < S::VISIBLE { S::VISIBLE } else { total };
        return Err(cx.type_error(format!("{}() takes {exact} {bound}-sequence ({given}-sequence given)", S::NAME)));
    }
    let mut used = 0;
    for i in given..total {
        let mut value = Value::NONE;
        if let Some(d) = dict {
            let name = cx.intern(S::FIELDS[i].as_bytes());
            if let Some(v) = d.get_str(name) {
                value = v;
                used += 1;
            }
        }
        items.push(cx, value);
    }
    if let Some(d) = dict
        && d.len() > used
    {
        return Err(cx.type_error(format!("{}() got duplicate or unexpected field name(s)", S::NAME)));
    }
    let visible = items.slice(cx, 0, S::VISIBLE).to_tuple(cx);
    let hidden = items.slice(cx, S::VISIBLE, total).to_tuple(cx);
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, 0, visible);
    obj.set_slot(cx, 1, hidden);
    Ok(obj.value())
}

/// `__new__(cls, field)` of a type with one field.
pub fn new_of_one<S: StructSeq>(cx: &mut Ctx, args: Args) -> PyResult {
    debug_assert_eq!(S::FIELDS.len(), 1, "made from one field");
    let visible = Tuple::new(cx, &[args[1]]);
    let hidden = Tuple::new(cx, &[]);
    let obj = cx.alloc_instance(args[0])?;
    obj.set_slot(cx, 0, visible);
    obj.set_slot(cx, 1, hidden);
    Ok(obj.value())
}

/// `__new__` of a type whose only instances the runtime makes.
pub fn no_new<S: StructSeq>(cx: &mut Ctx, _args: Args) -> PyResult {
    Err(cx.type_error(format!("cannot create '{}' instances", S::NAME)))
}

/// `__reduce__`.
pub fn reduce<S: StructSeq>(cx: &mut Ctx, args: Args) -> PyResult {
    let Some((visible, hidden)) = parts(cx, args[0]) else { return Ok(Value::NONE) };
    if S::FIELDS.len() == 1 {
        // Made from its only field.
        let ty = types::type_of(cx, args[0]).value();
        return Ok(Tuple::new(cx, &[ty, visible.value()]));
    }
    let dict = Dict::new(cx);
    for (i, name) in S::FIELDS[visible.len()..].iter().enumerate() {
        let name = cx.intern(name.as_bytes());
        dict.set_str(cx, name, hidden.get(i));
    }
    let ty = types::type_of(cx, args[0]).value();
    let inner = Tuple::new(cx, &[visible.value(), dict.value()]);
    Ok(Tuple::new(cx, &[ty, inner]))
}

/// `__replace__(**changes)`.
pub fn replace<S: StructSeq>(cx: &mut Ctx, args: Args) -> PyResult {
    let Some((visible, hidden)) = parts(cx, args[0]) else { return Ok(Value::NONE) };
    if S::FIELDS.iter().any(|n| n.is_empty()) {
        return Err(
            cx.type_error(format!("__replace__() is not supported for {} because it has unnamed field(s)", S::NAME))
        );
    }
    let changes = Dict::of(args[1]);
    let items = List::new(cx);
    let mut used = 0;
    for (i, name) in S::FIELDS.iter().enumerate() {
        let name = cx.intern(name.as_bytes());
        let changed = changes.and_then(|d| d.get_str(name));
        used += usize::from(changed.is_some());
        let old = if i < visible.len() { visible.get(i) } else { hidden.get(i - visible.len()) };
        items.push(cx, changed.unwrap_or(old));
    }
    if let Some(d) = changes
        && d.len() > used
    {
        let unknown = List::new(cx);
        let mut pos = 0;
        while let Some((next, key, _)) = d.next_entry(pos) {
            pos = next;
            let known = Str::of(key).is_some_and(|k| S::FIELDS.iter().any(|n| n.as_bytes() == k.as_bytes()));
            if !known {
                unknown.push(cx, key);
            }
        }
        let shown = protocol::repr(cx, unknown.value())?;
        let shown = Str::of(shown).map(|s| s.to_text().into_owned()).unwrap_or_default();
        return Err(cx.type_error(format!("Got unexpected field name(s): {shown}")));
    }
    let obj = cx.new_object(
        S::def(),
        &[items.slice(cx, 0, S::VISIBLE).to_tuple(cx), items.slice(cx, S::VISIBLE, S::FIELDS.len()).to_tuple(cx)],
    );
    Ok(obj)
}

/// Only those of `sys` are immutable.
pub const fn flags(module: &str) -> engine::prelude::TypeFlags {
    match module.as_bytes() {
        b"sys" => engine::prelude::TypeFlags::NONE,
        _ => engine::prelude::TypeFlags::MUTABLE,
    }
}

/// Number of empty names.
pub const fn unnamed(fields: &[&str]) -> i64 {
    let (mut n, mut i) = (0, 0);
    while i < fields.len() {
        if fields[i].is_empty() {
            n += 1;
        }
        i += 1;
    }
    n
}

/// Declares a struct sequence: marker type, static type definition, fields.
///
/// `structseq!(StatResult, STAT_RESULT, "os", "stat_result" = "Its documentation.", new, visible 10, match [..], [0 "st_mode", 1 "st_ino", ...]);`
#[macro_export]
macro_rules! structseq {
    (@signature) => { "($type, sequence, dict={})" };
    (@signature $signature:literal) => { $signature };
    ($marker:ident, $def:ident, $module:literal, $name:literal $(= $doc:literal)?, $new:ident $($signature:literal)?, visible $visible:literal,
     all [$($all:literal),* $(,)?], shown [$($shown:literal),* $(,)?], [$($index:literal $field:literal),* $(,)?]) => {
        #[doc = concat!("Marker of `", $module, ".", $name, "`.")]
        pub struct $marker;
        impl $crate::structseq::StructSeq for $marker {
            const NAME: &'static str = concat!($module, ".", $name);
            const FIELDS: &'static [&'static str] = &[$($all),*];
            const VISIBLE: usize = $visible;
            fn def() -> &'static engine::prelude::TypeDef {
                &$def
            }
        }
        #[doc = concat!("The type `", $module, ".", $name, "`.")]
        pub static $def: engine::prelude::TypeDef = engine::prelude::TypeDef {
            doc: concat!("" $(, $doc)?),
            bases: &[engine::prelude::BaseRef::Core(|t| t.tuple)],
            flags: $crate::structseq::flags($module),
            nnative: 1,
            new: Some(engine::prelude::NativeDef::new(
                "__new__", $crate::structseq!(@signature $($signature)?), $crate::structseq::$new::<$marker>, "")),
            slots: engine::prelude::Slots {
                repr: Some($crate::structseq::repr::<$marker>),
                ..engine::prelude::Slots::NONE
            },
            methods: &[
                engine::prelude::NativeDef::new("__reduce__", "($self)", $crate::structseq::reduce::<$marker>, ""),
                engine::prelude::NativeDef::new("__replace__", "($self, **changes)", $crate::structseq::replace::<$marker>, ""),
            ],
            members: &[$(engine::prelude::Member::computed($field, $crate::structseq::field::<$index>, "")),*],
            attrs: &[
                ("n_fields", engine::prelude::Const::Int([$($all),*].len() as i64)),
                ("n_sequence_fields", engine::prelude::Const::Int($visible)),
                ("n_unnamed_fields", engine::prelude::Const::Int($crate::structseq::unnamed(&[$($all),*]))),
                ("__match_args__", engine::prelude::Const::StrTuple(&[$($shown),*])),
            ],
            ..engine::prelude::TypeDef::new($module, $name)
        };
    };
}
