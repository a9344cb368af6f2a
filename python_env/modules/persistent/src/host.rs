//! What all collections have in common: a native object around a tree, comparisons that may run Python code, hashes, text.

use engine::objects::hashing::{fast_hash, simple_compare, simple_eq};
use engine::prelude::*;
use proto_core::persistent::Host;
use proto_core::persistent::tree::Order;
use proto_core::persistent::trie::spread;

/// Native slot of the tree.
pub const ROOT: usize = 0;
/// Native slot of the number of entries of a hash trie.
pub const COUNT: usize = 1;
/// Native slot of the hash without its lowest bits, once it is known.
const HASH: usize = 2;
/// Native slot of those bits.
const HASH_LOW: usize = 3;
/// Native slots of a collection.
pub const SLOTS: u16 = 4;

/// A context as the user of persistent collections.
pub struct Py<'c>(pub &'c mut Ctx);

impl Host for Py<'_> {
    type Error = Raised;

    fn heap(&self) -> &Heap {
        self.0
    }

    #[inline]
    fn same(&mut self, a: Value, b: Value) -> Res<bool> {
        protocol::eq(self.0, a, b)
    }

    fn pause(&mut self) -> Res<()> {
        self.0.poll()
    }
}

impl Order for Py<'_> {
    #[inline]
    fn less(&mut self, a: Value, b: Value) -> Res<bool> {
        match simple_compare(CmpOp::Lt, a, b) {
            Some(less) => Ok(less),
            None => protocol::compare_bool(self.0, a, b, CmpOp::Lt),
        }
    }
}

/// Whether two keys are the same one.
#[inline(always)]
pub fn same(cx: &mut Ctx, a: Value, b: Value) -> Res<bool> {
    match simple_eq(a, b) {
        Some(equal) => Ok(equal),
        None => protocol::eq(cx, a, b),
    }
}

/// Whether two values are equal.
pub fn equal_values(host: &mut Py<'_>, a: Value, b: Value) -> Res<bool> {
    protocol::eq(host.0, a, b)
}

/// The hash of a key, spread.
#[inline(always)]
pub fn hash_of(cx: &mut Ctx, key: Value, what: &str) -> Res<u64> {
    match fast_hash(key) {
        Some(h) => Ok(spread(h)),
        None => Ok(spread(protocol::hash_for(cx, key, what)?)),
    }
}

/// The hash that the object keeps, or the one that `make` finds.
pub fn cached_hash(cx: &mut Ctx, v: Value, make: impl FnOnce(&mut Ctx) -> Res<i64>) -> Res<i64> {
    let Some(o) = Obj::of(v) else { return make(cx) };
    if let Some(high) = o.at(HASH).as_int() {
        return Ok(high << 2 | o.at(HASH_LOW).as_int().unwrap_or(0));
    }
    let h = make(cx)?;
    // Who sees the high bits sees the low ones. Both are the same whoever finds them.
    o.set_slot(cx, HASH_LOW, int::from_i64(cx, h & 3));
    o.set_slot(cx, HASH, int::from_i64(cx, h >> 2));
    Ok(h)
}

/// The native slot of an object that may be anything.
#[inline(always)]
pub fn slot(v: Value, i: usize) -> Value {
    Obj::of(v).map_or(Value::EMPTY, |o| o.at(i))
}

/// A method was called on an object of another type.
#[cold]
pub fn wrong_self(cx: &mut Ctx, expected: &str, v: Value) -> Raised {
    let name = type_name(cx, v);
    cx.type_error(format!("expected a {expected}, not '{name}'"))
}

/// `Name(inner)`, where `inner` is the text of what `content` makes: a core collection of the same items. Nothing between the
/// parentheses if there are none, `inside` where the collection holds itself.
pub fn repr_as(
    cx: &mut Ctx,
    v: Value,
    (name, inside): (&str, &str),
    len: usize,
    content: impl FnOnce(&mut Ctx) -> PyResult,
) -> PyResult {
    if len == 0 {
        return Ok(Str::new(cx, &format!("{name}()")));
    }
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::new(cx, &format!("{name}({inside})")));
    }
    let done = content(cx).and_then(|inner| protocol::repr(cx, inner));
    protocol::repr_leave(cx, v);
    let inner = done?;
    let mut out = StrBuilder::new();
    out.push_str(name);
    out.push_str("(");
    if let Some(s) = Str::of(inner) {
        out.add(cx, s)?;
    }
    out.push_str(")");
    out.wish(cx)
}

/// What pickling calls: the type with a core collection of the same items.
pub fn reduced(cx: &mut Ctx, v: Value, content: Value) -> PyResult {
    let class = type_of(cx, v).value();
    let args = Tuple::new(cx, &[content]);
    Ok(Tuple::new(cx, &[class, args]))
}

/// The very same object: what is immutable need not be copied.
pub fn itself(_: &mut Ctx, args: Args) -> PyResult {
    Ok(args[0])
}

/// `f(collection at the end of the path)` put there, in a new version of everything on the way.
pub fn update_in(cx: &mut Ctx, args: Args) -> PyResult {
    let path = protocol::tuple_of(cx, args[1])?;
    let (f, default) = (args[2], args.or(3, Value::EMPTY));
    step_in(cx, args[0], path, 0, f, default)
}

fn step_in(cx: &mut Ctx, v: Value, path: Tuple, at: usize, f: Value, default: Value) -> PyResult {
    protocol::enter_native(cx)?;
    if at == path.len() {
        return protocol::call(cx, f, &[v]);
    }
    let key = path.get(at);
    let old = match protocol::getitem(cx, v, key) {
        Ok(old) => old,
        // What is not there is the default, or a map on the way to it.
        Err(raised) if cx.matches(&raised, Exc::KeyError) && !(default.is_empty() && at + 1 == path.len()) => {
            cx.clear(raised);
            if at + 1 == path.len() { default } else { crate::map::empty(cx) }
        }
        Err(raised) => return Err(raised),
    };
    let new = step_in(cx, old, path, at + 1, f, default)?;
    let set = cx.intern(b"set");
    protocol::call_method(cx, v, set, &[key, new])
}

/// A builder over the collection: `protopython._builders` has them.
pub fn mutate(cx: &mut Ctx, args: Args) -> PyResult {
    let name = format!("{}Builder", types::type_short_name(cx, args[0]));
    let class = protocol::import_attr(cx, "protopython._builders", &name)?;
    protocol::call(cx, class, &[args[0]])
}

/// The documentation of [`update_in`].
pub const UPDATE_IN: NativeDef = NativeDef::new(
    "update_in",
    "($self, path, function, default=<unrepresentable>, /)",
    update_in,
    "A new version in which function(old) stands at the end of the path of keys and indices.\n\nKeys that maps on the way lack lead to empty maps; the last one to the default, if that is given.",
);
/// The documentation of `mutate`.
pub const MUTATE: NativeDef = NativeDef::new(
    "mutate",
    "($self, /)",
    mutate,
    "A builder that starts as this collection: change it like a mutable one, then call finish().",
);
/// The same under the name that it has elsewhere.
pub const EVOLVER: NativeDef = NativeDef::new(
    "evolver",
    "($self, /)",
    mutate,
    "A builder that starts as this collection: change it like a mutable one, then call persistent().",
);
/// `__copy__`.
pub const COPY: NativeDef = NativeDef::new("__copy__", "($self, /)", itself, "The collection itself.");
/// `copy`.
pub const COPY_METHOD: NativeDef = NativeDef::new("copy", "($self, /)", itself, "The collection itself.");
/// `Type[item]`.
pub const CLASS_GETITEM: NativeDef =
    NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585");
