//! Sorted trees: search by key, and two trees combined by splitting one at the keys of the other.

use super::join::part;
use super::{Draft, LEAF_WORDS, Node, Tree};
use crate::persistent::trie::{Both, Plan};
use crate::persistent::{Host, load};
use crate::value::Value;

/// A host that knows an order of keys. Keys of which neither is before the other are the same one.
pub trait Order: Host {
    /// Whether `a` is before `b`.
    ///
    /// # Errors
    /// Whatever the comparison fails with.
    fn less(&mut self, a: Value, b: Value) -> Result<bool, Self::Error>;
}

impl<const W: usize> Tree<W, true> {
    /// How many keys `before` says yes to: those from the start of the tree, and no others.
    ///
    /// # Errors
    /// What `before` fails with.
    pub fn rank<E>(self, mut before: impl FnMut(Value) -> Result<bool, E>) -> Result<usize, E> {
        let Some(mut node) = self.root() else { return Ok(0) };
        let mut rank = 0;
        while node.height > 0 {
            // The last child whose first key is before, or the first one.
            let (mut from, mut to) = (1, node.len);
            while from < to {
                let mid = (from + to) / 2;
                if before(node.key(mid))? {
                    from = mid + 1;
                } else {
                    to = mid;
                }
            }
            rank += node.start(from - 1);
            node = node.child(from - 1);
        }
        let (mut from, mut to) = (0, node.len);
        while from < to {
            let mid = (from + to) / 2;
            if before(load(node.v, 2 + W * mid))? {
                from = mid + 1;
            } else {
                to = mid;
            }
        }
        Ok(rank + from)
    }

    /// The key's rank, and whether it is there.
    ///
    /// # Errors
    /// What the host fails with.
    pub fn search<H: Order>(self, host: &mut H, key: Value) -> Result<(usize, bool), H::Error> {
        let rank = self.rank(|k| host.less(k, key))?;
        let there = match self.get(rank) {
            Some([k, _]) => k == key || !host.less(key, k)?,
            None => false,
        };
        Ok((rank, there))
    }

    /// The two combined.
    ///
    /// # Errors
    /// What the host fails with.
    pub fn combine<H: Order>(self, host: &mut H, other: Self, plan: Plan) -> Result<Self, H::Error> {
        let (Some(a), Some(b)) = (self.root(), other.root()) else {
            let (left, right) =
                (if plan.left { self } else { Tree::EMPTY }, if plan.right { other } else { Tree::EMPTY });
            return Ok(if self.is_empty() { right } else { left });
        };
        if same_nodes(a, b) {
            return Ok(if plan.both == Both::Neither { Tree::EMPTY } else { self });
        }
        host.pause()?;
        if a.height == 0 && b.height == 0 {
            return merge(host, a, b, plan);
        }
        // The taller one is divided between two children, and the other one there.
        let (left, right) = if a.height >= b.height {
            let (left, right) = halves(host, a);
            let (first, second) = other.split_at(host, right)?;
            (left.combine(host, first, plan)?, right.combine(host, second, plan)?)
        } else {
            let (left, right) = halves(host, b);
            let (first, second) = self.split_at(host, right)?;
            (first.combine(host, left, plan)?, second.combine(host, right, plan)?)
        };
        Ok(left.concat(host.heap(), right))
    }

    /// The items before the first of `other`, and the rest.
    fn split_at<H: Order>(self, host: &mut H, other: Self) -> Result<(Self, Self), H::Error> {
        let Some(root) = other.root() else { return Ok((self, Tree::EMPTY)) };
        let rank = self.rank(|k| host.less(k, root.first_key()))?;
        Ok(self.split(host.heap(), rank))
    }
}

/// Whether two nodes have the same content, as far as that is plain to see.
fn same_nodes<const W: usize>(a: Node<W, true>, b: Node<W, true>) -> bool {
    let alike = a.height == b.height && a.len == b.len;
    let words = if a.height == 0 { W * a.len } else { a.len };
    a.v == b.v || alike && (2..2 + words).all(|i| load(a.v, i) == load(b.v, i))
}

/// The two halves of an inner node.
fn halves<const W: usize, H: Host>(host: &H, node: Node<W, true>) -> (Tree<W, true>, Tree<W, true>) {
    let half = node.len / 2;
    (part(host.heap(), node, 0, half), part(host.heap(), node, half, node.len))
}

/// [`Tree::combine`] of two leaves.
fn merge<const W: usize, H: Order>(
    host: &mut H,
    a: Node<W, true>,
    b: Node<W, true>,
    plan: Plan,
) -> Result<Tree<W, true>, H::Error> {
    const { assert!(2 * LEAF_WORDS <= (2 * super::FAN + 2) * super::ELEMENT) };
    let mut draft = Draft::<W, true>::new(0);
    let (mut i, mut j) = (0, 0);
    while i < a.len && j < b.len {
        let (x, y) = (a.item(i), b.item(j));
        let same = x[0] == y[0];
        if !same && host.less(x[0], y[0])? {
            i += 1;
            if plan.left {
                draft.item(x);
            }
        } else if !same && host.less(y[0], x[0])? {
            j += 1;
            if plan.right {
                draft.item(y);
            }
        } else {
            (i, j) = (i + 1, j + 1);
            match plan.both {
                Both::Left => draft.item(x),
                Both::Right => draft.item([x[0], y[1]]),
                Both::Neither => {}
            }
        }
    }
    if plan.left {
        draft.copy(a, i, a.len);
    }
    if plan.right {
        draft.copy(b, j, b.len);
    }
    Ok(draft.tree(host.heap()))
}
