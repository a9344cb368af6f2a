//! Shapes: immutable, never reused descriptions `attribute name -> slot`, in a transition tree.
//!
//! A shape is found by its id through a two-level table that readers follow without locks: an entry is written once
//! (release) before its id is put in any header; the reader's acquire load of the entry pairs with it. Transitions are
//! under a mutex per shape, with a one-entry cache in front. Shapes live as long as the space.
//!
//! A shape is a root for its type, unless it is a *class shape*: then its type lives as long as something refers to it or
//! an object has a shape of its lineage. A full collection that marks shared objects, too, finds the shapes in use
//! ([`ShapesInUse`]) and takes dead types out of theirs.

use super::Space;
use crate::heap::Heap;
use crate::sync::{AtomicPtr, AtomicU8, AtomicU32, AtomicU64, Ordering, broken, leak, order};
use crate::sync::{Mutex, lock};
use crate::value::{KINDS, Kind, Value};
use rustc_hash::FxHashMap;
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
    /// No attributes of their own (no `__dict__`).
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

// SAFETY: `name` is an atom (immortal, shared) or an immediate; all else is atomic, locked, or written once.
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
        heap.space().shapes.dirty.fetch_min(self.id.0, Ordering::AcqRel);
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
    next: Mutex<u32>,
    /// All shapes below have been seen by the only context's collector; see `Space::visit_new_shapes`.
    pub(crate) dirty: AtomicU32,
}

impl Shapes {
    pub(crate) fn new() -> Shapes {
        let shapes = Shapes {
            chunks: (0..CHUNKS).map(|_| OnceLock::new()).collect(),
            next: Mutex::new(0),
            dirty: AtomicU32::new(0),
        };
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
        // SAFETY: entries are null or leaked boxes.
        unsafe { p.as_ref() }
    }

    pub(crate) fn count(&self) -> u32 {
        *lock(&self.next)
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
        let mut next = lock(&self.next);
        let id = *next;
        if id as usize >= CHUNKS * CHUNK {
            crate::out_of_memory();
        }
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
        let chunk = self.chunks[(id >> CHUNK_BITS) as usize]
            .get_or_init(|| Box::new(std::array::from_fn(|_| AtomicPtr::new(std::ptr::null_mut()))));
        // Release pairs with the acquire in `get`.
        chunk[id as usize & (CHUNK - 1)].store(std::ptr::from_ref(shape).cast_mut(), Ordering::Release);
        *next = id + 1;
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
        let shape = self.shapes.insert(kind, ty, nnative, inline_cap, mode, None, Value::EMPTY, true);
        // The next minor collection looks at it.
        self.shapes.dirty.fetch_min(shape.id.0, Ordering::AcqRel);
        shape
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
        // SAFETY: null or a leaked shape.
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
            let Shape { kind, nnative, inline_cap, mode, of_class, .. } = *from;
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

    /// Calls `f` with the type of each shape from `from` on; of class shapes too if `classes`.
    pub(crate) fn visit_shape_types(&self, from: u32, classes: bool, f: &mut dyn FnMut(Value)) {
        for id in from..self.shapes.count() {
            if let Some(s) = self.shapes.get(ShapeId(id))
                && (classes || !s.of_class)
            {
                f(s.ty());
            }
        }
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

/// Which shapes the objects reached by a collection have.
#[derive(Debug)]
pub(crate) struct ShapesInUse(Box<[AtomicU8]>);

impl ShapesInUse {
    pub(crate) fn new(space: &Space) -> ShapesInUse {
        ShapesInUse((0..space.shapes.count()).map(|_| AtomicU8::new(0)).collect())
    }

    /// The type to visit because of an object with shape `id`: once per shape, and not for the shapes of kinds.
    #[inline(always)]
    pub(crate) fn type_of(&self, space: &Space, id: u32) -> Option<Value> {
        if id < KINDS as u32 {
            return None;
        }
        let seen = self.0.get(id as usize)?;
        // Relaxed: several tasks may visit a type, which does no harm.
        if seen.load(Ordering::Relaxed) != 0 {
            return None;
        }
        seen.store(1, Ordering::Relaxed);
        space.shapes.get(ShapeId(id)).map(Shape::ty)
    }
}
