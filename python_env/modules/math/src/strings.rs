//! The module `_string`: the parsers of format strings behind `string.Formatter`.

use engine::prelude::*;
use pytext::strformat::{First, MarkupIterator, Step, split_field_name};

/// `_string`.
pub static STRING: ModuleDef = ModuleDef {
    doc: "string helper module",
    functions: &[
        NativeDef::new("formatter_parser", "($module, object, /)", parser, "parse the argument as a format string"),
        NativeDef::new(
            "formatter_field_name_split",
            "($module, object, /)",
            split,
            "split the argument as a field name",
        ),
    ],
    init: Some(|cx, _| {
        cx.add_type(&FORMATTER_ITERATOR);
        cx.add_type(&FIELD_NAME_ITERATOR);
        Ok(())
    }),
    ..ModuleDef::new("_string")
};

macro_rules! iterator {
    ($name:ident, $python:literal) => {
        /// Native slots: 0 the parsed items (a list), 1 the next index, 2 the message of an error after the items.
        static $name: TypeDef = TypeDef {
            flags: TypeFlags::NO_NEW,
            nnative: 3,
            slots: Slots { iter: Some(slots::self_iter), next: Some(next), ..Slots::NONE },
            ..TypeDef::new("builtins", $python)
        };
    };
}
iterator!(FORMATTER_ITERATOR, "formatteriterator");
iterator!(FIELD_NAME_ITERATOR, "fieldnameiterator");

fn next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = crate::arguments::this(cx, it)?;
    let Some(items) = List::of(o.slot(cx, 0)) else { return Ok(Value::EMPTY) };
    loop {
        let before = o.slot(cx, 1);
        let i = int::to_usize(before).unwrap_or(0);
        let Some(item) = items.get(i) else {
            let message = o.slot(cx, 2);
            return match Str::of(message) {
                Some(_) => {
                    o.set_slot(cx, 2, Value::EMPTY);
                    Err(cx.raise_args(Exc::ValueError, &[message]))
                }
                None => Ok(Value::EMPTY),
            };
        };
        let after = int::from_usize(cx, i + 1);
        if o.cas_slot(cx, 1, before, after).is_ok() {
            return Ok(item);
        }
    }
}

fn text(cx: &mut Ctx, v: Value) -> Res<Str> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("expected str, got {name}")))
        }
    }
}

fn parser(cx: &mut Ctx, args: Args) -> PyResult {
    let template = text(cx, args[0])?;
    let template = template.as_bytes();
    let items = List::new(cx);
    let mut error = Value::EMPTY;
    for markup in MarkupIterator::new(template) {
        let markup = match markup {
            Ok(markup) => markup,
            Err(e) => {
                error = Str::new(cx, &e.to_string());
                break;
            }
        };
        let part = |r: std::ops::Range<usize>| Str::from_wtf8(cx, &template[r]);
        let literal = part(markup.literal);
        let item = match markup.field {
            None => [literal, Value::NONE, Value::NONE, Value::NONE],
            Some(field) => {
                let conversion = field.conversion.map_or(Value::NONE, |c| Str::from_char(cx, c));
                [literal, part(field.name), part(field.spec), conversion]
            }
        };
        let item = Tuple::new(cx, &item);
        items.push(cx, item);
    }
    Ok(cx.new_object(&FORMATTER_ITERATOR, &[items.value(), Value::small(0), error]))
}

fn split(cx: &mut Ctx, args: Args) -> PyResult {
    let name = text(cx, args[0])?;
    let (first, steps) = match split_field_name(name.as_bytes()) {
        Ok(parts) => parts,
        Err(e) => return Err(cx.value_error(e.to_string())),
    };
    let first = match first {
        First::Auto => Str::new(cx, ""),
        First::Index(i) => int::from_usize(cx, i),
        First::Name(s) => Str::from_wtf8(cx, s),
    };
    let items = List::new(cx);
    let mut error = Value::EMPTY;
    for step in steps {
        let item = match step {
            Ok(Step::Attribute(s)) => [Value::TRUE, Str::from_wtf8(cx, s)],
            Ok(Step::Index(i)) => [Value::FALSE, int::from_usize(cx, i)],
            Ok(Step::Key(s)) => [Value::FALSE, Str::from_wtf8(cx, s)],
            Err(e) => {
                error = Str::new(cx, &e.to_string());
                break;
            }
        };
        let item = Tuple::new(cx, &item);
        items.push(cx, item);
    }
    let rest = cx.new_object(&FIELD_NAME_ITERATOR, &[items.value(), Value::small(0), error]);
    Ok(Tuple::new(cx, &[first, rest]))
}
