//! Maps and sets: a hash trie of 32 branches a level, in the one shape that its content has.
//!
//! A node has two bitmaps: which branches are one entry, and which are a child. Entries stand first, then children, each in the order
//! of their branches. A child has at least two entries. Entries of one and the same hash are a *bucket*, which stands where the
//! branch of a single one would: as high as possible. So equal contents have equal shapes, up to the order within buckets; what two tries
//! have in common is common memory if one was made from the other; and a trie is never deeper than a hash has digits.
//!
//! An entry is `(hash, key, value)` for maps (`W` = 3) and `(hash, key)` for sets (`W` = 2). The hash is that of the key with its bits
//! spread ([`spread`]), so that no keys of a pattern share the low digits, as a word that reads as an int.

mod algebra;
mod batch;
mod cursor;
#[cfg(test)]
mod tests;

pub use algebra::{Both, Change, Plan};
pub use batch::Batch;
pub use cursor::Cursor;

use super::{Fresh, Host, load, load_raw, subkind};
use crate::Heap;
use crate::cell::layout::sub;
use crate::value::{Kind, Value};

/// Bits of a digit.
const BITS: u32 = 5;
/// Bits of a hash word that are no part of the hash: they say "int".
const TAG_BITS: u32 = 2;
/// Digits of a hash: no trie has more levels.
pub const LEVELS: usize = (64 - TAG_BITS).div_ceil(BITS) as usize;

/// A key's hash with its bits spread, as entries hold it.
#[inline(always)]
pub fn spread(hash: i64) -> u64 {
    let x = hash as u64;
    let x = (x ^ x >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x ^ x >> 32) & !((1 << TAG_BITS) - 1)
}

/// The bit of a hash's digit at `level`.
#[inline(always)]
fn bit(hash: u64, level: usize) -> u32 {
    1 << (hash >> (TAG_BITS + BITS * level as u32) & 31)
}

/// One entry.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The key's hash, spread.
    pub hash: u64,
    /// The key.
    pub key: Value,
    /// The value; EMPTY in a set.
    pub value: Value,
}

/// The subkinds of what a trie is made of.
struct Kinds {
    node: u16,
    bucket: u16,
    cursor: u16,
}

const fn kinds<const W: usize>() -> Kinds {
    match W {
        2 => Kinds { node: sub::TRIE_SET, bucket: sub::BUCKET_SET, cursor: sub::CURSOR_SET },
        _ => Kinds { node: sub::TRIE_MAP, bucket: sub::BUCKET_MAP, cursor: sub::CURSOR_MAP },
    }
}

/// What a branch leads to.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Branch {
    Empty,
    One(Entry),
    /// A node, or a bucket.
    Node(Value),
}

/// A map (`W` = 3) or set (`W` = 2).
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Trie<const W: usize>(Value);

/// A map.
pub type MapTrie = Trie<3>;
/// A set.
pub type SetTrie = Trie<2>;

/// A bitmap node.
#[derive(Copy, Clone)]
struct Node<const W: usize> {
    v: Value,
    entries: u32,
    children: u32,
}

impl<const W: usize> Node<W> {
    #[inline(always)]
    fn of(v: Value) -> Node<W> {
        let maps = load_raw(v, 1);
        Node { v, entries: maps as u32, children: (maps >> 32) as u32 }
    }

    #[inline(always)]
    fn fresh(heap: &Heap, entries: u32, children: u32) -> Fresh<'_> {
        let words = 2 + W * entries.count_ones() as usize + children.count_ones() as usize;
        Fresh::new(heap, kinds::<W>().node, entries as u64 | (children as u64) << 32, words)
    }

    /// Where the entry of a branch begins, or would.
    #[inline(always)]
    fn entry_at(self, bit: u32) -> usize {
        2 + W * (self.entries & (bit - 1)).count_ones() as usize
    }

    /// Where the first child stands.
    #[inline(always)]
    fn first_child(self) -> usize {
        2 + W * self.entries.count_ones() as usize
    }

    /// Where the child of a branch stands, or would.
    #[inline(always)]
    fn child_at(self, bit: u32) -> usize {
        self.first_child() + (self.children & (bit - 1)).count_ones() as usize
    }

    #[inline(always)]
    fn end(self) -> usize {
        self.first_child() + self.children.count_ones() as usize
    }

    /// The entry that begins at word `at`.
    #[inline(always)]
    fn entry(self, at: usize) -> Entry {
        let value = if W == 3 { load(self.v, at + 2) } else { Value::EMPTY };
        Entry { hash: load_raw(self.v, at), key: load(self.v, at + 1), value }
    }

    #[inline(always)]
    fn branch(self, bit: u32) -> Branch {
        if self.entries & bit != 0 {
            Branch::One(self.entry(self.entry_at(bit)))
        } else if self.children & bit != 0 {
            Branch::Node(load(self.v, self.child_at(bit)))
        } else {
            Branch::Empty
        }
    }

    /// The same node with another word at `at`.
    fn with_word(self, heap: &Heap, at: usize, v: Value) -> Value {
        let mut new = Node::<W>::fresh(heap, self.entries, self.children);
        new.copy(self.v, 2, at);
        new.push(v);
        new.copy(self.v, at + 1, self.end());
        new.finish()
    }
}

/// Writes an entry.
#[inline(always)]
fn push_entry<const W: usize>(new: &mut Fresh<'_>, e: Entry) {
    new.push(Value::raw(e.hash));
    new.push(e.key);
    if W == 3 {
        new.push(e.value);
    }
}

/// Entries of one hash.
#[derive(Copy, Clone)]
struct Bucket<const W: usize>(Value);

impl<const W: usize> Bucket<W> {
    const FIRST: usize = 3;

    #[inline(always)]
    fn of(v: Value) -> Option<Bucket<W>> {
        (subkind(v) == kinds::<W>().bucket).then_some(Bucket(v))
    }

    fn fresh(heap: &Heap, hash: u64, len: usize) -> Fresh<'_> {
        let mut new = Fresh::new(heap, kinds::<W>().bucket, len as u64, Self::FIRST + (W - 1) * len);
        new.push(Value::raw(hash));
        new
    }

    fn len(self) -> usize {
        load_raw(self.0, 1) as usize
    }

    fn hash(self) -> u64 {
        load_raw(self.0, 2)
    }

    fn key(self, i: usize) -> Value {
        load(self.0, Self::FIRST + (W - 1) * i)
    }

    fn get(self, i: usize) -> Entry {
        let value = if W == 3 { load(self.0, Self::FIRST + 2 * i + 1) } else { Value::EMPTY };
        Entry { hash: self.hash(), key: self.key(i), value }
    }

    fn entries(self) -> impl Iterator<Item = Entry> {
        (0..self.len()).map(move |i| self.get(i))
    }

    /// Where the key that is this very object stands.
    fn place(self, key: Value) -> Option<usize> {
        (0..self.len()).find(|&i| self.key(i) == key)
    }

    /// Copies entries `from..to` to a bucket that is being written.
    fn copy_to(self, new: &mut Fresh<'_>, from: usize, to: usize) {
        new.copy(self.0, Self::FIRST + (W - 1) * from, Self::FIRST + (W - 1) * to);
    }

    fn push(new: &mut Fresh<'_>, e: Entry) {
        new.push(e.key);
        if W == 3 {
            new.push(e.value);
        }
    }

    /// With the entry, in place of the one at `i` if there is one.
    fn with(self, heap: &Heap, i: Option<usize>, e: Entry) -> Value {
        let (len, at) = (self.len(), i.unwrap_or(self.len()));
        let mut new = Self::fresh(heap, self.hash(), len + usize::from(i.is_none()));
        self.copy_to(&mut new, 0, at);
        Self::push(&mut new, e);
        self.copy_to(&mut new, at + usize::from(i.is_some()), len);
        new.finish()
    }

    fn without(self, heap: &Heap, i: usize) -> Branch {
        let len = self.len();
        if len == 2 {
            return Branch::One(self.get(1 - i));
        }
        let mut new = Self::fresh(heap, self.hash(), len - 1);
        self.copy_to(&mut new, 0, i);
        self.copy_to(&mut new, i + 1, len);
        Branch::Node(new.finish())
    }
}

impl Branch {
    /// The hash that all its entries have, if it is one entry or a bucket.
    fn single_hash<const W: usize>(self) -> Option<u64> {
        match self {
            Branch::Empty => None,
            Branch::One(e) => Some(e.hash),
            Branch::Node(v) => Some(Bucket::<W>::of(v)?.hash()),
        }
    }

    /// The part of it that lies in a branch of the node at `level` that it is, or would be part of.
    #[inline]
    fn at<const W: usize>(self, bit_: u32, level: usize) -> Branch {
        match self {
            Branch::Empty => Branch::Empty,
            _ if let Some(hash) = self.single_hash::<W>() => {
                if bit(hash, level) == bit_ {
                    self
                } else {
                    Branch::Empty
                }
            }
            Branch::Node(v) => Node::<W>::of(v).branch(bit_),
            Branch::One(_) => Branch::Empty,
        }
    }
}

/// Two branches that are of one hash each, different ones, in a node for `level`.
fn join<const W: usize>(heap: &Heap, (a, ha): (Branch, u64), (b, hb): (Branch, u64), level: usize) -> Value {
    let (bit_a, bit_b) = (bit(ha, level), bit(hb, level));
    if bit_a == bit_b {
        let child = join::<W>(heap, (a, ha), (b, hb), level + 1);
        let mut new = Node::<W>::fresh(heap, 0, bit_a);
        new.push(child);
        return new.finish();
    }
    let (first, second) = if bit_a < bit_b { ((a, bit_a), (b, bit_b)) } else { ((b, bit_b), (a, bit_a)) };
    let (mut entries, mut children) = (0, 0);
    for (branch, bit) in [first, second] {
        match branch {
            Branch::Empty => {}
            Branch::One(_) => entries |= bit,
            Branch::Node(_) => children |= bit,
        }
    }
    let mut new = Node::<W>::fresh(heap, entries, children);
    for (branch, _) in [first, second] {
        if let Branch::One(e) = branch {
            push_entry::<W>(&mut new, e);
        }
    }
    for (branch, _) in [first, second] {
        if let Branch::Node(v) = branch {
            new.push(v);
        }
    }
    new.finish()
}

/// Two entries in a node for `level`, or in a bucket.
fn pair<const W: usize>(heap: &Heap, a: Entry, b: Entry, level: usize) -> Value {
    if a.hash != b.hash {
        return join::<W>(heap, (Branch::One(a), a.hash), (Branch::One(b), b.hash), level);
    }
    let mut new = Bucket::<W>::fresh(heap, a.hash, 2);
    Bucket::<W>::push(&mut new, a);
    Bucket::<W>::push(&mut new, b);
    new.finish()
}

impl<const W: usize> Trie<W> {
    /// The collection without entries.
    pub const EMPTY: Trie<W> = Trie(Value::EMPTY);

    /// The collection that [`Trie::value`] gave this word for.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Trie<W>> {
        let kinds = const { kinds::<W>() };
        let is_node = v.is_kind(Kind::Internal) && [kinds.node, kinds.bucket].contains(&subkind(v));
        (v.is_empty() || is_node).then_some(Trie(v))
    }

    /// The word that stands for it: EMPTY or its first node. For native slots.
    pub fn value(self) -> Value {
        self.0
    }

    /// Whether it has no entries.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    fn root(self) -> Branch {
        if self.0.is_empty() { Branch::Empty } else { Branch::Node(self.0) }
    }

    fn from_root(heap: &Heap, root: Branch) -> Trie<W> {
        match root {
            Branch::Empty => Trie::EMPTY,
            Branch::Node(v) => Trie(v),
            Branch::One(e) => {
                let mut new = Node::<W>::fresh(heap, bit(e.hash, 0), 0);
                push_entry::<W>(&mut new, e);
                Trie(new.finish())
            }
        }
    }

    /// The entry of a key: `same` is asked about each key with that hash (spread) until it says yes.
    ///
    /// # Errors
    /// What `same` fails with.
    #[inline]
    pub fn find<E>(self, hash: u64, mut same: impl FnMut(Value) -> Result<bool, E>) -> Result<Option<Entry>, E> {
        let mut v = self.0;
        if v.is_empty() {
            return Ok(None);
        }
        let mut level = 0;
        loop {
            if let Some(bucket) = Bucket::<W>::of(v) {
                if bucket.hash() == hash {
                    for e in bucket.entries() {
                        if same(e.key)? {
                            return Ok(Some(e));
                        }
                    }
                }
                return Ok(None);
            }
            let node = Node::<W>::of(v);
            let bit = bit(hash, level);
            if node.children & bit != 0 {
                v = load(v, node.child_at(bit));
                level += 1;
            } else if node.entries & bit != 0 {
                let e = node.entry(node.entry_at(bit));
                return Ok(if e.hash == hash && same(e.key)? { Some(e) } else { None });
            } else {
                return Ok(None);
            }
        }
    }

    /// With the entry. `found` is the key that [`Trie::find`] found for it, which stays; None if there is none.
    pub fn with(self, heap: &Heap, e: Entry, found: Option<Value>) -> Trie<W> {
        if self.0.is_empty() {
            return Trie::from_root(heap, Branch::One(e));
        }
        let e = Entry { key: found.unwrap_or(e.key), ..e };
        Trie(put::<W>(heap, self.0, 0, e, found.is_some()))
    }

    /// Without the key that [`Trie::find`] found, which has this hash.
    pub fn without(self, heap: &Heap, hash: u64, found: Value) -> Trie<W> {
        if self.0.is_empty() {
            return self;
        }
        let root = remove::<W>(heap, self.0, 0, hash, found);
        Trie::from_root(heap, root)
    }

    /// Counts the entries, which takes a visit to each node.
    pub fn count(self) -> usize {
        count::<W>(self.root())
    }

    /// Calls `f` with each entry.
    ///
    /// # Errors
    /// What `f` fails with.
    pub fn for_each<E>(self, mut f: impl FnMut(Entry) -> Result<(), E>) -> Result<(), E> {
        for_each::<W, E>(self.root(), &mut f)
    }
}

/// The node with the entry. `known`: its key stands there.
fn put<const W: usize>(heap: &Heap, v: Value, level: usize, e: Entry, known: bool) -> Value {
    if let Some(bucket) = Bucket::<W>::of(v) {
        if bucket.hash() != e.hash {
            return join::<W>(heap, (Branch::Node(v), bucket.hash()), (Branch::One(e), e.hash), level);
        }
        let place = if known { bucket.place(e.key) } else { None };
        if place.is_some_and(|i| bucket.get(i) == e) {
            return v;
        }
        return bucket.with(heap, place, e);
    }
    let node = Node::<W>::of(v);
    let bit = bit(e.hash, level);
    if node.children & bit != 0 {
        let at = node.child_at(bit);
        let child = load(v, at);
        let new = put::<W>(heap, child, level + 1, e, known);
        return if new == child { v } else { node.with_word(heap, at, new) };
    }
    let at = node.entry_at(bit);
    if node.entries & bit == 0 {
        let mut new = Node::<W>::fresh(heap, node.entries | bit, node.children);
        new.copy(v, 2, at);
        push_entry::<W>(&mut new, e);
        new.copy(v, at, node.end());
        return new.finish();
    }
    let old = node.entry(at);
    if known && old.hash == e.hash && old.key == e.key {
        return if old.value == e.value { v } else { node.with_word(heap, at + 2, e.value) };
    }
    let child = pair::<W>(heap, old, e, level + 1);
    let before = node.child_at(bit);
    let mut new = Node::<W>::fresh(heap, node.entries & !bit, node.children | bit);
    new.copy(v, 2, at);
    new.copy(v, at + W, before);
    new.push(child);
    new.copy(v, before, node.end());
    new.finish()
}

/// What is left of the node without the key.
fn remove<const W: usize>(heap: &Heap, v: Value, level: usize, hash: u64, key: Value) -> Branch {
    if let Some(bucket) = Bucket::<W>::of(v) {
        return match bucket.place(key) {
            Some(i) if bucket.hash() == hash => bucket.without(heap, i),
            _ => Branch::Node(v),
        };
    }
    let node = Node::<W>::of(v);
    let bit = bit(hash, level);
    let (entries, children) = (node.entries.count_ones(), node.children.count_ones());
    if node.entries & bit != 0 {
        let at = node.entry_at(bit);
        if load(v, at + 1) != key {
            return Branch::Node(v);
        }
        match (entries, children) {
            (1, 0) => return Branch::Empty,
            (2, 0) => return Branch::One(node.entry(if at == 2 { 2 + W } else { 2 })),
            (1, 1) if Bucket::<W>::of(load(v, 2 + W)).is_some() => return Branch::Node(load(v, 2 + W)),
            _ => {}
        }
        let mut new = Node::<W>::fresh(heap, node.entries & !bit, node.children);
        new.copy(v, 2, at);
        new.copy(v, at + W, node.end());
        return Branch::Node(new.finish());
    }
    if node.children & bit == 0 {
        return Branch::Node(v);
    }
    let at = node.child_at(bit);
    let child = load(v, at);
    let alone = entries == 0 && children == 1;
    match remove::<W>(heap, child, level + 1, hash, key) {
        Branch::Node(new) if new == child => Branch::Node(v),
        // A bucket stands as high as it can.
        Branch::Node(new) if alone && Bucket::<W>::of(new).is_some() => Branch::Node(new),
        Branch::Node(new) => Branch::Node(node.with_word(heap, at, new)),
        Branch::One(e) if alone => Branch::One(e),
        Branch::One(e) => {
            let place = node.entry_at(bit);
            let mut new = Node::<W>::fresh(heap, node.entries | bit, node.children & !bit);
            new.copy(v, 2, place);
            push_entry::<W>(&mut new, e);
            new.copy(v, place, at);
            new.copy(v, at + 1, node.end());
            Branch::Node(new.finish())
        }
        // A child has two entries at least.
        Branch::Empty => Branch::Node(v),
    }
}

fn count<const W: usize>(branch: Branch) -> usize {
    match branch {
        Branch::Empty => 0,
        Branch::One(_) => 1,
        Branch::Node(v) => match Bucket::<W>::of(v) {
            Some(bucket) => bucket.len(),
            None => {
                let node = Node::<W>::of(v);
                let children = node.first_child()..node.end();
                node.entries.count_ones() as usize
                    + children.map(|at| count::<W>(Branch::Node(load(v, at)))).sum::<usize>()
            }
        },
    }
}

fn for_each<const W: usize, E>(branch: Branch, f: &mut impl FnMut(Entry) -> Result<(), E>) -> Result<(), E> {
    match branch {
        Branch::Empty => Ok(()),
        Branch::One(e) => f(e),
        Branch::Node(v) => match Bucket::<W>::of(v) {
            Some(bucket) => bucket.entries().try_for_each(f),
            None => {
                let node = Node::<W>::of(v);
                let (first, end) = (node.first_child(), node.end());
                for at in (2..first).step_by(W) {
                    f(node.entry(at))?;
                }
                (first..end).try_for_each(|at| for_each::<W, E>(Branch::Node(load(v, at)), f))
            }
        },
    }
}
