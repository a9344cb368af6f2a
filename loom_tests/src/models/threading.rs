//! `threading`'s `Lock`, `Condition`, `Event`, `Semaphore` and `Barrier` as Python sees them.
//!
//! The lock is the native one. The others are Python code over it in the library; what follows them here step by step is
//! their user, so that the lock is asked for what `threading` asks of it.

use super::os::lock::{Event as Native, RawLock};
use super::os::parker::{Parker, Wake};
use super::os::rlock::Recursive;
use super::{Model, UnsafeCell, spawn};
use proto_core::sync::model::be_late;
use proto_core::sync::{Mutex, broken, lock};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

pub const MODELS: &[Model] = &[
    Model::new("lock_two", 3, 2, &["lock_queues_first", "lock_release_wakes", "parker_wakes_sleeper"], lock_two),
    Model::new("lock_three", 3, 2, &["lock_release_wakes"], lock_three),
    Model::new("lock_time_out", 3, 2, &["lock_late_token"], lock_time_out),
    Model::new("lock_interrupted", 3, 2, &["lock_late_token"], lock_interrupted),
    Model::new("rlock", 3, 2, &["rlock_counts", "rlock_disowns_first"], rlock),
    Model::new("thread_join_event", 3, 2, &["event_rechecks"], native_event),
    Model::new("thread_end_and_handle", 3, 2, &["thread_finishes_under_lock"], thread_end),
    Model::new("condition", 3, 2, &["lock_queues_first"], condition),
    Model::new("condition_time_out", 3, 2, &["parker_wakes_sleeper"], condition_time_out),
    Model::new("event", 3, 2, &["lock_release_wakes"], event),
    Model::new("semaphore", 3, 2, &["lock_release_wakes"], semaphore),
    Model::new("barrier", 3, 2, &["lock_queues_first"], barrier),
];

/// As `_thread.lock.acquire` does: signals are handled, then the wait goes on. False: not within the time.
fn acquire(lock: &RawLock, deadline: Option<Instant>) -> bool {
    if lock.try_acquire() {
        return true;
    }
    loop {
        match lock.acquire(deadline) {
            Wake::Notified => return true,
            Wake::TimedOut => return false,
            Wake::Interrupted => {}
        }
    }
}

/// Data that a lock guards; loom fails the run where it does not.
#[derive(Default)]
struct Guarded<T> {
    lock: RawLock,
    data: Data<T>,
}

struct Data<T>(UnsafeCell<T>);

impl<T: Default> Default for Data<T> {
    fn default() -> Data<T> {
        Data(UnsafeCell::new(T::default()))
    }
}

// SAFETY: what the models are about: the lock orders all accesses to `data`.
unsafe impl<T> Sync for Data<T> {}
// SAFETY: as above.
unsafe impl<T> Send for Data<T> {}

impl<T> Guarded<T> {
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        assert!(acquire(&self.lock, None));
        let r = self.held(f);
        assert!(self.lock.release());
        r
    }

    /// The caller holds the lock.
    fn held<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the lock is held; checked by loom.
        self.data.0.with_mut(|p| f(unsafe { &mut *p }))
    }
}

/// The holder frees the lock while the other queues itself and marks it.
fn lock_two() {
    let g = Arc::new(Guarded::<u32>::default());
    let other = Arc::clone(&g);
    let t = spawn(move || other.with(|n| *n += 1));
    g.with(|n| *n += 1);
    g.with(|n| *n += 1);
    t.join().unwrap();
    assert_eq!(g.with(|n| *n), 3);
}

/// Two wait when the lock is freed; the one that gets it must wake the other.
fn lock_three() {
    let g = Arc::new(Guarded::<u32>::default());
    let threads = [(), ()].map(|()| {
        let g = Arc::clone(&g);
        spawn(move || g.with(|n| *n += 1))
    });
    g.with(|n| *n += 1);
    for t in threads {
        t.join().unwrap();
    }
    assert_eq!(g.with(|n| *n), 3);
}

/// Two wait, one of them with a deadline that passes just when it is chosen to be woken: the wake-up must not be lost for
/// the other.
fn lock_time_out() {
    let g = Arc::new(Guarded::<u32>::default());
    assert!(g.lock.try_acquire());
    let hurried = Arc::clone(&g);
    let hurried = spawn(move || {
        if acquire(&hurried.lock, Some(Instant::now())) {
            hurried.held(|n| *n += 1);
            assert!(hurried.lock.release());
        }
    });
    let patient = Arc::clone(&g);
    let patient = spawn(move || patient.with(|n| *n += 10));
    g.held(|n| *n += 100);
    assert!(g.lock.release());
    be_late();
    hurried.join().unwrap();
    patient.join().unwrap();
    let n = g.with(|n| *n);
    assert!(n == 110 || n == 111, "{n}");
}

/// A signal interrupts a wait just when it is chosen to be woken.
fn lock_interrupted() {
    let g = Arc::new(Guarded::<u32>::default());
    assert!(g.lock.try_acquire());
    let main = Arc::clone(&g);
    let main = spawn(move || {
        let parker = Parker::current();
        let signal = spawn(move || parker.interrupt());
        // The handler raises: the wait ends without the lock.
        if main.lock.acquire(None) == Wake::Notified {
            assert!(main.lock.release());
        }
        signal.join().unwrap();
    });
    let patient = Arc::clone(&g);
    let patient = spawn(move || patient.with(|n| *n += 1));
    assert!(g.lock.release());
    main.join().unwrap();
    patient.join().unwrap();
    assert_eq!(g.with(|n| *n), 1);
}

/// `threading.RLock`: taken twice, then freed whole, as a condition does, and taken back, while the other comes in between.
fn rlock() {
    #[derive(Default)]
    struct World {
        lock: Recursive,
        data: Data<u32>,
    }
    fn take(l: &Recursive, me: u64) {
        if !l.again(me) {
            assert!(acquire(&l.lock, None));
            l.enter(me, 1);
        }
    }
    fn use_it(w: &World, me: u64) {
        take(&w.lock, me);
        take(&w.lock, me);
        assert!(w.lock.leave(me));
        // SAFETY: the lock is held; checked by loom.
        w.data.0.with_mut(|p| unsafe { *p += 1 });
        let count = w.lock.leave_all(me);
        assert_eq!(count, Some(1));
        assert!(!w.lock.leave(me), "left by one that does not hold it");
        assert!(acquire(&w.lock.lock, None));
        w.lock.enter(me, 1);
        // SAFETY: as above.
        w.data.0.with_mut(|p| unsafe { *p += 1 });
        assert!(w.lock.is_owned(me), "owned by another");
        assert!(w.lock.leave(me));
    }
    let w = Arc::new(World::default());
    let other = Arc::clone(&w);
    let t = spawn(move || use_it(&other, 2));
    use_it(&w, 1);
    t.join().unwrap();
    assert!(!w.lock.is_held());
}

/// `Thread.join`: the thread ends while two others begin to wait for it.
fn native_event() {
    let e = Arc::new(Native::default());
    let threads = [(), ()].map(|()| {
        let e = Arc::clone(&e);
        spawn(move || assert_eq!(e.wait(None), Wake::Notified))
    });
    e.set();
    for t in threads {
        t.join().unwrap();
    }
}

/// A thread ends while another sends it a signal by its identity and a third joins it. What follows `thread/handle.rs` here is
/// `body`'s last act (its context has ended before), `with_running` and `wait`: threads are detached from birth, so the identity is nobody's when they are over.
fn thread_end() {
    #[derive(Default)]
    struct World {
        /// Guards the list of started threads.
        started: Mutex<()>,
        done: Native,
        /// Whether the system has forgotten the identity.
        gone: Data<bool>,
    }
    let w = Arc::new(World::default());
    let ends = Arc::clone(&w);
    let ends = spawn(move || {
        let all = (!broken("thread_finishes_under_lock")).then(|| lock(&ends.started));
        ends.done.set();
        drop(all);
        // SAFETY: nobody who uses the identity does so after this; checked by loom.
        ends.gone.0.with_mut(|p| unsafe { *p = true });
    });
    let joins = Arc::clone(&w);
    let joins = spawn(move || assert_eq!(joins.done.wait(None), Wake::Notified));
    {
        let _all = lock(&w.started);
        if !w.done.is_set() {
            // SAFETY: the thread has not finished, and cannot while the list is locked; checked by loom.
            assert!(!w.gone.0.with(|p| unsafe { *p }), "a signal to a thread that is gone");
        }
    }
    joins.join().unwrap();
    ends.join().unwrap();
}

/// `threading.Condition`: a lock, and one more lock for each that waits.
#[derive(Default)]
struct Condition<T> {
    state: Guarded<T>,
    waiters: Data<VecDeque<Arc<RawLock>>>,
}

impl<T> Condition<T> {
    fn waiters<R>(&self, f: impl FnOnce(&mut VecDeque<Arc<RawLock>>) -> R) -> R {
        // SAFETY: the lock is held by all callers; checked by loom.
        self.waiters.0.with_mut(|p| f(unsafe { &mut *p }))
    }

    fn wait(&self, deadline: Option<Instant>) -> bool {
        let waiter = Arc::new(RawLock::default());
        assert!(waiter.try_acquire());
        self.waiters(|w| w.push_back(Arc::clone(&waiter)));
        assert!(self.state.lock.release());
        let told = acquire(&waiter, deadline);
        assert!(acquire(&self.state.lock, None));
        if !told {
            self.waiters(|w| w.retain(|x| !Arc::ptr_eq(x, &waiter)));
        }
        told
    }

    fn notify(&self, mut n: usize) {
        while n > 0 {
            let Some(first) = self.waiters(|w| w.pop_front()) else { return };
            // One that timed out may have been freed already.
            if first.release() {
                n -= 1;
            }
        }
    }

    fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        assert!(acquire(&self.state.lock, None));
        let r = f();
        assert!(self.state.lock.release());
        r
    }
}

/// One waits until the other has set a flag: the notification comes before, during or after its wait begins.
fn condition() {
    let c = Arc::new(Condition::<bool>::default());
    let other = Arc::clone(&c);
    let t = spawn(move || {
        other.within(|| {
            other.state.held(|flag| *flag = true);
            other.notify(1);
        });
    });
    c.within(|| {
        while !c.state.held(|flag| *flag) {
            c.wait(None);
        }
    });
    t.join().unwrap();
}

/// The wait's time passes while it is notified: it ends either way, with the lock.
fn condition_time_out() {
    let c = Arc::new(Condition::<u32>::default());
    let other = Arc::clone(&c);
    let t = spawn(move || {
        other.within(|| {
            other.state.held(|n| *n += 1);
            other.notify(1);
        });
        be_late();
    });
    c.within(|| {
        if c.state.held(|n| *n) == 0 && c.wait(Some(Instant::now())) {
            assert_eq!(c.state.held(|n| *n), 1);
        }
        c.state.held(|n| *n += 1);
    });
    t.join().unwrap();
    assert_eq!(c.state.with(|n| *n), 2);
}

/// `threading.Event`: two wait, one sets.
fn event() {
    let e = Arc::new(Condition::<bool>::default());
    let threads = [(), ()].map(|()| {
        let e = Arc::clone(&e);
        spawn(move || {
            e.within(|| {
                if !e.state.held(|flag| *flag) {
                    assert!(e.wait(None));
                }
                assert!(e.state.held(|flag| *flag));
            });
        })
    });
    e.within(|| {
        e.state.held(|flag| *flag = true);
        e.notify(usize::MAX);
    });
    for t in threads {
        t.join().unwrap();
    }
}

/// `threading.Semaphore(1)`: never two inside, nobody left waiting.
fn semaphore() {
    let s = Arc::new(Condition::<u32>::default());
    s.state.held(|n| *n = 1);
    let inside = Arc::new(Data::<u32>::default());
    let enter = |s: &Condition<u32>, inside: &Data<u32>| {
        s.within(|| {
            while s.state.held(|n| *n) == 0 {
                s.wait(None);
            }
            s.state.held(|n| *n -= 1);
        });
        // SAFETY: the semaphore lets one in; checked by loom.
        inside.0.with_mut(|p| unsafe { *p += 1 });
        s.within(|| {
            s.state.held(|n| *n += 1);
            s.notify(1);
        });
    };
    let (other, place) = (Arc::clone(&s), Arc::clone(&inside));
    let t = spawn(move || enter(&other, &place));
    enter(&s, &inside);
    t.join().unwrap();
    // SAFETY: as above.
    assert_eq!(inside.0.with(|p| unsafe { *p }), 2);
}

/// `threading.Barrier(2)`: two meet; who comes last opens it, who leaves last closes it.
fn barrier() {
    /// Number of those inside; whether it is open.
    #[derive(Default)]
    struct State {
        count: u32,
        open: bool,
        passed: u32,
    }
    let b = Arc::new(Condition::<State>::default());
    let pass = |b: &Condition<State>| {
        b.within(|| {
            while b.state.held(|s| s.open) {
                b.wait(None);
            }
            let last = b.state.held(|s| {
                s.count += 1;
                s.open = s.count == 2;
                s.open
            });
            if last {
                b.notify(usize::MAX);
            }
            while !b.state.held(|s| s.open) {
                b.wait(None);
            }
            let emptied = b.state.held(|s| {
                s.passed += 1;
                s.count -= 1;
                s.open = s.count > 0;
                !s.open
            });
            if emptied {
                b.notify(usize::MAX);
            }
        });
    };
    let other = Arc::clone(&b);
    let t = spawn(move || pass(&other));
    pass(&b);
    t.join().unwrap();
    assert_eq!(b.state.with(|s| s.passed), 2);
}
