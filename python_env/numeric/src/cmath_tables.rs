//! What the complex functions give for infinities and NaNs (C's Annex G). Rows are classes of the real part, columns of
//! the imaginary part: -inf, negative, -0, 0, positive, inf, NaN. `X` is a domain error, or a finite pair, which never
//! comes here.

use std::f64::consts::{FRAC_PI_2 as P2, FRAC_PI_4 as P4, PI};

const N: f64 = f64::NAN;
const I: f64 = f64::INFINITY;
const Z: f64 = 0.0;
const P34: f64 = 2.356194490192345;
const X: Option<(f64, f64)> = None;

/// One function's values.
pub(crate) type Table = [[Option<(f64, f64)>; 7]; 7];

/// Special values of `acos`.
pub(crate) const ACOS: Table = [
    [Some((P34, I)), Some((PI, I)), Some((PI, I)), Some((PI, -I)), Some((PI, -I)), Some((P34, -I)), Some((N, I))],
    [Some((P2, I)), X, X, X, X, Some((P2, -I)), Some((N, N))],
    [Some((P2, I)), X, X, X, X, Some((P2, -I)), Some((P2, N))],
    [Some((P2, I)), X, X, X, X, Some((P2, -I)), Some((P2, N))],
    [Some((P2, I)), X, X, X, X, Some((P2, -I)), Some((N, N))],
    [Some((P4, I)), Some((Z, I)), Some((Z, I)), Some((Z, -I)), Some((Z, -I)), Some((P4, -I)), Some((N, I))],
    [Some((N, I)), Some((N, N)), Some((N, N)), Some((N, N)), Some((N, N)), Some((N, -I)), Some((N, N))],
];

/// Special values of `acosh`.
pub(crate) const ACOSH: Table = [
    [Some((I, -P34)), Some((I, -PI)), Some((I, -PI)), Some((I, PI)), Some((I, PI)), Some((I, P34)), Some((I, N))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, N))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, P2))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, P2))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, N))],
    [Some((I, -P4)), Some((I, -Z)), Some((I, -Z)), Some((I, Z)), Some((I, Z)), Some((I, P4)), Some((I, N))],
    [Some((I, N)), Some((N, N)), Some((N, N)), Some((N, N)), Some((N, N)), Some((I, N)), Some((N, N))],
];

/// Special values of `asinh`.
pub(crate) const ASINH: Table = [
    [Some((-I, -P4)), Some((-I, -Z)), Some((-I, -Z)), Some((-I, Z)), Some((-I, Z)), Some((-I, P4)), Some((-I, N))],
    [Some((-I, -P2)), X, X, X, X, Some((-I, P2)), Some((N, N))],
    [Some((-I, -P2)), X, X, X, X, Some((-I, P2)), Some((N, N))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, N))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, N))],
    [Some((I, -P4)), Some((I, -Z)), Some((I, -Z)), Some((I, Z)), Some((I, Z)), Some((I, P4)), Some((I, N))],
    [Some((I, N)), Some((N, N)), Some((N, -Z)), Some((N, Z)), Some((N, N)), Some((I, N)), Some((N, N))],
];

/// Special values of `atanh`.
pub(crate) const ATANH: Table = [
    [Some((-Z, -P2)), Some((-Z, -P2)), Some((-Z, -P2)), Some((-Z, P2)), Some((-Z, P2)), Some((-Z, P2)), Some((-Z, N))],
    [Some((-Z, -P2)), X, X, X, X, Some((-Z, P2)), Some((N, N))],
    [Some((-Z, -P2)), X, X, X, X, Some((-Z, P2)), Some((-Z, N))],
    [Some((Z, -P2)), X, X, X, X, Some((Z, P2)), Some((Z, N))],
    [Some((Z, -P2)), X, X, X, X, Some((Z, P2)), Some((N, N))],
    [Some((Z, -P2)), Some((Z, -P2)), Some((Z, -P2)), Some((Z, P2)), Some((Z, P2)), Some((Z, P2)), Some((Z, N))],
    [Some((Z, -P2)), Some((N, N)), Some((N, N)), Some((N, N)), Some((N, N)), Some((Z, P2)), Some((N, N))],
];

/// Special values of `cosh`.
pub(crate) const COSH: Table = [
    [X, Some((-I, I)), Some((I, Z)), Some((I, -Z)), Some((-I, -I)), X, Some((I, N))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, X, X, X, X, X, Some((N, Z))],
    [X, X, X, X, X, X, Some((N, Z))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, Some((-I, -I)), Some((I, -Z)), Some((I, Z)), Some((-I, I)), X, Some((I, N))],
    [Some((N, N)), Some((N, N)), Some((N, Z)), Some((N, Z)), Some((N, N)), Some((N, N)), Some((N, N))],
];

/// Special values of `exp`.
pub(crate) const EXP: Table = [
    [Some((Z, Z)), Some((-Z, -Z)), Some((Z, -Z)), Some((Z, Z)), Some((-Z, Z)), Some((Z, Z)), Some((Z, Z))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, Some((-I, -I)), Some((I, -Z)), Some((I, Z)), Some((-I, I)), X, Some((I, N))],
    [Some((N, N)), Some((N, N)), Some((N, -Z)), Some((N, Z)), Some((N, N)), Some((N, N)), Some((N, N))],
];

/// Special values of `log`.
pub(crate) const LOG: Table = [
    [Some((I, -P34)), Some((I, -PI)), Some((I, -PI)), Some((I, PI)), Some((I, PI)), Some((I, P34)), Some((I, N))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, N))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, N))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, N))],
    [Some((I, -P2)), X, X, X, X, Some((I, P2)), Some((N, N))],
    [Some((I, -P4)), Some((I, -Z)), Some((I, -Z)), Some((I, Z)), Some((I, Z)), Some((I, P4)), Some((I, N))],
    [Some((I, N)), Some((N, N)), Some((N, N)), Some((N, N)), Some((N, N)), Some((I, N)), Some((N, N))],
];

/// Special values of `sinh`.
pub(crate) const SINH: Table = [
    [X, Some((I, -I)), Some((-I, -Z)), Some((-I, Z)), Some((I, I)), X, Some((I, N))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, X, X, X, X, X, Some((Z, N))],
    [X, X, X, X, X, X, Some((Z, N))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, Some((-I, -I)), Some((I, -Z)), Some((I, Z)), Some((-I, I)), X, Some((I, N))],
    [Some((N, N)), Some((N, N)), Some((N, -Z)), Some((N, Z)), Some((N, N)), Some((N, N)), Some((N, N))],
];

/// Special values of `sqrt`.
pub(crate) const SQRT: Table = [
    [Some((I, -I)), Some((Z, -I)), Some((Z, -I)), Some((Z, I)), Some((Z, I)), Some((I, I)), Some((N, I))],
    [Some((I, -I)), X, X, X, X, Some((I, I)), Some((N, N))],
    [Some((I, -I)), X, X, X, X, Some((I, I)), Some((N, N))],
    [Some((I, -I)), X, X, X, X, Some((I, I)), Some((N, N))],
    [Some((I, -I)), X, X, X, X, Some((I, I)), Some((N, N))],
    [Some((I, -I)), Some((I, -Z)), Some((I, -Z)), Some((I, Z)), Some((I, Z)), Some((I, I)), Some((I, N))],
    [Some((I, -I)), Some((N, N)), Some((N, N)), Some((N, N)), Some((N, N)), Some((I, I)), Some((N, N))],
];

/// Special values of `tanh`.
pub(crate) const TANH: Table = [
    [
        Some((-1.0, Z)),
        Some((-1.0, Z)),
        Some((-1.0, -Z)),
        Some((-1.0, Z)),
        Some((-1.0, -Z)),
        Some((-1.0, Z)),
        Some((-1.0, Z)),
    ],
    [X, X, X, X, X, X, Some((N, N))],
    [X, X, X, X, X, X, Some((-Z, N))],
    [X, X, X, X, X, X, Some((Z, N))],
    [X, X, X, X, X, X, Some((N, N))],
    [Some((1.0, Z)), Some((1.0, Z)), Some((1.0, -Z)), Some((1.0, Z)), Some((1.0, -Z)), Some((1.0, Z)), Some((1.0, Z))],
    [Some((N, N)), Some((N, N)), Some((N, -Z)), Some((N, Z)), Some((N, N)), Some((N, N)), Some((N, N))],
];

/// Special values of `rect`.
pub(crate) const RECT: Table = [
    [X, Some((I, I)), Some((-I, Z)), Some((-I, -Z)), Some((I, -I)), X, Some((I, N))],
    [X, X, X, X, X, X, Some((N, N))],
    [Some((Z, Z)), X, X, X, X, Some((Z, Z)), Some((Z, Z))],
    [Some((Z, Z)), X, X, X, X, Some((Z, Z)), Some((Z, Z))],
    [X, X, X, X, X, X, Some((N, N))],
    [X, Some((-I, -I)), Some((I, -Z)), Some((I, Z)), Some((-I, I)), X, Some((I, N))],
    [Some((N, N)), Some((N, N)), Some((N, Z)), Some((N, Z)), Some((N, N)), Some((N, N)), Some((N, N))],
];
