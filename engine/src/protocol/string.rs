//! Texts of objects: `repr`, `str`, `ascii`, `format`, `dir`.

use crate::objects::{Bytes, List, Str, float, sort};
use crate::types::{type_name, type_of};
use crate::{Ctx, PyResult, Raised};
use proto_core::{Heap, Value};
use pytext::format::{self as spec_format, FormatError, Int};

/// `repr(v)`.
pub fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    super::guard(cx, " while getting the repr of an object")?;
    let Some(f) = type_of(cx, v).slots().repr() else { return crate::types::object_type::default_repr(cx, v) };
    let r = f.call(cx, v)?;
    checked(cx, r, "__repr__")
}

fn checked(cx: &mut Ctx, r: Value, method: &str) -> PyResult {
    if Str::of_sub(cx, r).is_some() {
        return Ok(r);
    }
    let got = type_name(cx, r);
    Err(cx.type_error(format!("{method} returned non-string (type {got})")))
}

/// `str(v)`.
pub fn str(cx: &mut Ctx, v: Value) -> PyResult {
    if Str::of(v).is_some() {
        return Ok(v);
    }
    super::guard(cx, " while getting the str of an object")?;
    let Some(f) = type_of(cx, v).slots().str() else { return repr(cx, v) };
    let r = f.call(cx, v)?;
    checked(cx, r, "__str__")
}

/// `ascii(v)`.
pub fn ascii(cx: &mut Ctx, v: Value) -> PyResult {
    let r = repr(cx, v)?;
    let Some(s) = Str::of_sub(cx, r) else { return Ok(r) };
    if s.is_ascii() {
        return Ok(r);
    }
    let mut out = String::with_capacity(s.byte_len() * 2);
    for cp in s.chars() {
        match cp {
            0..0x80 => out.push(cp as u8 as char),
            0x80..=0xFF => out.push_str(&format!("\\x{cp:02x}")),
            0x100..=0xFFFF => out.push_str(&format!("\\u{cp:04x}")),
            _ => out.push_str(&format!("\\U{cp:08x}")),
        }
    }
    Ok(Str::new(cx, &out))
}

/// `format(v, spec)`; `spec` a str value, or EMPTY for the empty one.
pub fn format(cx: &mut Ctx, v: Value, spec: Value) -> PyResult {
    let names = cx.names;
    let spec = if spec == Value::EMPTY { names.empty } else { spec };
    if spec == names.empty && (Str::of(v).is_some() || v.is_int()) {
        return str(cx, v);
    }
    if let Some(text) = Str::of(spec) {
        let mut out = cx.scratch();
        let done = format_simple(&mut out, v, text.as_bytes());
        let made = if let Some(Ok(())) = done { Str::from_wtf8(cx, &out) } else { Value::EMPTY };
        cx.give_scratch(out);
        match done {
            Some(Ok(())) => return Ok(made),
            Some(Err(e)) => return Err(format_error(cx, e)),
            None => {}
        }
    }
    format_by_method(cx, v, spec)
}

/// Appends `format(v, spec)`, `spec` being text.
pub fn format_into(cx: &mut Ctx, out: &mut Vec<u8>, v: Value, spec: Str) -> PyResult<()> {
    make_room(cx, out, v)?;
    match format_simple(out, v, spec.as_bytes()) {
        Some(Ok(())) => return Ok(()),
        Some(Err(e)) => return Err(format_error(cx, e)),
        None => {}
    }
    let shown = format_by_method(cx, v, spec.value())?;
    if let Some(s) = Str::of_sub(cx, shown) {
        cx.reserve(out, s.byte_len())?;
        out.extend_from_slice(s.as_bytes());
    }
    Ok(())
}

/// Appends the text of a str, small int or float, which have no `__format__` but their own; `None` (and nothing done) for
/// everything else.
pub fn format_simple(out: &mut Vec<u8>, v: Value, spec: &[u8]) -> Option<Result<(), FormatError>> {
    if let Some(s) = Str::of(v) {
        return Some(spec_format::write_str(out, s.as_bytes(), s.len_chars(), spec));
    }
    if let Some(n) = v.as_int() {
        if spec.is_empty() {
            pynumeric::decimal::push_i64(out, n);
            return Some(Ok(()));
        }
        return Some(spec_format::write_int(out, Int::Small(n), spec, "int"));
    }
    float::of(v).map(|x| spec_format::write_float(out, x, spec))
}

fn format_by_method(cx: &mut Ctx, v: Value, spec: Value) -> PyResult {
    let r = match crate::types::slot_python::call_dunder_opt(cx, v, cx.names.__format__, &[spec])? {
        Some(r) => r,
        None => {
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("Type {name} doesn't define __format__")));
        }
    };
    if Str::of_sub(cx, r).is_none() {
        let got = type_name(cx, r);
        return Err(cx.type_error(format!("__format__ must return a str, not {got}")));
    }
    Ok(r)
}

/// Raises what is wrong with a format spec.
#[cold]
pub fn format_error(cx: &mut Ctx, e: FormatError) -> Raised {
    match e {
        FormatError::Value(text) => cx.value_error(text),
        FormatError::Overflow(text) => cx.overflow_error(text),
        FormatError::Memory => cx.memory_error(),
    }
}

/// Room behind a text for itself, if it is one, and for what is short, before it is appended to others: `MemoryError` where there is none.
#[inline]
pub fn make_room(cx: &mut Ctx, out: &mut Vec<u8>, v: Value) -> PyResult<()> {
    /// More than a number takes.
    const SHORT: usize = 400;
    cx.reserve(out, SHORT + Str::of(v).map_or(0, Str::byte_len))
}

/// Appends `str(v)`.
#[inline]
pub fn str_into(cx: &mut Ctx, out: &mut Vec<u8>, v: Value) -> PyResult<()> {
    make_room(cx, out, v)?;
    if str_simple(out, v) {
        return Ok(());
    }
    let shown = str(cx, v)?;
    if let Some(s) = Str::of_sub(cx, shown) {
        cx.reserve(out, s.byte_len())?;
        out.extend_from_slice(s.as_bytes());
    }
    Ok(())
}

/// Appends the text of a str, small int or float; false (and nothing done) for everything else.
#[inline]
pub fn str_simple(out: &mut Vec<u8>, v: Value) -> bool {
    if let Some(s) = Str::of(v) {
        out.extend_from_slice(s.as_bytes());
    } else if let Some(n) = v.as_int() {
        pynumeric::decimal::push_i64(out, n);
    } else if let Some(x) = float::of(v) {
        pynumeric::floatfmt::write_repr(out, x);
    } else {
        return false;
    }
    true
}

/// The decimal digits of a small int. Out of line: its buffers must not lie in the frame of a handler.
#[inline(never)]
pub fn decimal(heap: &Heap, n: i64) -> Value {
    let mut buffer = [0u8; 21];
    let mut digits = [0u8; 20];
    let digits = pynumeric::decimal::digits(n.unsigned_abs(), &mut digits);
    let at = buffer.len() - digits.len();
    buffer[at..].copy_from_slice(digits);
    let text = if n < 0 {
        buffer[at - 1] = b'-';
        &buffer[at - 1..]
    } else {
        &buffer[at..]
    };
    Str::ascii(heap, text)
}

/// Buffers larger than this are not kept.
const SCRATCH_KEPT: usize = 1 << 16;

impl Ctx {
    /// An empty buffer for text under construction: the context's own, if nobody has it just now.
    #[inline]
    pub fn scratch(&self) -> Vec<u8> {
        self.tcache.scratch.take()
    }

    /// Gives a buffer back for the next user.
    #[inline]
    pub fn give_scratch(&self, mut buffer: Vec<u8>) {
        if buffer.capacity() <= SCRATCH_KEPT {
            buffer.clear();
            self.tcache.scratch.set(buffer);
        }
    }
}

/// A str value as text for a message ([`Str::to_text`]); empty when it is no str.
pub fn text(cx: &Ctx, v: Value) -> String {
    Str::of_sub(cx, v).map_or(String::new(), |s| s.to_text().into_owned())
}

/// `str(v)` as Rust text; errors give a placeholder and are dropped.
pub fn str_lossy(cx: &mut Ctx, v: Value) -> String {
    match str(cx, v) {
        Ok(s) => text(cx, s),
        Err(r) => {
            cx.clear(r);
            "<unprintable>".to_owned()
        }
    }
}

/// `repr(v)` as text for a message ([`Str::to_text`]).
pub fn repr_text(cx: &mut Ctx, v: Value) -> PyResult<String> {
    let shown = repr(cx, v)?;
    Ok(text(cx, shown))
}

/// `repr(v)` as Rust text; errors give a placeholder and are dropped.
pub fn repr_lossy(cx: &mut Ctx, v: Value) -> String {
    match repr(cx, v) {
        Ok(s) => text(cx, s),
        Err(r) => {
            cx.clear(r);
            let name = type_name(cx, v);
            format!("<unprintable {name} object>")
        }
    }
}

/// The byte that separates groups of hexadecimal digits (`bytes.hex`, `binascii.hexlify`).
pub fn hex_separator(cx: &mut Ctx, v: Value) -> PyResult<u8> {
    if super::length(cx, v)? != 1 {
        return Err(cx.value_error("sep must be length 1."));
    }
    let byte = match (Str::of_sub(cx, v), Bytes::of_sub(cx, v)) {
        (Some(s), _) => match s.chars().next().map(u8::try_from) {
            Some(Ok(b)) => Some(b),
            Some(Err(_)) => return Err(cx.value_error("sep must be ASCII.")),
            None => None,
        },
        (None, Some(b)) => b.as_slice().first().copied(),
        (None, None) => return Err(cx.type_error("sep must be str or bytes.")),
    };
    // The text of a subclass need not be as long as it says; CPython reads the zero behind it.
    Ok(byte.unwrap_or(0))
}

/// Says that the repr of `v` begins; false when it is under way on this thread already (a container that holds itself).
pub fn repr_enter(cx: &mut Ctx, v: Value) -> bool {
    let active = &mut cx.tcache.repr_active;
    if active.contains(&v.bits()) {
        return false;
    }
    active.push(v.bits());
    true
}

/// Says that the repr of `v` ended.
pub fn repr_leave(cx: &mut Ctx, v: Value) {
    let active = &mut cx.tcache.repr_active;
    if let Some(i) = active.iter().rposition(|&b| b == v.bits()) {
        active.truncate(i);
    }
}

/// `dir(v)`: a sorted list.
pub fn dir(cx: &mut Ctx, v: Value) -> PyResult {
    let name = cx.names.__dir__;
    let Some(f) = super::lookup_special(cx, v, name)? else {
        return Err(cx.type_error("object does not provide __dir__"));
    };
    let names = super::call(cx, f, &[])?;
    let list: List = super::list_of(cx, names)?;
    sort::sort(cx, list, Value::EMPTY, false)?;
    Ok(list.value())
}
