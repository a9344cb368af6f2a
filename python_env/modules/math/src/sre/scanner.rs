//! `_sre.SRE_Scanner`. Native slots: 0 the pattern, 1 the string, 2 the state (twice the place of the next search, plus one
//! when it must not find an empty match there; EMPTY at the end), 3 and 4 the bounds, 5 the export of a buffer
//! that is searched (a Rust value).

use super::drive::{Mode, Subject, run};
use super::matching::new_match;
use super::pattern::{Pattern, Search};
use engine::prelude::*;

/// `_sre.SRE_Scanner`.
pub static SCANNER: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 6,
    methods: &[
        NativeDef::new("match", "($self, /)", |cx, args| step(cx, args[0], Mode::Match), ""),
        NativeDef::new("search", "($self, /)", |cx, args| step(cx, args[0], Mode::Search), ""),
    ],
    members: &[Member::ro("pattern", 0, "")],
    ..TypeDef::new("_sre", "SRE_Scanner")
};

/// `search` of a scanner, as `finditer` calls it.
static SEARCH: NativeDef = NativeDef::new("search", "($self, /)", |cx, args| step(cx, args[0], Mode::Search), "");

/// `Pattern.scanner`
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    let s = Search::new(cx, args)?;
    let (start, end) = (int::from_usize(cx, s.start), int::from_usize(cx, s.end));
    let state = int::from_usize(cx, 2 * s.start);
    let v = cx.new_object(&SCANNER, &[args[0], args[1], state, start, end, Value::EMPTY]);
    if Str::of_sub(cx, args[1]).is_none() && Bytes::of_sub(cx, args[1]).is_none() {
        // What is searched keeps its size.
        let view = protocol::buffer::get_buffer(cx, args[1], 0)?;
        if let (Some(guard), Ok(o)) = (view.guard, crate::arguments::this(cx, v)) {
            o.set_payload(cx, 5, Export(guard));
        }
    }
    Ok(v)
}

/// Ends an export when it is dropped.
struct Export(#[expect(dead_code, reason = "held for its drop")] Box<dyn std::any::Any + Send + Sync>);

/// `Pattern.finditer`
pub fn find_iter(cx: &mut Ctx, args: Args) -> PyResult {
    let scanner = make(cx, args)?;
    let search = cx.new_bound_function(&SEARCH, scanner);
    Ok(protocol::iter::callable_iter(cx, search, Value::NONE))
}

fn step(cx: &mut Ctx, v: Value, mode: Mode) -> PyResult {
    let o = crate::arguments::this(cx, v)?;
    let (pattern, string) = (o.slot(cx, 0), o.slot(cx, 1));
    let pattern = Pattern::this(cx, pattern)?;
    let subject = Subject::checked(cx, pattern, string)?;
    let bounds = (int::to_usize(o.slot(cx, 3)).unwrap_or(0), int::to_usize(o.slot(cx, 4)).unwrap_or(0));
    loop {
        let before = o.slot(cx, 2);
        let Some(state) = int::to_usize(before) else { return Ok(Value::NONE) };
        let to = subject.offset(cx, bounds.1);
        let from = subject.offset(cx, state / 2);
        let found = run(cx, pattern, &subject, from, to, mode, state % 2 == 1)?;
        let after = match &found {
            Some(found) => {
                let (next, must_advance) = found.next();
                int::from_usize(cx, 2 * subject.index(next) + usize::from(must_advance))
            }
            None => Value::EMPTY,
        };
        // Another thread may have taken this match: then look for the next one.
        if o.cas_slot(cx, 2, before, after).is_ok() {
            return Ok(match found {
                Some(found) => new_match(cx, pattern, string, &subject, &found, bounds),
                None => Value::NONE,
            });
        }
        cx.poll()?;
    }
}
