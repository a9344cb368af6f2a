//! `factorial`, `comb`, `perm`, `gcd`, `lcm`, `isqrt` over integers of any size. What can take long asks whether to go on.

use crate::long::{self, GoOn, Stopped};
use num_bigint::{BigInt, Sign};
use num_traits::{One, Signed, Zero};

fn natural(n: num_bigint::BigUint) -> BigInt {
    BigInt::from_biguint(Sign::Plus, n)
}

/// `math.factorial`
///
/// # Errors
/// `go_on` said no; likewise below.
pub fn factorial(n: u64, go_on: GoOn) -> Result<BigInt, Stopped> {
    long::product(2, n, go_on).map(natural)
}

/// `math.perm(n, k)`: the product of the `k` numbers down from `n`.
pub fn perm(n: &BigInt, k: u64, go_on: GoOn) -> Result<BigInt, Stopped> {
    if *n < BigInt::from(k) {
        return Ok(BigInt::zero());
    }
    match u64::try_from(n) {
        Ok(n) if k > 0 => long::product(n - k + 1, n, go_on).map(natural),
        _ => falling(n, k, go_on),
    }
}

/// The product of the `k` numbers down from `n`, by halves.
fn falling(n: &BigInt, k: u64, go_on: GoOn) -> Result<BigInt, Stopped> {
    match k {
        0 => Ok(BigInt::one()),
        1 => Ok(n.clone()),
        _ => {
            let upper = falling(n, k / 2, go_on)?;
            let lower = falling(&(n - k / 2), k - k / 2, go_on)?;
            long::mul_int(&upper, &lower, go_on)
        }
    }
}

/// `math.comb(n, k)`; the caller has taken `min(k, n - k)` where that is smaller.
pub fn comb(n: &BigInt, k: u64, go_on: GoOn) -> Result<BigInt, Stopped> {
    if *n < BigInt::from(k) {
        return Ok(BigInt::zero());
    }
    let k = u64::try_from(n - k).map_or(k, |other| other.min(k));
    let (all, orders) = (perm(n, k, go_on)?, factorial(k, go_on)?);
    Ok(long::divmod(&all, &orders, go_on)?.0)
}

/// `math.gcd` of two.
pub fn gcd(a: &BigInt, b: &BigInt, go_on: GoOn) -> Result<BigInt, Stopped> {
    long::gcd(a.magnitude(), b.magnitude(), go_on).map(natural)
}

/// Greatest common divisor of words; the result is a word, except 2^63.
pub fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// `math.lcm` of two.
pub fn lcm(a: &BigInt, b: &BigInt, go_on: GoOn) -> Result<BigInt, Stopped> {
    if a.is_zero() || b.is_zero() {
        return Ok(BigInt::zero());
    }
    let common = gcd(a, b, go_on)?;
    let part = long::divmod(&a.abs(), &common, go_on)?.0;
    long::mul_int(&part, &b.abs(), go_on)
}

/// `math.isqrt` of a number that is not negative.
pub fn isqrt(n: &BigInt, go_on: GoOn) -> Result<BigInt, Stopped> {
    if n.is_negative() { Ok(BigInt::zero()) } else { long::isqrt(n.magnitude(), go_on).map(natural) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let mut yes = || true;
        assert_eq!(factorial(20, &mut yes), Ok(BigInt::from(2432902008176640000u64)));
        assert_eq!(factorial(25, &mut yes).unwrap().to_string(), "15511210043330985984000000");
        assert_eq!(comb(&BigInt::from(100), 98, &mut yes), Ok(BigInt::from(4950)));
        assert_eq!(comb(&BigInt::from(3), 5, &mut yes), Ok(BigInt::zero()));
        assert_eq!(perm(&BigInt::from(10), 3, &mut yes), Ok(BigInt::from(720)));
        let big = BigInt::from(10).pow(30);
        assert_eq!(perm(&big, 3, &mut yes), Ok(&big * (&big - 1) * (&big - 2)));
        assert_eq!(lcm(&BigInt::from(-4), &BigInt::from(6), &mut yes), Ok(BigInt::from(12)));
        assert_eq!(isqrt(&BigInt::from(99), &mut yes), Ok(BigInt::from(9)));
        assert_eq!(gcd_u64(48, 36), 12);
    }
}
