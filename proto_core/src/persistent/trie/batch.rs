//! A trie of many entries at once: they are gathered in an object, sorted by the digits of their hashes in place, and each node is
//! made once, from the bottom.

use super::algebra::node_of;
use super::{Branch, Bucket, Entry, Host, Trie, bit};
use crate::Heap;
use crate::cell::layout::sub;
use crate::cell::words::NumberWord;
use crate::value::Value;

/// Entries for a trie, no key twice.
pub struct Batch<const W: usize> {
    entries: Value,
    len: usize,
    room: usize,
}

impl<const W: usize> Batch<W> {
    /// Room for `n` entries; None if there is none.
    pub fn new(heap: &Heap, n: usize) -> Option<Batch<W>> {
        let words = n.checked_mul(W)?.checked_add(1)?;
        let entries = heap.try_alloc_internal(sub::VALUES, words.max(2))?;
        Some(Batch { entries, len: 0, room: n })
    }

    /// Adds an entry; false if there is no room.
    #[inline]
    pub fn push(&mut self, heap: &Heap, e: Entry) -> bool {
        if self.len == self.room {
            return false;
        }
        let at = 1 + W * self.len;
        // SAFETY: inside the object, by the line above; a hash reads as an int.
        unsafe {
            heap.store_number(self.entries, NumberWord::new(at), e.hash);
            heap.store(self.entries, at + 1, e.key);
            if W == 3 {
                heap.store(self.entries, at + 2, e.value);
            }
        }
        self.len += 1;
        true
    }

    /// Number of entries.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The trie of the entries.
    ///
    /// # Errors
    /// What the host fails with.
    pub fn build<H: Host>(mut self, host: &mut H) -> Result<Trie<W>, H::Error> {
        if self.len == 0 {
            return Ok(Trie::EMPTY);
        }
        if self.len < 2 || self.hash_is_one(0, self.len) {
            let root = self.branch(host.heap(), 0, self.len, 0);
            return Ok(Trie::from_root(host.heap(), root));
        }
        let ends = self.sort(host.heap(), 0, self.len, 0);
        let (mut children, mut from) = ([Branch::Empty; 32], 0);
        for (child, end) in children.iter_mut().zip(ends) {
            *child = self.branch(host.heap(), from, end, 1);
            from = end;
            // The object may be an old one from here on.
            host.pause()?;
        }
        let root = node_of::<W>(host.heap(), &children);
        Ok(Trie::from_root(host.heap(), root))
    }

    #[inline(always)]
    fn hash(&self, i: usize) -> u64 {
        // SAFETY: `i` is below `len`.
        unsafe { self.entries.load_raw(1 + W * i) }
    }

    fn get(&self, i: usize) -> Entry {
        let at = 1 + W * i;
        // SAFETY: `i` is below `len`; these words are values.
        unsafe {
            let value = if W == 3 { self.entries.load(at + 2) } else { Value::EMPTY };
            Entry { hash: self.hash(i), key: self.entries.load(at + 1), value }
        }
    }

    fn hash_is_one(&self, from: usize, to: usize) -> bool {
        (from..to).all(|i| self.hash(i) == self.hash(from))
    }

    fn swap(&mut self, heap: &Heap, i: usize, j: usize) {
        for w in 0..W {
            let (x, y) = (1 + W * i + w, 1 + W * j + w);
            // SAFETY: both inside the object, whose words are values (hashes read as ints).
            unsafe {
                let (v, u) = (self.entries.load(x), self.entries.load(y));
                heap.store(self.entries, x, u);
                heap.store(self.entries, y, v);
            }
        }
    }

    /// Sorts entries `from..to` by their digit at `level`; where each digit's end.
    fn sort(&mut self, heap: &Heap, from: usize, to: usize, level: usize) -> [usize; 32] {
        let digit = |hash: u64| bit(hash, level).trailing_zeros() as usize;
        let mut counts = [0; 32];
        (from..to).for_each(|i| counts[digit(self.hash(i))] += 1);
        let (mut next, mut ends, mut at) = ([0; 32], [0; 32], from);
        for d in 0..32 {
            next[d] = at;
            at += counts[d];
            ends[d] = at;
        }
        for d in 0..32 {
            while next[d] < ends[d] {
                let home = digit(self.hash(next[d]));
                if home != d {
                    self.swap(heap, next[d], next[home]);
                }
                next[home] += 1;
            }
        }
        ends
    }

    /// The branch of entries `from..to`, which agree in all digits below `level`.
    fn branch(&mut self, heap: &Heap, from: usize, to: usize, level: usize) -> Branch {
        match to - from {
            0 => return Branch::Empty,
            1 => return Branch::One(self.get(from)),
            _ => {}
        }
        if self.hash_is_one(from, to) {
            let mut new = Bucket::<W>::fresh(heap, self.hash(from), to - from);
            (from..to).for_each(|i| Bucket::<W>::push(&mut new, self.get(i)));
            return Branch::Node(new.finish());
        }
        let ends = self.sort(heap, from, to, level);
        let (mut branches, mut from) = ([Branch::Empty; 32], from);
        for (branch, end) in branches.iter_mut().zip(ends) {
            *branch = self.branch(heap, from, end, level + 1);
            from = end;
        }
        node_of::<W>(heap, &branches)
    }
}
