//! Going through a trie step by step: the state is one object, which keeps alive what it needs.
//!
//! Word 1 is the depth; level `d` has its node in word `2 + 2d` and the position within it behind that.

use super::{Bucket, Entry, LEVELS, Node, Trie, kinds, load, load_raw, subkind};
use crate::Heap;
use crate::cell::words::NumberWord;
use crate::value::{Kind, Value};

/// A place in a trie. Whoever shares one locks what holds it.
#[derive(Copy, Clone)]
pub struct Cursor<const W: usize>(Value);

const DEPTH: usize = 1;

const fn node_word(depth: usize) -> usize {
    2 + 2 * depth
}

impl<const W: usize> Cursor<W> {
    /// Before the first entry.
    pub fn new(heap: &Heap, trie: Trie<W>) -> Cursor<W> {
        let v = heap.alloc_internal(kinds::<W>().cursor, node_word(LEVELS + 2));
        // SAFETY: a fresh object of so many words.
        unsafe {
            heap.init_raw(v, DEPTH, 0);
            heap.store_init(v, node_word(0), trie.value());
            heap.init_raw(v, node_word(0) + 1, 0);
        }
        Cursor(v)
    }

    /// The word that stands for it, for a native slot.
    pub fn value(self) -> Value {
        self.0
    }

    /// The cursor that [`Cursor::value`] gave this word for.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Cursor<W>> {
        (v.is_kind(Kind::Internal) && subkind(v) == kinds::<W>().cursor).then_some(Cursor(v))
    }

    /// The next entry. The cursor is the caller's own or its holder is locked; what it goes through is shared if the cursor is.
    #[inline]
    pub fn next(self, heap: &Heap) -> Option<Entry> {
        let mut depth = load_raw(self.0, DEPTH) as usize >> 2;
        loop {
            let word = node_word(depth);
            let (v, i) = (load(self.0, word), load_raw(self.0, word + 1) as usize >> 2);
            let step = if v.is_empty() { Step::End } else { step::<W>(v, i) };
            // SAFETY: words of the cursor: a trie has at most LEVELS + 1 levels, its buckets included. Positions read as ints.
            unsafe {
                match step {
                    Step::Entry(e) => {
                        heap.store_number(self.0, NumberWord::new(word + 1), (i as u64 + 1) << 2);
                        return Some(e);
                    }
                    Step::Child(child) => {
                        heap.store_number(self.0, NumberWord::new(word + 1), (i as u64 + 1) << 2);
                        depth += 1;
                        heap.store(self.0, node_word(depth), child);
                        heap.store_number(self.0, NumberWord::new(node_word(depth) + 1), 0);
                    }
                    Step::End if depth == 0 => return None,
                    Step::End => depth -= 1,
                }
                heap.store_number(self.0, NumberWord::new(DEPTH), (depth as u64) << 2);
            }
        }
    }
}

enum Step {
    Entry(Entry),
    Child(Value),
    End,
}

/// What stands at position `i` of a node.
#[inline(always)]
fn step<const W: usize>(v: Value, i: usize) -> Step {
    if let Some(bucket) = Bucket::<W>::of(v) {
        return if i < bucket.len() { Step::Entry(bucket.get(i)) } else { Step::End };
    }
    let node = Node::<W>::of(v);
    let (entries, children) = (node.entries.count_ones() as usize, node.children.count_ones() as usize);
    if i < entries {
        Step::Entry(node.entry(2 + W * i))
    } else if i < entries + children {
        Step::Child(load(v, node.first_child() + i - entries))
    } else {
        Step::End
    }
}
