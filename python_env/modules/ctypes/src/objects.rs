//! Python objects in C memory: what a `py_object` holds is a word that stands for an object. The table of the process says for which, as
//! long as that lives; a word that is not in it is refused, so nothing that C made up is taken for an object.

use engine::prelude::*;

use crate::data;
use crate::raw::Block;

/// How many dead entries there may be before they are looked for.
const PURGE_AT: usize = 1024;

fn table(cx: &mut Ctx, name: &[u8]) -> Dict {
    let key = cx.intern(name);
    let state = cx.rt.state(cx);
    if let Some(d) = state.get_str(key).and_then(Dict::of) {
        return d;
    }
    let fresh = Dict::new(cx);
    if cx.space().is_sharing() {
        cx.promote(fresh.value());
    }
    state.set_str(cx, key, fresh.value());
    // Of two that make one at once, the one that is there counts.
    state.get_str(key).and_then(Dict::of).unwrap_or(fresh)
}

/// Of one that has no address, the object that stands for it: made once, and kept.
fn stand_in(cx: &mut Ctx, v: Value) -> PyResult {
    let boxes = table(cx, b"ctypes.boxes");
    let key = Tuple::new(cx, &[types::type_of(cx, v).value(), v]);
    if let Some(held) = boxes.get(cx, key)? {
        return Ok(held);
    }
    let held = Tuple::new(cx, &[v]);
    boxes.set_default(cx, key, held)
}

/// The word for an object, good while the object lives.
pub fn word_of(cx: &mut Ctx, v: Value) -> Res<u64> {
    let objects = table(cx, b"ctypes.objects");
    let has_address = Obj::of(v).is_some() || List::of(v).is_some() || Dict::of(v).is_some() || Type::of(v).is_some();
    let (word, entry) = if has_address {
        if cx.space().is_sharing() {
            cx.promote(v);
        }
        (v.bits(), cx.new_weak(v, Value::EMPTY))
    } else {
        let held = stand_in(cx, v)?;
        (held.bits(), held)
    };
    let key = int::from_u64(cx, word);
    make_room(cx, objects)?;
    objects.set(cx, key, entry)?;
    Ok(word)
}

/// Forgets entries of dead objects, now and then.
fn make_room(cx: &mut Ctx, objects: Dict) -> Res<()> {
    if objects.len() < PURGE_AT || !objects.len().is_multiple_of(PURGE_AT) {
        return Ok(());
    }
    let mut dead = RootVec::new(cx);
    let mut pos = 0;
    while let Some((next, key, entry)) = objects.next_entry(pos) {
        let weak = Tuple::of(entry).map_or(entry, |t| t.get(0));
        if cx.is_weak(weak) && cx.weak_get(weak).is_none() {
            dead.push(key);
        }
        pos = next;
    }
    for i in 0..dead.len() {
        objects.remove(cx, dead[i])?;
    }
    Ok(())
}

/// Where a copy of a bytes object lies that ends in a zero: made once, it lives as long as the object, since C may keep the address as long as
/// the program keeps that.
pub fn copy_of(cx: &mut Ctx, b: Bytes) -> Res<usize> {
    let copies = table(cx, b"ctypes.copies");
    let key = int::from_u64(cx, b.value().bits());
    if let Some(entry) = copies.get(cx, key)?.and_then(Tuple::of)
        && cx.weak_get(entry.get(0)).is_some()
        && let Some(addr) = data::kept_addr(cx, entry.get(1))
    {
        return Ok(addr);
    }
    let Some(block) = Block::of(b.as_slice(), 1) else { return Err(cx.memory_error()) };
    let kept = data::keep_block(cx, block);
    if cx.space().is_sharing() {
        cx.promote(b.value());
    }
    let weak = cx.new_weak(b.value(), Value::EMPTY);
    let entry = Tuple::new(cx, &[weak, kept]);
    make_room(cx, copies)?;
    copies.set(cx, key, entry)?;
    // Another thread may have been faster: one copy counts.
    let entry = copies.get(cx, key)?.and_then(Tuple::of).map_or(kept, |t| t.get(1));
    Ok(data::kept_addr(cx, entry).unwrap_or(0))
}

/// The object for which a word stands.
pub fn object_at(cx: &mut Ctx, word: u64) -> PyResult {
    if word == 0 {
        return Err(cx.value_error("PyObject is NULL"));
    }
    let objects = table(cx, b"ctypes.objects");
    let key = int::from_u64(cx, word);
    let entry = objects.get(cx, key)?.unwrap_or(Value::NONE);
    let found = match Tuple::of(entry) {
        Some(held) => Some(held.get(0)),
        None if cx.is_weak(entry) => cx.weak_get(entry),
        None => None,
    };
    match found {
        Some(v) => Ok(v),
        None => Err(cx.value_error(format!("{word:#x} stands for no object that is alive"))),
    }
}
