//! The attribute cache of a context: for sites that see values of several shapes.
//!
//! A direct-mapped table by (shape, name, use). Only its own thread touches it, so entries are plain. References are weak,
//! as in the inline caches: the epoch of the types is compared, and a collection that frees shapes empties the table.

use proto_core::{Value, memory};

use super::cache::{CacheKind, Fill};

const ENTRIES: usize = 1024;
const FIRST: usize = 32;

/// What a site does with the attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Use {
    /// Reads it, or prepares a method call.
    Load = 0,
    /// Replaces it.
    Store = 1 << 63,
    /// Looks it up behind a class: what `super()` does.
    Super = 1 << 61,
    /// Calls the type's special method: `p1` is a plain Python function, or EMPTY if there is none.
    Special = 1 << 62,
}

/// One entry; empty while its epoch is 0.
#[derive(Clone, Copy)]
pub struct MegaEntry {
    key: u64,
    /// The shape.
    pub shape: u32,
    /// The epoch of the types.
    pub epoch: u32,
    /// What it knows.
    pub kind: CacheKind,
    /// Slot.
    pub slot: u16,
    /// Id of the class behind which [`Use::Super`] looks; [`CLASSES`] where `shape` is a class's id.
    class: u32,
    /// Index of a dict entry.
    pub index: u32,
    /// Payload.
    pub p1: u64,
    /// Second payload word.
    pub p2: u64,
}

// SAFETY: numbers, and a kind of which 0 is the empty one.
unsafe impl memory::Zeroable for MegaEntry {}

/// Tells what was found through a class from what was found through values of a shape: their ids are numbered apart.
const CLASSES: u32 = u32::MAX;

impl MegaEntry {
    /// The name, in an entry of [`Use::Load`].
    #[inline(always)]
    pub fn loaded(&self) -> Value {
        // SAFETY: the key is the word of the name that was asked for, for this use; who has the entry has just asked.
        unsafe { Value::from_bits(self.key) }
    }

    const EMPTY: MegaEntry =
        MegaEntry { key: 0, shape: 0, epoch: 0, kind: CacheKind::Empty, slot: 0, class: 0, index: 0, p1: 0, p2: 0 };

    fn new(key: u64, class: u32, f: &Fill) -> MegaEntry {
        let Fill { kind, id: shape, slot, epoch, index, p1, p2 } = *f;
        MegaEntry { key, shape, epoch, kind, slot, class, index, p1, p2 }
    }
}

/// The table.
#[derive(Default)]
pub struct MegaCache {
    entries: memory::Growing<MegaEntry, FIRST, ENTRIES>,
}

#[inline(always)]
fn index(shape: u32, key: u64) -> usize {
    let h = (shape as u64 ^ key.rotate_right(6)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (h >> 54) as usize
}

impl MegaCache {
    #[inline(always)]
    fn at(&self, index: usize) -> &MegaEntry {
        // SAFETY: only `fill` writes, through `&mut self`, and `forget`, while the owner is at a safepoint and holds no reference to an
        // entry.
        unsafe { &*self.entries.at(index) }
    }

    fn fill(&mut self, index: usize, entry: MegaEntry) {
        self.entries.set(index, entry);
    }

    /// Empties the table. Its owner is stopped at a safepoint, or calls this. What has never been written is left alone, since it
    /// takes no memory.
    pub fn forget(&self) {
        // SAFETY: as in `at`: nobody looks at an entry meanwhile.
        unsafe {
            self.entries.each(|e| {
                if e.epoch != 0 {
                    *e = MegaEntry::EMPTY;
                }
            });
        }
    }

    /// The entry of this shape and name under this epoch; null if there is none. Handlers use this form since a value
    /// returned through memory would keep them from ending in a jump.
    #[inline(always)]
    pub fn get(&self, shape: u32, name: Value, what: Use, epoch: u32) -> *const MegaEntry {
        let key = name.bits() ^ what as u64;
        let e = self.at(index(shape, key));
        if e.key == key && e.shape == shape && e.epoch == epoch && e.class == 0 { e } else { std::ptr::null() }
    }

    /// Remembers what a lookup found.
    pub fn put(&mut self, name: Value, what: Use, f: &Fill) {
        let key = name.bits() ^ what as u64;
        self.fill(index(f.id, key), MegaEntry::new(key, 0, f));
    }

    /// What an attribute of the class with this id was; null if unknown.
    #[inline(always)]
    pub fn get_class(&self, class: u32, name: Value, epoch: u32) -> *const MegaEntry {
        let key = name.bits();
        let e = self.at(index(class.rotate_left(16), key));
        if e.key == key && e.shape == class && e.class == CLASSES && e.epoch == epoch { e } else { std::ptr::null() }
    }

    /// Remembers what a lookup through a class found; `f.id` is the class's.
    pub fn put_class(&mut self, name: Value, f: &Fill) {
        let key = name.bits();
        self.fill(index(f.id.rotate_left(16), key), MegaEntry::new(key, CLASSES, f));
    }

    /// What an attribute behind the class with this id was, for values of this shape; null if unknown.
    #[inline(always)]
    pub fn get_super(&self, shape: u32, class: u32, name: Value, epoch: u32) -> *const MegaEntry {
        let key = name.bits() ^ Use::Super as u64;
        let e = self.at(index(shape ^ class.rotate_left(16), key));
        if e.key == key && e.shape == shape && e.class == class && e.epoch == epoch { e } else { std::ptr::null() }
    }

    /// Remembers what a lookup behind the class found.
    pub fn put_super(&mut self, class: u32, name: Value, f: &Fill) {
        let key = name.bits() ^ Use::Super as u64;
        self.fill(index(f.id ^ class.rotate_left(16), key), MegaEntry::new(key, class, f));
    }
}
