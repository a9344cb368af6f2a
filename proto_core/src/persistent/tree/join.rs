//! Putting trees together and taking them apart: only the nodes along the seam are made anew.

use super::{Draft, Node, Parts, Tree, least, merged};
use crate::Heap;
use crate::persistent::{Host, load};
use crate::value::Value;

impl<const W: usize, const KEYED: bool> Tree<W, KEYED> {
    /// The items of this one, then those of the other.
    pub fn concat(self, heap: &Heap, other: Self) -> Self {
        match (self.root(), other.root()) {
            (None, _) => other,
            (_, None) => self,
            (Some(left), Some(right)) => Tree::over(heap, join(heap, left, right)),
        }
    }

    /// The items before `at`, and the others.
    pub fn split(self, heap: &Heap, at: usize) -> (Self, Self) {
        match self.root() {
            _ if at == 0 => (Tree::EMPTY, self),
            Some(root) if at < root.size() => split(heap, root, at),
            _ => (self, Tree::EMPTY),
        }
    }

    /// The items `from..to`.
    pub fn slice(self, heap: &Heap, from: usize, to: usize) -> Self {
        if from >= to {
            return Tree::EMPTY;
        }
        self.split(heap, to).0.split(heap, from).1
    }

    /// Whether both have the same number of items and `same` says yes to each pair. What both share is not looked into.
    ///
    /// # Errors
    /// What the host or `same` fails with.
    pub fn equal<H: Host>(
        self,
        host: &mut H,
        other: Self,
        same: &mut dyn FnMut(&mut H, super::Item, super::Item) -> Result<bool, H::Error>,
    ) -> Result<bool, H::Error> {
        match (self.root(), other.root()) {
            (None, None) => Ok(true),
            (Some(a), Some(b)) if a.size() == b.size() => equal(host, a, b, same),
            _ => Ok(false),
        }
    }

    /// The first place where `same` says no; the shorter one's length if it begins the longer one, and None if they have one length.
    ///
    /// # Errors
    /// What the host or `same` fails with.
    pub fn mismatch<H: Host>(
        self,
        host: &mut H,
        other: Self,
        same: &mut dyn FnMut(&mut H, super::Item, super::Item) -> Result<bool, H::Error>,
    ) -> Result<Option<usize>, H::Error> {
        let both = self.len().min(other.len());
        let mut at = 0;
        while at < both {
            let (Some((a, i)), Some((b, j))) = (self.leaf_at(at), other.leaf_at(at)) else { break };
            let n = (a.len() - i).min(b.len() - j);
            if a.value() == b.value() && i == j {
                at += n;
                continue;
            }
            host.pause()?;
            for k in 0..n {
                let (x, y) = (a.0.item(i + k), b.0.item(j + k));
                if x != y && !same(host, x, y)? {
                    return Ok(Some(at));
                }
                at += 1;
            }
        }
        Ok((self.len() != other.len()).then_some(both))
    }
}

/// The two as one node of the greater height, or two.
pub(super) fn join<const W: usize, const KEYED: bool>(
    heap: &Heap,
    left: Node<W, KEYED>,
    right: Node<W, KEYED>,
) -> Parts {
    if left.height == right.height {
        let enough = least::<W>(left.height);
        if left.len >= enough && right.len >= enough {
            return (left.v, Some(right.v));
        }
        return merged(heap, left, right);
    }
    let mut draft = Draft::<W, KEYED>::new(left.height.max(right.height));
    if left.height > right.height {
        let parts = join(heap, left.child(left.len - 1), right);
        draft.copy(left, 0, left.len - 1);
        draft.parts(parts);
    } else {
        let parts = join(heap, left, right.child(0));
        draft.parts(parts);
        draft.copy(right, 1, right.len);
    }
    draft.finish(heap)
}

/// Elements `from..to` of a node as a tree.
pub(super) fn part<const W: usize, const KEYED: bool>(
    heap: &Heap,
    node: Node<W, KEYED>,
    from: usize,
    to: usize,
) -> Tree<W, KEYED> {
    if from == 0 && to == node.len {
        return Tree(node.v);
    }
    let mut draft = Draft::<W, KEYED>::new(node.height);
    draft.copy(node, from, to);
    draft.tree(heap)
}

fn split<const W: usize, const KEYED: bool>(
    heap: &Heap,
    node: Node<W, KEYED>,
    at: usize,
) -> (Tree<W, KEYED>, Tree<W, KEYED>) {
    if node.height == 0 {
        return (part(heap, node, 0, at), part(heap, node, at, node.len));
    }
    let i = node.child_with(at);
    let (before, within) = (part(heap, node, 0, i), at - node.start(i));
    if within == 0 {
        return (before, part(heap, node, i, node.len));
    }
    let (left, right) = split(heap, node.child(i), within);
    let after = part(heap, node, i + 1, node.len);
    (before.concat(heap, left), right.concat(heap, after))
}

fn equal<const W: usize, const KEYED: bool, H: Host>(
    host: &mut H,
    a: Node<W, KEYED>,
    b: Node<W, KEYED>,
    same: &mut dyn FnMut(&mut H, super::Item, super::Item) -> Result<bool, H::Error>,
) -> Result<bool, H::Error> {
    if a.v == b.v {
        return Ok(true);
    }
    host.pause()?;
    let alike = a.height == b.height && a.len == b.len;
    if alike && a.height > 0 && (0..a.len).all(|i| a.end(i) == b.end(i)) {
        for i in 0..a.len {
            let (x, y): (Value, Value) = (load(a.v, 2 + i), load(b.v, 2 + i));
            if x != y && !equal::<W, KEYED, H>(host, Node::of(x), Node::of(y), same)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    Ok(Tree::<W, KEYED>(a.v).mismatch(host, Tree(b.v), same)?.is_none())
}
