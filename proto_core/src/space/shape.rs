//! Shapes: immutable descriptions `attribute name -> slot`, in a transition tree.
//!
//! A shape is found by its id through a two-level table that readers follow without locks: an entry is written
//! (release) before its id is put in any header; the reader's acquire load of the entry pairs with it. Transitions are
//! under a mutex per shape, with a one-entry cache in front.
//!
//! A shape is a root for its type, unless it is a *class shape*: then its type lives as long as something refers to it or
//! an object has a shape of its lineage. A full collection that marks shared objects, too, finds the shapes in use
//! ([`ShapesInUse`]) and takes dead types out of theirs.
//!
//! A global collection frees shapes: those that no object has, no record names ([`super::Record::shapes`]) and no such shape
//! descends from; but never the first shape of a native type. They leave the tree and the table while the world is stopped, and in
//! the same pause whatever remembers ids forgets theirs ([`super::Lives`]). So a `&'static Shape` or an id holds until the next
//! safepoint, and while an object has it. An id is given away again after another global collection.

use super::Space;
use crate::heap::Heap;
use crate::sync::{AtomicPtr, AtomicU8, AtomicU64, Ordering, broken, leak, order};
use crate::sync::{Mutex, lock};
use crate::value::{KINDS, Kind, Value};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::OnceLock;

/// Number of a shape; it is what an object's header holds.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(transparent)]
pub struct ShapeId(pub u32);

impl ShapeId {
    /// The default shape of a kind: ids 0..16.
    #[inline(always)]
    pub const fn of_kind(kind: Kind) -> ShapeId {
        ShapeId(kind as u32)
    }
}

/// How attributes of objects with a shape are kept.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ShapeMode {
    /// Slots described by the shape.
    Normal,
    /// In a dict, which hangs on the object's extra word.
    DictMode,
    /// No attributes of their own.
    Fixed,
}

/// One shape.
#[derive(Debug)]
pub struct Shape {
    /// Its number.
    pub id: ShapeId,
    /// Kind of the objects that have it.
    pub kind: Kind,
    /// The shape this one extends.
    pub parent: Option<&'static Shape>,
    /// The attribute added to the parent (an atom; EMPTY for a root shape).
    pub name: Value,
    /// The slot of that attribute.
    pub slot: u32,
    /// Slots of an object with this shape, native ones included.
    pub nslots: u32,
    /// Leading slots without a name.
    pub nnative: u32,
    /// Slots that lie in the object itself.
    pub inline_cap: u32,
    /// How attributes are kept.
    pub mode: ShapeMode,
    ty: AtomicU64,
    /// Whether it is a class's, not a native type's; and so no root for its type.
    pub of_class: bool,
    /// Names in slot order from `nnative` on, and an index over them when there are many.
    names: OnceLock<Names>,
    last_transition: AtomicPtr<Shape>,
    transitions: Mutex<FxHashMap<u64, &'static Shape>>,
    dict_mode: OnceLock<&'static Shape>,
}

#[derive(Debug)]
struct Names {
    list: Box<[u64]>,
    index: Option<FxHashMap<u64, u32>>,
}

/// Names found by linear search up to here.
const LINEAR: usize = 8;

// SAFETY: `name` is an atom (shared, and kept by the shape) or an immediate; all else is atomic, locked, or written once.
unsafe impl Sync for Shape {}
// SAFETY: as above.
unsafe impl Send for Shape {}

impl Shape {
    /// The type object; EMPTY while none is registered.
    #[inline(always)]
    pub fn ty(&self) -> Value {
        // Acquire pairs with the release in `set_ty`.
        Value::raw(self.ty.load(Ordering::Acquire))
    }

    /// Registers the type object. From then on the shape is a root for it (unless it is a class shape).
    pub fn set_ty(&self, heap: &Heap, ty: Value) {
        heap.space().publish(heap, ty);
        self.ty.store(ty.bits(), Ordering::Release);
        heap.space().shapes.note_fresh(self.id);
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let n = (self.nslots - self.nnative) as usize;
            let mut list = vec![0; n].into_boxed_slice();
            let mut s = self;
            while let Some(p) = s.parent {
                list[(s.slot - self.nnative) as usize] = s.name.bits();
                s = p;
            }
            let index =
                (n > LINEAR).then(|| list.iter().zip(self.nnative..).map(|(&name, slot)| (name, slot)).collect());
            Names { list, index }
        })
    }

    /// The slot of an attribute (`name` an atom).
    #[inline]
    pub fn lookup(&self, name: Value) -> Option<u32> {
        let names = self.names();
        match &names.index {
            None => names.list.iter().position(|&n| n == name.bits()).map(|i| i as u32 + self.nnative),
            Some(index) => index.get(&name.bits()).copied(),
        }
    }

    /// The attribute in a slot; None for native slots.
    pub fn name_of(&self, slot: u32) -> Option<Value> {
        let i = slot.checked_sub(self.nnative)?;
        self.names().list.get(i as usize).map(|&n| Value::raw(n))
    }

    /// Attribute names in the order of their slots, i.e. of their creation.
    pub fn attribute_names(&self) -> impl Iterator<Item = Value> + '_ {
        self.names().list.iter().map(|&n| Value::raw(n))
    }

    /// The lineage's first shape.
    pub fn root(&'static self) -> &'static Shape {
        let mut s = self;
        while let Some(p) = s.parent {
            s = p;
        }
        s
    }

    /// Whether it is the first shape of a native type's objects, which lives for ever.
    fn is_first_of_native(&self) -> bool {
        self.parent.is_none() && !self.of_class
    }

    /// Whether slot `i` lies in the object.
    #[inline(always)]
    pub fn is_inline(&self, slot: u32) -> bool {
        slot < self.inline_cap
    }
}

const CHUNK_BITS: u32 = if cfg!(model) { 2 } else { 10 };
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNKS: usize = if cfg!(model) { 16 } else { 1 << 14 };

type Chunk = [AtomicPtr<Shape>; CHUNK];

/// The table of all shapes.
#[derive(Debug)]
pub(crate) struct Shapes {
    chunks: Box<[OnceLock<Box<Chunk>>]>,
    ids: Mutex<Ids>,
}

/// Which ids are taken.
#[derive(Debug, Default)]
struct Ids {
    /// All ids below have been given away.
    next: u32,
    /// Free again, the longest free first; and those that the last global collection freed, which rest until the next one.
    free: VecDeque<u32>,
    resting: Vec<u32>,
    /// Shapes whose types the only context's collector has not seen; see `Space::visit_fresh_types`.
    fresh: Vec<u32>,
}

impl Shapes {
    pub(crate) fn new() -> Shapes {
        let shapes = Shapes { chunks: (0..CHUNKS).map(|_| OnceLock::new()).collect(), ids: Mutex::default() };
        for k in 0..KINDS {
            let kind = Kind::from_index(k as u8);
            let inline = if kind == Kind::Object { 6 } else { 0 };
            shapes.insert(kind, Value::EMPTY, 0, inline, ShapeMode::Fixed, None, Value::EMPTY, false);
        }
        shapes
    }

    #[inline(always)]
    pub(crate) fn get(&self, id: ShapeId) -> Option<&'static Shape> {
        let chunk = self.chunks.get((id.0 >> CHUNK_BITS) as usize)?.get()?;
        // Acquire pairs with the release in `insert`.
        let p = chunk[id.0 as usize & (CHUNK - 1)].load(Ordering::Acquire);
        // SAFETY: entries are null or boxes that are freed after they have left the table.
        unsafe { p.as_ref() }
    }

    /// One more than the highest id.
    pub(crate) fn count(&self) -> u32 {
        lock(&self.ids).next
    }

    /// The next minor collection of the only context looks at the type.
    fn note_fresh(&self, id: ShapeId) {
        lock(&self.ids).fresh.push(id.0);
    }

    fn place(&self, id: u32) -> &AtomicPtr<Shape> {
        let chunk = self.chunks[(id >> CHUNK_BITS) as usize]
            .get_or_init(|| Box::new(std::array::from_fn(|_| AtomicPtr::new(std::ptr::null_mut()))));
        &chunk[id as usize & (CHUNK - 1)]
    }

    #[allow(clippy::too_many_arguments)]
    fn insert(
        &self,
        kind: Kind,
        ty: Value,
        nnative: u32,
        inline_cap: u32,
        mode: ShapeMode,
        parent: Option<&'static Shape>,
        name: Value,
        of_class: bool,
    ) -> &'static Shape {
        let mut ids = lock(&self.ids);
        let id = ids.free.pop_front().unwrap_or(ids.next);
        if id as usize >= CHUNKS * CHUNK {
            crate::out_of_memory();
        }
        ids.next = ids.next.max(id + 1);
        ids.fresh.push(id);
        let (slot, nslots) = parent.map_or((0, nnative), |p| (p.nslots, p.nslots + 1));
        let shape = leak(Box::new(Shape {
            id: ShapeId(id),
            kind,
            parent,
            name,
            slot,
            nslots,
            nnative,
            inline_cap,
            mode,
            ty: AtomicU64::new(ty.bits()),
            of_class,
            names: OnceLock::new(),
            last_transition: AtomicPtr::new(std::ptr::null_mut()),
            transitions: Mutex::default(),
            dict_mode: OnceLock::new(),
        }));
        // Release pairs with the acquire in `get`.
        self.place(id).store(std::ptr::from_ref(shape).cast_mut(), Ordering::Release);
        shape
    }
}

impl Space {
    /// The shape with this id. Ids come out of object headers, so it exists.
    #[inline(always)]
    pub fn shape(&self, id: ShapeId) -> &'static Shape {
        match self.shapes.get(id) {
            Some(s) => s,
            None => crate::corrupted("shape id out of range"),
        }
    }

    /// As [`Space::shape`] for an id that may be garbage.
    pub(crate) fn try_shape(&self, id: ShapeId) -> Option<&'static Shape> {
        self.shapes.get(id)
    }

    /// A new root shape for objects of type `ty`. `inline_cap` is the number of slots in the object (6 for one cell,
    /// 14 for two, ...), `nnative` how many leading slots have no name.
    pub fn new_shape(
        &self,
        heap: &Heap,
        kind: Kind,
        ty: Value,
        nnative: u32,
        inline_cap: u32,
        mode: ShapeMode,
    ) -> &'static Shape {
        self.publish(heap, ty);
        self.shapes.insert(kind, ty, nnative, inline_cap, mode, None, Value::EMPTY, false)
    }

    /// As [`Space::new_shape`]; the shape does not keep the type alive, but objects that have it do.
    pub fn new_class_shape(
        &self,
        heap: &Heap,
        kind: Kind,
        ty: Value,
        nnative: u32,
        inline_cap: u32,
        mode: ShapeMode,
    ) -> &'static Shape {
        self.publish(heap, ty);
        self.pace.add(SHAPE_BYTES);
        self.shapes.insert(kind, ty, nnative, inline_cap, mode, None, Value::EMPTY, true)
    }

    /// Registers the type of a kind's default shape.
    pub fn set_kind_type(&self, heap: &Heap, kind: Kind, ty: Value) {
        self.shape(ShapeId::of_kind(kind)).set_ty(heap, ty);
    }

    /// The shape after adding attribute `name` (an atom).
    #[inline]
    pub fn transition(&self, from: &'static Shape, name: Value) -> &'static Shape {
        // Acquire pairs with the release below.
        let last = from.last_transition.load(Ordering::Acquire);
        // SAFETY: null or a shape that follows this one: it leaves this place before it is freed.
        if let Some(s) = unsafe { last.as_ref() }
            && s.name == name
        {
            return s;
        }
        self.transition_slow(from, name)
    }

    fn transition_slow(&self, from: &'static Shape, name: Value) -> &'static Shape {
        let mut map = lock(&from.transitions);
        if broken("shape_transition_lookup") {
            map.clear();
        }
        let shape = *map.entry(name.bits()).or_insert_with(|| {
            let Shape { kind, nnative, inline_cap, mode, of_class, nslots, .. } = *from;
            self.pace.add(SHAPE_BYTES + 8 * (nslots - nnative) as usize);
            self.shapes.insert(kind, from.ty(), nnative, inline_cap, mode, Some(from), name, of_class)
        });
        let release = order(Ordering::Release, "shape_transition_release");
        from.last_transition.store(std::ptr::from_ref(shape).cast_mut(), release);
        shape
    }

    /// The shape that objects of this lineage change to when their attributes move to a dict. It keeps the native
    /// slots and the inline capacity.
    pub fn dict_mode_shape(&self, of: &'static Shape) -> &'static Shape {
        let root = of.root();
        root.dict_mode.get_or_init(|| {
            self.shapes.insert(
                root.kind,
                root.ty(),
                root.nnative,
                root.inline_cap,
                ShapeMode::DictMode,
                None,
                Value::EMPTY,
                root.of_class,
            )
        })
    }

    /// Calls `f` with the type of each shape; of class shapes too if `classes`.
    pub(crate) fn visit_shape_types(&self, classes: bool, f: &mut dyn FnMut(Value)) {
        for id in 0..self.shapes.count() {
            if let Some(s) = self.shapes.get(ShapeId(id))
                && (classes || !s.of_class)
            {
                f(s.ty());
            }
        }
    }

    /// Calls `f` with what each shape holds: for the verifier.
    pub(crate) fn visit_shapes(&self, f: &mut dyn FnMut(Value)) {
        for id in 0..self.shapes.count() {
            if let Some(s) = self.shapes.get(ShapeId(id)) {
                f(s.ty());
                f(s.name);
            }
        }
    }

    /// Calls `f` with the types of the shapes that are new since this, or [`Space::forget_fresh`], was called.
    pub(crate) fn visit_fresh_types(&self, f: &mut dyn FnMut(Value)) {
        let fresh = std::mem::take(&mut lock(&self.shapes.ids).fresh);
        for s in fresh.iter().filter_map(|&id| self.shapes.get(ShapeId(id))) {
            f(s.ty());
        }
    }

    /// A collection has looked at all shapes.
    pub(crate) fn forget_fresh(&self) {
        lock(&self.shapes.ids).fresh = Vec::new();
    }

    /// Takes the shapes out of tree and table that are not in use, and says whether there were any. The world is stopped.
    pub(crate) fn take_dead_shapes(&self, in_use: &ShapesInUse) -> DeadShapes {
        let dead = |s: &Shape| !s.is_first_of_native() && !in_use.holds(s.id.0);
        let mut taken = DeadShapes(Vec::new());
        for id in KINDS as u32..self.shapes.count() {
            let Some(s) = self.shapes.get(ShapeId(id)).filter(|s| dead(s)) else { continue };
            if let Some(parent) = s.parent.filter(|p| !dead(p)) {
                if !broken("shape_leaves_tree") {
                    lock(&parent.transitions).remove(&s.name.bits());
                }
                if std::ptr::eq(parent.last_transition.load(Ordering::Relaxed), s) {
                    parent.last_transition.store(std::ptr::null_mut(), Ordering::Relaxed);
                }
            }
            taken.0.push(s);
        }
        let mut ids = lock(&self.shapes.ids);
        let rested = std::mem::take(&mut ids.resting);
        ids.free.extend(rested);
        for s in &taken.0 {
            // Relaxed: whoever reads the table has been stopped, and goes on after this.
            self.shapes.place(s.id.0).store(std::ptr::null_mut(), Ordering::Relaxed);
            ids.resting.push(s.id.0);
        }
        ids.fresh = Vec::new();
        taken
    }

    /// Takes types that have not been reached out of the class shapes. No object has such a shape any more.
    pub(crate) fn forget_dead_types(&self, alive: impl Fn(Value) -> bool) {
        for id in KINDS as u32..self.shapes.count() {
            if let Some(s) = self.shapes.get(ShapeId(id))
                && s.of_class
                && !alive(s.ty())
            {
                s.ty.store(Value::EMPTY.bits(), Ordering::Release);
            }
        }
    }
}

/// About what a shape takes, its place in a table of transitions included.
const SHAPE_BYTES: usize = size_of::<Shape>() + 64;

/// Shapes that have left tree and table. Dropping them gives their memory back.
pub(crate) struct DeadShapes(Vec<&'static Shape>);

impl DeadShapes {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for DeadShapes {
    fn drop(&mut self) {
        for s in self.0.drain(..) {
            // SAFETY: made by `leak` in `insert`; neither tree, table nor object names it any more, and nobody keeps a reference
            // beyond a safepoint unless an object does.
            unsafe { crate::sync::unleak(s) };
        }
    }
}

/// Which shapes the objects reached by a collection have.
#[derive(Debug)]
pub(crate) struct ShapesInUse(Box<[AtomicU8]>);

impl ShapesInUse {
    pub(crate) fn new(space: &Space) -> ShapesInUse {
        ShapesInUse((0..space.shapes.count()).map(|_| AtomicU8::new(0)).collect())
    }

    /// Whether a shape was reached.
    pub(crate) fn holds(&self, id: u32) -> bool {
        self.0.get(id as usize).is_some_and(|seen| seen.load(Ordering::Relaxed) != 0)
    }

    /// Notes that a shape is in use; whether that is news. Not for the shapes of kinds.
    #[inline(always)]
    pub(crate) fn reach(&self, id: u32) -> bool {
        // Relaxed: several tasks may take it for news, which does no harm.
        id >= KINDS as u32
            && self.0.get(id as usize).is_some_and(|seen| {
                let news = seen.load(Ordering::Relaxed) == 0;
                if news {
                    seen.store(1, Ordering::Relaxed);
                }
                news
            })
    }

    /// Shows what a shape that was just reached refers to: its type and its name, and those of the shapes that it descends
    /// from or that its objects change to, which are in use, too.
    #[inline(never)]
    pub(crate) fn visit(&self, space: &Space, id: u32, f: &mut dyn FnMut(Value)) {
        let mut next = space.shapes.get(ShapeId(id));
        while let Some(s) = next {
            f(s.ty());
            f(s.name);
            if let Some(dict_mode) = s.dict_mode.get() {
                self.reach(dict_mode.id.0);
            }
            next = s.parent.filter(|p| self.reach(p.id.0));
        }
    }

    /// The type to visit because of an object with shape `id`: once per shape, and not for the shapes of kinds.
    #[inline(always)]
    pub(crate) fn type_of(&self, space: &Space, id: u32) -> Option<Value> {
        if self.reach(id) { space.shapes.get(ShapeId(id)).map(Shape::ty) } else { None }
    }
}
