//! Functions in Python that C calls.
//!
//! C calls them within a foreign call of this thread, whose blocking region is left for as long as Python code runs, or on a thread of
//! its own, which gets a context for the time. The closure refers to its function weakly: a program that drops the function has taken its
//! word back, and a function that refers to itself can die.

use engine::ctx::Runtime;
use engine::prelude::*;
use proto_core::Shared;

use crate::info::{self, Form, Info};
use crate::raw::{self, Closure, Type as CallType};
use crate::{codes, data, errno, function};

/// The closure of a function's object, which is `extra`.
pub fn closure(cx: &mut Ctx, extra: Value, info: Value) -> Res<Closure> {
    let Some(types) = Tuple::of(info::part(cx, info, info::slot::ARGTYPES)) else {
        return Err(cx.type_error("cannot construct instance of this class: no argtypes"));
    };
    let mut args = Vec::new();
    for (i, ty) in types.items().enumerate() {
        match info::of_class(cx, ty).and_then(|i| info::peek(cx, i)) {
            Some(i) => args.push(i.call.clone()),
            None => return Err(cx.type_error(format!("item {} in _argtypes_ is no C type", i + 1))),
        }
    }
    let restype = info::part(cx, info, info::slot::RESTYPE);
    let ret = match restype {
        v if v.is_none() => CallType::Void,
        class => match info::of_class(cx, class).and_then(|i| info::peek(cx, i)) {
            Some(Info { form: Form::Simple(_), call, .. }) => call.clone(),
            _ => return Err(cx.type_error("invalid result type for callback function")),
        },
    };
    let uses_errno = info::data(cx, info)?.flags & function::USE_ERRNO != 0;
    let weak = cx.new_weak(extra, Value::EMPTY);
    let parts = Tuple::new(cx, &[weak, types.value(), restype]);
    let told = Told { rt: cx.rt, parts: Shared::new(cx, parts), uses_errno };
    let handler = move |args: &[usize], out: &mut [u8]| told.answer(args, out);
    match Closure::new(args, ret, Box::new(handler)) {
        Some(closure) => Ok(closure),
        None => Err(cx.memory_error()),
    }
}

struct Told {
    rt: &'static Runtime,
    /// A weak reference to the function's object, its argument types, its result's type.
    parts: Shared,
    uses_errno: bool,
}

impl Told {
    fn answer(&self, args: &[usize], out: &mut [u8]) {
        errno::exchanged(self.uses_errno, || {
            raw::current_outside(|outside| {
                if let Some(outside) = outside {
                    if outside.inside(|cx| self.run(cx, args, out)).is_none() {
                        complain("called while Python code runs on the thread");
                    }
                } else if self.rt.thread_idents().contains(&proto_core::os::thread_ident()) {
                    // A signal's handler, say: the thread is anywhere in the runtime.
                    complain("called by the system in the middle of something else");
                } else {
                    let mut cx = Ctx::attach(self.rt);
                    self.run(&mut cx, args, out);
                    modules_system::lifecycle::thread_ends(&mut cx);
                }
            });
        });
    }

    fn run(&self, cx: &mut Ctx, args: &[usize], out: &mut [u8]) {
        let handled = cx.handled_exc();
        let Some(parts) = Tuple::of(self.parts.get(cx)) else { return };
        let Some(extra) = cx.weak_get(parts.get(0)).and_then(Obj::of) else {
            complain("called after its function object was dropped");
            return;
        };
        let callable = extra.slot(cx, function::slot::CALLABLE);
        if let Err(raised) = call(cx, callable, parts.get(1), args, parts.get(2), out) {
            let shown = protocol::repr_lossy(cx, callable);
            let text = format!("Exception ignored while calling ctypes callback function {shown}");
            engine::exceptions::unraisable(cx, raised, &text, Value::NONE);
        }
        cx.set_handled_exc(handled);
    }
}

fn complain(what: &str) {
    eprintln!("ctypes callback function {what}; it has given zero");
}

fn call(cx: &mut Ctx, callable: Value, types: Value, args: &[usize], restype: Value, out: &mut [u8]) -> Res<()> {
    let mut given = RootVec::new(cx);
    let Some(types) = Tuple::of(types) else { return Ok(()) };
    for (ty, &at) in types.items().zip(args) {
        let info = data::info_of_class(cx, ty)?;
        let v = match *info::data(cx, info)? {
            Info { form: Form::Simple(code), direct: true, swapped, .. } => codes::load(cx, code, at, swapped)?,
            Info { size, .. } => {
                let v = protocol::call(cx, ty, &[])?;
                let m = data::memory(cx, v)?;
                raw::copy(m.addr(), at, size.min(m.size()));
                v
            }
        };
        given.push(v);
    }
    let result = protocol::call(cx, callable, &given)?;
    if restype.is_none() {
        return Ok(());
    }
    if let Err(raised) = answer_with(cx, result, restype, out) {
        let shown = protocol::repr_lossy(cx, callable);
        let text = format!("Exception ignored while converting result of ctypes callback function {shown}");
        engine::exceptions::unraisable(cx, raised, &text, Value::NONE);
    }
    Ok(())
}

fn answer_with(cx: &mut Ctx, result: Value, restype: Value, out: &mut [u8]) -> Res<()> {
    let info = data::info_of_class(cx, restype)?;
    let Info { form: Form::Simple(code), swapped, .. } = *info::data(cx, info)? else { return Ok(()) };
    let mut kept = Ok(Value::NONE);
    let (_, bytes) = raw::with_scratch(|at| kept = codes::store(cx, code, at, result, swapped));
    let kept = kept?;
    let n = out.len().min(bytes.len());
    out[..n].copy_from_slice(&bytes[..n]);
    if kept.is_none() {
        return Ok(());
    }
    // C has the address for as long as it likes.
    std::mem::forget(Shared::new(cx, kept));
    if code != b'O' {
        engine::exceptions::warn(cx, Exc::RuntimeWarning, "memory leak in callback function.", 1)?;
    }
    Ok(())
}
