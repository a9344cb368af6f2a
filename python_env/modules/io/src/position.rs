//! Where a `TextIOWrapper` stands in its buffer: `tell` and `seek`.
//!
//! A native codec keeps nothing but bytes that wait, so its position is a number of bytes. A decoder in Python has a state: its position is
//! a cookie as CPython's, where to start, with which flags, how much to feed from there and how much of the text to skip.

use engine::objects::{Bytes, Tuple};
use engine::prelude::*;
use engine::protocol;
use memchr::memchr;
use proto_core::sync::Ordering;
use pynumeric::{BigInt, Sign};
use pytext::codecs::handlers::{self, Encoding, Handler};
use pytext::wtf8;

use crate::newline;
use crate::streams::{self, call, obj, unsupported};
use crate::textio::{DECODER, ENCODER, Newline, Reading, Settings, State, check_open, state};

/// Forgets what was read ahead.
pub fn reset_reading(s: &State) {
    let mut r = s.reading.lock();
    *r = Reading::none(r.seen);
}

/// What follows is read where a writer stands, but for lines that are being iterated over; a character that is not whole is lost.
pub fn writer_takes_over(s: &State) {
    let mut r = s.reading.lock();
    if r.snapshot {
        *r = Reading::none(r.seen);
        return;
    }
    let whole = r.chunk.len() - r.pending;
    r.chunk.truncate(whole);
    r.pending = 0;
    r.eof = false;
}

pub fn reset_decoder(cx: &mut Ctx, v: Value) -> Res<()> {
    let decoder = obj(cx, v)?.slot(cx, DECODER);
    if decoder != Value::EMPTY {
        call(cx, decoder, "reset", &[])?;
    }
    Ok(())
}

/// The end of the stream was delivered: from here on the buffer's position is the stream's.
pub fn at_end(s: &State) {
    let mut r = s.reading.lock();
    if r.at == r.text.len() {
        *r = Reading::none(r.seen);
    } else {
        r.eof = false;
    }
}

/// What a decoder in Python keeps and its flags, if `tell` will want to know.
pub fn snapshot(cx: &mut Ctx, v: Value, s: &State) -> Res<Option<(Vec<u8>, i64)>> {
    let decoder = obj(cx, v)?.slot(cx, DECODER);
    if decoder == Value::EMPTY || !s.settings.lock().seekable || !s.telling.load(Ordering::Relaxed) {
        return Ok(None);
    }
    decoder_state(cx, decoder).map(Some)
}

fn decoder_state(cx: &mut Ctx, decoder: Value) -> Res<(Vec<u8>, i64)> {
    let state = call(cx, decoder, "getstate", &[])?;
    let Some(t) = Tuple::of_sub(cx, state).filter(|t| t.len() == 2) else {
        return Err(cx.type_error("illegal decoder state"));
    };
    let Some(kept) = Bytes::of_sub(cx, t.get(0)) else {
        let name = types::type_name(cx, t.get(0));
        return Err(
            cx.type_error(format!("illegal decoder state: the first item should be a bytes object, not '{name}'"))
        );
    };
    let kept = kept.as_slice().to_vec();
    let flags = protocol::index(cx, t.get(1))?;
    Ok((kept, flags))
}

/// Gives a decoder the state of a place where it keeps nothing.
fn restore(cx: &mut Ctx, decoder: Value, start: i64, flags: i64) -> Res<()> {
    if start == 0 && flags == 0 {
        call(cx, decoder, "reset", &[])?;
        return Ok(());
    }
    set_state(cx, decoder, &[], flags)
}

fn set_state(cx: &mut Ctx, decoder: Value, kept: &[u8], flags: i64) -> Res<()> {
    let parts = [Bytes::wish(cx, kept)?, int::from_i64(cx, flags)];
    let state = Tuple::new(cx, &parts);
    call(cx, decoder, "setstate", &[state])?;
    Ok(())
}

/// Decodes; the text as bytes.
fn decoded(cx: &mut Ctx, decoder: Value, input: &[u8], last: bool) -> Res<Vec<u8>> {
    let input = Bytes::wish(cx, input)?;
    let text = call(cx, decoder, "decode", &[input, Value::bool(last)])?;
    match Str::of_sub(cx, text) {
        Some(t) => protocol::buffer::copied(cx, t.as_bytes()),
        None => {
            let name = types::type_name(cx, text);
            Err(cx.type_error(format!("decoder should return a string result, not '{name}'")))
        }
    }
}

/// A position that a decoder in Python can come back to.
#[derive(Clone, Copy, Default)]
struct Cookie {
    start: i64,
    flags: i64,
    feed: usize,
    skip: usize,
    needs_end: bool,
}

impl Cookie {
    const SIZE: usize = 21;

    fn value(self, cx: &mut Ctx) -> PyResult {
        if self.flags == 0 && self.feed == 0 && self.skip == 0 && !self.needs_end {
            return Ok(int::from_i64(cx, self.start));
        }
        let small = |n: i64| i32::try_from(n).ok().map(i32::to_le_bytes);
        let (Some(flags), Some(feed), Some(skip)) =
            (small(self.flags), small(self.feed as i64), small(self.skip as i64))
        else {
            return Err(cx.overflow_error("Python int too large to convert to C int"));
        };
        let mut bytes = self.start.to_le_bytes().to_vec();
        for part in [flags, feed, skip] {
            bytes.extend_from_slice(&part);
        }
        bytes.push(u8::from(self.needs_end));
        Ok(int::from_big(cx, BigInt::from_bytes_le(Sign::Plus, &bytes)))
    }

    fn parse(cx: &mut Ctx, v: Value) -> Res<Cookie> {
        if let Some(start) = int::to_i64(v) {
            return Ok(Cookie { start, ..Cookie::default() });
        }
        let mut bytes = int::to_big(v).map_or(Vec::new(), |n| n.to_bytes_le().1);
        if bytes.len() > Cookie::SIZE {
            return Err(cx.overflow_error("int too big to convert"));
        }
        bytes.resize(Cookie::SIZE, 0);
        let word = |at: usize| bytes[at..at + 4].iter().rev().fold(0u32, |n, &b| n << 8 | u32::from(b)) as i32;
        let start = (u64::from(word(4) as u32) << 32 | u64::from(word(0) as u32)) as i64;
        let count = |n: i32| usize::try_from(n).unwrap_or(0);
        Ok(Cookie {
            start,
            flags: i64::from(word(8)),
            feed: count(word(12)),
            skip: count(word(16)),
            needs_end: bytes[20] != 0,
        })
    }
}

pub fn seek(cx: &mut Ctx, args: Args) -> PyResult {
    let b = check_open(cx, args[0])?;
    let whence = args.index_or(cx, 2, 0)?;
    let mut target = protocol::number::index_value(cx, args[1])?;
    let s = state(cx, args[0])?;
    if !s.settings.lock().seekable {
        return Err(unsupported(cx, "underlying stream is not seekable"));
    }
    let zero = target == Value::small(0);
    match whence {
        1 if !zero => return Err(unsupported(cx, "can't do nonzero cur-relative seeks")),
        2 if !zero => return Err(unsupported(cx, "can't do nonzero end-relative seeks")),
        0 if int::sign(target) < 0 => {
            let shown = protocol::repr(cx, target)?;
            let shown = protocol::text(cx, shown);
            return Err(cx.value_error(format!("negative seek position {shown}")));
        }
        0..=2 => {}
        _ => return Err(cx.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    }
    if whence == 1 {
        target = call(cx, args[0], "tell", &[])?;
        target = protocol::number::index_value(cx, target)?;
    }
    let cookie = Cookie::parse(cx, target)?;
    call(cx, args[0], "flush", &[])?;
    let _held = s.lock.lock(cx, "a text stream")?;
    let start = int::from_i64(cx, cookie.start);
    let at = call(cx, b, "seek", &[start, Value::small(if whence == 2 { 2 } else { 0 })])?;
    reset_reading(&s);
    let decoder = obj(cx, args[0])?.slot(cx, DECODER);
    if decoder != Value::EMPTY {
        match whence {
            2 => reset_decoder(cx, args[0])?,
            _ => restore(cx, decoder, cookie.start, cookie.flags)?,
        }
        if cookie.skip > 0 {
            go_on(cx, &s, b, decoder, cookie)?;
        } else {
            s.reading.lock().flags = Some(cookie.flags);
        }
    }
    let at_start = at == Value::small(0) && cookie.flags == 0;
    s.settings.lock().marked = !at_start;
    let encoder = obj(cx, args[0])?.slot(cx, ENCODER);
    if encoder != Value::EMPTY {
        match at_start {
            true => call(cx, encoder, "reset", &[])?,
            false => call(cx, encoder, "setstate", &[Value::small(0)])?,
        };
    }
    Ok(if whence == 2 { at } else { target })
}

/// Decodes from a cookie's start to its place.
fn go_on(cx: &mut Ctx, s: &State, b: Value, decoder: Value, cookie: Cookie) -> Res<()> {
    let size = int::from_usize(cx, cookie.feed);
    let piece = call(cx, b, "read", &[size])?;
    let Some(piece) = Bytes::of_sub(cx, piece).map(|p| p.as_slice().to_vec()) else {
        let name = types::type_name(cx, piece);
        return Err(cx.type_error(format!("underlying read() should have returned a bytes object, not '{name}'")));
    };
    let text = decoded(cx, decoder, &piece, cookie.needs_end)?;
    let skipped = wtf8::offset(&text, cookie.skip);
    if wtf8::count(&text[..skipped]) < cookie.skip {
        return Err(cx.raise(Exc::OSError, "can't restore logical file position"));
    }
    let mut r = s.reading.lock();
    let seen = r.seen;
    *r = Reading { text, at: skipped, chunk: piece, flags: Some(cookie.flags), ..Reading::none(seen) };
    Ok(())
}

pub fn tell(cx: &mut Ctx, args: Args) -> PyResult {
    let b = check_open(cx, args[0])?;
    let s = state(cx, args[0])?;
    if !s.settings.lock().seekable {
        return Err(unsupported(cx, "underlying stream is not seekable"));
    }
    if !s.telling.load(Ordering::Relaxed) {
        return Err(cx.raise(Exc::OSError, "telling position disabled by next() call"));
    }
    call(cx, args[0], "flush", &[])?;
    let end = call(cx, b, "tell", &[])?;
    let end = streams::int_of(cx, end)?;
    let decoder = obj(cx, args[0])?.slot(cx, DECODER);
    let (start, flags, chunk, used, chars) = {
        let r = s.reading.lock();
        let start = end - r.chunk.len() as i64;
        let Some(flags) = r.flags.filter(|_| decoder != Value::EMPTY) else {
            let here = match decoder {
                Value::EMPTY => start + consumed(&r, &s.settings.lock()) as i64,
                _ => end,
            };
            return Ok(int::from_i64(cx, here));
        };
        let text = &r.text[r.base..];
        (start, flags, r.chunk.clone(), wtf8::count(&text[..r.at.saturating_sub(r.base)]), wtf8::count(text))
    };
    if used == 0 {
        return Cookie { start, flags, ..Cookie::default() }.value(cx);
    }
    let (kept, now) = decoder_state(cx, decoder)?;
    let found = find(cx, decoder, &chunk, Cookie { start, flags, skip: used, ..Cookie::default() }, chars);
    // The decoder goes on where it was, whatever the search met.
    let found = match found {
        Ok(cookie) => cookie,
        Err(r) => {
            let exc = cx.take(r);
            if let Err(second) = set_state(cx, decoder, &kept, now) {
                return Err(streams::after(cx, second, exc));
            }
            return Err(cx.restore(exc));
        }
    };
    set_state(cx, decoder, &kept, now)?;
    found.value(cx)
}

/// The cookie of the place `skip` characters after the start of `chunk`, which gave `chars`: from the last place before it at which the
/// decoder keeps nothing.
fn find(cx: &mut Ctx, decoder: Value, chunk: &[u8], mut cookie: Cookie, chars: usize) -> Res<Cookie> {
    // A guess first, and back from there.
    let mut near = chunk.len() * cookie.skip / chars.max(1);
    let mut back = 1;
    while near > 0 {
        restore(cx, decoder, cookie.start, cookie.flags)?;
        let text = decoded(cx, decoder, &chunk[..near], false)?;
        let count = wtf8::count(&text);
        if count <= cookie.skip {
            let (kept, flags) = decoder_state(cx, decoder)?;
            if kept.is_empty() {
                cookie.flags = flags;
                cookie.skip -= count;
                break;
            }
            near = near.saturating_sub(kept.len());
            back = 1;
        } else {
            near = near.saturating_sub(back);
            back *= 2;
        }
    }
    if near == 0 {
        restore(cx, decoder, cookie.start, cookie.flags)?;
    }
    cookie.start += near as i64;
    let mut count = 0;
    let mut rest = &chunk[near..];
    while cookie.skip > 0 {
        let Some((byte, after)) = rest.split_at_checked(1) else {
            // Only the end of the stream gives the rest.
            count += wtf8::count(&decoded(cx, decoder, b"", true)?);
            cookie.needs_end = true;
            if count < cookie.skip {
                return Err(cx.raise(Exc::OSError, "can't reconstruct logical file position"));
            }
            break;
        };
        count += wtf8::count(&decoded(cx, decoder, byte, false)?);
        cookie.feed += 1;
        let (kept, flags) = decoder_state(cx, decoder)?;
        if kept.is_empty() && count <= cookie.skip {
            cookie.start += cookie.feed as i64;
            cookie.skip -= count;
            cookie.flags = flags;
            (cookie.feed, count) = (0, 0);
        }
        if count >= cookie.skip {
            break;
        }
        rest = after;
    }
    Ok(cookie)
}

/// Where only a search finds how many bytes the delivered text came from, it goes when it is this long.
const LONG: usize = 1 << 20;

/// Forgets the text that has been delivered, and the bytes that it came from.
pub fn drop_delivered(r: &mut Reading, settings: &Settings) {
    let at = r.at;
    if at == 0 && !r.text.is_empty() {
        return;
    }
    let bytes = if at == r.text.len() {
        r.chunk.len() - r.pending
    } else if settings.decoding().is_none() {
        // The chunk belongs to the text behind `base`, and the next one takes its place.
        0
    } else {
        match consumed_unchanged(r, settings) {
            Some(n) => n,
            None if at >= LONG => consumed(r, settings),
            None => return,
        }
    };
    r.text.drain(..at);
    r.chunk.drain(..bytes);
    (r.at, r.base) = (0, r.base.saturating_sub(at));
}

/// As [`consumed`], where the text is the bytes, but for line ends.
fn consumed_unchanged(r: &Reading, settings: &Settings) -> Option<usize> {
    if !matches!(settings.decoding()?, (Encoding::Utf8 | Encoding::Ascii, Handler::Strict)) {
        return None;
    }
    let (mut text, mut bytes) = (0, 0);
    if settings.newline == Newline::Translate {
        while let Some(i) = memchr(b'\r', &r.chunk[bytes..]) {
            if text + i >= r.at {
                break;
            }
            text += i + 1;
            bytes += i + 1;
            bytes += usize::from(r.chunk.get(bytes) == Some(&b'\n'));
        }
    }
    Some(bytes + (r.at - text))
}

/// How many bytes of the chunk the delivered text came from: the shortest prefix that decodes to as much text.
fn consumed(r: &Reading, settings: &Settings) -> usize {
    let Some((encoding, handler)) = settings.decoding() else {
        return 0;
    };
    let translate = settings.newline == Newline::Translate;
    let decoded_len = |n: usize| -> usize {
        let Ok((mut text, _)) = handlers::decode(encoding, &r.chunk[..n], handler, false) else { return usize::MAX };
        if translate {
            let mut seen = 0;
            newline::scan(&mut text, true, &mut seen);
        }
        text.len()
    };
    if r.at == r.text.len() {
        return r.chunk.len() - r.pending;
    }
    if let Some(n) = consumed_unchanged(r, settings) {
        return n;
    }
    let (mut low, mut high) = (0, r.chunk.len());
    while low < high {
        let mid = low + (high - low) / 2;
        if decoded_len(mid) < r.at { low = mid + 1 } else { high = mid }
    }
    // Between \r and \n of one line end: both are consumed.
    if translate && low > 0 && r.chunk[low - 1] == b'\r' && r.chunk.get(low) == Some(&b'\n') {
        low += 1;
    }
    low
}
