//! `math`: functions of real numbers.

use crate::arguments::real;
use engine::prelude::*;
use pynumeric::int::BigInt;
use pynumeric::math::{self as pm, MathError, R};

/// Raises what `e` means for `math.function(x)`.
#[cold]
fn fail(cx: &mut Ctx, e: MathError, function: &str, x: f64) -> Raised {
    match e {
        MathError::Domain => cx.value_error(pm::domain_message(function, x)),
        MathError::Range => cx.overflow_error(MathError::Range.to_string()),
    }
}

/// Raises what `e` means, without naming the argument.
#[cold]
fn fail_plain(cx: &mut Ctx, e: MathError) -> Raised {
    let text = e.to_string();
    match e {
        MathError::Domain => cx.value_error(text),
        MathError::Range => cx.overflow_error(text),
    }
}

#[inline]
fn apply(cx: &mut Ctx, v: Value, name: &str, f: fn(f64) -> R) -> PyResult {
    let x = real(cx, v)?;
    match f(x) {
        Ok(r) => Ok(float::new(cx, r)),
        Err(e) => Err(fail(cx, e, name, x)),
    }
}

macro_rules! unary {
    ($($name:ident)*) => {$(
        /// `math` function of the same name.
        pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            apply(cx, args[0], stringify!($name), pm::$name)
        }
    )*};
}
unary!(acos acosh asin asinh atan atanh cbrt cos cosh erf erfc exp exp2 expm1 gamma lgamma log1p sin sinh sqrt tan tanh);

macro_rules! plain {
    ($($name:ident = $f:expr;)*) => {$(
        /// `math` function of the same name; it cannot fail.
        pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            let f: fn(f64) -> f64 = $f;
            let x = real(cx, args[0])?;
            Ok(float::new(cx, f(x)))
        }
    )*};
}
plain! {
    degrees = |x| x * (180.0 / std::f64::consts::PI);
    radians = |x| x * (std::f64::consts::PI / 180.0);
    fabs = f64::abs;
    ulp = pm::ulp;
}

macro_rules! predicate {
    ($($name:ident = $f:expr;)*) => {$(
        /// `math` predicate of the same name.
        pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            let f: fn(f64) -> bool = $f;
            let x = real(cx, args[0])?;
            Ok(Value::bool(f(x)))
        }
    )*};
}
predicate! {
    isfinite = f64::is_finite;
    isinf = f64::is_infinite;
    isnan = f64::is_nan;
}

macro_rules! binary {
    ($($name:ident)*) => {$(
        /// `math` function of the same name.
        pub fn $name(cx: &mut Ctx, args: Args) -> PyResult {
            let (x, y) = (real(cx, args[0])?, real(cx, args[1])?);
            match pm::$name(x, y) {
                Ok(r) => Ok(float::new(cx, r)),
                Err(e) => Err(fail_plain(cx, e)),
            }
        }
    )*};
}
binary!(fmod pow remainder);

/// `math.atan2`
pub fn atan2(cx: &mut Ctx, args: Args) -> PyResult {
    let (y, x) = (real(cx, args[0])?, real(cx, args[1])?);
    Ok(float::new(cx, pm::atan2(y, x)))
}

/// `math.copysign`
pub fn copysign(cx: &mut Ctx, args: Args) -> PyResult {
    let (x, y) = (real(cx, args[0])?, real(cx, args[1])?);
    Ok(float::new(cx, pm::copysign(x, y)))
}

/// `math.fma`
pub fn fma(cx: &mut Ctx, args: Args) -> PyResult {
    let (x, y, z) = (real(cx, args[0])?, real(cx, args[1])?, real(cx, args[2])?);
    match pm::fma(x, y, z) {
        Ok(r) => Ok(float::new(cx, r)),
        Err(MathError::Domain) => Err(cx.value_error("invalid operation in fma")),
        Err(MathError::Range) => Err(cx.overflow_error("overflow in fma")),
    }
}

/// A logarithm of a float or of an int of any size.
fn logarithm(cx: &mut Ctx, v: Value, name: &str, f: fn(f64) -> R) -> Res<f64> {
    if !int::is_sub(cx, v) {
        let x = real(cx, v)?;
        return match f(x) {
            Ok(r) => Ok(r),
            Err(e) => Err(fail(cx, e, name, x)),
        };
    }
    let n = protocol::index_value(cx, v)?;
    let done = match int::to_i64(n) {
        Some(i) if i.unsigned_abs() < 1 << 53 => f(i as f64),
        _ => pm::log_int(&int::to_big(n).unwrap_or_default(), f),
    };
    done.map_err(|_| cx.value_error("expected a positive input"))
}

/// `math.log`
pub fn log(cx: &mut Ctx, args: Args) -> PyResult {
    let x = logarithm(cx, args[0], "log", pm::ln)?;
    let Some(base) = args.get(1) else { return Ok(float::new(cx, x)) };
    let base = logarithm(cx, base, "log", pm::ln)?;
    if base == 0.0 {
        return Err(cx.zero_division_error("division by zero"));
    }
    Ok(float::new(cx, x / base))
}

/// `math.log2`
pub fn log2(cx: &mut Ctx, args: Args) -> PyResult {
    let r = logarithm(cx, args[0], "log2", pm::log2)?;
    Ok(float::new(cx, r))
}

/// `math.log10`
pub fn log10(cx: &mut Ctx, args: Args) -> PyResult {
    let r = logarithm(cx, args[0], "log10", pm::log10)?;
    Ok(float::new(cx, r))
}

/// `math.frexp`
pub fn frexp(cx: &mut Ctx, args: Args) -> PyResult {
    let x = real(cx, args[0])?;
    let (m, e) = if x == 0.0 || !x.is_finite() { (x, 0) } else { pynumeric::float::frexp(x) };
    let pair = [float::new(cx, m), Value::small(e)];
    Ok(Tuple::new(cx, &pair))
}

/// `math.ldexp`
pub fn ldexp(cx: &mut Ctx, args: Args) -> PyResult {
    let x = real(cx, args[0])?;
    if int::of_sub(cx, args[1]).is_none() {
        return Err(cx.type_error("Expected an int as second argument to ldexp."));
    }
    let e = protocol::index_clip(cx, args[1])?;
    match pm::ldexp(x, e) {
        Ok(r) => Ok(float::new(cx, r)),
        Err(e) => Err(fail_plain(cx, e)),
    }
}

/// `math.modf`
pub fn modf(cx: &mut Ctx, args: Args) -> PyResult {
    let x = real(cx, args[0])?;
    let (fraction, whole) = pm::modf(x);
    let pair = [float::new(cx, fraction), float::new(cx, whole)];
    Ok(Tuple::new(cx, &pair))
}

/// `math.nextafter`
pub fn nextafter(cx: &mut Ctx, args: Args) -> PyResult {
    let (x, y) = (real(cx, args[0])?, real(cx, args[1])?);
    let r = match args.some(2) {
        None => pynumeric::float::nextafter(x, y),
        Some(steps) => {
            let steps = protocol::index_value(cx, steps)?;
            if int::sign(steps) < 0 {
                return Err(cx.value_error("steps must be a non-negative integer"));
            }
            let n = int::to_big(steps).and_then(|n| u64::try_from(n).ok()).unwrap_or(u64::MAX);
            pm::nextafter_steps(x, y, n)
        }
    };
    Ok(float::new(cx, r))
}

/// `math.isclose`
pub fn isclose(cx: &mut Ctx, args: Args) -> PyResult {
    let (a, b) = (real(cx, args[0])?, real(cx, args[1])?);
    let rel = match args.get(2) {
        Some(v) => real(cx, v)?,
        None => 1e-9,
    };
    let abs = match args.get(3) {
        Some(v) => real(cx, v)?,
        None => 0.0,
    };
    if rel < 0.0 || abs < 0.0 {
        return Err(cx.value_error("tolerances must be non-negative"));
    }
    Ok(Value::bool(pm::isclose(a, b, rel, abs)))
}

/// The int of a float without fraction.
fn whole(cx: &mut Ctx, x: f64) -> PyResult {
    if x.abs() < 9.0e18 {
        return Ok(int::from_i64(cx, x as i64));
    }
    let n: Result<BigInt, _> = pm::to_integer(x);
    match n {
        Ok(n) => Ok(int::from_big(cx, n)),
        Err(e) => {
            let text = e.to_string();
            Err(if x.is_nan() { cx.value_error(text) } else { cx.overflow_error(text) })
        }
    }
}

/// Rounding through the special method `name`, else through the float in `v`.
fn rounded(cx: &mut Ctx, v: Value, name: &[u8], f: fn(f64) -> f64) -> PyResult {
    if let Some(x) = float::of(v) {
        return whole(cx, f(x));
    }
    if int::of(v).is_some() && !v.is_bool() {
        return Ok(v);
    }
    let name = cx.intern(name);
    if let Some(method) = protocol::lookup_special(cx, v, name)? {
        return protocol::call(cx, method, &[]);
    }
    let x = real(cx, v)?;
    whole(cx, f(x))
}

/// `math.ceil`
pub fn ceil(cx: &mut Ctx, args: Args) -> PyResult {
    rounded(cx, args[0], b"__ceil__", f64::ceil)
}

/// `math.floor`
pub fn floor(cx: &mut Ctx, args: Args) -> PyResult {
    rounded(cx, args[0], b"__floor__", f64::floor)
}

/// `math.trunc`
pub fn trunc(cx: &mut Ctx, args: Args) -> PyResult {
    if let Some(x) = float::of(args[0]) {
        return whole(cx, x.trunc());
    }
    let name = cx.names.__trunc__;
    match protocol::lookup_special(cx, args[0], name)? {
        Some(method) => protocol::call(cx, method, &[]),
        None => {
            let name = type_name(cx, args[0]);
            Err(cx.type_error(format!("type {name} doesn't define __trunc__ method")))
        }
    }
}
