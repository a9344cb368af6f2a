//! Two tries at once: union and its like, equality, subsets, differences. What both have in common as memory is not looked into.

use super::{Branch, Bucket, Entry, Fresh, Host, Node, Trie, bit, count, for_each, join, kinds, load, push_entry};
use crate::Heap;
use crate::value::Value;

/// What becomes of a key that both have.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Both {
    /// The left entry stays.
    Left,
    /// The left key stays, with the right value.
    Right,
    /// It goes.
    Neither,
}

/// What a combination of two tries keeps.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Whether keys of the left one alone stay.
    pub left: bool,
    /// Whether keys of the right one alone stay.
    pub right: bool,
    /// What becomes of the others.
    pub both: Both,
}

impl Plan {
    /// All keys, the right one's values (`|`).
    pub const UNION: Plan = Plan { left: true, right: true, both: Both::Right };
    /// The keys of both (`&`).
    pub const INTERSECTION: Plan = Plan { left: false, right: false, both: Both::Left };
    /// The left one's keys that the right one lacks (`-`).
    pub const DIFFERENCE: Plan = Plan { left: true, right: false, both: Both::Neither };
    /// The keys that one of them has (`^`).
    pub const EITHER: Plan = Plan { left: true, right: true, both: Both::Neither };
}

/// One difference between two maps: no old value for a key that was added, no new one for a key that was removed (EMPTY).
#[derive(Copy, Clone, Debug)]
pub struct Change {
    /// The key.
    pub key: Value,
    /// Its value in the first map.
    pub old: Value,
    /// Its value in the second one.
    pub new: Value,
}

/// A comparison of values.
type Values<'f, H> = &'f mut dyn FnMut(&mut H, Value, Value) -> Result<bool, <H as Host>::Error>;
/// Who is told of changes.
type Told<'f, H> = &'f mut dyn FnMut(&mut H, Change) -> Result<(), <H as Host>::Error>;

impl<const W: usize> Trie<W> {
    /// The two combined, and the number of entries if this one has `len`.
    ///
    /// # Errors
    /// What the host fails with.
    pub fn combine<H: Host>(
        self,
        host: &mut H,
        len: usize,
        other: Trie<W>,
        plan: Plan,
    ) -> Result<(Trie<W>, usize), H::Error> {
        let mut len = len as isize;
        let root = combine::<W, H>(host, self.root(), other.root(), 0, plan, &mut len)?;
        let trie = Trie::from_root(host.heap(), root);
        // What two tries share is not counted where it goes.
        let len = if plan.both == Both::Neither { trie.count() } else { len as usize };
        Ok((trie, len))
    }

    /// Whether both have the same keys, with values that `values` finds equal.
    ///
    /// # Errors
    /// What the host or `values` fails with.
    pub fn equal<H: Host>(self, host: &mut H, other: Trie<W>, values: Values<'_, H>) -> Result<bool, H::Error> {
        equal::<W, H>(host, self.root(), other.root(), values)
    }

    /// Whether the other one has all keys of this one.
    ///
    /// # Errors
    /// What the host fails with.
    pub fn is_subset<H: Host>(self, host: &mut H, other: Trie<W>) -> Result<bool, H::Error> {
        is_subset::<W, H>(host, self.root(), other.root(), 0)
    }

    /// Whether they have no key in common.
    ///
    /// # Errors
    /// What the host fails with.
    pub fn is_disjoint<H: Host>(self, host: &mut H, other: Trie<W>) -> Result<bool, H::Error> {
        is_disjoint::<W, H>(host, self.root(), other.root(), 0)
    }

    /// Calls `told` with each difference to the other one; values that `values` finds equal are none.
    ///
    /// # Errors
    /// What the host, `values` or `told` fails with.
    pub fn diff<H: Host>(
        self,
        host: &mut H,
        other: Trie<W>,
        values: Values<'_, H>,
        told: Told<'_, H>,
    ) -> Result<(), H::Error> {
        diff::<W, H>(host, self.root(), other.root(), 0, values, told)
    }
}

/// The branches of a node at `level` that `branch` is, or would be part of.
fn occupied<const W: usize>(branch: Branch, level: usize) -> u32 {
    match branch {
        Branch::Empty => 0,
        _ if let Some(hash) = branch.single_hash::<W>() => bit(hash, level),
        Branch::Node(v) => Node::<W>::of(v).entries | Node::<W>::of(v).children,
        Branch::One(_) => 0,
    }
}

/// The set bits of a map.
pub(super) fn bits(mut map: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = map & map.wrapping_neg();
        map &= !bit;
        (bit != 0).then_some(bit)
    })
}

/// Both, if neither has more than one hash.
fn single<const W: usize>(a: Branch, b: Branch) -> Option<(u64, u64)> {
    Some((a.single_hash::<W>()?, b.single_hash::<W>()?))
}

/// The entries of a branch of one hash.
fn same_hash<const W: usize>(branch: Branch) -> impl Iterator<Item = Entry> {
    let (one, bucket) = match branch {
        Branch::One(e) => (Some(e), None),
        Branch::Node(v) => (None, Bucket::<W>::of(v)),
        Branch::Empty => (None, None),
    };
    one.into_iter().chain(bucket.into_iter().flat_map(Bucket::entries))
}

/// Where the key is among entries of its hash.
fn place_of<const W: usize, H: Host>(host: &mut H, key: Value, among: Branch) -> Result<Option<usize>, H::Error> {
    for (i, e) in same_hash::<W>(among).enumerate() {
        if e.key == key || host.same(e.key, key)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn combine<const W: usize, H: Host>(
    host: &mut H,
    a: Branch,
    b: Branch,
    level: usize,
    plan: Plan,
    len: &mut isize,
) -> Result<Branch, H::Error> {
    let counts = plan.both != Both::Neither;
    let alone = |branch: Branch, stays: bool, sign: isize, len: &mut isize| {
        if counts && stays != (sign < 0) {
            *len += sign * count::<W>(branch) as isize;
        }
        if stays { branch } else { Branch::Empty }
    };
    if a == Branch::Empty {
        return Ok(alone(b, plan.right, 1, len));
    }
    if b == Branch::Empty {
        return Ok(alone(a, plan.left, -1, len));
    }
    if a == b {
        return Ok(if counts { a } else { Branch::Empty });
    }
    if let (Branch::One(e), Branch::One(other)) = (a, b)
        && e.hash == other.hash
        && (e.key == other.key || host.same(e.key, other.key)?)
    {
        return Ok(match plan.both {
            Both::Left => a,
            Both::Right => Branch::One(Entry { value: other.value, ..e }),
            Both::Neither => Branch::Empty,
        });
    }
    if let Some((ha, hb)) = single::<W>(a, b) {
        if ha == hb {
            return combine_same_hash::<W, H>(host, a, b, plan, len);
        }
        let (a, b) = (alone(a, plan.left, -1, len), alone(b, plan.right, 1, len));
        return Ok(match (a, b) {
            (Branch::Empty, other) | (other, Branch::Empty) => other,
            _ => Branch::Node(join::<W>(host.heap(), (a, ha), (b, hb), level)),
        });
    }
    host.pause()?;
    let mut results = [Branch::Empty; 32];
    let (mut like_a, mut like_b) = (true, true);
    for bit in bits(occupied::<W>(a, level) | occupied::<W>(b, level)) {
        let (x, y) = (a.at::<W>(bit, level), b.at::<W>(bit, level));
        let r = combine::<W, H>(host, x, y, level + 1, plan, len)?;
        (like_a, like_b) = (like_a && r == x, like_b && r == y);
        results[bit.trailing_zeros() as usize] = r;
    }
    Ok(match (like_a, like_b) {
        (true, _) => a,
        (_, true) => b,
        _ => node_of::<W>(host.heap(), &results),
    })
}

/// The node of these branches, or what stands for it.
pub(super) fn node_of<const W: usize>(heap: &Heap, branches: &[Branch; 32]) -> Branch {
    let (mut entries, mut children, mut last) = (0u32, 0u32, Branch::Empty);
    for (i, branch) in branches.iter().enumerate() {
        match branch {
            Branch::Empty => continue,
            Branch::One(_) => entries |= 1 << i,
            Branch::Node(_) => children |= 1 << i,
        }
        last = *branch;
    }
    let few = (entries | children).count_ones() < 2;
    if few && (entries != 0 || children == 0 || last.single_hash::<W>().is_some()) {
        return last;
    }
    let mut new = Node::<W>::fresh(heap, entries, children);
    for branch in branches {
        if let Branch::One(e) = branch {
            push_entry::<W>(&mut new, *e);
        }
    }
    for branch in branches {
        if let Branch::Node(v) = branch {
            new.push(*v);
        }
    }
    Branch::Node(new.finish())
}

/// [`combine`] of entries that all have one hash. Comparisons may collect, so the result is gathered in an object.
fn combine_same_hash<const W: usize, H: Host>(
    host: &mut H,
    a: Branch,
    b: Branch,
    plan: Plan,
    len: &mut isize,
) -> Result<Branch, H::Error> {
    let most = count::<W>(a) + count::<W>(b);
    let gathered = host.heap().alloc_internal(kinds::<W>().bucket, Bucket::<W>::FIRST + (W - 1) * most);
    let mut n = 0;
    let mut hash = 0;
    let mut keep = |heap: &Heap, e: Entry| {
        hash = e.hash;
        let at = Bucket::<W>::FIRST + (W - 1) * n;
        // SAFETY: `gathered` has room for all entries of both.
        unsafe {
            heap.store(gathered, at, e.key);
            if W == 3 {
                heap.store(gathered, at + 1, e.value);
            }
        }
        n += 1;
    };
    // Which entries of `b` the left ones are.
    let mut met = vec![false; count::<W>(b)];
    for e in same_hash::<W>(a) {
        host.pause()?;
        match place_of::<W, H>(host, e.key, b)? {
            None if plan.left => keep(host.heap(), e),
            None => *len -= 1,
            Some(i) => {
                met[i] = true;
                match plan.both {
                    Both::Left => keep(host.heap(), e),
                    Both::Right => {
                        let value = same_hash::<W>(b).nth(i).map_or(e.value, |other| other.value);
                        keep(host.heap(), Entry { value, ..e });
                    }
                    Both::Neither => {}
                }
            }
        }
    }
    if plan.right {
        for (e, _) in same_hash::<W>(b).zip(met).filter(|(_, met)| !met) {
            keep(host.heap(), e);
            *len += 1;
        }
    }
    let heap = host.heap();
    for old in [a, b] {
        // The very same content is the old memory.
        let kept = |e: &Entry, i: usize| {
            let at = Bucket::<W>::FIRST + (W - 1) * i;
            load(gathered, at) == e.key && (W == 2 || load(gathered, at + 1) == e.value)
        };
        if count::<W>(old) == n && same_hash::<W>(old).enumerate().all(|(i, e)| kept(&e, i)) {
            return Ok(old);
        }
    }
    let entry = |i: usize| {
        let at = Bucket::<W>::FIRST + (W - 1) * i;
        Entry { hash, key: load(gathered, at), value: if W == 3 { load(gathered, at + 1) } else { Value::EMPTY } }
    };
    Ok(match n {
        0 => Branch::Empty,
        1 => Branch::One(entry(0)),
        _ => {
            let mut new: Fresh<'_> = Bucket::<W>::fresh(heap, hash, n);
            (0..n).for_each(|i| Bucket::<W>::push(&mut new, entry(i)));
            Branch::Node(new.finish())
        }
    })
}

fn equal<const W: usize, H: Host>(host: &mut H, a: Branch, b: Branch, values: Values<'_, H>) -> Result<bool, H::Error> {
    if a == b {
        return Ok(true);
    }
    if let Some((ha, hb)) = single::<W>(a, b) {
        if ha != hb || count::<W>(a) != count::<W>(b) {
            return Ok(false);
        }
        for e in same_hash::<W>(a) {
            host.pause()?;
            let Some(i) = place_of::<W, H>(host, e.key, b)? else { return Ok(false) };
            let other = same_hash::<W>(b).nth(i).map_or(Value::EMPTY, |other| other.value);
            if e.value != other && !values(host, e.value, other)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let (Branch::Node(v), Branch::Node(w)) = (a, b) else { return Ok(false) };
    if a.single_hash::<W>().is_some() || b.single_hash::<W>().is_some() {
        return Ok(false);
    }
    let (v, w) = (Node::<W>::of(v), Node::<W>::of(w));
    if (v.entries, v.children) != (w.entries, w.children) {
        return Ok(false);
    }
    host.pause()?;
    // The hashes first: they are at hand and tell most differences.
    for at in (2..v.first_child()).step_by(W) {
        if v.entry(at).hash != w.entry(at).hash {
            return Ok(false);
        }
    }
    for bit in bits(v.entries | v.children) {
        if !equal::<W, H>(host, v.branch(bit), w.branch(bit), values)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_subset<const W: usize, H: Host>(host: &mut H, a: Branch, b: Branch, level: usize) -> Result<bool, H::Error> {
    if a == Branch::Empty || a == b {
        return Ok(true);
    }
    if b == Branch::Empty {
        return Ok(false);
    }
    if let Some((ha, hb)) = single::<W>(a, b) {
        if ha != hb || count::<W>(a) > count::<W>(b) {
            return Ok(false);
        }
        for e in same_hash::<W>(a) {
            host.pause()?;
            if place_of::<W, H>(host, e.key, b)?.is_none() {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    host.pause()?;
    for bit in bits(occupied::<W>(a, level)) {
        if !is_subset::<W, H>(host, a.at::<W>(bit, level), b.at::<W>(bit, level), level + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_disjoint<const W: usize, H: Host>(host: &mut H, a: Branch, b: Branch, level: usize) -> Result<bool, H::Error> {
    if a == Branch::Empty || b == Branch::Empty {
        return Ok(true);
    }
    if a == b {
        return Ok(false);
    }
    if let Some((ha, hb)) = single::<W>(a, b) {
        if ha == hb {
            for e in same_hash::<W>(a) {
                host.pause()?;
                if place_of::<W, H>(host, e.key, b)?.is_some() {
                    return Ok(false);
                }
            }
        }
        return Ok(true);
    }
    host.pause()?;
    for bit in bits(occupied::<W>(a, level) & occupied::<W>(b, level)) {
        if !is_disjoint::<W, H>(host, a.at::<W>(bit, level), b.at::<W>(bit, level), level + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn diff<const W: usize, H: Host>(
    host: &mut H,
    a: Branch,
    b: Branch,
    level: usize,
    values: Values<'_, H>,
    told: Told<'_, H>,
) -> Result<(), H::Error> {
    if a == b {
        return Ok(());
    }
    let removed = |e: Entry| Change { key: e.key, old: e.value, new: Value::EMPTY };
    let added = |e: Entry| Change { key: e.key, old: Value::EMPTY, new: e.value };
    let hashes = single::<W>(a, b);
    if a == Branch::Empty || b == Branch::Empty || hashes.is_some_and(|(ha, hb)| ha != hb) {
        for_each::<W, H::Error>(a, &mut |e| told(host, removed(e)))?;
        return for_each::<W, H::Error>(b, &mut |e| told(host, added(e)));
    }
    host.pause()?;
    if hashes.is_none() {
        for bit in bits(occupied::<W>(a, level) | occupied::<W>(b, level)) {
            diff::<W, H>(host, a.at::<W>(bit, level), b.at::<W>(bit, level), level + 1, values, told)?;
        }
        return Ok(());
    }
    let mut met = vec![false; count::<W>(b)];
    for e in same_hash::<W>(a) {
        host.pause()?;
        match place_of::<W, H>(host, e.key, b)? {
            None => told(host, removed(e))?,
            Some(i) => {
                met[i] = true;
                let new = same_hash::<W>(b).nth(i).map_or(e.value, |other| other.value);
                if new != e.value && !values(host, e.value, new)? {
                    told(host, Change { key: e.key, old: e.value, new })?;
                }
            }
        }
    }
    for (e, _) in same_hash::<W>(b).zip(met).filter(|(_, met)| !met) {
        told(host, added(e))?;
    }
    Ok(())
}
