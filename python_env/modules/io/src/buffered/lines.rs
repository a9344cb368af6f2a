//! Lines of buffered streams.

use engine::objects::Bytes;
use engine::prelude::*;

use super::{BUFFERED_RANDOM, BUFFERED_READER, State, before_read, check_open, fill, is_one_of, state, take};
use crate::{base, streams};

/// Bytes of a line that is handed out at once.
const SHORT: usize = 4096;

pub(super) fn readline(cx: &mut Ctx, args: Args) -> PyResult {
    let limit = streams::size(cx, args.get(1))?;
    read_line(cx, args[0], limit)
}

pub(super) fn next(cx: &mut Ctx, v: Value) -> PyResult {
    if !is_one_of(cx, v, &[&BUFFERED_READER, &BUFFERED_RANDOM]) {
        return base::next(cx, v);
    }
    let line = read_line(cx, v, -1)?;
    let ended = Bytes::of(line).is_some_and(|b| b.as_slice().is_empty());
    Ok(if ended { Value::EMPTY } else { line })
}

fn read_line(cx: &mut Ctx, v: Value, limit: i64) -> PyResult {
    let raw = check_open(cx, v, "readline of")?;
    let s = state(cx, v)?;
    let _held = s.lock.lock(cx, "a buffered stream")?;
    before_read(cx, &s, raw)?;
    if limit < 0
        && let Some(line) = line_at_hand(cx, &s)
    {
        return Ok(line);
    }
    let mut line = Vec::new();
    loop {
        let room = if limit < 0 { usize::MAX >> 1 } else { limit as usize - line.len() };
        let n = {
            let b = s.buffers.lock();
            let ahead = &b.read[b.at..];
            pytext::search::find(ahead, b"\n").map_or(ahead.len(), |i| i + 1).min(room)
        };
        cx.reserve(&mut line, n)?;
        line.extend(take(&s, n));
        if line.last() == Some(&b'\n') || (limit >= 0 && line.len() >= limit as usize) {
            break;
        }
        match fill(cx, &s, raw)? {
            Some(0) | None => break,
            Some(_) => {}
        }
    }
    Bytes::wish(cx, &line)
}

/// The next line, if all of it has been read ahead and it is short: most are. The lock is held.
fn line_at_hand(cx: &Ctx, s: &State) -> Option<Value> {
    let mut b = s.buffers.lock();
    let ahead = &b.read[b.at..];
    let n = pytext::search::find(ahead, b"\n").map(|i| i + 1).filter(|&n| n <= SHORT)?;
    // An allocation, which neither collects nor polls.
    let line = Bytes::new(cx, &ahead[..n]);
    b.at += n;
    Some(line)
}
