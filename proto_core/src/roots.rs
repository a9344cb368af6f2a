//! Handles that keep values alive where no stack does.
//!
//! [`Root`] and [`RootVec`] belong to one context; [`Shared`] promotes its value and may go anywhere.

use crate::heap::Heap;
use crate::space::Space;
use crate::value::Value;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// What a context's handles pin.
#[derive(Default)]
pub(crate) struct RootTable {
    slots: RefCell<Vec<Value>>,
    free: RefCell<Vec<u32>>,
    vecs: RefCell<Vec<*const VecData>>,
}

struct VecData {
    items: UnsafeCell<Vec<Value>>,
    /// Items below have been seen by a collection and not been replaced since.
    clean: Cell<usize>,
    index: Cell<usize>,
}

impl RootTable {
    /// Calls `f` with what is pinned; a minor collection skips vector items that it has seen before.
    pub(crate) fn visit(&self, full: bool, f: &mut dyn FnMut(Value)) {
        for &v in self.slots.borrow().iter() {
            f(v);
        }
        for &data in self.vecs.borrow().iter() {
            // SAFETY: a vector takes itself off this list before it dies, and its owner, this thread, is in a
            // collection and not in one of the vector's methods.
            let (data, items) = unsafe { (&*data, &*(*data).items.get()) };
            let from = if full { 0 } else { data.clean.get().min(items.len()) };
            for &v in &items[from..] {
                f(v);
            }
            data.clean.set(items.len());
        }
    }
}

/// Pins one value for the life of the handle.
pub struct Root {
    table: Rc<RootTable>,
    slot: u32,
}

impl Root {
    /// Pins `v`.
    pub fn new(heap: &Heap, v: Value) -> Root {
        Root::of(Rc::clone(&heap.roots), v)
    }

    fn of(table: Rc<RootTable>, v: Value) -> Root {
        let free = table.free.borrow_mut().pop();
        let slot = match free {
            Some(i) => {
                table.slots.borrow_mut()[i as usize] = v;
                i
            }
            None => {
                table.slots.borrow_mut().push(v);
                table.slots.borrow().len() as u32 - 1
            }
        };
        Root { table, slot }
    }

    /// Pins another value for the same context.
    pub fn beside(&self, v: Value) -> Root {
        Root::of(Rc::clone(&self.table), v)
    }

    /// The value.
    pub fn get(&self) -> Value {
        self.table.slots.borrow()[self.slot as usize]
    }

    /// Pins another value instead.
    pub fn set(&self, v: Value) {
        self.table.slots.borrow_mut()[self.slot as usize] = v;
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        self.table.slots.borrow_mut()[self.slot as usize] = Value::EMPTY;
        self.table.free.borrow_mut().push(self.slot);
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Root({:?})", self.get())
    }
}

/// A growable vector of values that the collector knows. Reads as a slice.
pub struct RootVec {
    table: Rc<RootTable>,
    data: Box<VecData>,
}

impl RootVec {
    /// An empty vector.
    pub fn new(heap: &Heap) -> RootVec {
        RootVec::with_capacity(heap, 0)
    }

    /// An empty vector with room.
    pub fn with_capacity(heap: &Heap, n: usize) -> RootVec {
        let table = Rc::clone(&heap.roots);
        let data = Box::new(VecData {
            items: UnsafeCell::new(Vec::with_capacity(n)),
            clean: Cell::new(0),
            index: Cell::new(table.vecs.borrow().len()),
        });
        table.vecs.borrow_mut().push(&raw const *data);
        RootVec { table, data }
    }

    /// A vector of these values.
    pub fn from_slice(heap: &Heap, values: &[Value]) -> RootVec {
        let mut v = RootVec::with_capacity(heap, values.len());
        v.items().extend_from_slice(values);
        v
    }

    #[inline(always)]
    fn items(&mut self) -> &mut Vec<Value> {
        self.data.items.get_mut()
    }

    /// Appends.
    #[inline]
    pub fn push(&mut self, v: Value) {
        self.items().push(v);
    }

    /// Appends all.
    pub fn extend_from_slice(&mut self, values: &[Value]) {
        self.items().extend_from_slice(values);
    }

    /// Takes the last one.
    #[inline]
    pub fn pop(&mut self) -> Option<Value> {
        let v = self.items().pop();
        self.lower(self.len());
        v
    }

    /// Replaces one.
    #[inline]
    pub fn set(&mut self, i: usize, v: Value) {
        self.lower(i);
        self.items()[i] = v;
    }

    /// Inserts before index `i`.
    pub fn insert(&mut self, i: usize, v: Value) {
        self.lower(i);
        self.items().insert(i, v);
    }

    /// Removes and returns the one at `i`.
    pub fn remove(&mut self, i: usize) -> Value {
        self.lower(i);
        self.items().remove(i)
    }

    /// Forgets all from `n` on.
    pub fn truncate(&mut self, n: usize) {
        self.lower(n);
        self.items().truncate(n);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// The items, to change at will.
    pub fn as_mut_slice(&mut self) -> &mut [Value] {
        self.data.clean.set(0);
        self.items()
    }

    fn lower(&self, to: usize) {
        self.data.clean.set(self.data.clean.get().min(to));
    }
}

impl Deref for RootVec {
    type Target = [Value];

    #[inline(always)]
    fn deref(&self) -> &[Value] {
        // SAFETY: changes need `&mut self`; a collection only reads.
        unsafe { &*self.data.items.get() }
    }
}

impl Drop for RootVec {
    fn drop(&mut self) {
        let mut vecs = self.table.vecs.borrow_mut();
        let i = self.data.index.get();
        vecs.swap_remove(i);
        if let Some(&moved) = vecs.get(i) {
            // SAFETY: every vector in the list lives.
            unsafe { (*moved).index.set(i) };
        }
    }
}

impl fmt::Debug for RootVec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The form of a value that may go to other threads: promoted, and pinned until the last clone is dropped.
pub struct Shared {
    space: &'static Space,
    slot: u32,
    bits: u64,
}

impl Shared {
    /// Promotes `v` and all that is reachable from it.
    pub fn new(heap: &Heap, v: Value) -> Shared {
        heap.promote(v);
        Shared { space: heap.space(), slot: heap.space().insert_root(v), bits: v.bits() }
    }

    /// The value, for a thread of the same runtime.
    pub fn get(&self, heap: &Heap) -> Value {
        assert!(std::ptr::eq(self.space, heap.space()), "a value of another runtime");
        Value::raw(self.bits)
    }
}

impl Clone for Shared {
    fn clone(&self) -> Shared {
        let slot = self.space.insert_root(Value::raw(self.bits));
        Shared { space: self.space, slot, bits: self.bits }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.space.remove_root(self.slot);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({:?})", Value::raw(self.bits))
    }
}

/// Clears so many words of the native stack below the caller: words that calls have left there are taken for roots as soon as
/// somebody's frame covers them.
#[inline(never)]
pub fn clear_below<const WORDS: usize>() {
    std::hint::black_box(&mut [0usize; WORDS]);
}
