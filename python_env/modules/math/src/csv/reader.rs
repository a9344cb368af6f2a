//! `_csv.reader`. Native slots: 0 the iterator over lines, 1 the dialect, 2 the number of lines read.

use super::dialect::{self, Quoting, Rules};
use super::{FIELD_LIMIT, error, make_dialect};
use engine::prelude::*;
use std::cell::RefCell;
use std::sync::atomic::Ordering;

/// `_csv.reader`.
pub static READER: TypeDef = TypeDef {
    doc: "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n",
    flags: TypeFlags::NO_NEW.with(TypeFlags::BASETYPE),
    nnative: 3,
    slots: Slots { iter: Some(slots::self_iter), next: Some(next), ..Slots::NONE },
    members: &[Member::ro("dialect", 1, ""), Member::ro("line_num", 2, "")],
    ..TypeDef::new("_csv", "reader")
};

/// `_csv.reader(iterable, dialect, **rules)`
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    let lines = protocol::iter(cx, args[0])?;
    let dialect = make_dialect(cx, args.get(1), args.get(2))?;
    Ok(cx.new_object(&READER, &[lines, dialect, Value::small(0)]))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    RecordStart,
    FieldStart,
    Escaped,
    Field,
    Quoted,
    EscapedInQuoted,
    QuoteInQuoted,
    LineEnd,
    AfterEscapedLineEnd,
}

/// A row being read.
struct Row {
    at: At,
    field: Vec<u8>,
    chars: i64,
    unquoted: bool,
    fields: List,
    limit: i64,
}

fn next(cx: &mut Ctx, it: Value) -> PyResult {
    let o = crate::arguments::this(cx, it)?;
    let (lines, dialect) = (o.slot(cx, 0), o.slot(cx, 1));
    let rules = dialect::rules(cx, dialect)?;
    let limit = FIELD_LIMIT.load(Ordering::Relaxed);
    let mut row =
        Row { at: At::RecordStart, field: Vec::new(), chars: 0, unquoted: true, fields: List::new(cx), limit };
    let plain = plain_bytes(&rules);
    loop {
        let Some(line) = next_line(cx, o, lines)? else {
            if row.chars == 0 && row.at != At::Quoted {
                return Ok(Value::EMPTY);
            }
            if rules.strict {
                return Err(error(cx, "unexpected end of data"));
            }
            row.save(cx, &rules)?;
            return Ok(row.fields.value());
        };
        let Some(text) = Str::of_sub(cx, line) else {
            let name = type_name(cx, line);
            return Err(error(
                cx,
                format!("iterator should return strings, not {name} (the file should be opened in text mode)"),
            ));
        };
        let count = o.slot_int(cx, 2) + 1;
        let count = int::from_i64(cx, count);
        o.set_slot(cx, 2, count);
        let (bytes, mut at) = (text.as_bytes(), 0);
        while let Some((c, n)) = pytext::wtf8::decode(bytes, at) {
            match row.take_plain(cx, &plain, &bytes[at..])? {
                0 => {
                    row.take(cx, &rules, Some(c))?;
                    at += n;
                }
                n => at += n,
            }
        }
        row.take(cx, &rules, None)?;
        if row.at == At::RecordStart {
            advanced(o);
            return Ok(row.fields.value());
        }
        cx.poll()?;
    }
}

/// The characters of ASCII that mean nothing but themselves.
fn plain_bytes(rules: &Rules) -> [bool; 128] {
    let mut plain = [true; 128];
    let space = rules.skipinitialspace.then_some(u32::from(b' '));
    let special = [Some(rules.delimiter), rules.quotechar, rules.escapechar, space, Some(10), Some(13)];
    for c in special.into_iter().flatten() {
        if let Some(place) = plain.get_mut(c as usize) {
            *place = false;
        }
    }
    plain
}

thread_local! {
    /// The readers that wait for a line on this thread, innermost last, by address (what waits lives and stays where it is), and
    /// whether their source of lines asked them for a row itself. Other threads may read rows as they like.
    static WAITING: RefCell<Vec<(u64, bool)>> = const { RefCell::new(Vec::new()) };
}

/// Notes that `o` gave a row: who waits for a line of it on this thread must not go on.
fn advanced(o: Obj) {
    let me = o.value().bits();
    WAITING.with_borrow_mut(|waiting| {
        if let Some(last) = waiting.iter_mut().rfind(|(reader, _)| *reader == me) {
            last.1 = true;
        }
    });
}

/// The next line of the source, which must not ask the reader for rows meanwhile.
fn next_line(cx: &mut Ctx, o: Obj, lines: Value) -> Res<Option<Value>> {
    WAITING.with_borrow_mut(|waiting| waiting.push((o.value().bits(), false)));
    let line = protocol::next(cx, lines);
    let asked = WAITING.with_borrow_mut(Vec::pop).is_some_and(|(_, asked)| asked);
    if asked && line.is_ok() {
        return Err(error(cx, "iterator has already advanced the reader"));
    }
    line
}

impl Row {
    fn add(&mut self, cx: &mut Ctx, c: u32) -> Res<()> {
        if self.chars >= self.limit {
            let limit = self.limit;
            return Err(error(cx, format!("field larger than field limit ({limit})")));
        }
        pytext::wtf8::push(&mut self.field, c);
        self.chars += 1;
        Ok(())
    }

    /// Takes the plain characters that the text begins with, where they belong to a field; how many.
    fn take_plain(&mut self, cx: &mut Ctx, plain: &[bool; 128], text: &[u8]) -> Res<usize> {
        if !matches!(self.at, At::RecordStart | At::FieldStart | At::Field | At::Quoted) {
            return Ok(0);
        }
        let ends = |&b: &u8| !plain.get(usize::from(b)).is_some_and(|&plain| plain);
        let n = text.iter().position(ends).unwrap_or(text.len());
        if n == 0 {
            return Ok(0);
        }
        if n as i64 > self.limit - self.chars {
            let limit = self.limit;
            return Err(error(cx, format!("field larger than field limit ({limit})")));
        }
        if self.at != At::Quoted {
            self.at = At::Field;
        }
        self.field.extend_from_slice(&text[..n]);
        self.chars += n as i64;
        Ok(n)
    }

    fn save(&mut self, cx: &mut Ctx, rules: &Rules) -> Res<()> {
        let text = Str::wish(cx, &self.field)?;
        let empty = self.chars == 0;
        let v = match rules.quoting {
            Quoting::NotNull | Quoting::Strings if self.unquoted && empty => Value::NONE,
            Quoting::NonNumeric | Quoting::Strings if self.unquoted && !empty => {
                let class = cx.types.float.value();
                protocol::call(cx, class, &[text])?
            }
            _ => text,
        };
        cx.poll()?;
        self.fields.push(cx, v);
        self.field.clear();
        self.chars = 0;
        self.unquoted = true;
        Ok(())
    }

    /// The end of a field at the end of a line: `c` is None at the end of the text.
    fn end_line(&mut self, cx: &mut Ctx, rules: &Rules, c: Option<u32>) -> Res<()> {
        self.save(cx, rules)?;
        self.at = if c.is_none() { At::RecordStart } else { At::LineEnd };
        Ok(())
    }

    /// Takes one character, or the end of a line's text.
    fn take(&mut self, cx: &mut Ctx, rules: &Rules, c: Option<u32>) -> Res<()> {
        const NEWLINE: u32 = b'\n' as u32;
        let ends = c.is_none_or(|c| c == NEWLINE || c == u32::from(b'\r'));
        let is = |x: Option<u32>| c.is_some() && c == x;
        let quote = is(rules.quotechar) && rules.quoting != Quoting::None;
        match self.at {
            At::RecordStart if c.is_none() => Ok(()),
            At::RecordStart if ends => {
                self.at = At::LineEnd;
                Ok(())
            }
            At::RecordStart | At::FieldStart => {
                self.at = At::FieldStart;
                if ends {
                    return self.end_line(cx, rules, c);
                }
                if quote {
                    self.unquoted = false;
                    self.at = At::Quoted;
                } else if is(rules.escapechar) {
                    self.at = At::Escaped;
                } else if is(Some(u32::from(b' '))) && rules.skipinitialspace {
                } else if is(Some(rules.delimiter)) {
                    return self.save(cx, rules);
                } else if let Some(c) = c {
                    self.at = At::Field;
                    return self.add(cx, c);
                }
                Ok(())
            }
            At::Escaped => {
                self.at = if ends && c.is_some() { At::AfterEscapedLineEnd } else { At::Field };
                self.add(cx, c.unwrap_or(NEWLINE))
            }
            At::AfterEscapedLineEnd if c.is_none() => Ok(()),
            At::AfterEscapedLineEnd | At::Field => {
                self.at = At::Field;
                if ends {
                    return self.end_line(cx, rules, c);
                }
                if is(rules.escapechar) {
                    self.at = At::Escaped;
                } else if is(Some(rules.delimiter)) {
                    self.at = At::FieldStart;
                    return self.save(cx, rules);
                } else if let Some(c) = c {
                    return self.add(cx, c);
                }
                Ok(())
            }
            At::Quoted => {
                let Some(c) = c else { return Ok(()) };
                if is(rules.escapechar) {
                    self.at = At::EscapedInQuoted;
                    Ok(())
                } else if quote {
                    self.at = if rules.doublequote { At::QuoteInQuoted } else { At::Field };
                    Ok(())
                } else {
                    self.add(cx, c)
                }
            }
            At::EscapedInQuoted => {
                self.at = At::Quoted;
                self.add(cx, c.unwrap_or(NEWLINE))
            }
            At::QuoteInQuoted => {
                if quote {
                    self.at = At::Quoted;
                    return self.add(cx, c.unwrap_or(NEWLINE));
                }
                if is(Some(rules.delimiter)) {
                    self.at = At::FieldStart;
                    return self.save(cx, rules);
                }
                match c.filter(|_| !ends) {
                    None => self.end_line(cx, rules, c),
                    Some(c) if !rules.strict => {
                        self.at = At::Field;
                        self.add(cx, c)
                    }
                    Some(_) => {
                        let show = |c: u32| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER);
                        let (d, q) = (show(rules.delimiter), show(rules.quotechar.unwrap_or(u32::from(b'"'))));
                        Err(error(cx, format!("'{d}' expected after '{q}'")))
                    }
                }
            }
            At::LineEnd => match c {
                None => {
                    self.at = At::RecordStart;
                    Ok(())
                }
                Some(_) if ends => Ok(()),
                Some(_) => Err(error(
                    cx,
                    "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                )),
            },
        }
    }
}
