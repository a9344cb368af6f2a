//! printf-style formatting: `str % args` and `bytes % args`.

use engine::objects::{Bytes, Dict, IntRef, Tuple, int_long};
use engine::prelude::*;
use engine::protocol;
use pytext::format::Int;
use pytext::percent::{self, Amount, Parser, Spec};
use pytext::{search, wtf8};

use crate::arguments::type_name;
use crate::bytearray;
use crate::bytes_methods::own_bytes;

/// The arguments of a format: a tuple's items in turn, or one object.
struct Arguments {
    all: Value,
    tuple: Option<Tuple>,
    next: usize,
    /// Whether a mapping key was used: then nothing must remain unused.
    mapped: bool,
}

impl Arguments {
    fn new(v: Value, cx: &mut Ctx) -> Arguments {
        let tuple = Tuple::of_sub(cx, v);
        Arguments { all: v, tuple, next: 0, mapped: false }
    }

    fn take(&mut self, cx: &mut Ctx) -> PyResult {
        let i = self.next;
        self.next += 1;
        match self.tuple {
            Some(t) if i < t.len() => Ok(t.get(i)),
            None if i == 0 => Ok(self.all),
            _ => Err(cx.type_error(percent::NOT_ENOUGH)),
        }
    }

    fn all_used(&self, cx: &mut Ctx, text: bool) -> Res<()> {
        if self.left_over(cx, text) {
            return Err(cx.type_error(if text { percent::NOT_ALL_STR } else { percent::NOT_ALL_BYTES }));
        }
        Ok(())
    }

    /// Whether something was left over that should have been used.
    fn left_over(&self, cx: &mut Ctx, text: bool) -> bool {
        match self.tuple {
            Some(t) => self.next < t.len(),
            None => self.next == 0 && !self.mapped && !self.is_mapping(cx, text),
        }
    }

    /// Whether keys in the format are looked up in the argument. For a str, unlike for bytes, bytes are a mapping too.
    fn is_mapping(&self, cx: &mut Ctx, text: bool) -> bool {
        let ty = types::type_of(cx, self.all);
        let is_bytes = |cx: &Ctx| {
            ty.is_subtype(cx.types.bytes) || ty.mro_types().any(|k| !k.is_heap() && k.name_str() == "bytearray")
        };
        ty.slots().getitem().is_some()
            && self.tuple.is_none()
            && !ty.is_subtype(cx.types.str)
            && (text || !is_bytes(cx))
    }
}

/// `format % args` for str; `whole` is the object with that text, which is what a text without conversions gives.
pub fn format_str(cx: &mut Ctx, whole: Value, format: Str, args: Value) -> PyResult {
    if !format.is_empty() && search::find(format.as_bytes(), b"%").is_none() {
        Arguments::new(args, cx).all_used(cx, true)?;
        return Ok(whole);
    }
    let mut out = cx.scratch();
    let done = run(cx, &mut out, format.as_bytes(), args, true);
    let made = done.and_then(|()| cx.make_room(out.len())).map(|()| Str::from_wtf8(cx, &out));
    cx.give_scratch(out);
    made
}

/// `format % args` for bytes.
pub fn format_bytes(cx: &mut Ctx, format: &[u8], args: Value) -> Res<Vec<u8>> {
    let mut out = cx.buffer(format.len() + 16)?;
    run(cx, &mut out, format, args, false)?;
    Ok(out)
}

fn run(cx: &mut Ctx, out: &mut Vec<u8>, format: &[u8], args: Value, text: bool) -> Res<()> {
    let mut arguments = Arguments::new(args, cx);
    let mut at = 0;
    while let Some(n) = search::find(&format[at..], b"%") {
        // Texts that are made of values are dead when they have been appended.
        cx.poll()?;
        cx.reserve(out, n + 1)?;
        out.extend_from_slice(&format[at..at + n]);
        at += n;
        match format.get(at + 1) {
            Some(b'%') => {
                out.push(b'%');
                at += 2;
            }
            Some(b's') if text => {
                let v = arguments.take(cx)?;
                protocol::str_into(cx, out, v)?;
                at += 2;
            }
            Some(b'd') => {
                let v = arguments.take(cx)?;
                protocol::make_room(cx, out, v)?;
                match v.as_int() {
                    Some(n) => pynumeric::decimal::push_i64(out, n),
                    None => spec_at(cx, out, format, at, Some(v), &mut arguments, text).map(|_| ())?,
                }
                at += 2;
            }
            _ => at = spec_at(cx, out, format, at, None, &mut arguments, text)?,
        }
    }
    cx.reserve(out, format.len() - at)?;
    out.extend_from_slice(&format[at..]);
    arguments.all_used(cx, text)
}

/// The conversion that begins at `at`, of `taken` or the arguments that it asks for; where it ends.
fn spec_at(
    cx: &mut Ctx,
    out: &mut Vec<u8>,
    format: &[u8],
    at: usize,
    taken: Option<Value>,
    arguments: &mut Arguments,
    text: bool,
) -> Res<usize> {
    let (mut spec, end) = match Parser::conversion(format, at, text) {
        Ok(found) => found,
        Err(e) => return Err(cx.value_error(e.to_string())),
    };
    let mut value = taken;
    if let Some(key) = spec.key.clone() {
        value = Some(mapped(cx, arguments, &format[key], text)?);
    }
    if spec.width == Amount::Star {
        let n = star(cx, arguments, "ssize_t")?;
        spec.set_width(n);
    }
    if spec.precision == Amount::Star {
        let n = star(cx, arguments, "int")?;
        spec.set_precision(n);
    }
    let v = match value {
        Some(v) => v,
        None => arguments.take(cx)?,
    };
    let fixed = |amount: &Amount| if let Amount::Fixed(n) = amount { *n } else { 0 };
    cx.make_room_for(fixed(&spec.width).saturating_add(fixed(&spec.precision)), 4)?;
    convert(cx, out, &spec, v, format, text)?;
    Ok(end)
}

fn mapped(cx: &mut Ctx, arguments: &mut Arguments, key: &[u8], text: bool) -> PyResult {
    if !arguments.is_mapping(cx, text) {
        return Err(cx.type_error(percent::NEEDS_MAPPING));
    }
    arguments.mapped = true;
    let key = if text { Str::from_wtf8(cx, key) } else { Bytes::new(cx, key) };
    match Dict::of(arguments.all) {
        Some(d) => match d.get(cx, key)? {
            Some(v) => Ok(v),
            None => Err(cx.key_error(key)),
        },
        None => protocol::getitem(cx, arguments.all, key),
    }
}

/// A width or precision, which CPython holds in a C integer of the given type.
fn star(cx: &mut Ctx, arguments: &mut Arguments, c_type: &str) -> Res<isize> {
    let v = arguments.take(cx)?;
    if !int::is_sub(cx, v) {
        return Err(cx.type_error(percent::STAR_WANTS_INT));
    }
    let v = engine::objects::base_value(cx, v);
    match int::to_i64(v) {
        Some(n) if n.unsigned_abs() < i32::MAX as u64 => Ok(n as isize),
        _ => Err(cx.overflow_error(format!("Python int too large to convert to C {c_type}"))),
    }
}

fn push_text(cx: &mut Ctx, out: &mut Vec<u8>, spec: &Spec, v: Value) -> Res<()> {
    match Str::of(v).or_else(|| Str::of_sub(cx, v)) {
        Some(s) => {
            cx.reserve(out, s.byte_len())?;
            spec.format_str(out, s.as_bytes());
            Ok(())
        }
        None => Err(cx.type_error("__str__ returned non-string")),
    }
}

fn convert(cx: &mut Ctx, out: &mut Vec<u8>, spec: &Spec, v: Value, format: &[u8], text: bool) -> Res<()> {
    let c = char::from_u32(spec.conversion).unwrap_or('\u{fffd}');
    match c {
        's' if text => {
            let s = protocol::str(cx, v)?;
            push_text(cx, out, spec, s)
        }
        's' | 'b' if !text => {
            // `__bytes__` comes before the memory of what is no bytes or bytearray.
            let own = if Bytes::of_sub(cx, v).is_some() || bytearray::state(cx, v).is_some() {
                None
            } else {
                own_bytes(cx, v)?
            };
            let bytes = match own {
                Some(b) => b,
                None => match protocol::buffer_bytes(cx, v)? {
                    Some(b) => b,
                    None => {
                        let name = type_name(cx, v);
                        return Err(cx.type_error(format!(
                            "%b requires a bytes-like object, or an object that implements __bytes__, not '{name}'"
                        )));
                    }
                },
            };
            cx.reserve(out, bytes.len())?;
            spec.format_bytes(out, &bytes);
            Ok(())
        }
        'r' | 'a' => {
            let s = if c == 'r' && text { protocol::repr(cx, v)? } else { protocol::ascii(cx, v)? };
            if text {
                push_text(cx, out, spec, s)
            } else {
                if let Some(s) = Str::of_sub(cx, s) {
                    cx.reserve(out, s.byte_len())?;
                    spec.format_bytes(out, s.as_bytes());
                }
                Ok(())
            }
        }
        'c' => character(cx, out, spec, v, text),
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => integer(cx, out, spec, v, c),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            if let Some(x) = float::of(v) {
                spec.format_float(out, x);
                return Ok(());
            }
            let slots = types::type_of(cx, v).slots();
            if slots.float().is_none() && slots.index().is_none() {
                let name = type_name(cx, v);
                return Err(cx.type_error(if text {
                    format!("must be real number, not {name}")
                } else {
                    format!("float argument required, not {name}")
                }));
            }
            let x = protocol::float_value(cx, v)?;
            let x = engine::objects::base_value(cx, x);
            spec.format_float(out, float::of(x).unwrap_or(f64::NAN));
            Ok(())
        }
        _ => Err(cx.value_error(spec.unsupported(format, text))),
    }
}

fn character(cx: &mut Ctx, out: &mut Vec<u8>, spec: &Spec, v: Value, text: bool) -> Res<()> {
    if text {
        if let Some(s) = Str::of_sub(cx, v) {
            if s.len_chars() != 1 {
                let n = s.len_chars();
                return Err(
                    cx.type_error(format!("%c requires an int or a unicode character, not a string of length {n}"))
                );
            }
            spec.format_str(out, s.as_bytes());
            return Ok(());
        }
        if types::type_of(cx, v).slots().index().is_none() {
            let name = types::type_of(cx, v).shown_name(cx);
            return Err(cx.type_error(format!("%c requires an int or a unicode character, not {name}")));
        }
        let i = protocol::index_value(cx, v)?;
        return match int::to_i64(i) {
            Some(i) if (0..=0x10ffff).contains(&i) => {
                spec.format_str(out, &wtf8::encode(i as u32));
                Ok(())
            }
            _ => Err(cx.overflow_error("%c arg not in range(0x110000)")),
        };
    }
    if let Some(b) = protocol::buffer_bytes(cx, v)? {
        if b.len() == 1 {
            spec.format_bytes(out, &b);
            return Ok(());
        }
        let name = type_name(cx, v);
        if matches!(name.as_str(), "bytes" | "bytearray") {
            let what = format!("a {name} object of length {}", b.len());
            return Err(cx.type_error(format!("%c requires an integer in range(256) or a single byte, not {what}")));
        }
    } else if types::type_of(cx, v).slots().index().is_some() {
        let i = protocol::index_value(cx, v)?;
        return match int::to_i64(i) {
            Some(i) if (0..256).contains(&i) => {
                spec.format_bytes(out, &[i as u8]);
                Ok(())
            }
            _ => Err(cx.overflow_error("%c arg not in range(256)")),
        };
    }
    let name = types::type_of(cx, v).shown_name(cx);
    Err(cx.type_error(format!("%c requires an integer in range(256) or a single byte, not {name}")))
}

fn integer(cx: &mut Ctx, out: &mut Vec<u8>, spec: &Spec, v: Value, c: char) -> Res<()> {
    if let Some(n) = v.as_int() {
        spec.format_int(out, Int::Small(n));
        return Ok(());
    }
    let slots = types::type_of(cx, v).slots();
    let n = if int::is_sub(cx, v) {
        engine::objects::base_value(cx, v)
    } else if matches!(c, 'x' | 'X' | 'o') {
        if slots.index().is_none() {
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("%{c} format: an integer is required, not {name}")));
        }
        protocol::index_value(cx, v)?
    } else {
        if slots.int().is_none() && slots.index().is_none() {
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("%{c} format: a real number is required, not {name}")));
        }
        let n = protocol::int_value(cx, v)?;
        engine::objects::base_value(cx, n)
    };
    match int::of(n) {
        Some(IntRef::Small(i)) => spec.format_int(out, Int::Small(i)),
        Some(IntRef::Big(b)) => {
            if matches!(c, 'd' | 'i' | 'u') && pynumeric::int::exceeds_digits(&b, pynumeric::limits::max_str_digits()) {
                return Err(cx.value_error(format!(
                    "Exceeds the limit ({} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
                    pynumeric::limits::max_str_digits()
                )));
            }
            if matches!(c, 'd' | 'i' | 'u') {
                let digits = int_long::decimal(cx, b.magnitude())?;
                spec.format_int(out, Int::Digits(&b, &digits));
            } else {
                spec.format_int(out, Int::Big(&b));
            }
        }
        None => {}
    }
    Ok(())
}
