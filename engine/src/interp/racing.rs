//! The dispatch table of threads that are looked at for races ([`crate::races`]): every opcode leads to [`step`], which tells what
//! the instruction is about to read or write of shared objects, and what it hands over to other threads or gets from them, and
//! goes on with the opcode's handler.
//!
//! Orders between threads are known by the names of native methods: locks, queues and their like are classes of native modules,
//! and all that `threading`, `queue` and `concurrent.futures` make of them is Python. The library's own code is passed over,
//! whose structures are locked or harmless, but for the locks that it takes.

use proto_core::{Kind, Value};

use super::dispatch::*;
use super::fnptr;
use super::operands::Running;
use crate::ctx::Ctx;
use crate::frames::View;
use crate::native::NativeObj;
use crate::objects::{Dict, List, Method, Set, hashing};
use crate::races::{self, Named, Place, What};

/// Methods after which others may have what the object guards or holds.
const GIVES: &[&str] = &[
    "release",
    "__exit__",
    "_release_save",
    "put",
    "put_nowait",
    "append",
    "appendleft",
    "extend",
    "insert",
    "set_result",
    "set_exception",
];
/// Methods by which a thread gets it. They may fail, and say so by False.
const GETS: &[&str] =
    &["acquire", "__enter__", "_acquire_restore", "get", "get_nowait", "pop", "popleft", "popitem", "locked"];

/// Stands for every opcode's handler while races are looked for. Nothing of its own lies on the native stack: its last call must
/// become a jump.
pub(super) unsafe extern "C" fn step(pc: *const u32, base: *mut Value, cx: *mut Ctx, table: *const Handler) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        observe(pc, base, cx);
        let handler = (*super::dispatch::table().add(*pc as u8 as usize)).0;
        handler(pc, base, cx, table)
    }
}

/// Tells what the instruction before has got, and what this one is about to do.
#[inline(never)]
unsafe fn observe(pc: *const u32, base: *mut Value, cx: *mut Ctx) {
    // SAFETY: the handler contract.
    unsafe {
        if let Some((address, register)) = races::wanted(&mut *cx) {
            // The register may be in a frame that is gone: then the call raised, or gave something away.
            let within = (*cx).run.stack_base.addr()..(*cx).run.hard_limit.addr();
            let got = !within.contains(&register)
                || *(*cx).run.stack_base.wrapping_byte_add(register - within.start) != Value::FALSE;
            if got {
                races::acquired(&mut *cx, address);
            }
        }
        if let Some(running) = Running::at(pc) {
            if code(base).entry() == pc {
                races::begins(&mut *cx, base.addr());
            }
            look(pc, base, &mut *cx, running);
        }
    }
}

/// Whether the code is the library's.
fn is_library(view: &View) -> bool {
    let file: &str = &view.code().code.filename;
    file.starts_with("<frozen ") || file.contains("/lib/python3.14/") && !file.contains("/site-packages/")
}

/// Whether the code is that of `threading` which keeps its lists of threads: what its lock orders is nothing that a program could rely
/// on, and it would order most threads that do not run for long.
fn is_bookkeeping(view: &View) -> bool {
    let code = &view.code().code;
    code.qualname.starts_with("Thread.") && code.filename.ends_with("/lib/python3.14/threading.py")
}

/// Tells what the instruction is about to do.
#[inline(never)]
unsafe fn look(pc: *const u32, base: *mut Value, cx: &mut Ctx, running: Running) {
    use Running as R;
    // SAFETY: handler contract: operands are registers of the frame, or constants of its code.
    unsafe {
        let at = |i: usize| get(base, i);
        let constant = |i: usize| *code(base).consts().add(i);
        let number = |n: i64| Value::int(n).unwrap_or(Value::NONE);
        let globals = || fnptr::globals(function(base));
        let free = |i: usize| (fnptr::closure_cell(function(base), i), code(base).freevars.get(i));
        let own = |i: usize| {
            let named = code(base).code.cellvars.iter().position(|(_, register)| usize::from(*register) == i);
            (at(i), named.and_then(|n| code(base).cellvars.get(n)))
        };
        let variable = |(cell, name): (Value, Option<&Value>), writes: bool| {
            (cell, name.copied().unwrap_or(Value::NONE), Part::Cell, writes)
        };
        let (object, part, kind, writes) = match running {
            R::LoadAttr(i) => (at(i.object()), i.site().name(), Part::Attribute, false),
            R::StoreAttr(i) => (at(i.object()), i.site().name(), Part::Attribute, true),
            R::DeleteAttr(i) => (at(i.value()), i.site().name(), Part::Attribute, true),
            R::LoadGlobal(i) => (globals(), i.site().name(), Part::Entry, false),
            R::StoreGlobal(i) => (globals(), i.site().name(), Part::Entry, true),
            R::DeleteGlobal(i) => (globals(), i.site().name(), Part::Entry, true),
            R::LoadSubscr(i) => (at(i.container()), at(i.key()), Part::Entry, false),
            R::LoadSubscrI(i) => (at(i.container()), number(i.key()), Part::Entry, false),
            R::LoadSubscrK(i) => (at(i.container()), constant(i.key()), Part::Entry, false),
            R::StoreSubscr(i) => (at(i.container()), at(i.key()), Part::Entry, true),
            R::StoreSubscrI(i) => (at(i.container()), number(i.key()), Part::Entry, true),
            R::DeleteSubscr(i) => (at(i.value()), at(i.other()), Part::Entry, true),
            R::Contains(i) | R::NotContains(i) => (at(i.right()), at(i.left()), Part::Member, false),
            R::JIn(i) | R::JNotIn(i) => (at(i.right()), at(i.left()), Part::Member, false),
            R::LoadFree(i) => variable(free(i.cell()), false),
            R::StoreFree(i) => variable(free(i.cell()), true),
            R::LoadCell(i) => variable(own(i.src()), false),
            R::StoreCell(i) => variable(own(i.container()), true),
            R::Call(i) => return calls(pc, base, cx, i.window(), i.dst(), i.arguments()),
            R::CallMethod(i) => return calls(pc, base, cx, i.window(), i.dst(), i.arguments()),
            R::CallKw(i) => return calls(pc, base, cx, i.window(), i.dst(), i.arguments()),
            R::CallMethodKw(i) => return calls(pc, base, cx, i.window(), i.dst(), i.arguments()),
            R::CallEx(i) => return calls(pc, base, cx, i.window(), i.dst(), 0),
            _ => return,
        };
        tell(pc, base, cx, object, part, kind, writes);
    }
}

/// Which part of an object an instruction names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Attribute,
    /// A key or an index.
    Entry,
    /// A key that is looked for: in a list it is none.
    Member,
    Cell,
}

/// The part of a shared object that a key, a name or an index stands for; None if that cannot be told without running code.
fn place(cx: &Ctx, object: Value, part: Value, kind: Part) -> Option<Place> {
    if !object.is_ptr() || !cx.is_shared(object) {
        return None;
    }
    let what = match kind {
        Part::Attribute => What::Attribute(part.bits()),
        Part::Cell => What::Cell,
        _ if Dict::of_sub(cx, object).is_some() || Set::of_sub(cx, object).is_some() => {
            What::Key(hashing::fast_hash(part)?)
        }
        Part::Entry => {
            let (list, i) = (List::of_sub(cx, object)?, part.as_int()?);
            What::Item(if i < 0 { i + list.len() as i64 } else { i })
        }
        Part::Member => return None,
    };
    Some(Place { object: object.addr(), what })
}

unsafe fn tell(pc: *const u32, base: *mut Value, cx: &mut Ctx, object: Value, part: Value, kind: Part, writes: bool) {
    let Some(place) = place(cx, object, part, kind) else { return };
    let view = View { base, pc };
    if is_library(&view) {
        return;
    }
    // SAFETY: handler contract.
    let cx = unsafe { publish(pc, base, cx) };
    let named = Named { object, part, what: place.what };
    if writes { races::writes(cx, &view, place, &named) } else { races::reads(cx, &view, place, &named) }
}

/// A call: of what orders threads, or of a dict's methods that look for a key.
unsafe fn calls(pc: *const u32, base: *mut Value, cx: &mut Ctx, window: usize, dst: usize, n: usize) {
    // SAFETY: handler contract: callee, receiver and arguments are registers of the frame.
    unsafe {
        let (callee, first) = (get(base, window), base.add(window + 2));
        let function = Method::of(callee).map_or(callee, Method::func);
        if !function.is_kind(Kind::Native) {
            return;
        }
        let Some(native) = NativeObj::of(function) else { return };
        let Some(name) = native.declared_name() else { return };
        let bound = match Method::of(callee) {
            Some(method) => Some(method.self_()),
            None => native.receiver().non_empty().filter(|_| native.owner().is_some()),
        };
        // After `load_method` the receiver may be missing, and the arguments begin behind it.
        let (receiver, key) = match bound {
            Some(receiver) => (receiver, if (*first).is_empty() { *first.add(1) } else { *first }),
            None if n == 0 => return,
            None => (*first, if n > 1 { *first.add(1) } else { Value::EMPTY }),
        };
        if !receiver.is_ptr() || is_bookkeeping(&View { base, pc }) {
            return;
        }
        if Dict::of_sub(cx, receiver).is_some() {
            let writes = match name {
                "get" | "__contains__" | "__getitem__" => false,
                "__setitem__" | "__delitem__" => true,
                _ => return,
            };
            if n > 0 && !key.is_empty() {
                tell(pc, base, cx, receiver, key, Part::Entry, writes);
            }
        } else if GIVES.contains(&name) {
            races::released(cx, receiver.addr());
        } else if GETS.contains(&name) {
            races::wants(cx, receiver.addr(), base.add(dst));
        }
    }
}
