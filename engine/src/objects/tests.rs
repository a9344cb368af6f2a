//! Containers and strings against models from the standard library, with collections in between.

use super::*;
use proto_core::{Config, Context, Heap, RootVec, Shared, Space, Value};

/// Runs `f` with a context of a fresh runtime, attached to this thread.
fn with_context(f: impl FnOnce(&mut Context)) {
    let space = Space::new(Config::from_env());
    let mut cx = Box::new(Context::new(space));
    // SAFETY: the box keeps the context in place until it is dropped.
    unsafe { cx.attach(None) };
    // The reserved shapes, as the type system makes them.
    for _ in 16..64 {
        space.new_shape(&cx, proto_core::Kind::Object, Value::EMPTY, 3, 6, proto_core::ShapeMode::Fixed);
    }
    f(&mut cx);
    cx.detach();
}

/// A small generator of random numbers (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Value number `i`: ints, short and long strings, big ints, floats, tuples.
fn value(heap: &Heap, i: usize) -> Value {
    match i % 6 {
        0 => Value::from_usize(i),
        1 => Str::new(heap, &format!("s{i}")),
        2 => Str::new(heap, &format!("a longer string, number {i}")),
        3 => int::from_i128(heap, (1i128 << 70) + i as i128),
        4 => float::new(heap, i as f64 * 1e100 + 0.5),
        _ => Tuple::new(heap, &[Value::from_usize(i), Str::new(heap, &format!("in tuple {i}"))]),
    }
}

fn same(heap: &Heap, v: Value, i: usize) -> bool {
    simple_eq(v, value(heap, i)) == Some(true)
}

fn check_list(heap: &Heap, l: List, model: &[usize]) {
    assert_eq!(l.len(), model.len());
    for (k, m) in model.iter().enumerate() {
        assert!(same(heap, l.get(k).expect("item"), *m), "item {k}");
    }
    assert_eq!(l.get(model.len()), None);
}

#[test]
fn list_against_vec() {
    with_context(|cx| {
        let mut r = Random(42);
        let l = List::new(cx);
        let mut model: Vec<usize> = Vec::new();
        for step in 0..20_000 {
            let x = r.below(1000);
            let at = r.below(model.len() + 1);
            match r.below(16) {
                0..=4 => {
                    l.push(cx, value(cx, x));
                    model.push(x);
                }
                5 => {
                    l.insert(cx, at, value(cx, x));
                    model.insert(at, x);
                }
                6 | 7 => {
                    let v = l.pop(cx);
                    assert_eq!(v.is_some(), !model.is_empty());
                    if let (Some(v), Some(m)) = (v, model.pop()) {
                        assert!(same(cx, v, m));
                    }
                }
                8 if at < model.len() => {
                    assert!(same(cx, l.pop_at(cx, at).expect("item"), model.remove(at)));
                }
                9 if at < model.len() => {
                    assert!(l.set(cx, at, value(cx, x)));
                    model[at] = x;
                }
                10 => {
                    l.reverse(cx);
                    model.reverse();
                }
                11 => {
                    let b = (at + r.below(6)).min(model.len());
                    let n = r.below(6);
                    let src = List::build(cx, n, |i| value(cx, x + i));
                    l.splice(cx, at, b, Seq::List(src));
                    model.splice(at..b, (0..n).map(|i| x + i));
                }
                12 => {
                    let b = (at + r.below(4)).min(model.len());
                    l.remove_range(cx, at, b);
                    model.drain(at..b);
                }
                13 if model.len() > 4 => {
                    let step = r.below(3) + 2;
                    let count = (model.len() - 1) / step;
                    l.delete_step(cx, 0, step as isize, count);
                    let mut k = 0;
                    model.retain(|_| {
                        k += 1;
                        (k - 1) % step != 0 || (k - 1) / step >= count
                    });
                }
                14 if model.len() < 500 => {
                    l.extend(cx, Seq::List(l));
                    model.extend_from_within(..);
                }
                _ => {}
            }
            if step % 500 == 0 {
                cx.collect(step % 1000 == 0);
                check_list(cx, l, &model);
            }
            if model.len() > 2000 {
                l.clear(cx);
                model.clear();
            }
        }
        check_list(cx, l.copy(cx), &model);
        let t = Tuple::of(l.to_tuple(cx)).expect("tuple");
        assert_eq!(t.len(), model.len());
        check_list(cx, l.concat(cx, l), &[model.clone(), model.clone()].concat());
        check_list(cx, l.repeat(cx, 3).expect("fits"), &model.repeat(3));
    });
}

/// An ordered map by linear search: obviously right.
#[derive(Default)]
struct Model(Vec<(usize, usize)>);

impl Model {
    fn set(&mut self, k: usize, v: usize) {
        match self.0.iter_mut().find(|e| e.0 == k) {
            Some(e) => e.1 = v,
            None => self.0.push((k, v)),
        }
    }

    fn get(&self, k: usize) -> Option<usize> {
        self.0.iter().find(|e| e.0 == k).map(|e| e.1)
    }

    fn remove(&mut self, k: usize) -> Option<usize> {
        let i = self.0.iter().position(|e| e.0 == k)?;
        Some(self.0.remove(i).1)
    }
}

fn check_dict(heap: &Heap, d: Dict, model: &Model) {
    assert_eq!(d.len(), model.0.len());
    let mut pos = 0;
    for (k, v) in &model.0 {
        let (next, key, val) = d.next_entry(pos).expect("entry");
        assert!(same(heap, key, *k) && same(heap, val, *v));
        assert_eq!(d.get_fast(key), Lookup::Found(val));
        pos = next;
    }
    assert_eq!(d.next_entry(pos), None);
    let mut back = Vec::new();
    let mut pos = usize::MAX;
    while let Some((p, k, _)) = d.prev_entry(pos) {
        back.push(k);
        pos = p;
    }
    assert_eq!(back.len(), model.0.len());
    assert!(back.iter().rev().zip(&model.0).all(|(k, m)| same(heap, *k, m.0)));
}

fn remove(heap: &Heap, d: Dict, k: usize) -> Option<Value> {
    // String keys have a removal of their own; others go by rebuilding, which is checked with a context elsewhere.
    d.remove_str(heap, value(heap, k))
}

fn is_str(k: usize) -> bool {
    matches!(k % 6, 1 | 2)
}

#[test]
fn dict_against_model() {
    with_context(|cx| {
        let mut r = Random(7);
        for range in [8, 50, 400] {
            let d = Dict::new(cx);
            let mut model = Model::default();
            for step in 0..8_000 {
                let (k, v) = (r.below(range), r.below(1000));
                match r.below(12) {
                    0..=4 => {
                        assert!(d.set_fast(cx, value(cx, k), value(cx, v)));
                        model.set(k, v);
                    }
                    5 | 6 => {
                        let found = d.get_fast(value(cx, k));
                        match model.get(k) {
                            Some(v) => assert!(matches!(found, Lookup::Found(x) if same(cx, x, v))),
                            None => assert_eq!(found, Lookup::Absent),
                        }
                    }
                    7..=9 if is_str(k) => {
                        let got = remove(cx, d, k);
                        match model.remove(k) {
                            Some(v) => assert!(same(cx, got.expect("value"), v)),
                            None => assert_eq!(got, None),
                        }
                    }
                    10 => {
                        let got = d.pop_item(cx);
                        match model.0.pop() {
                            Some((k, v)) => {
                                let got = got.expect("entry");
                                assert!(same(cx, got.0, k) && same(cx, got.1, v));
                            }
                            None => assert_eq!(got, None),
                        }
                    }
                    11 if step % 3 == 0 && !model.0.is_empty() => {
                        let (k, v) = model.0.remove(0);
                        let got = d.pop_first(cx).expect("entry");
                        assert!(same(cx, got.0, k) && same(cx, got.1, v));
                    }
                    _ => {}
                }
                if step % 400 == 0 {
                    cx.collect(step % 800 == 0);
                    check_dict(cx, d, &model);
                    check_dict(cx, d.copy(cx), &model);
                }
            }
            check_dict(cx, d, &model);
            d.clear(cx);
            check_dict(cx, d, &Model::default());
        }
    });
}

#[test]
fn dict_queue_and_stack_stay_small() {
    with_context(|cx| {
        let d = Dict::new(cx);
        for i in 0..200_000 {
            d.set_fast(cx, Value::from_usize(i), Value::NONE);
            if i >= 10 {
                assert_eq!(d.pop_first(cx).map(|e| e.0), Some(Value::from_usize(i - 10)));
            }
        }
        assert_eq!(d.len(), 10);
        let s = Dict::new(cx);
        for i in 0..200_000 {
            s.set_fast(cx, Value::from_usize(i), Value::NONE);
            s.set_fast(cx, Value::from_usize(i + 1_000_000), Value::NONE);
            assert_eq!(s.pop_item(cx).map(|e| e.0), Some(Value::from_usize(i + 1_000_000)));
            assert_eq!(s.pop_item(cx).map(|e| e.0), Some(Value::from_usize(i)));
        }
    });
}

#[test]
fn dict_versions() {
    with_context(|cx| {
        let d = Dict::new(cx);
        let (a, b) = (cx.intern(b"alpha_name"), cx.intern(b"b"));
        d.set_str(cx, a, Value::small(1));
        let (v, at) = d.cache_str(a);
        let at = at.expect("entry");
        assert_eq!(d.value_at(v, at), Some(Value::small(1)));
        // A new value keeps the version, a new key changes it.
        assert!(d.set_value_at(cx, v, at, Value::small(2)));
        d.set_str(cx, a, Value::small(3));
        assert_eq!(d.value_at(v, at), Some(Value::small(3)));
        d.set_str(cx, b, Value::NONE);
        assert_eq!(d.value_at(v, at), None);
        let w = d.keys_version(cx);
        assert_ne!(v, w);
        assert_eq!(d.remove_str(cx, a), Some(Value::small(3)));
        assert_eq!(d.value_at(w, at), None);
        assert_ne!(d.keys_version(cx), w);
    });
}

#[test]
fn numbers_as_keys_are_equal_across_types() {
    with_context(|cx| {
        let d = Dict::new(cx);
        d.set_fast(cx, Value::small(1), Value::small(10));
        assert_eq!(d.get_fast(cx.float(1.0)), Lookup::Found(Value::small(10)));
        assert_eq!(d.get_fast(Value::TRUE), Lookup::Found(Value::small(10)));
        d.set_fast(cx, Value::TRUE, Value::small(11));
        assert_eq!(d.len(), 1);
        assert_eq!(d.next_entry(0).map(|e| e.1), Some(Value::small(1)));
        let big = int::from_i128(cx, 1 << 80);
        d.set_fast(cx, big, Value::NONE);
        assert_eq!(d.get_fast(cx.float(2f64.powi(80))), Lookup::Found(Value::NONE));
        assert_eq!(d.get_fast(cx.float(2f64.powi(80) * 1.5)), Lookup::Absent);
        // -1 and -2 share a hash.
        d.set_fast(cx, Value::small(-1), Value::small(5));
        assert_eq!(d.get_fast(Value::small(-2)), Lookup::Absent);
    });
}

#[test]
fn sets_iterate_as_cpython() {
    with_context(|cx| {
        let order = |s: Set| -> Vec<i64> {
            let mut out = Vec::new();
            let mut pos = 0;
            while let Some((next, v)) = s.next_entry(pos) {
                out.push(v.as_int().expect("int"));
                pos = next;
            }
            out
        };
        let s = Set::new(cx);
        for i in [33, 1, 64, 5, 8, 0, 100, 77, 9, 41] {
            assert!(s.add_simple(cx, Value::small(i)));
        }
        // list({33, 1, 64, 5, 8, 0, 100, 77, 9, 41}) in CPython.
        assert_eq!(order(s), [64, 33, 1, 0, 100, 5, 8, 9, 41, 77]);
        assert_eq!(order(s.copy(cx, true)), order(s));
        assert_eq!(s.contains_fast(Value::small(41)), Some(true));
        assert_eq!(s.contains_fast(Value::small(42)), Some(false));
        let mut n = 0;
        while s.pop(cx).is_some() {
            n += 1;
        }
        assert_eq!((n, s.len()), (10, 0));
    });
}

#[test]
fn strings() {
    with_context(|cx| {
        let mut r = Random(3);
        let alphabet = ["a", "xyz", "é", "漢字", "🦀", "", "0123456789abcdefghij", "\u{7ff}"];
        for _ in 0..300 {
            let mut model = String::new();
            let mut s = Value::short_str(b"").expect("short");
            for _ in 0..r.below(60) {
                let piece = alphabet[r.below(alphabet.len())].repeat(r.below(4));
                let p = Str::of(Str::new(cx, &piece)).expect("str");
                s = Str::of(s).expect("str").concat(cx, p).expect("room");
                model.push_str(&piece);
            }
            let s = Str::of(s).expect("str");
            assert_eq!(s.as_str(), Some(model.as_str()));
            assert_eq!(s.len_chars(), model.chars().count());
            assert_eq!(s.is_ascii(), model.is_ascii());
            let again = Str::of(Str::new(cx, &model)).expect("str");
            assert!(s.eq(again) && s.hash() == again.hash());
            assert_eq!(s.intern(cx), again.intern(cx));
            let chars: Vec<char> = model.chars().collect();
            for _ in 0..10 {
                let a = r.below(chars.len() + 2);
                let b = r.below(chars.len() + 3);
                let want: String = chars.iter().skip(a).take(b.saturating_sub(a)).collect();
                let got = Str::of(s.substr(cx, a, b)).expect("str");
                assert_eq!(got.as_str(), Some(want.as_str()));
                assert_eq!(s.cp_at(cx, a), chars.get(a).map(|c| *c as u32));
                assert_eq!(got.len_chars(), want.chars().count());
            }
            let rev: String = chars.iter().rev().collect();
            if !chars.is_empty() {
                let got = Str::of(s.slice_step(cx, chars.len() - 1, -1, chars.len())).expect("str");
                assert_eq!(got.as_str(), Some(rev.as_str()));
            }
            cx.collect(false);
        }
    });
}

#[test]
fn appending_is_linear_and_keeps_old_strings() {
    with_context(|cx| {
        let mut s = Str::of(Str::new(cx, "start of a string that grows")).expect("str");
        let kept = List::new(cx);
        let mut want = String::from("start of a string that grows");
        for i in 0..20_000 {
            let piece = format!("{i},é");
            s = Str::of(s.concat(cx, Str::of(Str::new(cx, &piece)).expect("str")).expect("room")).expect("str");
            want.push_str(&piece);
            if i % 1000 == 0 {
                kept.push(cx, s.value());
                kept.push(cx, Value::from_usize(want.len()));
                cx.collect(i % 2000 == 0);
                // Two continuations of one string: the second must not see the first's bytes.
                let other =
                    Str::of(s.concat(cx, Str::of(Str::new(cx, "other")).expect("str")).expect("room")).expect("str");
                assert_eq!(other.as_str().map(|t| &t[want.len()..]), Some("other"));
            }
        }
        assert_eq!(s.as_str(), Some(want.as_str()));
        for i in (0..kept.len()).step_by(2) {
            let (t, n) =
                (kept.get(i).and_then(Str::of).expect("str"), kept.get(i + 1).and_then(Value::as_int).expect("int"));
            assert_eq!(t.as_str(), Some(&want[..n as usize]));
        }
        let chars: Vec<char> = want.chars().collect();
        for i in (0..chars.len()).step_by(997) {
            assert_eq!(s.cp_at(cx, i), Some(chars[i] as u32));
        }
    });
}

#[test]
fn surrogates() {
    with_context(|cx| {
        let s = Str::of(Str::from_wtf8(cx, b"\xed\xa0\x80abc and more bytes")).expect("str");
        assert!(s.has_surrogates() && s.as_str().is_none());
        let tail = Str::of(s.substr(cx, 1, 100)).expect("str");
        assert_eq!(tail.as_str(), Some("abc and more bytes"));
        let short = Str::of(Str::from_char(cx, 0xD800)).expect("str");
        assert_eq!((short.len_chars(), short.as_str()), (1, None));
        let (one, two) = (short.concat(cx, tail).expect("room"), short.concat(cx, tail).expect("room"));
        assert_eq!(simple_eq(one, two), Some(true));
        assert!(Str::of(one).is_some_and(|s| s.has_surrogates()));
    });
}

#[test]
fn ints_against_i128() {
    with_context(|cx| {
        let mut r = Random(11);
        let mut pick = || -> i128 {
            let bits = r.below(62) as u32;
            let m = i128::from(r.next()) << bits >> r.below(60);
            if r.below(2) == 0 { m } else { -m }
        };
        for _ in 0..20_000 {
            let (x, y) = (pick() >> 3, pick() >> 3);
            let (a, b) = (int::from_i128(cx, x), int::from_i128(cx, y));
            let text = |v: Result<Value, IntError>| int::to_string_radix(v.expect("no error"), 10);
            assert_eq!(text(int::add(cx, a, b)), (x + y).to_string());
            assert_eq!(text(int::sub(cx, a, b)), (x - y).to_string());
            assert_eq!(text(int::and(cx, a, b)), (x & y).to_string());
            assert_eq!(text(int::xor(cx, a, b)), (x ^ y).to_string());
            assert_eq!(int::cmp(a, b), x.cmp(&y));
            assert_eq!(int::eq(a, b), x == y);
            if let Some(p) = x.checked_mul(y) {
                assert_eq!(text(int::mul(cx, a, b)), p.to_string());
            }
            if y != 0 {
                let floor = x / y - i128::from(x % y != 0 && (x < 0) != (y < 0));
                assert_eq!(text(int::floordiv(cx, a, b)), floor.to_string());
                assert_eq!(text(int::modulo(cx, a, b)), (x - floor * y).to_string());
            }
            let h = int::hash(a);
            assert_eq!(h, fast_hash(a).expect("number"));
            if int::eq(a, b) {
                assert_eq!(h, int::hash(b));
            }
        }
        assert_eq!(int::hash(int::from_i128(cx, (1 << 61) - 1)), 0);
    });
}

#[test]
fn attributes() {
    with_context(|cx| {
        let root =
            cx.space().new_shape(cx, proto_core::Kind::Object, Value::EMPTY, 1, 6, proto_core::ShapeMode::Normal);
        let mut names = RootVec::new(cx);
        (0..100).for_each(|i| names.push(cx.intern(format!("attribute_{i}").as_bytes())));
        for n in [3, 5, 20, 64, 90] {
            let o = Obj::of(Obj::alloc(cx, root.id)).expect("object");
            o.set_slot(cx, 0, Value::small(-1));
            for (i, name) in names[..n].iter().enumerate() {
                assert_eq!(o.get_attr(cx, *name), None);
                assert!(o.set_attr(cx, *name, value(cx, i)));
            }
            cx.collect(true);
            for (i, name) in names[..n].iter().enumerate() {
                assert!(same(cx, o.get_attr(cx, *name).expect("attribute"), i));
            }
            assert!(o.del_attr(cx, names[1]) && !o.del_attr(cx, names[1]));
            assert_eq!(o.get_attr(cx, names[1]), None);
            assert!(o.set_attr(cx, names[1], Value::TRUE));
            // It comes back at the end.
            let order = o.attrs(cx);
            assert_eq!(order.get(n - 1), Some(names[1]));
            let d = o.dict(cx);
            assert_eq!(d.len(), n);
            d.set_str(cx, names[99], Value::FALSE);
            assert_eq!(o.get_attr(cx, names[99]), Some(Value::FALSE));
            assert_eq!(o.slot(cx, 0), Value::small(-1));
            assert!(o.has_attrs(cx));
        }
    });
}

#[test]
fn iterators() {
    with_context(|cx| {
        let l = List::build(cx, 5, Value::from_usize);
        let all = |it: Value| -> Vec<Value> {
            std::iter::from_fn(|| iter::next_fast(cx, it).and_then(Value::non_empty)).collect::<Vec<_>>()
        };
        let want: Vec<Value> = (0..5).map(Value::from_usize).collect();
        assert_eq!(all(iter::list_iter(cx, l)), want);
        assert_eq!(all(iter::list_rev_iter(cx, l)), want.iter().rev().copied().collect::<Vec<_>>());
        let t = Tuple::of(l.to_tuple(cx)).expect("tuple");
        assert_eq!(all(iter::tuple_iter(cx, t)), want);
        let s = Str::of(Str::new(cx, "aé🦀")).expect("str");
        assert_eq!(all(iter::str_iter(cx, s)).len(), 3);
        let range = |a: i64, b: i64, c: i64| {
            let v = Range::new(cx, int::from_i64(cx, a), int::from_i64(cx, b), int::from_i64(cx, c));
            let r = Range::of(v).expect("range");
            let it = iter::range_iter(cx, r);
            let hint = iter::length_hint(cx, it);
            let items: Vec<i64> = all(it).into_iter().filter_map(int::to_i64).collect();
            assert_eq!(hint, items.len());
            items
        };
        assert_eq!(range(0, 5, 2), [0, 2, 4]);
        assert_eq!(range(5, 0, -2), [5, 3, 1]);
        assert_eq!(range(5, 5, 1), [0i64; 0]);
        assert_eq!(range((1 << 61) - 3, (1 << 61) + 2, 2), [(1 << 61) - 3, (1 << 61) - 1, (1 << 61) + 1]);
        let d = Dict::new(cx);
        for i in 0..4 {
            d.set_fast(cx, Value::from_usize(i), Value::from_usize(i * 10));
        }
        let keys = all(iter::dict_key_iter(cx, d));
        assert_eq!(keys, want[..4]);
        assert_eq!(all(iter::dict_rev_key_iter(cx, d)), want[..4].iter().rev().copied().collect::<Vec<_>>());
        let it = iter::dict_item_iter(cx, d);
        assert_eq!(iter::length_hint(cx, it), 4);
        iter::next_fast(cx, it);
        d.set_fast(cx, Value::NONE, Value::NONE);
        assert_eq!(iter::next_fast(cx, it), None);
    });
}

#[test]
fn two_threads_share_a_list() {
    with_context(|cx| {
        cx.start_sharing();
        let list = Shared::new(cx, List::new(cx).value());
        let space = cx.space();
        let worker = |id: usize, list: Shared| {
            move || {
                let mut cx = Box::new(Context::new(space));
                // SAFETY: the box keeps the context in place.
                unsafe { cx.attach(None) };
                let l = List::of(list.get(&cx)).expect("list");
                let mut r = Random(id as u64 + 1);
                for i in 0..20_000 {
                    l.push(&cx, Tuple::new(&cx, &[Value::from_usize(id), Value::from_usize(i)]));
                    if i % 7 == 0 {
                        l.pop(&cx);
                    }
                    if let Some(v) = l.get(r.below(l.len().max(1))) {
                        assert!(Tuple::of(v).is_some_and(|t| t.len() == 2));
                    }
                    if i % 64 == 0 {
                        cx.poll();
                    }
                }
                cx.detach();
            }
        };
        let threads: Vec<_> = (0..2).map(|id| std::thread::spawn(worker(id, list.clone()))).collect();
        cx.blocking(|| threads.into_iter().for_each(|t| t.join().expect("worker")));
        let l = List::of(list.get(cx)).expect("list");
        let pops = 2 * 20_000usize.div_ceil(7);
        assert!(l.len() >= 40_000 - pops);
        assert!(l.items().all(|v| Tuple::of(v).is_some()));
    });
}

#[test]
fn two_threads_share_a_dict() {
    with_context(|cx| {
        cx.start_sharing();
        let dict = Shared::new(cx, Dict::new(cx).value());
        let space = cx.space();
        let worker = |id: usize, dict: Shared| {
            move || {
                let mut cx = Box::new(Context::new(space));
                // SAFETY: the box keeps the context in place.
                unsafe { cx.attach(None) };
                let d = Dict::of(dict.get(&cx)).expect("dict");
                let mut r = Random(id as u64 + 5);
                for i in 0..30_000usize {
                    // Own keys: what this thread wrote it must read back; values name their key.
                    let own = Value::from_usize(i * 2 + id);
                    assert!(d.set_fast(&cx, own, Tuple::new(&cx, &[own])));
                    let name = Str::new(&cx, &format!("a shared key {}", r.below(50)));
                    if r.below(3) == 0 {
                        if let Some(v) = d.remove_str(&cx, name) {
                            assert_eq!(simple_eq(v, name), Some(true));
                        }
                    } else {
                        d.set_str(&cx, name, name);
                    }
                    let probe = Value::from_usize(r.below(i + 1) * 2 + id);
                    match d.get_fast(probe) {
                        Lookup::Found(v) => assert_eq!(Tuple::of(v).map(|t| t.get(0)), Some(probe)),
                        other => panic!("lost {probe:?}: {other:?}"),
                    }
                    if let Some(v) = d.get_str(name) {
                        assert_eq!(simple_eq(v, name), Some(true));
                    }
                    if i % 64 == 0 {
                        cx.poll();
                    }
                }
                cx.detach();
            }
        };
        let threads: Vec<_> = (0..2).map(|id| std::thread::spawn(worker(id, dict.clone()))).collect();
        cx.blocking(|| threads.into_iter().for_each(|t| t.join().expect("worker")));
        let d = Dict::of(dict.get(cx)).expect("dict");
        assert!((60_000..=60_050).contains(&d.len()));
    });
}
