//! Traceback objects: a chain of (frame, instruction), the outermost frame first.

use proto_core::{Kind, Value};

use super::frame;
use crate::code_rt::{object, word_at};
use crate::ctx::{Ctx, PyResult};
use crate::native::Args;
use crate::native::def::{GetSet, NativeDef, TypeDef};
use crate::objects::{List, Obj};
use crate::protocol;
use crate::types;

mod slot {
    pub const NEXT: usize = 0;
    pub const FRAME: usize = 1;
    /// Offset in bytes of `co_code`.
    pub const LASTI: usize = 2;
    /// A line, or EMPTY: that of the instruction.
    pub const LINE: usize = 3;
}

/// The type `traceback`.
pub static TRACEBACK: TypeDef = TypeDef {
    nnative: 4,
    new: Some(NativeDef::new("__new__", "($type, /, tb_next, tb_frame, tb_lasti, tb_lineno)", construct, "")),
    methods: &[NativeDef::new("__dir__", "($self, /)", dir, "")],
    getsets: &[
        GetSet::rw("tb_next", get_next, set_next, ""),
        GetSet::ro("tb_frame", get_frame, ""),
        GetSet::ro("tb_lasti", get_lasti, ""),
        GetSet::ro("tb_lineno", get_lineno, ""),
    ],
    ..TypeDef::new("builtins", "traceback")
};

/// A new entry before `next` (EMPTY or None: it is the last one).
pub fn new(cx: &mut Ctx, next: Value, frame: Value, lasti: i64) -> Value {
    let next = if next.is_empty() { Value::NONE } else { next };
    let lasti = Value::int(lasti).unwrap_or(Value::small(-1));
    types::instance::new_with_slots(cx, cx.types.traceback, &[next, frame, lasti])
}

/// Whether `v` is a traceback.
pub fn is_traceback(cx: &Ctx, v: Value) -> bool {
    v.is_kind(Kind::Object) && cx.is_exactly(v, &TRACEBACK)
}

fn slot(tb: Value, i: usize) -> Value {
    Obj::of(tb).map_or(Value::EMPTY, |t| t.at(i))
}

/// The entry after this one, None at the end.
pub fn next(tb: Value) -> Value {
    slot(tb, slot::NEXT)
}

/// Makes `next` the entry after this one.
pub(crate) fn link(cx: &Ctx, tb: Value, next: Value) {
    if let Some(o) = Obj::of(tb) {
        o.set_slot(cx, slot::NEXT, next);
    }
}

/// The line of an entry.
pub fn line(tb: Value) -> Option<u32> {
    if let Some(line) = slot(tb, slot::LINE).as_int() {
        return u32::try_from(line).ok();
    }
    let code = frame::code(slot(tb, slot::FRAME))?;
    let lasti = slot(tb, slot::LASTI).as_int()?;
    match word_at(lasti) {
        Some(word) => code.line_of(word),
        None => (lasti >= 0).then(|| object::call_line(&code.code)),
    }
}

/// `tb_lasti`
pub(super) fn lasti(tb: Value) -> Option<i64> {
    slot(tb, slot::LASTI).as_int()
}

/// The frame of an entry.
pub fn frame_of(tb: Value) -> Value {
    slot(tb, slot::FRAME)
}

fn get_next(_: &mut Ctx, tb: Value) -> PyResult {
    Ok(next(tb))
}

fn set_next(cx: &mut Ctx, tb: Value, v: Value) -> PyResult<()> {
    if v.is_empty() {
        return Err(cx.type_error("can't delete tb_next attribute"));
    }
    if !v.is_none() && !is_traceback(cx, v) {
        let name = types::type_name(cx, v);
        return Err(cx.type_error(format!("expected traceback object, got '{name}'")));
    }
    let mut t = v;
    while !t.is_none() && !t.is_empty() {
        if t == tb {
            return Err(cx.value_error("traceback loop detected"));
        }
        t = next(t);
    }
    if let Some(o) = Obj::of(tb) {
        o.set_slot(cx, slot::NEXT, v);
    }
    Ok(())
}

fn get_frame(_: &mut Ctx, tb: Value) -> PyResult {
    Ok(frame_of(tb))
}

fn get_lasti(_: &mut Ctx, tb: Value) -> PyResult {
    Ok(slot(tb, slot::LASTI))
}

fn get_lineno(_: &mut Ctx, tb: Value) -> PyResult {
    Ok(line(tb).map_or(Value::NONE, |n| Value::from_usize(n as usize)))
}

fn construct(cx: &mut Ctx, args: Args) -> PyResult {
    let (next, frame) = (args[1], args[2]);
    if !next.is_none() && !is_traceback(cx, next) {
        let name = types::type_name(cx, next);
        return Err(cx.type_error(format!("expected traceback object or None, got '{name}'")));
    }
    if !frame::is_frame(cx, frame) {
        let name = types::type_name(cx, frame);
        return Err(cx.type_error(format!("traceback() argument 'tb_frame' must be frame, not {name}")));
    }
    let lasti = protocol::index(cx, args[3])?;
    let line = protocol::index(cx, args[4])?;
    let tb = new(cx, next, frame, lasti);
    if let Some(o) = Obj::of(tb) {
        o.set_slot(cx, slot::LINE, Value::int(line).unwrap_or(Value::EMPTY));
    }
    Ok(tb)
}

fn dir(cx: &mut Ctx, _: Args) -> PyResult {
    let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
    Ok(List::build(cx, names.len(), |i| cx.intern(names[i].as_bytes())).value())
}
