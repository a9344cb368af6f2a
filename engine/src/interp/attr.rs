//! Attribute reads. The first tier reads an inline slot under a shape and epoch check; the second knows the other kinds of
//! cache entries; the third looks up and fills.

use proto_core::{Kind, Value};

use super::dispatch::*;
use super::fnptr;
use super::special::{self, enter};
use crate::code_rt::cache::{CacheEntry, CacheKind, Fill, Tag};
use crate::code_rt::mega::{MegaEntry, Use};
use crate::ctx::{Ctx, PyResult};
use crate::native::def::TypeFlags;
use crate::native::object::Native;
use crate::native::{NativeObj, module_dict};
use crate::objects::instance::held_dict;
use crate::objects::layout::{OBJECT_EXTRA, OBJECT_SLOTS, VALUES_ITEMS};
use crate::objects::{Dict, Method, Obj, shape_of, shapes};
use crate::protocol;
use crate::types::{self, Cacheable, Type, lookup, type_epoch};
use engine_code::Special;

ops! {
    load_attr(pc, base, cx, table) {
        let v = get(base, pc.object());
        if v.is_ptr() {
            let entry = pc.site();
            let tag = entry.tag();
            if tag.is(fnptr::header(v) as u32, CacheKind::Slot) && entry.epoch() == type_epoch() {
                let r = fnptr::word(v, OBJECT_SLOTS + tag.slot());
                if !r.is_empty() {
                    set(base, pc.dst(), r);
                    next!(pc.next(), base, cx, table)
                }
            }
        }
        return load_attr_cached(pc, base, cx, table)
    }

    load_method(pc, base, cx, table) {
        let v = get(base, pc.object());
        if v.is_ptr() || v.is_short_str() {
            let entry = pc.site();
            let tag = entry.tag();
            let shape = if v.is_ptr() { fnptr::header(v) as u32 } else { shapes::STR.0 };
            if tag.is(shape, CacheKind::Function) && entry.epoch() == type_epoch() {
                let f = Value::from_bits(entry.p1());
                if entry.unchanged(tag) {
                    let at = pc.window();
                    set(base, at, f);
                    set(base, at + 2, v);
                    next!(pc.next(), base, cx, table)
                }
            }
        }
        return load_method_cached(pc, base, cx, table)
    }

    load_special(pc, base, cx, table) {
        let v = get(base, pc.object());
        let f = special::method(cx, v, special_name((*cx).names, pc.method()));
        if !f.is_empty() {
            let at = pc.window();
            set(base, at, f);
            set(base, at + 2, v);
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = special_to(cxr, get(base, pc.object()), pc.method() as u8, base.add(pc.window()));
        finish_unit!(r, pc, base, cx, table)
    }
}

/// What a cache entry says about a value's attribute.
pub(super) enum Hit {
    /// The attribute.
    Value(Value),
    /// A function that binds its receiver.
    Function(Value),
    /// A function that binds the type of the receiver.
    TypeMethod(Value),
    /// A Python getter.
    Getter(Value),
    /// A descriptor that is asked for the attribute.
    Descriptor(Value),
    /// Nothing.
    Miss,
}

/// Consults an entry whose first tier did not apply.
#[inline(always)]
unsafe fn consult(heap: &proto_core::Heap, entry: &CacheEntry, v: Value) -> Hit {
    let tag = entry.tag();
    let kind = tag.kind();
    // SAFETY: `v` is a live value; the words read are those of its kind and shape, which the tag matched.
    unsafe {
        if kind >= CacheKind::ClassValue as u8 && kind <= CacheKind::ClassDescriptor as u8 {
            let Some(class) = Type::of(v) else { return Hit::Miss };
            if class.data().id != tag.id() || entry.epoch() != type_epoch() {
                return Hit::Miss;
            }
            if kind == CacheKind::ClassPlain as u8 {
                return plain(heap, entry, tag);
            }
            let found = Value::from_bits(entry.p1());
            if !entry.unchanged(tag) {
                return Hit::Miss;
            }
            return if kind == CacheKind::ClassValue as u8 {
                Hit::Value(found)
            } else if kind == CacheKind::ClassMethod as u8 {
                Hit::Function(found)
            } else if kind == CacheKind::ClassGetter as u8 {
                Hit::Getter(found)
            } else {
                Hit::Descriptor(found)
            };
        }
        if kind < CacheKind::Slot as u8 || tag.id() != shape_id(v) || entry.epoch() != type_epoch() {
            return Hit::Miss;
        }
        if kind == CacheKind::Slot as u8 {
            return some(fnptr::word(v, OBJECT_SLOTS + tag.slot()));
        }
        if kind == CacheKind::Overflow as u8 {
            let array = fnptr::word(v, OBJECT_EXTRA);
            if !array.is_kind(Kind::Internal) {
                return Hit::Miss;
            }
            return some(fnptr::word(array, VALUES_ITEMS + tag.slot()));
        }
        if kind == CacheKind::Module as u8 {
            let Some(dict) = Dict::of(fnptr::word(v, OBJECT_EXTRA)) else { return Hit::Miss };
            let (version, index) = (entry.p1(), entry.index());
            if !entry.unchanged(tag) {
                return Hit::Miss;
            }
            return dict.value_at(version, index).map_or(Hit::Miss, Hit::Value);
        }
        if kind == CacheKind::TypePlain as u8 {
            return plain(heap, entry, tag);
        }
        if kind >= CacheKind::InDict as u8 {
            return with_dict(heap, entry, tag, v);
        }
        let found = Value::from_bits(entry.p1());
        if !entry.unchanged(tag) {
            return Hit::Miss;
        }
        if kind == CacheKind::Function as u8 {
            return Hit::Function(found);
        }
        if kind == CacheKind::Property as u8 {
            return Hit::Getter(found);
        }
        if kind == CacheKind::TypeValue as u8 {
            return Hit::Value(found);
        }
        if kind == CacheKind::Descriptor as u8 {
            return Hit::Descriptor(found);
        }
        if kind == CacheKind::TypeMethod as u8 {
            return Hit::TypeMethod(found);
        }
    }
    Hit::Miss
}

/// As [`consult`], then looks into the context's table.
#[inline(always)]
unsafe fn consult_all(cx: *mut Ctx, entry: &CacheEntry, v: Value) -> Hit {
    // SAFETY: as in `consult`; the table's entry is read before anything can change it.
    unsafe {
        let hit = consult(&*cx, entry, v);
        if !matches!(hit, Hit::Miss) {
            return hit;
        }
        if is_free(entry) {
            return Hit::Miss;
        }
        let e = match Type::of(v) {
            Some(class) => (*cx).run.mega.get_class(class.data().id, entry.name(), type_epoch()),
            None => (*cx).run.mega.get(shape_id(v), entry.name(), Use::Load, type_epoch()),
        };
        if e.is_null() {
            return Hit::Miss;
        }
        remembered(&*cx, e, v)
    }
}

/// What an entry of the context's table says about a value of its shape, or a class.
///
/// # Safety
/// The entry is there, and for `v` under this epoch.
#[inline(always)]
pub(super) unsafe fn remembered(heap: &proto_core::Heap, e: *const MegaEntry, v: Value) -> Hit {
    // SAFETY: by the caller; the words read are those that the kind says.
    unsafe {
        let (kind, slot, found) = ((*e).kind, (*e).slot as usize, Value::from_bits((*e).p1));
        match kind {
            CacheKind::Slot => some(fnptr::word(v, OBJECT_SLOTS + slot)),
            CacheKind::Overflow => {
                let array = fnptr::word(v, OBJECT_EXTRA);
                if array.is_kind(Kind::Internal) { some(fnptr::word(array, VALUES_ITEMS + slot)) } else { Hit::Miss }
            }
            CacheKind::Function | CacheKind::ClassMethod => Hit::Function(found),
            CacheKind::Property | CacheKind::ClassGetter => Hit::Getter(found),
            CacheKind::Descriptor | CacheKind::ClassDescriptor => Hit::Descriptor(found),
            CacheKind::TypeMethod => Hit::TypeMethod(found),
            CacheKind::TypeValue | CacheKind::ClassValue => Hit::Value(found),
            CacheKind::TypePlain | CacheKind::ClassPlain => {
                plain_value(heap, Value::from_bits((*e).p2), (*e).p1, (*e).index)
            }
            CacheKind::InDict => in_dict(v, (*e).loaded(), (*e).index),
            CacheKind::BehindDict => behind_dict(heap, v, (*e).loaded(), (*e).slot, ((*e).p1, (*e).p2, (*e).index)),
            _ => Hit::Miss,
        }
    }
}

/// Whether a site's entry knows nothing of use: then the site fills it, even if the context's table could answer.
#[inline(always)]
pub(super) fn is_free(entry: &CacheEntry) -> bool {
    let kind = entry.tag().kind();
    kind == CacheKind::Empty as u8 || (kind != CacheKind::Megamorphic as u8 && entry.epoch() != type_epoch())
}

/// Puts what a lookup by shape found into the context's table, and into the site's entry if that knows nothing of use.
pub(super) fn remember(cx: &mut Ctx, entry: &CacheEntry, what: Use, f: Fill) {
    cx.run.mega.put(entry.name(), what, &f);
    if is_free(entry) {
        entry.fill(f);
    }
}

/// As [`remember`], for what was found through a class.
fn remember_class(cx: &mut Ctx, entry: &CacheEntry, f: Fill) {
    cx.run.mega.put_class(entry.name(), &f);
    if is_free(entry) {
        entry.fill(f);
    }
}

#[inline(always)]
fn some(v: Value) -> Hit {
    if v.is_empty() { Hit::Miss } else { Hit::Value(v) }
}

/// A plain value in the dict of a class. The dict lives: the epoch and the type matched. A descriptor that has just taken the
/// place of a plain value is there before the epoch changes, so the value itself is asked.
#[inline(always)]
fn plain(heap: &proto_core::Heap, entry: &CacheEntry, tag: Tag) -> Hit {
    // SAFETY: the entry has the word of a dict; it is looked at only if the class that holds the dict is still what it was.
    let (dict, version, index) = (unsafe { Value::from_bits(entry.p2()) }, entry.p1(), entry.index());
    if !entry.unchanged(tag) {
        return Hit::Miss;
    }
    plain_value(heap, dict, version, index)
}

/// As [`plain`], for what was read.
#[inline(never)]
fn plain_value(heap: &proto_core::Heap, dict: Value, version: u64, index: u32) -> Hit {
    match Dict::of(dict).and_then(|d| d.value_at(version, index)) {
        Some(v) if !v.is_ptr() || lookup::is_plain(heap, v) => Hit::Value(v),
        _ => Hit::Miss,
    }
}

/// As [`consult`], for kinds of objects whose attributes are in a dict.
///
/// # Safety
/// `v` has the shape of the tag, under this epoch.
#[inline(never)]
unsafe fn with_dict(heap: &proto_core::Heap, entry: &CacheEntry, tag: Tag, v: Value) -> Hit {
    let (p1, p2, index) = (entry.p1(), entry.p2(), entry.index());
    if !entry.unchanged(tag) {
        return Hit::Miss;
    }
    if tag.kind() == CacheKind::InDict as u8 {
        // SAFETY: by the caller.
        unsafe { in_dict(v, entry.name(), index) }
    } else if tag.kind() == CacheKind::BehindDict as u8 {
        // SAFETY: by the caller.
        unsafe { behind_dict(heap, v, entry.name(), tag.slot() as u16, (p1, p2, index)) }
    } else {
        Hit::Miss
    }
}

/// The attribute in the dict of an object that has one, near a place.
///
/// # Safety
/// `v` is an object whose attributes are in a dict.
#[inline(never)]
unsafe fn in_dict(v: Value, name: Value, place: u32) -> Hit {
    // SAFETY: word 1 of an object is a value.
    let dict = held_dict(unsafe { fnptr::word(v, OBJECT_EXTRA) });
    dict.and_then(|d| d.get_str_near(name, place)).map_or(Hit::Miss, Hit::Value)
}

/// What the type has, as which kind and with which payload, for an object whose dict has no such name.
///
/// # Safety
/// As [`in_dict`].
#[inline(never)]
unsafe fn behind_dict(heap: &proto_core::Heap, v: Value, name: Value, kind: u16, payload: (u64, u64, u32)) -> Hit {
    // SAFETY: word 1 of an object is a value.
    let Some(dict) = held_dict(unsafe { fnptr::word(v, OBJECT_EXTRA) }) else { return Hit::Miss };
    if let Some(own) = dict.get_str(name) {
        return Hit::Value(own);
    }
    let (p1, p2, index) = payload;
    if kind == CacheKind::TypePlain as u16 {
        // SAFETY: with this kind, the second word is that of a dict, which lives while the type is what it was.
        return plain_value(heap, unsafe { Value::from_bits(p2) }, p1, index);
    }
    // SAFETY: with any other kind, the first word is what the type has, as long as it is what it was.
    let found = unsafe { Value::from_bits(p1) };
    if kind == CacheKind::Function as u16 {
        Hit::Function(found)
    } else if kind == CacheKind::TypeValue as u16 {
        Hit::Value(found)
    } else if kind == CacheKind::TypeMethod as u16 {
        Hit::TypeMethod(found)
    } else {
        Hit::Miss
    }
}

/// The shape of any value.
#[inline(always)]
pub(super) unsafe fn shape_id(v: Value) -> u32 {
    // SAFETY: a pointer value points at a live object.
    if v.is_ptr() { unsafe { fnptr::header(v) as u32 } } else { shape_of(v).0 }
}

#[inline(never)]
unsafe extern "C" fn load_attr_cached(pc: At<f::LoadAttr>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let v = get(base, pc.object());
        match consult_all(cx, pc.site(), v) {
            Hit::Value(r) => {
                set(base, pc.dst(), r);
                next!(pc.next(), base, cx, table)
            }
            Hit::Function(f) => {
                let r = bind(&*cx, f, v);
                match r {
                    Some(method) => {
                        set(base, pc.dst(), method);
                        next!(pc.next(), base, cx, table)
                    }
                    None => load_attr_described(pc, base, cx, table),
                }
            }
            Hit::Getter(f) => {
                enter!(special::getter(returns::STORE.to(pc), base, cx, f, v), cx, table);
                load_attr_slow(pc, base, cx, table)
            }
            Hit::Descriptor(_) => load_attr_described(pc, base, cx, table),
            Hit::TypeMethod(f) => match bind(&*cx, f, types::type_of(&*cx, v).value()) {
                Some(method) => {
                    set(base, pc.dst(), method);
                    next!(pc.next(), base, cx, table)
                }
                None => load_attr_slow(pc, base, cx, table),
            },
            Hit::Miss => load_attr_slow(pc, base, cx, table),
        }
    }
}

/// A bound method, or None if the attribute is not a Python function (native methods bind in their own way).
#[inline]
fn bind(heap: &proto_core::Heap, f: Value, receiver: Value) -> Option<Value> {
    f.is_kind(Kind::Function).then(|| Method::new(heap, f, receiver))
}

#[inline(never)]
unsafe extern "C" fn load_method_cached(pc: At<f::LoadMethod>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let v = get(base, pc.object());
        let at = pc.window();
        match consult_all(cx, pc.site(), v) {
            Hit::Value(r) => {
                set(base, at, r);
                set(base, at + 2, Value::EMPTY);
                next!(pc.next(), base, cx, table)
            }
            Hit::Function(f) => {
                set(base, at, f);
                set(base, at + 2, v);
                next!(pc.next(), base, cx, table)
            }
            Hit::TypeMethod(f) => {
                set(base, at, f);
                set(base, at + 2, types::type_of(&*cx, v).value());
                next!(pc.next(), base, cx, table)
            }
            Hit::Getter(_) | Hit::Descriptor(_) | Hit::Miss => load_method_slow(pc, base, cx, table),
        }
    }
}

/// Asks the descriptor that the caches know for the attribute; a native method is one, too.
#[inline(never)]
unsafe extern "C" fn load_attr_described(pc: At<f::LoadAttr>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let v = get(base, pc.object());
        let d = match consult_all(cx, pc.site(), v) {
            Hit::Descriptor(d) => d,
            // What a class finds may be bound to it, not to its type.
            Hit::Function(d) if Type::of(v).is_none() => d,
            _ => return load_attr_slow(pc, base, cx, table),
        };
        let cxr = publish(pc, base, cx);
        let r = described(cxr, d, v);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// What the descriptor `d` gives for `v`. Out of line, like everything that returns through memory.
#[inline(never)]
fn described(cx: &mut Ctx, d: Value, v: Value) -> PyResult {
    let ty = types::type_of(cx, v);
    match types::type_of(cx, d).slots().descr_get() {
        Some(get) => get.call(cx, d, v, ty.value()),
        None => Ok(d),
    }
}

slow! {
    load_attr_slow: LoadAttr(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let entry = pc.site();
        let v = get(base, pc.object());
        fill_load(cxr, entry, v);
        let r = protocol::getattr(cxr, v, entry.name());
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    load_method_slow: LoadMethod(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let entry = pc.site();
        let v = get(base, pc.object());
        fill_load(cxr, entry, v);
        let r = method_to(cxr, v, entry.name(), base.add(pc.window()));
        finish_unit!(r, pc, base, cx, table)
    }
}

/// Fills the cache for reads of an attribute of values like `v`, if they are of a cacheable sort.
#[inline(never)]
pub(super) fn fill_load(cx: &mut Ctx, entry: &CacheEntry, v: Value) {
    let name = entry.name();
    let epoch = type_epoch();
    let ty = types::type_of(cx, v);
    if let Some(class) = Type::of(v) {
        return fill_class(cx, entry, class, ty, epoch);
    }
    if ty == cx.types.module
        && let Some(dict) = module_dict(v)
    {
        if types::type_lookup(cx, ty, name).is_some() {
            return;
        }
        let (version, index) = dict.cache_str(name);
        if let Some(index) = index {
            let id = shape_of(v).0;
            entry.fill(Fill { epoch, index, p1: version, ..Fill::new(CacheKind::Module, id, 0) });
        }
        return;
    }
    // A `__getattr__` is asked for what is not found otherwise, and for what a getter does not find.
    let hooked = !ty.flags().has(TypeFlags::GENERIC_GETATTR);
    if hooked && !types::slot_python::reads_generically(cx, ty) {
        return;
    }
    let shape = shape_of(v);
    let (found, cacheable) = types::type_lookup_cacheable(cx, ty, name);
    let object = v.is_kind(Kind::Object);
    // Whether the attributes are in a dict, which has to be asked before the type, but for data descriptors.
    let mut behind = false;
    let fill = |cx: &mut Ctx, kind, p1| {
        remember(cx, entry, Use::Load, Fill { epoch, p1, ..Fill::new(kind, shape.0, 0) });
    };
    if let Some(d) = found {
        let slots = types::type_of(cx, d).slots();
        if slots.descr_set().is_some() {
            if let Some(slot) = slot_index(d) {
                if object {
                    fill_slot(cx, entry, shape, slot, epoch);
                }
            } else if hooked {
                // What it raises, the hook would have to hear of.
            } else if let Some(getter) = types::property::python_getter(cx, d) {
                fill(cx, CacheKind::Property, getter.bits());
            } else if slots.descr_get().is_some() {
                fill(cx, CacheKind::Descriptor, d.bits());
            }
            return;
        }
    }
    if object {
        let described = cx.space().shape(shape);
        behind = described.mode == proto_core::ShapeMode::DictMode;
        if behind {
            let Some(dict) = Obj::of(v).and_then(Obj::dict_if_any) else { return };
            if let Some(index) = dict.place_of_str(name) {
                let f = Fill { epoch, index, ..Fill::new(CacheKind::InDict, shape.0, 0) };
                return remember(cx, entry, Use::Load, f);
            }
        } else if let Some(slot) = described.lookup(name) {
            return fill_slot(cx, entry, shape, slot as usize, epoch);
        }
    } else if ty.flags().has(TypeFlags::HAS_DICT) {
        // Functions and the like keep attributes elsewhere.
        return;
    }
    let Some(found) = found else { return };
    let fill = |cx: &mut Ctx, kind, p1| {
        let f = Fill { epoch, p1, ..Fill::new(kind, shape.0, 0) };
        remember(cx, entry, Use::Load, if behind { f.behind_dict() } else { f });
    };
    let method_like = NativeObj::of(found).is_some_and(|n| n.is_method_like());
    if found.is_kind(Kind::Function) || method_like {
        fill(cx, CacheKind::Function, found.bits());
    } else if types::type_of(cx, found).slots().descr_get().is_some() {
        if let Some(f) = types::descriptors::static_function(cx, found) {
            fill(cx, CacheKind::TypeValue, f.bits());
        } else if let Some(f) = types::descriptors::class_function(cx, found) {
            fill(cx, CacheKind::TypeMethod, f.bits());
        }
    } else if cacheable == Cacheable::Yes {
        fill(cx, CacheKind::TypeValue, found.bits());
    } else if let Some((owner, _)) = lookup::lookup_uncached(ty, name) {
        fill_plain(cx, entry, Fill { epoch, ..Fill::new(CacheKind::TypePlain, shape.0, 0) }, owner, behind);
    }
}

#[inline(never)]
fn fill_slot(cx: &mut Ctx, entry: &CacheEntry, shape: proto_core::ShapeId, slot: usize, epoch: u32) {
    let inline = cx.space().shape(shape).inline_cap as usize;
    let (kind, slot) = if slot < inline { (CacheKind::Slot, slot) } else { (CacheKind::Overflow, slot - inline) };
    if let Ok(slot) = u16::try_from(slot) {
        remember(cx, entry, Use::Load, Fill { epoch, ..Fill::new(kind, shape.0, slot) });
    }
}

#[inline(never)]
fn fill_plain(cx: &mut Ctx, entry: &CacheEntry, kind: Fill, owner: Type, behind: bool) {
    let dict = owner.dict();
    let (p1, index) = dict.cache_str(entry.name());
    let Some(index) = index else { return };
    let f = Fill { index, p1, p2: dict.value().bits(), ..kind };
    if f.kind == CacheKind::ClassPlain {
        remember_class(cx, entry, f);
    } else {
        remember(cx, entry, Use::Load, if behind { f.behind_dict() } else { f });
    }
}

/// The slot of a descriptor made from `__slots__`.
#[inline(never)]
pub(super) fn slot_index(descriptor: Value) -> Option<usize> {
    match NativeObj::of(descriptor)?.native() {
        Native::Slot(i) => Some(i),
        _ => None,
    }
}

/// An attribute of a class whose metaclass does not interfere.
#[inline(never)]
fn fill_class(cx: &mut Ctx, entry: &CacheEntry, class: Type, meta: Type, epoch: u32) {
    let name = entry.name();
    if meta.slots().getattr().map(|f| f.addr()) != cx.types.type_.slots().getattr().map(|f| f.addr()) {
        return;
    }
    let (of_meta, meta_cacheable) = types::type_lookup_cacheable(cx, meta, name);
    if let Some(d) = of_meta
        && types::type_of(cx, d).slots().descr_set().is_some()
    {
        let f = match types::property::python_getter(cx, d) {
            Some(getter) => Fill { p1: getter.bits(), ..Fill::new(CacheKind::ClassGetter, class.data().id, 0) },
            None => Fill { p1: d.bits(), ..Fill::new(CacheKind::ClassDescriptor, class.data().id, 0) },
        };
        return remember_class(cx, entry, Fill { epoch, ..f });
    }
    let (found, cacheable) = types::type_lookup_cacheable(cx, class, name);
    let Some(found) = found else {
        if let Some(found) = of_meta {
            fill_meta(cx, entry, (class, meta), found, meta_cacheable, epoch);
        }
        return;
    };
    let id = class.data().id;
    let value = if found.is_kind(Kind::Function) {
        Some(found)
    } else if let Some(native) = NativeObj::of(found) {
        match native.native() {
            // Called with the class first, the descriptor does what its bound form does.
            Native::ClassMethod(_) => {
                return remember_class(
                    cx,
                    entry,
                    Fill { epoch, p1: found.bits(), ..Fill::new(CacheKind::ClassMethod, id, 0) },
                );
            }
            Native::Function(_) | Native::Method(_) | Native::SlotWrapper(_) => Some(found),
            _ => None,
        }
    } else if types::type_of(cx, found).slots().descr_get().is_some() {
        if let Some(f) = types::descriptors::class_function(cx, found) {
            return remember_class(cx, entry, Fill { epoch, p1: f.bits(), ..Fill::new(CacheKind::ClassMethod, id, 0) });
        }
        types::descriptors::static_function(cx, found)
    } else if cacheable == Cacheable::No {
        if let Some((owner, _)) = lookup::lookup_uncached(class, name) {
            fill_plain(cx, entry, Fill { epoch, ..Fill::new(CacheKind::ClassPlain, id, 0) }, owner, false);
        }
        return;
    } else {
        Some(found)
    };
    if let Some(v) = value {
        remember_class(cx, entry, Fill { epoch, p1: v.bits(), ..Fill::new(CacheKind::ClassValue, id, 0) });
    }
}

/// An attribute of a class that only its metaclass has, and that is no data descriptor.
#[inline(never)]
fn fill_meta(
    cx: &mut Ctx,
    entry: &CacheEntry,
    (class, meta): (Type, Type),
    found: Value,
    cacheable: Cacheable,
    epoch: u32,
) {
    let id = class.data().id;
    let kind = if found.is_kind(Kind::Function) || NativeObj::of(found).is_some_and(|n| n.is_method_like()) {
        CacheKind::ClassMethod
    } else if types::type_of(cx, found).slots().descr_get().is_some() {
        return;
    } else if cacheable == Cacheable::Yes {
        CacheKind::ClassValue
    } else {
        if let Some((owner, _)) = lookup::lookup_uncached(meta, entry.name()) {
            fill_plain(cx, entry, Fill { epoch, ..Fill::new(CacheKind::ClassPlain, id, 0) }, owner, false);
        }
        return;
    };
    remember_class(cx, entry, Fill { epoch, p1: found.bits(), ..Fill::new(kind, id, 0) });
}

/// Prepares a method call at `window`. Out of line, like everything that returns through memory.
#[inline(never)]
unsafe fn method_to(cx: &mut Ctx, v: Value, name: Value, window: *mut Value) -> PyResult<()> {
    let (f, unbound) = protocol::load_method(cx, v, name)?;
    // SAFETY: the window is inside the frame.
    unsafe {
        *window = f;
        *window.add(2) = if unbound { v } else { Value::EMPTY };
    }
    Ok(())
}

/// As [`method_to`], for the special method of a `with` statement.
#[inline(never)]
unsafe fn special_to(cx: &mut Ctx, v: Value, which: u8, window: *mut Value) -> PyResult<()> {
    let (f, receiver) = special(cx, v, which)?;
    // SAFETY: the window is inside the frame.
    unsafe {
        *window = f;
        *window.add(2) = receiver;
    }
    Ok(())
}

/// The name of a method of `with` statements.
#[inline(always)]
fn special_name(names: &crate::names::Names, which: usize) -> Value {
    match which {
        0 => names.__enter__,
        1 => names.__exit__,
        2 => names.__aenter__,
        _ => names.__aexit__,
    }
}

/// The method of a `with` statement, as (callable, receiver or EMPTY).
#[inline(never)]
fn special(cx: &mut Ctx, v: Value, which: u8) -> PyResult<(Value, Value)> {
    let names = cx.names;
    let (name, is_async, exit) = match Special::from_u8(which) {
        Some(Special::Enter) => (names.__enter__, false, false),
        Some(Special::Exit) => (names.__exit__, false, true),
        Some(Special::AEnter) => (names.__aenter__, true, false),
        _ => (names.__aexit__, true, true),
    };
    let ty = types::type_of(cx, v);
    if let Some(found) = types::type_lookup(cx, ty, name) {
        let (f, unbound) = lookup::lookup_method(cx, found, v, ty)?;
        return Ok((f, if unbound { v } else { Value::EMPTY }));
    }
    let ty_name = ty.name_str();
    let protocol = if is_async { "asynchronous context manager" } else { "context manager" };
    let method = match (is_async, exit) {
        (false, false) => "__enter__",
        (false, true) => "__exit__",
        (true, false) => "__aenter__",
        (true, true) => "__aexit__",
    };
    let mut text = format!("'{ty_name}' object does not support the {protocol} protocol (missed {method} method)");
    let other = if is_async { [names.__enter__, names.__exit__] } else { [names.__aenter__, names.__aexit__] };
    if other.iter().all(|&name| types::type_lookup(cx, ty, name).is_some()) {
        text.push_str(if is_async {
            " but it supports the context manager protocol. Did you mean to use 'with'?"
        } else {
            " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
        });
    }
    Err(cx.type_error(text))
}
