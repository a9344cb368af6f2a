//! Attribute stores and deletions.

use proto_core::{Kind, ShapeId, Value};

use super::attr::{is_free, remember, slot_index};
use super::dispatch::*;
use super::fnptr;
use super::special::{self, enter};
use crate::code_rt::cache::{CacheEntry, CacheKind, Fill};
use crate::code_rt::mega::Use;
use crate::ctx::{Ctx, PyResult};
use crate::native::def::TypeFlags;
use crate::objects::layout::{OBJECT_EXTRA, OBJECT_SLOTS};
use crate::objects::{self, Obj, shape_of};
use crate::protocol;
use crate::types::{self, type_epoch};

/// The parts of a header that must be as expected for a plain store: shape, lock, and the flags that call for the barrier.
const PLAIN_MASK: u64 = 0xFFFF_FFFF | 0xFF << 32 | (BARRIER as u64) << 40;
/// As [`PLAIN_MASK`], for stores through the barrier to objects that are not shared.
const LOCAL_MASK: u64 = 0xFFFF_FFFF | 0xFF << 32 | (SHARED as u64) << 40;

use proto_core::header::{BARRIER, SHARED};

ops! {
    store_attr(pc, base, cx, table) {
        let v = get(base, pc.object());
        if v.is_kind(Kind::Object) {
            let entry = pc.site();
            let tag = entry.tag();
            if tag.kind() == CacheKind::StoreSlot as u8 && entry.epoch() == type_epoch() {
                let header = fnptr::header(v);
                let stored = get(base, pc.value());
                // Nobody else looks at a local object. A young one needs no barrier, nor does, while nobody
                // marks, a value that is no reference.
                let mask = if stored.is_ptr() || (*cx).is_marking() { PLAIN_MASK } else { LOCAL_MASK };
                if header & mask == tag.id() as u64 {
                    (*cx).store_tested(v, OBJECT_SLOTS + tag.slot(), stored);
                    next!(pc.next(), base, cx, table)
                }
                return store_attr_old(pc, base, cx, table);
            }
        }
        return store_attr_new(pc, base, cx, table)
    }

    delete_attr(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = protocol::delattr(cxr, get(base, pc.value()), pc.site().name());
        finish_unit!(r, pc, base, cx, table)
    }
}

/// A store to an object that other threads see: under its lock, if it still has the shape that the slot belongs to.
#[inline(never)]
unsafe fn store_shared(heap: &proto_core::Heap, object: Value, shape: u32, slot: usize, v: Value) -> bool {
    heap.promote(v);
    // SAFETY: an object of that shape has the slot inline.
    heap.lock(object, |heap| unsafe {
        let same = heap.shape_id(object).0 == shape;
        if same {
            heap.store(object, OBJECT_SLOTS + slot, v);
        }
        same
    })
}

/// A store to an object that has survived a collection: through the barrier.
#[inline(never)]
unsafe extern "C" fn store_attr_old(pc: At<f::StoreAttr>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract; the cache entry was checked but for the header.
    unsafe {
        let v = get(base, pc.object());
        let tag = pc.site().tag();
        if tag.kind() == CacheKind::StoreSlot as u8 {
            if fnptr::header(v) & LOCAL_MASK == tag.id() as u64 {
                (*cx).store(v, OBJECT_SLOTS + tag.slot(), get(base, pc.value()));
                next!(pc.next(), base, cx, table)
            }
            at_store(pc, base, cx);
            if fnptr::header(v) as u32 == tag.id() && store_shared(&*cx, v, tag.id(), tag.slot(), get(base, pc.value()))
            {
                next!(pc.next(), base, cx, table)
            }
        }
        store_attr_new(pc, base, cx, table)
    }
}

/// A store that adds an attribute, or to values of several shapes.
#[inline(never)]
unsafe extern "C" fn store_attr_new(pc: At<f::StoreAttr>, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let v = get(base, pc.object());
        let entry = pc.site();
        let tag = entry.tag();
        if tag.kind() == CacheKind::StoreNew as u8
            && v.is_kind(Kind::Object)
            && fnptr::header(v) & LOCAL_MASK == tag.id() as u64
            && entry.epoch() == type_epoch()
        {
            let next_shape = entry.p1() as u32;
            if entry.unchanged(tag) {
                (*cx).store(v, OBJECT_SLOTS + tag.slot(), get(base, pc.value()));
                (*cx).set_shape(v, ShapeId(next_shape));
                next!(pc.next(), base, cx, table)
            }
        }
        if tag.kind() == CacheKind::StoreInDict as u8
            && v.is_kind(Kind::Object)
            && fnptr::header(v) as u32 == tag.id()
            && entry.epoch() == type_epoch()
        {
            at_store(pc, base, cx);
            store_in_dict(&*cx, v, entry.name(), get(base, pc.value()));
            next!(pc.next(), base, cx, table)
        }
        if v.is_kind(Kind::Object) && !is_free(entry) {
            let header = fnptr::header(v);
            let e = (*cx).run.mega.get(header as u32, entry.name(), Use::Store, type_epoch());
            if !e.is_null() && (*e).kind == CacheKind::Setter {
                let setter = Value::from_bits((*e).p1);
                enter!(special::setter(returns::DROP.to(pc), base, cx, setter, v, get(base, pc.value())), cx, table);
                return store_attr_slow(pc, base, cx, table);
            }
            if !e.is_null() && (*e).kind == CacheKind::StoreInDict {
                at_store(pc, base, cx);
                store_in_dict(&*cx, v, entry.name(), get(base, pc.value()));
                next!(pc.next(), base, cx, table)
            }
            if !e.is_null() && header & LOCAL_MASK == (*e).shape as u64 {
                let slot = (*e).slot as usize;
                let (kind, next_shape) = ((*e).kind, (*e).p1 as u32);
                if kind == CacheKind::StoreOverflow || kind == CacheKind::StoreNewOverflow {
                    // The array of an object that only this thread sees.
                    if !objects::instance::array_replace(
                        &*cx,
                        fnptr::word(v, OBJECT_EXTRA),
                        slot,
                        get(base, pc.value()),
                    ) {
                        return store_attr_slow(pc, base, cx, table);
                    }
                } else {
                    (*cx).store(v, OBJECT_SLOTS + slot, get(base, pc.value()));
                }
                if kind == CacheKind::StoreNew || kind == CacheKind::StoreNewOverflow {
                    (*cx).set_shape(v, ShapeId(next_shape));
                }
                next!(pc.next(), base, cx, table)
            }
        }
        store_attr_slow(pc, base, cx, table)
    }
}

/// A store to an object whose attributes are in a dict.
#[inline(never)]
fn store_in_dict(heap: &proto_core::Heap, object: Value, name: Value, v: Value) {
    if let Some(object) = Obj::of(object) {
        object.set_attr(heap, name, v);
    }
}

slow! {
    store_attr_slow: StoreAttr(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = store_and_fill(cxr, pc.site(), get(base, pc.object()), get(base, pc.value()));
        finish_unit!(r, pc, base, cx, table)
    }
}

/// Stores through the protocol, then remembers what that did to the shape.
#[inline(never)]
fn store_and_fill(cx: &mut Ctx, entry: &CacheEntry, object: Value, v: Value) -> PyResult<()> {
    let name = entry.name();
    let epoch = type_epoch();
    let before = shape_of(object);
    let ty = types::type_of(cx, object);
    let generic = object.is_kind(Kind::Object) && ty.flags().has(TypeFlags::GENERIC_SETATTR);
    let mut fixed = None;
    let mut plain = false;
    if generic {
        match types::type_lookup_cacheable(cx, ty, name).0 {
            None => plain = true,
            Some(d) if types::type_of(cx, d).slots().descr_set().is_none() => plain = true,
            Some(d) => {
                if let Some(setter) = types::property::python_setter(cx, d) {
                    let f = Fill { epoch, p1: setter.bits(), ..Fill::new(CacheKind::Setter, before.0, 0) };
                    remember(cx, entry, Use::Store, f);
                }
                fixed = slot_index(d);
            }
        }
    }
    protocol::setattr(cx, object, name, v)?;
    let after = shape_of(object);
    let shape = cx.space().shape(after);
    if plain && before == after && shape.mode == proto_core::ShapeMode::DictMode {
        remember(cx, entry, Use::Store, Fill { epoch, ..Fill::new(CacheKind::StoreInDict, before.0, 0) });
        return Ok(());
    }
    let slot = if plain && shape.mode != proto_core::ShapeMode::DictMode {
        shape.lookup(name).map(|s| s as usize)
    } else {
        fixed
    };
    let Some(slot) = slot else { return Ok(()) };
    let inline = shape.inline_cap as usize;
    let (slot, replaces, adds) = if slot < inline {
        (slot, CacheKind::StoreSlot, CacheKind::StoreNew)
    } else {
        (slot - inline, CacheKind::StoreOverflow, CacheKind::StoreNewOverflow)
    };
    let Ok(slot16) = u16::try_from(slot) else { return Ok(()) };
    if before == after {
        remember(cx, entry, Use::Store, Fill { epoch, ..Fill::new(replaces, before.0, slot16) });
    } else if plain && shape.parent.is_some_and(|p| p.id == before) {
        // Nothing else has happened to it meanwhile.
        remember(cx, entry, Use::Store, Fill { epoch, p1: after.0 as u64, ..Fill::new(adds, before.0, slot16) });
    }
    Ok(())
}
