//! Numbers and characters: `abs`, `divmod`, `pow`, `round`, `bin`, `hex`, `oct`, `chr`, `ord`.

use std::io::Write;

use engine::objects::Bytes;
use engine::prelude::*;
use engine::protocol;

use crate::leaf;
use crate::sequence::type_name;

pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "abs",
        "($module, x, /)",
        abs,
        "Return the absolute value of the argument.",
    ).leaf(leaf::abs),
    NativeDef::new(
        "bin",
        "($module, number, /)",
        bin,
        "Return the binary representation of an integer.\n\n>>> bin(2796202)\n'0b1010101010101010101010'",
    ),
    NativeDef::new(
        "chr",
        "($module, i, /)",
        chr,
        "Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.",
    ).leaf(leaf::chr),
    NativeDef::new(
        "divmod",
        "($module, x, y, /)",
        divmod,
        "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.",
    ),
    NativeDef::new(
        "hex",
        "($module, number, /)",
        hex,
        "Return the hexadecimal representation of an integer.\n\n>>> hex(12648430)\n'0xc0ffee'",
    ),
    NativeDef::new(
        "oct",
        "($module, number, /)",
        oct,
        "Return the octal representation of an integer.\n\n>>> oct(342391)\n'0o1234567'",
    ),
    NativeDef::new(
        "ord",
        "($module, character, /)",
        ord,
        "Return the ordinal value of a character.\n\nIf the argument is a one-character string, return the Unicode code\npoint of that character.\n\nIf the argument is a bytes or bytearray object of length 1, return its\nsingle byte value.",
    ).leaf(leaf::ord),
    NativeDef::new(
        "pow",
        "($module, /, base, exp, mod=None)",
        pow,
        "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.\n\nSome types, such as ints, are able to use a more efficient algorithm when\ninvoked using the three argument form.",
    ).leaf(leaf::pow),
    NativeDef::new(
        "round",
        "($module, /, number, ndigits=None)",
        round,
        "Round a number to a given precision in decimal digits.\n\nThe return value is an integer if ndigits is omitted or None.  Otherwise\nthe return value has the same type as the number.  ndigits may be negative.",
    ).leaf(leaf::round),
];

fn abs(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::abs(cx, args[0])
}

fn based(cx: &mut Ctx, v: Value, radix: u32, prefix: &str) -> PyResult {
    let v = protocol::index_value(cx, v)?;
    if let Some(n) = v.as_int() {
        let (sign, n) = (if n < 0 { "-" } else { "" }, n.unsigned_abs());
        let mut text = [0u8; 72];
        let mut rest = &mut text[..];
        let written = match radix {
            2 => write!(rest, "{sign}{n:#b}"),
            8 => write!(rest, "{sign}{n:#o}"),
            _ => write!(rest, "{sign}{n:#x}"),
        };
        let left = rest.len();
        if written.is_ok() {
            return Ok(Str::ascii(cx, &text[..text.len() - left]));
        }
    }
    let digits = int::bit_length(v) / u64::from(radix.ilog2());
    cx.make_room_beside(usize::try_from(digits).unwrap_or(usize::MAX).saturating_mul(3))?;
    let digits = int::to_string_radix(v, radix);
    let text = match digits.strip_prefix('-') {
        Some(rest) => format!("-{prefix}{rest}"),
        None => format!("{prefix}{digits}"),
    };
    Str::wish(cx, text.as_bytes())
}

fn bin(cx: &mut Ctx, args: Args) -> PyResult {
    based(cx, args[0], 2, "0b")
}

fn hex(cx: &mut Ctx, args: Args) -> PyResult {
    based(cx, args[0], 16, "0x")
}

fn oct(cx: &mut Ctx, args: Args) -> PyResult {
    based(cx, args[0], 8, "0o")
}

fn chr(cx: &mut Ctx, args: Args) -> PyResult {
    let v = protocol::index_value(cx, args[0])?;
    match int::to_i64(v) {
        Some(i) if (0..=0x10ffff).contains(&i) => Ok(Str::from_char(cx, i as u32)),
        _ => Err(cx.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let len = if let Some(s) = Str::of_sub(cx, v) {
        match (s.len_chars(), s.cp_at(cx, 0)) {
            (1, Some(cp)) => return Ok(int::from_i64(cx, i64::from(cp))),
            (n, _) => n,
        }
    } else if let Some(b) = Bytes::of_sub(cx, v) {
        match b.as_slice() {
            [byte] => return Ok(Value::small(i32::from(*byte))),
            other => other.len(),
        }
    } else if let Some(b) = protocol::buffer_bytes(cx, v)? {
        match b.as_slice() {
            [byte] => return Ok(Value::small(i32::from(*byte))),
            other => other.len(),
        }
    } else {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("ord() expected string of length 1, but {name} found")));
    };
    Err(cx.type_error(format!("ord() expected a character, but string of length {len} found")))
}

fn divmod(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::binary(cx, protocol::BinOp::DivMod, args[0], args[1])
}

fn pow(cx: &mut Ctx, args: Args) -> PyResult {
    protocol::pow(cx, args[0], args[1], args.or(2, Value::NONE))
}

fn round(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(method) = protocol::lookup_special(cx, args[0], cx.names.__round__)? else {
        let name = type_name(cx, args[0]);
        return Err(cx.type_error(format!("type {name} doesn't define __round__ method")));
    };
    match args.or(1, Value::NONE) {
        Value::NONE => protocol::call(cx, method, &[]),
        n => protocol::call(cx, method, &[n]),
    }
}
