//! The module `mmap`: files in memory, which `memoryview` sees without a copy.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::objects::Slice;
use engine::prelude::*;
use engine::protocol::buffer::{self, Buffer, Exports};
use rustix::io::Errno;

use crate::convert::{bytes_like, c_int, fd as fd_arg, os_error};
use crate::os::fd::borrow;
use crate::os::ipc::Map;

const ACCESS_DEFAULT: i32 = 0;
const ACCESS_READ: i32 = 1;
const ACCESS_WRITE: i32 = 2;
const ACCESS_COPY: i32 = 3;

/// What may change: the map (none once closed; calls under way share it) and the position.
struct State {
    map: Option<Arc<Map>>,
    pos: usize,
    /// Views of the map.
    exports: Exports,
}

/// The payload. The lock is held while bytes are copied, so that threads see each other's copies whole and take what they read in
/// turns; nothing under it polls.
struct Mmap {
    state: Mutex<State>,
    access: i32,
    offset: i64,
    track: bool,
    /// Whether it is memory of no file that processes share, which cannot grow.
    shared_anonymous: bool,
}

/// `mmap.mmap`
pub static MMAP_TYPE: TypeDef = TypeDef {
    doc: "Memory-mapped file object: mmap(fileno, length, flags=MAP_SHARED, prot=PROT_READ|PROT_WRITE, access=ACCESS_DEFAULT, offset=0, *, trackfd=True).",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 1,
    new: Some(NativeDef::new(
        "__new__",
        "($type, fileno, length, flags=MAP_SHARED, prot=PROT_READ|PROT_WRITE, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)",
        new,
        "",
    )),
    slots: Slots {
        repr: Some(repr),
        len: Some(|cx, v| Ok(open(cx, v)?.len())),
        getitem: Some(getitem),
        iter: Some(iter),
        setitem: Some(setitem),
        buffer: Some(export),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("close", "($self, /)", close, "").role(Role::Resizes),
        NativeDef::new(
            "find",
            "($self, view, start=<unrepresentable>, end=<unrepresentable>, /)",
            |cx, a| find(cx, a, false),
            "",
        ),
        NativeDef::new(
            "rfind",
            "($self, view, start=<unrepresentable>, end=<unrepresentable>, /)",
            |cx, a| find(cx, a, true),
            "",
        ),
        NativeDef::new("flush", "($self, offset=0, size=-1, /)", flush, ""),
        NativeDef::new("madvise", "($self, option, start=0, length=<unrepresentable>, /)", madvise, ""),
        NativeDef::new("move", "($self, dest, src, count, /)", move_bytes, ""),
        NativeDef::new("read", "($self, n=None, /)", read, ""),
        NativeDef::new("read_byte", "($self, /)", read_byte, ""),
        NativeDef::new("readline", "($self, /)", readline, ""),
        NativeDef::new("resize", "($self, newsize, /)", resize, "").role(Role::Resizes),
        NativeDef::new("seek", "($self, pos, whence=0, /)", seek, ""),
        NativeDef::new("seekable", "($self, /)", |_, _| Ok(Value::TRUE), ""),
        NativeDef::new("size", "($self, /)", size, ""),
        NativeDef::new("tell", "($self, /)", tell, ""),
        NativeDef::new("write", "($self, bytes, /)", write, ""),
        NativeDef::new("write_byte", "($self, byte, /)", write_byte, ""),
        NativeDef::new("__enter__", "($self, /)", enter, ""),
        NativeDef::new("__exit__", "($self, exc_type, exc_value, traceback, /)", close, ""),
        NativeDef::new("__sizeof__", "($self, /)", |_, _| Ok(Value::small(120)), ""),
    ],
    getsets: &[GetSet::ro("closed", |cx, v| Ok(Value::bool(current(cx, v).is_none())), "")],
    ..TypeDef::new("mmap", "mmap")
};

fn payload(cx: &Ctx, v: Value) -> Option<&Mmap> {
    Obj::of(v)?.payload::<Mmap>(cx, 0)
}

fn state(cx: &Ctx, v: Value) -> Option<MutexGuard<'_, State>> {
    Some(payload(cx, v)?.state.lock().unwrap_or_else(PoisonError::into_inner))
}

fn current(cx: &Ctx, v: Value) -> Option<Arc<Map>> {
    state(cx, v)?.map.clone()
}

fn open(cx: &mut Ctx, v: Value) -> Res<Arc<Map>> {
    match current(cx, v) {
        Some(map) => Ok(map),
        None => Err(cx.value_error("mmap closed or invalid")),
    }
}

fn position(cx: &mut Ctx, v: Value) -> usize {
    state(cx, v).map_or(0, |s| s.pos)
}

/// One step on the bytes and the position that no other thread's step comes between.
fn step<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&Map, &mut usize) -> R) -> Res<R> {
    if let Some(mut s) = state(cx, v)
        && let State { map: Some(map), pos, .. } = &mut *s
    {
        return Ok(f(map, pos));
    }
    Err(cx.value_error("mmap closed or invalid"))
}

fn access(cx: &Ctx, v: Value) -> i32 {
    payload(cx, v).map_or(ACCESS_READ, |m| m.access)
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fd_arg(cx, args[1])?;
    let length = protocol::index(cx, args[2])?;
    let given = args.get(3).is_some() || args.get(4).is_some();
    let mut flags = args.get(3).map_or(Ok(libc::MAP_SHARED), |v| c_int(cx, v))?;
    let mut prot = args.get(4).map_or(Ok(libc::PROT_READ | libc::PROT_WRITE), |v| c_int(cx, v))?;
    let mut access = args.get(5).map_or(Ok(ACCESS_DEFAULT), |v| c_int(cx, v))?;
    let offset = args.index_or(cx, 6, 0)?;
    let track = args.truth_or(cx, 7, true)?;
    if audit::is_on() {
        let parts = [i64::from(fd), length, i64::from(access), offset].map(|n| int::from_i64(cx, n));
        audit::tell(cx, "mmap.__new__", &parts)?;
    }
    let Ok(mut length) = usize::try_from(length) else {
        return Err(cx.overflow_error("memory mapped length must be positive"));
    };
    if offset < 0 {
        return Err(cx.overflow_error("memory mapped offset must be positive"));
    }
    if access != ACCESS_DEFAULT && given {
        return Err(cx.value_error("mmap can't specify both access and flags, prot."));
    }
    match access {
        ACCESS_READ => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ),
        ACCESS_WRITE => (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ | libc::PROT_WRITE),
        ACCESS_COPY => (flags, prot) = (libc::MAP_PRIVATE, libc::PROT_READ | libc::PROT_WRITE),
        ACCESS_DEFAULT => {
            access = match (prot & libc::PROT_READ != 0, prot & libc::PROT_WRITE != 0) {
                (true, true) => ACCESS_DEFAULT,
                (false, true) => ACCESS_WRITE,
                _ => ACCESS_READ,
            }
        }
        _ => return Err(cx.value_error("mmap invalid access parameter.")),
    }
    if fd != -1
        && let Ok(st) = borrow(fd).and_then(rustix::fs::fstat)
        && rustix::fs::FileType::from_raw_mode(st.st_mode).is_file()
    {
        if length == 0 {
            if st.st_size == 0 {
                return Err(cx.value_error("cannot mmap an empty file"));
            }
            if offset >= st.st_size {
                return Err(cx.value_error("mmap offset is greater than file size"));
            }
            length = (st.st_size - offset) as usize;
        } else if offset > st.st_size || st.st_size - offset < length as i64 {
            return Err(cx.value_error("mmap length is greater than file size"));
        }
    }
    if fd == -1 {
        flags |= libc::MAP_ANONYMOUS;
    }
    let mut made = crate::descriptors::make(cx, || Map::new(length, prot, flags, fd, offset, track))?;
    if made.as_ref().is_err_and(|e| *e == Errno::NOMEM) {
        // Dropped maps hold what there is.
        cx.collect_for_room();
        made = crate::descriptors::make(cx, || Map::new(length, prot, flags, fd, offset, track))?;
    }
    let map = match made {
        Ok(map) => map,
        Err(e) => return Err(os_error(cx, e)),
    };
    let obj = cx.alloc_instance(args[0])?;
    let state = Mutex::new(State { map: Some(Arc::new(map)), pos: 0, exports: Exports::default() });
    let shared_anonymous = fd == -1 && flags & libc::MAP_PRIVATE == 0;
    obj.set_payload(cx, 0, Mmap { state, access, offset, track, shared_anonymous });
    Ok(obj.value())
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = types::type_full_name(cx, v);
    let access = match access(cx, v) {
        ACCESS_READ => "ACCESS_READ",
        ACCESS_WRITE => "ACCESS_WRITE",
        ACCESS_COPY => "ACCESS_COPY",
        _ => "ACCESS_DEFAULT",
    };
    let offset = payload(cx, v).map_or(0, |m| m.offset);
    let text = match current(cx, v) {
        None => format!("<{name} closed=True>"),
        Some(map) => {
            let (len, pos) = (map.len(), position(cx, v));
            format!("<{name} closed=False, access={access}, length={len}, pos={pos}, offset={offset}>")
        }
    };
    Ok(Str::new(cx, &text))
}

fn export(cx: &mut Ctx, v: Value, flags: u32) -> Res<Buffer> {
    let map = open(cx, v)?;
    let readonly = access(cx, v) == ACCESS_READ;
    if readonly && flags & buffer::WRITABLE != 0 {
        return Err(cx.raise(Exc::BufferError, "Object is not writable."));
    }
    let mut view = Buffer::bytes(cx, v, map.base(), map.len(), readonly);
    let guard = state(cx, v).map(|s| s.exports.guard());
    // The view keeps the memory, too: it outlives a map that another thread closes at this moment.
    view.guard = Some(Box::new((guard, map)));
    Ok(view)
}

fn writable(cx: &mut Ctx, v: Value) -> Res<Arc<Map>> {
    let map = open(cx, v)?;
    if access(cx, v) == ACCESS_READ {
        return Err(cx.type_error("mmap can't modify a readonly memory map."));
    }
    Ok(map)
}

fn index(cx: &mut Ctx, key: Value, len: usize) -> Res<usize> {
    if !int::is_sub(cx, key) && types::type_of(cx, key).slots().index().is_none() {
        return Err(cx.type_error("mmap indices must be integers"));
    }
    let i = protocol::index(cx, key)?;
    let i = if i < 0 { i + len as i64 } else { i };
    match usize::try_from(i).ok().filter(|&i| i < len) {
        Some(i) => Ok(i),
        None => Err(cx.index_error("mmap index out of range")),
    }
}

fn getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let len = open(cx, v)?.len();
    let Some(slice) = Slice::of(key) else {
        let i = index(cx, key, len)?;
        return match step(cx, v, |map, _| map.copy_out(i, i + 1))?[..] {
            [b] => Ok(Value::small(i32::from(b))),
            _ => Err(cx.index_error("mmap index out of range")),
        };
    };
    let idx = slice.indices(cx, len)?;
    if idx.step == 1 {
        let from = idx.start as usize;
        let bytes = step(cx, v, |map, _| map.copy_out(from, from + idx.count))?;
        return Bytes::wish(cx, &bytes);
    }
    let all = step(cx, v, |map, _| map.copy_out(0, map.len()))?;
    let picked: Vec<u8> = (0..idx.count)
        .filter_map(|i| all.get((idx.start as isize + i as isize * idx.step as isize) as usize).copied())
        .collect();
    Bytes::wish(cx, &picked)
}

/// Iteration gives bytes of length one, though a subscript gives an int.
fn iter(cx: &mut Ctx, v: Value) -> PyResult {
    open(cx, v)?;
    Ok(cx.new_object(&MMAP_ITER, &[v, Value::small(0)]))
}

/// The iterator of a map. Native slots: the map, the position.
pub static MMAP_ITER: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 2,
    slots: Slots { iter: Some(slots::self_iter), next: Some(iter_next), ..Slots::NONE },
    ..TypeDef::new("mmap", "iterator")
};

fn iter_next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(o) = Obj::of(it) else { return Ok(Value::EMPTY) };
    let at = o.slot_int(cx, 1);
    let v = o.slot(cx, 0);
    let map = open(cx, v)?;
    match map.copy_out(at as usize, at as usize + 1)[..] {
        [b] => {
            o.set_slot(cx, 1, Value::int(at + 1).unwrap_or(Value::small(0)));
            Ok(Bytes::new(cx, &[b]))
        }
        _ => Ok(Value::EMPTY),
    }
}

fn setitem(cx: &mut Ctx, v: Value, key: Value, item: Value) -> Res<()> {
    let len = writable(cx, v)?.len();
    if item.is_empty() {
        return Err(cx.type_error("mmap doesn't support item deletion"));
    }
    let Some(slice) = Slice::of(key) else {
        let i = index(cx, key, len)?;
        if !int::is_sub(cx, item) && types::type_of(cx, item).slots().index().is_none() {
            return Err(cx.type_error("mmap item value must be an int"));
        }
        let Ok(b) = u8::try_from(protocol::index(cx, item)?) else {
            return Err(cx.value_error("mmap item value must be in range(0, 256)"));
        };
        // The conversions may have run Python code that resized or closed the map.
        if !step(cx, v, |map, _| map.copy_in(i, &[b]))? {
            return Err(cx.index_error("mmap index out of range"));
        }
        return Ok(());
    };
    let idx = slice.indices(cx, len)?;
    let bytes = bytes_like(cx, item)?;
    let fits = step(cx, v, |map, _| {
        if bytes.len() != idx.count || map.len() != len {
            return false;
        }
        if idx.step == 1 {
            map.copy_in(idx.start as usize, &bytes);
        } else {
            for (i, &b) in bytes.iter().enumerate() {
                map.copy_in((idx.start as isize + i as isize * idx.step as isize) as usize, &[b]);
            }
        }
        true
    })?;
    if fits { Ok(()) } else { Err(cx.index_error("mmap slice assignment is wrong size")) }
}

/// Whether somebody else still sees the map; views that are dead but not collected do not count.
fn exported(cx: &mut Ctx, v: Value) -> Res<bool> {
    let busy = |cx: &Ctx| state(cx, v).is_some_and(|s| s.exports.count() > 0);
    if busy(cx) {
        cx.collect_garbage()?;
    }
    Ok(busy(cx))
}

fn close(cx: &mut Ctx, args: Args) -> PyResult {
    if exported(cx, args[0])? {
        return Err(cx.raise(Exc::BufferError, "cannot close exported pointers exist"));
    }
    let map = state(cx, args[0]).and_then(|mut s| s.map.take());
    cx.blocking(|| drop(map));
    Ok(Value::NONE)
}

fn enter(cx: &mut Ctx, args: Args) -> PyResult {
    open(cx, args[0])?;
    Ok(args[0])
}

fn bound(cx: &mut Ctx, v: Option<Value>, default: usize, len: usize) -> Res<usize> {
    let Some(v) = v else { return Ok(default) };
    let n = protocol::index(cx, v)?;
    let n = if n < 0 { n.saturating_add(len as i64).max(0) } else { n };
    Ok((n as usize).min(len))
}

fn find(cx: &mut Ctx, args: Args, last: bool) -> PyResult {
    let needle = bytes_like(cx, args[1])?;
    let len = open(cx, args[0])?.len();
    let pos = position(cx, args[0]);
    let from = bound(cx, args.get(2), pos, len)?;
    let to = bound(cx, args.get(3), len, len)?;
    let map = open(cx, args[0])?;
    let found = map.find(&needle, from, to, last);
    Ok(found.map_or(Value::small(-1), |i| int::from_usize(cx, i)))
}

fn flush(cx: &mut Ctx, args: Args) -> PyResult {
    let map = open(cx, args[0])?;
    let offset = args.index_or(cx, 1, 0)?;
    let size = match args.get(2) {
        Some(v) if v != Value::small(-1) => protocol::index(cx, v)?,
        _ => map.len() as i64 - offset,
    };
    if size < 0 || offset < 0 || offset > map.len() as i64 || map.len() as i64 - offset < size {
        return Err(cx.value_error("flush values out of range"));
    }
    if matches!(access(cx, args[0]), ACCESS_READ | ACCESS_COPY) {
        return Ok(Value::NONE);
    }
    match cx.blocking(|| map.flush(offset as usize, size as usize)) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn madvise(cx: &mut Ctx, args: Args) -> PyResult {
    let map = open(cx, args[0])?;
    let option = c_int(cx, args[1])?;
    let start = args.index_or(cx, 2, 0)?;
    let length = args.index_or(cx, 3, map.len() as i64)?;
    if start < 0 || start >= map.len() as i64 {
        return Err(cx.value_error("madvise start out of bounds"));
    }
    if length < 0 {
        return Err(cx.value_error("madvise length invalid"));
    }
    if start.checked_add(length).is_none() {
        return Err(cx.overflow_error("madvise length too large"));
    }
    let length = (length as usize).min(map.len() - start as usize);
    match map.advise(start as usize, length, option) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn move_bytes(cx: &mut Ctx, args: Args) -> PyResult {
    let mut n = |i| -> Res<Option<usize>> { Ok(usize::try_from(protocol::index(cx, args[i])?).ok()) };
    let (to, from, count) = (n(1)?, n(2)?, n(3)?);
    writable(cx, args[0])?;
    let moved = match (to, from, count) {
        (Some(to), Some(from), Some(count)) => step(cx, args[0], |map, _| map.copy_within(to, from, count))?,
        _ => false,
    };
    if moved { Ok(Value::NONE) } else { Err(cx.value_error("source, destination, or count out of range")) }
}

fn read(cx: &mut Ctx, args: Args) -> PyResult {
    let wanted = match args.get(1).filter(|&v| v != Value::NONE) {
        Some(v) => usize::try_from(protocol::index(cx, v)?).ok(),
        None => None,
    };
    let bytes = step(cx, args[0], |map, pos| {
        let left = map.len().saturating_sub(*pos);
        let bytes = map.copy_out(*pos, *pos + wanted.unwrap_or(left).min(left));
        *pos += bytes.len();
        bytes
    })?;
    Bytes::wish(cx, &bytes)
}

fn read_byte(cx: &mut Ctx, args: Args) -> PyResult {
    let taken = step(cx, args[0], |map, pos| {
        let b = map.copy_out(*pos, *pos + 1).first().copied()?;
        *pos += 1;
        Some(b)
    })?;
    match taken {
        Some(b) => Ok(Value::small(i32::from(b))),
        None => Err(cx.value_error("read byte out of range")),
    }
}

fn readline(cx: &mut Ctx, args: Args) -> PyResult {
    let bytes = step(cx, args[0], |map, pos| {
        let end = map.find(b"\n", (*pos).min(map.len()), map.len(), false).map_or(map.len(), |i| i + 1);
        let bytes = map.copy_out(*pos, end);
        *pos += bytes.len();
        bytes
    })?;
    Bytes::wish(cx, &bytes)
}

fn resize(cx: &mut Ctx, args: Args) -> PyResult {
    open(cx, args[0])?;
    let size = protocol::index(cx, args[1])?;
    if exported(cx, args[0])? {
        return Err(cx.raise(Exc::BufferError, "mmap can't resize with extant buffers exported."));
    }
    let (offset, track) = payload(cx, args[0]).map_or((0, true), |m| (m.offset, m.track));
    if !track {
        return Err(cx.value_error("mmap can't resize with trackfd=False."));
    }
    if matches!(access(cx, args[0]), ACCESS_READ | ACCESS_COPY) {
        return Err(cx.type_error("mmap can't resize a readonly or copy-on-write memory map."));
    }
    let Some(len) = usize::try_from(size).ok().filter(|_| size.checked_add(offset).is_some()) else {
        return Err(cx.value_error("new size out of range"));
    };
    let anonymous = payload(cx, args[0]).is_some_and(|m| m.shared_anonymous);
    if anonymous && current(cx, args[0]).is_some_and(|m| len > m.len()) {
        return Err(cx.value_error("mmap: can't expand a shared anonymous mapping"));
    }
    let try_resize = |cx: &Ctx| match state(cx, args[0]) {
        None => Err(Errno::INVAL),
        Some(mut s) => match s.map.as_mut().and_then(Arc::get_mut) {
            None => Err(Errno::BUSY),
            Some(map) => {
                let cut = match map.fd() {
                    Some(fd) => borrow(fd).and_then(|f| rustix::fs::ftruncate(f, (offset + size) as u64)),
                    None => Ok(()),
                };
                cut.and_then(|()| map.resize(len))
            }
        },
    };
    let mut r = try_resize(cx);
    for _ in 0..1000 {
        if r != Err(Errno::BUSY) {
            break;
        }
        // Another thread copies to or from the map at this moment.
        cx.blocking(std::thread::yield_now);
        r = try_resize(cx);
    }
    match r {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn seek(cx: &mut Ctx, args: Args) -> PyResult {
    let map = open(cx, args[0])?;
    let distance = protocol::index(cx, args[1])?;
    let whence = args.get(2).map_or(Ok(0), |v| c_int(cx, v))?;
    if !(0..=2).contains(&whence) {
        return Err(cx.value_error("unknown seek type"));
    }
    // Looking and moving are one step: other threads seek from where this one comes to.
    let moved = state(cx, args[0]).and_then(|mut s| {
        let from = [0, s.pos as i64, map.len() as i64][whence as usize];
        let pos = from.checked_add(distance).and_then(|p| usize::try_from(p).ok()).filter(|&p| p <= map.len())?;
        s.pos = pos;
        Some(pos)
    });
    match moved {
        Some(pos) => Ok(int::from_usize(cx, pos)),
        None => Err(cx.value_error("seek out of range")),
    }
}

fn size(cx: &mut Ctx, args: Args) -> PyResult {
    let map = open(cx, args[0])?;
    let n = match map.fd() {
        Some(fd) => match borrow(fd).and_then(rustix::fs::fstat) {
            Ok(st) => st.st_size,
            Err(e) => return Err(os_error(cx, e)),
        },
        None => return Err(os_error(cx, Errno::BADF)),
    };
    Ok(int::from_i64(cx, n))
}

fn tell(cx: &mut Ctx, args: Args) -> PyResult {
    open(cx, args[0])?;
    let pos = position(cx, args[0]);
    Ok(int::from_usize(cx, pos))
}

fn write(cx: &mut Ctx, args: Args) -> PyResult {
    let bytes = bytes_like(cx, args[1])?;
    writable(cx, args[0])?;
    let fits = step(cx, args[0], |map, pos| {
        let fits = map.copy_in(*pos, &bytes);
        *pos += if fits { bytes.len() } else { 0 };
        fits
    })?;
    if !fits {
        return Err(cx.value_error("data out of range"));
    }
    Ok(int::from_usize(cx, bytes.len()))
}

fn write_byte(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::index(cx, args[1])?;
    let Ok(b) = u8::try_from(n) else {
        let text = if n < 0 {
            "unsigned byte integer is less than minimum"
        } else {
            "unsigned byte integer is greater than maximum"
        };
        return Err(cx.overflow_error(text));
    };
    writable(cx, args[0])?;
    let fits = step(cx, args[0], |map, pos| {
        let fits = map.copy_in(*pos, &[b]);
        *pos += usize::from(fits);
        fits
    })?;
    if !fits {
        return Err(cx.value_error("write byte out of range"));
    }
    Ok(Value::NONE)
}

macro_rules! constants {
    ($($name:ident)*) => { &[
        ("ACCESS_DEFAULT", Const::Int(ACCESS_DEFAULT as i64)), ("ACCESS_READ", Const::Int(ACCESS_READ as i64)),
        ("ACCESS_WRITE", Const::Int(ACCESS_WRITE as i64)), ("ACCESS_COPY", Const::Int(ACCESS_COPY as i64)),
        $((stringify!($name), Const::Int(libc::$name as i64))),*
    ] };
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let error = cx.types.exc(Exc::OSError).value();
    cx.set_module_attr(module, "error", error);
    let page = rustix::param::page_size();
    for name in ["PAGESIZE", "ALLOCATIONGRANULARITY"] {
        let page = int::from_usize(cx, page);
        cx.set_module_attr(module, name, page);
    }
    Ok(())
}

/// `mmap`
pub static MMAP: ModuleDef = ModuleDef {
    types: &[&MMAP_TYPE],
    constants: constants! {
        MADV_COLD MADV_DODUMP MADV_DOFORK MADV_DONTDUMP MADV_DONTFORK MADV_DONTNEED MADV_FREE MADV_HUGEPAGE
        MADV_HWPOISON MADV_MERGEABLE MADV_NOHUGEPAGE MADV_NORMAL MADV_PAGEOUT MADV_RANDOM MADV_REMOVE MADV_SEQUENTIAL
        MADV_UNMERGEABLE MADV_WILLNEED MAP_32BIT MAP_ANON MAP_ANONYMOUS MAP_DENYWRITE MAP_EXECUTABLE MAP_GROWSDOWN
        MAP_HUGETLB MAP_LOCKED MAP_NONBLOCK MAP_NORESERVE MAP_POPULATE MAP_PRIVATE MAP_SHARED MAP_STACK PROT_EXEC
        PROT_READ PROT_WRITE
    },
    init: Some(init),
    ..ModuleDef::new("mmap")
};
