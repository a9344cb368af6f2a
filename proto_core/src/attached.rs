//! A context that is attached as long as a guard lives: [`Context`] without `unsafe`, for who does not embed it in a context of
//! their own.

use crate::context::{Context, Stack};
use crate::gc::usage::Usage;
use crate::space::Space;
use crate::value::Value;
use std::ops::Deref;

/// The running thread's context, attached until this is dropped. It stays on its thread. What is read of a context, and its heap,
/// is reached through it; whatever is a safepoint takes it mutably, so that nothing borrowed from the heap is in use then.
///
/// ```
/// use proto_core::{Attached, Config, Space};
///
/// let space = Space::new(Config::default());
/// let mut cx = Attached::new(space);
/// let greeting = cx.new_str(b"kept by the stack it is on");
/// cx.collect(true);
/// assert_eq!(cx.text(&greeting), Some(&b"kept by the stack it is on"[..]));
/// ```
///
/// What is borrowed from the heap does not outlive the next poll:
///
/// ```compile_fail,E0502
/// # use proto_core::{Attached, Config, Space};
/// # let mut cx = Attached::new(Space::new(Config::default()));
/// let greeting = cx.new_str(b"more than seven bytes");
/// let text = cx.text(&greeting);
/// cx.poll();
/// assert!(text.is_some());
/// ```
pub struct Attached {
    /// In a box, so that it stays where it is. Nobody gets it as `&mut`: two could be exchanged.
    cx: Box<Context>,
}

impl Attached {
    /// Attaches the running thread. May wait for other threads to come to their polls. Aborts when there are no addresses for a
    /// value stack; see [`Attached::with_stack`].
    ///
    /// A thread has one context of a space: with a second one it would wait for itself.
    pub fn new(space: &'static Space) -> Attached {
        let cx = Box::new(Context::new(space));
        // SAFETY: boxed; dropped, and so detached, by this thread, which `Attached` cannot leave. (If it is never dropped, neither is
        // the box.) There are no roots.
        unsafe { cx.attach(None) };
        Attached { cx }
    }

    /// As [`Attached::new`], with a value stack made before, where the lack of addresses could be reported.
    pub fn with_stack(space: &'static Space, stack: Stack) -> Attached {
        let cx = Box::new(Context::new(space));
        // SAFETY: as above.
        unsafe { cx.attach_with(stack, None) };
        Attached { cx }
    }

    /// A safepoint, as [`Context::poll`]: what the thread must see to now.
    #[inline(always)]
    pub fn poll(&mut self) -> u32 {
        self.cx.poll()
    }

    /// Collects now, as [`Context::collect`].
    pub fn collect(&mut self, full: bool) {
        self.cx.collect(full);
    }

    /// As [`Context::collect_while_waiting`].
    pub fn collect_while_waiting(&mut self) -> bool {
        self.cx.collect_while_waiting()
    }

    /// Runs `f`, which may block for long, while others may collect around this thread. `f` can have no value of the heap with it:
    /// those do not go to other threads, and what it captures must be fit to.
    ///
    /// ```compile_fail,E0277
    /// # use proto_core::{Attached, Config, Space};
    /// # let mut cx = Attached::new(Space::new(Config::default()));
    /// let v = cx.new_array(3);
    /// cx.blocking(|| println!("{v:?}"));
    /// ```
    pub fn blocking<R>(&mut self, f: impl FnOnce() -> R + Send) -> R {
        self.cx.blocking(f)
    }

    /// Makes the runtime fit for a second thread, as [`Context::start_sharing`].
    pub fn start_sharing(&mut self) {
        self.cx.start_sharing();
    }

    /// Makes room for an object of so many bytes, as [`Context::make_room`]; false if there is none.
    pub fn make_room(&mut self, bytes: usize) -> bool {
        self.cx.make_room(bytes)
    }

    /// The next object whose finalizer is to be called, as [`Context::take_finalizable`].
    pub fn take_finalizable(&mut self) -> Option<Value> {
        self.cx.take_finalizable()
    }

    /// All that has a finalizer awaits it now, as [`Context::finalize_all`].
    pub fn finalize_all(&mut self) {
        self.cx.finalize_all();
    }

    /// The next object to be told that its weak reference was cleared, as [`Context::take_cleared_weakref`].
    pub fn take_cleared_weakref(&mut self) -> Option<Value> {
        self.cx.take_cleared_weakref()
    }

    /// What all heaps hold, as [`Context::usage`].
    pub fn usage(&mut self) -> Usage {
        self.cx.usage()
    }
}

impl Deref for Attached {
    type Target = Context;

    #[inline(always)]
    fn deref(&self) -> &Context {
        &self.cx
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use super::Attached;
    use crate::{Config, Shared, Space, Stack};

    #[test]
    fn contexts_come_and_go_with_their_guards() {
        let space = Space::new(Config { verify: true, stack_words: 1 << 16, ..Config::default() });
        let mut cx = Attached::new(space);
        cx.start_sharing();
        let board = Shared::new(&cx, cx.new_array(2));
        let work = |i| {
            let stack = Stack::reserve(1 << 12).expect("addresses");
            let mut cx = Attached::with_stack(space, stack);
            let text = cx.new_str(b"written by a thread that is gone");
            cx.collect(false);
            assert!(cx.set_slot(board.get(&cx), i, text));
        };
        cx.blocking(|| std::thread::scope(|s| (0..2).for_each(|i| drop(s.spawn(move || work(i))))));
        cx.collect(true);
        assert_eq!(cx.usage().local.len(), 1);
        for i in 0..2 {
            let text = cx.slot(board.get(&cx), i);
            assert_eq!(cx.text(&text), Some(&b"written by a thread that is gone"[..]));
        }
    }
}
