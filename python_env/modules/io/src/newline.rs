//! Newlines: what a text stream does with `\r`, `\n` and `\r\n`, and `IncrementalNewlineDecoder`.

use engine::objects::{Obj, Tuple};
use engine::prelude::*;
use engine::protocol;
use memchr::{memchr, memchr2};
use proto_core::sync::Latch;

use crate::streams::{call, obj};

/// Kinds of line ends seen, as bits.
pub const CR: u8 = 1;
/// `\n`
pub const LF: u8 = 2;
/// `\r\n`
pub const CRLF: u8 = 4;

/// Notes the line ends in `text` and, if `translate`, makes each of them `\n`.
pub fn scan(text: &mut Vec<u8>, translate: bool, seen: &mut u8) {
    let Some(first) = memchr(b'\r', text) else {
        if *seen & LF == 0 && memchr(b'\n', text).is_some() {
            *seen |= LF;
        }
        return;
    };
    // What has been looked through stands before `done`; `out` ends where the text that is made so far does.
    let (mut out, mut done, mut next) = (first, first, Some(first));
    let note_lf = |piece: &[u8], seen: &mut u8| *seen |= if memchr(b'\n', piece).is_some() { LF } else { 0 };
    note_lf(&text[..first], seen);
    while let Some(i) = next {
        let pair = text.get(i + 1) == Some(&b'\n');
        *seen |= if pair { CRLF } else { CR };
        if translate {
            text.copy_within(done..i, out);
            out += i - done;
            text[out] = b'\n';
            out += 1;
        }
        done = i + 1 + usize::from(pair);
        next = memchr(b'\r', &text[done..]).map(|n| done + n);
        note_lf(&text[done..next.unwrap_or(text.len())], seen);
    }
    if translate {
        text.copy_within(done.., out);
        text.truncate(out + text.len() - done);
    }
}

/// The `newlines` attribute for what was seen.
pub fn seen_value(cx: &mut Ctx, seen: u8) -> Value {
    let mut all = Vec::new();
    for (bit, text) in [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")] {
        if seen & bit != 0 {
            all.push(text);
        }
    }
    match all.as_slice() {
        [] => Value::NONE,
        [one] => Str::new(cx, one),
        several => Tuple::build(cx, several.len(), |i| Str::new(cx, several[i])),
    }
}

/// The length of the first line in `text`, with its end, for universal newlines that are not translated.
pub fn universal_line(text: &[u8]) -> Option<usize> {
    let i = memchr2(b'\n', b'\r', text)?;
    Some(if text[i] == b'\r' && text.get(i + 1) == Some(&b'\n') { i + 2 } else { i + 1 })
}

#[derive(Default)]
struct State {
    translate: bool,
    seen: u8,
    /// A `\r` at the end of the last input, whose `\n` may follow.
    pending_cr: bool,
}

/// Native slot 0 the payload, slot 1 the wrapped decoder or None.
pub static INCREMENTAL_NEWLINE_DECODER: TypeDef = TypeDef {
    doc: "Codec used when reading a file in universal newlines mode.\n\nIt wraps another incremental decoder, translating \\r\\n and \\r into \\n.\nIt also records the types of newlines encountered.  When used with\ntranslate=False, it ensures that the newline sequence is returned in\none piece. When used with decoder=None, it expects unicode strings as\ndecode input and translates newlines without first invoking an external\ndecoder.",
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    init: Some(NativeDef::new("__init__", "($self, /, decoder, translate, errors='strict')", init, "Initialize self.")),
    methods: &[
        NativeDef::new("decode", "($self, /, input, final=False)", decode, ""),
        NativeDef::new("getstate", "($self, /)", getstate, ""),
        NativeDef::new("setstate", "($self, state, /)", setstate, ""),
        NativeDef::new("reset", "($self, /)", reset, ""),
    ],
    getsets: &[GetSet::ro(
        "newlines",
        |cx, v| {
            let seen = with(cx, v, |s| s.seen)?;
            Ok(seen_value(cx, seen))
        },
        "",
    )],
    ..TypeDef::new("_io", "IncrementalNewlineDecoder")
};

fn with<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut State) -> R) -> Res<R> {
    let done = Obj::of(v).and_then(|o| o.payload::<Latch<State>>(cx, 0)).map(|s| f(&mut s.lock()));
    match done {
        Some(r) => Ok(r),
        None => Err(cx.value_error("IncrementalNewlineDecoder.__init__() not called")),
    }
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let translate = args.truth_or(cx, 2, false)?;
    let o = obj(cx, args[0])?;
    o.set_payload(cx, 0, Latch::new(State { translate, ..State::default() }));
    o.set_slot(cx, 1, args[1]);
    Ok(Value::NONE)
}

fn decode(cx: &mut Ctx, args: Args) -> PyResult {
    let last = args.truth_or(cx, 2, false)?;
    let decoder = obj(cx, args[0])?.slot(cx, 1);
    let text = match decoder {
        Value::NONE => args[1],
        d => call(cx, d, "decode", &[args[1], Value::bool(last)])?,
    };
    let Some(s) = Str::of_sub(cx, text) else {
        let name = types::type_name(cx, text);
        return Err(cx.type_error(format!("decoder should return a string result, not '{name}'")));
    };
    // Once more where line ends change.
    cx.make_room_beside(s.byte_len().saturating_mul(2))?;
    let mut text = protocol::buffer::copied(cx, s.as_bytes())?;
    with(cx, args[0], |s| {
        if s.pending_cr && (!text.is_empty() || last) {
            text.insert(0, b'\r');
            s.pending_cr = false;
        }
        if !last && text.last() == Some(&b'\r') {
            text.pop();
            s.pending_cr = true;
        }
        scan(&mut text, s.translate, &mut s.seen);
    })?;
    Str::wish(cx, &text)
}

fn getstate(cx: &mut Ctx, args: Args) -> PyResult {
    let decoder = obj(cx, args[0])?.slot(cx, 1);
    let (bytes, flag) = match decoder {
        Value::NONE => (engine::objects::Bytes::new(cx, b""), 0),
        d => {
            let state = call(cx, d, "getstate", &[])?;
            match Tuple::of(state).filter(|t| t.len() == 2) {
                Some(t) => (t.get(0), protocol::index(cx, t.get(1))?),
                None => return Err(cx.type_error("illegal decoder state")),
            }
        }
    };
    let pending = with(cx, args[0], |s| s.pending_cr)?;
    let flag = int::from_i64(cx, flag << 1 | i64::from(pending));
    Ok(Tuple::new(cx, &[bytes, flag]))
}

fn setstate(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(t) = Tuple::of_sub(cx, args[1]).filter(|t| t.len() == 2) else {
        return Err(cx.type_error("state argument must be a tuple"));
    };
    let flag = protocol::index(cx, t.get(1))?;
    with(cx, args[0], |s| s.pending_cr = flag & 1 == 1)?;
    let decoder = obj(cx, args[0])?.slot(cx, 1);
    if decoder != Value::NONE {
        let inner = [t.get(0), int::from_i64(cx, flag >> 1)];
        let inner = Tuple::new(cx, &inner);
        call(cx, decoder, "setstate", &[inner])?;
    }
    Ok(Value::NONE)
}

fn reset(cx: &mut Ctx, args: Args) -> PyResult {
    with(cx, args[0], |s| {
        s.pending_cr = false;
        s.seen = 0;
    })?;
    let decoder = obj(cx, args[0])?.slot(cx, 1);
    if decoder != Value::NONE {
        call(cx, decoder, "reset", &[])?;
    }
    Ok(Value::NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_found_and_translated() {
        let cases: [(&str, &str, u8); 12] = [
            ("", "", 0),
            ("ab", "ab", 0),
            ("a\nb", "a\nb", LF),
            ("\r", "\n", CR),
            ("\r\n", "\n", CRLF),
            ("a\rb\r\nc\nd", "a\nb\nc\nd", CR | CRLF | LF),
            ("\r\r\n\r", "\n\n\n", CR | CRLF),
            ("\n\r\n\r\n", "\n\n\n", CRLF | LF),
            ("a\r\nb\r\nlonger text", "a\nb\nlonger text", CRLF),
            ("\r\na", "\na", CRLF),
            ("a\n\rb", "a\n\nb", CR | LF),
            ("x\r\n\n", "x\n\n", CRLF | LF),
        ];
        for (text, translated, kinds) in cases {
            for translate in [false, true] {
                let (mut out, mut seen) = (text.as_bytes().to_vec(), 0);
                scan(&mut out, translate, &mut seen);
                assert_eq!(out, if translate { translated } else { text }.as_bytes(), "{text:?}");
                assert_eq!(seen, kinds, "{text:?}");
            }
        }
    }
}
