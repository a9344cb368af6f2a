//! Allocation: a cursor per size class that bumps through free runs.
//!
//! The allocator claims a *window* of a free run at a time, marks all of its objects live, fills it with EMPTY and
//! then bumps through it. At a collection the unused rest of each window is taken out of the live bitmap again, so
//! that bitmaps are exact whenever somebody reads them. Allocation itself never collects: it sets the poll word.

use super::arena::{Arena, arena};
use super::block::{
    BLOCK, CLASSES, GROUPS, LARGE, Life, MAX_SMALL, Meta, SIZES, STARTS, USABLE, class_of, lasting, run_starts,
};
use crate::cell::header::{CELL, pack};
use crate::cell::layout::sub;
use crate::context::poll;
use crate::gc::GcState;
use crate::memory::{self, Ask};
use crate::roots::RootTable;
use crate::space::{ShapeId, Source, Space};
use crate::stress::Stress;
use crate::sync::{AtomicU32, Ordering};
use crate::value::{Kind, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// No block.
pub(crate) const NO_BLOCK: u32 = u32::MAX;
/// A heap of so many blocks fills the next one surely, so its pages are faulted in together.
const POPULATE_FROM: usize = 32;
/// A heap of fewer blocks is young: its windows are short.
const YOUNG_BLOCKS: usize = 16;
/// Cells of a young heap's window.
const YOUNG_WINDOW: usize = 32;
/// Largest object in words: what a table of 2^32 blocks could hold is far beyond any machine.
pub const MAX_WORDS: usize = 1 << 37;

/// Where the next object of a class goes.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Cursor {
    pub at: Cell<usize>,
    pub end: Cell<usize>,
}

/// A thread's own heap. Neither `Send` nor `Sync`; it lives inside its [`crate::Context`].
#[repr(C)]
pub struct Heap {
    pub(crate) cursors: [Cursor; CLASSES],
    /// Why the next poll must stop; other threads set bits (see [`poll`]).
    pub(crate) poll: AtomicU32,
    /// Bytes that may still be allocated before a collection is due.
    pub(crate) budget: Cell<isize>,
    /// Whether stores note what they take out of old and shared objects (see `store.rs`). Set and cleared at a safepoint.
    pub(crate) marking: Cell<bool>,
    /// What the budget was after the last collection.
    pub(crate) granted: Cell<isize>,
    /// Windows of one object each, so that each allocation asks for a collection (`gc-stress`) or is looked at (`promote-stress`).
    single: bool,
    pub(crate) arena: &'static Arena,
    pub(crate) space: &'static Space,
    /// Number of the context, unique in the process; 0 until attached.
    pub(crate) id: Cell<u32>,
    /// All own blocks of small objects.
    pub(crate) blocks: RefCell<Vec<u32>>,
    /// Runs of own large objects that have survived a collection; younger ones are in `touched` only.
    pub(crate) larges: RefCell<Vec<u32>>,
    /// Per class, swept blocks with free cells.
    pub(crate) available: RefCell<[Vec<u32>; CLASSES]>,
    /// Per class, swept blocks with free cells here and there, to be used before the heap grows by too much.
    pub(crate) sparse: RefCell<[Vec<u32>; CLASSES]>,
    /// Own blocks without a single object, of no class.
    pub(crate) free_blocks: RefCell<Vec<u32>>,
    /// Per class, the block that its next window comes from.
    pub(crate) current: [Cell<u32>; CLASSES],
    /// Blocks allocated from since the last collection.
    pub(crate) touched: RefCell<Vec<u32>>,
    pub(crate) gc: GcState,
    pub(crate) roots: Rc<RootTable>,
    pub(crate) stress: Stress,
    /// The reserve was drawn on since the last time that the program was told.
    short: Cell<bool>,
    /// Bytes of the largest object for whose like there was no room.
    wanted: Cell<usize>,
}

impl Heap {
    pub(crate) fn new(space: &'static Space) -> Heap {
        Heap {
            cursors: std::array::from_fn(|_| Cursor { at: Cell::new(0), end: Cell::new(0) }),
            poll: AtomicU32::new(0),
            budget: Cell::new(space.config().budget as isize),
            marking: Cell::new(space.config().log_stores),
            granted: Cell::new(space.config().budget as isize),
            single: space.config().gc_stress || space.config().promote_stress,
            arena: arena(),
            space,
            id: Cell::new(0),
            blocks: RefCell::default(),
            larges: RefCell::default(),
            available: RefCell::new(std::array::from_fn(|_| Vec::new())),
            sparse: RefCell::new(std::array::from_fn(|_| Vec::new())),
            free_blocks: RefCell::default(),
            current: std::array::from_fn(|_| Cell::new(NO_BLOCK)),
            touched: RefCell::default(),
            gc: GcState::default(),
            roots: Rc::default(),
            stress: Stress::new(space.config().promote_stress, space.config().seed),
            short: Cell::new(false),
            wanted: Cell::new(0),
        }
    }

    /// The runtime that this heap belongs to.
    #[inline(always)]
    pub fn space(&self) -> &'static Space {
        self.space
    }

    /// A fresh object of `words` words including the header; all others read EMPTY (an [`Kind::Internal`] object
    /// made here is RAW: zeroed; those of a large string or bytes object read anything). Aborts when memory is exhausted; see [`Heap::try_alloc`].
    #[inline(always)]
    pub fn alloc(&self, kind: Kind, shape: ShapeId, words: usize) -> Value {
        match self.alloc_asking(kind, shape, words, Ask::Need) {
            Some(v) => v,
            None => crate::out_of_memory(),
        }
    }

    /// As [`Heap::alloc`], for an object (not an internal one) that will not live long.
    #[inline(always)]
    pub fn alloc_fleeting(&self, kind: Kind, shape: ShapeId, words: usize) -> Value {
        debug_assert!(kind != Kind::Internal);
        match self.alloc_words(words, kind, pack(shape.0, 0, 0), Life::Fleeting, Ask::Need) {
            Some(v) => v,
            None => crate::out_of_memory(),
        }
    }

    /// As [`Heap::alloc`], for a size that input chooses: None when there is no room for it.
    #[inline(always)]
    pub fn try_alloc(&self, kind: Kind, shape: ShapeId, words: usize) -> Option<Value> {
        self.alloc_asking(kind, shape, words, Ask::Wish)
    }

    #[inline(always)]
    fn alloc_asking(&self, kind: Kind, shape: ShapeId, words: usize, ask: Ask) -> Option<Value> {
        let v = self.alloc_words(words, kind, pack(shape.0, 0, 0), Life::of(kind), ask)?;
        if kind == Kind::Internal && words <= MAX_SMALL * 8 {
            self.zero(v, words);
        }
        Some(v)
    }

    /// An internal object of subkind `subkind`. RAW reads zero, every other one EMPTY.
    #[inline(always)]
    pub fn alloc_internal(&self, subkind: u16, words: usize) -> Value {
        match self.alloc_internal_asking(subkind, words, Ask::Need) {
            Some(v) => v,
            None => crate::out_of_memory(),
        }
    }

    /// As [`Heap::alloc_internal`], for a size that input chooses: None when there is no room for it.
    #[inline(always)]
    pub fn try_alloc_internal(&self, subkind: u16, words: usize) -> Option<Value> {
        self.alloc_internal_asking(subkind, words, Ask::Wish)
    }

    #[inline(always)]
    fn alloc_internal_asking(&self, subkind: u16, words: usize, ask: Ask) -> Option<Value> {
        let header = pack(Kind::Internal as u32, 0, subkind);
        let v = self.alloc_words(words, Kind::Internal, header, Life::Lasting, ask)?;
        if subkind == sub::RAW && words <= MAX_SMALL * 8 {
            self.zero(v, words);
        }
        Some(v)
    }

    fn zero(&self, v: Value, words: usize) {
        #[cfg(model)]
        // SAFETY: as below.
        (1..words).for_each(|i| unsafe { self.init_raw(v, i, 0) });
        #[cfg(not(model))]
        // SAFETY: a fresh object of that many words that nobody else knows.
        unsafe {
            std::ptr::write_bytes((v.addr() + 8) as *mut u64, 0, words.saturating_sub(1))
        };
    }

    /// The allocation path for a size known at compile time: bump and one header store.
    #[inline(always)]
    pub fn alloc_small<const WORDS: usize>(&self, kind: Kind, header: u64) -> Value {
        const { assert!(WORDS > 0 && WORDS <= MAX_SMALL * 8) };
        let class = class_of(WORDS.div_ceil(8), Life::of(kind));
        let size = const { SIZES[class_of(WORDS.div_ceil(8), Life::Lasting)] as usize * CELL };
        let cursor = &self.cursors[class];
        let at = cursor.at.get();
        let at = if at < cursor.end.get() {
            cursor.at.set(at + size);
            at
        } else {
            match self.refill(class) {
                Some(at) => at,
                None => crate::out_of_memory(),
            }
        };
        // SAFETY: `at` is the start of a cell run that the cursor hands out once.
        unsafe { crate::cell::header::create(at, size / 8, header) };
        Value::cell_at(at, kind)
    }

    #[inline(always)]
    fn alloc_words(&self, words: usize, kind: Kind, header: u64, life: Life, ask: Ask) -> Option<Value> {
        let cells = words.div_ceil(8);
        if cells > MAX_SMALL || cells == 0 {
            return self.alloc_large(words, kind, header, ask);
        }
        let class = class_of(cells, life);
        let cursor = &self.cursors[class];
        let at = cursor.at.get();
        let at = if at < cursor.end.get() {
            cursor.at.set(at + SIZES[class] as usize * CELL);
            at
        } else {
            self.refill(class)?
        };
        // SAFETY: as in `alloc_small`.
        unsafe { crate::cell::header::create(at, SIZES[class] as usize * 8, header) };
        Some(Value::cell_at(at, kind))
    }

    /// Takes bytes off the budget; when it is used up, the next poll collects.
    #[inline]
    pub(crate) fn spend(&self, bytes: usize) {
        let left = self.budget.get().saturating_sub(bytes as isize);
        self.budget.set(left);
        if left <= 0 {
            self.poll.fetch_or(poll::COLLECT, Ordering::Relaxed);
        }
    }

    /// Claims the next window for a class and allocates its first object.
    #[cold]
    #[inline(never)]
    fn refill(&self, class: usize) -> Option<usize> {
        debug_assert!(self.id.get() != 0, "allocation before attach");
        // What may stay small takes no blocks for what dies soon.
        let home = if self.is_young() { lasting(class) } else { class };
        loop {
            let block = self.current[home].get();
            if block != NO_BLOCK {
                let meta = self.arena.meta(block);
                if let Some((from, to)) = next_window(meta, class, self.window()) {
                    set_live(meta, class, from, to);
                    meta.scan.set(to as u16);
                    let base = self.arena.block_addr(block);
                    let (at, end) = (base + from * CELL, base + to * CELL);
                    fill_empty(at, end);
                    self.cursors[class].at.set(at + SIZES[class] as usize * CELL);
                    self.cursors[class].end.set(end);
                    self.spend(end - at);
                    if self.stress.promotes {
                        self.consider(at);
                    }
                    return Some(at);
                }
            }
            let next = match self.available.borrow_mut()[home].pop() {
                Some(b) => b,
                None => self.fresh_block(home)?,
            };
            self.current[home].set(next);
            self.touch(next);
        }
    }

    /// A heap that is small may stay so: what a thread that only waits touches counts a thousand times.
    fn is_young(&self) -> bool {
        self.blocks.borrow().len() < YOUNG_BLOCKS
    }

    /// Cells of a window.
    fn window(&self) -> usize {
        match self.is_young() {
            _ if self.single => 0,
            true => YOUNG_WINDOW,
            false => usize::MAX,
        }
    }

    pub(crate) fn touch(&self, block: u32) {
        let meta = self.arena.meta(block);
        meta.gone.set(0);
        if !meta.touched.replace(true) {
            self.touched.borrow_mut().push(block);
        }
    }

    /// A block for a class: an own empty one, an orphan with room, or a new one.
    fn fresh_block(&self, class: usize) -> Option<u32> {
        let own = self.free_blocks.borrow_mut().pop();
        if own.is_none()
            && (self.has_grown() || !self.arena.has_room(BLOCK))
            && let Some(sparse) = self.sparse.borrow_mut()[class].pop()
        {
            return Some(sparse);
        }
        let block = match own {
            Some(b) => b,
            None => match self.space.take_block(class) {
                Some((b, Source::Orphan, _)) => {
                    // An orphan: shared objects of a finished thread live in it.
                    let meta = self.arena.meta(b);
                    meta.owner.store(self.id.get(), Ordering::Release);
                    meta.scan.set(0);
                    meta.touched.set(false);
                    self.blocks.borrow_mut().push(b);
                    let bytes = meta.live_count.get() as usize * SIZES[class] as usize * CELL;
                    self.gc.live_bytes.set(self.gc.live_bytes.get() + bytes);
                    return Some(b);
                }
                Some((b, source, strained)) => {
                    if strained {
                        self.strained();
                    }
                    let mut blocks = self.blocks.borrow_mut();
                    if source == Source::Fresh && blocks.len() >= POPULATE_FROM {
                        // SAFETY: a whole block of the arena.
                        unsafe { crate::os::populate(self.arena.block_addr(b), BLOCK) };
                    }
                    blocks.push(b);
                    b
                }
                // Another thread may have taken the last.
                None => return self.sparse.borrow_mut()[class].pop(),
            },
        };
        self.reset_meta(block, class as u8, SIZES[class] as u32 * 8, 1);
        Some(block)
    }

    /// Whether the heap is larger than its objects need by more than a quarter and what is allocated between collections.
    fn has_grown(&self) -> bool {
        let live = self.gc.live_bytes.get();
        self.blocks.borrow().len() * BLOCK > live + live / 4 + 2 * self.granted.get().max(0) as usize
    }

    fn reset_meta(&self, block: u32, class: u8, words: u32, run: u32) {
        let meta = self.arena.meta(block);
        meta.words.set(words);
        meta.class.set(class);
        meta.scan.set(0);
        meta.gone.set(0);
        meta.live_count.set(0);
        meta.run.set(run);
        meta.touched.set(false);
        meta.sparse.set(false);
        for (g, d) in meta.groups.iter().zip(&meta.drop) {
            g.live.set(0);
            g.mark.set(0);
            g.shared.store(0, Ordering::Relaxed);
            g.gmark.store(0, Ordering::Relaxed);
            d.set(0);
        }
        meta.space.store(self.space.id, Ordering::Release);
        // Release: a foreign thread that finds the owner by acquire sees the reset state.
        meta.owner.store(self.id.get(), Ordering::Release);
    }

    #[cold]
    #[inline(never)]
    fn alloc_large(&self, words: usize, kind: Kind, header: u64, ask: Ask) -> Option<Value> {
        if words == 0 || words > MAX_WORDS {
            return None;
        }
        let bytes = words * 8;
        let run = self.arena.allocate(bytes.div_ceil(BLOCK), ask)?;
        if run.strained {
            self.strained();
        }
        // Who must not fail may next want the like twice as large.
        self.leave_room(bytes, if ask == Ask::Need { 2 * bytes } else { bytes });
        let addr = self.arena.block_addr(run.first);
        // The word count of a large object may exceed 32 bits only beyond 32 GiB; `run` then bounds it.
        self.reset_meta(run.first, LARGE, u32::try_from(words).unwrap_or(u32::MAX), run.len);
        let meta = self.arena.meta(run.first);
        meta.groups[0].live.set(1);
        self.touch(run.first);
        let raw = kind == Kind::Internal && crate::cell::header::aux_of(header) == sub::RAW;
        // Text and bytes are written by who asked, and no word of theirs is traced until the header says so.
        let text = kind == Kind::Str || kind == Kind::Bytes;
        if !text && !raw {
            fill_empty(addr, addr + bytes);
        } else if raw && !run.zeroed {
            // SAFETY: the run is ours and nobody knows it yet.
            unsafe { std::ptr::write_bytes(addr as *mut u8, 0, bytes) };
        }
        // SAFETY: the run is ours and starts an object.
        unsafe { crate::cell::header::create(addr, words, header) };
        self.spend(bytes);
        Some(Value::cell_at(addr, kind))
    }

    /// The reserve was drawn on. The next poll hears of it, unless the program has been told and is on its way out.
    #[cold]
    fn strained(&self) {
        if memory::is_news(self.arena.held_bytes()) {
            self.short.set(true);
            self.poll.fetch_or(poll::MEMORY, Ordering::Relaxed);
        }
    }

    /// After an allocation of so many bytes, one of `next` may follow: where there is no room for it, the next poll hears of it.
    fn leave_room(&self, bytes: usize, next: usize) {
        if bytes >= memory::LARGE && !(self.arena.has_room(next) && self.room_for(bytes)) {
            self.wanted.set(self.wanted.get().max(next));
            self.poll.fetch_or(poll::MEMORY, Ordering::Relaxed);
        }
    }

    /// Whether an object of so many bytes could be allocated, and its content beside the heap.
    pub fn has_room(&self, bytes: usize) -> bool {
        self.arena.has_room(bytes) && self.room_for(bytes)
    }

    /// Whether there is memory for so many bytes, free blocks' included.
    fn room_for(&self, bytes: usize) -> bool {
        memory::room_for(bytes) || self.arena.give_back() && memory::room_for(bytes)
    }

    /// Whether memory is still short, a collection notwithstanding.
    pub(crate) fn is_short(&self) -> bool {
        self.short.get() || !self.has_room(self.wanted.get()) || !memory::is_eased()
    }

    /// The program hears of a shortage: what was wanted is forgotten, and of the reserve being in use it hears again when some more
    /// of that is gone.
    pub(crate) fn forget_shortage(&self) {
        self.short.set(false);
        let _in_use = memory::is_strained(self.arena.held_bytes(), self.arena.size());
        self.wanted.set(0);
        memory::forget_wanted();
    }

    /// After a collection: whether the shortage is over. If not, the program is about to be told.
    pub(crate) fn end_shortage(&self) -> bool {
        let held = self.arena.held_bytes();
        let strained = self.short.replace(false) && memory::is_strained(held, self.arena.size());
        let over = !strained & self.has_room(self.wanted.replace(0)) & memory::is_eased();
        memory::forget_wanted();
        over
    }

    /// Takes the unused rest of each window out of the live bitmaps and forgets the cursors. A sweep follows: it sorts
    /// the blocks, all of which are in `touched`.
    pub(crate) fn close_windows(&self) {
        for class in 0..CLASSES {
            let cursor = &self.cursors[class];
            let (at, end) = (cursor.at.replace(0), cursor.end.replace(0));
            self.current[class].set(NO_BLOCK);
            if at >= end {
                continue;
            }
            // While the heap was young, its class may have taken the window from another's block.
            let block = self.arena.block_of(at);
            let meta = self.arena.meta(block);
            let base = self.arena.block_addr(block);
            let (from, to) = ((at - base) / CELL, (end - base) / CELL);
            for g in from / 64..=(to - 1) / 64 {
                let live = &meta.groups[g].live;
                live.set(live.get() & !range_mask(g, from, to));
            }
        }
    }

    /// Words of memory of the object at `addr` (at least what it was allocated with).
    #[inline]
    pub(crate) fn words_at(&self, addr: usize) -> usize {
        words_at(self.arena, addr)
    }
}

/// Words of memory of the object at `addr`.
#[inline]
pub(crate) fn words_at(arena: &Arena, addr: usize) -> usize {
    let (meta, _) = arena.locate(addr);
    let words = meta.words.get();
    if words == u32::MAX { (meta.run.get() as usize) * (BLOCK / 8) } else { words as usize }
}

/// Bits of `[from, to)` that fall in group `g`.
#[inline(always)]
fn range_mask(g: usize, from: usize, to: usize) -> u64 {
    let low = from.saturating_sub(g * 64).min(64);
    let high = to.saturating_sub(g * 64).min(64);
    if low >= high {
        return 0;
    }
    (u64::MAX >> (64 - (high - low))) << low
}

/// The next stretch of free cells (of a block that is not sparse: the next run) at or after `scan`, at most a window long and, if that is less, `most` cells or one object.
#[inline(always)]
fn next_window(meta: &Meta, class: usize, most: usize) -> Option<(usize, usize)> {
    let (starts, size) = (&STARTS[class], SIZES[class] as usize);
    let scan = meta.scan.get() as usize;
    let mut g = scan / 64;
    let mut mask = u64::MAX << (scan % 64);
    let from = loop {
        if g >= GROUPS {
            return None;
        }
        let mut free = starts[g] & !meta.groups[g].live.get() & mask;
        if !meta.sparse.get() {
            free = run_starts(size, free);
        }
        if free != 0 {
            break g * 64 + free.trailing_zeros() as usize;
        }
        g += 1;
        mask = u64::MAX;
    };
    let (usable, window) = USABLE[class];
    let window = (window as usize).min((most / size).max(1) * size);
    let limit = (from + window).min(usable as usize);
    // Up to the next object, which starts a whole number of objects further on.
    let mut mask = u64::MAX << (from % 64);
    while g * 64 < limit {
        let taken = meta.groups[g].live.get() & mask;
        if taken != 0 {
            return Some((from, limit.min(g * 64 + taken.trailing_zeros() as usize)));
        }
        g += 1;
        mask = u64::MAX;
    }
    Some((from, limit))
}

#[inline(always)]
fn set_live(meta: &Meta, class: usize, from: usize, to: usize) {
    let groups = from / 64..=(to - 1) / 64;
    for (g, starts) in STARTS[class].iter().enumerate().take(groups.end() + 1).skip(*groups.start()) {
        let live = &meta.groups[g].live;
        live.set(live.get() | starts & range_mask(g, from, to));
    }
}

/// Under a model an object's words are made with its header.
#[cfg(model)]
fn fill_empty(_from: usize, _to: usize) {}

#[cfg(not(model))]
fn fill_empty(from: usize, to: usize) {
    // SAFETY: the caller owns these cells and nobody knows an object in them yet.
    let words = unsafe { std::slice::from_raw_parts_mut(from as *mut u64, (to - from) / 8) };
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function is compiled for.
        unsafe { fill_wide(words) };
        return;
    }
    words.fill(Value::EMPTY.bits());
}

/// As above with stores of half a cache line: filling windows is most of what an allocation costs.
#[cfg(all(target_arch = "x86_64", not(model)))]
#[target_feature(enable = "avx2")]
fn fill_wide(words: &mut [u64]) {
    words.fill(Value::EMPTY.bits());
}
