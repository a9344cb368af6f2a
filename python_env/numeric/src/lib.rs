//! Number algorithms of the Python runtime: everything that `int`, `float`, `complex` and the mathematical modules
//! compute, without knowledge of the heap. [`num_bigint`] is the one big-integer library.

#![forbid(unsafe_code)]

pub mod cmath;
mod cmath_tables;
pub mod combinatorics;
pub mod complex;
pub mod decimal;
pub mod divisor;
pub mod float;
pub mod floatfmt;
pub mod hash;
pub mod hyperbolic;
pub mod int;
pub mod math;
pub mod parse;
pub mod random;
pub mod sums;

pub use num_bigint;
pub use num_bigint::{BigInt, BigUint, Sign};
pub mod limits;
pub mod long;
