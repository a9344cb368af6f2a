//! Quick forms of the methods and functions that loops call most: exact built-in types, no error, no Python code.
//!
//! Each gets the positional arguments, receiver included, and answers EMPTY where the ordinary form must decide.

use engine::objects::{Dict, List, Lookup, Range, Seq, Set, Tuple, fast_hash, iter, simple_lt};
use engine::prelude::*;
use engine::protocol::iter::iter_quick;
use engine::types::quick_items;

use crate::combinators::{FILTER, MAP};

/// `list.append(x)`.
pub fn list_append(cx: &Ctx, args: &[Value]) -> Value {
    if let [list, v] = *args
        && let Some(list) = List::of(list)
    {
        list.push(cx, v);
        return Value::NONE;
    }
    Value::EMPTY
}

/// `list.pop()` and `list.pop(i)`.
pub fn list_pop(cx: &Ctx, args: &[Value]) -> Value {
    let popped = match *args {
        [list] => List::of(list).and_then(|l| l.pop(cx)),
        [list, at] => List::of(list).and_then(|l| l.pop_index(cx, at.as_int()?)),
        _ => None,
    };
    popped.unwrap_or(Value::EMPTY)
}

/// `list.insert(i, x)`.
pub fn list_insert(cx: &Ctx, args: &[Value]) -> Value {
    if let [list, at, v] = *args
        && let (Some(list), Some(i)) = (List::of(list), at.as_int())
    {
        list.insert_at(cx, i, v);
        return Value::NONE;
    }
    Value::EMPTY
}

/// Of more items than these no quick form makes copies: it could not say that there is no room.
const MOST: usize = 1 << 14;

/// `list.extend(list or tuple)`.
pub fn list_extend(cx: &Ctx, args: &[Value]) -> Value {
    if let [list, items] = *args
        && let (Some(list), Some(items)) = (List::of(list), Seq::of(items))
        && items.len() <= MOST
    {
        list.extend(cx, items);
        return Value::NONE;
    }
    Value::EMPTY
}

/// `set.add(x)`.
pub fn set_add(cx: &Ctx, args: &[Value]) -> Value {
    if let [set, v] = *args
        && let Some(set) = Set::of(set)
        && set.add_simple(cx, v)
    {
        return Value::NONE;
    }
    Value::EMPTY
}

/// `set.discard(x)`.
pub fn set_discard(cx: &Ctx, args: &[Value]) -> Value {
    if let [set, v] = *args
        && let Some(set) = Set::of(set)
        && set.discard_simple(cx, v).is_some()
    {
        return Value::NONE;
    }
    Value::EMPTY
}

/// `set.remove(x)` of a member.
pub fn set_remove(cx: &Ctx, args: &[Value]) -> Value {
    if let [set, v] = *args
        && let Some(set) = Set::of(set)
        && set.discard_simple(cx, v) == Some(true)
    {
        return Value::NONE;
    }
    Value::EMPTY
}

/// `dict.get(key)` and `dict.get(key, default)`.
pub fn dict_get(_: &Ctx, args: &[Value]) -> Value {
    let (dict, key, default) = match *args {
        [dict, key] => (dict, key, Value::NONE),
        [dict, key, default] => (dict, key, default),
        _ => return Value::EMPTY,
    };
    match Dict::of(dict).map(|d| d.get_fast(key)) {
        Some(Lookup::Found(v)) => v,
        Some(Lookup::Absent) => default,
        _ => Value::EMPTY,
    }
}

/// `dict.setdefault(key)` and `dict.setdefault(key, default)`.
pub fn dict_setdefault(cx: &Ctx, args: &[Value]) -> Value {
    let (dict, key, default) = match *args {
        [dict, key] => (dict, key, Value::NONE),
        [dict, key, default] => (dict, key, default),
        _ => return Value::EMPTY,
    };
    let Some(d) = Dict::of(dict) else { return Value::EMPTY };
    let mut found = Value::EMPTY;
    let done = d.update_fast(cx, key, |old| {
        found = old.unwrap_or(default);
        Some(found)
    });
    if done { found } else { Value::EMPTY }
}

/// `dict.pop(key)` of a key that is there, `dict.pop(key, default)`.
pub fn dict_pop(cx: &Ctx, args: &[Value]) -> Value {
    let (dict, key, default) = match *args {
        [dict, key] => (dict, key, Value::EMPTY),
        [dict, key, default] => (dict, key, default),
        _ => return Value::EMPTY,
    };
    match Dict::of(dict).map(|d| d.remove_fast(cx, key)) {
        Some(Lookup::Found(v)) => v,
        Some(Lookup::Absent) => default,
        _ => Value::EMPTY,
    }
}

/// `dict.keys()`, `dict.values()`, `dict.items()`.
macro_rules! views {
    ($($(#[$doc:meta])* $name:ident $make:path;)*) => {
        $($(#[$doc])* pub fn $name(cx: &Ctx, args: &[Value]) -> Value {
            match *args {
                [dict] => Dict::of(dict).map_or(Value::EMPTY, |d| $make(cx, d)),
                _ => Value::EMPTY,
            }
        })*
    };
}

views! {
    /// `dict.keys()`.
    dict_keys iter::dict_keys;
    /// `dict.values()`.
    dict_values iter::dict_values;
    /// `dict.items()`.
    dict_items iter::dict_items;
}

/// `len(x)` of the exact containers and strings.
pub fn len(cx: &Ctx, args: &[Value]) -> Value {
    let [v] = *args else { return Value::EMPTY };
    let n = if let Some(l) = List::of(v) {
        l.len()
    } else if let Some(s) = Str::of(v) {
        s.len_chars()
    } else if let Some(d) = Dict::of(v) {
        d.len()
    } else if let Some(t) = Tuple::of(v) {
        t.len()
    } else if let Some(s) = Set::of(v) {
        s.len()
    } else if let Some(n) = quick_items(cx, v).and_then(|quick| (quick.len)(cx, v)) {
        n
    } else {
        return Value::EMPTY;
    };
    Value::from_usize(n)
}

/// `isinstance(x, class)` where the classes say yes without being asked, or are plain ones that `x` cannot pretend to be.
pub fn isinstance(cx: &Ctx, args: &[Value]) -> Value {
    let [v, class] = *args else { return Value::EMPTY };
    let own = type_of(cx, v);
    let verdict = match Tuple::of(class) {
        None => protocol::quick_is_instance(cx, v, own, class),
        Some(classes) => {
            let mut verdict = Some(false);
            for class in classes.items() {
                match protocol::quick_is_instance(cx, v, own, class) {
                    Some(false) => {}
                    other => {
                        verdict = other;
                        break;
                    }
                }
            }
            verdict
        }
    };
    verdict.map_or(Value::EMPTY, Value::bool)
}

/// `min(a, b, ...)` and `max(a, b, ...)` of numbers and strings.
macro_rules! extremes {
    ($($(#[$doc:meta])* $name:ident |$a:ident, $b:ident| $better:expr;)*) => {
        $($(#[$doc])* pub fn $name(_: &Ctx, args: &[Value]) -> Value {
            let [first, rest @ ..] = args else { return Value::EMPTY };
            if rest.is_empty() {
                return Value::EMPTY;
            }
            let mut $a = *first;
            for &$b in rest {
                match $better {
                    Some(true) => $a = $b,
                    Some(false) => {}
                    None => return Value::EMPTY,
                }
            }
            $a
        })*
    };
}

extremes! {
    /// `min(a, b, ...)`.
    min |a, b| simple_lt(b, a);
    /// `max(a, b, ...)`.
    max |a, b| simple_lt(a, b);
}

/// `abs(x)` of small ints and floats.
pub fn abs(cx: &Ctx, args: &[Value]) -> Value {
    let [v] = *args else { return Value::EMPTY };
    if let Some(i) = v.as_int() {
        return int::from_i64(cx, i.abs());
    }
    v.as_float().map_or(Value::EMPTY, |f| float::new(cx, f.abs()))
}

/// `ord(c)` of a string of one character.
pub fn ord(cx: &Ctx, args: &[Value]) -> Value {
    let [v] = *args else { return Value::EMPTY };
    match Str::of(v).filter(|s| s.len_chars() == 1).and_then(|s| s.cp_at(cx, 0)) {
        Some(cp) => Value::small(cp as i32),
        None => Value::EMPTY,
    }
}

/// `chr(i)` of a small int in range.
pub fn chr(cx: &Ctx, args: &[Value]) -> Value {
    let [v] = *args else { return Value::EMPTY };
    match v.as_int() {
        Some(i @ 0..=0x10_ffff) => Str::from_char(cx, i as u32),
        _ => Value::EMPTY,
    }
}

/// `hash(x)` where no Python code has to run.
pub fn hash(cx: &Ctx, args: &[Value]) -> Value {
    let [v] = *args else { return Value::EMPTY };
    fast_hash(v).map_or(Value::EMPTY, |h| int::from_i64(cx, h))
}

/// `next(it)` of an iterator with a quick form that has an item.
pub fn next(cx: &Ctx, args: &[Value]) -> Value {
    match *args {
        [it] => engine::protocol::iter::next_quick(cx, it).unwrap_or(Value::EMPTY),
        _ => Value::EMPTY,
    }
}

/// `iter(x)` of the core types.
pub fn iter_of(cx: &Ctx, args: &[Value]) -> Value {
    match *args {
        [v] => iter::iter_fast(cx, v).unwrap_or(Value::EMPTY),
        _ => Value::EMPTY,
    }
}

/// `list()`, `list(x)` of an exact container.
pub fn list_new(cx: &Ctx, args: &[Value]) -> Value {
    match *args {
        [_] => List::new(cx).value(),
        [_, v] => items(cx, v).map_or(Value::EMPTY, List::value),
        _ => Value::EMPTY,
    }
}

/// The items of an exact container as a new list, as of one moment.
fn items(cx: &Heap, v: Value) -> Option<List> {
    if let Some(list) = List::of(v) {
        return (list.len() <= MOST).then(|| list.copy(cx));
    }
    if let Some(t) = Tuple::of(v).filter(|t| t.len() <= MOST) {
        return Some(List::build(cx, t.len(), |i| t.get(i)));
    }
    if let Some(d) = Dict::of(v).filter(|d| d.len() <= MOST) {
        return Some(d.keys_list(cx));
    }
    if let Some(r) = Range::of(v) {
        let (first, _, step) = r.small()?;
        let n = r.len_i64().filter(|n| (0..=MOST as i64).contains(n))?;
        return Some(List::build(cx, n as usize, |i| int::from_i64(cx, first + i as i64 * step)));
    }
    None
}

/// `tuple()`, `tuple(x)` of an exact list or tuple.
pub fn tuple_new(cx: &Ctx, args: &[Value]) -> Value {
    match *args {
        [_] => Tuple::empty(cx),
        [_, v] if Tuple::of(v).is_some() => v,
        [_, v] => List::of(v).filter(|l| l.len() <= MOST).map_or(Value::EMPTY, |list| list.to_tuple(cx)),
        _ => Value::EMPTY,
    }
}

/// `set()`, `set(x)` of an exact set, list or tuple of simple members.
pub fn set_new(cx: &Ctx, args: &[Value]) -> Value {
    match *args {
        [_] => Set::new(cx).value(),
        [_, v] => {
            if let Some(s) = Set::of(v) {
                return if s.len() <= MOST { s.copy(cx, false).value() } else { Value::EMPTY };
            }
            let Some(items) = Seq::of(v).filter(|items| items.len() <= MOST) else { return Value::EMPTY };
            let s = Set::new(cx);
            let all = (0..items.len()).map_while(|i| items.get(i)).all(|v| s.add_simple(cx, v));
            if all { s.value() } else { Value::EMPTY }
        }
        _ => Value::EMPTY,
    }
}

/// `dict()`, `dict(d)` of an exact dict.
pub fn dict_new(cx: &Ctx, args: &[Value]) -> Value {
    match *args {
        [_] => Dict::new(cx).value(),
        [_, v] => Dict::of(v).filter(|d| d.len() <= MOST).map_or(Value::EMPTY, |d| d.copy(cx).value()),
        _ => Value::EMPTY,
    }
}

/// `range(...)` of small ints.
pub fn range_new(cx: &Ctx, args: &[Value]) -> Value {
    let (start, stop, step) = match *args {
        [_, stop] => (Value::small(0), stop, Value::small(1)),
        [_, start, stop] => (start, stop, Value::small(1)),
        [_, start, stop, step] => (start, stop, step),
        _ => return Value::EMPTY,
    };
    if start.is_int() && stop.is_int() && step.is_int() && step != Value::small(0) {
        return Range::new(cx, start, stop, step);
    }
    Value::EMPTY
}

/// `enumerate(x)` of a core iterable.
pub fn enumerate_new(cx: &Ctx, args: &[Value]) -> Value {
    match *args {
        [_, v] => iter_quick(cx, v).map_or(Value::EMPTY, |it| iter::enumerate(cx, it, Value::small(0))),
        _ => Value::EMPTY,
    }
}

/// `zip(x, y)` of iterables that need no Python code.
pub fn zip_new(cx: &Ctx, args: &[Value]) -> Value {
    let [_, v, w] = *args else { return Value::EMPTY };
    match (iter_quick(cx, v), iter_quick(cx, w)) {
        (Some(v), Some(w)) => iter::zip_two(cx, v, w),
        _ => Value::EMPTY,
    }
}

/// `map(f, x)`, `map(f, x, y)` of such.
pub fn map_new(cx: &Ctx, args: &[Value]) -> Value {
    let its = match *args {
        [_, _, v] => iter_quick(cx, v).map(|it| Tuple::new(cx, &[it])),
        [_, _, v, w] => match (iter_quick(cx, v), iter_quick(cx, w)) {
            (Some(v), Some(w)) => Some(Tuple::new(cx, &[v, w])),
            _ => None,
        },
        _ => None,
    };
    let made = its.and_then(|its| cx.new_object_of_known(&MAP, &[args[1], its, Value::FALSE]));
    made.unwrap_or(Value::EMPTY)
}

/// `filter(f, x)` of such.
pub fn filter_new(cx: &Ctx, args: &[Value]) -> Value {
    let [_, f, v] = *args else { return Value::EMPTY };
    let it = iter_quick(cx, v);
    it.and_then(|it| cx.new_object_of_known(&FILTER, &[f, it])).unwrap_or(Value::EMPTY)
}

/// `reversed(list)`, `reversed(dict)`.
pub fn reversed_new(cx: &Ctx, args: &[Value]) -> Value {
    let [_, v] = *args else { return Value::EMPTY };
    if let Some(list) = List::of(v) {
        return iter::list_rev_iter(cx, list);
    }
    Dict::of(v).map_or(Value::EMPTY, |d| iter::dict_rev_key_iter(cx, d))
}

/// `frozenset()`, `frozenset(x)` of an exact set, list or tuple of simple members.
pub fn frozenset_new(cx: &Ctx, args: &[Value]) -> Value {
    let [_, v] = *args else { return Value::EMPTY };
    if let Some(s) = Set::of(v) {
        return match () {
            () if s.is_frozen() => v,
            () if s.len() <= MOST => s.copy(cx, true).value(),
            () => Value::EMPTY,
        };
    }
    let Some(items) = Seq::of(v).filter(|items| items.len() <= MOST) else { return Value::EMPTY };
    let s = Set::new_frozen(cx);
    let all = (0..items.len()).map_while(|i| items.get(i)).all(|v| s.add_simple(cx, v));
    if all { s.value() } else { Value::EMPTY }
}

/// `pow(a, b, m)` of small ints, the exponent not negative and the modulus positive.
pub fn pow(_: &Ctx, args: &[Value]) -> Value {
    let [a, b, m] = *args else { return Value::EMPTY };
    let (Some(a), Some(b), Some(m)) = (a.as_int(), b.as_int(), m.as_int()) else { return Value::EMPTY };
    if b < 0 || m <= 0 {
        return Value::EMPTY;
    }
    let times = |x: i64, y: i64| (i128::from(x) * i128::from(y) % i128::from(m)) as i64;
    let (mut base, mut rest, mut power) = (a.rem_euclid(m), b, 1 % m);
    while rest > 0 {
        if rest & 1 == 1 {
            power = times(power, base);
        }
        base = times(base, base);
        rest >>= 1;
    }
    Value::int(power).unwrap_or(Value::EMPTY)
}

/// `round(x)` of small ints and of floats that are small enough.
pub fn round(_: &Ctx, args: &[Value]) -> Value {
    let [v] = *args else { return Value::EMPTY };
    if v.is_int() {
        return v;
    }
    match v.as_float() {
        Some(f) if f.abs() < 4e15 => Value::int(f.round_ties_even() as i64).unwrap_or(Value::EMPTY),
        _ => Value::EMPTY,
    }
}
