//! The methods that `bytes` and `bytearray` share: each works on the bytes and makes a result of its receiver's type.

use std::any::Any;
use std::ops::Range;

use engine::objects::{Bytes, List, Seq, Tuple};
use engine::prelude::*;
use engine::protocol::{self, buffer};
use pytext::byteops;
use pytext::search::{self, Unit};
use pytext::strops::Ends;

use crate::arguments::{clipped, collect, limit, type_name};
use crate::bytearray;
use crate::codec;

/// Calls `f` with the bytes of a bytes or bytearray object; `f` must not run Python code (it gets no context).
pub fn with<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&[u8]) -> R) -> Res<R> {
    if let Some(b) = Bytes::of_sub(cx, v) {
        return Ok(f(b.as_slice()));
    }
    match bytearray::state(cx, v) {
        Some(state) => Ok(f(&state.data.lock())),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("descriptor requires a 'bytes' object but received a '{name}'")))
        }
    }
}

/// A copy of the bytes.
pub fn taken(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let len = with(cx, v, <[u8]>::len)?;
    let mut out = cx.buffer(len)?;
    with(cx, v, |b| out.extend_from_slice(b))?;
    Ok(out)
}

/// Keeps the size of the bytearray `v` until what this gives is dropped: for calls whose arguments run Python code, which must find
/// that the receiver is in use. None where nothing needs it.
pub fn held(cx: &Ctx, v: Value) -> Option<Box<dyn Any + Send + Sync>> {
    let state = bytearray::state(cx, v)?;
    let _data = state.data.lock();
    Some(state.exports.guard())
}

/// The same if the argument `arg` may run Python code.
fn held_for(cx: &Ctx, v: Value, arg: Value) -> Option<Box<dyn Any + Send + Sync>> {
    if arg.is_int() || Bytes::of(arg).is_some() { None } else { held(cx, v) }
}

/// The bytes of any bytes-like argument.
pub fn bytes_arg(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    buffer::gathered_bytes(cx, v)
}

/// A new object of the same base type as `like`.
pub fn make(cx: &mut Ctx, like: Value, data: &[u8]) -> PyResult {
    if Bytes::of_sub(cx, like).is_some() {
        Bytes::wish(cx, data)
    } else {
        {
            let data = buffer::copied(cx, data)?;
            Ok(bytearray::new(cx, data))
        }
    }
}

/// `like` itself when it is exactly bytes, else a copy.
fn same(cx: &mut Ctx, like: Value) -> PyResult {
    if Bytes::of(like).is_some() {
        return Ok(like);
    }
    let data = taken(cx, like)?;
    make(cx, like, &data)
}

macro_rules! mapping {
    ($($name:ident = $f:expr;)*) => {
        $(pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            let out: Vec<u8> = with(cx, args[0], $f)?;
            make(cx, args[0], &out)
        })*
    };
}
mapping! {
    capitalize = byteops::capitalize;
    title = byteops::title;
    swapcase = byteops::swapcase;
    lower = <[u8]>::to_ascii_lowercase;
    upper = <[u8]>::to_ascii_uppercase;
}

macro_rules! predicate {
    ($($name:ident = $f:expr;)*) => {
        $(pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            Ok(Value::bool(with(cx, args[0], $f)?))
        })*
    };
}
predicate! {
    isalnum = byteops::isalnum;
    isalpha = byteops::isalpha;
    isascii = <[u8]>::is_ascii;
    isdigit = byteops::isdigit;
    islower = byteops::islower;
    isspace = byteops::isspace;
    istitle = byteops::istitle;
    isupper = byteops::isupper;
}

/// What is looked for: bytes-like, or an integer for one byte.
fn needle(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    if !buffer::has_buffer(cx, v) && types::type_of(cx, v).slots().index().is_some() {
        let v = protocol::index_value(cx, v)?;
        return match int::to_i64(v) {
            Some(i) if (0..256).contains(&i) => Ok(vec![i as u8]),
            _ => Err(cx.value_error("byte must be in range(0, 256)")),
        };
    }
    if !buffer::has_buffer(cx, v) {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("argument should be integer or bytes-like object, not '{name}'")));
    }
    bytes_arg(cx, v)
}

/// The optional start and end arguments at 2 and 3.
fn bounds(cx: &mut Ctx, args: Args) -> Res<(isize, isize)> {
    let start = clipped(cx, args.get(2), 0)?;
    let end = clipped(cx, args.get(3), i64::MAX)?;
    Ok((start as isize, end as isize))
}

fn locate(cx: &mut Ctx, args: Args, f: fn(&[u8], &[u8]) -> Option<usize>) -> Res<Option<usize>> {
    let (start, end) = bounds(cx, args)?;
    let _held = held_for(cx, args[0], args[1]);
    let sub = needle(cx, args[1])?;
    with(cx, args[0], |s| {
        let range = search::clamp_bounds(start, end, s.len())?;
        f(&s[range.clone()], &sub).map(|at| range.start + at)
    })
}

fn or_minus_one(cx: &mut Ctx, found: Option<usize>) -> PyResult {
    Ok(match found {
        Some(i) => int::from_usize(cx, i),
        None => Value::small(-1),
    })
}

fn or_error(cx: &mut Ctx, found: Option<usize>) -> PyResult {
    match found {
        Some(i) => Ok(int::from_usize(cx, i)),
        None => Err(cx.value_error("subsection not found")),
    }
}

pub fn find(cx: &mut Ctx, args: Args) -> PyResult {
    let found = locate(cx, args, search::find)?;
    or_minus_one(cx, found)
}

pub fn rfind(cx: &mut Ctx, args: Args) -> PyResult {
    let found = locate(cx, args, search::rfind)?;
    or_minus_one(cx, found)
}

pub fn index(cx: &mut Ctx, args: Args) -> PyResult {
    let found = locate(cx, args, search::find)?;
    or_error(cx, found)
}

pub fn rindex(cx: &mut Ctx, args: Args) -> PyResult {
    let found = locate(cx, args, search::rfind)?;
    or_error(cx, found)
}

pub fn count(cx: &mut Ctx, args: Args) -> PyResult {
    let (start, end) = bounds(cx, args)?;
    let _held = held_for(cx, args[0], args[1]);
    let sub = needle(cx, args[1])?;
    let n = with(cx, args[0], |s| match search::clamp_bounds(start, end, s.len()) {
        Some(range) => search::count(&s[range], &sub, Unit::Byte),
        None => 0,
    })?;
    Ok(int::from_usize(cx, n))
}

pub fn contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let _held = held_for(cx, v, item);
    let sub = if buffer::has_buffer(cx, item) {
        bytes_arg(cx, item)?
    } else if types::type_of(cx, item).slots().index().is_some() {
        needle(cx, item)?
    } else {
        return Err(buffer::not_bytes_like(cx, item));
    };
    with(cx, v, |s| search::find(s, &sub).is_some())
}

fn affix(cx: &mut Ctx, args: Args, name: &str, test: fn(&[u8], &[u8]) -> bool) -> PyResult {
    let (start, end) = bounds(cx, args)?;
    let choices = match Tuple::of_sub(cx, args[1]) {
        Some(t) => t.value(),
        None => {
            if !buffer::has_buffer(cx, args[1]) {
                let got = type_name(cx, args[1]);
                return Err(cx.type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {got}")));
            }
            Tuple::new(cx, &[args[1]])
        }
    };
    if let Some(t) = Tuple::of(choices) {
        for choice in t.items() {
            let a = bytes_arg(cx, choice)?;
            let hit =
                with(cx, args[0], |s| search::clamp_bounds(start, end, s.len()).is_some_and(|r| test(&s[r], &a)))?;
            if hit {
                return Ok(Value::TRUE);
            }
        }
    }
    Ok(Value::FALSE)
}

pub fn startswith(cx: &mut Ctx, args: Args) -> PyResult {
    affix(cx, args, "startswith", |s, a| s.starts_with(a))
}

pub fn endswith(cx: &mut Ctx, args: Args) -> PyResult {
    affix(cx, args, "endswith", |s, a| s.ends_with(a))
}

/// The part of the receiver that `f` chooses.
fn part(cx: &mut Ctx, v: Value, f: impl FnOnce(&[u8]) -> Range<usize>) -> PyResult {
    let data = with(cx, v, |s| {
        let r = f(s);
        (r != (0..s.len())).then(|| s[r].to_vec())
    })?;
    match data {
        Some(data) => make(cx, v, &data),
        None => same(cx, v),
    }
}

pub fn removeprefix(cx: &mut Ctx, args: Args) -> PyResult {
    let a = bytes_arg(cx, args[1])?;
    part(cx, args[0], |s| if s.starts_with(&a) { a.len()..s.len() } else { 0..s.len() })
}

pub fn removesuffix(cx: &mut Ctx, args: Args) -> PyResult {
    let a = bytes_arg(cx, args[1])?;
    part(cx, args[0], |s| if s.ends_with(&a) { 0..s.len() - a.len() } else { 0..s.len() })
}

fn strip_ends(cx: &mut Ctx, args: Args, ends: Ends) -> PyResult {
    let chars = match args.or(1, Value::NONE) {
        Value::NONE => None,
        v => Some(bytes_arg(cx, v)?),
    };
    part(cx, args[0], |s| byteops::strip(s, chars.as_deref(), ends))
}

pub fn strip(cx: &mut Ctx, args: Args) -> PyResult {
    strip_ends(cx, args, Ends::Both)
}

pub fn lstrip(cx: &mut Ctx, args: Args) -> PyResult {
    strip_ends(cx, args, Ends::Left)
}

pub fn rstrip(cx: &mut Ctx, args: Args) -> PyResult {
    strip_ends(cx, args, Ends::Right)
}

fn padded(cx: &mut Ctx, args: Args, name: &str, split: fn(usize, usize) -> (usize, usize)) -> PyResult {
    let width = args.index(cx, 1)?.max(0) as usize;
    let fill = match args.get(2) {
        None => b" ".to_vec(),
        Some(v) => match with(cx, v, <[u8]>::to_vec) {
            Ok(b) if b.len() == 1 => b,
            Ok(b) => {
                let n = b.len();
                return Err(cx.type_error(format!(
                    "{name}(): argument 2 must be a byte string of length 1, not a bytes object of length {n}"
                )));
            }
            Err(r) => {
                cx.clear(r);
                let got = type_name(cx, v);
                return Err(cx.type_error(format!("{name}() argument 2 must be a byte string of length 1, not {got}")));
            }
        },
    };
    cx.make_room_for(width, 2)?;
    let out = with(cx, args[0], |s| {
        (width > s.len()).then(|| {
            let (left, right) = split(s.len(), width);
            search::pad(s, left, right, &fill)
        })
    })?;
    match out {
        Some(out) => make(cx, args[0], &out),
        None => same(cx, args[0]),
    }
}

pub fn center(cx: &mut Ctx, args: Args) -> PyResult {
    padded(cx, args, "center", search::center_padding)
}

pub fn ljust(cx: &mut Ctx, args: Args) -> PyResult {
    padded(cx, args, "ljust", |n, width| (0, width - n))
}

pub fn rjust(cx: &mut Ctx, args: Args) -> PyResult {
    padded(cx, args, "rjust", |n, width| (width - n, 0))
}

pub fn zfill(cx: &mut Ctx, args: Args) -> PyResult {
    let width = args.index(cx, 1)?.max(0) as usize;
    cx.make_room_for(width, 2)?;
    match with(cx, args[0], |s| search::zfill(s, s.len(), width))? {
        Some(out) => make(cx, args[0], &out),
        None => same(cx, args[0]),
    }
}

pub fn expandtabs(cx: &mut Ctx, args: Args) -> PyResult {
    let size = args.c_int_or(cx, 1, 8)?.max(0) as usize;
    let tabs = with(cx, args[0], |s| s.iter().filter(|&&b| b == b'\t').count())?;
    if tabs > 0 && size > (1 << 40) / tabs {
        return Err(cx.overflow_error("result too long"));
    }
    let len = with(cx, args[0], <[u8]>::len)?;
    cx.make_room_for(tabs.saturating_mul(size).saturating_add(len), 2)?;
    let out = with(cx, args[0], |s| search::expandtabs_bytes(s, size))?;
    make(cx, args[0], &out)
}

/// A list of parts of the receiver, of which there are at most one more than `count` says.
fn parts(
    cx: &mut Ctx,
    v: Value,
    count: impl FnOnce(&[u8]) -> usize,
    f: impl FnOnce(&[u8]) -> Vec<Range<usize>>,
) -> PyResult {
    let (n, len) = with(cx, v, |s| (count(s) + 1, s.len()))?;
    cx.make_room_for(n, 40)?;
    // Ranges, copies with what the allocator adds, and the objects made of them.
    cx.make_room_beside(n.saturating_mul(80).saturating_add(len))?;
    let ranges = with(cx, v, f)?;
    // Bytes that are not divided are their own part.
    if Bytes::of(v).is_some() && matches!(ranges.as_slice(), [all] if all.len() == len) {
        return Ok(List::from_slice(cx, &[v]).value());
    }
    let pieces: Vec<Vec<u8>> = with(cx, v, |s| ranges.into_iter().map(|r| s[r].to_vec()).collect())?;
    let list = List::with_capacity(cx, pieces.len());
    for p in pieces {
        let item = make(cx, v, &p)?;
        list.push(cx, item);
    }
    Ok(list.value())
}

/// Bytes at which words or lines end.
fn blanks(s: &[u8]) -> usize {
    s.iter().filter(|b| b.is_ascii_whitespace() || **b == 0x0b).count()
}

fn split_with(
    cx: &mut Ctx,
    args: Args,
    by_space: fn(&[u8], usize) -> Vec<Range<usize>>,
    by_sep: fn(&[u8], &[u8], usize) -> Vec<Range<usize>>,
) -> PyResult {
    let max = limit(args.index_or(cx, 2, -1)?);
    match args.or(1, Value::NONE) {
        Value::NONE => parts(cx, args[0], blanks, |s| by_space(s, max)),
        sep => {
            let _held = held_for(cx, args[0], sep);
            let sep = bytes_arg(cx, sep)?;
            if sep.is_empty() {
                return Err(cx.value_error("empty separator"));
            }
            parts(cx, args[0], |s| search::count(s, &sep, Unit::Byte).min(max), |s| by_sep(s, &sep, max))
        }
    }
}

pub fn split(cx: &mut Ctx, args: Args) -> PyResult {
    split_with(cx, args, byteops::split_whitespace, search::split)
}

pub fn rsplit(cx: &mut Ctx, args: Args) -> PyResult {
    split_with(cx, args, byteops::rsplit_whitespace, search::rsplit)
}

pub fn splitlines(cx: &mut Ctx, args: Args) -> PyResult {
    let keep = args.truth_or(cx, 1, false)?;
    parts(cx, args[0], blanks, |s| byteops::splitlines(s, keep))
}

fn partition_at(cx: &mut Ctx, args: Args, f: fn(&[u8], &[u8]) -> Option<(usize, usize)>, from_right: bool) -> PyResult {
    let sep = bytes_arg(cx, args[1])?;
    if sep.is_empty() {
        return Err(cx.value_error("empty separator"));
    }
    let len = with(cx, args[0], <[u8]>::len)?;
    if Bytes::of_sub(cx, args[0]).is_some() {
        return partition_bytes(cx, args, f, &sep, from_right);
    }
    // The copies, and the objects made of them.
    cx.make_room_for(len, 2)?;
    let [a, b, c] = with(cx, args[0], |s| match f(s, &sep) {
        Some((from, to)) => [s[..from].to_vec(), sep.clone(), s[to..].to_vec()],
        None if from_right => [Vec::new(), Vec::new(), s.to_vec()],
        None => [s.to_vec(), Vec::new(), Vec::new()],
    })?;
    let three = [make(cx, args[0], &a)?, make(cx, args[0], &b)?, make(cx, args[0], &c)?];
    Ok(Tuple::new(cx, &three))
}

/// Of bytes: what is not divided, and what divides, are the objects themselves.
fn partition_bytes(
    cx: &mut Ctx,
    args: Args,
    f: fn(&[u8], &[u8]) -> Option<(usize, usize)>,
    sep: &[u8],
    from_right: bool,
) -> PyResult {
    let empty = Bytes::new(cx, b"");
    let found = with(cx, args[0], |s| f(s, sep).map(|(from, to)| (s[..from].to_vec(), s[to..].to_vec())))?;
    let three = match found {
        Some((before, after)) => [Bytes::wish(cx, &before)?, args[1], Bytes::wish(cx, &after)?],
        None if from_right => [empty, empty, args[0]],
        None => [args[0], empty, empty],
    };
    Ok(Tuple::new(cx, &three))
}

pub fn partition(cx: &mut Ctx, args: Args) -> PyResult {
    partition_at(cx, args, search::partition, false)
}

pub fn rpartition(cx: &mut Ctx, args: Args) -> PyResult {
    partition_at(cx, args, search::rpartition, true)
}

pub fn replace(cx: &mut Ctx, args: Args) -> PyResult {
    let (old, new) = (bytes_arg(cx, args[1])?, bytes_arg(cx, args[2])?);
    let max = limit(args.index_or(cx, 3, -1)?);
    let len = with(cx, args[0], <[u8]>::len)?;
    if new.len() > old.len() && len.saturating_mul(new.len()) >= proto_core::memory::LARGE {
        let n = with(cx, args[0], |s| search::count(s, &old, Unit::Byte))?.min(max);
        cx.make_room_for(n.saturating_mul(new.len() - old.len()).saturating_add(len), 2)?;
    }
    match with(cx, args[0], |s| search::replace(s, &old, &new, max, Unit::Byte))? {
        Some(out) => make(cx, args[0], &out),
        None => same(cx, args[0]),
    }
}

pub fn translate(cx: &mut Ctx, args: Args) -> PyResult {
    let table = match args[1] {
        Value::NONE => None,
        v => {
            let t = bytes_arg(cx, v)?;
            if t.len() != 256 {
                return Err(cx.value_error("translation table must be 256 characters long"));
            }
            Some(t)
        }
    };
    let delete = match args.get(2) {
        Some(v) => bytes_arg(cx, v)?,
        None => Vec::new(),
    };
    let out = with(cx, args[0], |s| byteops::translate(s, table.as_deref(), &delete))?;
    make(cx, args[0], &out)
}

pub fn maketrans(cx: &mut Ctx, args: Args) -> PyResult {
    let (from, to) = (bytes_arg(cx, args[0])?, bytes_arg(cx, args[1])?);
    if from.len() != to.len() {
        return Err(cx.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (a, b) in from.into_iter().zip(to) {
        table[usize::from(a)] = b;
    }
    Bytes::wish(cx, &table)
}

pub fn join(cx: &mut Ctx, args: Args) -> PyResult {
    let _held = held(cx, args[0]);
    let seq = match Seq::of(args[1]) {
        Some(s) => s,
        None => match collect(cx, args[1]) {
            Ok(l) => Seq::List(l),
            Err(r) if cx.matches(&r, Exc::TypeError) && types::type_of(cx, args[1]).slots().iter().is_none() => {
                cx.clear(r);
                return Err(cx.type_error("can only join an iterable"));
            }
            Err(r) => return Err(r),
        },
    };
    if seq.len() == 1
        && Bytes::of_sub(cx, args[0]).is_some()
        && let Some(only) = seq.get(0).filter(|&v| Bytes::of(v).is_some())
    {
        return Ok(only);
    }
    let len = with(cx, args[0], <[u8]>::len)?;
    cx.make_room(len)?;
    let sep = taken(cx, args[0])?;
    let mut out = Vec::new();
    let (mut i, size) = (0, seq.len());
    while let Some(v) = seq.get(i) {
        if i > 0 {
            cx.reserve(&mut out, sep.len())?;
            out.extend_from_slice(&sep);
        }
        if let Some(b) = Bytes::of(v) {
            cx.reserve(&mut out, b.len())?;
            out.extend_from_slice(b.as_slice());
        } else if buffer::has_buffer(cx, v) {
            let b = bytes_arg(cx, v)?;
            if seq.len() != size {
                return Err(cx.runtime_error("sequence changed size during iteration"));
            }
            cx.reserve(&mut out, b.len())?;
            out.extend_from_slice(&b);
        } else {
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("sequence item {i}: expected a bytes-like object, {name} found")));
        }
        i += 1;
    }
    cx.make_room(out.len())?;
    make(cx, args[0], &out)
}

pub fn decode(cx: &mut Ctx, args: Args) -> PyResult {
    let data = taken(cx, args[0])?;
    codec::decode_args(cx, "decode", &data, args.get(1), args.get(2))
}

pub fn hex(cx: &mut Ctx, args: Args) -> PyResult {
    let group = args.c_int_or(cx, 2, 1)?;
    let _held = args.get(1).and_then(|sep| held_for(cx, args[0], sep));
    let data = taken(cx, args[0])?;
    hex_of(cx, &data, args.get(1), group)
}

/// `data.hex(sep, bytes_per_sep)`.
pub fn hex_of(cx: &mut Ctx, data: &[u8], sep: Option<Value>, group: i32) -> PyResult {
    let sep = match sep {
        None => None,
        Some(v) => {
            let sep = protocol::hex_separator(cx, v)?;
            if !sep.is_ascii() {
                return Err(cx.value_error("sep must be ASCII."));
            }
            Some(sep)
        }
    };
    let mut out = Vec::with_capacity(data.len() * 2);
    let size = group.unsigned_abs() as usize;
    for (i, b) in data.iter().enumerate() {
        if let Some(sep) = sep.filter(|_| i > 0 && size > 0) {
            // Positive groups are counted from the right.
            let boundary = if group > 0 { (data.len() - i).is_multiple_of(size) } else { i % size == 0 };
            if boundary {
                out.push(sep);
            }
        }
        out.extend_from_slice(&[b"0123456789abcdef"[usize::from(b >> 4)], b"0123456789abcdef"[usize::from(b & 15)]]);
    }
    Ok(Str::ascii(cx, &out))
}

/// The bytes that a hexadecimal text spells.
pub fn parse_hex(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let text = if let Some(s) = Str::of_sub(cx, v) {
        s.as_bytes().to_vec()
    } else if buffer::has_buffer(cx, v) {
        bytes_arg(cx, v)?
    } else {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("fromhex() argument must be str or bytes-like, not {name}")));
    };
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut i = 0;
    while i < text.len() {
        if byteops::is_space(text[i]) {
            i += 1;
            continue;
        }
        let digit = |at: usize| text.get(at).and_then(|&b| char::from(b).to_digit(16));
        match (digit(i), digit(i + 1)) {
            (Some(a), Some(b)) => out.push((a * 16 + b) as u8),
            (Some(_), None) if i + 1 >= text.len() => {
                return Err(cx.value_error("fromhex() arg must contain an even number of hexadecimal digits"));
            }
            (a, _) => {
                let at = if a.is_some() { i + 1 } else { i };
                let at = pytext::wtf8::index(&text, at.min(text.len()));
                return Err(cx.value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}")));
            }
        }
        i += 2;
    }
    Ok(out)
}

/// The bytes that the constructor arguments of `bytes` and `bytearray` describe: (source, encoding, errors).
pub fn construct(
    cx: &mut Ctx,
    name: &str,
    source: Option<Value>,
    encoding: Option<Value>,
    errors: Option<Value>,
) -> Res<Vec<u8>> {
    codec::check_arguments(cx, name, encoding, errors)?;
    let Some(v) = source else {
        if encoding.is_some() {
            return Err(cx.type_error("encoding without a string argument"));
        }
        if errors.is_some() {
            return Err(cx.type_error("errors without a string argument"));
        }
        return Ok(Vec::new());
    };
    if name == "bytes" && encoding.is_none() && errors.is_none() && Str::of(v).is_none() && Str::of_sub(cx, v).is_some()
    {
        // A str that says what its bytes are needs no encoding.
        if let Some(bytes) = own_bytes(cx, v)? {
            return Ok(bytes);
        }
    }
    if let Some(s) = Str::of_sub(cx, v) {
        if encoding.is_none() {
            return Err(cx.type_error("string argument without an encoding"));
        }
        let encoded = codec::encode_args(cx, s, encoding, errors)?;
        return taken(cx, encoded);
    }
    if encoding.is_some() {
        return Err(cx.type_error("encoding without a string argument"));
    }
    if errors.is_some() {
        return Err(cx.type_error("errors without a string argument"));
    }
    if name == "bytes"
        && let Some(bytes) = own_bytes(cx, v)?
    {
        return Ok(bytes);
    }
    if types::type_of(cx, v).slots().index().is_some() {
        match zeros(cx, v) {
            // What is no number after all may still be bytes.
            Err(r) if cx.matches(&r, Exc::TypeError) => cx.clear(r),
            done => return done,
        }
    }
    if buffer::has_buffer(cx, v) {
        return bytes_arg(cx, v);
    }
    from_iterable(cx, name, v)
}

/// What `__bytes__` gives, if `v` has it.
pub fn own_bytes(cx: &mut Ctx, v: Value) -> Res<Option<Vec<u8>>> {
    let Some(f) = protocol::lookup_special(cx, v, cx.names.__bytes__)? else { return Ok(None) };
    let b = protocol::call(cx, f, &[])?;
    if Bytes::of_sub(cx, b).is_none() {
        let got = type_name(cx, b);
        return Err(cx.type_error(format!("__bytes__ returned non-bytes (type {got})")));
    }
    taken(cx, b).map(Some)
}

fn zeros(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n) {
        Some(n) if n < 0 => Err(cx.value_error("negative count")),
        Some(n) => cx.zeros(n as usize),
        None if int::sign(n) < 0 => Err(cx.value_error("negative count")),
        None => Err(cx.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

/// One byte from an integer.
pub fn byte(cx: &mut Ctx, v: Value, what: &str) -> Res<u8> {
    let i = match v.as_int() {
        Some(i) => Some(i),
        None => {
            let v = protocol::index_value(cx, v)?;
            int::to_i64(v)
        }
    };
    match i {
        Some(i) if (0..256).contains(&i) => Ok(i as u8),
        _ => Err(cx.value_error(format!("{what} must be in range(0, 256)"))),
    }
}

/// The bytes that an iterable of integers yields.
pub fn from_iterable(cx: &mut Ctx, name: &str, v: Value) -> Res<Vec<u8>> {
    if types::type_of(cx, v).slots().iter().is_none() && types::type_of(cx, v).slots().getitem().is_none() {
        let got = type_name(cx, v);
        return Err(cx.type_error(format!("cannot convert '{got}' object to {name}")));
    }
    let what = if name == "bytes" { "bytes" } else { "byte" };
    let mut out = Vec::new();
    let iterator = protocol::iter(cx, v)?;
    protocol::check_length(cx, v)?;
    protocol::each_of(cx, iterator, |cx, item| {
        out.push(byte(cx, item, what)?);
        Ok(())
    })?;
    Ok(out)
}

/// Comparison with another bytes-like object.
pub fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if Bytes::of_sub(cx, b).is_none() && !buffer::has_buffer(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let other = bytes_arg(cx, b)?;
    let order = with(cx, a, |s| s.cmp(other.as_slice()))?;
    Ok(Value::bool(op.test(order)))
}

/// Concatenation; the result has the left operand's type.
pub fn concat(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if Bytes::of_sub(cx, a).is_none() && bytearray::state(cx, a).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    if let (Some(x), Some(y)) = (Bytes::of(a), Bytes::of(b)) {
        return cx.attempt(|heap| x.concat(heap, y));
    }
    if Bytes::of_sub(cx, b).is_none() && !buffer::has_buffer(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let right = bytes_arg(cx, b)?;
    let mut data = taken(cx, a)?;
    data.extend_from_slice(&right);
    make(cx, a, &data)
}

/// The table of shared methods, for both types; first what `hex` says of itself.
#[macro_export]
macro_rules! bytes_methods {
    ($hex:literal; $($more:expr),* $(,)?) => {{
        use $crate::bytes_methods as m;
        &[
            NativeDef::new("capitalize", "($self, /)", m::capitalize, "Return a copy of B with only its first character capitalized (ASCII)\nand the rest lower-cased."),
            NativeDef::new("center", "($self, width, fillchar=b' ', /)", m::center, "Return a centered string of length width.\n\nPadding is done using the specified fill character."),
            NativeDef::new("count", "($self, sub, start=None, end=None, /)", m::count, "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].").leaf($crate::leaf::bytes_count),
            NativeDef::new("decode", "($self, /, encoding='utf-8', errors='strict')", m::decode, "Decode the bytes using the codec registered for encoding.").leaf($crate::leaf::decode),
            NativeDef::new("endswith", "($self, suffix, start=None, end=None, /)", m::endswith, "Return True if the bytes ends with the specified suffix, False otherwise.").leaf($crate::leaf::bytes_endswith),
            NativeDef::new("expandtabs", "($self, /, tabsize=8)", m::expandtabs, "Return a copy where all tab characters are expanded using spaces.\n\nIf tabsize is not given, a tab size of 8 characters is assumed."),
            NativeDef::new("find", "($self, sub, start=None, end=None, /)", m::find, "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].").leaf($crate::leaf::bytes_find),
            NativeDef::new("hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", m::hex, $hex).leaf($crate::leaf::bytes_hex),
            NativeDef::new("index", "($self, sub, start=None, end=None, /)", m::index, "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\nRaise ValueError if the subsection is not found."),
            NativeDef::new("isalnum", "($self, /)", m::isalnum, "Return True if all characters in B are alphanumeric and there is at least one character in B, False otherwise."),
            NativeDef::new("isalpha", "($self, /)", m::isalpha, "Return True if all characters in B are alphabetic and there is at least one character in B, False otherwise."),
            NativeDef::new("isascii", "($self, /)", m::isascii, "Return True if B is empty or all characters in B are ASCII, False otherwise."),
            NativeDef::new("isdigit", "($self, /)", m::isdigit, "Return True if all characters in B are digits and there is at least one character in B, False otherwise."),
            NativeDef::new("islower", "($self, /)", m::islower, "Return True if all cased characters in B are lowercase and there is at least one cased character in B, False otherwise."),
            NativeDef::new("isspace", "($self, /)", m::isspace, "Return True if all characters in B are whitespace and there is at least one character in B, False otherwise."),
            NativeDef::new("istitle", "($self, /)", m::istitle, "Return True if B is a titlecased string and there is at least one character in B."),
            NativeDef::new("isupper", "($self, /)", m::isupper, "Return True if all cased characters in B are uppercase and there is at least one cased character in B, False otherwise."),
            NativeDef::new("join", "($self, iterable_of_bytes, /)", m::join, "Concatenate any number of bytes objects.").leaf($crate::leaf::bytes_join),
            NativeDef::new("ljust", "($self, width, fillchar=b' ', /)", m::ljust, "Return a left-justified string of length width."),
            NativeDef::new("lower", "($self, /)", m::lower, "Return a copy of B with all ASCII characters converted to lowercase."),
            NativeDef::new("lstrip", "($self, bytes=None, /)", m::lstrip, "Strip leading bytes contained in the argument."),
            NativeDef::new("partition", "($self, sep, /)", m::partition, "Partition the bytes into three parts using the given separator."),
            NativeDef::new("removeprefix", "($self, prefix, /)", m::removeprefix, "Return a bytes object with the given prefix string removed if present."),
            NativeDef::new("removesuffix", "($self, suffix, /)", m::removesuffix, "Return a bytes object with the given suffix string removed if present."),
            NativeDef::new("replace", "($self, old, new, count=-1, /)", m::replace, "Return a copy with all occurrences of substring old replaced by new."),
            NativeDef::new("rfind", "($self, sub, start=None, end=None, /)", m::rfind, "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end]."),
            NativeDef::new("rindex", "($self, sub, start=None, end=None, /)", m::rindex, "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\nRaise ValueError if the subsection is not found."),
            NativeDef::new("rjust", "($self, width, fillchar=b' ', /)", m::rjust, "Return a right-justified string of length width."),
            NativeDef::new("rpartition", "($self, sep, /)", m::rpartition, "Partition the bytes into three parts using the given separator, starting at the end."),
            NativeDef::new("rsplit", "($self, /, sep=None, maxsplit=-1)", m::rsplit, "Return a list of the sections in the bytes, using sep as the delimiter, working from the end."),
            NativeDef::new("rstrip", "($self, bytes=None, /)", m::rstrip, "Strip trailing bytes contained in the argument."),
            NativeDef::new("split", "($self, /, sep=None, maxsplit=-1)", m::split, "Return a list of the sections in the bytes, using sep as the delimiter.").leaf($crate::leaf::bytes_split),
            NativeDef::new("splitlines", "($self, /, keepends=False)", m::splitlines, "Return a list of the lines in the bytes, breaking at line boundaries."),
            NativeDef::new("startswith", "($self, prefix, start=None, end=None, /)", m::startswith, "Return True if the bytes starts with the specified prefix, False otherwise.").leaf($crate::leaf::bytes_startswith),
            NativeDef::new("strip", "($self, bytes=None, /)", m::strip, "Strip leading and trailing bytes contained in the argument."),
            NativeDef::new("swapcase", "($self, /)", m::swapcase, "Return a copy of B with uppercase ASCII characters converted to lowercase ASCII and vice versa."),
            NativeDef::new("title", "($self, /)", m::title, "Return a titlecased version of B."),
            NativeDef::new("translate", "($self, table, /, delete=b'')", m::translate, "Return a copy with each character mapped by the given translation table."),
            NativeDef::new("upper", "($self, /)", m::upper, "Return a copy of B with all ASCII characters converted to uppercase."),
            NativeDef::new("zfill", "($self, width, /)", m::zfill, "Pad a numeric string with zeros on the left, to fill a field of the given width."),
            $($more),*
        ]
    }};
}
