//! Lines of text streams.

use engine::prelude::*;
use proto_core::sync::Ordering;
use pytext::{search, wtf8};

use super::{Newline, State, check_open, deliver, fill, pass_on, require_decoder, state};
use crate::{newline, position, streams};

/// Bytes of a line that is handed out at once.
const SHORT: usize = 4096;

/// The length of the first line of `text` with its end, if it is whole.
fn line_end(text: &[u8], newline: &Newline) -> Option<usize> {
    match newline {
        Newline::Translate => search::find(text, b"\n").map(|i| i + 1),
        Newline::Universal => newline::universal_line(text),
        Newline::Only(end) => search::find(text, end.as_bytes()).map(|i| i + end.len()),
    }
}

fn next_line(cx: &mut Ctx, v: Value, limit: i64) -> Res<Vec<u8>> {
    let b = check_open(cx, v)?;
    let s = state(cx, v)?;
    pass_on(cx, &s, b)?;
    let _held = s.lock.lock(cx, "a text stream")?;
    let mode = s.settings.lock().newline.clone();
    // Bytes in which no line ends, unless what follows the last of them makes it a line's end.
    let mut searched = 0usize;
    loop {
        let found = {
            let r = s.reading.lock();
            let rest = &r.text[r.at..];
            let from = searched.saturating_sub(1).min(rest.len());
            let mut found = line_end(&rest[from..], &mode).map(|n| from + n);
            searched = rest.len();
            if limit >= 0 {
                let bound = wtf8::offset(rest, limit as usize);
                // The bound counts once that many characters are there.
                if found.is_some_and(|n| n > bound)
                    || (found.is_none() && wtf8::count(&rest[..bound]) == limit as usize)
                {
                    found = Some(bound);
                }
            }
            found
        };
        if let Some(n) = found {
            return Ok(deliver(&s, n));
        }
        if !fill(cx, v, &s, b)? {
            // At the end of the stream the rest is a line.
            let rest = {
                let r = s.reading.lock();
                let rest = &r.text[r.at..];
                if limit >= 0 { wtf8::offset(rest, limit as usize) } else { rest.len() }
            };
            let line = deliver(&s, rest);
            position::at_end(&s);
            return Ok(line);
        }
    }
}

/// The next line, if all of it has been read ahead and it is short: most are.
fn line_at_hand(cx: &mut Ctx, s: &State) -> Res<Option<Value>> {
    let _held = s.lock.lock(cx, "a text stream")?;
    let newline = {
        let settings = s.settings.lock();
        settings.readable.then(|| settings.newline.clone())
    };
    let Some(newline) = newline else { return Ok(None) };
    let mut r = s.reading.lock();
    let rest = &r.text[r.at..];
    let Some(n) = line_end(rest, &newline).filter(|&n| n <= SHORT) else { return Ok(None) };
    // An allocation, which neither collects nor polls.
    let line = Str::from_wtf8(cx, &rest[..n]);
    r.at += n;
    Ok(Some(line))
}

pub(super) fn readline(cx: &mut Ctx, args: Args) -> PyResult {
    let limit = streams::size(cx, args.get(1))?;
    let b = check_open(cx, args[0])?;
    let s = state(cx, args[0])?;
    pass_on(cx, &s, b)?;
    if limit < 0
        && let Some(line) = line_at_hand(cx, &s)?
    {
        return Ok(line);
    }
    require_decoder(cx, args[0])?;
    let out = next_line(cx, args[0], limit)?;
    Str::wish(cx, &out)
}

pub(super) fn next(cx: &mut Ctx, v: Value) -> PyResult {
    let b = check_open(cx, v)?;
    let s = state(cx, v)?;
    pass_on(cx, &s, b)?;
    if let Some(line) = line_at_hand(cx, &s)? {
        s.telling.store(false, Ordering::Relaxed);
        return Ok(line);
    }
    require_decoder(cx, v)?;
    s.telling.store(false, Ordering::Relaxed);
    let out = next_line(cx, v, -1)?;
    if out.is_empty() {
        state(cx, v)?.telling.store(true, Ordering::Relaxed);
        return Ok(Value::EMPTY);
    }
    Str::wish(cx, &out)
}
