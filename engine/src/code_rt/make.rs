//! Code objects put together by Python code: `CodeType(...)` and `replace`.

use std::sync::Arc;

use engine_code::{Code, CodeFlags, Const, Wtf8};
use num_bigint::Sign;
use proto_core::{Kind, Value};

use super::object::{self, is_varname, rt, runtime_code};
use super::{LEAD, LEAD_WORD, RuntimeCode, tables};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::native::Args;
use crate::objects::{self, Bytes, Set, Slice, Str, Tuple};
use crate::protocol;
use crate::types;

/// The constructor's parameters, in its order.
const FIELDS: [&str; 18] = [
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_nlocals",
    "co_stacksize",
    "co_flags",
    "co_code",
    "co_consts",
    "co_names",
    "co_varnames",
    "co_filename",
    "co_name",
    "co_qualname",
    "co_firstlineno",
    "co_linetable",
    "co_exceptiontable",
    "co_freevars",
    "co_cellvars",
];

/// Nesting of tuples that is taken for a constant's.
const MAX_NESTING: u32 = 100;

/// A value as a constant that is no code and no slice, if it can be one.
pub fn plain_constant(cx: &Ctx, v: Value) -> Option<Const> {
    match constant(cx, v, 0)? {
        Const::Code(_) | Const::Slice(_) => None,
        c => Some(c),
    }
}

/// A value as a constant, if it can be one.
fn constant(cx: &Ctx, v: Value, depth: u32) -> Option<Const> {
    if depth > MAX_NESTING {
        return None;
    }
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
        let items: Option<Vec<Const>> = t.items().map(|item| constant(cx, item, depth + 1)).collect();
        return Some(Const::Tuple(Arc::from(items?)));
    }
    if let Some(s) = Slice::of(v) {
        let part = |v| constant(cx, v, depth + 1);
        return Some(Const::Slice(Arc::new([part(s.start())?, part(s.stop())?, part(s.step())?])));
    }
    if let Some((re, im)) = types::complex_parts(cx, v) {
        return Some(Const::Complex(re, im));
    }
    if let Some(set) = Set::of(v).filter(|s| s.is_frozen()) {
        let mut items = Vec::new();
        let mut position = 0;
        while let Some((next, item)) = set.next_entry(position) {
            items.push(constant(cx, item, depth + 1)?);
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

/// What is being made, and how its arguments are named in messages.
struct Maker {
    /// `replace`: what is changed.
    old: Option<&'static RuntimeCode>,
}

impl Maker {
    /// The argument `i`: `None` if it is not given.
    fn given(&self, v: Value) -> Option<Value> {
        v.non_empty()
    }

    fn wrong(&self, cx: &mut Ctx, i: usize, wanted: &str, v: Value) -> Raised {
        let got = if v.is_none() { "None".to_owned() } else { types::type_name(cx, v) };
        let field = FIELDS[i];
        match self.old {
            Some(_) => cx.type_error(format!("replace() argument '{field}' must be {wanted}, not {got}")),
            None => cx.type_error(format!("code() argument {} must be {wanted}, not {got}", i + 1)),
        }
    }

    fn count(&self, cx: &mut Ctx, i: usize, v: Value, default: u16) -> PyResult<u16> {
        let Some(v) = self.given(v) else { return Ok(default) };
        let n = protocol::index(cx, v)?;
        if n < 0 {
            let field = FIELDS[i];
            return Err(cx.value_error(match self.old {
                Some(_) => format!("{field} must be a positive integer"),
                None => format!("code: {} must not be negative", field.trim_start_matches("co_")),
            }));
        }
        Ok(u16::try_from(n).unwrap_or(u16::MAX))
    }

    fn text(&self, cx: &mut Ctx, i: usize, v: Value, default: impl Fn(&Code) -> Arc<str>) -> PyResult<Arc<str>> {
        match (self.given(v), self.old) {
            (Some(v), _) => match Str::of_sub(cx, v) {
                Some(s) => Ok(Arc::from(s.to_text().as_ref())),
                None => Err(self.wrong(cx, i, "str", v)),
            },
            (None, Some(old)) => Ok(default(&old.code)),
            (None, None) => Ok(Arc::from("")),
        }
    }

    fn names(
        &self,
        cx: &mut Ctx,
        i: usize,
        v: Value,
        default: impl Fn(&RuntimeCode) -> Vec<Arc<str>>,
    ) -> PyResult<Vec<Arc<str>>> {
        let Some(v) = self.given(v) else { return Ok(self.old.map(default).unwrap_or_default()) };
        let Some(t) = Tuple::of(v) else { return Err(self.wrong(cx, i, "tuple", v)) };
        let mut names = Vec::with_capacity(t.len());
        for item in t.items() {
            let Some(s) = Str::of_sub(cx, item) else {
                let name = types::type_name(cx, item);
                return Err(cx.type_error(format!("name tuples must contain only strings, not '{name}'")));
            };
            names.push(Arc::from(s.to_text().as_ref()));
        }
        Ok(names)
    }

    fn bytes(&self, cx: &mut Ctx, i: usize, v: Value) -> PyResult<Option<Vec<u8>>> {
        let Some(v) = self.given(v) else { return Ok(None) };
        match Bytes::of_sub(cx, v) {
            Some(b) => Ok(Some(b.as_slice().to_vec())),
            None => Err(self.wrong(cx, i, "bytes", v)),
        }
    }

    fn make(&self, cx: &mut Ctx, args: &[Value; 18]) -> PyResult {
        let new = self.portable(cx, args)?;
        if let Err(e) = engine_code::verify(&new) {
            return Err(cx.value_error(format!("code: {e}")));
        }
        let loaded = RuntimeCode::load(cx, Arc::new(new));
        Ok(object::of(cx, loaded))
    }

    fn portable(&self, cx: &mut Ctx, args: &[Value; 18]) -> PyResult<Code> {
        let old = self.old.map(|o| &*o.code);
        let number = |get: fn(&Code) -> u16| old.map_or(0, get);
        let argcount = self.count(cx, 0, args[0], number(|c| c.argcount))?;
        let posonlyargcount = self.count(cx, 1, args[1], number(|c| c.posonlyargcount))?;
        let kwonlyargcount = self.count(cx, 2, args[2], number(|c| c.kwonlyargcount))?;
        let varnames = self.names(cx, 9, args[9], shown_varnames)?;
        let nlocals = self.count(cx, 3, args[3], varnames.len() as u16)?;
        let stacksize = self.count(cx, 4, args[4], 0)?;
        let flags = match self.given(args[5]) {
            Some(v) => CodeFlags(protocol::index(cx, v)? as u32),
            None => old.map_or(CodeFlags(0), |c| c.flags),
        };
        let instrs: Box<[u32]> = match self.bytes(cx, 6, args[6])? {
            Some(bytes) if bytes.len() % 4 == 0 && bytes.starts_with(&LEAD_WORD.to_le_bytes()) => {
                let words = bytes.chunks_exact(4).map(|w| w.iter().rev().fold(0, |n, b| n << 8 | *b as u32));
                words.skip(LEAD as usize).collect()
            }
            Some(_) => return Err(cx.value_error("code: co_code is malformed")),
            None => old.map(|c| c.instrs.clone()).unwrap_or_default(),
        };
        let consts = self.consts(cx, args[7])?;
        let names = self.names(cx, 8, args[8], |c| c.code.names.to_vec())?;
        let filename = self.text(cx, 10, args[10], |c| c.filename.clone())?;
        let name = self.text(cx, 11, args[11], |c| c.name.clone())?;
        let qualname = self.text(cx, 12, args[12], |c| c.qualname.clone())?;
        let firstlineno = match self.given(args[13]) {
            Some(v) => u32::try_from(protocol::index(cx, v)?).unwrap_or(0),
            None => old.map_or(0, |c| c.firstlineno),
        };
        let positions = match (self.bytes(cx, 14, args[14])?, old) {
            (Some(table), _) => tables::positions(&table, firstlineno, instrs.len() as u32)
                .ok_or_else(|| cx.value_error("code: co_linetable is malformed"))?,
            // The lines move with the first one.
            (None, Some(c)) if c.firstlineno != firstlineno => {
                tables::positions(&tables::line_table(c), firstlineno, instrs.len() as u32)
                    .unwrap_or_else(|| c.positions.clone())
            }
            (None, c) => c.map(|c| c.positions.clone()).unwrap_or_default(),
        };
        let freevars = self.names(cx, 16, args[16], |c| c.code.freevars.to_vec())?;
        let cellvars = self.names(cx, 17, args[17], |c| c.code.cellvars.iter().map(|v| v.0.clone()).collect())?;
        let old_table = self.old.map(|o| tables::exception_table(&o.code, |i| is_varname(o, i))).unwrap_or_default();
        let table = self.bytes(cx, 15, args[15])?.unwrap_or_else(|| old_table.clone());
        let ncells = old.map_or(cellvars.len(), |c| c.cellvars.len());
        let Some((exceptions, registers)) = tables::handlers(&table, ncells) else {
            return Err(cx.value_error("code: co_exceptiontable is malformed"));
        };
        let Some(registers) = registers.or_else(|| tables::handlers(&old_table, ncells).and_then(|t| t.1)) else {
            return Err(cx.value_error("code: co_exceptiontable does not tell the registers"));
        };
        if cellvars.len() != registers.cells.len() {
            return Err(cx.value_error("code: the number of cell variables cannot change"));
        }
        let few = (argcount as usize) + (kwonlyargcount as usize) > varnames.len();
        if few || nlocals as usize != varnames.len() || posonlyargcount > argcount {
            let text = if few { "code: co_varnames is too small" } else { "code: co_nlocals != len(co_varnames)" };
            return Err(cx.value_error(text));
        }
        let mut new = Code {
            name,
            qualname,
            filename,
            firstlineno,
            flags,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            nlocals: registers.nlocals,
            hidden_from: registers.hidden_from,
            nregs: registers.nregs.max(registers.nlocals.saturating_add(stacksize).min(256)),
            varnames: Box::default(),
            cellvars: cellvars.into_iter().zip(registers.cells.iter().copied()).collect(),
            freevars: freevars.into(),
            big_locals: Box::default(),
            big_register: registers.big_register,
            consts,
            names: names.into(),
            instrs,
            exceptions: exceptions.into(),
            positions,
        };
        let nbig = registers.nbig as usize;
        if varnames.len() < nbig {
            return Err(cx.value_error("code: co_varnames is too small"));
        }
        // Parameters come first, wherever they are.
        let (big, mut plain) = if new.gathers() {
            let (big, plain) = varnames.split_at(nbig);
            (big, plain.iter())
        } else {
            let (plain, big) = varnames.split_at(varnames.len() - nbig);
            (big, plain.iter())
        };
        new.big_locals = big.into();
        let register = |i: u16| registers.others.iter().find(|o| o.0 == i).map(|o| o.1.clone());
        let named: Option<Box<[Arc<str>]>> =
            (0..registers.nlocals).map(|i| register(i).or_else(|| plain.next().cloned())).collect();
        match named.filter(|_| plain.next().is_none()) {
            Some(named) => new.varnames = named,
            None => return Err(cx.value_error("code: co_varnames has the wrong size")),
        }
        Ok(new)
    }

    fn consts(&self, cx: &mut Ctx, v: Value) -> PyResult<Box<[Const]>> {
        let Some(v) = self.given(v) else { return Ok(self.old.map(|o| o.code.consts.clone()).unwrap_or_default()) };
        let Some(t) = Tuple::of(v) else { return Err(self.wrong(cx, 7, "tuple", v)) };
        let items: Option<Box<[Const]>> = t.items().map(|item| constant(cx, item, 0)).collect();
        items.ok_or_else(|| cx.value_error("code: co_consts must be constants"))
    }
}

/// `co_varnames`
fn shown_varnames(code: &RuntimeCode) -> Vec<Arc<str>> {
    let plain = code.code.varnames.iter().enumerate().filter(|(i, _)| is_varname(code, *i)).map(|(_, n)| n.clone());
    let big = code.code.big_locals.iter().cloned();
    if code.code.gathers() { big.chain(plain).collect() } else { plain.chain(big).collect() }
}

/// `code(argcount, ...)`
pub(super) fn construct(cx: &mut Ctx, args: Args) -> PyResult {
    let mut given = [Value::EMPTY; 18];
    for (i, slot) in given.iter_mut().enumerate() {
        *slot = args[i + 1];
        if slot.is_empty() {
            *slot = Tuple::empty(cx);
        }
    }
    Maker { old: None }.make(cx, &given)
}

/// `code.replace(**changes)`
pub(super) fn replace(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(old) = rt(args[0]) else { return Ok(Value::NONE) };
    let mut given = [Value::EMPTY; 18];
    if let Some(changes) = args.get(1).and_then(objects::Dict::of) {
        let mut position = 0;
        while let Some((next, key, v)) = changes.next_entry(position) {
            position = next;
            let field = protocol::str_lossy(cx, key);
            match FIELDS.iter().position(|f| **f == *field) {
                Some(i) => given[i] = v,
                None => {
                    return Err(cx.type_error(format!("replace() got an unexpected keyword argument '{field}'")));
                }
            }
        }
    }
    Maker { old: Some(old) }.make(cx, &given)
}
