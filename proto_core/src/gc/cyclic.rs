//! Counts what only a collector can free: the number that a collection which a program asks for tells it.
//!
//! Of the dead objects, those that nothing dead holds would have been freed by reference counts at once, then those that only
//! they held, and so on. What remains is in cycles or held by what is (the algorithm for topological orders by A. B. Kahn, 1962).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::cell::header::{self, SHARED};
use crate::heap::Heap;
use crate::sync::Ordering;
use crate::value::{Kind, Value};

/// Spreads addresses, which are all that is hashed here.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_u64(u64::from(b));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}

/// Whether objects of this kind count: those that can hold others and that programs see.
fn counts(kind: Kind) -> bool {
    !matches!(kind, Kind::Internal | Kind::Str | Kind::Bytes | Kind::BigInt | Kind::Float)
}

impl Heap {
    /// Counts, in the next full collection of this heap, the objects that reference counts would have left behind.
    pub fn count_cyclic_next(&self) {
        self.gc.counts_cyclic.set(true);
        self.gc.cyclic.set(0);
    }

    /// How many there were.
    pub fn counted_cyclic(&self) -> usize {
        self.gc.counts_cyclic.set(false);
        self.gc.cyclic.get()
    }

    /// How many objects of this heap alone are dead and in cycles, or held by such. Marking has ended, nothing is freed yet. 0 where
    /// there is no memory to find out: nothing can be raised here, and what is dead is about to give some back.
    pub(super) fn count_cyclic(&self) -> usize {
        let mut dead: Vec<u64> = Vec::new();
        let mut complete = true;
        self.for_each_object(|v, marked| {
            // SAFETY: a live object; what others see is theirs too, whatever this heap's marks say.
            let shared = unsafe { header::flags(v.addr()) }.load(Ordering::Relaxed) & SHARED != 0;
            if !marked && !shared && complete {
                complete = dead.try_reserve(1).is_ok();
                if complete {
                    dead.push(v.bits());
                }
            }
        });
        let mut holders: HashMap<u64, u32, BuildHasherDefault<Spread>> = HashMap::default();
        if !complete || holders.try_reserve(dead.len()).is_err() {
            return 0;
        }
        holders.extend(dead.iter().map(|&bits| (bits, 0)));
        for &bits in &dead {
            self.for_each_child(Value::raw(bits), |_, child| {
                if let Some(n) = holders.get_mut(&child.bits()) {
                    *n += 1;
                }
            });
        }
        // No more than were dead are ever open: the vector has the room.
        let mut open = dead;
        open.retain(|bits| holders.get(bits) == Some(&0));
        while let Some(bits) = open.pop() {
            holders.remove(&bits);
            self.for_each_child(Value::raw(bits), |_, child| {
                if let Some(n) = holders.get_mut(&child.bits()) {
                    *n -= 1;
                    if *n == 0 {
                        open.push(child.bits());
                    }
                }
            });
        }
        holders.keys().filter(|&&bits| Value::raw(bits).kind().is_some_and(counts)).count()
    }
}
