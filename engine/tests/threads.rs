//! Python code in several threads of one runtime.

mod support;

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
    let mut threads = Vec::new();
    for i in 0..n {
        let payload = Tuple::new(cx, &[args[0], Value::small(i as i32)]);
        threads.push(ctx::spawn(cx, format!("worker {i}"), 16 << 20, payload, body).expect("thread"));
    }
    let failed = cx.blocking(|| threads.into_iter().filter_map(|t| t.join().err()).count());
    assert_eq!(failed, 0, "a thread failed");
    Ok(Value::NONE)
}

fn body(cx: &mut Ctx, payload: Value) {
    let parts = Tuple::of(payload).expect("payload");
    if protocol::call(cx, parts.get(0), &[parts.get(1)]).is_err() {
        panic!("{}", support::describe(cx));
    }
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
