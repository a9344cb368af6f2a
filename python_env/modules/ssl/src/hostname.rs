//! Whether a certificate is one of a host, by the rules of RFC 6125 as OpenSSL applies them.

use std::net::IpAddr;

use crate::x509::{Certificate, Name};

/// `X509_CHECK_FLAG_NO_WILDCARDS`
const NO_WILDCARDS: i64 = 2;
/// `X509_CHECK_FLAG_NEVER_CHECK_SUBJECT`
const NEVER_CHECK_SUBJECT: i64 = 32;

/// An address, also in brackets or with a zone; None for names.
pub fn as_address(host: &str) -> Option<IpAddr> {
    host.parse().ok()
}

/// Whether `certificate` is for `host`.
pub fn matches(certificate: &Certificate, host: &str, flags: i64) -> bool {
    let names = certificate.alternative_names();
    if let Some(address) = as_address(host) {
        let bytes = match address {
            IpAddr::V4(a) => a.octets().to_vec(),
            IpAddr::V6(a) => a.octets().to_vec(),
        };
        return names.iter().flatten().any(|n| matches!(n, Name::Address(a) if **a == bytes[..]));
    }
    let mut has_names = false;
    for name in names.iter().flatten() {
        if let Name::Text("DNS", pattern) = name {
            has_names = true;
            if covers(pattern, host.as_bytes(), flags) {
                return true;
            }
        }
    }
    // The subject's name counts only where no name of a host stands in its place.
    !has_names
        && flags & NEVER_CHECK_SUBJECT == 0
        && certificate.common_names().iter().any(|n| covers(n.as_bytes(), host.as_bytes(), flags))
}

/// Whether a pattern, whose first label may be a star, covers a host.
fn covers(pattern: &[u8], host: &[u8], flags: i64) -> bool {
    if pattern.is_empty() || pattern.contains(&0) {
        return false;
    }
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    let Some(tail) = pattern.strip_prefix(b"*").filter(|t| t.first() == Some(&b'.')) else { return false };
    // A star stands for one whole label, and only above two others.
    let labels = tail[1..].split(|&b| b == b'.');
    if flags & NO_WILDCARDS != 0
        || tail.contains(&b'*')
        || labels.clone().count() < 2
        || labels.clone().any(<[u8]>::is_empty)
    {
        return false;
    }
    match host.iter().position(|&b| b == b'.') {
        Some(dot) if dot > 0 => host[dot..].eq_ignore_ascii_case(tail),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn stars_stand_for_one_label() {
        for (pattern, host, expected) in [
            ("www.example.com", "WWW.example.com", true),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "a.www.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.com", "example.com", false),
            ("*", "example", false),
            ("w*.example.com", "www.example.com", false),
            ("*.*.com", "a.b.com", false),
            ("www.*.com", "www.example.com", false),
            ("a\0.example.com", "a", false),
        ] {
            assert_eq!(covers(pattern.as_bytes(), host.as_bytes(), 0), expected, "{pattern} {host}");
        }
        assert!(!covers(b"*.example.com", b"www.example.com", 2));
    }
}
