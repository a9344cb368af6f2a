//! What each byte sequence and each character means, as CPython's codecs answered (`tests/tools/cjk_tables.py` wrote `data/`).
//!
//! A codec is a trie over its bytes; the other direction is the inverse of that, but for a few listed exceptions. The tables
//! of a family of codecs share most of their content, so they are packed together (20 to 90 KB) and unpacked at first use.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::OnceLock;

const PAIR: u32 = 0x2000_0000;
const NODE: u32 = 0x4000_0000;
const ERROR: u32 = 0x8000_0000;
const COMPUTED: u32 = 0xC000_0000;
const TAG: u32 = 0xE000_0000;

/// What the bytes at a place are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A character, or two where the second is not zero, and the length of the sequence.
    Text([u32; 2], usize),
    /// The data ends inside of a sequence.
    Incomplete,
    /// No sequence of the codec: so many bytes are wrong.
    Illegal(usize),
    /// The beginning of a sequence that is computed.
    Computed,
}

/// What a character is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    bytes: [u8; 3],
    len: u8,
}

impl Code {
    const NONE: Code = Code { bytes: [0; 3], len: 0 };

    fn of(bytes: &[u8]) -> Code {
        let mut code = Code::NONE;
        for (to, from) in code.bytes.iter_mut().zip(bytes) {
            *to = *from;
            code.len += 1;
        }
        code
    }

    /// The bytes; none for what cannot be written.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// Characters to codes, and pairs of characters that have a code together.
#[derive(Default)]
pub struct Inverse {
    pages: HashMap<u32, Box<[Code; 256]>>,
    pairs: BTreeMap<(u32, u32), Code>,
}

impl Inverse {
    fn set(&mut self, [c, second]: [u32; 2], code: Code) {
        if second != 0 {
            self.pairs.insert((c, second), code);
        } else {
            self.pages.entry(c >> 8).or_insert_with(|| Box::new([Code::NONE; 256]))[(c & 0xFF) as usize] = code;
        }
    }

    /// The code of one character, if it has one.
    pub fn get(&self, c: u32) -> Option<Code> {
        self.pages.get(&(c >> 8)).map(|page| page[(c & 0xFF) as usize]).filter(|code| code.len > 0)
    }

    /// Whether the code depends on what follows.
    pub fn begins_pair(&self, c: u32) -> bool {
        self.pairs.range((c, 0)..(c + 1, 0)).next().is_some()
    }

    /// The code of two characters together, if they have one.
    pub fn pair(&self, first: u32, second: u32) -> Option<Code> {
        self.pairs.get(&(first, second)).copied()
    }
}

/// One codec, or one set of characters of ISO 2022.
pub struct Trie {
    nodes: Vec<[u32; 256]>,
    root: usize,
    pairs: Vec<[u32; 2]>,
    exceptions: Vec<([u32; 2], Code)>,
    inverse: OnceLock<Inverse>,
}

impl Trie {
    /// What stands at the beginning of `data`, which has at least one byte.
    pub fn find(&self, data: &[u8]) -> Found {
        let mut node = self.root;
        for (i, &b) in data.iter().enumerate() {
            let entry = self.nodes[node][usize::from(b)];
            match entry & TAG {
                0 => return Found::Text([entry, 0], i + 1),
                PAIR => return Found::Text(self.pairs[(entry & !TAG) as usize], i + 1),
                NODE => node = (entry & !TAG) as usize,
                ERROR => return Found::Illegal((entry & !TAG) as usize),
                COMPUTED => return Found::Computed,
                _ => return Found::Illegal(1),
            }
        }
        Found::Incomplete
    }

    /// The other direction, made at first use.
    pub fn inverse(&self) -> &Inverse {
        self.inverse.get_or_init(|| {
            let mut inverse = Inverse::default();
            self.collect(self.root, &mut Vec::new(), &mut inverse);
            for &(text, code) in &self.exceptions {
                inverse.set(text, code);
            }
            inverse
        })
    }

    /// Of several sequences for one text the shortest counts, and of those the first.
    fn collect(&self, node: usize, prefix: &mut Vec<u8>, inverse: &mut Inverse) {
        for (b, &entry) in (0..=255).zip(&self.nodes[node]) {
            prefix.push(b);
            let text = match entry & TAG {
                0 => Some([entry, 0]),
                PAIR => Some(self.pairs[(entry & !TAG) as usize]),
                NODE => {
                    self.collect((entry & !TAG) as usize, prefix, inverse);
                    None
                }
                _ => None,
            };
            if let Some([first, second]) = text {
                let known = if second == 0 { inverse.get(first) } else { inverse.pair(first, second) };
                let better = known
                    .is_none_or(|code| (prefix.len(), prefix.as_slice()) < (code.as_slice().len(), code.as_slice()));
                if better {
                    inverse.set([first, second], Code::of(prefix));
                }
            }
            prefix.pop();
        }
    }
}

/// How ISO 2022 writes characters after one escape sequence (and shift).
pub struct Chosen {
    /// The escape sequence, and the shift if there is one.
    pub prefix: Vec<u8>,
}

/// What an ISO 2022 codec writes.
pub struct Writer {
    /// The sets of characters.
    pub sets: Vec<Chosen>,
    codes: HashMap<u32, (u8, Code)>,
    pairs: BTreeMap<(u32, u32), (u8, Code)>,
}

impl Writer {
    /// The number of the set and the code in it.
    pub fn get(&self, c: u32) -> Option<(usize, Code)> {
        self.codes.get(&c).map(|&(set, code)| (usize::from(set), code))
    }

    /// Whether what is written depends on what follows.
    pub fn begins_pair(&self, c: u32) -> bool {
        self.pairs.range((c, 0)..(c + 1, 0)).next().is_some()
    }

    /// The set and the code of two characters together.
    pub fn pair(&self, first: u32, second: u32) -> Option<(usize, Code)> {
        self.pairs.get(&(first, second)).map(|&(set, code)| (usize::from(set), code))
    }
}

/// So many sequences of four bytes, by their index, stand for so many characters in a row.
#[derive(Clone, Copy)]
pub struct Run {
    /// Index of the first sequence.
    pub index: u32,
    /// Its character.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// The tables of one family of codecs.
pub struct Family {
    tries: HashMap<String, Trie>,
    writers: HashMap<String, Writer>,
    /// GB18030's sequences of four bytes, by index.
    pub runs: Vec<Run>,
    /// The same, by character.
    pub runs_by_char: Vec<Run>,
}

impl Family {
    /// A codec's table, or that of the set of ISO 2022 `2022:NAME`.
    pub fn trie(&self, name: &str) -> Option<&Trie> {
        self.tries.get(name)
    }

    /// What an ISO 2022 codec writes.
    pub fn writer(&self, name: &str) -> Option<&Writer> {
        self.writers.get(name)
    }
}

macro_rules! families {
    ($($name:ident $file:literal;)*) => {
        $(
            /// The tables of this family, unpacked at first use.
            pub fn $name() -> &'static Family {
                static TABLES: OnceLock<Family> = OnceLock::new();
                TABLES.get_or_init(|| unpack(include_bytes!(concat!("../data/", $file))))
            }
        )*
    };
}

families! {
    cn "cn.xz";
    tw "tw.xz";
    jp "jp.xz";
    kr "kr.xz";
}

/// Reads a family's tables. The data is part of the binary, so it is whole.
fn unpack(packed: &[u8]) -> Family {
    let mut plain = Vec::new();
    let read = lzma_rust2::XzReader::new(packed, false).read_to_end(&mut plain);
    assert!(read.is_ok(), "the tables of the binary are an xz stream");
    let mut r = Reader { data: &plain };
    let mut tries = HashMap::new();
    for _ in 0..r.u8() {
        let name = r.name();
        tries.insert(name, trie(&mut r));
    }
    let runs: Vec<Run> = (0..r.u16()).map(|_| Run { index: r.u32(), first: r.u32(), count: r.u32() }).collect();
    let mut runs_by_char = runs.clone();
    runs_by_char.sort_by_key(|run| run.first);
    let mut writers = HashMap::new();
    for _ in 0..r.u8() {
        let name = r.name();
        writers.insert(name, writer(&mut r));
    }
    Family { tries, writers, runs, runs_by_char }
}

fn trie(r: &mut Reader) -> Trie {
    let (nodes, root, pairs, exceptions) = (r.u16(), r.u16(), r.u16(), r.u32());
    let mut table = vec![[0u32; 256]; nodes];
    for shift in [24, 16, 8, 0] {
        for node in &mut table {
            for (entry, &b) in node.iter_mut().zip(r.take(256)) {
                *entry |= u32::from(b) << shift;
            }
        }
    }
    let pairs = (0..pairs).map(|_| [r.u32(), r.u32()]).collect();
    let exceptions = (0..exceptions)
        .map(|_| {
            let text = [r.u32(), r.u32()];
            let len = usize::from(r.u8());
            let bytes = r.take(4);
            (text, Code::of(&bytes[..len.min(3)]))
        })
        .collect();
    Trie { nodes: table, root, pairs, exceptions, inverse: OnceLock::new() }
}

fn writer(r: &mut Reader) -> Writer {
    let mut writer = Writer { sets: Vec::new(), codes: HashMap::new(), pairs: BTreeMap::new() };
    for set in 0..r.u8() {
        let len = usize::from(r.u8());
        writer.sets.push(Chosen { prefix: r.take(len).to_vec() });
        for _ in 0..r.u32() {
            let (c, second, code) = (r.u32(), r.u32(), r.u16() as u16);
            let bytes = code.to_be_bytes();
            let code = Code::of(if bytes[0] == 0 { &bytes[1..] } else { &bytes });
            if second == 0 {
                writer.codes.insert(c, (set, code));
            } else {
                writer.pairs.insert((c, second), (set, code));
            }
        }
    }
    writer
}

struct Reader<'a> {
    data: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> &'a [u8] {
        let (head, tail) = self.data.split_at(n);
        self.data = tail;
        head
    }

    fn u8(&mut self) -> u8 {
        self.take(1)[0]
    }

    fn u16(&mut self) -> usize {
        let b = self.take(2);
        usize::from(u16::from_le_bytes([b[0], b[1]]))
    }

    fn u32(&mut self) -> u32 {
        let b = self.take(4);
        u32::from_le_bytes([b[0], b[1], b[2], b[3]])
    }

    fn name(&mut self) -> String {
        let n = usize::from(self.u8());
        String::from_utf8_lossy(self.take(n)).into_owned()
    }
}
