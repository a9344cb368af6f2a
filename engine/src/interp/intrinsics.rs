//! Rare operations: annotations of namespaces, type parameters, the interactive prompt.

use proto_core::Value;

use super::dispatch::*;
use super::fnptr;
use super::names::namespace_get;
use crate::ctx::{Ctx, PyResult};
use crate::exceptions::Exc;
use crate::objects::{Dict, FnField, Function, GenState, Generator, Tuple};
use crate::protocol;
use engine_code::Intrinsic;

ops! {
    setup_annotations(pc, base, cx, table) {
        let namespace = get(base, 0);
        let namespace = if namespace.is_empty() { fnptr::globals(function(base)) } else { namespace };
        let cxr = publish(pc, base, cx);
        let r = annotations(cxr, namespace);
        finish_unit!(r, pc, base, cx, table)
    }

    call_intrinsic(pc, base, cx, table) {
        let at = pc.first();
        let cxr = publish(pc, base, cx);
        let second = if Intrinsic::from_u8(pc.count() as u8).is_some_and(|i| i.arity() > 1) { get(base, at + 1) } else { Value::NONE };
        let r = intrinsic(cxr, pc.count() as u8, get(base, at), second);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

#[inline(never)]
fn annotations(cx: &mut Ctx, namespace: Value) -> PyResult<()> {
    let name = cx.names.__annotations__;
    if namespace_get(cx, namespace, name)?.is_none() {
        let dict = Dict::new(cx).value();
        return protocol::setitem(cx, namespace, name, dict);
    }
    Ok(())
}

#[inline(never)]
fn intrinsic(cx: &mut Ctx, which: u8, v: Value, second: Value) -> PyResult {
    let Some(which) = Intrinsic::from_u8(which) else { return Err(cx.system_error("unknown intrinsic")) };
    let typing = |cx: &mut Ctx, function: &str, args: &[Value]| {
        let f = protocol::import_attr(cx, "_type_params", function)?;
        protocol::call(cx, f, args)
    };
    match which {
        Intrinsic::Print => {
            let hook = match protocol::import_attr(cx, "sys", "displayhook") {
                Ok(hook) => hook,
                Err(raised) => {
                    cx.clear(raised);
                    return Err(cx.raise(Exc::RuntimeError, "lost sys.displayhook"));
                }
            };
            protocol::call(cx, hook, &[v])?;
            Ok(Value::NONE)
        }
        Intrinsic::TypeVar => typing(cx, "_make_typevar", &[v, Value::NONE, Value::NONE]),
        Intrinsic::TypeVarWithBound => typing(cx, "_make_typevar", &[v, second, Value::NONE]),
        Intrinsic::TypeVarWithConstraints => typing(cx, "_make_typevar", &[v, Value::NONE, second]),
        Intrinsic::ParamSpec => typing(cx, "_make_paramspec", &[v]),
        Intrinsic::TypeVarTuple => typing(cx, "_make_typevartuple", &[v]),
        Intrinsic::SetTypeParamDefault => typing(cx, "_set_typeparam_default", &[v, second]),
        Intrinsic::SubscriptGeneric => typing(cx, "_subscript_generic", &[v]),
        Intrinsic::SetFunctionTypeParams => {
            if let Some(f) = Function::of(v) {
                f.set_extra(cx, FnField::TypeParams, second);
            }
            Ok(v)
        }
        Intrinsic::TypeAlias => match Tuple::of(v) {
            Some(parts) => typing(cx, "_make_typealias", &[parts.get(0), parts.get(1), parts.get(2)]),
            None => Err(cx.system_error("bad type alias")),
        },
        Intrinsic::LeaveIterator => {
            // What else could name it would have said so.
            if let Some(g) = Generator::of(v)
                && g.belongs_to_loop()
                && g.state() == GenState::Suspended
                && cx.finalize_now(v)?
                && g.state() == GenState::Suspended
            {
                // It would not end. Nobody will ask it again.
                g.finish(cx);
            }
            Ok(Value::NONE)
        }
        Intrinsic::CheckAnnotateFormat => {
            if protocol::index(cx, v)? > 2 {
                return Err(cx.raise_args(Exc::NotImplementedError, &[]));
            }
            Ok(Value::NONE)
        }
    }
}
