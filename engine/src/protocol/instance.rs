//! `isinstance` and `issubclass`.

use crate::objects::Tuple;
use crate::types::{self, TypeFlags, type_epoch};
use crate::types::{Type, type_of};
use crate::{Ctx, PyResult};
use proto_core::sync::{AtomicU64, Ordering};
use proto_core::{Kind, Value};
use std::cell::{Cell, OnceCell};

/// Verdicts of `isinstance` that hold for all instances of a type, by (type, class): this context's, under an epoch of the types.
/// Made at first use: most threads that wait never ask.
#[derive(Default)]
pub struct Verdicts(OnceCell<Box<[Cell<Verdict>; VERDICTS]>>);

const VERDICTS: usize = 256;

#[derive(Clone, Copy)]
struct Verdict {
    own: u32,
    class: u32,
    epoch: u32,
    is: bool,
    /// The number of registrations under which it holds; [`ALWAYS`] for a class that has none.
    registrations: u64,
}

const ALWAYS: u64 = u64::MAX;

/// Counts registrations with abstract base classes: each one may turn a known "no" into a "yes".
static REGISTRATIONS: AtomicU64 = AtomicU64::new(0);

/// How many registrations there were. Acquire pairs with the release of [`count_registration`]: who sees the number sees what was
/// registered.
pub fn registrations() -> u64 {
    REGISTRATIONS.load(Ordering::Acquire)
}

/// What abstract base classes know has changed.
pub fn count_registration() {
    // Release: pairs with the acquire in `registrations`.
    REGISTRATIONS.fetch_add(1, Ordering::AcqRel);
}

impl Verdict {
    /// The epoch 0 has passed before there are types.
    const NONE: Verdict = Verdict { own: 0, class: 0, epoch: 0, is: false, registrations: ALWAYS };
}

impl Verdicts {
    fn place(own: u32, class: u32) -> usize {
        let h = (u64::from(own) << 32 | u64::from(class)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (h >> 56) as usize % VERDICTS
    }

    fn get(&self, own: Type, class: Type) -> Option<bool> {
        let (own, class) = (own.data().id, class.data().id);
        let known = self.0.get()?[Verdicts::place(own, class)].get();
        let holds = known.own == own && known.class == class && known.epoch == type_epoch();
        (holds && (known.registrations == ALWAYS || known.registrations == registrations())).then_some(known.is)
    }

    fn put(&self, own: Type, class: Type, epoch: u32, is: bool, registrations: u64) {
        let (own, class) = (own.data().id, class.data().id);
        let all = self.0.get_or_init(|| Box::new([const { Cell::new(Verdict::NONE) }; VERDICTS]));
        all[Verdicts::place(own, class)].set(Verdict { own, class, epoch, is, registrations });
    }
}

/// `isinstance(v, class)` for a class without a say in it, as far as `v`'s type decides; None: ask the protocol.
pub fn quick_is_instance(cx: &Ctx, v: Value, own: Type, class: Value) -> Option<bool> {
    if own.value() == class {
        return Some(true);
    }
    let ty = Type::of(class)?;
    if let Some(is) = cx.verdicts.get(own, ty) {
        return Some(is);
    }
    if type_of(cx, class) != cx.types.type_ {
        return None;
    }
    find_verdict(cx, v, own, ty, type_epoch())
}

/// What the types say, and remembers it; None where a value may show another class.
fn find_verdict(cx: &Ctx, v: Value, own: Type, class: Type, epoch: u32) -> Option<bool> {
    let verdict = || {
        let is = own.is_subtype(class);
        (is || shows_its_type(cx, v, own)).then_some(is)
    };
    verdict()?;
    // Then the look that counts: who changes the type or a base of it changes the epoch from now on.
    types::lookup::mark_seen(own);
    let is = verdict()?;
    cx.verdicts.put(own, class, epoch, is, ALWAYS);
    Some(is)
}

/// Remembers what the caches of the abstract base class `class` say about all objects of `v`'s type, if they can be asked without
/// its metaclass: `epoch` and `registrations` are what they were before the caches were read, and the caller knows that the metaclass
/// asks nothing but the caches first.
pub fn remember_cached(cx: &Ctx, v: Value, class: Type, is: bool, epoch: u32, registrations: u64) {
    let own = type_of(cx, v);
    types::lookup::mark_seen(own);
    if shows_its_type(cx, v, own) {
        cx.verdicts.put(own, class, epoch, is, registrations);
    }
}

/// Whether no value of `v`'s type can show another `__class__`: immediates and the core layouts cannot, objects if their class
/// lets them.
fn shows_its_type(cx: &Ctx, v: Value, own: Type) -> bool {
    match v.kind() {
        Some(Kind::Object) => {
            own.flags().has(TypeFlags::GENERIC_GETATTR)
                && own.mro_types().all(|k| k == cx.types.object || k.dict().get_str(cx.names.__class__).is_none())
        }
        Some(Kind::Native) => false,
        _ => true,
    }
}

/// `isinstance(v, class)` for a class whose metaclass does not override `__instancecheck__`.
fn by_type(cx: &mut Ctx, v: Value, class: Type, epoch: u32) -> PyResult<bool> {
    let own = type_of(cx, v);
    match find_verdict(cx, v, own, class, epoch) {
        Some(is) => Ok(is),
        None => real_is_instance(cx, v, class.value()),
    }
}

/// `isinstance(v, class)`.
pub fn is_instance(cx: &mut Ctx, v: Value, class: Value) -> PyResult<bool> {
    let own = type_of(cx, v);
    if let Some(is) = quick_is_instance(cx, v, own, class) {
        return Ok(is);
    }
    let meta = type_of(cx, class);
    if meta == cx.types.type_ {
        return real_is_instance(cx, v, class);
    }
    if let Some(class) = Type::of(class) {
        let (epoch, name, plain) = (type_epoch(), cx.names.__instancecheck__, cx.types.type_);
        if types::type_lookup(cx, meta, name) == types::type_lookup(cx, plain, name) {
            return by_type(cx, v, class, epoch);
        }
    }
    if let Some(alternatives) = union_args(cx, class) {
        return any(cx, alternatives, |cx, c| is_instance(cx, v, c));
    }
    if let Some(classes) = Tuple::of_sub(cx, class) {
        super::guard(cx, " in __instancecheck__")?;
        return any(cx, classes, |cx, c| is_instance(cx, v, c));
    }
    let name = cx.names.__instancecheck__;
    match super::lookup_special(cx, class, name)? {
        Some(check) => {
            super::guard(cx, " in __instancecheck__")?;
            let r = super::call(cx, check, &[v])?;
            super::truth(cx, r)
        }
        None => real_is_instance(cx, v, class),
    }
}

fn any(cx: &mut Ctx, classes: Tuple, mut test: impl FnMut(&mut Ctx, Value) -> PyResult<bool>) -> PyResult<bool> {
    for c in classes.items() {
        if test(cx, c)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn union_args(cx: &mut Ctx, v: Value) -> Option<Tuple> {
    if type_of(cx, v) != cx.types.union_type {
        return None;
    }
    Tuple::of(crate::types::instance::native_slot(cx, v, 0))
}

/// `type.__instancecheck__`: by type, then by `__class__`.
pub fn real_is_instance(cx: &mut Ctx, v: Value, class: Value) -> PyResult<bool> {
    let names = cx.names;
    if let Some(ty) = Type::of(class) {
        let own = type_of(cx, v);
        if own.is_subtype(ty) {
            return Ok(true);
        }
        return match super::getattr_opt(cx, v, names.__class__)? {
            Some(c) if c != own.value() => Ok(Type::of(c).is_some_and(|c| c.is_subtype(ty))),
            _ => Ok(false),
        };
    }
    check_class(cx, class, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
    match super::getattr_opt(cx, v, names.__class__)? {
        Some(c) => abstract_is_subclass(cx, c, class),
        None => Ok(false),
    }
}

/// The `__bases__` of something that acts as a class.
fn bases_of(cx: &mut Ctx, class: Value) -> PyResult<Option<Tuple>> {
    let name = cx.names.__bases__;
    Ok(match super::getattr_opt(cx, class, name)? {
        Some(b) => Tuple::of_sub(cx, b),
        None => None,
    })
}

fn check_class(cx: &mut Ctx, class: Value, message: &str) -> PyResult<()> {
    match bases_of(cx, class)? {
        Some(_) => Ok(()),
        None => Err(cx.type_error(message)),
    }
}

fn abstract_is_subclass(cx: &mut Ctx, derived: Value, class: Value) -> PyResult<bool> {
    if derived == class {
        return Ok(true);
    }
    super::guard(cx, " in __issubclass__")?;
    match bases_of(cx, derived)? {
        Some(bases) => any(cx, bases, |cx, b| abstract_is_subclass(cx, b, class)),
        None => Ok(false),
    }
}

/// `issubclass(derived, class)`.
pub fn is_subclass(cx: &mut Ctx, derived: Value, class: Value) -> PyResult<bool> {
    if type_of(cx, class) == cx.types.type_ {
        return if derived == class { Ok(true) } else { real_is_subclass(cx, derived, class) };
    }
    if let Some(alternatives) = union_args(cx, class) {
        return any(cx, alternatives, |cx, c| is_subclass(cx, derived, c));
    }
    if let Some(classes) = Tuple::of_sub(cx, class) {
        super::guard(cx, " in __subclasscheck__")?;
        return any(cx, classes, |cx, c| is_subclass(cx, derived, c));
    }
    let name = cx.names.__subclasscheck__;
    match super::lookup_special(cx, class, name)? {
        Some(check) => {
            super::guard(cx, " in __subclasscheck__")?;
            let r = super::call(cx, check, &[derived])?;
            super::truth(cx, r)
        }
        None => real_is_subclass(cx, derived, class),
    }
}

/// `type.__subclasscheck__`.
pub fn real_is_subclass(cx: &mut Ctx, derived: Value, class: Value) -> PyResult<bool> {
    if let (Some(d), Some(c)) = (Type::of(derived), Type::of(class)) {
        return Ok(d.is_subtype(c));
    }
    check_class(cx, derived, "issubclass() arg 1 must be a class")?;
    check_class(cx, class, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
    abstract_is_subclass(cx, derived, class)
}
