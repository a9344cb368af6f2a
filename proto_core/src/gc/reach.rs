//! What happens to weak references and finalizable objects between marking and sweeping.
//!
//! Weak references to whatever was not reached are cleared, also those that are themselves unreachable: a finalizer may
//! bring them back. Then objects with finalizers that were not reached are brought back, with all that they reach.

use crate::cell::header;
use crate::cell::layout::{GENERATOR_ENDED, GENERATOR_STATE, load_value};
use crate::sync::{Ordering, broken};
use crate::value::{Kind, Value};

/// A marker, seen from here.
pub(crate) trait Reach {
    /// Whether the object survives.
    fn alive(&self, v: Value) -> bool;
    /// Makes it and all that it reaches survive.
    fn keep(&mut self, v: Value);
}

/// Clears the references to dead objects. Keeps in `cells` those that still refer to something; what is to be told
/// goes to `cleared`, which is emptied from its end: whom earlier collections found comes first, then one object after the other in
/// the order in which they were first referred to, for each the newest reference first.
pub(crate) fn clear_weak(cells: &mut Vec<usize>, reach: &impl Reach, cleared: &mut Vec<u64>) {
    let mut told: Vec<(u64, usize, u64)> = Vec::new();
    cells.retain(|&addr| {
        // SAFETY: cells are swept from the list before their memory is; w1 and w2 hold values.
        let (referent, notify) = unsafe { (load_value(addr, 1), load_value(addr, 2)) };
        let dead = referent.is_ptr() && !reach.alive(referent) && !broken("weak_clear");
        let stays = referent.is_ptr() && !dead;
        if dead {
            // SAFETY: as above; all who could read it are stopped.
            unsafe { header::word(addr, 1) }.store(Value::EMPTY.bits(), Ordering::Release);
            let cell = Value::cell_at(addr, Kind::Internal);
            if notify.is_ptr() && reach.alive(cell) && reach.alive(notify) {
                told.push((referent.bits(), told.len(), notify.bits()));
            }
        }
        // Nobody looks after a cell that has left the list: it may outlive whom it would have told.
        if notify.is_ptr() && !(stays && reach.alive(notify)) {
            // SAFETY: as above.
            unsafe { header::word(addr, 2) }.store(Value::EMPTY.bits(), Ordering::Release);
        }
        stays
    });
    if told.is_empty() {
        return;
    }
    // The object of each becomes the place of the first reference to it.
    told.sort_unstable();
    let mut first = (0, 0);
    for (object, place, _) in &mut told {
        if first.0 != *object {
            first = (*object, *place);
        }
        *object = first.1 as u64;
    }
    told.sort_unstable_by_key(|&(object, place, _)| (std::cmp::Reverse(object), place));
    cleared.splice(0..0, told.into_iter().map(|(_, _, notify)| notify));
}

/// Drops cells that did not survive from the list.
pub(crate) fn retain_weak(cells: &mut Vec<usize>, reach: &impl Reach) {
    cells.retain(|&addr| reach.alive(Value::cell_at(addr, Kind::Internal)));
}

/// Whether there is nothing left to finalize: a generator that has ended, a file that was closed.
fn has_ended(v: Value) -> bool {
    if v.is_kind(Kind::Generator) {
        // SAFETY: listed objects have not been swept; a generator's word holds its state.
        return unsafe { header::word(v.addr(), GENERATOR_STATE) }.load(Ordering::Acquire) == GENERATOR_ENDED;
    }
    // SAFETY: listed objects have not been swept.
    unsafe { header::flags(v.addr()) }.load(Ordering::Acquire) & header::NOT_FINALIZED != 0
}

/// Brings dead finalizable objects back and moves them to `queue`.
pub(crate) fn resurrect(list: &mut Vec<u64>, reach: &mut impl Reach, queue: &mut Vec<u64>) {
    let before = queue.len();
    list.retain(|&bits| {
        if has_ended(Value::raw(bits)) {
            return false;
        }
        if reach.alive(Value::raw(bits)) {
            return true;
        }
        queue.push(bits);
        false
    });
    // Only now: all of them were dead together, and each gets its finalizer.
    for &bits in &queue[before..] {
        reach.keep(Value::raw(bits));
    }
}
