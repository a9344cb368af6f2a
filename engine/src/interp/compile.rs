//! From source text to code objects.

use std::borrow::Cow;

use engine_code::CodeFlags;
use engine_compiler::{CompileFlags, ErrorKind, Mode, SyntaxError, Warning};
use proto_core::Value;

use crate::code_rt::{RuntimeCode, object};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::syntax::{Place, new_syntax_error};
use crate::exceptions::{self, Exc};
use crate::frames;
use crate::objects::Str;

pub use engine_compiler::Mode as CompileMode;

/// Flag of `compile()`: only the syntax tree is wanted.
pub const ONLY_AST: u32 = 0x400;
/// Flag of `compile()`: `await` at the top level.
pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
/// Flag of `compile()`: source that is not finished is told apart from wrong source.
pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;

/// `sys.flags.optimize`, for compilations that do not say otherwise.
static OPTIMIZE: proto_core::sync::AtomicU32 = proto_core::sync::AtomicU32::new(0);

/// Sets what `compile(optimize=-1)` means.
pub fn set_optimize(level: u32) {
    OPTIMIZE.store(level, proto_core::sync::Ordering::Relaxed);
}

/// Compiles source text to a code object. `inherit`: future statements of the running code apply. Raises SyntaxError with its
/// place.
pub fn compile_source(
    cx: &mut Ctx,
    source: &str,
    filename: &str,
    mode: Mode,
    flags: u32,
    inherit: bool,
    optimize: i32,
) -> PyResult {
    let mut future = flags & CodeFlags::FUTURE_ANNOTATIONS.0 != 0;
    if inherit && let Some(frame) = frames::current(cx) {
        future |= frame.code().code.flags.has(CodeFlags::FUTURE_ANNOTATIONS);
    }
    let level =
        if optimize < 0 { OPTIMIZE.load(proto_core::sync::Ordering::Relaxed) as u8 } else { optimize.min(2) as u8 };
    let options = CompileFlags {
        optimize: level,
        future_annotations: future,
        top_level_await: flags & ALLOW_TOP_LEVEL_AWAIT != 0,
    };
    match engine_compiler::compile_with_warnings(source, filename, mode, options) {
        Ok((code, warnings)) => {
            issue(cx, filename, source, &warnings)?;
            let code = RuntimeCode::load(cx, code);
            Ok(object::of(cx, code))
        }
        Err(error) => Err(syntax_error(cx, filename, source, &error, flags & ALLOW_INCOMPLETE_INPUT != 0)),
    }
}

/// Issues the compiler's warnings through `warnings.warn_explicit`.
fn issue(cx: &mut Ctx, filename: &str, source: &str, warnings: &[Warning]) -> PyResult<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let f = match crate::protocol::import_attr(cx, "warnings", "warn_explicit") {
        Ok(f) => f,
        Err(raised) => {
            cx.clear(raised);
            return Ok(());
        }
    };
    for warning in warnings {
        let message = Str::new(cx, &warning.message);
        let name = Str::new(cx, filename);
        let category = cx.types.exc(Exc::SyntaxWarning).value();
        let line = Value::from_usize(warning.line as usize);
        match crate::protocol::call(cx, f, &[message, category, name, line]) {
            Ok(_) => {}
            Err(raised) if cx.matches(&raised, Exc::SyntaxWarning) => {
                cx.clear(raised);
                return Err(syntax_error(cx, filename, source, &warning.as_error, false));
            }
            Err(raised) => return Err(raised),
        }
    }
    Ok(())
}

/// Raises a compiler's error.
fn syntax_error(cx: &mut Ctx, filename: &str, source: &str, error: &SyntaxError, incomplete: bool) -> Raised {
    let class = match error.kind {
        ErrorKind::Syntax | ErrorKind::Indentation if incomplete && error.incomplete => Exc::_IncompleteInputError,
        ErrorKind::Syntax => Exc::SyntaxError,
        ErrorKind::Indentation => Exc::IndentationError,
        ErrorKind::Tab => Exc::TabError,
        ErrorKind::Recursion => return cx.raise(Exc::RecursionError, error.msg.as_str()),
        ErrorKind::Memory => return cx.raise(Exc::MemoryError, error.msg.as_str()),
        ErrorKind::Internal => return cx.raise(Exc::SystemError, error.msg.as_str()),
    };
    let number = |n: u32| if n == 0 { Value::EMPTY } else { Value::from_usize(n as usize) };
    let text = match &error.text {
        Some(text) => Some(Cow::Borrowed(text.as_str())),
        // Errors found after parsing show the line only if it can be read from a file.
        None if error.line > 0 && std::path::Path::new(filename).is_file() => {
            source.lines().nth(error.line as usize - 1).map(|l| Cow::Owned(format!("{l}\n")))
        }
        None => None,
    };
    let place = Place {
        filename: Str::new(cx, filename),
        lineno: number(error.line),
        offset: number(error.col),
        text: text.map_or(Value::EMPTY, |t| Str::new(cx, &t)),
        end_lineno: number(error.end_line),
        end_offset: if error.line == 0 { Value::EMPTY } else { Value::small(error.end_col) },
    };
    let exception = new_syntax_error(cx, class, &error.msg, &place);
    cx.raise_exc(exception)
}

/// Source text from bytes: byte order mark, declared encoding (PEP 263), UTF-8 by default.
pub fn decode_source(cx: &mut Ctx, bytes: &[u8], filename: &str) -> PyResult<String> {
    let (bytes, marked) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let declared = declared_encoding(bytes);
    let name = declared.map(|n| String::from_utf8_lossy(n).to_ascii_lowercase().replace('_', "-"));
    let is_utf8 = name.as_deref().is_none_or(|n| n == "utf-8" || n.starts_with("utf-8-") || n == "utf8");
    if marked && !is_utf8 {
        return Err(plain_error(cx, filename, 1, "encoding problem: utf-8"));
    }
    if is_utf8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let at = error.valid_up_to();
                let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() as u32 + 1;
                let text = format!(
                    "(unicode error) 'utf-8' codec can't decode byte {:#04x} in position {at}: invalid start byte",
                    bytes.get(at).copied().unwrap_or(0)
                );
                Err(plain_error(cx, filename, line, &text))
            }
        };
    }
    let name = name.unwrap_or_default();
    match name.as_str() {
        "latin-1" | "iso-8859-1" | "iso-latin-1" | "latin1" => return Ok(bytes.iter().map(|&b| b as char).collect()),
        "ascii" | "us-ascii" if bytes.is_ascii() => return Ok(String::from_utf8_lossy(bytes).into_owned()),
        _ => {}
    }
    // Other encodings: through the codecs.
    let decode = crate::protocol::import_attr(cx, "codecs", "decode")?;
    let data = crate::objects::Bytes::new(cx, bytes);
    let encoding = Str::new(cx, &name);
    match crate::protocol::call(cx, decode, &[data, encoding]) {
        Ok(text) => Ok(Str::of(text).map_or(String::new(), |s| s.to_string_lossy().into_owned())),
        Err(raised) if cx.matches(&raised, Exc::LookupError) => {
            cx.clear(raised);
            Err(plain_error(cx, filename, 0, &format!("encoding problem: {name}")))
        }
        Err(raised) => Err(raised),
    }
}

fn plain_error(cx: &mut Ctx, filename: &str, line: u32, message: &str) -> Raised {
    let place = Place {
        filename: Str::new(cx, filename),
        lineno: if line == 0 { Value::EMPTY } else { Value::from_usize(line as usize) },
        offset: Value::EMPTY,
        text: Value::EMPTY,
        end_lineno: Value::EMPTY,
        end_offset: Value::EMPTY,
    };
    let exception = new_syntax_error(cx, Exc::SyntaxError, message, &place);
    cx.raise_exc(exception)
}

/// The encoding that a comment in the first two lines declares.
fn declared_encoding(bytes: &[u8]) -> Option<&[u8]> {
    for (i, line) in bytes.split(|&b| b == b'\n').take(2).enumerate() {
        let code = line.trim_ascii_start();
        if let Some(comment) = code.strip_prefix(b"#") {
            let at = comment.windows(6).position(|w| w == b"coding");
            if let Some(rest) = at.map(|i| &comment[i + 6..])
                && let Some(value) = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))
            {
                let value = value.trim_ascii_start();
                let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
                let end = value.iter().position(|b| !is_name(b)).unwrap_or(value.len());
                if end > 0 {
                    return Some(&value[..end]);
                }
            }
        } else if i == 0 && !code.is_empty() && code != b"\r" && code[0] != b'\x0c' {
            return None;
        }
    }
    None
}

/// Whether `v` is an exception of the given built-in class, for callers outside.
pub fn is_incomplete_input(cx: &Ctx, exception: Value) -> bool {
    exceptions::is_exception(cx, exception) && super::exc::is_exc(cx, exception, Exc::_IncompleteInputError)
}
