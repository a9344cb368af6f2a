//! Quick forms of the methods of `str` and `bytes`: exact strings, bytes and small ints, no error, no Python code.
//!
//! Each gets the positional arguments, receiver included, and answers EMPTY where the ordinary form must decide. What they
//! compute is what the ordinary forms compute, from the same functions of `pytext`.

use std::ops::Range;

use engine::objects::{Bytes, List, Seq, Tuple};
use engine::prelude::*;
use engine::protocol;
use pytext::search::{self, Unit};
use pytext::strops::{self, Ends};

use crate::arguments::limit;

/// Declares quick forms; `?` on None leaves the call to the ordinary form.
macro_rules! leaves {
    ($($(#[$doc:meta])* $name:ident($cx:ident, $args:ident) $body:block)*) => {
        $($(#[$doc])*
        pub fn $name($cx: &Ctx, $args: &[Value]) -> Value {
            #[inline(always)]
            fn quick($cx: &Ctx, $args: &[Value]) -> Option<Value> $body
            quick($cx, $args).unwrap_or(Value::EMPTY)
        })*
    };
}

/// The only argument.
#[inline(always)]
fn one(args: &[Value]) -> Option<Str> {
    match *args {
        [s] => Str::of(s),
        _ => None,
    }
}

/// Two strings and what follows them.
#[inline(always)]
fn two(args: &[Value]) -> Option<(Str, Str, &[Value])> {
    match args {
        [s, t, rest @ ..] => Some((Str::of(*s)?, Str::of(*t)?, rest)),
        _ => None,
    }
}

/// The byte range that optional `start` and `end` select; None also where nothing can match.
#[inline(always)]
fn range(cx: &Ctx, s: Str, rest: &[Value]) -> Option<Range<usize>> {
    if rest.is_empty() { Some(0..s.byte_len()) } else { range_given(cx, s, rest).map(|(range, _)| range) }
}

/// As [`range`], with the index of the character where it begins.
fn range_given(cx: &Ctx, s: Str, rest: &[Value]) -> Option<(Range<usize>, usize)> {
    let at = |i: usize, default: i64| match rest.get(i) {
        None | Some(&Value::NONE) => Some(default),
        Some(v) => v.as_int(),
    };
    if rest.len() > 2 {
        return None;
    }
    let chars = search::clamp_bounds(at(0, 0)? as isize, at(1, i64::MAX)? as isize, s.len_chars())?;
    Some((s.byte_of_char(cx, chars.start)..s.byte_of_char(cx, chars.end), chars.start))
}

#[inline(always)]
fn locate(cx: &Ctx, args: &[Value], f: impl Fn(&[u8], &[u8]) -> Option<usize>) -> Option<Option<usize>> {
    let (s, needle, rest) = two(args)?;
    let (range, first) = if rest.is_empty() { (0..s.byte_len(), 0) } else { range_given(cx, s, rest)? };
    let at = f(&s.as_bytes()[range.clone()], needle.as_bytes());
    Some(at.map(|at| s.char_near(cx, range.start + at, (range.start, first))))
}

fn count_value(n: usize) -> Option<Value> {
    Value::int(n as i64)
}

/// `startswith` and `endswith`.
#[inline(always)]
fn affix(cx: &Ctx, args: &[Value], test: impl Fn(&[u8], &[u8]) -> bool) -> Option<Value> {
    let [s, choice, rest @ ..] = args else { return None };
    let s = Str::of(*s)?;
    let range = range(cx, s, rest)?;
    let text = &s.as_bytes()[range];
    if let Some(a) = Str::of(*choice) {
        return Some(Value::bool(test(text, a.as_bytes())));
    }
    for v in Tuple::of(*choice)?.as_slice() {
        if test(text, Str::of(*v)?.as_bytes()) {
            return Some(Value::TRUE);
        }
    }
    Some(Value::FALSE)
}

#[inline(always)]
fn part(cx: &Ctx, s: Str, range: Range<usize>) -> Value {
    s.slice_bytes(cx, range.start, range.end)
}

fn strip_ends(cx: &Ctx, args: &[Value], ends: Ends) -> Option<Value> {
    let (s, range) = match *args {
        [s] | [s, Value::NONE] => {
            let s = Str::of(s).filter(|s| is_little(s.byte_len()))?;
            (s, strops::strip(s.as_bytes(), ends))
        }
        [s, chars] => {
            let s = Str::of(s).filter(|s| is_little(s.byte_len()))?;
            (s, strops::strip_chars(s.as_bytes(), Str::of(chars)?.as_bytes(), ends))
        }
        _ => return None,
    };
    Some(part(cx, s, range))
}

/// Whether results of about so many bytes may be made without asking whether there is room.
fn is_little(n: usize) -> bool {
    n < proto_core::memory::LARGE / 8
}

/// Strings of a class.
macro_rules! predicates {
    ($($name:ident)*) => {
        leaves! {
            $(
                #[doc = concat!("`str.", stringify!($name), "()`.")]
                $name(_cx, args) { Some(Value::bool(strops::$name(one(args)?.as_bytes()))) }
            )*
        }
    };
}
predicates! { isalnum isalpha isdecimal isdigit isidentifier islower isnumeric isspace isupper }

fn ascii_case(cx: &Ctx, args: &[Value], change: impl Fn(&mut [u8])) -> Option<Value> {
    let s = one(args)?;
    (s.is_ascii() && is_little(s.byte_len())).then(|| {
        Str::ascii_with(cx, s.byte_len(), |out| {
            out.copy_from_slice(s.as_bytes());
            change(out);
        })
    })
}

/// The text of `s` with blanks or `fill` around it.
fn padded(cx: &Ctx, args: &[Value], split: impl Fn(usize, usize) -> (usize, usize)) -> Option<Value> {
    let (s, width, fill) = match *args {
        [s, width] => (Str::of(s)?, width, b' '),
        [s, width, fill] => match Str::of(fill)?.as_bytes() {
            [b] => (Str::of(s)?, width, *b),
            _ => return None,
        },
        _ => return None,
    };
    let width = width.as_int().filter(|&w| w < 1 << 16)?.max(0) as usize;
    let chars = s.len_chars();
    if width <= chars {
        return Some(s.value());
    }
    if !s.is_ascii() {
        return None;
    }
    let (left, right) = split(chars, width);
    Some(Str::ascii_with(cx, left + chars + right, |out| {
        out.fill(fill);
        out[left..left + chars].copy_from_slice(s.as_bytes());
    }))
}

fn split_list(cx: &Ctx, s: Str, ranges: impl Iterator<Item = Range<usize>>, n: usize) -> Value {
    let mut ranges = ranges;
    List::build(cx, n, |_| part(cx, s, ranges.next().unwrap_or(0..0))).value()
}

fn partition_at(cx: &Ctx, args: &[Value], from_right: bool) -> Option<Value> {
    let (s, sep, rest) = two(args)?;
    if sep.is_empty() || !rest.is_empty() || !is_little(s.byte_len()) {
        return None;
    }
    let empty = Value::short_str(b"")?;
    let found = if from_right {
        search::rpartition(s.as_bytes(), sep.as_bytes())
    } else {
        search::partition(s.as_bytes(), sep.as_bytes())
    };
    let three = match found {
        Some((from, to)) => [part(cx, s, 0..from), sep.value(), part(cx, s, to..s.byte_len())],
        None if from_right => [empty, empty, s.value()],
        None => [s.value(), empty, empty],
    };
    Some(Tuple::new(cx, &three))
}

leaves! {
    /// `str.find`.
    find(cx, args) {
        Some(match locate(cx, args, search::find)? {
            Some(i) => count_value(i)?,
            None => Value::small(-1),
        })
    }
    /// `str.rfind`.
    rfind(cx, args) {
        Some(match locate(cx, args, search::rfind)? {
            Some(i) => count_value(i)?,
            None => Value::small(-1),
        })
    }
    /// `str.index`, where there is one.
    index(cx, args) { count_value(locate(cx, args, search::find)??) }
    /// `str.rindex`, where there is one.
    rindex(cx, args) { count_value(locate(cx, args, search::rfind)??) }
    /// `str.count`.
    count(cx, args) {
        let (s, needle, rest) = two(args)?;
        let range = range(cx, s, rest)?;
        count_value(search::count(&s.as_bytes()[range], needle.as_bytes(), Unit::of_str(s.is_ascii())))
    }
    /// `str.startswith`.
    startswith(cx, args) { affix(cx, args, |s, a| s.starts_with(a)) }
    /// `str.endswith`.
    endswith(cx, args) { affix(cx, args, |s, a| s.ends_with(a)) }
    /// `str.removeprefix`.
    removeprefix(cx, args) {
        let (s, prefix, rest) = two(args)?;
        let skip = if s.as_bytes().starts_with(prefix.as_bytes()) { prefix.byte_len() } else { 0 };
        (rest.is_empty() && is_little(s.byte_len())).then(|| part(cx, s, skip..s.byte_len()))
    }
    /// `str.removesuffix`.
    removesuffix(cx, args) {
        let (s, suffix, rest) = two(args)?;
        let skip = if s.as_bytes().ends_with(suffix.as_bytes()) { suffix.byte_len() } else { 0 };
        (rest.is_empty() && is_little(s.byte_len())).then(|| part(cx, s, 0..s.byte_len() - skip))
    }
    /// `str.strip`.
    strip(cx, args) { strip_ends(cx, args, Ends::Both) }
    /// `str.lstrip`.
    lstrip(cx, args) { strip_ends(cx, args, Ends::Left) }
    /// `str.rstrip`.
    rstrip(cx, args) { strip_ends(cx, args, Ends::Right) }
    /// `str.isascii`.
    isascii(_cx, args) { Some(Value::bool(one(args)?.is_ascii())) }
    /// `str.upper`.
    upper(cx, args) { ascii_case(cx, args, <[u8]>::make_ascii_uppercase) }
    /// `str.lower` and, for ASCII, `str.casefold`.
    lower(cx, args) { ascii_case(cx, args, <[u8]>::make_ascii_lowercase) }
    /// `str.ljust`.
    ljust(cx, args) { padded(cx, args, |chars, width| (0, width - chars)) }
    /// `str.rjust`.
    rjust(cx, args) { padded(cx, args, |chars, width| (width - chars, 0)) }
    /// `str.center`.
    center(cx, args) { padded(cx, args, search::center_padding) }
    /// `str.zfill`, where there is no sign.
    zfill(cx, args) {
        let [s, width] = *args else { return None };
        if matches!(Str::of(s)?.as_bytes().first(), Some(b'+' | b'-')) {
            return None;
        }
        padded(cx, &[s, width, Value::short_str(b"0")?], |chars, width| (width - chars, 0))
    }
    /// `str.split`.
    split(cx, args) {
        let (s, sep, max) = match *args {
            [s] => (s, Value::NONE, -1),
            [s, sep] => (s, sep, -1),
            [s, sep, max] => (s, sep, max.as_int()?),
            _ => return None,
        };
        let s = Str::of(s).filter(|s| is_little(s.byte_len()))?;
        let text = s.as_bytes();
        if sep.is_none() {
            if max >= 0 || !s.is_ascii() {
                return None;
            }
            let words = || search::words(text, strops::is_ascii_space);
            return Some(split_list(cx, s, words(), words().count()));
        }
        let sep = Str::of(sep)?;
        let n = match sep.as_bytes() {
            [] => return None,
            [b] if max < 0 => {
                let n = search::count(text, &[*b], Unit::Byte);
                return Some(split_list(cx, s, search::parts(text, &[*b], usize::MAX), n + 1));
            }
            sep => search::parts(text, sep, limit(max)).count(),
        };
        Some(split_list(cx, s, search::parts(text, sep.as_bytes(), limit(max)), n))
    }
    /// `str.splitlines()`.
    splitlines(cx, args) {
        let s = one(args).filter(|s| is_little(s.byte_len()))?;
        let ranges = strops::splitlines(s.as_bytes(), false);
        let n = ranges.len();
        Some(split_list(cx, s, ranges.into_iter(), n))
    }
    /// `str.partition`.
    partition(cx, args) { partition_at(cx, args, false) }
    /// `str.rpartition`.
    rpartition(cx, args) { partition_at(cx, args, true) }
    /// `str.replace`.
    replace(cx, args) {
        let (s, old, rest) = two(args)?;
        let (new, max) = match *rest {
            [new] => (Str::of(new)?, -1),
            [new, max] => (Str::of(new)?, max.as_int()?),
            _ => return None,
        };
        if s.byte_len().saturating_mul(new.byte_len().max(1)) >= proto_core::memory::LARGE {
            return None;
        }
        let mut out = cx.scratch();
        let unit = Unit::of_str(s.is_ascii());
        let changed = search::replace_into(&mut out, s.as_bytes(), old.as_bytes(), new.as_bytes(), limit(max), unit);
        let made = if changed { Str::from_wtf8(cx, &out) } else { s.value() };
        cx.give_scratch(out);
        Some(made)
    }
    /// `str.join` of a list or tuple.
    join(cx, args) {
        let [sep, items] = *args else { return None };
        Str::join(cx, Str::of(sep)?, Seq::of(items)?).ok()?
    }
    /// `str.encode` to UTF-8.
    encode(cx, args) {
        let s = match *args {
            [s] => Str::of(s)?,
            [s, encoding] if is_utf8(encoding) => Str::of(s)?,
            _ => return None,
        };
        (!s.has_surrogates() && is_little(s.byte_len())).then(|| Bytes::new(cx, s.as_bytes()))
    }
    /// `bytes.decode` of UTF-8 without errors.
    decode(cx, args) {
        let b = match *args {
            [b] => Bytes::of(b)?,
            [b, encoding] if is_utf8(encoding) => Bytes::of(b)?,
            [b, encoding] if Str::of(encoding)?.as_bytes() == b"ascii" || Str::of(encoding)?.as_bytes() == b"latin-1" => {
                Bytes::of(b).filter(|b| b.as_slice().is_ascii())?
            }
            _ => return None,
        };
        is_little(b.len()).then_some(())?;
        Some(Str::new(cx, std::str::from_utf8(b.as_slice()).ok()?))
    }
    /// `str.format` with positional arguments that are strings, small ints or floats.
    format(cx, args) {
        let [template, values @ ..] = args else { return None };
        let template = Str::of(*template)?;
        let text: usize = values.iter().filter_map(|v| Str::of(*v)).map(Str::byte_len).sum();
        is_little(text.max(template.byte_len()).saturating_mul(values.len() + 1)).then_some(())?;
        let mut out = cx.scratch();
        let made = crate::str_format::expand_simple(&mut out, template.as_bytes(), values).map(|()| Str::from_wtf8(cx, &out));
        cx.give_scratch(out);
        made
    }
}

fn is_utf8(encoding: Value) -> bool {
    Str::of(encoding).is_some_and(|e| matches!(e.as_bytes(), b"utf-8" | b"utf8" | b"UTF-8"))
}

/// The receiver and argument as bytes, and what follows them.
#[inline(always)]
fn two_bytes(args: &[Value]) -> Option<(Bytes, Bytes, &[Value])> {
    match args {
        [s, t, rest @ ..] => Some((Bytes::of(*s)?, Bytes::of(*t)?, rest)),
        _ => None,
    }
}

#[inline(always)]
fn bytes_range(b: Bytes, rest: &[Value]) -> Option<Range<usize>> {
    let at = |i: usize, default: i64| match rest.get(i) {
        None | Some(&Value::NONE) => Some(default),
        Some(v) => v.as_int(),
    };
    if rest.len() > 2 {
        return None;
    }
    search::clamp_bounds(at(0, 0)? as isize, at(1, i64::MAX)? as isize, b.len())
}

leaves! {
    /// `bytes.find`.
    bytes_find(_cx, args) {
        let (b, needle, rest) = two_bytes(args)?;
        let range = bytes_range(b, rest)?;
        match search::find(&b.as_slice()[range.clone()], needle.as_slice()) {
            Some(i) => count_value(range.start + i),
            None => Some(Value::small(-1)),
        }
    }
    /// `bytes.count`.
    bytes_count(_cx, args) {
        let (b, needle, rest) = two_bytes(args)?;
        let range = bytes_range(b, rest)?;
        count_value(search::count(&b.as_slice()[range], needle.as_slice(), Unit::Byte))
    }
    /// `bytes.startswith`.
    bytes_startswith(_cx, args) {
        let (b, prefix, rest) = two_bytes(args)?;
        Some(Value::bool(b.as_slice()[bytes_range(b, rest)?].starts_with(prefix.as_slice())))
    }
    /// `bytes.endswith`.
    bytes_endswith(_cx, args) {
        let (b, suffix, rest) = two_bytes(args)?;
        Some(Value::bool(b.as_slice()[bytes_range(b, rest)?].ends_with(suffix.as_slice())))
    }
    /// `bytes.split` at a separator.
    bytes_split(cx, args) {
        let (b, sep, rest) = two_bytes(args)?;
        if sep.len() == 0 || !rest.is_empty() || !is_little(b.len()) {
            return None;
        }
        let parts = || search::parts(b.as_slice(), sep.as_slice(), usize::MAX);
        let n = parts().count();
        let mut ranges = parts();
        Some(List::build(cx, n, |_| Bytes::new(cx, &b.as_slice()[ranges.next().unwrap_or(0..0)])).value())
    }
    /// `bytes.join` of a list or tuple of bytes.
    bytes_join(cx, args) {
        let [sep, items] = *args else { return None };
        let (sep, items) = (Bytes::of(sep)?, Seq::of(items)?);
        if items.len() == 1 {
            return items.get(0).filter(|&only| Bytes::of(only).is_some());
        }
        let mut out = cx.scratch();
        let mut complete = true;
        for i in 0..items.len() {
            let Some(b) = items.get(i).and_then(Bytes::of) else {
                complete = false;
                break;
            };
            if !is_little(out.len() + sep.len() + b.len()) {
                complete = false;
                break;
            }
            if i > 0 {
                out.extend_from_slice(sep.as_slice());
            }
            out.extend_from_slice(b.as_slice());
        }
        let made = complete.then(|| Bytes::new(cx, &out));
        cx.give_scratch(out);
        made
    }
    /// `bytes.hex()`.
    bytes_hex(cx, args) {
        let [b] = *args else { return None };
        let b = Bytes::of(b).filter(|b| is_little(b.len()))?;
        let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' - 10 + n };
        Some(Str::ascii_with(cx, b.len() * 2, |out| {
            for (two, b) in out.chunks_exact_mut(2).zip(b.as_slice()) {
                (two[0], two[1]) = (digit(b >> 4), digit(b & 15));
            }
        }))
    }
}

/// `str(v)` where nothing but text is made: of a str, small int or float.
pub fn str_new(cx: &Ctx, args: &[Value]) -> Value {
    let [class, v] = *args else { return Value::EMPTY };
    if class != cx.types.str.value() {
        return Value::EMPTY;
    }
    if Str::of(v).is_some() {
        return v;
    }
    if let Some(n) = v.as_int() {
        return protocol::decimal(cx, n);
    }
    let mut out = cx.scratch();
    let made = if protocol::str_simple(&mut out, v) { Str::ascii(cx, &out) } else { Value::EMPTY };
    cx.give_scratch(out);
    made
}
