//! Comparisons, also with other numbers, and hashes.

use crate::context;
use crate::convert;
use crate::core::number::{Dec, Kind, order, status};
use crate::core::{arith, fast};
use crate::value;
use engine::prelude::{CmpOp, Ctx, PyResult, Value, int, objects, protocol, types};
use proto_core::Kind as CellKind;

/// The modulus of numeric hashes, 2**61 - 1.
const P: u64 = (1 << 61) - 1;
/// The inverse of ten.
const INVERSE_OF_TEN: u64 = 2_075_258_708_292_324_556;
const INFINITY: i64 = 314_159;

fn pow_mod(base: u64, mut e: u64) -> u64 {
    let (mut out, mut base) = (1u128, u128::from(base));
    while e > 0 {
        if e & 1 == 1 {
            out = out * base % u128::from(P);
        }
        base = base * base % u128::from(P);
        e >>= 1;
    }
    out as u64
}

/// `hash(v)`: that of an equal int, float or fraction.
pub fn hash(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    let (neg, residue, exp) = match value::small(v) {
        Some(x) => (x.neg, (x.coef % u128::from(P)) as u64, x.exp),
        None => {
            let d = value::load(v);
            match d.kind {
                Kind::Signaling => return Err(cx.type_error("Cannot hash a signaling NaN value")),
                Kind::Quiet => return Ok(objects::hash_pointer(v)),
                Kind::Infinite => return Ok(if d.neg { -INFINITY } else { INFINITY }),
                Kind::Finite => (d.neg, d.coef.residue(P), d.exp),
            }
        }
    };
    let unit = match exp {
        0 => 1,
        1.. => pow_mod(10, exp as u64),
        _ => pow_mod(INVERSE_OF_TEN, exp.unsigned_abs()),
    };
    let h = (u128::from(residue) * u128::from(unit) % u128::from(P)) as i64;
    let h = if neg { -h } else { h };
    Ok(if h == -1 { -2 } else { h })
}

/// What a Decimal is compared with, as a number; both sides where they must be scaled. `None`: nothing that compares.
fn other_side(cx: &mut Ctx, a: &mut Dec, b: Value, op: CmpOp, ctx: Value) -> PyResult<Option<Dec>> {
    if let Some(d) = convert::try_operand(cx, b)? {
        return Ok(Some(d));
    }
    let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
    if let Some(f) = convert::float_in(cx, b) {
        if equality {
            // Told, but never raised.
            context::change_bits(cx, ctx, context::FLAGS, |old| old | status::FLOAT_OPERATION);
        } else {
            context::signal(cx, ctx, status::FLOAT_OPERATION)?;
        }
        return Ok(Some(convert::of_float(f)));
    }
    if equality && is_complex(cx, b) {
        let (real, imag) = (part(cx, b, "real")?, part(cx, b, "imag")?);
        if imag != 0.0 {
            return Ok(None);
        }
        context::change_bits(cx, ctx, context::FLAGS, |old| old | status::FLOAT_OPERATION);
        return Ok(Some(convert::of_float(real)));
    }
    if b.is_kind(CellKind::Object) {
        let rational = protocol::import_attr(cx, "numbers", "Rational")?;
        if protocol::is_instance(cx, b, rational)? {
            return scaled(cx, a, b).map(Some);
        }
    }
    Ok(None)
}

fn is_complex(cx: &Ctx, v: Value) -> bool {
    types::type_of(cx, v).is_subtype(cx.types.complex)
}

fn part(cx: &mut Ctx, v: Value, name: &str) -> PyResult<f64> {
    let name = cx.intern(name.as_bytes());
    let part = protocol::getattr(cx, v, name)?;
    protocol::to_f64(cx, part)
}

/// The numerator of a fraction, `a` being multiplied by its denominator.
fn scaled(cx: &mut Ctx, a: &mut Dec, b: Value) -> PyResult<Dec> {
    let name = cx.intern(b"denominator");
    let denominator = protocol::getattr(cx, b, name)?;
    let name = cx.intern(b"numerator");
    let numerator = protocol::getattr(cx, b, name)?;
    if !int::is_sub(cx, denominator) || !int::is_sub(cx, numerator) {
        return Err(cx.type_error("numerator and denominator of a Rational must be integers"));
    }
    let d = convert::of_int(cx, denominator)?;
    let n = convert::of_int(cx, numerator)?;
    if a.is_finite() {
        *a = Dec::new(a.neg, a.coef.mul(&d.coef), a.exp);
    }
    Ok(n)
}

/// `a op b`
pub fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if let Some(x) = value::small(a)
        && let Some(y) = value::small_operand(cx, b)
        && let Some(by) = fast::order(x, y)
    {
        return Ok(Value::bool(op.test(by)));
    }
    let ctx = context::current(cx)?;
    let mut x = value::load(a);
    let Some(y) = other_side(cx, &mut x, b, op, ctx)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if x.is_nan() || y.is_nan() {
        let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
        if !equality || x.kind == Kind::Signaling || y.kind == Kind::Signaling {
            context::signal(cx, ctx, status::INVALID_OPERATION)?;
        }
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    Ok(Value::bool(op.test(order(&x, &y))))
}

/// `compare_total` and the like as numbers.
pub fn total(a: &Dec, b: &Dec, mag: bool) -> Dec {
    Dec::int(arith::compare_total(a, b, mag) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_times_its_inverse_is_one() {
        assert_eq!(u128::from(INVERSE_OF_TEN) * 10 % u128::from(P), 1);
        assert_eq!(pow_mod(10, P - 2), INVERSE_OF_TEN);
    }
}
