//! `math`: sums, products and norms over iterables.

use crate::arguments::real;
use engine::prelude::*;
use pynumeric::sums::{self, Fsum, FsumError, SumProd};

#[cold]
fn fail(cx: &mut Ctx, e: FsumError) -> Raised {
    match e {
        FsumError::Overflow => cx.overflow_error("intermediate overflow in fsum"),
        FsumError::InfMinusInf => cx.value_error("-inf + inf in fsum"),
    }
}

/// `math.fsum`
pub fn fsum(cx: &mut Ctx, args: Args) -> PyResult {
    let mut sum = Fsum::default();
    protocol::for_each(cx, args[0], |cx, v| {
        let x = real(cx, v)?;
        sum.add(x).map_err(|e| fail(cx, e))
    })?;
    match sum.result() {
        Ok(x) => Ok(float::new(cx, x)),
        Err(e) => Err(fail(cx, e)),
    }
}

/// The coordinates of a point: a tuple as it is, other iterables collected.
fn point(cx: &mut Ctx, v: Value) -> Res<Vec<f64>> {
    let items = protocol::tuple_of(cx, v)?;
    let mut out = Vec::with_capacity(items.len());
    for v in items.items() {
        out.push(real(cx, v)?);
    }
    Ok(out)
}

/// `math.dist`
pub fn dist(cx: &mut Ctx, args: Args) -> PyResult {
    let p = protocol::tuple_of(cx, args[0])?.value();
    let q = protocol::tuple_of(cx, args[1])?.value();
    if Tuple::of(p).map(Tuple::len) != Tuple::of(q).map(Tuple::len) {
        return Err(cx.value_error("both points must have the same number of dimensions"));
    }
    let (p, q) = (point(cx, p)?, point(cx, q)?);
    Ok(float::new(cx, sums::dist(&p, &q)))
}

/// `math.hypot`
pub fn hypot(cx: &mut Ctx, args: Args) -> PyResult {
    let mut v = point(cx, args[0])?;
    for x in &mut v {
        *x = x.abs();
    }
    Ok(float::new(cx, sums::vector_norm(&v)))
}

/// `math.prod`
pub fn prod(cx: &mut Ctx, args: Args) -> PyResult {
    let it = protocol::iter(cx, args[0])?;
    let mut result = args.or(1, Value::small(1));
    while let Some(v) = protocol::next(cx, it)? {
        result = match (float::of(result), float::number(v)) {
            (Some(a), Some(b)) => float::new(cx, a * b),
            _ => protocol::mul(cx, result, v)?,
        };
        cx.poll()?;
    }
    Ok(result)
}

/// The pair as floats, when one is a float and the other a float, an int or a bool.
fn float_pair(p: Value, q: Value) -> Option<(f64, f64)> {
    if float::of(p).is_none() && float::of(q).is_none() {
        return None;
    }
    Some((float::number(p)?, float::number(q)?))
}

/// `total + p * q`, as far as machine integers hold it.
fn int_step(total: i64, p: Value, q: Value) -> Option<i64> {
    if !int::is(p) || !int::is(q) {
        return None;
    }
    total.checked_add(int::to_i64(p)?.checked_mul(int::to_i64(q)?)?)
}

/// `math.sumprod`: the ints that come first, then the floats that follow are summed exactly; from the first other pair on,
/// or the first that overflows, the operators decide.
pub fn sumprod(cx: &mut Ctx, args: Args) -> PyResult {
    let p = protocol::iter(cx, args[0])?;
    let q = protocol::iter(cx, args[1])?;
    let mut total = Value::small(0);
    let mut ints = Some(0);
    let mut floats = Some(SumProd::default());
    let mut any_floats = false;
    loop {
        let (a, b) = match (protocol::next(cx, p)?, protocol::next(cx, q)?) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => break,
            _ => return Err(cx.value_error("Inputs are not the same length")),
        };
        if let Some(sum) = ints {
            ints = int_step(sum, a, b);
            if ints.is_some() {
                continue;
            }
            total = int::from_i64(cx, sum);
        }
        if let Some(sum) = floats {
            floats = float_pair(a, b).and_then(|(x, y)| sum.plus(x, y));
            if floats.is_some() {
                any_floats = true;
                continue;
            }
            if any_floats {
                total = add_float(cx, total, sum)?;
            }
        }
        let product = protocol::mul(cx, a, b)?;
        total = protocol::add(cx, total, product)?;
        cx.poll()?;
    }
    match (ints, floats) {
        (Some(sum), _) => Ok(int::from_i64(cx, sum)),
        (None, Some(sum)) if any_floats => add_float(cx, total, sum),
        _ => Ok(total),
    }
}

fn add_float(cx: &mut Ctx, total: Value, sum: SumProd) -> PyResult {
    let x = float::new(cx, sum.result());
    protocol::add(cx, total, x)
}
