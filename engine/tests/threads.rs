//! Python code in several threads of one runtime.

mod support;

use std::sync::Mutex;
use std::sync::mpsc::{self, Sender};

use engine::ctx::{self, Ctx};
use engine::objects::{Dict, Tuple};
use engine::{PyResult, native::Args, native::NativeDef, protocol};
use proto_core::{Config, Value};

const PROGRAM: &str = r#"
class Point:
    def __init__(self, x):
        self.x = x

    def add(self, n):
        self.x += n
        return self


shared_list = []
shared_dict = {}
shared_point = Point(0)


def numbers(n):
    for i in range(n):
        yield i


def work(k):
    total = 0
    mine = Point(0)
    for i in numbers(2000):
        mine.add(i)
        total += mine.x % 7
        if i % 100 == 0:
            shared_list.append((k, i))
            shared_dict[k, i] = Point(i)
        try:
            if i % 50 == 0:
                raise ValueError(i)
        except ValueError as e:
            total += e.args[0]
        shared_point.last = i
    results.append(total)


results = []
run_threads(work, 4)
assert len(results) == 4 and len(set(results)) == 1, results
assert len(shared_list) == 80 and len(shared_dict) == 80
assert sum(p.x for p in shared_dict.values()) == 4 * sum(range(0, 2000, 100))
assert shared_point.last == 1999
"#;

static RUN_THREADS: NativeDef = NativeDef::new("run_threads", "(work, n)", run_threads, "");

/// Calls `work(i)` in `n` threads and waits for them.
fn run_threads(cx: &mut Ctx, args: Args) -> PyResult {
    let n = args.index(cx, 1)?;
    // Tests run at the same time, each with threads of its own.
    let (done, ended) = mpsc::channel();
    for i in 0..n {
        let place = waiting(|w| {
            w.push(Some(done.clone()));
            w.len() - 1
        });
        let payload = Tuple::new(cx, &[args[0], Value::small(i as i32), Value::from_usize(place)]);
        ctx::spawn(cx, 16 << 20, payload, body).expect("thread");
    }
    drop(done);
    let worked = cx.blocking(|| ended.iter().filter(|&well| well).count());
    assert_eq!(worked as i64, n, "a thread failed");
    Ok(Value::NONE)
}

/// Who waits for each thread. Nobody joins a thread: each says when it has done its work, and whether well.
fn waiting<R>(f: impl FnOnce(&mut Vec<Option<Sender<bool>>>) -> R) -> R {
    static WAITING: Mutex<Vec<Option<Sender<bool>>>> = Mutex::new(Vec::new());
    f(&mut WAITING.lock().expect("no panic inside"))
}

fn body(cx: &mut Ctx, payload: Value) -> impl FnOnce() + use<> {
    let parts = Tuple::of(payload).expect("payload");
    let place = parts.get(2).as_int().expect("place") as usize;
    let done = waiting(|w| w[place].take()).expect("given");
    let well = protocol::call(cx, parts.get(0), &[parts.get(1)]).is_ok();
    if !well {
        eprintln!("{}", support::describe(cx));
    }
    move || done.send(well).expect("awaited")
}

fn run(config: Config) {
    let mut cx = Ctx::create(config);
    let cx = &mut *cx;
    let module = cx.new_empty_module("helpers", "");
    let f = cx.new_function(&RUN_THREADS, module);
    let prelude = Dict::new(cx);
    let name = cx.intern(b"run_threads");
    prelude.set_str(cx, name, f);
    if support::run_with(cx, PROGRAM, "threads", prelude).is_err() {
        panic!("{}", support::describe(cx));
    }
}

#[test]
fn threads_share_objects() {
    run(Config::default());
}

#[test]
fn threads_share_objects_while_collecting() {
    run(Config { gc_stress: true, ..Config::default() });
}
