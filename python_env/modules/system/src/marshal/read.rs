//! Reading, from bytes of any origin.

use engine::code_rt::{RuntimeCode, object};
use engine::objects::{Set, Slice};
use engine::prelude::*;
use num_bigint::{BigInt, BigUint, Sign};

use super::{MAX_DEPTH, code};

/// Where the bytes come from.
pub enum Source<'a> {
    /// Memory; the rest of it.
    Bytes(&'a [u8]),
    /// An object with `read`.
    File(Value),
}

struct Reader<'a> {
    source: Source<'a>,
    allow_code: bool,
    /// What back references name. An entry is EMPTY while its object is being built.
    refs: List,
}

/// Reads one value.
pub fn load(cx: &mut Ctx, source: Source, allow_code: bool) -> PyResult {
    let refs = List::new(cx);
    let mut reader = Reader { source, allow_code, refs };
    match reader.value(cx, 0)? {
        Value::EMPTY => Err(cx.type_error("NULL object in marshal data for object")),
        v => Ok(v),
    }
}

fn bad(cx: &mut Ctx, what: &str) -> Raised {
    cx.value_error(format!("bad marshal data ({what})"))
}

impl Reader<'_> {
    fn take(&mut self, cx: &mut Ctx, n: usize) -> Res<Vec<u8>> {
        match &mut self.source {
            Source::Bytes(rest) => match rest.split_at_checked(n) {
                Some((head, tail)) => {
                    *rest = tail;
                    Ok(head.to_vec())
                }
                None => Err(cx.raise(Exc::EOFError, "marshal data too short")),
            },
            Source::File(file) => {
                let file = *file;
                let mut data = Vec::new();
                while data.len() < n {
                    let want = int::from_usize(cx, n - data.len());
                    let got = protocol::call_method(cx, file, cx.names.read, &[want])?;
                    let Some(bytes) = Bytes::of_sub(cx, got) else {
                        let ty = types::type_name(cx, got);
                        return Err(cx.type_error(format!("file.read() returned not bytes but {ty}")));
                    };
                    if bytes.len() == 0 || bytes.len() > n - data.len() {
                        return Err(cx.raise(Exc::EOFError, "EOF read where not expected"));
                    }
                    data.extend_from_slice(bytes.as_slice());
                }
                Ok(data)
            }
        }
    }

    fn byte(&mut self, cx: &mut Ctx) -> Res<u8> {
        Ok(self.take(cx, 1)?[0])
    }

    fn number(&mut self, cx: &mut Ctx) -> Res<i32> {
        let b = self.take(cx, 4)?;
        Ok(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn size(&mut self, cx: &mut Ctx, what: &str) -> Res<usize> {
        let n = self.number(cx)?;
        match usize::try_from(n) {
            Ok(n) => Ok(n),
            Err(_) => Err(bad(cx, &format!("{what} size out of range"))),
        }
    }

    fn float(&mut self, cx: &mut Ctx) -> Res<f64> {
        let b = self.take(cx, 8)?;
        Ok(f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
    }

    fn text_float(&mut self, cx: &mut Ctx) -> Res<f64> {
        let n = self.byte(cx)? as usize;
        let text = self.take(cx, n)?;
        match std::str::from_utf8(&text).ok().and_then(|t| t.parse().ok()) {
            Some(x) => Ok(x),
            None => Err(bad(cx, "float")),
        }
    }

    fn note(&mut self, cx: &mut Ctx, flagged: bool, v: Value) -> Value {
        if flagged {
            self.refs.push(cx, v);
        }
        v
    }

    /// A slot for an object that is not there yet.
    fn reserve(&mut self, cx: &mut Ctx, flagged: bool) -> usize {
        if flagged {
            self.refs.push(cx, Value::NOT_IMPLEMENTED);
        }
        self.refs.len().saturating_sub(1)
    }

    fn fill(&mut self, cx: &mut Ctx, flagged: bool, at: usize, v: Value) -> Value {
        if flagged {
            self.refs.set(cx, at, v);
        }
        v
    }

    /// EMPTY: the end of a dict.
    fn value(&mut self, cx: &mut Ctx, depth: usize) -> PyResult {
        if depth > MAX_DEPTH {
            return Err(cx.value_error("recursion limit exceeded"));
        }
        let tag = match self.byte(cx) {
            Ok(t) => t,
            Err(r) if cx.matches(&r, Exc::EOFError) => {
                cx.clear(r);
                return Err(cx.raise(Exc::EOFError, "EOF read where object expected"));
            }
            Err(r) => return Err(r),
        };
        let flagged = tag & code::FLAG_REF != 0;
        let v = match tag & !code::FLAG_REF {
            code::NULL => Value::EMPTY,
            code::NONE => Value::NONE,
            code::TRUE => Value::TRUE,
            code::FALSE => Value::FALSE,
            code::ELLIPSIS => Value::ELLIPSIS,
            code::STOP_ITERATION => cx.types.exc(Exc::StopIteration).value(),
            code::INT => {
                let n = self.number(cx)?;
                self.note(cx, flagged, Value::small(n))
            }
            code::LONG => {
                let n = self.big(cx)?;
                self.note(cx, flagged, n)
            }
            code::FLOAT => {
                let x = self.float(cx)?;
                let v = float::new(cx, x);
                self.note(cx, flagged, v)
            }
            code::TEXT_FLOAT => {
                let x = self.text_float(cx)?;
                let v = float::new(cx, x);
                self.note(cx, flagged, v)
            }
            code::COMPLEX => {
                let (re, im) = (self.float(cx)?, self.float(cx)?);
                let v = types::complex_value(cx, re, im);
                self.note(cx, flagged, v)
            }
            code::TEXT_COMPLEX => {
                let (re, im) = (self.text_float(cx)?, self.text_float(cx)?);
                let v = types::complex_value(cx, re, im);
                self.note(cx, flagged, v)
            }
            code::BYTES => {
                let n = self.size(cx, "bytes object")?;
                let b = self.take(cx, n)?;
                let v = Bytes::new(cx, &b);
                self.note(cx, flagged, v)
            }
            c @ (code::ASCII | code::ASCII_INTERNED | code::SHORT_ASCII | code::SHORT_ASCII_INTERNED
            | code::UNICODE | code::INTERNED) => {
                let v = self.string(cx, c)?;
                self.note(cx, flagged, v)
            }
            code::REFERENCE => {
                let n = self.size(cx, "reference")?;
                match self.refs.get(n) {
                    Some(v) if v != Value::NOT_IMPLEMENTED => v,
                    _ => return Err(bad(cx, "invalid reference")),
                }
            }
            c @ (code::SMALL_TUPLE | code::TUPLE) => {
                let n = if c == code::TUPLE { self.size(cx, "tuple")? } else { self.byte(cx)? as usize };
                let at = self.reserve(cx, flagged);
                let items = self.items(cx, n, depth, "tuple")?;
                let v = items.to_tuple(cx);
                self.fill(cx, flagged, at, v)
            }
            code::LIST => {
                let n = self.size(cx, "list")?;
                let list = List::new(cx);
                self.note(cx, flagged, list.value());
                self.items_into(cx, list, n, depth, "list")?;
                list.value()
            }
            code::DICT => {
                let dict = Dict::new(cx);
                self.note(cx, flagged, dict.value());
                loop {
                    let key = self.value(cx, depth + 1)?;
                    if key.is_empty() {
                        break;
                    }
                    let value = self.value(cx, depth + 1)?;
                    if value.is_empty() {
                        break;
                    }
                    dict.set(cx, key, value)?;
                }
                dict.value()
            }
            c @ (code::SET | code::FROZENSET) => {
                let n = self.size(cx, "set")?;
                let at = self.reserve(cx, flagged);
                let items = self.items(cx, n, depth, "set")?;
                let set = if c == code::SET { Set::new(cx) } else { Set::new_frozen(cx) };
                for i in 0..items.len() {
                    set.add(cx, items.get(i).unwrap_or(Value::NONE))?;
                }
                self.fill(cx, flagged, at, set.value())
            }
            code::SLICE => {
                let at = self.reserve(cx, flagged);
                let parts = self.items(cx, 3, depth, "slice")?;
                let part = |i| parts.get(i).unwrap_or(Value::NONE);
                let v = Slice::new(cx, part(0), part(1), part(2));
                self.fill(cx, flagged, at, v)
            }
            code::CODE => {
                if !self.allow_code {
                    return Err(cx.value_error("unmarshalling code objects is disallowed"));
                }
                let n = self.size(cx, "code")?;
                let blob = self.take(cx, n)?;
                match engine_code::image::decode_verified(&blob) {
                    Ok(code) => {
                        let code = RuntimeCode::load(cx, code);
                        let v = object::of(cx, code);
                        self.note(cx, flagged, v)
                    }
                    Err(e) => return Err(bad(cx, &e.to_string())),
                }
            }
            _ => return Err(bad(cx, "unknown type code")),
        };
        Ok(v)
    }

    fn items(&mut self, cx: &mut Ctx, n: usize, depth: usize, what: &str) -> Res<List> {
        let list = List::new(cx);
        self.items_into(cx, list, n, depth, what)?;
        Ok(list)
    }

    fn items_into(&mut self, cx: &mut Ctx, list: List, n: usize, depth: usize, what: &str) -> Res<()> {
        for _ in 0..n {
            let v = self.value(cx, depth + 1)?;
            if v.is_empty() {
                return Err(cx.type_error(format!("NULL object in marshal data for {what}")));
            }
            list.push(cx, v);
        }
        Ok(())
    }

    fn big(&mut self, cx: &mut Ctx) -> PyResult {
        let n = self.number(cx)?;
        let count = n.unsigned_abs() as usize;
        let data = self.take(cx, count.saturating_mul(2))?;
        let mut big = BigUint::default();
        for pair in data.chunks_exact(2).rev() {
            let digit = u16::from_le_bytes([pair[0], pair[1]]);
            if digit >= 1 << 15 {
                return Err(bad(cx, "digit out of range in long"));
            }
            big = (big << 15u32) + digit;
        }
        let sign = if n < 0 { Sign::Minus } else { Sign::Plus };
        Ok(int::from_big(cx, BigInt::from_biguint(sign, big)))
    }

    fn string(&mut self, cx: &mut Ctx, c: u8) -> PyResult {
        let n = match c {
            code::SHORT_ASCII | code::SHORT_ASCII_INTERNED => self.byte(cx)? as usize,
            _ => self.size(cx, "string")?,
        };
        let text = self.take(cx, n)?;
        if !pytext::wtf8::is_valid(&text) {
            return Err(bad(cx, "string is not UTF-8"));
        }
        let interned = matches!(c, code::ASCII_INTERNED | code::SHORT_ASCII_INTERNED | code::INTERNED);
        Ok(if interned { cx.intern(&text) } else { Str::from_wtf8(cx, &text) })
    }
}
