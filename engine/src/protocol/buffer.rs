//! The buffer protocol: typed views of an object's memory.

use crate::native::def::TypeDef;
use crate::objects::Bytes;
use crate::types::{type_lookup, type_name, type_of};
use crate::{Ctx, PyResult, Raised};
use proto_core::sync::{AtomicUsize, Ordering};
use proto_core::{Kind, Value};
use std::any::Any;
use std::cell::Cell;
use std::sync::{Arc, OnceLock};

/// A count of exports that outlives its holder: exporters refuse to change their size while it is not zero.
#[derive(Clone, Default)]
pub struct Exports(Arc<AtomicUsize>);

thread_local! {
    /// Whether this thread has exported memory of something that can change its size: most programs never do.
    static EXPORTED: Cell<bool> = const { Cell::new(false) };
}

/// For who is about to change the size of a buffer, which collects if views of it may have been dropped: overwrites what such
/// views have left on the native stack, if there can be any.
#[inline]
pub(crate) fn forget_views() {
    if EXPORTED.get() {
        proto_core::os::forget_calls();
    }
}

/// One export; its drop ends it.
struct Export(Exports);

impl Exports {
    /// How many exports there are. Acquire pairs with the release of [`Export`]'s drop.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    /// Counts one more export until the guard is dropped.
    pub fn guard(&self) -> Box<dyn Any + Send + Sync> {
        self.0.fetch_add(1, Ordering::AcqRel);
        EXPORTED.set(true);
        Box::new(Export(self.clone()))
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Release);
    }
}

/// A request for writable memory (CPython's `PyBUF_WRITABLE`).
pub const WRITABLE: u32 = 1;

/// A view of memory. Exporters that can move or resize their memory count exports and refuse to change while the count is not
/// zero; [`Buffer::release`] ends the export.
pub struct Buffer {
    /// The exporter; it keeps the memory alive.
    pub owner: Value,
    /// Whom the program takes for the exporter; EMPTY: the owner.
    pub shown: Value,
    /// The memory.
    pub data: *mut u8,
    /// Its length in bytes.
    pub len: usize,
    /// Whether writing is forbidden.
    pub readonly: bool,
    /// Size of one item.
    pub itemsize: usize,
    /// The items' format, as of the `struct` module (a str value).
    pub format: Value,
    /// Items per dimension; None: one dimension of `len / itemsize`.
    pub shape: Option<Box<[isize]>>,
    /// Byte distances per dimension; None: contiguous.
    pub strides: Option<Box<[isize]>>,
    /// Dropped when the export ends, also when the view that holds it is collected.
    pub guard: Option<Box<dyn Any + Send + Sync>>,
    /// Who is to hear of the end.
    pub told: Told,
    /// Nothing may be made of a memoryview of it but bytes: it is lent to the exporter while the export ends.
    pub lent: bool,
}

/// The exporter whose `__release_buffer__`, a Python one, is called when an export ends.
#[derive(Clone, Copy)]
pub struct Told {
    /// EMPTY: nobody.
    pub exporter: Value,
    /// The memoryview that its `__buffer__` gave; EMPTY: the memory is the exporter's own.
    pub given: Value,
}

impl Told {
    /// Nobody.
    pub const NOBODY: Told = Told { exporter: Value::EMPTY, given: Value::EMPTY };
}

impl Buffer {
    /// A contiguous view of bytes.
    pub fn bytes(cx: &Ctx, owner: Value, data: *mut u8, len: usize, readonly: bool) -> Buffer {
        Buffer {
            owner,
            shown: Value::EMPTY,
            data,
            len,
            readonly,
            itemsize: 1,
            format: Value::short_str(b"B").unwrap_or_else(|| cx.intern(b"B")),
            shape: None,
            strides: None,
            guard: None,
            told: Told::NOBODY,
            lent: false,
        }
    }

    /// A view of a bytes object. Short bytes have no address of their own: they are copied to the heap first.
    pub fn of_bytes(cx: &Ctx, b: Bytes) -> Buffer {
        let b = b.on_heap(cx);
        let slice = b.as_slice();
        Buffer::bytes(cx, b.value(), slice.as_ptr().cast_mut(), slice.len(), true)
    }

    /// Appends the `n` bytes at byte offset `at` from the start of the memory; false when they are not inside, or the memory
    /// has gaps.
    pub fn read_into(&self, at: isize, n: usize, out: &mut Vec<u8>) -> bool {
        let inside = |f: &usize| f.checked_add(n).is_some_and(|end| end <= self.len);
        let Some(from) = usize::try_from(at).ok().filter(inside) else { return false };
        if !self.is_contiguous() {
            return false;
        }
        // SAFETY: the exporter guarantees `len` readable bytes at `data` while the export lasts; the range was checked.
        out.extend_from_slice(unsafe { std::slice::from_raw_parts(self.data.add(from), n) });
        true
    }

    /// The byte at offset `at`.
    #[inline]
    pub fn byte(&self, at: isize) -> Option<u8> {
        let from = usize::try_from(at).ok().filter(|&f| f < self.len && self.is_contiguous())?;
        // SAFETY: the exporter guarantees `len` readable bytes at `data` while the export lasts; `from` is one of them.
        Some(unsafe { *self.data.add(from) })
    }

    /// As [`Buffer::read_into`] for an item: no more bytes than a format names.
    pub fn read(&self, at: isize, n: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        self.read_into(at, n, &mut out).then_some(out)
    }

    /// Copies `bytes` to byte offset `at`; false when they do not fit, the memory has gaps or the view is read-only.
    pub fn write(&self, at: isize, bytes: &[u8]) -> bool {
        let Some(from) =
            usize::try_from(at).ok().filter(|&f| f.checked_add(bytes.len()).is_some_and(|end| end <= self.len))
        else {
            return false;
        };
        if self.readonly || !self.is_contiguous() {
            return false;
        }
        // SAFETY: the exporter guarantees `len` writable bytes at `data` (not read-only) while the export lasts; the range was
        // checked and `bytes` is a Rust slice that does not alias the export.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.data.add(from), bytes.len()) };
        true
    }

    /// Whether the bytes lie one after another in order.
    pub fn is_contiguous(&self) -> bool {
        let (Some(shape), Some(strides)) = (&self.shape, &self.strides) else { return true };
        let mut expected = self.itemsize as isize;
        for (&n, &stride) in shape.iter().zip(strides).rev() {
            if n > 1 && stride != expected {
                return false;
            }
            expected *= n;
        }
        true
    }

    /// Ends the export.
    pub fn release(mut self, cx: &mut Ctx) {
        let told = std::mem::replace(&mut self.told, Told::NOBODY);
        if !told.exporter.is_empty() {
            tell(cx, told, |_| self);
        }
    }

    /// A copy of the bytes, in C order.
    pub fn to_vec(&self) -> Vec<u8> {
        if self.is_contiguous() {
            // SAFETY: the exporter guarantees `len` readable bytes at `data` while the export lasts.
            return unsafe { std::slice::from_raw_parts(self.data, self.len) }.to_vec();
        }
        let (Some(shape), Some(strides)) = (&self.shape, &self.strides) else { return Vec::new() };
        let total: isize = shape.iter().product();
        let mut out = Vec::with_capacity(total.max(0) as usize * self.itemsize);
        let mut index = vec![0isize; shape.len()];
        for _ in 0..total {
            let offset: isize = index.iter().zip(strides).map(|(&i, &s)| i * s).sum();
            // SAFETY: `offset` addresses an item of the view that shape and strides describe.
            out.extend_from_slice(unsafe { std::slice::from_raw_parts(self.data.offset(offset), self.itemsize) });
            for d in (0..shape.len()).rev() {
                index[d] += 1;
                if index[d] < shape[d] {
                    break;
                }
                index[d] = 0;
            }
        }
        out
    }
}

/// Whether `v` supports the protocol.
pub fn has_buffer(cx: &Ctx, v: Value) -> bool {
    type_of(cx, v).slots().buffer().is_some()
}

/// Asks `v` for a view.
pub fn get_buffer(cx: &mut Ctx, v: Value, flags: u32) -> PyResult<Buffer> {
    let ty = type_of(cx, v);
    let Some(f) = ty.slots().buffer() else { return Err(not_bytes_like(cx, v)) };
    let mut view = f.call(cx, v, flags)?;
    if ty.is_heap() && view.told.exporter.is_empty() && hears(cx, v) {
        view.told = Told { exporter: v, given: Value::EMPTY };
    }
    Ok(view)
}

/// Whether the class of an exporter has a `__release_buffer__` of its own.
pub(crate) fn hears(cx: &mut Ctx, exporter: Value) -> bool {
    let (ty, name) = (type_of(cx, exporter), cx.names.__release_buffer__);
    type_lookup(cx, ty, name).is_some_and(|f| !f.is_kind(Kind::Native))
}

/// Calls the exporter's `__release_buffer__`; the export ends when what `view` gives is dropped. The call has the memoryview that the exporter
/// gave, or one of its memory that ends with the call.
#[cold]
pub fn tell(cx: &mut Ctx, told: Told, view: impl FnOnce(&mut Ctx) -> Buffer) {
    // An exception that is on its way is not the exporter's.
    let pending = std::mem::replace(&mut cx.pending, Value::EMPTY);
    let mut view = view(cx);
    let guard = view.guard.take();
    let r = match told.given {
        Value::EMPTY => {
            (view.told, view.lent) = (Told::NOBODY, true);
            memoryview_of(cx, view)
        }
        given => Ok(given),
    };
    // What the exporter gave holds the memory by itself, and may be released by the call.
    let guard = guard.filter(|_| told.given.is_empty());
    let name = cx.names.__release_buffer__;
    let r = r.and_then(|memory| {
        let r = crate::protocol::call_method(cx, told.exporter, name, &[memory]);
        // One of the exporter's own memory ends here, whoever kept it.
        let own = told.given.is_empty() || MEMORYVIEW.get().is_some_and(|m| (m.owner)(cx, memory) == told.exporter);
        let ended = own.then(|| crate::protocol::call_method(cx, memory, cx.names.release, &[]));
        r.and(ended.unwrap_or(Ok(Value::NONE)))
    });
    drop(guard);
    if let Err(raised) = r {
        crate::exceptions::unraisable(cx, raised, "Exception ignored in __release_buffer__ of", told.exporter);
    }
    cx.pending = pending;
}

/// `a bytes-like object is required, not 'int'`.
#[cold]
pub fn not_bytes_like(cx: &mut Ctx, v: Value) -> Raised {
    let name = type_name(cx, v);
    cx.type_error(format!("a bytes-like object is required, not '{name}'"))
}

/// The bytes of a bytes-like object, copied. Like a simple request in CPython it refuses views with gaps.
pub fn to_bytes(cx: &mut Ctx, v: Value) -> PyResult<Vec<u8>> {
    if let Some(b) = Bytes::of_sub(cx, v) {
        return copied(cx, b.as_slice());
    }
    let view = get_buffer(cx, v, 0)?;
    let room = cx.make_room_beside(view.len);
    let bytes = (room.is_ok() && view.is_contiguous()).then(|| view.to_vec());
    view.release(cx);
    room?;
    bytes.ok_or_else(|| cx.buffer_error("memoryview: underlying buffer is not C-contiguous"))
}

/// The bytes of a bytes-like object, copied in C order, gaps or not.
pub fn gathered_bytes(cx: &mut Ctx, v: Value) -> PyResult<Vec<u8>> {
    if let Some(b) = Bytes::of_sub(cx, v) {
        return copied(cx, b.as_slice());
    }
    let view = get_buffer(cx, v, 0)?;
    let bytes = cx.make_room_beside(view.len).map(|()| view.to_vec());
    view.release(cx);
    bytes
}

/// A copy of bytes of which input chooses how many: `MemoryError` where there is no room.
pub fn copied(cx: &mut Ctx, b: &[u8]) -> PyResult<Vec<u8>> {
    /// So many bytes are copied between two polls.
    const PIECE: usize = 16 << 20;
    let mut out = cx.buffer(b.len())?;
    for (i, piece) in b.chunks(PIECE).enumerate() {
        if i > 0 {
            cx.poll()?;
        }
        out.extend_from_slice(piece);
    }
    Ok(out)
}

/// The bytes of a bytes-like object, copied; None for other objects.
pub fn buffer_bytes(cx: &mut Ctx, v: Value) -> PyResult<Option<Vec<u8>>> {
    if Bytes::of_sub(cx, v).is_none() && !has_buffer(cx, v) {
        return Ok(None);
    }
    gathered_bytes(cx, v).map(Some)
}

/// What is asked of memoryviews here; said by whoever defines the type.
pub struct Memoryviews {
    /// The type.
    pub def: &'static TypeDef,
    /// Makes one of a view.
    pub make: fn(&mut Ctx, Buffer) -> PyResult,
    /// Whose memory one shows.
    pub owner: fn(&Ctx, Value) -> Value,
}

static MEMORYVIEW: OnceLock<Memoryviews> = OnceLock::new();

/// Says what memoryviews are.
pub fn set_memoryviews(memoryviews: Memoryviews) {
    // A second call says the same.
    let _ = MEMORYVIEW.set(memoryviews);
}

/// Whether it is a memoryview.
pub fn is_memoryview(cx: &mut Ctx, v: Value) -> bool {
    MEMORYVIEW.get().is_some_and(|m| type_of(cx, v) == cx.type_of_def(m.def))
}

/// A memoryview of a view.
pub fn memoryview_of(cx: &mut Ctx, view: Buffer) -> PyResult {
    match MEMORYVIEW.get() {
        Some(m) => (m.make)(cx, view),
        None => Err(cx.system_error("no memoryview type")),
    }
}
