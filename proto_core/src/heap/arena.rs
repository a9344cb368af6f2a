//! The one large reservation of addresses that all heaps of the process share.
//!
//! "Is it ours" is a range compare, and the block of an address is a shift. Blocks are handed out in runs; a large
//! object has a run of its own, so the table of run starts is the ordered index that finds it from an interior
//! pointer. The free runs are under a mutex (a leaf lock: nothing is awaited while it is held).

#[cfg(not(model))]
use super::block::META_STRIDE;
use super::block::{BLOCK, BLOCK_CELLS, BLOCK_SHIFT, Meta};
use crate::memory::{self, Ask, RESERVE_DIV};
use crate::os;
use crate::sync::{AtomicBool, AtomicU32, AtomicUsize, Mutex, Ordering, lock};
use std::collections::BTreeMap;
#[cfg(not(model))]
use std::sync::OnceLock;

/// Runs at least this long are given back to the kernel when freed.
const DISCARD_BLOCKS: usize = 16;

/// The reservation.
#[derive(Debug)]
pub struct Arena {
    /// First block.
    pub base: usize,
    /// Bytes of all blocks. Relaxed: it changes while all threads but one are stopped, which orders it.
    size: AtomicUsize,
    /// Its largest value.
    #[cfg(not(model))]
    capacity: usize,
    /// First side table entry.
    #[cfg(not(model))]
    pub meta_base: usize,
    #[cfg(not(model))]
    starts: usize,
    #[cfg(model)]
    table: Box<[(Meta, AtomicU32)]>,
    runs: Mutex<Runs>,
    held: AtomicUsize,
    /// Sweeps make the memory of dead objects unusable (debugging modes).
    pub poison: AtomicBool,
}

#[derive(Debug, Default)]
struct Runs {
    /// Blocks from here on have never been used.
    fresh: usize,
    /// Free runs: first block -> (length, reads as zero).
    free: BTreeMap<usize, (usize, bool)>,
}

/// Blocks before and after each multiple of 4 GiB of addresses that nobody gets (but for runs longer than that): a word of a native
/// stack whose halves were written apart, a small number beside what an older pointer left, is an address there, and the
/// collector would take it for a reference.
const GAP: (usize, usize) = if cfg!(model) { (0, 0) } else { (1, 16) };

impl Runs {
    /// The gap that a run of `len` blocks from `at` on would touch, where the first block is at the address `base`.
    fn gap(base: usize, at: usize, len: usize) -> Option<(usize, usize)> {
        const FAR: usize = 1 << 32;
        if len > FAR >> BLOCK_SHIFT {
            return None;
        }
        let middle = base / FAR * FAR;
        let below = (base + (at << BLOCK_SHIFT)) / FAR * FAR;
        [below, below + FAR].into_iter().find_map(|edge| {
            // Relative to `base`, but for the multiple below it.
            let edge = ((edge - middle) >> BLOCK_SHIFT) as isize - ((base - middle) >> BLOCK_SHIFT) as isize;
            let (from, to) = (edge - GAP.0 as isize, edge + GAP.1 as isize);
            let touched = from < (at + len) as isize && at < to.max(0) as usize;
            touched.then_some((from.max(0) as usize, to as usize))
        })
    }

    /// Where `len` blocks begin that nobody has used, and which runs before them a gap leaves over.
    fn fresh(&self, base: usize, len: usize) -> (usize, [Option<(usize, usize)>; 2]) {
        let (mut at, mut skipped) = (self.fresh, [None; 2]);
        for skip in &mut skipped {
            let Some((from, to)) = Runs::gap(base, at, len) else { break };
            *skip = (from > at).then_some((at, from - at));
            at = to;
        }
        (at, skipped)
    }

    /// Whether there is a run of `len` blocks that ends before `end`.
    fn has_room(&self, base: usize, len: usize, end: usize) -> bool {
        self.fresh(base, len).0.saturating_add(len) <= end
            || self.free.iter().any(|(&at, &(n, _))| n >= len && at + len <= end)
    }

    /// Takes `len` blocks that nobody has used and that end before `end`.
    fn take_fresh(&mut self, base: usize, len: usize, end: usize) -> Option<usize> {
        let (at, skipped) = self.fresh(base, len);
        if at.saturating_add(len) > end {
            return None;
        }
        self.free.extend(skipped.into_iter().flatten().map(|(at, n)| (at, (n, true))));
        self.fresh = at + len;
        Some(at)
    }
}

/// A run of blocks.
#[derive(Copy, Clone, Debug)]
pub struct Run {
    pub first: u32,
    pub len: u32,
    pub zeroed: bool,
    /// It came out of the reserve.
    pub strained: bool,
}

#[cfg(not(model))]
static ARENA: OnceLock<Arena> = OnceLock::new();

#[cfg(model)]
thread_local! {
    static ARENA: std::cell::Cell<Option<&'static Arena>> = const { std::cell::Cell::new(None) };
}

/// Under a model checker: forgets the last run's arena.
#[cfg(model)]
pub(crate) fn forget() {
    ARENA.set(None);
}

/// The run's arena: addresses without memory, few blocks.
#[cfg(model)]
pub fn arena() -> &'static Arena {
    const BLOCKS: usize = 24;
    if let Some(a) = ARENA.get() {
        return a;
    }
    let a = crate::sync::leak(Box::new(Arena {
        base: 1 << 32,
        size: AtomicUsize::new(BLOCKS * BLOCK),
        table: (0..BLOCKS).map(|_| (Meta::default(), AtomicU32::new(0))).collect(),
        runs: Mutex::new(Runs::default()),
        held: AtomicUsize::new(0),
        poison: AtomicBool::new(false),
    }));
    ARENA.set(Some(a));
    a
}

/// The process's reservation. Aborts when the system gives no address space at all.
#[cfg(not(model))]
pub fn arena() -> &'static Arena {
    ARENA.get_or_init(|| {
        memory::prepare();
        // Where addresses are limited, the other half is for threads' stacks and the Rust heap.
        let limit = memory::address_limit().map_or(usize::MAX, |n| n / 2);
        let mut size: usize = (1 << 40).min(limit) & !(whole_pages(META_STRIDE) - 1);
        loop {
            let blocks = size >> BLOCK_SHIFT;
            let table = blocks * META_STRIDE + blocks * 4;
            if let Some(at) = os::reserve(size + table + BLOCK) {
                let base = (at + table + BLOCK - 1) & !(BLOCK - 1);
                return Arena {
                    base,
                    size: AtomicUsize::new(size),
                    capacity: size,
                    meta_base: at,
                    starts: at + blocks * META_STRIDE,
                    runs: Mutex::new(Runs::default()),
                    held: AtomicUsize::new(0),
                    poison: AtomicBool::new(false),
                };
            }
            size = (size / 2) & !(whole_pages(META_STRIDE) - 1);
            if size < 1 << 24 {
                crate::out_of_memory();
            }
        }
    })
}

/// Bytes of blocks whose entries of so many bytes fill whole pages of a table.
#[cfg(not(model))]
fn whole_pages(entry: usize) -> usize {
    os::page_size().div_ceil(entry) << BLOCK_SHIFT
}

/// Bytes of a block's entries in both tables.
#[cfg(not(model))]
const ENTRIES: usize = META_STRIDE + 4;

impl Arena {
    /// Bytes of all blocks.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    /// The process's limit of addresses is now this one, of which `mapped` are in use: what the heap will not need is given back, or
    /// taken again, as far as the blocks in use and the first reservation allow. All other threads must be stopped.
    #[cfg(not(model))]
    pub(crate) fn fit(&self, limit: Option<usize>, mapped: usize) {
        let mut runs = lock(&self.runs);
        while let Some((&at, &(len, true))) = runs.free.last_key_value()
            && at + len == runs.fresh
        {
            runs.free.remove(&at);
            runs.fresh = at;
        }
        let step = whole_pages(4);
        let old = self.size();
        let own = old + (old >> BLOCK_SHIFT) * ENTRIES;
        let wanted = limit.map_or(self.capacity, |limit| {
            // As at the start, if what is mapped already leaves so much.
            (limit / 2).min(limit.saturating_sub(mapped.saturating_sub(own)) / 4 * 3)
        });
        let new = wanted.max(runs.fresh << BLOCK_SHIFT).next_multiple_of(step).min(self.capacity);
        if new < old {
            self.size.store(new, Ordering::Relaxed);
            for (at, bytes) in self.parts(new, old) {
                // SAFETY: pages of the reservation that hold nothing but blocks that nobody has used and their entries.
                // Nobody asks for those any more: they are beyond the size, which was read by no thread that still acts on it.
                unsafe { os::unreserve(at, bytes) };
            }
        } else if new > old {
            let parts = self.parts(old, new);
            let free = parts.iter().take_while(|&&(at, bytes)| os::reserve_at(at, bytes)).count();
            if free == parts.len() {
                self.size.store(new, Ordering::Relaxed);
            } else {
                for &(at, bytes) in &parts[..free] {
                    // SAFETY: mapped just now, for nobody.
                    unsafe { os::unreserve(at, bytes) };
                }
            }
        }
    }

    /// The addresses and sizes of the pages that belong to the bytes `from..to` of all blocks: theirs, and those of their entries
    /// in the tables. Both are multiples of what makes whole pages, but for the last byte.
    #[cfg(not(model))]
    fn parts(&self, from: usize, to: usize) -> [(usize, usize); 3] {
        let page = os::page_size();
        [(self.base, BLOCK), (self.meta_base, META_STRIDE), (self.starts, 4)].map(|(table, entry)| {
            let start = table + (from >> BLOCK_SHIFT) * entry;
            let end = (table + (to >> BLOCK_SHIFT) * entry) & !(page - 1);
            (start, end - start)
        })
    }

    /// Whether the address lies in the heap.
    #[inline(always)]
    pub fn contains(&self, addr: usize) -> bool {
        addr.wrapping_sub(self.base) < self.size()
    }

    /// The block of an address within the arena.
    #[inline(always)]
    pub fn block_of(&self, addr: usize) -> u32 {
        ((addr - self.base) >> BLOCK_SHIFT) as u32
    }

    /// First address of a block.
    #[inline(always)]
    pub fn block_addr(&self, block: u32) -> usize {
        self.base + ((block as usize) << BLOCK_SHIFT)
    }

    /// Side table entry of a block.
    #[inline(always)]
    #[cfg(not(model))]
    pub fn meta(&self, block: u32) -> &Meta {
        debug_assert!((block as usize) < self.size() >> BLOCK_SHIFT);
        // SAFETY: the side table has an entry for each block of the reservation, zeroed at first; Meta has only
        // cells and atomics and all-zero is valid. The head of block.rs says who may touch which field.
        unsafe { &*((self.meta_base + block as usize * META_STRIDE) as *const Meta) }
    }

    /// Side table entry of a block.
    #[cfg(model)]
    pub fn meta(&self, block: u32) -> &Meta {
        &self.table[block as usize].0
    }

    /// Side table entry and cell index of an object's address.
    #[inline(always)]
    pub fn locate(&self, addr: usize) -> (&Meta, usize) {
        let off = addr - self.base;
        (self.meta((off >> BLOCK_SHIFT) as u32), (off >> 6) & (BLOCK_CELLS - 1))
    }

    #[cfg(model)]
    fn start_word(&self, block: u32) -> &AtomicU32 {
        &self.table[block as usize].1
    }

    #[cfg(not(model))]
    fn start_word(&self, block: u32) -> &AtomicU32 {
        // SAFETY: the table of run starts has a word for each block.
        unsafe { &*((self.starts + block as usize * 4) as *const AtomicU32) }
    }

    /// First block of the run that this block belongs to, if somebody has it.
    #[inline]
    pub fn run_start(&self, block: u32) -> Option<u32> {
        // Acquire: pairs with the release in `allocate`.
        self.start_word(block).load(Ordering::Acquire).checked_sub(1)
    }

    /// Bytes that heaps hold now.
    pub fn held_bytes(&self) -> usize {
        self.held.load(Ordering::Relaxed) << BLOCK_SHIFT
    }

    /// Where the blocks end that a request may get.
    fn end_for(&self, ask: Ask) -> usize {
        let blocks = self.size() >> BLOCK_SHIFT;
        match ask {
            Ask::Wish => blocks - blocks / RESERVE_DIV,
            Ask::Need => blocks,
        }
    }

    /// Takes a run of `len` blocks; None when the reservation is used up, or a wish is refused.
    pub fn allocate(&self, len: usize, ask: Ask) -> Option<Run> {
        let bytes = len << BLOCK_SHIFT;
        let admitted = memory::admits(bytes);
        // What is small is a need, unless requests fail on purpose: a handler of `MemoryError` makes such requests.
        let ask = if bytes < memory::LARGE && !memory::is_injecting() { Ask::Need } else { ask };
        if !admitted && ask == Ask::Wish {
            return None;
        }
        self.take(len, self.end_for(Ask::Wish), !admitted)
            .or_else(|| if ask == Ask::Need { self.take(len, self.end_for(Ask::Need), true) } else { None })
    }

    /// Whether a wish for so many bytes in one piece would be granted now.
    pub fn has_room(&self, bytes: usize) -> bool {
        let (len, end) = (bytes.div_ceil(BLOCK), self.end_for(Ask::Wish));
        len == 0 || lock(&self.runs).has_room(self.base, len, end)
    }

    fn take(&self, len: usize, end: usize, strained: bool) -> Option<Run> {
        let mut runs = lock(&self.runs);
        let fit =
            |(&at, &(n, zeroed)): (&usize, &(usize, bool))| (n >= len && at + len <= end).then_some((at, n, zeroed));
        let (first, zeroed) = if let Some((at, n, zeroed)) = runs.free.iter().find_map(fit) {
            runs.free.remove(&at);
            if n > len {
                runs.free.insert(at + len, (n - len, zeroed));
            }
            (at, zeroed)
        } else {
            (runs.take_fresh(self.base, len, end)?, true)
        };
        drop(runs);
        self.held.fetch_add(len, Ordering::Relaxed);
        for b in first..first + len {
            // Release: who finds the run by an interior pointer sees its side table entry's reset state.
            self.start_word(b as u32).store(first as u32 + 1, Ordering::Release);
        }
        Some(Run { first: first as u32, len: len as u32, zeroed, strained })
    }

    /// Gives a run back. Its side table entry must have no live objects any more.
    pub fn release(&self, first: u32, len: u32) {
        self.held.fetch_sub(len as usize, Ordering::Relaxed);
        for b in first..first + len {
            self.start_word(b).store(0, Ordering::Release);
        }
        let zeroed = len as usize >= DISCARD_BLOCKS;
        if zeroed {
            // SAFETY: the run is whole pages of the reservation and holds nothing any more.
            unsafe { os::discard(self.block_addr(first), (len as usize) << BLOCK_SHIFT) };
        }
        let (mut first, mut len, mut zeroed) = (first as usize, len as usize, zeroed);
        let mut runs = lock(&self.runs);
        if let Some((&at, &(n, z))) = runs.free.range(..first).next_back()
            && at + n == first
        {
            runs.free.remove(&at);
            (first, len, zeroed) = (at, n + len, z && zeroed);
        }
        if let Some(&(n, z)) = runs.free.get(&(first + len)) {
            runs.free.remove(&(first + len));
            (len, zeroed) = (len + n, z && zeroed);
        }
        runs.free.insert(first, (len, zeroed));
    }
}

// SAFETY: the fields behind raw addresses are reached only through `Meta`, whose head says who touches what, and
// through atomics.
unsafe impl Sync for Arena {}
// SAFETY: as above.
unsafe impl Send for Arena {}

#[cfg(all(test, not(model)))]
mod tests {
    use super::*;

    const FAR: usize = (1 << 32) / BLOCK;

    /// All that can be had in pieces of `len` blocks.
    fn all(base: usize, len: usize, end: usize) -> (Vec<usize>, Runs) {
        let mut runs = Runs::default();
        let mut got = Vec::new();
        loop {
            let room = runs.fresh(base, len).0 + len <= end;
            let Some(at) = runs.take_fresh(base, len, end) else { break };
            assert!(room, "what is said to have no room is refused");
            got.push(at);
        }
        assert!(runs.fresh(base, len).0 + len > end, "what is said to have room is granted");
        (got, runs)
    }

    #[test]
    fn nobody_gets_what_a_small_number_beside_half_a_pointer_means() {
        for before in [0, 1, 5, 16, 17, 100, FAR - 20, FAR - 1] {
            let base = (7 << 32) + before * BLOCK;
            for len in [1, 3, 40, 1000] {
                let (got, runs) = all(base, len, 3 * FAR);
                let free = runs.free.iter().flat_map(|(&at, &(n, _))| at..at + n);
                let mut blocks: Vec<usize> = got.iter().flat_map(|&at| at..at + len).chain(free).collect();
                blocks.sort_unstable();
                assert!(blocks.windows(2).all(|w| w[0] < w[1]), "no block twice");
                let means = |at: usize| ((base + at * BLOCK) / BLOCK) % FAR;
                assert!(blocks.iter().all(|&at| means(at) >= GAP.1 && means(at) < FAR - GAP.0));
                let lost = (0..3 * FAR).filter(|&at| means(at) < GAP.1 || means(at) >= FAR - GAP.0).count();
                // Before the last gap and after it there may be too little for one more.
                assert!(blocks.len() + lost + 2 * len > 3 * FAR, "nothing else is lost: {before} {len}");
            }
        }
    }

    #[test]
    fn what_is_longer_than_the_distance_of_gaps_is_still_granted() {
        assert_eq!(all(FAR * BLOCK, 2 * FAR, 5 * FAR).0.len(), 2);
    }
}
