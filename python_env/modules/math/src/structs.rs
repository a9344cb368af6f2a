//! The module `_struct`: values packed into bytes.

use engine::objects::Bytes;
use engine::prelude::*;
use engine::protocol::buffer::{self, Buffer};
use pynumeric::complex::Complex;
use pytext::format::Int;
use pytext::pystruct::{self as ps, Class, Layout, StructError, Unpacked};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

/// `_struct`.
pub static STRUCT_MODULE: ModuleDef = ModuleDef {
    doc: "Functions to convert between Python values and C structs.\nPython bytes objects are used to hold the data representing the C struct\nand also as format strings (explained below) to describe the layout of data\nin the C struct.",
    functions: &[
        NativeDef::new("_clearcache", "($module, /)", |_, _| {
            KNOWN.with_borrow_mut(FxHashMap::clear);
            Ok(Value::NONE)
        }, "Clear the internal cache."),
        NativeDef::new("calcsize", "($module, format, /)", |cx, args| {
            let layout = parse(cx, args[0])?;
            Ok(int::from_usize(cx, layout.size))
        }, "Return size in bytes of the struct described by the format string."),
        NativeDef::new("iter_unpack", "($module, format, buffer, /)", |cx, args| {
            let layout = parse(cx, args[0])?;
            iterator(cx, layout, args[1])
        }, "Return an iterator yielding tuples unpacked from the given bytes.\n\nThe bytes are unpacked according to the format string, like\na repeated invocation of unpack_from().\n\nRequires that the bytes length be a multiple of the struct size."),
        NativeDef::new("pack", "($module, format, *values)", |cx, args| {
            let layout = parse(cx, args[0])?;
            pack(cx, &layout, "pack", args[1])
        }, "pack(format, v1, v2, ...) -> bytes\n\nReturn a bytes object containing the values v1, v2, ... packed according\nto the format string.  See help(struct) for more on format strings.").hide_sig(),
        NativeDef::new("pack_into", "($module, format, buffer, offset, /, *values)", |cx, args| {
            let layout = parse(cx, args[0])?;
            pack_into(cx, &layout, args[1], args[2], args[3])
        }, "pack_into(format, buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format string and write\nthe packed bytes into the writable buffer buf starting at offset.  Note\nthat the offset is a required argument.  See help(struct) for more\non format strings.").hide_sig(),
        NativeDef::new("unpack", "($module, format, buffer, /)", |cx, args| {
            let layout = parse(cx, args[0])?;
            unpack(cx, &layout, args[1])
        }, "Return a tuple containing values unpacked according to the format string.\n\nThe buffer's size in bytes must be calcsize(format).\n\nSee help(struct) for more on format strings."),
        NativeDef::new("unpack_from", "($module, format, /, buffer, offset=0)", |cx, args| {
            let layout = parse(cx, args[0])?;
            unpack_from(cx, &layout, args[1], args.get(2))
        }, "Return a tuple containing values unpacked according to the format string.\n\nThe buffer's size, minus offset, must be at least calcsize(format).\n\nSee help(struct) for more on format strings."),
    ],
    types: &[&STRUCT, &ERROR],
    init: Some(|cx, _| {
        cx.add_type(&ITERATOR);
        Ok(())
    }),
    ..ModuleDef::new("_struct")
};

/// `struct.error`.
pub static ERROR: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
    bases: &[BaseRef::Exc(Exc::Exception)],
    ..TypeDef::new("struct", "error")
};

/// Native slots: 0 the format (a str), 1 the layout (a Rust value).
pub static STRUCT: TypeDef = TypeDef {
    doc: "Struct(fmt) --> compiled struct object",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 2,
    new: Some(
        NativeDef::new("__new__", "($type, *args, **kwargs)", |cx, args| Ok(cx.alloc_instance(args[0])?.value()), "")
            .hide_sig(),
    ),
    init: Some(NativeDef::new(
        "__init__",
        "($self, /, format)",
        init,
        "Initialize self.  See help(type(self)) for accurate signature.",
    )),
    slots: Slots {
        repr: Some(|cx, v| {
            let (_, format) = layout_of(cx, v)?;
            let shown = protocol::repr(cx, format)?;
            let (name, shown) = (types::type_short_name(cx, v), protocol::text(cx, shown));
            Ok(Str::from_text(cx, &format!("{name}({shown})")))
        }),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "iter_unpack",
            "($self, buffer, /)",
            |cx, args| {
                let (layout, _) = layout_of(cx, args[0])?;
                iterator(cx, layout, args[1])
            },
            "Return an iterator yielding tuples.",
        ),
        NativeDef::new(
            "pack",
            "($self, *values)",
            |cx, args| {
                let (layout, _) = layout_of(cx, args[0])?;
                pack(cx, &layout, "pack", args[1])
            },
            "S.pack(v1, v2, ...) -> bytes",
        )
        .hide_sig(),
        NativeDef::new(
            "pack_into",
            "($self, buffer, offset, /, *values)",
            |cx, args| {
                let (layout, _) = layout_of(cx, args[0])?;
                pack_into(cx, &layout, args[1], args[2], args[3])
            },
            "S.pack_into(buffer, offset, v1, v2, ...)",
        )
        .hide_sig(),
        NativeDef::new(
            "unpack",
            "($self, buffer, /)",
            |cx, args| {
                let (layout, _) = layout_of(cx, args[0])?;
                unpack(cx, &layout, args[1])
            },
            "Return a tuple containing unpacked values.",
        ),
        NativeDef::new(
            "unpack_from",
            "($self, /, buffer, offset=0)",
            |cx, args| {
                let (layout, _) = layout_of(cx, args[0])?;
                unpack_from(cx, &layout, args[1], args.get(2))
            },
            "Return a tuple containing unpacked values.",
        ),
        NativeDef::new(
            "__sizeof__",
            "($self, /)",
            |cx, args| {
                let (layout, _) = layout_of(cx, args[0])?;
                Ok(int::from_usize(cx, 64 + 40 * layout.items.len()))
            },
            "S.__sizeof__() -> size of S in memory, in bytes",
        ),
    ],
    getsets: &[
        GetSet::ro("format", |cx, v| Ok(layout_of(cx, v)?.1), "struct format string"),
        GetSet::ro(
            "size",
            |cx, v| {
                let o = crate::arguments::this(cx, v)?;
                let size = o.payload::<SharedLayout>(cx, 1).map_or(-1, |l| l.0.size as i64);
                Ok(int::from_i64(cx, size))
            },
            "struct size in bytes",
        ),
    ],
    ..TypeDef::new("_struct", "Struct")
};

/// Native slots: 0 the layout (a Rust value), 1 the buffer's owner, 2 the next offset.
static ITERATOR: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 3,
    slots: Slots { iter: Some(slots::self_iter), next: Some(iterator_next), ..Slots::NONE },
    methods: &[NativeDef::new(
        "__length_hint__",
        "($self, /)",
        |cx, args| {
            let o = crate::arguments::this(cx, args[0])?;
            let size = o.payload::<SharedLayout>(cx, 0).map_or(1, |l| l.0.size);
            let (owner, at) = (o.slot(cx, 1), int::to_usize(o.slot(cx, 2)).unwrap_or(0));
            if owner == Value::EMPTY {
                return Ok(Value::small(0));
            }
            let len = protocol::to_bytes(cx, owner)?.len();
            Ok(int::from_usize(cx, len.saturating_sub(at) / size.max(1)))
        },
        "",
    )],
    ..TypeDef::new("_struct", "unpack_iterator")
};

struct SharedLayout(Arc<Layout>);

/// Raises `struct.error`.
#[cold]
fn error(cx: &mut Ctx, text: impl Into<String>) -> Raised {
    let class = cx.type_of_def(&ERROR).value();
    cx.raise_of(class, text.into())
}

#[cold]
fn fail(cx: &mut Ctx, e: StructError) -> Raised {
    match e {
        StructError::Error(text) => error(cx, text),
        StructError::Overflow(text) => cx.overflow_error(text),
    }
}

thread_local! {
    /// Layouts of the formats that this thread has used lately: its own, so that threads do not share their counts.
    static KNOWN: RefCell<FxHashMap<Box<[u8]>, Known>> = RefCell::default();
}

/// A layout as a thread hands it round, at no cost; objects share what is in it.
type Known = Rc<Arc<Layout>>;

/// How many formats a thread remembers, and how long ones.
const MOST_KNOWN: usize = 100;
const LONGEST_KNOWN: usize = 64;

fn parse(cx: &mut Ctx, format: Value) -> Res<Known> {
    match known(format) {
        Some(layout) => Ok(layout),
        None => parse_unseen(cx, format),
    }
}

fn known(format: Value) -> Option<Known> {
    let known = |text: &[u8]| KNOWN.with_borrow(|known| known.get(text).cloned());
    match (Str::of(format), Bytes::of(format)) {
        (Some(s), _) => known(s.as_bytes()),
        (None, Some(b)) => known(b.as_slice()),
        (None, None) => None,
    }
}

/// A format that the module's functions have not seen: they look for it among those they know before they look at it, and
/// read bytes as the names of files are read.
fn parse_unseen(cx: &mut Ctx, format: Value) -> Res<Known> {
    if Str::of(format).is_none() {
        Dict::new(cx).get(cx, format)?;
    }
    if let Some(b) = Bytes::of_sub(cx, format)
        && let Some(at) = b.as_slice().iter().position(|b| !b.is_ascii())
    {
        let shown = pytext::wtf8::from_code_points(
            b.as_slice().iter().map(|&b| if b.is_ascii() { u32::from(b) } else { 0xDC00 + u32::from(b) }),
        );
        let shown = Str::wish(cx, &shown)?;
        return Err(cx.unicode_encode_error("ascii", shown, at, at + 1, "ordinal not in range(128)"));
    }
    parse_new(cx, format)
}

fn parse_new(cx: &mut Ctx, format: Value) -> Res<Known> {
    let text = match (Str::of_sub(cx, format), Bytes::of_sub(cx, format)) {
        (Some(s), _) if s.is_ascii() => s.as_bytes().to_vec(),
        (Some(s), _) => {
            let at = s.chars().position(|c| c >= 128).unwrap_or(0);
            return Err(cx.unicode_encode_error("ascii", format, at, at + 1, "ordinal not in range(128)"));
        }
        (None, Some(b)) => b.as_slice().to_vec(),
        (None, None) => {
            let name = type_name(cx, format);
            return Err(cx.type_error(format!("Struct() argument 1 must be a str or bytes object, not {name}")));
        }
    };
    if text.contains(&0) {
        return Err(error(cx, "embedded null character"));
    }
    // An item for each letter.
    cx.make_room_beside(text.len().saturating_mul(96))?;
    match ps::parse(&text) {
        Ok(layout) => {
            let layout = Rc::new(Arc::new(layout));
            if text.len() <= LONGEST_KNOWN {
                KNOWN.with_borrow_mut(|known| {
                    if known.len() >= MOST_KNOWN {
                        known.clear();
                    }
                    known.insert(text.into_boxed_slice(), Rc::clone(&layout));
                });
            }
            Ok(layout)
        }
        Err(e) => Err(fail(cx, e)),
    }
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let layout = match known(args[1]) {
        Some(layout) => layout,
        None => parse_new(cx, args[1])?,
    };
    let format = match Bytes::of_sub(cx, args[1]) {
        Some(b) => Str::ascii(cx, b.as_slice()),
        None => objects::base_value(cx, args[1]),
    };
    let o = crate::arguments::this(cx, args[0])?;
    o.set_payload(cx, 1, SharedLayout(Arc::clone(&layout)));
    o.set_slot(cx, 0, format);
    Ok(Value::NONE)
}

fn layout_of(cx: &mut Ctx, v: Value) -> Res<(Known, Value)> {
    let o = crate::arguments::this(cx, v)?;
    let format = o.slot(cx, 0);
    match o.payload::<SharedLayout>(cx, 1) {
        // By way of the thread's own, which remembers it: the object's is shared by all threads that use it.
        Some(_) if Str::of(format).is_some_and(|s| s.byte_len() <= LONGEST_KNOWN) => Ok((parse(cx, format)?, format)),
        Some(l) => Ok((Rc::new(Arc::clone(&l.0)), format)),
        None => Err(cx.runtime_error("Struct object is not initialized")),
    }
}

fn pack_value(cx: &mut Ctx, layout: &Layout, code: u8, out: &mut [u8], v: Value) -> Res<()> {
    let done = match ps::class_of(code) {
        Class::Int if let Some(i) = v.as_int() => ps::pack_int(out, code, layout.order, Int::Small(i)),
        Class::Int => {
            let n = if int::is_sub(cx, v) || type_of(cx, v).slots().index().is_some() {
                protocol::index_value(cx, v)?
            } else {
                return Err(error(cx, "required argument is not an integer"));
            };
            match int::to_i64(n) {
                Some(i) => ps::pack_int(out, code, layout.order, Int::Small(i)),
                None => {
                    let big = int::to_big(n).unwrap_or_default();
                    ps::pack_int(out, code, layout.order, Int::Big(&big))
                }
            }
        }
        Class::Float => match protocol::to_f64(cx, v) {
            Ok(x) => ps::pack_float(out, code, layout.order, x),
            Err(r) => {
                cx.clear(r);
                return Err(error(cx, "required argument is not a float"));
            }
        },
        Class::Complex => match complex_of(cx, v) {
            Ok(z) => ps::pack_complex(out, code, layout.order, z),
            Err(r) => {
                cx.clear(r);
                return Err(error(cx, "required argument is not a complex"));
            }
        },
        Class::Bool => {
            out[0] = u8::from(protocol::truth(cx, v)?);
            Ok(())
        }
        Class::Char => match Bytes::of_sub(cx, v).filter(|b| b.len() == 1) {
            Some(b) => {
                out[0] = b.as_slice()[0];
                Ok(())
            }
            None => return Err(error(cx, "char format requires a bytes object of length 1")),
        },
        Class::Bytes => {
            let is_bytearray = types::type_of(cx, v).full_name(cx) == "bytearray";
            if Bytes::of_sub(cx, v).is_none() && !is_bytearray {
                return Err(error(cx, format!("argument for '{}' must be a bytes object", char::from(code))));
            }
            let bytes = protocol::to_bytes(cx, v)?;
            ps::pack_bytes(out, code, &bytes);
            Ok(())
        }
    };
    done.map_err(|e| fail(cx, e))
}

/// The complex number in `v`.
fn complex_of(cx: &mut Ctx, v: Value) -> Res<Complex> {
    crate::cmaths::argument(cx, v)
}

fn pack_all(cx: &mut Ctx, layout: &Layout, function: &str, values: Value) -> Res<Vec<u8>> {
    let values = checked(cx, layout, function, values)?;
    // The buffer, and the object made of it.
    cx.make_room_for(layout.size, 2)?;
    let mut out = cx.zeros(layout.size)?;
    fill(cx, layout, values, &mut out)?;
    Ok(out)
}

/// The values, as many as the format takes.
fn checked(cx: &mut Ctx, layout: &Layout, function: &str, values: Value) -> Res<Tuple> {
    let values = protocol::tuple_of(cx, values)?;
    layout.check_values(function, values.len()).map_err(|e| fail(cx, e))?;
    Ok(values)
}

/// Packs the values into `out`, which is zeroed and as long as the format says.
fn fill(cx: &mut Ctx, layout: &Layout, values: Tuple, out: &mut [u8]) -> Res<()> {
    let mut next = 0;
    for item in &layout.items {
        for n in 0..item.count {
            let at = item.offset + n * item.size;
            pack_value(cx, layout, item.code, &mut out[at..at + item.size], values.get(next))?;
            next += 1;
        }
    }
    Ok(())
}

/// Formats of so many bytes or values are packed and unpacked on the native stack.
const FEW_BYTES: usize = 64;
const FEW_VALUES: usize = 8;

fn pack(cx: &mut Ctx, layout: &Layout, function: &str, values: Value) -> PyResult {
    if layout.size <= FEW_BYTES {
        let values = checked(cx, layout, function, values)?;
        let mut out = [0; FEW_BYTES];
        fill(cx, layout, values, &mut out[..layout.size])?;
        return Ok(Bytes::new(cx, &out[..layout.size]));
    }
    let out = pack_all(cx, layout, function, values)?;
    Bytes::wish(cx, &out)
}

fn pack_into(cx: &mut Ctx, layout: &Layout, target: Value, offset: Value, values: Value) -> PyResult {
    let count = protocol::tuple_of(cx, values)?.len();
    if count != layout.values {
        return Err(error(cx, format!("pack_into expected {} items for packing (got {count})", layout.values)));
    }
    let view = writable(cx, target)?;
    let offset = match protocol::index(cx, offset) {
        Ok(offset) => offset,
        Err(r) => {
            view.release(cx);
            return Err(r);
        }
    };
    let start = match layout.check_offset(true, view.len, offset as isize) {
        Ok(at) => at,
        Err(e) => {
            view.release(cx);
            return Err(fail(cx, e));
        }
    };
    match pack_all(cx, layout, "pack_into", values) {
        Ok(out) => {
            view.write(start as isize, &out);
            view.release(cx);
            Ok(Value::NONE)
        }
        Err(r) => {
            view.release(cx);
            Err(r)
        }
    }
}

fn writable(cx: &mut Ctx, v: Value) -> Res<Buffer> {
    let wrong = |cx: &mut Ctx| {
        let name = type_name(cx, v);
        cx.type_error(format!("argument must be read-write bytes-like object, not {name}"))
    };
    if Bytes::of_sub(cx, v).is_some() || !buffer::has_buffer(cx, v) {
        return Err(wrong(cx));
    }
    let view = buffer::get_buffer(cx, v, buffer::WRITABLE)?;
    if view.readonly || !view.is_contiguous() {
        view.release(cx);
        return Err(wrong(cx));
    }
    Ok(view)
}

fn unpack_bytes(cx: &mut Ctx, layout: &Layout, bytes: &[u8]) -> PyResult {
    if layout.values <= FEW_VALUES && bytes.len() <= FEW_BYTES {
        return native::with_words(cx, layout.values, |cx, words| {
            let mut place = words.iter_mut();
            each_value(cx, layout, bytes, |v| {
                if let Some(place) = place.next() {
                    *place = v;
                }
            });
            Ok(Tuple::new(cx, words))
        });
    }
    // The list, its numbers, and the tuple; the parts of the text.
    cx.make_room_for(layout.values, 32)?;
    cx.make_room(bytes.len())?;
    let heap: &Heap = cx;
    let values = List::with_capacity(heap, layout.values);
    each_value(heap, layout, bytes, |v| values.push(heap, v));
    values.wish_tuple(cx)
}

/// Calls `f` with each value that the bytes hold.
fn each_value(heap: &Heap, layout: &Layout, bytes: &[u8], mut f: impl FnMut(Value)) {
    for item in &layout.items {
        for n in 0..item.count {
            let at = item.offset + n * item.size;
            f(match ps::unpack(item.code, layout.order, bytes.get(at..at + item.size).unwrap_or(&[])) {
                Unpacked::Int(i) => int::from_i64(heap, i),
                Unpacked::UInt(i) => int::from_u64(heap, i),
                Unpacked::Float(x) => float::new(heap, x),
                Unpacked::Complex(z) => types::complex_value(heap, z.re, z.im),
                Unpacked::Bool(b) => Value::bool(b),
                Unpacked::Bytes(b) => Bytes::new(heap, b),
            });
        }
    }
}

fn unpack(cx: &mut Ctx, layout: &Layout, v: Value) -> PyResult {
    if let Some(b) = Bytes::of_sub(cx, v) {
        layout.check_buffer(b.len()).map_err(|e| fail(cx, e))?;
        return unpack_bytes(cx, layout, b.as_slice());
    }
    let bytes = protocol::to_bytes(cx, v)?;
    layout.check_buffer(bytes.len()).map_err(|e| fail(cx, e))?;
    unpack_bytes(cx, layout, &bytes)
}

fn unpack_from(cx: &mut Ctx, layout: &Layout, v: Value, offset: Option<Value>) -> PyResult {
    // The offset is asked for when the buffer is held.
    let take = |cx: &mut Ctx, len: usize| {
        let offset = offset.map_or(Ok(0), |v| protocol::ssize(cx, v))?;
        layout.check_offset(false, len, offset as isize).map_err(|e| fail(cx, e))
    };
    if let Some(b) = Bytes::of_sub(cx, v) {
        let at = take(cx, b.len())?;
        return unpack_bytes(cx, layout, &b.as_slice()[at..at + layout.size]);
    }
    let view = buffer::get_buffer(cx, v, 0)?;
    if !view.is_contiguous() {
        view.release(cx);
        return Err(cx.buffer_error("memoryview: underlying buffer is not C-contiguous"));
    }
    let bytes = take(cx, view.len).and_then(|at| {
        let mut bytes = cx.buffer(layout.size)?;
        view.read_into(at as isize, layout.size, &mut bytes);
        Ok(bytes)
    });
    view.release(cx);
    unpack_bytes(cx, layout, &bytes?)
}

fn iterator(cx: &mut Ctx, layout: Known, owner: Value) -> PyResult {
    let len = protocol::to_bytes(cx, owner)?.len();
    if layout.size == 0 {
        return Err(error(cx, "cannot iteratively unpack with a struct of length 0"));
    }
    if len % layout.size != 0 {
        return Err(error(cx, format!("iterative unpacking requires a buffer of a multiple of {} bytes", layout.size)));
    }
    let v = cx.new_object(&ITERATOR, &[Value::EMPTY, owner, Value::small(0)]);
    let o = crate::arguments::this(cx, v)?;
    o.set_payload(cx, 0, SharedLayout(Arc::clone(&layout)));
    Ok(v)
}

fn iterator_next(cx: &mut Ctx, v: Value) -> PyResult {
    let o = crate::arguments::this(cx, v)?;
    let layout = match o.payload::<SharedLayout>(cx, 0) {
        Some(l) => Arc::clone(&l.0),
        None => return Ok(Value::EMPTY),
    };
    loop {
        let (owner, before) = (o.slot(cx, 1), o.slot(cx, 2));
        if owner == Value::EMPTY {
            return Ok(owner);
        }
        let at = int::to_usize(before).unwrap_or(0);
        let part = match Bytes::of_sub(cx, owner) {
            Some(b) => b.as_slice().get(at..at + layout.size).map(<[u8]>::to_vec),
            None => {
                let view = buffer::get_buffer(cx, owner, 0)?;
                let part = cx.buffer(layout.size);
                let part = part.map(|mut part| view.read_into(at as isize, layout.size, &mut part).then_some(part));
                view.release(cx);
                part?
            }
        };
        let Some(part) = part else {
            o.set_slot(cx, 1, Value::EMPTY);
            return Ok(Value::EMPTY);
        };
        let after = int::from_usize(cx, at + layout.size);
        // Another thread may have taken this part.
        if o.cas_slot(cx, 2, before, after).is_ok() {
            return unpack_bytes(cx, &layout, &part);
        }
    }
}
