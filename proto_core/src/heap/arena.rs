//! The one large reservation of addresses that all heaps of the process share.
//!
//! "Is it ours" is a range compare, and the block of an address is a shift. Blocks are handed out in runs; a large
//! object has a run of its own, so the table of run starts is the ordered index that finds it from an interior
//! pointer. The free runs are under a mutex (a leaf lock: nothing is awaited while it is held).

#[cfg(not(model))]
use super::block::META_STRIDE;
use super::block::{BLOCK, BLOCK_CELLS, BLOCK_SHIFT, Meta};
use super::runs::Runs;
use crate::memory::{self, Ask, RESERVE_DIV};
use crate::os;
use crate::sync::{AtomicBool, AtomicU32, AtomicUsize, Mutex, Ordering, lock};
#[cfg(not(model))]
use std::sync::OnceLock;

/// Free blocks keep their memory, so that the next object finds it there: up to so many bytes, or to one in [`KEPT_PART`] of what heaps
/// hold, and for so many milliseconds.
const KEPT: usize = 32 << 20;
const KEPT_PART: usize = 8;
const KEPT_MS: u32 = 1000;

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
    /// Free blocks that have kept their memory.
    kept: AtomicUsize,
    /// When old ones were last looked for, in milliseconds.
    looked: AtomicU32,
    /// Sweeps make the memory of dead objects unusable (debugging modes).
    pub poison: AtomicBool,
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
        kept: AtomicUsize::new(0),
        looked: AtomicU32::new(0),
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
            if let Some(arena) = Arena::reserve(size) {
                return arena;
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
    /// Reserves addresses for so many bytes of blocks; None when the system refuses.
    #[cfg(not(model))]
    fn reserve(size: usize) -> Option<Arena> {
        let blocks = size >> BLOCK_SHIFT;
        let table = blocks * META_STRIDE + blocks * 4;
        let at = os::reserve(size + table + BLOCK)?;
        Some(Arena {
            base: (at + table + BLOCK - 1) & !(BLOCK - 1),
            size: AtomicUsize::new(size),
            capacity: size,
            meta_base: at,
            starts: at + blocks * META_STRIDE,
            runs: Mutex::new(Runs::default()),
            held: AtomicUsize::new(0),
            kept: AtomicUsize::new(0),
            looked: AtomicU32::new(0),
            poison: AtomicBool::new(false),
        })
    }

    /// Bytes of all blocks.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    /// The process's limit of addresses is now this one, of which `mapped` are in use: what the heap will not need is given back, or
    /// taken again, as far as the blocks in use and the first reservation allow. All other threads must be stopped.
    #[cfg(not(model))]
    pub(crate) fn fit(&self, limit: Option<usize>, mapped: usize) {
        self.give_back();
        let mut runs = lock(&self.runs);
        runs.recede();
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

    /// Bytes of free blocks that have kept their memory.
    pub fn kept_bytes(&self) -> usize {
        self.kept.load(Ordering::Relaxed) << BLOCK_SHIFT
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
        // What is free and has kept its memory is not needed as much.
        let admitted = memory::admits(bytes) || !memory::is_injecting() && self.give_back() && memory::admits(bytes);
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
        let taken = match runs.take_free(len, end) {
            Some(taken) => taken,
            None => {
                // Free runs that lie side by side, some with memory and some without, become one.
                let mixed = runs.take_mixed(len, end);
                match mixed {
                    Some((first, dirty)) => {
                        dirty.iter().for_each(|&(at, n)| self.discard(at, n));
                        (first, true)
                    }
                    None => (runs.take_fresh(self.base, len, end)?, true),
                }
            }
        };
        self.kept.store(runs.kept(), Ordering::Relaxed);
        drop(runs);
        let (first, zeroed) = taken;
        self.held.fetch_add(len, Ordering::Relaxed);
        for b in first..first + len {
            // Release: who finds the run by an interior pointer sees its side table entry's reset state.
            self.start_word(b as u32).store(first as u32 + 1, Ordering::Release);
        }
        Some(Run { first: first as u32, len: len as u32, zeroed, strained })
    }

    /// Gives a run back. Its side table entry must have no live objects any more.
    pub fn release(&self, first: u32, len: u32) {
        let held = self.held.fetch_sub(len as usize, Ordering::Relaxed) - len as usize;
        for b in first..first + len {
            self.start_word(b).store(0, Ordering::Release);
        }
        let most = (KEPT >> BLOCK_SHIFT).max(held / KEPT_PART);
        if len as usize > most {
            self.discard(first as usize, len as usize);
            return lock(&self.runs).insert(first as usize, len as usize, None);
        }
        let mut runs = lock(&self.runs);
        runs.insert(first as usize, len as usize, Some(now_ms()));
        let kept = runs.kept();
        self.kept.store(kept, Ordering::Relaxed);
        drop(runs);
        if kept > most {
            // Some more at once, so that the next few need not look.
            self.keep(most / 4 * 3, u32::MAX);
        }
    }

    /// Of the free blocks that have kept their memory, at most so many keep it, and those only that have been free for less than `ms`.
    fn keep(&self, most: usize, ms: u32) {
        let back = lock(&self.runs).take_dirty(most, now_ms(), ms);
        // They are in nobody's reach meanwhile.
        back.iter().for_each(|&(at, n)| self.discard(at, n));
        let mut runs = lock(&self.runs);
        back.iter().for_each(|&(at, n)| runs.insert(at, n, None));
        self.kept.store(runs.kept(), Ordering::Relaxed);
    }

    /// Returns the memory of blocks that have been free for long, if nobody has looked for them lately.
    pub(crate) fn return_old(&self) {
        if self.kept.load(Ordering::Relaxed) == 0 {
            return;
        }
        let (now, looked) = (now_ms(), self.looked.load(Ordering::Relaxed));
        let due = now.wrapping_sub(looked) >= KEPT_MS / 4;
        if due && self.looked.compare_exchange(looked, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.keep(usize::MAX, KEPT_MS);
        }
    }

    /// Of the memory of free blocks only so much stays, in bytes.
    pub(crate) fn keep_at_most(&self, bytes: usize) {
        let most = bytes >> BLOCK_SHIFT;
        if self.kept.load(Ordering::Relaxed) > most {
            self.keep(most, u32::MAX);
        }
    }

    /// Returns the memory of all free blocks; whether there was any.
    pub(crate) fn give_back(&self) -> bool {
        let any = self.kept.load(Ordering::Relaxed) != 0;
        if any {
            self.keep(0, 0);
        }
        any
    }

    fn discard(&self, first: usize, len: usize) {
        // SAFETY: whole pages of the reservation, of blocks that nobody has and nobody can get meanwhile.
        unsafe { os::discard(self.block_addr(first as u32), len << BLOCK_SHIFT) };
    }
}

/// Milliseconds since some time; they wrap around.
fn now_ms() -> u32 {
    if cfg!(model) {
        return 0;
    }
    os::coarse_time_ms()
}

// SAFETY: the fields behind raw addresses are reached only through `Meta`, whose head says who touches what, and
// through atomics.
unsafe impl Sync for Arena {}
// SAFETY: as above.
unsafe impl Send for Arena {}

#[cfg(all(test, not(model)))]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    /// Bytes of the run that occupy memory.
    fn resident(arena: &Arena, run: Run) -> usize {
        os::resident(arena.block_addr(run.first), (run.len as usize) << BLOCK_SHIFT)
    }

    /// A run of so many bytes, each of them written.
    fn written(arena: &Arena, bytes: usize) -> Run {
        let run = arena.allocate(bytes >> BLOCK_SHIFT, Ask::Need).unwrap();
        // SAFETY: the run is ours.
        unsafe { std::ptr::write_bytes(arena.block_addr(run.first) as *mut u8, 1, bytes) };
        run
    }

    #[test]
    fn freed_runs_keep_their_memory_for_the_next() {
        let arena = Arena::reserve(1 << 30).unwrap();
        let run = written(&arena, 8 * MIB);
        arena.release(run.first, run.len);
        assert_eq!(resident(&arena, run), 8 * MIB);
        let again = arena.allocate((8 * MIB) >> BLOCK_SHIFT, Ask::Need).unwrap();
        assert!(again.first == run.first && !again.zeroed, "{again:?}");
        arena.release(again.first, again.len);
        // Old enough, once somebody looks.
        std::thread::sleep(std::time::Duration::from_millis(u64::from(KEPT_MS) + 50));
        arena.return_old();
        assert_eq!((resident(&arena, run), arena.kept.load(Ordering::Relaxed)), (0, 0));
        let clean = arena.allocate(1, Ask::Need).unwrap();
        assert!(clean.zeroed);
    }

    #[test]
    fn what_is_kept_is_bounded_and_given_back() {
        let arena = Arena::reserve(1 << 30).unwrap();
        let runs: Vec<Run> = (0..20).map(|_| written(&arena, 4 * MIB)).collect();
        let kept = || runs.iter().map(|&run| resident(&arena, run)).sum::<usize>();
        let whole = written(&arena, 2 * KEPT);
        arena.release(whole.first, whole.len);
        assert_eq!(resident(&arena, whole), 0, "more than may be kept");
        for run in &runs {
            arena.release(run.first, run.len);
        }
        assert!((1..=KEPT).contains(&kept()), "{}", kept());
        arena.keep_at_most(KEPT / 2);
        assert!((1..=KEPT / 2).contains(&kept()), "{}", kept());
        assert!(arena.give_back() && kept() == 0 && !arena.give_back());
        // All that was given back is one run again.
        let all = arena.allocate((80 * MIB + 2 * KEPT) >> BLOCK_SHIFT, Ask::Need).unwrap();
        assert!(all.zeroed && all.first == runs[0].first, "{all:?} {:?}", runs[0]);
    }
}
