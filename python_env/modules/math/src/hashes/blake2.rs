//! BLAKE2b and BLAKE2s (RFC 7693) with all of their parameters.

/// The parameters besides key and data.
#[derive(Clone, Default)]
pub struct Params {
    /// Bytes of the digest.
    pub digest_size: usize,
    /// Salt, padded by the algorithm.
    pub salt: Vec<u8>,
    /// Personalization.
    pub person: Vec<u8>,
    /// Tree: fanout.
    pub fanout: u8,
    /// Tree: depth.
    pub depth: u8,
    /// Tree: bytes of a leaf.
    pub leaf_size: u32,
    /// Tree: offset of the node.
    pub node_offset: u64,
    /// Tree: depth of the node.
    pub node_depth: u8,
    /// Tree: bytes of an inner digest.
    pub inner_size: u8,
    /// Tree: last node of its level.
    pub last_node: bool,
}

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

macro_rules! blake2 {
    ($name:ident, $word:ident, $wide:ident, $block:literal, $rounds:literal, $r:expr, $iv:expr, $params:path, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone)]
        pub struct $name {
            h: [$word; 8],
            count: $wide,
            buffer: [u8; $block],
            filled: usize,
            digest_size: usize,
            last_node: bool,
        }

        impl $name {
            const IV: [$word; 8] = $iv;

            /// A fresh state; the caller has checked the parameters' sizes.
            pub fn new(p: &Params, key: &[u8]) -> Self {
                let mut block = [0u8; std::mem::size_of::<$word>() * 8];
                $params(&mut block, p, key.len() as u8);
                let mut h = Self::IV;
                for (h, bytes) in h.iter_mut().zip(block.chunks_exact(std::mem::size_of::<$word>())) {
                    *h ^= bytes.iter().rev().fold(0, |w, &b| w << 8 | $word::from(b));
                }
                let mut state = $name {
                    h,
                    count: 0,
                    buffer: [0; $block],
                    filled: 0,
                    digest_size: p.digest_size,
                    last_node: p.last_node,
                };
                if !key.is_empty() {
                    let mut padded = [0u8; $block];
                    padded[..key.len()].copy_from_slice(key);
                    state.update(&padded);
                }
                state
            }

            /// Bytes of the digest.
            pub fn digest_size(&self) -> usize {
                self.digest_size
            }

            /// Adds data.
            pub fn update(&mut self, mut data: &[u8]) {
                while !data.is_empty() {
                    // The last block is compressed at the end only.
                    if self.filled == $block {
                        self.count += $block;
                        self.compress(false);
                        self.filled = 0;
                    }
                    let n = data.len().min($block - self.filled);
                    self.buffer[self.filled..self.filled + n].copy_from_slice(&data[..n]);
                    self.filled += n;
                    data = &data[n..];
                }
            }

            /// The digest of what was added so far.
            pub fn digest(&self) -> Vec<u8> {
                let mut last = self.clone();
                last.count += last.filled as $wide;
                last.buffer[last.filled..].fill(0);
                last.compress(true);
                let mut out: Vec<u8> = last.h.iter().flat_map(|w| w.to_le_bytes()).collect();
                out.truncate(self.digest_size);
                out
            }

            fn compress(&mut self, last: bool) {
                let mut m = [0 as $word; 16];
                for (m, bytes) in m.iter_mut().zip(self.buffer.chunks_exact(std::mem::size_of::<$word>())) {
                    *m = bytes.iter().rev().fold(0, |w, &b| w << 8 | $word::from(b));
                }
                let mut v = [0 as $word; 16];
                v[..8].copy_from_slice(&self.h);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.count as $word;
                v[13] ^= (self.count >> $word::BITS) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                const R: [u32; 4] = $r;
                let mut mix = |a: usize, b: usize, c: usize, d: usize, x: $word, y: $word| {
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
                    v[d] = (v[d] ^ v[a]).rotate_right(R[0]);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right(R[1]);
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
                    v[d] = (v[d] ^ v[a]).rotate_right(R[2]);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right(R[3]);
                };
                for round in 0..$rounds {
                    let s = &SIGMA[round % 10];
                    mix(0, 4, 8, 12, m[s[0]], m[s[1]]);
                    mix(1, 5, 9, 13, m[s[2]], m[s[3]]);
                    mix(2, 6, 10, 14, m[s[4]], m[s[5]]);
                    mix(3, 7, 11, 15, m[s[6]], m[s[7]]);
                    mix(0, 5, 10, 15, m[s[8]], m[s[9]]);
                    mix(1, 6, 11, 12, m[s[10]], m[s[11]]);
                    mix(2, 7, 8, 13, m[s[12]], m[s[13]]);
                    mix(3, 4, 9, 14, m[s[14]], m[s[15]]);
                }
                for i in 0..8 {
                    self.h[i] ^= v[i] ^ v[i + 8];
                }
            }
        }
    };
}

fn params_b(block: &mut [u8; 64], p: &Params, key: u8) {
    block[..4].copy_from_slice(&[p.digest_size as u8, key, p.fanout, p.depth]);
    block[4..8].copy_from_slice(&p.leaf_size.to_le_bytes());
    block[8..16].copy_from_slice(&p.node_offset.to_le_bytes());
    block[16] = p.node_depth;
    block[17] = p.inner_size;
    block[32..32 + p.salt.len()].copy_from_slice(&p.salt);
    block[48..48 + p.person.len()].copy_from_slice(&p.person);
}

fn params_s(block: &mut [u8; 32], p: &Params, key: u8) {
    block[..4].copy_from_slice(&[p.digest_size as u8, key, p.fanout, p.depth]);
    block[4..8].copy_from_slice(&p.leaf_size.to_le_bytes());
    block[8..14].copy_from_slice(&p.node_offset.to_le_bytes()[..6]);
    block[14] = p.node_depth;
    block[15] = p.inner_size;
    block[16..16 + p.salt.len()].copy_from_slice(&p.salt);
    block[24..24 + p.person.len()].copy_from_slice(&p.person);
}

blake2!(
    Blake2b,
    u64,
    u128,
    128,
    12,
    [32, 24, 16, 63],
    [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ],
    params_b,
    "State of BLAKE2b."
);
blake2!(
    Blake2s,
    u32,
    u64,
    64,
    10,
    [16, 12, 8, 7],
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,],
    params_s,
    "State of BLAKE2s."
);
