//! Constant expressions.

use engine_code::{Const, Wtf8};
use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};
use ruff_python_ast::{self as ast, Expr, Operator, UnaryOp};

use crate::codegen::Compiler;
use crate::literal;

/// Longest string or bytes that repetition may make at compile time, in bytes.
const MAX_TEXT: usize = 4096;
/// Longest tuple that repetition may make.
const MAX_TUPLE: usize = 256;
/// Largest int, in bits, that multiplication, powers and shifts may make.
const MAX_BITS: u64 = 128;

/// The value of an expression that is constant.
pub fn constant(e: &Expr, c: &Compiler<'_>) -> Option<Const> {
    Some(match e {
        Expr::NumberLiteral(n) if let Some(c) = c.source.tree.and_then(|t| t.constant(&n.node_index)) => c.clone(),
        Expr::NumberLiteral(n) => match &n.value {
            ast::Number::Int(i) => literal::int(i),
            ast::Number::Float(x) => Const::Float(*x),
            ast::Number::Complex { real, imag } => Const::Complex(*real, *imag),
        },
        Expr::StringLiteral(s) => Const::Str(literal::string(c.source, &s.value)),
        Expr::BytesLiteral(b) => Const::Bytes(b.value.bytes().collect::<Vec<u8>>().into()),
        Expr::BooleanLiteral(b) => bool_const(b.value),
        Expr::NoneLiteral(_) => Const::None,
        Expr::EllipsisLiteral(_) => Const::Ellipsis,
        Expr::Name(n) if n.id.as_str() == "__debug__" => bool_const(c.flags.optimize == 0),
        Expr::UnaryOp(u) => {
            let value = constant(&u.operand, c)?;
            match (u.op, value) {
                (UnaryOp::Not, v) => bool_const(!truth(&v)),
                (UnaryOp::USub, Const::Float(x)) => Const::Float(-x),
                (UnaryOp::USub, Const::Complex(x, y)) => Const::Complex(-x, -y),
                (UnaryOp::USub, v) => int_const(-as_int(&v)?),
                (UnaryOp::UAdd, v @ (Const::Float(_) | Const::Complex(..) | Const::Int(_) | Const::BigInt { .. })) => v,
                (UnaryOp::Invert, v) => int_const(-as_int(&v)? - 1),
                _ => return None,
            }
        }
        Expr::BinOp(b) => {
            let right = constant(&b.right, c)?;
            let left = crate::symbols_build::with_stack(|| constant(&b.left, c))?;
            binary(b.op, left, right)?
        }
        Expr::Tuple(t) => {
            if t.elts.is_empty() {
                return Some(Const::Tuple([].into()));
            }
            constants(&t.elts, c).map(|v| Const::Tuple(v.into()))?
        }
        Expr::Slice(s) => {
            let part = |e: &Option<Box<Expr>>| e.as_ref().map_or(Some(Const::None), |e| constant(e, c));
            Const::Slice(std::sync::Arc::new([part(&s.lower)?, part(&s.upper)?, part(&s.step)?]))
        }
        Expr::FString(f) => literal::plain_fstring(c.source, f)?,
        _ => return None,
    })
}

fn constants(elts: &[Expr], c: &Compiler<'_>) -> Option<Vec<Const>> {
    // A cheap look first: most displays hold names.
    if elts.iter().any(|e| matches!(e, Expr::Name(_) | Expr::Call(_) | Expr::Attribute(_) | Expr::Starred(_))) {
        return None;
    }
    elts.iter().map(|e| crate::symbols_build::with_stack(|| constant(e, c))).collect()
}

/// A display on the right of `in`, as a constant.
pub fn membership(e: &Expr, c: &Compiler<'_>) -> Option<Const> {
    match e {
        Expr::List(l) => constants(&l.elts, c).map(|v| Const::Tuple(v.into())),
        Expr::Set(s) => constants(&s.elts, c).map(|v| Const::FrozenSet(v.into())),
        _ => constant(e, c),
    }
}

/// An int of 8 bits.
pub fn small_int(e: &Expr, c: &Compiler<'_>) -> Option<i8> {
    match e {
        Expr::NumberLiteral(_) | Expr::UnaryOp(_) | Expr::BinOp(_) => match constant(e, c)? {
            Const::Int(n) => i8::try_from(n).ok(),
            _ => None,
        },
        _ => None,
    }
}

fn bool_const(b: bool) -> Const {
    if b { Const::True } else { Const::False }
}

/// Whether two constants are equal to Python, as keys of a mapping are.
pub fn equal(a: &Const, b: &Const) -> bool {
    /// Real part and imaginary part.
    enum Real {
        Int(BigInt),
        Float(f64),
    }
    let number = |c: &Const| {
        Some(match c {
            Const::True => (Real::Int(BigInt::from(1)), 0.0),
            Const::False => (Real::Int(BigInt::from(0)), 0.0),
            Const::Float(x) => (Real::Float(*x), 0.0),
            Const::Complex(x, y) => (Real::Float(*x), *y),
            other => (Real::Int(as_int(other)?), 0.0),
        })
    };
    let (Some((x, i)), Some((y, j))) = (number(a), number(b)) else { return a == b };
    let whole = |n: &BigInt, x: f64| x.fract() == 0.0 && BigInt::from_f64(x).is_some_and(|m| m == *n);
    i == j
        && match (&x, &y) {
            (Real::Int(n), Real::Int(m)) => n == m,
            (Real::Float(x), Real::Float(y)) => x == y,
            (Real::Int(n), Real::Float(x)) | (Real::Float(x), Real::Int(n)) => whole(n, *x),
        }
}

/// How messages show a number that was calculated.
pub fn repr(value: &Const) -> Option<String> {
    match value {
        Const::Int(n) => Some(n.to_string()),
        Const::Float(x) => Some(crate::unparse::repr_float(*x)),
        _ => None,
    }
}

/// The constant's truth.
pub fn truth(value: &Const) -> bool {
    match value {
        Const::None | Const::False => false,
        Const::Int(n) => *n != 0,
        Const::Float(x) => *x != 0.0,
        Const::Complex(x, y) => *x != 0.0 || *y != 0.0,
        Const::Str(s) => !s.0.is_empty(),
        Const::Bytes(b) => !b.is_empty(),
        Const::Tuple(t) | Const::FrozenSet(t) => !t.is_empty(),
        _ => true,
    }
}

fn as_int(value: &Const) -> Option<BigInt> {
    match value {
        Const::Int(n) => Some(BigInt::from(*n)),
        Const::BigInt { negative, magnitude } => {
            let sign = if *negative { Sign::Minus } else { Sign::Plus };
            Some(BigInt::from_bytes_le(sign, magnitude))
        }
        _ => None,
    }
}

/// An int constant.
pub fn int_const(n: BigInt) -> Const {
    match n.to_i64() {
        Some(n) => Const::Int(n),
        None => {
            let (sign, magnitude) = n.to_bytes_le();
            Const::BigInt { negative: sign == Sign::Minus, magnitude: magnitude.into() }
        }
    }
}

fn as_float(value: &Const) -> Option<f64> {
    match value {
        Const::Float(x) => Some(*x),
        Const::Int(n) if n.unsigned_abs() <= 1 << 53 => Some(*n as f64),
        _ => None,
    }
}

fn binary(op: Operator, left: Const, right: Const) -> Option<Const> {
    use Operator::*;
    if let (Some(a), Some(b)) = (as_int(&left), as_int(&right)) {
        return int_binary(op, a, b, &left, &right);
    }
    match (op, &left, &right) {
        (Add, Const::Str(a), Const::Str(b)) => {
            (a.0.len() + b.0.len() <= 1 << 20).then(|| Const::Str(Wtf8([&a.0[..], &b.0[..]].concat().into())))
        }
        (Add, Const::Bytes(a), Const::Bytes(b)) => Some(Const::Bytes([&a[..], &b[..]].concat().into())),
        (Add, Const::Tuple(a), Const::Tuple(b)) => Some(Const::Tuple([&a[..], &b[..]].concat().into())),
        (Mult, Const::Str(s), Const::Int(n)) | (Mult, Const::Int(n), Const::Str(s)) => {
            let n = usize::try_from(*n).unwrap_or(0);
            (s.0.len().checked_mul(n)? <= MAX_TEXT).then(|| Const::Str(Wtf8(s.0.repeat(n).into())))
        }
        (Mult, Const::Bytes(s), Const::Int(n)) | (Mult, Const::Int(n), Const::Bytes(s)) => {
            let n = usize::try_from(*n).unwrap_or(0);
            (s.len().checked_mul(n)? <= MAX_TEXT).then(|| Const::Bytes(s.repeat(n).into()))
        }
        (Mult, Const::Tuple(t), Const::Int(n)) | (Mult, Const::Int(n), Const::Tuple(t)) => {
            let n = usize::try_from(*n).unwrap_or(0);
            if t.len().checked_mul(n)? > MAX_TUPLE {
                return None;
            }
            let items: Vec<Const> = std::iter::repeat_n(&t[..], n).flatten().cloned().collect();
            Some(Const::Tuple(items.into()))
        }
        (Add, Const::Complex(x, y), Const::Complex(u, v)) => Some(Const::Complex(x + u, y + v)),
        (Sub, Const::Complex(x, y), Const::Complex(u, v)) => Some(Const::Complex(x - u, y - v)),
        (Add, Const::Complex(x, y), r) => Some(Const::Complex(x + as_float(r)?, *y)),
        (Add, l, Const::Complex(x, y)) => Some(Const::Complex(as_float(l)? + x, *y)),
        (Sub, Const::Complex(x, y), r) => Some(Const::Complex(x - as_float(r)?, *y)),
        (Sub, l, Const::Complex(x, y)) => Some(Const::Complex(as_float(l)? - x, -y)),
        _ => {
            let (a, b) = (as_float(&left)?, as_float(&right)?);
            match op {
                Add => Some(Const::Float(a + b)),
                Sub => Some(Const::Float(a - b)),
                Mult => Some(Const::Float(a * b)),
                Div if b != 0.0 => Some(Const::Float(a / b)),
                _ => None,
            }
        }
    }
}

fn int_binary(op: Operator, a: BigInt, b: BigInt, left: &Const, right: &Const) -> Option<Const> {
    use Operator::*;
    let value = match op {
        Add => a + b,
        Sub => a - b,
        Mult if a.bits() + b.bits() <= MAX_BITS => a * b,
        Div => {
            let (x, y) = (as_float(left)?, as_float(right)?);
            return (y != 0.0).then(|| Const::Float(x / y));
        }
        FloorDiv | Mod if !b.is_zero() => {
            // num's division truncates; Python's floors.
            let (mut quotient, mut rest) = (&a / &b, &a % &b);
            if !rest.is_zero() && rest.is_negative() != b.is_negative() {
                quotient -= 1;
                rest += &b;
            }
            if op == Mod { rest } else { quotient }
        }
        Pow if !b.is_negative() => {
            let exponent = b.to_u32()?;
            if a.bits() * exponent as u64 > MAX_BITS {
                return None;
            }
            a.pow(exponent)
        }
        LShift if !b.is_negative() => {
            let shift = b.to_u64()?;
            if a.bits() + shift > MAX_BITS {
                return None;
            }
            a << shift
        }
        RShift if !b.is_negative() => a >> b.to_u64()?,
        BitAnd => a & b,
        BitOr => a | b,
        BitXor => a ^ b,
        _ => return None,
    };
    Some(int_const(value))
}
