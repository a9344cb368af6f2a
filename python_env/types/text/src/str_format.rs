//! `str.format` and `str.format_map`.

use engine::objects::{Dict, StrBuilder, Tuple};
use engine::prelude::*;
use engine::protocol;
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
    run(cx, template, source)
}

pub fn format_map(cx: &mut Ctx, args: Args) -> PyResult {
    let template = this(cx, args[0])?;
    run(cx, template, Source { args: Value::EMPTY, kwargs: args[1] })
}

fn run(cx: &mut Ctx, template: Str, source: Source) -> PyResult {
    let mut auto = AutoNumber::default();
    let text = template.as_bytes().to_vec();
    let out = expand(cx, &text, source, &mut auto, 2)?;
    Ok(out.finish(cx))
}

fn raise(cx: &mut Ctx, e: TemplateError) -> Raised {
    cx.value_error(e.to_string())
}

/// Expands a template; `depth` levels of nested fields are allowed.
fn expand(cx: &mut Ctx, text: &[u8], source: Source, auto: &mut AutoNumber, depth: u32) -> Res<StrBuilder> {
    if depth == 0 {
        return Err(raise(cx, TemplateError::RecursionExceeded));
    }
    let mut out = StrBuilder::with_capacity(text.len());
    for markup in MarkupIterator::new(text) {
        let markup = match markup {
            Ok(m) => m,
            Err(e) => return Err(raise(cx, e)),
        };
        out.push_bytes(&text[markup.literal]);
        let Some(field) = markup.field else { continue };
        let value = lookup(cx, &text[field.name], source, auto)?;
        let value = match field.conversion {
            None => value,
            Some(c) => convert(cx, value, c)?,
        };
        let spec = &text[field.spec];
        let spec =
            if field.nested { expand(cx, spec, source, auto, depth - 1)?.finish(cx) } else { Str::from_wtf8(cx, spec) };
        let shown = protocol::format(cx, value, spec)?;
        match Str::of_sub(cx, shown) {
            Some(s) => out.push(s),
            None => return Err(cx.type_error("__format__ must return a str")),
        }
    }
    Ok(out)
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
            let key = Str::from_wtf8(cx, key);
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
                let name = Str::from_wtf8(cx, name);
                let name = Str::of(name).map_or(name, |s| s.intern(cx));
                protocol::getattr(cx, value, name)?
            }
            Ok(Step::Index(i)) => {
                let i = int::from_usize(cx, i);
                protocol::getitem(cx, value, i)?
            }
            Ok(Step::Key(key)) => {
                let key = Str::from_wtf8(cx, key);
                protocol::getitem(cx, value, key)?
            }
        };
    }
    Ok(value)
}
