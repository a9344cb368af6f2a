//! The module `marshal`: CPython's format (version 5) for data; code objects travel in this runtime's own image form.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use engine::code_rt::RuntimeCode;
use engine::code_rt::object as code_object;
use engine::objects::{Bytes, Dict, IntRef, List, Obj, Set, Slice, Tuple};
use engine::prelude::*;
use engine::protocol::{self, buffer};
use engine_code::Code;
use pynumeric::int::{BigInt, BigUint, Sign};
use rustc_hash::FxHashMap;

use crate::streams::call;

pub static MARSHAL: ModuleDef = ModuleDef {
    doc: "This module contains functions that can read and write Python values in\na binary format. The format is specific to Python, but independent of\nmachine architecture issues.",
    functions: &[
        NativeDef::new(
            "dumps",
            "($module, value, version=version, /, *, allow_code=True)",
            dumps,
            "Return the bytes object that would be written to a file by dump(value, file).",
        ),
        NativeDef::new(
            "loads",
            "($module, bytes, /, *, allow_code=True)",
            loads,
            "Convert the bytes-like object to a value.",
        ),
        NativeDef::new(
            "dump",
            "($module, value, file, version=version, /, *, allow_code=True)",
            dump,
            "Write the value on the open file.",
        ),
        NativeDef::new(
            "load",
            "($module, file, /, *, allow_code=True)",
            load,
            "Read one value from the open file and return it.",
        ),
    ],
    constants: &[("version", Const::Int(VERSION))],
    ..ModuleDef::new("marshal")
};

const VERSION: i64 = 5;
/// Nesting beyond which values are refused.
const MAX_DEPTH: usize = 2000;
/// Set on a type code: the value is remembered and may be referred to.
const FLAG_REF: u8 = 0x80;

struct Writer {
    out: Vec<u8>,
    version: i64,
    allow_code: bool,
    /// Objects that were written, by their bits, and their numbers. What holds them all is alive meanwhile.
    written: FxHashMap<u64, u32>,
    /// Slices that are being written: what refers back to one could not be read.
    open: Vec<u64>,
}

impl Writer {
    fn new(version: i64, allow_code: bool) -> Writer {
        Writer { out: Vec::new(), version, allow_code, written: FxHashMap::default(), open: Vec::new() }
    }

    fn long(&mut self, n: i64) {
        self.out.extend_from_slice(&(n as i32).to_le_bytes());
    }

    fn size(&mut self, cx: &mut Ctx, n: usize) -> Res<()> {
        if n > i32::MAX as usize {
            return Err(cx.value_error("unmarshallable object"));
        }
        self.long(n as i64);
        Ok(())
    }

    fn blob(&mut self, cx: &mut Ctx, code: u8, data: &[u8]) -> Res<()> {
        self.out.push(code);
        self.size(cx, data.len())?;
        cx.reserve(&mut self.out, data.len())?;
        self.out.extend_from_slice(data);
        Ok(())
    }

    fn int(&mut self, cx: &mut Ctx, n: IntRef) -> Res<()> {
        let big = match n {
            IntRef::Small(i) if i32::try_from(i).is_ok() => {
                self.out.push(b'i');
                self.long(i);
                return Ok(());
            }
            IntRef::Small(i) => BigInt::from(i),
            IntRef::Big(b) => b,
        };
        // Digits of 15 bits, little end first; the sign is the sign of their number.
        let digits: Vec<u16> = digits15(big.magnitude());
        self.out.push(b'l');
        let n = digits.len() as i64;
        if n > i64::from(i32::MAX) {
            return Err(cx.value_error("unmarshallable object"));
        }
        self.long(if big.sign() == Sign::Minus { -n } else { n });
        for d in digits {
            self.out.extend_from_slice(&d.to_le_bytes());
        }
        Ok(())
    }

    fn value(&mut self, cx: &mut Ctx, v: Value, depth: usize) -> Res<()> {
        if depth >= MAX_DEPTH {
            return Err(cx.value_error("object too deeply nested to marshal"));
        }
        protocol::guard(cx, " while marshalling an object")?;
        cx.poll()?;
        // What is no immediate is one object, however often it occurs.
        let at = self.out.len();
        let shared = self.version >= 3 && v.is_ptr() && v != cx.types.exc(Exc::StopIteration).value();
        if shared {
            let next = self.written.len() as u32;
            match self.written.entry(v.bits()) {
                Entry::Occupied(_) if self.open.contains(&v.bits()) => {
                    return Err(cx.value_error("unmarshallable object"));
                }
                Entry::Occupied(known) => {
                    let n = *known.get();
                    self.out.push(b'r');
                    self.long(i64::from(n));
                    return Ok(());
                }
                Entry::Vacant(place) => {
                    place.insert(next);
                }
            }
        }
        self.plain_value(cx, v, depth)?;
        if shared {
            self.out[at] |= FLAG_REF;
        }
        Ok(())
    }

    fn plain_value(&mut self, cx: &mut Ctx, v: Value, depth: usize) -> Res<()> {
        match v {
            Value::NONE => self.out.push(b'N'),
            Value::TRUE => self.out.push(b'T'),
            Value::FALSE => self.out.push(b'F'),
            Value::ELLIPSIS => self.out.push(b'.'),
            _ => return self.object(cx, v, depth),
        }
        Ok(())
    }

    fn object(&mut self, cx: &mut Ctx, v: Value, depth: usize) -> Res<()> {
        if v == cx.types.exc(Exc::StopIteration).value() {
            self.out.push(b'S');
        } else if let Some(n) = int::of(v) {
            self.int(cx, n)?;
        } else if let Some(x) = float::of(v) {
            self.out.push(b'g');
            self.out.extend_from_slice(&x.to_le_bytes());
        } else if let Some(s) = Str::of(v) {
            let interned = self.version >= 3 && v.is_ptr() && cx.is_interned(v);
            let code = |plain: u8, shared: u8| if interned { shared } else { plain };
            match s.as_bytes() {
                b if s.is_ascii() && b.len() < 256 && self.version >= 4 => {
                    self.out.extend_from_slice(&[code(b'z', b'Z'), b.len() as u8]);
                    self.out.extend_from_slice(b);
                }
                b if s.is_ascii() && self.version >= 4 => self.blob(cx, code(b'a', b'A'), b)?,
                b => self.blob(cx, code(b'u', b't'), b)?,
            }
        } else if let Some(b) = Bytes::of(v) {
            self.blob(cx, b's', b.as_slice())?;
        } else if let Some(t) = Tuple::of(v) {
            if t.len() < 256 && self.version >= 4 {
                self.out.extend_from_slice(&[b')', t.len() as u8]);
            } else {
                self.out.push(b'(');
                self.size(cx, t.len())?;
            }
            for item in t.items() {
                self.value(cx, item, depth + 1)?;
            }
        } else if let Some(l) = List::of(v) {
            let t = l.wish_tuple(cx)?;
            self.items(cx, b'[', t, depth)?;
        } else if let Some(d) = Dict::of(v) {
            self.out.push(b'{');
            let mut pos = 0;
            while let Some((next, k, item)) = d.next_entry(pos) {
                pos = next;
                self.value(cx, k, depth + 1)?;
                self.value(cx, item, depth + 1)?;
            }
            self.out.push(b'0');
        } else if let Some(s) = Set::of(v) {
            self.set(cx, s, depth)?;
        } else if let Some(s) = Slice::of(v).filter(|_| self.version >= 5) {
            self.out.push(b':');
            self.open.push(v.bits());
            for part in [s.start(), s.stop(), s.step()] {
                self.value(cx, part, depth + 1)?;
            }
            self.open.pop();
        } else if type_of(cx, v) == cx.types.complex {
            self.out.push(b'y');
            for i in 0..2 {
                let part = Obj::of(v).map_or(Value::NONE, |o| o.slot(cx, i));
                self.out.extend_from_slice(&float::of(part).unwrap_or(0.0).to_le_bytes());
            }
        } else if let Some(code) = code_object::runtime_code(cx, v) {
            if !self.allow_code {
                return Err(cx.value_error("marshalling code objects is disallowed"));
            }
            self.blob(cx, b'c', &seal(&code.code))?;
        } else if let Some(bytes) = buffer::buffer_bytes(cx, v)? {
            self.blob(cx, b's', &bytes)?;
        } else {
            return Err(cx.value_error("unmarshallable object"));
        }
        Ok(())
    }

    /// A set, its members in the order of what they are written as, which no hash seed changes.
    fn set(&mut self, cx: &mut Ctx, s: Set, depth: usize) -> Res<()> {
        let list = List::new(cx);
        let mut pos = 0;
        while let Some((next, item)) = s.next_entry(pos) {
            pos = next;
            list.push(cx, item);
        }
        let mut order = Vec::with_capacity(list.len());
        for i in 0..list.len() {
            let mut w = Writer::new(self.version, self.allow_code);
            w.value(cx, list.get(i).unwrap_or(Value::NONE), depth + 1)?;
            order.push((w.out, i));
            if s.len() != list.len() {
                return Err(cx.runtime_error("set changed size during iteration"));
            }
        }
        order.sort();
        self.out.push(if s.is_frozen() { b'>' } else { b'<' });
        self.size(cx, order.len())?;
        for (_, i) in order {
            self.value(cx, list.get(i).unwrap_or(Value::NONE), depth + 1)?;
        }
        Ok(())
    }

    fn items(&mut self, cx: &mut Ctx, code: u8, items: Value, depth: usize) -> Res<()> {
        self.out.push(code);
        let Some(t) = Tuple::of(items) else { return Ok(()) };
        self.size(cx, t.len())?;
        for item in t.items() {
            self.value(cx, item, depth + 1)?;
        }
        Ok(())
    }
}

/// An image of code behind what tells whether it is whole and of this build.
fn seal(code: &Code) -> Vec<u8> {
    let image = engine_code::image::encode(code);
    let mut out = engine_compiler::FINGERPRINT.to_le_bytes().to_vec();
    out.extend(engine_code::image::checksum(&image).to_le_bytes());
    out.extend(image);
    out
}

/// The image, if it is whole and of this build. That it is sound says the verifier.
fn unseal(blob: &[u8]) -> Option<&[u8]> {
    let rest = blob.strip_prefix(&engine_compiler::FINGERPRINT.to_le_bytes())?;
    let (sum, image) = rest.split_at_checked(8)?;
    (engine_code::image::checksum(image).to_le_bytes() == sum).then_some(image)
}

fn digits15(n: &BigUint) -> Vec<u16> {
    let mut out = Vec::new();
    let (mut acc, mut bits) = (0u64, 0);
    for d in n.iter_u32_digits() {
        acc |= u64::from(d) << bits;
        bits += 32;
        while bits >= 15 {
            out.push((acc & 0x7fff) as u16);
            acc >>= 15;
            bits -= 15;
        }
    }
    if acc > 0 {
        out.push(acc as u16);
    }
    while out.last() == Some(&0) {
        out.pop();
    }
    out
}

fn write(cx: &mut Ctx, v: Value, version: i64, allow_code: bool) -> PyResult {
    if audit::is_on() {
        let number = int::from_i64(cx, version);
        audit::tell(cx, "marshal.dumps", &[v, number])?;
    }
    let mut w = Writer::new(version, allow_code);
    w.value(cx, v, 0)?;
    Bytes::wish(cx, &w.out)
}

fn dumps(cx: &mut Ctx, args: Args) -> PyResult {
    let version = args.index_or(cx, 1, VERSION)?;
    let allow_code = args.truth_or(cx, 2, true)?;
    write(cx, args[0], version, allow_code)
}

fn dump(cx: &mut Ctx, args: Args) -> PyResult {
    let version = args.index_or(cx, 2, VERSION)?;
    let allow_code = args.truth_or(cx, 3, true)?;
    let bytes = write(cx, args[0], version, allow_code)?;
    call(cx, args[1], "write", &[bytes])
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    allow_code: bool,
    /// Values that may be referred to, and whether they are there yet.
    refs: List,
    known: Vec<bool>,
}

impl Reader<'_> {
    fn take(&mut self, cx: &mut Ctx, n: usize) -> Res<&[u8]> {
        match self.data.get(self.at..).and_then(|rest| rest.get(..n)) {
            Some(part) => {
                self.at += n;
                Ok(part)
            }
            None => Err(cx.eof_error("marshal data too short")),
        }
    }

    fn byte(&mut self, cx: &mut Ctx) -> Res<u8> {
        Ok(self.take(cx, 1)?[0])
    }

    fn long(&mut self, cx: &mut Ctx) -> Res<i64> {
        let b = self.take(cx, 4)?;
        Ok(i64::from(i32::from_le_bytes([b[0], b[1], b[2], b[3]])))
    }

    /// A count, which cannot exceed what is left of the data.
    fn size(&mut self, cx: &mut Ctx, what: &str) -> Res<usize> {
        let n = self.long(cx)?;
        match usize::try_from(n) {
            Ok(n) if n <= self.data.len() - self.at => Ok(n),
            Ok(_) => Err(cx.eof_error("marshal data too short")),
            Err(_) => Err(cx.value_error(format!("bad marshal data ({what} size out of range)"))),
        }
    }

    fn float(&mut self, cx: &mut Ctx) -> Res<f64> {
        let mut b = [0; 8];
        b.copy_from_slice(self.take(cx, 8)?);
        Ok(f64::from_le_bytes(b))
    }

    fn text(&mut self, cx: &mut Ctx, n: usize, ascii: bool, intern: bool) -> PyResult {
        let bytes = self.take(cx, n)?;
        let valid = if ascii { bytes.is_ascii() } else { pytext::wtf8::is_valid(bytes) };
        if !valid {
            return Err(cx.value_error("bad marshal data (invalid text)"));
        }
        if intern { Ok(cx.intern(bytes)) } else { Str::wish(cx, bytes) }
    }

    /// The next value; EMPTY for the code that ends a dict.
    fn value(&mut self, cx: &mut Ctx, depth: usize) -> PyResult {
        if depth > MAX_DEPTH {
            return Err(cx.value_error("recursion limit exceeded"));
        }
        protocol::guard(cx, " while unmarshalling an object")?;
        cx.poll()?;
        if self.at == self.data.len() {
            return Err(cx.eof_error("EOF read where object expected"));
        }
        let code = self.byte(cx)?;
        let (kind, remember) = (code & !FLAG_REF, code & FLAG_REF != 0);
        // The number of a reference is that of its place in the order of reading, so it is reserved first.
        let slot = self.refs.len();
        if remember {
            self.refs.push(cx, Value::NONE);
            self.known.push(false);
        }
        let v = self.object(cx, kind, depth, remember.then_some(slot))?;
        if remember {
            self.refs.set(cx, slot, v);
            self.known[slot] = true;
        }
        Ok(v)
    }

    fn object(&mut self, cx: &mut Ctx, kind: u8, depth: usize, slot: Option<usize>) -> PyResult {
        match kind {
            b'0' => Ok(Value::EMPTY),
            b'N' => Ok(Value::NONE),
            b'T' => Ok(Value::TRUE),
            b'F' => Ok(Value::FALSE),
            b'.' => Ok(Value::ELLIPSIS),
            b'S' => Ok(cx.types.exc(Exc::StopIteration).value()),
            b'i' => {
                let n = self.long(cx)?;
                Ok(int::from_i64(cx, n))
            }
            b'I' => {
                let mut b = [0; 8];
                b.copy_from_slice(self.take(cx, 8)?);
                Ok(int::from_i64(cx, i64::from_le_bytes(b)))
            }
            b'l' => self.big(cx),
            b'g' => {
                let x = self.float(cx)?;
                Ok(float::new(cx, x))
            }
            b'f' => {
                let n = self.byte(cx)?;
                let text = self.take(cx, usize::from(n))?.to_vec();
                match pynumeric::parse::float(&text) {
                    Some(x) => Ok(float::new(cx, x)),
                    None => Err(cx.value_error("bad marshal data (float)")),
                }
            }
            b'y' => {
                let (re, im) = (self.float(cx)?, self.float(cx)?);
                Ok(types::complex_value(cx, re, im))
            }
            b's' => {
                let n = self.size(cx, "bytes object")?;
                let data = self.take(cx, n)?;
                Bytes::wish(cx, data)
            }
            b'u' | b't' => {
                let n = self.size(cx, "string")?;
                self.text(cx, n, false, kind == b't')
            }
            b'a' | b'A' => {
                let n = self.size(cx, "string")?;
                self.text(cx, n, true, kind == b'A')
            }
            b'z' | b'Z' => {
                let n = self.byte(cx)?;
                self.text(cx, usize::from(n), true, kind == b'Z')
            }
            b')' => {
                let n = self.byte(cx)?;
                self.tuple(cx, usize::from(n), depth)
            }
            b'(' => {
                let n = self.size(cx, "tuple")?;
                self.tuple(cx, n, depth)
            }
            b'[' => {
                let n = self.size(cx, "list")?;
                let list = List::new(cx);
                self.remember(cx, slot, list.value());
                self.fill(cx, list, n, depth)?;
                Ok(list.value())
            }
            b'<' | b'>' => {
                let n = self.size(cx, "set")?;
                let items = List::new(cx);
                let s = if kind == b'>' { Set::new_frozen(cx) } else { Set::new(cx) };
                if kind == b'<' {
                    self.remember(cx, slot, s.value());
                }
                self.fill(cx, items, n, depth)?;
                for i in 0..items.len() {
                    if let Some(v) = items.get(i) {
                        s.add(cx, v)?;
                    }
                }
                Ok(s.value())
            }
            b'{' => {
                let d = Dict::new(cx);
                self.remember(cx, slot, d.value());
                loop {
                    let k = self.value(cx, depth + 1)?;
                    if k == Value::EMPTY {
                        return Ok(d.value());
                    }
                    let v = self.present(cx, depth)?;
                    d.set(cx, k, v)?;
                }
            }
            b':' => {
                let (a, b, c) = (self.present(cx, depth)?, self.present(cx, depth)?, self.present(cx, depth)?);
                Ok(Slice::new(cx, a, b, c))
            }
            b'r' => {
                let n = self.long(cx)?;
                let known = usize::try_from(n).ok().filter(|&n| self.known.get(n) == Some(&true));
                match known.and_then(|n| self.refs.get(n)) {
                    Some(v) => Ok(v),
                    None => Err(cx.value_error("bad marshal data (invalid reference)")),
                }
            }
            b'c' => self.code(cx),
            _ => Err(cx.value_error("bad marshal data (unknown type code)")),
        }
    }

    fn remember(&mut self, cx: &mut Ctx, slot: Option<usize>, v: Value) {
        if let Some(slot) = slot {
            self.refs.set(cx, slot, v);
            self.known[slot] = true;
        }
    }

    /// A value that must be there.
    fn present(&mut self, cx: &mut Ctx, depth: usize) -> PyResult {
        match self.value(cx, depth + 1)? {
            Value::EMPTY => Err(cx.type_error("NULL object in marshal data")),
            v => Ok(v),
        }
    }

    fn fill(&mut self, cx: &mut Ctx, list: List, n: usize, depth: usize) -> Res<()> {
        cx.make_room_for(n, 8)?;
        for _ in 0..n {
            let v = self.present(cx, depth)?;
            list.push(cx, v);
        }
        Ok(())
    }

    fn tuple(&mut self, cx: &mut Ctx, n: usize, depth: usize) -> PyResult {
        let list = List::new(cx);
        self.fill(cx, list, n, depth)?;
        list.wish_tuple(cx)
    }

    fn big(&mut self, cx: &mut Ctx) -> PyResult {
        let n = self.long(cx)?;
        let count = n.unsigned_abs() as usize;
        if count > self.data.len() - self.at {
            return Err(cx.eof_error("marshal data too short"));
        }
        let mut total = BigUint::default();
        let raw = self.take(cx, count * 2)?.to_vec();
        if let Some([0, 0]) = raw.chunks(2).next_back() {
            return Err(cx.value_error("bad marshal data (unnormalized long data)"));
        }
        for d in raw.chunks(2).rev() {
            let d = u16::from_le_bytes([d[0], d[1]]);
            if d > 0x7fff {
                return Err(cx.value_error("bad marshal data (digit out of range in long)"));
            }
            total = (total << 15u32) + d;
        }
        let sign = if n < 0 { Sign::Minus } else { Sign::Plus };
        Ok(int::from_big(cx, BigInt::from_biguint(sign, total)))
    }

    fn code(&mut self, cx: &mut Ctx) -> PyResult {
        if !self.allow_code {
            return Err(cx.value_error("unmarshalling code objects is disallowed"));
        }
        let n = self.size(cx, "code")?;
        let blob = self.take(cx, n)?;
        let Some(image) = unseal(blob) else {
            return Err(cx.value_error("bad marshal data (code that is damaged or of another build)"));
        };
        match engine_code::image::decode_verified(image) {
            Ok(code) => {
                let runtime: &'static RuntimeCode = RuntimeCode::load(cx, Arc::clone(&code));
                Ok(runtime.code_object(cx))
            }
            Err(e) => Err(cx.value_error(format!("bad marshal data (code: {e})"))),
        }
    }
}

/// Reads one value; the second part is how many bytes it took.
fn read(cx: &mut Ctx, data: &[u8], allow_code: bool) -> Res<(Value, usize)> {
    let refs = List::new(cx);
    let mut r = Reader { data, at: 0, allow_code, refs, known: Vec::new() };
    match r.value(cx, 0)? {
        Value::EMPTY => Err(cx.type_error("NULL object in marshal data for object")),
        v => Ok((v, r.at)),
    }
}

fn loads(cx: &mut Ctx, args: Args) -> PyResult {
    let data = buffer::to_bytes(cx, args[0])?;
    let allow_code = args.truth_or(cx, 1, true)?;
    if audit::is_on() {
        let bytes = Bytes::wish(cx, &data)?;
        audit::tell(cx, "marshal.loads", &[bytes])?;
    }
    Ok(read(cx, &data, allow_code)?.0)
}

fn load(cx: &mut Ctx, args: Args) -> PyResult {
    let allow_code = args.truth_or(cx, 1, true)?;
    audit::tell(cx, "marshal.load", &[])?;
    let start = call(cx, args[0], "tell", &[])?;
    let all = call(cx, args[0], "read", &[])?;
    let Some(bytes) = Bytes::of_sub(cx, all) else {
        let name = type_name(cx, all);
        return Err(cx.type_error(format!("file.read() returned not bytes but {name}")));
    };
    let data = protocol::buffer::copied(cx, bytes.as_slice())?;
    let (v, used) = read(cx, &data, allow_code)?;
    // What follows the value stays to be read.
    let used = int::from_usize(cx, used);
    let next = protocol::add(cx, start, used)?;
    call(cx, args[0], "seek", &[next])?;
    Ok(v)
}
