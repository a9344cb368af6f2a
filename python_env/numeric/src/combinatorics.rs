//! `factorial`, `comb`, `perm`, `gcd`, `lcm`, `isqrt` over integers of any size.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

/// Product of `low..=high` by halves.
fn product(low: u64, high: u64) -> BigUint {
    if low > high {
        return BigUint::one();
    }
    if high - low < 16 {
        let mut out = BigUint::one();
        let mut word = 1u64;
        for k in low..=high {
            match word.checked_mul(k) {
                Some(w) => word = w,
                None => {
                    out *= word;
                    word = k;
                }
            }
        }
        return out * word;
    }
    let mid = low + (high - low) / 2;
    product(low, mid) * product(mid + 1, high)
}

/// `math.factorial`
pub fn factorial(n: u64) -> BigInt {
    BigInt::from(product(2, n))
}

/// `math.perm(n, k)`: the product of the `k` numbers down from `n`.
pub fn perm(n: &BigInt, k: u64) -> BigInt {
    if *n < BigInt::from(k) {
        return BigInt::zero();
    }
    match u64::try_from(n) {
        Ok(n) if k > 0 => BigInt::from(product(n - k + 1, n)),
        _ => (0..k).fold(BigInt::one(), |p, i| p * (n - i)),
    }
}

/// `math.comb(n, k)`; the caller has taken `min(k, n - k)` where that is smaller.
pub fn comb(n: &BigInt, k: u64) -> BigInt {
    if *n < BigInt::from(k) {
        return BigInt::zero();
    }
    let k = u64::try_from(n - k).map_or(k, |other| other.min(k));
    perm(n, k) / factorial(k)
}

/// `math.gcd` of two.
pub fn gcd(a: &BigInt, b: &BigInt) -> BigInt {
    a.gcd(b)
}

/// Greatest common divisor of words; the result is a word, except 2^63.
pub fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// `math.lcm` of two.
pub fn lcm(a: &BigInt, b: &BigInt) -> BigInt {
    if a.is_zero() || b.is_zero() { BigInt::zero() } else { a.lcm(b).abs() }
}

/// `math.isqrt` of a number that is not negative.
pub fn isqrt(n: &BigInt) -> BigInt {
    if n.is_negative() { BigInt::zero() } else { n.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(factorial(20), BigInt::from(2432902008176640000u64));
        assert_eq!(factorial(25).to_string(), "15511210043330985984000000");
        assert_eq!(comb(&BigInt::from(100), 98), BigInt::from(4950));
        assert_eq!(comb(&BigInt::from(3), 5), BigInt::zero());
        assert_eq!(perm(&BigInt::from(10), 3), BigInt::from(720));
        assert_eq!(lcm(&BigInt::from(-4), &BigInt::from(6)), BigInt::from(12));
        assert_eq!(isqrt(&BigInt::from(99)), BigInt::from(9));
        assert_eq!(gcd_u64(48, 36), 12);
    }
}
