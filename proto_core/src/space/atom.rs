//! Atoms: interned strings of more than seven bytes (shorter ones are immediates). Shared from birth.
//!
//! The table is split over shards, each under a leaf lock. An atom's INTERNED and SHARED flags are set before it is
//! entered; the shard's mutex publishes it.
//!
//! The table keeps nothing alive: a global collection takes out of it what was not reached, while the world is stopped, before the
//! strings are swept. So nobody finds in it what is about to be freed, and whoever has found an atom holds it as he holds any
//! value. Tables that are keyed by an atom's address forget in the same pause (`ContextRoots::forget`).

use crate::cell::header::INTERNED;
use crate::heap::Heap;
use crate::sync::{Mutex, broken, lock};
use crate::value::{Kind, Value};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

const SHARDS: usize = 16;

/// About what an atom takes: the string's header, and its place in the table.
const ATOM_BYTES: usize = 96;

/// The atom table. Keys borrow the strings' own bytes, which never move and stay while the entry does.
#[derive(Debug, Default)]
pub struct Atoms {
    shards: [Mutex<FxHashMap<&'static [u8], u64>>; SHARDS],
}

impl Atoms {
    fn shard(&self, bytes: &[u8]) -> &Mutex<FxHashMap<&'static [u8], u64>> {
        let mut h = FxHasher::default();
        h.write(bytes);
        &self.shards[(h.finish() >> 60) as usize % SHARDS]
    }

    /// The atom of these bytes; `existing` may become it.
    pub(crate) fn intern(&self, heap: &Heap, bytes: &[u8], existing: Option<Value>) -> Value {
        let mut shard = lock(self.shard(bytes));
        if let Some(&bits) = shard.get(bytes)
            && !broken("atom_lookup")
        {
            return Value::raw(bits);
        }
        let atom = existing.unwrap_or_else(|| heap.new_long_str(bytes));
        if !broken("atom_promoted") {
            heap.promote(atom);
        }
        // SAFETY: `atom` is a live string, so the flag may be set; the entry is taken out before the string is swept, so the slice is
        // good as long as the table has it.
        let key: &'static [u8] = unsafe {
            heap.set_flags(atom, INTERNED);
            heap.str_bytes(atom)
        };
        shard.insert(key, atom.bits());
        drop(shard);
        heap.space().pace.add(ATOM_BYTES + bytes.len());
        atom
    }

    /// Takes out of the table what does not live; whether there was anything. The world is stopped.
    pub(crate) fn retain(&self, lives: impl Fn(Value) -> bool) -> bool {
        let mut died = false;
        for s in &self.shards {
            let mut shard = lock(s);
            let before = shard.len();
            shard.retain(|_, &mut bits| lives(Value::raw(bits)) || broken("atom_leaves_table"));
            died |= shard.len() != before;
            if shard.capacity() > 4 * shard.len() + 1024 {
                shard.shrink_to_fit();
            }
        }
        died
    }

    /// The atom of these bytes if there is one.
    pub fn find(&self, bytes: &[u8]) -> Option<Value> {
        if let Some(v) = Value::short_str(bytes) {
            return Some(v);
        }
        lock(self.shard(bytes)).get(bytes).map(|&b| Value::raw(b))
    }

    /// All atoms.
    pub(crate) fn visit(&self, f: &mut dyn FnMut(Value)) {
        for s in &self.shards {
            for &bits in lock(s).values() {
                debug_assert!(Value::raw(bits).is_kind(Kind::Str));
                f(Value::raw(bits));
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|s| lock(s).len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
