//! ISO 2022: escape sequences choose the sets of characters that the bytes stand for.
//!
//! The state has a byte for each of G0, G1 and G2: the byte that ends the set's escape sequence, with the high bit for sets of
//! two bytes. Byte 4 holds the flags.

use crate::codec::{State, Stop, put};
use crate::table::{Family, Found, Trie, Writer, jp, kr};

const ESC: u8 = 0x1B;
const SO: u8 = 0x0E;
const SI: u8 = 0x0F;
const LF: u8 = 0x0A;
const TWO_BYTES: u8 = 0x80;
const ASCII: u8 = b'B';
/// Where the flags stand in the state.
const FLAGS: usize = 4;
const SHIFTED: u8 = 1;
/// Inside of an escape sequence that is none of ISO 2022: it is passed on.
const PASSING: u8 = 2;
/// Longer escape sequences are errors.
const MAX_ESCAPE: usize = 16;

/// A set of characters that a codec may choose.
struct Set {
    mark: u8,
    table: &'static Trie,
}

/// One of the codecs.
pub struct Iso2022 {
    sets: Vec<Set>,
    writer: &'static Writer,
    /// `SO` and `SI` shift.
    shifts: bool,
    /// `ESC N` takes one character of G2.
    single_shift: bool,
    /// `ESC & @ ESC $ B` is known.
    revised: bool,
}

const JISX0208: (u8, &str) = (b'B' | TWO_BYTES, "jisx0208");
const JISX0208_O: (u8, &str) = (b'@' | TWO_BYTES, "jisx0208_o");
const JISX0212: (u8, &str) = (b'D' | TWO_BYTES, "jisx0212");
const JISX0201_R: (u8, &str) = (b'J', "jisx0201_r");
const JISX0201_K: (u8, &str) = (b'I', "jisx0201_k");
const JISX0213_2000_1: (u8, &str) = (b'O' | TWO_BYTES, "jisx0213_2000_1");
const JISX0213_2000_2: (u8, &str) = (b'P' | TWO_BYTES, "jisx0213_2000_2");
const JISX0213_2004_1: (u8, &str) = (b'Q' | TWO_BYTES, "jisx0213_2004_1");
const JISX0213_2004_2: (u8, &str) = (b'P' | TWO_BYTES, "jisx0213_2004_2");
const KSX1001: (u8, &str) = (b'C' | TWO_BYTES, "ksx1001");
const GB2312: (u8, &str) = (b'A' | TWO_BYTES, "gb2312");
const ISO8859_1: (u8, &str) = (b'A', "iso8859_1");
const ISO8859_7: (u8, &str) = (b'F', "iso8859_7");

impl Iso2022 {
    /// The codec of that name.
    pub fn named(name: &str) -> Option<Iso2022> {
        let sets: &[(u8, &str)] = match name {
            "iso2022_kr" => &[KSX1001],
            "iso2022_jp" => &[JISX0208, JISX0201_R, JISX0208_O],
            "iso2022_jp_1" => &[JISX0208, JISX0212, JISX0201_R, JISX0208_O],
            "iso2022_jp_2" => &[JISX0208, JISX0212, KSX1001, GB2312, JISX0201_R, JISX0208_O, ISO8859_1, ISO8859_7],
            "iso2022_jp_2004" => &[JISX0208, JISX0213_2004_1, JISX0213_2004_2],
            "iso2022_jp_3" => &[JISX0208, JISX0213_2000_1, JISX0213_2000_2],
            "iso2022_jp_ext" => &[JISX0208, JISX0212, JISX0201_R, JISX0201_K, JISX0208_O],
            _ => return None,
        };
        let family: &'static Family = if name == "iso2022_kr" { kr() } else { jp() };
        let sets = sets
            .iter()
            .map(|&(mark, set)| Some(Set { mark, table: family.trie(&format!("2022:{set}"))? }))
            .collect::<Option<_>>()?;
        Some(Iso2022 {
            sets,
            writer: family.writer(name)?,
            shifts: name == "iso2022_kr",
            single_shift: name == "iso2022_jp_2",
            revised: name != "iso2022_kr",
        })
    }

    pub fn decoder_state(&self) -> State {
        [ASCII, ASCII, ASCII, 0, 0, 0, 0, 0]
    }

    pub fn encoder_state(&self) -> State {
        [ASCII, ASCII, 0, 0, 0, 0, 0, 0]
    }

    pub fn decode_reset(&self, state: &mut State) {
        state[0] = ASCII;
        state[FLAGS] &= !SHIFTED;
    }

    fn set(&self, mark: u8) -> Option<&Set> {
        self.sets.iter().find(|set| set.mark == mark)
    }

    pub fn decode_step(&self, rest: &[u8], pos: &mut usize, state: &mut State, out: &mut Vec<u32>) -> Result<(), Stop> {
        let c = rest[0];
        if state[FLAGS] & PASSING != 0 {
            out.push(u32::from(c));
            *pos += 1;
            if ends_escape(c) {
                state[FLAGS] &= !PASSING;
            }
            return Ok(());
        }
        match c {
            ESC => {
                let &[_, second, ..] = rest else { return Err(Stop::More) };
                if matches!(second, b'(' | b')' | b'$' | b'.' | b'&') {
                    *pos += self.escape(rest, state)?;
                } else if self.single_shift && second == b'N' {
                    *pos += self.one_of_g2(rest, state, out)?;
                } else {
                    out.push(u32::from(ESC));
                    state[FLAGS] |= PASSING;
                    *pos += 1;
                }
            }
            SI if self.shifts => {
                state[FLAGS] &= !SHIFTED;
                *pos += 1;
            }
            SO if self.shifts => {
                state[FLAGS] |= SHIFTED;
                *pos += 1;
            }
            LF => {
                state[FLAGS] &= !SHIFTED;
                out.push(u32::from(LF));
                *pos += 1;
            }
            0x80.. => return Err(Stop::Illegal(1)),
            _ => {
                let mark = if state[FLAGS] & SHIFTED != 0 { state[1] } else { state[0] };
                if c < 0x20 || mark == ASCII {
                    out.push(u32::from(c));
                    *pos += 1;
                    return Ok(());
                }
                let Some(set) = self.set(mark) else { return Err(Stop::Illegal(1)) };
                match set.table.find(rest) {
                    Found::Text([c, second], n) => {
                        put(out, c, second);
                        *pos += n;
                    }
                    Found::Incomplete => return Err(Stop::More),
                    Found::Illegal(n) => return Err(Stop::Illegal(n)),
                    Found::Computed => return Err(Stop::Illegal(1)),
                }
            }
        }
        Ok(())
    }

    /// Obeys an escape sequence; its length.
    fn escape(&self, rest: &[u8], state: &mut State) -> Result<usize, Stop> {
        let mut i = 1;
        let len = loop {
            if i >= MAX_ESCAPE {
                return Err(Stop::Illegal(1));
            }
            let Some(&b) = rest.get(i) else { return Err(Stop::More) };
            if self.revised && b == b'&' && rest.get(i + 1) == Some(&b'@') {
                i += 2;
            } else if ends_escape(b) {
                break i + 1;
            }
            i += 1;
        };
        let wrong = Err(Stop::Illegal(len));
        let (place, mark) = match rest[1..len] {
            [b'$', mark] => (0, mark | TWO_BYTES),
            [b'(', mark] => (0, mark),
            [b')', mark] => (1, mark),
            [b'.', mark] if self.single_shift => (2, mark),
            [b'$', b'(', mark] => (0, mark | TWO_BYTES),
            [b'$', b')', mark] => (1, mark | TWO_BYTES),
            [b'&', b'@', ESC, b'$', b'B'] if self.revised => (0, JISX0208.0),
            _ => return wrong,
        };
        if mark != ASCII && self.set(mark).is_none() {
            return wrong;
        }
        state[place] = mark;
        Ok(len)
    }

    /// The character of G2 after `ESC N`; the length of both.
    fn one_of_g2(&self, rest: &[u8], state: &State, out: &mut Vec<u32>) -> Result<usize, Stop> {
        let &[_, _, c, ..] = rest else { return Err(Stop::More) };
        if state[2] == ASCII && c.is_ascii() {
            out.push(u32::from(c));
            return Ok(3);
        }
        let set = if matches!(state[2], b'A' | b'F') { self.set(state[2]) } else { None };
        match set.map(|set| set.table.find(&rest[2..])) {
            Some(Found::Text([c, _], n)) => {
                out.push(c);
                Ok(2 + n)
            }
            Some(Found::Illegal(n)) => Err(Stop::Illegal(2 + n)),
            _ => Err(Stop::Illegal(3)),
        }
    }

    pub fn encode_step(
        &self,
        rest: &[u32],
        pos: &mut usize,
        state: &mut State,
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let c = rest[0];
        if let Some(b) = u8::try_from(c).ok().filter(u8::is_ascii) {
            if state[0] != ASCII {
                out.extend_from_slice(b"\x1b(B");
                state[0] = ASCII;
            }
            self.shift_in(state, out);
            out.push(b);
            *pos += 1;
            return Ok(());
        }
        let (mut found, mut taken) = (None, 1);
        if self.writer.begins_pair(c) {
            match rest.get(1) {
                Some(&second) => {
                    found = self.writer.pair(c, second);
                    taken = if found.is_some() { 2 } else { 1 };
                }
                None if !last => return Err(Stop::More),
                None => {}
            }
        }
        let Some((set, code)) = found.or_else(|| self.writer.get(c)) else { return Err(Stop::Illegal(1)) };
        let prefix = &self.writer.sets[set].prefix;
        let shifted = prefix.last() == Some(&SO);
        let escape = if shifted { &prefix[..prefix.len() - 1] } else { prefix };
        let mark = escape.last().copied().unwrap_or(ASCII) | if code.as_slice().len() == 2 { TWO_BYTES } else { 0 };
        if shifted {
            if state[1] != mark {
                out.extend_from_slice(escape);
                state[1] = mark;
            }
            if state[FLAGS] & SHIFTED == 0 {
                out.push(SO);
                state[FLAGS] |= SHIFTED;
            }
        } else {
            self.shift_in(state, out);
            if state[0] != mark {
                out.extend_from_slice(escape);
                state[0] = mark;
            }
        }
        out.extend_from_slice(code.as_slice());
        *pos += taken;
        Ok(())
    }

    fn shift_in(&self, state: &mut State, out: &mut Vec<u8>) {
        if state[FLAGS] & SHIFTED != 0 {
            out.push(SI);
            state[FLAGS] &= !SHIFTED;
        }
    }

    pub fn encode_end(&self, state: &mut State, out: &mut Vec<u8>) {
        self.shift_in(state, out);
        if state[0] != ASCII {
            out.extend_from_slice(b"\x1b(B");
            state[0] = ASCII;
        }
    }
}

fn ends_escape(b: u8) -> bool {
    b.is_ascii_uppercase() || b == b'@'
}
