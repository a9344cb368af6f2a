//! The Mersenne Twister (MT19937) with CPython's seeding, and the normal quantile of `statistics`.

use num_bigint::{BigInt, BigUint};

const N: usize = 624;
const M: usize = 397;

/// Generator state.
#[derive(Clone, Debug)]
pub struct Mt19937 {
    state: [u32; N],
    index: usize,
}

impl Mt19937 {
    fn from_u32(seed: u32) -> Self {
        let mut state = [0u32; N];
        state[0] = seed;
        for i in 1..N {
            let last = state[i - 1];
            state[i] = 1_812_433_253u32.wrapping_mul(last ^ last >> 30).wrapping_add(i as u32);
        }
        Mt19937 { state, index: N }
    }

    /// Seeds from words.
    pub fn from_key(key: &[u32]) -> Self {
        let key = if key.is_empty() { &[0][..] } else { key };
        let mut out = Self::from_u32(19_650_218);
        let s = &mut out.state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let last = s[i - 1];
            s[i] = (s[i] ^ (last ^ last >> 30).wrapping_mul(1_664_525)).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % key.len();
            if i >= N {
                s[0] = s[N - 1];
                i = 1;
            }
        }
        for _ in 0..N - 1 {
            let last = s[i - 1];
            s[i] = (s[i] ^ (last ^ last >> 30).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                s[0] = s[N - 1];
                i = 1;
            }
        }
        s[0] = 0x8000_0000;
        out
    }

    /// Seeds from the absolute value of an integer, as `random.seed(int)` does.
    pub fn from_int(seed: &BigInt) -> Self {
        Self::from_key(&seed.magnitude().to_u32_digits())
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= N {
            let s = &mut self.state;
            for k in 0..N {
                let y = (s[k] & 0x8000_0000) | (s[(k + 1) % N] & 0x7FFF_FFFF);
                s[k] = s[(k + M) % N] ^ y >> 1 ^ if y & 1 == 1 { 0x9908_B0DF } else { 0 };
            }
            self.index = 0;
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C_5680;
        y ^= y << 15 & 0xEFC6_0000;
        y ^ y >> 18
    }

    /// `random.random()`: 53 bits in `[0, 1)`.
    pub fn random(&mut self) -> f64 {
        let a = f64::from(self.next_u32() >> 5);
        let b = f64::from(self.next_u32() >> 6);
        (a * 67_108_864.0 + b) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `random.getrandbits(k)` for up to 64 bits.
    pub fn bits_u64(&mut self, k: u32) -> u64 {
        match k {
            0 => 0,
            1..=32 => u64::from(self.next_u32() >> (32 - k)),
            _ => {
                let low = u64::from(self.next_u32());
                u64::from(self.next_u32() >> (64 - k.min(64))) << 32 | low
            }
        }
    }

    /// `random.getrandbits(k)`.
    pub fn bits(&mut self, k: u64) -> BigUint {
        let mut left = k;
        let mut words = Vec::with_capacity(k.div_ceil(32) as usize);
        while left > 0 {
            let mut r = self.next_u32();
            if left < 32 {
                r >>= 32 - left;
            }
            words.push(r);
            left = left.saturating_sub(32);
        }
        BigUint::new(words)
    }

    /// The 624 words and the index of `getstate()`.
    pub fn state(&self) -> (&[u32; N], usize) {
        (&self.state, self.index)
    }

    /// `setstate()`: `None` when the sizes are wrong.
    pub fn from_state(words: &[u32], index: usize) -> Option<Self> {
        Some(Mt19937 { state: words.try_into().ok()?, index }).filter(|_| index <= N)
    }
}

/// `_statistics._normal_dist_inv_cdf` (Wichura's AS241); `None` is the `ValueError`'s case.
#[allow(clippy::excessive_precision)]
pub fn normal_inv_cdf(p: f64, mu: f64, sigma: f64) -> Option<f64> {
    if p <= 0.0 || p >= 1.0 {
        return None;
    }
    let poly = |c: &[f64], r: f64| c.iter().fold(0.0, |v, k| v * r + k);
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        let num = poly(
            &[
                2.5090809287301226727e+3,
                3.3430575583588128105e+4,
                6.7265770927008700853e+4,
                4.5921953931549871457e+4,
                1.3731693765509461125e+4,
                1.9715909503065514427e+3,
                1.3314166789178437745e+2,
                3.3871328727963666080e+0,
            ],
            r,
        ) * q;
        let den = poly(
            &[
                5.2264952788528545610e+3,
                2.8729085735721942674e+4,
                3.9307895800092710610e+4,
                2.1213794301586595867e+4,
                5.3941960214247511077e+3,
                6.8718700749205790830e+2,
                4.2313330701600911252e+1,
                1.0,
            ],
            r,
        );
        return (den != 0.0).then(|| mu + num / den * sigma);
    }
    let r = if q <= 0.0 { p } else { 1.0 - p };
    let r = (-r.ln()).sqrt();
    let (num, den) = if r <= 5.0 {
        let r = r - 1.6;
        (
            poly(
                &[
                    7.74545014278341407640e-4,
                    2.27238449892691845833e-2,
                    2.41780725177450611770e-1,
                    1.27045825245236838258e+0,
                    3.64784832476320460504e+0,
                    5.76949722146069140550e+0,
                    4.63033784615654529590e+0,
                    1.42343711074968357734e+0,
                ],
                r,
            ),
            poly(
                &[
                    1.05075007164441684324e-9,
                    5.47593808499534494600e-4,
                    1.51986665636164571966e-2,
                    1.48103976427480074590e-1,
                    6.89767334985100004550e-1,
                    1.67638483018380384940e+0,
                    2.05319162663775882187e+0,
                    1.0,
                ],
                r,
            ),
        )
    } else {
        let r = r - 5.0;
        (
            poly(
                &[
                    2.01033439929228813265e-7,
                    2.71155556874348757815e-5,
                    1.24266094738807843860e-3,
                    2.65321895265761230930e-2,
                    2.96560571828504891230e-1,
                    1.78482653991729133580e+0,
                    5.46378491116411436990e+0,
                    6.65790464350110377720e+0,
                ],
                r,
            ),
            poly(
                &[
                    2.04426310338993978564e-15,
                    1.42151175831644588870e-7,
                    1.84631831751005468180e-5,
                    7.86869131145613259100e-4,
                    1.48753612908506148525e-2,
                    1.36929880922735805310e-1,
                    5.99832206555887937690e-1,
                    1.0,
                ],
                r,
            ),
        )
    };
    if den == 0.0 {
        return None;
    }
    let x = num / den;
    Some(mu + if q < 0.0 { -x } else { x } * sigma)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twister() {
        let mut r = Mt19937::from_int(&BigInt::from(42));
        assert_eq!(r.random(), 0.6394267984578837);
        assert_eq!(r.random(), 0.025010755222666936);
        assert_eq!(r.bits_u64(8), 70);
        assert_eq!(r.bits(100).to_string(), "882565121070403957190206503824");
        let big = BigInt::from(10).pow(30);
        assert_eq!(Mt19937::from_int(&big).random(), 0.9341508484568806);
        assert_eq!(normal_inv_cdf(0.3, 0.0, 1.0), Some(-0.5244005127080407));
        assert_eq!(normal_inv_cdf(0.001, 0.0, 1.0), Some(-3.090232306167813));
        assert_eq!(normal_inv_cdf(1e-20, 0.0, 1.0), Some(-9.262340089798405));
    }
}
