//! Instances: root shapes, allocation, native slots.

use super::{Layout, Type, TypeFlags, type_of};
use crate::objects::{Obj, Str, Tuple, hashing};
use crate::{Ctx, PyResult};
use proto_core::sync::Ordering;
use proto_core::{Heap, Kind, Shape, ShapeId, ShapeMode, Value};

/// The smallest number of slots inside an object that holds `n`: objects of 1, 2, 3, 4, 6, 8, ... cells.
pub(crate) fn inline_capacity(n: u32) -> u32 {
    const WORDS: u32 = proto_core::header::CELL_WORDS as u32;
    [1, 2, 3, 4, 6, 8, 12, 16, 24, 32].into_iter().map(|cells| cells * WORDS - 2).find(|&cap| cap >= n).unwrap_or(n)
}

impl Type {
    /// The root shape of this type's instances, made at the first call.
    #[inline]
    pub fn instance_shape(self, heap: &Heap) -> ShapeId {
        match self.data().root_shape.load(Ordering::Acquire) {
            0 => self.make_instance_shape(heap),
            id => ShapeId(id),
        }
    }

    #[cold]
    fn make_instance_shape(self, heap: &Heap) -> ShapeId {
        let data = self.data();
        let kind = match data.layout {
            Layout::Type => Kind::Type,
            _ if self.flags().has(TypeFlags::NATIVE_KIND) => Kind::Native,
            _ => Kind::Object,
        };
        let mode = if self.flags().has(TypeFlags::HAS_DICT) { ShapeMode::Normal } else { ShapeMode::Fixed };
        let nfixed = data.nfixed as u32;
        // With attributes to come, leave room for some.
        let wanted = if mode == ShapeMode::Normal { nfixed + self.attributes_to_come(heap).max(4) } else { nfixed };
        let shape = self.new_shape(heap, kind, nfixed, inline_capacity(wanted), mode);
        match data.root_shape.compare_exchange(0, shape.id.0, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => shape.id,
            Err(first) => ShapeId(first),
        }
    }

    /// The number of attributes that the methods of a class and of its bases assign to `self`.
    fn attributes_to_come(self, heap: &Heap) -> u32 {
        const MOST: usize = 48;
        let attribute = Str::new(heap, "__static_attributes__");
        let mut names = std::collections::HashSet::new();
        for class in self.mro_types().filter(|t| t.is_heap()) {
            let found = class.dict().get_str(attribute);
            names.extend(found.and_then(Tuple::of).into_iter().flat_map(|t| t.items().map(Value::bits)));
        }
        names.len().min(MOST) as u32
    }

    /// A root shape. That of a class does not keep it alive: only native types live for ever.
    fn new_shape(self, heap: &Heap, kind: Kind, nnative: u32, inline_cap: u32, mode: ShapeMode) -> &'static Shape {
        let (space, ty) = (heap.space(), self.value());
        if self.is_heap() {
            space.new_class_shape(heap, kind, ty, nnative, inline_cap, mode)
        } else {
            space.new_shape(heap, kind, ty, nnative, inline_cap, mode)
        }
    }

    /// The size class of fresh instances grows: their attributes did not fit the inline slots.
    pub fn learn_inline_capacity(self, heap: &Heap, nslots: u32) {
        let data = self.data();
        let current = self.instance_shape(heap);
        let shape = heap.space().shape(current);
        if shape.kind != Kind::Object || nslots <= shape.inline_cap || nslots > 62 || !self.is_heap() {
            return;
        }
        let larger = self.new_shape(heap, Kind::Object, shape.nnative, inline_capacity(nslots), shape.mode);
        let _ = data.root_shape.compare_exchange(current.0, larger.id.0, Ordering::AcqRel, Ordering::Acquire);
    }
}

impl Type {
    /// Whether fresh instances are to be told that they compare by identity. The class is marked: a change of that is heard of then.
    pub(crate) fn tells_identity(self) -> bool {
        let (data, by_identity, told) = (self.data(), TypeFlags::BY_IDENTITY, TypeFlags::TOLD_IDENTITY);
        let flags = data.flags();
        flags.has(by_identity) && (flags.has(told) || data.add_flags(told).has(by_identity))
    }
}

/// Allocates a plain instance: all slots EMPTY, finalizer registered.
pub fn alloc_plain(heap: &Heap, ty: Type) -> Value {
    let v = Obj::alloc(heap, ty.instance_shape(heap));
    if v.is_kind(Kind::Object) && ty.tells_identity() {
        hashing::note_by_identity(v);
    }
    if ty.flags().has(TypeFlags::HAS_DEL) {
        heap.set_finalizer(v);
    }
    v
}

/// A new instance with the given native slots.
pub fn new_with_slots(heap: &Heap, ty: Type, native: &[Value]) -> Value {
    let id = ty.instance_shape(heap);
    let shape = heap.space().shape(id);
    if native.len() > shape.inline_cap as usize || shape.kind != Kind::Object {
        return new_with_many(heap, ty, native);
    }
    let v = Obj::with_slots(heap, id, native);
    if ty.flags().has(TypeFlags::COMPARES_AS_BASE) {
        hashing::note_compares_as_base(v, true);
    }
    if ty.flags().has(TypeFlags::HAS_DEL) {
        heap.set_finalizer(v);
    }
    v
}

#[cold]
fn new_with_many(heap: &Heap, ty: Type, native: &[Value]) -> Value {
    let v = alloc_plain(heap, ty);
    if let Some(obj) = Obj::of(v) {
        for (i, &slot) in native.iter().enumerate() {
            obj.set_slot(heap, i, slot);
        }
    }
    v
}

/// The native slot `i` of an object.
#[inline]
pub fn native_slot(heap: &Heap, v: Value, i: usize) -> Value {
    Obj::of(v).map_or(Value::EMPTY, |o| o.slot(heap, i))
}

impl Ctx {
    /// A fresh instance of `class` (a type, as a `__new__` gets it), with the class's own layout: native slots EMPTY.
    pub fn alloc_instance(&mut self, class: Value) -> PyResult<Obj> {
        let v = match Type::of(class) {
            Some(ty) if !matches!(ty.data().layout, Layout::Type) => alloc_plain(self, ty),
            _ => return Err(self.type_error("cannot create instances of this type")),
        };
        match Obj::of(v) {
            Some(o) => Ok(o),
            None => Err(self.system_error("instance of an unexpected kind")),
        }
    }

    /// What `__new__` of a core type returns for `class`: the value itself for the exact type, else an instance that wraps
    /// it in native slot 0.
    pub fn wrap_subclass(&mut self, class: Value, value: Value) -> PyResult {
        match Type::of(class) {
            Some(ty) if ty != type_of(self, value) => Ok(new_with_slots(self, ty, &[value])),
            _ => Ok(value),
        }
    }
}

/// Gives an object another type of the same layout, its attributes staying where they are.
pub(crate) fn change_type(heap: &Heap, o: Value, ty: Type) {
    if o.is_kind(Kind::Type) {
        let shape = ty.instance_shape(heap);
        // SAFETY: a type; instances of every metaclass are types, which keep their attributes in a dict.
        return heap.lock(o, |heap| unsafe { heap.set_shape(o, shape) });
    }
    let Some(obj) = Obj::of(o) else { return };
    heap.lock(o, |heap| {
        let old = obj.shape(heap);
        let root = ty.instance_shape_with(heap, old.inline_cap);
        let mut shape = heap.space().shape(root);
        if old.mode == ShapeMode::DictMode {
            shape = heap.space().dict_mode_shape(shape);
        } else {
            for name in old.attribute_names() {
                shape = heap.space().transition(shape, name);
            }
        }
        hashing::note_compares_as_base(o, false);
        // SAFETY: `o` is an object of the same kind; the new shape has the same native slots, inline capacity and mode,
        // and the same names in the same slots.
        unsafe { heap.set_shape(o, shape.id) };
    });
}

impl Type {
    /// A root shape with a given inline capacity; there is one per capacity.
    fn instance_shape_with(self, heap: &Heap, inline_cap: u32) -> ShapeId {
        let current = self.instance_shape(heap);
        let shape = heap.space().shape(current);
        if shape.inline_cap == inline_cap {
            return current;
        }
        let mut others = proto_core::sync::lock(&self.data().other_shapes);
        if let Some(&(_, id)) = others.iter().find(|s| s.0 == inline_cap) {
            return ShapeId(id);
        }
        let fresh = self.new_shape(heap, shape.kind, shape.nnative, inline_cap, shape.mode);
        others.push((inline_cap, fresh.id.0));
        fresh.id
    }
}
