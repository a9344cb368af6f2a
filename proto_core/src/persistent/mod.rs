//! Immutable collections that share structure, made of cells.
//!
//! [`trie`] has maps and sets by hash, [`tree`] sequences and sorted collections. A node is written once, before anybody else sees
//! it: any number of threads read it without a lock, and reading writes nothing. What changes a collection makes the nodes on the way
//! to the change anew and shares all others.
//!
//! Nothing here knows what keys are: a search calls the [`Host`] for each candidate with the same hash, or each step of a binary
//! search. That may run any code, since nothing is locked and no node changes; only functions that take a [`Heap`] make nodes, and
//! these call nobody.

pub mod tree;
pub mod trie;

use crate::Heap;
use crate::cell::header;
use crate::sync::Ordering;
use crate::value::Value;

/// Who uses a collection: compares its keys, and is at a safepoint now and then during long work.
pub trait Host {
    /// What a comparison may fail with.
    type Error;

    /// The heap for new nodes.
    fn heap(&self) -> &Heap;

    /// Whether two keys are the same one (identity counts as equality).
    ///
    /// # Errors
    /// Whatever the comparison fails with.
    fn same(&mut self, a: Value, b: Value) -> Result<bool, Self::Error>;

    /// Called between pieces of work that take microseconds.
    ///
    /// # Errors
    /// Whatever is to end the work.
    fn pause(&mut self) -> Result<(), Self::Error>;
}

/// The aux half-word of a node: its subkind.
#[inline(always)]
fn subkind(node: Value) -> u16 {
    // SAFETY: whoever has a node holds what it is part of, so it lives; the subkind never changes.
    unsafe { header::aux(node.addr()) }.load(Ordering::Relaxed)
}

/// Word `i` of a node as a value.
#[inline(always)]
fn load(node: Value, i: usize) -> Value {
    // SAFETY: as above; callers stay within the words that the node's first word speaks of, and these are values.
    unsafe { node.load(i) }
}

/// Word `i` of a node.
#[inline(always)]
fn load_raw(node: Value, i: usize) -> u64 {
    // SAFETY: as for `load`.
    unsafe { node.load_raw(i) }
}

/// A node that is being written: fresh, unknown to anybody else, and complete before anything polls.
struct Fresh<'h> {
    heap: &'h Heap,
    node: Value,
    at: usize,
    words: usize,
}

impl<'h> Fresh<'h> {
    /// A node of `words` words whose words from 2 on are pushed.
    #[inline(always)]
    fn new(heap: &'h Heap, subkind: u16, first: u64, words: usize) -> Fresh<'h> {
        let node = heap.alloc_internal(subkind, words);
        // SAFETY: a fresh object of at least two words; word 1 is raw in all nodes.
        unsafe { heap.init_raw(node, 1, first) };
        Fresh { heap, node, at: 2, words }
    }

    /// The next word.
    #[inline(always)]
    fn push(&mut self, v: Value) {
        assert!(self.at < self.words);
        // SAFETY: inside a fresh object, by the line above.
        unsafe { self.heap.store_init(self.node, self.at, v) };
        self.at += 1;
    }

    /// The next words: those of another node in `from..to`.
    #[inline(always)]
    fn copy(&mut self, node: Value, from: usize, to: usize) {
        assert!(to < from || self.at + (to - from) <= self.words);
        for i in from..to {
            // SAFETY: as in `push`; the words of `node` are values by the caller's arithmetic on its first word.
            unsafe { self.heap.store_init(self.node, self.at, load(node, i)) };
            self.at += 1;
        }
    }

    #[inline(always)]
    fn finish(self) -> Value {
        debug_assert_eq!(self.at, self.words);
        self.node
    }
}
