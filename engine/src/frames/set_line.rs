//! Assignments to `f_lineno`: a trace function lets its frame go on at another line.

use engine_code::Op;
use engine_code::dis::jump_target;
use proto_core::Value;

use super::frame;
use crate::code_rt::{RuntimeCode, walk};
use crate::ctx::{Ctx, PyResult};
use crate::exceptions::{self, Exc};
use crate::interp::trace::Event;
use crate::objects::int;

/// A part of the code during which temporaries hold what only its beginning puts there.
#[derive(Clone, Copy)]
struct Block {
    /// Words, the end excluded.
    start: usize,
    end: usize,
    kind: Kind,
}

/// A block may have several parts: they have the same kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An iterator; the loop's first instruction tells loops apart.
    Loop(usize),
    /// An exit method; by the handler.
    With(usize),
    /// The exception that was handled before, in a register; by the clean-up's address.
    Handler(usize, usize),
}

fn blocks(code: &RuntimeCode) -> Vec<Block> {
    let instrs = &code.code.instrs;
    let op = |at: usize| instrs.get(at).and_then(|&word| Op::from_u8(word as u8));
    let mut found = Vec::new();
    walk(instrs, |loops, at| {
        let asynchronous = |start: usize| loops == Op::LoopBack && op(start) == Some(Op::GetANext);
        let start = jump_target(instrs, at).filter(|&start| start <= at);
        if let Some(start) = start
            && (matches!(loops, Op::ForIter | Op::ForPair | Op::ForRange) || asynchronous(start))
        {
            found.push(Block { start, end: at + loops.words(), kind: Kind::Loop(start) });
        }
    });
    for h in &code.code.exceptions {
        let (mut start, end, target) = (h.start as usize, h.end as usize, h.target as usize);
        let kind = match op(target) {
            Some(Op::PopExc) => {
                // The test for the exception's class, before the region, belongs to it.
                if start > 0 && op(start - 1) == Some(Op::PushExc) {
                    start -= 1;
                }
                Kind::Handler(target, (instrs[target] >> 8) as u8 as usize)
            }
            Some(Op::PushExc) if op(target + 1) == Some(Op::ExcInfo) => Kind::With(target),
            _ => continue,
        };
        found.push(Block { start, end, kind });
    }
    found
}

/// The kinds of the blocks around an instruction, the innermost last.
fn around(blocks: &[Block], at: usize) -> Vec<Kind> {
    let mut found: Vec<&Block> = blocks.iter().filter(|b| (b.start..b.end).contains(&at)).collect();
    found.sort_by_key(|b| (b.start, std::cmp::Reverse(b.end)));
    found.iter().map(|b| b.kind).collect()
}

/// The addresses at which lines begin: (line, word).
fn line_starts(code: &RuntimeCode) -> Vec<(u32, usize)> {
    let (mut starts, mut before) = (Vec::new(), 0);
    // By word: to ask for each anew takes long where there are many.
    let mut lines = Vec::with_capacity(code.code.instrs.len());
    for (words, p) in code.code.positions.runs() {
        lines.resize(lines.len().saturating_add(words as usize).min(code.code.instrs.len()), p.line);
    }
    walk(&code.code.instrs, |_, at| {
        let line = lines.get(at).copied().unwrap_or(0);
        if line != 0 && line != before {
            starts.push((line, at));
        }
        before = line;
    });
    starts
}

/// The word to go on at, from the instruction at `from`, or why there is none.
fn target(code: &RuntimeCode, from: usize, wanted: i64) -> Result<usize, String> {
    if wanted < i64::from(code.code.firstlineno) {
        return Err(format!("line {wanted} comes before the current code block"));
    }
    let starts = line_starts(code);
    let line = starts.iter().map(|&(line, _)| line).filter(|&line| i64::from(line) >= wanted).min();
    let Some(line) = line else { return Err(format!("line {wanted} comes after the current code block")) };
    let blocks = blocks(code);
    let here = around(&blocks, from);
    let (mut best, mut obstacle) = (None, None);
    for &(_, at) in starts.iter().filter(|&&(of, _)| of == line) {
        if code.code.exceptions.iter().any(|h| h.target as usize == at) {
            // Only an exception leads there: what cleans up after a handler has the handler's line.
            obstacle = obstacle.or(Some(Kind::Handler(at, 0)));
            continue;
        }
        let there = around(&blocks, at);
        match there.iter().rfind(|kind| !here.contains(kind)) {
            Some(kind) => obstacle = obstacle.or(Some(*kind)),
            None if best.is_none_or(|(depth, _)| there.len() > depth) => best = Some((there.len(), at)),
            None => {}
        }
    }
    match (best, obstacle) {
        (Some((_, at)), _) => Ok(at),
        (None, Some(Kind::Loop(_))) => Err("can't jump into the body of a for loop".into()),
        (None, Some(Kind::Handler(..))) => Err("can't jump into an 'except' block as there's no exception".into()),
        (None, _) => Err("incompatible stacks".into()),
    }
}

/// `frame.f_lineno = n`
pub(super) fn set_lineno(cx: &mut Ctx, frame: Value, v: Value) -> PyResult<()> {
    if v.is_empty() {
        return Err(cx.raise(Exc::AttributeError, "attribute 'f_lineno' of 'frame' objects cannot be deleted"));
    }
    if !v.is_int() && int::to_i64(v).is_none() {
        return Err(cx.value_error("lineno must be an integer"));
    }
    let base = frame::live_base(cx, frame);
    let event = cx.run.tracer.telling().filter(|&(_, of)| Some(of) == base).map(|(event, _)| event);
    let refusal = match event {
        None => "f_lineno can only be set in a trace function",
        Some(Event::Start | Event::Resume) => "can't jump from the 'call' trace event of a new frame",
        Some(Event::Line | Event::Opcode) => "",
        Some(_) => "can only jump from a 'line' trace event",
    };
    let (Some(base), Some(code), "") = (base, frame::code(frame), refusal) else {
        return Err(cx.value_error(refusal));
    };
    let from = code.index_of(frame::pc(cx, frame)) as usize;
    let at = match target(code, from, int::to_i64(v).unwrap_or(i64::MAX)) {
        Ok(at) => at,
        Err(text) => return Err(cx.value_error(text)),
    };
    bind_locals(cx, code, base)?;
    leave_handlers(cx, code, base, from, at);
    cx.run.tracer.set_jump(base, code.entry().wrapping_add(at));
    Ok(())
}

/// Code relies on what the way to it has bound.
fn bind_locals(cx: &mut Ctx, code: &RuntimeCode, base: *mut Value) -> PyResult<()> {
    let unbound = |i: &usize| {
        // SAFETY: a window has its code's registers.
        unsafe { base.add(*i).read() }.is_empty()
    };
    let named = if code.code.flags.has(engine_code::CodeFlags::OPTIMIZED) { code.nlocals as usize } else { 0 };
    let count = (0..named).filter(unbound).count();
    if count > 0 {
        let s = if count == 1 { "" } else { "s" };
        exceptions::warn(cx, Exc::RuntimeWarning, &format!("assigning None to {count} unbound local{s}"), 0)?;
    }
    // Beside an exit method lies what it is called with, or nothing.
    let instrs = &code.code.instrs;
    let receivers: Vec<usize> = blocks(code)
        .iter()
        .filter_map(|b| if let Kind::With(target) = b.kind { instrs.get(target + 2) } else { None })
        .map(|&call| (call >> 8) as u8 as usize + 2)
        .collect();
    let free = |i: &usize| unbound(i) && !receivers.contains(i);
    for i in (0..named).chain(code.nlocals as usize..code.nregs as usize).filter(free) {
        // SAFETY: as above; the window belongs to this thread.
        unsafe { base.add(i).write(Value::NONE) };
    }
    Ok(())
}

/// Who leaves a handler by a jump has handled its exception.
fn leave_handlers(cx: &mut Ctx, code: &RuntimeCode, base: *mut Value, from: usize, to: usize) {
    let blocks = blocks(code);
    let (here, there) = (around(&blocks, from), around(&blocks, to));
    for kind in here.iter().rev().filter(|kind| !there.contains(kind)) {
        if let Kind::Handler(_, saved) = kind {
            // SAFETY: a window has its code's registers; this one was written when the handler began.
            let before = unsafe { base.add(*saved).read() };
            cx.set_handled_exc(before);
        }
    }
}
