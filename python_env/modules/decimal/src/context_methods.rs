//! The methods of `Context`: operations on numbers under a context that is not the current one.

use crate::compare;
use crate::context;
use crate::convert::{self, Fit};
use crate::core::functions::{self, Logic};
use crate::core::number::{Dec, Kind, finalize};
use crate::core::{arith, fast, power};
use crate::decimal::{self, DECIMAL};
use crate::methods::{asks, class, float_or_int, fma, same_quantum, shown, unrounded};
use crate::ops;
use crate::value;
use engine::prelude::{Args, Ctx, NativeDef, PyResult, Str, Value, int};

/// An operand that must be a Decimal already.
fn exact_operand(cx: &mut Ctx, v: Value) -> PyResult {
    if value::is(cx, v) { Ok(v) } else { Err(cx.type_error("argument must be a Decimal")) }
}

fn divmod(cx: &mut Ctx, a: Args) -> PyResult {
    let (x, y) = (convert::operand(cx, a[1])?, convert::operand(cx, a[2])?);
    ops::divmod(cx, &x, &y, a[0])
}

fn power(cx: &mut Ctx, a: Args) -> PyResult {
    let (x, y) = (convert::operand(cx, a[1])?, convert::operand(cx, a[2])?);
    let m = match a.some(3) {
        Some(m) => Some(convert::operand(cx, m)?),
        None => None,
    };
    ops::power(cx, &x, &y, m.as_ref(), a[0])
}

fn create_decimal(cx: &mut Ctx, a: Args) -> PyResult {
    let own = cx.type_of_def(&DECIMAL).value();
    let v = match a.get(1) {
        Some(v) => v,
        None => Str::new(cx, "0"),
    };
    decimal::construct(cx, own, v, a[0], Fit::Rounded)
}

fn create_from_float(cx: &mut Ctx, a: Args) -> PyResult {
    let d = float_or_int(cx, a[1])?;
    let mut met = 0;
    let d = finalize(d, &context::env(a[0]), &mut met);
    ops::result(cx, a[0], &d, met)
}

/// The methods of `Context`.
pub static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "exp",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], power::exp),
        "e raised to the power of the number.",
    ),
    NativeDef::new("ln", "($self, x, /)", |cx, a| ops::one(cx, a[1], a[0], power::ln), "The natural logarithm."),
    NativeDef::new(
        "log10",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], power::log10),
        "The logarithm to base ten.",
    ),
    NativeDef::new(
        "logb",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], functions::logb),
        "The exponent of the first digit, as a Decimal.",
    ),
    NativeDef::new(
        "logical_invert",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], functions::logical_invert),
        "Each of the number's digits, which are 0 or 1, inverted.",
    ),
    NativeDef::new(
        "next_minus",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], |a, e, st| functions::next(a, false, e, st)),
        "The largest number of the context below.",
    ),
    NativeDef::new(
        "next_plus",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], |a, e, st| functions::next(a, true, e, st)),
        "The smallest number of the context above.",
    ),
    NativeDef::new(
        "normalize",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], arith::reduce),
        "Rounded, without zeros at the end.",
    ),
    NativeDef::new("sqrt", "($self, x, /)", |cx, a| ops::one(cx, a[1], a[0], arith::sqrt), "The square root."),
    NativeDef::new(
        "compare",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| arith::compare(a, b, false, e, st)),
        "-1, 0 or 1, or NaN if one of both is.",
    ),
    NativeDef::new(
        "compare_signal",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| arith::compare(a, b, true, e, st)),
        "As compare, but every NaN signals.",
    ),
    NativeDef::new(
        "logical_and",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::logic(a, b, Logic::And, e, st)),
        "Digits that are 1 in both numbers.",
    ),
    NativeDef::new(
        "logical_or",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::logic(a, b, Logic::Or, e, st)),
        "Digits that are 1 in one of both numbers.",
    ),
    NativeDef::new(
        "logical_xor",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::logic(a, b, Logic::Xor, e, st)),
        "Digits that differ.",
    ),
    NativeDef::new(
        "max",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::extreme(a, b, true, false, e, st)),
        "The larger number; a quiet NaN loses.",
    ),
    NativeDef::new(
        "max_mag",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::extreme(a, b, true, true, e, st)),
        "The number with the larger magnitude.",
    ),
    NativeDef::new(
        "min",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::extreme(a, b, false, false, e, st)),
        "The smaller number; a quiet NaN loses.",
    ),
    NativeDef::new(
        "min_mag",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::extreme(a, b, false, true, e, st)),
        "The number with the smaller magnitude.",
    ),
    NativeDef::new(
        "next_toward",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], functions::next_toward),
        "The neighbour in the direction of the other number.",
    ),
    NativeDef::new(
        "remainder_near",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], arith::remainder_near),
        "What is left after the nearest multiple of the other number.",
    ),
    NativeDef::new(
        "rotate",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::shift(a, b, true, e, st)),
        "The digits rotated to the left, within the precision.",
    ),
    NativeDef::new(
        "scaleb",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], functions::scaleb),
        "Multiplied by ten to the power of the other number.",
    ),
    NativeDef::new(
        "shift",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, e, st| functions::shift(a, b, false, e, st)),
        "The digits shifted to the left, within the precision.",
    ),
    NativeDef::new(
        "compare_total",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, _, _| compare::total(a, b, false)),
        "-1, 0 or 1 in the order of all representations.",
    ),
    NativeDef::new(
        "compare_total_mag",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, _, _| compare::total(a, b, true)),
        "As compare_total, signs left out.",
    ),
    NativeDef::new(
        "copy_sign",
        "($self, x, y, /)",
        |cx, a| ops::two(cx, a[1], a[2], a[0], |a, b, _, _| a.clone().signed(b.neg)),
        "The number with the sign of the other one.",
    ),
    NativeDef::new(
        "same_quantum",
        "($self, x, y, /)",
        |cx, a| same_quantum(cx, a[1], a[2]),
        "Whether both have the same exponent.",
    ),
    NativeDef::new(
        "copy_abs",
        "($self, x, /)",
        |cx, a| unrounded(cx, a[1], |a, _, _| a.clone().signed(false)),
        "The number without its sign; nothing is rounded.",
    ),
    NativeDef::new(
        "copy_negate",
        "($self, x, /)",
        |cx, a| unrounded(cx, a[1], |a, _, _| a.clone().signed(!a.neg)),
        "The number with the other sign; nothing is rounded.",
    ),
    NativeDef::new(
        "is_canonical",
        "($self, x, /)",
        |cx, a| {
            exact_operand(cx, a[1])?;
            Ok(Value::TRUE)
        },
        "True.",
    ),
    NativeDef::new(
        "is_finite",
        "($self, x, /)",
        |cx, a| asks(cx, a[1], a[0], |d, _| d.is_finite()),
        "Whether it is neither infinite nor a NaN.",
    ),
    NativeDef::new(
        "is_infinite",
        "($self, x, /)",
        |cx, a| asks(cx, a[1], a[0], |d, _| d.is_infinite()),
        "Whether it is infinite.",
    ),
    NativeDef::new("is_nan", "($self, x, /)", |cx, a| asks(cx, a[1], a[0], |d, _| d.is_nan()), "Whether it is a NaN."),
    NativeDef::new(
        "is_qnan",
        "($self, x, /)",
        |cx, a| asks(cx, a[1], a[0], |d, _| d.kind == Kind::Quiet),
        "Whether it is a quiet NaN.",
    ),
    NativeDef::new(
        "is_snan",
        "($self, x, /)",
        |cx, a| asks(cx, a[1], a[0], |d, _| d.kind == Kind::Signaling),
        "Whether it is a signaling NaN.",
    ),
    NativeDef::new(
        "is_signed",
        "($self, x, /)",
        |cx, a| asks(cx, a[1], a[0], |d, _| d.neg),
        "Whether it has a minus sign.",
    ),
    NativeDef::new("is_zero", "($self, x, /)", |cx, a| asks(cx, a[1], a[0], |d, _| d.is_zero()), "Whether it is zero."),
    NativeDef::new(
        "is_normal",
        "($self, x, /)",
        |cx, a| asks(cx, a[1], a[0], |d, e| d.is_finite() && !d.is_zero() && d.adjusted() >= e.emin),
        "Whether it is a normal number.",
    ),
    NativeDef::new(
        "is_subnormal",
        "($self, x, /)",
        |cx, a| asks(cx, a[1], a[0], |d, e| d.is_finite() && !d.is_zero() && d.adjusted() < e.emin),
        "Whether it is a subnormal number.",
    ),
    NativeDef::new(
        "number_class",
        "($self, x, /)",
        |cx, a| class(cx, a[1], a[0]),
        "What kind of number it is, in words.",
    ),
    NativeDef::new(
        "to_eng_string",
        "($self, x, /)",
        |cx, a| shown(cx, a[1], a[0], true),
        "The number as text whose exponents are multiples of three.",
    ),
    NativeDef::new("to_sci_string", "($self, x, /)", |cx, a| shown(cx, a[1], a[0], false), "The number as text."),
    NativeDef::new(
        "to_integral",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], |a, e, st| arith::to_integral(a, false, e, st)),
        "Rounded to a whole number.",
    ),
    NativeDef::new(
        "to_integral_value",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], |a, e, st| arith::to_integral(a, false, e, st)),
        "Rounded to a whole number.",
    ),
    NativeDef::new(
        "to_integral_exact",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], |a, e, st| arith::to_integral(a, true, e, st)),
        "Rounded to a whole number, which is told.",
    ),
    NativeDef::new(
        "quantize",
        "($self, x, y, /)",
        |cx, a| ops::two_quick(cx, a[1], a[2], a[0], |a, b, e, st| fast::quantize(a, b.exp, e, st), arith::quantize),
        "Rounded to the exponent of the other number.",
    ),
    NativeDef::new("fma", "($self, x, y, z, /)", |cx, a| fma(cx, a[1], a[2], a[3], a[0]), "x * y + z, rounded once."),
    NativeDef::new("canonical", "($self, x, /)", |cx, a| exact_operand(cx, a[1]), "The number itself."),
    NativeDef::new("radix", "($self, /)", |cx, _| value::new(cx, &Dec::int(10)), "Decimal(10)"),
    NativeDef::new(
        "add",
        "($self, x, y, /)",
        |cx, a| ops::two_quick(cx, a[1], a[2], a[0], fast::add, |a, b, e, st| arith::add(a, b, false, e, st)),
        "x + y",
    ),
    NativeDef::new(
        "subtract",
        "($self, x, y, /)",
        |cx, a| {
            ops::two_quick(
                cx,
                a[1],
                a[2],
                a[0],
                |a, b, e, st| fast::add(a, fast::Fin { neg: !b.neg, ..b }, e, st),
                |a, b, e, st| arith::add(a, b, true, e, st),
            )
        },
        "x - y",
    ),
    NativeDef::new(
        "multiply",
        "($self, x, y, /)",
        |cx, a| ops::two_quick(cx, a[1], a[2], a[0], fast::mul, arith::mul),
        "x * y",
    ),
    NativeDef::new(
        "divide",
        "($self, x, y, /)",
        |cx, a| ops::two_quick(cx, a[1], a[2], a[0], fast::div, arith::div),
        "x / y",
    ),
    NativeDef::new(
        "divide_int",
        "($self, x, y, /)",
        |cx, a| ops::two_quick(cx, a[1], a[2], a[0], fast::divide_int, arith::divide_int),
        "The whole part of x / y.",
    ),
    NativeDef::new(
        "remainder",
        "($self, x, y, /)",
        |cx, a| ops::two_quick(cx, a[1], a[2], a[0], fast::remainder, arith::remainder),
        "What is left of x / y.",
    ),
    NativeDef::new("divmod", "($self, x, y, /)", divmod, "The whole part of x / y and what is left."),
    NativeDef::new("abs", "($self, x, /)", |cx, a| ops::one(cx, a[1], a[0], arith::abs), "The magnitude, rounded."),
    NativeDef::new(
        "minus",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], |a, e, st| arith::plus(a, !a.neg, e, st)),
        "-x, rounded.",
    ),
    NativeDef::new(
        "plus",
        "($self, x, /)",
        |cx, a| ops::one(cx, a[1], a[0], |a, e, st| arith::plus(a, a.neg, e, st)),
        "+x, rounded.",
    ),
    NativeDef::new(
        "_apply",
        "($self, object, /)",
        |cx, a| {
            exact_operand(cx, a[1])?;
            ops::one(cx, a[1], a[0], |a, e, st| finalize(a.clone(), e, st))
        },
        "",
    ),
    NativeDef::new("power", "($self, /, a, b, modulo=None)", power, "a ** b, or pow(a, b, modulo)."),
    NativeDef::new(
        "Etiny",
        "($self, /)",
        |cx, a| Ok(int::from_i64(cx, context::env(a[0]).etiny())),
        "The exponent of the smallest subnormal number.",
    ),
    NativeDef::new(
        "Etop",
        "($self, /)",
        |cx, a| Ok(int::from_i64(cx, context::env(a[0]).etop())),
        "The largest exponent of a number with all its digits.",
    ),
    NativeDef::new(
        "clear_flags",
        "($self, /)",
        |cx, a| {
            context::change_bits(cx, a[0], context::FLAGS, |_| 0);
            Ok(Value::NONE)
        },
        "Sets all flags to False.",
    ),
    NativeDef::new(
        "clear_traps",
        "($self, /)",
        |cx, a| {
            context::change_bits(cx, a[0], context::TRAPS, |_| 0);
            Ok(Value::NONE)
        },
        "Sets all traps to False.",
    ),
    NativeDef::new("copy", "($self, /)", |cx, a| Ok(context::copy(cx, a[0], true)), "A copy, flags included."),
    NativeDef::new("__copy__", "($self, /)", |cx, a| Ok(context::copy(cx, a[0], true)), ""),
    NativeDef::new("__reduce__", "($self, /)", context::reduce, ""),
    NativeDef::new("copy_decimal", "($self, x, /)", |cx, a| convert::operand_value(cx, a[1]), "The number itself."),
    NativeDef::new(
        "create_decimal",
        "($self, num=\"0\", /)",
        create_decimal,
        "A number made of anything that Decimal takes, rounded.",
    ),
    NativeDef::new(
        "create_decimal_from_float",
        "($self, f, /)",
        create_from_float,
        "A number made of a float, rounded.",
    ),
];
