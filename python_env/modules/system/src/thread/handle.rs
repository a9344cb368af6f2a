//! Starting threads, and the handles that joins wait on.

use std::io;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use engine::prelude::*;

use super::RUNNING;
use crate::os::lock::Event;
use crate::os::signals::pthread_self;

const NOT_STARTED: u8 = 0;
const STARTING: u8 = 1;
const RUNNING_STATE: u8 = 2;
const DONE: u8 = 3;

/// What a handle and its thread share.
#[derive(Default)]
pub struct State {
    ident: AtomicU64,
    phase: AtomicU8,
    done: Event,
}

impl State {
    fn finish(&self) {
        self.phase.store(DONE, Ordering::SeqCst);
        self.done.set();
    }
}

/// A thread that was started.
struct Started {
    state: Arc<State>,
    /// The end of the program does not wait for it.
    daemon: bool,
}

/// Threads that may still run.
static STARTED: Mutex<Vec<Started>> = Mutex::new(Vec::new());

/// In a forked child, which has only the calling thread: all others have ended.
pub fn only_this_thread() {
    let me = pthread_self();
    for gone in lock(&STARTED).extract_if(.., |t| t.state.ident.load(Ordering::Relaxed) != me) {
        gone.state.finish();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `_thread._ThreadHandle`: slot 0 = `Arc<State>`.
pub static THREAD_HANDLE: TypeDef = TypeDef {
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type)", handle_new, "")),
    slots: Slots { repr: Some(handle_repr), ..Slots::NONE },
    methods: &[
        NativeDef::new("join", "($self, timeout=None, /)", handle_join, "Wait for the thread's end."),
        NativeDef::new("is_done", "($self, /)", handle_is_done, "Whether the thread has ended."),
        NativeDef::new("_set_done", "($self, /)", handle_set_done, "Declare the thread ended."),
    ],
    getsets: &[GetSet::ro("ident", handle_ident, "the thread's identifier")],
    ..TypeDef::new("_thread", "_ThreadHandle")
};

fn handle_new(cx: &mut Ctx, args: Args) -> PyResult {
    let obj = cx.alloc_instance(args[0])?;
    obj.set_payload(cx, 0, Arc::new(State::default()));
    Ok(obj.value())
}

fn new_handle(cx: &mut Ctx, state: Arc<State>) -> Value {
    let handle = cx.new_object(&THREAD_HANDLE, &[]);
    if let Some(obj) = Obj::of(handle) {
        obj.set_payload(cx, 0, state);
    }
    handle
}

/// `_make_thread_handle(ident)`: the handle of a running thread that Python did not start.
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(ident) = int::of_sub(cx, args[0]).and_then(|_| int::to_big(args[0])).and_then(|n| u64::try_from(n).ok())
    else {
        return Err(cx.type_error("ident must be an integer"));
    };
    let state = State::default();
    state.ident.store(ident, Ordering::Relaxed);
    state.phase.store(RUNNING_STATE, Ordering::Relaxed);
    Ok(new_handle(cx, Arc::new(state)))
}

fn state_of(cx: &Ctx, v: Value) -> Option<&Arc<State>> {
    Obj::of(v)?.payload::<Arc<State>>(cx, 0)
}

fn handle_ident(cx: &mut Ctx, v: Value) -> PyResult {
    let ident = state_of(cx, v).map_or(0, |s| s.ident.load(Ordering::Relaxed));
    Ok(int::from_u64(cx, ident))
}

fn handle_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let ident = state_of(cx, v).map_or(0, |s| s.ident.load(Ordering::Relaxed));
    Ok(Str::new(cx, &format!("<_ThreadHandle object: ident={ident}>")))
}

fn handle_is_done(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(state_of(cx, args[0]).is_some_and(|s| s.done.is_set())))
}

fn handle_set_done(cx: &mut Ctx, args: Args) -> PyResult {
    let phase = state_of(cx, args[0]).map_or(NOT_STARTED, |s| s.phase.load(Ordering::SeqCst));
    if phase == NOT_STARTED {
        return Err(cx.runtime_error("thread not started"));
    }
    if let Some(s) = state_of(cx, args[0]) {
        s.finish();
    }
    Ok(Value::NONE)
}

fn handle_join(cx: &mut Ctx, args: Args) -> PyResult {
    let mut deadline = None;
    if let Some(v) = args.get(1).filter(|&v| v != Value::NONE) {
        let nanos = crate::time::nanoseconds(cx, v, crate::time::Round::Up)?;
        // A negative time-out waits for ever.
        if let Ok(n) = u64::try_from(nanos) {
            deadline = Some(crate::time::deadline(std::time::Duration::from_nanos(n)));
        }
    }
    let Some(state) = state_of(cx, args[0]).cloned() else { return Ok(Value::NONE) };
    if state.phase.load(Ordering::SeqCst) == NOT_STARTED {
        return Err(cx.runtime_error("thread not started"));
    }
    if !state.done.is_set() && state.ident.load(Ordering::Relaxed) == pthread_self() {
        return Err(cx.runtime_error("Cannot join current thread"));
    }
    if !state.done.is_set() && crate::lifecycle::is_finalizing() {
        return Err(cx.raise(Exc::PythonFinalizationError, "cannot join thread at interpreter shutdown"));
    }
    wait(cx, &state, deadline.flatten())?;
    if state.done.is_set() {
        engine::races::acquired(cx, Arc::as_ptr(&state).addr());
    }
    Ok(Value::NONE)
}

fn wait(cx: &mut Ctx, state: &State, deadline: Option<Instant>) -> Res<()> {
    if state.done.is_set() {
        return Ok(());
    }
    if engine::waits::is_on() {
        let (thread, addr) = (state.ident.load(Ordering::SeqCst), std::ptr::from_ref(state).addr());
        return super::lock::watched(cx, addr, "Thread", deadline, Some(thread), |until| state.done.wait(until))
            .map(drop);
    }
    crate::idle::wait_long(cx, deadline, |until| state.done.wait(until)).map(drop)
}

/// `_shutdown()`
pub fn shutdown(cx: &mut Ctx, _args: Args) -> PyResult {
    wait_for_all(cx)
}

/// Waits for all threads that are no daemons.
pub fn wait_for_all(cx: &mut Ctx) -> PyResult {
    loop {
        let me = pthread_self();
        let awaited = |t: &&Started| !t.daemon && !t.state.done.is_set() && t.state.ident.load(Ordering::Relaxed) != me;
        let next = lock(&STARTED).iter().rev().find(awaited).map(|t| t.state.clone());
        let Some(state) = next else { return Ok(Value::NONE) };
        wait(cx, &state, None)?;
    }
}

fn start(cx: &mut Ctx, call: &[Value; 3], handle: Value, daemon: bool) -> Res<()> {
    if crate::lifecycle::is_finalizing() {
        return Err(cx.raise(Exc::PythonFinalizationError, "can't create new thread at interpreter shutdown"));
    }
    let Some(state) = state_of(cx, handle).cloned() else { return Ok(()) };
    state.phase.store(STARTING, Ordering::SeqCst);
    let mut all = lock(&STARTED);
    all.retain(|t| !t.state.done.is_set());
    all.push(Started { state: state.clone(), daemon });
    drop(all);
    RUNNING.fetch_add(1, Ordering::SeqCst);
    let payload = Tuple::new(cx, &[call[0], call[1], call[2], handle]);
    match engine::ctx::spawn(cx, super::stack_bytes(), payload, body) {
        Ok(ident) => {
            // For who asks before the thread has got as far. It may be over: the number names nobody then (`with_running`).
            state.ident.store(ident, Ordering::SeqCst);
            Ok(())
        }
        Err(_) => {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
            lock(&STARTED).retain(|t| !Arc::ptr_eq(&t.state, &state));
            state.phase.store(NOT_STARTED, Ordering::SeqCst);
            Err(cx.runtime_error("can't start new thread"))
        }
    }
}

/// The whole life of a thread, and its last act, when its heap and its stack are given back. Payload: (function, args, kwargs or None,
/// handle).
fn body(cx: &mut Ctx, payload: Value) -> impl FnOnce() + use<> {
    let t = Tuple::of(payload);
    let state = t.and_then(|t| state_of(cx, t.get(3)).cloned());
    if let (Some(t), Some(state)) = (t, &state) {
        run(cx, t, state);
    }
    move || {
        // Under the lock: who holds it and sees the thread unfinished knows that it runs (`with_running`).
        let _all = lock(&STARTED);
        if let Some(state) = state {
            state.finish();
        }
    }
}

fn run(cx: &mut Ctx, t: Tuple, state: &Arc<State>) {
    state.ident.store(pthread_self(), Ordering::SeqCst);
    state.phase.store(RUNNING_STATE, Ordering::SeqCst);
    let (function, args, kwargs) = (t.get(0), t.get(1), t.get(2));
    let kwargs = if kwargs == Value::NONE { Value::EMPTY } else { kwargs };
    if let Err(r) = protocol::call_ex(cx, function, args, kwargs) {
        if cx.matches(&r, Exc::SystemExit) {
            cx.clear(r);
        } else {
            let exc = cx.take(r);
            let shown = match protocol::repr(cx, function) {
                Ok(text) => Str::of_sub(cx, text).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
                Err(r) => {
                    cx.clear(r);
                    "<object repr() failed>".to_string()
                }
            };
            let message = format!("Exception ignored in thread started by {shown}");
            crate::hooks::unraisable(cx, exc, &message, Value::NONE);
        }
    }
    crate::lifecycle::thread_ends(cx);
    RUNNING.fetch_sub(1, Ordering::SeqCst);
    engine::races::released(cx, Arc::as_ptr(state).addr());
}

/// Calls `f` for the thread with that identity while it is certain to run: the C library follows identities blindly.
pub fn with_running<R>(ident: u64, f: impl FnOnce(u64) -> io::Result<R>) -> io::Result<R> {
    let all = lock(&STARTED);
    let runs = |t: &Started| !t.state.done.is_set() && t.state.ident.load(Ordering::SeqCst) == ident;
    let known = ident == pthread_self() || ident == crate::os::signals::main_thread() || all.iter().any(runs);
    if known && ident != 0 { f(ident) } else { Err(rustix::io::Errno::SRCH.into()) }
}

fn checked_call(cx: &mut Ctx, function: Value, args: Value, kwargs: Option<Value>) -> Res<[Value; 3]> {
    if !protocol::is_callable(cx, function) {
        return Err(cx.type_error("first arg must be callable"));
    }
    if Tuple::of_sub(cx, args).is_none() {
        return Err(cx.type_error("2nd arg must be a tuple"));
    }
    let kwargs = match kwargs {
        None => Value::NONE,
        Some(d) if Dict::of_sub(cx, d).is_some() => d,
        Some(_) => return Err(cx.type_error("optional 3rd arg must be a dictionary")),
    };
    Ok([function, args, kwargs])
}

/// `start_new_thread(function, args, kwargs={})`
pub fn start_new_thread(cx: &mut Ctx, args: Args) -> PyResult {
    let call = checked_call(cx, args[0], args[1], args.get(2))?;
    audit::tell(cx, "_thread.start_new_thread", &call)?;
    let handle = new_handle(cx, Arc::default());
    start(cx, &call, handle, true)?;
    let ident = state_of(cx, handle).map_or(0, |s| s.ident.load(Ordering::SeqCst));
    Ok(int::from_u64(cx, ident))
}

/// `start_joinable_thread(function, handle=None, daemon=True)`
pub fn start_joinable(cx: &mut Ctx, args: Args) -> PyResult {
    if !protocol::is_callable(cx, args[0]) {
        return Err(cx.type_error("thread function must be callable"));
    }
    let handle = match args.get(1).filter(|&v| v != Value::NONE) {
        Some(h) if cx.is_def(h, &THREAD_HANDLE) => h,
        Some(_) => return Err(cx.type_error("'handle' must be a _ThreadHandle")),
        None => new_handle(cx, Arc::default()),
    };
    let daemon = args.truth_or(cx, 2, true)?;
    audit::tell(cx, "_thread.start_joinable_thread", &[args[0], Value::small(daemon.into()), args.or(1, Value::NONE)])?;
    let Some(state) = state_of(cx, handle).cloned() else { return Ok(handle) };
    if state.phase.compare_exchange(NOT_STARTED, STARTING, Ordering::SeqCst, Ordering::SeqCst).is_err() {
        return Err(cx.runtime_error("thread already started"));
    }
    let empty = Tuple::empty(cx);
    start(cx, &[args[0], empty, Value::NONE], handle, daemon)?;
    Ok(handle)
}
