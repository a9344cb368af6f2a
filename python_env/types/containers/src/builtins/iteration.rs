//! Iteration and aggregation: `iter`, `next`, `all`, `any`, `sum`, `min`, `max`, `sorted`, `len`, ...

use engine::native::{Drain, Role};
use engine::objects::{Obj, Seq, Tuple, simple_compare, sort};
use engine::prelude::*;
use engine::protocol;

use crate::leaf;

use crate::sequence::type_name;

pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("aiter", "($module, async_iterable, /)", aiter, "Return an AsyncIterator for an AsyncIterable object."),
    NativeDef::new("all", "($module, iterable, /)", all, "Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True.").role(Role::Drain(Drain::All)),
    NativeDef::new("anext", "($module, aiterator, default=<unrepresentable>, /)", anext, "Return the next item from the async iterator.\n\nIf default is given and the async iterator is exhausted,\nit is returned instead of raising StopAsyncIteration."),
    NativeDef::new("any", "($module, iterable, /)", any, "Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False.").role(Role::Drain(Drain::Any)),
    NativeDef::new("iter", "($module, object, sentinel=<unrepresentable>, /)", iter, "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nGet an iterator from an object.  In the first form, the argument must\nsupply its own iterator, or be a sequence.\nIn the second form, the callable is called until it returns the sentinel.").leaf(leaf::iter_of).hide_sig(),
    NativeDef::new("len", "($module, obj, /)", len, "Return the number of items in a container.").leaf(leaf::len),
    NativeDef::new("max", "($module, /, *args, key=None, default=<unrepresentable>)", max, "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its biggest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the largest argument.").leaf(leaf::max).hide_sig().counted(),
    NativeDef::new("min", "($module, /, *args, key=None, default=<unrepresentable>)", min, "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its smallest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the smallest argument.").leaf(leaf::min).hide_sig().counted(),
    NativeDef::new("next", "($module, iterator, default=<unrepresentable>, /)", next, "next(iterator[, default])\n\nReturn the next item from the iterator. If default is given and the iterator\nis exhausted, it is returned instead of raising StopIteration.").leaf(leaf::next).role(Role::Next).hide_sig(),
    NativeDef::new("sorted", "($module, iterable, /, *, key=None, reverse=False)", sorted, "Return a new list containing all items from the iterable in ascending order.\n\nA custom key function can be supplied to customize the sort order, and the\nreverse flag can be set to request the result in descending order.").counted(),
    NativeDef::new("sum", "($module, iterable, /, start=0)", sum, "Return the sum of a 'start' value (default: 0) plus an iterable of numbers\n\nWhen the iterable is empty, return the start value.\nThis function is intended specifically for use with numeric values and may\nreject non-numeric types."),
];

fn len(cx: &mut Ctx, args: Args) -> PyResult {
    let n = protocol::length(cx, args[0])?;
    Ok(int::from_usize(cx, n))
}

fn iter(cx: &mut Ctx, args: Args) -> PyResult {
    match args.get(1) {
        None => protocol::iter(cx, args[0]),
        Some(sentinel) => {
            if !protocol::is_callable(cx, args[0]) {
                return Err(cx.type_error("iter(v, w): v must be callable"));
            }
            Ok(protocol::iter::callable_iter(cx, args[0], sentinel))
        }
    }
}

fn next(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(step) = types::type_of(cx, args[0]).slots().next() else {
        let name = type_name(cx, args[0]);
        return Err(cx.type_error(format!("'{name}' object is not an iterator")));
    };
    match step.call(cx, args[0]) {
        Ok(Value::EMPTY) => match args.get(1) {
            Some(default) => Ok(default),
            None => Err(cx.stop_iteration(Value::EMPTY)),
        },
        Ok(v) => Ok(v),
        Err(r) if args.get(1).is_some() && cx.matches(&r, Exc::StopIteration) => {
            cx.clear(r);
            Ok(args.or(1, Value::NONE))
        }
        Err(r) => Err(r),
    }
}

fn aiter(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(f) = types::type_of(cx, args[0]).slots().aiter() else {
        let name = type_name(cx, args[0]);
        return Err(cx.type_error(format!("'{name}' object is not an async iterable")));
    };
    let it = f.call(cx, args[0])?;
    if types::type_of(cx, it).slots().anext().is_none() {
        let name = type_name(cx, it);
        return Err(cx.type_error(format!("aiter() returned not an async iterator of type '{name}'")));
    }
    Ok(it)
}

fn anext(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(f) = types::type_of(cx, args[0]).slots().anext() else {
        let name = type_name(cx, args[0]);
        return Err(cx.type_error(format!("'{name}' object is not an async iterator")));
    };
    let awaitable = f.call(cx, args[0])?;
    match args.get(1) {
        None => Ok(awaitable),
        Some(default) => Ok(engine::interp::anext_with_default(cx, awaitable, default)),
    }
}

fn all(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[0])?;
    while let Some(v) = protocol::next(cx, it)? {
        if !protocol::truth(cx, v)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

fn any(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[0])?;
    while let Some(v) = protocol::next(cx, it)? {
        if protocol::truth(cx, v)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn min(cx: &mut Ctx, args: Args) -> PyResult {
    extreme(cx, args, CmpOp::Lt, "min")
}

fn max(cx: &mut Ctx, args: Args) -> PyResult {
    extreme(cx, args, CmpOp::Gt, "max")
}

fn extreme(cx: &mut Ctx, args: Args, better: CmpOp, what: &str) -> PyResult {
    let key = args.or(1, Value::NONE);
    let default = args.get(2);
    let given = match Tuple::of(args[0]) {
        Some(t) if t.len() > 0 => t,
        _ => return Err(cx.type_error(format!("{what} expected at least 1 argument, got 0"))),
    };
    let several = given.len() > 1;
    if several && default.is_some() {
        return Err(cx.type_error(format!("Cannot specify a default for {what}() with multiple positional arguments")));
    }
    let source = if several { given.value() } else { given.get(0) };
    if key == Value::NONE
        && let Some(v) = Seq::of(source).and_then(|items| extreme_simple(items, better))
    {
        return Ok(v);
    }
    let it = protocol::iter(cx, source)?;
    let mut best: Option<(Value, Value)> = None;
    while let Some(v) = protocol::next(cx, it)? {
        let k = if key == Value::NONE { v } else { protocol::call(cx, key, &[v])? };
        best = match best {
            Some((_, best_key)) => {
                let found = match simple_compare(better, k, best_key) {
                    Some(found) => found,
                    None => protocol::compare_bool(cx, k, best_key, better)?,
                };
                if found { Some((v, k)) } else { best }
            }
            None => Some((v, k)),
        };
    }
    match (best, default) {
        (Some((v, _)), _) => Ok(v),
        (None, Some(d)) => Ok(d),
        (None, None) => Err(cx.value_error(format!("{what}() iterable argument is empty"))),
    }
}

/// The extreme item of a list or tuple that is not empty, if no Python code has to compare.
fn extreme_simple(items: Seq, better: CmpOp) -> Option<Value> {
    let mut best = items.get(0)?;
    for i in 1..items.len() {
        let v = items.get(i)?;
        if simple_compare(better, v, best)? {
            best = v;
        }
    }
    Some(best)
}

fn sorted(cx: &mut Ctx, args: Args) -> PyResult {
    let list = crate::list::collect(cx, args[0])?;
    let reverse = args.truth_or(cx, 2, false)?;
    sort::sort(cx, list, args.or(1, Value::NONE), reverse)?;
    Ok(list.value())
}

fn sum(cx: &mut Ctx, args: Args) -> PyResult {
    let mut total = args.or(1, Value::small(0));
    let ty = types::type_of(cx, total);
    let refused = if ty == cx.types.str {
        Some("sum() can't sum strings [use ''.join(seq) instead]")
    } else if ty == cx.types.bytes {
        Some("sum() can't sum bytes [use b''.join(seq) instead]")
    } else if ty.name_str() == "bytearray" {
        Some("sum() can't sum bytearray [use b''.join(seq) instead]")
    } else {
        None
    };
    if let Some(text) = refused {
        return Err(cx.type_error(text));
    }
    if let Some(items) = Seq::of(args[0])
        && let Some(sum) = sum_words(items, total)
    {
        return Ok(sum);
    }
    let it = protocol::iter(cx, args[0])?;
    while let Some(v) = protocol::next(cx, it)? {
        if let (Some(a), Some(b)) = (total.as_int(), v.as_int()) {
            total = int::from_i64(cx, a + b);
            continue;
        }
        if float::of(total).is_some() || (float::of(v).is_some() && int::of(total).is_some()) {
            return sum_floats(cx, it, total, v);
        }
        if is_complex(cx, total) || (is_complex(cx, v) && is_real(total)) {
            return sum_complex(cx, it, total, v);
        }
        total = protocol::add(cx, total, v)?;
    }
    Ok(total)
}

fn is_complex(cx: &Ctx, v: Value) -> bool {
    types::type_of(cx, v) == cx.types.complex
}

fn is_real(v: Value) -> bool {
    v.as_int().is_some() || float::of(v).is_some()
}

/// A sum whose rounding errors are kept apart (Neumaier).
#[derive(Clone, Copy, Default)]
struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    fn add(&mut self, x: f64) {
        let t = self.total + x;
        self.lost += if self.total.abs() >= x.abs() { (self.total - t) + x } else { (x - t) + self.total };
        self.total = t;
    }
}

/// The same of complex numbers, part by part.
fn sum_complex(cx: &mut Ctx, it: Value, start: Value, first: Value) -> PyResult {
    let (mut re, mut im) = (Sum::default(), Sum::default());
    let mut item = Some(first);
    let parts = |cx: &Ctx, v: Value| {
        if is_complex(cx, v) {
            let o = Obj::of(v)?;
            return Some((o.at(0).as_float()?, Some(o.at(1).as_float()?)));
        }
        is_real(v).then(|| (float::number(v).unwrap_or(0.0), None))
    };
    if let Some((a, b)) = parts(cx, start) {
        (re.total, im.total) = (a, b.unwrap_or(0.0));
    }
    // The first imaginary part is taken as it is, whatever sign its zero has.
    let mut imaginary = is_complex(cx, start);
    while let Some(v) = item {
        match parts(cx, v) {
            Some((a, b)) => {
                re.add(a);
                match b {
                    Some(b) if imaginary => im.add(b),
                    Some(b) => (im.total, imaginary) = (b, true),
                    None => {}
                }
            }
            None => {
                let partial = types::complex_value(cx, finish(re.total, re.lost), finish(im.total, im.lost));
                let mut total = protocol::add(cx, partial, v)?;
                while let Some(v) = protocol::next(cx, it)? {
                    total = protocol::add(cx, total, v)?;
                }
                return Ok(total);
            }
        }
        item = protocol::next(cx, it)?;
    }
    Ok(types::complex_value(cx, finish(re.total, re.lost), finish(im.total, im.lost)))
}

/// The sum of a list or tuple of small ints, if it is one.
fn sum_words(items: Seq, start: Value) -> Option<Value> {
    let mut total = start.as_int()?;
    for i in 0..items.len() {
        total = total.checked_add(items.get(i)?.as_int()?)?;
    }
    Value::int(total)
}

/// Compensated summation (Neumaier), as CPython does since 3.12, until something else than a number comes.
fn sum_floats(cx: &mut Ctx, it: Value, start: Value, first: Value) -> PyResult {
    let mut sum = Sum { total: float::number(start).unwrap_or(0.0), lost: 0.0 };
    let mut item = Some(first);
    while let Some(v) = item {
        let x = match (float::of(v), v.as_int()) {
            (Some(x), _) => x,
            (None, Some(i)) => i as f64,
            _ => {
                let partial = float::new(cx, finish(sum.total, sum.lost));
                if is_complex(cx, v) {
                    return sum_complex(cx, it, partial, v);
                }
                let mut total = protocol::add(cx, partial, v)?;
                while let Some(v) = protocol::next(cx, it)? {
                    total = protocol::add(cx, total, v)?;
                }
                return Ok(total);
            }
        };
        sum.add(x);
        item = protocol::next(cx, it)?;
    }
    Ok(float::new(cx, finish(sum.total, sum.lost)))
}

fn finish(acc: f64, lost: f64) -> f64 {
    if lost != 0.0 && lost.is_finite() { acc + lost } else { acc }
}
