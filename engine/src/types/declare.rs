//! From declarations to types: creation, and the filling of the class dictionary.

use super::core::{CoreTypes, Registry, core_layout, core_shape};
use super::slots::{SLOTS, SlotId};
use super::{Layout, Type, TypeData, instance, layout, mro, slots_update};
use crate::Ctx;
use crate::names::Names;
use crate::native::def::{BaseRef, Const, TypeDef, TypeFlags};
use crate::native::{NativeDef, NativeObj};
use crate::objects::{Bytes, Dict, List, Str, Tuple, float, int, shapes};
use proto_core::{Heap, Kind, ShapeId, Value};

/// Allocates a type object without MRO.
pub(crate) fn alloc_type(
    heap: &Heap,
    shape: ShapeId,
    data: &'static TypeData,
    name: Value,
    qualname: Value,
    bases: Value,
    dict: Dict,
) -> Type {
    let v = heap.alloc(Kind::Type, shape, layout::WORDS);
    let base = Value::NONE;
    let subclasses = List::new(heap).value();
    // SAFETY: fresh object of `layout::WORDS` words; the record's address is aligned, so it reads as an int.
    unsafe {
        heap.store_init(v, layout::DATA, Value::from_bits(std::ptr::from_ref(data) as u64));
        heap.store_init(v, layout::DICT, dict.value());
        heap.store_init(v, layout::MRO, Value::EMPTY);
        heap.store_init(v, layout::BASES, bases);
        heap.store_init(v, layout::BASE, base);
        heap.store_init(v, layout::NAME, name);
        heap.store_init(v, layout::QUALNAME, qualname);
        heap.store_init(v, layout::SUBCLASSES, subclasses);
    }
    Type(v)
}

/// Makes `object` and `type`, which need each other.
pub(crate) fn create_roots(heap: &Heap, registry: &Registry) -> (Type, Type) {
    let object_def = &super::object_type::OBJECT;
    let type_def = &super::type_type::TYPE;
    let object_data = TypeData::new(heap, Some(object_def), &object_def.slots, object_def.flags, 0, Layout::Object);
    let type_data = TypeData::new(heap, Some(type_def), &type_def.slots, type_def.flags, 0, Layout::Type);
    let atom = |s: &str| heap.intern(s.as_bytes());
    let object = alloc_type(
        heap,
        shapes::TYPE,
        object_data,
        atom("object"),
        atom("object"),
        Tuple::empty(heap),
        Dict::new(heap),
    );
    let bases = Tuple::new(heap, &[object.value()]);
    let type_ = alloc_type(heap, shapes::TYPE, type_data, atom("type"), atom("type"), bases, Dict::new(heap));
    type_.set_word(heap, layout::BASE, object.value());
    object.set_word(heap, layout::MRO, Tuple::new(heap, &[object.value()]));
    type_.set_word(heap, layout::MRO, Tuple::new(heap, &[type_.value(), object.value()]));
    add_subclass(heap, object, type_);
    heap.space().shape(shapes::TYPE).set_ty(heap, type_.value());
    type_data.root_shape.store(shapes::TYPE.0, proto_core::sync::Ordering::Release);
    for (ty, def) in [(object, object_def), (type_, type_def)] {
        registry.set(heap.space(), def, ty);
    }
    (object, type_)
}

fn resolve(types: &CoreTypes, registry: &Registry, base: &BaseRef) -> Type {
    match base {
        BaseRef::Core(f) => f(types),
        BaseRef::Exc(e) => types.exc(*e),
        BaseRef::Def(def) => registry.get(def).unwrap_or(types.object),
    }
}

/// Makes the type of `def`, with an empty dictionary (see [`fill`]), and records it. Its bases exist already.
pub(crate) fn create(
    heap: &Heap,
    names: &Names,
    types: &CoreTypes,
    registry: &Registry,
    def: &'static TypeDef,
) -> Type {
    match registry.get(def) {
        Some(ty) => ty,
        None => registry.set(heap.space(), def, make(heap, names, types, registry, def)),
    }
}

/// As [`create`], without recording it.
fn make(heap: &Heap, names: &Names, types: &CoreTypes, registry: &Registry, def: &'static TypeDef) -> Type {
    let mut bases: [Value; 4] = [types.object.value(); 4];
    let n = def.bases.len().clamp(1, 4);
    for (slot, base) in bases.iter_mut().zip(def.bases) {
        *slot = resolve(types, registry, base).value();
    }
    let first = Type(bases[0]);
    let data = first.data();
    // `bool` has a shape of its own over the layout of `int`; others share the base's layout.
    let layout_ = core_layout(def).unwrap_or(data.layout);
    let inherited = data.flags().0 & TypeFlags::INHERITED.0;
    let flags = TypeFlags(def.flags.0 | inherited);
    // A core layout needs native slot 0 in subclasses for the value that they wrap.
    let own =
        if matches!(layout_, Layout::Core(..)) && !matches!(data.layout, Layout::Core(..)) { 1 } else { def.nnative };
    let fresh = TypeData::new(heap, Some(def), first.slots().record(), flags, data.nfixed + own, layout_);
    let name = heap.intern(def.name.rsplit('.').next().unwrap_or(def.name).as_bytes());
    let qualname = heap.intern(def.name.as_bytes());
    let ty = alloc_type(heap, shapes::TYPE, fresh, name, qualname, Tuple::new(heap, &bases[..n]), Dict::new(heap));
    ty.set_word(heap, layout::BASE, first.value());
    for &b in &bases[..n] {
        add_subclass(heap, Type(b), ty);
    }
    let order = mro::linearize_native(heap, ty);
    ty.set_word(heap, layout::MRO, order);
    // As in CPython, `__module__` of built-in types is computed.
    if def.module != "builtins" {
        ty.dict().set_str(heap, names.__module__, heap.intern(def.module.as_bytes()));
    }
    if let Some((shape, _)) = core_shape(def.name).filter(|_| def.module == "builtins" || def.module == "types") {
        heap.space().shape(shape).set_ty(heap, ty.value());
        ty.data().root_shape.store(shape.0, proto_core::sync::Ordering::Release);
    }
    super::lookup::derive_class(|| slots_update::refresh(heap, names, ty));
    ty
}

/// Puts a declaration's contents into the dictionary of its type and computes the slots.
pub(crate) fn fill(heap: &Heap, names: &Names, types: &CoreTypes, ty: Type, def: &'static TypeDef) {
    ty.data().set_def(def);
    ty.data().add_flags(TypeFlags(def.flags.0));
    let dict = ty.dict();
    let shape = |t: Type| t.instance_shape(heap);
    let intern = |s: &str| heap.intern(s.as_bytes());
    for info in SLOTS {
        if (info.is_set)(&def.slots) {
            for d in
                info.dunders.iter().filter(|d| d.name != "__getattr__" && !(d.name == "__radd__" && concatenates(def)))
            {
                let atom = (d.atom)(names);
                if dict.get_str(atom).is_none() {
                    dict.set_str(
                        heap,
                        atom,
                        NativeObj::wrapper(heap, shape(types.wrapper_descriptor), d, ty, Value::EMPTY).value(),
                    );
                }
            }
        }
    }
    if def.init.is_some() && dict.get_str(names.__init__).is_none() {
        let d = &SlotId::init.info().dunders[0];
        dict.set_str(
            heap,
            names.__init__,
            NativeObj::wrapper(heap, shape(types.wrapper_descriptor), d, ty, Value::EMPTY).value(),
        );
    }
    let new = def.new.as_ref().or(def.slots.new.map(|_| &GENERIC_NEW));
    if let Some(new) = new {
        dict.set_str(
            heap,
            names.__new__,
            NativeObj::new_function(heap, shape(types.builtin_function), new, ty).value(),
        );
    }
    for m in def.methods {
        dict.set_str(
            heap,
            intern(m.name),
            NativeObj::method(heap, shape(types.method_descriptor), m, ty, false).value(),
        );
    }
    for m in def.class_methods {
        dict.set_str(
            heap,
            intern(m.name),
            NativeObj::method(heap, shape(types.classmethod_descriptor), m, ty, true).value(),
        );
    }
    for m in def.static_methods {
        let f =
            NativeObj::function(heap, shape(types.builtin_function), m, Value::EMPTY, Value::EMPTY, ty.value()).value();
        dict.set_str(heap, intern(m.name), super::descriptors::new_staticmethod(heap, types, f));
    }
    for g in def.getsets {
        dict.set_str(heap, intern(g.name), NativeObj::getset(heap, shape(types.getset_descriptor), g, ty).value());
    }
    for m in def.members {
        dict.set_str(heap, intern(m.name), NativeObj::member(heap, shape(types.member_descriptor), m, ty).value());
    }
    for (name, c) in def.attrs {
        dict.set_str(heap, intern(name), constant(heap, c));
    }
    let object_layout = ty.data().layout == Layout::Object;
    // A native subclass of a core type is an object that wraps one.
    let has_attributes = object_layout || !def.bases.is_empty();
    if def.flags.has(TypeFlags::HAS_DICT) && has_attributes && dict.get_str(names.__dict__).is_none() {
        let getset = &super::object_type::NATIVE_DICT_GETSET;
        dict.set_str(heap, names.__dict__, NativeObj::getset(heap, shape(types.getset_descriptor), getset, ty).value());
    }
    let own_doc = def.getsets.iter().any(|g| g.name == "__doc__");
    if !own_doc && (dict.get_str(names.__doc__).is_none() || !def.doc.is_empty()) {
        let doc = if def.doc.is_empty() { Value::NONE } else { Str::new(heap, def.doc) };
        dict.set_str(heap, names.__doc__, doc);
    }
    // A type that compares but does not hash is unhashable.
    if def.slots.richcmp.is_some() && def.slots.hash.is_none() && dict.get_str(names.__hash__).is_none()
        || def.slots.hash.is_some_and(|h| h as usize == super::slots::hash_not_implemented as *const () as usize)
    {
        dict.set_str(heap, names.__hash__, Value::NONE);
    }
    super::lookup::derive_class(|| slots_update::refresh_tree(heap, names, ty));
}

/// Whether `add` is concatenation, which has no reflected form.
fn concatenates(def: &TypeDef) -> bool {
    def.flags.has(TypeFlags::SEQUENCE)
        || matches!(def.name, "list" | "tuple" | "str" | "bytes" | "bytearray" | "deque" | "array")
}

/// Stands in dictionaries for a `__new__` that is declared as a slot; calls go to the slot.
static GENERIC_NEW: NativeDef = NativeDef::new(
    "__new__",
    "($type, *args, **kwargs)",
    |cx, _| Err(cx.system_error("__new__ is called through the slot")),
    "Create and return a new object.  See help(type) for accurate signature.",
);

/// The value of a declared constant.
pub fn constant(heap: &Heap, c: &Const) -> Value {
    match *c {
        Const::None => Value::NONE,
        Const::Bool(b) => Value::bool(b),
        Const::Int(i) => int::from_i64(heap, i),
        Const::Uint(u) => int::from_u64(heap, u),
        Const::Float(f) => float::new(heap, f),
        Const::Str(s) => Str::new(heap, s),
        Const::Bytes(b) => Bytes::new(heap, b),
        Const::StrTuple(items) => Tuple::build(heap, items.len(), |i| heap.intern(items[i].as_bytes())),
    }
}

/// Records `sub` among the subclasses of `base`, weakly.
pub(crate) fn add_subclass(heap: &Heap, base: Type, sub: Type) {
    if let Some(list) = List::of(base.word(layout::SUBCLASSES)) {
        // Whoever sees the base may ask for its subclasses.
        if heap.is_shared(base.value()) {
            heap.promote(sub.value());
        }
        let weak = heap.new_weak(sub.value(), Value::EMPTY);
        super::lookup::with_type_lock(|| {
            // Now and then, dead entries are reused. Nothing moves: another thread may be walking the list.
            let n = list.len();
            if n >= 64 && n.is_power_of_two() {
                let dead = (0..n).find(|&i| list.get(i).is_some_and(|w| heap.weak_get(w).is_none()));
                if let Some(i) = dead {
                    list.set(heap, i, weak);
                    return;
                }
            }
            list.push(heap, weak);
        });
    }
}

/// Removes `sub` from the subclasses of `base`.
pub(crate) fn remove_subclass(heap: &Heap, base: Type, sub: Type) {
    if let Some(list) = List::of(base.word(layout::SUBCLASSES)) {
        super::lookup::with_type_lock(|| {
            let place = list.items().position(|w| heap.weak_get(w) == Some(sub.value()));
            if let Some(i) = place {
                list.pop_at(heap, i);
            }
        });
    }
}

/// The live direct subclasses.
pub(crate) fn subclasses(heap: &Heap, ty: Type) -> impl Iterator<Item = Type> {
    let list = List::of(ty.word(layout::SUBCLASSES));
    (0..list.map_or(0, |l| l.len()))
        .filter_map(move |i| list.and_then(|l| l.get(i)).and_then(|w| heap.weak_get(w)).and_then(Type::of))
}

impl Ctx {
    /// The type of a declaration, made at the first call (its bases first).
    pub fn add_type(&mut self, def: &'static TypeDef) -> Type {
        if let Some(ty) = self.registry.get(def) {
            return ty;
        }
        for base in def.bases {
            if let BaseRef::Def(base) = base {
                self.add_type(base);
            }
        }
        let (names, types, registry) = (self.names, self.types, self.registry);
        let ty = make(self, names, types, registry, def);
        fill(self, names, types, ty, def);
        if self.is_shared(types.object.value()) {
            self.promote(ty.value());
        }
        // Other threads see it whole; of two that make it at once the first one's counts.
        registry.set(self.space(), def, ty)
    }

    /// The type of a declaration; the same as [`Ctx::add_type`].
    #[inline]
    pub fn type_of_def(&mut self, def: &'static TypeDef) -> Type {
        match self.registry.get(def) {
            Some(ty) => ty,
            None => self.add_type(def),
        }
    }

    /// Gives a core type its methods and slots.
    pub fn fill_type(&mut self, ty: Type, def: &'static TypeDef) {
        let (names, types, registry) = (self.names, self.types, self.registry);
        fill(self, names, types, ty, def);
        registry.set(self.space(), def, ty);
        super::lookup::bump_epoch();
    }

    /// Whether `v` is an instance of the declared type.
    pub fn is_def(&mut self, v: Value, def: &'static TypeDef) -> bool {
        let ty = self.type_of_def(def);
        super::type_of(self, v).is_subtype(ty)
    }

    /// As [`Ctx::new_object`], for a type that has been made; `None` before.
    #[inline]
    pub fn new_object_of_known(&self, def: &'static TypeDef, native: &[Value]) -> Option<Value> {
        Some(instance::new_with_slots(self, self.registry.get(def)?, native))
    }

    /// A new object of a declared type, with the given native slots.
    pub fn new_object(&mut self, def: &'static TypeDef, native: &[Value]) -> Value {
        let ty = self.type_of_def(def);
        instance::new_with_slots(self, ty, native)
    }
}
