//! `open`, `open_code`, `text_encoding`.

use engine::prelude::*;
use engine::protocol;

use crate::buffered::{BUFFERED_RANDOM, BUFFERED_READER, BUFFERED_WRITER, DEFAULT_SIZE};
use crate::fileio::FILE_IO;
use crate::streams::{attr, call};
use crate::textio::TEXT_IO_WRAPPER;

pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "open",
        "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        open,
        "Open file and return a stream.  Raise OSError upon failure.",
    ),
    NativeDef::new(
        "open_code",
        "($module, /, path)",
        open_code,
        "Opens the provided file with the intent to import the contents.\n\nThis may perform extra validation beyond open(), but is otherwise interchangeable\nwith calling open(path, 'rb').",
    ),
    NativeDef::new(
        "text_encoding",
        "($module, encoding, stacklevel=2, /)",
        text_encoding,
        "A helper function to choose the text encoding.\n\nWhen encoding is not None, this function returns it.\nOtherwise, this function returns the default text encoding\n(i.e. \"locale\" or \"utf-8\" depends on UTF-8 mode).",
    ),
];

static WARN_DEFAULT_ENCODING: proto_core::sync::AtomicBool = proto_core::sync::AtomicBool::new(false);

/// `-X warn_default_encoding`: text streams that are given no encoding get an EncodingWarning.
pub fn set_warn_default_encoding() {
    WARN_DEFAULT_ENCODING.store(true, proto_core::sync::Ordering::Relaxed);
}

/// Warns of an encoding that was not given, if that was asked for.
pub fn warn_default_encoding(cx: &mut Ctx, stacklevel: i32) -> Res<()> {
    if !WARN_DEFAULT_ENCODING.load(proto_core::sync::Ordering::Relaxed) {
        return Ok(());
    }
    engine::exceptions::warn(cx, Exc::EncodingWarning, "'encoding' argument not specified", stacklevel)
}

fn text_encoding(cx: &mut Ctx, args: Args) -> PyResult {
    match args.or(0, Value::NONE) {
        Value::NONE => {
            let level = args.index_or(cx, 1, 2)?;
            warn_default_encoding(cx, i32::try_from(level).unwrap_or(2))?;
            let utf8 = modules_system::sys::config::get().flags.utf8_mode != 0;
            Ok(Str::new(cx, if utf8 { "utf-8" } else { "locale" }))
        }
        v => Ok(v),
    }
}

fn open_code(cx: &mut Ctx, args: Args) -> PyResult {
    if Str::of_sub(cx, args[0]).is_none() {
        let name = types::type_name(cx, args[0]);
        return Err(cx.type_error(format!("open_code() argument 'path' must be str, not {name}")));
    }
    open_file(cx, args[0], "rb", -1, [Value::NONE; 3], true, Value::NONE)
}

fn open(cx: &mut Ctx, args: Args) -> PyResult {
    let mode = match args.get(1) {
        None => "r".to_owned(),
        Some(_) => args.str(cx, 1)?.to_string_lossy().into_owned(),
    };
    let buffering = args.index_or(cx, 2, -1)?;
    let text = [args.or(3, Value::NONE), args.or(4, Value::NONE), args.or(5, Value::NONE)];
    let closefd = args.truth_or(cx, 6, true)?;
    open_file(cx, args[0], &mode, buffering, text, closefd, args.or(7, Value::NONE))
}

/// `open`: `text` holds encoding, errors, newline.
pub fn open_file(
    cx: &mut Ctx,
    file: Value,
    mode: &str,
    buffering: i64,
    text: [Value; 3],
    closefd: bool,
    opener: Value,
) -> PyResult {
    let is_number = types::type_of(cx, file).slots().index().is_some() || float::of(file).is_some();
    let file = if is_number { file } else { protocol::fs_path(cx, file)? };
    let has = |c: char| mode.contains(c);
    let mut seen = 0u32;
    for c in mode.chars() {
        let bit = match "rwxa+bt".find(c) {
            Some(i) => 1 << i,
            None => return Err(cx.value_error(format!("invalid mode: '{mode}'"))),
        };
        if seen & bit != 0 {
            return Err(cx.value_error(format!("invalid mode: '{mode}'")));
        }
        seen |= bit;
    }
    let (binary, updating) = (has('b'), has('+'));
    if binary && has('t') {
        return Err(cx.value_error("can't have text and binary mode at once"));
    }
    if [has('r'), has('w'), has('x'), has('a')].iter().filter(|&&b| b).count() != 1 {
        return Err(cx.value_error("must have exactly one of create/read/write/append mode"));
    }
    for (what, v) in ["an encoding", "an errors", "a newline"].iter().zip(text) {
        if binary && v != Value::NONE {
            return Err(cx.value_error(format!("binary mode doesn't take {what} argument")));
        }
    }
    if binary && buffering == 1 {
        engine::exceptions::warn(
            cx,
            Exc::RuntimeWarning,
            "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
            1,
        )?;
    }
    let raw_mode: String = mode.chars().filter(|c| "rwxa+".contains(*c)).collect();
    let raw_mode = Str::new(cx, &raw_mode);
    let file_io = cx.type_of_def(&FILE_IO).value();
    let raw = protocol::call(cx, file_io, &[file, raw_mode, Value::bool(closefd), opener])?;
    match layers(cx, raw, mode, buffering, text, binary, updating) {
        Ok(v) => Ok(v),
        Err(r) => {
            let exc = cx.take(r);
            if let Err(second) = call(cx, raw, "close", &[]) {
                cx.clear(second);
            }
            Err(cx.restore(exc))
        }
    }
}

fn layers(
    cx: &mut Ctx,
    raw: Value,
    mode: &str,
    mut buffering: i64,
    text: [Value; 3],
    binary: bool,
    updating: bool,
) -> PyResult {
    let tty = call(cx, raw, "_isatty_open_only", &[])?;
    let interactive = buffering < 0 && protocol::truth(cx, tty)?;
    let line_buffering = !binary && (buffering == 1 || interactive);
    if buffering == 1 || buffering < 0 {
        let block = attr(cx, raw, "_blksize")?;
        let block = protocol::index(cx, block)?;
        buffering = if interactive { 8192 } else { block.max(DEFAULT_SIZE as i64).min(8 << 20) };
    }
    if buffering == 0 {
        if binary {
            return Ok(raw);
        }
        return Err(cx.value_error("can't have unbuffered text I/O"));
    }
    let class = if updating {
        &BUFFERED_RANDOM
    } else if mode.contains('r') {
        &BUFFERED_READER
    } else {
        &BUFFERED_WRITER
    };
    let class = cx.type_of_def(class).value();
    let size = int::from_i64(cx, buffering);
    let buffer = protocol::call(cx, class, &[raw, size])?;
    if binary {
        return Ok(buffer);
    }
    let wrapper = cx.type_of_def(&TEXT_IO_WRAPPER).value();
    let stream = protocol::call(cx, wrapper, &[buffer, text[0], text[1], text[2], Value::bool(line_buffering)])?;
    let name = cx.names.mode;
    let mode = Str::new(cx, mode);
    protocol::setattr(cx, stream, name, mode)?;
    Ok(stream)
}
