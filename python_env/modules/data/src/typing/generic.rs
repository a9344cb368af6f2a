//! `Generic`: what it does is written in Python, in `typing`.

use engine::objects::List;
use engine::prelude::*;
use engine::protocol;

use crate::instances;

pub static GENERIC: TypeDef = TypeDef {
    doc: "Abstract base class for generic types.",
    flags: TypeFlags::BASETYPE,
    class_methods: &[
        NativeDef::new(
            "__class_getitem__",
            "($type, *args, **kwargs)",
            |cx, a| delegate(cx, a, "_generic_class_getitem"),
            "Parameterizes a generic class.",
        ),
        NativeDef::new(
            "__init_subclass__",
            "($type, *args, **kwargs)",
            |cx, a| delegate(cx, a, "_generic_init_subclass"),
            "Function to initialize subclasses.",
        ),
    ],
    ..TypeDef::new("typing", "Generic")
};

fn delegate(cx: &mut Ctx, args: Args, function: &str) -> PyResult {
    let f = protocol::import_attr(cx, "typing", function)?;
    let all = List::from_slice(cx, &[args[0]]);
    for v in instances::varargs(cx, args[1]).items() {
        all.push(cx, v);
    }
    let all = all.to_tuple(cx);
    protocol::call_ex(cx, f, all, args[2])
}

/// `Generic[*params]`, the base of a class with type parameters.
pub fn subscript(cx: &mut Ctx, args: Args) -> PyResult {
    let out = List::new(cx);
    for p in instances::varargs(cx, args[0]).items() {
        if cx.is_def(p, &super::type_var_tuple::TYPE_VAR_TUPLE) {
            let it = super::unpack_iter(cx, p)?;
            if let Some(unpacked) = protocol::next(cx, it)? {
                out.push(cx, unpacked);
            }
        } else {
            out.push(cx, p);
        }
    }
    let params = out.to_tuple(cx);
    let f = protocol::import_attr(cx, "typing", "_generic_class_getitem")?;
    let generic = cx.type_of_def(&GENERIC).value();
    protocol::call(cx, f, &[generic, params])
}
