//! Keys from passwords: `pbkdf2_hmac` and `scrypt`, which `hashlib` offers.

use engine::prelude::*;

use super::state::State;

/// An HMAC whose key has been absorbed.
struct Keyed {
    inner: State,
    outer: State,
}

impl Keyed {
    fn new(fresh: &State, key: &[u8]) -> Keyed {
        let (_, _, block) = fresh.facts();
        let mut padded = if key.len() > block {
            let mut s = fresh.clone();
            s.update(key);
            s.digest(0)
        } else {
            key.to_vec()
        };
        padded.resize(block, 0);
        let with = |pad: u8| {
            let mut s = fresh.clone();
            s.update(&padded.iter().map(|b| b ^ pad).collect::<Vec<u8>>());
            s
        };
        Keyed { inner: with(0x36), outer: with(0x5c) }
    }

    fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        let (mut inner, mut outer) = (self.inner.clone(), self.outer.clone());
        for part in parts {
            inner.update(part);
        }
        outer.update(&inner.digest(0));
        outer.digest(0)
    }
}

/// PBKDF2 (RFC 8018) at work.
struct Derivation<'a> {
    keyed: Keyed,
    salt: &'a [u8],
    iterations: u64,
    len: usize,
    out: Vec<u8>,
    /// The block in the making: its number, how many rounds it has had, the last one's result and the sum of all.
    block: u32,
    rounds: u64,
    u: Vec<u8>,
    t: Vec<u8>,
}

impl<'a> Derivation<'a> {
    fn new(fresh: &State, password: &[u8], salt: &'a [u8], iterations: u64, len: usize) -> Derivation<'a> {
        let keyed = Keyed::new(fresh, password);
        Derivation { keyed, salt, iterations, len, out: Vec::new(), block: 1, rounds: 0, u: Vec::new(), t: Vec::new() }
    }

    /// The key, unless `woken` says that there is other work.
    fn run(&mut self, woken: &dyn Fn() -> bool) -> Option<Vec<u8>> {
        while self.out.len() < self.len {
            if self.rounds == 0 {
                self.u = self.keyed.sign(&[self.salt, &self.block.to_be_bytes()]);
                self.t = self.u.clone();
                self.rounds = 1;
            }
            while self.rounds < self.iterations {
                self.u = self.keyed.sign(&[&self.u]);
                self.t.iter_mut().zip(&self.u).for_each(|(a, b)| *a ^= b);
                self.rounds += 1;
                if self.rounds.is_multiple_of(1000) && woken() {
                    return None;
                }
            }
            self.out.extend_from_slice(&self.t);
            self.block = self.block.wrapping_add(1);
            self.rounds = 0;
        }
        self.out.truncate(self.len);
        Some(std::mem::take(&mut self.out))
    }
}

/// PBKDF2 of one iteration.
fn pbkdf2_once(fresh: &State, password: &[u8], salt: &[u8], len: usize) -> Vec<u8> {
    Derivation::new(fresh, password, salt, 1, len).run(&|| false).unwrap_or_default()
}

/// Salsa20/8 of a block of sixteen words.
fn salsa(block: &mut [u32; 16]) {
    let mut x = *block;
    let mut turn = |a: usize, b: usize, c: usize, d: usize| {
        x[b] ^= x[a].wrapping_add(x[d]).rotate_left(7);
        x[c] ^= x[b].wrapping_add(x[a]).rotate_left(9);
        x[d] ^= x[c].wrapping_add(x[b]).rotate_left(13);
        x[a] ^= x[d].wrapping_add(x[c]).rotate_left(18);
    };
    for _ in 0..4 {
        turn(0, 4, 8, 12);
        turn(5, 9, 13, 1);
        turn(10, 14, 2, 6);
        turn(15, 3, 7, 11);
        turn(0, 1, 2, 3);
        turn(5, 6, 7, 4);
        turn(10, 11, 8, 9);
        turn(15, 12, 13, 14);
    }
    block.iter_mut().zip(x).for_each(|(b, x)| *b = b.wrapping_add(x));
}

/// scryptBlockMix (RFC 7914): `2r` blocks, the even ones first.
fn block_mix(blocks: &mut [[u32; 16]], scratch: &mut [[u32; 16]]) {
    let r = blocks.len() / 2;
    let mut x = blocks[blocks.len() - 1];
    for (i, block) in blocks.iter().enumerate() {
        x.iter_mut().zip(block).for_each(|(a, b)| *a ^= b);
        salsa(&mut x);
        scratch[i / 2 + (i % 2) * r] = x;
    }
    blocks.copy_from_slice(scratch);
}

/// scryptROMix on one chunk of `128 r` bytes.
fn rom_mix(chunk: &mut [u8], n: usize) {
    let mut x: Vec<[u32; 16]> = chunk
        .chunks_exact(64)
        .map(|c| std::array::from_fn(|i| u32::from_le_bytes([c[4 * i], c[4 * i + 1], c[4 * i + 2], c[4 * i + 3]])))
        .collect();
    let len = x.len();
    let mut scratch = vec![[0u32; 16]; len];
    let mut table: Vec<[u32; 16]> = Vec::with_capacity(n * len);
    for _ in 0..n {
        table.extend_from_slice(&x);
        block_mix(&mut x, &mut scratch);
    }
    for _ in 0..n {
        let last = x[len - 1];
        let j = (u64::from(last[0]) | u64::from(last[1]) << 32) as usize & (n - 1);
        for (block, kept) in x.iter_mut().zip(&table[j * len..(j + 1) * len]) {
            block.iter_mut().zip(kept).for_each(|(a, b)| *a ^= b);
        }
        block_mix(&mut x, &mut scratch);
    }
    for (bytes, word) in chunk.chunks_exact_mut(4).zip(x.iter().flatten()) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
}

fn fresh(name: &str) -> Option<State> {
    Some(match name.to_ascii_lowercase().as_str() {
        "md5" => State::md5(),
        "sha1" | "sha-1" => State::sha1(),
        "sha224" | "sha-224" | "sha2-224" => State::sha224(),
        "sha256" | "sha-256" | "sha2-256" => State::sha256(),
        "sha384" | "sha-384" | "sha2-384" => State::sha384(),
        "sha512" | "sha-512" | "sha2-512" => State::sha512(),
        "sha3_224" | "sha3-224" => State::sha3_224(),
        "sha3_256" | "sha3-256" => State::sha3_256(),
        "sha3_384" | "sha3-384" => State::sha3_384(),
        "sha3_512" | "sha3-512" => State::sha3_512(),
        _ => return None,
    })
}

/// `pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None)`
fn pbkdf2_hmac(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args.str(cx, 0)?.to_string_lossy().into_owned();
    let (password, salt) = (protocol::to_bytes(cx, args[1])?, protocol::to_bytes(cx, args[2])?);
    let iterations = args.index(cx, 3)?;
    let Some(fresh) = fresh(&name) else {
        return Err(cx.value_error(format!("unsupported hash type {name}")));
    };
    let len = match args.get(4).filter(|&v| v != Value::NONE) {
        Some(v) => protocol::index(cx, v)?,
        None => fresh.facts().1 as i64,
    };
    if iterations < 1 {
        return Err(cx.value_error("iteration value must be greater than 0."));
    }
    if iterations > i64::from(i32::MAX) {
        return Err(cx.overflow_error("iteration value is too great."));
    }
    if len < 1 {
        return Err(cx.value_error("key length must be greater than 0."));
    }
    if len > i64::from(i32::MAX) {
        return Err(cx.overflow_error("key length is too great."));
    }
    cx.make_room_beside((len as usize).saturating_mul(2))?;
    let mut derivation = Derivation::new(&fresh, &password, &salt, iterations as u64, len as usize);
    let key = cx.blocking_pieces(|woken| derivation.run(woken))?;
    Bytes::wish(cx, &key)
}

/// `scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64)`
fn scrypt(cx: &mut Ctx, args: Args) -> PyResult {
    let (password, salt) = (protocol::to_bytes(cx, args[0])?, protocol::to_bytes(cx, args[1])?);
    let (n, r, p) = (args.index(cx, 2)?, args.index(cx, 3)?, args.index(cx, 4)?);
    let limit = args.index_or(cx, 5, 0)?;
    let len = args.index_or(cx, 6, 64)?;
    if n < 2 || n & (n - 1) != 0 {
        return Err(cx.value_error("n must be a power of 2."));
    }
    if !(0..=i64::from(i32::MAX)).contains(&limit) {
        return Err(cx.value_error(format!("maxmem must be positive and smaller than {}", i32::MAX)));
    }
    if !(1..=i64::from(i32::MAX)).contains(&len) {
        return Err(cx.value_error(format!("dklen must be greater than 0 and smaller than {}", i32::MAX)));
    }
    // The memory that OpenSSL allows by default.
    let limit = if limit == 0 { 32 << 20 } else { limit };
    let needed = n.checked_add(p).and_then(|n| n.checked_mul(128)).and_then(|n| n.checked_mul(r));
    if r < 1 || p < 1 || needed.is_none_or(|m| m > limit) || r.checked_mul(p).is_none_or(|m| m >= 1 << 30) {
        return Err(cx.value_error("Invalid parameter combination for n, r, p, maxmem."));
    }
    let (sha256, mut blocks, mut mixed) = (State::sha256(), None, 0);
    let key = cx.blocking_pieces(|woken| {
        let blocks = blocks.get_or_insert_with(|| pbkdf2_once(&sha256, &password, &salt, (p * r * 128) as usize));
        for chunk in blocks.chunks_exact_mut((r * 128) as usize).skip(mixed) {
            if woken() {
                return None;
            }
            rom_mix(chunk, n as usize);
            mixed += 1;
        }
        Some(pbkdf2_once(&sha256, &password, blocks, len as usize))
    })?;
    Bytes::wish(cx, &key)
}

/// `_derive`
pub static DERIVE: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new(
            "pbkdf2_hmac",
            "($module, /, hash_name, password, salt, iterations, dklen=None)",
            pbkdf2_hmac,
            "Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.",
        ),
        NativeDef::new(
            "scrypt",
            "($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)",
            scrypt,
            "scrypt password-based key derivation function.",
        ),
    ],
    ..ModuleDef::new("_derive")
};
