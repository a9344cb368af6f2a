//! `math`: sums, products and norms over iterables.

use crate::common::real;
use engine::objects::List;
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

/// Whether `v` joins the exact summation: a float, or an int that a float can hold, beside at least one float.
fn float_pair(p: Value, q: Value) -> Option<(f64, f64)> {
    if float::of(p).is_none() && float::of(q).is_none() {
        return None;
    }
    Some((float::number(p)?, float::number(q)?))
}

/// `math.sumprod`: runs of floats are summed exactly, all else with the operators.
pub fn sumprod(cx: &mut Ctx, args: Args) -> PyResult {
    let p = protocol::iter(cx, args[0])?;
    let q = protocol::iter(cx, args[1])?;
    let mut total = Value::small(0);
    // The pairs of the present run of floats, kept in case that their sum overflows.
    let run = List::new(cx);
    let mut exact = SumProd::default();
    loop {
        let (a, b) = (protocol::next(cx, p)?, protocol::next(cx, q)?);
        let (a, b) = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => break,
            _ => return Err(cx.value_error("Inputs are not the same length")),
        };
        if let Some((x, y)) = float_pair(a, b) {
            exact.add(x, y);
            run.push(cx, a);
            run.push(cx, b);
        } else {
            total = flush(cx, total, run, &mut exact)?;
            let product = protocol::mul(cx, a, b)?;
            total = protocol::add(cx, total, product)?;
        }
        cx.poll()?;
    }
    flush(cx, total, run, &mut exact)
}

/// Adds the run of floats to `total`.
fn flush(cx: &mut Ctx, mut total: Value, run: List, exact: &mut SumProd) -> PyResult {
    if run.len() == 0 {
        return Ok(total);
    }
    let done = std::mem::take(exact);
    match done.result() {
        Some(x) => {
            let x = float::new(cx, x);
            total = protocol::add(cx, total, x)?;
        }
        None => {
            for i in (0..run.len()).step_by(2) {
                if let (Some(a), Some(b)) = (run.get(i), run.get(i + 1)) {
                    let product = protocol::mul(cx, a, b)?;
                    total = protocol::add(cx, total, product)?;
                }
            }
        }
    }
    run.clear(cx);
    Ok(total)
}
