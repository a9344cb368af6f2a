//! The inner loops of the `json` module: scanning and encoding strings, and finding the end of a number.

use crate::wtf8;

/// Why a JSON string is wrong; positions are byte offsets of the document (`JSONDecodeError` wants code points).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScanError {
    /// "Unterminated string starting at", with the position of the quote.
    Unterminated(usize),
    /// "Invalid control character at"
    ControlCharacter(usize),
    /// "Invalid \\escape"
    InvalidEscape(usize),
    /// "Invalid \\uXXXX escape"
    InvalidUnicodeEscape(usize),
}

impl ScanError {
    /// The message without the position.
    pub fn message(&self) -> &'static str {
        match self {
            ScanError::Unterminated(_) => "Unterminated string starting at",
            ScanError::ControlCharacter(_) => "Invalid control character at",
            ScanError::InvalidEscape(_) => "Invalid \\escape",
            ScanError::InvalidUnicodeEscape(_) => "Invalid \\uXXXX escape",
        }
    }

    /// The position.
    pub fn position(&self) -> usize {
        match *self {
            ScanError::Unterminated(p)
            | ScanError::ControlCharacter(p)
            | ScanError::InvalidEscape(p)
            | ScanError::InvalidUnicodeEscape(p) => p,
        }
    }
}

/// A scanned string.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scanned {
    /// No escapes: the bytes up to this offset are the string.
    Plain(usize),
    /// The string with its escapes resolved.
    Escaped(Vec<u8>),
}

fn hex4(doc: &[u8], at: usize) -> Option<u32> {
    let digits = doc.get(at..at + 4)?;
    digits.iter().try_fold(0, |v, &b| Some(v << 4 | char::from(b).to_digit(16)?))
}

/// Scans a string whose content starts at byte `start` (after the quote). Returns it with the offset after the closing
/// quote.
pub fn scan_string(doc: &[u8], start: usize, strict: bool) -> Result<(Scanned, usize), ScanError> {
    let unterminated = ScanError::Unterminated(start.saturating_sub(1));
    let mut out: Option<Vec<u8>> = None;
    let mut i = start;
    loop {
        let from = i;
        while doc.get(i).is_some_and(|&b| b != b'"' && b != b'\\' && (b >= 0x20 || !strict)) {
            i += 1;
        }
        let Some(&b) = doc.get(i) else { return Err(unterminated) };
        if let Some(text) = &mut out {
            text.extend_from_slice(&doc[from..i]);
        }
        if b == b'"' {
            let found = out.map_or(Scanned::Plain(i), Scanned::Escaped);
            return Ok((found, i + 1));
        }
        if b != b'\\' {
            return Err(ScanError::ControlCharacter(i));
        }
        let text = out.get_or_insert_with(|| doc[start..i].to_vec());
        let Some(&c) = doc.get(i + 1) else { return Err(unterminated) };
        i += 2;
        text.push(match c {
            b'"' | b'\\' | b'/' => c,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut v = hex4(doc, i).ok_or(ScanError::InvalidUnicodeEscape(i - 1))?;
                i += 4;
                if (0xD800..0xDC00).contains(&v)
                    && doc.get(i..i + 2) == Some(b"\\u")
                    && let Some(low @ 0xDC00..=0xDFFF) = hex4(doc, i + 2)
                {
                    v = 0x1_0000 + ((v - 0xD800) << 10) + (low - 0xDC00);
                    i += 6;
                }
                wtf8::push(text, v);
                continue;
            }
            _ => return Err(ScanError::InvalidEscape(i - 2)),
        });
    }
}

fn short_escape(b: u8) -> Option<&'static [u8]> {
    Some(match b {
        b'"' => b"\\\"",
        b'\\' => b"\\\\",
        b'\n' => b"\\n",
        b'\r' => b"\\r",
        b'\t' => b"\\t",
        8 => b"\\b",
        12 => b"\\f",
        _ => return None,
    })
}

fn push_u(out: &mut Vec<u8>, unit: u32) {
    let digit = |shift: u32| b"0123456789abcdef"[(unit >> shift & 15) as usize];
    out.extend_from_slice(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}

/// Appends the quoted string; only ASCII when `ascii`.
pub fn push_string(out: &mut Vec<u8>, s: &[u8], ascii: bool) {
    out.push(b'"');
    let mut i = 0;
    while i < s.len() {
        let from = i;
        while s.get(i).is_some_and(|&b| b != b'"' && b != b'\\' && b >= 0x20 && (!ascii || b < 0x7F)) {
            i += 1;
        }
        out.extend_from_slice(&s[from..i]);
        let Some((c, w)) = wtf8::decode(s, i) else { break };
        i += w;
        match u8::try_from(c).ok().and_then(short_escape) {
            Some(e) => out.extend_from_slice(e),
            None if c < 0x1_0000 => push_u(out, c),
            None => {
                push_u(out, 0xD800 + ((c - 0x1_0000) >> 10));
                push_u(out, 0xDC00 + (c & 0x3FF));
            }
        }
    }
    out.push(b'"');
}

/// `json.encoder.encode_basestring_ascii`.
pub fn encode_ascii(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len() + 2);
    push_string(&mut out, s, true);
    out
}

/// `json.encoder.encode_basestring`.
pub fn encode(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len() + 2);
    push_string(&mut out, s, false);
    out
}

/// A number at byte `start`: the offset after it, and whether it is a float. `None` when there is none.
pub fn scan_number(doc: &[u8], start: usize) -> Option<(usize, bool)> {
    let digits = |mut i: usize| {
        while doc.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let mut i = start + usize::from(doc.get(start) == Some(&b'-'));
    i = match doc.get(i)? {
        b'0' => i + 1,
        b'1'..=b'9' => digits(i),
        _ => return None,
    };
    let mut float = false;
    if doc.get(i) == Some(&b'.') && digits(i + 1) > i + 1 {
        i = digits(i + 1);
        float = true;
    }
    if matches!(doc.get(i), Some(b'e' | b'E')) {
        let exp = i + 1 + usize::from(matches!(doc.get(i + 1), Some(b'+' | b'-')));
        if digits(exp) > exp {
            i = digits(exp);
            float = true;
        }
    }
    Some((i, float))
}

/// Skips JSON's white space.
pub fn skip_space(doc: &[u8], mut i: usize) -> usize {
    while matches!(doc.get(i), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        i += 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        assert_eq!(scan_string(b"\"abc\" ", 1, true), Ok((Scanned::Plain(4), 5)));
        let doc = br#""a\n\u00e9\ud83d\ude00\ud800""#;
        let (Scanned::Escaped(s), end) = scan_string(doc, 1, true).unwrap() else { panic!() };
        let mut want = "a\né😀".as_bytes().to_vec();
        wtf8::push(&mut want, 0xD800);
        assert_eq!((s, end), (want.clone(), doc.len()));
        assert_eq!(scan_string(b"\"a\nb\"", 1, true), Err(ScanError::ControlCharacter(2)));
        assert_eq!(scan_string(b"\"abc", 1, true), Err(ScanError::Unterminated(0)));
        assert_eq!(scan_string(br#""\q""#, 1, true), Err(ScanError::InvalidEscape(1)));
        assert_eq!(scan_string(br#""\u12""#, 1, true), Err(ScanError::InvalidUnicodeEscape(2)));
        assert_eq!(encode_ascii(&want), br#""a\n\u00e9\ud83d\ude00\ud800""#);
        assert_eq!(encode("é\"\x01\x7f".as_bytes()), "\"é\\\"\\u0001\x7f\"".as_bytes());
        assert_eq!(encode_ascii(b"\x7f"), br#""\u007f""#);
    }

    #[test]
    fn numbers() {
        assert_eq!(scan_number(b"-12.5e+3,", 0), Some((8, true)));
        assert_eq!(scan_number(b"012", 0), Some((1, false)));
        assert_eq!(scan_number(b"1.e", 0), Some((1, false)));
        assert_eq!(scan_number(b"-", 0), None);
    }
}
