//! Words: powers of ten, digit counts, and division by constants without the processor's slow division.

pub use pynumeric::divisor::Divisor;

/// Decimal digits in a limb.
pub const WIDTH: u64 = 18;
/// What a limb counts up to.
pub const BASE: u64 = 1_000_000_000_000_000_000;

/// The powers of ten that a `u64` holds.
pub const POW64: [u64; 20] = {
    let mut t = [1; 20];
    let mut i = 1;
    while i < 20 {
        t[i] = t[i - 1] * 10;
        i += 1;
    }
    t
};

/// The powers of ten that a `u128` holds.
pub const POW128: [u128; 39] = {
    let mut t = [1; 39];
    let mut i = 1;
    while i < 39 {
        t[i] = t[i - 1] * 10;
        i += 1;
    }
    t
};

/// Number of decimal digits; 1 for zero.
#[inline]
pub fn digits64(n: u64) -> u64 {
    // 1233 / 4096 is log10(2) from above; at most one too many.
    let guess = ((64 - (n | 1).leading_zeros()) * 1233) >> 12;
    u64::from(guess) + u64::from(n >= POW64[guess as usize]) + u64::from(n == 0)
}

/// The same of two words.
#[inline]
pub fn digits128(n: u128) -> u64 {
    if n >> 64 == 0 {
        return digits64(n as u64);
    }
    let guess = ((128 - n.leading_zeros()) * 1233) >> 12;
    u64::from(guess) + u64::from(n >= POW128[guess as usize])
}

const BY_BASE: Divisor = Divisor::new(BASE);

/// Quotient and remainder by [`BASE`] of a number below `BASE << 64`.
#[inline(always)]
pub fn split(n: u128) -> (u64, u64) {
    BY_BASE.divide(n)
}

/// The product of two numbers of 128 bits, as high and low half.
#[inline]
pub fn wide(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let low = a0 * b0;
    let mid = a1 * b0 + (low >> 64);
    let mid2 = a0 * b1 + (mid & LOW);
    (a1 * b1 + (mid >> 64) + (mid2 >> 64), mid2 << 64 | low & LOW)
}

/// `(hi << 128 | lo) / d` where the quotient fits: it does if `hi < d`.
#[inline]
pub fn wide_by_word(hi: u128, lo: u128, d: u64) -> Option<(u128, u64)> {
    if hi >= u128::from(d) {
        return None;
    }
    let by = Divisor::new(d);
    let (q1, r) = by.divide((hi << 64) | (lo >> 64));
    let (q0, r) = by.divide((u128::from(r) << 64) | (lo & u128::from(u64::MAX)));
    Some((u128::from(q1) << 64 | u128::from(q0), r))
}
