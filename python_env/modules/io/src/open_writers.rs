//! Buffered writers that are open: exit flushes those that nobody closed.
//!
//! They are held weakly, in a dict of the process's state: address of the writer -> weak reference.

use engine::objects::Dict;
use engine::prelude::*;
use proto_core::sync::{AtomicUsize, Ordering};

const KEY: &[u8] = b"_io.open_writers";

fn table(cx: &mut Ctx) -> Res<Dict> {
    let state = cx.rt.state(cx);
    let key = cx.intern(KEY);
    if let Some(d) = state.get_str(key).and_then(Dict::of) {
        return Ok(d);
    }
    let fresh = Dict::new(cx);
    let kept = state.set_default(cx, key, fresh.value())?;
    Ok(Dict::of(kept).unwrap_or(fresh))
}

fn address(v: Value) -> Value {
    Value::int((v.addr() >> 6) as i64).unwrap_or(Value::NONE)
}

/// How many of them write to files proper: where there is none, looking for one costs nothing.
static FILES: AtomicUsize = AtomicUsize::new(0);

/// Holds one weak cell (slot 0) and whether the writer is of a file proper (slot 1), which Python never sees.
static HOLDER: TypeDef = TypeDef { flags: TypeFlags::NO_NEW, nnative: 2, ..TypeDef::new("_io", "_weak_holder") };

/// Remembers an open writer over `raw`.
pub fn register(cx: &mut Ctx, v: Value, raw: Value) -> Res<()> {
    let d = table(cx)?;
    let is_file = crate::fileio::fd(cx, raw) > 2;
    let weak = cx.new_weak(v, Value::EMPTY);
    let holder = cx.new_object(&HOLDER, &[weak, Value::bool(is_file)]);
    FILES.fetch_add(usize::from(is_file), Ordering::Relaxed);
    let old = d.get(cx, address(v))?;
    d.set(cx, address(v), holder)?;
    count_out(cx, old);
    Ok(())
}

fn count_out(cx: &mut Ctx, holder: Option<Value>) {
    if holder.and_then(engine::objects::Obj::of).is_some_and(|o| o.slot(cx, 1) == Value::TRUE) {
        FILES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Forgets a writer that was closed.
pub fn forget(cx: &mut Ctx, v: Value) {
    let Ok(d) = table(cx) else { return };
    match d.remove(cx, address(v)) {
        Ok(holder) => count_out(cx, holder),
        Err(r) => cx.clear(r),
    }
}

/// Flushes every writer that is still open; errors are ignored, since nobody could see them any more.
pub fn flush_all(cx: &mut Ctx) {
    flush_where(cx, |_, _| true);
}

/// The same for files proper, without the standard streams: what was written and dropped without `close` is flushed
/// when it is collected, but who looks at files should find their content now.
pub fn flush_files(cx: &mut Ctx) {
    if FILES.load(Ordering::Relaxed) > 0 {
        flush_where(cx, |cx, holder| holder.slot(cx, 1) == Value::TRUE);
    }
}

fn flush_where(cx: &mut Ctx, wanted: fn(&Ctx, engine::objects::Obj) -> bool) {
    let Ok(d) = table(cx) else { return };
    let holders = d.values_list(cx);
    let mut i = 0;
    while let Some(holder) = holders.get(i) {
        i += 1;
        let Some(holder) = engine::objects::Obj::of(holder) else { continue };
        let weak = holder.slot(cx, 0);
        let Some(writer) = (weak != Value::EMPTY).then(|| cx.weak_get(weak)).flatten() else { continue };
        if !wanted(cx, holder) {
            continue;
        }
        if let Err(r) = crate::util::call(cx, writer, "flush", &[]) {
            cx.clear(r);
        }
    }
}
