//! `str.format` and `str.format_map`.

use engine::objects::{Dict, Tuple};
use engine::prelude::*;
use engine::protocol;
use proto_core::memory;
use pytext::strformat::{self, AutoNumber, First, MarkupIterator, Step, TemplateError};

use crate::str::this;

/// Where the fields take their values from.
#[derive(Clone, Copy)]
struct Source {
    /// A tuple, or EMPTY for `format_map`.
    args: Value,
    /// A dict or any mapping; EMPTY when there is none.
    kwargs: Value,
}

pub fn format(cx: &mut Ctx, args: Args) -> PyResult {
    let template = this(cx, args[0])?;
    let source = Source { args: args.or(1, Value::EMPTY), kwargs: args.or(2, Value::EMPTY) };
    run(cx, args[0], template, source)
}

pub fn format_map(cx: &mut Ctx, args: Args) -> PyResult {
    let template = this(cx, args[0])?;
    run(cx, args[0], template, Source { args: Value::EMPTY, kwargs: args[1] })
}

/// `whole` is the object with the template's text, which is what a template without fields gives.
fn run(cx: &mut Ctx, whole: Value, template: Str, source: Source) -> PyResult {
    if !template.is_empty() && !template.as_bytes().iter().any(|b| matches!(b, b'{' | b'}')) {
        return Ok(whole);
    }
    let mut out = cx.scratch();
    let mut auto = AutoNumber::default();
    let done = expand(cx, &mut out, template.as_bytes(), source, &mut auto, 2);
    let made = done.and_then(|()| cx.make_room(out.len())).map(|()| Str::from_wtf8(cx, &out));
    cx.give_scratch(out);
    made
}

/// Expands a template whose fields are plain (no steps, no conversion, no nested fields) with values that need no Python
/// code. None where anything is more than that or wrong; the buffer is then of no use.
pub fn expand_simple(out: &mut Vec<u8>, text: &[u8], values: &[Value]) -> Option<()> {
    let mut auto = AutoNumber::default();
    for markup in MarkupIterator::new(text) {
        let markup = markup.ok()?;
        let literal = &text[markup.literal];
        if !memory::grows(out, literal.len()) {
            return None;
        }
        out.extend_from_slice(literal);
        let Some(field) = markup.field else { continue };
        if field.nested || field.conversion.is_some() {
            return None;
        }
        let first = match text[field.name] {
            [] => First::Auto,
            [b @ b'0'..=b'9'] => First::Index(usize::from(b - b'0')),
            _ => return None,
        };
        let value = *values.get(auto.resolve(first).ok()??)?;
        if Str::of(value).is_some_and(|s| !memory::grows(out, s.byte_len())) {
            return None;
        }
        protocol::format_simple(out, value, &text[field.spec])?.ok()?;
    }
    Some(())
}

fn raise(cx: &mut Ctx, e: TemplateError) -> Raised {
    cx.value_error(e.to_string())
}

/// Expands a template; `depth` levels of nested fields are allowed.
fn expand(cx: &mut Ctx, out: &mut Vec<u8>, text: &[u8], source: Source, auto: &mut AutoNumber, depth: u32) -> Res<()> {
    if depth == 0 {
        return Err(raise(cx, TemplateError::RecursionExceeded));
    }
    for markup in MarkupIterator::new(text) {
        let markup = match markup {
            Ok(m) => m,
            Err(e) => return Err(raise(cx, e)),
        };
        // Texts that are made of values are dead when they have been appended.
        cx.poll()?;
        let literal = &text[markup.literal];
        cx.reserve(out, literal.len())?;
        out.extend_from_slice(literal);
        let Some(field) = markup.field else { continue };
        let value = lookup(cx, &text[field.name], source, auto)?;
        let value = match field.conversion {
            None => value,
            Some(c) => convert(cx, value, c)?,
        };
        let spec = &text[field.spec];
        if !field.nested {
            protocol::make_room(cx, out, value)?;
            match protocol::format_simple(out, value, spec) {
                Some(Ok(())) => continue,
                Some(Err(e)) => return Err(protocol::format_error(cx, e)),
                None => {}
            }
        }
        let spec = if field.nested {
            let mut inner = Vec::new();
            expand(cx, &mut inner, spec, source, auto, depth - 1)?;
            Str::from_wtf8(cx, &inner)
        } else {
            Str::from_wtf8(cx, spec)
        };
        if let Some(spec) = Str::of(spec) {
            protocol::format_into(cx, out, value, spec)?;
        }
    }
    Ok(())
}

fn convert(cx: &mut Ctx, v: Value, conversion: u32) -> PyResult {
    match char::from_u32(conversion) {
        Some('r') => protocol::repr(cx, v),
        Some('s') => protocol::str(cx, v),
        Some('a') => protocol::ascii(cx, v),
        Some(c) if c > ' ' && c < '\x7f' => Err(cx.value_error(format!("Unknown conversion specifier {c}"))),
        _ => Err(cx.value_error(format!("Unknown conversion specifier \\x{conversion:x}"))),
    }
}

/// The value that a field's name means.
fn lookup(cx: &mut Ctx, name: &[u8], source: Source, auto: &mut AutoNumber) -> PyResult {
    let (first, steps) = match strformat::split_field_name(name) {
        Ok(parts) => parts,
        Err(e) => return Err(raise(cx, e)),
    };
    let index = match auto.resolve(first) {
        Ok(i) => i,
        Err(e) => return Err(raise(cx, e)),
    };
    let mut value = match (index, first) {
        (Some(i), _) => match Tuple::of(source.args) {
            None => return Err(cx.value_error("Format string contains positional fields")),
            Some(t) if i < t.len() => t.get(i),
            Some(_) => {
                return Err(cx.index_error(format!("Replacement index {i} out of range for positional args tuple")));
            }
        },
        (None, First::Name(key)) => {
            let key = Str::wish(cx, key)?;
            if source.kwargs == Value::EMPTY {
                return Err(cx.key_error(key));
            }
            match Dict::of(source.kwargs) {
                Some(d) => match d.get(cx, key)? {
                    Some(v) => v,
                    None => return Err(cx.key_error(key)),
                },
                None => protocol::getitem(cx, source.kwargs, key)?,
            }
        }
        (None, _) => return Err(cx.value_error("bad field name in format string")),
    };
    for step in steps {
        value = match step {
            Err(e) => return Err(raise(cx, e)),
            Ok(Step::Attribute(name)) => {
                let name = Str::wish(cx, name)?;
                let name = Str::of(name).map_or(name, |s| s.intern(cx));
                protocol::getattr(cx, value, name)?
            }
            Ok(Step::Index(i)) => {
                let i = int::from_usize(cx, i);
                protocol::getitem(cx, value, i)?
            }
            Ok(Step::Key(key)) => {
                let key = Str::wish(cx, key)?;
                protocol::getitem(cx, value, key)?
            }
        };
    }
    Ok(value)
}
