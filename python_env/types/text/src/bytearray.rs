//! The type `bytearray`: native slot 0 holds the payload.
//!
//! The bytes are behind a lock, since threads may share the object; while a buffer is exported the size is fixed.

use engine::objects::{Bytes, Obj, Slice, Tuple};
use engine::prelude::*;
use engine::protocol::{
    self,
    buffer::{Buffer, Exports},
};
use proto_core::memory;
use proto_core::sync::Latch;

use crate::arguments::{key_index, key_number, repeat_count, type_name};
use crate::bytearray_content::Content;
use crate::bytes_methods::{self, byte, bytes_arg, construct};
use crate::str_percent;

/// The payload.
#[derive(Default)]
pub struct ByteArray {
    /// The bytes.
    pub data: Latch<Content>,
    /// Buffers that point into `data`; taken under its lock, so that a resize and an export exclude each other.
    pub exports: Exports,
}

impl Drop for ByteArray {
    fn drop(&mut self) {
        proto_core::external_freed(self.data.get_mut().capacity());
    }
}

pub static BYTEARRAY: TypeDef = TypeDef {
    doc: "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer",
    flags: TypeFlags::BASETYPE.with(TypeFlags::MATCH_SELF),
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", bytearray_new, "").hide_sig()),
    init: Some(
        NativeDef::new(
            "__init__",
            "($self, source=b'', encoding='utf-8', errors='strict')",
            bytearray_init,
            "Initialize self.",
        )
        .role(Role::Resizes)
        .hide_sig(),
    ),
    slots: Slots {
        repr: Some(bytearray_repr),
        str: Some(crate::bytes::bytes_str),
        hash: Some(slots::hash_not_implemented),
        richcmp: Some(|cx, a, b, op| {
            if state(cx, a).is_some() { bytes_methods::richcmp(cx, a, b, op) } else { Ok(Value::NOT_IMPLEMENTED) }
        }),
        iter: Some(|cx, v| protocol::iter::sequence_iter_as(cx, &protocol::iter::BYTEARRAY_ITERATOR, v)),
        len: Some(|cx, v| bytes_methods::with(cx, v, <[u8]>::len)),
        getitem: Some(bytearray_getitem),
        setitem: Some(bytearray_setitem),
        contains: Some(bytes_methods::contains),
        add: Some(bytes_methods::concat),
        iadd: Some(bytearray_iadd),
        mul: Some(bytearray_mul),
        imul: Some(bytearray_imul),
        mod_: Some(|cx, a, b| {
            if state(cx, a).is_none() {
                return Ok(Value::NOT_IMPLEMENTED);
            }
            let _held = bytes_methods::held(cx, a);
            let format = bytes_methods::taken(cx, a)?;
            let out = str_percent::format_bytes(cx, &format, b)?;
            Ok(new(cx, out))
        }),
        buffer: Some(bytearray_buffer),
        ..Slots::NONE
    },
    methods: crate::bytes_methods![
        "Create a string of hexadecimal numbers from a bytearray object.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from\n    the right, negative values count from the left.\n\nExample:\n>>> value = bytearray([0xb9, 0x01, 0xef])\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'";
        crate::memoryview::RELEASE_BUFFER,
        NativeDef::new(
            "append",
            "($self, item, /)",
            append,
            "Append a single item to the end of the bytearray.\n\n  item\n    The item to be appended."
        ).role(Role::Resizes)
        .leaf(append_leaf),
        NativeDef::new("clear", "($self, /)", clear, "Remove all items from the bytearray.").role(Role::Resizes),
        NativeDef::new("copy", "($self, /)", copy, "Return a copy of B."),
        NativeDef::new(
            "extend",
            "($self, iterable_of_ints, /)",
            extend,
            "Append all the items from the iterator or sequence to the end of the bytearray.\n\n  iterable_of_ints\n    The iterable of items to append."
        ).role(Role::Resizes),
        NativeDef::new(
            "insert",
            "($self, index, item, /)",
            insert,
            "Insert a single item into the bytearray before the given index.\n\n  index\n    The index where the value is to be inserted.\n  item\n    The item to be inserted."
        ).role(Role::Resizes),
        NativeDef::new(
            "pop",
            "($self, index=-1, /)",
            pop,
            "Remove and return a single item from B.\n\n  index\n    The index from where to remove the item.\n    -1 (the default value) means remove the last item.\n\nIf no index argument is given, will pop the last item."
        ).role(Role::Resizes),
        NativeDef::new(
            "remove",
            "($self, value, /)",
            remove,
            "Remove the first occurrence of a value in the bytearray.\n\n  value\n    The value to remove."
        ).role(Role::Resizes),
        NativeDef::new("resize", "($self, size, /)", resize, "Resize the internal buffer of bytearray to len.").role(Role::Resizes),
        NativeDef::new("reverse", "($self, /)", reverse, "Reverse the order of the values in B in place."),
        NativeDef::new("__reduce__", "($self, /)", reduce, "Return state information for pickling."),
        NativeDef::new(
            "__sizeof__",
            "($self, /)",
            |cx, args| {
                let n = bytes_methods::with(cx, args[0], <[u8]>::len)?;
                Ok(int::from_usize(cx, 56 + n))
            },
            "Returns the size of the bytearray object in memory, in bytes."
        ),
        NativeDef::new(
            "__alloc__",
            "($self, /)",
            |cx, args| {
                let n = bytes_methods::with(cx, args[0], <[u8]>::len)?;
                // CPython's count has the zero byte at the end, except where nothing was allocated.
                Ok(int::from_usize(cx, if n == 0 { 0 } else { n + 1 }))
            },
            "B.__alloc__() -> int\n\nReturn the number of bytes actually allocated."
        ),
    ],
    class_methods: &[NativeDef::new(
        "fromhex",
        "($type, string, /)",
        fromhex,
        "Create a bytearray object from a string of hexadecimal numbers.",
    )],
    static_methods: &[NativeDef::new(
        "maketrans",
        "(frm, to, /)",
        bytes_methods::maketrans,
        "Return a translation table usable for the bytes or bytearray translate method.",
    )],
    quick: Some(&QuickItems { get: quick_get, set: quick_set, len: quick_len }),
    ..TypeDef::new("builtins", "bytearray")
};

fn quick_len(heap: &Heap, v: Value) -> Option<usize> {
    Some(bytes_of(heap, v)?.data.lock().len())
}

fn quick_get(heap: &Heap, v: Value, i: i64) -> Value {
    let read = || {
        let data = bytes_of(heap, v)?.data.lock();
        data.get(position(i, data.len())).copied()
    };
    read().map_or(Value::EMPTY, |b| Value::small(i32::from(b)))
}

fn quick_set(heap: &Heap, v: Value, i: i64, new: Value) -> bool {
    let Some(Ok(b)) = new.as_int().map(u8::try_from) else { return false };
    let Some(mut data) = bytes_of(heap, v).map(|s| s.data.lock()) else { return false };
    let at = position(i, data.len());
    data.get_mut(at).map(|place| *place = b).is_some()
}

fn bytes_of(heap: &Heap, v: Value) -> Option<&ByteArray> {
    Obj::of(v)?.payload::<ByteArray>(heap, 0)
}

/// The payload of a bytearray (or an instance of a subclass).
pub fn state(cx: &Ctx, v: Value) -> Option<&ByteArray> {
    Obj::of(v)?.payload::<ByteArray>(cx, 0)
}

fn this(cx: &mut Ctx, v: Value) -> Res<&ByteArray> {
    if state(cx, v).is_none() {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("descriptor requires a 'bytearray' object but received a '{name}'")));
    }
    match state(cx, v) {
        Some(s) => Ok(s),
        None => unreachable!("checked above"),
    }
}

/// A new bytearray.
pub fn new(cx: &mut Ctx, data: Vec<u8>) -> Value {
    cx.add_external(data.capacity() as isize);
    let v = cx.new_object(&BYTEARRAY, &[]);
    if let Some(o) = Obj::of(v) {
        o.set_payload(cx, 0, ByteArray { data: Latch::new(data.into()), exports: Exports::default() });
    }
    v
}

fn bytearray_new(cx: &mut Ctx, args: Args) -> PyResult {
    let obj = cx.alloc_instance(args[0])?;
    obj.set_payload(cx, 0, ByteArray::default());
    Ok(obj.value())
}

/// How often a resize looks whether an export has ended before it is refused.
const ATTEMPTS: u32 = 200;

/// Changes the bytes; `f` may change their number, which is refused while a buffer is exported.
fn change<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Vec<u8>) -> R) -> Res<R> {
    change_ends(cx, v, |content| f(content.whole()))
}

/// The same for changes that may be at the ends only.
fn change_ends<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Content) -> R) -> Res<R> {
    // Other threads export for as long as a copy takes; views that nobody refers to any more count until they are
    // collected. Neither is the program's fault, so both are waited for.
    let mut f = Some(f);
    for attempt in 0..ATTEMPTS {
        let done = {
            let s = this(cx, v)?;
            let mut data = s.data.lock();
            // Exports begin under this lock, so none begins while `f` runs.
            match f.take_if(|_| s.exports.count() == 0) {
                Some(f) => {
                    let before = data.capacity();
                    let r = f(&mut data);
                    Some((r, data.capacity() as isize - before as isize))
                }
                None => None,
            }
        };
        if let Some((r, grown)) = done {
            cx.add_external(grown);
            return Ok(r);
        }
        if attempt == ATTEMPTS / 2 {
            cx.collect_garbage()?;
        }
        cx.blocking(std::thread::yield_now);
    }
    Err(cx.raise(Exc::BufferError, "Existing exports of data: object cannot be re-sized"))
}

fn bytearray_init(cx: &mut Ctx, args: Args) -> PyResult {
    // What it had is gone, even if there is nothing to put in its place.
    if bytes_methods::with(cx, args[0], |d| !d.is_empty())? {
        change(cx, args[0], Vec::clear)?;
    }
    let data = construct(cx, "bytearray", args.get(1), args.get(2), args.get(3))?;
    change(cx, args[0], |d| *d = data)?;
    Ok(Value::NONE)
}

fn bytearray_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = type_name(cx, v);
    let text = bytes_methods::with(cx, v, |s| pytext::repr::bytearray_repr(&name, s))?;
    Str::wish(cx, &text)
}

/// Takes the byte at a position, if there is one.
fn remove_at(content: &mut Content, at: usize) -> Option<u8> {
    let byte = content.get(at).copied()?;
    if at == 0 {
        content.drop_front(1);
    } else {
        content.whole().remove(at);
    }
    Some(byte)
}

/// Where an int key points in `len` bytes; `len` or more if nowhere.
fn position(key: i64, len: usize) -> usize {
    let at = if key < 0 { key.saturating_add(len as i64) } else { key };
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn bytearray_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    if let (Some(key), Some(s)) = (key.as_int(), state(cx, v)) {
        let data = s.data.lock();
        if let Some(b) = data.get(position(key, data.len())) {
            return Ok(Value::small(i32::from(*b)));
        }
    }
    let len = bytes_methods::with(cx, v, <[u8]>::len)?;
    if let Some(slice) = Slice::of(key) {
        let idx = slice.indices(cx, len)?;
        let mut picked = cx.buffer(idx.count)?;
        let start = idx.start as usize;
        // The bytes may be fewer by now.
        bytes_methods::with(cx, v, |s| match s.get(start..start + idx.count) {
            Some(part) if idx.step == 1 => picked.extend_from_slice(part),
            _ => {
                picked.extend((0..idx.count).filter_map(|i| s.get((idx.start + i as i64 * idx.step) as usize).copied()))
            }
        })?;
        return Ok(new(cx, picked));
    }
    let at = key_index(cx, key, len, "bytearray")?;
    match bytes_methods::with(cx, v, |s| at.and_then(|i| s.get(i).copied()))? {
        Some(b) => Ok(Value::small(i32::from(b))),
        None => Err(cx.index_error("bytearray index out of range")),
    }
}

fn bytearray_setitem(cx: &mut Ctx, v: Value, key: Value, item: Value) -> Res<()> {
    if let (Some(key), Some(Ok(b)), Some(s)) = (key.as_int(), item.as_int().map(u8::try_from), state(cx, v)) {
        let mut data = s.data.lock();
        let at = position(key, data.len());
        if let Some(slot) = data.get_mut(at) {
            *slot = b;
            return Ok(());
        }
    }
    if let Some(slice) = Slice::of(key) {
        return set_slice(cx, v, slice, item);
    }
    let i = key_number(cx, key, "bytearray")?;
    if item == Value::EMPTY {
        let removed = change_ends(cx, v, |d| remove_at(d, position(i, d.len())))?;
        return if removed.is_some() { Ok(()) } else { Err(cx.index_error("bytearray index out of range")) };
    }
    // Before the size is asked for, which the item's `__index__` may change.
    let b = byte(cx, item, "byte")?;
    let stored = {
        let mut data = this(cx, v)?.data.lock();
        let at = position(i, data.len());
        data.get_mut(at).map(|slot| *slot = b).is_some()
    };
    if stored { Ok(()) } else { Err(cx.index_error("bytearray index out of range")) }
}

fn set_slice(cx: &mut Ctx, v: Value, slice: Slice, item: Value) -> Res<()> {
    let source = if item == Value::EMPTY {
        Vec::new()
    } else if item.is_int() || Str::of_sub(cx, item).is_some() {
        return Err(cx.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
    } else if protocol::buffer::has_buffer(cx, item) {
        bytes_arg(cx, item)?
    } else {
        bytes_methods::from_iterable(cx, "bytearray", item)?
    };
    let len = bytes_methods::with(cx, v, <[u8]>::len)?;
    let idx = slice.indices(cx, len)?;
    if idx.step == 1 {
        let (a, b) = (idx.start as usize, idx.start as usize + idx.count);
        if source.len() == idx.count {
            // The size does not change, so exports do not matter.
            let mut data = this(cx, v)?.data.lock();
            if let Some(part) = data.get_mut(a..b) {
                part.copy_from_slice(&source);
            }
            return Ok(());
        }
        let fits = change_ends(cx, v, |d| {
            let (a, b) = (a.min(d.len()), b.min(d.len()));
            if a == 0 && source.is_empty() {
                d.drop_front(b);
                return true;
            }
            let d = d.whole();
            let fits = memory::grows(d, source.len());
            if fits {
                d.splice(a..b, source);
            }
            fits
        })?;
        return if fits { Ok(()) } else { Err(cx.memory_error()) };
    }
    // Nothing in the place of some bytes deletes them.
    if source.is_empty() {
        let (step, last) = (idx.step.unsigned_abs() as usize, idx.start + (idx.count as i64 - 1).max(0) * idx.step);
        let (first, mut left, mut i) = (idx.start.min(last).max(0) as usize, idx.count, 0);
        return change(cx, v, |d| {
            d.retain(|_| {
                let goes = left > 0 && i >= first && (i - first) % step == 0;
                left -= usize::from(goes);
                i += 1;
                !goes
            });
        });
    }
    let positions = (0..idx.count).map(|i| (idx.start + i as i64 * idx.step) as usize);
    if source.len() != idx.count {
        return Err(cx.value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {}",
            source.len(),
            idx.count
        )));
    }
    let mut data = this(cx, v)?.data.lock();
    for (i, b) in positions.zip(source) {
        if let Some(slot) = data.get_mut(i) {
            *slot = b;
        }
    }
    Ok(())
}

/// The quick form of `append`.
fn append_leaf(cx: &Ctx, args: &[Value]) -> Value {
    let [v, item] = *args else { return Value::EMPTY };
    let (Some(Ok(b)), Some(s)) = (item.as_int().map(u8::try_from), state(cx, v)) else { return Value::EMPTY };
    let mut data = s.data.lock();
    if s.exports.count() != 0 {
        return Value::EMPTY;
    }
    let before = data.capacity();
    data.push(b);
    let grown = data.capacity() - before;
    drop(data);
    if grown != 0 {
        cx.add_external(grown as isize);
    }
    Value::NONE
}

/// `v.extend(more)`, or `MemoryError`.
fn append_all(cx: &mut Ctx, v: Value, more: &[u8]) -> Res<()> {
    insert_all(cx, v, usize::MAX, more)
}

/// Puts bytes at a position, or at the end if that comes first.
fn insert_all(cx: &mut Ctx, v: Value, at: usize, more: &[u8]) -> Res<()> {
    let append = |cx: &mut Ctx| {
        change_ends(cx, v, |d| {
            if at < d.len() {
                let d = d.whole();
                let fits = memory::grows(d, more.len());
                if fits {
                    d.splice(at..at, more.iter().copied());
                }
                return fits;
            }
            d.append(more)
        })
    };
    if append(cx)? {
        return Ok(());
    }
    cx.collect_for_room();
    if append(cx)? { Ok(()) } else { Err(cx.memory_error()) }
}

fn bytearray_iadd(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if let Some(more) = engine::objects::Bytes::of(b) {
        append_all(cx, a, more.as_slice())?;
        return Ok(a);
    }
    if !protocol::buffer::has_buffer(cx, b) && engine::objects::Bytes::of_sub(cx, b).is_none() {
        let names = (type_name(cx, a), type_name(cx, b));
        return Err(cx.type_error(format!("can't concat {} to {}", names.1, names.0)));
    }
    let more = bytes_arg(cx, b)?;
    append_all(cx, a, &more)?;
    Ok(a)
}

/// `data` repeated, if that fits memory.
fn repeated(cx: &mut Ctx, data: &[u8], n: usize) -> Res<Vec<u8>> {
    let mut out = cx.buffer(data.len().saturating_mul(n))?;
    for _ in 0..n {
        out.extend_from_slice(data);
    }
    Ok(out)
}

fn bytearray_mul(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (s, n) = if state(cx, a).is_some() { (a, b) } else { (b, a) };
    let Some(n) = repeat_count(cx, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let data = bytes_methods::taken(cx, s)?;
    let out = repeated(cx, &data, n)?;
    Ok(new(cx, out))
}

fn bytearray_imul(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some(n) = repeat_count(cx, b)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let data = bytes_methods::taken(cx, a)?;
    let out = repeated(cx, &data, n)?;
    change(cx, a, |d| *d = out)?;
    Ok(a)
}

fn bytearray_buffer(cx: &mut Ctx, v: Value, _flags: u32) -> Res<Buffer> {
    let (data, len, guard) = {
        let s = this(cx, v)?;
        let mut data = s.data.lock();
        let guard = s.exports.guard();
        (data.as_mut_ptr(), data.len(), guard)
    };
    let mut view = Buffer::bytes(cx, v, data, len, false);
    view.guard = Some(guard);
    Ok(view)
}

fn append(cx: &mut Ctx, args: Args) -> PyResult {
    let b = byte(cx, args[1], "byte")?;
    change_ends(cx, args[0], |d| d.push(b))?;
    Ok(Value::NONE)
}

fn clear(cx: &mut Ctx, args: Args) -> PyResult {
    change(cx, args[0], Vec::clear)?;
    Ok(Value::NONE)
}

fn copy(cx: &mut Ctx, args: Args) -> PyResult {
    let data = bytes_methods::taken(cx, args[0])?;
    Ok(new(cx, data))
}

fn extend(cx: &mut Ctx, args: Args) -> PyResult {
    let more = if protocol::buffer::has_buffer(cx, args[1]) {
        // The end is where it was before the argument's code ran.
        let end = bytes_methods::with(cx, args[0], <[u8]>::len)?;
        let more = bytes_arg(cx, args[1])?;
        let at = if args[0] == args[1] || Bytes::of(args[1]).is_some() { usize::MAX } else { end };
        insert_all(cx, args[0], at, &more)?;
        return Ok(Value::NONE);
    } else if Str::of_sub(cx, args[1]).is_some() {
        return Err(cx.type_error("expected iterable of integers; got: 'str'"));
    } else if types::type_of(cx, args[1]).slots().iter().is_none() {
        let name = type_name(cx, args[1]);
        return Err(cx.type_error(format!("can't extend bytearray with {name}")));
    } else {
        bytes_methods::from_iterable(cx, "bytearray", args[1])?
    };
    append_all(cx, args[0], &more)?;
    Ok(Value::NONE)
}

fn insert(cx: &mut Ctx, args: Args) -> PyResult {
    let i = args.index(cx, 1)?;
    let b = byte(cx, args[2], "byte")?;
    change(cx, args[0], |d| {
        let len = d.len() as i64;
        let at = if i < 0 { (i + len).max(0) } else { i.min(len) };
        d.insert(at as usize, b);
    })?;
    Ok(Value::NONE)
}

fn pop(cx: &mut Ctx, args: Args) -> PyResult {
    let i = args.index_or(cx, 1, -1)?;
    if bytes_methods::with(cx, args[0], <[u8]>::is_empty)? {
        return Err(cx.index_error("pop from empty bytearray"));
    }
    let popped = change_ends(cx, args[0], |d| match i {
        -1 => d.pop(),
        _ => remove_at(d, position(i, d.len())),
    })?;
    match popped {
        Some(b) => Ok(Value::small(i32::from(b))),
        None => Err(cx.index_error("pop index out of range")),
    }
}

fn remove(cx: &mut Ctx, args: Args) -> PyResult {
    let b = byte(cx, args[1], "byte")?;
    let found = change(cx, args[0], |d| match d.iter().position(|&x| x == b) {
        Some(i) => {
            d.remove(i);
            true
        }
        None => false,
    })?;
    if found { Ok(Value::NONE) } else { Err(cx.value_error("value not found in bytearray")) }
}

fn resize(cx: &mut Ctx, args: Args) -> PyResult {
    let n = args.index(cx, 1)?;
    if n < 0 {
        return Err(cx.value_error(format!("Can only resize to positive sizes, got {n}")));
    }
    if bytes_methods::with(cx, args[0], <[u8]>::len)? == n as usize {
        // Nothing moves, so exports do not matter.
        return Ok(Value::NONE);
    }
    cx.make_room(n as usize)?;
    let fits = change(cx, args[0], |d| {
        let more = (n as usize).saturating_sub(d.len());
        let ok = d.try_reserve(more).is_ok();
        if ok {
            d.resize(n as usize, 0);
        }
        ok
    })?;
    if fits { Ok(Value::NONE) } else { Err(cx.memory_error()) }
}

fn reverse(cx: &mut Ctx, args: Args) -> PyResult {
    this(cx, args[0])?.data.lock().reverse();
    Ok(Value::NONE)
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let text = bytes_methods::with(cx, args[0], pytext::codecs::single::latin1_decode)?;
    let inner = [Str::from_wtf8(cx, &text), Str::new(cx, "latin-1")];
    let inner = Tuple::new(cx, &inner);
    let class = types::type_of(cx, args[0]).value();
    let state = protocol::call_method(cx, args[0], cx.names.__getstate__, &[])?;
    Ok(Tuple::new(cx, &[class, inner, state]))
}

fn fromhex(cx: &mut Ctx, args: Args) -> PyResult {
    let data = bytes_methods::parse_hex(cx, args[1])?;
    let v = new(cx, data);
    if Obj::of(args[0]).is_none() && args[0] == types::type_of(cx, v).value() {
        return Ok(v);
    }
    protocol::call(cx, args[0], &[v])
}
