//! Which characters an operation of one character matches.

use super::code::op;
use crate::unicode;

/// Which characters count as one another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    /// Only equal ones.
    None,
    /// ASCII letters of either case.
    Ascii,
    /// Letters of either case.
    Unicode,
}

impl Fold {
    /// The lower case of `c`.
    pub fn lower(self, c: u32) -> u32 {
        match self {
            Fold::None => c,
            Fold::Ascii if c < 128 => u32::from((c as u8).to_ascii_lowercase()),
            Fold::Ascii => c,
            Fold::Unicode => unicode::simple_lower(c),
        }
    }
}

fn upper_ascii(c: u32) -> u32 {
    if c < 128 { u32::from((c as u8).to_ascii_uppercase()) } else { c }
}

fn ascii(c: u32, f: impl Fn(&u8) -> bool) -> bool {
    c < 128 && f(&(c as u8))
}

/// A letter, digit or underscore of ASCII (of the C locale).
pub fn is_word(c: u32) -> bool {
    ascii(c, |b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// A letter, digit or underscore.
pub fn is_unicode_word(c: u32) -> bool {
    c == u32::from(b'_') || unicode::is_alnum(c)
}

/// Categories come in pairs: the class, then its complement.
fn category(code: u32, c: u32) -> bool {
    let inside = match code & !1 {
        0 => ascii(c, u8::is_ascii_digit),
        2 => ascii(c, |b| matches!(b, b' ' | 9..=13)),
        4 | 8 => is_word(c),
        6 => c == 10,
        10 => unicode::is_decimal(c),
        12 => unicode::is_space(c),
        14 => is_unicode_word(c),
        _ => unicode::is_line_break(c),
    };
    inside != (code & 1 == 1)
}

/// Whether a character is in the set that `set` begins with: `like` are the forms of it that count.
fn in_set(set: &[u32], like: &[u32]) -> bool {
    let word = |i: usize| set.get(i).copied().unwrap_or(0);
    let between = |i: usize, c: u32| word(i) <= c && c <= word(i + 1);
    let any = |f: &dyn Fn(u32) -> bool| like.iter().any(|&c| f(c));
    let (mut i, mut ok) = (0, true);
    while let Some(&code) = set.get(i) {
        let (inside, size) = match code {
            op::NEGATE => {
                ok = !ok;
                (false, 1)
            }
            op::LITERAL => (any(&|c| word(i + 1) == c), 2),
            op::CATEGORY => (any(&|c| category(word(i + 1), c)), 2),
            op::RANGE => (any(&|c| between(i + 1, c)), 3),
            op::RANGE_UNI_IGNORE => (any(&|c| between(i + 1, c) || between(i + 1, unicode::simple_upper(c))), 3),
            op::CHARSET => (any(&|c| c < 256 && word(i + 1 + (c >> 5) as usize) >> (c & 31) & 1 == 1), 9),
            op::BIGCHARSET => {
                let inside = |c: u32| {
                    let (page, within) = ((c >> 8) as usize, (c & 255) as usize);
                    let block = word(i + 2 + page / 4).to_ne_bytes()[page % 4];
                    word(i + 66 + usize::from(block) * 8 + within / 32) >> (within % 32) & 1 == 1
                };
                (any(&|c| c < 0x1_0000 && inside(c)), 66 + word(i + 1) as usize * 8)
            }
            // FAILURE ends the set.
            _ => return !ok,
        };
        if inside {
            return ok;
        }
        i += size;
    }
    !ok
}

/// Whether the operation at `code[0]`, which matches one character, matches `c`; `None` if it is no such operation.
pub fn matches(code: &[u32], c: u32) -> Option<bool> {
    let wanted = code.get(1).copied().unwrap_or(0);
    let set = code.get(2..).unwrap_or(&[]);
    let either = |f: &dyn Fn(u32) -> bool| f(c) || f(Fold::Ascii.lower(c)) || f(upper_ascii(c));
    Some(match *code.first()? {
        op::ANY => c != 10,
        op::ANY_ALL => true,
        op::CATEGORY => category(wanted, c),
        op::LITERAL => c == wanted,
        op::NOT_LITERAL => c != wanted,
        op::LITERAL_IGNORE => Fold::Ascii.lower(c) == wanted,
        op::NOT_LITERAL_IGNORE => Fold::Ascii.lower(c) != wanted,
        op::LITERAL_UNI_IGNORE => Fold::Unicode.lower(c) == wanted,
        op::NOT_LITERAL_UNI_IGNORE => Fold::Unicode.lower(c) != wanted,
        op::LITERAL_LOC_IGNORE => either(&|c| c == wanted),
        op::NOT_LITERAL_LOC_IGNORE => !either(&|c| c == wanted),
        op::IN => in_set(set, &[c]),
        op::IN_IGNORE => in_set(set, &[Fold::Ascii.lower(c)]),
        op::IN_UNI_IGNORE => in_set(set, &[Fold::Unicode.lower(c)]),
        op::IN_LOC_IGNORE => in_set(set, &[c, Fold::Ascii.lower(c), upper_ascii(c)]),
        _ => return None,
    })
}

/// A set of the characters below 256.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bits([u64; 4]);

impl Bits {
    /// Whether `b` is in it.
    #[inline(always)]
    pub fn has(&self, b: u8) -> bool {
        self.0[usize::from(b >> 6)] >> (b & 63) & 1 == 1
    }

    /// Adds `b`.
    pub fn add(&mut self, b: u8) {
        self.0[usize::from(b >> 6)] |= 1 << (b & 63);
    }

    /// Adds everything that `other` has.
    pub fn add_all(&mut self, other: &Bits) {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a |= b;
        }
    }

    /// Whether nothing is in both.
    pub fn disjoint(&self, other: &Bits) -> bool {
        self.0.iter().zip(other.0).all(|(a, b)| a & b == 0)
    }

    /// The only member.
    pub fn single(&self) -> Option<u8> {
        (self.0.iter().map(|w| w.count_ones()).sum::<u32>() == 1).then(|| (0..=255).find(|&b| self.has(b))).flatten()
    }

    /// The complement.
    pub fn inverse(&self) -> Bits {
        Bits(self.0.map(|w| !w))
    }
}

/// What an operation of one character matches.
#[derive(Clone, Debug)]
pub struct Single {
    /// The characters below 256.
    pub bits: Bits,
    /// Where the operation stands in the code, for the other characters.
    pub at: usize,
    /// The one character below 256 that it does not match, if there is just one.
    pub all_but: Option<u8>,
}

impl Single {
    /// What the operation at `code[at]` matches, if it is one of one character.
    pub fn new(code: &[u32], at: usize) -> Option<Single> {
        let words = code.get(at..)?;
        let mut bits = Bits::default();
        for b in 0..=255u8 {
            if matches(words, u32::from(b))? {
                bits.add(b);
            }
        }
        Some(Single { bits, at, all_but: bits.inverse().single() })
    }
}
