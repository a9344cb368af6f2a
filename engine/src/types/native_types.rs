//! The types of built-in functions and of the descriptors of native types.

use super::slots::Slots;
use super::{Type, TypeDef, TypeFlags, type_name, type_of};
use crate::exceptions::Exc;
use crate::native::def::{Member, MemberKind};
use crate::native::{Args, GetSet, Native, NativeDef, NativeObj, call_native, docs};
use crate::objects::{Obj, Str, Tuple, hash_pointer};
use crate::protocol::CmpOp;
use crate::{Ctx, PyResult, Raised, protocol};
use proto_core::Value;

const NATIVE: TypeFlags = TypeFlags::NO_NEW.with(TypeFlags::NATIVE_KIND);

/// `builtin_function_or_method`.
pub static BUILTIN_FUNCTION: TypeDef = TypeDef {
    flags: NATIVE.with(TypeFlags::HAS_WEAKREF),
    slots: Slots {
        repr: Some(function_repr),
        call: Some(call_native),
        hash: Some(function_hash),
        richcmp: Some(function_cmp),
        ..Slots::NONE
    },
    getsets: &[
        GetSet::ro("__name__", get_name, ""),
        GetSet::ro("__qualname__", get_qualname, ""),
        GetSet::ro("__self__", get_self, ""),
        GetSet::rw("__module__", get_module, set_module, ""),
        GetSet::ro("__doc__", get_doc, ""),
        GetSet::ro("__text_signature__", get_text_signature, ""),
    ],
    methods: &[NativeDef::new("__reduce__", "($self, /)", function_reduce, "").hide_sig()],
    ..TypeDef::new("builtins", "builtin_function_or_method")
};

/// What all descriptors of native types show.
static DESCRIPTOR_GETSETS: &[GetSet] = &[
    GetSet::ro("__name__", get_name, ""),
    GetSet::ro("__qualname__", get_qualname, ""),
    GetSet::ro("__objclass__", get_objclass, ""),
    GetSet::ro("__doc__", get_doc, ""),
    GetSet::ro("__text_signature__", get_text_signature, ""),
];

static DESCRIPTOR_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", descriptor_reduce, "").hide_sig()];

/// `method_descriptor`.
pub static METHOD_DESCRIPTOR: TypeDef = TypeDef {
    flags: NATIVE.with(TypeFlags::METHOD_DESCRIPTOR),
    slots: Slots { repr: Some(descriptor_repr), call: Some(call_native), descr_get: Some(method_get), ..Slots::NONE },
    getsets: DESCRIPTOR_GETSETS,
    methods: DESCRIPTOR_METHODS,
    ..TypeDef::new("builtins", "method_descriptor")
};

/// `classmethod_descriptor`.
pub static CLASSMETHOD_DESCRIPTOR: TypeDef = TypeDef {
    flags: NATIVE,
    slots: Slots {
        repr: Some(descriptor_repr),
        call: Some(call_native),
        descr_get: Some(classmethod_get),
        ..Slots::NONE
    },
    getsets: DESCRIPTOR_GETSETS,
    ..TypeDef::new("builtins", "classmethod_descriptor")
};

/// `wrapper_descriptor`.
pub static WRAPPER_DESCRIPTOR: TypeDef = TypeDef {
    flags: NATIVE.with(TypeFlags::METHOD_DESCRIPTOR),
    slots: Slots { repr: Some(descriptor_repr), call: Some(call_native), descr_get: Some(wrapper_get), ..Slots::NONE },
    getsets: DESCRIPTOR_GETSETS,
    methods: DESCRIPTOR_METHODS,
    ..TypeDef::new("builtins", "wrapper_descriptor")
};

/// `method-wrapper`.
pub static METHOD_WRAPPER: TypeDef = TypeDef {
    flags: NATIVE,
    slots: Slots {
        repr: Some(method_wrapper_repr),
        call: Some(call_native),
        hash: Some(function_hash),
        richcmp: Some(function_cmp),
        ..Slots::NONE
    },
    getsets: &[
        GetSet::ro("__name__", get_name, ""),
        GetSet::ro("__qualname__", get_qualname, ""),
        GetSet::ro("__self__", get_self, ""),
        GetSet::ro("__objclass__", get_objclass, ""),
        GetSet::ro("__doc__", get_doc, ""),
        GetSet::ro("__text_signature__", get_text_signature, ""),
    ],
    methods: &[NativeDef::new("__reduce__", "($self, /)", function_reduce, "").hide_sig()],
    ..TypeDef::new("builtins", "method-wrapper")
};

/// `getset_descriptor`.
pub static GETSET_DESCRIPTOR: TypeDef = TypeDef {
    flags: NATIVE,
    slots: Slots {
        repr: Some(attribute_repr),
        descr_get: Some(getset_get),
        descr_set: Some(getset_set),
        ..Slots::NONE
    },
    getsets: DESCRIPTOR_GETSETS,
    ..TypeDef::new("builtins", "getset_descriptor")
};

/// `member_descriptor`.
pub static MEMBER_DESCRIPTOR: TypeDef = TypeDef {
    flags: NATIVE,
    slots: Slots { repr: Some(member_repr), descr_get: Some(member_get), descr_set: Some(member_set), ..Slots::NONE },
    getsets: DESCRIPTOR_GETSETS,
    methods: DESCRIPTOR_METHODS,
    ..TypeDef::new("builtins", "member_descriptor")
};

fn handle(cx: &mut Ctx, v: Value) -> PyResult<NativeObj> {
    NativeObj::of(v).ok_or_else(|| cx.system_error("a native object is needed"))
}

fn name_text(cx: &Ctx, n: NativeObj) -> String {
    protocol::text(cx, n.name(cx))
}

fn get_name(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    Ok(n.name(cx))
}

fn get_qualname(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    let name = name_text(cx, n);
    let owner = match n.native() {
        Native::Function(_) => match (Type::of(n.receiver()), n.owner()) {
            (Some(t), _) => Some(t),
            (None, _) if n.receiver() != Value::EMPTY => Some(type_of(cx, n.receiver())),
            (None, owner) => owner,
        },
        _ => n.owner(),
    };
    let text = match owner {
        Some(t) => format!("{}.{name}", t.qualname_str()),
        None => name,
    };
    Ok(Str::from_text(cx, &text))
}

fn get_self(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    if n.receiver() != Value::EMPTY {
        return Ok(n.receiver());
    }
    // Functions of modules are bound to their module, static methods to nothing.
    if n.owner().is_some() {
        return Ok(Value::NONE);
    }
    let module = n.module();
    if let Some(m) = cx.rt.modules(cx).get_str(module) {
        return Ok(m);
    }
    Ok(Value::NONE)
}

fn get_module(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    Ok(n.module().non_empty().unwrap_or(Value::NONE))
}

fn set_module(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let n = handle(cx, v)?;
    n.set_module(cx, value);
    Ok(())
}

fn get_doc(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    if !n.doc().is_empty() {
        return Ok(Str::new(cx, n.doc()));
    }
    let found = match n.owner() {
        Some(t) => t.data().def().and_then(|def| docs::of(def.module, &format!("{}.{}", def.name, name_text(cx, n)))),
        None => Str::of(n.module()).and_then(|module| docs::of(&module.to_text(), &name_text(cx, n))),
    };
    Ok(found.map_or(Value::NONE, |doc| Str::new(cx, doc)))
}

fn get_text_signature(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    Ok(match n.text_signature() {
        Some(s) => Str::new(cx, s),
        None => Value::NONE,
    })
}

fn get_objclass(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    Ok(n.owner().map_or(Value::NONE, Type::value))
}

fn function_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    let name = name_text(cx, n);
    let receiver = match n.native() {
        Native::New(_) => n.receiver(),
        _ if n.receiver() != Value::EMPTY => n.receiver(),
        _ => n.owner().map_or(Value::EMPTY, Type::value),
    };
    let text = if receiver == Value::EMPTY {
        format!("<built-in function {name}>")
    } else {
        format!("<built-in method {name} of {} object at {:#x}>", type_name(cx, receiver), protocol::id_of(receiver))
    };
    Ok(Str::from_text(cx, &text))
}

/// What two bound functions must share to be equal.
fn identity(v: Value) -> Option<(usize, Value, bool)> {
    let n = NativeObj::of(v)?;
    Some(match n.native() {
        Native::Function(d) | Native::New(d) => (std::ptr::from_ref(d).addr(), n.receiver(), false),
        Native::MethodWrapper(d) => (std::ptr::from_ref(d).addr(), n.receiver(), true),
        _ => return None,
    })
}

fn function_hash(_: &mut Ctx, v: Value) -> PyResult<i64> {
    let Some((def, receiver, _)) = identity(v) else { return Ok(hash_pointer(v)) };
    let h = hash_pointer(receiver) ^ (def >> 4) as i64;
    Ok(if h == -1 { -2 } else { h })
}

fn function_cmp(_: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (identity(a), identity(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(match op {
        CmpOp::Eq => Value::bool(x == y),
        CmpOp::Ne => Value::bool(x != y),
        _ => Value::NOT_IMPLEMENTED,
    })
}

fn function_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let n = handle(cx, args[0])?;
    let name = n.name(cx);
    let receiver = match n.native() {
        Native::Function(_) if n.receiver() == Value::EMPTY => match n.owner() {
            Some(owner) => owner.value(),
            None => return Ok(name),
        },
        _ => get_self(cx, args[0])?,
    };
    reduce_getattr(cx, receiver, name)
}

fn descriptor_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let n = handle(cx, args[0])?;
    let name = n.name(cx);
    let owner = n.owner().map_or(Value::NONE, Type::value);
    reduce_getattr(cx, owner, name)
}

/// `(getattr, (object, name))`.
pub fn reduce_getattr(cx: &mut Ctx, object: Value, name: Value) -> PyResult {
    let getattr = protocol::import_attr(cx, "builtins", "getattr")?;
    let args = Tuple::new(cx, &[object, name]);
    Ok(Tuple::new(cx, &[getattr, args]))
}

fn repr_as(cx: &mut Ctx, v: Value, what: &str) -> PyResult {
    let n = handle(cx, v)?;
    let owner = n.owner().map_or("?".to_owned(), Type::message_name);
    let text = format!("<{what} '{}' of '{owner}' objects>", name_text(cx, n));
    Ok(Str::from_text(cx, &text))
}

fn descriptor_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    repr_as(cx, v, if matches!(n.native(), Native::SlotWrapper(_)) { "slot wrapper" } else { "method" })
}

fn attribute_repr(cx: &mut Ctx, v: Value) -> PyResult {
    repr_as(cx, v, "attribute")
}

fn member_repr(cx: &mut Ctx, v: Value) -> PyResult {
    repr_as(cx, v, "member")
}

fn method_wrapper_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let n = handle(cx, v)?;
    let receiver = n.receiver();
    let text = format!(
        "<method-wrapper '{}' of {} object at {:#x}>",
        name_text(cx, n),
        type_name(cx, receiver),
        protocol::id_of(receiver)
    );
    Ok(Str::from_text(cx, &text))
}

/// Checks that a descriptor applies to `obj`.
fn check(cx: &mut Ctx, n: NativeObj, obj: Value) -> PyResult<()> {
    match n.owner() {
        Some(owner) if type_of(cx, obj).is_subtype(owner) => Ok(()),
        _ => Err(wrong_receiver(cx, n, obj)),
    }
}

#[cold]
fn wrong_receiver(cx: &mut Ctx, n: NativeObj, obj: Value) -> Raised {
    let (name, got) = (name_text(cx, n), type_name(cx, obj));
    let owner = n.owner().map_or(String::new(), Type::message_name);
    cx.type_error(format!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{got}' object"))
}

fn absent(v: Value) -> bool {
    v == Value::EMPTY
}

fn method_get(cx: &mut Ctx, d: Value, obj: Value, _: Value) -> PyResult {
    if absent(obj) {
        return Ok(d);
    }
    let n = handle(cx, d)?;
    check(cx, n, obj)?;
    let (Native::Method(def), Some(owner)) = (n.native(), n.owner()) else { return Ok(d) };
    let shape = cx.types.builtin_function.instance_shape(cx);
    Ok(NativeObj::function(cx, shape, def, obj, Value::EMPTY, owner.value()).value())
}

fn classmethod_get(cx: &mut Ctx, d: Value, obj: Value, owner: Value) -> PyResult {
    let n = handle(cx, d)?;
    let class = if absent(owner) { type_of(cx, obj).value() } else { owner };
    let (Native::ClassMethod(def), Some(declared)) = (n.native(), n.owner()) else { return Ok(d) };
    match Type::of(class) {
        Some(t) if t.is_subtype(declared) => {}
        Some(t) => {
            let (name, wanted, got) = (name_text(cx, n), declared.message_name(), t.message_name());
            return Err(
                cx.type_error(format!("descriptor '{name}' requires a subtype of '{wanted}' but received '{got}'"))
            );
        }
        None => {
            let (name, wanted, got) = (name_text(cx, n), declared.message_name(), type_name(cx, class));
            return Err(
                cx.type_error(format!("descriptor '{name}' for type '{wanted}' needs a type, not a '{got}' as arg 2"))
            );
        }
    }
    let shape = cx.types.builtin_function.instance_shape(cx);
    Ok(NativeObj::function(cx, shape, def, class, Value::EMPTY, declared.value()).value())
}

fn wrapper_get(cx: &mut Ctx, d: Value, obj: Value, _: Value) -> PyResult {
    if absent(obj) {
        return Ok(d);
    }
    let n = handle(cx, d)?;
    check(cx, n, obj)?;
    let (Native::SlotWrapper(dunder), Some(owner)) = (n.native(), n.owner()) else { return Ok(d) };
    let shape = cx.types.method_wrapper.instance_shape(cx);
    Ok(NativeObj::wrapper(cx, shape, dunder, owner, obj).value())
}

fn getset_get(cx: &mut Ctx, d: Value, obj: Value, _: Value) -> PyResult {
    if absent(obj) {
        return Ok(d);
    }
    let n = handle(cx, d)?;
    check(cx, n, obj)?;
    match n.native() {
        Native::GetSet(def) => (def.get)(cx, obj),
        _ => Ok(d),
    }
}

fn getset_set(cx: &mut Ctx, d: Value, obj: Value, v: Value) -> PyResult<()> {
    let n = handle(cx, d)?;
    check(cx, n, obj)?;
    match n.native() {
        Native::GetSet(def) => match def.set {
            Some(set) => set(cx, obj, v),
            None => {
                let owner = n.owner().map_or(String::new(), Type::message_name);
                let text = format!("attribute '{}' of '{owner}' objects is not writable", def.name);
                Err(cx.raise(Exc::AttributeError, text))
            }
        },
        _ => Ok(()),
    }
}

/// A fixed slot of an object.
fn read_fixed(cx: &Ctx, obj: Value, i: usize) -> Value {
    Obj::of(obj).map_or(Value::EMPTY, |o| o.slot(cx, i))
}

fn write_fixed(cx: &Ctx, obj: Value, i: usize, v: Value) {
    if let Some(o) = Obj::of(obj) {
        o.set_slot(cx, i, v);
    }
}

fn member_get(cx: &mut Ctx, d: Value, obj: Value, _: Value) -> PyResult {
    if absent(obj) {
        return Ok(d);
    }
    let n = handle(cx, d)?;
    check(cx, n, obj)?;
    let (slot, kind) = match n.native() {
        Native::Member(Member { get: Some(get), .. }) => return get(cx, obj),
        Native::Member(m) => (m.slot as usize, m.kind),
        Native::Slot(i) => (i, MemberKind::OrRaise),
        _ => return Ok(d),
    };
    match (read_fixed(cx, obj, slot), kind) {
        (Value::EMPTY, MemberKind::OrRaise) => {
            let name = n.name(cx);
            let text = format!(
                "'{}' object has no attribute '{}'",
                type_of(cx, obj).shown_name(cx),
                Str::of(name).map_or(String::new(), |s| s.to_text().into_owned())
            );
            Err(cx.attribute_error_with(text, obj, name))
        }
        (Value::EMPTY, _) => Ok(Value::NONE),
        (v, _) => Ok(v),
    }
}

fn member_set(cx: &mut Ctx, d: Value, obj: Value, v: Value) -> PyResult<()> {
    let n = handle(cx, d)?;
    check(cx, n, obj)?;
    match n.native() {
        Native::Member(m) if !m.writable => Err(cx.raise(Exc::AttributeError, "readonly attribute")),
        Native::Member(m) => {
            store_member(cx, n, obj, m, v)?;
            Ok(())
        }
        Native::Slot(i) => {
            if v == Value::EMPTY && read_fixed(cx, obj, i) == Value::EMPTY {
                let name = n.name(cx);
                return Err(cx.raise_args(Exc::AttributeError, &[name]));
            }
            write_fixed(cx, obj, i, v);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn store_member(cx: &mut Ctx, n: NativeObj, obj: Value, m: &Member, v: Value) -> PyResult<()> {
    let slot = m.slot as usize;
    if m.kind == MemberKind::Bool && !v.is_bool() {
        return Err(if v == Value::EMPTY {
            cx.type_error("can't delete numeric/char attribute")
        } else {
            cx.type_error("attribute value type must be bool")
        });
    }
    if v == Value::EMPTY && m.kind == MemberKind::OrRaise && read_fixed(cx, obj, slot) == Value::EMPTY {
        let name = n.name(cx);
        return Err(cx.attribute_error(obj, name));
    }
    write_fixed(cx, obj, slot, v);
    Ok(())
}

impl NativeObj {
    /// The index of the slot that a member descriptor made from `__slots__` reads.
    pub fn slot_index(self) -> Option<usize> {
        match self.native() {
            Native::Slot(i) => Some(i),
            _ => None,
        }
    }
}
