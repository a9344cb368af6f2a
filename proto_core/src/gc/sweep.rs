//! Sweeping: reads and writes bitmaps only. No dead object is touched but boxes, which are dropped afterwards.

use crate::heap::Heap;
use crate::heap::arena::Arena;
use crate::heap::block::{CLASSES, GROUPS, Group, LARGE, Meta, SIZES, STARTS, USABLE, run_starts};
use crate::heap::special::take_box;
use crate::sync::Ordering;
use std::any::Any;

/// Boxes of dead objects, to be dropped when the heap is in order again.
pub(crate) type Boxes = Vec<Box<dyn Any + Send + Sync>>;

/// Which bitmap says what lives.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Own marks, and everything shared.
    Local,
    /// What the global collector reached.
    Global,
    /// Everything shared: the owner is gone.
    SharedOnly,
}

/// The allocator passes over blocks with a smaller part free than one in this, and over those where a smaller part begins a run
/// while there are others.
const MIN_FREE_DIV: u32 = 3;

/// What a sweep found in a block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Empty,
    /// There are runs of free cells.
    Room,
    /// There are free cells, few of them side by side.
    Sparse,
    Full,
}

/// Sweeps one block. The change in live bytes goes to `live_bytes`.
pub(crate) fn sweep_block(arena: &Arena, block: u32, keep: Keep, boxes: &mut Boxes, live_bytes: &mut isize) -> Outcome {
    let meta = arena.meta(block);
    let (count, runs) = match keep {
        Keep::Local => sweep_groups(arena, block, boxes, |group, live| {
            (group.mark.get() | group.shared.load(Ordering::Relaxed)) & live
        }),
        Keep::SharedOnly => sweep_groups(arena, block, boxes, |group, live| {
            group.mark.set(0);
            group.shared.load(Ordering::Relaxed) & live
        }),
        Keep::Global => sweep_groups(arena, block, boxes, |group, live| {
            let shared = group.shared.load(Ordering::Relaxed);
            let reached = group.gmark.load(Ordering::Relaxed) & live;
            group.gmark.store(0, Ordering::Relaxed);
            group.shared.store(shared & reached, Ordering::Relaxed);
            group.mark.set(reached & !shared);
            reached
        }),
    };
    *live_bytes += (count as isize - meta.live_count.get() as isize) * bytes_each(meta);
    meta.live_count.set(count);
    meta.scan.set(0);
    meta.touched.set(false);
    if count == 0 {
        return Outcome::Empty;
    }
    let class = meta.class.get();
    if class == LARGE {
        return Outcome::Full;
    }
    let capacity = (USABLE[class as usize].0 / SIZES[class as usize]) as u32;
    // Short free runs cost more than fresh cells; they wait until more have gathered.
    let free = capacity - count;
    let outcome = if free == 0 || free * MIN_FREE_DIV < capacity {
        Outcome::Full
    } else if runs * MIN_FREE_DIV < capacity {
        Outcome::Sparse
    } else {
        Outcome::Room
    };
    meta.sparse.set(outcome == Outcome::Sparse);
    outcome
}

/// Sweeps a block's bitmaps; `keep` says which objects of a group stay. Returns how many do, and how many runs of free
/// cells start.
#[inline(always)]
fn sweep_groups(arena: &Arena, block: u32, boxes: &mut Boxes, keep: impl Fn(&Group, u64) -> u64) -> (u32, u32) {
    let meta = arena.meta(block);
    let class = meta.class.get() as usize;
    let groups = if class == LARGE as usize { 1 } else { GROUPS };
    let size = SIZES.get(class).map_or(0, |&size| size as usize);
    let (mut count, mut runs) = (0, 0);
    for (g, group) in meta.groups.iter().enumerate().take(groups) {
        let live = group.live.get();
        let now = keep(group, live);
        let dead = live & !now;
        if dead != 0 {
            let drops = meta.drop[g].get();
            if dead & drops != 0 {
                drop_boxes(arena, block, g, dead & drops, boxes);
                meta.drop[g].set(drops & !dead);
            }
            spoil(arena, block, g, dead);
            group.live.set(now);
        }
        if now != 0 {
            count += now.count_ones();
        }
        let starts = STARTS.get(class).map_or(0, |starts| starts[g]);
        runs += run_starts(size, starts & !now).count_ones();
    }
    (count, runs)
}

/// Makes the memory of dead objects unusable, in debugging modes.
#[cfg(not(model))]
#[inline(always)]
fn spoil(arena: &Arena, block: u32, g: usize, dead: u64) {
    let meta = arena.meta(block);
    if !arena.poison.load(Ordering::Relaxed) || meta.class.get() == LARGE {
        return;
    }
    for cell in (0..64).filter(|c| dead >> c & 1 != 0) {
        // SAFETY: the object was found dead just now, and its block is swept by one thread.
        unsafe { crate::stress::poison(arena.block_addr(block) + (g * 64 + cell) * 64, meta.words.get() as usize) };
    }
}

/// Takes the memory of dead objects from the model.
#[cfg(model)]
fn spoil(arena: &Arena, block: u32, g: usize, dead: u64) {
    for cell in (0..64).filter(|c| dead >> c & 1 != 0) {
        crate::cell::memory::kill(
            arena.block_addr(block) + (g * 64 + cell) * 64,
            arena.meta(block).words.get() as usize,
        );
    }
}

/// Bytes of an object of this block.
pub(crate) fn bytes_each(meta: &Meta) -> isize {
    let words = meta.words.get();
    if words == u32::MAX { meta.run.get() as isize * crate::heap::block::BLOCK as isize } else { words as isize * 8 }
}

#[cold]
fn drop_boxes(arena: &Arena, block: u32, g: usize, mut bits: u64, boxes: &mut Boxes) {
    while bits != 0 {
        let cell = g * 64 + bits.trailing_zeros() as usize;
        bits &= bits - 1;
        // SAFETY: `drop` bits are set for boxes only, and this one just died; its bit is cleared by the caller.
        boxes.push(unsafe { take_box(arena.block_addr(block) + cell * 64) });
    }
}

impl Heap {
    /// Sweeps the blocks touched since the last collection.
    pub(crate) fn sweep_touched(&self, boxes: &mut Boxes) {
        let mut delta = 0;
        let mut touched = self.touched.take();
        for &block in &touched {
            self.sweep_into_lists(block, Keep::Local, boxes, &mut delta);
        }
        touched.clear();
        self.touched.replace(touched);
        self.add_live(delta);
    }

    /// Sweeps all own blocks and sorts them anew.
    pub(crate) fn sweep_all(&self, keep: Keep, boxes: &mut Boxes) {
        let mut delta = 0;
        self.available.borrow_mut().iter_mut().for_each(Vec::clear);
        self.sparse.borrow_mut().iter_mut().for_each(Vec::clear);
        self.free_blocks.borrow_mut().clear();
        let larges = self.larges.take();
        let young: Vec<u32> =
            self.touched.take().into_iter().filter(|&b| self.arena.meta(b).class.get() == LARGE).collect();
        for &block in larges.iter().chain(&young) {
            self.sweep_into_lists(block, keep, boxes, &mut delta);
        }
        let blocks = self.blocks.borrow();
        for &block in blocks.iter() {
            self.sweep_into_lists(block, keep, boxes, &mut delta);
        }
        drop(blocks);
        self.add_live(delta);
        self.return_surplus();
    }

    fn sweep_into_lists(&self, block: u32, keep: Keep, boxes: &mut Boxes, delta: &mut isize) {
        let outcome = sweep_block(self.arena, block, keep, boxes, delta);
        let meta = self.arena.meta(block);
        let class = meta.class.get();
        match outcome {
            Outcome::Empty if class == LARGE => {
                let run = meta.run.get();
                meta.owner.store(0, Ordering::Release);
                self.arena.release(block, run);
            }
            Outcome::Empty => self.free_blocks.borrow_mut().push(block),
            Outcome::Room => self.available.borrow_mut()[class as usize].push(block),
            Outcome::Sparse => self.sparse.borrow_mut()[class as usize].push(block),
            Outcome::Full if class == LARGE => self.larges.borrow_mut().push(block),
            Outcome::Full => {}
        }
        debug_assert!(class as usize <= CLASSES);
    }

    fn add_live(&self, delta: isize) {
        self.gc.live_bytes.set(self.gc.live_bytes.get().saturating_add_signed(delta));
    }

    /// Gives empty blocks beyond a reserve back to the pool.
    fn return_surplus(&self) {
        let mut free = self.free_blocks.borrow_mut();
        let total = self.blocks.borrow().len();
        let reserve = ((total - free.len()) / 8).max(64);
        if free.len() <= reserve {
            return;
        }
        let mut back = free.split_off(reserve);
        drop(free);
        self.space().give_free(&mut back);
        let id = self.id.get();
        self.blocks.borrow_mut().retain(|&b| self.arena.meta(b).owner.load(Ordering::Relaxed) == id);
    }
}
