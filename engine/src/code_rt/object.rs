//! Code objects as Python sees them.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine_code::{Code, CodeFlags, Const, Wtf8};
use num_bigint::Sign;
use proto_core::sync::{Mutex, lock};
use proto_core::{Kind, Value};

use super::{RuntimeCode, consts};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::native::Args;
use crate::native::def::{GetSet, NativeDef, TypeDef, TypeFlags};
use crate::objects::{self, Bytes, Function, List, Obj, Set, Str, Tuple};
use crate::protocol::{self, CmpOp};
use crate::types;
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
            construct,
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
            replace,
            "Return a copy of the code object with new values for the specified fields.",
        ),
        NativeDef::new("__replace__", "($self, /, **changes)", replace, "The same as replace()."),
        NativeDef::new(
            "_varname_from_oparg",
            "($self, oparg)",
            varname_from_oparg,
            "(internal-only) Return the local variable name for the given oparg.",
        ),
        NativeDef::new("__sizeof__", "($self, /)", sizeof, ""),
    ],
    getsets: &[
        GetSet::ro("co_argcount", |_, v| number(v, |c| c.code.argcount as usize), ""),
        GetSet::ro("co_posonlyargcount", |_, v| number(v, |c| c.code.posonlyargcount as usize), ""),
        GetSet::ro("co_kwonlyargcount", |_, v| number(v, |c| c.code.kwonlyargcount as usize), ""),
        GetSet::ro("co_nlocals", get_nlocals, ""),
        GetSet::ro("co_stacksize", |_, v| number(v, |c| (c.nregs - c.nlocals) as usize), ""),
        GetSet::ro("co_flags", |_, v| number(v, |c| c.code.flags.0 as usize), ""),
        GetSet::ro("co_firstlineno", |_, v| number(v, |c| c.code.firstlineno as usize), ""),
        GetSet::ro("co_name", |_, v| Ok(rt(v).map_or(Value::NONE, |c| c.name)), ""),
        GetSet::ro("co_qualname", |_, v| Ok(rt(v).map_or(Value::NONE, |c| c.qualname)), ""),
        GetSet::ro("co_filename", |_, v| Ok(rt(v).map_or(Value::NONE, |c| c.filename)), ""),
        GetSet::ro("co_code", get_code, ""),
        GetSet::ro("_co_code_adaptive", get_code, ""),
        GetSet::ro("co_consts", get_consts, ""),
        GetSet::ro("co_names", |cx, v| names(cx, v, |c| c.names.to_vec()), ""),
        GetSet::ro("co_varnames", get_varnames, ""),
        GetSet::ro("co_cellvars", |cx, v| names(cx, v, |c| c.cellvars.to_vec()), ""),
        GetSet::ro("co_freevars", |cx, v| names(cx, v, |c| c.freevars.to_vec()), ""),
        GetSet::ro("co_linetable", get_linetable, ""),
        GetSet::ro("co_lnotab", get_linetable, ""),
        GetSet::ro("co_exceptiontable", get_exceptiontable, ""),
    ],
    ..TypeDef::new("builtins", "code")
};

/// The Python object of runtime code; always the same one.
pub fn of(cx: &mut Ctx, code: &'static RuntimeCode) -> Value {
    let known = code.object();
    if !known.is_empty() {
        return known;
    }
    let object = cx.new_object(&CODE, &[Value::from_bits(std::ptr::from_ref(code) as u64)]);
    consts::pin(cx, object);
    code.set_object(object)
}

/// The runtime code of a value known to be a code object.
fn rt(v: Value) -> Option<&'static RuntimeCode> {
    let address = Obj::of(v)?.at(0);
    // SAFETY: native slot 0 of a code object is the address of runtime code, which lives for ever; callers are methods of
    // the type, or checked the type.
    address.is_int().then(|| unsafe { &*(address.bits() as *const RuntimeCode) })
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
fn is_varname(code: &RuntimeCode, i: usize) -> bool {
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
    for &name in &code.big_locals {
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

/// Code objects whose instructions Python code has read, by these: what the constructor can make code of. Instructions say
/// nothing without what the code object keeps beside them.
static READ: Mutex<BTreeMap<Box<[u32]>, &'static RuntimeCode>> = Mutex::new(BTreeMap::new());

fn get_code(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    lock(&READ).entry(code.code.instrs.clone()).or_insert(code);
    let bytes: Vec<u8> = code.code.instrs.iter().flat_map(|w| w.to_le_bytes()).collect();
    Ok(Bytes::new(cx, &bytes))
}

fn get_linetable(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    Ok(Bytes::new(cx, &code.code.positions.0))
}

fn get_exceptiontable(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(code) = rt(v) else { return Ok(Value::NONE) };
    let bytes: Vec<u8> = code
        .code
        .exceptions
        .iter()
        .flat_map(|h| [h.start, h.end, h.target, h.reg as u32])
        .flat_map(u32::to_le_bytes)
        .collect();
    Ok(Bytes::new(cx, &bytes))
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

/// Iterator over `(start, end, line)`; a word counts two units, as in `co_positions`.
fn co_lines(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(code) = rt(args[0]) else { return Ok(Value::NONE) };
    let out = List::new(cx);
    let mut start = 0usize;
    let mut open: Option<(usize, usize, u32)> = None;
    for (words, position) in code.code.positions.runs() {
        let end = start + words as usize * 2;
        open = match open {
            Some((from, _, line)) if line == position.line => Some((from, end, line)),
            other => {
                if let Some((from, to, line)) = other {
                    let entry = Tuple::new(cx, &[Value::from_usize(from), Value::from_usize(to), line_or_none(line)]);
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

/// Iterator over `(line, end_line, column, end_column)`, one per word.
fn co_positions(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(code) = rt(args[0]) else { return Ok(Value::NONE) };
    let out = List::new(cx);
    for (words, p) in code.code.positions.runs() {
        let entry = if p.line == 0 {
            Tuple::new(cx, &[Value::NONE; 4])
        } else {
            let numbers = [p.line, p.end_line, p.col, p.end_col].map(|n| Value::from_usize(n as usize));
            Tuple::new(cx, &numbers)
        };
        for _ in 0..words {
            out.push(cx, entry);
        }
    }
    protocol::iter(cx, out.value())
}

fn co_branches(cx: &mut Ctx, _: Args) -> PyResult {
    let list = List::new(cx).value();
    protocol::iter(cx, list)
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
        (&c.name, c.firstlineno, &c.instrs, c.argcount).hash(&mut state);
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

// --- replace ---

/// A copy of portable code, to be changed.
fn copy(c: &Code) -> Code {
    Code {
        name: c.name.clone(),
        qualname: c.qualname.clone(),
        filename: c.filename.clone(),
        firstlineno: c.firstlineno,
        flags: c.flags,
        argcount: c.argcount,
        posonlyargcount: c.posonlyargcount,
        kwonlyargcount: c.kwonlyargcount,
        nlocals: c.nlocals,
        hidden_from: c.hidden_from,
        nregs: c.nregs,
        varnames: c.varnames.clone(),
        cellvars: c.cellvars.clone(),
        freevars: c.freevars.clone(),
        big_locals: c.big_locals.clone(),
        big_register: c.big_register,
        consts: c.consts.clone(),
        names: c.names.clone(),
        instrs: c.instrs.clone(),
        ncaches: c.ncaches,
        exceptions: c.exceptions.clone(),
        positions: c.positions.clone(),
    }
}

/// A value as a constant, if it can be one.
fn constant(cx: &Ctx, v: Value) -> Option<Const> {
    if let Some(code) = runtime_code(cx, v) {
        return Some(Const::Code(code.code.clone()));
    }
    if let Some(s) = Str::of(v) {
        return Some(Const::Str(Wtf8(Arc::from(s.as_bytes()))));
    }
    if let Some(b) = Bytes::of(v) {
        return Some(Const::Bytes(Arc::from(b.as_slice())));
    }
    if let Some(f) = v.as_float() {
        return Some(Const::Float(f));
    }
    if let Some(n) = v.as_int() {
        return Some(Const::Int(n));
    }
    if v.is_kind(Kind::BigInt) {
        let (sign, magnitude) = objects::int::to_big(v)?.to_bytes_le();
        return Some(Const::BigInt { negative: sign == Sign::Minus, magnitude: Arc::from(magnitude) });
    }
    if let Some(t) = Tuple::of(v) {
        let items: Option<Vec<Const>> = t.items().map(|item| constant(cx, item)).collect();
        return Some(Const::Tuple(Arc::from(items?)));
    }
    if let Some(set) = Set::of(v).filter(|s| s.is_frozen()) {
        let mut items = Vec::new();
        let mut position = 0;
        while let Some((next, item)) = set.next_entry(position) {
            items.push(constant(cx, item)?);
            position = next;
        }
        return Some(Const::FrozenSet(Arc::from(items)));
    }
    Some(match v {
        Value::NONE => Const::None,
        Value::TRUE => Const::True,
        Value::FALSE => Const::False,
        Value::ELLIPSIS => Const::Ellipsis,
        _ => return None,
    })
}

fn text(cx: &mut Ctx, field: &str, v: Value) -> PyResult<Arc<str>> {
    match Str::of(v) {
        Some(s) => Ok(Arc::from(s.to_string_lossy().as_ref())),
        None => {
            let name = types::type_name(cx, v);
            Err(cx.type_error(format!("replace() argument '{field}' must be str, not {name}")))
        }
    }
}

fn text_tuple(cx: &mut Ctx, field: &str, v: Value) -> PyResult<Box<[Arc<str>]>> {
    let Some(t) = Tuple::of(v) else {
        let name = types::type_name(cx, v);
        return Err(cx.type_error(format!("replace() argument '{field}' must be tuple, not {name}")));
    };
    if let Some(other) = t.items().find(|item| Str::of(*item).is_none()) {
        let name = types::type_name(cx, other);
        return Err(cx.type_error(format!("name tuples must contain only strings, not '{name}'")));
    }
    t.items().map(|item| text(cx, field, item)).collect()
}

fn small(cx: &mut Ctx, v: Value) -> PyResult<u16> {
    let n = protocol::index(cx, v)?;
    u16::try_from(n).map_err(|_| cx.value_error("code: argcount must not be negative"))
}

fn replace(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(code) = rt(args[0]) else { return Ok(Value::NONE) };
    let mut new = copy(&code.code);
    if let Some(changes) = args.get(1).and_then(objects::Dict::of) {
        let mut position = 0;
        while let Some((next, key, v)) = changes.next_entry(position) {
            position = next;
            let field = protocol::str_lossy(cx, key);
            change(cx, code, &mut new, &field, v)?;
        }
    }
    finish(cx, new)
}

/// The code object of changed code.
fn finish(cx: &mut Ctx, new: Code) -> PyResult {
    if let Err(e) = engine_code::verify(&new) {
        return Err(cx.value_error(format!("code: {e}")));
    }
    let loaded = RuntimeCode::load(cx, Arc::new(new));
    Ok(of(cx, loaded))
}

/// `code(argcount, ...)`: a code object whose instructions were read from another one of this process.
fn construct(cx: &mut Ctx, args: Args) -> PyResult {
    let mut counts = [0u16; 4];
    for (i, (count, name)) in
        counts.iter_mut().zip(["argcount", "posonlyargcount", "kwonlyargcount", "nlocals"]).enumerate()
    {
        let n = protocol::index(cx, args[i + 1])?;
        if n < 0 {
            return Err(cx.value_error(format!("code: {name} must not be negative")));
        }
        *count = u16::try_from(n).unwrap_or(u16::MAX);
    }
    let Some(bytes) = Bytes::of(args[7]) else { return Err(wrong(cx, 7, "bytes", args[7])) };
    for i in [8, 9, 10] {
        if Tuple::of(args[i]).is_none() {
            return Err(wrong(cx, i, "tuple", args[i]));
        }
    }
    for i in [11, 12, 13] {
        if Str::of_sub(cx, args[i]).is_none() {
            return Err(wrong(cx, i, "str", args[i]));
        }
    }
    let words = bytes.as_slice().chunks_exact(4).map(|w| w.iter().rev().fold(0, |n, b| n << 8 | *b as u32));
    let instrs: Box<[u32]> = words.collect();
    let known = lock(&READ).get(&instrs).copied();
    let Some(old) = known else {
        return Err(cx.value_error("code: the code string is that of no code object of this process"));
    };
    let mut new = copy(&old.code);
    let [argcount, posonlyargcount, kwonlyargcount, nlocals] = counts;
    if Tuple::of(args[10]).is_some_and(|t| t.len() != nlocals as usize) {
        let few = Tuple::of(args[10]).is_some_and(|t| t.len() < argcount as usize + kwonlyargcount as usize);
        let text = if few { "code: co_varnames is too small" } else { "code: co_nlocals != len(co_varnames)" };
        return Err(cx.value_error(text));
    }
    if argcount as u32 + kwonlyargcount as u32 != new.argcount as u32 + new.kwonlyargcount as u32
        || posonlyargcount > argcount
    {
        return Err(cx.value_error("code: co_varnames is too small"));
    }
    (new.argcount, new.posonlyargcount, new.kwonlyargcount) = (argcount, posonlyargcount, kwonlyargcount);
    let fields = [
        ("co_flags", 6),
        ("co_consts", 8),
        ("co_names", 9),
        ("co_varnames", 10),
        ("co_filename", 11),
        ("co_name", 12),
        ("co_qualname", 13),
        ("co_firstlineno", 14),
        ("co_freevars", 17),
    ];
    for (field, i) in fields {
        let v = if args[i].is_empty() { Tuple::empty(cx) } else { args[i] };
        change(cx, old, &mut new, field, v)?;
    }
    finish(cx, new)
}

fn wrong(cx: &mut Ctx, argument: usize, wanted: &str, v: Value) -> Raised {
    let got = if v.is_none() { "None".to_owned() } else { types::type_name(cx, v) };
    cx.type_error(format!("code() argument {argument} must be {wanted}, not {got}"))
}

fn change(cx: &mut Ctx, old: &RuntimeCode, new: &mut Code, field: &str, v: Value) -> PyResult<()> {
    match field {
        "co_name" => new.name = text(cx, field, v)?,
        "co_qualname" => new.qualname = text(cx, field, v)?,
        "co_filename" => new.filename = text(cx, field, v)?,
        "co_firstlineno" => {
            let n = protocol::index(cx, v)?;
            new.firstlineno = u32::try_from(n).unwrap_or(0);
        }
        "co_flags" => {
            // What the code is made for stays: only flags that say how it is used may change.
            const FIXED: u32 = 0x1 | 0x2 | 0x4 | 0x8 | 0x20 | 0x80 | 0x200;
            let n = protocol::index(cx, v)? as u32;
            if (n ^ new.flags.0) & FIXED != 0 {
                return Err(cx.value_error("code: cannot change the kind of a code object"));
            }
            new.flags = CodeFlags(n);
        }
        "co_argcount" | "co_posonlyargcount" | "co_kwonlyargcount" => {
            let n = small(cx, v)?;
            let (a, p, k) = match field {
                "co_argcount" => (n, new.posonlyargcount, new.kwonlyargcount),
                "co_posonlyargcount" => (new.argcount, n, new.kwonlyargcount),
                _ => (new.argcount, new.posonlyargcount, n),
            };
            if a + k != new.argcount + new.kwonlyargcount || p > a {
                return Err(cx.value_error("code: co_varnames is too small"));
            }
            (new.argcount, new.posonlyargcount, new.kwonlyargcount) = (a, p, k);
        }
        "co_names" => {
            let names = text_tuple(cx, field, v)?;
            if names.len() < new.names.len() {
                return Err(cx.value_error("code: co_names is too small"));
            }
            new.names = names;
        }
        "co_freevars" => {
            let names = text_tuple(cx, field, v)?;
            if names.len() != new.freevars.len() {
                return Err(cx.value_error("code: the number of free variables cannot change"));
            }
            new.freevars = names;
        }
        "co_varnames" => {
            let names = text_tuple(cx, field, v)?;
            let places: Vec<usize> = (0..new.varnames.len()).filter(|&i| is_varname(old, i)).collect();
            if names.len() != places.len() + new.big_locals.len() {
                return Err(cx.value_error("code: co_varnames has the wrong size"));
            }
            let (first, rest) = if old.code.gathers() { (new.big_locals.len(), true) } else { (places.len(), false) };
            let (array, registers) =
                if rest { (&names[..first], &names[first..]) } else { (&names[first..], &names[..first]) };
            new.big_locals = array.into();
            for (i, name) in places.into_iter().zip(registers) {
                new.varnames[i] = name.clone();
            }
        }
        "co_consts" => {
            if Tuple::of(v).is_none() {
                let name = types::type_name(cx, v);
                return Err(cx.type_error(format!("replace() argument '{field}' must be tuple, not {name}")));
            }
            let items = match Tuple::of(v) {
                Some(t) if t.len() >= new.consts.len() => t.items().map(|item| constant(cx, item)).collect(),
                _ => None,
            };
            let Some(items): Option<Box<[Const]>> = items else {
                return Err(cx.value_error("code: co_consts must be a tuple of constants, of at least the old size"));
            };
            new.consts = items;
        }
        "co_nlocals" | "co_stacksize" | "co_cellvars" | "co_linetable" | "co_exceptiontable" | "co_code" => {}
        _ => {
            return Err(cx.type_error(format!("replace() got an unexpected keyword argument '{field}'")));
        }
    }
    Ok(())
}
