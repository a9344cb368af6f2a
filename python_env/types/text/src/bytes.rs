//! The type `bytes`.

use engine::objects::{Bytes, Slice, Tuple, iter};
use engine::prelude::*;
use engine::protocol::{self, buffer::Buffer};

use crate::arguments::{key_index, repeat_count, type_name};
use crate::bytes_methods;
use crate::str_percent;

/// The bytes behind `self`, also for instances of subclasses.
fn this(cx: &mut Ctx, v: Value) -> Res<Bytes> {
    match Bytes::of_sub(cx, v) {
        Some(b) => Ok(b),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("descriptor requires a 'bytes' object but received a '{name}'")))
        }
    }
}

pub static BYTES: TypeDef = TypeDef {
    doc: "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer",
    flags: TypeFlags::BASETYPE,
    new: Some(
        NativeDef::new("__new__", "($type, source=b'', encoding='utf-8', errors='strict')", bytes_new, "").hide_sig(),
    ),
    new_of_one: Some(bytes_of_one),
    slots: Slots {
        repr: Some(|cx, v| {
            let b = this(cx, v)?;
            let text = pytext::repr::bytes_repr(b.as_slice());
            Str::wish(cx, &text)
        }),
        str: Some(bytes_str),
        hash: Some(|cx, v| Ok(this(cx, v)?.hash())),
        richcmp: Some(bytes_richcmp),
        iter: Some(|cx, v| {
            let b = this(cx, v)?;
            Ok(iter::bytes_iter(cx, b))
        }),
        len: Some(|cx, v| Ok(this(cx, v)?.len())),
        getitem: Some(bytes_getitem),
        contains: Some(bytes_methods::contains),
        add: Some(bytes_methods::concat),
        mul: Some(bytes_mul),
        mod_: Some(|cx, a, b| match Bytes::of_sub(cx, a) {
            Some(f) => {
                let format = f.as_slice().to_vec();
                let out = str_percent::format_bytes(cx, &format, b)?;
                Bytes::wish(cx, &out)
            }
            None => Ok(Value::NOT_IMPLEMENTED),
        }),
        buffer: Some(bytes_buffer),
        ..Slots::NONE
    },
    methods: crate::bytes_methods![
        "Create a string of hexadecimal numbers from a bytes object.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from\n    the right, negative values count from the left.\n\nExample:\n>>> value = b'\\xb9\\x01\\xef'\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'";
        NativeDef::new(
            "__bytes__",
            "($self, /)",
            |cx, args| Ok(this(cx, args[0])?.value()),
            "Convert this value to exact type bytes."
        ),
        NativeDef::new(
            "__getnewargs__",
            "($self, /)",
            |cx, args| {
                let b = this(cx, args[0])?;
                Ok(Tuple::new(cx, &[b.value()]))
            },
            ""
        ),
        NativeDef::new(
            "__sizeof__",
            "($self, /)",
            |cx, args| {
                let n = this(cx, args[0])?.len();
                Ok(int::from_usize(cx, 33 + n))
            },
            "Return the size of the object in memory, in bytes."
        ),
    ],
    class_methods: &[NativeDef::new(
        "fromhex",
        "($type, string, /)",
        fromhex,
        "Create a bytes object from a string of hexadecimal numbers.\n\nSpaces between two numbers are accepted.\nExample: bytes.fromhex('B9 01EF') -> b'\\\\xb9\\\\x01\\\\xef'.",
    )],
    static_methods: &[NativeDef::new(
        "maketrans",
        "(frm, to, /)",
        bytes_methods::maketrans,
        "Return a translation table usable for the bytes or bytearray translate method.",
    )],
    ..TypeDef::new("builtins", "bytes")
};

fn bytes_new(cx: &mut Ctx, args: Args) -> PyResult {
    let exact = args[0] == cx.types.bytes.value();
    match args.get(1) {
        Some(v) if exact && args.get(2).or(args.get(3)).is_none() => bytes_of_one(cx, v),
        source => {
            let data = bytes_methods::construct(cx, "bytes", source, args.get(2), args.get(3))?;
            let b = Bytes::wish(cx, &data)?;
            if exact { Ok(b) } else { cx.wrap_subclass(args[0], b) }
        }
    }
}

/// `bytes(source)`.
fn bytes_of_one(cx: &mut Ctx, source: Value) -> PyResult {
    if Bytes::of(source).is_some() {
        return Ok(source);
    }
    if let Some(f) = protocol::lookup_special(cx, source, cx.names.__bytes__)? {
        let b = protocol::call(cx, f, &[])?;
        if Bytes::of_sub(cx, b).is_none() {
            let got = type_name(cx, b);
            return Err(cx.type_error(format!("__bytes__ returned non-bytes (type {got})")));
        }
        // As it is, a subclass included.
        return Ok(b);
    }
    let data = bytes_methods::construct(cx, "bytes", Some(source), None, None)?;
    Bytes::wish(cx, &data)
}

/// `str(b)` shows the bytes, which is hardly what is meant.
pub fn bytes_str(cx: &mut Ctx, v: Value) -> PyResult {
    if engine::exceptions::bytes_warning() {
        let ty = types::type_of(cx, v);
        let name = if ty.is_subtype(cx.types.bytes) { "bytes" } else { "bytearray" };
        engine::exceptions::warn(cx, Exc::BytesWarning, &format!("str() on a {name} instance"), 1)?;
    }
    protocol::repr(cx, v)
}

fn bytes_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    match (Bytes::of_sub(cx, a), Bytes::of_sub(cx, b)) {
        (Some(x), Some(y)) => Ok(Value::bool(op.test(x.as_slice().cmp(y.as_slice())))),
        // Other types compare themselves with bytes, or do not.
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn bytes_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let b = this(cx, v)?;
    if let Some(slice) = Slice::of(key) {
        let idx = slice.indices(cx, b.len())?;
        let data = b.as_slice();
        if idx.step == 1 {
            if idx.count == b.len() && Bytes::of(v).is_some() {
                return Ok(v);
            }
            return Bytes::wish(cx, &data[idx.start as usize..idx.start as usize + idx.count]);
        }
        let picked: Vec<u8> = (0..idx.count).map(|i| data[(idx.start + i as i64 * idx.step) as usize]).collect();
        return Bytes::wish(cx, &picked);
    }
    match key_index(cx, key, b.len(), "byte")? {
        Some(i) => Ok(Value::small(i32::from(b.as_slice()[i]))),
        None => Err(cx.index_error("index out of range")),
    }
}

fn bytes_mul(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (s, n) = match Bytes::of_sub(cx, a) {
        Some(s) => (s, b),
        None => (this(cx, b)?, a),
    };
    let Some(n) = repeat_count(cx, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    cx.attempt(|heap| s.repeat(heap, n))
}

fn bytes_buffer(cx: &mut Ctx, v: Value, flags: u32) -> Res<Buffer> {
    let b = this(cx, v)?;
    if flags & engine::protocol::buffer::WRITABLE != 0 {
        return Err(cx.raise(Exc::BufferError, "Object is not writable."));
    }
    // Short bytes live in the word itself: a copy on the heap gives them an address.
    let mut view = Buffer::of_bytes(cx, b);
    // An instance of a subclass is shown itself; it keeps its bytes alive, unless they are too short to have an address.
    if view.owner == b.value() {
        view.owner = v;
    } else if Bytes::of(v).is_none() {
        view.shown = v;
    }
    Ok(view)
}

fn fromhex(cx: &mut Ctx, args: Args) -> PyResult {
    let data = bytes_methods::parse_hex(cx, args[1])?;
    let b = Bytes::wish(cx, &data)?;
    if args[0] == cx.types.bytes.value() { Ok(b) } else { engine::protocol::call(cx, args[0], &[b]) }
}
