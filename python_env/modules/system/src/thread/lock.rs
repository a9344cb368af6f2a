//! `_thread.lock` and `_thread.RLock`.

use std::sync::Arc;
use std::time::Instant;

use engine::prelude::*;
use engine::waits;

use super::guards::Guarded;
use crate::os::lock::RawLock;
use crate::os::parker::Wake;
pub use crate::os::rlock::Recursive;
use crate::os::signals::pthread_self;

/// Native slot of the payload.
const PAYLOAD: usize = 0;

/// `_thread.lock`: slot 0 = `Arc<Guarded>`.
pub static LOCK: TypeDef = TypeDef {
    flags: TypeFlags::HAS_WEAKREF,
    doc: "A lock that any thread may release.",
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type)", lock_new, "")),
    slots: Slots { repr: Some(lock_repr), ..Slots::NONE },
    methods: &[
        NativeDef::new("acquire", "($self, /, blocking=True, timeout=-1)", lock_acquire, "Take the lock."),
        NativeDef::new("acquire_lock", "($self, /, blocking=True, timeout=-1)", lock_acquire, "Take the lock."),
        NativeDef::new("release", "($self, /)", lock_release, "Free the lock."),
        NativeDef::new("release_lock", "($self, /)", lock_release, "Free the lock."),
        NativeDef::new("locked", "($self, /)", lock_locked, "Whether it is held."),
        NativeDef::new("locked_lock", "($self, /)", lock_locked, "Whether it is held."),
        NativeDef::new("__enter__", "($self, /)", lock_enter, "Take the lock."),
        NativeDef::new("__exit__", "($self, /, *exc_info)", lock_exit, "Free the lock."),
        NativeDef::new("_at_fork_reinit", "($self, /)", lock_reinit, ""),
    ],
    text_signature: "()",
    ..TypeDef::new("_thread", "lock")
};

fn lock_new(cx: &mut Ctx, args: Args) -> PyResult {
    let obj = cx.alloc_instance(args[0])?;
    obj.set_payload(cx, PAYLOAD, Arc::new(Guarded::default()));
    Ok(obj.value())
}

/// `allocate_lock()`
pub fn allocate(cx: &mut Ctx, _args: Args) -> PyResult {
    let lock = cx.new_object(&LOCK, &[]);
    if let Some(obj) = Obj::of(lock) {
        obj.set_payload(cx, PAYLOAD, Arc::new(Guarded::default()));
    }
    Ok(lock)
}

fn raw(cx: &Ctx, v: Value) -> Option<&Arc<Guarded>> {
    Obj::of(v)?.payload::<Arc<Guarded>>(cx, PAYLOAD)
}

/// Takes `lock`; signals are handled while waiting. False: not within the time.
pub fn acquire(cx: &mut Ctx, lock: &RawLock, blocking: bool, deadline: Option<Instant>) -> Res<bool> {
    if lock.try_acquire() {
        return Ok(true);
    }
    if !blocking {
        return Ok(false);
    }
    if waits::is_on() {
        return watched(cx, address(lock), "Lock", deadline, None, |until| lock.acquire(until));
    }
    loop {
        match cx.blocking(|| lock.acquire(deadline)) {
            Wake::Notified => return Ok(true),
            Wake::TimedOut => return Ok(false),
            Wake::Interrupted => cx.poll()?,
        }
    }
}

/// Names a lock in reports.
fn address(lock: &RawLock) -> usize {
    std::ptr::from_ref(lock).addr()
}

/// Waits in a way that reports know of (`PROTOPYTHON_DEBUG=locks`); `after` is the thread whose end is waited for, if that is it.
pub fn watched(
    cx: &mut Ctx,
    addr: usize,
    kind: &str,
    deadline: Option<Instant>,
    after: Option<u64>,
    mut wait: impl FnMut(Option<Instant>) -> Wake,
) -> Res<bool> {
    let outer = waits::begin(cx, addr, kind, deadline.is_none(), after);
    let result = loop {
        let next = Instant::now() + waits::LOOK;
        let until = deadline.map_or(next, |d| d.min(next));
        match crate::idle::wait_long(cx, Some(until), &mut wait) {
            Ok(false) if deadline.is_none_or(|d| d > until) => waits::look(cx),
            other => break other,
        }
    };
    waits::end(cx, outer);
    result
}

/// Tells reports that the caller has taken a lock, if it has.
#[inline(always)]
fn noted(cx: &Ctx, lock: &RawLock, kind: &str, taken: bool) -> bool {
    if taken && waits::is_on() {
        waits::taken(cx, address(lock), kind);
    }
    taken
}

/// The same for one taken by `acquire`.
#[inline(always)]
fn noted_acquire(cx: &Ctx, lock: &Guarded, taken: bool) -> bool {
    if taken {
        lock.taken();
    }
    noted(cx, lock, "Lock", taken)
}

/// The same for one taken by `with`.
#[inline(always)]
fn noted_enter(cx: &Ctx, lock: &Guarded, taken: bool) -> bool {
    if taken {
        lock.entered();
    }
    noted(cx, lock, "Lock", taken)
}

/// The arguments `blocking=True, timeout=-1` at positions 1 and 2.
fn how(cx: &mut Ctx, args: Args) -> Res<(bool, Option<Instant>)> {
    let blocking = args.truth_or(cx, 1, true)?;
    let given = args.get(2);
    let timeout = super::timeout(cx, given)?;
    if !blocking && given.is_some() && timeout.is_some() {
        return Err(cx.value_error("can't specify a timeout for a non-blocking call"));
    }
    Ok((blocking, timeout.and_then(crate::time::deadline)))
}

fn lock_acquire(cx: &mut Ctx, args: Args) -> PyResult {
    if args.get(1).is_none()
        && args.get(2).is_none()
        && raw(cx, args[0]).is_some_and(|l| noted_acquire(cx, l, l.try_acquire()))
    {
        return Ok(Value::TRUE);
    }
    let (blocking, deadline) = how(cx, args)?;
    let Some(lock) = raw(cx, args[0]).cloned() else { return Ok(Value::FALSE) };
    if noted_acquire(cx, &lock, lock.try_acquire()) {
        return Ok(Value::TRUE);
    }
    if !blocking {
        return Ok(Value::FALSE);
    }
    if waits::is_on() {
        let taken = watched(cx, address(&lock), "Lock", deadline, None, |until| lock.acquire(until))?;
        return Ok(Value::bool(noted_acquire(cx, &lock, taken)));
    }
    let taken = crate::idle::wait_long(cx, deadline, |until| lock.acquire(until))?;
    Ok(Value::bool(noted_acquire(cx, &lock, taken)))
}

/// Frees the lock, at the end of a `with` block or elsewhere.
fn free(cx: &mut Ctx, lock: Value, in_block: bool) -> PyResult {
    let Some(lock) = raw(cx, lock) else { return Ok(Value::NONE) };
    if waits::is_on() {
        waits::freed(address(lock));
    }
    lock.leaves(cx, in_block);
    if lock.release() { Ok(Value::NONE) } else { Err(cx.runtime_error("release unlocked lock")) }
}

fn lock_release(cx: &mut Ctx, args: Args) -> PyResult {
    free(cx, args[0], true)
}

fn lock_locked(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(raw(cx, args[0]).is_some_and(|l| l.is_held())))
}

fn lock_enter(cx: &mut Ctx, args: Args) -> PyResult {
    if raw(cx, args[0]).is_some_and(|l| noted_enter(cx, l, l.try_acquire())) {
        return Ok(Value::TRUE);
    }
    let Some(lock) = raw(cx, args[0]).cloned() else { return Ok(Value::FALSE) };
    let taken = acquire(cx, &lock, true, None)?;
    Ok(Value::bool(noted_enter(cx, &lock, taken)))
}

fn lock_exit(cx: &mut Ctx, args: Args) -> PyResult {
    free(cx, args[0], false)
}

fn lock_reinit(cx: &mut Ctx, args: Args) -> PyResult {
    if let Some(lock) = raw(cx, args[0]) {
        lock.reinit(cx);
    }
    Ok(Value::NONE)
}

fn lock_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let state = if raw(cx, v).is_some_and(|l| l.is_held()) { "locked" } else { "unlocked" };
    let name = types::type_full_name(cx, v);
    Ok(Str::from_text(cx, &format!("<{state} {name} object at {:#x}>", protocol::id_of(v))))
}

impl Recursive {
    /// Takes it; signals are handled while waiting.
    pub fn take(&self, cx: &mut Ctx) -> Res<()> {
        if !self.again(pthread_self()) {
            acquire(cx, &self.lock, true, None)?;
            self.enter(pthread_self(), 1);
        }
        Ok(())
    }
}

/// `_thread.RLock`: slot 0 = `Arc<Recursive>`.
pub static RLOCK: TypeDef = TypeDef {
    doc: "A lock that its owner may take again.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", rlock_new, "")),
    slots: Slots { repr: Some(rlock_repr), ..Slots::NONE },
    methods: &[
        NativeDef::new("acquire", "($self, /, blocking=True, timeout=-1)", rlock_acquire, "Take the lock."),
        NativeDef::new("release", "($self, /)", rlock_release, "Undo one acquisition."),
        NativeDef::new("locked", "($self, /)", rlock_locked, "Whether it is held."),
        NativeDef::new("__enter__", "($self, /)", rlock_enter, "Take the lock."),
        NativeDef::new("__exit__", "($self, /, *exc_info)", rlock_release, "Undo one acquisition."),
        NativeDef::new("_is_owned", "($self, /)", rlock_is_owned, "Whether this thread holds it."),
        NativeDef::new("_recursion_count", "($self, /)", rlock_count, "How often this thread holds it."),
        NativeDef::new("_release_save", "($self, /)", rlock_release_save, "For conditions: free it whole."),
        NativeDef::new("_acquire_restore", "($self, state, /)", rlock_acquire_restore, "For conditions."),
        NativeDef::new("_at_fork_reinit", "($self, /)", rlock_reinit, ""),
    ],
    ..TypeDef::new("_thread", "RLock")
};

fn rlock_new(cx: &mut Ctx, args: Args) -> PyResult {
    let obj = cx.alloc_instance(args[0])?;
    obj.set_payload(cx, PAYLOAD, Arc::new(Recursive::default()));
    Ok(obj.value())
}

fn recursive(cx: &Ctx, v: Value) -> Option<&Arc<Recursive>> {
    Obj::of(v)?.payload::<Arc<Recursive>>(cx, PAYLOAD)
}

fn take(cx: &mut Ctx, v: Value, blocking: bool, deadline: Option<Instant>) -> PyResult {
    let Some(lock) = recursive(cx, v) else { return Ok(Value::FALSE) };
    if lock.again(pthread_self()) {
        return Ok(Value::TRUE);
    }
    if noted(cx, &lock.lock, "RLock", lock.lock.try_acquire()) {
        lock.enter(pthread_self(), 1);
        return Ok(Value::TRUE);
    }
    let lock = lock.clone();
    let taken = if blocking && waits::is_on() {
        watched(cx, address(&lock.lock), "RLock", deadline, None, |until| lock.lock.acquire(until))?
    } else {
        acquire(cx, &lock.lock, blocking, deadline)?
    };
    if noted(cx, &lock.lock, "RLock", taken) {
        lock.enter(pthread_self(), 1);
    }
    Ok(Value::bool(taken))
}

fn rlock_acquire(cx: &mut Ctx, args: Args) -> PyResult {
    let (blocking, deadline) = how(cx, args)?;
    take(cx, args[0], blocking, deadline)
}

fn rlock_enter(cx: &mut Ctx, args: Args) -> PyResult {
    take(cx, args[0], true, None)
}

fn rlock_release(cx: &mut Ctx, args: Args) -> PyResult {
    if waits::is_on()
        && let Some(lock) = recursive(cx, args[0]).filter(|l| l.depth(pthread_self()) == 1)
    {
        waits::freed(address(&lock.lock));
    }
    if recursive(cx, args[0]).is_some_and(|l| l.leave(pthread_self())) {
        Ok(Value::NONE)
    } else {
        Err(cx.runtime_error("cannot release un-acquired lock"))
    }
}

fn rlock_locked(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(recursive(cx, args[0]).is_some_and(|l| l.lock.is_held())))
}

fn rlock_is_owned(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(recursive(cx, args[0]).is_some_and(|l| l.is_owned(pthread_self()))))
}

fn rlock_count(cx: &mut Ctx, args: Args) -> PyResult {
    let n = recursive(cx, args[0]).map_or(0, |l| l.depth(pthread_self()));
    Ok(int::from_u64(cx, n))
}

fn rlock_release_save(cx: &mut Ctx, args: Args) -> PyResult {
    let me = pthread_self();
    if waits::is_on()
        && let Some(lock) = recursive(cx, args[0]).filter(|l| l.is_owned(me))
    {
        waits::freed(address(&lock.lock));
    }
    let Some(count) = recursive(cx, args[0]).and_then(|l| l.leave_all(me)) else {
        return Err(cx.runtime_error("cannot release un-acquired lock"));
    };
    let items = [int::from_u64(cx, count), int::from_u64(cx, me)];
    Ok(Tuple::new(cx, &items))
}

fn rlock_acquire_restore(cx: &mut Ctx, args: Args) -> PyResult {
    let count = Tuple::of_sub(cx, args[1]).and_then(|t| int::to_i64(t.get(0))).unwrap_or(1);
    let Some(lock) = recursive(cx, args[0]).cloned() else { return Ok(Value::NONE) };
    // A condition must hold its lock again even if a handler raises: the exception comes afterwards.
    let mut late = None;
    loop {
        match acquire(cx, &lock.lock, true, None) {
            Ok(_) => break,
            Err(r) => late = Some(r),
        }
    }
    noted(cx, &lock.lock, "RLock", true);
    lock.enter(pthread_self(), count as u64);
    match late {
        None => Ok(Value::NONE),
        Some(r) => Err(r),
    }
}

fn rlock_reinit(cx: &mut Ctx, args: Args) -> PyResult {
    if let Some(l) = recursive(cx, args[0]) {
        l.reinit();
    }
    Ok(Value::NONE)
}

fn rlock_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let (owner, count) = recursive(cx, v).map_or((0, 0), |l| l.glance());
    let state = if count > 0 { "locked" } else { "unlocked" };
    let name = types::type_full_name(cx, v);
    let text = format!("<{state} {name} object owner={owner} count={count} at {:#x}>", protocol::id_of(v));
    Ok(Str::from_text(cx, &text))
}
