//! Operations on integers so large that they take a while. They are cut into pieces that the library's own algorithms do in
//! a millisecond or so, and between two pieces the caller is asked whether to go on: so signals are heard, and collectors
//! need not wait, however large the numbers are.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Zero};

/// The caller did not want to go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stopped;

/// Asked between two pieces of work: false stops.
pub type GoOn<'a> = &'a mut dyn FnMut() -> bool;

/// Factors of at most so many bits are multiplied in one piece.
const FACTOR: u64 = 1 << 17;
/// Divisors of at most so many words of 32 bits divide in one piece.
const DIVISOR: usize = 1 << 9;
/// Digits that are converted in one piece.
const DIGITS: usize = 2000;

fn ask(go_on: GoOn) -> Result<(), Stopped> {
    if go_on() { Ok(()) } else { Err(Stopped) }
}

/// Whether `a * b` takes long enough to be done here.
pub fn is_long_product(a_bits: u64, b_bits: u64) -> bool {
    a_bits.min(b_bits) > FACTOR || (a_bits / 64).saturating_mul(b_bits / 64) > 1 << 24
}

/// Whether a division of numbers of these sizes takes long enough to be done here.
pub fn is_long_division(a_bits: u64, b_bits: u64) -> bool {
    (a_bits.saturating_sub(b_bits) / 64).saturating_mul(b_bits / 64) > 1 << 22
}

/// The low `bits` bits, and the rest.
fn cut(a: &BigUint, bits: u64) -> (BigUint, BigUint) {
    let words = (bits / 32) as usize;
    let digits = a.to_u32_digits();
    let at = words.min(digits.len());
    (BigUint::from_slice(&digits[..at]), BigUint::from_slice(&digits[at..]))
}

/// `a * b`.
///
/// # Errors
/// `go_on` said no; likewise below.
pub fn mul(a: &BigUint, b: &BigUint, go_on: GoOn) -> Result<BigUint, Stopped> {
    let (long, short) = if a.bits() >= b.bits() { (a, b) } else { (b, a) };
    if !is_long_product(long.bits(), short.bits()) {
        ask(go_on)?;
        return Ok(long * short);
    }
    if long.bits() / 2 >= short.bits() {
        let at = (long.bits() / 2).next_multiple_of(32);
        let (low, high) = cut(long, at);
        let high = mul(&high, short, go_on)?;
        return Ok((high << at) + mul(&low, short, go_on)?);
    }
    toom(long, short, go_on)
}

/// The product by values of the operands as polynomials of degree 2 at 0, 1, -1, -2 and infinity (Toom and Cook).
fn toom(a: &BigUint, b: &BigUint, go_on: GoOn) -> Result<BigUint, Stopped> {
    let at = a.bits().div_ceil(3).next_multiple_of(32);
    let split = |v: &BigUint| {
        let (v0, rest) = cut(v, at);
        let (v1, v2) = cut(&rest, at);
        [v0, v1, v2].map(BigInt::from)
    };
    let ([a0, a1, a2], [b0, b1, b2]) = (split(a), split(b));
    let minus_two = |v0: &BigInt, v1: &BigInt, v2: &BigInt| v0 - (v1 << 1) + (v2 << 2);
    let at_0 = mul_signed(&a0, &b0, go_on)?;
    let at_1 = mul_signed(&(&a0 + &a1 + &a2), &(&b0 + &b1 + &b2), go_on)?;
    let at_minus_1 = mul_signed(&(&a0 - &a1 + &a2), &(&b0 - &b1 + &b2), go_on)?;
    let at_minus_2 = mul_signed(&minus_two(&a0, &a1, &a2), &minus_two(&b0, &b1, &b2), go_on)?;
    let highest = mul_signed(&a2, &b2, go_on)?;
    // The coefficients of the product from its values: each division is exact.
    let thirds = (&at_minus_2 - &at_1) / 3;
    let halves = (&at_1 - &at_minus_1) >> 1;
    let rest = at_minus_1 - &at_0;
    let cubic = ((&rest - thirds) >> 1) + (&highest << 1);
    let square = rest + &halves - &highest;
    let linear = halves - &cubic;
    let mut sum = highest;
    for part in [cubic, square, linear, at_0] {
        sum = (sum << at) + part;
    }
    Ok(sum.into_parts().1)
}

fn mul_signed(a: &BigInt, b: &BigInt, go_on: GoOn) -> Result<BigInt, Stopped> {
    let product = mul(a.magnitude(), b.magnitude(), go_on)?;
    Ok(BigInt::from_biguint(a.sign() * b.sign(), product))
}

/// `a * b`.
pub fn mul_int(a: &BigInt, b: &BigInt, go_on: GoOn) -> Result<BigInt, Stopped> {
    mul_signed(a, b, go_on)
}

/// Quotient and remainder; `b` is not 0.
pub fn div_rem(a: &BigUint, b: &BigUint, go_on: GoOn) -> Result<(BigUint, BigUint), Stopped> {
    if !is_long_division(a.bits(), b.bits()) {
        ask(go_on)?;
        return Ok(a.div_rem(b));
    }
    // The divisor gets a length that halves evenly down to a piece, and its highest bit.
    let words = b.bits().div_ceil(32) as usize;
    let halvings = words.div_ceil(DIVISOR).next_power_of_two().trailing_zeros();
    let n = words.div_ceil(1 << halvings) << halvings;
    let shift = n as u64 * 32 - b.bits();
    let (b, a) = (b << shift, a << shift);
    let digits = a.to_u32_digits();
    let mut quotient = vec![0u32; digits.len().next_multiple_of(n)];
    let mut rest = BigUint::zero();
    for (i, chunk) in digits.chunks(n).enumerate().rev() {
        let part = (rest << (n as u64 * 32)) + BigUint::from_slice(chunk);
        let (q, r) = halves_by_one(&part, &b, n, go_on)?;
        let q = q.to_u32_digits();
        quotient[i * n..i * n + q.len()].copy_from_slice(&q);
        rest = r;
    }
    Ok((BigUint::new(quotient), rest >> shift))
}

/// Divides a number below `b << 32n` by `b`, which has `n` words and its highest bit set (Burnikel and Ziegler).
fn halves_by_one(a: &BigUint, b: &BigUint, n: usize, go_on: GoOn) -> Result<(BigUint, BigUint), Stopped> {
    if n <= DIVISOR || n % 2 == 1 {
        ask(go_on)?;
        return Ok(a.div_rem(b));
    }
    let half = n / 2;
    let bits = half as u64 * 32;
    let (low, high) = cut(a, bits);
    let (q1, rest) = thirds_by_two(&high, b, half, go_on)?;
    let (q0, rest) = thirds_by_two(&((rest << bits) + low), b, half, go_on)?;
    Ok(((q1 << bits) + q0, rest))
}

/// Divides a number of three halves by `b`, which has two.
fn thirds_by_two(a: &BigUint, b: &BigUint, half: usize, go_on: GoOn) -> Result<(BigUint, BigUint), Stopped> {
    let bits = half as u64 * 32;
    let (low, high) = cut(a, bits);
    let (b_low, b_high) = cut(b, bits);
    let (mut q, c) = if &high >> bits < b_high {
        halves_by_one(&high, &b_high, half, go_on)?
    } else {
        // The quotient would not fit: the largest that does, and what it leaves.
        let q = (BigUint::one() << bits) - 1u32;
        let c = high + &b_high - (&b_high << bits);
        (q, c)
    };
    let over = mul(&q, &b_low, go_on)?;
    let mut rest = (c << bits) + low;
    while rest < over {
        rest += b;
        q -= 1u32;
    }
    Ok((q, rest - over))
}

/// Floored quotient and remainder, as `divmod`; `b` is not 0.
pub fn divmod(a: &BigInt, b: &BigInt, go_on: GoOn) -> Result<(BigInt, BigInt), Stopped> {
    let (q, r) = div_rem(a.magnitude(), b.magnitude(), go_on)?;
    let (mut q, mut r) = (BigInt::from_biguint(a.sign() * b.sign(), q), BigInt::from_biguint(a.sign(), r));
    if !r.is_zero() && r.sign() != b.sign() {
        q -= 1;
        r += b;
    }
    Ok((q, r))
}

/// `a ** e`.
pub fn pow(a: &BigInt, e: u64, go_on: GoOn) -> Result<BigInt, Stopped> {
    // Powers of two are shifts.
    let twos = a.magnitude().trailing_zeros().unwrap_or(0);
    let base = a.magnitude() >> twos;
    let mut power = BigUint::one();
    for i in (0..64 - e.leading_zeros()).rev() {
        power = mul(&power, &power, go_on)?;
        if e >> i & 1 == 1 {
            power = mul(&power, &base, go_on)?;
        }
    }
    let sign = if e.is_multiple_of(2) && a.sign() == Sign::Minus { Sign::Plus } else { a.sign() };
    Ok(BigInt::from_biguint(if e == 0 { Sign::Plus } else { sign }, power << (twos * e)))
}

/// Bits of the exponent that one step takes.
const WINDOW: u64 = 4;

/// `a ** e % m` for `e >= 0` and `m != 0`, with `m`'s sign.
pub fn pow_mod(a: &BigInt, e: &BigUint, m: &BigInt, go_on: GoOn) -> Result<BigInt, Stopped> {
    let n = m.magnitude();
    let reduce = |v: BigUint, go_on: GoOn| Ok(div_rem(&v, n, go_on)?.1);
    let base = divmod(a, &BigInt::from(n.clone()), go_on)?.1.into_parts().1;
    let mut powers = vec![reduce(BigUint::one(), go_on)?];
    while powers.len() < 1 << WINDOW {
        let next = mul(&powers[powers.len() - 1], &base, go_on)?;
        powers.push(reduce(next, go_on)?);
    }
    let mut power = powers[0].clone();
    for i in (0..e.bits().div_ceil(WINDOW)).rev() {
        for _ in 0..WINDOW {
            let square = mul(&power, &power, go_on)?;
            power = reduce(square, go_on)?;
        }
        let digit = (0..WINDOW).fold(0, |d, k| d | usize::from(e.bit(i * WINDOW + k)) << k);
        if digit != 0 {
            let product = mul(&power, &powers[digit], go_on)?;
            power = reduce(product, go_on)?;
        }
    }
    let power = BigInt::from(power);
    Ok(if m.sign() == Sign::Minus && !power.is_zero() { power + m } else { power })
}

/// Whether a modular power of numbers of these sizes takes long enough to be done here.
pub fn is_long_pow_mod(e_bits: u64, m_bits: u64) -> bool {
    let limbs = m_bits / 64 + 1;
    e_bits.saturating_mul(limbs.saturating_mul(limbs)) > 1 << 26
}

/// The inverse of `a` modulo `m`, with `m`'s sign; `None` when there is none. `m` is not 0.
pub fn mod_inverse(a: &BigInt, m: &BigInt, go_on: GoOn) -> Result<Option<BigInt>, Stopped> {
    let n = BigInt::from(m.magnitude().clone());
    let (mut r0, mut r1) = (n.clone(), divmod(a, &n, go_on)?.1);
    let (mut s0, mut s1) = (BigInt::zero(), BigInt::one());
    while !r1.is_zero() {
        let (q, r) = divmod(&r0, &r1, go_on)?;
        let s = &s0 - mul_signed(&q, &s1, go_on)?;
        (r0, r1, s0, s1) = (r1, r, s1, s);
    }
    if !r0.is_one() {
        return Ok(None);
    }
    Ok(Some(divmod(&s0, m, go_on)?.1))
}

/// Greatest common divisor, several quotients a step where they follow from the leading bits alone (Lehmer).
pub fn gcd(a: &BigUint, b: &BigUint, go_on: GoOn) -> Result<BigUint, Stopped> {
    let (mut a, mut b) = if a >= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) };
    while b.bits() > 64 {
        ask(go_on)?;
        let shift = a.bits() - 62;
        let top = |v: &BigUint| i128::from((v >> shift).iter_u64_digits().next().unwrap_or(0));
        let (mut x, mut y) = (top(&a), top(&b));
        let [mut p, mut q, mut r, mut s] = [1i128, 0, 0, 1];
        while y + r != 0 && y + s != 0 {
            let quotient = (x + p) / (y + r);
            if quotient != (x + q) / (y + s) {
                break;
            }
            (p, r) = (r, p - quotient * r);
            (q, s) = (s, q - quotient * s);
            (x, y) = (y, x - quotient * y);
        }
        (a, b) = if q == 0 {
            let rest = div_rem(&a, &b, go_on)?.1;
            (b, rest)
        } else {
            let (a, b) = (BigInt::from(a), BigInt::from(b));
            let combine = |i: i128, j: i128| (&a * i + &b * j).into_parts().1;
            (combine(p, q), combine(r, s))
        };
    }
    if b.is_zero() {
        return Ok(a);
    }
    let rest = div_rem(&a, &b, go_on)?.1;
    Ok(b.gcd(&rest))
}

/// The integer square root.
pub fn isqrt(n: &BigUint, go_on: GoOn) -> Result<BigUint, Stopped> {
    if n.bits() <= 4096 {
        ask(go_on)?;
        return Ok(n.sqrt());
    }
    // The root of the upper half of the bits, and one step of Newton's, which is off by one at most.
    let k = (n.bits() - 1) / 4;
    let upper = isqrt(&(n >> (2 * k)), go_on)?;
    let quotient = div_rem(&(n >> (k + 1)), &upper, go_on)?.0;
    let mut root = (upper << (k - 1)) + quotient;
    while mul(&root, &root, go_on)? > *n {
        root -= 1u32;
    }
    Ok(root)
}

/// Product of `low..=high` by halves.
pub fn product(low: u64, high: u64, go_on: GoOn) -> Result<BigUint, Stopped> {
    if low > high {
        return Ok(BigUint::one());
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
        return Ok(out * word);
    }
    let mid = low + (high - low) / 2;
    let lower = product(low, mid, go_on)?;
    let upper = product(mid + 1, high, go_on)?;
    mul(&lower, &upper, go_on)
}

/// Decimal digits to a number.
pub fn parse_decimal(s: &[u8], go_on: GoOn) -> Result<Option<BigUint>, Stopped> {
    if s.len() <= DIGITS {
        ask(go_on)?;
        return Ok(BigUint::parse_bytes(s, 10));
    }
    let low = s.len() / 2;
    let (a, b) = s.split_at(s.len() - low);
    let (Some(a), Some(b)) = (parse_decimal(a, go_on)?, parse_decimal(b, go_on)?) else { return Ok(None) };
    let unit = pow(&BigInt::from(10), low as u64, go_on)?.into_parts().1;
    Ok(Some(mul(&a, &unit, go_on)? + b))
}

/// Whether a number of so many bits takes long enough to print that it is done here.
pub fn is_long_text(bits: u64) -> bool {
    bits > 4 * DIGITS as u64
}

/// Decimal text of a magnitude.
pub fn to_decimal(n: &BigUint, go_on: GoOn) -> Result<String, Stopped> {
    // 10 ** DIGITS and its squares, as long as they are below `n`.
    let mut units = vec![pow(&BigInt::from(10), DIGITS as u64, go_on)?.into_parts().1];
    while let Some(last) = units.last().filter(|u| u.bits() * 2 <= n.bits() + 1) {
        let square = mul(last, last, go_on)?;
        units.push(square);
    }
    let mut out = String::new();
    push_digits(n, &units, &mut out, go_on)?;
    Ok(out)
}

/// Appends the digits of `n`: with leading zeros, unless nothing has been written yet, as many as units of this number mean.
fn push_digits(n: &BigUint, units: &[BigUint], out: &mut String, go_on: GoOn) -> Result<(), Stopped> {
    let Some((unit, rest)) = units.split_last() else {
        ask(go_on)?;
        let digits = n.to_string();
        if !out.is_empty() {
            out.extend(std::iter::repeat_n('0', DIGITS - digits.len().min(DIGITS)));
        } else if digits == "0" {
            return Ok(());
        }
        out.push_str(&digits);
        return Ok(());
    };
    let (high, low) = div_rem(n, unit, go_on)?;
    if !high.is_zero() || !out.is_empty() {
        push_digits(&high, rest, out, go_on)?;
    }
    push_digits(&low, rest, out, go_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number of so many bits, of a kind that carries and borrows far.
    fn number(bits: u64, seed: u64) -> BigUint {
        let mut state = seed | 1;
        let digits = (0..bits.div_ceil(32)).map(|i| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            match state >> 60 {
                0..4 => u32::MAX,
                4..8 => 0,
                _ => (state >> 16) as u32 ^ i as u32,
            }
        });
        (BigUint::new(digits.collect()) | (BigUint::one() << (bits - 1))) & ((BigUint::one() << bits) - 1u32)
    }

    fn yes() -> impl FnMut() -> bool {
        || true
    }

    #[test]
    fn products_and_quotients_agree_with_the_library() {
        for (m, n) in
            [(400_000, 400_000), (700_001, 300_007), (2_000_000, 140_000), (900_000, 899_999), (270_000, 270_001)]
        {
            let (a, b) = (number(m, m ^ n), number(n, n));
            assert_eq!(mul(&a, &b, &mut yes()).unwrap(), &a * &b, "{m} * {n}");
            assert_eq!(div_rem(&a, &b, &mut yes()).unwrap(), a.div_rem(&b), "{m} / {n}");
            let product = &a * &b;
            for dividend in [&product - 1u32, product.clone(), &product + (&b - 1u32)] {
                assert_eq!(div_rem(&dividend, &b, &mut yes()).unwrap(), dividend.div_rem(&b), "{m} + {n} / {n}");
            }
        }
    }

    #[test]
    fn the_rest_agrees_with_the_library() {
        let (a, b, c) = (number(9000, 3), number(7000, 5), number(900, 7));
        assert_eq!(gcd(&(&a * &c), &(&b * &c), &mut yes()).unwrap(), (&a * &c).gcd(&(&b * &c)));
        assert_eq!(gcd(&a, &BigUint::zero(), &mut yes()).unwrap(), a);
        for n in [a.clone(), &a * &a, &a * &a - 1u32, &a * &a + 1u32, number(100_001, 9)] {
            assert_eq!(isqrt(&n, &mut yes()).unwrap(), n.sqrt());
        }
        assert_eq!(product(1, 300, &mut yes()).unwrap(), (1..=300u32).map(BigUint::from).product());
        for n in [a.clone(), number(200_000, 11), BigUint::from(10u32).pow(8000), BigUint::from(10u32).pow(8000) - 1u32]
        {
            let text = to_decimal(&n, &mut yes()).unwrap();
            assert_eq!(text, n.to_string());
            assert_eq!(parse_decimal(text.as_bytes(), &mut yes()).unwrap(), Some(n));
        }
        let signed =
            |v: &BigUint, negative| BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, v.clone());
        for signs in 0..4 {
            let (x, y) = (signed(&a, signs & 1 != 0), signed(&b, signs & 2 != 0));
            assert_eq!(divmod(&x, &y, &mut yes()).unwrap(), x.div_mod_floor(&y));
            let m = signed(&c, signs & 2 != 0);
            assert_eq!(pow_mod(&x, &c, &m, &mut yes()).unwrap(), x.modpow(&BigInt::from(c.clone()), &m));
            assert_eq!(pow(&x, 9, &mut yes()).unwrap(), x.pow(9));
            assert_eq!(mod_inverse(&x, &m, &mut yes()).unwrap(), crate::int::mod_inverse(&x, &m).ok());
        }
        assert_eq!(pow(&BigInt::from(-12), 0, &mut yes()).unwrap(), BigInt::one());
    }

    #[test]
    fn who_says_no_is_heard() {
        let (a, mut left) = (number(2_000_000, 1), 5);
        assert_eq!(
            mul(&a, &a, &mut || {
                left -= 1;
                left > 0
            }),
            Err(Stopped)
        );
        assert_eq!(to_decimal(&a, &mut || false), Err(Stopped));
    }
}
