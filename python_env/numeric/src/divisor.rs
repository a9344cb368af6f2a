//! Division of two words by one with multiplications (N. Möller, T. Granlund: "Improved division by invariant integers", 2011):
//! the processor's own instruction for it is out of reach, and its emulation costs several times as much.

/// A divisor of one word, prepared: its words shifted up to the top bit, and the reciprocal.
#[derive(Copy, Clone)]
pub struct Divisor {
    shift: u32,
    d: u64,
    v: u64,
}

impl Divisor {
    /// Prepares `d`, which is not 0.
    pub const fn new(d: u64) -> Divisor {
        let shift = d.leading_zeros();
        let d = d << shift;
        let v = (u128::MAX / d as u128) as u64;
        Divisor { shift, d, v }
    }

    /// Quotient and remainder of a number below `d << 64`, so that the quotient is one word.
    #[inline(always)]
    pub const fn divide(self, n: u128) -> (u64, u64) {
        let n = n << self.shift;
        let (hi, lo) = ((n >> 64) as u64, n as u64);
        let q = (self.v as u128 * hi as u128).wrapping_add(n);
        let mut q1 = ((q >> 64) as u64).wrapping_add(1);
        let mut r = lo.wrapping_sub(q1.wrapping_mul(self.d));
        if r > q as u64 {
            q1 = q1.wrapping_sub(1);
            r = r.wrapping_add(self.d);
        }
        if r >= self.d {
            q1 = q1.wrapping_add(1);
            r -= self.d;
        }
        (q1, r >> self.shift)
    }
}

/// Puts the quotient of `x` by `d`, least words first, into the first words of `quot` and gives the remainder.
pub fn divide_by_limb(x: &[u64], d: u64, quot: &mut [u64]) -> u64 {
    /// From so many words on the inverse is worth its making.
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
    let divisor = Divisor::new(d);
    for (o, &l) in quot.iter_mut().zip(x).rev() {
        (*o, rest) = divisor.divide(u128::from(rest) << 64 | u128::from(l));
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::{Divisor, divide_by_limb};

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
        for (i, &d) in all.iter().enumerate().filter(|&(_, &d)| d != 0) {
            let (high, low) = (all[(i * 7 + 1) % all.len()] % d, all[(i * 13 + 5) % all.len()]);
            let n = u128::from(high) << 64 | u128::from(low);
            let expected = ((n / u128::from(d)) as u64, (n % u128::from(d)) as u64);
            assert_eq!(Divisor::new(d).divide(n), expected, "{n} / {d}");
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
