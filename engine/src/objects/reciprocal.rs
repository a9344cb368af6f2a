//! Division of two limbs by one with multiplications (N. Möller, T. Granlund: "Improved division by invariant integers", 2011):
//! the processor's own instruction for it is out of reach, and its emulation costs several times as much.

/// A divisor whose top bit is set, with what stands for its inverse.
#[derive(Clone, Copy)]
pub(super) struct Reciprocal {
    divisor: u64,
    /// `(2**128 - 1) / divisor - 2**64`.
    inverse: u64,
}

impl Reciprocal {
    /// Of a divisor whose top bit is set.
    pub fn new(divisor: u64) -> Reciprocal {
        debug_assert!(divisor >> 63 == 1);
        Reciprocal { divisor, inverse: (u128::MAX / u128::from(divisor)) as u64 }
    }

    /// Quotient and remainder of `high * 2**64 + low`, where `high` is less than the divisor.
    #[inline]
    pub fn divide(self, high: u64, low: u64) -> (u64, u64) {
        debug_assert!(high < self.divisor);
        let estimate = u128::from(self.inverse) * u128::from(high) + (u128::from(high) << 64 | u128::from(low));
        let mut quotient = ((estimate >> 64) as u64).wrapping_add(1);
        let mut remainder = low.wrapping_sub(quotient.wrapping_mul(self.divisor));
        if remainder > estimate as u64 {
            quotient = quotient.wrapping_sub(1);
            remainder = remainder.wrapping_add(self.divisor);
        }
        if remainder >= self.divisor {
            quotient = quotient.wrapping_add(1);
            remainder -= self.divisor;
        }
        (quotient, remainder)
    }
}

/// Puts the quotient of `x` by `d` into the first limbs of `quot` and gives the remainder.
pub(super) fn divide_by_limb(x: &[u64], d: u64, quot: &mut [u64]) -> u64 {
    /// From so many limbs on the inverse is worth its making.
    const LONG: usize = 6;
    let mut rest = 0;
    if d >> 32 == 0 && x.len() < LONG {
        for (o, &l) in quot.iter_mut().zip(x).rev() {
            let head = rest << 32 | l >> 32;
            let tail = (head % d) << 32 | (l & 0xFFFF_FFFF);
            *o = ((head / d) << 32) | (tail / d);
            rest = tail % d;
        }
        return rest;
    }
    let shift = d.leading_zeros();
    let divisor = Reciprocal::new(d << shift);
    // The dividend shifted by as much, limb by limb; what comes before the highest is less than the divisor.
    let shifted = |high: u64, low: u64| if shift == 0 { high } else { high << shift | low >> (64 - shift) };
    rest = shifted(0, x.last().copied().unwrap_or(0));
    for i in (0..x.len().min(quot.len())).rev() {
        let low = if i == 0 { 0 } else { x[i - 1] };
        (quot[i], rest) = divisor.divide(rest, shifted(x[i], low));
    }
    rest >> shift
}

#[cfg(test)]
mod tests {
    use super::{Reciprocal, divide_by_limb};

    /// Numbers of every length, many near the ends of it.
    fn numbers() -> impl Iterator<Item = u64> {
        let mut state = 88_172_645_463_325_252_u64;
        (0..4000).map(move |i| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let shift = i % 64;
            match i / 64 % 4 {
                0 => state >> shift,
                1 => u64::MAX >> shift,
                2 => 1 << shift,
                _ => (1 << shift) - 1,
            }
        })
    }

    #[test]
    fn two_limbs_by_one() {
        let all: Vec<u64> = numbers().collect();
        for (i, &d) in all.iter().enumerate() {
            let d = d | 1 << 63;
            let (high, low) = (all[(i * 7 + 1) % all.len()] % d, all[(i * 13 + 5) % all.len()]);
            let n = u128::from(high) << 64 | u128::from(low);
            let expected = ((n / u128::from(d)) as u64, (n % u128::from(d)) as u64);
            assert_eq!(Reciprocal::new(d).divide(high, low), expected, "{n} / {d}");
        }
    }

    #[test]
    fn many_limbs_by_one() {
        let all: Vec<u64> = numbers().collect();
        for (i, d) in numbers().enumerate().filter(|&(_, d)| d != 0) {
            let n = i % 9;
            let x: Vec<u64> = (0..n).map(|k| all[(i * 3 + k * 64 + k) % all.len()]).collect();
            let mut quot = vec![0; n];
            let rest = divide_by_limb(&x, d, &mut quot);
            assert!(rest < d);
            // The product and the remainder are the dividend again.
            let mut carry = rest;
            for (&q, &l) in quot.iter().zip(&x) {
                let sum = u128::from(q) * u128::from(d) + u128::from(carry);
                assert_eq!(sum as u64, l, "{x:?} / {d}");
                carry = (sum >> 64) as u64;
            }
            assert_eq!(carry, 0);
        }
    }
}
