//! The standard error handlers, natively: `strict`, `ignore`, `replace` and so on without calling Python.

use super::{CodecError, Order, is_surrogate, single, utf7, utf8, utf16, utf32};
use crate::repr::push_escape;
use crate::unicode::MODERN;
use crate::wtf8;

/// A standard error handler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handler {
    /// Raises.
    Strict,
    /// Drops the input.
    Ignore,
    /// `?` or U+FFFD.
    Replace,
    /// Escapes with backslashes.
    BackslashReplace,
    /// `&#...;` (encoding only).
    XmlCharRefReplace,
    /// `\N{...}` (encoding only).
    NameReplace,
    /// Bytes 128-255 as U+DC80-U+DCFF.
    SurrogateEscape,
    /// Lets surrogates pass (UTF codecs).
    SurrogatePass,
}

/// What decoding with a handler for encoding raises where it meets a fault.
pub const NOT_FOR_DECODING: &str = "don't know how to handle UnicodeDecodeError in error callback";

impl Handler {
    /// Whether it replaces characters and knows nothing to do about bytes.
    pub fn encodes_only(self) -> bool {
        matches!(self, Handler::XmlCharRefReplace | Handler::NameReplace)
    }

    /// The handler with a name, unless it is one that Python code registered.
    pub fn parse(name: &str) -> Option<Handler> {
        Some(match name {
            "strict" => Handler::Strict,
            "ignore" => Handler::Ignore,
            "replace" => Handler::Replace,
            "backslashreplace" => Handler::BackslashReplace,
            "xmlcharrefreplace" => Handler::XmlCharRefReplace,
            "namereplace" => Handler::NameReplace,
            "surrogateescape" => Handler::SurrogateEscape,
            "surrogatepass" => Handler::SurrogatePass,
            _ => return None,
        })
    }
}

/// The encodings that need no Python code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// `utf-8`
    Utf8,
    /// `utf-16-le`, `utf-16-be`
    Utf16(Order),
    /// `utf-16`: with a mark.
    Utf16Bom,
    /// `utf-32-le`, `utf-32-be`
    Utf32(Order),
    /// `utf-32`: with a mark.
    Utf32Bom,
    /// `utf-7`
    Utf7,
    /// `ascii`
    Ascii,
    /// `latin-1`
    Latin1,
}

impl Encoding {
    /// The encoding with a name or common alias.
    pub fn parse(name: &str) -> Option<Encoding> {
        match name {
            "utf-8" | "utf8" => return Some(Encoding::Utf8),
            "ascii" => return Some(Encoding::Ascii),
            "latin-1" | "latin1" => return Some(Encoding::Latin1),
            _ => {}
        }
        Some(match super::normalize_name(name).as_str() {
            "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" => Encoding::Utf8,
            "utf_16_le" | "utf_16le" | "unicodelittleunmarked" => Encoding::Utf16(Order::Little),
            "utf_16_be" | "utf_16be" | "unicodebigunmarked" => Encoding::Utf16(Order::Big),
            "utf_16" | "utf16" | "u16" => Encoding::Utf16Bom,
            "utf_32_le" | "utf_32le" => Encoding::Utf32(Order::Little),
            "utf_32_be" | "utf_32be" => Encoding::Utf32(Order::Big),
            "utf_32" | "utf32" | "u32" => Encoding::Utf32Bom,
            "utf_7" | "utf7" | "u7" | "unicode_1_1_utf_7" => Encoding::Utf7,
            "ascii" | "us_ascii" | "646" | "ansi_x3.4_1968" | "iso646_us" | "us" => Encoding::Ascii,
            "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" | "8859" | "iso8859" | "l1" | "latin" | "cp819" => {
                Encoding::Latin1
            }
            _ => return None,
        })
    }

    /// The name that exceptions show.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16(Order::Little) => "utf-16-le",
            Encoding::Utf16(Order::Big) => "utf-16-be",
            Encoding::Utf16Bom => "utf-16",
            Encoding::Utf32(Order::Little) => "utf-32-le",
            Encoding::Utf32(Order::Big) => "utf-32-be",
            Encoding::Utf32Bom => "utf-32",
            Encoding::Utf7 => "utf7",
            Encoding::Ascii => "ascii",
            Encoding::Latin1 => "latin-1",
        }
    }

    /// The name in a decoding error: with the byte order that the input shows.
    pub fn decoder_name(self, input: &[u8]) -> &'static str {
        match self {
            Encoding::Utf16Bom => Encoding::Utf16(utf16::detect_order(input).0).name(),
            Encoding::Utf32Bom => Encoding::Utf32(utf32::detect_order(input).0).name(),
            _ => self.name(),
        }
    }

    /// One step of decoding. Marks are skipped at position 0 only.
    pub fn decode_step(self, input: &[u8], pos: &mut usize, out: &mut Vec<u8>, last: bool) -> Result<(), CodecError> {
        match self {
            Encoding::Utf8 => utf8::decode(input, pos, out, last),
            Encoding::Utf16(order) => utf16::decode(order, input, pos, out, last),
            Encoding::Utf32(order) => utf32::decode(order, input, pos, out, last),
            Encoding::Utf16Bom => {
                let (order, n) = utf16::detect_order(input);
                *pos = (*pos).max(n);
                utf16::decode(order, input, pos, out, last)
            }
            Encoding::Utf32Bom => {
                let (order, n) = utf32::detect_order(input);
                *pos = (*pos).max(n);
                utf32::decode(order, input, pos, out, last)
            }
            Encoding::Utf7 => utf7::decode(input, pos, out, last),
            Encoding::Ascii => single::ascii_decode(input, pos, out),
            Encoding::Latin1 => {
                out.extend_from_slice(&single::latin1_decode(&input[*pos..]));
                *pos = input.len();
                Ok(())
            }
        }
    }

    /// One step of encoding. Marks are written at position 0 into empty output.
    pub fn encode_step(self, text: &[u8], pos: &mut usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
        match self {
            Encoding::Utf8 => utf8::encode(text, pos, out),
            Encoding::Utf16(order) => utf16::encode(order, text, pos, out),
            Encoding::Utf32(order) => utf32::encode(order, text, pos, out),
            Encoding::Utf16Bom => {
                if *pos == 0 && out.is_empty() {
                    out.extend_from_slice(if Order::NATIVE == Order::Little { &utf16::BOM_LE } else { &utf16::BOM_BE });
                }
                utf16::encode(Order::NATIVE, text, pos, out)
            }
            Encoding::Utf32Bom => {
                if *pos == 0 && out.is_empty() {
                    out.extend_from_slice(if Order::NATIVE == Order::Little { &utf32::BOM_LE } else { &utf32::BOM_BE });
                }
                utf32::encode(Order::NATIVE, text, pos, out)
            }
            Encoding::Utf7 => {
                out.extend_from_slice(&utf7::encode(&text[*pos..]));
                *pos = text.len();
                Ok(())
            }
            Encoding::Ascii => single::ascii_encode(text, pos, out),
            Encoding::Latin1 => single::latin1_encode(text, pos, out),
        }
    }

    /// What encodes the text after the mark.
    fn without_bom(self) -> Encoding {
        match self {
            Encoding::Utf16Bom => Encoding::Utf16(Order::NATIVE),
            Encoding::Utf32Bom => Encoding::Utf32(Order::NATIVE),
            other => other,
        }
    }

    /// The bytes of a unit, for the encodings of all of Unicode.
    pub fn unit_len(self) -> Option<usize> {
        match self {
            Encoding::Utf8 => Some(1),
            Encoding::Utf16(_) | Encoding::Utf16Bom => Some(2),
            Encoding::Utf32(_) | Encoding::Utf32Bom => Some(4),
            Encoding::Utf7 | Encoding::Ascii | Encoding::Latin1 => None,
        }
    }

    /// The order of a UTF-16 or UTF-32 encoding and the bytes of its unit.
    fn unit(self, input: &[u8]) -> Option<(Order, usize)> {
        match self {
            Encoding::Utf16(o) => Some((o, 2)),
            Encoding::Utf32(o) => Some((o, 4)),
            Encoding::Utf16Bom => Some((utf16::detect_order(input).0, 2)),
            Encoding::Utf32Bom => Some((utf32::detect_order(input).0, 4)),
            _ => None,
        }
    }
}

/// What handler `h` does with undecodable bytes: appends to `out` and returns where to go on; `None` raises.
pub fn handle_decode(h: Handler, enc: Encoding, input: &[u8], e: &CodecError, out: &mut Vec<u8>) -> Option<usize> {
    let bytes = &input[e.start..e.end];
    match h {
        Handler::Ignore => {}
        Handler::Replace => wtf8::push(out, 0xFFFD),
        Handler::BackslashReplace => bytes.iter().for_each(|&b| push_escape(out, u32::from(b))),
        Handler::SurrogateEscape => {
            let n = bytes.iter().take(4).take_while(|b| !b.is_ascii()).count();
            if n == 0 {
                return None;
            }
            bytes[..n].iter().for_each(|&b| wtf8::push(out, 0xDC00 + u32::from(b)));
            return Some(e.start + n);
        }
        Handler::SurrogatePass => {
            let rest = &input[e.start..];
            let (c, n) = match enc.unit(input) {
                Some((order, n)) => {
                    let raw = rest.get(..n)?;
                    let fold = |v: u32, b: &u8| v << 8 | u32::from(*b);
                    let c = match order {
                        Order::Little => raw.iter().rev().fold(0, fold),
                        Order::Big => raw.iter().fold(0, fold),
                    };
                    (c, n)
                }
                None if enc == Encoding::Utf8 && rest.len() >= 3 && rest[0] == 0xED => wtf8::decode(rest, 0)?,
                None => return None,
            };
            let valid = enc != Encoding::Utf8 || rest[1..3].iter().all(|b| b & 0xC0 == 0x80);
            if !is_surrogate(c) || !valid {
                return None;
            }
            wtf8::push(out, c);
            return Some(e.start + n);
        }
        Handler::Strict | Handler::XmlCharRefReplace | Handler::NameReplace => return None,
    }
    Some(e.end)
}

/// Replacement of an unencodable part by handler `h`: bytes to copy as they are, or text to encode in turn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Replacement {
    /// Bytes of the result.
    Bytes(Vec<u8>),
    /// Text that must be encodable.
    Text(Vec<u8>),
}

/// What handler `h` does with unencodable text; `None` raises. All of `e` is replaced, except that `surrogateescape` and
/// `surrogatepass` raise unless they can treat the whole of it.
pub fn handle_encode(h: Handler, enc: Encoding, text: &[u8], e: &CodecError) -> Option<Replacement> {
    let bad = &text[e.start..e.end];
    Some(match h {
        Handler::SurrogateEscape => return surrogate_escape(bad).map(Replacement::Bytes),
        Handler::SurrogatePass => {
            let mut out = Vec::new();
            for c in wtf8::code_points(bad) {
                if !is_surrogate(c) {
                    return None;
                }
                match enc.unit(&[]) {
                    Some((Order::Little, n)) => out.extend_from_slice(&c.to_le_bytes()[..n]),
                    Some((Order::Big, n)) => out.extend_from_slice(&c.to_be_bytes()[4 - n..]),
                    None if enc == Encoding::Utf8 => wtf8::push(&mut out, c),
                    None => return None,
                }
            }
            Replacement::Bytes(out)
        }
        _ => Replacement::Text(replacement_text(h, bad)?),
    })
}

fn surrogate_escape(bad: &[u8]) -> Option<Vec<u8>> {
    wtf8::code_points(bad).map(|c| (0xDC80..=0xDCFF).contains(&c).then_some((c & 0xFF) as u8)).collect()
}

/// Text that `ignore`, `replace`, `backslashreplace`, `xmlcharrefreplace` and `namereplace` put in place of `bad`.
pub fn replacement_text(h: Handler, bad: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for c in wtf8::code_points(bad) {
        match h {
            Handler::Ignore => {}
            Handler::Replace => out.push(b'?'),
            Handler::BackslashReplace => push_escape(&mut out, c),
            Handler::XmlCharRefReplace => out.extend_from_slice(format!("&#{c};").as_bytes()),
            Handler::NameReplace => match MODERN.name(c) {
                Some(name) => out.extend_from_slice(format!("\\N{{{name}}}").as_bytes()),
                None => push_escape(&mut out, c),
            },
            _ => return None,
        }
    }
    Some(out)
}

/// Decodes with a standard handler: the text and how many bytes were consumed (all, with `last`).
pub fn decode(enc: Encoding, input: &[u8], h: Handler, last: bool) -> Result<(Vec<u8>, usize), CodecError> {
    let (mut out, mut pos) = (Vec::with_capacity(input.len()), 0);
    while let Err(e) = enc.decode_step(input, &mut pos, &mut out, last) {
        pos = handle_decode(h, enc, input, &e, &mut out).ok_or(e)?;
    }
    Ok((out, pos))
}

/// Encodes with a standard handler. Positions of the error are byte offsets of `text`.
pub fn encode(enc: Encoding, text: &[u8], h: Handler) -> Result<Vec<u8>, CodecError> {
    let (mut out, mut pos) = (Vec::with_capacity(text.len()), 0);
    while let Err(mut e) = enc.encode_step(text, &mut pos, &mut out) {
        if h == Handler::SurrogateEscape && matches!(enc, Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1) {
            // Bytes in disguise go as they are; the error is about what follows them.
            let escaped = wtf8::code_points(&text[e.start..e.end]).take_while(|c| (0xDC80..=0xDCFF).contains(c));
            for c in escaped {
                out.push((c & 0xFF) as u8);
                e.start += wtf8::encoded_len(c);
            }
            pos = e.start;
            if e.start == e.end {
                continue;
            }
        }
        match handle_encode(h, enc, text, &e).ok_or(e)? {
            // What are no whole units would shift all that follows.
            Replacement::Bytes(b) if enc.unit_len().is_some_and(|n| b.len() % n != 0) => return Err(e),
            Replacement::Bytes(b) => out.extend_from_slice(&b),
            Replacement::Text(t) => {
                enc.without_bom().encode_step(&t, &mut 0, &mut out).map_err(|_| e)?;
            }
        }
        pos = e.end;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(enc: Encoding, input: &[u8]) -> (usize, usize, &'static str) {
        let e = decode(enc, input, Handler::Strict, true).unwrap_err();
        (e.start, e.end, e.reason)
    }

    #[test]
    fn utf8_errors() {
        for (input, e) in [
            (&b"a\xff"[..], (1, 2, "invalid start byte")),
            (b"\xc3", (0, 1, "unexpected end of data")),
            (b"\xe2\x82a", (0, 2, "invalid continuation byte")),
            (b"\xed\xa0\x80", (0, 1, "invalid continuation byte")),
            (b"\xf0\x9f\x98", (0, 3, "unexpected end of data")),
            (b"\xf4\x90\x80\x80", (0, 1, "invalid continuation byte")),
            (b"\xc0\x80", (0, 1, "invalid start byte")),
        ] {
            assert_eq!(fail(Encoding::Utf8, input), e);
        }
        assert_eq!(decode(Encoding::Utf8, b"a\xe2\x82", Handler::Strict, false), Ok((b"a".to_vec(), 1)));
        let esc = decode(Encoding::Utf8, b"a\xe2\x82z", Handler::SurrogateEscape, true).unwrap().0;
        assert_eq!(wtf8::code_points(&esc).collect::<Vec<_>>(), [0x61, 0xDCE2, 0xDC82, 0x7A]);
        assert_eq!(encode(Encoding::Utf8, &esc, Handler::SurrogateEscape).unwrap(), b"a\xe2\x82z");
        let pass = decode(Encoding::Utf8, b"\xed\xa0\x80", Handler::SurrogatePass, true).unwrap().0;
        assert_eq!(pass, wtf8::encode(0xD800));
        assert_eq!(
            encode(Encoding::Ascii, "aé€".as_bytes(), Handler::NameReplace).unwrap(),
            br"a\N{LATIN SMALL LETTER E WITH ACUTE}\N{EURO SIGN}"
        );
        assert_eq!(encode(Encoding::Latin1, "é€".as_bytes(), Handler::XmlCharRefReplace).unwrap(), b"\xe9&#8364;");
    }

    #[test]
    fn wide() {
        let le = Encoding::Utf16(Order::Little);
        assert_eq!(fail(le, b"a\0b"), (2, 3, "truncated data"));
        assert_eq!(fail(le, b"\x00\xd8"), (0, 2, "unexpected end of data"));
        assert_eq!(fail(le, b"\x00\xdca\0"), (0, 2, "illegal encoding"));
        assert_eq!(fail(le, b"\x00\xd8a\0"), (0, 2, "illegal UTF-16 surrogate"));
        assert_eq!(encode(Encoding::Utf16Bom, "a😀".as_bytes(), Handler::Strict).unwrap(), b"\xff\xfea\0=\xd8\0\xde");
        assert_eq!(decode(Encoding::Utf16Bom, b"\xfe\xff\0a", Handler::Strict, true).unwrap().0, b"a");
        assert_eq!(encode(Encoding::Utf32(Order::Big), b"a", Handler::Strict).unwrap(), b"\0\0\0a");
        let s = wtf8::encode(0xD800);
        assert_eq!(encode(le, &s, Handler::SurrogatePass).unwrap(), b"\x00\xd8");
        assert_eq!(encode(le, &s, Handler::Replace).unwrap(), b"?\0");
    }

    #[test]
    fn seven() {
        for (t, b) in [("a+é-z", &b"a+-+AOk--z"[..]), ("😀", b"+2D3eAA-"), ("é.", b"+AOk."), ("~\\", b"+AH4AXA-")] {
            assert_eq!(utf7::encode(t.as_bytes()), b);
            assert_eq!(decode(Encoding::Utf7, b, Handler::Strict, true).unwrap().0, t.as_bytes());
        }
    }

    #[test]
    fn escapes() {
        use crate::codecs::escape;
        let dec = |s: &[u8]| {
            let (mut out, mut bad) = (vec![], None);
            escape::unicode_decode(s, &mut 0, &mut out, true, &mut bad).map(|()| (out, bad))
        };
        assert_eq!(dec(br"\x41\u20ac\N{SNOWMAN}\101\z\n").unwrap().0, "A€☃A\\z\n".as_bytes());
        assert_eq!(dec(br"\z").unwrap().1, Some((0, escape::BadEscape::Char(b'z'))));
        assert_eq!(dec(br"a\x4").unwrap_err().reason, "truncated \\xXX escape");
        assert_eq!(dec(br"\U00110000").unwrap_err().reason, "illegal Unicode character");
        assert_eq!(escape::unicode_encode("aé€\n\\".as_bytes()), br"a\xe9\u20ac\n\\");
        assert_eq!(escape::bytes_decode(br"\x41\101\q", |_| false, &mut None).unwrap(), br"AA\q");
    }
}
