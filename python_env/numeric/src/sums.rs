//! Sums and norms that lose nothing to rounding: `math.fsum`, `sumprod`, `hypot`, `dist`.

/// Exact sum of two floats: rounded result and its error.
#[inline]
pub fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    let z = x - a;
    (x, (a - (x - z)) + (b - z))
}

#[inline]
pub(crate) fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    (x, (a - x) + b)
}

#[inline]
pub(crate) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let x = a * b;
    (x, libm::fma(a, b, -x))
}

/// Why `fsum` fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FsumError {
    /// `OverflowError`: "intermediate overflow in fsum".
    Overflow,
    /// `ValueError`: "-inf + inf in fsum".
    InfMinusInf,
}

/// Running exact sum (Shewchuk's partials).
#[derive(Clone, Debug, Default)]
pub struct Fsum {
    partials: Vec<f64>,
    special: f64,
    infinities: f64,
}

impl Fsum {
    /// Adds a number.
    pub fn add(&mut self, item: f64) -> Result<(), FsumError> {
        let mut x = item;
        let mut i = 0;
        for j in 0..self.partials.len() {
            let mut y = self.partials[j];
            if x.abs() < y.abs() {
                (x, y) = (y, x);
            }
            let hi = x + y;
            let lo = y - (hi - x);
            if lo != 0.0 {
                self.partials[i] = lo;
                i += 1;
            }
            x = hi;
        }
        self.partials.truncate(i);
        if x != 0.0 {
            if x.is_finite() {
                self.partials.push(x);
            } else {
                if item.is_finite() {
                    return Err(FsumError::Overflow);
                }
                if item.is_infinite() {
                    self.infinities += item;
                }
                self.special += item;
                self.partials.clear();
            }
        }
        Ok(())
    }

    /// The sum, rounded once.
    pub fn result(&self) -> Result<f64, FsumError> {
        if self.special != 0.0 {
            return if self.infinities.is_nan() { Err(FsumError::InfMinusInf) } else { Ok(self.special) };
        }
        let p = &self.partials;
        let Some(mut n) = p.len().checked_sub(1) else { return Ok(0.0) };
        let (mut hi, mut lo) = (p[n], 0.0);
        while n > 0 {
            n -= 1;
            let (x, y) = (hi, p[n]);
            hi = x + y;
            lo = y - (hi - x);
            if lo != 0.0 {
                break;
            }
        }
        // A remainder of exactly half an ulp: the next partial breaks the tie.
        if n > 0 && ((lo < 0.0 && p[n - 1] < 0.0) || (lo > 0.0 && p[n - 1] > 0.0)) {
            let y = lo * 2.0;
            let x = hi + y;
            if y == x - hi {
                hi = x;
            }
        }
        Ok(hi)
    }
}

/// Sum of floats as the built-in `sum` has it: compensated (Neumaier).
#[derive(Clone, Copy, Debug, Default)]
pub struct Compensated {
    hi: f64,
    lo: f64,
}

impl Compensated {
    /// Starts at a value.
    pub fn new(start: f64) -> Self {
        Compensated { hi: start, lo: 0.0 }
    }

    /// Adds a number.
    #[inline]
    pub fn add(&mut self, x: f64) {
        let t = self.hi + x;
        self.lo += if self.hi.abs() >= x.abs() { (self.hi - t) + x } else { (x - t) + self.hi };
        self.hi = t;
    }

    /// The sum.
    #[inline]
    pub fn result(self) -> f64 {
        // A compensation that overflowed says nothing.
        if self.lo != 0.0 && self.lo.is_finite() { self.hi + self.lo } else { self.hi }
    }
}

/// Triple-length accumulator for `math.sumprod` over floats.
#[derive(Clone, Copy, Debug, Default)]
pub struct SumProd {
    hi: f64,
    lo: f64,
    tiny: f64,
}

impl SumProd {
    /// Adds `x * y`.
    pub fn add(&mut self, x: f64, y: f64) {
        let (p, e) = two_product(x, y);
        let (hi, l) = two_sum(self.hi, p);
        let (lo, r1) = two_sum(self.lo, l);
        let (lo, r2) = two_sum(lo, e);
        self.hi = hi;
        self.lo = lo;
        self.tiny += r1 + r2;
    }

    /// The same with `x * y` added, or `None` when it overflows and plain arithmetic must decide.
    pub fn plus(mut self, x: f64, y: f64) -> Option<SumProd> {
        self.add(x, y);
        self.hi.is_finite().then_some(self)
    }

    /// The sum.
    pub fn result(&self) -> f64 {
        let (a, b) = two_sum(self.lo, self.tiny);
        let (x, e) = two_sum(self.hi, a);
        x + (e + b)
    }
}

/// Euclidean norm of absolute values, correct to within one unit in the last place.
pub fn vector_norm(v: &[f64]) -> f64 {
    let (mut max, mut nan) = (0.0f64, false);
    for x in v {
        nan |= x.is_nan();
        max = max.max(x.abs());
    }
    if max.is_infinite() {
        return max;
    }
    if nan {
        return f64::NAN;
    }
    if max == 0.0 || v.len() <= 1 {
        return max;
    }
    let (_, e) = libm::frexp(max);
    if e < -1023 {
        // Subnormal: scale up first.
        let up: Vec<f64> = v.iter().map(|x| x / f64::MIN_POSITIVE).collect();
        return f64::MIN_POSITIVE * vector_norm(&up);
    }
    let scale = libm::ldexp(1.0, -e);
    let (mut sum, mut frac1, mut frac2) = (1.0, 0.0, 0.0);
    for x in v {
        let x = x.abs() * scale;
        let (p, e) = two_product(x, x);
        let (s, l) = fast_two_sum(sum, p);
        sum = s;
        frac1 += e;
        frac2 += l;
    }
    let h = (sum - 1.0 + (frac1 + frac2)).sqrt();
    let (p, e1) = two_product(-h, h);
    let (s, l) = fast_two_sum(sum, p);
    frac1 += e1;
    frac2 += l;
    let rest = s - 1.0 + (frac1 + frac2);
    (h + rest / (2.0 * h)) / scale
}

/// `math.dist`
pub fn dist(p: &[f64], q: &[f64]) -> f64 {
    vector_norm(&p.iter().zip(q).map(|(a, b)| a - b).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        let fsum = |v: &[f64]| {
            let mut s = Fsum::default();
            v.iter().try_for_each(|&x| s.add(x))?;
            s.result()
        };
        assert_eq!(fsum(&[0.1; 10]), Ok(1.0));
        assert_eq!(fsum(&[1e16, 1.0, 1e-16]), Ok(10000000000000002.0));
        assert_eq!(fsum(&[f64::INFINITY, f64::NEG_INFINITY]), Err(FsumError::InfMinusInf));
        assert_eq!(fsum(&[1e308, 1e308]), Err(FsumError::Overflow));
        let mut c = Compensated::new(0.0);
        [0.1; 10].iter().for_each(|&x| c.add(x));
        assert_eq!(c.result(), 1.0);
        assert_eq!(vector_norm(&[3.0, 4.0]), 5.0);
        assert_eq!(vector_norm(&[1e308, 1e308]), 1.4142135623730951e308);
        assert_eq!(vector_norm(&[5e-324, 5e-324]), 5e-324);
        assert_eq!(vector_norm(&[1.0, 1.0, 1.0]), 1.7320508075688772);
        assert_eq!(vector_norm(&[f64::NAN, f64::INFINITY]), f64::INFINITY);
        let mut s = SumProd::default();
        [(10.0, 0.1), (1e100, 1.0), (-1e100, 1.0)].iter().for_each(|&(x, y)| s.add(x, y));
        assert_eq!(s.result(), 1.0);
        assert!(s.plus(1e200, 1e200).is_none());
    }
}
