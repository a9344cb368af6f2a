//! Writing.

use std::collections::HashMap;

use engine::code_rt::object;
use engine::objects::{Set, Slice};
use engine::prelude::*;

use super::{MAX_DEPTH, code};

struct Writer {
    out: Vec<u8>,
    version: i32,
    allow_code: bool,
    /// Objects written so far, by identity. They are reachable from the argument all the while.
    seen: HashMap<u64, u32>,
}

/// The bytes for a value.
pub fn dump(cx: &mut Ctx, v: Value, version: i32, allow_code: bool) -> Res<Vec<u8>> {
    let mut writer = Writer { out: Vec::new(), version, allow_code, seen: HashMap::new() };
    writer.value(cx, v, 0)?;
    Ok(writer.out)
}

fn unmarshallable(cx: &mut Ctx) -> Raised {
    cx.value_error("unmarshallable object")
}

impl Writer {
    fn long(&mut self, n: usize) {
        self.out.extend((n as u32).to_le_bytes());
    }

    /// Writes a back reference, or notes the object for later ones; the flag then goes with the type code.
    fn reference(&mut self, v: Value) -> Option<u8> {
        if self.version < 3 || !v.is_ptr() {
            return Some(0);
        }
        let next = self.seen.len() as u32;
        match self.seen.get(&v.bits()) {
            Some(&index) => {
                self.out.push(code::REFERENCE);
                self.out.extend(index.to_le_bytes());
                None
            }
            None => {
                self.seen.insert(v.bits(), next);
                Some(code::FLAG_REF)
            }
        }
    }

    fn value(&mut self, cx: &mut Ctx, v: Value, depth: usize) -> Res<()> {
        if depth > MAX_DEPTH {
            return Err(cx.value_error("object too deeply nested to marshal"));
        }
        let single = match v {
            Value::NONE => Some(code::NONE),
            Value::TRUE => Some(code::TRUE),
            Value::FALSE => Some(code::FALSE),
            Value::ELLIPSIS => Some(code::ELLIPSIS),
            _ if v == cx.types.exc(Exc::StopIteration).value() => Some(code::STOP_ITERATION),
            _ => None,
        };
        if let Some(c) = single {
            self.out.push(c);
            return Ok(());
        }
        let Some(flag) = self.reference(v) else { return Ok(()) };
        if int::of(v).is_some() {
            self.int(v, flag);
        } else if let Some(x) = float::of(v) {
            if self.version > 1 {
                self.out.push(code::FLOAT | flag);
                self.out.extend(x.to_le_bytes());
            } else {
                self.out.push(code::TEXT_FLOAT | flag);
                self.text_float(x);
            }
        } else if let Some(s) = Str::of(v) {
            self.string(cx, s, flag);
        } else if let Some(b) = Bytes::of(v) {
            self.out.push(code::BYTES | flag);
            self.long(b.len());
            self.out.extend(b.as_slice());
        } else if let Some(t) = Tuple::of(v) {
            if self.version >= 4 && t.len() < 256 {
                self.out.push(code::SMALL_TUPLE | flag);
                self.out.push(t.len() as u8);
            } else {
                self.out.push(code::TUPLE | flag);
                self.long(t.len());
            }
            for item in t.items() {
                self.value(cx, item, depth + 1)?;
            }
        } else if let Some(l) = List::of(v) {
            self.out.push(code::LIST | flag);
            let n = l.len();
            self.long(n);
            for i in 0..n {
                self.value(cx, l.get(i).unwrap_or(Value::NONE), depth + 1)?;
            }
        } else if let Some(d) = Dict::of(v) {
            self.out.push(code::DICT | flag);
            let mut pos = 0;
            while let Some((next, key, value)) = d.next_entry(pos) {
                pos = next;
                self.value(cx, key, depth + 1)?;
                self.value(cx, value, depth + 1)?;
            }
            self.out.push(code::NULL);
        } else if let Some(s) = Set::of(v) {
            self.set(cx, s, flag, depth)?;
        } else if let Some(s) = Slice::of(v) {
            if self.version < 5 {
                return Err(unmarshallable(cx));
            }
            self.out.push(code::SLICE | flag);
            for part in [s.start(), s.stop(), s.step()] {
                self.value(cx, part, depth + 1)?;
            }
        } else if let Some(rt) = object::runtime_code(cx, v) {
            if !self.allow_code {
                return Err(cx.value_error("marshalling code objects is disallowed"));
            }
            let blob = engine_code::image::encode(&rt.code);
            self.out.push(code::CODE | flag);
            self.long(blob.len());
            self.out.extend(blob);
        } else if types::type_of(cx, v) == cx.types.complex {
            let [re, im] = complex_parts(cx, v);
            if self.version > 1 {
                self.out.push(code::COMPLEX | flag);
                self.out.extend(re.to_le_bytes());
                self.out.extend(im.to_le_bytes());
            } else {
                self.out.push(code::TEXT_COMPLEX | flag);
                self.text_float(re);
                self.text_float(im);
            }
        } else {
            let Some(bytes) = protocol::buffer::buffer_bytes(cx, v)? else { return Err(unmarshallable(cx)) };
            self.out.push(code::BYTES | flag);
            self.long(bytes.len());
            self.out.extend(bytes);
        }
        Ok(())
    }

    fn text_float(&mut self, x: f64) {
        let text = format!("{x:?}");
        self.out.push(text.len() as u8);
        self.out.extend(text.as_bytes());
    }

    fn int(&mut self, v: Value, flag: u8) {
        if let Some(n) = int::to_i64(v).and_then(|n| i32::try_from(n).ok()) {
            self.out.push(code::INT | flag);
            self.out.extend(n.to_le_bytes());
            return;
        }
        self.out.push(code::LONG | flag);
        let negative = int::sign(v) < 0;
        let big = int::to_big(v).unwrap_or_default();
        // Digits of 15 bits, lowest first.
        let bytes = big.magnitude().to_bytes_le();
        let bit = |i: usize| bytes.get(i / 8).is_some_and(|b| b >> (i % 8) & 1 == 1);
        let digits = (big.magnitude().bits() as usize).div_ceil(15);
        let count = if negative { -(digits as i32) } else { digits as i32 };
        self.out.extend(count.to_le_bytes());
        for d in 0..digits {
            let digit = (0..15).fold(0u16, |n, i| n | u16::from(bit(d * 15 + i)) << i);
            self.out.extend(digit.to_le_bytes());
        }
    }

    fn string(&mut self, cx: &mut Ctx, s: Str, flag: u8) {
        let bytes = s.as_bytes();
        let interned = s.value().is_ptr() && cx.is_interned(s.value());
        if self.version >= 4 && s.is_ascii() {
            if bytes.len() < 256 {
                let c = if interned { code::SHORT_ASCII_INTERNED } else { code::SHORT_ASCII };
                self.out.push(c | flag);
                self.out.push(bytes.len() as u8);
            } else {
                let c = if interned { code::ASCII_INTERNED } else { code::ASCII };
                self.out.push(c | flag);
                self.long(bytes.len());
            }
        } else {
            let c = if interned && self.version >= 3 { code::INTERNED } else { code::UNICODE };
            self.out.push(c | flag);
            self.long(bytes.len());
        }
        self.out.extend(bytes);
    }

    /// Members in the order of their bytes, so that equal sets give equal results.
    fn set(&mut self, cx: &mut Ctx, s: Set, flag: u8, depth: usize) -> Res<()> {
        self.out.push(if s.is_frozen() { code::FROZENSET } else { code::SET } | flag);
        self.long(s.len());
        let items = List::new(cx);
        let mut keys = Vec::new();
        let mut pos = 0;
        while let Some((next, item)) = s.next_entry(pos) {
            pos = next;
            keys.push((dump(cx, item, self.version, self.allow_code)?, items.len()));
            items.push(cx, item);
        }
        keys.sort();
        for (_, i) in keys {
            self.value(cx, items.get(i).unwrap_or(Value::NONE), depth + 1)?;
        }
        Ok(())
    }
}

/// Real and imaginary part: the type's two native slots.
fn complex_parts(cx: &Ctx, v: Value) -> [f64; 2] {
    [0, 1].map(|i| Obj::of(v).and_then(|o| float::of(o.slot(cx, i))).unwrap_or(0.0))
}
