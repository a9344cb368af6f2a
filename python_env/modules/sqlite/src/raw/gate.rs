//! Who may use a connection: one thread at a time, and who answers when it is called back.
//!
//! The gate is taken again by the thread that has it (a function that SQL calls uses the connection). What the collector finds dead it
//! must not wait for: if the gate is taken, statements are left at it, and whoever leaves buries them.

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libsqlite3_sys as ffi;
use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
use proto_core::sync::{AtomicUsize, Ordering};

use super::Db;
use super::hooks::{Answer, Params};

/// What of a function is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// A plain function.
    Scalar,
    Step,
    Inverse,
    Value,
    Final,
}

/// Who answers what SQLite calls back. Called on the thread that made the call, within it. `which` is the number that was given when
/// the function was registered.
pub trait Host {
    fn function(&self, which: usize, part: Part, params: Params, answer: Answer);
    fn collation(&self, which: usize, a: &[u8], b: &[u8]) -> c_int;
    fn authorizer(&self, action: c_int, names: [Option<&[u8]>; 4]) -> c_int;
    /// Whether to go on.
    fn progress(&self) -> bool;
    /// A statement begins: its text with its parameters, unless that is too long, and the text itself.
    fn trace(&self, expanded: Option<&[u8]>, sql: &[u8]);
}

/// What waits for its end.
pub enum Dead {
    Stmt(*mut ffi::sqlite3_stmt),
    Blob(*mut ffi::sqlite3_blob),
}

// SAFETY: what is in here is nobody's any more, and any thread may end it.
unsafe impl Send for Dead {}

impl Dead {
    fn end(self) {
        // SAFETY: the last that is done with it; its connection is held by the caller.
        unsafe {
            match self {
                Dead::Stmt(ptr) => ffi::sqlite3_finalize(ptr),
                Dead::Blob(ptr) => ffi::sqlite3_blob_close(ptr),
            };
        }
    }
}

fn locked<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A host whose lifetime is not written.
#[derive(Clone, Copy)]
struct HostPtr(*const (dyn Host + 'static));

#[derive(Default)]
struct Inside {
    /// How often the thread has taken the gate.
    depth: Cell<usize>,
    host: Cell<Option<HostPtr>>,
}

// SAFETY: the pointer is used by the thread that set it, while it holds the gate that this is under.
unsafe impl Send for Inside {}

pub struct Gate {
    inside: ReentrantMutex<Inside>,
    dead: Mutex<Vec<(Dead, Arc<Db>)>>,
    /// Numbers of functions that SQLite has let go of.
    freed: Mutex<Vec<usize>>,
}

/// The gate, taken.
pub struct Held<'a> {
    gate: &'a Gate,
    inside: Option<ReentrantMutexGuard<'a, Inside>>,
    /// The host to be set again.
    before: Option<Option<HostPtr>>,
}

static BURIED: AtomicUsize = AtomicUsize::new(0);

/// How many statements and blobs have ended in this process.
pub fn buried() -> usize {
    BURIED.load(Ordering::Relaxed)
}

impl Gate {
    pub(super) fn new() -> Arc<Gate> {
        let (dead, freed) = (Mutex::default(), Mutex::default());
        Arc::new(Gate { inside: ReentrantMutex::new(Inside::default()), dead, freed })
    }

    fn held<'a>(&'a self, inside: ReentrantMutexGuard<'a, Inside>) -> Held<'a> {
        inside.depth.set(inside.depth.get() + 1);
        Held { gate: self, inside: Some(inside), before: None }
    }

    /// Takes the gate. It may take long, unless the thread has it already: then other threads must be able to collect.
    pub fn lock(&self) -> Held<'_> {
        self.held(self.inside.lock())
    }

    /// The same if that does not take long.
    pub fn try_lock(&self) -> Option<Held<'_>> {
        self.inside.try_lock().map(|inside| self.held(inside))
    }

    /// Takes the gate and says who answers until it is left.
    pub(super) fn entered<'a>(&'a self, host: Option<&'a dyn Host>) -> Held<'a> {
        let mut held = self.lock();
        held.set_host(host);
        held
    }

    /// Calls `f` with who answers; None if nobody does.
    ///
    /// # Safety
    /// The thread holds the gate: SQLite calls it back.
    pub(super) unsafe fn answered<R>(&self, f: impl FnOnce(&dyn Host) -> R) -> Option<R> {
        let host = {
            let inside = self.inside.lock();
            inside.host.get()?
        };
        // SAFETY: set by `entered`, whose guard is alive further down this thread's stack, and so is the host.
        Some(f(unsafe { &*host.0 }))
    }

    /// Ends what is dead, now or as soon as nobody is inside.
    pub(super) fn bury(&self, dead: Dead, db: &Arc<Db>) {
        BURIED.fetch_add(1, Ordering::Relaxed);
        locked(&self.dead).push((dead, db.clone()));
        self.clean();
    }

    /// Ends what has been left here, unless somebody is inside, who will.
    fn clean(&self) {
        while !locked(&self.dead).is_empty() {
            let Some(mut held) = self.try_lock() else { return };
            let Some(inside) = &held.inside else { return };
            if inside.depth.get() > 1 {
                held.inner_leave();
                return;
            }
            held.set_host(None);
            let dead = std::mem::take(&mut *locked(&self.dead));
            let mut dbs = Vec::with_capacity(dead.len());
            for (dead, db) in dead {
                dead.end();
                dbs.push(db);
            }
            held.inner_leave();
            // The last of them may be the connection's end.
            drop(dbs);
        }
    }

    pub(super) fn free(&self, which: usize) {
        locked(&self.freed).push(which);
    }

    /// Numbers of functions that SQLite has let go of since the last call.
    pub fn take_freed(&self) -> Vec<usize> {
        std::mem::take(&mut *locked(&self.freed))
    }
}

impl<'a> Held<'a> {
    fn set_host(&mut self, host: Option<&'a dyn Host>) {
        if let Some(inside) = &self.inside {
            let host = host.map(|host| {
                let host: *const (dyn Host + 'a) = host;
                // SAFETY: only the lifetime changes; the guard, which has it, takes the pointer back.
                HostPtr(unsafe { std::mem::transmute::<*const (dyn Host + 'a), *const (dyn Host + 'static)>(host) })
            });
            let before = inside.host.replace(host);
            self.before.get_or_insert(before);
        }
    }

    /// Whether the gate is left for good.
    fn inner_leave(&mut self) -> bool {
        let Some(inside) = self.inside.take() else { return false };
        if let Some(before) = self.before.take() {
            inside.host.set(before);
        }
        let depth = inside.depth.get() - 1;
        inside.depth.set(depth);
        depth == 0
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.inner_leave() {
            self.gate.clean();
        }
    }
}
