//! The methods of `str`, thin layers over `pytext`.

use std::ops::Range;

use engine::objects::{Dict, List, Seq, Tuple};
use engine::prelude::*;
use engine::protocol;
use pytext::search::{self, Unit};
use pytext::strops::{self, Ends};
use pytext::wtf8;

use crate::arguments::{clipped, limit, type_name};
use crate::codec;
use crate::str::this;

/// An argument that must be a str; `what` names it in the message.
fn str_arg(cx: &mut Ctx, v: Value, what: &str) -> Res<Str> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s),
        None => {
            let name = if v == Value::NONE { "None".to_owned() } else { type_name(cx, v) };
            Err(cx.type_error(format!("{what} must be str, not {name}")))
        }
    }
}

/// Declares methods that map the bytes of the string to new bytes.
macro_rules! mapping {
    ($($name:ident = $f:path;)*) => {
        $(pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            let s = this(cx, args[0])?;
            let out = $f(s.as_bytes());
            Str::wish(cx, &out)
        })*
    };
}
mapping! {
    capitalize = strops::capitalize;
    casefold = strops::casefold;
    lower = strops::lower;
    upper = strops::upper;
    swapcase = strops::swapcase;
    title = strops::title;
}

/// Declares methods that ask a question about the characters.
macro_rules! predicate {
    ($($name:ident;)*) => {
        $(pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            let s = this(cx, args[0])?;
            Ok(Value::bool(strops::$name(s.as_bytes())))
        })*
    };
}
predicate! { isalnum; isalpha; isdecimal; isdigit; isidentifier; islower; isnumeric; isprintable; isspace; istitle; isupper; }

pub fn isascii(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    Ok(Value::bool(s.is_ascii()))
}

/// The byte range of `s[start:end]`, or `None` when `start` lies beyond the end.
fn bounds(cx: &mut Ctx, s: Str, start: Option<Value>, end: Option<Value>) -> Res<Option<Range<usize>>> {
    Ok(bounds_from(cx, s, start, end)?.map(|(range, _)| range))
}

/// As [`bounds`], with the index of the character where the range begins.
fn bounds_from(cx: &mut Ctx, s: Str, start: Option<Value>, end: Option<Value>) -> Res<Option<(Range<usize>, usize)>> {
    if start.is_none() && end.is_none() {
        return Ok(Some((0..s.byte_len(), 0)));
    }
    let start = clipped(cx, start, 0)?;
    let end = clipped(cx, end, i64::MAX)?;
    let Some(chars) = search::clamp_bounds(start as isize, end as isize, s.len_chars()) else { return Ok(None) };
    Ok(Some((s.byte_of_char(cx, chars.start)..s.byte_of_char(cx, chars.end), chars.start)))
}

/// Where `find` and its siblings found the needle, as a character index.
fn locate(cx: &mut Ctx, args: Args, name: &str, f: fn(&[u8], &[u8]) -> Option<usize>) -> Res<Option<usize>> {
    let s = this(cx, args[0])?;
    let needle = str_arg(cx, args[1], &format!("{name}() argument 1"))?;
    let Some((range, first)) = bounds_from(cx, s, args.get(2), args.get(3))? else { return Ok(None) };
    let Some(at) = f(&s.as_bytes()[range.clone()], needle.as_bytes()) else { return Ok(None) };
    // Whoever goes through a text from hit to hit must not have it counted from its beginning each time.
    Ok(Some(s.char_near(cx, range.start + at, (range.start, first))))
}

fn index_or_minus_one(cx: &mut Ctx, found: Option<usize>) -> PyResult {
    Ok(match found {
        Some(i) => int::from_usize(cx, i),
        None => Value::small(-1),
    })
}

fn index_or_error(cx: &mut Ctx, found: Option<usize>) -> PyResult {
    match found {
        Some(i) => Ok(int::from_usize(cx, i)),
        None => Err(cx.value_error("substring not found")),
    }
}

pub fn find(cx: &mut Ctx, args: Args) -> PyResult {
    let found = locate(cx, args, "find", search::find)?;
    index_or_minus_one(cx, found)
}

pub fn rfind(cx: &mut Ctx, args: Args) -> PyResult {
    let found = locate(cx, args, "rfind", search::rfind)?;
    index_or_minus_one(cx, found)
}

pub fn index(cx: &mut Ctx, args: Args) -> PyResult {
    let found = locate(cx, args, "index", search::find)?;
    index_or_error(cx, found)
}

pub fn rindex(cx: &mut Ctx, args: Args) -> PyResult {
    let found = locate(cx, args, "rindex", search::rfind)?;
    index_or_error(cx, found)
}

pub fn count(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let needle = str_arg(cx, args[1], "count() argument 1")?;
    let n = match bounds(cx, s, args.get(2), args.get(3))? {
        Some(range) => search::count(&s.as_bytes()[range], needle.as_bytes(), Unit::of_str(s.is_ascii())),
        None => 0,
    };
    Ok(int::from_usize(cx, n))
}

/// `startswith` and `endswith`: one str or a tuple of them.
fn affix(cx: &mut Ctx, args: Args, name: &str, test: fn(&[u8], &[u8]) -> bool) -> PyResult {
    let s = this(cx, args[0])?;
    let range = bounds(cx, s, args.get(2), args.get(3))?;
    if let Some(choices) = Tuple::of_sub(cx, args[1]) {
        for v in choices.items() {
            let Some(a) = Str::of_sub(cx, v) else {
                let got = type_name(cx, v);
                return Err(cx.type_error(format!("tuple for {name} must only contain str, not {got}")));
            };
            if range.clone().is_some_and(|r| test(&s.as_bytes()[r], a.as_bytes())) {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    let Some(a) = Str::of_sub(cx, args[1]) else {
        let got = type_name(cx, args[1]);
        return Err(cx.type_error(format!("{name} first arg must be str or a tuple of str, not {got}")));
    };
    Ok(Value::bool(range.is_some_and(|r| test(&s.as_bytes()[r], a.as_bytes()))))
}

pub fn startswith(cx: &mut Ctx, args: Args) -> PyResult {
    affix(cx, args, "startswith", |s, a| s.starts_with(a))
}

pub fn endswith(cx: &mut Ctx, args: Args) -> PyResult {
    affix(cx, args, "endswith", |s, a| s.ends_with(a))
}

/// The part `range` of `s`: `s` itself when that is everything.
fn part(cx: &mut Ctx, s: Str, range: Range<usize>) -> PyResult {
    if range == (0..s.byte_len()) {
        return Ok(s.value());
    }
    cx.make_room(range.len())?;
    Ok(s.slice_bytes(cx, range.start, range.end))
}

pub fn removeprefix(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let prefix = str_arg(cx, args[1], "removeprefix() argument")?;
    let skip = if s.as_bytes().starts_with(prefix.as_bytes()) { prefix.byte_len() } else { 0 };
    part(cx, s, skip..s.byte_len())
}

pub fn removesuffix(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let suffix = str_arg(cx, args[1], "removesuffix() argument")?;
    let skip = if s.as_bytes().ends_with(suffix.as_bytes()) { suffix.byte_len() } else { 0 };
    part(cx, s, 0..s.byte_len() - skip)
}

fn strip_ends(cx: &mut Ctx, args: Args, ends: Ends, name: &str) -> PyResult {
    let s = this(cx, args[0])?;
    let range = match args.or(1, Value::NONE) {
        Value::NONE => strops::strip(s.as_bytes(), ends),
        chars => match Str::of_sub(cx, chars) {
            Some(chars) => strops::strip_chars(s.as_bytes(), chars.as_bytes(), ends),
            None => return Err(cx.type_error(format!("{name} arg must be None or str"))),
        },
    };
    part(cx, s, range)
}

pub fn strip(cx: &mut Ctx, args: Args) -> PyResult {
    strip_ends(cx, args, Ends::Both, "strip")
}

pub fn lstrip(cx: &mut Ctx, args: Args) -> PyResult {
    strip_ends(cx, args, Ends::Left, "lstrip")
}

pub fn rstrip(cx: &mut Ctx, args: Args) -> PyResult {
    strip_ends(cx, args, Ends::Right, "rstrip")
}

/// The fill character and the width of a padding method.
fn padding(cx: &mut Ctx, args: Args) -> Res<(usize, Vec<u8>)> {
    let width = args.index(cx, 1)?;
    let fill = match args.get(2) {
        None => b" ".to_vec(),
        Some(v) => match Str::of_sub(cx, v) {
            Some(f) if f.len_chars() == 1 => f.as_bytes().to_vec(),
            Some(_) => return Err(cx.type_error("The fill character must be exactly one character long")),
            None => {
                let got = type_name(cx, v);
                return Err(cx.type_error(format!("The fill character must be a unicode character, not {got}")));
            }
        },
    };
    let width = width.max(0) as usize;
    if width > (isize::MAX as usize) / 4 {
        return Err(cx.memory_error());
    }
    Ok((width, fill))
}

fn padded(cx: &mut Ctx, args: Args, split: fn(usize, usize) -> (usize, usize)) -> PyResult {
    let s = this(cx, args[0])?;
    let (width, fill) = padding(cx, args)?;
    let chars = s.len_chars();
    if width <= chars {
        return Ok(s.value());
    }
    // The text, and the string made of it.
    cx.make_room_for((width - chars).saturating_mul(fill.len()).saturating_add(s.byte_len()), 2)?;
    let (left, right) = split(chars, width);
    let out = search::pad(s.as_bytes(), left, right, &fill);
    Str::wish(cx, &out)
}

pub fn center(cx: &mut Ctx, args: Args) -> PyResult {
    padded(cx, args, search::center_padding)
}

pub fn ljust(cx: &mut Ctx, args: Args) -> PyResult {
    padded(cx, args, |chars, width| (0, width - chars))
}

pub fn rjust(cx: &mut Ctx, args: Args) -> PyResult {
    padded(cx, args, |chars, width| (width - chars, 0))
}

pub fn zfill(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let width = args.index(cx, 1)?.max(0) as usize;
    cx.make_room_for(width, 2)?;
    match search::zfill(s.as_bytes(), s.len_chars(), width) {
        Some(out) => Str::wish(cx, &out),
        None => Ok(s.value()),
    }
}

pub fn expandtabs(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let size = args.c_int_or(cx, 1, 8)?.max(0) as usize;
    let tabs = s.as_bytes().iter().filter(|&&b| b == b'\t').count();
    if tabs == 0 {
        return Ok(s.value());
    }
    if size > (1 << 40) / tabs {
        return Err(cx.overflow_error("new string is too long"));
    }
    cx.make_room_for(tabs.saturating_mul(size).saturating_add(s.byte_len()), 2)?;
    let out = search::expandtabs(s.as_bytes(), size);
    Str::wish(cx, &out)
}

/// A list of the parts of `s`.
fn parts(cx: &mut Ctx, s: Str, ranges: Vec<Range<usize>>) -> Value {
    List::build(cx, ranges.len(), |i| s.slice_bytes(cx, ranges[i].start, ranges[i].end)).value()
}

type SplitSpace = fn(&[u8], bool, usize) -> Vec<Range<usize>>;
type SplitSep = fn(&[u8], &[u8], usize) -> Vec<Range<usize>>;

/// How many bytes CPython stores a character in.
fn width(s: Str) -> u8 {
    match s.as_bytes().iter().max() {
        Some(0xF0..) => 4,
        Some(0xC4..) => 2,
        _ => 1,
    }
}

fn split_with(cx: &mut Ctx, args: Args, by_space: SplitSpace, by_sep: SplitSep) -> PyResult {
    let s = this(cx, args[0])?;
    let max = limit(args.index_or(cx, 2, -1)?);
    let ranges = match args.or(1, Value::NONE) {
        Value::NONE => by_space(s.as_bytes(), s.is_ascii(), max),
        sep => {
            let Some(sep) = Str::of_sub(cx, sep) else {
                let got = type_name(cx, sep);
                return Err(cx.type_error(format!("must be str or None, not {got}")));
            };
            if sep.is_empty() {
                return Err(cx.value_error("empty separator"));
            }
            // A separator that cannot occur: an instance of a subclass is its own only part.
            if Str::of(args[0]).is_none() && (s.len_chars() < sep.len_chars() || width(s) < width(sep)) {
                return Ok(List::from_slice(cx, &[args[0]]).value());
            }
            by_sep(s.as_bytes(), sep.as_bytes(), max)
        }
    };
    Ok(parts(cx, s, ranges))
}

pub fn split(cx: &mut Ctx, args: Args) -> PyResult {
    split_with(cx, args, strops::split_whitespace, search::split)
}

pub fn rsplit(cx: &mut Ctx, args: Args) -> PyResult {
    split_with(cx, args, strops::rsplit_whitespace, search::rsplit)
}

pub fn splitlines(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let keep = args.truth_or(cx, 1, false)?;
    let ranges = strops::splitlines(s.as_bytes(), keep);
    Ok(parts(cx, s, ranges))
}

fn partition_at(cx: &mut Ctx, args: Args, f: fn(&[u8], &[u8]) -> Option<(usize, usize)>, from_right: bool) -> PyResult {
    let s = this(cx, args[0])?;
    let Some(sep) = Str::of_sub(cx, args[1]) else {
        let name = type_name(cx, args[1]);
        return Err(cx.type_error(format!("must be str, not {name}")));
    };
    if sep.is_empty() {
        return Err(cx.value_error("empty separator"));
    }
    cx.make_room(s.byte_len())?;
    let empty = Str::new(cx, "");
    let three = match f(s.as_bytes(), sep.as_bytes()) {
        Some((from, to)) => {
            let before = s.slice_bytes(cx, 0, from);
            let after = s.slice_bytes(cx, to, s.byte_len());
            [before, args[1], after]
        }
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
    let s = this(cx, args[0])?;
    let old = str_arg(cx, args[1], "replace() argument 1")?;
    let new = str_arg(cx, args[2], "replace() argument 2")?;
    let max = limit(args.index_or(cx, 3, -1)?);
    let unit = Unit::of_str(s.is_ascii());
    if new.byte_len() > old.byte_len() && s.byte_len().saturating_mul(new.byte_len()) >= proto_core::memory::LARGE {
        let n = search::count(s.as_bytes(), old.as_bytes(), unit).min(max);
        cx.make_room_for(n.saturating_mul(new.byte_len()).saturating_add(s.byte_len()), 2)?;
    }
    match search::replace(s.as_bytes(), old.as_bytes(), new.as_bytes(), max, unit) {
        Some(out) => Str::wish(cx, &out),
        None => Ok(s.value()),
    }
}

pub fn join(cx: &mut Ctx, args: Args) -> PyResult {
    let sep = this(cx, args[0])?;
    let seq = match Seq::of(args[1]) {
        Some(s) => s,
        None => match crate::arguments::collect(cx, args[1]) {
            Ok(l) => Seq::List(l),
            Err(r) if cx.matches(&r, Exc::TypeError) && types::type_of(cx, args[1]).slots().iter().is_none() => {
                let known = protocol::hasattr(cx, args[1], cx.names.__getitem__)?;
                if known {
                    return Err(r);
                }
                cx.clear(r);
                return Err(cx.type_error("can only join an iterable"));
            }
            Err(r) => return Err(r),
        },
    };
    let n = seq.len();
    if n == 1
        && let Some(v) = seq.get(0)
        && Str::of(v).is_some()
    {
        return Ok(v);
    }
    if let Some(made) = join_strings(cx, seq, sep) {
        return made;
    }
    let mut out = Vec::new();
    for i in 0..n {
        let Some(v) = seq.get(i) else { break };
        if i > 0 {
            cx.reserve(&mut out, sep.byte_len())?;
            out.extend_from_slice(sep.as_bytes());
        }
        match Str::of_sub(cx, v) {
            Some(s) => {
                cx.reserve(&mut out, s.byte_len())?;
                out.extend_from_slice(s.as_bytes());
            }
            None => {
                let got = type_name(cx, v);
                return Err(cx.type_error(format!("sequence item {i}: expected str instance, {got} found")));
            }
        }
    }
    cx.make_room(out.len())?;
    Str::wish(cx, &out)
}

/// Texts of so many bytes are put together on the stack.
const SHORT_TEXT: usize = 512;

/// Copies `part` to `out` at `at`, which moves behind it; None if there is no room.
#[inline(always)]
fn put(out: &mut [u8], at: &mut usize, part: &[u8]) -> Option<()> {
    let place = out.get_mut(*at..*at + part.len())?;
    match (place, part) {
        // A call of `memcpy` costs more than the byte.
        ([place], [byte]) => *place = *byte,
        (place, part) => place.copy_from_slice(part),
    }
    *at += part.len();
    Some(())
}

/// The items joined, measured first; None unless all are exact strings, and the same ones throughout.
fn join_strings(cx: &mut Ctx, seq: Seq, sep: Str) -> Option<PyResult> {
    let n = seq.len();
    let mut total = sep.byte_len().checked_mul(n.saturating_sub(1))?;
    for i in 0..n {
        total = total.checked_add(Str::of(seq.get(i)?)?.byte_len())?;
    }
    let (mut short, mut long) = ([0; SHORT_TEXT], Vec::new());
    let out = if total <= SHORT_TEXT {
        &mut short[..total]
    } else {
        if let Err(raised) = cx.make_room(total).and_then(|()| cx.reserve(&mut long, total)) {
            return Some(Err(raised));
        }
        long.resize(total, 0);
        &mut long[..]
    };
    let mut at = 0;
    for i in 0..n {
        // Another thread may have changed a list.
        let s = Str::of(seq.get(i)?)?;
        if i > 0 && sep.byte_len() > 0 {
            put(out, &mut at, sep.as_bytes())?;
        }
        put(out, &mut at, s.as_bytes())?;
    }
    (at == total).then(|| Str::wish(cx, out))
}

pub fn encode(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    codec::encode_args(cx, s, args.get(1), args.get(2))
}

pub fn translate(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let table = args[1];
    // What ASCII characters become in a dict is asked once each, where that is one ASCII character again.
    let mut known = [UNKNOWN; 128];
    let cached = Dict::of(table).is_some();
    let mut out = cx.buffer(s.byte_len())?;
    strops::translate(s.as_bytes(), &mut out, |c, out| {
        cx.reserve(out, 4)?;
        if let Some(&b) = known.get(c as usize)
            && b != UNKNOWN
        {
            out.push(b);
            return Ok(());
        }
        let before = out.len();
        translate_char(cx, table, c, out)?;
        if let (true, Some(slot), [b @ 0..0x80]) = (cached, known.get_mut(c as usize), &out[before..]) {
            *slot = *b;
        }
        Ok(())
    })?;
    Str::wish(cx, &out)
}

/// No ASCII character.
const UNKNOWN: u8 = 0xFF;

fn translate_char(cx: &mut Ctx, table: Value, c: u32, out: &mut Vec<u8>) -> Res<()> {
    let key = Value::small(c as i32);
    let found = match Dict::of(table) {
        Some(d) => d.get(cx, key)?,
        None => match protocol::getitem(cx, table, key) {
            Ok(v) => Some(v),
            Err(r) if cx.matches(&r, Exc::LookupError) => {
                cx.clear(r);
                None
            }
            Err(r) => return Err(r),
        },
    };
    match found {
        None => wtf8::push(out, c),
        Some(Value::NONE) => {}
        Some(v) => {
            if let Some(s) = Str::of_sub(cx, v) {
                cx.reserve(out, s.byte_len())?;
                out.extend_from_slice(s.as_bytes());
            } else if int::is_sub(cx, v) {
                match int::to_i64(engine::objects::base_value(cx, v)) {
                    Some(i) if (0..=0x10ffff).contains(&i) => wtf8::push(out, i as u32),
                    _ => return Err(cx.value_error("character mapping must be in range(0x110000)")),
                }
            } else {
                return Err(cx.type_error("character mapping must return integer, None or str"));
            }
        }
    }
    Ok(())
}

pub fn maketrans(cx: &mut Ctx, args: Args) -> PyResult {
    let table = Dict::new(cx);
    let Some(y) = args.get(1) else {
        let Some(source) = Dict::of(args[0]) else {
            return Err(cx.type_error("if you give only one argument to maketrans it must be a dict"));
        };
        let mut pos = 0;
        while let Some((next, k, v)) = source.next_entry(pos) {
            pos = next;
            let key = if let Some(s) = Str::of_sub(cx, k) {
                match (s.len_chars(), s.cp_at(cx, 0)) {
                    (1, Some(c)) => Value::small(c as i32),
                    _ => return Err(cx.value_error("string keys in translatetable must be of length 1")),
                }
            } else if int::is_sub(cx, k) {
                k
            } else {
                return Err(cx.type_error("keys in translate table must be strings or integers"));
            };
            table.set(cx, key, v)?;
        }
        return Ok(table.value());
    };
    let Some(x) = Str::of_sub(cx, args[0]) else {
        return Err(cx.type_error("first maketrans argument must be a string if there is a second argument"));
    };
    let y = str_arg(cx, y, "maketrans() argument 2")?;
    if x.len_chars() != y.len_chars() {
        return Err(cx.value_error("the first two maketrans arguments must have equal length"));
    }
    let pairs: Vec<(u32, u32)> = x.chars().zip(y.chars()).collect();
    for (a, b) in pairs {
        table.set(cx, Value::small(a as i32), Value::small(b as i32))?;
    }
    if let Some(z) = args.get(2) {
        let z = str_arg(cx, z, "maketrans() argument 3")?;
        let gone: Vec<u32> = z.chars().collect();
        for c in gone {
            table.set(cx, Value::small(c as i32), Value::NONE)?;
        }
    }
    Ok(table.value())
}
