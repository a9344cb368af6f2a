//! After a peak: what survives lies here and there, and the pages between go back to the system.

use crate::cell::header::CELL;
use crate::heap::Heap;
use crate::heap::block::{BLOCK, GROUPS, LARGE, Meta, SIZES};
use crate::os;

/// Bytes of the cells of a group, which are those of a page.
const PAGE: usize = 64 * CELL;
/// A heap may hold so many bytes more than lives in it, and a quarter of that.
const SLACK: usize = 4 << 20;

/// The pages of a block of small objects that hold no part of a live one, as bits.
fn free_pages(meta: &Meta) -> u16 {
    let size = SIZES[meta.class.get() as usize] as usize;
    // One past the last cell of what has been seen.
    let (mut end, mut free) = (0, 0);
    for (g, group) in meta.groups.iter().enumerate() {
        let live = group.live.get();
        if live != 0 {
            end = g * 64 + live.ilog2() as usize + size;
        } else if end <= g * 64 {
            free |= 1 << g;
        }
    }
    free
}

impl Heap {
    /// If far less lives than the blocks hold, returns their pages without a live cell. Comes after a sweep of everything; blocks
    /// that the allocator has already begun to use again are none of its business, and there are none.
    pub(crate) fn return_pages(&self) {
        // Debugging modes look for uses of the dead; other sizes of pages are not worth it.
        if cfg!(model) || os::page_size() != PAGE || self.space().config().spoils_the_dead() {
            return;
        }
        let blocks = self.blocks.borrow();
        let live_in = |b: u32| {
            let meta = self.arena.meta(b);
            meta.live_count.get() as usize * meta.words.get() as usize * 8
        };
        let live: usize = blocks.iter().map(|&b| live_in(b)).sum();
        if blocks.len() * BLOCK <= live + live / 4 + SLACK {
            return;
        }
        for &b in blocks.iter() {
            let meta = self.arena.meta(b);
            // Empty ones are the allocator's reserve, which is bounded.
            if meta.class.get() >= LARGE || meta.live_count.get() == 0 || live_in(b) > BLOCK / 4 * 3 {
                continue;
            }
            let free = free_pages(meta);
            let mut back = free & !meta.gone.replace(free);
            while back != 0 {
                let from = back.trailing_zeros();
                let pages = (back >> from).trailing_ones();
                back &= !(((1u32 << pages) - 1) << from) as u16;
                let at = self.arena.block_addr(b) + from as usize * PAGE;
                // SAFETY: pages of an own block in which nothing lives. The allocator writes cells before it hands them out.
                unsafe { os::discard(at, pages as usize * PAGE) };
            }
        }
    }
}

const _: () = assert!(GROUPS <= 16);

#[cfg(all(test, not(model)))]
mod tests {
    use super::*;
    use crate::{Config, Context, Kind, RootVec, ShapeId, Space};

    #[test]
    fn pages_without_a_live_cell_are_returned() {
        let space = Space::new(Config { stack_words: 1 << 16, ..Config::default() });
        let mut cx = Box::new(Context::new(space));
        // SAFETY: boxed, and dropped by this thread.
        unsafe { cx.attach(None) };
        for words in [2usize, 17, 90, 1000] {
            let mut kept = RootVec::new(&cx);
            let mut seed = 7u32;
            for i in 0..(32 << 20) / (words.div_ceil(8) * CELL) {
                let v = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), words);
                // SAFETY: the last word of a fresh object.
                unsafe { cx.store(v, words - 1, crate::Value::from_usize(i)) };
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if seed >> 16 < 655 {
                    kept.push(v);
                }
            }
            cx.collect(true);
            let heap = cx.heap();
            let (mut resident, mut needed) = (0, 0);
            for &b in heap.blocks.borrow().iter().filter(|&&b| heap.arena.meta(b).live_count.get() > 0) {
                resident += os::resident(heap.arena.block_addr(b), BLOCK) / PAGE;
                needed += 16 - free_pages(heap.arena.meta(b)).count_ones() as usize;
            }
            assert!(needed > 0 && resident <= needed, "{words}: {resident} {needed}");
            for (i, &v) in kept.iter().enumerate() {
                // SAFETY: as above.
                let last = unsafe { v.load(words - 1) };
                assert!(last.as_int().is_some(), "{words}: {i}");
            }
            // What is allocated there again is whole.
            for _ in 0..10_000 {
                let v = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), words);
                // SAFETY: a fresh object's words.
                assert!((2..words).all(|i| unsafe { v.load(i) }.is_empty()));
            }
            drop(kept);
            cx.collect(true);
        }
    }
}
