//! Natural numbers in limbs of 18 decimal digits, the least first: shifting by digits, cutting and counting them are linear,
//! as decimal arithmetic wants it. The top limb is not zero; zero has no limbs.

use super::word::{BASE, Divisor, POW64, WIDTH, digits64, split};
use std::cmp::Ordering;

/// A natural number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nat(Vec<u64>);

/// What was cut off below a number, compared with half a unit of its last place.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Nothing.
    Zero,
    /// Less than half.
    Less,
    /// Exactly half.
    Half,
    /// More than half.
    More,
}

impl Tail {
    /// The tail of a remainder.
    pub fn of(remainder_twice: Ordering, is_zero: bool) -> Tail {
        match remainder_twice {
            _ if is_zero => Tail::Zero,
            Ordering::Less => Tail::Less,
            Ordering::Equal => Tail::Half,
            Ordering::Greater => Tail::More,
        }
    }
}

/// From so many limbs on, products are cut in halves.
const KARATSUBA: usize = 40;
/// From so many limbs on, quotients are found in halves.
const HALVES: usize = 80;
/// So many products of limbs fit the sum of a column beside what is carried.
const COLUMN: usize = 16;

fn trim(v: &mut Vec<u64>) {
    while v.last() == Some(&0) {
        v.pop();
    }
}

fn trimmed(v: &[u64]) -> &[u64] {
    &v[..v.iter().rposition(|&x| x != 0).map_or(0, |i| i + 1)]
}

fn cmp_limbs(a: &[u64], b: &[u64]) -> Ordering {
    let (a, b) = (trimmed(a), trimmed(b));
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a += b`, `a` being long enough for the sum.
fn add_into(a: &mut [u64], b: &[u64]) {
    let mut carry = 0;
    for (i, x) in a.iter_mut().enumerate() {
        if i >= b.len() && carry == 0 {
            return;
        }
        let s = *x + b.get(i).copied().unwrap_or(0) + carry;
        carry = u64::from(s >= BASE);
        *x = s - carry * BASE;
    }
}

/// `a -= b`; whether the difference is below zero, and then it is `BASE ** a.len()` too large.
fn sub_into(a: &mut [u64], b: &[u64]) -> bool {
    let mut borrow = 0;
    for (i, x) in a.iter_mut().enumerate() {
        if i >= b.len() && borrow == 0 {
            return false;
        }
        let take = b.get(i).copied().unwrap_or(0) + borrow;
        borrow = u64::from(*x < take);
        *x = *x + borrow * BASE - take;
    }
    borrow != 0
}

/// `out = a * b`, by columns: one division for sixteen products.
fn mul_columns(a: &[u64], b: &[u64], out: &mut [u64]) {
    let mut carry = 0u128;
    let n = a.len() + b.len();
    for (k, slot) in out.iter_mut().enumerate() {
        if k + 1 >= n {
            *slot = carry as u64;
            return;
        }
        let (mut sum, mut above) = (carry, 0u128);
        let first = k.saturating_sub(b.len() - 1);
        let last = k.min(a.len() - 1);
        let (xs, ys) = (&a[first..=last], &b[k - last..=k - first]);
        for (xs, ys) in xs.chunks(COLUMN).zip(ys.rchunks(COLUMN)) {
            for (&x, &y) in xs.iter().zip(ys.iter().rev()) {
                sum += u128::from(x) * u128::from(y);
            }
            let (q, r) = split(sum);
            above += u128::from(q);
            sum = u128::from(r);
        }
        *slot = sum as u64;
        carry = above;
    }
}

/// `out = a * b`; `out` has as many limbs as both together.
fn mul_into(a: &[u64], b: &[u64], out: &mut [u64]) {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if b.is_empty() {
        out.fill(0);
        return;
    }
    if b.len() < KARATSUBA {
        // In pieces, so that what a column carries stays small.
        const PIECE: usize = 1 << 12;
        if a.len() <= PIECE {
            return mul_columns(a, b, out);
        }
        return mul_pieces(a, b, PIECE, out);
    }
    if a.len() >= 2 * b.len() {
        return mul_pieces(a, b, b.len(), out);
    }
    let half = a.len().div_ceil(2);
    let (a0, a1) = a.split_at(half);
    let (b0, b1) = b.split_at(half.min(b.len()));
    let (low, high) = out.split_at_mut(2 * half.min(a.len()));
    let low_len = half + b0.len();
    low[low_len..].fill(0);
    mul_into(a0, b0, &mut low[..low_len]);
    let high_len = a1.len() + b1.len();
    mul_into(a1, b1, &mut high[..high_len]);
    high[high_len..].fill(0);
    // (a0 + a1)(b0 + b1) - a0 b0 - a1 b1
    let sum = |x: &[u64], y: &[u64]| {
        let mut s = vec![0; half + 1];
        s[..x.len()].copy_from_slice(x);
        add_into(&mut s, y);
        s
    };
    let (sa, sb) = (sum(a0, a1), sum(b0, b1));
    let mut mid = vec![0; 2 * half + 2];
    mul_into(&sa, &sb, &mut mid);
    sub_into(&mut mid, &low[..low_len]);
    sub_into(&mut mid, &high[..high_len]);
    add_into(&mut out[half..], trimmed(&mid));
}

/// The product by pieces of `a`.
fn mul_pieces(a: &[u64], b: &[u64], piece: usize, out: &mut [u64]) {
    out.fill(0);
    let mut part = vec![0; piece + b.len()];
    for (i, xs) in a.chunks(piece).enumerate() {
        let n = xs.len() + b.len();
        mul_into(xs, b, &mut part[..n]);
        add_into(&mut out[i * piece..], &part[..n]);
    }
}

/// `a / d`; the remainder.
fn div_word(a: &mut [u64], d: u64) -> u64 {
    let by = Divisor::new(d);
    let mut r = 0;
    for x in a.iter_mut().rev() {
        let (q, rest) = by.divide(u128::from(r) * u128::from(BASE) + u128::from(*x));
        *x = q;
        r = rest;
    }
    r
}

/// Schoolbook division: `a` becomes the remainder, the quotient's `a.len() - b.len()` limbs are returned. The top limb of `b` is at
/// least half the base, and the top limbs of `a` are below `b`.
fn div_school(a: &mut [u64], b: &[u64]) -> Vec<u64> {
    let n = b.len();
    let top = b[n - 1];
    let by = Divisor::new(top);
    let mut q = vec![0; a.len() - n];
    for j in (0..q.len()).rev() {
        let (head, next) = (a[j + n], a[j + n - 1]);
        let mut guess = if head >= top {
            BASE - 1
        } else {
            by.divide(u128::from(head) * u128::from(BASE) + u128::from(next)).0.min(BASE - 1)
        };
        if guess != 0 && n > 1 {
            // One more limb makes the guess at most one too large.
            let (second, third) = (b[n - 2], a[j + n - 2]);
            let mut rest = u128::from(head) * u128::from(BASE) + u128::from(next) - u128::from(guess) * u128::from(top);
            while rest < u128::from(BASE)
                && u128::from(guess) * u128::from(second) > rest * u128::from(BASE) + u128::from(third)
            {
                guess -= 1;
                rest += u128::from(top);
            }
        }
        if guess == 0 {
            continue;
        }
        let (mut carry, mut borrow) = (0u64, 0u64);
        for (x, &y) in a[j..j + n].iter_mut().zip(b) {
            let (q, r) = split(u128::from(guess) * u128::from(y) + u128::from(carry));
            carry = q;
            let take = r + borrow;
            borrow = u64::from(*x < take);
            *x = *x + borrow * BASE - take;
        }
        let take = carry + borrow;
        if a[j + n] < take {
            a[j + n] = 0;
            guess -= 1;
            let mut c = 0;
            for (x, &y) in a[j..j + n].iter_mut().zip(b) {
                let s = *x + y + c;
                c = u64::from(s >= BASE);
                *x = s - c * BASE;
            }
        } else {
            a[j + n] -= take;
        }
        q[j] = guess;
    }
    q
}

/// As [`div_school`], by halves where that is faster.
fn div_halves(a: &mut [u64], b: &[u64]) -> Vec<u64> {
    let (n, m) = (b.len(), a.len() - b.len());
    if m < HALVES || n < HALVES {
        return div_school(a, b);
    }
    if m > n {
        // Longer quotients come in pieces as long as the divisor.
        let mut q = vec![0; m];
        let mut at = m;
        while at > 0 {
            let step = if at % n == 0 { n } else { at % n };
            at -= step;
            let part = div_halves(&mut a[at..at + step + n], b);
            q[at..at + step].copy_from_slice(&part);
        }
        return q;
    }
    let k = m / 2;
    let mut q = vec![0; m];
    let high = div_half(&mut a[k..], b, k);
    q[k..].copy_from_slice(&high);
    let low = div_half(&mut a[..n + k], b, k.min(n));
    q[..k].copy_from_slice(&low);
    q
}

/// One half: estimates the quotient by the upper limbs of `b`, then takes what the lower ones make away.
fn div_half(a: &mut [u64], b: &[u64], cut: usize) -> Vec<u64> {
    let (n, m) = (b.len(), a.len() - b.len());
    // The quotient has m limbs: as many of the divisor decide, and one more.
    let cut = cut.min(n.saturating_sub(m));
    if cut == 0 {
        return div_school(a, b);
    }
    let mut q = {
        let upper = &mut a[cut..];
        if cmp_limbs(&upper[m..], &b[cut..]).is_lt() {
            div_halves(upper, &b[cut..])
        } else {
            // The estimate would not fit: the largest is at most two too large.
            let q = vec![BASE - 1; m];
            let mut product = vec![0; m + n - cut];
            mul_into(&q, &b[cut..], &mut product);
            sub_into(upper, &product);
            q
        }
    };
    let mut product = vec![0; m + cut];
    mul_into(&q, &b[..cut], &mut product);
    let mut below = sub_into(a, &product);
    while below {
        sub_into(&mut q, &[1]);
        // The sum comes back above zero when it carries out of the top.
        let mut wide = a.to_vec();
        wide.push(0);
        add_into(&mut wide, b);
        below = wide.pop() == Some(0);
        a.copy_from_slice(&wide);
    }
    q
}

impl Nat {
    /// 0
    pub const EMPTY: Nat = Nat(Vec::new());

    /// Of limbs, the least first, each below [`BASE`].
    pub fn from_limbs(mut limbs: Vec<u64>) -> Nat {
        trim(&mut limbs);
        Nat(limbs)
    }

    /// The limbs.
    pub fn limbs(&self) -> &[u64] {
        &self.0
    }

    /// 0
    pub fn zero() -> Nat {
        Nat(Vec::new())
    }

    /// Of a word.
    pub fn of(n: u64) -> Nat {
        Nat::of_u128(u128::from(n))
    }

    /// Of two words.
    pub fn of_u128(n: u128) -> Nat {
        let base = u128::from(BASE);
        if n < base {
            return Nat::from_limbs(vec![n as u64]);
        }
        let (mid, low) = (n / base, (n % base) as u64);
        Nat::from_limbs(vec![low, (mid % base) as u64, (mid / base) as u64])
    }

    /// As two words, if it fits.
    pub fn to_u128(&self) -> Option<u128> {
        let base = u128::from(BASE);
        match *self.0.as_slice() {
            [] => Some(0),
            [a] => Some(u128::from(a)),
            [a, b] => Some(u128::from(b) * base + u128::from(a)),
            [a, b, c] => (u128::from(c) * base + u128::from(b)).checked_mul(base)?.checked_add(u128::from(a)),
            _ => None,
        }
    }

    /// As a word, if it fits.
    pub fn to_u64(&self) -> Option<u64> {
        self.to_u128().and_then(|n| u64::try_from(n).ok())
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is odd.
    pub fn is_odd(&self) -> bool {
        self.0.first().is_some_and(|x| x % 2 == 1)
    }

    /// The last digit.
    pub fn last_digit(&self) -> u64 {
        self.0.first().map_or(0, |x| x % 10)
    }

    /// Number of digits; 1 for zero.
    pub fn digits(&self) -> u64 {
        match self.0.last() {
            None => 1,
            Some(&top) => (self.0.len() as u64 - 1) * WIDTH + digits64(top),
        }
    }

    /// Number of zeros at the end; 0 for zero.
    pub fn trailing_zeros(&self) -> u64 {
        let Some(i) = self.0.iter().position(|&x| x != 0) else { return 0 };
        let (mut x, mut n) = (self.0[i], 0);
        for (step, unit) in [(8, POW64[8]), (4, POW64[4]), (2, POW64[2]), (1, 10)] {
            while x % unit == 0 {
                x /= unit;
                n += step;
            }
        }
        i as u64 * WIDTH + n
    }

    /// Digit `i`, from the least.
    pub fn digit(&self, i: u64) -> u64 {
        let limb = usize::try_from(i / WIDTH).ok().and_then(|k| self.0.get(k));
        limb.map_or(0, |x| x / POW64[(i % WIDTH) as usize] % 10)
    }

    /// The order of magnitudes.
    pub fn order(&self, other: &Nat) -> Ordering {
        cmp_limbs(&self.0, &other.0)
    }

    /// The order of `self * 10**m` and `other * 10**n`, one of `m` and `n` being 0; without making them if lengths decide.
    pub fn order_scaled(&self, m: u64, other: &Nat, n: u64) -> Ordering {
        if self.is_zero() || other.is_zero() {
            return self.is_zero().cmp(&other.is_zero()).reverse();
        }
        let lengths = (self.digits() + m).cmp(&(other.digits() + n));
        if lengths.is_ne() {
            return lengths;
        }
        match (m, n) {
            (0, 0) => self.order(other),
            (0, n) => self.order(&other.shl(n)),
            (m, _) => self.shl(m).order(other),
        }
    }

    /// The sum.
    pub fn add(&self, other: &Nat) -> Nat {
        let (a, b) = if self.0.len() >= other.0.len() { (self, other) } else { (other, self) };
        let mut out = Vec::with_capacity(a.0.len() + 1);
        out.extend_from_slice(&a.0);
        out.push(0);
        add_into(&mut out, &b.0);
        Nat::from_limbs(out)
    }

    /// The difference; `other` is not larger.
    pub fn sub(&self, other: &Nat) -> Nat {
        let mut out = self.0.clone();
        sub_into(&mut out, &other.0);
        Nat::from_limbs(out)
    }

    /// One more.
    pub fn increment(&mut self) {
        self.0.push(0);
        add_into(&mut self.0, &[1]);
        trim(&mut self.0);
    }

    /// The product.
    pub fn mul(&self, other: &Nat) -> Nat {
        let mut out = vec![0; self.0.len() + other.0.len()];
        mul_into(&self.0, &other.0, &mut out);
        Nat::from_limbs(out)
    }

    /// The product with a word below [`BASE`].
    pub fn mul_word(&self, w: u64) -> Nat {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        let mut carry = 0;
        for &x in &self.0 {
            let (q, r) = split(u128::from(x) * u128::from(w) + u128::from(carry));
            out.push(r);
            carry = q;
        }
        out.push(carry);
        Nat::from_limbs(out)
    }

    /// Quotient and remainder by a word that is not 0 and below [`BASE`].
    pub fn div_word(&self, w: u64) -> (Nat, u64) {
        let mut out = self.0.clone();
        let r = div_word(&mut out, w);
        (Nat::from_limbs(out), r)
    }

    /// Quotient and remainder; `other` is not 0.
    pub fn div_rem(&self, other: &Nat) -> (Nat, Nat) {
        if self.order(other).is_lt() {
            return (Nat::zero(), self.clone());
        }
        let Some(&top) = other.0.last() else { return (Nat::zero(), Nat::zero()) };
        if other.0.len() == 1 {
            let (q, r) = self.div_word(top);
            return (q, Nat::of(r));
        }
        // A factor that takes the divisor's top limb to half the base at least.
        let factor = BASE / (top + 1);
        let (mut a, b) = (self.mul_word(factor).0, other.mul_word(factor));
        a.resize(a.len().max(self.0.len()) + 1, 0);
        let q = div_halves(&mut a, &b.0);
        let (r, _) = Nat::from_limbs(a).div_word(factor);
        (Nat::from_limbs(q), r)
    }

    /// `self * 10**n`; whoever asks knows that there is room.
    pub fn shl(&self, n: u64) -> Nat {
        if self.is_zero() || n == 0 {
            return self.clone();
        }
        let (words, rest) = ((n / WIDTH) as usize, (n % WIDTH) as usize);
        let mut out = Vec::with_capacity(self.0.len() + words + 1);
        out.resize(words, 0);
        if rest == 0 {
            out.extend_from_slice(&self.0);
            return Nat(out);
        }
        let (up, down) = (POW64[rest], POW64[WIDTH as usize - rest]);
        let mut carry = 0;
        for &x in &self.0 {
            let high = x / down;
            out.push((x - high * down) * up + carry);
            carry = high;
        }
        out.push(carry);
        Nat::from_limbs(out)
    }

    /// `self / 10**n` and what was cut off.
    pub fn shr(&self, n: u64) -> (Nat, Tail) {
        if n == 0 || self.is_zero() {
            return (self.clone(), Tail::Zero);
        }
        let digits = self.digits();
        if n > digits {
            return (Nat::zero(), Tail::Less);
        }
        // The first digit cut off, and whether others follow.
        let first = self.digit(n - 1);
        let tail = match first {
            0 | 5 => match (first, self.trailing_zeros() < n - 1) {
                (0, false) => Tail::Zero,
                (0, true) => Tail::Less,
                (_, false) => Tail::Half,
                (_, true) => Tail::More,
            },
            1..5 => Tail::Less,
            _ => Tail::More,
        };
        (self.cut(n), tail)
    }

    /// `self / 10**n`, rounded down.
    pub fn cut(&self, n: u64) -> Nat {
        let words = usize::try_from(n / WIDTH).unwrap_or(usize::MAX).min(self.0.len());
        let (upper, rest) = (&self.0[words..], (n % WIDTH) as usize);
        if rest == 0 {
            return Nat::from_limbs(upper.to_vec());
        }
        let (down, up) = (POW64[rest], POW64[WIDTH as usize - rest]);
        let mut out: Vec<u64> = upper.iter().map(|x| x / down).collect();
        for (i, &x) in upper.iter().enumerate().skip(1) {
            out[i - 1] += x % down * up;
        }
        Nat::from_limbs(out)
    }

    /// `self % 10**n`.
    pub fn low(&self, n: u64) -> Nat {
        if n >= self.digits() {
            return self.clone();
        }
        let (words, rest) = ((n / WIDTH) as usize, (n % WIDTH) as usize);
        let mut out = self.0[..(words + 1).min(self.0.len())].to_vec();
        if let Some(x) = out.get_mut(words) {
            *x %= POW64[rest];
        }
        Nat::from_limbs(out)
    }

    /// `10**n`.
    pub fn power_of_ten(n: u64) -> Nat {
        Nat::of(1).shl(n)
    }

    /// `10**n - 1`.
    pub fn nines(n: u64) -> Nat {
        Nat::power_of_ten(n).sub(&Nat::of(1))
    }

    /// Of ASCII digits.
    pub fn parse(text: &[u8]) -> Nat {
        let mut limbs = Vec::with_capacity(text.len() / WIDTH as usize + 1);
        for piece in text.rchunks(WIDTH as usize) {
            limbs.push(piece.iter().fold(0, |n, &b| n * 10 + u64::from(b.wrapping_sub(b'0') % 10)));
        }
        Nat::from_limbs(limbs)
    }

    /// Appends the digits to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let Some((&top, rest)) = self.0.split_last() else { return out.push(b'0') };
        let mut buffer = pynumeric::decimal::Buffer::default();
        out.extend_from_slice(pynumeric::decimal::digits(top, &mut buffer));
        for &x in rest.iter().rev() {
            let mut buffer = pynumeric::decimal::Buffer::default();
            let d = pynumeric::decimal::digits(x, &mut buffer);
            out.extend_from_slice(&[b'0'; WIDTH as usize][d.len()..]);
            out.extend_from_slice(d);
        }
    }

    /// The residue by a number below 2**63.
    pub fn residue(&self, m: u64) -> u64 {
        self.0.iter().rev().fold(0, |r, &x| ((u128::from(r) * u128::from(BASE) + u128::from(x)) % u128::from(m)) as u64)
    }

    /// The square root rounded down, and whether it is exact.
    pub fn sqrt(&self) -> (Nat, bool) {
        if self.is_zero() {
            return (Nat::zero(), true);
        }
        let digits = self.digits();
        if digits <= 30 {
            let n = self.to_u128().unwrap_or_default();
            let r = n.isqrt();
            return (Nat::of_u128(r), r * r == n);
        }
        // The root of the upper half of the digits, from above, then Newton.
        let keep = digits / 4 - 1;
        let (mut upper, _) = self.cut(2 * keep).sqrt();
        upper.increment();
        let mut x = upper.shl(keep);
        loop {
            let (q, _) = self.div_rem(&x);
            let next = x.add(&q).div_word(2).0;
            if next.order(&x).is_ge() {
                let exact = x.mul(&x).order(self).is_eq();
                return (x, exact);
            }
            x = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reproducible number of `n` limbs with many extreme limbs.
    fn random(n: usize, seed: &mut u64) -> Nat {
        let mut next = || {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            *seed
        };
        let limbs = (0..n).map(|_| match next() % 5 {
            0 => 0,
            1 => BASE - 1,
            _ => next() % BASE,
        });
        Nat::from_limbs(limbs.collect())
    }

    #[test]
    fn products_agree_with_columns_and_divide_back() {
        let mut seed = 7;
        for (n, m) in
            [(1, 1), (3, 2), (39, 40), (41, 41), (80, 80), (81, 47), (200, 90), (333, 333), (500, 77), (700, 200)]
        {
            for _ in 0..4 {
                let (a, b) = (random(n, &mut seed), random(m, &mut seed));
                let product = a.mul(&b);
                let mut plain = vec![0; a.0.len() + b.0.len()];
                if !a.is_zero() && !b.is_zero() {
                    mul_columns(&a.0, &b.0, &mut plain);
                }
                assert_eq!(product, Nat::from_limbs(plain));
                let r = random(m, &mut seed);
                if !b.is_zero() && r.order(&b).is_lt() {
                    let (q, rest) = product.add(&r).div_rem(&b);
                    assert_eq!((q, rest), (a.clone(), r));
                }
                if !b.is_zero() {
                    let (q, rest) = a.div_rem(&b);
                    assert!(rest.order(&b).is_lt());
                    assert_eq!(q.mul(&b).add(&rest), a);
                }
                let (root, _) = a.sqrt();
                let mut above = root.clone();
                above.increment();
                assert!(root.mul(&root).order(&a).is_le() && above.mul(&above).order(&a).is_gt());
            }
        }
    }

    #[test]
    fn shifts_count_digits() {
        let mut seed = 11;
        for n in 0..60 {
            let a = random(1 + n % 5, &mut seed);
            let up = a.shl(n as u64);
            assert_eq!(up.shr(n as u64), (a.clone(), Tail::Zero));
            assert_eq!(up.low(n as u64), Nat::zero());
            if !a.is_zero() {
                assert_eq!(up.digits(), a.digits() + n as u64);
                assert_eq!(up.trailing_zeros(), a.trailing_zeros() + n as u64);
            }
            let mut text = Vec::new();
            up.write(&mut text);
            assert_eq!(Nat::parse(&text), up);
            assert_eq!(text.len() as u64, up.digits());
        }
        let tail = |s: &str, n| Nat::parse(s.as_bytes()).shr(n).1;
        assert_eq!(tail("1500", 3), Tail::Half);
        assert_eq!(tail("1501", 3), Tail::More);
        assert_eq!(tail("1499", 3), Tail::Less);
        assert_eq!(tail("5", 1), Tail::Half);
        assert_eq!(tail("5", 2), Tail::Less);
        assert_eq!(tail("1000000000000000000000000000000", 20), Tail::Zero);
    }
}
