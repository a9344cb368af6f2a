//! `StringIO`: native slot 1 holds the payload.

use engine::objects::{Obj, Tuple};
use engine::prelude::*;
use engine::protocol;
use proto_core::sync::Latch;
use pytext::wtf8;

use crate::base::{NATIVE, TEXT_IO_BASE};
use crate::newline;
use crate::streams::{self, obj};

const STATE: usize = NATIVE;

/// What the newline argument says.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Newline {
    /// None: all line ends become `\n` when written.
    Translate,
    /// Empty: kept, and each kind ends a line.
    Universal,
    /// `\n`: kept.
    #[default]
    Lf,
    /// `\r`: `\n` is written as it.
    Cr,
    /// `\r\n`
    CrLf,
}

#[derive(Default)]
struct Content {
    /// Text in generalized UTF-8.
    text: Vec<u8>,
    ascii: bool,
    /// Byte offset; beyond the end after a seek: then `beyond` characters are missing.
    at: usize,
    beyond: usize,
    newline: Newline,
    seen: u8,
    closed: bool,
}

type State = Latch<Content>;

pub static STRING_IO: TypeDef = TypeDef {
    doc: "Text I/O implementation using an in-memory buffer.\n\nThe initial_value argument sets the value of object.  The newline\nargument is like the one of TextIOWrapper's constructor.",
    bases: &[BaseRef::Def(&TEXT_IO_BASE)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::NO_DEL),
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new, "").hide_sig()),
    init: Some(NativeDef::new("__init__", "($self, /, initial_value='', newline='\\n')", init, "Initialize self.")),
    slots: Slots { next: Some(next), ..Slots::NONE },
    methods: &[
        NativeDef::new("read", "($self, size=-1, /)", read, "Read at most size characters, returned as a string."),
        NativeDef::new(
            "readline",
            "($self, size=-1, /)",
            readline,
            "Read until newline or EOF.\n\nReturns an empty string if EOF is hit immediately.",
        ),
        NativeDef::new(
            "write",
            "($self, s, /)",
            write,
            "Write string to file.\n\nReturns the number of characters written, which is always equal to\nthe length of the string.",
        ).leaf(write_leaf),
        NativeDef::new("seek", "($self, pos, whence=0, /)", seek, "Change stream position."),
        NativeDef::new("tell", "($self, /)", tell, "Tell the current file position."),
        NativeDef::new("truncate", "($self, pos=None, /)", truncate, "Truncate size to pos."),
        NativeDef::new("getvalue", "($self, /)", getvalue, "Retrieve the entire contents of the object."),
        NativeDef::new("close", "($self, /)", close, "Close the IO object."),
        NativeDef::new("readable", "($self, /)", yes, "Returns True if the IO object can be read."),
        NativeDef::new("writable", "($self, /)", yes, "Returns True if the IO object can be written."),
        NativeDef::new("seekable", "($self, /)", yes, "Returns True if the IO object can be seeked."),
        NativeDef::new("__getstate__", "($self, /)", getstate, ""),
        NativeDef::new("__setstate__", "($self, state, /)", setstate, ""),
    ],
    getsets: &[
        GetSet::ro("closed", |cx, v| Ok(Value::bool(state(cx, v).is_none_or(|s| s.lock().closed))), ""),
        GetSet::ro("line_buffering", |cx, v| with(cx, v, |_| Value::FALSE), ""),
        GetSet::ro(
            "newlines",
            |cx, v| {
                let seen = with(cx, v, |c| c.seen)?;
                Ok(newline::seen_value(cx, seen))
            },
            "",
        ),
    ],
    ..TypeDef::new("_io", "StringIO")
};

fn state(cx: &Ctx, v: Value) -> Option<&State> {
    Obj::of(v)?.payload::<State>(cx, STATE)
}

fn with<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Content) -> R) -> Res<R> {
    let done = match state(cx, v) {
        Some(s) => {
            let mut c = s.lock();
            if c.closed { None } else { Some(f(&mut c)) }
        }
        None => None,
    };
    match done {
        Some(r) => Ok(r),
        None => Err(cx.value_error("I/O operation on closed file")),
    }
}

impl Content {
    /// Bytes of the `n` characters from byte offset `at` on.
    fn span(&self, at: usize, n: usize) -> usize {
        let rest = &self.text[at.min(self.text.len())..];
        if self.ascii { n.min(rest.len()) } else { wtf8::offset(rest, n) }
    }

    fn take(&mut self, bytes: usize) -> Vec<u8> {
        if self.beyond > 0 {
            return Vec::new();
        }
        let out = self.text[self.at..self.at + bytes].to_vec();
        self.at += bytes;
        out
    }

    /// Bytes of the next line.
    fn line(&self) -> usize {
        if self.beyond > 0 {
            return 0;
        }
        let rest = &self.text[self.at..];
        let found = match self.newline {
            Newline::Universal => newline::universal_line(rest),
            Newline::Cr => rest.iter().position(|&b| b == b'\r').map(|i| i + 1),
            Newline::CrLf => pytext::search::find(rest, b"\r\n").map(|i| i + 2),
            Newline::Translate | Newline::Lf => pytext::search::find(rest, b"\n").map(|i| i + 1),
        };
        found.unwrap_or(rest.len())
    }

    fn write(&mut self, s: &[u8]) {
        if matches!(self.newline, Newline::Lf) && self.at == self.text.len() && self.beyond == 0 {
            self.ascii &= s.is_ascii();
            self.text.extend_from_slice(s);
            self.at += s.len();
            return;
        }
        let mut text = s.to_vec();
        match self.newline {
            Newline::Translate => newline::scan(&mut text, true, &mut self.seen),
            Newline::Universal => newline::scan(&mut text, false, &mut self.seen),
            Newline::Lf => {}
            Newline::Cr => text.iter_mut().filter(|b| **b == b'\n').for_each(|b| *b = b'\r'),
            Newline::CrLf => {
                text = pytext::search::replace(&text, b"\n", b"\r\n", usize::MAX, pytext::search::Unit::Byte)
                    .unwrap_or(text);
            }
        }
        if text.is_empty() {
            return;
        }
        if self.beyond > 0 {
            self.text.resize(self.text.len() + self.beyond, 0);
            self.at = self.text.len();
            self.beyond = 0;
        }
        self.ascii &= text.is_ascii();
        let n = text.len();
        if self.at == self.text.len() {
            self.text.append(&mut text);
        } else {
            let chars = if text.is_ascii() { text.len() } else { wtf8::count(&text) };
            let replaced = self.span(self.at, chars);
            self.text.splice(self.at..self.at + replaced, text);
        }
        self.at += n;
    }

    /// The position in characters.
    fn position(&self) -> usize {
        self.beyond + if self.ascii { self.at } else { wtf8::count(&self.text[..self.at]) }
    }

    fn move_to(&mut self, chars: usize) {
        let len = if self.ascii { self.text.len() } else { wtf8::count(&self.text) };
        self.at = self.span(0, chars);
        self.beyond = chars.saturating_sub(len);
    }
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    o.set_payload(cx, STATE, Latch::new(Content { ascii: true, ..Content::default() }));
    Ok(o.value())
}

/// What is written exists so many times meanwhile: with its line ends changed, and where two characters take the place of one.
const COPIES: usize = 4;

fn parse_newline(cx: &mut Ctx, v: Option<Value>) -> Res<Newline> {
    Ok(match v {
        None => Newline::Lf,
        Some(Value::NONE) => Newline::Translate,
        Some(v) => match Str::of_sub(cx, v).map(|s| s.to_string_lossy().into_owned()).as_deref() {
            Some("") => Newline::Universal,
            Some("\n") => Newline::Lf,
            Some("\r") => Newline::Cr,
            Some("\r\n") => Newline::CrLf,
            Some(_) => {
                let shown = protocol::repr(cx, v)?;
                let shown = protocol::text(cx, shown);
                return Err(cx.value_error(format!("illegal newline value: {shown}")));
            }
            None => {
                let name = types::type_name(cx, v);
                return Err(cx.type_error(format!("newline must be str or None, not {name}")));
            }
        },
    })
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let newline = parse_newline(cx, args.get(2))?;
    let initial = match args.get(1) {
        None | Some(Value::NONE) => Vec::new(),
        Some(v) => match Str::of_sub(cx, v) {
            Some(s) => {
                cx.make_room_beside(s.byte_len().saturating_mul(COPIES))?;
                protocol::buffer::copied(cx, s.as_bytes())?
            }
            None => {
                let name = types::type_name(cx, v);
                return Err(cx.type_error(format!("initial_value must be str or None, not {name}")));
            }
        },
    };
    if let Some(s) = state(cx, args[0]) {
        let mut c = s.lock();
        *c = Content { ascii: true, newline, ..Content::default() };
        c.write(&initial);
        c.at = 0;
    }
    Ok(Value::NONE)
}

fn yes(cx: &mut Ctx, args: Args) -> PyResult {
    with(cx, args[0], |_| Value::TRUE)
}

fn read(cx: &mut Ctx, args: Args) -> PyResult {
    let n = streams::size(cx, args.get(1))?;
    let out = with(cx, args[0], |c| {
        let bytes = if n < 0 { c.text.len() - c.at } else { c.span(c.at, n as usize) };
        c.take(bytes)
    })?;
    Str::wish(cx, &out)
}

fn readline(cx: &mut Ctx, args: Args) -> PyResult {
    let limit = streams::size(cx, args.get(1))?;
    let out = with(cx, args[0], |c| {
        let mut bytes = c.line();
        if limit >= 0 {
            bytes = bytes.min(c.span(c.at, limit as usize));
        }
        c.take(bytes)
    })?;
    Str::wish(cx, &out)
}

fn next(cx: &mut Ctx, v: Value) -> PyResult {
    let out = with(cx, v, |c| {
        let n = c.line();
        c.take(n)
    })?;
    if out.is_empty() { Ok(Value::EMPTY) } else { Str::wish(cx, &out) }
}

fn write(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(s) = Str::of_sub(cx, args[1]) else {
        let name = types::type_name(cx, args[1]);
        return Err(cx.type_error(format!("string argument expected, got '{name}'")));
    };
    let (beyond, len, room) = with(cx, args[0], |c| (c.beyond, c.text.len(), c.text.capacity()))?;
    let end = len.saturating_add(beyond).saturating_add(s.byte_len());
    if end > room {
        cx.make_room(end.max(2 * len) - len)?;
    }
    cx.make_room_beside(s.byte_len().saturating_mul(COPIES))?;
    with(cx, args[0], |c| c.write(s.as_bytes()))?;
    Ok(int::from_usize(cx, s.len_chars()))
}

/// Some text at the end, for which there is room, as it is.
fn write_leaf(cx: &Ctx, args: &[Value]) -> Value {
    const QUICK: usize = 4096;
    let [v, text] = *args else { return Value::EMPTY };
    let (Some(text), Some(s)) = (Str::of(text), state(cx, v)) else { return Value::EMPTY };
    let mut c = s.lock();
    let fits = text.byte_len() <= QUICK.min(c.text.capacity() - c.text.len());
    if c.closed || c.newline != Newline::Lf || c.beyond > 0 || c.at != c.text.len() || !fits {
        return Value::EMPTY;
    }
    let bytes = text.as_bytes();
    c.ascii &= bytes.is_ascii();
    c.text.extend_from_slice(bytes);
    c.at += bytes.len();
    int::from_usize(cx, text.len_chars())
}

fn seek(cx: &mut Ctx, args: Args) -> PyResult {
    let pos = args.index(cx, 1)?;
    let whence = args.index_or(cx, 2, 0)?;
    if !(0..=2).contains(&whence) {
        return Err(cx.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
    }
    if whence == 0 && pos < 0 {
        return Err(cx.value_error(format!("Negative seek position {pos}")));
    }
    if whence != 0 && pos != 0 {
        return Err(cx.raise(Exc::OSError, "Can't do nonzero cur-relative seeks"));
    }
    let at = with(cx, args[0], |c| {
        match whence {
            0 => c.move_to(pos as usize),
            2 => (c.at, c.beyond) = (c.text.len(), 0),
            _ => {}
        }
        c.position()
    })?;
    Ok(int::from_usize(cx, at))
}

fn tell(cx: &mut Ctx, args: Args) -> PyResult {
    let at = with(cx, args[0], |c| c.position())?;
    Ok(int::from_usize(cx, at))
}

fn truncate(cx: &mut Ctx, args: Args) -> PyResult {
    let size = match args.or(1, Value::NONE) {
        Value::NONE => with(cx, args[0], |c| c.position() as i64)?,
        v if types::type_of(cx, v).slots().index().is_none() => {
            let name = types::type_name(cx, v);
            return Err(cx.type_error(format!("argument should be integer or None, not '{name}'")));
        }
        v => protocol::ssize(cx, v)?,
    };
    if size < 0 {
        return Err(cx.value_error(format!("Negative size value {size}")));
    }
    with(cx, args[0], |c| {
        let position = c.position();
        let end = c.span(0, size as usize);
        c.text.truncate(end);
        c.move_to(position);
    })?;
    Ok(int::from_i64(cx, size))
}

fn getvalue(cx: &mut Ctx, args: Args) -> PyResult {
    let n = with(cx, args[0], |c| c.text.len())?;
    cx.make_room_beside(n)?;
    let text = with(cx, args[0], |c| c.text.clone())?;
    Str::wish(cx, &text)
}

fn close(cx: &mut Ctx, args: Args) -> PyResult {
    if let Some(s) = state(cx, args[0]) {
        *s.lock() = Content { closed: true, ..Content::default() };
    }
    Ok(Value::NONE)
}

fn newline_value(cx: &mut Ctx, n: Newline) -> Value {
    match n {
        Newline::Translate => Value::NONE,
        Newline::Universal => Str::new(cx, ""),
        Newline::Lf => Str::new(cx, "\n"),
        Newline::Cr => Str::new(cx, "\r"),
        Newline::CrLf => Str::new(cx, "\r\n"),
    }
}

fn getstate(cx: &mut Ctx, args: Args) -> PyResult {
    let (text, newline, at) = with(cx, args[0], |c| (c.text.clone(), c.newline, c.position()))?;
    let o = obj(cx, args[0])?;
    let dict = if o.has_attrs(cx) { o.dict(cx).value() } else { Value::NONE };
    let parts = [Str::from_wtf8(cx, &text), newline_value(cx, newline), int::from_usize(cx, at), dict];
    Ok(Tuple::new(cx, &parts))
}

fn setstate(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(t) = Tuple::of_sub(cx, args[1]).filter(|t| t.len() == 4) else {
        let name = types::type_name(cx, args[1]);
        return Err(cx.type_error(format!("_io.StringIO.__setstate__ argument should be 4-tuple, got {name}")));
    };
    let newline = parse_newline(cx, Some(t.get(1)))?;
    let Some(text) = Str::of_sub(cx, t.get(0)) else { return Err(cx.type_error("initial_value must be str")) };
    cx.make_room_beside(text.byte_len())?;
    with(cx, args[0], |_| ())?;
    let at = streams::state_position(cx, t.get(2), "third item of state must be an integer, got")?;
    with(cx, args[0], |c| {
        *c = Content { text: text.as_bytes().to_vec(), ascii: text.is_ascii(), newline, ..Content::default() };
        c.move_to(at);
    })?;
    streams::restore_attributes(cx, args[0], t.get(3), "fourth")
}
