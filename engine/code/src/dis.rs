//! Readable listings of code objects.

use std::fmt::Write;

use crate::code::{Code, Const};
use crate::formats::Role;
use crate::instruction::Instruction;
use crate::opcodes::Intrinsic;

/// Listing of a code object and all code inside it.
pub fn dis(code: &Code) -> String {
    let mut out = String::new();
    list(code, &mut out);
    out
}

fn list(code: &Code, out: &mut String) {
    let _ = writeln!(
        out,
        "{} ({}:{}) flags {:#x} args {}/{}/{} locals {} regs {}",
        code.qualname,
        code.filename,
        code.firstlineno,
        code.flags.0,
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.nlocals,
        code.nregs
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
    let i = Instruction::decode(instrs, at).ok()?;
    usize::try_from((at + i.words()) as i64 + i.distance()? as i64).ok()
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
    let i = match Instruction::decode(&code.instrs, at) {
        Ok(i) => i,
        Err(_) => return (format!("??? {:#010x}", code.instrs[at]), 1),
    };
    let info = i.op().info();
    let words = i.encode();
    let mut parts = Vec::new();
    for o in info.operands {
        let (n, signed) = (o.place.read(words) as usize, o.place.read_signed(words));
        match o.role {
            Role::N if matches!(i, Instruction::CallIntrinsic(_)) => {
                parts.push(Intrinsic::from_u8(n as u8).map_or("?", Intrinsic::name).to_string());
            }
            Role::N => parts.push(n.to_string()),
            Role::Imm | Role::Int => parts.push(format!("#{signed}")),
            Role::Const => parts.push(constant(code.consts.get(n))),
            Role::Free => parts.push(code.freevars.get(n).map_or("?".into(), |n| format!("free {n}"))),
            Role::Site => parts.push(code.names.get(n).map_or("?".into(), |n| n.to_string())),
            Role::Jump => parts.push(format!("-> {}", (at + info.words) as i64 + signed as i64)),
            Role::Flag if n == 0 => {}
            Role::Flag | Role::Flags | Role::Count => parts.push(format!("{}={n}", o.name)),
            Role::No | Role::Spare => {}
            role if role.is_register() => parts.push(register(code, n as u8)),
            _ => parts.push(n.to_string()),
        }
    }
    (format!("{:<18} {}", info.name, parts.join(", ")), info.words)
}
