//! The module `cmath`.

use crate::arguments::real;
use engine::prelude::*;
use pynumeric::cmath::{self as cm, C};
use pynumeric::complex::Complex;
use pynumeric::math::MathError;

macro_rules! functions {
    ($($name:ident, $doc:literal;)*) => {
        &[$(NativeDef::new(stringify!($name), "($module, z, /)", |cx, args| {
            let z = argument(cx, args[0])?;
            finish(cx, cm::$name(z))
        }, $doc),)*
        NativeDef::new("log", "($module, z, base=<unrepresentable>, /)", log, "log(z[, base]) -> the logarithm of z to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e) of z."),
        NativeDef::new("phase", "($module, z, /)", |cx, args| {
            let z = argument(cx, args[0])?;
            Ok(float::new(cx, cm::phase(z)))
        }, "Return argument, also known as the phase angle, of a complex."),
        NativeDef::new("polar", "($module, z, /)", polar, "Convert a complex from rectangular coordinates to polar coordinates.\n\nr is the distance from 0 and phi the phase angle."),
        NativeDef::new("rect", "($module, r, phi, /)", |cx, args| {
            let (r, phi) = (real(cx, args[0])?, real(cx, args[1])?);
            finish(cx, cm::rect(r, phi))
        }, "Convert from polar coordinates to rectangular coordinates."),
        NativeDef::new("isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", isclose, "Determine whether two complex numbers are close in value."),
        NativeDef::new("isfinite", "($module, z, /)", |cx, args| {
            let z = argument(cx, args[0])?;
            Ok(Value::bool(z.re.is_finite() && z.im.is_finite()))
        }, "Return True if both the real and imaginary parts of z are finite, else False."),
        NativeDef::new("isnan", "($module, z, /)", |cx, args| {
            let z = argument(cx, args[0])?;
            Ok(Value::bool(z.re.is_nan() || z.im.is_nan()))
        }, "Checks if the real or imaginary part of z not a number (NaN)."),
        NativeDef::new("isinf", "($module, z, /)", |cx, args| {
            let z = argument(cx, args[0])?;
            Ok(Value::bool(z.re.is_infinite() || z.im.is_infinite()))
        }, "Checks if the real or imaginary part of z is infinite.")]
    };
}

/// `cmath`.
pub static CMATH: ModuleDef = ModuleDef {
    doc: "This module provides access to mathematical functions for complex\nnumbers.",
    functions: functions! {
        acos, "Return the arc cosine of z.";
        acosh, "Return the inverse hyperbolic cosine of z.";
        asin, "Return the arc sine of z.";
        asinh, "Return the inverse hyperbolic sine of z.";
        atan, "Return the arc tangent of z.";
        atanh, "Return the inverse hyperbolic tangent of z.";
        cos, "Return the cosine of z.";
        cosh, "Return the hyperbolic cosine of z.";
        exp, "Return the exponential value e**z.";
        log10, "Return the base-10 logarithm of z.";
        sin, "Return the sine of z.";
        sinh, "Return the hyperbolic sine of z.";
        sqrt, "Return the square root of z.";
        tan, "Return the tangent of z.";
        tanh, "Return the hyperbolic tangent of z.";
    },
    constants: &[
        ("pi", Const::Float(std::f64::consts::PI)),
        ("e", Const::Float(std::f64::consts::E)),
        ("tau", Const::Float(std::f64::consts::TAU)),
        ("inf", Const::Float(f64::INFINITY)),
        ("nan", Const::Float(f64::NAN)),
    ],
    init: Some(|cx, module| {
        for (name, im) in [("infj", f64::INFINITY), ("nanj", f64::NAN)] {
            let v = types::complex_value(cx, 0.0, im);
            cx.set_module_attr(module, name, v);
        }
        Ok(())
    }),
    ..ModuleDef::new("cmath")
};

fn parts(cx: &mut Ctx, v: Value) -> Option<Complex> {
    let complex = cx.types.complex;
    if !type_of(cx, v).is_subtype(complex) {
        return None;
    }
    let part = |i| float::of(types::instance::native_slot(cx, v, i)).unwrap_or(0.0);
    Some(Complex::new(part(0), part(1)))
}

/// `v` as a complex number: by `__complex__`, `__float__` or `__index__`.
pub fn argument(cx: &mut Ctx, v: Value) -> Res<Complex> {
    if let Some(z) = parts(cx, v) {
        return Ok(z);
    }
    let name = cx.names.__complex__;
    if float::of(v).is_none()
        && !int::is(v)
        && let Some(f) = protocol::lookup_special(cx, v, name)?
    {
        let z = protocol::call(cx, f, &[])?;
        return match parts(cx, z) {
            Some(z) => Ok(z),
            None => {
                let name = type_name(cx, z);
                Err(cx.type_error(format!("__complex__ returned non-complex (type {name})")))
            }
        };
    }
    Ok(Complex::new(real(cx, v)?, 0.0))
}

#[cold]
fn fail(cx: &mut Ctx, e: MathError) -> Raised {
    let text = e.to_string();
    match e {
        MathError::Domain => cx.value_error(text),
        MathError::Range => cx.overflow_error(text),
    }
}

fn finish(cx: &mut Ctx, done: C) -> PyResult {
    match done {
        Ok(z) => Ok(types::complex_value(cx, z.re, z.im)),
        Err(e) => Err(fail(cx, e)),
    }
}

fn log(cx: &mut Ctx, args: Args) -> PyResult {
    let z = argument(cx, args[0])?;
    let Some(base) = args.get(1) else { return finish(cx, cm::log(z)) };
    let base = argument(cx, base)?;
    // A divisor of zero is a domain error.
    let quotient = cm::log(z).and_then(|z| z.div(cm::log(base)?).map_err(|_| MathError::Domain));
    finish(cx, quotient)
}

fn polar(cx: &mut Ctx, args: Args) -> PyResult {
    let z = argument(cx, args[0])?;
    match cm::polar(z) {
        Ok((r, phi)) => {
            let pair = [float::new(cx, r), float::new(cx, phi)];
            Ok(Tuple::new(cx, &pair))
        }
        Err(e) => Err(fail(cx, e)),
    }
}

fn isclose(cx: &mut Ctx, args: Args) -> PyResult {
    let (a, b) = (argument(cx, args[0])?, argument(cx, args[1])?);
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
    Ok(Value::bool(cm::isclose(a, b, rel, abs)))
}
