//! Methods and operators of `array.array`.

use super::item::{is_text, pack, size, unpack};
use super::{ARRAY, change, code, get, is_array, len, new_array, set_state, snapshot, with};
use engine::objects::Bytes;
use engine::prelude::*;
use proto_core::memory;
use pytext::codecs::Order;
use pytext::pystruct::{self as ps, Unpacked};

pub const METHODS: &[NativeDef] = &[
    NativeDef::new("append", "($self, v, /)", append, "Append new value v to the end of the array."),
    NativeDef::new(
        "buffer_info",
        "($self, /)",
        buffer_info,
        "Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.",
    ),
    NativeDef::new("byteswap", "($self, /)", byteswap, "Byteswap all items of the array."),
    NativeDef::new(
        "clear",
        "($self, /)",
        |cx, args| {
            change(cx, args[0], Vec::clear)?;
            Ok(Value::NONE)
        },
        "Remove all items from the array.",
    ).role(Role::Resizes),
    NativeDef::new(
        "count",
        "($self, v, /)",
        |cx, args| {
            let mut n = 0;
            search(cx, args[0], args[1], 0, usize::MAX, |_| {
                n += 1;
                false
            })?;
            Ok(int::from_usize(cx, n))
        },
        "Return number of occurrences of v in the array.",
    ),
    NativeDef::new(
        "extend",
        "($self, bb, /)",
        |cx, args| {
            extend(cx, args[0], args[1])?;
            Ok(Value::NONE)
        },
        "Append items to the end of the array.",
    ).role(Role::Resizes),
    NativeDef::new(
        "frombytes",
        "($self, buffer, /)",
        |cx, args| {
            let bytes = protocol::to_bytes(cx, args[1])?;
            append_bytes(cx, args[0], &bytes)?;
            Ok(Value::NONE)
        },
        "Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.",
    ).role(Role::Resizes),
    NativeDef::new(
        "fromfile",
        "($self, f, n, /)",
        fromfile,
        "Read n objects from the file object f and append them to the end of the array.",
    ).role(Role::Resizes),
    NativeDef::new("fromlist", "($self, list, /)", fromlist, "Append items to array from list.").role(Role::Resizes),
    NativeDef::new(
        "fromunicode",
        "($self, ustr, /)",
        fromunicode,
        "Extends this array with data from the unicode string ustr.",
    ).role(Role::Resizes),
    NativeDef::new(
        "index",
        "($self, v, start=0, stop=sys.maxsize, /)",
        index,
        "Return index of first occurrence of v in the array.",
    ),
    NativeDef::new("insert", "($self, i, v, /)", insert, "Insert a new item v into the array before position i.").role(Role::Resizes),
    NativeDef::new("pop", "($self, i=-1, /)", pop, "Return the i-th element and delete it from the array."),
    NativeDef::new("remove", "($self, v, /)", remove, "Remove the first occurrence of v in the array.").role(Role::Resizes),
    NativeDef::new("reverse", "($self, /)", reverse, "Reverse the order of the items in the array."),
    NativeDef::new(
        "tobytes",
        "($self, /)",
        |cx, args| {
            let (_, data) = snapshot(cx, args[0])?;
            Bytes::wish(cx, &data)
        },
        "Convert the array to an array of machine values and return the bytes representation.",
    ),
    NativeDef::new(
        "tofile",
        "($self, f, /)",
        |cx, args| {
            let (_, data) = snapshot(cx, args[0])?;
            let write = cx.names.write;
            for part in data.chunks(64 << 10) {
                let part = Bytes::wish(cx, part)?;
                protocol::call_method(cx, args[1], write, &[part])?;
            }
            Ok(Value::NONE)
        },
        "Write all items (as machine values) to the file object f.",
    ),
    NativeDef::new(
        "tolist",
        "($self, /)",
        |cx, args| Ok(list(cx, args[0])?.value()),
        "Convert array to an ordinary list with the same items.",
    ),
    NativeDef::new(
        "tounicode",
        "($self, /)",
        |cx, args| {
            let (code, data) = snapshot(cx, args[0])?;
            if !is_text(code) {
                return Err(cx.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
            }
            text(cx, &data)
        },
        "Extends this array with data from the unicode string ustr.",
    ),
    NativeDef::new("__copy__", "($self, /)", copy, "Return a copy of the array."),
    NativeDef::new("__deepcopy__", "($self, unused, /)", copy, "Return a copy of the array."),
    NativeDef::new("__reduce_ex__", "($self, value, /)", reduce, "Return state information for pickling."),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        |cx, args| {
            let n = with(cx, args[0], |s| s.data.lock().len())?;
            Ok(int::from_usize(cx, 80 + n))
        },
        "Size of the array in memory, in bytes.",
    ),
];

/// `array.__new__`
pub fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[1]).map(|t| (t.len(), t.get(0), t.get(1))).unwrap_or((0, Value::EMPTY, Value::EMPTY));
    let keywords = args.get(2).and_then(Dict::of).map_or(0, Dict::len);
    if args[0] == cx.type_of_def(&ARRAY).value() && keywords > 0 {
        return Err(cx.type_error("array.array() takes no keyword arguments"));
    }
    match given.0 {
        0 => return Err(cx.type_error("array() takes at least 1 argument (0 given)")),
        1 | 2 => {}
        n => return Err(cx.type_error(format!("array() takes at most 2 arguments ({n} given)"))),
    }
    let code = type_code(cx, given.1)?;
    if !super::item::CODES.as_bytes().contains(&code) {
        return Err(cx.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"));
    }
    if code == b'u' {
        engine::exceptions::warn_deprecated(cx, "The 'u' type code is deprecated and will be removed in Python 3.16")?;
    }
    let source = given.2;
    let mut data = Vec::new();
    let mut iterate = false;
    if source != Value::EMPTY {
        if let Some(s) = Str::of_sub(cx, source) {
            if !is_text(code) {
                let code = char::from(code);
                return Err(cx.type_error(format!("cannot use a str to initialize an array with typecode '{code}'")));
            }
            cx.make_room_beside(s.len_chars().saturating_mul(8))?;
            data.extend(s.chars().flat_map(u32::to_ne_bytes));
        } else if is_array(cx, source) {
            let (other, bytes) = snapshot(cx, source)?;
            if is_text(other) && !is_text(code) {
                let code = char::from(code);
                return Err(
                    cx.type_error(format!("cannot use a unicode array to initialize an array with typecode '{code}'"))
                );
            }
            if other == code {
                data = bytes;
            } else {
                iterate = true;
            }
        } else if Bytes::of_sub(cx, source).is_some() || type_of(cx, source).full_name(cx) == "bytearray" {
            data = protocol::to_bytes(cx, source)?;
            if data.len() % size(code) != 0 {
                return Err(cx.value_error("bytes length not a multiple of item size"));
            }
        } else {
            iterate = true;
        }
    }
    if iterate {
        let n = size(code);
        protocol::for_each(cx, source, |cx, v| {
            let bytes = pack(cx, code, v)?;
            cx.reserve(&mut data, n)?;
            data.extend_from_slice(&bytes[..n]);
            Ok(())
        })?;
    }
    let o = cx.alloc_instance(args[0])?;
    set_state(cx, o, code, data);
    Ok(o.value())
}

fn type_code(cx: &mut Ctx, v: Value) -> Res<u8> {
    let Some(s) = Str::of_sub(cx, v) else {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("array() argument 1 must be a unicode character, not {name}")));
    };
    if s.len_chars() != 1 {
        let n = s.len_chars();
        return Err(
            cx.type_error(format!("array() argument 1 must be a unicode character, not a string of length {n}"))
        );
    }
    Ok(s.as_bytes()[0])
}

fn text(cx: &mut Ctx, data: &[u8]) -> PyResult {
    let mut out = StrBuilder::new();
    for c in data.chunks_exact(4) {
        let c = u32::from_ne_bytes([c[0], c[1], c[2], c[3]]);
        if c > 0x10_FFFF {
            return Err(cx.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
        }
        out.push_cp(c);
    }
    out.wish(cx)
}

fn list(cx: &mut Ctx, v: Value) -> Res<List> {
    let (code, data) = snapshot(cx, v)?;
    let n = size(code);
    Ok(List::build(cx, data.len() / n, |i| unpack(cx, code, &data[i * n..(i + 1) * n])))
}

/// `repr`
pub fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let (code, data) = snapshot(cx, v)?;
    let name = types::type_short_name(cx, v);
    let mut out = StrBuilder::new();
    out.push_str(&format!("{name}('{}'", char::from(code)));
    if !data.is_empty() {
        out.push_str(", ");
        let inner = if is_text(code) { text(cx, &data)? } else { list(cx, v)?.value() };
        let shown = protocol::repr(cx, inner)?;
        if let Some(s) = Str::of(shown) {
            out.push(s);
        }
    }
    out.push_str(")");
    out.wish(cx)
}

/// Comparison: item by item, unless the bytes decide.
pub fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_array(cx, a) || !is_array(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, p) = snapshot(cx, a)?;
    let (y, q) = snapshot(cx, b)?;
    let (n, m) = (p.len() / size(x), q.len() / size(y));
    if matches!(op, CmpOp::Eq | CmpOp::Ne) && (n != m || (x == y && !matches!(x, b'f' | b'd'))) {
        return Ok(Value::bool((p == q && n == m) == (op == CmpOp::Eq)));
    }
    for (i, j) in p.chunks_exact(size(x)).zip(q.chunks_exact(size(y))) {
        let (i, j) = (unpack(cx, x, i), unpack(cx, y, j));
        if !protocol::compare_bool(cx, i, j, CmpOp::Eq)? {
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => protocol::compare(cx, i, j, op),
            };
        }
    }
    Ok(Value::bool(op.test(n.cmp(&m))))
}

/// Calls `found` with the index of each item equal to `wanted`, until it returns true.
fn search(
    cx: &mut Ctx,
    v: Value,
    wanted: Value,
    from: usize,
    to: usize,
    mut found: impl FnMut(usize) -> bool,
) -> Res<()> {
    let mut i = from;
    while i < to {
        let Some(item) = get(cx, v, i)? else { break };
        if protocol::eq(cx, item, wanted)? && found(i) {
            break;
        }
        i += 1;
        cx.poll()?;
    }
    Ok(())
}

fn position(cx: &mut Ctx, v: Value, wanted: Value, from: usize, to: usize) -> Res<Option<usize>> {
    let mut at = None;
    search(cx, v, wanted, from, to, |i| {
        at = Some(i);
        true
    })?;
    Ok(at)
}

/// `in`
pub fn contains(cx: &mut Ctx, v: Value, wanted: Value) -> Res<bool> {
    Ok(position(cx, v, wanted, 0, usize::MAX)?.is_some())
}

fn index(cx: &mut Ctx, args: Args) -> PyResult {
    let n = len(cx, args[0])?;
    let bound = |cx: &mut Ctx, i: usize, default: i64| -> Res<usize> {
        let k = match args.get(i) {
            Some(v) => engine::objects::slice::bound_clip(cx, v)?,
            None => default,
        };
        Ok(usize::try_from(if k < 0 { k.saturating_add(n as i64) } else { k }).unwrap_or(0))
    };
    let (from, to) = (bound(cx, 2, 0)?, bound(cx, 3, i64::MAX)?);
    match position(cx, args[0], args[1], from, to)? {
        Some(i) => Ok(int::from_usize(cx, i)),
        None => Err(cx.value_error("array.index(x): x not in array")),
    }
}

fn remove(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(i) = position(cx, args[0], args[1], 0, usize::MAX)? else {
        return Err(cx.value_error("array.remove(x): x not in array"));
    };
    let n = size(code(cx, args[0])?);
    change(cx, args[0], |data| {
        if (i + 1) * n <= data.len() {
            data.drain(i * n..(i + 1) * n);
        }
    })?;
    Ok(Value::NONE)
}

fn pop(cx: &mut Ctx, args: Args) -> PyResult {
    let i = args.index_or(cx, 1, -1)?;
    let code = code(cx, args[0])?;
    let n = size(code);
    let count = len(cx, args[0])?;
    if count == 0 {
        return Err(cx.index_error("pop from empty array"));
    }
    let at = if i < 0 { i.saturating_add(count as i64) } else { i };
    let taken = match usize::try_from(at).ok().filter(|&i| i < count) {
        Some(i) => change(cx, args[0], |data| {
            ((i + 1) * n <= data.len()).then(|| data.drain(i * n..(i + 1) * n).collect::<Vec<u8>>())
        })?,
        None => None,
    };
    match taken {
        Some(bytes) => Ok(unpack(cx, code, &bytes)),
        None => Err(cx.index_error("pop index out of range")),
    }
}

fn append(cx: &mut Ctx, args: Args) -> PyResult {
    let code = code(cx, args[0])?;
    let bytes = pack(cx, code, args[1])?;
    change(cx, args[0], |data| data.extend_from_slice(&bytes[..size(code)]))?;
    Ok(Value::NONE)
}

fn insert(cx: &mut Ctx, args: Args) -> PyResult {
    let i = args.index(cx, 1)?;
    let code = code(cx, args[0])?;
    let n = size(code);
    let bytes = pack(cx, code, args[2])?;
    change(cx, args[0], |data| {
        let count = (data.len() / n) as i64;
        let at = if i < 0 { i.saturating_add(count).max(0) } else { i.min(count) } as usize * n;
        data.splice(at..at, bytes[..n].iter().copied());
    })?;
    Ok(Value::NONE)
}

fn append_bytes(cx: &mut Ctx, v: Value, bytes: &[u8]) -> Res<()> {
    if !bytes.len().is_multiple_of(size(code(cx, v)?)) {
        return Err(cx.value_error("bytes length not a multiple of item size"));
    }
    more(cx, v, bytes)
}

/// Appends bytes, or raises `MemoryError`.
fn more(cx: &mut Ctx, v: Value, bytes: &[u8]) -> Res<()> {
    let add = |data: &mut Vec<u8>| {
        let fits = memory::grows(data, bytes.len());
        if fits {
            data.extend_from_slice(bytes);
        }
        fits
    };
    if change(cx, v, add)? { Ok(()) } else { Err(cx.memory_error()) }
}

fn extend(cx: &mut Ctx, v: Value, source: Value) -> Res<()> {
    let code = code(cx, v)?;
    if is_array(cx, source) {
        let (other, bytes) = snapshot(cx, source)?;
        if other != code {
            return Err(cx.type_error("can only extend with array of same kind"));
        }
        return more(cx, v, &bytes);
    }
    protocol::for_each(cx, source, |cx, item| {
        let bytes = pack(cx, code, item)?;
        more(cx, v, &bytes[..size(code)])
    })
}

fn fromlist(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(list) = List::of_sub(cx, args[1]) else { return Err(cx.type_error("arg must be list")) };
    let code = code(cx, args[0])?;
    let mut fresh = cx.buffer(list.len() * size(code))?;
    for v in list.items() {
        let bytes = pack(cx, code, v)?;
        fresh.extend_from_slice(&bytes[..size(code)]);
    }
    more(cx, args[0], &fresh)?;
    Ok(Value::NONE)
}

fn fromunicode(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(s) = Str::of_sub(cx, args[1]) else {
        let name = type_name(cx, args[1]);
        return Err(cx.type_error(format!("fromunicode() argument must be str, not {name}")));
    };
    if !is_text(code(cx, args[0])?) {
        return Err(cx.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    // Collecting doubles what it has.
    cx.make_room_beside(s.len_chars().saturating_mul(8))?;
    let fresh: Vec<u8> = s.chars().flat_map(u32::to_ne_bytes).collect();
    more(cx, args[0], &fresh)?;
    Ok(Value::NONE)
}

fn fromfile(cx: &mut Ctx, args: Args) -> PyResult {
    let count = args.index(cx, 2)?;
    let Ok(count) = usize::try_from(count) else { return Err(cx.value_error("negative count")) };
    let Some(wanted) = count.checked_mul(size(code(cx, args[0])?)) else { return Err(cx.memory_error()) };
    let read = cx.names.read;
    let n = int::from_usize(cx, wanted);
    let got = protocol::call_method(cx, args[1], read, &[n])?;
    let Some(bytes) = Bytes::of_sub(cx, got) else { return Err(cx.type_error("read() didn't return bytes")) };
    append_bytes(cx, args[0], bytes.as_slice())?;
    if bytes.len() != wanted {
        return Err(cx.raise(Exc::EOFError, "read() didn't return enough bytes"));
    }
    Ok(Value::NONE)
}

fn buffer_info(cx: &mut Ctx, args: Args) -> PyResult {
    let (address, n) = with(cx, args[0], |s| {
        let data = s.data.lock();
        (data.as_ptr().addr(), data.len() / size(s.code))
    })?;
    let pair = [int::from_usize(cx, address), int::from_usize(cx, n)];
    Ok(Tuple::new(cx, &pair))
}

fn byteswap(cx: &mut Ctx, args: Args) -> PyResult {
    with(cx, args[0], |s| s.data.lock().chunks_exact_mut(size(s.code)).for_each(<[u8]>::reverse))?;
    Ok(Value::NONE)
}

fn reverse(cx: &mut Ctx, args: Args) -> PyResult {
    with(cx, args[0], |s| {
        // Reversing all bytes reverses the items and the bytes inside each.
        let mut data = s.data.lock();
        data.reverse();
        data.chunks_exact_mut(size(s.code)).for_each(<[u8]>::reverse);
    })?;
    Ok(Value::NONE)
}

fn copy(cx: &mut Ctx, args: Args) -> PyResult {
    let (code, data) = snapshot(cx, args[0])?;
    new_array(cx, code, data)
}

/// `a + b`
pub fn concat(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if !is_array(cx, a) || !is_array(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, mut data) = snapshot(cx, a)?;
    let (y, rest) = snapshot(cx, b)?;
    if x != y {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    cx.reserve(&mut data, rest.len())?;
    data.extend_from_slice(&rest);
    new_array(cx, x, data)
}

/// `a += b`
pub fn iadd(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if !is_array(cx, b) {
        let name = type_name(cx, b);
        return Err(cx.type_error(format!("can only extend array with array (not \"{name}\")")));
    }
    extend(cx, a, b)?;
    Ok(a)
}

/// The array and the count of a repetition, whichever order they have; None when there is no count.
fn repetition(cx: &mut Ctx, a: Value, b: Value) -> Res<Option<(Value, usize)>> {
    let (v, n) = if is_array(cx, a) { (a, b) } else { (b, a) };
    if !int::is(n) && type_of(cx, n).slots().index().is_none() {
        return Ok(None);
    }
    let n = protocol::index(cx, n)?;
    Ok(Some((v, usize::try_from(n).unwrap_or(0))))
}

fn repeated(cx: &mut Ctx, data: &[u8], n: usize) -> Res<Vec<u8>> {
    match data.len().checked_mul(n).filter(|&total| total <= isize::MAX as usize) {
        Some(total) => {
            let mut out = cx.buffer(total)?;
            for _ in 0..n {
                out.extend_from_slice(data);
            }
            Ok(out)
        }
        None => Err(cx.memory_error()),
    }
}

/// `a * n`
pub fn repeat(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some((v, n)) = repetition(cx, a, b)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let (code, data) = snapshot(cx, v)?;
    let out = repeated(cx, &data, n)?;
    new_array(cx, code, out)
}

/// `a *= n`
pub fn irepeat(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some((v, n)) = repetition(cx, a, b)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let (_, data) = snapshot(cx, v)?;
    let out = repeated(cx, &data, n)?;
    change(cx, v, |data| *data = out)?;
    Ok(v)
}

/// The formats of pickled arrays: struct code and whether it is big-endian, by number.
const FORMATS: &[(u8, bool)] = &[
    (b'B', false),
    (b'b', false),
    (b'H', false),
    (b'H', true),
    (b'h', false),
    (b'h', true),
    (b'I', false),
    (b'I', true),
    (b'i', false),
    (b'i', true),
    (b'Q', false),
    (b'Q', true),
    (b'q', false),
    (b'q', true),
    (b'f', false),
    (b'f', true),
    (b'd', false),
    (b'd', true),
];
const UTF32_LE: usize = 20;
const UTF32_BE: usize = 21;

/// The number of this machine's format for a type code.
fn machine_format(code: u8) -> usize {
    let big = cfg!(target_endian = "big");
    let code = match code {
        b'l' => b'q',
        b'L' => b'Q',
        b'u' | b'w' => return if big { UTF32_BE } else { UTF32_LE },
        code => code,
    };
    FORMATS.iter().position(|&(c, b)| c == code && (b == big || size(code) == 1)).unwrap_or(0)
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let version = args.index(cx, 1)?;
    let name = cx.names.__dict__;
    let dict = protocol::getattr_opt(cx, args[0], name)?.unwrap_or(Value::NONE);
    let class = type_of(cx, args[0]).value();
    let (code, data) = snapshot(cx, args[0])?;
    let letter = objects::str::short1(code);
    if version < 3 {
        let items = list(cx, args[0])?.value();
        let inner = Tuple::new(cx, &[letter, items]);
        return Ok(Tuple::new(cx, &[class, inner, dict]));
    }
    let rebuild = protocol::import_attr(cx, "array", "_array_reconstructor")?;
    let bytes = Bytes::wish(cx, &data)?;
    let format = int::from_usize(cx, machine_format(code));
    let inner = Tuple::new(cx, &[class, letter, format, bytes]);
    Ok(Tuple::new(cx, &[rebuild, inner, dict]))
}

/// `_array_reconstructor`
pub fn reconstruct(cx: &mut Ctx, args: Args) -> PyResult {
    let array = cx.type_of_def(&ARRAY);
    match Type::of(args[0]) {
        Some(ty) if ty.is_subtype(array) => {}
        Some(ty) => {
            let name = ty.name_str();
            return Err(cx.type_error(format!("{name} is not a subtype of array.array")));
        }
        None => return Err(cx.type_error("first argument must be a type object, not something else")),
    }
    let code = type_code(cx, args[1])?;
    if !super::item::CODES.as_bytes().contains(&code) {
        return Err(cx.value_error("second argument must be a valid type code"));
    }
    let format = args.index(cx, 2)?;
    let Some(bytes) = Bytes::of_sub(cx, args[3]) else {
        let name = type_name(cx, args[3]);
        return Err(cx.type_error(format!("fourth argument should be bytes, not {name}")));
    };
    let Some(format) = usize::try_from(format).ok().filter(|&f| f <= UTF32_BE) else {
        return Err(cx.value_error("third argument must be a valid machine format code."));
    };
    let bytes = bytes.as_slice();
    let data = if format == machine_format(code) {
        if bytes.len() % size(code) != 0 {
            return Err(cx.value_error("bytes length not a multiple of item size"));
        }
        bytes.to_vec()
    } else {
        convert(cx, code, format, bytes)?
    };
    let o = cx.alloc_instance(args[0])?;
    set_state(cx, o, code, data);
    Ok(o.value())
}

/// Items of a foreign format as items of `code`.
fn convert(cx: &mut Ctx, code: u8, format: usize, bytes: &[u8]) -> Res<Vec<u8>> {
    let (foreign, big) = match FORMATS.get(format) {
        Some(&f) => f,
        None if format >= UTF32_LE => (b'I', format == UTF32_BE),
        None => (b'H', format == UTF32_LE - 1),
    };
    let n = size(foreign);
    if !bytes.len().is_multiple_of(n) {
        return Err(cx.value_error("bytes length not a multiple of item size"));
    }
    let order = if big { Order::Big } else { Order::Little };
    let mut out = Vec::with_capacity(bytes.len() / n * size(code));
    if is_text(code) && n == 2 {
        let unit = |part: &[u8]| match ps::unpack(foreign, order, part) {
            Unpacked::Int(i) => i as u16,
            Unpacked::UInt(i) => i as u16,
            _ => 0,
        };
        for c in char::decode_utf16(bytes.chunks_exact(2).map(unit)) {
            let c = c.map_or_else(|lone| u32::from(lone.unpaired_surrogate()), u32::from);
            out.extend_from_slice(&c.to_ne_bytes());
        }
        return Ok(out);
    }
    for part in bytes.chunks_exact(n) {
        let v = match ps::unpack(foreign, order, part) {
            Unpacked::Int(i) => int::from_i64(cx, i),
            Unpacked::UInt(i) if is_text(code) => Str::from_char(cx, (i as u32).min(0x10_FFFF)),
            Unpacked::UInt(i) => int::from_u64(cx, i),
            Unpacked::Float(x) => float::new(cx, x),
            _ => Value::NONE,
        };
        let item = pack(cx, code, v)?;
        out.extend_from_slice(&item[..size(code)]);
    }
    Ok(out)
}
