//! Cipher suites under OpenSSL's names, and its language to choose among them.

use rustls::crypto::ring::cipher_suite as suites;
use rustls::{CipherSuite, SupportedCipherSuite};

/// What is known of a suite.
pub struct Cipher {
    /// Its number.
    pub suite: CipherSuite,
    /// OpenSSL's name.
    pub name: &'static str,
    /// `TLSv1.2` or `TLSv1.3`.
    pub protocol: &'static str,
    /// Who signs: `rsa`, `ecdsa`, `any`.
    pub auth: &'static str,
    /// The cipher.
    pub symmetric: &'static str,
    /// Bits of its key.
    pub bits: i64,
    /// The hash, as set_ciphers knows it.
    hash: &'static str,
}

const fn cipher(
    suite: CipherSuite,
    name: &'static str,
    auth: &'static str,
    symmetric: &'static str,
    bits: i64,
    hash: &'static str,
) -> Cipher {
    let protocol = if matches!(auth.as_bytes(), b"any") { "TLSv1.3" } else { "TLSv1.2" };
    Cipher { suite, name, protocol, auth, symmetric, bits, hash }
}

use CipherSuite as S;

/// All there are, the preferred ones first.
pub static CIPHERS: &[Cipher] = &[
    cipher(S::TLS13_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", "any", "aes-256-gcm", 256, "SHA384"),
    cipher(
        S::TLS13_CHACHA20_POLY1305_SHA256,
        "TLS_CHACHA20_POLY1305_SHA256",
        "any",
        "chacha20-poly1305",
        256,
        "SHA256",
    ),
    cipher(S::TLS13_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", "any", "aes-128-gcm", 128, "SHA256"),
    cipher(
        S::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ecdsa",
        "aes-256-gcm",
        256,
        "SHA384",
    ),
    cipher(
        S::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "ECDHE-RSA-AES256-GCM-SHA384",
        "rsa",
        "aes-256-gcm",
        256,
        "SHA384",
    ),
    cipher(
        S::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ecdsa",
        "chacha20-poly1305",
        256,
        "SHA256",
    ),
    cipher(
        S::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-RSA-CHACHA20-POLY1305",
        "rsa",
        "chacha20-poly1305",
        256,
        "SHA256",
    ),
    cipher(
        S::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ecdsa",
        "aes-128-gcm",
        128,
        "SHA256",
    ),
    cipher(
        S::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "ECDHE-RSA-AES128-GCM-SHA256",
        "rsa",
        "aes-128-gcm",
        128,
        "SHA256",
    ),
];

/// The row of a suite.
pub fn find(suite: CipherSuite) -> Option<&'static Cipher> {
    CIPHERS.iter().find(|c| c.suite == suite)
}

/// The suites of rustls for rows.
pub fn supported(chosen: &[&'static Cipher]) -> Vec<SupportedCipherSuite> {
    let all = [
        suites::TLS13_AES_256_GCM_SHA384,
        suites::TLS13_CHACHA20_POLY1305_SHA256,
        suites::TLS13_AES_128_GCM_SHA256,
        suites::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        suites::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        suites::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        suites::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        suites::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        suites::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];
    chosen.iter().filter_map(|c| all.iter().find(|s| s.suite() == c.suite).copied()).collect()
}

impl Cipher {
    /// Whether it is of TLS 1.3, whose suites are always on.
    pub fn is_modern(&self) -> bool {
        self.auth == "any"
    }

    /// OpenSSL's number of it.
    pub fn id(&self) -> i64 {
        0x0300_0000 | i64::from(u16::from(self.suite))
    }

    /// OpenSSL's line about it.
    pub fn description(&self) -> String {
        let (kx, auth) = match self.auth {
            "any" => ("any", "any"),
            "rsa" => ("ECDH", "RSA"),
            _ => ("ECDH", "ECDSA"),
        };
        let enc = match self.symmetric {
            "chacha20-poly1305" => "CHACHA20/POLY1305",
            _ => "AESGCM",
        };
        let enc = format!("{enc}({})", self.bits);
        format!("{:30} {} Kx={kx:8} Au={auth:5} Enc={enc:22} Mac=AEAD", self.name, self.protocol)
    }

    /// Whether a word of OpenSSL's language means it.
    fn is(&self, word: &str) -> bool {
        let aes = self.symmetric != "chacha20-poly1305";
        match word {
            "ALL" | "DEFAULT" | "COMPLEMENTOFNONE" | "HIGH" | "AEAD" => true,
            "ECDHE" | "EECDH" | "kECDHE" | "kEECDH" | "ECDH" => true,
            "TLSv1.2" => true,
            "aRSA" => self.auth == "rsa",
            "aECDSA" | "ECDSA" => self.auth == "ecdsa",
            "AES" | "AESGCM" | "FIPS" => aes,
            "AES128" => aes && self.bits == 128,
            "AES256" => aes && self.bits == 256,
            "CHACHA20" => !aes,
            "SHA256" | "SHA384" => self.hash == word,
            _ => self.name == word || format!("{:?}", self.suite) == word,
        }
    }
}

/// The suites that a text in OpenSSL's language chooses, in its order, after those of TLS 1.3. None if there is none.
pub fn choose(text: &str) -> Option<Vec<&'static Cipher>> {
    let older = || CIPHERS.iter().filter(|c| !c.is_modern());
    let mut chosen: Vec<&'static Cipher> = Vec::new();
    let mut banned: Vec<&'static str> = Vec::new();
    for word in text.split([':', ',', ' ', ';']).filter(|w| !w.is_empty() && !w.starts_with('@')) {
        let (operator, word) = match word.as_bytes()[0] {
            o @ (b'!' | b'-' | b'+') => (o, &word[1..]),
            _ => (0, word),
        };
        let meant = |c: &&Cipher| word.split('+').all(|w| c.is(w));
        match operator {
            b'!' => {
                banned.extend(older().filter(meant).map(|c| c.name));
                chosen.retain(|c| !meant(c));
            }
            b'-' => chosen.retain(|c| !meant(c)),
            b'+' => {
                let (later, mut first): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|c| meant(c));
                first.extend(later);
                chosen = first;
            }
            _ => {
                for c in older().filter(meant) {
                    if !banned.contains(&c.name) && !chosen.iter().any(|o| o.name == c.name) {
                        chosen.push(c);
                    }
                }
            }
        }
    }
    if chosen.is_empty() {
        return None;
    }
    let mut all: Vec<&'static Cipher> = CIPHERS.iter().filter(|c| c.is_modern()).collect();
    all.extend(chosen);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        choose(text).unwrap_or_default().iter().filter(|c| !c.is_modern()).map(|c| c.name).collect()
    }

    #[test]
    fn the_language_of_openssl_chooses() {
        assert_eq!(names("ALL").len(), 6);
        assert_eq!(names("ECDHE+AESGCM:!aECDSA"), ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"]);
        assert_eq!(names("ECDHE-RSA-AES128-GCM-SHA256"), ["ECDHE-RSA-AES128-GCM-SHA256"]);
        assert_eq!(names("@SECLEVEL=2:ECDHE+CHACHA20:ECDHE-RSA-AES128-GCM-SHA256").len(), 3);
        assert_eq!(names("AES128:+aRSA"), ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"]);
        assert_eq!(names("!ALL:ALL"), [""; 0]);
        assert!(choose("AES128-SHA").is_none());
        assert!(choose("kRSA").is_none());
    }

    #[test]
    fn every_row_has_a_suite_of_the_provider() {
        let all: Vec<_> = CIPHERS.iter().collect();
        assert_eq!(supported(&all).len(), CIPHERS.len());
    }
}
