//! The types that the engine knows by name, and how a space gets them.

use super::declare;
use super::{Layout, Type};
use crate::exceptions::table::{EXCEPTIONS, Exc};
use crate::names::Names;
use crate::native::def::{BaseRef, TypeDef, TypeFlags};
use crate::objects::CORE_SHAPES;
use proto_core::Published;
use proto_core::{Heap, Kind, ShapeId, Space, Value};

/// Everything static that a space's contexts share: names, core types, the table of declared types.
pub struct Base {
    /// Interned names.
    pub names: Names,
    /// Core types.
    pub types: CoreTypes,
    /// Types of native declarations.
    pub registry: Registry,
}

// SAFETY: the values are interned names and types, which live as long as the space and are promoted with its roots
// (`visit`) before a second thread exists; afterwards only shared types are added (`Registry::set` promotes).
unsafe impl Sync for Base {}
// SAFETY: as for `Sync`.
unsafe impl Send for Base {}

impl Base {
    /// Shows each reference to `f`: these are roots of the space.
    pub fn visit(&self, f: &mut dyn FnMut(Value)) {
        self.names.visit(f);
        self.types.visit(f);
        for v in &self.registry.types {
            f(v.get());
        }
    }
}

/// How many declarations a program may hold.
const MAX_DEFS: usize = 4096;

/// Types by the number of their declaration.
pub struct Registry {
    /// Type values; EMPTY where a declaration has no type yet.
    types: Box<[Published]>,
}

impl Registry {
    fn new() -> Registry {
        Registry { types: (0..MAX_DEFS).map(|_| Published::default()).collect() }
    }

    /// The type made from `def`.
    #[inline]
    pub fn get(&self, def: &TypeDef) -> Option<Type> {
        Type::of(self.types[def.id.get()].get())
    }

    /// Records the type made from `def`; the first one wins.
    pub fn set(&self, space: &Space, def: &TypeDef, ty: Type) -> Type {
        Type(self.types[def.id.get()].set_first(space, ty.value()))
    }
}

macro_rules! core_types {
    ($( $field:ident = $def:expr; )*) => {
        /// The types that the engine refers to: `cx.types.list`.
        #[allow(missing_docs)]
        pub struct CoreTypes {
            $(pub $field: Type,)*
            exceptions: Box<[Type]>,
        }

        impl CoreTypes {
            fn unset(none: Type) -> CoreTypes {
                CoreTypes { $($field: none,)* exceptions: vec![none; EXCEPTIONS.len()].into_boxed_slice() }
            }

            /// Shows each reference to `f`.
            pub fn visit(&self, f: &mut dyn FnMut(Value)) {
                $(f(self.$field.value());)*
                for t in &self.exceptions {
                    f(t.value());
                }
            }

            fn define_all(&mut self, heap: &Heap, names: &Names, registry: &Registry) {
                $({
                    let def: &'static TypeDef = $def;
                    if registry.get(def).is_none() {
                        self.$field = declare::create(heap, names, self, registry, def);
                    }
                })*
            }

            fn fill_all(&self, heap: &Heap, names: &Names) {
                $( declare::fill(heap, names, self, self.$field, $def); )*
            }
        }
    };
}

/// A core type whose methods come from elsewhere (`fill_type`).
macro_rules! bare {
    ($name:literal) => {
        bare!($name, TypeFlags::NONE)
    };
    ($name:literal, $flags:expr) => {
        bare!($name, $flags, &[])
    };
    ($name:literal, $flags:expr, $bases:expr) => {{
        static DEF: TypeDef = TypeDef { flags: $flags, bases: $bases, ..TypeDef::new("builtins", $name) };
        &DEF
    }};
}

const BASE: TypeFlags = TypeFlags::BASETYPE;
const SEQ: TypeFlags = TypeFlags::BASETYPE.with(TypeFlags::SEQUENCE).with(TypeFlags::MATCH_SELF);

core_types! {
    object = &super::object_type::OBJECT;
    type_ = &super::type_type::TYPE;
    int = bare!("int", BASE.with(TypeFlags::MATCH_SELF));
    bool = bare!("bool", TypeFlags::MATCH_SELF, &[BaseRef::Core(|t| t.int)]);
    float = bare!("float", BASE.with(TypeFlags::MATCH_SELF));
    complex = {
        static DEF: TypeDef = TypeDef { flags: BASE, nnative: 2, ..TypeDef::new("builtins", "complex") };
        &DEF
    };
    str = bare!("str", BASE.with(TypeFlags::MATCH_SELF));
    bytes = bare!("bytes", BASE.with(TypeFlags::MATCH_SELF));
    tuple = bare!("tuple", SEQ);
    list = bare!("list", SEQ);
    dict = bare!("dict", BASE.with(TypeFlags::MAPPING).with(TypeFlags::MATCH_SELF));
    set = bare!("set", BASE.with(TypeFlags::MATCH_SELF));
    frozenset = bare!("frozenset", BASE.with(TypeFlags::MATCH_SELF));
    range = bare!("range", TypeFlags::SEQUENCE);
    slice = bare!("slice");
    none_type = &super::singletons::NONE;
    ellipsis = &super::singletons::ELLIPSIS;
    not_implemented_type = &super::singletons::NOT_IMPLEMENTED;
    list_iterator = bare!("list_iterator");
    list_reverseiterator = bare!("list_reverseiterator");
    tuple_iterator = bare!("tuple_iterator");
    str_iterator = bare!("str_iterator");
    str_ascii_iterator = bare!("str_ascii_iterator");
    bytes_iterator = bare!("bytes_iterator");
    range_iterator = bare!("range_iterator");
    longrange_iterator = bare!("longrange_iterator");
    dict_keyiterator = bare!("dict_keyiterator");
    dict_valueiterator = bare!("dict_valueiterator");
    dict_itemiterator = bare!("dict_itemiterator");
    dict_reversekeyiterator = bare!("dict_reversekeyiterator");
    dict_reversevalueiterator = bare!("dict_reversevalueiterator");
    dict_reverseitemiterator = bare!("dict_reverseitemiterator");
    set_iterator = bare!("set_iterator");
    enumerate = {
        static DEF: TypeDef = TypeDef { flags: BASE, nnative: 2, ..TypeDef::new("builtins", "enumerate") };
        &DEF
    };
    reversed = {
        static DEF: TypeDef = TypeDef { flags: BASE, nnative: 2, ..TypeDef::new("builtins", "reversed") };
        &DEF
    };
    zip = {
        static DEF: TypeDef = TypeDef { flags: BASE, nnative: 2, ..TypeDef::new("builtins", "zip") };
        &DEF
    };
    dict_keys = bare!("dict_keys");
    dict_values = bare!("dict_values");
    dict_items = bare!("dict_items");
    function = &super::function_type::FUNCTION;
    method = &super::function_type::METHOD;
    cell = &super::function_type::CELL;
    builtin_function = &super::native_types::BUILTIN_FUNCTION;
    method_descriptor = &super::native_types::METHOD_DESCRIPTOR;
    classmethod_descriptor = &super::native_types::CLASSMETHOD_DESCRIPTOR;
    wrapper_descriptor = &super::native_types::WRAPPER_DESCRIPTOR;
    method_wrapper = &super::native_types::METHOD_WRAPPER;
    getset_descriptor = &super::native_types::GETSET_DESCRIPTOR;
    member_descriptor = &super::native_types::MEMBER_DESCRIPTOR;
    property = &super::property::PROPERTY;
    classmethod = &super::descriptors::CLASSMETHOD;
    staticmethod = &super::descriptors::STATICMETHOD;
    super_ = &super::super_type::SUPER;
    mappingproxy = &super::mappingproxy::MAPPINGPROXY;
    simple_namespace = &super::simple_namespace::SIMPLE_NAMESPACE;
    generic_alias = &super::generic_alias::GENERIC_ALIAS;
    union_type = &super::union::UNION;
    module = &super::module_type::MODULE;
    sequence_iterator = &crate::protocol::iter::SEQUENCE_ITERATOR;
    bytearray_iterator = &crate::protocol::iter::BYTEARRAY_ITERATOR;
    memory_iterator = &crate::protocol::iter::MEMORY_ITERATOR;
    callable_iterator = &crate::protocol::iter::CALLABLE_ITERATOR;
    generator = interp_def("generator");
    coroutine = interp_def("coroutine");
    async_generator = interp_def("async_generator");
    frame = interp_def("frame");
    traceback = interp_def("traceback");
    code = interp_def("code");
}

/// A declaration of the interpreter's, by its name.
fn interp_def(name: &str) -> &'static TypeDef {
    match crate::interp::TYPE_DEFS.iter().find(|d| d.name == name) {
        Some(d) => d,
        None => unreachable!("the interpreter declares no type {name}"),
    }
}

impl CoreTypes {
    /// The type of a built-in exception.
    #[inline]
    pub fn exc(&self, exc: Exc) -> Type {
        self.exceptions[exc as usize]
    }

    /// Which built-in exception `ty` is, if it is exactly one.
    pub fn exc_of(&self, ty: Type) -> Option<Exc> {
        self.exceptions.iter().position(|&t| t == ty).map(|i| EXCEPTIONS[i].exc)
    }
}

/// The fixed shape of a core type, with the kind of its objects.
pub(crate) fn core_shape(name: &str) -> Option<(ShapeId, Kind)> {
    if name == "complex" {
        return Some((COMPLEX_SHAPE, Kind::Object));
    }
    CORE_SHAPES.iter().find(|s| s.name == name).map(|s| (s.id, s.kind))
}

/// The shape of complex numbers: native slots 0 and 1 are floats.
pub const COMPLEX_SHAPE: ShapeId = ShapeId(63);

/// Shapes below this id belong to core types.
const FIXED_SHAPES: u32 = 64;

/// Makes the shapes with fixed ids; they come before any other.
fn create_fixed_shapes(heap: &Heap) {
    use proto_core::ShapeMode::Fixed;
    let space = heap.space();
    for id in 16..FIXED_SHAPES {
        let (kind, nnative) = match CORE_SHAPES.iter().find(|s| s.id.0 == id) {
            Some(s) => (s.kind, s.nnative),
            None if id == COMPLEX_SHAPE.0 => (Kind::Object, 2),
            None => (Kind::Object, 0),
        };
        let shape =
            space.new_shape(heap, kind, Value::EMPTY, nnative, super::instance::inline_capacity(nnative), Fixed);
        debug_assert_eq!(shape.id.0, id);
    }
}

/// A complex number.
pub fn complex_value(heap: &Heap, re: f64, im: f64) -> Value {
    crate::objects::Obj::with_slots(heap, COMPLEX_SHAPE, &[heap.float(re), heap.float(im)])
}

/// The parts of a complex number.
pub fn complex_parts(cx: &crate::Ctx, v: Value) -> Option<(f64, f64)> {
    let o = crate::objects::Obj::of(v).filter(|_| super::type_of(cx, v) == cx.types.complex)?;
    Some((o.at(0).as_float()?, o.at(1).as_float()?))
}

/// The layout of a declared core type's instances.
pub(crate) fn core_layout(def: &TypeDef) -> Option<Layout> {
    if def.module != "builtins" && def.module != "types" {
        return None;
    }
    let (shape, kind) = core_shape(def.name)?;
    Some(match kind {
        Kind::Type => Layout::Type,
        Kind::Object => return None,
        kind => Layout::Core(kind, shape.0),
    })
}

/// Makes names and core types of a space; runs once, in its first context, before any code.
pub fn boot_space(heap: &Heap) -> &'static Base {
    create_fixed_shapes(heap);
    let names = Names::new(heap);
    let registry = Registry::new();
    let (object, type_) = declare::create_roots(heap, &registry);
    let mut types = CoreTypes::unset(object);
    types.object = object;
    types.type_ = type_;
    // What tools that walk the heap come upon inside the runtime's own containers is an object at least.
    heap.space().shape(ShapeId(Kind::Internal as u32)).set_ty(heap, object.value());
    types.define_all(heap, &names, &registry);
    for (i, row) in EXCEPTIONS.iter().enumerate() {
        types.exceptions[i] = declare::create(heap, &names, &types, &registry, row.def);
    }
    // Methods come last: their descriptors have types of their own.
    types.fill_all(heap, &names);
    for (i, row) in EXCEPTIONS.iter().enumerate() {
        declare::fill(heap, &names, &types, types.exceptions[i], row.def);
    }
    for def in crate::interp::TYPE_DEFS {
        if registry.get(def).is_none() {
            let ty = declare::create(heap, &names, &types, &registry, def);
            declare::fill(heap, &names, &types, ty, def);
        }
    }
    for s in CORE_SHAPES {
        debug_assert!(!heap.space().shape(s.id).ty().is_empty(), "no type for the shape of {}", s.name);
    }
    Box::leak(Box::new(Base { names, types, registry }))
}
