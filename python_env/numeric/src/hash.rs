//! Hash functions: numbers modulo a Mersenne prime, SipHash for text, and the mixers of tuples and sets.

use num_bigint::{BigInt, Sign};

/// Numbers that are equal hash alike because all are reduced modulo this prime, 2^61 - 1 (`sys.hash_info.modulus`).
pub const MODULUS: u64 = (1 << 61) - 1;
/// Hash of infinity.
pub const INF: i64 = 314_159;
/// Multiplier of the imaginary part.
pub const IMAG: u64 = 1_000_003;

/// Hash of an integer of one word.
#[inline]
pub fn int(v: i64) -> i64 {
    if v.unsigned_abs() < MODULUS {
        return if v == -1 { -2 } else { v };
    }
    let h = (v.unsigned_abs() % MODULUS) as i64;
    finish(if v < 0 { -h } else { h })
}

/// -1 means an error in hash functions, so nothing hashes to it.
#[inline]
pub fn finish(h: i64) -> i64 {
    if h == -1 { -2 } else { h }
}

/// Hash of a big integer.
pub fn bigint(v: &BigInt) -> i64 {
    let mut x: u64 = 0;
    for d in v.iter_u64_digits().rev() {
        x = ((u128::from(x) << 64 | u128::from(d)) % u128::from(MODULUS)) as u64;
    }
    finish(if v.sign() == Sign::Minus { -(x as i64) } else { x as i64 })
}

/// Hash of a complex number from the hashes of its parts.
pub fn complex(real: i64, imag: i64) -> i64 {
    finish((real as u64).wrapping_add(IMAG.wrapping_mul(imag as u64)) as i64)
}

/// Hash of an address (objects without a hash of their own).
#[inline]
pub fn pointer(address: usize) -> i64 {
    finish((address as u64).rotate_right(4) as i64)
}

/// The 128-bit key of text hashing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SipKey(
    /// First half.
    pub u64,
    /// Second half.
    pub u64,
);

impl SipKey {
    /// The key that `PYTHONHASHSEED=seed` gives; seed 0 turns randomization off.
    pub fn from_seed(seed: u32) -> SipKey {
        if seed == 0 {
            return SipKey(0, 0);
        }
        let mut x = seed;
        let mut next = || {
            (0..8).fold(0u64, |k, i| {
                x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
                k | u64::from(x >> 16 & 0xFF) << (8 * i)
            })
        };
        SipKey(next(), next())
    }
}

/// SipHash-1-3.
pub fn siphash13(key: SipKey, data: &[u8]) -> u64 {
    let mut v = [
        key.0 ^ 0x736f_6d65_7073_6575,
        key.1 ^ 0x646f_7261_6e64_6f6d,
        key.0 ^ 0x6c79_6765_6e65_7261,
        key.1 ^ 0x7465_6462_7974_6573,
    ];
    #[inline(always)]
    fn round(v: &mut [u64; 4]) {
        v[0] = v[0].wrapping_add(v[1]);
        v[2] = v[2].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[1]);
        v[0] = v[0].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].rotate_left(32);
    }
    let (words, tail) = data.as_chunks::<8>();
    for w in words {
        let m = u64::from_le_bytes(*w);
        v[3] ^= m;
        round(&mut v);
        v[0] ^= m;
    }
    let mut last = (data.len() as u64) << 56;
    for (i, &b) in tail.iter().enumerate() {
        last |= u64::from(b) << (8 * i);
    }
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xFF;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

/// Hash of the content of `bytes` and of ASCII `str`; empty content hashes to 0.
#[inline]
pub fn bytes(key: SipKey, data: &[u8]) -> i64 {
    if data.is_empty() { 0 } else { finish(siphash13(key, data) as i64) }
}

/// Streaming hash of a tuple's items (a simplified xxHash).
#[derive(Clone, Copy, Debug)]
pub struct TupleHasher {
    acc: u64,
    len: u64,
}

const XX_PRIME_1: u64 = 11_400_714_785_074_694_791;
const XX_PRIME_2: u64 = 14_029_467_366_897_019_727;
const XX_PRIME_5: u64 = 2_870_177_450_012_600_261;

impl TupleHasher {
    /// Before the first item.
    #[inline]
    pub fn new() -> Self {
        TupleHasher { acc: XX_PRIME_5, len: 0 }
    }

    /// Adds the hash of the next item.
    #[inline]
    pub fn add(&mut self, hash: i64) {
        let acc = self.acc.wrapping_add((hash as u64).wrapping_mul(XX_PRIME_2));
        self.acc = acc.rotate_left(31).wrapping_mul(XX_PRIME_1);
        self.len += 1;
    }

    /// The tuple's hash.
    #[inline]
    pub fn finish(self) -> i64 {
        let acc = self.acc.wrapping_add(self.len ^ (XX_PRIME_5 ^ 3_527_539));
        if acc == u64::MAX { 1_546_275_796 } else { acc as i64 }
    }
}

impl Default for TupleHasher {
    fn default() -> Self {
        Self::new()
    }
}

/// Hash of a `frozenset` from the hashes of its items, in any order.
pub fn frozenset(hashes: impl IntoIterator<Item = i64>) -> i64 {
    let (mut hash, mut n) = (0u64, 0u64);
    for h in hashes {
        let h = h as u64;
        hash ^= ((h ^ 89_869_747) ^ (h << 16)).wrapping_mul(3_644_798_167);
        n += 1;
    }
    hash ^= (n + 1).wrapping_mul(1_927_868_237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    if hash == u64::MAX { 590_923_713 } else { hash as i64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(int(-1), -2);
        assert_eq!(int((1 << 61) - 1), 0);
        assert_eq!(int(i64::MIN), -4);
        assert_eq!(bigint(&(BigInt::from(10).pow(30))), 465258685558744706);
        let mut t = TupleHasher::new();
        [1, 2, 3].into_iter().for_each(|h| t.add(h));
        assert_eq!(t.finish(), 529344067295497451);
        assert_eq!(TupleHasher::new().finish(), 5740354900026072187);
        assert_eq!(frozenset([1, 2, 3]), -272375401224217160);
        assert_eq!(frozenset([]), 133146708735736);
        assert_eq!(bytes(SipKey::from_seed(0), b"abc"), -4594863902769663758);
        assert_eq!(bytes(SipKey::from_seed(0), b"abcdefghijk"), 1450545860578130900);
        assert_eq!(bytes(SipKey::from_seed(42), b"abc"), 3869580338025362921);
    }
}
