//! Calls that are more than entering a Python function: binding, bound methods, native functions, classes.

use std::cell::{OnceCell, UnsafeCell};

use proto_core::{Kind, ShapeId, Value};

use super::bind;

use super::dispatch::*;
use super::fnptr;
use super::operands::Back;
use super::record::OnReturn;
use super::unwind::unwind;
use crate::ctx::{Ctx, PyResult};
use crate::exceptions::Exc;
use crate::native::{self, CallArgs};
use crate::objects::layout::{METHOD_FUNC, METHOD_SELF, OBJECT_SLOTS};
use crate::objects::{Tuple, hashing};
use crate::protocol;
use crate::types::{self, Type};

/// Calls `r[a]` with the `n` arguments from `r[a+2]`.
pub(super) unsafe extern "C" fn call_n(
    pc: At<f::Call>,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
    n: usize,
) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let window = base.add(pc.window());
        let f = *window;
        if f.is_kind(Kind::Native) {
            let r = native::try_leaf(&*cx, f, std::slice::from_raw_parts(window.add(2), n));
            if !r.is_empty() {
                set(base, pc.dst(), r);
                next!(pc.next(), base, cx, table)
            }
            return call_native_n(pc, base, cx, table, n);
        }
        call_by_kind(pc, base, cx, table, n)
    }
}

/// A callee that is no native function.
#[inline(never)]
unsafe extern "C" fn call_by_kind(pc: At<f::Call>, base: *mut Value, cx: *mut Ctx, table: *const Handler, n: usize) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let f = *base.add(pc.window());
        if f.is_kind(Kind::Method) {
            return call_method_object(pc, base, cx, table, n);
        }
        if f.is_kind(Kind::Function) {
            return call_function_n(pc, base, cx, table, n);
        }
        if f.is_kind(Kind::Type) {
            return call_class(pc, base, cx, table, n);
        }
        call_other(pc, base, cx, table, n)
    }
}

/// A native function that its quick form did not settle.
#[inline(never)]
unsafe extern "C" fn call_native_n(pc: At<f::Call>, base: *mut Value, cx: *mut Ctx, table: *const Handler, n: usize) {
    // SAFETY: the handler contract; the callee is a native object.
    unsafe {
        let window = base.add(pc.window());
        match native::role_of(*window) {
            // (A generator expression in line is no call.)
            native::Role::Plain | native::Role::Drain(_) => {}
            native::Role::Collects => proto_core::os::forget_calls(),
            native::Role::Resizes => crate::protocol::buffer::forget_views(),
            role @ (native::Role::Next | native::Role::Send) => {
                if poll_due(cx) {
                    // First, so that the generator still gets a window of its own.
                    return poll_then(pc.pc(), base, cx, table);
                }
                let resumed = super::generator::resume_call(pc, base, cx, role, n);
                if !resumed.is_null() {
                    next!(super::chain::innermost_pc(cx), resumed, cx, table)
                }
            }
        }
        let cxr = publish(pc, base, cx);
        // Temporaries beyond the arguments are dead: the collector must not take them for references.
        cxr.set_top(window.add(2 + n));
        let r = native_positional(cxr, *window, window.add(2), n);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// Calls a native function that has been asked for its quick form. Out of line, as [`native_call`].
#[inline(never)]
unsafe fn native_positional(cx: &mut Ctx, f: Value, args: *const Value, n: usize) -> PyResult {
    if cx.is_memory_short() {
        cx.poll()?;
    }
    // SAFETY: the arguments stand in the caller's window; the callee is a native object.
    native::call_positional(cx, f, unsafe { std::slice::from_raw_parts(args, n) })
}

/// Calls anything natively with the `n` arguments at `args`. Out of line: the argument record lives in memory.
#[inline(never)]
unsafe fn native_call(cx: &mut Ctx, f: Value, args: *const Value, n: usize, kwnames: Value) -> PyResult {
    if cx.is_memory_short() {
        // What came before was granted by a hair: it is said before more is asked for.
        cx.poll()?;
    }
    // SAFETY: the arguments stand in the caller's window.
    let args = CallArgs { values: unsafe { std::slice::from_raw_parts(args, n) }, kwnames };
    if f.is_kind(Kind::Native) { native::call_native(cx, f, args) } else { protocol::call_args(cx, f, args) }
}

/// Makes room for a receiver at `r[a+2]`.
#[inline(always)]
unsafe fn shift_up(window: *mut Value, n: usize, receiver: Value) {
    // SAFETY: the stack has a reserve above every window.
    unsafe {
        let args = window.add(2);
        let mut i = n;
        while i > 0 {
            *args.add(i) = *args.add(i - 1);
            i -= 1;
        }
        *args = receiver;
    }
}

#[inline(never)]
unsafe extern "C" fn call_method_object(
    pc: At<f::Call>,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
    n: usize,
) {
    // SAFETY: the handler contract; the callee is a method object.
    unsafe {
        let window = base.add(pc.window());
        let method = *window;
        shift_up(window, n, fnptr::word(method, METHOD_SELF));
        *window = fnptr::word(method, METHOD_FUNC);
        call_n(pc, base, cx, table, n + 1)
    }
}

/// A Python function, perhaps with defaults to fill in.
#[inline(never)]
unsafe extern "C" fn call_function_n(pc: At<f::Call>, base: *mut Value, cx: *mut Ctx, table: *const Handler, n: usize) {
    // SAFETY: the handler contract; the callee is a function.
    unsafe {
        let window = base.add(pc.window());
        let r = prepare(pc.pc(), base, cx, window, n, Value::EMPTY);
        if r.is_err() {
            return unwind(pc.pc(), base, cx, table);
        }
        *window.add(1) = Value::from_bits(pc.next() as u64);
        let entry = fnptr::code(*window).entry();
        next!(entry, window.add(2), cx, table)
    }
}

/// Binds the `n` arguments at `window + 2` (the last ones named by `kwnames`) to the function `*window`, in place.
#[inline(never)]
unsafe fn prepare(
    pc: *const u32,
    base: *mut Value,
    cx: *mut Ctx,
    window: *mut Value,
    n: usize,
    kwnames: Value,
) -> PyResult<()> {
    // SAFETY: the handler contract; the window lies within the stack's reserve.
    unsafe {
        let cxr = publish(pc, base, cx);
        let callee = window.add(2);
        if callee.add(n) > cxr.top() {
            cxr.set_top(callee.add(n));
        }
        cxr.poll()?;
        *window = fnptr::callee(*window);
        let code = fnptr::code(*window);
        ensure_room_for(
            cxr,
            callee.wrapping_add(code.nregs as usize + n),
            n,
            Tuple::of(kwnames).map_or(0, |t| t.len()),
        )?;
        if code.fast_args as usize == n && kwnames.is_empty() {
            for i in n..code.nlocals as usize {
                *callee.add(i) = Value::EMPTY;
            }
            return Ok(());
        }
        bind::bind_in_place(cxr, *window, callee, n, kwnames)
    }
}

/// Allows windows up to `end`, or raises RecursionError.
#[inline]
pub(super) fn ensure_room(cx: &mut Ctx, end: *mut Value) -> PyResult<()> {
    if end <= cx.run.soft_limit { Ok(()) } else { grow(cx, end) }
}

/// From so many arguments on, it is they who fill the stack.
const MANY: usize = 1 << 14;

/// As [`ensure_room`], where `n` arguments are bound, `k` of them by name: memory for the tuple and the dict that they may
/// become, too. Too many for the stack are no recursion.
#[inline]
pub(super) fn ensure_room_for(cx: &mut Ctx, end: *mut Value, n: usize, k: usize) -> PyResult<()> {
    if n + k >= MANY {
        room_for_many(cx, end, n, k)?;
    }
    ensure_room(cx, end)
}

#[cold]
#[inline(never)]
fn room_for_many(cx: &mut Ctx, end: *mut Value, n: usize, k: usize) -> PyResult<()> {
    if end >= cx.run.hard_limit {
        return Err(cx.memory_error());
    }
    cx.make_room_for(n, 8)?;
    cx.make_room_for(k, 128)
}

/// The soft limit was reached: counts frames, and either moves the limit or raises.
#[cold]
#[inline(never)]
pub(super) fn grow(cx: &mut Ctx, end: *mut Value) -> PyResult<()> {
    let depth = crate::frames::depth(cx);
    if depth >= cx.run.recursion_limit || end >= cx.run.hard_limit {
        // From here the next recursion may be one of smaller frames: it is counted afresh.
        let bottom = cx.run.stack_base;
        cx.run.allow_frames(bottom, cx.run.recursion_limit);
        return Err(cx.raise(Exc::RecursionError, "maximum recursion depth exceeded"));
    }
    cx.run.allow_frames(end, cx.run.recursion_limit - depth);
    Ok(())
}

/// An instance made by a plain class: allocation here, `__init__` in a window of its own.
#[inline(never)]
unsafe extern "C" fn call_class(pc: At<f::Call>, base: *mut Value, cx: *mut Ctx, table: *const Handler, n: usize) {
    // SAFETY: the handler contract; the callee is a type.
    unsafe {
        let window = base.add(pc.window());
        let class = *window;
        if n == 1 && class == (*cx).types.type_.value() {
            let ty = types::type_of(&*cx, *window.add(2));
            set(base, pc.dst(), ty.value());
            next!(pc.next(), base, cx, table)
        }
        if let Some(leaf) = Type::of(class).and_then(types::new_leaf) {
            // The place of the return address is free until a Python function is entered.
            *window.add(1) = class;
            let made = leaf(&*cx, std::slice::from_raw_parts(window.add(1), 1 + n));
            if !made.is_empty() {
                set(base, pc.dst(), made);
                next!(pc.next(), base, cx, table)
            }
        }
        let cxr = publish(pc, base, cx);
        let plain = plain_class(cxr, class);
        if plain.is_null() {
            return call_other(pc, base, cx, table, n);
        }
        let init = (*plain).init;
        if !init.is_empty() && !init.is_kind(Kind::Function) || init.is_empty() && n != 0 && !(*plain).exception {
            return call_other(pc, base, cx, table, n);
        }
        let object = instance(cxr, plain, window.add(2), n);
        if init.is_empty() {
            set(base, pc.dst(), object);
            next!(pc.next(), base, cx, table)
        }
        shift_up(window, n, object);
        *window = init;
        let callee = window.add(2);
        let code = fnptr::code(init);
        let end = callee.wrapping_add(code.nregs as usize);
        if code.fast_args as usize == n + 1 && end <= (*cx).run.soft_limit && !poll_due(cx) {
            for i in n + 1..code.nlocals as usize {
                *callee.add(i) = Value::EMPTY;
            }
        } else if prepare(pc.pc(), base, cx, window, n + 1, Value::EMPTY).is_err() {
            return unwind(pc.pc(), base, cx, table);
        }
        *window.add(1) = Value::from_bits(hook_pc(OnReturn::Init) as u64);
        push_init(&mut *cx, callee, base, returns::INIT.to(pc), object);
        let entry = fnptr::code(*window).entry();
        next!(entry, callee, cx, table)
    }
}

/// What `__new__` makes of the `n` positional arguments at `args`.
#[inline(always)]
unsafe fn instance(cx: &Ctx, plain: *const types::PlainNew, args: *const Value, n: usize) -> Value {
    // SAFETY: handler contract; `plain` may be read.
    unsafe {
        let object = cx.alloc(Kind::Object, ShapeId((*plain).shape), (*plain).words as usize);
        if (*plain).by_identity {
            hashing::note_by_identity(object);
        }
        if (*plain).exception {
            keep_arguments(cx, object, args, n);
        }
        object
    }
}

/// Keeps the arguments in a fresh exception. Out of line, like everything that works on slices.
#[inline(never)]
unsafe fn keep_arguments(cx: &Ctx, exception: Value, args: *const Value, n: usize) {
    // SAFETY: the arguments stand in the caller's window; the first slots of an exception are inline.
    unsafe {
        let tuple = Tuple::new(cx, std::slice::from_raw_parts(args, n));
        cx.store_init(exception, OBJECT_SLOTS + crate::exceptions::base::ARGS, tuple);
    }
}

/// Records that the window is that of an `__init__`. Out of line: growing the vector needs memory.
#[inline(never)]
fn push_init(cx: &mut Ctx, callee: *mut Value, base: *mut Value, back: Back, object: Value) {
    cx.run.push(back.kind, callee, base, back.pc, object, Value::EMPTY);
}

/// How to make instances of a class inline, through the context's cache; null if that cannot be done. The result may be read
/// until the next call of this function.
#[inline(never)]
fn plain_class(cx: &mut Ctx, class: Value) -> *const types::PlainNew {
    let Some(ty) = Type::of(class) else { return std::ptr::null() };
    let (id, epoch) = (ty.data().id, types::type_epoch());
    if !cx.run.plain.knows(id, epoch) {
        let plain = types::plain_new(cx, ty);
        cx.run.plain.put(id, epoch, plain);
    }
    cx.run.plain.get(id)
}

/// Whatever else: through the protocol, natively.
#[inline(never)]
unsafe extern "C" fn call_other(pc: At<f::Call>, base: *mut Value, cx: *mut Ctx, table: *const Handler, n: usize) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let window = base.add(pc.window());
        let method = super::special::method(cx, *window, (*cx).names.__call__);
        if !method.is_empty() {
            shift_up(window, n, *window);
            *window = method;
            return call_function_n(pc, base, cx, table, n + 1);
        }
        let cxr = publish(pc, base, cx);
        if window.add(2 + n) > cxr.top() {
            cxr.set_top(window.add(2 + n));
        }
        let r = native_call(cxr, *window, window.add(2), n, Value::EMPTY);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// Calls `r[a]` with the `n` arguments from `r[a+2]`, the last ones named by the constant `x`.
pub(super) unsafe extern "C" fn call_names(
    pc: At<f::CallNames>,
    base: *mut Value,
    cx: *mut Ctx,
    table: *const Handler,
    n: usize,
) {
    // SAFETY: the handler contract (see `interp::dispatch`).
    unsafe {
        let window = base.add(pc.window());
        let kwnames = *code(base).consts().add(pc.names());
        let mut n = n;
        let mut f = *window;
        if f.is_kind(Kind::Method) {
            shift_up(window, n, fnptr::word(f, METHOD_SELF));
            f = fnptr::word(f, METHOD_FUNC);
            *window = f;
            n += 1;
        }
        let method = super::special::method(cx, f, (*cx).names.__call__);
        if !method.is_empty() {
            shift_up(window, n, f);
            f = method;
            *window = f;
            n += 1;
        }
        if f.is_kind(Kind::Function) {
            let r = prepare(pc.pc(), base, cx, window, n, kwnames);
            if r.is_err() {
                return unwind(pc.pc(), base, cx, table);
            }
            *window.add(1) = Value::from_bits(pc.next() as u64);
            let entry = fnptr::code(*window).entry();
            next!(entry, window.add(2), cx, table)
        }
        let cxr = publish(pc, base, cx);
        if window.add(2 + n) > cxr.top() {
            cxr.set_top(window.add(2 + n));
        }
        let plain = if f.is_kind(Kind::Type) { plain_class(cxr, f) } else { std::ptr::null() };
        if !plain.is_null() && (*plain).init.is_kind(Kind::Function) {
            let init = (*plain).init;
            let named = Tuple::of(kwnames).map_or(0, |t| t.len());
            let object = instance(cxr, plain, window.add(2), n - named);
            shift_up(window, n, object);
            *window = init;
            let r = prepare(pc.pc(), base, cx, window, n + 1, kwnames);
            if r.is_err() {
                return unwind(pc.pc(), base, cx, table);
            }
            let callee = window.add(2);
            *window.add(1) = Value::from_bits(hook_pc(OnReturn::Init) as u64);
            push_init(&mut *cx, callee, base, returns::INIT.to(pc), object);
            let entry = fnptr::code(*window).entry();
            next!(entry, callee, cx, table)
        }
        let r = native_call(cxr, f, window.add(2), n, kwnames);
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

/// Remembers, per class, how instances are made inline. References are weak: a type's id is never reused and the epoch
/// changes when `__init__` does. Made at first use: most threads that wait make no instances.
#[derive(Default)]
pub struct PlainCache {
    entries: OnceCell<Box<UnsafeCell<[PlainEntry; PLAIN_ENTRIES]>>>,
}

const PLAIN_ENTRIES: usize = 64;

#[derive(Clone, Copy)]
struct PlainEntry {
    id: u32,
    epoch: u32,
    plain: Option<types::PlainNew>,
}

impl PlainEntry {
    const EMPTY: PlainEntry = PlainEntry { id: 0, epoch: 0, plain: None };
}

impl PlainCache {
    #[inline(always)]
    fn at(&self, id: u32) -> Option<&PlainEntry> {
        // SAFETY: only `put` writes, through `&mut self`, and `forget`, while the owner is at a safepoint and holds no reference to
        // an entry.
        self.entries.get().map(|entries| unsafe { &(&*entries.get())[id as usize % PLAIN_ENTRIES] })
    }

    /// Empties the cache: shapes have been freed. Its owner is stopped at a safepoint, or calls this.
    pub(crate) fn forget(&self) {
        if let Some(entries) = self.entries.get() {
            // SAFETY: as in `at`.
            unsafe { (*entries.get()).fill(PlainEntry::EMPTY) };
        }
    }

    #[inline]
    fn knows(&self, id: u32, epoch: u32) -> bool {
        self.at(id).is_some_and(|e| e.id == id && e.epoch == epoch)
    }

    fn get(&self, id: u32) -> *const types::PlainNew {
        self.at(id).and_then(|e| e.plain.as_ref()).map_or(std::ptr::null(), std::ptr::from_ref)
    }

    fn put(&mut self, id: u32, epoch: u32, plain: Option<types::PlainNew>) {
        self.entries.get_or_init(|| Box::new(UnsafeCell::new([PlainEntry::EMPTY; PLAIN_ENTRIES])));
        if let Some(entries) = self.entries.get_mut() {
            entries.get_mut()[id as usize % PLAIN_ENTRIES] = PlainEntry { id, epoch, plain };
        }
    }
}
