//! Who holds how much memory, for programs that ask.

use super::sweep::bytes_each;
use crate::context::Context;
use crate::heap::Heap;
use crate::heap::arena::Arena;
use crate::heap::block::LARGE;
use crate::sync::Ordering;

/// What the heaps of a runtime hold, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Objects, the dead that no collection has found yet among them.
    pub live: usize,
    /// Those of them that are shared.
    pub shared: usize,
    /// Blocks that heaps have, of all runtimes of the process.
    pub held: usize,
    /// Free blocks that have kept their memory for the next that wants some.
    pub kept: usize,
    /// By thread (its identity), the objects that only it can see.
    pub local: Vec<(u64, usize)>,
}

/// Bytes of the local and of the shared objects in a block.
fn in_block(arena: &Arena, block: u32) -> (usize, usize) {
    let meta = arena.meta(block);
    let groups = if meta.class.get() == LARGE { &meta.groups[..1] } else { &meta.groups[..] };
    let (mut local, mut shared) = (0, 0);
    for group in groups {
        let (live, of_all) = (group.live.get(), group.shared.load(Ordering::Relaxed));
        local += (live & !of_all).count_ones() as usize;
        shared += (live & of_all).count_ones() as usize;
    }
    let each = bytes_each(meta).unsigned_abs();
    (local * each, shared * each)
}

impl Heap {
    /// Bytes of own local and of shared objects in this heap's blocks. Its thread calls this, or has been stopped.
    fn usage(&self) -> (usize, usize) {
        let (blocks, larges, touched) = (self.blocks.borrow(), self.larges.borrow(), self.touched.borrow());
        let young = touched.iter().filter(|&&b| self.arena.meta(b).class.get() == LARGE);
        let (mut local, mut shared) = (0, 0);
        for &b in blocks.iter().chain(larges.iter()).chain(young) {
            let (own, others) = in_block(self.arena, b);
            (local, shared) = (local + own, shared + others);
        }
        // What the allocator has claimed and not handed out looks alive.
        let claimed: usize = self.cursors.iter().map(|c| c.end.get().saturating_sub(c.at.get())).sum();
        (local.saturating_sub(claimed), shared)
    }
}

impl Context {
    /// What all heaps hold. Stops the other threads while it counts.
    pub fn usage(&mut self) -> Usage {
        let (space, me) = (self.space(), (self.ident(), self.heap().usage()));
        let arena = self.heap().arena;
        let (threads, orphans) = self.with_others_stopped(|others| {
            let mut threads = vec![me];
            threads.extend(others.iter().map(|cx| (cx.ident(), cx.heap().usage())));
            let orphans: usize = space.orphans().iter().map(|&b| in_block(arena, b).1).sum();
            (threads, orphans)
        });
        let shared = orphans + threads.iter().map(|(_, (_, shared))| shared).sum::<usize>();
        let local: Vec<(u64, usize)> = threads.iter().map(|&(ident, (local, _))| (ident, local)).collect();
        Usage {
            live: shared + local.iter().map(|(_, n)| n).sum::<usize>(),
            shared,
            held: arena.held_bytes(),
            kept: arena.kept_bytes(),
            local,
        }
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use crate::{Config, Context, Kind, RootVec, ShapeId, Space};

    #[test]
    fn objects_are_counted_where_they_belong() {
        let space = Space::new(Config { stack_words: 1 << 16, ..Config::default() });
        let mut cx = Box::new(Context::new(space));
        // SAFETY: boxed, and dropped by this thread.
        unsafe { cx.attach(None) };
        cx.start_sharing();
        let before = cx.usage();
        let mut kept = RootVec::new(&cx);
        for words in [2usize, 20, 100_000] {
            for _ in 0..100 {
                kept.push(cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), words));
            }
        }
        let bytes = 100 * (64 + 192 + 800_000);
        let after = cx.usage();
        assert_eq!((after.local[0].1 - before.local[0].1, after.shared), (bytes, before.shared));
        assert!(after.held > before.held && after.live - before.live == bytes, "{after:?}");
        for &v in &kept[..150] {
            cx.promote(v);
        }
        let promoted = cx.usage();
        assert_eq!(promoted.shared - after.shared, 100 * 64 + 50 * 192);
        assert_eq!((promoted.live, promoted.local.len()), (after.live, 1));
        drop(kept);
        cx.collect(true);
        assert!(cx.usage().live < after.live - bytes / 2);
    }
}
