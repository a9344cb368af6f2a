//! Trees against `Vec` and `BTreeMap`, with collections whenever something may poll.

use super::{Item, ListTree, Node, Order, SortedMapTree, SortedSetTree, Tree, least, most};
use crate::persistent::Host;
use crate::persistent::trie::{Both, Plan};
use crate::{Config, Context, Heap, Space, Value};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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
        if self.calls.is_multiple_of(61) {
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
        Ok(number(a) == number(b))
    }

    fn pause(&mut self) -> Result<(), ()> {
        self.step();
        Ok(())
    }
}

impl Order for Tester {
    fn less(&mut self, a: Value, b: Value) -> Result<bool, ()> {
        self.step();
        self.comparisons += 1;
        if self.comparisons == self.fail_at { Err(()) } else { Ok(number(a) < number(b)) }
    }
}

/// Items are fresh objects, so that equal ones differ in identity and the collector has something to lose.
fn object(heap: &Heap, k: i32) -> Value {
    let v = heap.alloc_internal(crate::sub::VALUES, 2);
    // SAFETY: a fresh object of two words.
    unsafe { heap.store_init(v, 1, Value::small(k)) };
    v
}

fn number(v: Value) -> i32 {
    // SAFETY: `object` made it.
    unsafe { v.load(1) }.as_int().expect("an int") as i32
}

/// What every tree keeps to.
fn check<const W: usize, const KEYED: bool>(t: Tree<W, KEYED>) {
    fn walk<const W: usize, const KEYED: bool>(node: Node<W, KEYED>, is_root: bool) {
        assert!(node.len <= most::<W>(node.height));
        let fewest = if is_root { 1 + usize::from(node.height > 0) } else { least::<W>(node.height) };
        assert!(node.len >= fewest, "{} elements at height {}", node.len, node.height);
        if node.height == 0 {
            return;
        }
        let mut end = 0;
        for i in 0..node.len {
            let child = node.child(i);
            assert_eq!(child.height + 1, node.height);
            end += child.size();
            assert_eq!(node.end(i), end);
            if KEYED {
                assert!(node.key(i) == child.first_key());
            }
            walk(child, false);
        }
    }
    if let Some(root) = t.root() {
        walk(root, true);
    }
}

fn items<const W: usize, const KEYED: bool>(t: Tree<W, KEYED>) -> Vec<(i32, i64)> {
    let mut all = Vec::new();
    let _ = t.for_each(|[k, v]: Item| {
        all.push((number(k), v.as_int().unwrap_or(-1)));
        Ok::<_, ()>(())
    });
    let by_place: Vec<i32> = (0..t.len()).map(|i| number(t.get(i).expect("an item")[0])).collect();
    assert_eq!(by_place, all.iter().map(|(k, _)| *k).collect::<Vec<_>>());
    assert!(t.get(t.len()).is_none());
    all
}

fn numbers(t: ListTree) -> Vec<i32> {
    items(t).into_iter().map(|(k, _)| k).collect()
}

fn list(host: &mut Tester, from: i32, len: usize) -> ListTree {
    let all: Vec<i32> = (from..from + len as i32).collect();
    // The objects are kept by the tree that is being made.
    all.iter().fold(ListTree::EMPTY, |t, &k| {
        let v = object(host.heap(), k);
        t.insert(host.heap(), usize::MAX, [v, Value::EMPTY])
    })
}

fn set_of(host: &mut Tester, keys: &BTreeSet<i32>) -> SortedSetTree {
    keys.iter().fold(SortedSetTree::EMPTY, |t, &k| put(host, t, k, 0))
}

fn put<const W: usize>(host: &mut Tester, t: Tree<W, true>, k: i32, v: i32) -> Tree<W, true> {
    let key = object(host.heap(), k);
    let (rank, there) = t.search(host, key).expect("comparable");
    match t.get(rank) {
        Some([old, _]) if there => t.with(host.heap(), rank, [old, Value::small(v)]),
        _ => t.insert(host.heap(), rank, [key, Value::small(v)]),
    }
}

#[derive(Clone, Debug)]
enum Edit {
    Insert(prop::sample::Index, i32),
    Remove(prop::sample::Index),
    Set(prop::sample::Index, i32),
    Slice(prop::sample::Index, prop::sample::Index),
    Double,
    Grow(usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = any::<prop::sample::Index>;
    prop::collection::vec(
        prop_oneof![
            8 => (at(), 0..1000).prop_map(|(i, k)| Edit::Insert(i, k)),
            8 => at().prop_map(Edit::Remove),
            4 => (at(), 0..1000).prop_map(|(i, k)| Edit::Set(i, k)),
            2 => (at(), at()).prop_map(|(i, j)| Edit::Slice(i, j)),
            1 => Just(Edit::Double),
            3 => (0usize..300).prop_map(Edit::Grow),
        ],
        0..60,
    )
}

fn keys() -> impl Strategy<Value = BTreeSet<i32>> {
    prop_oneof![
        prop::collection::btree_set(0..400, 0..40),
        prop::collection::btree_set(0..2000, 0..600),
        (0..1000, 0..900).prop_map(|(from, n)| (from..from + n).collect()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_are_like_vectors(edits in edits(), start in 0usize..3000) {
        let mut host = Tester::new();
        let mut t = list(&mut host, 0, start);
        let mut model: Vec<i32> = (0..start as i32).collect();
        for edit in edits {
            // What was there stays as it was.
            let (before, old) = (t, model.len());
            match edit {
                Edit::Insert(i, k) => {
                    let at = i.index(model.len() + 1);
                    let v = object(host.heap(), k);
                    t = t.insert(host.heap(), at, [v, Value::EMPTY]);
                    model.insert(at, k);
                }
                Edit::Remove(i) if !model.is_empty() => {
                    let at = i.index(model.len());
                    t = t.remove(host.heap(), at);
                    model.remove(at);
                }
                Edit::Set(i, k) if !model.is_empty() => {
                    let at = i.index(model.len());
                    let v = object(host.heap(), k);
                    t = t.with(host.heap(), at, [v, Value::EMPTY]);
                    model[at] = k;
                }
                Edit::Slice(i, j) => {
                    let (i, j) = (i.index(model.len() + 1), j.index(model.len() + 1));
                    t = t.slice(host.heap(), i.min(j), i.max(j));
                    model = model[i.min(j)..i.max(j)].to_vec();
                }
                Edit::Double if model.len() < 20_000 => {
                    t = t.concat(host.heap(), t);
                    model.extend_from_within(..);
                }
                Edit::Grow(n) => {
                    let more = list(&mut host, 0, n);
                    let (a, b) = t.split(host.heap(), model.len() / 2);
                    t = a.concat(host.heap(), more).concat(host.heap(), b);
                    let half = model.len() / 2;
                    model.splice(half..half, 0..n as i32);
                }
                _ => {}
            }
            check(t);
            prop_assert_eq!(before.len(), old);
            prop_assert_eq!(t.len(), model.len());
            host.step();
        }
        prop_assert_eq!(numbers(t), model);
    }

    #[test]
    fn lists_are_built_and_compared(len in 0usize..5000, change in any::<prop::sample::Index>()) {
        let mut host = Tester::new();
        let source = list(&mut host, 0, len);
        let built = ListTree::build(&mut host, len, |i| source.get(i).expect("an item")).expect("nothing fails");
        check(built);
        prop_assert_eq!(numbers(built), (0..len as i32).collect::<Vec<_>>());
        let mut same = |_: &mut Tester, a: Item, b: Item| Ok(number(a[0]) == number(b[0]));
        prop_assert_eq!(source.equal(&mut host, built, &mut same), Ok(true));
        prop_assert_eq!(source.mismatch(&mut host, built, &mut same), Ok(None));
        if len > 0 {
            let at = change.index(len);
            let v = object(host.heap(), -1);
            let other = built.with(host.heap(), at, [v, Value::EMPTY]);
            prop_assert_eq!(source.equal(&mut host, other, &mut same), Ok(false));
            prop_assert_eq!(built.mismatch(&mut host, other, &mut same), Ok(Some(at)));
            let shorter = built.slice(host.heap(), 0, at);
            prop_assert_eq!(built.mismatch(&mut host, shorter, &mut same), Ok(Some(at)));
            prop_assert_eq!(built.equal(&mut host, shorter, &mut same), Ok(false));
        }
    }

    #[test]
    fn sorted_maps_are_like_btrees(ops in prop::collection::vec((0..700, prop::option::weighted(0.7, 0..9)), 0..900), probe in 0..700) {
        let mut host = Tester::new();
        let (mut t, mut model) = (SortedMapTree::EMPTY, BTreeMap::new());
        for (k, v) in ops {
            match v {
                Some(v) => {
                    t = put(&mut host, t, k, v);
                    model.insert(k, i64::from(v));
                }
                None => {
                    let key = object(host.heap(), k);
                    let (rank, there) = t.search(&mut host, key).expect("comparable");
                    prop_assert_eq!(there, model.remove(&k).is_some());
                    if there {
                        t = t.remove(host.heap(), rank);
                    }
                }
            }
        }
        check(t);
        prop_assert_eq!(items(t), model.clone().into_iter().collect::<Vec<_>>());
        let key = object(host.heap(), probe);
        let (rank, there) = t.search(&mut host, key).expect("comparable");
        prop_assert_eq!((rank, there), (model.range(..probe).count(), model.contains_key(&probe)));
        let (low, high) = t.split(host.heap(), rank);
        check(low);
        check(high);
        prop_assert_eq!(items(high), model.range(probe..).map(|(k, v)| (*k, *v)).collect::<Vec<_>>());
        prop_assert_eq!(low.len(), rank);
    }

    #[test]
    fn combinations(a in keys(), b in keys(), shared in prop::bool::ANY, which in any::<prop::sample::Index>()) {
        let mut host = Tester::new();
        let t = set_of(&mut host, &a);
        let (u, b) = if shared {
            // Made from the first one, so that they have nodes in common.
            let more: BTreeSet<i32> = b.iter().copied().take(10).collect();
            let u = more.iter().fold(t, |u, &k| put(&mut host, u, k, 0));
            (u, &a | &more)
        } else {
            (set_of(&mut host, &b), b)
        };
        for plan in [Plan::UNION, Plan::INTERSECTION, Plan::DIFFERENCE, Plan::EITHER] {
            let r = t.combine(&mut host, u, plan).expect("comparable");
            check(r);
            let expected: Vec<i32> = (&a | &b).into_iter().filter(|k| match (a.contains(k), b.contains(k)) {
                (true, true) => plan.both != Both::Neither,
                (true, false) => plan.left,
                _ => plan.right,
            }).collect();
            prop_assert_eq!(items(r).into_iter().map(|(k, _)| k).collect::<Vec<_>>(), expected);
        }
        host.comparisons = 0;
        prop_assert!(t.combine(&mut host, u, Plan::UNION).is_ok());
        if host.comparisons > 0 {
            host.fail_at = 1 + which.index(host.comparisons);
            host.comparisons = 0;
            prop_assert!(t.combine(&mut host, u, Plan::UNION).is_err());
        }
    }
}
