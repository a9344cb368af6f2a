//! Which words of an object are values. One small description per kind (and per subkind of
//! [`Kind::Internal`]); marking, promotion and the verifier all follow it and nothing else.
//!
//! A word that is described as a value may also hold a raw number or pointer whose low two bits are zero: it
//! reads as an int.

use crate::value::{KINDS, Kind, Value};

/// Description of one kind.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// No values at all: never touched by marking.
    Leaf,
    /// Every word from `first` to the end of the memory is a value, except those among the first 64 whose bit is
    /// set in `raw`.
    Values {
        /// First value word.
        first: u8,
        /// Bit i set: word i is not a value.
        raw: u64,
    },
    /// A table: the low 32 bits of word 1 say how many entries of `stride` words start at word `first`; within
    /// an entry, the words whose bit is set in `mask` are values. What follows the entries is raw.
    Entries {
        /// Where the entries begin.
        first: u8,
        /// Words of an entry.
        stride: u8,
        /// Bit i set: word i of an entry is a value.
        mask: u8,
    },
    /// Only the words whose bit is set are values.
    Only(u64),
}

/// Subkinds of [`Kind::Internal`], kept in the header's aux half-word.
pub mod sub {
    /// Zeroed bytes, not traced.
    pub const RAW: u16 = 0;
    /// Words 1.. are values.
    pub const VALUES: u16 = 1;
    /// A list's buffer: w1 = `capacity << 32 | len`, items from w2 to the end.
    pub const LISTBUF: u16 = 2;
    /// A dict's table: w1 low half = number of entries, w2 and w3 raw, entries `(hash, key, value)` from w4,
    /// then raw words (the index).
    pub const DICTTABLE: u16 = 3;
    /// A set's table: as a dict's, entries `(hash, key)`.
    pub const SETTABLE: u16 = 4;
    /// A boxed Rust value: w1 and w2 are the box, dropped at death.
    pub const NATIVEBOX: u16 = 5;
    /// A weak reference: w1 the referent, w2 who is told, neither keeps anything alive.
    pub const WEAK: u16 = 6;
    /// A node of a set's hash trie ([`crate::persistent`]): w1 its maps, entries and children from w2.
    pub const TRIE_SET: u16 = 8;
    /// The same of a map's.
    pub const TRIE_MAP: u16 = 9;
    /// Entries of a set's trie that have one hash: w1 their number, w2 the hash, keys from w3.
    pub const BUCKET_SET: u16 = 10;
    /// The same of a map's: keys and values from w3.
    pub const BUCKET_MAP: u16 = 11;
    /// A place in a set's trie: w1 the depth, then node and position of each level.
    pub const CURSOR_SET: u16 = 12;
    /// The same in a map's.
    pub const CURSOR_MAP: u16 = 13;
    /// A leaf of a sequence: w1 the number of items, items from w2.
    pub const LEAF_LIST: u16 = 14;
    /// An inner node of a sequence: w1 the number of children and the height, children and what is known of them from w2.
    pub const INNER_LIST: u16 = 15;
    /// A leaf of a sorted set.
    pub const LEAF_SET: u16 = 16;
    /// An inner node of a sorted set.
    pub const INNER_SET: u16 = 17;
    /// A leaf of a sorted map.
    pub const LEAF_MAP: u16 = 18;
    /// An inner node of a sorted map.
    pub const INNER_MAP: u16 = 19;
    /// First subkind that the engine may define with [`super::LayoutTable::set_internal`].
    pub const CUSTOM: u16 = 20;
    /// Number of subkinds.
    pub const COUNT: usize = 32;
}

/// The descriptions of all kinds.
#[derive(Clone, Debug)]
pub struct LayoutTable {
    pub(crate) kinds: [Layout; KINDS],
    pub(crate) internal: [Layout; sub::COUNT],
}

impl Layout {
    /// Whether a word of an object that is laid out like this may be a value. What follows a table's entries counts as one.
    pub const fn may_be_value(self, word: usize) -> bool {
        match self {
            Layout::Leaf => false,
            Layout::Values { first, raw } => word >= first as usize && (word >= 64 || raw >> word & 1 == 0),
            Layout::Entries { first, stride, mask } => {
                let first = first as usize;
                word >= first && mask >> ((word - first) % stride as usize) & 1 != 0
            }
            Layout::Only(mask) => word < 64 && mask >> word & 1 != 0,
        }
    }
}

/// What objects of a kind look like.
pub const fn of_kind(kind: Kind) -> Layout {
    match kind {
        // Strings and bytes are leaves; see `Marker` for the index word of large strings.
        Kind::Str | Kind::Bytes | Kind::Float | Kind::BigInt => Layout::Leaf,
        // w1 length, w2 hash.
        Kind::Tuple => Layout::Values { first: 3, raw: 0 },
        // Only w1 (buffer, table) is a value; counters follow.
        Kind::List | Kind::Dict | Kind::Set | Kind::Cell => Layout::Only(1 << 1),
        _ => Layout::Values { first: 1, raw: 0 },
    }
}

/// What internal objects of a subkind look like, unless the engine says otherwise of one of its own.
pub const fn of_internal(subkind: u16) -> Layout {
    match subkind {
        sub::RAW | sub::NATIVEBOX | sub::WEAK => Layout::Leaf,
        sub::LISTBUF => Layout::Values { first: 2, raw: 0 },
        sub::DICTTABLE => Layout::Entries { first: 4, stride: 3, mask: 0b110 },
        sub::SETTABLE => Layout::Entries { first: 4, stride: 2, mask: 0b10 },
        sub::TRIE_SET..sub::CUSTOM => Layout::Values { first: 2, raw: 0 },
        _ => Layout::Values { first: 1, raw: 0 },
    }
}

impl Default for LayoutTable {
    fn default() -> Self {
        LayoutTable {
            kinds: std::array::from_fn(|k| of_kind(Kind::from_index(k as u8))),
            internal: std::array::from_fn(|s| of_internal(s as u16)),
        }
    }
}

impl LayoutTable {
    /// Describes a subkind of [`Kind::Internal`].
    pub fn set_internal(&mut self, subkind: u16, layout: Layout) {
        assert!((subkind as usize) < sub::COUNT && subkind >= sub::CUSTOM, "not an engine subkind");
        self.internal[subkind as usize] = layout;
    }

    /// Whether marking need not look into objects of this kind (bit per kind).
    pub(crate) fn leaf_mask(&self) -> u32 {
        let mut mask = 0;
        for (i, l) in self.kinds.iter().enumerate() {
            if *l == Layout::Leaf {
                mask |= 1 << i;
            }
        }
        mask
    }
}

/// Calls `f` with the index of every value word of an object of `words` words.
///
/// # Safety
/// `addr` is a live object of this kind, with that many words of memory.
#[inline(always)]
pub(crate) unsafe fn for_each_value_word(
    table: &LayoutTable,
    addr: usize,
    kind: Kind,
    words: usize,
    mut f: impl FnMut(usize),
) {
    let layout = if kind == Kind::Internal {
        // SAFETY: by the caller.
        let aux = unsafe { super::header::aux(addr) }.load(crate::sync::Ordering::Relaxed);
        table.internal[aux as usize % sub::COUNT]
    } else {
        table.kinds[kind as usize]
    };
    match layout {
        Layout::Leaf => {
            if may_be_external(kind, words) {
                // SAFETY: by the caller.
                let aux = unsafe { super::header::aux(addr) }.load(crate::sync::Ordering::Acquire);
                match kind {
                    _ if aux & STR_EXTERNAL == 0 => {}
                    // A string's buffer and its code-point index.
                    Kind::Str => [4, 5].into_iter().for_each(f),
                    // Who owns a bytes object's content.
                    _ => f(3),
                }
            }
        }
        Layout::Values { first, raw: 0 } => (first as usize..words).for_each(f),
        Layout::Values { first, raw } => {
            for i in first as usize..words {
                if i >= 64 || raw >> i & 1 == 0 {
                    f(i);
                }
            }
        }
        Layout::Entries { first, stride, mask } => {
            // SAFETY: word 1 exists in every object (a cell has eight words).
            let n = unsafe { super::header::word(addr, 1) }.load(crate::sync::Ordering::Acquire) as u32;
            let (first, stride) = (first as usize, stride as usize);
            let n = (n as usize).min(words.saturating_sub(first) / stride.max(1));
            for e in 0..n {
                let at = first + e * stride;
                for i in 0..stride {
                    if mask >> i & 1 != 0 {
                        f(at + i);
                    }
                }
            }
        }
        Layout::Only(mask) => {
            let mut m = mask;
            while m != 0 {
                let i = m.trailing_zeros() as usize;
                m &= m - 1;
                if i < words {
                    f(i);
                }
            }
        }
    }
}

/// Strings whose memory has at least this many words (two cells) may be external: smaller ones are never looked into. Bytes
/// objects likewise.
pub const STR_INDEX_WORDS: usize = 16;
/// Bit of a string's aux half-word: its bytes lie in the buffer that w4 names. Of a bytes object's: w3 names their
/// owner.
pub const STR_EXTERNAL: u16 = 1;

/// Whether a leaf of this size may be in its external form after all, and so has values.
#[inline(always)]
pub(crate) fn may_be_external(kind: Kind, words: usize) -> bool {
    matches!(kind, Kind::Str | Kind::Bytes) && words >= STR_INDEX_WORDS
}

/// Loads a value word.
///
/// # Safety
/// `addr` is a live object and `index` one of its value words.
#[inline(always)]
pub(crate) unsafe fn load_value(addr: usize, index: usize) -> Value {
    // SAFETY: by the caller. Acquire pairs with the release of the store that published the value.
    Value::raw(unsafe { super::header::word(addr, index) }.load(crate::sync::Ordering::Acquire))
}

/// Word of a generator's state.
pub const GENERATOR_STATE: usize = 1;
/// The state of a generator that has ended, of which nothing is left to finalize.
pub const GENERATOR_ENDED: u64 = 3 << 2;
