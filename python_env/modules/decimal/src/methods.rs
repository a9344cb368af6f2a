//! The methods of `Decimal`.

use crate::compare;
use crate::context;
use crate::convert::{self, Fit};
use crate::core::functions::{self, Logic};
use crate::core::number::{Dec, Env, Kind, Round};
use crate::core::{arith, fast, power};
use crate::decimal::{DECIMAL, to_int};
use crate::ops::{self, One, Two};
use crate::value;
use engine::objects::Tuple;
use engine::prelude::{Args, Ctx, NativeDef, PyResult, Str, Value, float, int, protocol, types};

/// A method with an optional context.
fn with_one(cx: &mut Ctx, a: Args, f: One) -> PyResult {
    let ctx = context::given(cx, a.get(1))?;
    ops::one(cx, a[0], ctx, f)
}

/// A method with another number and an optional context.
fn with_two(cx: &mut Ctx, a: Args, f: Two) -> PyResult {
    let ctx = context::given(cx, a.get(2))?;
    ops::two(cx, a[0], a[1], ctx, f)
}

/// Whether something holds of a number.
fn tell(d: Dec, f: fn(&Dec, &Env) -> bool) -> bool {
    f(&d, &Env::max(proto_core::memory::room_for))
}

/// Whether something holds of a number in a context.
pub fn asks(cx: &mut Ctx, v: Value, ctx: Value, f: fn(&Dec, &Env) -> bool) -> PyResult {
    let d = convert::operand(cx, v)?;
    Ok(Value::bool(f(&d, &context::env(ctx))))
}

/// A copy with a change that rounds nothing and tells nothing.
pub fn unrounded(cx: &mut Ctx, v: Value, f: One) -> PyResult {
    let d = convert::operand(cx, v)?;
    let d = f(&d, &Env::max(proto_core::memory::room_for), &mut 0);
    value::new(cx, &d)
}

/// Whether the exponents agree.
pub fn same_quantum(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (x, y) = (convert::operand(cx, a)?, convert::operand(cx, b)?);
    Ok(Value::bool(functions::same_quantum(&x, &y)))
}

/// `number_class`
pub fn class(cx: &mut Ctx, v: Value, ctx: Value) -> PyResult {
    let d = convert::operand(cx, v)?;
    Ok(Str::new(cx, functions::class(&d, &context::env(ctx))))
}

/// The text of a number.
pub fn shown(cx: &mut Ctx, v: Value, ctx: Value, engineering: bool) -> PyResult {
    let v = convert::operand_value(cx, v)?;
    let text = convert::to_text(cx, v, engineering, context::capitals(ctx))?;
    ops::text(cx, &text)
}

/// `x * y + z`
pub fn fma(cx: &mut Ctx, x: Value, y: Value, z: Value, ctx: Value) -> PyResult {
    let (x, y, z) = (convert::operand(cx, x)?, convert::operand(cx, y)?, convert::operand(cx, z)?);
    let mut met = 0;
    let d = arith::fma(&x, &y, &z, &context::env(ctx), &mut met);
    ops::result(cx, ctx, &d, met)
}

/// The rounding mode that an argument names, or the context's.
fn mode(cx: &mut Ctx, given: Option<Value>, env: &Env) -> PyResult<Round> {
    match given {
        None => Ok(env.round),
        Some(v) if v == Value::NONE => Ok(env.round),
        Some(v) => context::rounding(cx, v),
    }
}

fn to_integral(cx: &mut Ctx, a: Args, tells: bool) -> PyResult {
    let ctx = context::given(cx, a.get(2))?;
    let env = context::env(ctx);
    let round = mode(cx, a.get(1), &env)?;
    let mut met = 0;
    let d = arith::to_integral(&value::load(a[0]), tells, &Env { round, ..env }, &mut met);
    ops::result(cx, ctx, &d, met)
}

fn quantize(cx: &mut Ctx, a: Args) -> PyResult {
    let ctx = context::given(cx, a.get(3))?;
    let env = context::env(ctx);
    let round = mode(cx, a.get(2), &env)?;
    let env = Env { round, ..env };
    let mut met = 0;
    if let Some(x) = value::small(a[0])
        && let Some(y) = value::small_operand(cx, a[1])
        && let Some(r) = fast::quantize(x, y.exp, &env, &mut met)
    {
        context::signal(cx, ctx, met)?;
        return value::new_of_small(cx, r);
    }
    met = 0;
    let y = convert::operand(cx, a[1])?;
    let d = arith::quantize(&value::load(a[0]), &y, &env, &mut met);
    ops::result(cx, ctx, &d, met)
}

fn adjusted(cx: &mut Ctx, a: Args) -> PyResult {
    let d = value::load(a[0]);
    Ok(if d.is_finite() { int::from_i64(cx, d.adjusted()) } else { Value::small(0) })
}

fn reduce(cx: &mut Ctx, a: Args) -> PyResult {
    let class = types::type_of(cx, a[0]).value();
    let text = protocol::str(cx, a[0])?;
    let parts = Tuple::new(cx, &[text]);
    Ok(Tuple::new(cx, &[class, parts]))
}

fn round(cx: &mut Ctx, a: Args) -> PyResult {
    let Some(n) = a.get(1) else { return to_int(cx, a[0], Round::HalfEven) };
    if !int::is_sub(cx, n) {
        return Err(cx.type_error("optional arg must be an integer"));
    }
    let n = context::integer(cx, n)?;
    let ctx = context::current(cx)?;
    let unit = Dec::small(false, 1, n.saturating_neg().clamp(-(1 << 61), 1 << 61));
    let mut met = 0;
    if let Some(x) = value::small(a[0])
        && let Some(r) = fast::quantize(x, unit.exp, &context::env(ctx), &mut met)
    {
        context::signal(cx, ctx, met)?;
        return value::new_of_small(cx, r);
    }
    met = 0;
    let d = arith::quantize(&value::load(a[0]), &unit, &context::env(ctx), &mut met);
    ops::result(cx, ctx, &d, met)
}

fn complex(cx: &mut Ctx, a: Args) -> PyResult {
    let d = value::load(a[0]);
    let f = convert::to_float(cx, &d)?;
    let real = float::new(cx, f);
    let class = cx.types.complex.value();
    protocol::call(cx, class, &[real])
}

fn from_float(cx: &mut Ctx, a: Args) -> PyResult {
    let d = float_or_int(cx, a[1])?;
    value_of_class(cx, a[0], &d)
}

/// The exact number in a float or int.
pub fn float_or_int(cx: &mut Ctx, v: Value) -> PyResult<Dec> {
    if int::is_sub(cx, v) {
        return convert::of_int(cx, v);
    }
    match convert::float_in(cx, v) {
        Some(f) => Ok(convert::of_float(f)),
        None => Err(cx.type_error("argument must be int or float")),
    }
}

/// A Decimal, or what calling a class derived from it gives.
fn value_of_class(cx: &mut Ctx, class: Value, d: &Dec) -> PyResult {
    let v = value::new(cx, d)?;
    let own = cx.type_of_def(&DECIMAL).value();
    if class == own { Ok(v) } else { protocol::call(cx, class, &[v]) }
}

fn from_number(cx: &mut Ctx, a: Args) -> PyResult {
    let v = a[1];
    let d = if value::is(cx, v) || int::is_sub(cx, v) || convert::float_in(cx, v).is_some() {
        let ctx = context::current(cx)?;
        if convert::float_in(cx, v).is_some() && !value::is(cx, v) {
            float_or_int(cx, v)?
        } else {
            convert::construct(cx, v, ctx, Fit::Exact)?
        }
    } else {
        convert::operand(cx, v)?
    };
    value_of_class(cx, a[0], &d)
}

/// The class methods of `Decimal`.
pub static CLASS_METHODS: &[NativeDef] = &[
    NativeDef::new("from_float", "($type, f, /)", from_float, "The exact value of a float or int."),
    NativeDef::new("from_number", "($type, number, /)", from_number, "The exact value of a number."),
];

/// The methods of `Decimal`.
pub static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "exp",
        "($self, /, context=None)",
        |cx, a| with_one(cx, a, power::exp),
        "e raised to the power of the number.",
    ),
    NativeDef::new("ln", "($self, /, context=None)", |cx, a| with_one(cx, a, power::ln), "The natural logarithm."),
    NativeDef::new(
        "log10",
        "($self, /, context=None)",
        |cx, a| with_one(cx, a, power::log10),
        "The logarithm to base ten.",
    ),
    NativeDef::new(
        "logb",
        "($self, /, context=None)",
        |cx, a| with_one(cx, a, functions::logb),
        "The exponent of the first digit, as a Decimal.",
    ),
    NativeDef::new(
        "logical_invert",
        "($self, /, context=None)",
        |cx, a| with_one(cx, a, functions::logical_invert),
        "Each of the number's digits, which are 0 or 1, inverted.",
    ),
    NativeDef::new(
        "next_minus",
        "($self, /, context=None)",
        |cx, a| with_one(cx, a, |a, e, st| functions::next(a, false, e, st)),
        "The largest number of the context below.",
    ),
    NativeDef::new(
        "next_plus",
        "($self, /, context=None)",
        |cx, a| with_one(cx, a, |a, e, st| functions::next(a, true, e, st)),
        "The smallest number of the context above.",
    ),
    NativeDef::new(
        "normalize",
        "($self, /, context=None)",
        |cx, a| with_one(cx, a, arith::reduce),
        "Rounded, without zeros at the end.",
    ),
    NativeDef::new("sqrt", "($self, /, context=None)", |cx, a| with_one(cx, a, arith::sqrt), "The square root."),
    NativeDef::new(
        "compare",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| arith::compare(a, b, false, e, st)),
        "-1, 0 or 1, or NaN if one of both is.",
    ),
    NativeDef::new(
        "compare_signal",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| arith::compare(a, b, true, e, st)),
        "As compare, but every NaN signals.",
    ),
    NativeDef::new(
        "logical_and",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::logic(a, b, Logic::And, e, st)),
        "Digits that are 1 in both numbers.",
    ),
    NativeDef::new(
        "logical_or",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::logic(a, b, Logic::Or, e, st)),
        "Digits that are 1 in one of both numbers.",
    ),
    NativeDef::new(
        "logical_xor",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::logic(a, b, Logic::Xor, e, st)),
        "Digits that differ.",
    ),
    NativeDef::new(
        "max",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::extreme(a, b, true, false, e, st)),
        "The larger number; a quiet NaN loses.",
    ),
    NativeDef::new(
        "max_mag",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::extreme(a, b, true, true, e, st)),
        "The number with the larger magnitude.",
    ),
    NativeDef::new(
        "min",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::extreme(a, b, false, false, e, st)),
        "The smaller number; a quiet NaN loses.",
    ),
    NativeDef::new(
        "min_mag",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::extreme(a, b, false, true, e, st)),
        "The number with the smaller magnitude.",
    ),
    NativeDef::new(
        "next_toward",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, functions::next_toward),
        "The neighbour in the direction of the other number.",
    ),
    NativeDef::new(
        "remainder_near",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, arith::remainder_near),
        "What is left after the nearest multiple of the other number.",
    ),
    NativeDef::new(
        "rotate",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::shift(a, b, true, e, st)),
        "The digits rotated to the left, within the precision.",
    ),
    NativeDef::new(
        "scaleb",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, functions::scaleb),
        "Multiplied by ten to the power of the other number.",
    ),
    NativeDef::new(
        "shift",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, e, st| functions::shift(a, b, false, e, st)),
        "The digits shifted to the left, within the precision.",
    ),
    NativeDef::new(
        "compare_total",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, _, _| compare::total(a, b, false)),
        "-1, 0 or 1 in the order of all representations.",
    ),
    NativeDef::new(
        "compare_total_mag",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, _, _| compare::total(a, b, true)),
        "As compare_total, signs left out.",
    ),
    NativeDef::new(
        "copy_sign",
        "($self, /, other, context=None)",
        |cx, a| with_two(cx, a, |a, b, _, _| a.clone().signed(b.neg)),
        "The number with the sign of the other one.",
    ),
    NativeDef::new(
        "same_quantum",
        "($self, /, other, context=None)",
        |cx, a| {
            context::given(cx, a.get(2))?;
            same_quantum(cx, a[0], a[1])
        },
        "Whether both have the same exponent.",
    ),
    NativeDef::new(
        "copy_abs",
        "($self, /)",
        |cx, a| unrounded(cx, a[0], |a, _, _| a.clone().signed(false)),
        "The number without its sign; nothing is rounded.",
    ),
    NativeDef::new(
        "copy_negate",
        "($self, /)",
        |cx, a| unrounded(cx, a[0], |a, _, _| a.clone().signed(!a.neg)),
        "The number with the other sign; nothing is rounded.",
    ),
    NativeDef::new("is_canonical", "($self, /)", |_, a| Ok(Value::bool(tell(value::load(a[0]), |_, _| true))), "True."),
    NativeDef::new(
        "is_finite",
        "($self, /)",
        |_, a| Ok(Value::bool(tell(value::load(a[0]), |d, _| d.is_finite()))),
        "Whether it is neither infinite nor a NaN.",
    ),
    NativeDef::new(
        "is_infinite",
        "($self, /)",
        |_, a| Ok(Value::bool(tell(value::load(a[0]), |d, _| d.is_infinite()))),
        "Whether it is infinite.",
    ),
    NativeDef::new(
        "is_nan",
        "($self, /)",
        |_, a| Ok(Value::bool(tell(value::load(a[0]), |d, _| d.is_nan()))),
        "Whether it is a NaN.",
    ),
    NativeDef::new(
        "is_qnan",
        "($self, /)",
        |_, a| Ok(Value::bool(tell(value::load(a[0]), |d, _| d.kind == Kind::Quiet))),
        "Whether it is a quiet NaN.",
    ),
    NativeDef::new(
        "is_snan",
        "($self, /)",
        |_, a| Ok(Value::bool(tell(value::load(a[0]), |d, _| d.kind == Kind::Signaling))),
        "Whether it is a signaling NaN.",
    ),
    NativeDef::new(
        "is_signed",
        "($self, /)",
        |_, a| Ok(Value::bool(tell(value::load(a[0]), |d, _| d.neg))),
        "Whether it has a minus sign.",
    ),
    NativeDef::new(
        "is_zero",
        "($self, /)",
        |_, a| Ok(Value::bool(tell(value::load(a[0]), |d, _| d.is_zero()))),
        "Whether it is zero.",
    ),
    NativeDef::new(
        "is_normal",
        "($self, /, context=None)",
        |cx, a| {
            let ctx = context::given(cx, a.get(1))?;
            asks(cx, a[0], ctx, |d, e| d.is_finite() && !d.is_zero() && d.adjusted() >= e.emin)
        },
        "Whether it is a normal number.",
    ),
    NativeDef::new(
        "is_subnormal",
        "($self, /, context=None)",
        |cx, a| {
            let ctx = context::given(cx, a.get(1))?;
            asks(cx, a[0], ctx, |d, e| d.is_finite() && !d.is_zero() && d.adjusted() < e.emin)
        },
        "Whether it is a subnormal number.",
    ),
    NativeDef::new(
        "number_class",
        "($self, /, context=None)",
        |cx, a| {
            let ctx = context::given(cx, a.get(1))?;
            class(cx, a[0], ctx)
        },
        "What kind of number it is, in words.",
    ),
    NativeDef::new(
        "to_eng_string",
        "($self, /, context=None)",
        |cx, a| {
            let ctx = context::given(cx, a.get(1))?;
            shown(cx, a[0], ctx, true)
        },
        "The number as text whose exponents are multiples of three.",
    ),
    NativeDef::new(
        "to_integral",
        "($self, /, rounding=None, context=None)",
        |cx, a| to_integral(cx, a, false),
        "Rounded to a whole number.",
    ),
    NativeDef::new(
        "to_integral_value",
        "($self, /, rounding=None, context=None)",
        |cx, a| to_integral(cx, a, false),
        "Rounded to a whole number.",
    ),
    NativeDef::new(
        "to_integral_exact",
        "($self, /, rounding=None, context=None)",
        |cx, a| to_integral(cx, a, true),
        "Rounded to a whole number, which is told.",
    ),
    NativeDef::new(
        "quantize",
        "($self, /, exp, rounding=None, context=None)",
        quantize,
        "Rounded to the exponent of the other number.",
    ),
    NativeDef::new(
        "fma",
        "($self, /, other, third, context=None)",
        |cx, a| {
            let ctx = context::given(cx, a.get(3))?;
            fma(cx, a[0], a[1], a[2], ctx)
        },
        "self * other + third, rounded once.",
    ),
    NativeDef::new("canonical", "($self, /)", |_, a| Ok(a[0]), "The number itself."),
    NativeDef::new("conjugate", "($self, /)", |_, a| Ok(a[0]), "The number itself."),
    NativeDef::new("radix", "($self, /)", |cx, _| value::new(cx, &Dec::int(10)), "Decimal(10)"),
    NativeDef::new("adjusted", "($self, /)", adjusted, "The exponent of the first digit."),
    NativeDef::new(
        "as_tuple",
        "($self, /)",
        |cx, a| convert::to_tuple(cx, &value::load(a[0])),
        "Sign, digits and exponent.",
    ),
    NativeDef::new(
        "as_integer_ratio",
        "($self, /)",
        |cx, a| convert::to_ratio(cx, &value::load(a[0])),
        "Numerator and denominator in lowest terms.",
    ),
    NativeDef::new("__copy__", "($self, /)", |_, a| Ok(a[0]), ""),
    NativeDef::new("__deepcopy__", "($self, object, /)", |_, a| Ok(a[0]), ""),
    NativeDef::new("__reduce__", "($self, /)", reduce, ""),
    NativeDef::new("__format__", "($self, format_spec, override=<unrepresentable>, /)", crate::format::format, "")
        .hide_sig(),
    NativeDef::new("__round__", "($self, ndigits=<unrepresentable>, /)", round, "").hide_sig(),
    NativeDef::new("__ceil__", "($self, /)", |cx, a| to_int(cx, a[0], Round::Ceiling), ""),
    NativeDef::new("__floor__", "($self, /)", |cx, a| to_int(cx, a[0], Round::Floor), ""),
    NativeDef::new("__trunc__", "($self, /)", |cx, a| to_int(cx, a[0], Round::Down), ""),
    NativeDef::new("__complex__", "($self, /)", complex, ""),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        |cx, a| Ok(int::from_usize(cx, 64 + 8 * value::load(a[0]).coef.limbs().len())),
        "",
    ),
];
