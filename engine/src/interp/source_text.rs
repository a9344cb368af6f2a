//! Source text from bytes: byte order mark, declared encoding (PEP 263), UTF-8 by default.

use proto_core::Value;
use pytext::codecs::utf8;

use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::Exc;
use crate::exceptions::syntax::{Place, new_syntax_error};
use crate::objects::{Bytes, Str};
use crate::protocol;

/// The file name that stands for source that is no file's.
const NO_FILE: &str = "<string>";

/// Decodes source. Raises SyntaxError with the place of what cannot be decoded.
pub fn decode_source(cx: &mut Ctx, bytes: &[u8], filename: &str) -> PyResult<String> {
    let (text, marked) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let declared = declared_encoding(text);
    let name = declared.map(|n| String::from_utf8_lossy(n).into_owned());
    let normal = name.as_ref().map(|n| n.chars().take(12).collect::<String>().to_ascii_lowercase().replace('_', "-"));
    let is = |known: &str| {
        normal.as_deref().is_some_and(|n| n.strip_prefix(known).is_some_and(|r| r.is_empty() || r.starts_with('-')))
    };
    let is_utf8 = name.is_none() || is("utf-8") || normal.as_deref() == Some("utf8");
    // A byte order mark goes with the one spelling only.
    if marked && name.is_some() && !is("utf-8") {
        // The line that declares it: the first or the second.
        let mut lines = text.split(|&b| b == b'\n');
        let first = lines.next().unwrap_or_default();
        let (number, line) =
            if declared_encoding(first).is_some() { (1, first) } else { (2, lines.next().unwrap_or_default()) };
        let latin = is("latin-1") || is("iso-8859-1") || is("iso-latin-1");
        let name = if latin { "iso-8859-1".to_owned() } else { name.unwrap_or_default() };
        let message = format!("encoding problem: {name} with BOM");
        let chars = String::from_utf8_lossy(line).chars().count() + (number as usize - 1);
        return Err(at_line(cx, filename, &message, number, (0, chars), line));
    }
    if is_utf8 {
        return match std::str::from_utf8(text) {
            Ok(text) => Ok(text.to_owned()),
            // This spelling names a codec like any other.
            Err(_) if normal.as_deref() == Some("utf8") => by_codec(cx, bytes, &name.unwrap_or_default(), filename),
            Err(error) => Err(not_utf8(cx, text, error.valid_up_to(), filename, marked || declared.is_some())),
        };
    }
    if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        return Ok(text.iter().map(|&b| b as char).collect());
    }
    by_codec(cx, bytes, &name.unwrap_or_default(), filename)
}

/// The error for a byte that is no UTF-8.
#[cold]
fn not_utf8(cx: &mut Ctx, text: &[u8], bad: usize, filename: &str, declared: bool) -> Raised {
    let number = text[..bad].iter().filter(|&&b| b == b'\n').count() as u32 + 1;
    let start = text[..bad].iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    let end = text[bad..].iter().position(|&b| b == b'\n').map_or(text.len(), |i| bad + i);
    let line = &text[start..end];
    let byte = text[bad];
    let column = String::from_utf8_lossy(&text[start..bad]).chars().count() + 1;
    let message = if declared && filename != NO_FILE {
        let (mut pos, mut out) = (0, Vec::new());
        let reason = utf8::decode(line, &mut pos, &mut out, true).err().map_or("invalid start byte", |e| e.reason);
        format!("(unicode error) 'utf-8' codec can't decode byte {byte:#04x} in position {}: {reason}", bad - start)
    } else {
        let file = if filename == NO_FILE { String::new() } else { format!(" in file {filename}") };
        format!(
            "Non-UTF-8 code starting with '\\x{byte:02x}'{file} on line {number}, but no encoding declared; \
             see https://peps.python.org/pep-0263/ for details"
        )
    };
    at_line(cx, filename, &message, number, (column, column), line)
}

/// Other encodings: through the registry of codecs. What it raises about the encoding becomes a SyntaxError.
fn by_codec(cx: &mut Ctx, bytes: &[u8], name: &str, filename: &str) -> PyResult<String> {
    let data = Bytes::new(cx, bytes);
    let encoding = Str::new(cx, name);
    match protocol::call_method(cx, data, cx.names.decode, &[encoding]) {
        Ok(text) => Ok(Str::of(text).map_or(String::new(), |s| s.to_string_lossy().into_owned())),
        Err(raised) if cx.matches(&raised, Exc::LookupError) || cx.matches(&raised, Exc::UnicodeError) => {
            let exc = cx.take(raised);
            let message = protocol::str_lossy(cx, exc);
            let place = Place {
                filename: Str::from_text(cx, filename),
                lineno: Value::small(0),
                offset: Value::small(-1),
                text: Value::EMPTY,
                end_lineno: Value::EMPTY,
                end_offset: Value::EMPTY,
            };
            let exception = new_syntax_error(cx, Exc::SyntaxError, &message, &place);
            Err(cx.raise_exc(exception))
        }
        Err(raised) => Err(raised),
    }
}

/// A SyntaxError about one line, with its first and last column.
fn at_line(cx: &mut Ctx, filename: &str, message: &str, number: u32, columns: (usize, usize), line: &[u8]) -> Raised {
    let place = Place {
        filename: if filename == NO_FILE { Value::NONE } else { Str::from_text(cx, filename) },
        lineno: Value::from_usize(number as usize),
        offset: Value::from_usize(columns.0),
        text: Str::new(cx, &String::from_utf8_lossy(line)),
        end_lineno: Value::from_usize(number as usize),
        end_offset: Value::from_usize(columns.1),
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
