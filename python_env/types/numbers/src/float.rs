//! Methods of `float`.

use std::cmp::Ordering;

use engine::objects::{Bytes, Tuple};
use engine::prelude::*;
use engine::protocol;
use pynumeric::float::{self as math, FloatError};
use pynumeric::{floatfmt, parse};

use crate::leaf;
use crate::results::{self, type_name};

pub static FLOAT: TypeDef = TypeDef {
    doc: "Convert a string or number to a floating-point number, if possible.",
    flags: TypeFlags::BASETYPE,
    new: Some(NativeDef::new("__new__", "($type, x=0, /)", float_new, "").leaf(leaf::float_new)),
    slots: Slots {
        repr: Some(float_repr),
        hash: Some(float_hash),
        richcmp: Some(float_richcmp),
        bool: Some(|cx, v| Ok(this(cx, v) != 0.0)),
        int: Some(|cx, v| {
            let x = this(cx, v);
            truncated(cx, x)
        }),
        float: Some(|cx, v| {
            let x = this(cx, v);
            Ok(float::new(cx, x))
        }),
        neg: Some(|cx, v| {
            let x = this(cx, v);
            Ok(float::new(cx, -x))
        }),
        pos: Some(|cx, v| {
            let x = this(cx, v);
            Ok(float::new(cx, x))
        }),
        abs: Some(|cx, v| {
            let x = this(cx, v);
            Ok(float::new(cx, x.abs()))
        }),
        add: Some(|cx, a, b| arith(cx, a, b, |x, y| Ok(x + y))),
        sub: Some(|cx, a, b| arith(cx, a, b, |x, y| Ok(x - y))),
        mul: Some(|cx, a, b| arith(cx, a, b, |x, y| Ok(x * y))),
        truediv: Some(|cx, a, b| arith(cx, a, b, math::div)),
        floordiv: Some(|cx, a, b| arith(cx, a, b, math::floor_div)),
        mod_: Some(|cx, a, b| arith(cx, a, b, math::modulo)),
        divmod: Some(float_divmod),
        pow: Some(float_pow),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "as_integer_ratio",
            "($self, /)",
            as_integer_ratio,
            "Return a pair of integers, whose ratio is exactly equal to the original float.\n\nThe ratio is in lowest terms and has a positive denominator.  Raise\nOverflowError on infinities and a ValueError on NaNs.\n\n>>> (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n>>> (-.25).as_integer_ratio()\n(-1, 4)",
        ),
        NativeDef::new(
            "conjugate",
            "($self, /)",
            |cx, args| plain(cx, args[0]),
            "Return self, the complex conjugate of any float.",
        ),
        NativeDef::new(
            "hex",
            "($self, /)",
            hex,
            "Return a hexadecimal representation of a floating-point number.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'",
        ),
        NativeDef::new("is_integer", "($self, /)", is_integer, "Return True if the float is an integer."),
        NativeDef::new(
            "__ceil__",
            "($self, /)",
            |cx, args| {
                let x = this(cx, args[0]).ceil();
                truncated(cx, x)
            },
            "Return the ceiling as an Integral.",
        ),
        NativeDef::new(
            "__floor__",
            "($self, /)",
            |cx, args| {
                let x = this(cx, args[0]).floor();
                truncated(cx, x)
            },
            "Return the floor as an Integral.",
        ),
        NativeDef::new(
            "__trunc__",
            "($self, /)",
            |cx, args| {
                let x = this(cx, args[0]);
                truncated(cx, x)
            },
            "Return the Integral closest to x between 0 and x.",
        ),
        NativeDef::new(
            "__round__",
            "($self, ndigits=None, /)",
            round,
            "Return the Integral closest to x, rounding half toward even.\n\nWhen an argument is passed, work like built-in round(x, ndigits).",
        ),
        NativeDef::new("__format__", "($self, format_spec, /)", format, "Formats the float according to format_spec."),
        NativeDef::new("__getnewargs__", "($self, /)", getnewargs, ""),
    ],
    class_methods: &[
        NativeDef::new(
            "fromhex",
            "($type, string, /)",
            fromhex,
            "Create a floating-point number from a hexadecimal string.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> float.fromhex('-0x1p-1074')\n-5e-324",
        ),
        NativeDef::new(
            "from_number",
            "($type, number, /)",
            from_number,
            "Convert real number to a floating-point number.",
        ),
        NativeDef::new(
            "__getformat__",
            "($type, typestr, /)",
            getformat,
            "You probably don't want to use this function.\n\n  typestr\n    Must be 'double' or 'float'.\n\nIt exists mainly to be used in Python's test suite.\n\nThis function returns whichever of 'unknown', 'IEEE, big-endian' or 'IEEE,\nlittle-endian' best describes the format of floating-point numbers used by the\nC type named by typestr.",
        ),
    ],
    getsets: &[
        GetSet::ro("real", plain, "the real part of a complex number"),
        GetSet::ro("imag", |cx, _| Ok(float::new(cx, 0.0)), "the imaginary part of a complex number"),
    ],
    ..TypeDef::new("builtins", "float")
};

/// The number behind `self`, whose type the caller has checked.
fn this(cx: &mut Ctx, v: Value) -> f64 {
    let base = engine::objects::base_value(cx, v);
    float::of(base).unwrap_or(f64::NAN)
}

fn plain(cx: &mut Ctx, v: Value) -> PyResult {
    let x = this(cx, v);
    Ok(float::new(cx, x))
}

/// An operand as `f64`: a float or an int; `Ok(None)` for others.
fn operand(cx: &mut Ctx, v: Value) -> Res<Option<f64>> {
    let base = engine::objects::base_value(cx, v);
    if let Some(x) = float::of(base) {
        return Ok(Some(x));
    }
    if int::of(base).is_some() {
        return match int::to_f64(base) {
            Some(x) => Ok(Some(x)),
            None => Err(cx.overflow_error("int too large to convert to float")),
        };
    }
    Ok(None)
}

/// Raises what `e` means.
pub fn raise(cx: &mut Ctx, e: FloatError) -> Raised {
    let text = e.to_string();
    match e {
        FloatError::DivisionByZero | FloatError::ZeroToNegative => cx.zero_division_error(text),
        FloatError::Overflow => {
            let args = [Value::small(34), Str::new(cx, "Numerical result out of range")];
            cx.raise_args(Exc::OverflowError, &args)
        }
        FloatError::Infinity => cx.overflow_error(text),
        FloatError::Nan | FloatError::NeedsComplex => cx.value_error(text),
    }
}

fn arith(cx: &mut Ctx, a: Value, b: Value, op: fn(f64, f64) -> Result<f64, FloatError>) -> PyResult {
    let (Some(x), Some(y)) = (operand(cx, a)?, operand(cx, b)?) else { return Ok(Value::NOT_IMPLEMENTED) };
    match op(x, y) {
        Ok(v) => Ok(float::new(cx, v)),
        Err(e) => Err(raise(cx, e)),
    }
}

/// `base ** exp`, which may be complex.
pub fn power(cx: &mut Ctx, base: f64, exp: f64) -> PyResult {
    match math::pow(base, exp) {
        Ok(v) => Ok(float::new(cx, v)),
        Err(FloatError::NeedsComplex) => {
            let (b, e) = (pynumeric::complex::Complex::new(base, 0.0), pynumeric::complex::Complex::new(exp, 0.0));
            crate::complex::outcome(cx, b.pow(e))
        }
        Err(e) => Err(raise(cx, e)),
    }
}

fn float_pow(cx: &mut Ctx, a: Value, b: Value, m: Value) -> PyResult {
    if m != Value::NONE {
        return Err(cx.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    let (Some(x), Some(y)) = (operand(cx, a)?, operand(cx, b)?) else { return Ok(Value::NOT_IMPLEMENTED) };
    power(cx, x, y)
}

fn float_divmod(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (Some(x), Some(y)) = (operand(cx, a)?, operand(cx, b)?) else { return Ok(Value::NOT_IMPLEMENTED) };
    match math::divmod(x, y) {
        Ok((q, r)) => {
            let pair = [float::new(cx, q), float::new(cx, r)];
            Ok(Tuple::new(cx, &pair))
        }
        Err(e) => Err(raise(cx, e)),
    }
}

fn float_new(cx: &mut Ctx, args: Args) -> PyResult {
    let x = match args.get(1) {
        None => float::new(cx, 0.0),
        Some(v) => convert(cx, v)?,
    };
    cx.wrap_subclass(args[0], x)
}

/// `float(v)` as an exact float.
pub fn convert(cx: &mut Ctx, v: Value) -> PyResult {
    if float::of(v).is_some() {
        return Ok(v);
    }
    let slots = types::type_of(cx, v).slots();
    if slots.float().is_some() || slots.index().is_some() {
        let got = protocol::float_value(cx, v)?;
        return plain(cx, got);
    }
    let text = if let Some(s) = Str::of_sub(cx, v) {
        pytext::unicode::decimals_to_ascii(s.as_bytes()).into_owned()
    } else if let Some(b) = Bytes::of_sub(cx, v) {
        b.as_slice().to_vec()
    } else if let Some(b) = protocol::buffer_bytes(cx, v)? {
        b
    } else {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("float() argument must be a string or a real number, not '{name}'")));
    };
    match parse::float(&text) {
        Some(x) => Ok(float::new(cx, x)),
        None => {
            let shown = results::repr_text(cx, v)?;
            Err(cx.value_error(format!("could not convert string to float: {shown}")))
        }
    }
}

fn float_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let x = this(cx, v);
    Ok(Str::new(cx, &floatfmt::repr(x)))
}

fn float_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let x = this(cx, v);
    Ok(if x.is_nan() { engine::objects::hash_pointer(v) } else { math::hash(x) })
}

fn float_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let base = engine::objects::base_value(cx, a);
    let Some(x) = float::of(base) else { return Ok(Value::NOT_IMPLEMENTED) };
    let other = engine::objects::base_value(cx, b);
    let order: Option<Ordering> = if let Some(y) = float::of(other) {
        x.partial_cmp(&y)
    } else if int::of(other).is_some() {
        int::cmp_float(other, x).map(Ordering::reverse)
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(match order {
        Some(order) => results::holds(op, order),
        None => op == CmpOp::Ne,
    }))
}

/// `int(x)`.
fn truncated(cx: &mut Ctx, x: f64) -> PyResult {
    if x.abs() < 1e18 {
        return Ok(int::from_i64(cx, x as i64));
    }
    match math::to_bigint(x) {
        Ok(n) => Ok(int::from_big(cx, n)),
        Err(e) => Err(raise(cx, e)),
    }
}

fn as_integer_ratio(cx: &mut Ctx, args: Args) -> PyResult {
    let x = this(cx, args[0]);
    match math::as_integer_ratio(x) {
        Ok((n, d)) => {
            let pair = [int::from_big(cx, n), int::from_big(cx, d)];
            Ok(Tuple::new(cx, &pair))
        }
        Err(FloatError::Infinity) => Err(cx.overflow_error("cannot convert Infinity to integer ratio")),
        Err(_) => Err(cx.value_error("cannot convert NaN to integer ratio")),
    }
}

fn hex(cx: &mut Ctx, args: Args) -> PyResult {
    let x = this(cx, args[0]);
    Ok(Str::new(cx, &floatfmt::hex(x)))
}

fn is_integer(cx: &mut Ctx, args: Args) -> PyResult {
    let x = this(cx, args[0]);
    Ok(Value::bool(math::is_integer(x)))
}

fn round(cx: &mut Ctx, args: Args) -> PyResult {
    let x = this(cx, args[0]);
    let n = match args.or(1, Value::NONE) {
        Value::NONE => {
            let rounded = if x.is_finite() { x.round_ties_even() } else { x };
            return truncated(cx, rounded);
        }
        n => protocol::index_value(cx, n)?,
    };
    let places = int::to_i64(n).unwrap_or(if int::sign(n) < 0 { i64::MIN } else { i64::MAX });
    match math::round(x, places) {
        Ok(v) => Ok(float::new(cx, v)),
        Err(_) => Err(cx.overflow_error("rounded value too large to represent")),
    }
}

fn format(cx: &mut Ctx, args: Args) -> PyResult {
    let spec = args.str(cx, 1)?;
    if spec.is_empty() {
        return protocol::str(cx, args[0]);
    }
    let x = this(cx, args[0]);
    let done = pytext::format::format_float(x, spec.as_bytes());
    results::formatted(cx, done)
}

fn getnewargs(cx: &mut Ctx, args: Args) -> PyResult {
    let v = plain(cx, args[0])?;
    Ok(Tuple::new(cx, &[v]))
}

fn fromhex(cx: &mut Ctx, args: Args) -> PyResult {
    let s = args.str(cx, 1)?;
    let x = match parse::float_fromhex(s.as_bytes()) {
        Ok(x) => x,
        Err(parse::HexError::TooLarge) => {
            return Err(cx.overflow_error("hexadecimal value too large to represent as a float"));
        }
        Err(_) => return Err(cx.value_error("invalid hexadecimal floating-point string")),
    };
    let v = float::new(cx, x);
    if args[0] == cx.types.float.value() { Ok(v) } else { protocol::call(cx, args[0], &[v]) }
}

fn from_number(cx: &mut Ctx, args: Args) -> PyResult {
    let slots = types::type_of(cx, args[1]).slots();
    if slots.float().is_none() && slots.index().is_none() {
        let name = type_name(cx, args[1]);
        return Err(cx.type_error(format!("must be real number, not {name}")));
    }
    let v = convert(cx, args[1])?;
    if args[0] == cx.types.float.value() { Ok(v) } else { protocol::call(cx, args[0], &[v]) }
}

fn getformat(cx: &mut Ctx, args: Args) -> PyResult {
    match &*args.str(cx, 1)?.to_string_lossy() {
        "double" | "float" => {
            let order = if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" };
            Ok(Str::new(cx, order))
        }
        _ => Err(cx.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
    }
}
