//! Arithmetic on exact ints, bools and floats in any mixture: what the interpreter tries before the protocol.

use super::int::{self, IntError};
use super::{Obj, Tuple, float, int_long};
use crate::ctx::{Ctx, Raised};
use crate::exceptions::Exc;
use crate::protocol::BinOp;
use crate::types::{COMPLEX_SHAPE, complex_value};
use proto_core::{Heap, Kind, Value};
use pynumeric::complex::Complex;
use pynumeric::float::FloatError;

/// Why arithmetic on numbers failed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
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

/// `a op b`; `None` when an operand is no exact number, or the operation leaves these types: ask the protocol.
pub fn arith(heap: &Heap, op: BinOp, a: Value, b: Value) -> Option<Result<Value, NumError>> {
    match (float::of(a), float::of(b)) {
        (Some(x), Some(y)) => on_floats(heap, op, x, y),
        (Some(x), None) if int::is(b) => on_floats(heap, op, x, int::to_f64(b)?),
        (None, Some(y)) if int::is(a) => on_floats(heap, op, int::to_f64(a)?, y),
        (None, None) if int::is(a) && int::is(b) => on_ints(heap, op, a, b),
        _ => None,
    }
}

/// Bytes to have at hand for `a op b` of ints, working copies included; 0 where that is little, or an error.
pub fn int_room(op: BinOp, a: Value, b: Value) -> usize {
    const LITTLE: u64 = 1 << 21;
    let amounts = matches!(op, BinOp::LShift | BinOp::Pow);
    if !(amounts || a.is_kind(Kind::BigInt) || b.is_kind(Kind::BigInt)) || !int::is(a) || !int::is(b) {
        return 0;
    }
    let (x, y) = (int::bit_length(a), int::bit_length(b));
    let amount = || int::to_i64(b).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let bits = match op {
        BinOp::LShift if x != 0 => x.saturating_add(amount()),
        // A power of two is a shift, and those of 0, 1 and -1 are small.
        BinOp::Pow if x > 1 => x.saturating_mul(amount()),
        BinOp::LShift | BinOp::Pow => 0,
        _ => x.saturating_add(y),
    };
    // What is too much for any machine has errors of its own.
    if (LITTLE..1 << 60).contains(&bits) { (bits / 8 * 3) as usize } else { 0 }
}

fn on_ints(heap: &Heap, op: BinOp, a: Value, b: Value) -> Option<Result<Value, NumError>> {
    // The bit operations of two bools are bools.
    let bools = a.is_bool() && b.is_bool();
    if int_long::takes_long(op, a, b) {
        return None;
    }
    let done = match op {
        BinOp::Add => int::add(heap, a, b),
        BinOp::Sub => int::sub(heap, a, b),
        BinOp::Mul => int::mul(heap, a, b),
        BinOp::FloorDiv => int::floordiv(heap, a, b),
        BinOp::Mod => int::modulo(heap, a, b),
        BinOp::LShift => int::lshift(heap, a, b),
        BinOp::RShift => int::rshift(heap, a, b),
        BinOp::BitAnd if !bools => int::and(heap, a, b),
        BinOp::BitOr if !bools => int::or(heap, a, b),
        BinOp::BitXor if !bools => int::xor(heap, a, b),
        BinOp::TrueDiv => int::truediv(a, b).map(|q| heap.float(q)),
        BinOp::DivMod => int::divmod(heap, a, b).map(|(q, r)| Tuple::new(heap, &[q, r])),
        BinOp::Pow if int::sign(b) >= 0 => int::pow(heap, a, b),
        _ => return None,
    };
    Some(done.map_err(NumError::Int))
}

fn on_floats(heap: &Heap, op: BinOp, x: f64, y: f64) -> Option<Result<Value, NumError>> {
    let done = match op {
        BinOp::Add => Ok(x + y),
        BinOp::Sub => Ok(x - y),
        BinOp::Mul => Ok(x * y),
        BinOp::TrueDiv => pynumeric::float::div(x, y),
        BinOp::FloorDiv => float::floordiv(x, y),
        BinOp::Mod => float::modulo(x, y),
        BinOp::Pow => match float::pow(x, y) {
            Err(FloatError::NeedsComplex) => return None,
            other => other,
        },
        BinOp::DivMod => {
            let pair = pynumeric::float::divmod(x, y).map(|(q, r)| Tuple::new(heap, &[heap.float(q), heap.float(r)]));
            return Some(pair.map_err(NumError::Float));
        }
        _ => return None,
    };
    Some(done.map(|f| heap.float(f)).map_err(NumError::Float))
}

/// A part of a complex operation.
#[derive(Copy, Clone)]
enum Part {
    Complex(Complex),
    Real(f64),
}

/// An exact complex number, or a real one that is exact as a float.
fn part(v: Value) -> Option<Part> {
    if let Some(o) = Obj::of(v) {
        if o.shape_id() != COMPLEX_SHAPE {
            return None;
        }
        return Some(Part::Complex(Complex::new(o.at(0).as_float()?, o.at(1).as_float()?)));
    }
    match v.as_int() {
        Some(i) if i.unsigned_abs() <= 1 << 53 => Some(Part::Real(i as f64)),
        Some(_) => None,
        None => v.as_float().map(Part::Real),
    }
}

/// `a op b` for the four basic operators, where one operand is exactly a complex number and nothing is to be raised.
pub fn complex_arith(heap: &Heap, op: BinOp, a: Value, b: Value) -> Option<Value> {
    use Part::{Complex as C, Real as R};
    let z = match (op, part(a)?, part(b)?) {
        (BinOp::Add, C(p), C(q)) => p.add(q),
        (BinOp::Add, C(p), R(x)) | (BinOp::Add, R(x), C(p)) => p.add_real(x),
        (BinOp::Sub, C(p), C(q)) => p.sub(q),
        (BinOp::Sub, C(p), R(x)) => p.sub_real(x),
        (BinOp::Sub, R(x), C(q)) => Complex::real_sub(x, q),
        (BinOp::Mul, C(p), C(q)) => p.mul(q),
        (BinOp::Mul, C(p), R(x)) | (BinOp::Mul, R(x), C(p)) => p.mul_real(x),
        (BinOp::TrueDiv, C(p), C(q)) => p.div(q).ok()?,
        (BinOp::TrueDiv, C(p), R(x)) => p.div_real(x).ok()?,
        (BinOp::TrueDiv, R(x), C(q)) => Complex::real_div(x, q).ok()?,
        _ => return None,
    };
    Some(complex_value(heap, z.re, z.im))
}

/// Raises what `e` means.
#[cold]
pub fn raise_num(cx: &mut Ctx, e: NumError, op: &str) -> Raised {
    match e {
        NumError::Int(e) => int::raise_int(cx, e, op),
        NumError::Float(e) => {
            let exc = match e {
                FloatError::DivisionByZero | FloatError::ZeroToNegative => Exc::ZeroDivisionError,
                FloatError::Overflow | FloatError::Infinity => Exc::OverflowError,
                FloatError::NeedsComplex | FloatError::Nan => Exc::ValueError,
            };
            if e == FloatError::Overflow {
                let args = [Value::small(34), super::Str::new(cx, "Numerical result out of range")];
                return cx.raise_args(exc, &args);
            }
            cx.raise(exc, e.to_string())
        }
    }
}
