//! Sequences and sorted collections: trees whose leaves have one depth, made of wide nodes, joined and split at any place.
//!
//! All nodes but the first are at least half full: a leaf has some 31 to 62 items, an inner node 15 to 31 children. (A binary tree of
//! a million elements would have five times the levels, and a position is found by as many loads that miss the cache.) An inner node
//! knows where each child ends, and in a sorted collection the first key of each. Everything that changes a tree is made of three
//! steps: a node is written from parts of old ones, is divided where it is too large, is put together with its neighbour where it is too
//! small.
//!
//! Items are of `W` words: 1, or 2 for keys with values; `KEYED` trees are in the order of the first word.

mod join;
mod sorted;
#[cfg(test)]
mod tests;

pub use sorted::Order;

use super::{Fresh, Host, load, load_raw, subkind};
use crate::Heap;
use crate::cell::layout::sub;
use crate::value::{Kind, Value};

/// Words of a leaf's items at most: with the first two it is eight cells.
const LEAF_WORDS: usize = 62;
/// Children of an inner node at most.
const FAN: usize = 31;
/// Words of an inner node's element in a [`Draft`]: child, size, first key.
const ELEMENT: usize = 3;

/// A sequence (`W` = 1) or sorted collection.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Tree<const W: usize, const KEYED: bool>(Value);

/// A sequence.
pub type ListTree = Tree<1, false>;
/// A sorted set.
pub type SortedSetTree = Tree<1, true>;
/// A sorted map.
pub type SortedMapTree = Tree<2, true>;

/// An item; the second word is EMPTY where items are of one.
pub type Item = [Value; 2];

/// The subkinds of what a tree is made of.
struct Kinds {
    leaf: u16,
    inner: u16,
}

const fn kinds<const W: usize, const KEYED: bool>() -> Kinds {
    match (W, KEYED) {
        (1, false) => Kinds { leaf: sub::LEAF_LIST, inner: sub::INNER_LIST },
        (1, true) => Kinds { leaf: sub::LEAF_SET, inner: sub::INNER_SET },
        _ => Kinds { leaf: sub::LEAF_MAP, inner: sub::INNER_MAP },
    }
}

/// Elements that a node of this height may have.
const fn most<const W: usize>(height: usize) -> usize {
    if height == 0 { LEAF_WORDS / W } else { FAN }
}

/// Elements that a node of this height has at least, unless it is the first.
const fn least<const W: usize>(height: usize) -> usize {
    most::<W>(height) / 2
}

/// A node.
#[derive(Copy, Clone, PartialEq, Eq)]
struct Node<const W: usize, const KEYED: bool> {
    v: Value,
    /// Items or children.
    len: usize,
    height: usize,
}

impl<const W: usize, const KEYED: bool> Node<W, KEYED> {
    #[inline(always)]
    fn of(v: Value) -> Self {
        let first = load_raw(v, 1);
        Node { v, len: first as u32 as usize, height: (first >> 32) as usize }
    }

    /// The item's words begin at word `2 + W * i` of a leaf.
    #[inline(always)]
    fn item(self, i: usize) -> Item {
        let at = 2 + W * i;
        [load(self.v, at), if W == 2 { load(self.v, at + 1) } else { Value::EMPTY }]
    }

    #[inline(always)]
    fn child(self, i: usize) -> Self {
        Node::of(load(self.v, 2 + i))
    }

    /// Where child `i` ends: items in it and in those before.
    #[inline(always)]
    fn end(self, i: usize) -> usize {
        load_raw(self.v, 2 + self.len + i) as usize >> 2
    }

    /// Where child `i` begins.
    #[inline(always)]
    fn start(self, i: usize) -> usize {
        if i == 0 { 0 } else { self.end(i - 1) }
    }

    /// The first key of child `i`.
    #[inline(always)]
    fn key(self, i: usize) -> Value {
        load(self.v, 2 + 2 * self.len + i)
    }

    /// The first key of all.
    #[inline]
    fn first_key(self) -> Value {
        match (KEYED, self.height) {
            (false, _) => Value::EMPTY,
            (true, 0) => load(self.v, 2),
            (true, _) => self.key(0),
        }
    }

    /// Number of items.
    #[inline(always)]
    fn size(self) -> usize {
        if self.height == 0 { self.len } else { self.end(self.len - 1) }
    }

    /// The child that item `at` is in.
    #[inline]
    fn child_with(self, at: usize) -> usize {
        let (mut from, mut to) = (0, self.len - 1);
        while from < to {
            let mid = (from + to) / 2;
            if self.end(mid) <= at {
                from = mid + 1;
            } else {
                to = mid;
            }
        }
        from
    }

    /// The leaf with item `at`, which exists, and the item's place in it.
    #[inline]
    fn descend(self, mut at: usize) -> (Self, usize) {
        let mut node = self;
        while node.height > 0 {
            let i = node.child_with(at);
            at -= node.start(i);
            node = node.child(i);
        }
        (node, at)
    }

    /// All words.
    fn words(self) -> usize {
        2 + self.len * if self.height == 0 { W } else { 2 + KEYED as usize }
    }

    fn fresh(heap: &Heap, len: usize, height: usize) -> Fresh<'_> {
        let kinds = const { kinds::<W, KEYED>() };
        let (subkind, each) = if height == 0 { (kinds.leaf, W) } else { (kinds.inner, 2 + KEYED as usize) };
        Fresh::new(heap, subkind, len as u64 | (height as u64) << 32, 2 + len * each)
    }

    /// The same node with other words from `at` on.
    fn with_words(self, heap: &Heap, at: usize, words: &[Value]) -> Value {
        let mut new = Self::fresh(heap, self.len, self.height);
        new.copy(self.v, 2, at);
        words.iter().for_each(|&w| new.push(w));
        new.copy(self.v, at + words.len(), self.words());
        new.finish()
    }
}

/// What a node became: itself, or two.
type Parts = (Value, Option<Value>);

/// The elements of a node that is to be written, up to those of two full ones and one more. It is on the native stack, so the collector
/// sees it.
struct Draft<const W: usize, const KEYED: bool> {
    words: [Value; (2 * FAN + 2) * ELEMENT],
    used: usize,
    height: usize,
}

impl<const W: usize, const KEYED: bool> Draft<W, KEYED> {
    fn new(height: usize) -> Self {
        Draft { words: [Value::EMPTY; (2 * FAN + 2) * ELEMENT], used: 0, height }
    }

    fn stride(&self) -> usize {
        if self.height == 0 { W } else { ELEMENT }
    }

    fn len(&self) -> usize {
        self.used / self.stride()
    }

    #[inline(always)]
    fn word(&mut self, v: Value) {
        self.words[self.used] = v;
        self.used += 1;
    }

    /// Adds an item to what becomes a leaf.
    #[inline(always)]
    fn item(&mut self, item: Item) {
        item.into_iter().take(W).for_each(|w| self.word(w));
    }

    /// Adds a child to what becomes an inner node.
    #[inline(always)]
    fn child(&mut self, v: Value) {
        let node = Node::<W, KEYED>::of(v);
        self.element(v, node.size(), node.first_key());
    }

    #[inline(always)]
    fn element(&mut self, child: Value, size: usize, key: Value) {
        self.word(child);
        self.word(Value::from_usize(size));
        self.word(key);
    }

    /// Adds what a node became.
    fn parts(&mut self, (first, second): Parts) {
        self.child(first);
        if let Some(second) = second {
            self.child(second);
        }
    }

    /// Adds elements `from..to` of a node of this height.
    fn copy(&mut self, node: Node<W, KEYED>, from: usize, to: usize) {
        for i in from..to {
            if self.height == 0 {
                self.item(node.item(i));
            } else {
                let key = if KEYED { node.key(i) } else { Value::EMPTY };
                self.element(load(node.v, 2 + i), node.end(i) - node.start(i), key);
            }
        }
    }

    /// The node with elements `from..to`.
    fn write(&self, heap: &Heap, from: usize, to: usize) -> Value {
        let (len, stride) = (to - from, self.stride());
        let words = &self.words[from * stride..to * stride];
        let mut new = Node::<W, KEYED>::fresh(heap, len, self.height);
        if self.height == 0 {
            words.iter().for_each(|&w| new.push(w));
            return new.finish();
        }
        words.iter().step_by(ELEMENT).for_each(|&child| new.push(child));
        let mut end = 0;
        for size in words.iter().skip(1).step_by(ELEMENT) {
            end += size.int_unchecked() as usize;
            new.push(Value::from_usize(end));
        }
        if KEYED {
            words.iter().skip(2).step_by(ELEMENT).for_each(|&key| new.push(key));
        }
        new.finish()
    }

    /// The node, or two halves of what is too much for one.
    fn finish(&self, heap: &Heap) -> Parts {
        let len = self.len();
        if len <= most::<W>(self.height) {
            return (self.write(heap, 0, len), None);
        }
        (self.write(heap, 0, len / 2), Some(self.write(heap, len / 2, len)))
    }

    /// The tree of these elements: no node for none, none for a single child.
    fn tree(&self, heap: &Heap) -> Tree<W, KEYED> {
        match self.len() {
            0 => Tree::EMPTY,
            1 if self.height > 0 => Tree(self.words[0]),
            _ => Tree::over(heap, self.finish(heap)),
        }
    }
}

/// A leaf: some items that follow each other.
#[derive(Copy, Clone)]
pub struct Leaf<const W: usize, const KEYED: bool>(Node<W, KEYED>);

impl<const W: usize, const KEYED: bool> Leaf<W, KEYED> {
    /// The leaf that [`Leaf::value`] gave this word for.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Self> {
        let leaf = const { kinds::<W, KEYED>().leaf };
        (v.is_kind(Kind::Internal) && subkind(v) == leaf).then(|| Leaf(Node::of(v)))
    }

    /// The word that stands for it, for a native slot.
    pub fn value(self) -> Value {
        self.0.v
    }

    /// Number of items.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        self.0.len
    }

    /// Item `i`.
    #[inline(always)]
    pub fn get(self, i: usize) -> Option<Item> {
        (i < self.0.len).then(|| self.0.item(i))
    }
}

impl<const W: usize, const KEYED: bool> Tree<W, KEYED> {
    /// The tree without items.
    pub const EMPTY: Self = Tree(Value::EMPTY);

    /// The tree that [`Tree::value`] gave this word for.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Self> {
        let kinds = const { kinds::<W, KEYED>() };
        let is_node = v.is_kind(Kind::Internal) && [kinds.leaf, kinds.inner].contains(&subkind(v));
        (v.is_empty() || is_node).then_some(Tree(v))
    }

    /// The word that stands for it: EMPTY or its first node. For native slots.
    pub fn value(self) -> Value {
        self.0
    }

    #[inline(always)]
    fn root(self) -> Option<Node<W, KEYED>> {
        self.0.non_empty().map(Node::of)
    }

    /// The tree over what its first node became.
    fn over(heap: &Heap, (first, second): Parts) -> Self {
        let Some(second) = second else { return Tree(first) };
        let mut root = Draft::<W, KEYED>::new(Node::<W, KEYED>::of(first).height + 1);
        root.child(first);
        root.child(second);
        Tree(root.write(heap, 0, 2))
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.root().map_or(0, Node::size)
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Item `at`.
    #[inline]
    pub fn get(self, at: usize) -> Option<Item> {
        let root = self.root()?;
        if at >= root.size() {
            return None;
        }
        let (leaf, i) = root.descend(at);
        Some(leaf.item(i))
    }

    /// The leaf with item `at`, and the item's place in it.
    #[inline]
    pub fn leaf_at(self, at: usize) -> Option<(Leaf<W, KEYED>, usize)> {
        let root = self.root()?;
        if at >= root.size() {
            return None;
        }
        let (leaf, i) = root.descend(at);
        Some((Leaf(leaf), i))
    }

    /// Calls `f` with each item in order.
    ///
    /// # Errors
    /// What `f` fails with.
    pub fn for_each<E>(self, mut f: impl FnMut(Item) -> Result<(), E>) -> Result<(), E> {
        fn walk<const W: usize, const KEYED: bool, E>(
            node: Node<W, KEYED>,
            f: &mut impl FnMut(Item) -> Result<(), E>,
        ) -> Result<(), E> {
            if node.height == 0 {
                return (0..node.len).try_for_each(|i| f(node.item(i)));
            }
            (0..node.len).try_for_each(|i| walk(node.child(i), f))
        }
        self.root().map_or(Ok(()), |root| walk(root, &mut f))
    }

    /// With another item in place of item `at`, if there is one. In a sorted tree the key is the same one.
    pub fn with(self, heap: &Heap, at: usize, item: Item) -> Self {
        fn set<const W: usize, const KEYED: bool>(heap: &Heap, node: Node<W, KEYED>, at: usize, item: Item) -> Value {
            if node.height == 0 {
                return node.with_words(heap, 2 + W * at, &item[..W]);
            }
            let i = node.child_with(at);
            let child = set(heap, node.child(i), at - node.start(i), item);
            node.with_words(heap, 2 + i, &[child])
        }
        match self.root() {
            Some(root) if at < root.size() => Tree(set(heap, root, at, item)),
            _ => self,
        }
    }

    /// With an item before item `at`, or at the end.
    pub fn insert(self, heap: &Heap, at: usize, item: Item) -> Self {
        let Some(root) = self.root() else {
            let mut leaf = Draft::<W, KEYED>::new(0);
            leaf.item(item);
            return leaf.tree(heap);
        };
        if at >= root.size()
            && let Some(v) = push(heap, root, item)
        {
            return Tree(v);
        }
        Tree::over(heap, insert(heap, root, at.min(root.size()), item))
    }

    /// Without item `at`, if there is one.
    pub fn remove(self, heap: &Heap, at: usize) -> Self {
        match self.root() {
            Some(root) if at < root.size() => {
                let mut root = Node::<W, KEYED>::of(remove(heap, root, at));
                while root.height > 0 && root.len == 1 {
                    root = root.child(0);
                }
                if root.len == 0 { Tree::EMPTY } else { Tree(root.v) }
            }
            _ => self,
        }
    }

    /// The tree of `len` items, which `item` gives.
    ///
    /// # Errors
    /// What the host fails with.
    pub fn build<H: Host>(host: &mut H, len: usize, mut item: impl FnMut(usize) -> Item) -> Result<Self, H::Error> {
        let mut height = 0;
        let mut room = most::<W>(0);
        while room < len {
            height += 1;
            room = room.saturating_mul(FAN);
        }
        if len == 0 {
            return Ok(Tree::EMPTY);
        }
        Ok(Tree(build::<W, KEYED, H>(host, 0, len, height, room, &mut item)?))
    }
}

/// A node of this height over items `from..to`, where one has room for `room`: its children are as even as can be.
fn build<const W: usize, const KEYED: bool, H: Host>(
    host: &mut H,
    from: usize,
    to: usize,
    height: usize,
    room: usize,
    item: &mut impl FnMut(usize) -> Item,
) -> Result<Value, H::Error> {
    if height == 0 {
        host.pause()?;
        let mut new = Node::<W, KEYED>::fresh(host.heap(), to - from, 0);
        for i in from..to {
            item(i).into_iter().take(W).for_each(|w| new.push(w));
        }
        return Ok(new.finish());
    }
    let room = room / FAN;
    let (len, parts) = (to - from, (to - from).div_ceil(room));
    let mut draft = Draft::<W, KEYED>::new(height);
    for part in 0..parts {
        let (start, end) = (from + len * part / parts, from + len * (part + 1) / parts);
        let child = build::<W, KEYED, H>(host, start, end, height - 1, room, item)?;
        draft.child(child);
    }
    Ok(draft.write(host.heap(), 0, parts))
}

/// The node with an item at its end, if its last leaf has room.
fn push<const W: usize, const KEYED: bool>(heap: &Heap, node: Node<W, KEYED>, item: Item) -> Option<Value> {
    if node.height == 0 {
        if node.len == most::<W>(0) {
            return None;
        }
        let mut new = Node::<W, KEYED>::fresh(heap, node.len + 1, 0);
        new.copy(node.v, 2, node.words());
        item.into_iter().take(W).for_each(|w| new.push(w));
        return Some(new.finish());
    }
    let last = node.len - 1;
    let child = push(heap, node.child(last), item)?;
    let mut new = Node::<W, KEYED>::fresh(heap, node.len, node.height);
    new.copy(node.v, 2, 2 + last);
    new.push(child);
    new.copy(node.v, 2 + node.len, 2 + node.len + last);
    new.push(Value::from_usize(node.end(last) + 1));
    new.copy(node.v, 2 + 2 * node.len, node.words());
    Some(new.finish())
}

fn insert<const W: usize, const KEYED: bool>(heap: &Heap, node: Node<W, KEYED>, at: usize, item: Item) -> Parts {
    let mut draft = Draft::<W, KEYED>::new(node.height);
    if node.height == 0 {
        draft.copy(node, 0, at);
        draft.item(item);
        draft.copy(node, at, node.len);
    } else {
        let i = node.child_with(at);
        let parts = insert(heap, node.child(i), at - node.start(i), item);
        draft.copy(node, 0, i);
        draft.parts(parts);
        draft.copy(node, i + 1, node.len);
    }
    draft.finish(heap)
}

/// The node without an item; it may have too few elements then.
fn remove<const W: usize, const KEYED: bool>(heap: &Heap, node: Node<W, KEYED>, at: usize) -> Value {
    let mut draft = Draft::<W, KEYED>::new(node.height);
    if node.height == 0 {
        draft.copy(node, 0, at);
        draft.copy(node, at + 1, node.len);
        return draft.write(heap, 0, node.len - 1);
    }
    let i = node.child_with(at);
    let child = Node::<W, KEYED>::of(remove(heap, node.child(i), at - node.start(i)));
    if child.len >= least::<W>(child.height) || node.len == 1 {
        draft.copy(node, 0, i);
        draft.child(child.v);
        draft.copy(node, i + 1, node.len);
    } else {
        // With the neighbour it makes one node, or two that are large enough.
        let (left, right, first) = if i > 0 { (node.child(i - 1), child, i - 1) } else { (child, node.child(1), 0) };
        draft.copy(node, 0, first);
        draft.parts(merged(heap, left, right));
        draft.copy(node, first + 2, node.len);
    }
    draft.write(heap, 0, draft.len())
}

/// The elements of two neighbours of one height, in one node or two of the same size.
fn merged<const W: usize, const KEYED: bool>(heap: &Heap, left: Node<W, KEYED>, right: Node<W, KEYED>) -> Parts {
    let mut draft = Draft::<W, KEYED>::new(left.height);
    draft.copy(left, 0, left.len);
    draft.copy(right, 0, right.len);
    draft.finish(heap)
}
