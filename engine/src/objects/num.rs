//! Arithmetic on any mix of exact ints, bools and floats, without type slots.

use super::{float, int};
use crate::ctx::{Ctx, Raised};
use crate::protocol::BinOp;
use proto_core::{Heap, Value};

pub use float::FloatError;
pub use int::IntError;

/// Why arithmetic failed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum NumError {
    /// On ints.
    Int(IntError),
    /// On floats.
    Float(FloatError),
}

impl From<IntError> for NumError {
    fn from(e: IntError) -> NumError {
        NumError::Int(e)
    }
}

impl From<FloatError> for NumError {
    fn from(e: FloatError) -> NumError {
        NumError::Float(e)
    }
}

/// Raises CPython's exception for an error of arithmetic.
#[cold]
pub fn raise_num(cx: &mut Ctx, e: NumError) -> Raised {
    match e {
        NumError::Int(e) => int::raise_int(cx, e),
        NumError::Float(FloatError::DivisionByZero | FloatError::ZeroToNegative) => {
            let NumError::Float(e) = e else { return cx.zero_division_error("division by zero") };
            cx.zero_division_error(e.to_string())
        }
        NumError::Float(FloatError::Overflow) => {
            // OverflowError(34, 'Numerical result out of range')
            let text = super::Str::new(cx, "Numerical result out of range");
            cx.raise_args(crate::exceptions::Exc::OverflowError, &[Value::small(34), text])
        }
        NumError::Float(e @ FloatError::Infinity) => cx.overflow_error(e.to_string()),
        NumError::Float(e) => cx.value_error(e.to_string()),
    }
}

/// `a op b`; `None` when an operand is something else, the operator does not apply, or the result is complex.
pub fn arith(heap: &Heap, op: BinOp, a: Value, b: Value) -> Option<Result<Value, NumError>> {
    if !a.is_float() && !b.is_float() {
        if !int::is_int(a) || !int::is_int(b) {
            return None;
        }
        return ints(heap, op, a, b);
    }
    let (x, y) = match (operand(a)?, operand(b)?) {
        (Ok(x), Ok(y)) => (x, y),
        (Err(e), _) | (_, Err(e)) => return Some(Err(e)),
    };
    floats(heap, op, x, y)
}

/// A float, or an int as a float.
fn operand(v: Value) -> Option<Result<f64, NumError>> {
    match v.as_float() {
        Some(f) => Some(Ok(f)),
        None if int::is_int(v) => Some(int::to_f64(v).ok_or(NumError::Int(IntError::TooLargeForFloat))),
        None => None,
    }
}

fn floats(heap: &Heap, op: BinOp, x: f64, y: f64) -> Option<Result<Value, NumError>> {
    let r = match op {
        BinOp::Add => x + y,
        BinOp::Sub => x - y,
        BinOp::Mul => x * y,
        BinOp::TrueDiv if y == 0.0 => return Some(Err(FloatError::DivisionByZero.into())),
        BinOp::TrueDiv => x / y,
        BinOp::FloorDiv => match float::floordiv(x, y) {
            Ok(r) => r,
            Err(e) => return Some(Err(e.into())),
        },
        BinOp::Mod => match float::modulo(x, y) {
            Ok(r) => r,
            Err(e) => return Some(Err(e.into())),
        },
        BinOp::Pow => match float::pow(x, y) {
            Ok(r) => r,
            Err(FloatError::NeedsComplex) => return None,
            Err(e) => return Some(Err(e.into())),
        },
        _ => return None,
    };
    Some(Ok(heap.float(r)))
}

fn ints(heap: &Heap, op: BinOp, a: Value, b: Value) -> Option<Result<Value, NumError>> {
    let both_bool = a.is_bool() && b.is_bool();
    let r = match op {
        BinOp::Add => Ok(int::add(heap, a, b)),
        BinOp::Sub => Ok(int::sub(heap, a, b)),
        BinOp::Mul => Ok(int::mul(heap, a, b)),
        // Logical operators of two bools give a bool.
        BinOp::And if both_bool => Ok(Value::bool(a == Value::TRUE && b == Value::TRUE)),
        BinOp::Or if both_bool => Ok(Value::bool(a == Value::TRUE || b == Value::TRUE)),
        BinOp::Xor if both_bool => Ok(Value::bool(a != b)),
        BinOp::And => Ok(int::and(heap, a, b)),
        BinOp::Or => Ok(int::or(heap, a, b)),
        BinOp::Xor => Ok(int::xor(heap, a, b)),
        BinOp::FloorDiv => int::floordiv(heap, a, b),
        BinOp::Mod => int::modulo(heap, a, b),
        BinOp::TrueDiv => int::truediv(a, b).map(|f| heap.float(f)),
        BinOp::LShift => int::lshift(heap, a, b),
        BinOp::RShift => int::rshift(heap, a, b),
        BinOp::Pow if int::sign(b) >= 0 => int::pow(heap, a, b),
        BinOp::Pow => {
            // A negative exponent makes a float.
            return match (operand(a)?, operand(b)?) {
                (Ok(x), Ok(y)) => floats(heap, op, x, y),
                (Err(e), _) | (_, Err(e)) => Some(Err(e)),
            };
        }
        _ => return None,
    };
    Some(r.map_err(NumError::Int))
}
