//! The runtime: block pool, contexts, atoms, shapes, shared roots.
//!
//! One visitor, [`Space::visit_space_roots`], names every reference that the space holds; the collectors and the
//! transition to sharing both use it and nothing else.

mod atom;
pub(crate) mod records;
pub(crate) mod registry;
mod shape;

pub use atom::Atoms;
pub use records::{Lives, Record};
pub use registry::SpaceHooks;
pub(crate) use shape::{DeadShapes, ShapesInUse};
pub use shape::{Shape, ShapeId, ShapeMode};

use crate::cell::layout::LayoutTable;
use crate::gc::log::SpaceNoted;
use crate::gc::stats::Stats;
use crate::heap::arena::{Arena, arena};
use crate::heap::block::CLASSES;
use crate::heap::{Dormant, Heap};
use crate::memory::Ask;
use crate::report::Reports;
use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Ordering, StaticCounter, leak};
use crate::sync::{Mutex, lock};
use crate::value::Value;
use records::{Pace, Records};
use registry::Registry;
use shape::Shapes;
use std::sync::OnceLock;

/// Settings of a runtime.
#[derive(Clone, Debug)]
pub struct Config {
    /// Bytes that a context allocates between collections.
    pub budget: usize,
    /// Words of a context's value stack.
    pub stack_words: usize,
    /// Verify the heap after each collection.
    pub verify: bool,
    /// Collect at each poll that follows an allocation.
    pub gc_stress: bool,
    /// Share objects at random, one-threaded programs' too.
    pub promote_stress: bool,
    /// Fixes what the stress modes choose.
    pub seed: u64,
    /// Check that stores note what they take out of objects.
    pub log_stores: bool,
    /// What was compiled is reported at exit (the engine's to do).
    pub report_jit: bool,
    /// Guards of machine code fail on purpose, chosen by the seed (the engine's to do).
    pub exit_stress: bool,
    /// The store barrier does nothing: a test of the modes above, known to builds with debug assertions only.
    pub broken_barrier: bool,
    /// Report each collection as it ends, and statistics at the end (the latter is the engine's to do).
    pub report: bool,
    /// Measure the processor time of local pauses beside wall time.
    pub cpu_time: bool,
    /// Report which objects threads waited for.
    pub report_locks: bool,
    /// A word of `PROTOPYTHON_DEBUG` that means nothing.
    pub unknown_word: Option<String>,
    /// Report which stores made objects shared.
    pub report_promotions: bool,
    /// Look for races between threads: `races`, and `races=all` (the engine's to do).
    pub races: bool,
    /// See above.
    pub all_races: bool,
    /// Keep each pause, for a timeline.
    pub record_pauses: bool,
    /// Shared bytes promoted before the first global collection.
    pub global_threshold: usize,
    /// What objects look like.
    pub layouts: LayoutTable,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            budget: 2 << 20,
            stack_words: 8 << 20,
            verify: false,
            gc_stress: false,
            promote_stress: false,
            seed: 1,
            log_stores: false,
            report_jit: false,
            exit_stress: false,
            broken_barrier: false,
            report: false,
            cpu_time: false,
            report_locks: false,
            unknown_word: None,
            report_promotions: false,
            races: false,
            all_races: false,
            record_pauses: false,
            global_threshold: 64 << 20,
            layouts: LayoutTable::default(),
        }
    }
}

impl Config {
    /// Whether a use of a dead object is to be found out.
    pub(crate) fn spoils_the_dead(&self) -> bool {
        self.verify || self.gc_stress || self.promote_stress
    }

    /// Defaults changed by the words of `PROTOPYTHON_DEBUG`: `verify`, `gc-stress`, `promote-stress`,
    /// `log-stores`, `gc`, `gc-cpu`, `locks`, `promotions`, `races`, `races=all`, `jit`, `exit-stress`. The first that is none of them is kept.
    pub fn from_env() -> Config {
        let mut c = Config::default();
        if let Some(seed) = std::env::var("PROTOPYTHON_SEED").ok().and_then(|text| text.trim().parse().ok()) {
            c.seed = seed;
        }
        for word in std::env::var("PROTOPYTHON_DEBUG").unwrap_or_default().split(',') {
            match word.trim() {
                "verify" => c.verify = true,
                "gc-stress" => {
                    c.gc_stress = true;
                    c.budget = 1;
                }
                "promote-stress" => {
                    c.promote_stress = true;
                    c.budget = c.budget.min(16 << 10);
                }
                "log-stores" => c.log_stores = true,
                "races" => c.races = true,
                "races=all" => (c.races, c.all_races) = (true, true),
                "locks" => c.report_locks = true,
                "jit" => c.report_jit = true,
                "exit-stress" => c.exit_stress = true,
                "promotions" => c.report_promotions = true,
                "broken-barrier" => c.broken_barrier = cfg!(debug_assertions),
                "gc" => (c.report, c.cpu_time) = (true, true),
                "gc-cpu" => c.cpu_time = true,
                "" => {}
                other if crate::memory::setting(other).is_some() => {}
                other => c.unknown_word = c.unknown_word.or_else(|| Some(other.to_owned())),
            }
        }
        c
    }
}

/// Blocks that nobody allocates from.
#[derive(Debug)]
struct Pool {
    free: Vec<u32>,
    /// Per class: blocks of finished threads in which shared objects live on.
    orphans: [Vec<u32>; CLASSES],
    /// Orphans without room, and large shared objects of finished threads.
    full_orphans: Vec<u32>,
}

impl Default for Pool {
    fn default() -> Pool {
        Pool { free: Vec::new(), orphans: std::array::from_fn(|_| Vec::new()), full_orphans: Vec::new() }
    }
}

/// Where a block comes from.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A finished thread's: shared objects live in it.
    Orphan,
    /// Empty, its memory used before.
    Pool,
    /// Empty, its memory untouched.
    Fresh,
}

/// Free blocks that the pool keeps before it returns them to the arena.
const POOL_KEEPS: usize = 64;

/// One runtime. Lives as long as the process.
pub struct Space {
    /// Unique in the process.
    pub(crate) id: u32,
    config: Config,
    pub(crate) arena: &'static Arena,
    pub(crate) leaf_mask: u32,
    pub(crate) shapes: Shapes,
    atoms: Atoms,
    pool: Mutex<Pool>,
    pub(crate) registry: Registry,
    /// Set by the transition at the second attach, never cleared.
    sharing: AtomicBool,
    /// In a child that was forked: the collector's workers stayed behind.
    pub(crate) forked: AtomicBool,
    /// What the only context left behind before anything was shared.
    pub(crate) dormant: Mutex<Option<Dormant>>,
    zeros: [AtomicU64; 2],
    /// Some reference of the space has been set since the last collection: a minor one need not look at them otherwise.
    roots_changed: AtomicBool,
    pub(crate) roots: Mutex<SpaceRoots>,
    pub(crate) hooks: OnceLock<Box<dyn SpaceHooks>>,
    pub(crate) shared_weak: Mutex<Vec<usize>>,
    pub(crate) shared_final: Mutex<Vec<u64>>,
    /// Found dead by the global collector, awaiting their finalizer: `(object)`.
    pub(crate) final_queue: Mutex<Vec<u64>>,
    pub(crate) cleared_queue: Mutex<Vec<u64>>,
    pub(crate) promoted_since: AtomicUsize,
    pub(crate) shared_limit: AtomicUsize,
    pub(crate) records: Mutex<Records>,
    pub(crate) pace: Pace,
    pub(crate) stats: Mutex<Stats>,
    pub(crate) noted: Mutex<SpaceNoted>,
    pub(crate) reports: Reports,
}

/// Values pinned by [`crate::Shared`] handles and by [`Space::add_root`].
#[derive(Debug, Default)]
pub(crate) struct SpaceRoots {
    pub slots: Vec<u64>,
    pub free: Vec<u32>,
}

impl Space {
    /// A new runtime.
    pub fn new(config: Config) -> &'static Space {
        let limit = config.global_threshold;
        if config.spoils_the_dead() {
            arena().poison.store(true, Ordering::Relaxed);
        }
        static NEXT: StaticCounter = StaticCounter::new(1);
        leak(Box::new(Space {
            id: NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
            leaf_mask: config.layouts.leaf_mask(),
            config,
            arena: arena(),
            shapes: Shapes::new(),
            atoms: Atoms::default(),
            pool: Mutex::default(),
            registry: Registry::default(),
            sharing: AtomicBool::new(false),
            forked: AtomicBool::new(false),
            dormant: Mutex::default(),
            zeros: std::array::from_fn(|_| AtomicU64::new(Value::EMPTY.bits())),
            roots_changed: AtomicBool::new(true),
            roots: Mutex::default(),
            hooks: OnceLock::new(),
            shared_weak: Mutex::default(),
            shared_final: Mutex::default(),
            final_queue: Mutex::default(),
            cleared_queue: Mutex::default(),
            promoted_since: AtomicUsize::new(0),
            shared_limit: AtomicUsize::new(limit),
            records: Mutex::default(),
            pace: Pace::default(),
            stats: Mutex::default(),
            noted: Mutex::default(),
            reports: Reports::default(),
        }))
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What objects look like.
    #[inline(always)]
    pub(crate) fn layouts(&self) -> &LayoutTable {
        &self.config.layouts
    }

    /// The atom table.
    pub fn atoms(&self) -> &Atoms {
        &self.atoms
    }

    /// Installs the engine's hooks (once).
    pub fn set_hooks(&self, hooks: Box<dyn SpaceHooks>) -> bool {
        self.hooks.set(hooks).is_ok()
    }

    /// Whether a second context has ever attached: only then may local objects be kept from other threads' sight.
    #[inline(always)]
    pub fn is_sharing(&self) -> bool {
        self.sharing.load(Ordering::Acquire)
    }

    pub(crate) fn set_sharing(&self) {
        #[cfg(not(model))]
        crate::sync::no_longer_alone();
        // Release pairs with `is_sharing`: who sees it sees the promoted roots.
        self.sharing.store(true, Ordering::Release);
    }

    /// Makes `v` fit to be referred to by the space: shared once there is more than one context.
    pub(crate) fn publish(&self, heap: &Heap, v: Value) {
        if self.is_sharing() {
            heap.promote(v);
        }
    }

    pub(crate) fn zero(&self, negative: bool) -> Value {
        Value::raw(self.zeros[negative as usize].load(Ordering::Acquire))
    }

    /// Makes the immortal zeros; at the first attach.
    pub(crate) fn make_zeros(&self, heap: &Heap) {
        for (i, f) in [0.0, -0.0].into_iter().enumerate() {
            if self.zeros[i].load(Ordering::Acquire) == Value::EMPTY.bits() {
                let v = heap.float(f);
                heap.promote(v);
                self.zeros[i].store(v.bits(), Ordering::Release);
            }
        }
    }

    /// A root of the space (a module table, the built-ins): published now, kept for ever.
    pub fn add_root(&self, heap: &Heap, v: Value) -> SpaceRoot {
        self.publish(heap, v);
        SpaceRoot(self.insert_root(v))
    }

    /// The value of a root.
    pub fn root(&self, root: SpaceRoot) -> Value {
        Value::raw(lock(&self.roots).slots[root.0 as usize])
    }

    /// Replaces the value of a root.
    pub fn set_root(&self, heap: &Heap, root: SpaceRoot, v: Value) {
        self.publish(heap, v);
        let old = std::mem::replace(&mut lock(&self.roots).slots[root.0 as usize], v.bits());
        self.log_root(Value::raw(old));
        self.note_root();
    }

    /// Some reference that the space holds ([`SpaceHooks::visit_space_roots`]) has been set.
    pub fn note_root(&self) {
        // Only of meaning while there is one context: its own thread reads it.
        self.roots_changed.store(true, Ordering::Relaxed);
    }

    /// For a minor collection of the only context: whether a reference has been set since this was asked.
    pub(crate) fn take_roots_changed(&self) -> bool {
        self.roots_changed.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn insert_root(&self, v: Value) -> u32 {
        self.note_root();
        let mut r = lock(&self.roots);
        match r.free.pop() {
            Some(i) => {
                r.slots[i as usize] = v.bits();
                i
            }
            None => {
                r.slots.push(v.bits());
                r.slots.len() as u32 - 1
            }
        }
    }

    pub(crate) fn remove_root(&self, i: u32) {
        let mut r = lock(&self.roots);
        let old = std::mem::replace(&mut r.slots[i as usize], Value::EMPTY.bits());
        r.free.push(i);
        drop(r);
        self.log_root(Value::raw(old));
    }

    /// Every reference that the space holds but atoms and the types of shapes.
    pub(crate) fn visit_held(&self, f: &mut dyn FnMut(Value)) {
        for &bits in &lock(&self.roots).slots {
            f(Value::raw(bits));
        }
        for queue in [&self.final_queue, &self.cleared_queue] {
            for &bits in lock(queue).iter() {
                f(Value::raw(bits));
            }
        }
        for z in &self.zeros {
            f(Value::raw(z.load(Ordering::Acquire)));
        }
        if let Some(h) = self.hooks.get() {
            h.visit_space_roots(f);
        }
    }

    /// Every reference that the space holds: shapes' types, pinned values, atoms, what the engine's hook names.
    pub fn visit_space_roots(&self, f: &mut dyn FnMut(Value)) {
        self.visit_shape_types(true, f);
        self.visit_held(f);
        self.atoms.visit(f);
    }

    /// Every reference by which the space keeps something alive: all but the types of class shapes, and atoms.
    pub(crate) fn visit_strong_roots(&self, f: &mut dyn FnMut(Value)) {
        self.visit_shape_types(false, f);
        self.visit_held(f);
    }

    pub(crate) fn add_shared_finalizable(&self, v: Value) {
        lock(&self.shared_final).push(v.bits());
    }

    // --- block pool ---

    /// A block for a class; and whether it came out of the reserve.
    pub(crate) fn take_block(&self, class: usize) -> Option<(u32, Source, bool)> {
        let mut pool = lock(&self.pool);
        if let Some(b) = pool.orphans[class].pop() {
            return Some((b, Source::Orphan, false));
        }
        if let Some(b) = pool.free.pop() {
            return Some((b, Source::Pool, false));
        }
        drop(pool);
        let run = self.arena.allocate(1, Ask::Need)?;
        Some((run.first, if run.zeroed { Source::Fresh } else { Source::Pool }, run.strained))
    }

    /// Takes back empty blocks.
    pub(crate) fn give_free(&self, blocks: &mut Vec<u32>) {
        let mut pool = lock(&self.pool);
        for &b in blocks.iter() {
            self.arena.meta(b).owner.store(0, Ordering::Release);
        }
        pool.free.append(blocks);
        let surplus = pool.free.len().saturating_sub(POOL_KEEPS);
        let back: Vec<u32> = pool.free.drain(..surplus).collect();
        drop(pool);
        for b in back {
            self.arena.release(b, 1);
        }
    }

    /// Takes over a block in which shared objects live; `room`: whether another thread should allocate in it.
    pub(crate) fn give_orphan(&self, block: u32, room: bool) {
        let meta = self.arena.meta(block);
        meta.owner.store(0, Ordering::Release);
        let class = meta.class.get() as usize;
        let mut pool = lock(&self.pool);
        if room && class < CLASSES {
            pool.orphans[class].push(block);
        } else {
            pool.full_orphans.push(block);
        }
    }

    /// The blocks of finished threads.
    pub(crate) fn orphans(&self) -> Vec<u32> {
        let pool = lock(&self.pool);
        pool.orphans.iter().flatten().chain(&pool.full_orphans).copied().collect()
    }

    /// Empties the lists of orphans: the global collector sweeps them and gives them back.
    pub(crate) fn take_orphans(&self) -> Vec<u32> {
        let mut pool = lock(&self.pool);
        let mut all = std::mem::take(&mut pool.full_orphans);
        for o in &mut pool.orphans {
            all.append(o);
        }
        all
    }

    pub(crate) fn stats_global_count(&self) -> u64 {
        lock(&self.stats).global.count
    }

    /// Adds a finished context's counters.
    pub(crate) fn count_finished(&self, of: &Stats) {
        lock(&self.stats).merge_counters(of);
    }

    /// Bytes in blocks that the heaps of the process hold now.
    pub fn held_bytes(&self) -> usize {
        self.arena.held_bytes()
    }

    /// The pauses of all contexts, and the counters of those that have finished.
    pub fn stats(&self) -> Stats {
        lock(&self.stats).clone()
    }
}

/// Names a root of the space.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct SpaceRoot(u32);
