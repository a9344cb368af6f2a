//! The module `_queue`: an unbounded queue that threads share. Slots: 0 a deque of the items, 1 where threads wait.

use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::objects::Obj;
use engine::prelude::*;
use engine::protocol;
use engine::waits;

use crate::collections::deque::Deque;
use crate::instances::slot;

const ITEMS: usize = 0;
const WAITING: usize = 1;

pub static QUEUE: ModuleDef = ModuleDef {
    doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
    types: &[&SIMPLE_QUEUE, &EMPTY],
    ..ModuleDef::new("_queue")
};

static EMPTY: TypeDef = TypeDef {
    doc: "Exception raised by Queue.get(block=0)/get_nowait().",
    bases: &[BaseRef::Exc(Exc::Exception)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
    ..TypeDef::new("_queue", "Empty")
};

static SIMPLE_QUEUE: TypeDef = TypeDef {
    doc: "Simple, unbounded, reentrant FIFO queue.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type)", new, "").hide_sig()),
    methods: &[
        NativeDef::new(
            "empty",
            "($self, /)",
            |cx, a| Ok(Value::bool(len(cx, a[0])? == 0)),
            "Return True if the queue is empty, False otherwise (not reliable!).",
        ),
        NativeDef::new(
            "get",
            "($self, /, block=True, timeout=None)",
            get,
            "Remove and return an item from the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until an item is available. If 'timeout' is\na non-negative number, it blocks at most 'timeout' seconds and raises\nthe Empty exception if no item was available within that time.\nOtherwise ('block' is false), return an item if one is immediately\navailable, else raise the Empty exception ('timeout' is ignored\nin that case).",
        )
        .leaf(get_leaf),
        NativeDef::new(
            "get_nowait",
            "($self, /)",
            get_nowait,
            "Remove and return an item from the queue without blocking.\n\nOnly get an item if one is immediately available. Otherwise\nraise the Empty exception.",
        )
        .leaf(get_leaf),
        NativeDef::new(
            "put",
            "($self, /, item, block=True, timeout=None)",
            put,
            "Put the item on the queue.\n\nThe optional 'block' and 'timeout' arguments are ignored, as this method\nnever blocks.  They are provided for compatibility with the Queue class.",
        ),
        NativeDef::new(
            "put_nowait",
            "($self, /, item)",
            put,
            "Put an item into the queue without blocking.\n\nThis is exactly equivalent to `put(item)` and is only provided\nfor compatibility with the Queue class.",
        ),
        NativeDef::new(
            "qsize",
            "($self, /)",
            |cx, a| {
                let n = len(cx, a[0])?;
                Ok(Value::from_usize(n))
            },
            "Return the approximate size of the queue (not reliable!).",
        ),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    ..TypeDef::new("_queue", "SimpleQueue")
};

/// Where getters sleep.
///
/// A getter counts itself, then looks for an item, then sleeps until `puts` changes; who puts looks at the count after the item is
/// there. Both have a fence in between, so one of them sees the other.
#[derive(Default)]
struct Waiting {
    /// How many getters are about to sleep or do.
    getters: AtomicUsize,
    /// The number of puts that found getters.
    puts: Mutex<u64>,
    changed: Condvar,
}

impl Waiting {
    /// An item is there.
    fn has_put(&self) {
        fence(Ordering::SeqCst);
        if self.getters.load(Ordering::Relaxed) != 0 {
            *self.puts.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            self.changed.notify_one();
        }
    }
}

/// Counts a getter as long as it lives.
struct Getter<'a>(&'a Waiting);

impl<'a> Getter<'a> {
    fn new(waiting: &'a Waiting) -> Getter<'a> {
        waiting.getters.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        Getter(waiting)
    }
}

impl Drop for Getter<'_> {
    fn drop(&mut self) {
        self.0.getters.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How long a getter sleeps before it looks for signals.
const SIGNAL_PERIOD: Duration = Duration::from_millis(20);

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    let class = cx.type_of_def(&crate::collections::deque::DEQUE).value();
    let items = protocol::call(cx, class, &[])?;
    o.set_slot(cx, ITEMS, items);
    o.set_payload(cx, WAITING, Arc::new(Waiting::default()));
    Ok(o.value())
}

fn items(cx: &mut Ctx, q: Value) -> Res<Deque> {
    let items = slot(cx, q, ITEMS);
    Deque::this(cx, items)
}

fn len(cx: &mut Ctx, q: Value) -> Res<usize> {
    Ok(items(cx, q)?.len(cx))
}

fn waiting(cx: &Ctx, q: Value) -> Arc<Waiting> {
    Obj::of(q).and_then(|o| o.payload::<Arc<Waiting>>(cx, WAITING)).cloned().unwrap_or_default()
}

fn put(cx: &mut Ctx, args: Args) -> PyResult {
    items(cx, args[0])?.push_back(cx, args[1]);
    if let Some(w) = Obj::of(args[0]).and_then(|o| o.payload::<Arc<Waiting>>(cx, WAITING)) {
        w.has_put();
    }
    Ok(Value::NONE)
}

/// The quick form of `get()`, if an item is there.
fn get_leaf(cx: &Ctx, words: &[Value]) -> Value {
    let [queue] = words else { return Value::EMPTY };
    match Obj::of(slot(cx, *queue, ITEMS)) {
        Some(items) => Deque(items).pop_front(cx).unwrap_or(Value::EMPTY),
        None => Value::EMPTY,
    }
}

fn nothing(cx: &mut Ctx) -> Raised {
    let class = cx.type_of_def(&EMPTY).value();
    cx.raise_call(class, &[])
}

fn get_nowait(cx: &mut Ctx, args: Args) -> PyResult {
    match items(cx, args[0])?.pop_front(cx) {
        Some(v) => Ok(v),
        None => Err(nothing(cx)),
    }
}

fn get(cx: &mut Ctx, args: Args) -> PyResult {
    let queue = items(cx, args[0])?;
    let block = args.truth_or(cx, 1, true)?;
    let mut deadline = None;
    if block && let Some(timeout) = args.some(2) {
        let seconds = seconds(cx, timeout)?;
        if seconds < 0.0 {
            return Err(cx.value_error("'timeout' must be a non-negative number"));
        }
        deadline = Duration::try_from_secs_f64(seconds).ok().and_then(|d| Instant::now().checked_add(d));
    }
    if let Some(v) = queue.pop_front(cx) {
        return Ok(v);
    }
    let w = waiting(cx, args[0]);
    if !block || !waits::is_on() {
        return take(cx, queue, &w, block, deadline);
    }
    let outer = waits::begin(cx, Arc::as_ptr(&w).addr(), "SimpleQueue", deadline.is_none(), None);
    let taken = take(cx, queue, &w, block, deadline);
    waits::end(cx, outer);
    taken
}

/// Takes an item; waits for one, if `block`, until the deadline.
fn take(cx: &mut Ctx, queue: Deque, w: &Waiting, block: bool, deadline: Option<Instant>) -> PyResult {
    let mut next_look = Instant::now() + waits::LOOK;
    let _counted = Getter::new(w);
    loop {
        let seen = *w.puts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(v) = queue.pop_front(cx) {
            return Ok(v);
        }
        let left = deadline.map(|d| d.saturating_duration_since(Instant::now()));
        if !block || left == Some(Duration::ZERO) {
            return Err(nothing(cx));
        }
        let nap = left.map_or(SIGNAL_PERIOD, |l| l.min(SIGNAL_PERIOD));
        cx.blocking(|| {
            let puts = w.puts.lock().unwrap_or_else(PoisonError::into_inner);
            // A put since the look into the queue must not be slept over.
            drop(w.changed.wait_timeout_while(puts, nap, |puts| *puts == seen));
        });
        cx.poll()?;
        if waits::is_on() && Instant::now() >= next_look {
            waits::look(cx);
            next_look = Instant::now() + waits::LOOK;
        }
    }
}

/// A timeout in seconds.
fn seconds(cx: &mut Ctx, v: Value) -> Res<f64> {
    let slots = types::type_of(cx, v).slots();
    if slots.float().is_none() && slots.index().is_none() {
        let name = types::type_name(cx, v);
        return Err(cx.type_error(format!("'{name}' object cannot be interpreted as an integer or float")));
    }
    protocol::to_f64(cx, v)
}
