//! Types: the type object, its slots, lookup through the MRO, construction of classes and instances.
//!
//! A type is an object of kind `Type`; what the engine needs fast and what holds no references sits in a [`TypeData`] behind it.
//! That, and the table of slots that it names, are records of the heap ([`proto_core::Record`]): they live while a word of an
//! object or of a stack names them, so readers need no guard.

pub mod build;
pub mod construct;
pub mod core;
pub mod declare;
pub mod descriptors;
pub mod epoch;
pub mod function_type;
pub mod generic_alias;
pub mod instance;
pub mod lookup;
pub mod mappingproxy;
pub mod module_type;
pub mod mro;
pub mod native_types;
pub mod object_type;
pub mod property;
pub mod reduce;
pub mod simple_namespace;
pub mod singletons;
pub mod slot_python;
pub mod slots;
pub mod slots_update;
pub mod super_type;
pub mod type_attrs;
pub mod type_type;
pub mod union;
pub mod wrappers;

pub use self::core::{Base, COMPLEX_SHAPE, CoreTypes, Registry, boot_space, complex_parts, complex_value};
pub use crate::native::def::{TypeDef, TypeFlags};
pub use build::{build_class, build_class_with};
pub use construct::{PlainNew, new_leaf, plain_new};
pub use lookup::{Cacheable, TypeCache, slot_python_fn, type_epoch, type_lookup, type_lookup_cacheable};
pub use mappingproxy::new_proxy as new_mappingproxy;

use crate::objects::{Dict, Obj, Str, Tuple, shape_of};
use proto_core::sync::{AtomicPtr, AtomicU32, Mutex, Ordering, lock};
use proto_core::{Heap, Kind, Record, ShapeId, Value};
use slots::{Slots, TypeSlots};

/// Word indices of a type object. All words are values; the raw one is int-tagged.
pub(crate) mod layout {
    pub const DATA: usize = 1;
    pub const DICT: usize = 2;
    pub const MRO: usize = 3;
    pub const BASES: usize = 4;
    pub const BASE: usize = 5;
    pub const NAME: usize = 6;
    pub const QUALNAME: usize = 7;
    /// A list of weak references to the direct subclasses.
    pub const SUBCLASSES: usize = 8;
    /// Two cells.
    pub const WORDS: usize = 16;
}

/// What instances of a type are, below their attributes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Layout {
    /// Objects with native slots.
    Object,
    /// Exactly one of the core layouts, or (for subclasses) an object that wraps one in native slot 0.
    Core(Kind, u32),
    /// Types.
    Type,
}

/// The part of a type that holds no references.
pub struct TypeData {
    /// A number that is never reused: proof of identity for caches.
    pub id: u32,
    /// The declaration, of native types (null: none).
    def: AtomicPtr<TypeDef>,
    slots: AtomicPtr<Slots>,
    flags: AtomicU32,
    /// The root shape of fresh instances; 0 until the first one.
    pub(crate) root_shape: AtomicU32,
    /// Root shapes of other inline capacities, for objects whose class was assigned.
    pub(crate) other_shapes: Mutex<Vec<(u32, u32)>>,
    /// Native slots and `__slots__` of an instance, all bases included.
    pub nfixed: u16,
    /// The layout that instances share with those of the solid base.
    pub layout: Layout,
}

/// A type object.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Type(pub(crate) Value);

impl TypeData {
    /// A fresh record. `slots`: a declaration's, or a record's that lives now.
    pub(crate) fn new(
        heap: &Heap,
        def: Option<&'static TypeDef>,
        slots: &'static Slots,
        flags: TypeFlags,
        nfixed: u16,
        layout: Layout,
    ) -> &'static TypeData {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        // Ids are not used again, and caches go by them.
        assert!(id != u32::MAX, "four billion classes were made");
        let data = Box::new(TypeData {
            id,
            def: AtomicPtr::new(def.map_or(std::ptr::null_mut(), |d| std::ptr::from_ref(d).cast_mut())),
            slots: AtomicPtr::new(std::ptr::from_ref(slots).cast_mut()),
            flags: AtomicU32::new(flags.0),
            root_shape: AtomicU32::new(0),
            other_shapes: Mutex::new(Vec::new()),
            nfixed,
            layout,
        });
        heap.space().adopt(heap, data)
    }

    /// The declaration, of native types.
    #[inline]
    pub fn def(&self) -> Option<&'static TypeDef> {
        // SAFETY: null, or from a `&'static TypeDef` (`new`, `set_def`).
        unsafe { self.def.load(Ordering::Acquire).as_ref() }
    }

    /// Sets the declaration (core types get theirs after boot).
    pub(crate) fn set_def(&self, def: &'static TypeDef) {
        self.def.store(std::ptr::from_ref(def).cast_mut(), Ordering::Release);
    }

    /// The slots: an immutable record, replaced as a whole.
    #[inline]
    pub fn slots(&self) -> &'static TypeSlots {
        // SAFETY: the pointer comes from a declaration's slots or from a record (`new`, `set_slots`), which lives while this names
        // it, and after that while the reference is on a stack at each safepoint.
        TypeSlots::of(unsafe { &*self.slots.load(Ordering::Acquire) })
    }

    /// Publishes new slots; the old ones stay while a reader has them on its stack.
    pub(crate) fn set_slots(&self, slots: &'static Slots) {
        self.slots.store(std::ptr::from_ref(slots).cast_mut(), Ordering::Release);
    }

    /// The flags.
    #[inline]
    pub fn flags(&self) -> TypeFlags {
        TypeFlags(self.flags.load(Ordering::Acquire))
    }

    /// Sets flags; gives those before.
    pub fn add_flags(&self, flags: TypeFlags) -> TypeFlags {
        TypeFlags(self.flags.fetch_or(flags.0, Ordering::SeqCst))
    }

    /// Clears flags; gives those before.
    pub fn remove_flags(&self, flags: TypeFlags) -> TypeFlags {
        TypeFlags(self.flags.fetch_and(!flags.0, Ordering::SeqCst))
    }
}

impl Record for TypeData {
    fn visit(&self, f: &mut dyn FnMut(Value)) {
        f(Value::address(self.slots.load(Ordering::Acquire)));
    }

    fn shapes(&self, f: &mut dyn FnMut(ShapeId)) {
        f(ShapeId(self.root_shape.load(Ordering::Acquire)));
        // Nobody comes to a safepoint with this lock.
        for &(_, id) in lock(&self.other_shapes).iter() {
            f(ShapeId(id));
        }
    }

    fn extents(&self, _: &mut dyn FnMut(usize, usize)) {}

    fn bytes(&self) -> usize {
        0
    }
}

impl Type {
    /// The handle of `v`, if it is a type.
    #[inline]
    pub fn of(v: Value) -> Option<Type> {
        v.is_kind(Kind::Type).then_some(Type(v))
    }

    /// The object.
    #[inline]
    pub fn value(self) -> Value {
        self.0
    }

    #[inline]
    pub(crate) fn word(self, index: usize) -> Value {
        // SAFETY: a type has `layout::WORDS` value words and `index` is one of the constants in `layout`.
        unsafe { self.0.load(index) }
    }

    pub(crate) fn set_word(self, heap: &Heap, index: usize, v: Value) {
        // SAFETY: as for `word`.
        unsafe { heap.store(self.0, index, v) }
    }

    /// The record behind the type.
    #[inline]
    pub fn data(self) -> &'static TypeData {
        // SAFETY: the word is written once, at creation, from a record, which lives as long as the type.
        unsafe { &*(self.word(layout::DATA).bits() as *const TypeData) }
    }

    /// The slots.
    #[inline]
    pub fn slots(self) -> &'static TypeSlots {
        self.data().slots()
    }

    /// The flags.
    #[inline]
    pub fn flags(self) -> TypeFlags {
        self.data().flags()
    }

    /// The class dictionary.
    #[inline]
    pub fn dict(self) -> Dict {
        match Dict::of(self.word(layout::DICT)) {
            Some(d) => d,
            None => unreachable!("a type without a dictionary"),
        }
    }

    /// The method resolution order, itself included (empty while the type is being made).
    #[inline]
    pub fn mro(self) -> Option<Tuple> {
        Tuple::of(self.word(layout::MRO))
    }

    /// The types of the MRO.
    pub fn mro_types(self) -> impl Iterator<Item = Type> + Clone {
        let mro = self.mro();
        (0..mro.map_or(0, |m| m.len())).filter_map(move |i| mro.and_then(|m| Type::of(m.get(i))))
    }

    /// `__bases__`.
    pub fn bases(self) -> Tuple {
        let word = self.word(layout::BASES);
        // An instance of a subclass keeps the tuple in its first slot.
        match Tuple::of(word).or_else(|| Tuple::of(Obj::of(word)?.at(0))) {
            Some(t) => t,
            None => unreachable!("a type without bases"),
        }
    }

    /// `__base__`: the base whose layout instances extend (None: this is `object`).
    #[inline]
    pub fn base(self) -> Option<Type> {
        Type::of(self.word(layout::BASE))
    }

    /// `__name__`.
    pub fn name(self) -> Value {
        self.word(layout::NAME)
    }

    /// `__name__` as a Rust string.
    pub fn name_str(self) -> String {
        Str::of(self.name()).map_or(String::new(), |s| s.to_text().into_owned())
    }

    /// The name that messages use: with its module for a type that is native and not a built-in, as CPython's `tp_name`.
    pub fn message_name(self) -> String {
        match self.data().def() {
            Some(def) if def.module != "builtins" && !self.is_heap() => format!("{}.{}", def.module, def.name),
            _ => self.name_str(),
        }
    }

    /// The same as [`Type::name_str`].
    pub fn name_string(self, _: &Heap) -> String {
        self.name_str()
    }

    /// `__qualname__`.
    pub fn qualname(self) -> Value {
        self.word(layout::QUALNAME)
    }

    /// `__qualname__` as a Rust string.
    pub fn qualname_str(self) -> String {
        Str::of(self.qualname()).map_or(String::new(), |s| s.to_text().into_owned())
    }

    /// `module.qualname`, without the module when that is `builtins` or unknown.
    pub fn full_name(self, heap: &Heap) -> String {
        let atom = heap.intern(b"__module__");
        let module = self.dict().get_str(atom).and_then(Str::of).map(|s| s.to_text().into_owned());
        match module {
            Some(m) if m != "builtins" => format!("{m}.{}", self.qualname_str()),
            _ => self.name_str(),
        }
    }

    /// The same as some messages have it: without `__main__`, too.
    pub fn shown_name(self, heap: &Heap) -> String {
        let name = self.full_name(heap);
        name.strip_prefix("__main__.").map(str::to_owned).unwrap_or(name)
    }

    /// Whether this type is `other` or derives from it (by MRO, without hooks).
    #[inline]
    pub fn is_subtype(self, other: Type) -> bool {
        self == other || self.is_proper_subtype(other)
    }

    fn is_proper_subtype(self, other: Type) -> bool {
        match self.mro() {
            Some(mro) => (1..mro.len()).any(|i| mro.get(i) == other.0),
            None => {
                let mut t = self.base();
                while let Some(b) = t {
                    if b == other {
                        return true;
                    }
                    t = b.base();
                }
                false
            }
        }
    }

    /// Whether it was made by a class statement (and so may be changed).
    pub fn is_heap(self) -> bool {
        self.flags().has(TypeFlags::HEAP)
    }
}

/// The type of any value.
#[inline]
pub fn type_of(heap: &Heap, v: Value) -> Type {
    type_of_shape(heap, shape_of(v))
}

/// The quick forms of item access of an instance of a native type itself.
#[inline]
pub fn quick_items(heap: &Heap, v: Value) -> Option<&'static crate::native::def::QuickItems> {
    if v.is_kind(proto_core::Kind::Object) { type_of(heap, v).data().def()?.quick } else { None }
}

/// The type whose instances have this shape.
#[inline]
pub fn type_of_shape(heap: &Heap, shape: ShapeId) -> Type {
    Type(heap.space().shape(shape).ty())
}

/// The name of `v`'s type, for messages (see [`Type::message_name`]).
pub fn type_name(heap: &Heap, v: Value) -> String {
    type_of(heap, v).message_name()
}

/// The name of `v`'s type without its module, as the texts of objects start with it.
pub fn type_short_name(heap: &Heap, v: Value) -> String {
    type_of(heap, v).name_str()
}

/// `module.qualname` of `v`'s type, for messages (without `builtins`).
pub fn type_full_name(heap: &Heap, v: Value) -> String {
    type_of(heap, v).full_name(heap)
}
