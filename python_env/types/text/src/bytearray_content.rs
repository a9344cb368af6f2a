//! The bytes of a bytearray: a vector, of which so many at the front are gone.
//!
//! Programs use bytearrays as queues: what is added at the end is deleted at the front. What is left moves only when as much is gone, so
//! a deletion costs what it deletes.

use std::ops::{Deref, DerefMut};

use proto_core::memory;

#[derive(Default)]
pub struct Content {
    bytes: Vec<u8>,
    gone: usize,
}

impl Content {
    /// Deletes the first `n` bytes, which it has.
    pub fn drop_front(&mut self, n: usize) {
        self.gone += n;
        if self.gone > self.bytes.len() / 2 {
            self.whole();
        }
    }

    /// The vector with nothing gone, for changes anywhere.
    pub fn whole(&mut self) -> &mut Vec<u8> {
        if self.gone > 0 {
            self.bytes.drain(..self.gone);
            self.gone = 0;
        }
        &mut self.bytes
    }

    /// Adds a byte at the end.
    pub fn push(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Takes the last byte.
    pub fn pop(&mut self) -> Option<u8> {
        // What is gone lies before it.
        if self.is_empty() { None } else { self.bytes.pop() }
    }

    /// Adds bytes at the end; whether there was memory for them.
    pub fn append(&mut self, more: &[u8]) -> bool {
        let fits = memory::grows(&mut self.bytes, more.len());
        if fits {
            self.bytes.extend_from_slice(more);
        }
        fits
    }

    /// Bytes that it has memory for.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Content {
        Content { bytes, gone: 0 }
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.gone..]
    }
}

impl DerefMut for Content {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.gone..]
    }
}

#[cfg(test)]
mod tests {
    use super::Content;
    use std::collections::VecDeque;

    #[test]
    fn it_is_a_queue() {
        let (mut content, mut model) = (Content::default(), VecDeque::new());
        let mut seed = 1u32;
        for i in 0..20_000u32 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match seed >> 30 {
                0 => {
                    let n = ((seed >> 8) as usize % 40).min(content.len());
                    content.drop_front(n);
                    model.drain(..n);
                }
                1 if !content.is_empty() => {
                    let at = (seed >> 8) as usize % content.len();
                    assert_eq!(content.whole().remove(at), model.remove(at).unwrap());
                }
                2 => assert_eq!(content.pop(), model.pop_back()),
                _ => {
                    assert!(content.append(&[i as u8; 49]));
                    model.extend([i as u8; 49]);
                }
            }
            assert_eq!(content.len(), model.len());
            assert!(content.capacity() < 4 * (1000 + content.len()));
        }
        assert!(content.iter().eq(&model));
    }
}
