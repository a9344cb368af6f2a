//! Figures of the heap alone: nanoseconds per small allocation, collection included, and pauses; with nothing live, with
//! a million old objects, with survivors, and with several threads.
//!
//! `cargo run --release -p proto_core --example allocation`

use proto_core::{Config, Context, Kind, RootVec, ShapeId, Space, Value, header};
use std::time::Instant;

const HEADER: u64 = header::pack(Kind::Object as u32, 0, 0);

fn attach(space: &'static Space) -> Box<Context> {
    let cx = Box::new(Context::new(space));
    // SAFETY: boxed, and dropped by this thread.
    unsafe { cx.attach(None) };
    cx
}

/// Allocates `n` objects of one cell that die at once, but for one in `survive`.
#[inline(never)]
fn churn(cx: &mut Context, n: usize, survive: usize, ring: &mut RootVec) {
    for i in 0..n {
        let o = cx.alloc_small::<4>(Kind::Object, HEADER);
        // SAFETY: a fresh object of four words.
        unsafe {
            cx.store_init(o, 2, Value::from_usize(i));
            cx.store_init(o, 3, Value::NONE);
        }
        if survive != 0 && i % survive == 0 {
            let at = (i / survive) % ring.len();
            ring.set(at, o);
        }
        cx.poll();
    }
}

fn time(what: &str, cx: &mut Context, n: usize, survive: usize) {
    let mut ring = RootVec::from_slice(cx, &[Value::NONE; 10_000]);
    let before = cx.stats();
    let start = Instant::now();
    churn(cx, n, survive, &mut ring);
    let ns = start.elapsed().as_nanos() as f64 / n as f64;
    let after = cx.stats();
    let minors = (after.minor.count - before.minor.count).max(1);
    let pause = (after.minor.total_ns - before.minor.total_ns) / minors / 1000;
    let fulls = after.full.count - before.full.count;
    println!("{what:32} {ns:6.2} ns/allocation, {minors} minor of {pause} us on average, {fulls} full");
}

fn main() {
    let n = 20_000_000;
    let space = Space::new(Config::default());
    let mut cx = attach(space);
    time("all die", &mut cx, n, 0);
    time("one in ten lives for a while", &mut cx, n, 10);
    let mut old = RootVec::new(&cx);
    let start = Instant::now();
    for i in 0..1_000_000 {
        let o = cx.alloc(Kind::Object, ShapeId::of_kind(Kind::Object), 4);
        // SAFETY: a fresh object; earlier ones are in the vector.
        unsafe { cx.store_init(o, 2, if i > 0 { old[(i * 7919) % i] } else { Value::NONE }) };
        old.push(o);
        cx.poll();
    }
    println!("growing by a million: {} ns each", start.elapsed().as_nanos() / 1_000_000);
    time("a million old objects", &mut cx, n, 0);
    time("a million old, one in ten lives", &mut cx, n, 10);
    let start = Instant::now();
    cx.collect(true);
    println!("full collection of a million: {} us", start.elapsed().as_micros());
    drop(old);
    cx.start_sharing();
    let start = Instant::now();
    let threads: Vec<_> = (0..2)
        .map(|_| {
            std::thread::spawn(move || {
                let mut cx = attach(space);
                let mut none = RootVec::from_slice(&cx, &[Value::NONE]);
                churn(&mut cx, n, 0, &mut none);
            })
        })
        .collect();
    cx.blocking(|| threads.into_iter().for_each(|t| t.join().expect("no panic")));
    println!("two threads: {:.2} ns/allocation each", start.elapsed().as_nanos() as f64 / n as f64);
    let start = Instant::now();
    for _ in 0..1000 {
        cx.blocking(|| std::thread::spawn(move || drop(attach(space))).join().expect("no panic"));
    }
    println!("starting and ending a thread: {} us", start.elapsed().as_micros() / 1000);
    println!("{}", cx.stats());
}
