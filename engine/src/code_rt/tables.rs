//! The tables of a code object in the form that Python code knows: CPython's location table and exception table.
//!
//! A word of ours counts as two code units of two bytes, so that offsets are bytes of `co_code`. The registers of our code
//! are no part of what CPython's constructor takes: they follow the exception table, behind a zero byte, which begins no
//! entry. So whoever takes a code object apart and puts it together elsewhere, as picklers do, loses nothing.

use std::sync::Arc;

use engine_code::{Code, Handler, Position, PositionTable};

use super::LEAD;
use super::object::{NO_COLUMN, call_position};

/// Code units of a word.
const UNITS: u32 = 2;
/// Code units that one entry of the location table covers at most.
const MAX_UNITS: u32 = 8;
/// Forms of an entry.
const NO_LOCATION: u8 = 15;
const LONG: u8 = 14;
const NO_COLUMNS: u8 = 13;

/// Six bits a byte, little end first.
fn put(out: &mut Vec<u8>, mut n: u32) {
    while n >= 64 {
        out.push(0x40 | (n & 63) as u8);
        n >>= 6;
    }
    out.push(n as u8);
}

fn put_signed(out: &mut Vec<u8>, n: i64) {
    put(out, if n < 0 { (n.unsigned_abs() as u32) << 1 | 1 } else { (n as u32) << 1 });
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let (mut n, mut shift) = (0u32, 0);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        n |= ((byte & 63) as u32).checked_shl(shift)?;
        if byte & 0x40 == 0 {
            return Some(n);
        }
        shift += 6;
    }
}

fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let n = take(bytes)? as i64;
    Some(if n & 1 != 0 { -(n >> 1) } else { n >> 1 })
}

/// `co_linetable`
pub fn line_table(code: &Code) -> Vec<u8> {
    let mut out = Vec::new();
    let mut line = code.firstlineno as i64;
    for (words, p) in call_position(code).into_iter().chain(code.positions.runs()) {
        let mut left = words.saturating_mul(UNITS).min(code.instrs.len() as u32 * UNITS + LEAD * UNITS);
        while left > 0 {
            let units = left.min(MAX_UNITS);
            left -= units;
            let form = match p {
                Position { line: 0, .. } => NO_LOCATION,
                Position { col: NO_COLUMN, .. } => NO_COLUMNS,
                _ => LONG,
            };
            out.push(0x80 | form << 3 | (units - 1) as u8);
            if p.line != 0 {
                put_signed(&mut out, p.line as i64 - line);
                line = p.line as i64;
            }
            if form == LONG {
                put(&mut out, p.end_line.saturating_sub(p.line));
                put(&mut out, p.col.saturating_add(1));
                put(&mut out, p.end_col.saturating_add(1));
            }
        }
    }
    out
}

/// The positions that a `co_linetable` of `words` words tells; what it does not cover has none.
pub fn positions(mut table: &[u8], firstlineno: u32, words: u32) -> Option<PositionTable> {
    let mut line = firstlineno as i64;
    let (mut runs, mut units) = (Vec::new(), 0u32);
    while let Some((&head, rest)) = table.split_first() {
        table = rest;
        let mut p = Position::default();
        let form = head >> 3 & 15;
        if form != NO_LOCATION {
            line += match form {
                LONG | NO_COLUMNS => take_signed(&mut table)?,
                10..=12 => (form - 10) as i64,
                _ => 0,
            };
            p.line = u32::try_from(line).ok()?;
            p.end_line = p.line;
        }
        match form {
            LONG => {
                p.end_line = p.line.checked_add(take(&mut table)?)?;
                p.col = take(&mut table)?.saturating_sub(1);
                p.end_col = take(&mut table)?.saturating_sub(1);
            }
            0..=12 => {
                let (&byte, rest) = table.split_first()?;
                table = rest;
                if form < 10 {
                    p.col = (form as u32) << 3 | (byte >> 4) as u32;
                    p.end_col = p.col + (byte & 15) as u32;
                } else {
                    let (&end, rest) = table.split_first()?;
                    table = rest;
                    (p.col, p.end_col) = (byte as u32, end as u32);
                }
            }
            _ => {}
        }
        // A word has the position of its first unit.
        let word = |units: u32| units.div_ceil(UNITS).saturating_sub(LEAD).min(words);
        let before = word(units);
        units = units.checked_add((head & 7) as u32 + 1)?;
        let after = word(units);
        if after > before {
            runs.push((after - before, p));
        }
    }
    Some(PositionTable::encode(runs))
}

/// `co_exceptiontable`: CPython's entries, the register in place of the stack's depth; then the registers.
pub fn exception_table(code: &Code, is_varname: impl Fn(usize) -> bool) -> Vec<u8> {
    let mut out = Vec::new();
    for h in &code.exceptions {
        let first = out.len();
        let numbers =
            [(h.start + LEAD) * UNITS, (h.end - h.start) * UNITS, (h.target + LEAD) * UNITS, (h.reg as u32) << 1];
        for n in numbers {
            put_big_end_first(&mut out, n);
        }
        out[first] |= 0x80;
    }
    out.push(0);
    let Code { nlocals, hidden_from, nregs, big_register, .. } = code;
    for n in [*nlocals, *hidden_from, *nregs, *big_register, code.big_locals.len() as u16] {
        put(&mut out, n as u32);
    }
    for (_, register) in &code.cellvars {
        put(&mut out, *register as u32);
    }
    for (i, name) in code.varnames.iter().enumerate().filter(|(i, _)| !is_varname(*i)) {
        put(&mut out, i as u32);
        put(&mut out, name.len() as u32);
        out.extend_from_slice(name.as_bytes());
    }
    out
}

/// The exception table's numbers have their big end first.
fn put_big_end_first(out: &mut Vec<u8>, n: u32) {
    let groups = (1..6).rev().find(|g| n >> (6 * g) != 0).unwrap_or(0);
    for g in (1..=groups).rev() {
        out.push(0x40 | (n >> (6 * g) & 63) as u8);
    }
    out.push((n & 63) as u8);
}

fn take_big_end_first(bytes: &mut &[u8]) -> Option<u32> {
    let mut n = 0u32;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        n = n.checked_mul(64)? | (byte & 63) as u32;
        if byte & 0x40 == 0 {
            return Some(n);
        }
    }
}

/// What stands behind the exception table.
#[derive(Default)]
pub struct Registers {
    /// See the fields of [`Code`].
    pub nlocals: u16,
    /// See [`Code::hidden_from`].
    pub hidden_from: u16,
    /// See [`Code::nregs`].
    pub nregs: u16,
    /// See [`Code::big_register`].
    pub big_register: u16,
    /// How many of the variable names are in the array of further locals.
    pub nbig: u16,
    /// Registers of the cell variables, in their order.
    pub cells: Vec<u16>,
    /// Named registers that are no variable names to Python code.
    pub others: Vec<(u16, Arc<str>)>,
}

/// The entries of a `co_exceptiontable`, and the registers if it tells them. `None` if it is malformed.
pub fn handlers(mut table: &[u8], ncells: usize) -> Option<(Vec<Handler>, Option<Registers>)> {
    let mut out = Vec::new();
    while table.first().is_some_and(|b| b & 0x80 != 0) {
        let mut next = || take_big_end_first(&mut table);
        let (start, length, target, depth) = (next()?, next()?, next()?, next()?);
        let length = length / UNITS;
        let (start, target) = ((start / UNITS).checked_sub(LEAD)?, (target / UNITS).checked_sub(LEAD)?);
        out.push(Handler { start, end: start.checked_add(length)?, target, reg: u16::try_from(depth >> 1).ok()? });
    }
    let Some((0, rest)) = table.split_first().map(|(b, rest)| (*b, rest)) else {
        return table.is_empty().then_some((out, None));
    };
    let mut rest = rest;
    let number = |rest: &mut &[u8]| take(rest).and_then(|n| u16::try_from(n).ok());
    let mut registers = Registers::default();
    let Registers { nlocals, hidden_from, nregs, big_register, nbig, .. } = &mut registers;
    for field in [nlocals, hidden_from, nregs, big_register, nbig] {
        *field = number(&mut rest)?;
    }
    for _ in 0..ncells {
        registers.cells.push(number(&mut rest)?);
    }
    while !rest.is_empty() {
        let register = number(&mut rest)?;
        let length = number(&mut rest)? as usize;
        let (name, tail) = rest.split_at_checked(length)?;
        rest = tail;
        registers.others.push((register, std::str::from_utf8(name).ok()?.into()));
    }
    Some((out, Some(registers)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_code::Const;
    use engine_compiler::{CompileFlags, Mode};

    fn all(code: &Code, visit: &mut impl FnMut(&Code)) {
        visit(code);
        for c in &code.consts {
            if let Const::Code(inner) = c {
                all(inner, visit);
            }
        }
    }

    #[test]
    fn tables_tell_what_they_were_made_of() {
        let source = "def f(a, *, b):\n    try:\n        return [lambda: a for x in b\n                if x]\n    except E:\n        pass\n\
                      class C:\n    def m(self):\n        with self: yield 1000 if\\\n            2 else __class__\n";
        let code = engine_compiler::compile(source, "t", Mode::Exec, CompileFlags::default()).expect("it is valid");
        let mut seen = 0;
        all(&code, &mut |code| {
            seen += 1;
            let table = line_table(code);
            let again = positions(&table, code.firstlineno, code.instrs.len() as u32).expect("it is whole");
            assert_eq!(again, code.positions);
            let table = exception_table(code, |i| i % 2 == 0);
            let (entries, registers) = handlers(&table, code.cellvars.len()).expect("it is whole");
            assert_eq!(entries[..], code.exceptions[..]);
            let registers = registers.expect("they follow the table");
            assert_eq!((registers.nregs, registers.nlocals), (code.nregs, code.nlocals));
            let cells: Vec<u16> = code.cellvars.iter().map(|c| c.1).collect();
            assert_eq!(registers.cells, cells);
            let others = code.varnames.iter().enumerate().filter(|(i, _)| i % 2 == 1);
            assert!(registers.others.iter().map(|(i, n)| (*i as usize, n)).eq(others));
            // Damage is told or means something else; it never panics.
            for end in 0..table.len() {
                let _ = handlers(&table[..end], code.cellvars.len());
            }
        });
        assert!(seen > 4);
    }

    #[test]
    fn numbers_of_the_exception_table_have_their_big_end_first() {
        for n in [0, 1, 63, 64, 4095, 4096, 1 << 20, u32::MAX >> 2] {
            let mut out = Vec::new();
            put_big_end_first(&mut out, n);
            assert_eq!(take_big_end_first(&mut &out[..]), Some(n));
        }
    }
}
