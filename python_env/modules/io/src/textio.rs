//! `TextIOWrapper`. Native slots after the base: buffer, payload, encoding, errors, decoder (EMPTY: native). Where it stands in the
//! buffer is the business of `position.rs`.

mod lines;

use std::borrow::Cow;
use std::sync::Arc;

use engine::objects::{Bytes, Obj};
use engine::prelude::*;
use engine::protocol::{self, buffer};
use modules_system::sys::config;
use proto_core::memory;
use proto_core::sync::Latch;
use proto_core::sync::{AtomicBool, Ordering};
use pytext::codecs::handlers::{self, Encoding, Handler};
use pytext::{search, wtf8};

use crate::base::{NATIVE, TEXT_IO_BASE};
use crate::lock::StreamLock;
use crate::streams::{self, attr, attr_opt, call, closed_error, is_closed, obj, unsupported};
use crate::{buffered, newline, position};
use lines::{next, readline};

const BUFFER: usize = NATIVE;
const STATE: usize = NATIVE + 1;
const ENCODING: usize = NATIVE + 2;
const ERRORS: usize = NATIVE + 3;
pub const DECODER: usize = NATIVE + 4;
pub const ENCODER: usize = NATIVE + 5;

/// How much is read at once, and how much written text may wait, where Python has not said it.
const CHUNK: usize = 8192;
/// How much is read at once through a native buffer, which reads more anyway.
const LARGE_CHUNK: usize = 65536;
/// No decoder keeps more bytes of a character that is not whole.
const MAX_PENDING: usize = 8;

/// What the newline argument says.
#[derive(Clone, PartialEq, Eq)]
pub enum Newline {
    /// None: each kind ends a line and is read as `\n`.
    Translate,
    /// Empty: each kind ends a line and stays.
    Universal,
    /// Only this ends a line.
    Only(&'static str),
}

/// Text read ahead and how it came about.
pub struct Reading {
    /// Decoded text; `text[at..]` has not been delivered yet.
    pub text: Vec<u8>,
    pub at: usize,
    /// The bytes that `text[base..]` was decoded from, incomplete ones at the end included, and where they start in the buffer.
    pub chunk: Vec<u8>,
    pub base: usize,
    /// Bytes of `chunk` that are not decoded yet.
    pub pending: usize,
    /// The flags of a decoder's state before the chunk, where it is asked for them.
    pub flags: Option<i64>,
    pub eof: bool,
    pub seen: u8,
    /// Some of it was read while `tell` was allowed: then who writes goes on reading where the writer is. Otherwise lines that are iterated
    /// over stay what they were.
    pub snapshot: bool,
}

impl Reading {
    /// Nothing is read ahead.
    pub fn none(seen: u8) -> Reading {
        Reading {
            text: Vec::new(),
            at: 0,
            chunk: Vec::new(),
            base: 0,
            pending: 0,
            flags: None,
            eof: false,
            seen,
            snapshot: false,
        }
    }
}

/// The payload.
pub struct State {
    pub lock: StreamLock,
    pub reading: Latch<Reading>,
    pub settings: Latch<Settings>,
    /// Whether `tell` is allowed: not while lines are iterated over, since those read ahead.
    pub telling: AtomicBool,
    finalizing: AtomicBool,
    /// Encoded text that the buffer has not got yet. A native writer gets everything at once.
    waiting: Latch<Vec<u8>>,
    /// Whether text goes to the buffer as it is: what the settings say, to be read without their lock.
    plain: AtomicBool,
}

impl State {
    /// The settings have changed.
    fn refresh(&self) {
        let s = self.settings.lock();
        let utf8 = matches!(s.native, Some((Encoding::Utf8, _)));
        let translates = matches!(s.newline, Newline::Only(end) if end != "\n");
        let plain = s.writable && !s.readable && !s.line_buffering && utf8 && !translates;
        self.plain.store(plain, Ordering::Relaxed);
    }
}

#[derive(Clone)]
pub struct Settings {
    pub newline: Newline,
    line_buffering: bool,
    write_through: bool,
    /// The codec and handler, when both are native.
    pub native: Option<(Encoding, Handler)>,
    /// Whether a byte order mark has been written.
    pub marked: bool,
    /// What the buffer said of itself when the stream was made.
    readable: bool,
    writable: bool,
    pub seekable: bool,
    has_read1: bool,
    /// What Python stored in `_CHUNK_SIZE`.
    chunk: Option<usize>,
}

impl Settings {
    /// The codec and handler for reading, when both are native.
    pub fn decoding(&self) -> Option<(Encoding, Handler)> {
        stateless(self.native)
    }
}

/// The native codec, if it knows no state but bytes that wait, and a line end is one byte: the others decode in Python.
fn stateless(native: Option<(Encoding, Handler)>) -> Option<(Encoding, Handler)> {
    native.filter(|(e, _)| matches!(e, Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1))
}

pub static TEXT_IO_WRAPPER: TypeDef = TypeDef {
    doc: "Character and line based layer over a BufferedIOBase object, buffer.\n\nencoding gives the name of the encoding that the stream will be\ndecoded or encoded with. It defaults to locale.getencoding().\n\nerrors determines the strictness of encoding and decoding (see\nhelp(codecs.Codec) or the documentation for codecs.register) and\ndefaults to \"strict\".\n\nnewline controls how line endings are handled. It can be None, '',\n'\\n', '\\r', and '\\r\\n'.",
    bases: &[BaseRef::Def(&TEXT_IO_BASE)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT),
    nnative: 6,
    init: Some(NativeDef::new(
        "__init__",
        "($self, /, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
        init,
        "Initialize self.",
    )),
    slots: Slots { repr: Some(repr), next: Some(next), ..Slots::NONE },
    methods: &[
        crate::base::NO_STATE,
        NativeDef::new("read", "($self, size=-1, /)", read, ""),
        NativeDef::new("readline", "($self, size=-1, /)", readline, ""),
        NativeDef::new("write", "($self, text, /)", write, "").leaf(write_leaf),
        NativeDef::new("flush", "($self, /)", flush, ""),
        NativeDef::new("close", "($self, /)", close, ""),
        NativeDef::new("detach", "($self, /)", detach, ""),
        NativeDef::new("seek", "($self, cookie, whence=0, /)", position::seek, ""),
        NativeDef::new("tell", "($self, /)", position::tell, ""),
        NativeDef::new("truncate", "($self, pos=None, /)", truncate, ""),
        NativeDef::new(
            "reconfigure",
            "($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)",
            reconfigure,
            "Reconfigure the text stream with new parameters.\n\nThis also does an implicit stream flush.",
        ),
        NativeDef::new("fileno", "($self, /)", |cx, args| delegate(cx, args, "fileno"), ""),
        NativeDef::new("seekable", "($self, /)", |cx, args| delegate(cx, args, "seekable"), ""),
        NativeDef::new("readable", "($self, /)", |cx, args| delegate(cx, args, "readable"), ""),
        NativeDef::new("writable", "($self, /)", |cx, args| delegate(cx, args, "writable"), ""),
        NativeDef::new("isatty", "($self, /)", |cx, args| delegate(cx, args, "isatty"), ""),
    ],
    getsets: &[
        GetSet::ro("buffer", buffer_of, ""),
        GetSet::ro("encoding", |cx, v| Ok(obj(cx, v)?.slot(cx, ENCODING).non_empty().unwrap_or(Value::NONE)), ""),
        GetSet::ro("errors", errors_of, ""),
        GetSet::ro(
            "name",
            |cx, v| {
                let b = buffer_of(cx, v)?;
                attr(cx, b, "name")
            },
            "",
        ),
        GetSet::ro(
            "closed",
            |cx, v| {
                let b = buffer_of(cx, v)?;
                attr(cx, b, "closed")
            },
            "",
        ),
        GetSet::ro("line_buffering", |cx, v| Ok(Value::bool(state(cx, v)?.settings.lock().line_buffering)), ""),
        GetSet::ro("write_through", |cx, v| Ok(Value::bool(state(cx, v)?.settings.lock().write_through)), ""),
        GetSet::ro(
            "newlines",
            |cx, v| {
                let seen = state(cx, v)?.reading.lock().seen;
                match obj(cx, v)?.slot(cx, DECODER) {
                    Value::EMPTY => Ok(newline::seen_value(cx, seen)),
                    decoder => Ok(attr_opt(cx, decoder, "newlines")?.unwrap_or(Value::NONE)),
                }
            },
            "",
        ),
        GetSet::rw(
            "_finalizing",
            |cx, v| Ok(Value::bool(state(cx, v)?.finalizing.load(Ordering::Relaxed))),
            |cx, v, new| {
                let on = crate::base::finalizing(cx, new)?;
                state(cx, v)?.finalizing.store(on, Ordering::Relaxed);
                Ok(())
            },
            "",
        ),
        GetSet::rw(
            "_CHUNK_SIZE",
            |cx, v| {
                let n = state(cx, v)?.settings.lock().chunk.unwrap_or(CHUNK);
                Ok(int::from_usize(cx, n))
            },
            |cx, v, new| {
                let s = state(cx, v)?;
                if new == Value::EMPTY {
                    return Err(cx.raise(
                        Exc::AttributeError,
                        "attribute '_CHUNK_SIZE' of '_io.TextIOWrapper' objects cannot be deleted",
                    ));
                }
                let n = protocol::number::index_value(cx, new)?;
                let Some(n) = int::to_i64(n) else {
                    let name = types::type_name(cx, new);
                    return Err(cx.value_error(format!("cannot fit '{name}' into an index-sized integer")));
                };
                let Some(n) = usize::try_from(n).ok().filter(|&n| n > 0) else {
                    return Err(cx.value_error("a strictly positive integer is required"));
                };
                s.settings.lock().chunk = Some(n);
                Ok(())
            },
            "",
        ),
    ],
    ..TypeDef::new("_io", "TextIOWrapper")
};

pub fn state(cx: &mut Ctx, v: Value) -> Res<Arc<State>> {
    let found = Obj::of(v).and_then(|o| o.payload::<Arc<State>>(cx, STATE)).cloned();
    match found {
        Some(s) => Ok(s),
        None => Err(cx.value_error("I/O operation on uninitialized object")),
    }
}

fn errors_of(cx: &mut Ctx, v: Value) -> PyResult {
    state(cx, v)?;
    Ok(obj(cx, v)?.slot(cx, ERRORS).non_empty().unwrap_or(Value::NONE))
}

/// The state of the buffered writer that a text stream has below it.
pub fn buffered_below(cx: &Ctx, v: Value) -> Option<std::sync::Arc<buffered::State>> {
    let o = Obj::of(v).filter(|_| cx.is_exactly(v, &TEXT_IO_WRAPPER))?;
    buffered::known_state(cx, o.slot(cx, BUFFER))
}

fn buffer_of(cx: &mut Ctx, v: Value) -> PyResult {
    let o = obj(cx, v)?;
    match o.slot(cx, BUFFER) {
        _ if o.slot(cx, STATE) == Value::EMPTY => Err(cx.value_error("I/O operation on uninitialized object")),
        Value::EMPTY => Err(cx.value_error("I/O operation on uninitialized object")),
        Value::NONE => Err(cx.value_error("underlying buffer has been detached")),
        b => Ok(b),
    }
}

fn delegate(cx: &mut Ctx, args: Args, method: &str) -> PyResult {
    let b = buffer_of(cx, args[0])?;
    call(cx, b, method, &[])
}

fn parse_newline(cx: &mut Ctx, v: Value) -> Res<Newline> {
    if v == Value::NONE {
        return Ok(Newline::Translate);
    }
    let Some(s) = Str::of_sub(cx, v) else {
        let name = types::type_name(cx, v);
        return Err(cx.type_error(format!("newline must be str or None, not {name}")));
    };
    Ok(match s.as_bytes() {
        b"" => Newline::Universal,
        b"\n" => Newline::Only("\n"),
        b"\r" => Newline::Only("\r"),
        b"\r\n" => Newline::Only("\r\n"),
        _ => {
            let shown = s.to_string_lossy().into_owned();
            return Err(cx.value_error(format!("illegal newline value: {shown}")));
        }
    })
}

/// What fails in between leaves a stream that is not initialized.
fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let o = obj(cx, args[0])?;
    let again = o.slot(cx, STATE) != Value::EMPTY;
    o.set_slot(cx, STATE, Value::EMPTY);
    let done = make(cx, args);
    if done.is_err() {
        o.set_slot(cx, STATE, Value::EMPTY);
    } else if again {
        crate::base::reopened(cx, args[0]);
    }
    done
}

fn make(cx: &mut Ctx, args: Args) -> PyResult {
    for name in [args.get(2), args.get(3)].into_iter().flatten() {
        if Str::of_sub(cx, name).is_some_and(|name| name.as_bytes().contains(&0)) {
            return Err(cx.value_error("embedded null character"));
        }
    }
    let newline = parse_newline(cx, args.or(4, Value::NONE))?;
    let line_buffering = args.truth_or(cx, 5, false)?;
    let write_through = args.truth_or(cx, 6, false)?;
    let o = obj(cx, args[0])?;
    o.set_slot(cx, BUFFER, args[1]);
    let settings = Settings {
        newline,
        line_buffering,
        write_through,
        native: None,
        marked: false,
        readable: false,
        writable: false,
        seekable: false,
        has_read1: false,
        chunk: None,
    };
    o.set_payload(
        cx,
        STATE,
        Arc::new(State {
            lock: StreamLock::new(),
            reading: Latch::new(Reading::none(0)),
            settings: Latch::new(settings),
            telling: AtomicBool::new(true),
            finalizing: AtomicBool::new(false),
            waiting: Latch::default(),
            plain: AtomicBool::new(false),
        }),
    );
    let encoding = args.or(2, Value::NONE);
    if encoding == Value::NONE {
        crate::open::warn_default_encoding(cx, 1)?;
    }
    set_codec(cx, args[0], encoding, args.or(3, Value::NONE))?;
    let mut able = [false; 3];
    for (ability, can) in ["readable", "writable", "seekable"].into_iter().zip(&mut able) {
        let answer = call(cx, args[1], ability, &[])?;
        *can = protocol::truth(cx, answer)?;
    }
    let has_read1 = attr_opt(cx, args[1], "read1")?.is_some();
    let s = state(cx, args[0])?;
    let mut settings = s.settings.lock();
    [settings.readable, settings.writable, settings.seekable] = able;
    settings.has_read1 = has_read1;
    drop(settings);
    s.refresh();
    Ok(Value::NONE)
}

/// The name of an encoding or handler as text that others take.
fn codec_name(cx: &mut Ctx, v: Value, name: Str) -> Res<String> {
    match handlers::encode(Encoding::Utf8, name.as_bytes(), Handler::Strict) {
        Ok(_) => Ok(name.to_string_lossy().into_owned()),
        Err(e) => {
            let (start, end) = (wtf8::index(name.as_bytes(), e.start), wtf8::index(name.as_bytes(), e.end));
            Err(cx.unicode_encode_error("utf-8", v, start, end, e.reason))
        }
    }
}

/// Sets encoding and error handler; None means the default.
fn set_codec(cx: &mut Ctx, v: Value, encoding: Value, errors: Value) -> Res<()> {
    let text = |cx: &mut Ctx, v: Value, what: &str, position: usize| -> Res<Option<String>> {
        match v {
            Value::NONE => Ok(None),
            v => match Str::of_sub(cx, v) {
                Some(s) => codec_name(cx, v, s).map(Some),
                None => {
                    let name = types::type_name(cx, v);
                    Err(cx.type_error(format!(
                        "TextIOWrapper() argument '{what}' must be str or None, not {name} (pos {position})"
                    )))
                }
            },
        }
    };
    let enc = match text(cx, encoding, "encoding", 2)? {
        None => config::text_encoding().to_owned(),
        Some(e) if e == "locale" => config::locale_encoding().to_owned(),
        Some(e) => e,
    };
    let err = text(cx, errors, "errors", 3)?.unwrap_or_else(|| "strict".to_owned());
    let native = Encoding::parse(&enc).zip(Handler::parse(&err));
    let o = obj(cx, v)?;
    let (enc_v, err_v) = (Str::new(cx, &enc), Str::new(cx, &err));
    let (mut decoder, mut encoder) = (Value::EMPTY, Value::EMPTY);
    let s = state(cx, v)?;
    let mode = s.settings.lock().newline.clone();
    if enc.contains('\0') {
        return Err(cx.raise(Exc::LookupError, format!("unknown encoding: {}", enc.split('\0').next().unwrap_or(""))));
    }
    if stateless(native).is_none() {
        let lookup = protocol::import_attr(cx, "codecs", "lookup")?;
        let info = protocol::call(cx, lookup, &[enc_v])?;
        let is_text = attr_opt(cx, info, "_is_text_encoding")?;
        if is_text == Some(Value::FALSE) {
            return Err(cx.raise(Exc::LookupError, format!("'{enc}' is not a text encoding")));
        }
        let lookup_error = protocol::import_attr(cx, "codecs", "lookup_error")?;
        protocol::call(cx, lookup_error, &[err_v])?;
        let factory = attr(cx, info, "incrementaldecoder")?;
        if factory != Value::NONE {
            decoder = protocol::call(cx, factory, &[err_v])?;
            if !matches!(mode, Newline::Only(_)) {
                let class = cx.type_of_def(&newline::INCREMENTAL_NEWLINE_DECODER).value();
                decoder = protocol::call(cx, class, &[decoder, Value::bool(mode == Newline::Translate)])?;
            }
        }
        let factory = attr(cx, info, "incrementalencoder")?;
        if factory != Value::NONE && native.is_none() {
            encoder = protocol::call(cx, factory, &[err_v])?;
        }
    }
    o.set_slot(cx, ENCODING, enc_v);
    o.set_slot(cx, ERRORS, err_v);
    o.set_slot(cx, DECODER, decoder);
    o.set_slot(cx, ENCODER, encoder);
    s.settings.lock().native = native;
    s.refresh();
    if encoder != Value::EMPTY || matches!(native, Some((Encoding::Utf16Bom | Encoding::Utf32Bom, _))) {
        let b = o.slot(cx, BUFFER);
        let at_start = match attr_opt(cx, b, "seekable")? {
            Some(seekable) => {
                let can = protocol::call(cx, seekable, &[])?;
                match protocol::truth(cx, can)? {
                    true => Some(call(cx, b, "tell", &[])? == Value::small(0)),
                    false => None,
                }
            }
            None => None,
        };
        // Where no position is known, the codecs of the engine write no mark and others do, as in CPython.
        state(cx, v)?.settings.lock().marked = at_start != Some(true);
        if encoder != Value::EMPTY && at_start == Some(false) {
            call(cx, encoder, "setstate", &[Value::small(0)])?;
        }
    }
    Ok(())
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    streams::guarded_repr(cx, v, |cx| shown(cx, v))
}

fn shown(cx: &mut Ctx, v: Value) -> PyResult {
    state(cx, v)?;
    let mut text = format!("<{}", streams::shown_type(cx, v));
    if let Some(name) = streams::name_or_none(cx, v) {
        let shown = protocol::repr(cx, name)?;
        text.push_str(&format!(" name={}", protocol::text(cx, shown)));
    }
    if let Ok(Some(mode)) = attr_opt(cx, v, "mode") {
        let shown = protocol::repr(cx, mode)?;
        text.push_str(&format!(" mode={}", protocol::text(cx, shown)));
    }
    let encoding = obj(cx, v)?.slot(cx, ENCODING);
    let shown = protocol::repr(cx, encoding)?;
    text.push_str(&format!(" encoding={}>", protocol::text(cx, shown)));
    Ok(Str::from_text(cx, &text))
}

pub fn check_open(cx: &mut Ctx, v: Value) -> PyResult {
    let b = buffer_of(cx, v)?;
    if is_closed(cx, b)? { Err(closed_error(cx)) } else { Ok(b) }
}

/// Reads and decodes one more chunk; false at the end. The lock is held.
fn fill(cx: &mut Ctx, v: Value, s: &State, b: Value) -> Res<bool> {
    if s.reading.lock().eof {
        return Ok(false);
    }
    let (chunk, method) = {
        let settings = s.settings.lock();
        (settings.chunk, if settings.has_read1 { "read1" } else { "read" })
    };
    let default = if buffered::is_native(cx, b) { LARGE_CHUNK } else { CHUNK };
    let size = int::from_usize(cx, chunk.unwrap_or(default));
    if s.telling.load(Ordering::Relaxed) {
        s.reading.lock().snapshot = true;
    }
    let before = position::snapshot(cx, v, s)?;
    let more = call(cx, b, method, &[size])?;
    let Some(bytes) = Bytes::of_sub(cx, more) else {
        let bytes = match buffer::buffer_bytes(cx, more)? {
            Some(x) => x,
            None => {
                let name = types::type_name(cx, more);
                return Err(cx.type_error(format!(
                    "underlying {method}() should have returned a bytes-like object, not '{name}'"
                )));
            }
        };
        return decode_more(cx, v, s, &bytes, before);
    };
    decode_more(cx, v, s, bytes.as_slice(), before)
}

/// Decodes what was read. `before`: the state of a decoder in Python before it, the bytes that it keeps and its flags.
fn decode_more(cx: &mut Ctx, v: Value, s: &State, bytes: &[u8], before: Option<(Vec<u8>, i64)>) -> Res<bool> {
    let last = bytes.is_empty();
    // The input with what waits, and the text that it gives.
    cx.make_room_beside(bytes.len().saturating_mul(4))?;
    let settings = s.settings.lock().clone();
    let mut decoded = Vec::new();
    let mut used = None;
    let mut postponed = false;
    let native = settings.decoding();
    match native {
        Some((encoding, handler)) => {
            let input = {
                let r = s.reading.lock();
                match &r.chunk[r.chunk.len() - r.pending..] {
                    [] => Cow::Borrowed(bytes),
                    waits => Cow::Owned([waits, bytes].concat()),
                }
            };
            match handlers::decode(encoding, &input, handler, last) {
                Ok((text, n)) => {
                    decoded = text;
                    used = Some(input.len() - n);
                }
                // What comes well before the fault is delivered first, as it is where chunks are small.
                Err(e) if e.start >= CHUNK => {
                    let good = &input[..e.start - e.start % CHUNK];
                    let Ok((text, n)) = handlers::decode(encoding, good, handler, false) else {
                        return Err(cx.value_error("the codec decodes the same bytes in two ways"));
                    };
                    decoded = text;
                    used = Some(input.len() - n);
                    postponed = true;
                }
                Err(_) if handler.encodes_only() => return Err(cx.type_error(handlers::NOT_FOR_DECODING)),
                Err(e) => {
                    let source = Bytes::wish(cx, &input)?;
                    let mut r = s.reading.lock();
                    if input.len() > CHUNK || r.pending > MAX_PENDING {
                        // The piece with the fault is lost, not what follows.
                        r.pending = input.len().saturating_sub(CHUNK);
                        r.chunk = input.into_owned();
                    }
                    // And so is the beginning of the line that should have got it.
                    r.at = r.text.len();
                    drop(r);
                    return Err(cx.unicode_decode_error(encoding.name(), source, e.start, e.end, e.reason));
                }
            }
        }
        None => {
            let decoder = obj(cx, v)?.slot(cx, DECODER);
            if decoder == Value::EMPTY {
                return Err(unsupported(cx, "not readable"));
            }
            let piece = Bytes::wish(cx, bytes)?;
            let text = call(cx, decoder, "decode", &[piece, Value::bool(last)])?;
            match Str::of_sub(cx, text) {
                Some(t) => decoded.extend_from_slice(t.as_bytes()),
                None => {
                    let name = types::type_name(cx, text);
                    return Err(cx.type_error(format!("decoder should return a string result, not '{name}'")));
                }
            }
        }
    }
    let mut r = s.reading.lock();
    r.eof = last && !postponed;
    // What has been delivered goes; what remains starts a new chunk.
    position::drop_delivered(&mut r, &settings);
    if native.is_none() {
        // A decoder in Python is asked for its state before each chunk: only the last one matters.
        r.base = r.text.len();
        (r.chunk, r.flags) = before.map_or((Vec::new(), None), |(kept, flags)| (kept, Some(flags)));
    }
    if !memory::grows(&mut r.chunk, bytes.len()) || !memory::grows(&mut r.text, decoded.len()) {
        drop(r);
        return Err(cx.memory_error());
    }
    r.chunk.extend_from_slice(bytes);
    r.pending = used.unwrap_or(0);
    if native.is_some() && !matches!(settings.newline, Newline::Only(_)) {
        // A \r at the end may belong to a \r\n: it waits for what follows, as one undecoded byte would.
        if !last && decoded.last() == Some(&b'\r') && used == Some(0) {
            decoded.pop();
            r.pending = 1;
        }
        let mut seen = r.seen;
        newline::scan(&mut decoded, settings.newline == Newline::Translate, &mut seen);
        r.seen = seen;
    }
    r.text.append(&mut decoded);
    Ok(!last || r.at < r.text.len())
}

fn read(cx: &mut Ctx, args: Args) -> PyResult {
    let n = streams::size(cx, args.get(1))?;
    let b = check_open(cx, args[0])?;
    require_decoder(cx, args[0])?;
    let s = state(cx, args[0])?;
    pass_on(cx, &s, b)?;
    let _held = s.lock.lock(cx, "a text stream")?;
    if n < 0 {
        let rest = call(cx, b, "read", &[])?;
        let rest = match buffer::buffer_bytes(cx, rest)? {
            Some(rest) => rest,
            None if rest == Value::NONE => return Err(cx.raise(Exc::BlockingIOError, "Read returned None.")),
            None => {
                let name = types::type_name(cx, rest);
                return Err(cx.type_error(format!("can't concat {name} to bytes")));
            }
        };
        if !rest.is_empty() {
            decode_more(cx, args[0], &s, &rest, None)?;
        }
        decode_more(cx, args[0], &s, &[], None)?;
        let ready = s.reading.lock().text.len();
        cx.make_room_beside(ready)?;
        let out = deliver(&s, usize::MAX);
        position::at_end(&s);
        return Str::wish(cx, &out);
    }
    let mut out = Vec::new();
    let mut left = n as usize;
    while left > 0 {
        let piece = {
            let r = s.reading.lock();
            wtf8::offset(&r.text[r.at..], left)
        };
        if piece > 0 {
            cx.reserve(&mut out, piece)?;
            let text = deliver(&s, piece);
            left -= wtf8::count(&text);
            out.extend(text);
        } else if !fill(cx, args[0], &s, b)? {
            break;
        }
    }
    s.reading.lock().eof = false;
    Str::wish(cx, &out)
}

/// Streams for writing say so before anything is asked of them.
fn require_decoder(cx: &mut Ctx, v: Value) -> Res<()> {
    let readable = state(cx, v)?.settings.lock().readable;
    if readable { Ok(()) } else { Err(unsupported(cx, "not readable")) }
}

/// Writes what waits to the buffer.
fn pass_on(cx: &mut Ctx, s: &State, b: Value) -> Res<()> {
    let data = std::mem::take(&mut *s.waiting.lock());
    if !data.is_empty() {
        let data = Bytes::wish(cx, &data)?;
        call(cx, b, "write", &[data])?;
    }
    Ok(())
}

/// Hands out up to `n` bytes of the text read ahead.
fn deliver(s: &State, n: usize) -> Vec<u8> {
    let mut r = s.reading.lock();
    let end = r.at.saturating_add(n).min(r.text.len());
    let out = r.text[r.at..end].to_vec();
    r.at = end;
    out
}

fn encode(cx: &mut Ctx, v: Value, s: &State, text: &[u8]) -> Res<Vec<u8>> {
    let native = s.settings.lock().native;
    match native {
        Some((encoding, handler)) => {
            let marked = std::mem::replace(&mut s.settings.lock().marked, true);
            let encoding = match encoding {
                // The mark stands at the start only.
                Encoding::Utf16Bom if marked => Encoding::Utf16(pytext::codecs::Order::NATIVE),
                Encoding::Utf32Bom if marked => Encoding::Utf32(pytext::codecs::Order::NATIVE),
                e => e,
            };
            match handlers::encode(encoding, text, handler) {
                Ok(bytes) => Ok(bytes),
                Err(e) => {
                    let source = Str::wish(cx, text)?;
                    let (start, end) = (wtf8::index(text, e.start), wtf8::index(text, e.end));
                    Err(cx.unicode_encode_error(encoding.name(), source, start, end, e.reason))
                }
            }
        }
        None => {
            let encoder = obj(cx, v)?.slot(cx, ENCODER);
            if encoder == Value::EMPTY {
                return Err(unsupported(cx, "not writable"));
            }
            let source = Str::wish(cx, text)?;
            let bytes = call(cx, encoder, "encode", &[source])?;
            if Bytes::of_sub(cx, bytes).is_none() {
                let name = types::type_name(cx, bytes);
                return Err(cx.type_error(format!("encoder should return a bytes object, not '{name}'")));
            }
            buffer::to_bytes(cx, bytes)
        }
    }
}

/// The quick form of `write`: short text that the buffer takes as it is.
fn write_leaf(cx: &Ctx, args: &[Value]) -> Value {
    const QUICK: usize = 4096;
    let written = |v: Value, text: Value| {
        let text = Str::of(text).filter(|t| t.byte_len() <= QUICK && !t.has_surrogates())?;
        let o = Obj::of(v).filter(|_| cx.is_exactly(v, &TEXT_IO_WRAPPER))?;
        let s = o.payload::<Arc<State>>(cx, STATE)?;
        if !s.plain.load(Ordering::Relaxed) {
            return None;
        }
        buffered::append(cx, o.slot(cx, BUFFER), text.as_bytes())?;
        Some(int::from_usize(cx, text.len_chars()))
    };
    let [v, text] = *args else { return Value::EMPTY };
    written(v, text).unwrap_or(Value::EMPTY)
}

fn write(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(text) = Str::of_sub(cx, args[1]) else {
        let name = types::type_name(cx, args[1]);
        return Err(cx.type_error(format!("write() argument must be str, not {name}")));
    };
    let b = check_open(cx, args[0])?;
    let s = state(cx, args[0])?;
    if !s.settings.lock().writable {
        return Err(unsupported(cx, "not writable"));
    }
    // A subclass may replace line ends in its own way, and do whatever it likes to the stream meanwhile.
    let own = types::type_of(cx, args[1]) != cx.types.str;
    let replaced = match s.settings.lock().newline {
        Newline::Only(end) if own && end != "\n" && text.as_bytes().contains(&b'\n') => Some(end),
        _ => None,
    };
    let count = text.len_chars();
    let (text, b, s) = match replaced {
        None => (text, b, s),
        Some(end) => {
            let newline = [Str::new(cx, "\n"), Str::new(cx, end)];
            let text = call(cx, args[1], "replace", &newline)?;
            let Some(text) = Str::of_sub(cx, text) else {
                let name = types::type_name(cx, text);
                return Err(cx.type_error(format!("replace() should return a str, not {name}")));
            };
            let (b, s) = (check_open(cx, args[0])?, state(cx, args[0])?);
            if !s.settings.lock().writable {
                return Err(unsupported(cx, "not writable"));
            }
            (text, b, s)
        }
    };
    let bytes = text.as_bytes();
    // No encoding takes more for a character.
    cx.make_room_beside(bytes.len().saturating_mul(4))?;
    let has_newline = bytes.contains(&b'\n');
    let plain = {
        let settings = s.settings.lock();
        let translates =
            has_newline && replaced.is_none() && matches!(&settings.newline, Newline::Only(end) if *end != "\n");
        let only_writes = !settings.readable && !settings.line_buffering;
        matches!(settings.native, Some((Encoding::Utf8, _))) && only_writes && !translates
    };
    if plain && !text.has_surrogates() && buffered::is_plain_writer(cx, b) {
        buffered::write_bytes(cx, b, bytes)?;
        return Ok(int::from_usize(cx, count));
    }
    let settings = s.settings.lock().clone();
    let translated = match settings.newline {
        Newline::Only(end) if end != "\n" && has_newline && replaced.is_none() => {
            search::replace(bytes, b"\n", end.as_bytes(), usize::MAX, search::Unit::Byte)
        }
        _ => None,
    };
    let data = match (&settings.native, translated) {
        // Well-formed text is UTF-8 already.
        (Some((Encoding::Utf8, _)), None) if !text.has_surrogates() => bytes.to_vec(),
        (_, Some(t)) => encode(cx, args[0], &s, &t)?,
        (_, None) => encode(cx, args[0], &s, bytes)?,
    };
    let line_ends = settings.line_buffering && (has_newline || bytes.contains(&b'\r'));
    if buffered::is_plain_writer(cx, b) {
        buffered::write_bytes(cx, b, &data)?;
    } else {
        let chunk = settings.chunk.unwrap_or(CHUNK);
        // Who writes to the stream from below comes in between.
        while data.len() >= chunk && !s.waiting.lock().is_empty() {
            pass_on(cx, &s, b)?;
        }
        let full = {
            let mut waiting = s.waiting.lock();
            waiting.extend_from_slice(&data);
            waiting.len() >= chunk
        };
        if full || settings.write_through || line_ends {
            pass_on(cx, &s, b)?;
        }
    }
    if line_ends {
        call(cx, b, "flush", &[])?;
    }
    // What was read ahead is where the writer was not; a stream that cannot seek reads and writes apart.
    if settings.readable && settings.seekable {
        position::writer_takes_over(&s);
        position::reset_decoder(cx, args[0])?;
    }
    Ok(int::from_usize(cx, count))
}

fn flush(cx: &mut Ctx, args: Args) -> PyResult {
    let b = check_open(cx, args[0])?;
    let s = state(cx, args[0])?;
    s.telling.store(true, Ordering::Relaxed);
    pass_on(cx, &s, b)?;
    call(cx, b, "flush", &[])
}

fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let b = buffer_of(cx, args[0])?;
    // Asking may have detached the buffer.
    if is_closed(cx, b)? || obj(cx, args[0])?.slot(cx, BUFFER) == Value::NONE {
        return Ok(Value::NONE);
    }
    if state(cx, args[0]).is_ok_and(|s| s.finalizing.load(Ordering::Relaxed))
        && let Err(r) = call(cx, b, "_dealloc_warn", &[args[0]])
    {
        cx.clear(r);
    }
    let flushed = call(cx, args[0], "flush", &[]);
    crate::base::closed(cx, args[0], &TEXT_IO_WRAPPER);
    match flushed {
        Ok(_) => call(cx, b, "close", &[]),
        Err(r) => {
            let exc = cx.take(r);
            match call(cx, b, "close", &[]) {
                Ok(_) => Err(cx.restore(exc)),
                Err(second) => Err(streams::after(cx, second, exc)),
            }
        }
    }
}

fn detach(cx: &mut Ctx, args: Args) -> PyResult {
    let b = buffer_of(cx, args[0])?;
    call(cx, args[0], "flush", &[])?;
    obj(cx, args[0])?.set_slot(cx, BUFFER, Value::NONE);
    Ok(b)
}

fn truncate(cx: &mut Ctx, args: Args) -> PyResult {
    let b = check_open(cx, args[0])?;
    call(cx, args[0], "flush", &[])?;
    // Without a size it is where the buffer stands, which has read ahead.
    call(cx, b, "truncate", &[args.or(1, Value::NONE)])
}

fn reconfigure(cx: &mut Ctx, args: Args) -> PyResult {
    let (encoding, errors) = (args.or(1, Value::NONE), args.or(2, Value::NONE));
    let s = state(cx, args[0])?;
    let newline = match args.get(3) {
        Some(v) => Some(parse_newline(cx, v)?),
        None => None,
    };
    let read_already = {
        let r = s.reading.lock();
        r.chunk.len() > r.pending || !r.text.is_empty()
    };
    let recodes = encoding != Value::NONE || errors != Value::NONE;
    if read_already && (recodes || newline.is_some()) {
        return Err(unsupported(
            cx,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    call(cx, args[0], "flush", &[])?;
    let o = obj(cx, args[0])?;
    // A decoder in Python translates line ends.
    let redecodes = newline.is_some() && o.slot(cx, DECODER) != Value::EMPTY;
    if let Some(newline) = newline {
        s.settings.lock().newline = newline;
        s.refresh();
    }
    if recodes || redecodes {
        let enc = if encoding == Value::NONE { o.slot(cx, ENCODING) } else { encoding };
        let err = match (errors, encoding) {
            (Value::NONE, Value::NONE) => o.slot(cx, ERRORS),
            (e, _) => e,
        };
        set_codec(cx, args[0], enc, err)?;
    }
    if let Some(v) = args.get(4).filter(|v| *v != Value::NONE) {
        let on = protocol::index(cx, v)? != 0;
        s.settings.lock().line_buffering = on;
        s.refresh();
    }
    if let Some(v) = args.get(5).filter(|v| *v != Value::NONE) {
        let on = protocol::index(cx, v)? != 0;
        s.settings.lock().write_through = on;
    }
    Ok(Value::NONE)
}
