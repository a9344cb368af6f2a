//! Readable listings of code objects.

use std::fmt::Write;

use crate::code::{Code, Const};
use crate::opcodes::{Intrinsic, NO_CACHE, Op, Role, Second, Word};

/// Listing of a code object and all code inside it.
pub fn dis(code: &Code) -> String {
    let mut out = String::new();
    list(code, &mut out);
    out
}

fn list(code: &Code, out: &mut String) {
    let _ = writeln!(
        out,
        "{} ({}:{}) flags {:#x} args {}/{}/{} locals {} regs {} caches {}",
        code.qualname,
        code.filename,
        code.firstlineno,
        code.flags.0,
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.nlocals,
        code.nregs,
        code.ncaches
    );
    let mut line = 0;
    let mut at = 0;
    while at < code.instrs.len() {
        let here = code.positions.line_at(at as u32).unwrap_or(0);
        let shown = if here != line { here.to_string() } else { String::new() };
        line = here;
        let (text, words) = instruction(code, at);
        let _ = writeln!(out, "{shown:>5} {at:>5}  {text}");
        at += words;
    }
    for h in &code.exceptions {
        let _ = writeln!(out, "      {}..{} -> {} in {}", h.start, h.end, h.target, register(code, h.reg as u8));
    }
    for value in &code.consts {
        if let Const::Code(inner) = value {
            out.push('\n');
            list(inner, out);
        }
    }
}

/// Where the instruction at a word index jumps to, if it may jump.
pub fn jump_target(instrs: &[u32], at: usize) -> Option<usize> {
    let word = Word(*instrs.get(at)?);
    let op = Op::from_u8(word.op())?;
    let info = op.info();
    let mut distance = None;
    for role in [info.a, info.b, info.c] {
        match role {
            Role::Jump16 => distance = Some(word.bc() as i16 as i64),
            Role::Jump24 => distance = Some(word.distance24() as i64),
            _ => {}
        }
    }
    if matches!(info.second, Second::JumpCache | Second::Jump) {
        distance = Some(Word(*instrs.get(at + 1)?).x() as i16 as i64);
    }
    usize::try_from((at + op.words()) as i64 + distance?).ok()
}

fn register(code: &Code, reg: u8) -> String {
    match code.varnames.get(reg as usize) {
        Some(name) => name.to_string(),
        None => format!("r{reg}"),
    }
}

/// Text of a constant.
pub fn constant(value: Option<&Const>) -> String {
    match value {
        None => "?".into(),
        Some(Const::None) => "None".into(),
        Some(Const::True) => "True".into(),
        Some(Const::False) => "False".into(),
        Some(Const::Ellipsis) => "...".into(),
        Some(Const::Int(n)) => n.to_string(),
        Some(Const::BigInt { negative, magnitude }) => {
            let digits: String = magnitude.iter().rev().map(|b| format!("{b:02x}")).collect();
            format!("{}0x{digits}", if *negative { "-" } else { "" })
        }
        Some(Const::Float(x)) => format!("{x:?}"),
        Some(Const::Complex(x, y)) => format!("({x:?}+{y:?}j)"),
        Some(Const::Str(s)) => format!("{s:?}"),
        Some(Const::Bytes(b)) => format!("b{:?}", String::from_utf8_lossy(b)),
        Some(Const::Tuple(t)) => format!("({})", constants(t)),
        Some(Const::FrozenSet(t)) => format!("{{{}}}", constants(t)),
        Some(Const::Slice(s)) => format!("slice({})", constants(&s[..])),
        Some(Const::Code(c)) => format!("{c:?}"),
    }
}

fn constants(values: &[Const]) -> String {
    values.iter().map(|v| constant(Some(v))).collect::<Vec<_>>().join(", ")
}

/// Text and length in words of the instruction at a word index.
pub fn instruction(code: &Code, at: usize) -> (String, usize) {
    let word = Word(code.instrs[at]);
    let Some(op) = Op::from_u8(word.op()) else { return (format!("??? {:#010x}", word.0), 1) };
    let info = op.info();
    let words = op.words();
    let second = Word(code.instrs.get(at + 1).copied().unwrap_or(0));
    let next = (at + words) as i64;
    let mut parts = Vec::new();
    for (role, byte) in [(info.a, word.a()), (info.b, word.b()), (info.c, word.c())] {
        match role {
            Role::No => {}
            Role::N if op == Op::CallIntrinsic => {
                parts.push(Intrinsic::from_u8(byte).map_or("?", Intrinsic::name).to_string());
            }
            Role::N => parts.push(byte.to_string()),
            Role::Imm => parts.push(format!("#{}", byte as i8)),
            Role::Const => parts.push(constant(code.consts.get(word.bc() as usize))),
            Role::Free => parts.push(code.freevars.get(word.bc() as usize).map_or("?".into(), |n| format!("free {n}"))),
            Role::Int => parts.push(format!("#{}", word.bc() as i16)),
            Role::Jump16 => parts.push(format!("-> {}", next + word.bc() as i16 as i64)),
            Role::Jump24 => parts.push(format!("-> {}", next + word.distance24() as i64)),
            _ => parts.push(register(code, byte)),
        }
    }
    match info.second {
        Second::No | Second::Cache => {}
        Second::NameCache => parts.push(code.names.get(second.x() as usize).map_or("?".into(), |n| n.to_string())),
        Second::JumpCache | Second::Jump => parts.push(format!("-> {}", next + second.x() as i16 as i64)),
        Second::FlagCache if second.x() == 0 => {}
        Second::FlagCache | Second::Flags | Second::Count => parts.push(format!("x={}", second.x())),
        Second::ConstCache => parts.push(constant(code.consts.get(second.x() as usize))),
        Second::ConstWide => parts.push(constant(code.consts.get(second.0 as usize))),
    }
    if info.second.has_cache() && second.cache() != NO_CACHE {
        parts.push(format!("[{}]", second.cache()));
    }
    (format!("{:<18} {}", info.name, parts.join(", ")), words)
}
