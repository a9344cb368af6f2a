//! Code objects as Python sees them.

use engine_code::{Code, CodeFlags, Const, Position};
use proto_core::{Kind, Value};

use super::{BYTES_PER_WORD, LEAD, LEAD_WORD, RuntimeCode, make, tables};
use crate::ctx::{Ctx, PyResult};
use crate::exceptions::{self, Exc};
use crate::native::Args;
use crate::native::def::{GetSet, Member, NativeDef, TypeDef, TypeFlags};
use crate::objects::{Bytes, Function, List, Obj, Str, Tuple};
use crate::protocol::{self, CmpOp};
use crate::types::slots::Slots;

/// The type `code`; native slot 0 is the address of the runtime code, which reads as an int.
pub static CODE: TypeDef = TypeDef {
    nnative: 1,
    flags: TypeFlags::HAS_WEAKREF,
    doc: "Create a code object.  Not for mere mortals.",
    new: Some(
        NativeDef::new(
            "code",
            "($type, argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)",
            make::construct,
            "",
        )
        .counted(),
    ),
    slots: Slots { repr: Some(repr), hash: Some(hash), richcmp: Some(richcmp), ..Slots::NONE },
    methods: &[
        NativeDef::new("co_lines", "($self, /)", co_lines, ""),
        NativeDef::new("co_positions", "($self, /)", co_positions, ""),
        NativeDef::new("co_branches", "($self, /)", co_branches, ""),
        NativeDef::new(
            "replace",
            "($self, /, **changes)",
            make::replace,
            "Return a copy of the code object with new values for the specified fields.",
        ),
        NativeDef::new("__replace__", "($self, /, **changes)", make::replace, "The same as replace()."),
        NativeDef::new(
            "_varname_from_oparg",
            "($self, oparg)",
            varname_from_oparg,
            "(internal-only) Return the local variable name for the given oparg.",
        ),
        NativeDef::new("__sizeof__", "($self, /)", sizeof, ""),
    ],
    members: &[
        Member::computed("co_argcount", |_, v| number(v, |c| c.code.argcount as usize), ""),
        Member::computed("co_posonlyargcount", |_, v| number(v, |c| c.code.posonlyargcount as usize), ""),
        Member::computed("co_kwonlyargcount", |_, v| number(v, |c| c.code.kwonlyargcount as usize), ""),
        Member::computed("co_nlocals", get_nlocals, ""),
        Member::computed("co_stacksize", |_, v| number(v, |c| (c.nregs - c.nlocals) as usize), ""),
        Member::computed("co_flags", |_, v| number(v, |c| c.code.flags.0 as usize), ""),
        Member::computed("co_firstlineno", |_, v| number(v, |c| c.code.firstlineno as usize), ""),
        Member::computed("co_name", |_, v| Ok(rt(v).map_or(Value::NONE, |c| c.name)), ""),
        Member::computed("co_qualname", |_, v| Ok(rt(v).map_or(Value::NONE, |c| c.qualname)), ""),
        Member::computed("co_filename", |_, v| Ok(rt(v).map_or(Value::NONE, |c| c.filename)), ""),
        Member::computed("co_consts", get_consts, ""),
        Member::computed("co_names", |cx, v| names(cx, v, |c| c.names.to_vec()), ""),
        Member::computed("co_linetable", get_linetable, ""),
        Member::computed("co_exceptiontable", get_exceptiontable, ""),
    ],
    getsets: &[
        GetSet::ro("co_code", get_code, ""),
        GetSet::ro("_co_code_adaptive", get_code, ""),
        GetSet::ro("co_varnames", get_varnames, ""),
        GetSet::ro("co_cellvars", |cx, v| names(cx, v, |c| c.cellvars.to_vec()), ""),
        GetSet::ro("co_freevars", |cx, v| names(cx, v, |c| c.freevars.to_vec()), ""),
        GetSet::ro("co_lnotab", get_lnotab, ""),
    ],
    ..TypeDef::new("builtins", "code")
};

/// The Python object of runtime code; always the same one.
pub fn of(cx: &mut Ctx, code: &'static RuntimeCode) -> Value {
    let known = code.object();
    if !known.is_empty() {
        return known;
    }
    let object = cx.new_object(&CODE, &[Value::address(code)]);
    cx.promote(object);
    code.set_object(cx.space(), object)
}

/// The runtime code of a value known to be a code object.
pub(super) fn rt(v: Value) -> Option<&'static RuntimeCode> {
    let address = Obj::of(v)?.at(0);
    // SAFETY: native slot 0 of a code object is the address of runtime code, which lives while the object does (the collector
    // finds the address there); callers are methods of the type, or checked the type.
    address.is_int().then(|| unsafe { &*(address.bits() as *const RuntimeCode) })
}

/// Gives a code object, and the code inside that has the same, another file name. Runtime code is immutable, so the object
/// stands for other code from now on; functions that were made of it keep the old one.
pub fn rename(cx: &mut Ctx, v: Value, filename: &str) {
    let Some((old, object)) = runtime_code(cx, v).zip(Obj::of(v)) else { return };
    if *old.code.filename == *filename {
        return;
    }
    let new = RuntimeCode::load(cx, engine_code::code::renamed(&old.code, &filename.into()));
    if new.set_object(cx.space(), v) == v {
        object.set_slot(cx, 0, Value::address(new));
    }
}

/// Whether `v` is a code object.
pub fn is_code(cx: &Ctx, v: Value) -> bool {
    v.is_kind(Kind::Object) && cx.is_exactly(v, &CODE)
}

/// The runtime code of a code object.
pub fn runtime_code(cx: &Ctx, v: Value) -> Option<&'static RuntimeCode> {
    if is_code(cx, v) { rt(v) } else { None }
}

/// The code object of a function.
pub fn of_function(cx: &mut Ctx, f: Function) -> Value {
    of(cx, f.callee().code())
}

fn number(v: Value, get: impl Fn(&RuntimeCode) -> usize) -> PyResult {
    Ok(rt(v).map_or(Value::NONE, |c| Value::from_usize(get(c))))
}

fn names(cx: &mut Ctx, v: Value, get: impl Fn(&RuntimeCode) -> Vec<Value>) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    Ok(Tuple::new(cx, &get(code)))
}

/// The named locals that CPython calls variable names: not the cells that are no arguments, not the namespace.
pub(super) fn is_varname(code: &RuntimeCode, i: usize) -> bool {
    let array = !code.big_locals.is_empty() && i == code.code.big_register as usize;
    code.code.flags.has(CodeFlags::OPTIMIZED)
        && !array
        && (i < code.nargs.min(code.nlocals) as usize || !code.code.cellvars.iter().any(|c| c.1 as usize == i))
}

fn get_varnames(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    let out = List::new(cx);
    let registers = |out: &List| {
        for (i, &name) in code.varnames.iter().enumerate() {
            if is_varname(code, i) {
                out.push(cx, name);
            }
        }
    };
    // Parameters come first.
    let gathers = code.code.gathers();
    if !gathers {
        registers(&out);
    }
    for &name in code.big_locals {
        out.push(cx, name);
    }
    if gathers {
        registers(&out);
    }
    Ok(out.to_tuple(cx))
}

fn get_nlocals(cx: &mut Ctx, v: Value) -> PyResult {
    let names = get_varnames(cx, v)?;
    Ok(Value::from_usize(Tuple::of(names).map_or(0, |t| t.len())))
}

fn get_code(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    let bytes: Vec<u8> = std::iter::once(&LEAD_WORD).chain(&code.code.instrs).flat_map(|w| w.to_le_bytes()).collect();
    Ok(Bytes::new(cx, &bytes))
}

fn get_linetable(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    Ok(Bytes::new(cx, &tables::line_table(&code.code)))
}

fn get_lnotab(cx: &mut Ctx, v: Value) -> PyResult {
    exceptions::warn(cx, Exc::DeprecationWarning, "co_lnotab is deprecated, use co_lines instead.", 1)?;
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    // Pairs of bytes: so many bytes of code further, so many lines further.
    let lead = super::offset_of(0) as usize;
    let (mut out, mut line, mut bytes) = (Vec::new(), code.code.firstlineno as i64, lead);
    for (words, p) in code.code.positions.runs() {
        let mut delta = p.line as i64 - line;
        if p.line != 0 && delta != 0 {
            while bytes > 255 {
                out.extend([255, 0]);
                bytes -= 255;
            }
            while delta != 0 {
                let step = delta.clamp(-128, 127);
                out.extend([bytes as u8, step as i8 as u8]);
                (delta, bytes) = (delta - step, 0);
            }
            line = p.line as i64;
        }
        bytes += words as usize * BYTES_PER_WORD as usize;
    }
    Ok(Bytes::new(cx, &out))
}

fn get_exceptiontable(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    Ok(Bytes::new(cx, &tables::exception_table(&code.code, |i| is_varname(code, i))))
}

fn get_consts(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    let out = List::new(cx);
    for i in 0..code.code.consts.len() {
        let v = match code.child(cx, i) {
            Some(child) => of(cx, child),
            None => code.constant(i),
        };
        out.push(cx, v);
    }
    Ok(out.to_tuple(cx))
}

/// Number of free variables of a code object.
pub fn free_variables(v: Value) -> usize {
    rt(v).map_or(0, |c| c.freevars.len())
}

fn line_or_none(line: u32) -> Value {
    if line == 0 { Value::NONE } else { Value::from_usize(line as usize) }
}

/// Iterator over `(start, end, line)`; offsets are bytes of `co_code`.
fn co_lines(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(code) = rt(args[0]) else { return Ok(Value::NONE) };
    let out = List::new(cx);
    let mut start = super::offset_of(0) as usize;
    let mut open = call_position(&code.code).map(|(_, p)| (0, start, p.line));
    for (words, position) in code.code.positions.runs() {
        let end = start + words as usize * BYTES_PER_WORD as usize;
        open = match open {
            Some((from, _, line)) if line == position.line && line != 0 => Some((from, end, line)),
            // Instructions without a line follow one another.
            Some((from, _, 0)) if position.line == 0 && from != 0 => Some((from, end, 0)),
            other => {
                if let Some((from, to, line)) = other {
                    // The call of a module has the line 0, instructions with that number have none.
                    let line = if from == 0 { Value::from_usize(line as usize) } else { line_or_none(line) };
                    let entry = Tuple::new(cx, &[Value::from_usize(from), Value::from_usize(to), line]);
                    out.push(cx, entry);
                }
                Some((start, end, position.line))
            }
        };
        start = end;
    }
    if let Some((from, to, line)) = open {
        let entry = Tuple::new(cx, &[Value::from_usize(from), Value::from_usize(to), line_or_none(line)]);
        out.push(cx, entry);
    }
    protocol::iter(cx, out.value())
}

/// The line of the word before the first instruction. That of a module comes before its first.
pub(crate) fn call_line(code: &Code) -> u32 {
    if &*code.name == "<module>" { 0 } else { code.firstlineno }
}

/// The column of what has a line only.
pub(super) const NO_COLUMN: u32 = u32::MAX;

/// What the word before the first instruction adds to the runs of positions: nothing where there are none. In code that makes a
/// generator it stands for that, which has no columns.
pub(super) fn call_position(code: &Code) -> Option<(u32, Position)> {
    code.positions.runs().next()?;
    let line = call_line(code);
    let col = if code.flags.is_generator_like() { NO_COLUMN } else { 0 };
    Some((LEAD, Position { line, end_line: line, col, end_col: col }))
}

/// Iterator over `(line, end_line, column, end_column)`, one for every two bytes of `co_code`.
fn co_positions(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(code) = rt(args[0]) else { return Ok(Value::NONE) };
    let out = List::new(cx);
    for (words, p) in call_position(&code.code).into_iter().chain(code.code.positions.runs()) {
        let entry = if p.line == 0 {
            Tuple::new(cx, &[Value::NONE; 4])
        } else {
            let mut numbers = [p.line, p.end_line, p.col, p.end_col].map(|n| Value::from_usize(n as usize));
            if p.col == NO_COLUMN || !super::debug_ranges() {
                numbers[2..].fill(Value::NONE);
            }
            Tuple::new(cx, &numbers)
        };
        for _ in 0..words * 2 {
            out.push(cx, entry);
        }
    }
    protocol::iter(cx, out.value())
}

/// Iterator over `(source, left, right)` of the branches, as `sys.monitoring` tells of them.
fn co_branches(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(code) = rt(args[0]) else { return Ok(Value::NONE) };
    let out = List::new(cx);
    let instrs = &code.code.instrs;
    super::walk(instrs, |_, at| {
        if let Some((left, right)) = crate::interp::monitor::sides(instrs, at) {
            let offsets = [at, left, right].map(|word| Value::from_usize(super::offset_of(word as u32) as usize));
            let entry = Tuple::new(cx, &offsets);
            out.push(cx, entry);
        }
    });
    protocol::iter(cx, out.value())
}

fn varname_from_oparg(cx: &mut Ctx, args: Args) -> PyResult {
    let i = args.index(cx, 1)?;
    let found = rt(args[0]).and_then(|c| c.varnames.get(usize::try_from(i).ok()?).copied());
    found.ok_or_else(|| cx.index_error("tuple index out of range"))
}

fn sizeof(_: &mut Ctx, args: Args) -> PyResult {
    number(args[0], |c| 256 + c.code.instrs.len() * 4)
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    let c = &code.code;
    let text = format!(
        "<code object {} at {:#x}, file \"{}\", line {}>",
        c.name,
        v.addr(),
        c.filename,
        if c.firstlineno == 0 { -1 } else { c.firstlineno as i64 }
    );
    Ok(Str::new(cx, &text))
}

fn hash(_: &mut Ctx, v: Value) -> PyResult<i64> {
    use std::hash::{Hash, Hasher};
    let mut state = rustc_hash::FxHasher::default();
    if let Some(code) = rt(v) {
        let c = &code.code;
        let counts = (c.argcount, c.posonlyargcount, c.kwonlyargcount, c.flags.0, c.firstlineno);
        (&c.name, counts, &c.instrs, &c.names, &c.varnames, &c.freevars, c.exceptions.len()).hash(&mut state);
        // Code inside is hashed by its number only: equal code need not be the same object.
        for value in c.consts.iter().filter(|value| !matches!(value, Const::Code(_))) {
            value.hash(&mut state);
        }
    }
    let h = state.finish() as i64;
    Ok(if h == -1 { -2 } else { h })
}

fn same_code(a: &Code, b: &Code) -> bool {
    let same_const = |(x, y): (&Const, &Const)| match (x, y) {
        (Const::Code(x), Const::Code(y)) => same_code(x, y),
        (x, y) => x == y,
    };
    a.name == b.name
        && a.flags == b.flags
        && (a.argcount, a.posonlyargcount, a.kwonlyargcount) == (b.argcount, b.posonlyargcount, b.kwonlyargcount)
        && a.firstlineno == b.firstlineno
        && a.instrs == b.instrs
        && a.names == b.names
        && a.varnames == b.varnames
        && a.freevars == b.freevars
        && a.cellvars == b.cellvars
        && a.positions == b.positions
        && a.exceptions == b.exceptions
        && a.consts.len() == b.consts.len()
        && a.consts.iter().zip(&b.consts).all(same_const)
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (runtime_code(cx, a), runtime_code(cx, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = a == b || same_code(&x.code, &y.code);
    Ok(match op {
        CmpOp::Eq => Value::bool(same),
        CmpOp::Ne => Value::bool(!same),
        _ => Value::NOT_IMPLEMENTED,
    })
}
