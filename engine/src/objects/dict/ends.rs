//! The two ends of a dict: what takes entries from them and moves entries to them.
//!
//! Positions below the word `HEAD` are gone. A local dict whose entries are moved to the front gets positions before its first one
//! for that.

use super::super::dict_table::{Probe, Table, log2_for};
use super::{Dict, HEAD, ITERATED, POPPED};
use crate::ctx::{Ctx, Raised};
use crate::objects::raw;
use proto_core::{Heap, Value};

impl Dict {
    /// Removes and returns the last entry.
    pub fn pop_item(self, heap: &Heap) -> Option<(Value, Value)> {
        self.locked(heap, |heap| {
            let mut t = self.table()?;
            let (used, live) = t.counts();
            if self.is_shared() && used > 16 && live < used / 2 {
                // A shared table keeps ended entries: compact it before the search for the last one gets long.
                t = t.rebuilt(heap, 0);
                self.publish(heap, t);
            }
            let mut e = t.counts().0;
            while e > 0 {
                e -= 1;
                if !t.value(e).is_empty() {
                    let slot = t.slot_of(t.hash(e), e)?;
                    if !self.is_shared() && e + 1 < t.counts().0 {
                        // The entries behind it ended before: give their positions back.
                        t.set_counts(e + 1, t.counts().1);
                        // SAFETY: word 3 of a dict is raw. Their index slots stay used.
                        unsafe {
                            let n = raw::load_raw(self.0, POPPED) + (used - e - 1) as u64;
                            raw::store_raw(self.0, POPPED, n);
                        }
                    }
                    return self.remove_at(heap, t, slot, e, true);
                }
            }
            None
        })
    }

    /// Removes and returns the first entry.
    pub fn pop_first(self, heap: &Heap) -> Option<(Value, Value)> {
        self.locked(heap, |_| {
            let t = self.table()?;
            let (pos, hash, _, _) = self.next_entry_hashed(self.head())?;
            let slot = t.slot_of(hash, pos - 1)?;
            let r = self.remove_at(heap, t, slot, pos - 1, !self.is_iterated());
            if t.counts().1 > 0 {
                self.set_head(pos);
            }
            r
        })
    }

    /// `OrderedDict.move_to_end(key, last)`, as one step; false when there is no such key.
    pub fn move_to_end(self, cx: &mut Ctx, key: Value, last: bool) -> Result<bool, Raised> {
        let hash = Dict::hash_of(cx, key)?;
        self.with_probe(cx, key, hash, Value::NONE, |heap, p| {
            let Some((t, Probe::Found { slot, entry })) = p else { return false };
            if t.value(entry).is_empty() {
                return false;
            }
            let moves = if last { self.move_last(heap, t, slot, entry) } else { self.move_first(heap, t, slot, entry) };
            if moves {
                t.touch();
            }
            true
        })
    }

    /// Moves a live entry of the table behind all others; false if it is there. The dict is owned or locked.
    fn move_last(self, heap: &Heap, t: Table, slot: usize, entry: usize) -> bool {
        let (used, live) = t.counts();
        if entry + 1 == used {
            return false;
        }
        // SAFETY: word 3 of a dict is raw.
        let popped = unsafe { raw::load_raw(self.0, POPPED) } as usize;
        if used + popped < t.config().1 {
            // The new entry is there before the old one ends, and their number stays.
            t.fill(heap, used, t.hash(entry), t.key(entry), t.value(entry));
            t.set_slot(slot, used as u32);
            t.set_counts(used + 1, live);
            let local = !self.is_shared();
            t.clear_entry(heap, entry, local);
            if local && self.head() == entry {
                self.set_head(entry + 1);
            }
        } else {
            self.reorder(heap, t, entry, true, 0);
        }
        true
    }

    /// Moves a live entry of the table before all others; false if it is there. The dict is owned or locked.
    fn move_first(self, heap: &Heap, t: Table, slot: usize, entry: usize) -> bool {
        let head = self.head();
        if self.next_entry_hashed(head).is_some_and(|(next, ..)| next == entry + 1) {
            return false;
        }
        if self.is_shared() {
            // Its readers may look at any position.
            self.reorder(heap, t, entry, false, 0);
        } else if head > 0 {
            t.fill(heap, head - 1, t.hash(entry), t.key(entry), t.value(entry));
            t.set_slot(slot, (head - 1) as u32);
            t.clear_entry(heap, entry, true);
            self.set_head(head - 1);
        } else {
            // Room for as many as there are: each is moved once before this happens again.
            self.reorder(heap, t, entry, false, t.counts().1);
        }
        true
    }

    /// Publishes a table with the entry at the end that is asked for, `gap` positions before the first.
    fn reorder(self, heap: &Heap, t: Table, entry: usize, last: bool, gap: usize) {
        let live = t.counts().1;
        let new = Table::alloc(heap, log2_for(gap + live + (live / 2).max(1)));
        new.set_counts(gap, 0);
        let add = |e: usize| {
            let (n, live) = new.counts();
            new.fill(heap, n, t.hash(e), t.key(e), t.value(e));
            new.set_slot(new.free_slot(t.hash(e)), n as u32);
            new.set_counts(n + 1, live + 1);
        };
        if !last {
            add(entry);
        }
        (0..t.counts().0).filter(|&e| e != entry && !t.value(e).is_empty()).for_each(add);
        if last {
            add(entry);
        }
        self.publish(heap, new);
        self.set_head(gap);
    }

    /// A position below which all entries are gone, for who owns the dict or holds its lock.
    fn head(self) -> usize {
        // SAFETY: word 2 of a dict is raw.
        unsafe { (raw::load_raw(self.0, HEAD) & !ITERATED) as usize }
    }

    fn set_head(self, head: usize) {
        // SAFETY: word 2 of a dict is raw.
        unsafe { raw::store_raw(self.0, HEAD, raw::load_raw(self.0, HEAD) & ITERATED | head as u64) };
    }
}
