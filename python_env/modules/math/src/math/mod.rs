//! The module `math`.

mod integer;
mod leaf;
mod real;
mod sums;

use engine::prelude::*;

macro_rules! table {
    ($($name:literal $sig:literal $f:path $(=> $leaf:path)?, $doc:literal;)*) => {
        &[$(NativeDef::new($name, $sig, $f, $doc)$(.leaf($leaf))?),*]
    };
}

/// `math`.
pub static MATH: ModuleDef = ModuleDef {
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: table![
        "acos" "($module, x, /)" real::acos, "Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi.";
        "acosh" "($module, x, /)" real::acosh, "Return the inverse hyperbolic cosine of x.";
        "asin" "($module, x, /)" real::asin, "Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.";
        "asinh" "($module, x, /)" real::asinh, "Return the inverse hyperbolic sine of x.";
        "atan" "($module, x, /)" real::atan, "Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.";
        "atan2" "($module, y, x, /)" real::atan2, "Return the arc tangent (measured in radians) of y/x.\n\nUnlike atan(y/x), the signs of both x and y are considered.";
        "atanh" "($module, x, /)" real::atanh, "Return the inverse hyperbolic tangent of x.";
        "cbrt" "($module, x, /)" real::cbrt, "Return the cube root of x.";
        "ceil" "($module, x, /)" real::ceil => leaf::ceil, "Return the ceiling of x as an Integral.\n\nThis is the smallest integer >= x.";
        "comb" "($module, n, k, /)" integer::comb, "Number of ways to choose k items from n items without repetition and without order.";
        "copysign" "($module, x, y, /)" real::copysign, "Return a float with the magnitude (absolute value) of x but the sign of y.";
        "cos" "($module, x, /)" real::cos => leaf::cos, "Return the cosine of x (measured in radians).";
        "cosh" "($module, x, /)" real::cosh, "Return the hyperbolic cosine of x.";
        "degrees" "($module, x, /)" real::degrees, "Convert angle x from radians to degrees.";
        "dist" "($module, p, q, /)" sums::dist, "Return the Euclidean distance between two points p and q.";
        "erf" "($module, x, /)" real::erf, "Error function at x.";
        "erfc" "($module, x, /)" real::erfc, "Complementary error function at x.";
        "exp" "($module, x, /)" real::exp => leaf::exp, "Return e raised to the power of x.";
        "exp2" "($module, x, /)" real::exp2, "Return 2 raised to the power of x.";
        "expm1" "($module, x, /)" real::expm1, "Return exp(x)-1.\n\nThis function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x.";
        "fabs" "($module, x, /)" real::fabs => leaf::fabs, "Return the absolute value of the float x.";
        "factorial" "($module, n, /)" integer::factorial, "Find n!.";
        "floor" "($module, x, /)" real::floor => leaf::floor, "Return the floor of x as an Integral.\n\nThis is the largest integer <= x.";
        "fma" "($module, x, y, z, /)" real::fma, "Fused multiply-add operation.\n\nCompute (x * y) + z with a single round.";
        "fmod" "($module, x, y, /)" real::fmod, "Return fmod(x, y), according to platform C.\n\nx % y may differ.";
        "frexp" "($module, x, /)" real::frexp, "Return the mantissa and exponent of x, as pair (m, e).";
        "fsum" "($module, seq, /)" sums::fsum, "Return an accurate floating-point sum of values in the iterable seq.";
        "gamma" "($module, x, /)" real::gamma, "Gamma function at x.";
        "gcd" "($module, /, *integers)" integer::gcd => leaf::gcd, "Greatest Common Divisor.";
        "hypot" "($module, /, *coordinates)" sums::hypot, "Multidimensional Euclidean distance from the origin to a point.";
        "isclose" "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)" real::isclose, "Determine whether two floating-point numbers are close in value.";
        "isfinite" "($module, x, /)" real::isfinite, "Return True if x is neither an infinity nor a NaN, and False otherwise.";
        "isinf" "($module, x, /)" real::isinf, "Return True if x is a positive or negative infinity, and False otherwise.";
        "isnan" "($module, x, /)" real::isnan, "Return True if x is a NaN (not a number), and False otherwise.";
        "isqrt" "($module, n, /)" integer::isqrt, "Return the integer part of the square root of the input.";
        "lcm" "($module, /, *integers)" integer::lcm, "Least Common Multiple.";
        "ldexp" "($module, x, i, /)" real::ldexp, "Return x * (2**i).\n\nThis is essentially the inverse of frexp().";
        "lgamma" "($module, x, /)" real::lgamma, "Natural logarithm of absolute value of Gamma function at x.";
        "log10" "($module, x, /)" real::log10, "Return the base 10 logarithm of x.";
        "log1p" "($module, x, /)" real::log1p, "Return the natural logarithm of 1+x (base e).\n\nThe result is computed in a way which is accurate for x near zero.";
        "log2" "($module, x, /)" real::log2, "Return the base 2 logarithm of x.";
        "modf" "($module, x, /)" real::modf, "Return the fractional and integer parts of x.\n\nBoth results carry the sign of x and are floats.";
        "nextafter" "($module, x, y, /, *, steps=None)" real::nextafter, "Return the floating-point value the given number of steps after x towards y.";
        "perm" "($module, n, k=None, /)" integer::perm, "Number of ways to choose k items from n items without repetition and with order.";
        "pow" "($module, x, y, /)" real::pow, "Return x**y (x to the power of y).";
        "prod" "($module, iterable, /, *, start=1)" sums::prod, "Calculate the product of all the elements in the input iterable.";
        "radians" "($module, x, /)" real::radians, "Convert angle x from degrees to radians.";
        "remainder" "($module, x, y, /)" real::remainder, "Difference between x and the closest integer multiple of y.";
        "sin" "($module, x, /)" real::sin => leaf::sin, "Return the sine of x (measured in radians).";
        "sinh" "($module, x, /)" real::sinh, "Return the hyperbolic sine of x.";
        "sqrt" "($module, x, /)" real::sqrt => leaf::sqrt, "Return the square root of x.";
        "sumprod" "($module, p, q, /)" sums::sumprod, "Return the sum of products of values from two iterables p and q.";
        "tan" "($module, x, /)" real::tan => leaf::tan, "Return the tangent of x (measured in radians).";
        "tanh" "($module, x, /)" real::tanh, "Return the hyperbolic tangent of x.";
        "trunc" "($module, x, /)" real::trunc, "Truncates the Real x to the nearest Integral toward 0.\n\nUses the __trunc__ magic method.";
        "ulp" "($module, x, /)" real::ulp, "Return the value of the least significant bit of the float x.";
    ],
    constants: &[
        ("pi", Const::Float(std::f64::consts::PI)),
        ("e", Const::Float(std::f64::consts::E)),
        ("tau", Const::Float(std::f64::consts::TAU)),
        ("inf", Const::Float(f64::INFINITY)),
        ("nan", Const::Float(f64::NAN)),
    ],
    init: Some(|cx, module| {
        let name = cx.intern(b"math");
        let log = cx.new_function(&LOG, name);
        cx.set_module_attr(module, "log", log);
        Ok(())
    }),
    ..ModuleDef::new("math")
};

/// Apart from the table: it shows no signature.
static LOG: NativeDef = NativeDef::new(
    "log",
    "($module, x, base=None, /)",
    real::log,
    "log(x, [base=math.e])\nReturn the logarithm of x to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e) of x.",
)
.hide_sig();
