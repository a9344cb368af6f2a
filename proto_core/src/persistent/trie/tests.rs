//! Tries against `HashMap`, with hashes that collide in some and in all digits, and collections whenever something may poll.

use super::{Batch, Branch, Bucket, Cursor, Entry, MapTrie, Node, Plan, SetTrie, Trie, spread};
use crate::persistent::Host;
use crate::{Config, Context, Heap, Root, Space, Value};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::ops::ControlFlow;

/// A host that collects in every so many calls.
struct Tester {
    cx: Box<Context>,
    calls: usize,
    comparisons: usize,
    fail_at: usize,
}

impl Tester {
    fn new() -> Tester {
        let space = Space::new(Config { verify: false, stack_words: 1 << 16, ..Config::default() });
        let cx = Box::new(Context::new(space));
        // SAFETY: boxed, and dropped by this thread.
        unsafe { cx.attach(None) };
        Tester { cx, calls: 0, comparisons: 0, fail_at: usize::MAX }
    }

    fn step(&mut self) {
        self.calls += 1;
        if self.calls.is_multiple_of(97) {
            self.cx.collect(self.calls.is_multiple_of(3));
        }
    }
}

impl Host for Tester {
    type Error = ();

    fn heap(&self) -> &Heap {
        &self.cx
    }

    fn same(&mut self, a: Value, b: Value) -> Result<bool, ()> {
        self.step();
        self.comparisons += 1;
        if self.comparisons == self.fail_at { Err(()) } else { Ok(number(a) == number(b)) }
    }

    fn pause(&mut self) -> Result<(), ()> {
        self.step();
        Ok(())
    }
}

/// Keys are fresh objects, so that equal ones differ in identity.
fn key(heap: &Heap, k: u16) -> Value {
    let v = heap.alloc_internal(crate::sub::VALUES, 2);
    // SAFETY: a fresh object of two words.
    unsafe { heap.store_init(v, 1, Value::small(k.into())) };
    v
}

fn number(key: Value) -> u16 {
    // SAFETY: `key` made it.
    unsafe { key.load(1) }.as_int().expect("an int") as u16
}

/// Some keys have one hash, some agree in many digits.
fn hash(k: u16) -> u64 {
    match k % 8 {
        0 => spread(7),
        1 => (u64::from(k) << 60) | 0x00AB_CDEF_0123_4500,
        2 => spread(i64::from(k / 64)),
        _ => spread(k.into()),
    }
}

fn find<const W: usize>(t: Trie<W>, k: u16) -> Option<Entry> {
    let found = t.find(hash(k), |v| Ok::<_, Infallible>(number(v) == k));
    found.unwrap_or_else(|never| match never {})
}

fn put<const W: usize>(host: &mut Tester, t: Trie<W>, k: u16, v: i32) -> Trie<W> {
    let value = if W == 3 { Value::small(v) } else { Value::EMPTY };
    let e = Entry { hash: hash(k), key: key(host.heap(), k), value };
    t.with(host.heap(), e, find(t, k).map(|e| e.key))
}

fn remove<const W: usize>(host: &mut Tester, t: Trie<W>, k: u16) -> Trie<W> {
    match find(t, k) {
        Some(e) => t.without(host.heap(), e.hash, e.key),
        None => t,
    }
}

/// The one shape: what a node may not be.
fn check<const W: usize>(t: Trie<W>) {
    fn walk<const W: usize>(branch: Branch, depth: usize) {
        let Branch::Node(v) = branch else { return };
        if let Some(bucket) = Bucket::<W>::of(v) {
            assert!(bucket.len() > 1);
            return;
        }
        let node = Node::<W>::of(v);
        assert_eq!(node.entries & node.children, 0);
        let (entries, children) = (node.entries.count_ones(), node.children.count_ones());
        assert!(entries + children > 0);
        if entries + children == 1 {
            let only = node.branch(node.entries | node.children);
            let is_root = depth == 0 && entries == 1;
            assert!(is_root || only.single_hash::<W>().is_none(), "stands lower than it could");
        }
        for bit in super::algebra::bits(node.entries | node.children) {
            let branch = node.branch(bit);
            if let Some(hash) = branch.single_hash::<W>() {
                assert_eq!(super::bit(hash, depth), bit);
            }
            walk::<W>(branch, depth + 1);
        }
    }
    walk::<W>(t.root(), 0);
}

/// Whether two tries have the same nodes, the order within buckets aside.
fn same_shape<const W: usize>(a: Branch, b: Branch) -> bool {
    match (a, b) {
        (Branch::Node(v), Branch::Node(w)) => match (Bucket::<W>::of(v), Bucket::<W>::of(w)) {
            (Some(x), Some(y)) => x.hash() == y.hash() && x.len() == y.len(),
            (None, None) => {
                let (v, w) = (Node::<W>::of(v), Node::<W>::of(w));
                (v.entries, v.children) == (w.entries, w.children)
                    && super::algebra::bits(v.children).all(|bit| same_shape::<W>(v.branch(bit), w.branch(bit)))
            }
            _ => false,
        },
        (Branch::One(x), Branch::One(y)) => x.hash == y.hash && number(x.key) == number(y.key),
        (Branch::Empty, Branch::Empty) => true,
        _ => false,
    }
}

fn content(t: MapTrie) -> HashMap<u16, i32> {
    let mut all = HashMap::new();
    let r = t.for_each(|e| {
        assert_eq!(e.hash, hash(number(e.key)));
        let v = e.value.as_int().expect("an int") as i32;
        if all.insert(number(e.key), v).is_some() { Err(number(e.key)) } else { Ok(()) }
    });
    assert_eq!(r, Ok(()), "a key is there twice");
    all
}

fn keys(t: SetTrie) -> HashSet<u16> {
    let mut all = HashSet::new();
    let _ = t.for_each(|e| {
        assert!(all.insert(number(e.key)));
        Ok::<_, ()>(())
    });
    all
}

/// A trie made step by step from these operations (a key without a value goes).
fn made(host: &mut Tester, ops: &[(u16, Option<i32>)]) -> (MapTrie, HashMap<u16, i32>) {
    let (mut t, mut model) = (MapTrie::EMPTY, HashMap::new());
    for &(k, v) in ops {
        match v {
            Some(v) => {
                t = put(host, t, k, v);
                model.insert(k, v);
            }
            None => {
                t = remove(host, t, k);
                model.remove(&k);
            }
        }
    }
    (t, model)
}

fn set_of(host: &mut Tester, ks: &HashSet<u16>) -> SetTrie {
    ks.iter().fold(SetTrie::EMPTY, |t, &k| put(host, t, k, 0))
}

fn ints(_: &mut Tester, a: Value, b: Value) -> Result<bool, ()> {
    Ok(a == b)
}

fn ops() -> impl Strategy<Value = Vec<(u16, Option<i32>)>> {
    prop::collection::vec((0u16..600, prop::option::weighted(0.7, 0..5)), 0..400)
}

fn key_sets() -> impl Strategy<Value = HashSet<u16>> {
    prop::collection::hash_set(0u16..300, 0..150)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn maps_are_like_hash_maps(ops in ops(), probes in prop::collection::vec(0u16..600, 50)) {
        let mut host = Tester::new();
        let (t, model) = made(&mut host, &ops);
        check(t);
        prop_assert_eq!(content(t), model.clone());
        prop_assert_eq!(t.count(), model.len());
        for k in probes {
            let found = find(t, k).and_then(|e| e.value.as_int());
            prop_assert_eq!(found, model.get(&k).map(|&v| v.into()));
        }
        // Step by step, with collections in between.
        let root = Root::new(&host.cx, Cursor::new(&host.cx, t).value());
        let mut seen = HashMap::new();
        while let Some(e) = Cursor::<3>::of(root.get()).expect("a cursor").next(&host.cx) {
            prop_assert!(seen.insert(number(e.key), e.value.as_int().expect("an int") as i32).is_none());
            host.step();
        }
        prop_assert_eq!(seen, model);
    }

    #[test]
    fn content_decides_shape(ops in ops(), order in any::<u64>()) {
        let mut host = Tester::new();
        let (t, model) = made(&mut host, &ops);
        let mut entries: Vec<_> = model.iter().map(|(&k, &v)| (k, Some(v))).collect();
        entries.sort_by_key(|(k, _)| order.wrapping_mul(u64::from(*k) * 2 + 1).rotate_left(17));
        let (other, _) = made(&mut host, &entries);
        prop_assert!(same_shape::<3>(t.root(), other.root()));
        prop_assert_eq!(t.equal(&mut host, other, &mut ints), Ok(true));
        let mut batch = Batch::<3>::new(&host.cx, entries.len()).expect("room");
        for &(k, v) in &entries {
            let value = Value::small(v.expect("a value"));
            let e = Entry { hash: hash(k), key: key(&host.cx, k), value };
            prop_assert!(batch.push(&host.cx, e));
        }
        let built = batch.build(&mut host).expect("no comparison");
        check(built);
        prop_assert!(same_shape::<3>(t.root(), built.root()));
        prop_assert_eq!(content(built), model.clone());
        // One difference is seen.
        if let Some((&k, &v)) = model.iter().next() {
            let changed = put(&mut host, other, k, v + 1);
            prop_assert_eq!(t.equal(&mut host, changed, &mut ints), Ok(false));
            let fewer = remove(&mut host, other, k);
            prop_assert_eq!(t.equal(&mut host, fewer, &mut ints), Ok(false));
        }
    }

    #[test]
    fn combinations(a in ops(), b in ops(), common in prop::bool::ANY) {
        let mut host = Tester::new();
        let (t, left) = made(&mut host, &a);
        // Half of the time the second is made from the first and shares with it.
        let (u, right) = if common {
            let (mut u, mut right) = (t, left.clone());
            for &(k, v) in b.iter().take(20) {
                match v {
                    Some(v) => { u = put(&mut host, u, k, v); right.insert(k, v); }
                    None => { u = remove(&mut host, u, k); right.remove(&k); }
                }
            }
            (u, right)
        } else {
            made(&mut host, &b)
        };
        for plan in [Plan::UNION, Plan::INTERSECTION, Plan::DIFFERENCE, Plan::EITHER] {
            let mut expected = HashMap::new();
            for (&k, &v) in &left {
                let stays = match right.get(&k) {
                    None => plan.left.then_some(v),
                    Some(&r) => match plan.both {
                        super::Both::Left => Some(v),
                        super::Both::Right => Some(r),
                        super::Both::Neither => None,
                    },
                };
                if let Some(v) = stays { expected.insert(k, v); }
            }
            if plan.right {
                expected.extend(right.iter().filter(|(k, _)| !left.contains_key(k)).map(|(&k, &v)| (k, v)));
            }
            let (r, len) = t.combine(&mut host, left.len(), u, plan).expect("comparable");
            check(r);
            prop_assert_eq!(content(r), expected.clone());
            prop_assert_eq!(len, expected.len());
            if expected == left {
                prop_assert!(r == t || plan.both == super::Both::Right, "what is as before is the same memory");
            }
        }
        let mut changes = HashMap::new();
        t.diff(&mut host, u, &mut ints, &mut |_, c| {
            let value = |v: Value| v.as_int().map(|i| i as i32);
            assert!(changes.insert(number(c.key), (value(c.old), value(c.new))).is_none());
            Ok(())
        }).expect("comparable");
        let all: HashSet<u16> = left.keys().chain(right.keys()).copied().collect();
        let expected: HashMap<_, _> = all.iter()
            .map(|k| (*k, (left.get(k).copied(), right.get(k).copied())))
            .filter(|(_, (old, new))| old != new)
            .collect();
        prop_assert_eq!(changes, expected);
    }

    #[test]
    fn relations(a in key_sets(), b in key_sets(), subset in prop::bool::ANY) {
        let mut host = Tester::new();
        let b = if subset { a.iter().copied().filter(|k| k % 3 != 0).collect() } else { b };
        let (t, u) = (set_of(&mut host, &a), set_of(&mut host, &b));
        check(t);
        prop_assert_eq!(keys(t), a.clone());
        prop_assert_eq!(u.is_subset(&mut host, t), Ok(b.is_subset(&a)));
        prop_assert_eq!(t.is_subset(&mut host, u), Ok(a.is_subset(&b)));
        prop_assert_eq!(t.is_disjoint(&mut host, u), Ok(a.is_disjoint(&b)));
        prop_assert_eq!(t.equal(&mut host, u, &mut ints), Ok(a == b));
    }

    #[test]
    fn errors_go_through(a in key_sets(), b in key_sets(), which in any::<prop::sample::Index>()) {
        let mut host = Tester::new();
        let (t, u) = (set_of(&mut host, &a), set_of(&mut host, &b));
        host.comparisons = 0;
        prop_assert!(t.combine(&mut host, a.len(), u, Plan::UNION).is_ok());
        if host.comparisons > 0 {
            host.fail_at = 1 + which.index(host.comparisons);
            host.comparisons = 0;
            prop_assert!(t.combine(&mut host, a.len(), u, Plan::UNION).is_err());
        }
        prop_assert_eq!(keys(t), a);
        prop_assert_eq!(keys(u), b);
    }
}

#[test]
fn hostile_hashes_keep_it_flat() {
    let mut host = Tester::new();
    let mut t = MapTrie::EMPTY;
    for k in 0..2000u16 {
        let e = Entry { hash: 64, key: key(&host.cx, k), value: Value::NONE };
        t = t.with(host.heap(), e, None);
    }
    let other = Entry { hash: 64 | 1 << 63, key: key(&host.cx, 9999), value: Value::NONE };
    let t = t.with(host.heap(), other, None);
    assert_eq!(t.count(), 2001);
    let mut depth = 0;
    let mut branch = t.root();
    while let Branch::Node(v) = branch {
        if Bucket::<3>::of(v).is_some() {
            break;
        }
        let node = Node::<3>::of(v);
        branch = node.branch(node.children & node.children.wrapping_neg());
        depth += 1;
    }
    assert!(depth <= super::LEVELS, "{depth} levels");
    let t = t.without(host.heap(), other.hash, other.key);
    assert!(matches!(t.root(), Branch::Node(v) if Bucket::<3>::of(v).is_some()));
    host.step();
}

#[test]
fn a_visit_can_be_ended() {
    let mut host = Tester::new();
    let (t, _) = made(&mut host, &(0..100).map(|k| (k, Some(1))).collect::<Vec<_>>());
    let mut seen = 0;
    let r = t.for_each(|_| {
        seen += 1;
        if seen == 10 { Err(ControlFlow::<(), ()>::Break(())) } else { Ok(()) }
    });
    assert!(r.is_err() && seen == 10);
}
