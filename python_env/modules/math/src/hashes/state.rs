//! The state of any of the hash functions.

use super::blake2::{Blake2b, Blake2s};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::{Digest, ExtendableOutput, Update};
use sha2::{Sha224, Sha256, Sha384, Sha512};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256};

macro_rules! states {
    ($($name:ident $fresh:ident $python:literal $digest:literal $block:literal;)*) => {
        /// A hash function under way.
        #[derive(Clone)]
        #[allow(missing_docs)]
        pub enum State {
            $($name($name),)*
            Shake128(Shake128),
            Shake256(Shake256),
            Blake2b(Box<Blake2b>),
            Blake2s(Box<Blake2s>),
        }

        $(impl State {
            /// A fresh state.
            pub fn $fresh() -> State {
                State::$name($name::default())
            }
        })*

        impl State {
            /// Adds data.
            pub fn update(&mut self, data: &[u8]) {
                match self {
                    $(State::$name(s) => Update::update(s, data),)*
                    State::Shake128(s) => s.update(data),
                    State::Shake256(s) => s.update(data),
                    State::Blake2b(s) => s.update(data),
                    State::Blake2s(s) => s.update(data),
                }
            }

            /// The digest of what was added so far; `length` is for the functions of any length.
            pub fn digest(&self, length: usize) -> Vec<u8> {
                match self {
                    $(State::$name(s) => s.clone().finalize().to_vec(),)*
                    State::Shake128(s) => s.clone().finalize_boxed(length).into_vec(),
                    State::Shake256(s) => s.clone().finalize_boxed(length).into_vec(),
                    State::Blake2b(s) => s.digest(),
                    State::Blake2s(s) => s.digest(),
                }
            }

            /// Name, bytes of the digest (0: any), bytes of a block.
            pub fn facts(&self) -> (&'static str, usize, usize) {
                match self {
                    $(State::$name(_) => ($python, $digest, $block),)*
                    State::Shake128(_) => ("shake_128", 0, 168),
                    State::Shake256(_) => ("shake_256", 0, 136),
                    State::Blake2b(s) => ("blake2b", s.digest_size(), 128),
                    State::Blake2s(s) => ("blake2s", s.digest_size(), 64),
                }
            }
        }
    };
}

states! {
    Md5 md5 "md5" 16 64;
    Sha1 sha1 "sha1" 20 64;
    Sha224 sha224 "sha224" 28 64;
    Sha256 sha256 "sha256" 32 64;
    Sha384 sha384 "sha384" 48 128;
    Sha512 sha512 "sha512" 64 128;
    Sha3_224 sha3_224 "sha3_224" 28 144;
    Sha3_256 sha3_256 "sha3_256" 32 136;
    Sha3_384 sha3_384 "sha3_384" 48 104;
    Sha3_512 sha3_512 "sha3_512" 64 72;
}

impl State {
    /// A fresh SHAKE128.
    pub fn shake_128() -> State {
        State::Shake128(Shake128::default())
    }

    /// A fresh SHAKE256.
    pub fn shake_256() -> State {
        State::Shake256(Shake256::default())
    }
}
