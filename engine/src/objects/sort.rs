//! `list.sort`: stable, adaptive, and safe with any comparison.
//!
//! What is sorted is a permutation of indices; the values stay in traced lists, so a comparison may run Python code and
//! collect. Keys of one simple type (ints, floats, strings) are compared without calling anything. The general case is a
//! merge sort of natural runs with galloping (T. Peters' timsort); a comparison that lies can only give a wrong order.
//! While the sort runs, the list is empty to everyone else.

use super::hashing::simple_lt;
use super::{List, Str, Tuple, int};
use crate::ctx::{Ctx, PyResult};
use crate::protocol::{self, CmpOp};
use proto_core::Value;
use smallvec::SmallVec;
use std::cmp::Ordering;

/// Keys with their places. Most lists are short.
type Pairs<K> = SmallVec<[(K, u32); 16]>;
/// The places of the items in their order.
type Order = SmallVec<[u32; 32]>;

/// Sorts `list` by `key(item)` (EMPTY or None: by the items).
///
/// # Errors
/// What the key function or a comparison raises (the list then holds all items in some order), ValueError when
/// something changed the list meanwhile.
pub fn sort(cx: &mut Ctx, list: List, key: Value, reverse: bool) -> PyResult<()> {
    if list.len() < 2 && (key.is_empty() || key.is_none()) {
        return Ok(());
    }
    let no_key = key.is_empty() || key.is_none();
    let items = list.take(cx);
    let kind = if no_key { kind_of(items) } else { Keys::Other };
    if let Some(sort_words) = word_sort(items, kind) {
        // A shared list's buffer may still be read by others.
        let own = if cx.is_shared(list.value()) { items.wish_copy(cx) } else { Ok(items) };
        let own = own.inspect_err(|_| list.put_back(cx, items))?;
        own.with_words(|words| sort_words(words, reverse));
        list.put_back(cx, own);
        return Ok(());
    }
    let mut order = Order::new();
    let outcome = permutation(cx, items, (!no_key).then_some(key), kind, reverse, &mut order);
    let changed = list.is_touched();
    if changed {
        list.clear(cx);
    }
    let result = match &outcome {
        Ok(true) => List::build(cx, order.len(), |i| items.get(order[i] as usize).unwrap_or(Value::NONE)),
        _ => items,
    };
    list.put_back(cx, result);
    outcome?;
    if changed {
        return Err(cx.value_error("list modified during sort"));
    }
    Ok(())
}

/// How to sort the items in place as words, if equal ones are indistinguishable and all are of one immediate kind.
fn word_sort(items: List, kind: Keys) -> Option<fn(&mut [u64], bool)> {
    match kind {
        Keys::Int => Some(sort_ints),
        Keys::Float if items.items().all(|v| v.is_float_imm()) => Some(sort_floats),
        _ => None,
    }
}

/// Sorts words that are all tagged ints, which order like the ints.
fn sort_ints(words: &mut [u64], reverse: bool) {
    if reverse {
        words.sort_by_key(|w| std::cmp::Reverse(*w as i64));
    } else {
        words.sort_by_key(|w| *w as i64);
    }
}

/// Sorts words that are all immediate floats.
fn sort_floats(words: &mut [u64], reverse: bool) {
    for w in words.iter_mut() {
        // SAFETY: by the caller, all words are immediates.
        *w = float_rank(unsafe { Value::from_bits(*w) }.float_unchecked());
    }
    if reverse {
        words.sort_by_key(|w| std::cmp::Reverse(*w));
    } else {
        words.sort();
    }
    for w in words.iter_mut() {
        // Every rank here is that of a float which was an immediate.
        *w = Value::float_imm(float_of_rank(*w)).unwrap_or(Value::small(0)).bits();
    }
}

/// A number that orders like the float, which is no NaN; both zeros have the same.
fn float_rank(f: f64) -> u64 {
    let bits = (f + 0.0).to_bits();
    bits ^ ((bits as i64 >> 63) as u64 | 1 << 63)
}

/// The float of a rank.
fn float_of_rank(rank: u64) -> f64 {
    f64::from_bits(rank ^ (((!rank) as i64 >> 63) as u64 | 1 << 63))
}

/// Computes the sorted order of `items`, which are of a `kind` if there is no `key`; `Ok(false)` when they are in order already.
fn permutation(
    cx: &mut Ctx,
    items: List,
    key: Option<Value>,
    kind: Keys,
    reverse: bool,
    order: &mut Order,
) -> PyResult<bool> {
    let n = items.len();
    if u32::try_from(n).is_err() {
        return Err(cx.memory_error());
    }
    // What is sorted are keys with their places, merged into copies.
    cx.make_room_beside(n.saturating_mul(64))?;
    let (keys, kind) = match key {
        None => (items, kind),
        Some(key) => {
            let keys = keys(cx, items, key)?;
            (keys, kind_of(keys))
        }
    };
    let sorted = match kind {
        Keys::Int => by_ints(keys, reverse),
        Keys::Float => by_floats(keys, reverse),
        Keys::Str => by_strings(keys, reverse),
        Keys::Tuple => by_tuples(keys, reverse),
        Keys::Other => None,
    };
    match sorted {
        Some(o) => *order = o,
        None => {
            order.extend(0..n as u32);
            let mut lt = |a: u32, b: u32| -> PyResult<bool> {
                let (a, b) = if reverse { (b, a) } else { (a, b) };
                let (Some(x), Some(y)) = (keys.get(a as usize), keys.get(b as usize)) else { return Ok(false) };
                match simple_lt(x, y) {
                    Some(less) => Ok(less),
                    None => {
                        let less = protocol::richcompare(cx, x, y, CmpOp::Lt)?;
                        protocol::truth(cx, less)
                    }
                }
            };
            merge_sort(order, &mut lt)?;
        }
    }
    Ok(true)
}

/// `key(item)` for each item.
fn keys(cx: &mut Ctx, items: List, key: Value) -> PyResult<List> {
    let n = items.len();
    let keys = List::with_capacity(cx, n);
    for i in 0..n {
        let Some(v) = items.get(i) else { break };
        let k = protocol::call(cx, key, &[v])?;
        keys.push(cx, k);
    }
    Ok(keys)
}

/// What all keys are.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Keys {
    Int,
    Float,
    Str,
    Tuple,
    Other,
}

fn kind_of(keys: List) -> Keys {
    let Some(first) = keys.get(0).map(kind_of_key) else { return Keys::Other };
    if keys.items().all(|v| kind_of_key(v) == first) { first } else { Keys::Other }
}

fn kind_of_key(v: Value) -> Keys {
    if v.is_int() {
        Keys::Int
    } else if v.as_float().is_some_and(|f| !f.is_nan()) {
        Keys::Float
    } else if Str::of(v).is_some() {
        Keys::Str
    } else if Tuple::of(v).is_some() {
        Keys::Tuple
    } else {
        Keys::Other
    }
}

/// What `f` makes of each key, with its place; None if it makes nothing of one.
fn pairs_of<K>(keys: List, f: impl Fn(Value) -> Option<K>) -> Option<Pairs<K>> {
    let mut pairs = Pairs::with_capacity(keys.len());
    for (v, i) in keys.items().zip(0..) {
        pairs.push((f(v)?, i));
    }
    Some(pairs)
}

/// Sorts pairs of key and index by key; a stable sort, so that equal keys keep their order in both directions.
fn order_of<K>(mut pairs: Pairs<K>, reverse: bool, cmp: impl Fn(&(K, u32), &(K, u32)) -> Ordering) -> Order {
    if reverse {
        pairs.sort_by(|a, b| cmp(b, a));
    } else {
        pairs.sort_by(|a, b| cmp(a, b));
    }
    pairs.iter().map(|&(_, i)| i).collect()
}

/// Keys that span less than 32 bits are packed into one word with their index.
fn by_ints(keys: List, reverse: bool) -> Option<Order> {
    let (mut low, mut high) = (i64::MAX, i64::MIN);
    for v in keys.items() {
        let k = v.as_int()?;
        (low, high) = (low.min(k), high.max(k));
    }
    let at = |k: i64| if reverse { high - k } else { k - low } as u64;
    if low > high {
        return Some(Order::new());
    }
    if high - low < 1 << 32 {
        let mut packed = SmallVec::<[u64; 32]>::with_capacity(keys.len());
        for (v, i) in keys.items().zip(0u64..) {
            packed.push(at(v.as_int()?) << 32 | i);
        }
        packed.sort();
        return Some(packed.into_iter().map(|w| w as u32).collect());
    }
    let pairs = pairs_of(keys, |v| Some(at(v.as_int()?)))?;
    Some(order_of(pairs, false, |a, b| a.cmp(b)))
}

fn by_floats(keys: List, reverse: bool) -> Option<Order> {
    let flip = if reverse { u64::MAX } else { 0 };
    let pairs = pairs_of(keys, |v| Some(float_rank(v.as_float()?) ^ flip))?;
    Some(order_of(pairs, false, |a, b| a.cmp(b)))
}

/// What stands at one place of all tuples, and how the first place is ranked: exactly, by its first bytes, or not.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Rank {
    Int,
    Float,
    Prefix,
    None,
}

/// Tuples of one length with numbers or strings at the same places: told apart by a rank of their first items where that is
/// possible. None for others. Nothing collects meanwhile.
fn by_tuples(keys: List, reverse: bool) -> Option<Order> {
    let first = Tuple::of(keys.get(0)?)?;
    let len = first.len();
    let number = |k: Keys| matches!(k, Keys::Int | Keys::Float);
    let mut uniform = true;
    let kinds: SmallVec<[Keys; 8]> = first.items().map(kind_of_key).collect();
    for v in keys.items() {
        let t = Tuple::of(v).filter(|t| t.len() == len)?;
        for (i, &f) in kinds.iter().enumerate() {
            let k = kind_of_key(t.get(i));
            let comparable = number(k) && number(f) || k == Keys::Str && f == Keys::Str;
            if !comparable {
                return None;
            }
            uniform &= i > 0 || k == f;
        }
    }
    let rank = match kind_of_key(if len > 0 { first.get(0) } else { Value::NONE }) {
        Keys::Int if uniform => Rank::Int,
        Keys::Float if uniform => Rank::Float,
        Keys::Str => Rank::Prefix,
        _ => Rank::None,
    };
    let of = |t: Tuple| -> u64 {
        match rank {
            Rank::Int => t.get(0).as_int().map_or(0, |i| i as u64 ^ 1 << 63),
            Rank::Float => t.get(0).as_float().map_or(0, float_rank),
            Rank::Prefix => Str::of(t.get(0)).map_or(0, |s| window(s.as_bytes(), 0)),
            Rank::None => 0,
        }
    };
    let from = usize::from(matches!(rank, Rank::Int | Rank::Float));
    let pairs = pairs_of(keys, |v| Tuple::of(v).map(|t| (of(t), t)))?;
    Some(order_of(pairs, reverse, |a, b| a.0.0.cmp(&b.0.0).then_with(|| order_from(from, a.0.1, b.0.1))))
}

/// The order of two tuples of the same form by their items from `from` on.
fn order_from(from: usize, a: Tuple, b: Tuple) -> Ordering {
    for i in from..a.len() {
        let (x, y) = (a.get(i), b.get(i));
        if x == y {
            continue;
        }
        let order = match (Str::of(x), Str::of(y)) {
            (Some(s), Some(t)) => s.cmp(t),
            _ => int::number_cmp(x, y).unwrap_or(Ordering::Equal),
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// Eight bytes from `from` on as a number that orders like them.
fn window(s: &[u8], from: usize) -> u64 {
    let rest = &s[from.min(s.len())..];
    match rest.first_chunk() {
        Some(head) => u64::from_be_bytes(*head),
        None => rest.iter().rev().fold(0, |head, &b| head >> 8 | u64::from(b) << 56),
    }
}

/// Length of what all strings begin with.
fn common_prefix(keys: List) -> usize {
    let Some(first) = keys.get(0).and_then(Str::of) else { return 0 };
    let first = first.as_bytes();
    let mut n = first.len();
    for s in keys.items().filter_map(Str::of) {
        n = first[..n].iter().zip(s.as_bytes()).take_while(|(a, b)| a == b).count();
        if n == 0 {
            break;
        }
    }
    n
}

/// Most pairs are told apart by the eight bytes behind the common prefix. Nothing collects meanwhile.
fn by_strings(keys: List, reverse: bool) -> Option<Order> {
    let skip = common_prefix(keys);
    let pairs = pairs_of(keys, |v| Str::of(v).map(|s| (window(s.as_bytes(), skip), s)))?;
    Some(order_of(pairs, reverse, |a, b| a.0.0.cmp(&b.0.0).then_with(|| a.0.1.cmp(b.0.1))))
}

/// Runs shorter than this are extended by binary insertion.
const MIN_RUN: usize = 32;

/// Stable merge sort of `v` with a fallible "less than".
fn merge_sort<E>(v: &mut [u32], lt: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<(), E> {
    let n = v.len();
    let min_run = min_run(n);
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < n {
        let mut len = natural_run(&mut v[at..], lt)?;
        if len < min_run {
            let wanted = min_run.min(n - at);
            insertion(&mut v[at..at + wanted], len, lt)?;
            len = wanted;
        }
        runs.push((at, len));
        at += len;
        collapse(v, &mut runs, lt, false)?;
    }
    collapse(v, &mut runs, lt, true)
}

/// A run length such that `n` divided by it is a power of two or slightly less.
fn min_run(mut n: usize) -> usize {
    let mut odd = 0;
    while n >= 2 * MIN_RUN {
        odd |= n & 1;
        n >>= 1;
    }
    n + odd
}

/// The length of the run at the start; a strictly descending one is reversed.
fn natural_run<E>(v: &mut [u32], lt: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<usize, E> {
    if v.len() < 2 {
        return Ok(v.len());
    }
    let descending = lt(v[1], v[0])?;
    let mut n = 2;
    while n < v.len() && lt(v[n], v[n - 1])? == descending {
        n += 1;
    }
    if descending {
        v[..n].reverse();
    }
    Ok(n)
}

/// Sorts `v`, whose first `sorted` items are in order, by binary insertion.
fn insertion<E>(v: &mut [u32], sorted: usize, lt: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<(), E> {
    for i in sorted.max(1)..v.len() {
        let x = v[i];
        let (mut low, mut high) = (0, i);
        while low < high {
            let mid = low + (high - low) / 2;
            if lt(x, v[mid])? { high = mid } else { low = mid + 1 }
        }
        v[low..=i].rotate_right(1);
    }
    Ok(())
}

/// Merges runs until each is longer than the two after it together (or, at the end, until one is left).
fn collapse<E>(
    v: &mut [u32],
    runs: &mut Vec<(usize, usize)>,
    lt: &mut impl FnMut(u32, u32) -> Result<bool, E>,
    all: bool,
) -> Result<(), E> {
    while runs.len() > 1 {
        let n = runs.len();
        let len = |i: usize| runs[n - i].1;
        let unbalanced = (n >= 3 && len(3) <= len(2) + len(1)) || (n >= 4 && len(4) <= len(3) + len(2));
        let at = if unbalanced && len(3) < len(1) || (all && n >= 3 && len(3) < len(1)) {
            n - 3
        } else if unbalanced || all || len(2) <= len(1) {
            n - 2
        } else {
            break;
        };
        let ((start, first), (_, second)) = (runs[at], runs[at + 1]);
        merge(&mut v[start..start + first + second], first, lt)?;
        runs[at] = (start, first + second);
        runs.remove(at + 1);
    }
    Ok(())
}

/// How many items of `v` come before `x`: those less than it, and equal ones too when `after_equal`.
///
/// Searches exponentially from the start, then by halves, so that few steps find a near place.
fn gallop<E>(
    v: &[u32],
    x: u32,
    after_equal: bool,
    lt: &mut impl FnMut(u32, u32) -> Result<bool, E>,
) -> Result<usize, E> {
    let mut before = |i: usize| -> Result<bool, E> { if after_equal { Ok(!lt(x, v[i])?) } else { lt(v[i], x) } };
    let (mut low, mut step) = (0, 1);
    let mut high = v.len();
    while low + step <= v.len() {
        if before(low + step - 1)? {
            low += step;
            step *= 2;
        } else {
            high = low + step - 1;
            break;
        }
    }
    while low < high {
        let mid = low + (high - low) / 2;
        if before(mid)? { low = mid + 1 } else { high = mid }
    }
    Ok(low)
}

/// Wins in a row of one side after which a merge gallops.
const GALLOP: usize = 7;

/// Merges the sorted halves `v[..mid]` and `v[mid..]`.
fn merge<E>(v: &mut [u32], mid: usize, lt: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<(), E> {
    // What is in place at the left end stays.
    let skip = gallop(&v[..mid], v[mid], true, lt)?;
    let (v, mid) = (&mut v[skip..], mid - skip);
    if mid == 0 {
        return Ok(());
    }
    let left: Vec<u32> = v[..mid].to_vec();
    let (mut i, mut j, mut out) = (0, mid, 0);
    let (mut left_wins, mut right_wins) = (0, 0);
    let done = loop {
        if i == left.len() || j == v.len() {
            break Ok(());
        }
        if left_wins >= GALLOP || right_wins >= GALLOP {
            let n = match gallop(&left[i..], v[j], true, lt) {
                Ok(n) => n,
                Err(e) => break Err(e),
            };
            v[out..out + n].copy_from_slice(&left[i..i + n]);
            (i, out) = (i + n, out + n);
            if i == left.len() {
                break Ok(());
            }
            let m = match gallop(&v[j..], left[i], false, lt) {
                Ok(m) => m,
                Err(e) => break Err(e),
            };
            v.copy_within(j..j + m, out);
            (j, out) = (j + m, out + m);
            if n < GALLOP && m < GALLOP {
                (left_wins, right_wins) = (0, 0);
            }
            continue;
        }
        match lt(v[j], left[i]) {
            Ok(true) => {
                v[out] = v[j];
                j += 1;
                (left_wins, right_wins) = (0, right_wins + 1);
            }
            Ok(false) => {
                v[out] = left[i];
                i += 1;
                (left_wins, right_wins) = (left_wins + 1, 0);
            }
            Err(e) => break Err(e),
        }
        out += 1;
    };
    // The gap between what is written and the right half is exactly what is left of the left half.
    let rest = left.len() - i;
    v[out..out + rest].copy_from_slice(&left[i..]);
    done
}

#[cfg(test)]
mod tests {
    use super::merge_sort;
    use std::convert::Infallible;

    /// Sorts indices of `keys` and checks order and stability.
    fn check(keys: &[i32]) {
        let mut v: Vec<u32> = (0..keys.len() as u32).collect();
        let done: Result<(), Infallible> = merge_sort(&mut v, &mut |a, b| Ok(keys[a as usize] < keys[b as usize]));
        assert!(done.is_ok());
        let mut expected: Vec<u32> = (0..keys.len() as u32).collect();
        expected.sort_by_key(|&i| keys[i as usize]);
        assert_eq!(v, expected);
    }

    #[test]
    fn sorts_like_the_standard_library() {
        let mut seed = 12345u64;
        let mut random = move |n: i32| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % n as u64) as i32
        };
        for n in [0, 1, 2, 3, 31, 32, 33, 64, 100, 1000, 5000] {
            for range in [2, 10, 1_000_000] {
                check(&(0..n).map(|_| random(range)).collect::<Vec<_>>());
            }
            check(&(0..n).collect::<Vec<_>>());
            check(&(0..n).rev().collect::<Vec<_>>());
            check(&(0..n).map(|i| if i % 50 == 0 { random(1000) } else { i }).collect::<Vec<_>>());
            check(&(0..n).map(|i| (i % 100) * if i < n / 2 { 1 } else { -1 }).collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_comparison_keeps_all_items() {
        let mut seed = 99u64;
        for n in [10u32, 100, 3000] {
            let mut v: Vec<u32> = (0..n).collect();
            let done: Result<(), Infallible> = merge_sort(&mut v, &mut |_, _| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                Ok(seed >> 63 == 1)
            });
            assert!(done.is_ok());
            v.sort_unstable();
            assert_eq!(v, (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_keeps_all_items() {
        for stop in 0..400 {
            let mut left = stop;
            let mut v: Vec<u32> = (0..100).rev().map(|i| i * 37 % 100).collect();
            let _ = merge_sort(&mut v, &mut |a, b| {
                left -= 1;
                if left < 0 { Err(()) } else { Ok(a < b) }
            });
            v.sort_unstable();
            assert_eq!(v, (0..100).collect::<Vec<_>>());
        }
    }
}
