//! Buffered writers that are open: exit flushes those that nobody closed.
//!
//! They are held weakly, in a dict of the process's state: address of the writer -> weak reference.

use engine::objects::Dict;
use engine::prelude::*;

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

/// Remembers an open writer.
pub fn register(cx: &mut Ctx, v: Value) -> Res<()> {
    let d = table(cx)?;
    let weak = cx.new_weak(v, Value::EMPTY);
    let holder = cx.new_object(&HOLDER, &[weak]);
    d.set(cx, address(v), holder)
}

/// Holds one weak cell (slot 0), which Python never sees.
static HOLDER: TypeDef = TypeDef { nnative: 1, ..TypeDef::new("_io", "_weak_holder") };

/// Forgets a writer that was closed.
pub fn forget(cx: &mut Ctx, v: Value) {
    if let Ok(d) = table(cx)
        && let Err(r) = d.remove(cx, address(v))
    {
        cx.clear(r);
    }
}

/// Flushes every writer that is still open; errors are ignored, since nobody could see them any more.
pub fn flush_all(cx: &mut Ctx) {
    flush_where(cx, |_, _| true);
}

/// The same for files proper, without the standard streams.
pub fn flush_files(cx: &mut Ctx) {
    flush_where(cx, |cx, writer| {
        let raw = match crate::util::attr_opt(cx, writer, "raw") {
            Ok(raw) => raw,
            Err(r) => {
                cx.clear(r);
                None
            }
        };
        raw.is_some_and(|raw| crate::fileio::fd(cx, raw) > 2)
    });
}

fn flush_where(cx: &mut Ctx, wanted: fn(&mut Ctx, Value) -> bool) {
    let Ok(d) = table(cx) else { return };
    let holders = d.values_list(cx);
    let mut i = 0;
    while let Some(holder) = holders.get(i) {
        i += 1;
        let weak = engine::objects::Obj::of(holder).map_or(Value::EMPTY, |o| o.slot(cx, 0));
        let Some(writer) = (weak != Value::EMPTY).then(|| cx.weak_get(weak)).flatten() else { continue };
        if !wanted(cx, writer) {
            continue;
        }
        if let Err(r) = crate::util::call(cx, writer, "flush", &[]) {
            cx.clear(r);
        }
    }
}
