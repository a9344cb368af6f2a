//! `strftime`: what the C library does not know of is replaced first, the rest is `time.strftime`'s.

use engine::prelude::*;

use crate::text::Text;
use crate::zone;

/// What a format is filled from.
pub struct Source {
    /// The zone, None if there is none.
    pub zone: Value,
    /// What the zone is asked about.
    pub about: Value,
    /// Microseconds.
    pub micros: i64,
    /// The year.
    pub year: i64,
    /// What `time.strftime` gets.
    pub tuple: Value,
}

/// `format` filled in.
pub fn strftime(cx: &mut Ctx, format: Str, source: &Source) -> PyResult {
    let filled = fill(cx, format, source)?;
    time_strftime(cx, filled, source.tuple)
}

fn time_strftime(cx: &mut Ctx, format: Value, tuple: Value) -> PyResult {
    let f = protocol::import_attr(cx, "time", "strftime")?;
    protocol::call(cx, f, &[format, tuple])
}

/// The letter after a `%` that is ours, and the number of bytes of the whole directive.
fn directive(rest: &[u8]) -> Option<(u8, usize)> {
    match rest {
        [b':', b'z', ..] => Some((b':', 3)),
        [c @ (b'z' | b'Z' | b'f' | b'Y' | b'G' | b'F' | b'C'), ..] => Some((*c, 2)),
        _ => None,
    }
}

fn fill(cx: &mut Ctx, format: Str, source: &Source) -> PyResult {
    let bytes = format.as_bytes().to_vec();
    let mut out: Vec<u8> = Vec::new();
    let mut changed = false;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'%' {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        let Some((letter, len)) = directive(&bytes[at + 1..]) else {
            let end = (at + 2).min(bytes.len());
            out.extend_from_slice(&bytes[at..end]);
            at = end;
            continue;
        };
        if replace(cx, letter, source, &mut out)? {
            changed = true;
        } else {
            out.extend_from_slice(&bytes[at..at + len]);
        }
        at += len;
    }
    if changed { Str::wish(cx, &out) } else { Ok(format.value()) }
}

/// The name of a zone with its `%` doubled.
fn doubled(cx: &mut Ctx, name: Value) -> Res<Str> {
    if let Some(s) = Str::of(name)
        && !s.as_bytes().contains(&b'%')
    {
        return Ok(s);
    }
    let (method, percent, two) = (cx.intern(b"replace"), Str::new(cx, "%"), Str::new(cx, "%%"));
    let name = protocol::call_method(cx, name, method, &[percent, two])?;
    match Str::of_sub(cx, name) {
        Some(s) => Ok(s),
        None => Err(cx.type_error("tzname.replace() did not return a string")),
    }
}

/// Adds what stands for a directive; false if the C library knows that itself.
fn replace(cx: &mut Ctx, letter: u8, source: &Source, out: &mut Vec<u8>) -> Res<bool> {
    match letter {
        b'f' => {
            let mut text = Text::new();
            text.number(source.micros, 6);
            out.extend_from_slice(text.as_bytes());
        }
        b'Z' => {
            let name = zone::name(cx, source.zone, source.about)?;
            let name = if name.is_none() { None } else { Some(doubled(cx, name)?) };
            if let Some(name) = name {
                out.extend_from_slice(name.as_bytes());
            }
        }
        b'z' | b':' => {
            if let Some(offset) = zone::offset(cx, source.zone, source.about)? {
                let mut text = Text::new();
                text.offset(offset, letter == b':');
                out.extend_from_slice(text.as_bytes());
            }
        }
        // The C library writes years before 1000 with fewer digits.
        _ if source.year >= 1000 => return Ok(false),
        b'Y' => out.extend_from_slice(format!("{:04}", source.year).as_bytes()),
        b'F' => out.extend_from_slice(format!("{:04}-%m-%d", source.year).as_bytes()),
        b'C' => out.extend_from_slice(format!("{:02}", source.year / 100).as_bytes()),
        _ => {
            let directive = Str::new(cx, "%G");
            let year = time_strftime(cx, directive, source.tuple)?;
            let digits = Str::of_sub(cx, year).map_or(String::new(), |s| s.to_string_lossy().into_owned());
            let year = digits.parse::<i64>().unwrap_or(source.year);
            out.extend_from_slice(format!("{year:04}").as_bytes());
        }
    }
    Ok(true)
}
