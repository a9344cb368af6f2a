//! `_csv.writer`. Native slots: 0 the `write` method, 1 the dialect.

use super::dialect::{self, Quoting, Rules};
use super::{error, make_dialect};
use engine::prelude::*;
use pytext::wtf8;

/// `_csv.writer`.
pub static WRITER: TypeDef = TypeDef {
    doc: "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.\n",
    flags: TypeFlags::NO_NEW.with(TypeFlags::BASETYPE),
    nnative: 2,
    methods: &[
        NativeDef::new(
            "writerow",
            "($self, row, /)",
            |cx, args| write_row(cx, args[0], args[1]),
            "Construct and write a CSV record from an iterable of fields.\n\nNon-string elements will be converted to string.",
        ),
        NativeDef::new(
            "writerows",
            "($self, rows, /)",
            |cx, args| {
                protocol::for_each(cx, args[1], |cx, row| write_row(cx, args[0], row).map(|_| ()))?;
                Ok(Value::NONE)
            },
            "Construct and write a series of iterables to a csv file.\n\nNon-string elements will be converted to string.",
        ),
    ],
    members: &[Member::ro("dialect", 1, "")],
    ..TypeDef::new("_csv", "writer")
};

/// `_csv.writer(fileobj, dialect, **rules)`
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    let dialect = make_dialect(cx, args.get(1), args.get(2))?;
    let name = cx.names.write;
    match protocol::getattr_opt(cx, args[0], name)?.filter(|&w| protocol::is_callable(cx, w)) {
        Some(write) => Ok(cx.new_object(&WRITER, &[write, dialect])),
        None => Err(cx.type_error("argument 1 must have a \"write\" method")),
    }
}

/// A record being written.
struct Record {
    out: Vec<u8>,
    fields: usize,
}

fn is_number(cx: &mut Ctx, v: Value) -> bool {
    let slots = type_of(cx, v).slots();
    // Complex numbers count, though they become no float.
    int::is(v)
        || type_of(cx, v).is_subtype(cx.types.complex)
        || slots.float().is_some()
        || slots.int().is_some()
        || slots.index().is_some()
}

fn write_row(cx: &mut Ctx, writer: Value, row: Value) -> PyResult {
    let o = crate::arguments::this(cx, writer)?;
    let (write, dialect) = (o.slot(cx, 0), o.slot(cx, 1));
    let rules = dialect::rules(cx, dialect)?;
    let it = match protocol::iter(cx, row) {
        Ok(it) => it,
        Err(r) if cx.matches(&r, Exc::TypeError) => {
            cx.clear(r);
            let name = type_name(cx, row);
            return Err(error(cx, format!("iterable expected, not {name}")));
        }
        Err(r) => return Err(r),
    };
    let mut record = Record { out: Vec::new(), fields: 0 };
    let mut null = false;
    while let Some(v) = protocol::next(cx, it)? {
        let quoted = match rules.quoting {
            Quoting::NonNumeric => !is_number(cx, v),
            Quoting::All => true,
            Quoting::Strings => Str::of_sub(cx, v).is_some(),
            Quoting::NotNull => v != Value::NONE,
            Quoting::Minimal | Quoting::None => false,
        };
        null = v == Value::NONE;
        let text = if null {
            Vec::new()
        } else {
            let text = if Str::of_sub(cx, v).is_some() { v } else { protocol::str(cx, v)? };
            Str::of_sub(cx, text).map(|s| s.as_bytes().to_vec()).unwrap_or_default()
        };
        record.append(cx, &rules, &text, quoted, null)?;
        cx.poll()?;
    }
    if record.fields > 0 && record.out.is_empty() {
        // A single empty field: without quotes the line would be empty.
        if rules.quoting == Quoting::None || (null && matches!(rules.quoting, Quoting::Strings | Quoting::NotNull)) {
            return Err(error(cx, "single empty field record must be quoted"));
        }
        record.fields = 0;
        record.append(cx, &rules, b"", true, null)?;
    }
    record.out.extend_from_slice(&rules.lineterminator);
    let line = Str::wish(cx, &record.out)?;
    protocol::call(cx, write, &[line])
}

impl Record {
    fn append(&mut self, cx: &mut Ctx, rules: &Rules, text: &[u8], mut quoted: bool, null: bool) -> Res<()> {
        let mut field = Vec::with_capacity(text.len());
        for c in wtf8::code_points(text) {
            let special = c == rules.delimiter
                || Some(c) == rules.escapechar
                || Some(c) == rules.quotechar
                || c == u32::from(b'\n')
                || c == u32::from(b'\r')
                || wtf8::code_points(&rules.lineterminator).any(|t| t == c);
            if special {
                let mut escape = rules.quoting == Quoting::None;
                if !escape {
                    if Some(c) == rules.quotechar {
                        if rules.doublequote {
                            wtf8::push(&mut field, c);
                        } else {
                            escape = true;
                        }
                    } else if Some(c) == rules.escapechar {
                        escape = true;
                    }
                    quoted |= !escape;
                }
                if escape {
                    match rules.escapechar {
                        Some(e) => wtf8::push(&mut field, e),
                        None => return Err(error(cx, "need to escape, but no escapechar set")),
                    }
                }
            }
            wtf8::push(&mut field, c);
        }
        if text.is_empty() && rules.delimiter == u32::from(b' ') && rules.skipinitialspace {
            if rules.quoting == Quoting::None || (null && matches!(rules.quoting, Quoting::Strings | Quoting::NotNull))
            {
                return Err(error(
                    cx,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if self.fields > 0 {
            wtf8::push(&mut self.out, rules.delimiter);
        }
        let quote = rules.quotechar.filter(|_| quoted);
        if let Some(q) = quote {
            wtf8::push(&mut self.out, q);
        }
        self.out.extend_from_slice(&field);
        if let Some(q) = quote {
            wtf8::push(&mut self.out, q);
        }
        self.fields += 1;
        Ok(())
    }
}
