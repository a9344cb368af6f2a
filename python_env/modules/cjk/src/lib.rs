//! The East Asian codecs: the native module `_cjkcodecs`.
//!
//! The classes that programs see (`_multibytecodec`, `_codecs_jp` and so on) are Python, in `python_env/lib`; here are the
//! tables, the steps of each codec and the loops over them with error handlers.
#![forbid(unsafe_code)]

pub mod codec;
mod iso2022;
pub mod table;

use codec::{Codec, State, Stop, named};
use engine::prelude::*;
use modules_io::{Handles, ask_handler};
use pytext::wtf8;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&CJK];

const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";
/// Characters and bytes between two polls.
const STRIDE: usize = 1 << 16;

/// `_cjkcodecs`
pub static CJK: ModuleDef = ModuleDef {
    doc: "What the East Asian codecs do.",
    functions: &[
        NativeDef::new(
            "states",
            "($module, family, name, /)",
            |cx, args| {
                let codec = codec_of(cx, args)?;
                let parts = [state_value(cx, codec.decoder_state()), state_value(cx, codec.encoder_state())];
                Ok(Tuple::new(cx, &parts))
            },
            "The first states of decoding and of encoding; None for a codec that does not exist.",
        ),
        NativeDef::new(
            "decode",
            "($module, family, name, data, errors, state, final, /)",
            decode,
            "Decode *data*: the text, how many bytes it took, and the state after it.",
        ),
        NativeDef::new(
            "encode",
            "($module, family, name, text, errors, state, final, end, /)",
            encode,
            "Encode *text*: the bytes, how many characters they took, and the state after them.",
        ),
        NativeDef::new(
            "reset",
            "($module, family, name, state, /)",
            |cx, args| {
                let codec = codec_of(cx, args)?;
                let mut state = state_arg(cx, args[2])?;
                codec.decode_reset(&mut state);
                Ok(state_value(cx, state))
            },
            "The state of a decoder that starts anew.",
        ),
    ],
    ..ModuleDef::new("_cjkcodecs")
};

fn str_arg(cx: &mut Ctx, v: Value) -> Res<String> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s.to_string_lossy().into_owned()),
        None => Err(cx.type_error("encoding name must be a string.")),
    }
}

fn codec_of(cx: &mut Ctx, args: Args) -> Res<Codec> {
    let (family, name) = (str_arg(cx, args[0])?, str_arg(cx, args[1])?);
    match named(&family, &name) {
        Some(codec) => Ok(codec),
        None => Err(cx.raise(Exc::LookupError, "no such codec is supported.")),
    }
}

fn state_value(cx: &mut Ctx, state: State) -> Value {
    Bytes::new(cx, &state)
}

fn state_arg(cx: &mut Ctx, v: Value) -> Res<State> {
    let bytes = protocol::to_bytes(cx, v)?;
    bytes.try_into().map_err(|_| cx.value_error("a state has eight bytes"))
}

fn decode(cx: &mut Ctx, args: Args) -> PyResult {
    let codec = codec_of(cx, args)?;
    let name = str_arg(cx, args[1])?;
    let data = protocol::to_bytes(cx, args[2])?;
    let errors = str_arg(cx, args[3])?;
    let mut state = state_arg(cx, args[4])?;
    let last = args.truth_or(cx, 5, true)?;
    let (mut pos, mut out, mut until) = (0, Vec::with_capacity(data.len()), STRIDE);
    // What exceptions show: one copy at most, however many errors there are.
    let mut source = if Bytes::of(args[2]).is_some() { args[2] } else { Value::EMPTY };
    while pos < data.len() {
        if pos >= until {
            until = pos + STRIDE;
            cx.poll()?;
        }
        let (n, reason) = match codec.decode_step(&data, &mut pos, &mut state, &mut out) {
            Ok(()) => continue,
            Err(Stop::More) if !last => break,
            Err(Stop::More) => (data.len() - pos, INCOMPLETE),
            Err(Stop::Illegal(n)) => (n.min(data.len() - pos), ILLEGAL),
        };
        match errors.as_str() {
            "ignore" => pos += n,
            "replace" => {
                out.push(0xFFFD);
                pos += n;
            }
            _ => {
                if source.is_empty() {
                    source = Bytes::new(cx, &data);
                }
                let raised = cx.unicode_decode_error(&name, source, pos, pos + n, reason);
                if errors == "strict" {
                    return Err(raised);
                }
                let (replacement, at) = ask_handler(cx, &errors, raised, data.len(), Handles::Decoding)?;
                if let Some(s) = Str::of_sub(cx, replacement) {
                    out.extend(chars(s.as_bytes()));
                }
                pos = at;
                until = 0;
            }
        }
    }
    let mut text = Vec::with_capacity(out.len() * 3);
    for c in out {
        wtf8::push(&mut text, c);
    }
    let parts = [Str::from_wtf8(cx, &text), int::from_usize(cx, pos), state_value(cx, state)];
    Ok(Tuple::new(cx, &parts))
}

fn encode(cx: &mut Ctx, args: Args) -> PyResult {
    let codec = codec_of(cx, args)?;
    let name = str_arg(cx, args[1])?;
    let Some(source) = Str::of_sub(cx, args[2]) else {
        return Err(cx.type_error("couldn't convert the object to str."));
    };
    let text: Vec<u32> = chars(source.as_bytes()).collect();
    let errors = str_arg(cx, args[3])?;
    let mut state = state_arg(cx, args[4])?;
    let (last, end) = (args.truth_or(cx, 5, true)?, args.truth_or(cx, 6, true)?);
    let (mut pos, mut out, mut until) = (0, Vec::with_capacity(text.len()), STRIDE);
    while pos < text.len() {
        if pos >= until {
            until = pos + STRIDE;
            cx.poll()?;
        }
        let (n, reason) = match codec.encode_step(&text, &mut pos, &mut state, last, &mut out) {
            Ok(()) => continue,
            Err(Stop::More) if !last => break,
            Err(Stop::More) => (text.len() - pos, INCOMPLETE),
            Err(Stop::Illegal(n)) => (n, ILLEGAL),
        };
        match errors.as_str() {
            "ignore" => pos += n,
            "replace" => {
                if encode_all(&codec, &[u32::from(b'?')], &mut state, &mut out).is_err() {
                    out.push(b'?');
                }
                pos += n;
            }
            _ => {
                let raised = cx.unicode_encode_error(&name, args[2], pos, pos + n, reason);
                if errors == "strict" {
                    return Err(raised);
                }
                let (replacement, at) = ask_handler(cx, &errors, raised, text.len(), Handles::Encoding)?;
                if let Some(s) = Str::of_sub(cx, replacement) {
                    let piece: Vec<u32> = chars(s.as_bytes()).collect();
                    if let Err((at, n)) = encode_all(&codec, &piece, &mut state, &mut out) {
                        return Err(cx.unicode_encode_error(&name, replacement, at, at + n, ILLEGAL));
                    }
                } else if let Some(b) = Bytes::of_sub(cx, replacement) {
                    out.extend_from_slice(b.as_slice());
                }
                pos = at;
                until = 0;
            }
        }
    }
    if end && pos == text.len() {
        codec.encode_end(&mut state, &mut out);
    }
    let parts = [Bytes::new(cx, &out), int::from_usize(cx, pos), state_value(cx, state)];
    Ok(Tuple::new(cx, &parts))
}

/// Encodes all of `text`; where and how many characters cannot be.
fn encode_all(codec: &Codec, text: &[u32], state: &mut State, out: &mut Vec<u8>) -> Result<(), (usize, usize)> {
    let mut pos = 0;
    while pos < text.len() {
        codec.encode_step(text, &mut pos, state, true, out).map_err(|stop| match stop {
            Stop::Illegal(n) => (pos, n),
            Stop::More => (pos, text.len() - pos),
        })?;
    }
    Ok(())
}

fn chars(text: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut i = 0;
    std::iter::from_fn(move || {
        let (c, n) = wtf8::decode(text, i)?;
        i += n;
        Some(c)
    })
}
