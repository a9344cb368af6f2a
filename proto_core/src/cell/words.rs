//! Indices of words that a store may overwrite without a barrier, because nothing that is traced is ever in them.
//!
//! A store into a word that may hold a reference goes through [`crate::Heap::store`] and its like, which note what is lost while
//! somebody marks. That the others cannot reach such a word is checked where their index is made: from the layout of the kind, by
//! the compiler.

use super::layout::{Layout, of_internal, of_kind};
use crate::value::Kind;

/// A word that the layout of its object does not call a value.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct RawWord(usize);

impl RawWord {
    const fn checked(layout: Layout, word: usize) -> RawWord {
        assert!(word != 0, "the header is no raw word");
        assert!(!layout.may_be_value(word), "the layout calls the word a value");
        RawWord(word)
    }

    /// Word `word` of objects of this kind. (Of text that lies elsewhere, the words behind the header's numbers are values.)
    pub const fn of_kind(kind: Kind, word: usize) -> RawWord {
        assert!(!matches!((kind, word), (Kind::Str, 4..) | (Kind::Bytes, 3..)), "the word may name a buffer");
        RawWord::checked(of_kind(kind), word)
    }

    /// Word `word` of internal objects of this subkind.
    pub const fn of_internal(subkind: u16, word: usize) -> RawWord {
        RawWord::checked(of_internal(subkind), word)
    }

    /// Word `word` of internal objects whose subkind was given this layout ([`super::layout::LayoutTable::set_internal`]), as whoever
    /// says this vouches.
    pub const fn of_layout(layout: Layout, word: usize) -> RawWord {
        RawWord::checked(layout, word)
    }

    /// Where it is.
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.0
    }
}

/// Raw words from one on, to the object's end.
#[derive(Copy, Clone, Debug)]
pub struct RawWords(usize);

impl RawWords {
    const fn checked(layout: Layout, first: usize) -> RawWords {
        assert!(matches!(layout, Layout::Leaf) && first != 0, "values follow");
        RawWords(first)
    }

    /// Of objects of this kind.
    pub const fn of_kind(kind: Kind, first: usize) -> RawWords {
        assert!(!matches!(kind, Kind::Str | Kind::Bytes), "text may name a buffer");
        RawWords::checked(of_kind(kind), first)
    }

    /// Of internal objects of this subkind.
    pub const fn of_internal(subkind: u16, first: usize) -> RawWords {
        RawWords::checked(of_internal(subkind), first)
    }

    /// The `i`th of them.
    #[inline(always)]
    pub const fn at(self, i: usize) -> RawWord {
        RawWord(self.0 + i)
    }
}

/// A raw word of each entry of a table.
#[derive(Copy, Clone, Debug)]
pub struct RawEntryWord {
    first: usize,
    stride: usize,
}

impl RawEntryWord {
    /// Word `word` of the entries of tables of this subkind.
    pub const fn of_internal(subkind: u16, word: usize) -> RawEntryWord {
        let Layout::Entries { first, stride, mask } = of_internal(subkind) else { panic!("no table") };
        assert!(word < stride as usize && mask >> word & 1 == 0, "the layout calls the word a value");
        RawEntryWord { first: first as usize + word, stride: stride as usize }
    }

    /// That of entry `e`.
    #[inline(always)]
    pub const fn of(self, e: usize) -> RawWord {
        RawWord(self.first + e * self.stride)
    }
}

/// A word that the layout calls a value and that holds numbers alone: ints, and addresses of what is no object, whose low bits
/// make them read as ints.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct NumberWord(usize);

impl NumberWord {
    /// Word `word`, of which whoever says this vouches that a reference is never stored there.
    pub const fn new(word: usize) -> NumberWord {
        assert!(word != 0, "the header is no number");
        NumberWord(word)
    }

    /// Where it is.
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.0
    }
}

impl From<RawWord> for usize {
    #[inline(always)]
    fn from(w: RawWord) -> usize {
        w.0
    }
}

impl From<NumberWord> for usize {
    #[inline(always)]
    fn from(w: NumberWord) -> usize {
        w.0
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use super::RawWord;
    use crate::{Attached, Config, Layout, LayoutTable, Root, Space, Value, sub};

    /// A count that is no value beside a reference, in objects of a layout that was set.
    #[test]
    fn raw_words_of_other_layouts() {
        const COUNTED: Layout = Layout::Only(1 << 2);
        const COUNT: RawWord = RawWord::of_layout(COUNTED, 1);
        let mut layouts = LayoutTable::default();
        layouts.set_internal(sub::CUSTOM, COUNTED);
        let space = Space::new(Config { layouts, verify: true, stack_words: 1 << 16, ..Config::default() });
        let mut cx = Attached::new(space);
        let obj = Root::new(&cx, cx.alloc_internal(sub::CUSTOM, 3));
        // SAFETY: an object of the layout; its word 2 is a value.
        unsafe { cx.store_init(obj.get(), 2, cx.new_str(b"what is counted")) };
        for _ in 0..3 {
            cx.collect(true);
            // SAFETY: as above. The number looks like a reference to nowhere.
            unsafe { cx.store_raw(obj.get(), COUNT, u64::MAX - 2) };
        }
        // SAFETY: as above.
        let (count, text): (u64, Value) = unsafe { (obj.get().load_raw(COUNT.index()), obj.get().load(2)) };
        assert_eq!((count, cx.text(&text)), (u64::MAX - 2, Some(&b"what is counted"[..])));
    }
}
