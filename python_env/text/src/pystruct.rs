//! The `struct` module: format strings, layouts, and packing of single values.

use crate::codecs::Order;
use crate::format::Int;
use pynumeric::complex::Complex;
use std::fmt;

/// Why a format or value is refused. All are `struct.error` except the overflows of floats.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StructError {
    /// `struct.error` with its message.
    Error(String),
    /// `OverflowError` with its message.
    Overflow(String),
}

impl fmt::Display for StructError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StructError::Error(m) | StructError::Overflow(m) => f.write_str(m),
        }
    }
}

fn error<T>(message: impl Into<String>) -> Result<T, StructError> {
    Err(StructError::Error(message.into()))
}

/// One format code with its repeat count; pad bytes are no items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item {
    /// The code.
    pub code: u8,
    /// Where its first value stands.
    pub offset: usize,
    /// Bytes of one value (for `s` and `p`, of the whole).
    pub size: usize,
    /// Number of values (1 for `s` and `p`).
    pub count: usize,
}

/// A parsed format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// The items in order.
    pub items: Vec<Item>,
    /// Total size in bytes.
    pub size: usize,
    /// Number of values.
    pub values: usize,
    /// Byte order of all values.
    pub order: Order,
}

/// Size and alignment of a code.
fn size_of(code: u8, native: bool) -> Option<(usize, usize)> {
    let size = match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => return Some(if native { (8, 8) } else { (4, 1) }),
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        b'F' => return Some((8, if native { 4 } else { 1 })),
        b'D' => return Some((16, if native { 8 } else { 1 })),
        _ => return None,
    };
    Some((size, if native { size } else { 1 }))
}

/// Parses a format.
pub fn parse(format: &[u8]) -> Result<Layout, StructError> {
    let (native, order, body) = match format {
        [b'@', rest @ ..] => (true, Order::NATIVE, rest),
        [b'=', rest @ ..] => (false, Order::NATIVE, rest),
        [b'<', rest @ ..] => (false, Order::Little, rest),
        [b'>' | b'!', rest @ ..] => (false, Order::Big, rest),
        rest => (true, Order::NATIVE, rest),
    };
    const TOO_LONG: &str = "total struct size too long";
    let mut out = Layout { items: Vec::new(), size: 0, values: 0, order };
    let mut i = 0;
    while let Some(&b) = body.get(i) {
        i += 1;
        if b.is_ascii_whitespace() || b == 0x0B {
            continue;
        }
        let (mut code, mut count) = (b, 1usize);
        if b.is_ascii_digit() {
            count = usize::from(b - b'0');
            loop {
                let Some(&d) = body.get(i) else {
                    return error("repeat count given without format specifier");
                };
                i += 1;
                if !d.is_ascii_digit() {
                    code = d;
                    break;
                }
                let next = count.checked_mul(10).and_then(|c| c.checked_add(usize::from(d - b'0')));
                match next.filter(|&c| c <= isize::MAX as usize) {
                    Some(c) => count = c,
                    None => return error(TOO_LONG),
                }
            }
        }
        let Some((size, align)) = size_of(code, native) else { return error("bad char in struct format") };
        let offset = out.size.next_multiple_of(align);
        let end = size.checked_mul(count).and_then(|n| n.checked_add(offset));
        out.size = match end.filter(|&n| n <= isize::MAX as usize) {
            Some(n) => n,
            None => return error(TOO_LONG),
        };
        match code {
            b'x' => {}
            b's' | b'p' => {
                out.items.push(Item { code, offset, size: count, count: 1 });
                out.values += 1;
            }
            _ if count > 0 => {
                out.items.push(Item { code, offset, size, count });
                out.values += count;
            }
            _ => {}
        }
    }
    Ok(out)
}

impl Layout {
    /// `struct.error` for a wrong number of values.
    pub fn check_values(&self, function: &str, got: usize) -> Result<(), StructError> {
        if got == self.values {
            return Ok(());
        }
        error(format!("{function} expected {} items for packing (got {got})", self.values))
    }

    /// `struct.error` for a buffer of the wrong size (`unpack`).
    pub fn check_buffer(&self, len: usize) -> Result<(), StructError> {
        if len == self.size { Ok(()) } else { error(format!("unpack requires a buffer of {} bytes", self.size)) }
    }

    /// Resolves the offset of `unpack_from` (`packing` false) and `pack_into`.
    pub fn check_offset(&self, packing: bool, len: usize, offset: isize) -> Result<usize, StructError> {
        let (name, verb) = if packing { ("pack_into", "packing") } else { ("unpack_from", "unpacking") };
        let start = if offset < 0 {
            let Some(start) = len.checked_sub(offset.unsigned_abs()) else {
                return error(format!("offset {offset} out of range for {len}-byte buffer"));
            };
            if len - start < self.size {
                let (size, space) = (self.size, if packing { "no space to pack" } else { "not enough data to unpack" });
                return error(format!("{space} {size} bytes at offset {offset}"));
            }
            start
        } else {
            offset as usize
        };
        if len.checked_sub(start).is_some_and(|n| n >= self.size) {
            return Ok(start);
        }
        let need = start.saturating_add(self.size);
        error(format!(
            "{name} requires a buffer of at least {need} bytes for {verb} {} bytes at offset {start} \
             (actual buffer size is {len})",
            self.size
        ))
    }
}

/// What a code takes and gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Integers; `struct.error` "required argument is not an integer" for others.
    Int,
    /// Floats; "required argument is not a float".
    Float,
    /// Complex numbers; "required argument is not a complex".
    Complex,
    /// Truth values.
    Bool,
    /// One byte; "char format requires a bytes object of length 1".
    Char,
    /// Bytes; "argument for 's' must be a bytes object".
    Bytes,
}

/// The class of a code.
pub fn class_of(code: u8) -> Class {
    match code {
        b'e' | b'f' | b'd' => Class::Float,
        b'F' | b'D' => Class::Complex,
        b'?' => Class::Bool,
        b'c' => Class::Char,
        b's' | b'p' => Class::Bytes,
        _ => Class::Int,
    }
}

fn put(out: &mut [u8], order: Order, little: &[u8]) {
    for (i, b) in out.iter_mut().enumerate() {
        let k = if order == Order::Little { i } else { little.len().wrapping_sub(1 + i) };
        *b = little.get(k).copied().unwrap_or(0);
    }
}

/// Packs an integer into `out`, whose length is the item's size.
pub fn pack_int(out: &mut [u8], code: u8, order: Order, v: Int<'_>) -> Result<(), StructError> {
    let wide = match v {
        Int::Small(v) => Some(i128::from(v)),
        Int::Big(b) | Int::Digits(b, _) => i128::try_from(b).ok(),
    };
    let bits = 8 * out.len() as u32;
    let signed = code.is_ascii_lowercase();
    let (low, high) =
        if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    // A pointer takes either sign.
    let low = if code == b'P' { -(1i128 << (bits - 1)) } else { low };
    let Some(v) = wide.filter(|v| (low..=high).contains(v)) else {
        if code == b'P' {
            return error("int too large to convert");
        }
        return error(format!("'{}' format requires {low} <= number <= {high}", char::from(code)));
    };
    put(out, order, &v.to_le_bytes()[..out.len()]);
    Ok(())
}

/// The half float nearest to `v` (ties to even); `None` on overflow.
pub fn to_half(v: f64) -> Option<u16> {
    let sign = if v.is_sign_negative() { 0x8000 } else { 0 };
    if v.is_nan() {
        return Some(sign | 0x7E00);
    }
    if v.is_infinite() {
        return Some(sign | 0x7C00);
    }
    let a = v.abs();
    if a < 6.103515625e-5 {
        // Subnormal: a multiple of 2^-24.
        return Some(sign | (a * 16_777_216.0).round_ties_even() as u16);
    }
    let e = ((a.to_bits() >> 52) as i32) - 1023;
    if e > 15 {
        return None;
    }
    let m = (a / f64::from(e).exp2() * 1024.0).round_ties_even() as u32;
    // A mantissa that rounds up to 2048 carries into the exponent by plain addition.
    let bits = (((e + 15) as u32) << 10) + (m - 1024);
    if bits >= 0x7C00 { None } else { Some(sign | bits as u16) }
}

/// The value of a half float.
pub fn from_half(h: u16) -> f64 {
    let sign = if h & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (e, m) = (i32::from(h >> 10 & 31), f64::from(h & 1023));
    sign * match e {
        0 => m / 16_777_216.0,
        31 if m == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + m / 1024.0) * f64::from(e - 15).exp2(),
    }
}

/// Packs a float.
pub fn pack_float(out: &mut [u8], code: u8, order: Order, v: f64) -> Result<(), StructError> {
    let too_large = || StructError::Overflow(format!("float too large to pack with {} format", char::from(code)));
    match code {
        b'e' => put(out, order, &to_half(v).ok_or_else(too_large)?.to_le_bytes()),
        b'f' | b'F' => {
            let f = v as f32;
            if f.is_infinite() && v.is_finite() {
                return Err(too_large());
            }
            put(out, order, &f.to_le_bytes());
        }
        _ => put(out, order, &v.to_le_bytes()),
    }
    Ok(())
}

/// Packs a complex number: its parts in turn.
pub fn pack_complex(out: &mut [u8], code: u8, order: Order, v: Complex) -> Result<(), StructError> {
    let (re, im) = out.split_at_mut(out.len() / 2);
    pack_float(re, code, order, v.re)?;
    pack_float(im, code, order, v.im)
}

/// Packs bytes: `s` pads with zeros, `p` stores a length first.
pub fn pack_bytes(out: &mut [u8], code: u8, v: &[u8]) {
    out.fill(0);
    if code == b's' {
        let n = v.len().min(out.len());
        out[..n].copy_from_slice(&v[..n]);
    } else if let Some((len, rest)) = out.split_first_mut() {
        let n = v.len().min(rest.len());
        rest[..n].copy_from_slice(&v[..n]);
        *len = n.min(255) as u8;
    }
}

/// An unpacked value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Unpacked<'a> {
    /// Signed codes.
    Int(i64),
    /// Unsigned codes.
    UInt(u64),
    /// Floats.
    Float(f64),
    /// Complex numbers.
    Complex(Complex),
    /// `?`
    Bool(bool),
    /// `c`, `s`, `p`
    Bytes(&'a [u8]),
}

/// Unpacks one value from exactly its bytes.
pub fn unpack(code: u8, order: Order, bytes: &[u8]) -> Unpacked<'_> {
    let word = |bytes: &[u8]| {
        let fold = |v: u64, b: &u8| v << 8 | u64::from(*b);
        if order == Order::Little { bytes.iter().rev().fold(0, fold) } else { bytes.iter().fold(0, fold) }
    };
    let float = |bytes: &[u8]| match bytes.len() {
        2 => from_half(word(bytes) as u16),
        4 => f64::from(f32::from_bits(word(bytes) as u32)),
        _ => f64::from_bits(word(bytes)),
    };
    match class_of(code) {
        Class::Float => Unpacked::Float(float(bytes)),
        Class::Complex => {
            let (re, im) = bytes.split_at(bytes.len() / 2);
            Unpacked::Complex(Complex::new(float(re), float(im)))
        }
        Class::Bool => Unpacked::Bool(bytes.iter().any(|&b| b != 0)),
        Class::Char => Unpacked::Bytes(bytes),
        Class::Bytes if code == b's' => Unpacked::Bytes(bytes),
        Class::Bytes => {
            let n = bytes.first().map_or(0, |&n| usize::from(n));
            Unpacked::Bytes(bytes.get(1..).map_or(&[], |b| &b[..n.min(b.len())]))
        }
        Class::Int if code.is_ascii_lowercase() => {
            let shift = 64 - 8 * bytes.len().clamp(1, 8) as u32;
            Unpacked::Int((word(bytes) << shift) as i64 >> shift)
        }
        Class::Int => Unpacked::UInt(word(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts() {
        for (f, n) in
            [("bhi", 8), ("bq0q", 16), ("=bhi", 7), ("ci0l", 8), ("bP", 16), ("bD", 24), ("3x", 3), ("5s2h", 10)]
        {
            assert_eq!(parse(f.as_bytes()).unwrap().size, n, "{f}");
        }
        assert_eq!(parse(b">P").unwrap_err().to_string(), "bad char in struct format");
        assert_eq!(parse(b"3").unwrap_err().to_string(), "repeat count given without format specifier");
    }

    #[test]
    fn values() {
        let mut b = [0; 4];
        pack_int(&mut b, b'i', Order::Big, Int::Small(-2)).unwrap();
        assert_eq!(b, [255, 255, 255, 254]);
        assert_eq!(unpack(b'i', Order::Big, &b), Unpacked::Int(-2));
        assert_eq!(unpack(b'I', Order::Little, &b), Unpacked::UInt(0xFEFFFFFF));
        let e = pack_int(&mut b[..1], b'B', Order::Big, Int::Small(-1)).unwrap_err();
        assert_eq!(e.to_string(), "'B' format requires 0 <= number <= 255");
        for (v, h) in
            [(65504.0, 0x7BFF), (65519.0, 0x7BFF), (1e-8, 0), (6e-8, 1), (2.98e-8, 0), (0.1, 0x2E66), (-0.0, 0x8000)]
        {
            assert_eq!(to_half(v), Some(h), "{v}");
        }
        assert_eq!(to_half(65520.0), None);
        assert_eq!(from_half(0x2E66), 0.0999755859375);
        let mut p = [9; 4];
        pack_bytes(&mut p, b'p', b"ab");
        assert_eq!(p, [2, b'a', b'b', 0]);
        assert_eq!(unpack(b'p', Order::Big, &p), Unpacked::Bytes(b"ab"));
    }
}
