//! The type `memoryview`.
//!
//! Native slot 0 holds the payload (an export shared by all views derived from one another, and this view's shape),
//! slot 1 the exporter, slot 2 the format (a str). Items are read and written through `struct`-like codes.

use engine::objects::{Bytes, List, Obj, Slice, Tuple};
use engine::prelude::*;
use engine::protocol::{
    self,
    buffer::{self, Buffer, Exports, Told},
};
use proto_core::sync::Latch;
use smallvec::{SmallVec, smallvec};
use std::any::Any;
use std::sync::Arc;

use crate::arguments::type_name;

/// Numbers of the dimensions, of which there is one as a rule.
type Dims = SmallVec<[isize; 2]>;

/// What a view shows: a strided box of items inside the exporter's memory.
#[derive(Clone)]
struct View {
    /// Byte offset of the first item from the start of the export.
    start: isize,
    itemsize: usize,
    /// Items per dimension.
    shape: Dims,
    /// Byte distance per dimension.
    strides: Dims,
    readonly: bool,
}

impl View {
    /// Number of items.
    fn items(&self) -> usize {
        self.shape.iter().map(|&n| n.max(0) as usize).product()
    }

    fn contiguous(&self, c_order: bool) -> bool {
        let mut expected = self.itemsize as isize;
        let dims: Vec<usize> =
            if c_order { (0..self.shape.len()).rev().collect() } else { (0..self.shape.len()).collect() };
        for d in dims {
            if self.shape[d] > 1 && self.strides[d] != expected {
                return false;
            }
            expected *= self.shape[d].max(1);
        }
        true
    }

    /// Byte offsets of all items, in C order.
    fn offsets(&self) -> impl Iterator<Item = isize> {
        offsets_of(self.shape.clone(), self.strides.clone(), self.start, self.items())
    }

    /// Byte offsets of all items, in Fortran's order: the first index runs fastest.
    fn offsets_fortran(&self) -> impl Iterator<Item = isize> {
        let (mut shape, mut strides) = (self.shape.clone(), self.strides.clone());
        shape.reverse();
        strides.reverse();
        offsets_of(shape, strides, self.start, self.items())
    }
}

fn offsets_of(shape: Dims, strides: Dims, start: isize, items: usize) -> impl Iterator<Item = isize> {
    let mut next = start;
    let mut index = vec![0; shape.len()];
    (0..items).map(move |_| {
        let at = next;
        for d in (0..shape.len()).rev() {
            index[d] += 1;
            next += strides[d];
            if index[d] < shape[d] {
                break;
            }
            next -= shape[d] * strides[d];
            index[d] = 0;
        }
        at
    })
}

type Guard = Box<dyn Any + Send + Sync>;

/// The payload.
struct State {
    view: View,
    /// Address and length of the export; the exporter in slot 1 keeps it alive while `released` is false.
    data: usize,
    len: usize,
    /// Ends the export when the last view of it drops it.
    guard: Latch<Option<Arc<Guard>>>,
    released: Latch<bool>,
    /// See [`Buffer::lent`].
    lent: bool,
    /// Buffers that others took from this view.
    exports: Exports,
    /// The hash, once asked for: it outlives the release.
    hash: Latch<Option<i64>>,
}

const STATE: usize = 0;
const OWNER: usize = 1;
const FORMAT: usize = 2;
/// Whom `obj` gives instead of the owner; EMPTY: nobody.
const SHOWN: usize = 3;
/// Who hears of the end of the export that all views of it share ([`Told`]), and what they gave.
const TOLD: usize = 4;
const GIVEN: usize = 5;

pub static MEMORYVIEW: TypeDef = TypeDef {
    doc: "Create a new memoryview object which references the given object.",
    flags: TypeFlags::SEQUENCE.with(TypeFlags::HAS_WEAKREF),
    nnative: 6,
    new: Some(NativeDef::new("__new__", "($type, /, object)", memoryview_new, "")),
    new_of_one: Some(view_of),
    slots: Slots {
        repr: Some(memoryview_repr),
        hash: Some(memoryview_hash),
        richcmp: Some(memoryview_richcmp),
        len: Some(memoryview_len),
        getitem: Some(memoryview_getitem),
        setitem: Some(memoryview_setitem),
        iter: Some(|cx, v| {
            live(cx, v)?;
            protocol::iter::sequence_iter_as(cx, &protocol::iter::MEMORY_ITERATOR, v)
        }),
        buffer: Some(memoryview_buffer),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "cast",
            "($self, /, format, shape=<unrepresentable>)",
            cast,
            "Cast a memoryview to a new format or shape.",
        ),
        NativeDef::new(
            "hex",
            "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
            hex,
            "Return the data in the buffer as a str of hexadecimal numbers.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from\n    the right, negative values count from the left.\n\nExample:\n>>> value = memoryview(b'\\xb9\\x01\\xef')\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'",
        ),
        NativeDef::new(
            "release",
            "($self, /)",
            release,
            "Release the underlying buffer exposed by the memoryview object.",
        )
        .role(Role::Resizes),
        RELEASE_BUFFER,
        NativeDef::new(
            "tobytes",
            "($self, /, order='C')",
            tobytes,
            "Return the data in the buffer as a byte string.\n\nOrder can be {'C', 'F', 'A'}.",
        ),
        NativeDef::new("tolist", "($self, /)", tolist, "Return the data in the buffer as a list of elements."),
        NativeDef::new("toreadonly", "($self, /)", toreadonly, "Return a readonly version of the memoryview."),
        NativeDef::new("count", "($self, value, /)", count, "Count the number of occurrences of a value."),
        NativeDef::new(
            "index",
            "($self, value, start=0, stop=sys.maxsize, /)",
            index,
            "Return the index of the first occurrence of a value.\n\nRaises ValueError if the value is not present.",
        ),
        NativeDef::new(
            "__enter__",
            "($self, /)",
            |cx, args| {
                live(cx, args[0])?;
                Ok(args[0])
            },
            "",
        ),
        NativeDef::new("__exit__", "($self, /, *exc_info)", release, ""),
    ],
    class_methods: &[
        NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585"),
        NativeDef::new("_from_flags", "($type, /, object, flags)", from_flags, ""),
    ],
    getsets: &[
        GetSet::ro("obj", get_obj, "The underlying object of the memoryview."),
        GetSet::ro(
            "nbytes",
            |cx, v| {
                let view = live(cx, v)?;
                Ok(int::from_usize(cx, view.items() * view.itemsize))
            },
            "The amount of space in bytes that the array would use in\n a contiguous representation.",
        ),
        GetSet::ro(
            "readonly",
            |cx, v| Ok(Value::bool(live(cx, v)?.readonly)),
            "A bool indicating whether the memory is read only.",
        ),
        GetSet::ro(
            "itemsize",
            |cx, v| {
                let n = live(cx, v)?.itemsize;
                Ok(int::from_usize(cx, n))
            },
            "The size in bytes of each element of the memoryview.",
        ),
        GetSet::ro(
            "format",
            |cx, v| {
                live(cx, v)?;
                Ok(slot(cx, v, FORMAT))
            },
            "A string containing the format (in struct module style)\n for each element in the view.",
        ),
        GetSet::ro(
            "ndim",
            |cx, v| {
                let n = live(cx, v)?.shape.len();
                Ok(int::from_usize(cx, n))
            },
            "An integer indicating how many dimensions of a multi-dimensional\n array the memory represents.",
        ),
        GetSet::ro(
            "shape",
            |cx, v| {
                let view = live(cx, v)?;
                Ok(int_tuple(cx, &view.shape))
            },
            "A tuple of ndim integers giving the shape of the memory\n as an N-dimensional array.",
        ),
        GetSet::ro(
            "strides",
            |cx, v| {
                let view = live(cx, v)?;
                Ok(int_tuple(cx, &view.strides))
            },
            "A tuple of ndim integers giving the size in bytes to access\n each element for each dimension of the array.",
        ),
        GetSet::ro(
            "suboffsets",
            |cx, v| {
                live(cx, v)?;
                Ok(Tuple::empty(cx))
            },
            "A tuple of integers used internally for PIL-style arrays.",
        ),
        GetSet::ro(
            "c_contiguous",
            |cx, v| Ok(Value::bool(live(cx, v)?.contiguous(true))),
            "A bool indicating whether the memory is C contiguous.",
        ),
        GetSet::ro(
            "f_contiguous",
            |cx, v| Ok(Value::bool(live(cx, v)?.contiguous(false))),
            "A bool indicating whether the memory is Fortran contiguous.",
        ),
        GetSet::ro(
            "contiguous",
            |cx, v| {
                let view = live(cx, v)?;
                Ok(Value::bool(view.contiguous(true) || view.contiguous(false)))
            },
            "A bool indicating whether the memory is contiguous.",
        ),
    ],
    ..TypeDef::new("builtins", "memoryview")
};

fn slot(cx: &Ctx, v: Value, i: usize) -> Value {
    Obj::of(v).map_or(Value::NONE, |o| o.slot(cx, i))
}

fn state(cx: &Ctx, v: Value) -> Option<&State> {
    Obj::of(v)?.payload::<State>(cx, STATE)
}

fn int_tuple(cx: &Ctx, ns: &[isize]) -> Value {
    Tuple::build(cx, ns.len(), |i| int::from_i64(cx, ns[i] as i64))
}

/// The view, unless it has been released.
fn live(cx: &mut Ctx, v: Value) -> Res<View> {
    match state(cx, v) {
        Some(s) if !*s.released.lock() => Ok(s.view.clone()),
        Some(_) => Err(released(cx)),
        None => Err(cx.type_error("memoryview expected")),
    }
}

fn released(cx: &mut Ctx) -> Raised {
    cx.value_error("operation forbidden on released memoryview object")
}

/// Keeps the view from being released until the guard is dropped.
fn hold(cx: &Ctx, v: Value) -> Option<Guard> {
    state(cx, v).map(|s| s.exports.guard())
}

/// The export behind the view, for reading and writing bytes.
fn memory(cx: &mut Ctx, v: Value) -> Res<Buffer> {
    let view = live(cx, v)?;
    let owner = slot(cx, v, OWNER);
    let (data, len) = state(cx, v).map_or((0, 0), |s| (s.data, s.len));
    Ok(Buffer::bytes(cx, owner, std::ptr::with_exposed_provenance_mut(data), len, view.readonly))
}

/// A memoryview of an exported buffer.
pub fn of_buffer(cx: &mut Ctx, b: Buffer) -> PyResult {
    let itemsize = b.itemsize.max(1);
    let shape = match &b.shape {
        Some(s) => Dims::from_slice(s),
        None => smallvec![(b.len / itemsize) as isize],
    };
    let strides = match &b.strides {
        Some(s) => Dims::from_slice(s),
        None => c_strides(&shape, itemsize),
    };
    let view = View { start: 0, itemsize, shape, strides, readonly: b.readonly };
    let format = b.format;
    // Whoever hears of the end hears of it when the last view of the export is released.
    let counted = || (!b.told.exporter.is_empty()).then(|| Box::new(()) as Guard);
    let guard = b.guard.or_else(counted).map(Arc::new);
    let memory = Memory { data: b.data.expose_provenance(), len: b.len, owner: b.owner, shown: b.shown, told: b.told };
    Ok(build(cx, view, memory, format, guard, b.lent))
}

/// What views of one export have in common.
#[derive(Clone, Copy)]
struct Memory {
    data: usize,
    len: usize,
    owner: Value,
    shown: Value,
    told: Told,
}

/// Whose memory a memoryview shows.
pub fn owner(cx: &Ctx, v: Value) -> Value {
    slot(cx, v, OWNER)
}

fn build(
    cx: &mut Ctx,
    view: View,
    Memory { data, len, owner, shown, told }: Memory,
    format: Value,
    guard: Option<Arc<Guard>>,
    lent: bool,
) -> Value {
    let v = cx.new_object(&MEMORYVIEW, &[Value::EMPTY, owner, format, shown, told.exporter, told.given]);
    if let Some(o) = Obj::of(v) {
        let state = State {
            view,
            data,
            len,
            guard: Latch::new(guard),
            released: Latch::new(false),
            lent,
            exports: Exports::default(),
            hash: Latch::new(None),
        };
        o.set_payload(cx, STATE, state);
    }
    v
}

fn c_strides(shape: &[isize], itemsize: usize) -> Dims {
    let mut strides: Dims = smallvec![0; shape.len()];
    let mut step = itemsize as isize;
    for d in (0..shape.len()).rev() {
        strides[d] = step;
        step *= shape[d].max(1);
    }
    strides
}

fn memoryview_new(cx: &mut Ctx, args: Args) -> PyResult {
    view_of(cx, args[1])
}

/// `memoryview(object)`.
fn view_of(cx: &mut Ctx, object: Value) -> PyResult {
    if !buffer::has_buffer(cx, object) {
        let name = type_name(cx, object);
        return Err(cx.type_error(format!("memoryview: a bytes-like object is required, not '{name}'")));
    }
    if state(cx, object).is_some() {
        // A view of a view is one of the same object: it does not keep the first from being released.
        let view = live(cx, object)?;
        let format = slot(cx, object, FORMAT);
        return derive(cx, object, view, format, share(cx, object));
    }
    let b = buffer::get_buffer(cx, object, 0)?;
    of_buffer(cx, b)
}

/// `memoryview._from_flags(object, flags)`: of the flags only the wish to write counts.
fn from_flags(cx: &mut Ctx, args: Args) -> PyResult {
    if !buffer::has_buffer(cx, args[1]) {
        let name = type_name(cx, args[1]);
        return Err(cx.type_error(format!("memoryview: a bytes-like object is required, not '{name}'")));
    }
    let flags = args.index(cx, 2)? as u32;
    let b = buffer::get_buffer(cx, args[1], flags)?;
    if flags & buffer::WRITABLE != 0 && b.readonly {
        b.release(cx);
        return Err(cx.raise(Exc::BufferError, "Object is not writable."));
    }
    of_buffer(cx, b)
}

/// The method by which an exporter of a buffer takes a view back.
pub const RELEASE_BUFFER: NativeDef = NativeDef::new(
    "__release_buffer__",
    "($self, buffer, /)",
    release_buffer,
    "Release the buffer object that exposes the underlying memory of the object.",
);

fn release_buffer(cx: &mut Ctx, args: Args) -> PyResult {
    if state(cx, args[1]).is_none() {
        return Err(cx.type_error("expected a memoryview object"));
    }
    if slot(cx, args[1], OWNER) != args[0] {
        return Err(cx.value_error("memoryview's buffer is not this object"));
    }
    let view = args[1];
    protocol::call_method(cx, view, cx.names.release, &[])
}

/// The export behind `v`, to be asked for together with the view: code that runs afterwards may release `v`.
fn share(cx: &Ctx, v: Value) -> Option<Arc<Guard>> {
    state(cx, v).and_then(|s| s.guard.lock().clone())
}

/// A view of the memory of `v`; it shares the export.
fn derive(cx: &mut Ctx, v: Value, view: View, format: Value, guard: Option<Arc<Guard>>) -> PyResult {
    not_lent(cx, v)?;
    let memory = shared_memory(cx, v);
    Ok(build(cx, view, memory, format, guard, false))
}

fn shared_memory(cx: &Ctx, v: Value) -> Memory {
    let (data, len) = state(cx, v).map_or((0, 0), |s| (s.data, s.len));
    let told = Told { exporter: slot(cx, v, TOLD), given: slot(cx, v, GIVEN) };
    Memory { data, len, owner: slot(cx, v, OWNER), shown: slot(cx, v, SHOWN), told }
}

/// No further view is made of one that is lent.
fn not_lent(cx: &mut Ctx, v: Value) -> Res<()> {
    match state(cx, v) {
        Some(s) if s.lent => Err(cx.value_error("cannot create new view on restricted memoryview")),
        _ => Ok(()),
    }
}

fn release(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let exports = |cx: &Ctx| state(cx, v).map_or(0, |s| s.exports.count());
    if exports(cx) > 0 {
        // Buffers that nobody refers to any more still count until they are collected.
        cx.collect_garbage()?;
    }
    let exports = exports(cx);
    if exports > 0 {
        let plural = if exports == 1 { "" } else { "s" };
        return Err(cx.raise(Exc::BufferError, format!("memoryview has {exports} exported buffer{plural}")));
    }
    let Some(s) = state(cx, v) else { return Ok(Value::NONE) };
    let first = !std::mem::replace(&mut *s.released.lock(), true);
    if first {
        let guard = s.guard.lock().take();
        let Memory { data, len, owner, told, .. } = shared_memory(cx, v);
        if let Some(last) = guard.and_then(Arc::into_inner)
            && !told.exporter.is_empty()
        {
            buffer::tell(cx, told, |cx| {
                let data = std::ptr::with_exposed_provenance_mut(data);
                let mut b = Buffer::bytes(cx, owner, data, len, true);
                b.guard = Some(last);
                b
            });
        }
        // A view that is kept holds nothing any more: not what an exporter gave, either.
        if let Some(o) = Obj::of(v) {
            o.set_slot(cx, OWNER, Value::NONE);
            o.set_slot(cx, TOLD, Value::EMPTY);
            o.set_slot(cx, GIVEN, Value::EMPTY);
        }
    }
    Ok(Value::NONE)
}

fn memoryview_buffer(cx: &mut Ctx, v: Value, flags: u32) -> Res<Buffer> {
    let view = live(cx, v)?;
    not_lent(cx, v)?;
    if flags & buffer::WRITABLE != 0 && view.readonly {
        return Err(cx.raise(Exc::BufferError, "memoryview: underlying buffer is not writable"));
    }
    let mut b = memory(cx, v)?;
    b.guard = state(cx, v).map(|s| s.exports.guard());
    b.owner = v;
    b.data = b.data.wrapping_offset(view.start);
    b.len = view.items() * view.itemsize;
    b.itemsize = view.itemsize;
    b.format = slot(cx, v, FORMAT);
    b.shape = Some(view.shape.clone().into_boxed_slice());
    b.strides = Some(view.strides.clone().into_boxed_slice());
    Ok(b)
}

fn memoryview_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let released = state(cx, v).is_some_and(|s| *s.released.lock());
    let word = if released { "released memory" } else { "memory" };
    Ok(Str::from_text(cx, &format!("<{word} at 0x{:x}>", protocol::id_of(v))))
}

/// The bytes that the view shows, in C order.
fn content(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let view = live(cx, v)?;
    let memory = memory(cx, v)?;
    let bytes = view.items() * view.itemsize;
    let mut out = cx.buffer(bytes)?;
    if view.contiguous(true) {
        memory.read_into(view.start, bytes, &mut out);
    } else {
        view.offsets().for_each(|at| _ = memory.read_into(at, view.itemsize, &mut out));
    }
    Ok(out)
}

fn memoryview_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    if let Some(h) = state(cx, v).and_then(|s| *s.hash.lock()) {
        return Ok(h);
    }
    let view = live(cx, v)?;
    if !view.readonly {
        return Err(cx.value_error("cannot hash writable memoryview object"));
    }
    if !matches!(&*format_text(cx, v), "B" | "b" | "c") {
        return Err(cx.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    // An object that may still change is not hashed through a view of it that cannot change it.
    let held = hold(cx, v);
    let owner = slot(cx, v, OWNER);
    if Bytes::of_sub(cx, owner).is_none() {
        protocol::hash(cx, owner)?;
    }
    drop(held);
    let data = content(cx, v)?;
    let b = Bytes::wish(cx, &data)?;
    let h = protocol::hash(cx, b)?;
    if let Some(s) = state(cx, v) {
        *s.hash.lock() = Some(h);
    }
    Ok(h)
}

fn format_text(cx: &Ctx, v: Value) -> String {
    Str::of(slot(cx, v, FORMAT)).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A format without the `@` that makes no difference.
fn plain(format: &str) -> &str {
    format.strip_prefix('@').unwrap_or(format)
}

/// The native format character of a one-item format.
fn code(format: &str) -> Option<char> {
    let mut chars = plain(format).chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if "cbB?hHiIlLqQnNfdeP".contains(c) => Some(c),
        _ => None,
    }
}

fn size_of_code(c: char) -> usize {
    match c {
        'h' | 'H' | 'e' => 2,
        'i' | 'I' | 'f' => 4,
        'l' | 'L' | 'q' | 'Q' | 'n' | 'N' | 'd' | 'P' => 8,
        _ => 1,
    }
}

fn unpack(cx: &mut Ctx, format: &str, item: &[u8]) -> PyResult {
    let mut wide = [0u8; 8];
    wide[..item.len().min(8)].copy_from_slice(&item[..item.len().min(8)]);
    let unsigned = u64::from_le_bytes(wide);
    let shift = 64 - 8 * item.len().min(8) as u32;
    let signed = if shift < 64 { (unsigned << shift) as i64 >> shift } else { 0 };
    Ok(match code(format) {
        Some('c') => Bytes::new(cx, item),
        Some('?') => Value::bool(unsigned != 0),
        Some('b' | 'h' | 'i' | 'l' | 'q' | 'n') => int::from_i64(cx, signed),
        Some('B' | 'H' | 'I' | 'L' | 'Q' | 'N' | 'P') => int::from_u64(cx, unsigned),
        Some('f') => float::new(cx, f64::from(f32::from_bits(unsigned as u32))),
        Some('d') => float::new(cx, f64::from_bits(unsigned)),
        Some('e') => float::new(cx, half_to_f64(unsigned as u16)),
        _ => return Err(cx.raise(Exc::NotImplementedError, format!("memoryview: format {format} not supported"))),
    })
}

/// An IEEE half-precision number.
fn half_to_f64(h: u16) -> f64 {
    let sign = if h >> 15 == 1 { -1.0 } else { 1.0 };
    let (e, m) = (i32::from(h >> 10 & 31), f64::from(h & 1023));
    sign * match e {
        0 => m * 2f64.powi(-24),
        31 if m == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + m / 1024.0) * 2f64.powi(e - 15),
    }
}

fn pack(cx: &mut Ctx, format: &str, v: Value) -> Res<Vec<u8>> {
    let Some(c) = code(format) else {
        return Err(cx.raise(Exc::NotImplementedError, format!("memoryview: format {format} not supported")));
    };
    let size = size_of_code(c);
    match c {
        'c' => match Bytes::of_sub(cx, v).map(|b| b.as_slice().to_vec()) {
            Some(b) if b.len() == 1 => Ok(b),
            Some(_) => Err(cx.value_error(format!("memoryview: invalid value for format '{format}'"))),
            None => Err(cx.type_error(format!("memoryview: invalid type for format '{format}'"))),
        },
        '?' => Ok(vec![u8::from(protocol::truth(cx, v)?)]),
        'f' | 'd' | 'e' => {
            let x = protocol::to_f64(cx, v)?;
            match c {
                'd' => Ok(x.to_le_bytes().to_vec()),
                'f' => Ok((x as f32).to_le_bytes().to_vec()),
                _ => Err(cx.raise(Exc::NotImplementedError, "memoryview: writing format e is not supported")),
            }
        }
        _ => {
            if types::type_of(cx, v).slots().index().is_none() {
                return Err(cx.type_error(format!("memoryview: invalid type for format '{format}'")));
            }
            let n = protocol::index_value(cx, v)?;
            let big = int::to_big(n).unwrap_or_default();
            let signed = c.is_ascii_lowercase();
            match pynumeric::int::to_bytes(&big, size, true, signed) {
                Ok(b) => Ok(b),
                Err(_) => Err(cx.value_error(format!("memoryview: invalid value for format '{format}'"))),
            }
        }
    }
}

fn memoryview_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    match live(cx, v)?.shape.first() {
        Some(&n) => Ok(n.max(0) as usize),
        None => Err(cx.type_error("0-dim memory has no length")),
    }
}

/// The byte offset that an integer or a tuple of integers means; `None` when `key` is neither.
fn item_offset(cx: &mut Ctx, view: &View, key: Value) -> Res<Option<isize>> {
    let keys = match Tuple::of_sub(cx, key) {
        Some(t) => t.value(),
        None if types::type_of(cx, key).slots().index().is_some() => Tuple::new(cx, &[key]),
        None => return Ok(None),
    };
    let Some(keys) = Tuple::of(keys) else { return Ok(None) };
    if keys.items().any(|k| types::type_of(cx, k).slots().index().is_none()) {
        return Ok(None);
    }
    if keys.len() > view.shape.len() {
        let n = view.shape.len();
        return Err(cx.type_error(format!("cannot index {n}-dimension view with {}-element tuple", keys.len())));
    }
    if keys.len() < view.shape.len() {
        return Err(cx.raise(Exc::NotImplementedError, "sub-views are not implemented"));
    }
    let mut at = view.start;
    for (d, k) in keys.items().enumerate() {
        let i = protocol::subscript_index(cx, k)? as isize;
        let i = if i < 0 { i + view.shape[d] } else { i };
        if i < 0 || i >= view.shape[d] {
            return Err(cx.index_error(format!("index out of bounds on dimension {}", d + 1)));
        }
        at += i * view.strides[d];
    }
    Ok(Some(at))
}

/// Whether `key` is a tuple of slices.
fn is_multislice(key: Value) -> bool {
    Tuple::of(key).is_some_and(|t| t.len() > 0 && t.items().all(|k| Slice::of(k).is_some()))
}

/// The view of `v[slice]`.
fn sliced(cx: &mut Ctx, mut view: View, slice: Slice) -> Res<View> {
    if view.shape.is_empty() {
        return Err(cx.type_error("invalid indexing of 0-dim memory"));
    }
    let idx = slice.indices(cx, view.shape[0].max(0) as usize)?;
    view.start += idx.start as isize * view.strides[0];
    view.shape[0] = idx.count as isize;
    view.strides[0] *= idx.step as isize;
    Ok(view)
}

/// Item `key` of a one-dimensional view of bytes; `None` for all other views and keys.
fn byte_at(cx: &mut Ctx, v: Value, key: Value) -> Option<Value> {
    let i = key.as_int()?;
    if Some(slot(cx, v, FORMAT)) != Value::short_str(b"B") {
        return None;
    }
    let s = state(cx, v).filter(|s| !*s.released.lock())?;
    let ([n], [stride], 1) = (s.view.shape.as_slice(), s.view.strides.as_slice(), s.view.itemsize) else { return None };
    let i = isize::try_from(if i < 0 { i + *n as i64 } else { i }).ok().filter(|i| (0..*n).contains(i))?;
    let (at, data, len, readonly) = (s.view.start + i * stride, s.data, s.len, s.view.readonly);
    let owner = slot(cx, v, OWNER);
    let memory = Buffer::bytes(cx, owner, std::ptr::with_exposed_provenance_mut(data), len, readonly);
    memory.byte(at).map(|b| Value::small(i32::from(b)))
}

fn memoryview_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    if let Some(item) = byte_at(cx, v, key) {
        return Ok(item);
    }
    let view = live(cx, v)?;
    if let Some(slice) = Slice::of(key) {
        let guard = share(cx, v);
        let part = sliced(cx, view, slice)?;
        let format = slot(cx, v, FORMAT);
        return derive(cx, v, part, format, guard);
    }
    if view.shape.is_empty() && (key == Value::ELLIPSIS || Tuple::of(key).is_some_and(|t| t.len() == 0)) {
        let item = memory(cx, v)?.read(view.start, view.itemsize).unwrap_or_default();
        let format = format_text(cx, v);
        return if key == Value::ELLIPSIS { Ok(v) } else { unpack(cx, &format, &item) };
    }
    match item_offset(cx, &view, key)? {
        Some(at) => {
            let item = memory(cx, v)?.read(at, view.itemsize).unwrap_or_default();
            let format = format_text(cx, v);
            unpack(cx, &format, &item)
        }
        None if is_multislice(key) => {
            Err(cx.raise(Exc::NotImplementedError, "multi-dimensional slicing is not implemented"))
        }
        None => Err(cx.type_error("memoryview: invalid slice key")),
    }
}

fn memoryview_setitem(cx: &mut Ctx, v: Value, key: Value, item: Value) -> Res<()> {
    let view = live(cx, v)?;
    if view.readonly {
        return Err(cx.type_error("cannot modify read-only memory"));
    }
    if item == Value::EMPTY {
        return Err(cx.type_error("cannot delete memory"));
    }
    // Keys and items may run code that releases the view: the memory is looked at last.
    if let Some(slice) = Slice::of(key).filter(|_| view.shape.len() <= 1) {
        let part = sliced(cx, view, slice)?;
        let given = buffer::get_buffer(cx, item, 0)?;
        let other = Str::of(given.format).map_or_else(|| "B".to_owned(), |s| s.to_string_lossy().into_owned());
        let source = cx.make_room_beside(given.len).map(|()| given.to_vec());
        given.release(cx);
        let (source, own) = (source?, format_text(cx, v));
        let memory = memory(cx, v)?;
        if source.len() != part.items() * part.itemsize || plain(&own) != plain(&other) {
            return Err(cx.value_error("memoryview assignment: lvalue and rvalue have different structures"));
        }
        for (at, bytes) in part.offsets().zip(source.chunks(part.itemsize)) {
            memory.write(at, bytes);
        }
        return Ok(());
    }
    match item_offset(cx, &view, key)? {
        Some(at) => {
            let format = format_text(cx, v);
            let bytes = pack(cx, &format, item)?;
            let memory = memory(cx, v)?;
            memory.write(at, &bytes);
            Ok(())
        }
        None if Slice::of(key).is_some() || is_multislice(key) => {
            Err(cx.raise(Exc::NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1"))
        }
        None => Err(cx.type_error("memoryview: invalid slice key")),
    }
}

fn memoryview_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) || !buffer::has_buffer(cx, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let released = |cx: &Ctx, v| state(cx, v).is_some_and(|s| *s.released.lock());
    let same = if released(cx, a) || released(cx, b) {
        a == b
    } else {
        let theirs = buffer::get_buffer(cx, b, 0)?;
        let (other_format, other_bytes) = (theirs.format, cx.make_room_beside(theirs.len).map(|()| theirs.to_vec()));
        theirs.release(cx);
        let other_bytes = other_bytes?;
        let mine = content(cx, a)?;
        // Truth values and floats are equal without having the same bytes.
        let by_bytes = matches!(code(&format_text(cx, a)), Some(c) if "cbBhHiIlLqQnNP".contains(c));
        if by_bytes
            && format_text(cx, a) == Str::of(other_format).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
        {
            mine == other_bytes
        } else {
            let view = memoryview_new_of(cx, b)?;
            let (x, y) = (list_of(cx, a)?, list_of(cx, view)?);
            protocol::eq(cx, x, y)?
        }
    };
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn memoryview_new_of(cx: &mut Ctx, v: Value) -> PyResult {
    let b = buffer::get_buffer(cx, v, 0)?;
    of_buffer(cx, b)
}

fn list_of(cx: &mut Ctx, v: Value) -> PyResult {
    let view = live(cx, v)?;
    let format = format_text(cx, v);
    let data = content(cx, v)?;
    if view.shape.is_empty() {
        return unpack(cx, &format, &data);
    }
    let mut at = 0;
    nested(cx, &view, &format, &data, 0, &mut at)
}

fn nested(cx: &mut Ctx, view: &View, format: &str, data: &[u8], dim: usize, at: &mut usize) -> PyResult {
    let list = List::new(cx);
    for _ in 0..view.shape[dim] {
        let item = if dim + 1 == view.shape.len() {
            let bytes = data.get(*at..*at + view.itemsize).unwrap_or_default();
            *at += view.itemsize;
            unpack(cx, format, bytes)?
        } else {
            nested(cx, view, format, data, dim + 1, at)?
        };
        list.push(cx, item);
    }
    Ok(list.value())
}

fn tolist(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::length(cx, args[0])?;
    // A list grows by halves of itself.
    cx.make_room_for(n as usize, 20)?;
    list_of(cx, args[0])
}

fn tobytes(cx: &mut Ctx, args: Args) -> PyResult {
    let order = match args.some(1) {
        None => String::from("C"),
        Some(v) => match Str::of_sub(cx, v) {
            Some(s) => s.to_string_lossy().into_owned(),
            None => return Err(args.wrong(cx, 1, "str or None")),
        },
    };
    let data = match &*order {
        // Views of more dimensions than one lie in C's order (`cast`), so "A" means that.
        "C" | "A" => content(cx, args[0])?,
        "F" => {
            let view = live(cx, args[0])?;
            let memory = memory(cx, args[0])?;
            let mut out = cx.buffer(view.items() * view.itemsize)?;
            view.offsets_fortran().for_each(|at| _ = memory.read_into(at, view.itemsize, &mut out));
            out
        }
        _ => return Err(cx.value_error("order must be 'C', 'F' or 'A'")),
    };
    Bytes::wish(cx, &data)
}

fn hex(cx: &mut Ctx, args: Args) -> PyResult {
    let data = content(cx, args[0])?;
    let group = args.c_int_or(cx, 2, 1)?;
    if let Some(sep) = args.get(1)
        && types::type_of(cx, sep).is_heap()
    {
        let held = hold(cx, args[0]);
        protocol::length(cx, sep)?;
        drop(held);
    }
    crate::bytes_methods::hex_of(cx, &data, args.get(1), group)
}

fn toreadonly(cx: &mut Ctx, args: Args) -> PyResult {
    let mut view = live(cx, args[0])?;
    view.readonly = true;
    let format = slot(cx, args[0], FORMAT);
    derive(cx, args[0], view, format, share(cx, args[0]))
}

fn cast(cx: &mut Ctx, args: Args) -> PyResult {
    let view = live(cx, args[0])?;
    let guard = share(cx, args[0]);
    let Some(format) = Str::of_sub(cx, args[1]) else {
        return Err(cx.type_error("format argument must be a string"));
    };
    let text = format.to_string_lossy().into_owned();
    let Some(c) = code(&text) else {
        return Err(cx.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    if !view.contiguous(true) {
        return Err(cx.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let from_bytes = matches!(code(&format_text(cx, args[0])), Some('b' | 'B' | 'c'));
    if !from_bytes && !matches!(c, 'b' | 'B' | 'c') {
        return Err(cx.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let size = size_of_code(c);
    let total = view.items() * view.itemsize;
    if total % size != 0 {
        return Err(cx.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match args.get(2) {
        None => smallvec![(total / size) as isize],
        Some(v) => {
            let list = crate::arguments::collect(cx, v)?;
            let mut shape = Dims::new();
            let mut i = 0;
            while let Some(n) = list.get(i) {
                let n = protocol::index(cx, n)?;
                if n <= 0 {
                    return Err(cx.value_error("memoryview.cast(): elements of shape must be integers > 0"));
                }
                shape.push(n as isize);
                i += 1;
            }
            let product = shape.iter().try_fold(size as isize, |a, &n| a.checked_mul(n));
            if product != Some(total as isize) {
                return Err(cx.type_error("memoryview: product(shape) * itemsize != buffer size"));
            }
            shape
        }
    };
    let strides = c_strides(&shape, size);
    let cast = View { start: view.start, itemsize: size, shape, strides, readonly: view.readonly };
    derive(cx, args[0], cast, format.value(), guard)
}

fn get_obj(cx: &mut Ctx, v: Value) -> PyResult {
    live(cx, v)?;
    let shown = slot(cx, v, SHOWN);
    if !shown.is_empty() {
        return Ok(shown);
    }
    let owner = slot(cx, v, OWNER);
    // The heap copy of short bytes is not the canonical object.
    Ok(match Bytes::of(owner) {
        Some(b) => Bytes::new(cx, b.as_slice()),
        None => owner,
    })
}

fn count(cx: &mut Ctx, args: Args) -> PyResult {
    let items = list_of(cx, args[0])?;
    let name = cx.names.count;
    protocol::call_method(cx, items, name, &[args[1]])
}

fn index(cx: &mut Ctx, args: Args) -> PyResult {
    let items = list_of(cx, args[0])?;
    let Some(list) = List::of(items) else { return Err(cx.type_error("0-dim memory has no length")) };
    let len = list.len() as i64;
    let bound = |cx: &mut Ctx, i: usize, default: i64| -> Res<i64> {
        let i = args.get(i).map_or(Ok(default), |v| engine::objects::slice::bound_clip(cx, v))?;
        Ok(if i < 0 { i.saturating_add(len).max(0) } else { i })
    };
    let (start, stop) = (bound(cx, 2, 0)?, bound(cx, 3, i64::MAX)?);
    let mut i = start as usize;
    while (i as i64) < stop {
        let Some(v) = list.get(i) else { break };
        if protocol::eq(cx, v, args[1])? {
            return Ok(int::from_usize(cx, i));
        }
        i += 1;
    }
    Err(cx.value_error("memoryview.index(x): x not found"))
}
