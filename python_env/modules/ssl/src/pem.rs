//! Text with armoured blocks (RFC 7468), and private keys, also those under a password.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, KeyIvInit};
use md5::{Digest, Md5};
use pytext::binascii::base64_decode;
use rustls::pki_types::PrivateKeyDer;

/// A block.
pub struct Block {
    /// What stands after BEGIN.
    pub label: String,
    /// `Name: value` lines before the data (old encrypted keys).
    headers: Vec<(String, String)>,
    /// The data; None if they are no base 64.
    pub data: Option<Vec<u8>>,
}

/// The blocks of a text, in order. What stands between them is ignored; a block without an end has no data.
pub fn blocks(text: &[u8]) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = text.split(|&b| b == b'\n').map(|line| line.trim_ascii_end());
    while let Some(line) = lines.next() {
        let Some(label) = line.strip_prefix(b"-----BEGIN ").and_then(|l| l.strip_suffix(b"-----")) else { continue };
        let end = [b"-----END ", label, b"-----"].concat();
        let mut block = Block { label: String::from_utf8_lossy(label).into_owned(), headers: Vec::new(), data: None };
        let mut digits = Vec::new();
        for line in lines.by_ref() {
            if line == end {
                block.data = base64_decode(&digits, false).ok().filter(|_| digits.iter().all(is_base64));
                break;
            }
            match String::from_utf8_lossy(line).split_once(": ") {
                Some((name, value)) => block.headers.push((name.into(), value.into())),
                None => digits.extend_from_slice(line),
            }
        }
        found.push(block);
    }
    found
}

fn is_base64(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || b"+/= \t".contains(b)
}

/// Armours one block.
pub fn armour(label: &str, data: &[u8]) -> String {
    let digits = pytext::binascii::base64_encode(data, false);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in digits.chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text + "-----END " + label + "-----\n"
}

impl Block {
    /// Whether it is a certificate that may be trusted or shown.
    pub fn is_certificate(&self) -> bool {
        matches!(&*self.label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE")
    }

    /// Whether it is a private key.
    pub fn is_key(&self) -> bool {
        self.label.ends_with("PRIVATE KEY")
    }

    /// Whether a password is needed to read it.
    pub fn is_encrypted(&self) -> bool {
        self.label == "ENCRYPTED PRIVATE KEY"
            || self.headers.iter().any(|(name, value)| name == "Proc-Type" && value.contains("ENCRYPTED"))
    }

    /// The private key; None where it cannot be read, for what reason ever.
    pub fn key(&self, password: &[u8]) -> Option<PrivateKeyDer<'static>> {
        let data = self.data.as_deref()?;
        Some(match &*self.label {
            "PRIVATE KEY" => PrivateKeyDer::Pkcs8(data.to_vec().into()),
            "ENCRYPTED PRIVATE KEY" => {
                let info = pkcs8::EncryptedPrivateKeyInfo::try_from(data).ok()?;
                PrivateKeyDer::Pkcs8(info.decrypt(password).ok()?.as_bytes().to_vec().into())
            }
            "RSA PRIVATE KEY" => PrivateKeyDer::Pkcs1(self.old(data, password)?.into()),
            "EC PRIVATE KEY" => PrivateKeyDer::Sec1(self.old(data, password)?.into()),
            _ => return None,
        })
    }

    /// The data of an old key, whose headers may say how it is encrypted.
    fn old(&self, data: &[u8], password: &[u8]) -> Option<Vec<u8>> {
        let Some((_, how)) = self.headers.iter().find(|(name, _)| name == "DEK-Info") else { return Some(data.into()) };
        let (cipher, iv) = how.split_once(',')?;
        let iv = pytext::binascii::unhexlify(iv.trim().as_bytes()).ok()?;
        let salt = iv.get(..8)?;
        let key = |n: usize| stretched(password, salt, n);
        match cipher {
            "AES-128-CBC" => plain::<cbc::Decryptor<aes::Aes128>>(&key(16), &iv, data),
            "AES-192-CBC" => plain::<cbc::Decryptor<aes::Aes192>>(&key(24), &iv, data),
            "AES-256-CBC" => plain::<cbc::Decryptor<aes::Aes256>>(&key(32), &iv, data),
            "DES-EDE3-CBC" => plain::<cbc::Decryptor<des::TdesEde3>>(&key(24), &iv, data),
            _ => None,
        }
    }
}

/// OpenSSL's `EVP_BytesToKey` with MD5, once.
fn stretched(password: &[u8], salt: &[u8], n: usize) -> Vec<u8> {
    let mut key: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    while key.len() < n {
        last = Md5::new().chain_update(&last).chain_update(password).chain_update(salt).finalize().to_vec();
        key.extend_from_slice(&last);
    }
    key.truncate(n);
    key
}

fn plain<C: KeyIvInit + BlockDecryptMut>(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut data = data.to_vec();
    let n = C::new_from_slices(key, iv).ok()?.decrypt_padded_mut::<Pkcs7>(&mut data).ok()?.len();
    data.truncate(n);
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_between_other_text() {
        let text = b"hello\n-----BEGIN A-----\nAAEC\n-----END A-----\r\n-----BEGIN B-----\r\nAw==\r\n-----END B-----\n-----BEGIN C-----\nAA";
        let found = blocks(text);
        let seen: Vec<_> = found.iter().map(|b| (b.label.as_str(), b.data.as_deref())).collect();
        assert_eq!(seen, [("A", Some(&[0u8, 1, 2][..])), ("B", Some(&[3][..])), ("C", None)]);
        assert_eq!(armour("A", &[0, 1, 2]), "-----BEGIN A-----\nAAEC\n-----END A-----\n");
    }

    #[test]
    fn what_is_no_base64_is_no_data() {
        assert!(blocks(b"-----BEGIN A-----\n\xff\xfe!\n-----END A-----\n")[0].data.is_none());
    }
}
