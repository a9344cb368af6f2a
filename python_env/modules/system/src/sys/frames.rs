//! Frames from native code.

use engine::frames;
use engine::interp;
use engine::objects::Function;
use engine::prelude::*;

/// The running Python frame, or None.
pub fn current(cx: &mut Ctx) -> Value {
    interp::frame_at(cx, 0).unwrap_or(Value::NONE)
}

fn is_internal(filename: &str) -> bool {
    filename.contains("importlib") && filename.contains("_bootstrap") || filename.ends_with("/_image_importer.py")
}

/// The place that a warning of this stack level blames: (globals, file name, line).
pub fn warning_frame(cx: &mut Ctx, level: i64, skip: Option<Tuple>) -> Res<Option<(Value, Value, i64)>> {
    let Some(mut view) = frames::current(cx) else { return Ok(None) };
    let filename = |view: &frames::View| view.code().code.filename.to_string();
    let skipped = |name: &str| {
        skip.is_some_and(|t| t.items().any(|p| Str::of(p).is_some_and(|p| name.as_bytes().starts_with(p.as_bytes()))))
    };
    let plain = level <= 1 || is_internal(&filename(&view));
    for _ in 1..level {
        loop {
            match frames::caller(cx, &view) {
                Some(next) => view = next,
                None => return Ok(None),
            }
            let name = filename(&view);
            if plain || (!is_internal(&name) && !skipped(&name)) {
                break;
            }
        }
    }
    let globals = Function::of(view.function()).map_or(Value::NONE, |f| f.globals());
    let name = Str::new(cx, &filename(&view));
    let frame = frames::frame_object(cx, &view);
    let line = frames::frame::line(cx, frame).unwrap_or(0);
    Ok(Some((globals, name, line.into())))
}

pub(super) fn getframe(cx: &mut Ctx, args: Args) -> PyResult {
    let depth = args.index_or(cx, 0, 0)?;
    let depth = usize::try_from(depth).unwrap_or(0);
    match interp::frame_at(cx, depth) {
        Some(frame) => {
            audit::tell(cx, "sys._getframe", &[frame])?;
            Ok(frame)
        }
        None => Err(cx.value_error("call stack is not deep enough")),
    }
}

pub(super) fn getframemodulename(cx: &mut Ctx, args: Args) -> PyResult {
    let depth = args.index_or(cx, 0, 0)?;
    if audit::is_on() {
        let depth = int::from_i64(cx, depth);
        audit::tell(cx, "sys._getframemodulename", &[depth])?;
    }
    let mut view = frames::current(cx);
    for _ in 0..depth.max(0) {
        view = view.and_then(|v| frames::caller(cx, &v));
    }
    let Some(function) = view.and_then(|v| Function::of(v.function())) else { return Ok(Value::NONE) };
    let name = Dict::of_sub(cx, function.globals()).and_then(|d| d.get_str(cx.names.__name__));
    Ok(name.unwrap_or(Value::NONE))
}

/// Thread identities with what `of_other_threads` tells of them at `index`, and `own` for the calling thread.
fn by_thread(cx: &mut Ctx, own: Value, index: usize) -> PyResult {
    let (dict, others) = (Dict::new(cx), frames::of_other_threads(cx)?);
    for entry in others.items() {
        if let Some(entry) = Tuple::of(entry) {
            dict.set(cx, entry.get(0), entry.get(index))?;
        }
    }
    let ident = int::from_u64(cx, crate::os::signals::pthread_self());
    dict.set(cx, ident, own)?;
    Ok(dict.value())
}

pub(super) fn current_frames(cx: &mut Ctx, _args: Args) -> PyResult {
    audit::tell(cx, "sys._current_frames", &[])?;
    let frame = current(cx);
    by_thread(cx, frame, 1)
}

pub(super) fn current_exceptions(cx: &mut Ctx, _args: Args) -> PyResult {
    audit::tell(cx, "sys._current_exceptions", &[])?;
    let exception = cx.handled_exc();
    by_thread(cx, exception, 2)
}
