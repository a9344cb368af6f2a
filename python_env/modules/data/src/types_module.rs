//! The module `_types`: the types that have no name among the built-ins.

use engine::prelude::*;

pub static TYPES: ModuleDef = ModuleDef {
    doc: "Define names for built-in types.",
    init: Some(|cx, module| {
        let capsule = cx.type_of_def(&CAPSULE);
        let t = cx.types;
        let names: &[(&str, Type)] = &[
            ("AsyncGeneratorType", t.async_generator),
            ("BuiltinFunctionType", t.builtin_function),
            ("BuiltinMethodType", t.builtin_function),
            ("CapsuleType", capsule),
            ("CellType", t.cell),
            ("ClassMethodDescriptorType", t.classmethod_descriptor),
            ("CodeType", t.code),
            ("CoroutineType", t.coroutine),
            ("EllipsisType", t.ellipsis),
            ("FrameType", t.frame),
            ("FunctionType", t.function),
            ("GeneratorType", t.generator),
            ("GenericAlias", t.generic_alias),
            ("GetSetDescriptorType", t.getset_descriptor),
            ("LambdaType", t.function),
            ("MappingProxyType", t.mappingproxy),
            ("MemberDescriptorType", t.member_descriptor),
            ("MethodDescriptorType", t.method_descriptor),
            ("MethodType", t.method),
            ("MethodWrapperType", t.method_wrapper),
            ("ModuleType", t.module),
            ("NoneType", t.none_type),
            ("NotImplementedType", t.not_implemented_type),
            ("SimpleNamespace", t.simple_namespace),
            ("TracebackType", t.traceback),
            ("UnionType", t.union_type),
            ("WrapperDescriptorType", t.wrapper_descriptor),
        ];
        for (name, ty) in names {
            cx.set_module_attr(module, name, ty.value());
        }
        Ok(())
    }),
    ..ModuleDef::new("_types")
};

/// The type of capsules, of which a runtime without C extensions makes none.
static CAPSULE: TypeDef = TypeDef {
    doc: "Capsule objects let you wrap a C \"void *\" pointer in a Python\nobject.",
    flags: TypeFlags::NO_NEW,
    ..TypeDef::new("builtins", "PyCapsule")
};
