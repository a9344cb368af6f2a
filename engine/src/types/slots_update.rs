//! The effective slots of a type: for each slot, the first class of the MRO that says something about it decides.
//!
//! A native class says it through its declaration; a Python class through a dunder in its dictionary.

use super::slots::{SLOTS, SlotId, SlotInfo, Slots, hash_not_implemented, slot_of_dunder};
use super::{Layout, Type, construct, declare, object_type};
use crate::names::Names;
use crate::native::def::TypeFlags;
use crate::native::{Native, NativeObj};
use crate::objects::{Str, hashing};
use proto_core::{Heap, Kind, Value};

/// The slots that a class's own dictionary mentions, as a set of bits.
fn mentioned(ty: Type) -> u128 {
    const { assert!(SLOTS.len() <= 128) };
    let (mut set, mut pos, dict) = (0, 0, ty.dict());
    while let Some((next, key, _)) = dict.next_entry(pos) {
        if let Some(slot) = Str::of(key).and_then(|name| slot_of_dunder(name.as_bytes())) {
            set |= 1 << slot as u32;
        }
        pos = next;
    }
    set
}

/// Whether class `k`, whose dictionary mentions those slots, decides on this one; if so, writes it to `out`.
fn decide(names: &Names, ty: Type, k: Type, mentioned: u128, info: &SlotInfo, out: &mut Slots) -> bool {
    if let Some(def) = k.data().def() {
        if (info.is_set)(&def.slots) {
            (info.copy)(out, &def.slots);
            return true;
        }
        match info.id {
            SlotId::new if def.new.is_some() => {
                out.new = Some(construct::native_new);
                return true;
            }
            SlotId::new if def.flags.has(TypeFlags::NO_NEW) => {
                out.new = None;
                return true;
            }
            SlotId::init if def.init.is_some() => {
                out.init = Some(construct::native_init);
                return true;
            }
            SlotId::hash if def.slots.richcmp.is_some() => {
                out.hash = Some(hash_not_implemented);
                return true;
            }
            _ => {}
        }
    }
    if mentioned >> info.id as u32 & 1 == 0 {
        return false;
    }
    let dict = k.dict();
    if info.id == SlotId::new {
        return match dict.get_str(names.__new__) {
            Some(v) if !is_native_new(v) => {
                (info.set_python)(out);
                true
            }
            Some(v) => adopt_new(v, out),
            None => false,
        };
    }
    let mut found = None;
    for d in info.dunders {
        if let Some(v) = dict.get_str((d.atom)(names)) {
            found = Some((d, v));
            break;
        }
    }
    let Some((_, v)) = found else { return false };
    if info.id == SlotId::hash && v == Value::NONE {
        out.hash = Some(hash_not_implemented);
        return true;
    }
    // A slot wrapper under its own name: use the native function that it wraps.
    if let Some(native) = NativeObj::of(v)
        && let Native::SlotWrapper(d) = native.native()
        && d.slot == info.id
        && info.dunders.len() == 1
        && let Some(owner) = native.owner()
        && ty.is_subtype(owner)
        && (info.is_set)(owner.slots().record())
    {
        (info.copy)(out, owner.slots().record());
        return true;
    }
    (info.set_python)(out);
    true
}

fn is_native_new(v: Value) -> bool {
    NativeObj::of(v).is_some_and(|n| matches!(n.native(), Native::New(_)))
}

fn adopt_new(v: Value, out: &mut Slots) -> bool {
    if let Some(owner) = NativeObj::of(v).and_then(|n| n.owner()) {
        out.new = owner.slots().record().new;
        return true;
    }
    false
}

/// Computes the slots of `ty`: from its MRO, or from its only base's where that one's MRO is the rest of its own.
fn compute(names: &Names, ty: Type, base: Option<(Type, u128)>) -> Slots {
    if let Some((base, mentioned)) = base {
        let mut slots = *base.slots().record();
        for info in SLOTS {
            decide(names, ty, ty, mentioned, info, &mut slots);
        }
        return slots;
    }
    let classes: Vec<(Type, u128)> = ty.mro_types().map(|k| (k, mentioned(k))).collect();
    let mut slots = Slots::NONE;
    for info in SLOTS {
        classes.iter().any(|&(k, mentioned)| decide(names, ty, k, mentioned, info, &mut slots));
    }
    slots
}

/// Recomputes the slots and derived flags of `ty`.
pub(crate) fn refresh(heap: &Heap, names: &Names, ty: Type) {
    let data = ty.data();
    let base =
        ty.base().filter(|b| ty.bases().len() == 1 && !data.flags().has(TypeFlags::CUSTOM_MRO) && b.mro().is_some());
    let slots: &'static Slots = match base {
        Some(b) => match mentioned(ty) {
            0 if data.def().is_none() => b.slots().record(),
            own => heap.space().adopt(heap, Box::new(compute(names, ty, Some((b, own))))),
        },
        None => heap.space().adopt(heap, Box::new(compute(names, ty, None))),
    };
    let compares = compares_as_base(ty, slots);
    if data.flags().has(TypeFlags::COMPARES_AS_BASE) && !compares {
        hashing::no_longer_as_base();
    }
    let had = (data.slots().descr_get().is_some(), data.slots().descr_set().is_some());
    data.set_slots(slots);
    if had != (slots.descr_get.is_some(), slots.descr_set.is_some()) {
        super::lookup::bump_epoch();
    }
    let mut set = TypeFlags::NONE;
    if slots.getattr.is_some_and(|f| f as usize == object_type::generic_getattr as *const () as usize) {
        set = set.with(TypeFlags::GENERIC_GETATTR);
    }
    if slots.setattr.is_some_and(|f| f as usize == object_type::generic_setattr as *const () as usize) {
        set = set.with(TypeFlags::GENERIC_SETATTR);
    }
    let exempt = data.def().is_some_and(|def| def.flags.has(TypeFlags::NO_DEL));
    if !exempt && ty.mro_types().any(|k| k.dict().get_str(names.__del__).is_some()) {
        set = set.with(TypeFlags::HAS_DEL);
    }
    if compares {
        set = set.with(TypeFlags::COMPARES_AS_BASE);
    }
    if by_identity(ty, slots) {
        set = set.with(TypeFlags::BY_IDENTITY);
    }
    let derived = TypeFlags::GENERIC_GETATTR
        .with(TypeFlags::GENERIC_SETATTR)
        .with(TypeFlags::HAS_DEL)
        .with(TypeFlags::COMPARES_AS_BASE)
        .with(TypeFlags::BY_IDENTITY);
    // One word, one order: who tells an instance (`Type::tells_identity`) has either said so before, or sees that it is over.
    let before = data.remove_flags(TypeFlags(derived.0 & !set.0));
    if before.has(TypeFlags::BY_IDENTITY.with(TypeFlags::TOLD_IDENTITY)) && !set.has(TypeFlags::BY_IDENTITY) {
        hashing::no_longer_by_identity();
    }
    data.add_flags(set);
}

/// Whether a class leaves equality and hash as `object` has them.
fn by_identity(ty: Type, slots: &Slots) -> bool {
    let address = |s: &Slots| (s.richcmp.map(|f| f as usize), s.hash.map(|f| f as usize));
    ty.is_heap()
        && ty.data().layout == Layout::Object
        && ty.mro_types().last().is_some_and(|object| address(object.slots().record()) == address(slots))
}

/// Whether a class derives from a core type for whose values equality and hash run no Python code, and changes neither.
fn compares_as_base(ty: Type, slots: &Slots) -> bool {
    let wraps = matches!(ty.data().layout, Layout::Core(Kind::Tuple | Kind::Str | Kind::Bytes | Kind::BigInt, _));
    let address = |s: &Slots| (s.richcmp.map(|f| f as usize), s.hash.map(|f| f as usize));
    wraps
        && ty.is_heap()
        && ty.mro_types().find(|t| !t.is_heap()).is_some_and(|core| address(core.slots().record()) == address(slots))
}

/// Recomputes the slots of `ty` and of everything below it.
pub(crate) fn refresh_tree(heap: &Heap, names: &Names, ty: Type) {
    refresh(heap, names, ty);
    for sub in declare::subclasses(heap, ty) {
        refresh_tree(heap, names, sub);
    }
}
