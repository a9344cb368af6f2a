//! `_multiprocessing` (semaphores that processes share) and `_posixshmem` (memory that they share).

use std::ffi::CString;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use engine::prelude::*;
use proto_core::sync::{AtomicU32, AtomicU64, Ordering};
use rustix::io::Errno;

use crate::convert::{c_int, fs_encode, os_error, type_name};
use crate::os::ipc::{self, Semaphore};
use crate::os::signals;

const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;
const SEM_VALUE_MAX: i32 = i32::MAX;

/// The payload. `count` says how often this process holds it, `owner` which thread took it last.
struct Lock {
    semaphore: Semaphore,
    kind: i32,
    max: i32,
    count: AtomicU32,
    owner: AtomicU64,
}

impl Lock {
    fn count(&self) -> i32 {
        self.count.load(Ordering::Acquire) as i32
    }

    fn is_mine(&self) -> bool {
        self.count() > 0 && self.owner.load(Ordering::Relaxed) == signals::pthread_self()
    }

    fn taken(&self) {
        self.owner.store(signals::pthread_self(), Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::AcqRel);
    }
}

/// `_multiprocessing.SemLock`: native slot 1 holds the name.
pub static SEM_LOCK: TypeDef = TypeDef {
    doc: "Semaphore/Mutex type",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, kind, value, maxvalue, name, unlink)", new, "")),
    methods: &[
        NativeDef::new("acquire", "($self, /, block=True, timeout=None)", acquire, "Acquire the semaphore/lock."),
        NativeDef::new("release", "($self, /)", release, "Release the semaphore/lock."),
        NativeDef::new(
            "_count",
            "($self, /)",
            |cx, args| {
                let n = lock(cx, args[0])?.count();
                Ok(int::from_i64(cx, n.into()))
            },
            "Num of `acquire()`s minus num of `release()`s for this process.",
        ),
        NativeDef::new(
            "_is_mine",
            "($self, /)",
            |cx, args| Ok(Value::bool(lock(cx, args[0])?.is_mine())),
            "Whether the lock is owned by this thread.",
        ),
        NativeDef::new("_get_value", "($self, /)", get_value, "Get the value of the semaphore."),
        NativeDef::new("_is_zero", "($self, /)", is_zero, "Return whether semaphore has value zero."),
        NativeDef::new("_after_fork", "($self, /)", after_fork, "Rezero the net acquisition count after fork()."),
        NativeDef::new(
            "__enter__",
            "($self, /)",
            |cx, args| take(cx, args[0], true, None),
            "Enter the semaphore/lock.",
        ),
        NativeDef::new(
            "__exit__",
            "($self, exc_type=None, exc_value=None, exc_tb=None, /)",
            release,
            "Exit the semaphore/lock.",
        ),
    ],
    class_methods: &[NativeDef::new("_rebuild", "($type, handle, kind, maxvalue, name, /)", rebuild, "")],
    members: &[
        Member::computed("handle", handle, ""),
        Member::computed("kind", |cx, v| Ok(Value::small(lock(cx, v)?.kind)), ""),
        Member::computed("maxvalue", |cx, v| Ok(Value::small(lock(cx, v)?.max)), ""),
        Member::ro("name", 1, ""),
    ],
    attrs: &[("SEM_VALUE_MAX", Const::Int(SEM_VALUE_MAX as i64))],
    ..TypeDef::new("_multiprocessing", "SemLock")
};

fn lock(cx: &mut Ctx, v: Value) -> Res<Arc<Lock>> {
    match Obj::of(v).and_then(|o| o.payload::<Arc<Lock>>(cx, 0)) {
        Some(l) => Ok(l.clone()),
        None => Err(cx.value_error("SemLock is not initialized")),
    }
}

fn handle(cx: &mut Ctx, v: Value) -> PyResult {
    let n = lock(cx, v)?.semaphore.address();
    Ok(int::from_usize(cx, n))
}

fn c_name(cx: &mut Ctx, v: Value) -> Res<CString> {
    let bytes = fs_encode(cx, v)?;
    match CString::new(bytes) {
        Ok(name) => Ok(name),
        Err(_) => Err(cx.value_error("embedded null character")),
    }
}

fn adopt(cx: &mut Ctx, class: Value, semaphore: Semaphore, kind: i32, max: i32, name: Value) -> PyResult {
    let obj = cx.alloc_instance(class)?;
    let lock = Lock { semaphore, kind, max, count: AtomicU32::new(0), owner: AtomicU64::new(0) };
    obj.set_payload(cx, 0, Arc::new(lock));
    obj.set_slot(cx, 1, name);
    Ok(obj.value())
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let (kind, value, max) = (c_int(cx, args[1])?, c_int(cx, args[2])?, c_int(cx, args[3])?);
    if args[4] == Value::NONE || Str::of_sub(cx, args[4]).is_none() {
        let ty = type_name(cx, args[4]);
        return Err(cx.type_error(format!("SemLock() argument 'name' must be str, not {ty}")));
    }
    let name = c_name(cx, args[4])?;
    let unlink = protocol::truth(cx, args[5])?;
    if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
        return Err(cx.value_error("unrecognized kind"));
    }
    let opened = match u32::try_from(value) {
        Ok(value) => Semaphore::open(&name, Some(value)),
        Err(_) => Err(Errno::INVAL),
    };
    let semaphore = match opened {
        Ok(s) => s,
        Err(e) => return Err(os_error(cx, e)),
    };
    if unlink && let Err(e) = Semaphore::unlink(&name) {
        return Err(os_error(cx, e));
    }
    // A semaphore without a name in the system has none here either.
    let name = if unlink { Value::NONE } else { args[4] };
    adopt(cx, args[0], semaphore, kind, max, name)
}

/// `_rebuild(handle, kind, maxvalue, name)`: the semaphore of another process.
fn rebuild(cx: &mut Ctx, args: Args) -> PyResult {
    let (kind, max) = (c_int(cx, args[2])?, c_int(cx, args[3])?);
    let name = c_name(cx, args[4])?;
    match Semaphore::open(&name, None) {
        Ok(s) => adopt(cx, args[0], s, kind, max, args[4]),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn acquire(cx: &mut Ctx, args: Args) -> PyResult {
    let block = args.truth_or(cx, 1, true)?;
    let timeout = args.get(2).filter(|&v| v != Value::NONE);
    let timeout = match timeout {
        Some(v) => Some(crate::time::seconds(cx, v)?.max(0.0)),
        None => None,
    };
    take(cx, args[0], block, timeout)
}

fn take(cx: &mut Ctx, v: Value, block: bool, timeout: Option<f64>) -> PyResult {
    let l = lock(cx, v)?;
    if l.kind == RECURSIVE_MUTEX && l.is_mine() {
        l.taken();
        return Ok(Value::TRUE);
    }
    let until = timeout.map(|s| {
        let at = SystemTime::now() + Duration::try_from_secs_f64(s.min(1e9)).unwrap_or_default();
        at.duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_nanos()).unwrap_or(i64::MAX))
    });
    let mut r = l.semaphore.try_wait();
    while block && matches!(r, Err(Errno::AGAIN | Errno::INTR)) {
        if r == Err(Errno::INTR) {
            cx.poll()?;
        }
        r = cx.blocking(|| l.semaphore.wait(until));
    }
    match r {
        Ok(()) => {
            l.taken();
            Ok(Value::TRUE)
        }
        Err(Errno::AGAIN | Errno::TIMEDOUT) => Ok(Value::FALSE),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn release(cx: &mut Ctx, args: Args) -> PyResult {
    let l = lock(cx, args[0])?;
    if l.kind == RECURSIVE_MUTEX {
        if !l.is_mine() {
            return Err(cx.assertion_error("attempt to release recursive lock not owned by thread"));
        }
        if l.count() > 1 {
            l.count.fetch_sub(1, Ordering::AcqRel);
            return Ok(Value::NONE);
        }
    } else {
        match l.semaphore.value() {
            Ok(n) if n >= l.max => return Err(cx.value_error("semaphore or lock released too many times")),
            Ok(_) => {}
            Err(e) => return Err(os_error(cx, e)),
        }
    }
    // Before the others may have it.
    l.count.fetch_sub(1, Ordering::AcqRel);
    match l.semaphore.post() {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn get_value(cx: &mut Ctx, args: Args) -> PyResult {
    match lock(cx, args[0])?.semaphore.value() {
        Ok(n) => Ok(Value::small(n.max(0))),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn is_zero(cx: &mut Ctx, args: Args) -> PyResult {
    match lock(cx, args[0])?.semaphore.value() {
        Ok(n) => Ok(Value::bool(n == 0)),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn after_fork(cx: &mut Ctx, args: Args) -> PyResult {
    lock(cx, args[0])?.count.store(0, Ordering::Release);
    Ok(Value::NONE)
}

fn sem_unlink(cx: &mut Ctx, args: Args) -> PyResult {
    let name = c_name(cx, args[0])?;
    match Semaphore::unlink(&name) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let flags = Dict::new(cx);
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT", "HAVE_FD_TRANSFER"] {
        flags.set_str(cx, cx.intern(name.as_bytes()), Value::small(1));
    }
    cx.set_module_attr(module, "flags", flags.value());
    Ok(())
}

/// `_multiprocessing`
pub static MULTIPROCESSING: ModuleDef = ModuleDef {
    functions: &[NativeDef::new("sem_unlink", "($module, name, /)", sem_unlink, "")],
    types: &[&SEM_LOCK],
    init: Some(init),
    ..ModuleDef::new("_multiprocessing")
};

// --- shared memory ---

fn shm_open(cx: &mut Ctx, args: Args) -> PyResult {
    let name = c_name(cx, args[0])?;
    let flags = c_int(cx, args[1])?;
    let mode = args.get(2).map_or(Ok(0o777), |v| c_int(cx, v))?;
    match crate::descriptors::make(cx, || ipc::shm_open(&name, flags, mode as u32))? {
        Ok(fd) => Ok(Value::small(fd)),
        Err(e) => Err(cx.os_error(e.raw_os_error(), Some(args[0]))),
    }
}

fn shm_unlink(cx: &mut Ctx, args: Args) -> PyResult {
    let name = c_name(cx, args[0])?;
    match crate::convert::waiting(cx, || ipc::shm_unlink(&name))? {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(cx.os_error(e.raw_os_error(), Some(args[0]))),
    }
}

/// `_posixshmem`
pub static POSIXSHMEM: ModuleDef = ModuleDef {
    doc: "POSIX shared memory module",
    functions: &[
        NativeDef::new(
            "shm_open",
            "($module, /, path, flags, mode=511)",
            shm_open,
            "Open a shared memory object.  Returns a file descriptor (integer).",
        ),
        NativeDef::new(
            "shm_unlink",
            "($module, /, path)",
            shm_unlink,
            "Remove a shared memory object (similar to unlink()).",
        ),
    ],
    ..ModuleDef::new("_posixshmem")
};
