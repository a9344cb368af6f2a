//! `FileIO`: a file descriptor. Native slot 1 holds the payload.

use std::ffi::{CStr, CString};
use std::os::fd::IntoRawFd;
use std::sync::Arc;

use engine::objects::{Bytes, Obj};
use engine::prelude::*;
use engine::protocol::{self, buffer};
use proto_core::sync::{AtomicBool, AtomicU32, Ordering};

use modules_system::{descriptors, idle, library_files};

use crate::base::{self, NATIVE, RAW_IO_BASE};
use crate::os;
use crate::streams::{self, call, obj, unsupported};

const STATE: usize = NATIVE;

/// The payload. The descriptor (as its bits) is taken out, leaving -1, by whoever closes it: the one swap decides.
pub struct State {
    fd: AtomicU32,
    readable: bool,
    writable: bool,
    created: bool,
    appending: bool,
    closefd: bool,
    /// Unknown 0, yes 1, no 2.
    seekable: AtomicU32,
    /// Whether it was a character device when it was opened: nothing else is a terminal.
    device: bool,
    /// Preferred size of transfers.
    block_size: i64,
    /// Size in bytes when it was opened: how much a reader may expect.
    size: i64,
    /// Whether it was a regular file: nothing else can be read back.
    pub regular: bool,
    /// What Python stored in `_finalizing`.
    finalizing: AtomicU32,
    /// Whether it has been told that nobody closed it.
    warned: AtomicBool,
}

/// A file that dies open, whatever its finalizer did.
impl Drop for State {
    fn drop(&mut self) {
        let fd = *self.fd.get_mut() as i32;
        if fd >= 0 && self.closefd {
            let _ = os::close(fd);
        }
    }
}

impl State {
    /// The descriptor, -1 when closed.
    pub fn fd(&self) -> i32 {
        self.fd.load(Ordering::Acquire) as i32
    }
}

pub static FILE_IO: TypeDef = TypeDef {
    doc: "Open a file.\n\nThe mode can be 'r' (default), 'w', 'x' or 'a' for reading,\nwriting, exclusive creation or appending.  The file will be created if it\ndoesn't exist when opened for writing or appending; it will be truncated\nwhen opened for writing.  A FileExistsError will be raised if it already\nexists when opened for creating. Opening a file for creating implies\nwriting so this mode behaves in a similar way to 'w'.Add a '+' to the mode\nto allow simultaneous reading and writing. A custom opener can be used by\npassing a callable as *opener*. The underlying file descriptor for the file\nobject is then obtained by calling opener with (*name*, *flags*).\n*opener* must return an open file descriptor (passing os.open as *opener*\nresults in functionality similar to passing None).",
    bases: &[BaseRef::Def(&RAW_IO_BASE)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT),
    nnative: 1,
    init: Some(NativeDef::new(
        "__init__",
        "($self, /, file, mode='r', closefd=True, opener=None)",
        init,
        "Initialize self.",
    )),
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    methods: &[
        crate::base::NO_STATE,
        NativeDef::new(
            "read",
            "($self, size=-1, /)",
            read,
            "Read at most size bytes, returned as bytes.\n\nIf size is less than 0, read all bytes in the file making multiple read calls.",
        ),
        NativeDef::new("readall", "($self, /)", readall, "Read all data from the file, returned as bytes."),
        NativeDef::new("readinto", "($self, buffer, /)", readinto, "Same as RawIOBase.readinto()."),
        NativeDef::new(
            "write",
            "($self, b, /)",
            write,
            "Write buffer b to file, return number of bytes written.\n\nOnly makes one system call, so not all of the data may be written.",
        ),
        NativeDef::new(
            "seek",
            "($self, pos, whence=0, /)",
            seek,
            "Move to new file position and return the file position.",
        ),
        NativeDef::new(
            "tell",
            "($self, /)",
            |cx, args| position(cx, args[0], 0, libc::SEEK_CUR),
            "Current file position.\n\nCan raise OSError for non seekable files.",
        ),
        NativeDef::new(
            "truncate",
            "($self, size=None, /)",
            truncate,
            "Truncate the file to at most size bytes and return the truncated size.",
        ),
        NativeDef::new("close", "($self, /)", close, "Close the file."),
        NativeDef::new(
            "seekable",
            "($self, /)",
            |cx, args| Ok(Value::bool(seekable(cx, args[0])?)),
            "True if file supports random-access.",
        ),
        NativeDef::new(
            "readable",
            "($self, /)",
            |cx, args| {
                open_fd(cx, args[0])?;
                Ok(Value::bool(state(cx, args[0]).is_some_and(|s| s.readable)))
            },
            "True if file was opened in a read mode.",
        ),
        NativeDef::new(
            "writable",
            "($self, /)",
            |cx, args| {
                open_fd(cx, args[0])?;
                Ok(Value::bool(state(cx, args[0]).is_some_and(|s| s.writable)))
            },
            "True if file was opened in a write mode.",
        ),
        NativeDef::new(
            "fileno",
            "($self, /)",
            |cx, args| Ok(Value::small(open_fd(cx, args[0])?)),
            "Return the underlying file descriptor (an integer).",
        ),
        NativeDef::new("_dealloc_warn", "($self, source, /)", |cx, args| Ok(dealloc_warn(cx, args[0], args[1])), ""),
        NativeDef::new(
            "_isatty_open_only",
            "($self, /)",
            |cx, args| {
                let fd = open_fd(cx, args[0])?;
                let device = state(cx, args[0]).is_none_or(|s| s.device);
                Ok(Value::bool(device && cx.blocking(|| os::isatty(fd))))
            },
            "",
        ),
        NativeDef::new(
            "isatty",
            "($self, /)",
            |cx, args| {
                let fd = open_fd(cx, args[0])?;
                Ok(Value::bool(cx.blocking(|| os::isatty(fd))))
            },
            "True if the file is connected to a TTY device.",
        ),
    ],
    getsets: &[
        GetSet::ro("closed", |cx, v| Ok(Value::bool(fd(cx, v) < 0)), "True if the file is closed"),
        GetSet::ro(
            "closefd",
            |cx, v| Ok(Value::bool(state(cx, v).is_none_or(|s| s.closefd))),
            "True if the file descriptor will be closed by close().",
        ),
        GetSet::ro("mode", |cx, v| Ok(Str::new(cx, mode_text(cx, v))), "String giving the file mode"),
        GetSet::rw(
            "_finalizing",
            |cx, v| Ok(Value::bool(state(cx, v).is_some_and(|s| s.finalizing.load(Ordering::Relaxed) == 1))),
            set_finalizing,
            "",
        ),
        GetSet::ro(
            "_blksize",
            |cx, v| {
                open_fd(cx, v)?;
                let n = state(cx, v).map_or(8192, |s| s.block_size);
                Ok(int::from_i64(cx, n))
            },
            "Stat st_blksize",
        ),
    ],
    ..TypeDef::new("_io", "FileIO")
};

fn set_finalizing(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    let on = base::finalizing(cx, new)?;
    if let Some(s) = state(cx, v) {
        s.finalizing.store(u32::from(on), Ordering::Relaxed);
    }
    Ok(())
}

fn state(cx: &Ctx, v: Value) -> Option<&State> {
    Some(Obj::of(v)?.payload::<Arc<State>>(cx, STATE)?)
}

/// What there is to know of an open file, for those above it.
pub fn shared_state(cx: &Ctx, v: Value) -> Option<Arc<State>> {
    Obj::of(v)?.payload::<Arc<State>>(cx, STATE).cloned()
}

/// The descriptor, -1 when closed.
pub fn fd(cx: &Ctx, v: Value) -> i32 {
    state(cx, v).map_or(-1, State::fd)
}

/// Whether the file does not own its descriptor, as the standard streams.
pub fn is_lent(cx: &Ctx, v: Value) -> bool {
    state(cx, v).is_some_and(|s| !s.closefd)
}

/// Says once that nobody closed the file, with the stream through which it was used.
pub fn dealloc_warn(cx: &mut Ctx, v: Value, source: Value) -> Value {
    let owes = state(cx, v).is_some_and(|s| s.fd() >= 0 && s.closefd && !s.warned.swap(true, Ordering::Relaxed));
    if owes {
        modules_system::warnings::unclosed(cx, "file", source, v);
    }
    Value::NONE
}

fn open_fd(cx: &mut Ctx, v: Value) -> Res<i32> {
    match fd(cx, v) {
        -1 => {
            if state(cx, v).is_none() {
                return Err(cx.value_error("I/O operation on uninitialized object"));
            }
            Err(cx.value_error("I/O operation on closed file"))
        }
        fd => Ok(fd),
    }
}

fn mode_text(cx: &Ctx, v: Value) -> &'static str {
    match state(cx, v) {
        Some(s) if s.created => {
            if s.readable {
                "xb+"
            } else {
                "xb"
            }
        }
        Some(s) if s.appending => {
            if s.readable {
                "ab+"
            } else {
                "ab"
            }
        }
        Some(s) if s.readable && s.writable => "rb+",
        Some(s) if s.writable => "wb",
        _ => "rb",
    }
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    streams::guarded_repr(cx, v, |cx| shown(cx, v))
}

fn shown(cx: &mut Ctx, v: Value) -> PyResult {
    let n = fd(cx, v);
    let name = streams::shown_type(cx, v);
    if n < 0 {
        return Ok(Str::from_text(cx, &format!("<{name} [closed]>")));
    }
    let closefd = if state(cx, v).is_none_or(|s| s.closefd) { "True" } else { "False" };
    let mode = mode_text(cx, v);
    let text = match streams::name_or_none(cx, v) {
        None => format!("<{name} fd={n} mode='{mode}' closefd={closefd}>"),
        Some(file) => {
            let shown = protocol::repr(cx, file)?;
            let shown = protocol::text(cx, shown);
            format!("<{name} name={shown} mode='{mode}' closefd={closefd}>")
        }
    };
    Ok(Str::from_text(cx, &text))
}

/// What a mode string says.
struct Mode {
    flags: i32,
    readable: bool,
    writable: bool,
    created: bool,
    appending: bool,
}

fn parse_mode(cx: &mut Ctx, text: &str) -> Res<Mode> {
    let mut m = Mode { flags: 0, readable: false, writable: false, created: false, appending: false };
    let (mut kinds, mut plus) = (0, false);
    for c in text.chars() {
        match c {
            'r' => {
                kinds += 1;
                m.readable = true;
            }
            'w' => {
                kinds += 1;
                m.writable = true;
                m.flags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'x' => {
                kinds += 1;
                m.writable = true;
                m.created = true;
                m.flags |= libc::O_CREAT | libc::O_EXCL;
            }
            'a' => {
                kinds += 1;
                m.writable = true;
                m.appending = true;
                m.flags |= libc::O_CREAT | libc::O_APPEND;
            }
            'b' => {}
            '+' if !plus => plus = true,
            _ => return Err(cx.value_error(format!("invalid mode: {text}"))),
        }
    }
    if kinds != 1 {
        return Err(cx.value_error("Must have exactly one of create/read/write/append mode and at most one plus"));
    }
    if plus {
        (m.readable, m.writable) = (true, true);
    }
    m.flags |= match (m.readable, m.writable) {
        (true, true) => libc::O_RDWR,
        (false, true) => libc::O_WRONLY,
        _ => libc::O_RDONLY,
    };
    Ok(m)
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    if fd(cx, args[0]) >= 0 {
        call(cx, args[0], "close", &[])?;
    }
    let mode_text = match args.get(2) {
        Some(_) => args.str(cx, 2)?.to_string_lossy().into_owned(),
        None => "r".to_owned(),
    };
    let mode = parse_mode(cx, &mode_text)?;
    let closefd = args.truth_or(cx, 3, true)?;
    let opener = args.or(4, Value::NONE);
    let file = args[1];
    let from_number = types::type_of(cx, file).is_subtype(cx.types.int);
    if from_number && types::type_of(cx, file) == cx.types.bool {
        engine::exceptions::warn(cx, Exc::RuntimeWarning, "bool is used as a file descriptor", 1)?;
    }
    if audit::is_on() {
        // As in CPython: the mode without its `b`, and the flags that the system gets.
        let text: String = mode_text.chars().filter(|&c| c != 'b').collect();
        let text = Str::from_text(cx, &text);
        audit::tell(cx, "open", &[file, text, Value::small(mode.flags | libc::O_CLOEXEC)])?;
    }
    let fd = if from_number {
        let n = protocol::index(cx, file)?;
        if n < 0 {
            return Err(cx.value_error("negative file descriptor"));
        }
        n as i32
    } else {
        if !closefd {
            return Err(cx.value_error("Cannot use closefd=False with file name"));
        }
        open_path(cx, file, mode.flags | libc::O_CLOEXEC, opener)?
    };
    let (mut device, mut regular, mut block_size, mut size) = (true, false, 8192, 0);
    match cx.blocking(|| os::stat(fd)) {
        Ok(st) if st.is_dir => {
            if !from_number {
                let _ = os::close(fd);
            }
            return Err(cx.os_error(libc::EISDIR, Some(file)));
        }
        Ok(st) => (device, regular, block_size, size) = (st.is_device, st.is_regular, st.block_size, st.size),
        Err(e) if from_number || e == libc::EBADF => return Err(cx.os_error(e, None)),
        Err(_) => {}
    }
    if mode.appending {
        let _ = os::seek(fd, 0, libc::SEEK_END);
    }
    let state = State {
        fd: AtomicU32::new(fd as u32),
        readable: mode.readable,
        writable: mode.writable,
        created: mode.created,
        appending: mode.appending,
        closefd,
        seekable: AtomicU32::new(0),
        device,
        block_size,
        size,
        regular,
        finalizing: AtomicU32::new(0),
        warned: AtomicBool::new(false),
    };
    let again = o.slot(cx, STATE) != Value::EMPTY;
    o.set_payload(cx, STATE, Arc::new(state));
    if again {
        base::reopened(cx, args[0]);
    }
    protocol::setattr(cx, args[0], cx.names.name, file)?;
    Ok(Value::NONE)
}

fn open_path(cx: &mut Ctx, file: Value, flags: i32, opener: Value) -> Res<i32> {
    if opener != Value::NONE {
        let flags = int::from_i64(cx, i64::from(flags));
        let got = protocol::call(cx, opener, &[file, flags])?;
        if !int::is_sub(cx, got) {
            return Err(cx.type_error("expected integer from opener"));
        }
        let fd = protocol::index(cx, got)?;
        if fd < 0 {
            return Err(cx.value_error(format!("opener returned {fd}")));
        }
        let _ = os::set_cloexec(fd as i32);
        return Ok(fd as i32);
    }
    let path = path_bytes(cx, file)?;
    let Ok(path) = CString::new(path) else { return Err(cx.value_error("embedded null byte")) };
    // What was written and dropped without `close` is flushed when it is collected: who opens a file should find it now.
    crate::dirty::flush(cx);
    match descriptors::make(cx, || os::open(&path, flags, 0o666).or_else(|e| of_library(&path, flags, e)))? {
        Ok(fd) => Ok(fd),
        Err(e) => Err(cx.os_error(e, Some(file))),
    }
}

/// A file of the library, if the system has found none.
fn of_library(path: &CStr, flags: i32, error: i32) -> Result<i32, i32> {
    match library_files::open(path.to_bytes(), flags) {
        Some(copy) if error == libc::ENOENT => copy.map(IntoRawFd::into_raw_fd).map_err(|e| e.raw_os_error()),
        _ => Err(error),
    }
}

/// The bytes of a path: str (surrogates stand for bytes that are no UTF-8), bytes, or an object with `__fspath__`.
pub fn path_bytes(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    let v = match modules_system::convert::fspath_method(cx, v)? {
        Some(f) => protocol::call(cx, f, &[])?,
        None => v,
    };
    if Str::of_sub(cx, v).is_some() {
        return modules_system::convert::fs_encode(cx, v);
    }
    match buffer::buffer_bytes(cx, v)? {
        Some(b) => Ok(b),
        None => {
            let name = types::type_name(cx, v);
            Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {name}")))
        }
    }
}

/// One `read`, retried after signals; None when it would block.
pub fn read_some(cx: &mut Ctx, v: Value, buf: &mut [u8]) -> Res<Option<usize>> {
    let fd = open_fd(cx, v)?;
    if state(cx, v).is_some_and(|s| s.regular) {
        crate::dirty::flush(cx);
    } else {
        idle::before_read(cx, fd, || modules_system::os::fd::blocks(fd))?;
    }
    loop {
        match cx.blocking(|| os::read(fd, buf)) {
            Ok(n) => return Ok(Some(n)),
            Err(libc::EINTR) => cx.poll()?,
            Err(libc::EAGAIN) => return Ok(None),
            Err(e) => return Err(cx.os_error(e, None)),
        }
    }
}

/// One `write`, retried after signals; None when it would block.
pub fn write_some(cx: &mut Ctx, v: Value, buf: &[u8]) -> Res<Option<usize>> {
    let fd = open_fd(cx, v)?;
    loop {
        match cx.blocking(|| os::write(fd, buf)) {
            Ok(n) => return Ok(Some(n)),
            Err(libc::EINTR) => cx.poll()?,
            Err(libc::EAGAIN) => return Ok(None),
            Err(e) => return Err(cx.os_error(e, None)),
        }
    }
}

fn check_readable(cx: &mut Ctx, v: Value) -> Res<()> {
    open_fd(cx, v)?;
    if state(cx, v).is_some_and(|s| s.readable) { Ok(()) } else { Err(unsupported(cx, "File not open for reading")) }
}

fn check_writable(cx: &mut Ctx, v: Value) -> Res<()> {
    open_fd(cx, v)?;
    if state(cx, v).is_some_and(|s| s.writable) { Ok(()) } else { Err(unsupported(cx, "File not open for writing")) }
}

fn read(cx: &mut Ctx, args: Args) -> PyResult {
    check_readable(cx, args[0])?;
    let n = streams::size(cx, args.get(1))?;
    if n < 0 {
        return readall(cx, args);
    }
    // A size beyond what the file had is only a wish: a raw read may give less.
    let n = n.min(state(cx, args[0]).map_or(0, |s| s.size).max(LARGEST_WISH));
    let mut buf = cx.zeros(n as usize)?;
    match read_some(cx, args[0], &mut buf)? {
        Some(n) => Bytes::wish(cx, &buf[..n]),
        None => Ok(Value::NONE),
    }
}

/// Bytes that one read asks for at most of what is no larger file.
const LARGEST_WISH: i64 = 64 << 20;

/// Size in bytes from which on a reader of all asks where it is.
const ASKED_FROM: i64 = 1 << 16;

/// Everything up to the end; None when nothing is there yet.
pub fn read_to_end(cx: &mut Ctx, v: Value) -> Res<Option<Vec<u8>>> {
    let fd = open_fd(cx, v)?;
    let size = state(cx, v).map_or(0, |s| s.size);
    // For little, a buffer that is too large costs less than asking for the position.
    let here = if size < ASKED_FROM { 0 } else { os::seek(fd, 0, libc::SEEK_CUR).unwrap_or(0) as i64 };
    let expected = (size - here).max(0) as usize;
    let mut all = Vec::new();
    let mut filled = 0;
    loop {
        if filled == all.len() {
            let more = if filled == 0 { expected + 1 } else { (all.len() / 2).max(8192) };
            cx.reserve(&mut all, more)?;
            all.resize(filled + more, 0);
        }
        match read_some(cx, v, &mut all[filled..])? {
            Some(0) => break,
            Some(n) => filled += n,
            None if filled == 0 => return Ok(None),
            None => break,
        }
    }
    all.truncate(filled);
    Ok(Some(all))
}

fn readall(cx: &mut Ctx, args: Args) -> PyResult {
    check_readable(cx, args[0])?;
    match read_to_end(cx, args[0])? {
        Some(all) => Bytes::wish(cx, &all),
        None => Ok(Value::NONE),
    }
}

fn readinto(cx: &mut Ctx, args: Args) -> PyResult {
    check_readable(cx, args[0])?;
    let view = streams::writable(cx, args[1], "readinto")?;
    let mut data = vec![0; view.len];
    let got = read_some(cx, args[0], &mut data);
    if let Ok(Some(n)) = &got {
        view.write(0, &data[..*n]);
    }
    view.release(cx);
    match got? {
        Some(n) => Ok(int::from_usize(cx, n)),
        None => Ok(Value::NONE),
    }
}

fn write(cx: &mut Ctx, args: Args) -> PyResult {
    check_writable(cx, args[0])?;
    let data = buffer::to_bytes(cx, args[1])?;
    match write_some(cx, args[0], &data)? {
        Some(n) => {
            // A partial write may have been cut short by a signal.
            if n < data.len() {
                cx.poll()?;
            }
            Ok(int::from_usize(cx, n))
        }
        None => Ok(Value::NONE),
    }
}

fn position(cx: &mut Ctx, v: Value, offset: i64, whence: i32) -> PyResult {
    let fd = open_fd(cx, v)?;
    match cx.blocking(|| os::seek(fd, offset, whence)) {
        Ok(n) => Ok(int::from_u64(cx, n)),
        Err(e) => Err(cx.os_error(e, None)),
    }
}

fn seek(cx: &mut Ctx, args: Args) -> PyResult {
    if float::of(args[1]).is_some() {
        return Err(cx.type_error("'float' object cannot be interpreted as an integer"));
    }
    let offset = args.index(cx, 1)?;
    let whence = args.index_or(cx, 2, 0)? as i32;
    position(cx, args[0], offset, whence)
}

/// Whether the file can seek; asked once.
pub fn seekable(cx: &mut Ctx, v: Value) -> Res<bool> {
    let fd = open_fd(cx, v)?;
    let Some(s) = state(cx, v) else { return Ok(false) };
    let mut known = s.seekable.load(Ordering::Relaxed);
    if known == 0 {
        known = if os::seek(fd, 0, libc::SEEK_CUR).is_ok() { 1 } else { 2 };
        s.seekable.store(known, Ordering::Relaxed);
    }
    Ok(known == 1)
}

fn truncate(cx: &mut Ctx, args: Args) -> PyResult {
    check_writable(cx, args[0])?;
    let size = match args.or(1, Value::NONE) {
        Value::NONE => {
            let v = position(cx, args[0], 0, libc::SEEK_CUR)?;
            protocol::index(cx, v)?
        }
        v => protocol::index(cx, v)?,
    };
    let fd = open_fd(cx, args[0])?;
    match cx.blocking(|| os::truncate(fd, size)) {
        Ok(()) => Ok(int::from_i64(cx, size)),
        Err(e) => Err(cx.os_error(e, None)),
    }
}

/// The base's `close` comes first: it calls `flush`, which a program may have replaced.
fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(s) = state(cx, args[0]) else { return Ok(Value::NONE) };
    let (closefd, finalizing) = (s.closefd, s.finalizing.load(Ordering::Relaxed) == 1);
    let flushed = base::close(cx, args);
    if finalizing && closefd {
        dealloc_warn(cx, args[0], args[0]);
    }
    let fd = state(cx, args[0]).map_or(-1, |s| s.fd.swap(u32::MAX, Ordering::AcqRel) as i32);
    base::closed(cx, args[0], &FILE_IO);
    let failed = match fd {
        fd if fd >= 0 && closefd => cx.blocking(|| os::close(fd)).err(),
        _ => None,
    };
    // After EINTR the descriptor is gone on Linux.
    match (flushed, failed.filter(|&e| e != libc::EINTR)) {
        (flushed, None) => flushed,
        (Ok(_), Some(e)) => Err(cx.os_error(e, None)),
        (Err(first), Some(e)) => {
            let first = cx.take(first);
            let second = cx.os_error(e, None);
            Err(streams::after(cx, second, first))
        }
    }
}
