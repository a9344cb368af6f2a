//! The character database as `str` and `unicodedata` need it: Unicode 16, by code point (surrogates included).

use crate::unicode_tables::{AFTER_16, TITLE_SPECIAL};
use crate::wtf8::{self, Chunk};
use rustpython_unicode::data::{LookupResult, Ucd};
use rustpython_unicode::{case, classify, identifier, normalize as norm};
use rustpython_wtf8::{CodePoint, Wtf8};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The version of the database (`unicodedata.unidata_version`).
pub const VERSION: &str = "16.0.0";

/// A lower-case letter until its category changed after our version.
const PHARYNGEAL: char = '\u{295}';
const TANGUT: &str = "TANGUT IDEOGRAPH-";

/// The digits of a Tangut ideograph's derived name.
fn tangut_digits(name: &str) -> Option<&str> {
    let head = name.get(..TANGUT.len())?;
    if head.eq_ignore_ascii_case(TANGUT) { name.get(TANGUT.len()..) } else { None }
}

/// The Tangut ideograph of our version with these digits in its name.
fn tangut(digits: &str) -> Option<char> {
    if digits.len() != 5 || !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    let c = u32::from_str_radix(digits, 16).ok()?;
    if matches!(c, 0x17000..=0x187F7 | 0x18D00..=0x18D08) { char::from_u32(c) } else { None }
}

/// Cuneiform signs that became numbers after our version.
fn numeric_later(c: u32) -> bool {
    matches!(c, 0x12038 | 0x12039 | 0x12079 | 0x12226 | 0x1222B | 0x1230B | 0x1230D | 0x12399)
}

fn after_16(c: u32) -> bool {
    c >= AFTER_16[0].0
        && AFTER_16
            .binary_search_by(|&(a, b)| {
                if c < a {
                    Ordering::Greater
                } else if c > b {
                    Ordering::Less
                } else {
                    Ordering::Equal
                }
            })
            .is_ok()
}

/// The scalar value, unless it is a surrogate or was assigned after the version we report.
fn known(c: u32) -> Option<char> {
    char::from_u32(c).filter(|_| !after_16(c))
}

macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident: $ascii:expr, $other:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(c: u32) -> bool {
            if c < 0x80 {
                let ascii: fn(u8) -> bool = $ascii;
                return ascii(c as u8);
            }
            let other: fn(char) -> bool = $other;
            known(c).is_some_and(other)
        }
    )*};
}

predicates! {
    /// `str.isalpha` of one character.
    is_alpha: |b| b.is_ascii_alphabetic(), classify::is_alpha;
    /// `str.isdecimal` of one character.
    is_decimal: |b| b.is_ascii_digit(), classify::is_decimal;
    /// `str.isdigit` of one character.
    is_digit: |b| b.is_ascii_digit(), classify::is_digit;
    /// `str.isnumeric` of one character.
    is_numeric: |b| b.is_ascii_digit(), |c| classify::is_numeric(c) && !numeric_later(c as u32);
    /// `str.isspace` of one character.
    is_space: |b| matches!(b, 9..=13 | 28..=32), classify::is_space;
    /// Whether `repr` shows the character itself.
    is_printable: |b| (32..127).contains(&b), classify::is_repr_printable;
    /// The `Lowercase` property.
    is_lower: |b| b.is_ascii_lowercase(), |c| case::is_lowercase(c) || c == PHARYNGEAL;
    /// The `Uppercase` property.
    is_upper: |b| b.is_ascii_uppercase(), case::is_uppercase;
    /// General category `Lt`.
    is_title: |_| false, case::is_titlecase;
    /// The `Cased` property.
    is_cased: |b| b.is_ascii_alphabetic(), |c| case::is_cased(c) || c == PHARYNGEAL;
    /// The `Case_Ignorable` property.
    is_case_ignorable: |b| matches!(b, b'\'' | b'.' | b':' | b'^' | b'`'), case::is_case_ignorable;
    /// May start an identifier (XID_Start or `_`).
    is_xid_start: |b| b.is_ascii_alphabetic() || b == b'_', identifier::is_xid_start;
    /// May continue an identifier (XID_Continue).
    is_xid_continue: |b| b.is_ascii_alphanumeric() || b == b'_', identifier::is_xid_continue;
}

/// `str.isalnum` of one character.
#[inline]
pub fn is_alnum(c: u32) -> bool {
    if c < 0x80 {
        return (c as u8).is_ascii_alphanumeric();
    }
    is_alpha(c) || is_decimal(c) || is_digit(c) || is_numeric(c)
}

/// Whether `str.splitlines` splits after the character.
#[inline]
pub fn is_line_break(c: u32) -> bool {
    matches!(c, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

/// Appends the full lower case of `c` (without the context rule of the final sigma).
pub fn push_lower(out: &mut Vec<u8>, c: u32) {
    if is_caseless(c) {
        return wtf8::push(out, c);
    }
    if c < 0x80 {
        return out.push((c as u8).to_ascii_lowercase());
    }
    match known(c) {
        // A partner that came later does not count.
        Some(ch) => ch.to_lowercase().for_each(|l| wtf8::push(out, if after_16(l as u32) { c } else { l as u32 })),
        None => wtf8::push(out, c),
    }
}

/// Whether `c` lies where scripts without cases have their blocks, or is no letter of ASCII: it is its own lower and upper case.
fn is_caseless(c: u32) -> bool {
    matches!(c, 0..0x41 | 0x5B..0x61 | 0x7B..0x80 | 0x0900..0x10A0 | 0x2E00..0xA640 | 0xAC00..0xFB00)
}

/// Appends the full upper case of `c`.
pub fn push_upper(out: &mut Vec<u8>, c: u32) {
    if is_caseless(c) {
        return wtf8::push(out, c);
    }
    if c < 0x80 {
        return out.push((c as u8).to_ascii_uppercase());
    }
    match known(c) {
        Some(ch) => ch.to_uppercase().for_each(|u| wtf8::push(out, if after_16(u as u32) { c } else { u as u32 })),
        None => wtf8::push(out, c),
    }
}

/// A simple mapping, unless its result came after our version.
fn simple(c: u32, f: fn(char) -> char) -> u32 {
    known(c).map(|ch| f(ch) as u32).filter(|&m| !after_16(m)).unwrap_or(c)
}

/// Appends the full title case of `c`.
pub fn push_title(out: &mut Vec<u8>, c: u32) {
    if c < 0x80 {
        return out.push((c as u8).to_ascii_uppercase());
    }
    if let Ok(i) = TITLE_SPECIAL.binary_search_by_key(&c, |e| e.0) {
        return out.extend_from_slice(TITLE_SPECIAL[i].1.as_bytes());
    }
    wtf8::push(out, simple(c, case::simple_titlecase));
}

/// Simple lower case (`Py_UNICODE_TOLOWER`), as the `re` module uses it.
pub fn simple_lower(c: u32) -> u32 {
    simple(c, case::simple_lowercase)
}

/// Simple upper case.
pub fn simple_upper(c: u32) -> u32 {
    simple(c, case::simple_uppercase)
}

/// Full case folding of a string.
pub fn casefold(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for chunk in wtf8::chunks(s) {
        match chunk {
            Chunk::Text(t) if t.is_ascii() => out.extend(t.bytes().map(|b| b.to_ascii_lowercase())),
            Chunk::Text(t) if t.chars().all(|c| !after_16(c as u32)) => {
                out.extend_from_slice(case::casefold_str(t).as_bytes());
            }
            Chunk::Text(t) => {
                for c in t.chars() {
                    let mut buf = [0; 4];
                    let one: &str = c.encode_utf8(&mut buf);
                    if after_16(c as u32) {
                        out.extend_from_slice(one.as_bytes());
                    } else {
                        out.extend_from_slice(case::casefold_str(one).as_bytes());
                    }
                }
            }
            Chunk::Surrogate(c) => wtf8::push(&mut out, c),
        }
    }
    out
}

/// A view of the database: the current version or 3.2.0 (`unicodedata.ucd_3_2_0`).
#[derive(Clone, Copy, Debug)]
pub struct Database {
    ucd: Ucd,
    modern: bool,
}

/// The current database.
pub const MODERN: Database = Database { ucd: Ucd::new(true), modern: true };
/// The database of Unicode 3.2.0.
pub const V3_2: Database = Database { ucd: Ucd::new(false), modern: false };

impl Database {
    fn cp(self, c: u32) -> Option<CodePoint> {
        if self.modern && after_16(c) { None } else { CodePoint::from_u32(c) }
    }

    /// General category, `"Cn"` when unassigned.
    pub fn category(self, c: u32) -> &'static str {
        if c == PHARYNGEAL as u32 {
            return "Ll";
        }
        self.cp(c).map_or("Cn", |c| self.ucd.category(c))
    }

    /// Bidirectional class, `""` when there is none.
    pub fn bidirectional(self, c: u32) -> &'static str {
        match c {
            0xD800..0xE000 => return "L",
            0x1B3A | 0x1B3C | 0x1B42 if self.modern => return "NSM",
            _ if self.category(c) == "Cn" => return "",
            _ => {}
        }
        self.cp(c).map_or("", |c| self.ucd.bidirectional(c))
    }

    /// East Asian width.
    pub fn east_asian_width(self, c: u32) -> &'static str {
        // The supplementary ideographic planes are wide, assigned or not.
        if self.modern && matches!(c, 0x2_0000..=0x2_FFFD | 0x3_0000..=0x3_FFFD) {
            return "W";
        }
        self.cp(c).map_or("N", |c| self.ucd.east_asian_width(c))
    }

    /// Whether the character is mirrored in bidirectional text.
    pub fn mirrored(self, c: u32) -> bool {
        self.cp(c).is_some_and(|c| self.ucd.mirrored(c) != 0)
    }

    /// Canonical combining class.
    pub fn combining(self, c: u32) -> u8 {
        self.cp(c).map_or(0, |c| self.ucd.combining(c))
    }

    /// Decomposition mapping as text, `""` when there is none.
    pub fn decomposition(self, c: u32) -> String {
        // Mappings that were corrected after 3.2, of which the library gives the old form.
        let corrected = match c {
            0x2F868 => "36FC",
            0x2F874 => "5F53",
            0x2F91F => "243AB",
            0x2F95F => "7AEE",
            0x2F9BF => "45D7",
            _ => "",
        };
        if self.modern && !corrected.is_empty() {
            return corrected.to_owned();
        }
        // Hangul syllables by arithmetic: leading consonant, vowel, and maybe a trailing consonant.
        if let Some(k) = c.checked_sub(0xAC00).filter(|&k| k < 11_172) {
            let head = format!("{:04X} {:04X}", 0x1100 + k / 588, 0x1161 + k % 588 / 28);
            return if k % 28 == 0 { head } else { format!("{head} {:04X}", 0x11A7 + k % 28) };
        }
        self.cp(c).map_or_else(String::new, |c| self.ucd.decomposition(c))
    }

    /// Decimal value.
    pub fn decimal(self, c: u32) -> Option<u32> {
        self.cp(c).and_then(|c| self.ucd.decimal(c)).map(|v| v as u32)
    }

    /// Digit value.
    pub fn digit(self, c: u32) -> Option<u32> {
        self.cp(c).and_then(|c| self.ucd.digit(c)).map(|v| v as u32)
    }

    /// Numeric value.
    pub fn numeric(self, c: u32) -> Option<f64> {
        match c {
            0x5146 => Some(1e6),
            _ if self.modern && numeric_later(c) => None,
            _ => self.cp(c).and_then(|c| self.ucd.numeric(c)),
        }
    }

    /// The character's name.
    pub fn name(self, c: u32) -> Option<String> {
        let ch = known(c)?;
        if !self.modern && !rustpython_unicode::data::membership_3_2(c) {
            return None;
        }
        // Python finds Tangut ideographs by their derived names, and does not tell these names.
        rustpython_unicode::data::character_name(ch).filter(|n| !n.starts_with(TANGUT))
    }

    /// The character or sequence with a name, alias or (current database only) named sequence.
    pub fn lookup(self, name: &str) -> Option<Cow<'static, str>> {
        if let Some(digits) = tangut_digits(name) {
            return tangut(digits).filter(|_| self.modern).map(|c| Cow::Owned(c.to_string()));
        }
        match self.ucd.lookup(name)? {
            LookupResult::Character(c) if self.modern && after_16(c as u32) => None,
            // Numbers in names have their own length, and name what is there.
            LookupResult::Character(c)
                if name.to_ascii_uppercase().starts_with("CJK ")
                    && self.name(c as u32).is_none_or(|n| !n.eq_ignore_ascii_case(name)) =>
            {
                None
            }
            LookupResult::Character(c) => Some(Cow::Owned(c.to_string())),
            LookupResult::Sequence(s) => Some(Cow::Borrowed(s)),
        }
    }
}

/// The character that `\N{name}` means: no sequences.
pub fn lookup_char(name: &str) -> Option<char> {
    let found = MODERN.lookup(name)?;
    let mut chars = found.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Normalization forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Canonical composition.
    Nfc,
    /// Compatibility composition.
    Nfkc,
    /// Canonical decomposition.
    Nfd,
    /// Compatibility decomposition.
    Nfkd,
}

impl Form {
    /// Parses `"NFC"` and the like.
    pub fn parse(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::Nfc,
            "NFKC" => Form::Nfkc,
            "NFD" => Form::Nfd,
            "NFKD" => Form::Nfkd,
            _ => return None,
        })
    }

    fn inner(self) -> norm::NormalizeForm {
        match self {
            Form::Nfc => norm::NormalizeForm::Nfc,
            Form::Nfkc => norm::NormalizeForm::Nfkc,
            Form::Nfd => norm::NormalizeForm::Nfd,
            Form::Nfkd => norm::NormalizeForm::Nfkd,
        }
    }
}

/// `unicodedata.normalize`.
pub fn normalize(form: Form, s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for chunk in wtf8::chunks(s) {
        match chunk {
            Chunk::Text(t) if t.is_ascii() => out.extend_from_slice(t.as_bytes()),
            // Characters unknown to our version pass unchanged and split the text.
            Chunk::Text(t) => {
                let mut rest = t;
                while !rest.is_empty() {
                    let cut = rest.char_indices().find(|&(_, c)| after_16(c as u32)).map(|(i, c)| (i, c.len_utf8()));
                    let (end, skip) = cut.unwrap_or((rest.len(), 0));
                    out.extend_from_slice(norm::normalize(form.inner(), Wtf8::new(&rest[..end])).as_bytes());
                    out.extend_from_slice(&rest.as_bytes()[end..end + skip]);
                    rest = &rest[end + skip..];
                }
            }
            Chunk::Surrogate(c) => wtf8::push(&mut out, c),
        }
    }
    out
}

/// `unicodedata.is_normalized`.
pub fn is_normalized(form: Form, s: &[u8]) -> bool {
    s.is_ascii() || normalize(form, s) == s
}

/// What `int()`, `float()` and `complex()` do to their text first: every decimal digit becomes ASCII, every white space
/// a blank, and any other non-ASCII character `?`. ASCII text is returned as it is.
pub fn decimals_to_ascii(s: &[u8]) -> Cow<'_, [u8]> {
    if s.is_ascii() {
        return Cow::Borrowed(s);
    }
    let mut out = Vec::with_capacity(s.len());
    for c in wtf8::code_points(s) {
        out.push(if c < 0x80 {
            c as u8
        } else if is_space(c) {
            b' '
        } else {
            match MODERN.decimal(c) {
                Some(d) => b'0' + d as u8,
                None => b'?',
            }
        });
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        assert_eq!(MODERN.category('A' as u32), "Lu");
        assert_eq!(MODERN.category(0xD800), "Cs");
        assert_eq!(MODERN.category(0x88F), "Cn");
        assert_eq!(MODERN.bidirectional(0xD800), "L");
        assert_eq!(MODERN.decomposition(0xE9), "0065 0301");
        assert_eq!(MODERN.decomposition(0xBD), "<fraction> 0031 2044 0032");
        assert_eq!(MODERN.name(0x1F600).as_deref(), Some("GRINNING FACE"));
        assert_eq!(MODERN.numeric(0xBD), Some(0.5));
        assert_eq!(MODERN.digit(0xB2), Some(2));
        assert_eq!(lookup_char("SNOWMAN"), Some('☃'));
        assert!(is_alnum(0xBD) && !is_alpha(0xBD) && is_numeric(0x4E00));
        assert!(!is_printable(0xA0) && is_printable(0xE9) && !is_printable(0xD800));
        assert_eq!(decimals_to_ascii("\u{3000}١٢é".as_bytes()).as_ref(), b" 12?");
        assert_eq!(normalize(Form::Nfd, "é".as_bytes()), "e\u{301}".as_bytes());
    }

    #[test]
    fn caseless_blocks() {
        for c in (0..0x11_0000).filter_map(char::from_u32).filter(|&c| is_caseless(c as u32)) {
            assert!(c.to_lowercase().eq([c]) && c.to_uppercase().eq([c]), "{c:?}");
        }
    }
}
