//! Decimal digits of machine integers, written to the native stack.

/// Room for the digits of any `u64`.
pub type Buffer = [u8; 20];

/// The digits of 00 to 99.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

/// The digits of `n`, at the end of `buffer`.
#[inline]
pub fn digits(mut n: u64, buffer: &mut Buffer) -> &[u8] {
    let mut at = buffer.len();
    while n >= 100 {
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[(n % 100) as usize]);
        n /= 100;
    }
    if n >= 10 {
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[n as usize]);
    } else {
        at -= 1;
        buffer[at] = b'0' + n as u8;
    }
    &buffer[at..]
}

/// Appends `n` in decimal.
#[inline]
pub fn push_i64(out: &mut Vec<u8>, n: i64) {
    if n < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(digits(n.unsigned_abs(), &mut [0; 20]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lengths() {
        let mut n = 1u64;
        for _ in 0..20 {
            for v in [n - 1, n, n + 1, n.wrapping_mul(7)] {
                assert_eq!(digits(v, &mut [0; 20]), v.to_string().as_bytes());
            }
            n = n.saturating_mul(10);
        }
        for v in [0, -1, 99, 100, i64::MIN, i64::MAX] {
            let mut out = vec![];
            push_i64(&mut out, v);
            assert_eq!(out, v.to_string().as_bytes());
        }
    }
}
