//! Characters of XML 1.0: names, white space, and the decoding of a document's bytes.

/// White space in markup.
pub fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\r' | b'\n')
}

/// NameStartChar of XML 1.0, fifth edition.
fn starts_name(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn continues_name(c: char) -> bool {
    starts_name(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// What stands in names among the characters of ASCII, by [`continues_name`]: most names have no others.
static IN_NAMES: [bool; 128] = {
    let mut table = [false; 128];
    let mut b = 0;
    while b < 128 {
        table[b] = continues_ascii_name(b as u8);
        b += 1;
    }
    table
};

const fn continues_ascii_name(b: u8) -> bool {
    matches!(b, b':' | b'_' | b'-' | b'.') || b.is_ascii_alphanumeric()
}

/// How many bytes of ASCII at the front of the text may stand in a name.
fn ascii_name_len(text: &str) -> usize {
    let ends = |&b: &u8| !IN_NAMES.get(b as usize).is_some_and(|&known| known);
    text.as_bytes().iter().position(ends).unwrap_or(text.len())
}

/// Length in bytes of the name that the text starts with; 0 where there is none.
pub fn name_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let known = ascii_name_len(text);
    if known > 0 && bytes.get(known).is_none_or(u8::is_ascii) {
        return if matches!(bytes[0], b'-' | b'.' | b'0'..=b'9') { 0 } else { known };
    }
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, c)) if starts_name(c) => chars.find(|&(_, c)| !continues_name(c)).map_or(text.len(), |(i, _)| i),
        _ => 0,
    }
}

/// Length in bytes of the Nmtoken that the text starts with.
pub fn token_len(text: &str) -> usize {
    text.char_indices().find(|&(_, c)| !continues_name(c)).map_or(text.len(), |(i, _)| i)
}

/// Whether a document may contain the character.
pub fn is_char(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Where the text has a character that no document may contain.
pub fn find_no_char(text: &str) -> Option<usize> {
    let plain = |b: &u8| matches!(b, 0x20..=0x7F | b'\t' | b'\n' | b'\r');
    let known = text.as_bytes().iter().position(|b| !plain(b))?;
    text[known..].find(|c| !is_char(c)).map(|i| known + i)
}

/// How the bytes of a document are read.
#[derive(Clone)]
pub enum Encoding {
    Utf8,
    Utf16 {
        big: bool,
    },
    Ascii,
    Latin1,
    /// Any other encoding of one byte a character; None for bytes that mean nothing.
    Table(Box<[Option<char>; 256]>),
}

impl Encoding {
    /// An encoding that expat knows by itself. UTF-16 without order is decided by the byte order mark.
    pub fn named(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Encoding::Utf8,
            "UTF-16" | "UTF-16BE" => Encoding::Utf16 { big: true },
            "UTF-16LE" => Encoding::Utf16 { big: false },
            "US-ASCII" => Encoding::Ascii,
            "ISO-8859-1" => Encoding::Latin1,
            _ => return None,
        })
    }

    /// Decodes as much as is whole from the front of `bytes` into `out`, and drops it from there. False where bytes mean
    /// nothing; what stands before them is decoded.
    pub fn decode(&self, bytes: &mut Vec<u8>, out: &mut String) -> bool {
        let (used, fine) = match self {
            Encoding::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => {
                    out.push_str(text);
                    (bytes.len(), true)
                }
                Err(e) => {
                    out.push_str(&String::from_utf8_lossy(&bytes[..e.valid_up_to()]));
                    (e.valid_up_to(), e.error_len().is_none())
                }
            },
            Encoding::Utf16 { big } => decode_utf16(bytes, *big, out),
            Encoding::Ascii => one_by_one(bytes, out, |b| b.is_ascii().then_some(b as char)),
            Encoding::Latin1 => one_by_one(bytes, out, |b| Some(b as char)),
            Encoding::Table(table) => one_by_one(bytes, out, |b| table[b as usize]),
        };
        bytes.drain(..used);
        fine
    }
}

fn one_by_one(bytes: &[u8], out: &mut String, f: impl Fn(u8) -> Option<char>) -> (usize, bool) {
    for (i, &b) in bytes.iter().enumerate() {
        match f(b) {
            Some(c) => out.push(c),
            None => return (i, false),
        }
    }
    (bytes.len(), true)
}

fn decode_utf16(bytes: &[u8], big: bool, out: &mut String) -> (usize, bool) {
    let unit = |at: usize| {
        let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let mut at = 0;
    while let Some(first) = unit(at) {
        let units = match first {
            0xD800..=0xDBFF => match unit(at + 2) {
                Some(second) => [first, second],
                None => break,
            },
            _ => [first, 0],
        };
        let n = if matches!(first, 0xD800..=0xDBFF) { 2 } else { 1 };
        match char::decode_utf16(units[..n].iter().copied()).next() {
            Some(Ok(c)) => out.push(c),
            _ => return (at, false),
        }
        at += 2 * n;
    }
    (at, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ascii_are_names() {
        for b in 0..128u8 {
            assert_eq!(IN_NAMES[b as usize], continues_name(b as char), "{b}");
        }
        for text in ["a", "a b", "é", "aé-1 ", "-a", "1a", "", " a", "a\u{b7}b>", ".é", "a\u{d7}"] {
            let by_characters = match text.chars().next() {
                Some(c) if starts_name(c) => text.find(|c| !continues_name(c)).unwrap_or(text.len()),
                _ => 0,
            };
            assert_eq!(name_len(text), by_characters, "{text:?}");
        }
    }

    #[test]
    fn what_no_document_contains_is_found() {
        for text in ["", "ab\t\r\n", "ab\u{1}c", "é\u{7f}", "aé\u{ffff}", "\u{0}", "a\u{85}\u{fffe}"] {
            assert_eq!(find_no_char(text), text.find(|c| !is_char(c)), "{text:?}");
        }
    }
}
