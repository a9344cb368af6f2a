//! The codecs: one step of decoding and of encoding each.

use crate::iso2022::Iso2022;
use crate::table::{Code, Family, Found, Run, Trie, cn, jp, kr, tw};

/// What a stateful codec remembers between calls: as many bytes as CPython's, which programs see through `getstate`.
pub type State = [u8; 8];

/// Why decoding or encoding went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The rest is the beginning of something longer.
    More,
    /// So many bytes or characters cannot be read or written.
    Illegal(usize),
}

/// A codec of this crate.
pub enum Codec {
    /// Its table says everything.
    Table(&'static Trie),
    /// A table for two bytes, and ranges of characters in four.
    Gb18030(&'static Trie, &'static Family),
    /// A table, and syllables spelled by their letters.
    EucKr(&'static Trie),
    /// GB 2312 between `~{` and `~}`.
    Hz(&'static Trie),
    /// Escape sequences choose the set of characters.
    Iso2022(Iso2022),
}

/// The codec of CPython's `getcodec`, by the module that has it (`cn`, `hk`, `tw`, `jp`, `kr`, `iso2022`) and its name.
pub fn named(module: &str, name: &str) -> Option<Codec> {
    let table = |family: &'static Family| family.trie(name).map(Codec::Table);
    match (module, name) {
        ("cn", "gb18030") => cn().trie(name).map(|t| Codec::Gb18030(t, cn())),
        ("cn", "hz") => cn().trie("gb2312").map(Codec::Hz),
        ("cn", "gb2312" | "gbk") => table(cn()),
        ("hk", "big5hkscs") | ("tw", "big5" | "cp950") => table(tw()),
        ("kr", "euc_kr") => kr().trie(name).map(Codec::EucKr),
        ("kr", "cp949" | "johab") => table(kr()),
        ("iso2022", _) => Iso2022::named(name).map(Codec::Iso2022),
        ("jp", _) if !name.starts_with("2022:") => table(jp()),
        _ => None,
    }
}

impl Codec {
    /// The state before the first byte is read.
    pub fn decoder_state(&self) -> State {
        match self {
            Codec::Iso2022(c) => c.decoder_state(),
            _ => [0; 8],
        }
    }

    /// The state before the first character is written.
    pub fn encoder_state(&self) -> State {
        match self {
            Codec::Iso2022(c) => c.encoder_state(),
            _ => [0; 8],
        }
    }

    /// Reads what stands at `pos` and goes past it; `data` does not end there.
    pub fn decode_step(&self, data: &[u8], pos: &mut usize, state: &mut State, out: &mut Vec<u32>) -> Result<(), Stop> {
        let rest = &data[*pos..];
        match self {
            Codec::Hz(table) => decode_hz(table, rest, pos, state, out),
            Codec::Iso2022(c) => c.decode_step(rest, pos, state, out),
            Codec::Table(table) | Codec::Gb18030(table, _) | Codec::EucKr(table) => match table.find(rest) {
                Found::Text([c, second], n) => {
                    put(out, c, second);
                    *pos += n;
                    Ok(())
                }
                Found::Incomplete => Err(Stop::More),
                Found::Illegal(n) => Err(Stop::Illegal(n)),
                Found::Computed => {
                    let (c, n) = match self {
                        Codec::Gb18030(_, family) => (four_bytes(family, rest)?, 4),
                        _ => (spelled(rest)?, 8),
                    };
                    out.push(c);
                    *pos += n;
                    Ok(())
                }
            },
        }
    }

    /// Writes the character at `pos` and goes past it; `text` does not end there. `last`: nothing will follow `text`.
    pub fn encode_step(
        &self,
        text: &[u32],
        pos: &mut usize,
        state: &mut State,
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let rest = &text[*pos..];
        match self {
            Codec::Hz(table) => encode_hz(table, rest[0], state, out)?,
            Codec::Iso2022(c) => return c.encode_step(rest, pos, state, last, out),
            Codec::Table(table) | Codec::Gb18030(table, _) | Codec::EucKr(table) => {
                let inverse = table.inverse();
                let c = rest[0];
                if inverse.begins_pair(c) {
                    match rest.get(1) {
                        Some(&second) => {
                            if let Some(code) = inverse.pair(c, second) {
                                out.extend_from_slice(code.as_slice());
                                *pos += 2;
                                return Ok(());
                            }
                        }
                        None if !last => return Err(Stop::More),
                        None => {}
                    }
                }
                match (inverse.get(c), self) {
                    (Some(code), _) => out.extend_from_slice(code.as_slice()),
                    (None, Codec::Gb18030(_, family)) => {
                        out.extend_from_slice(&to_four_bytes(family, c).ok_or(Stop::Illegal(1))?);
                    }
                    (None, Codec::EucKr(_)) => out.extend_from_slice(&spell(c).ok_or(Stop::Illegal(1))?),
                    _ => return Err(Stop::Illegal(1)),
                }
            }
        }
        *pos += 1;
        Ok(())
    }

    /// Writes what ends a text, and goes back to the first state.
    pub fn encode_end(&self, state: &mut State, out: &mut Vec<u8>) {
        match self {
            Codec::Hz(_) if state[0] != 0 => {
                out.extend_from_slice(b"~}");
                state[0] = 0;
            }
            Codec::Iso2022(c) => c.encode_end(state, out),
            _ => {}
        }
    }

    /// Goes back to the state before the first byte.
    pub fn decode_reset(&self, state: &mut State) {
        match self {
            Codec::Hz(_) => state[0] = 0,
            Codec::Iso2022(c) => c.decode_reset(state),
            _ => {}
        }
    }
}

/// Appends a character, and a second one unless it is zero.
pub fn put(out: &mut Vec<u32>, c: u32, second: u32) {
    out.push(c);
    if second != 0 {
        out.push(second);
    }
}

// --- GB18030 ---

fn four_bytes(family: &Family, rest: &[u8]) -> Result<u32, Stop> {
    let &[a, b, c, d, ..] = rest else { return Err(Stop::More) };
    if !(0x81..=0xFE).contains(&c) || !(0x30..=0x39).contains(&d) {
        return Err(Stop::Illegal(1));
    }
    let [a, b, c, d] = [a - 0x81, b - 0x30, c - 0x81, d - 0x30].map(u32::from);
    let index = ((a * 10 + b) * 126 + c) * 10 + d;
    let at = family.runs.partition_point(|run| run.index <= index);
    match at.checked_sub(1).and_then(|i| family.runs.get(i)) {
        Some(run) if index - run.index < run.count => Ok(run.first + (index - run.index)),
        _ => Err(Stop::Illegal(1)),
    }
}

fn to_four_bytes(family: &Family, c: u32) -> Option<[u8; 4]> {
    let at = family.runs_by_char.partition_point(|run| run.first <= c);
    let &Run { index, first, count } = family.runs_by_char.get(at.checked_sub(1)?)?;
    if c - first >= count {
        return None;
    }
    let index = index + (c - first);
    let (index, d) = (index / 10, index % 10);
    let (index, c) = (index / 126, index % 126);
    let (a, b) = (index / 10, index % 10);
    Some([a + 0x81, b + 0x30, c + 0x81, d + 0x30].map(|n| n as u8))
}

// --- syllables that EUC-KR spells (KS X 1001, annex 3): a filler and three letters, each of two bytes ---

const LETTERS: u8 = 0xA4;
const FILLER: u8 = 0xD4;
const SYLLABLES: u32 = 0xAC00;
/// The letters at the beginning of a syllable, in Unicode's order, as second bytes.
const INITIALS: [u8; 19] =
    [0xA1, 0xA2, 0xA4, 0xA7, 0xA8, 0xA9, 0xB1, 0xB2, 0xB3, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE];
const FIRST_VOWEL: u8 = 0xBF;
const VOWELS: u8 = 21;
/// The letters at its end, none first.
const FINALS: [u8; 28] = [
    FILLER, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB2, 0xB4,
    0xB5, 0xB6, 0xB7, 0xB8, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE,
];

fn spelled(rest: &[u8]) -> Result<u32, Stop> {
    let &[_, _, l1, initial, l2, vowel, l3, last, ..] = rest else { return Err(Stop::More) };
    let place = |letters: &[u8], b: u8| letters.iter().position(|&l| l == b).map(|i| i as u32);
    let vowel = Some(vowel.wrapping_sub(FIRST_VOWEL)).filter(|&v| v < VOWELS);
    match (place(&INITIALS, initial), vowel, place(&FINALS, last)) {
        (Some(initial), Some(vowel), Some(last)) if [l1, l2, l3] == [LETTERS; 3] => {
            Ok(SYLLABLES + (initial * u32::from(VOWELS) + u32::from(vowel)) * FINALS.len() as u32 + last)
        }
        _ => Err(Stop::Illegal(1)),
    }
}

fn spell(c: u32) -> Option<[u8; 8]> {
    let i = c.checked_sub(SYLLABLES)? as usize;
    let (i, last) = (i / FINALS.len(), i % FINALS.len());
    let (initial, vowel) = (i / usize::from(VOWELS), (i % usize::from(VOWELS)) as u8);
    let initial = *INITIALS.get(initial)?;
    Some([LETTERS, FILLER, LETTERS, initial, LETTERS, FIRST_VOWEL + vowel, LETTERS, FINALS[last]])
}

// --- HZ: state[0] is one between `~{` and `~}` ---

fn decode_hz(table: &Trie, rest: &[u8], pos: &mut usize, state: &mut State, out: &mut Vec<u32>) -> Result<(), Stop> {
    let c = rest[0];
    if c == b'~' {
        let &[_, second, ..] = rest else { return Err(Stop::More) };
        match (second, state[0]) {
            (b'~', 0) => out.push(u32::from(b'~')),
            (b'{', 0) => state[0] = 1,
            (b'\n', 0) => {}
            (b'}', 1) => state[0] = 0,
            _ => return Err(Stop::Illegal(1)),
        }
        *pos += 2;
        return Ok(());
    }
    if c >= 0x80 {
        return Err(Stop::Illegal(1));
    }
    if state[0] == 0 {
        out.push(u32::from(c));
        *pos += 1;
        return Ok(());
    }
    let &[_, second, ..] = rest else { return Err(Stop::More) };
    match table.find(&[c | 0x80, second | 0x80]) {
        Found::Text([c, 0], 2) if second < 0x80 => out.push(c),
        _ => return Err(Stop::Illegal(1)),
    }
    *pos += 2;
    Ok(())
}

fn encode_hz(table: &Trie, c: u32, state: &mut State, out: &mut Vec<u8>) -> Result<(), Stop> {
    if let Some(b) = u8::try_from(c).ok().filter(u8::is_ascii) {
        if state[0] != 0 {
            out.extend_from_slice(b"~}");
            state[0] = 0;
        }
        out.push(b);
        if b == b'~' {
            out.push(b);
        }
        return Ok(());
    }
    let code: Code = table.inverse().get(c).ok_or(Stop::Illegal(1))?;
    if state[0] == 0 {
        out.extend_from_slice(b"~{");
        state[0] = 1;
    }
    out.extend(code.as_slice().iter().map(|b| b & 0x7F));
    Ok(())
}
