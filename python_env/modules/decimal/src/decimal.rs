//! The type `Decimal`: construction and operators.

use crate::compare;
use crate::context;
use crate::convert::{self, Fit};
use crate::core::number::{Env, Round};
use crate::core::{arith, fast};
use crate::ops;
use crate::value;
use engine::prelude::*;

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let class = args[0];
    let ctx = context::given(cx, args.get(2))?;
    let Some(v) = args.get(1) else {
        let zero = crate::core::number::Dec::int(0);
        return value::new_of(cx, class, &zero);
    };
    construct(cx, class, v, ctx, Fit::Exact)
}

/// What the constructors make of `v`.
pub fn construct(cx: &mut Ctx, class: Value, v: Value, ctx: Value, fit: Fit) -> PyResult {
    if fit == Fit::Exact && value::is(cx, v) && cx.is_exactly(v, &DECIMAL) {
        return value::as_class(cx, class, v);
    }
    let d = convert::construct(cx, v, ctx, fit)?;
    value::new_of(cx, class, &d)
}

fn pow(cx: &mut Ctx, a: Value, b: Value, m: Value) -> PyResult {
    let Some(x) = convert::try_operand(cx, a)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(y) = convert::try_operand(cx, b)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let ctx = context::current(cx)?;
    if m == Value::NONE {
        return ops::power(cx, &x, &y, None, ctx);
    }
    let Some(m) = convert::try_operand(cx, m)? else { return Ok(Value::NOT_IMPLEMENTED) };
    ops::power(cx, &x, &y, Some(&m), ctx)
}

fn divmod(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some(x) = convert::try_operand(cx, a)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(y) = convert::try_operand(cx, b)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let ctx = context::current(cx)?;
    ops::divmod(cx, &x, &y, ctx)
}

fn str(cx: &mut Ctx, v: Value) -> PyResult {
    let ctx = context::current(cx)?;
    let text = convert::to_text(cx, v, false, context::capitals(ctx))?;
    ops::text(cx, &text)
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let ctx = context::current(cx)?;
    let mut text = b"Decimal('".to_vec();
    text.extend(convert::to_text(cx, v, false, context::capitals(ctx))?);
    text.extend_from_slice(b"')");
    ops::text(cx, &text)
}

/// The int nearest to `v` in one direction.
pub fn to_int(cx: &mut Ctx, v: Value, round: Round) -> PyResult {
    if let Some(x) = value::small(v)
        && (round == Round::Down || x.exp >= 0)
        && let Some(n) = fast::whole(x)
    {
        return Ok(int::from_i128(cx, n));
    }
    let d = value::load(v);
    let env = Env { round, ..Env::max(proto_core::memory::room_for) };
    convert::to_int(cx, &d, &env)
}

/// `decimal.Decimal`
pub static DECIMAL: TypeDef = TypeDef {
    doc: "A decimal floating-point number. Nothing is rounded when it is made of a str, an int, a float or a tuple.",
    flags: TypeFlags::BASETYPE,
    nnative: value::NATIVE,
    text_signature: "(value=\"0\", context=None)",
    new: Some(NativeDef::new("__new__", "($type, value=\"0\", context=None)", new, "").hide_sig().leaf(|cx, args| {
        match args {
            [_, v] => convert::quick(cx, *v),
            _ => Value::EMPTY,
        }
    })),
    slots: Slots {
        repr: Some(repr),
        str: Some(str),
        hash: Some(compare::hash),
        richcmp: Some(compare::richcmp),
        bool: Some(|_, v| {
            Ok(match value::small(v) {
                Some(x) => x.coef != 0,
                None => !value::load(v).is_zero(),
            })
        }),
        add: Some(|cx, a, b| ops::operator(cx, a, b, fast::add, |a, b, e, st| arith::add(a, b, false, e, st))),
        sub: Some(|cx, a, b| {
            ops::operator(
                cx,
                a,
                b,
                |a, b, e, st| fast::add(a, fast::Fin { neg: !b.neg, ..b }, e, st),
                |a, b, e, st| arith::add(a, b, true, e, st),
            )
        }),
        mul: Some(|cx, a, b| ops::operator(cx, a, b, fast::mul, arith::mul)),
        truediv: Some(|cx, a, b| ops::operator(cx, a, b, fast::div, arith::div)),
        floordiv: Some(|cx, a, b| ops::operator(cx, a, b, fast::divide_int, arith::divide_int)),
        mod_: Some(|cx, a, b| ops::operator(cx, a, b, fast::remainder, arith::remainder)),
        divmod: Some(divmod),
        pow: Some(pow),
        neg: Some(|cx, v| ops::unary(cx, v, |neg| !neg, |a, e, st| arith::plus(a, !a.neg, e, st))),
        pos: Some(|cx, v| ops::unary(cx, v, |neg| neg, |a, e, st| arith::plus(a, a.neg, e, st))),
        abs: Some(|cx, v| ops::unary(cx, v, |_| false, arith::abs)),
        int: Some(|cx, v| to_int(cx, v, Round::Down)),
        float: Some(|cx, v| {
            if let Some(f) = value::small(v).and_then(fast::to_float) {
                return Ok(float::new(cx, f));
            }
            let d = value::load(v);
            let f = convert::to_float(cx, &d)?;
            Ok(float::new(cx, f))
        }),
        ..Slots::NONE
    },
    methods: crate::methods::METHODS,
    class_methods: crate::methods::CLASS_METHODS,
    getsets: &[
        GetSet::ro("real", |_, v| Ok(v), ""),
        GetSet::ro(
            "imag",
            |cx, _| {
                let zero = crate::core::number::Dec::int(0);
                value::new(cx, &zero)
            },
            "",
        ),
    ],
    ..TypeDef::new("decimal", "Decimal")
};
