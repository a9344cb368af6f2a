//! Binary data as text: hexadecimal, base64, uuencode, quoted-printable, and the checksums next to them.

use std::fmt;

/// Why data could not be converted: `binascii.Error` unless said otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DataError {
    /// "Odd-length string"
    OddLength,
    /// "Non-hexadecimal digit found"
    NotHex,
    /// "Incorrect padding"
    Padding,
    /// Base64 with one character too many; holds the number of data characters.
    Length(usize),
    /// "Leading padding not allowed" (strict)
    LeadingPadding,
    /// "Excess data after padding" (strict)
    ExcessData,
    /// "Excess padding not allowed" (strict)
    ExcessPadding,
    /// "Discontinuous padding not allowed" (strict)
    DiscontinuousPadding,
    /// "Only base64 data is allowed" (strict)
    NotBase64,
    /// "Missing length byte" (uu)
    NoLength,
    /// "Illegal char" (uu)
    IllegalChar,
    /// "Trailing garbage" (uu)
    TrailingGarbage,
    /// "At most 45 bytes at once" (uu)
    TooLong,
    /// `ValueError` of `bytes.fromhex`: position of the character.
    FromHex(usize),
    /// `ValueError` of `bytes.fromhex`: an odd number of digits.
    FromHexOdd,
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DataError::OddLength => "Odd-length string",
            DataError::NotHex => "Non-hexadecimal digit found",
            DataError::Padding => "Incorrect padding",
            DataError::Length(n) => {
                return write!(
                    f,
                    "Invalid base64-encoded string: number of data characters ({n}) cannot be 1 more than a multiple of 4"
                );
            }
            DataError::LeadingPadding => "Leading padding not allowed",
            DataError::ExcessData => "Excess data after padding",
            DataError::ExcessPadding => "Excess padding not allowed",
            DataError::DiscontinuousPadding => "Discontinuous padding not allowed",
            DataError::NotBase64 => "Only base64 data is allowed",
            DataError::NoLength => "Missing length byte",
            DataError::IllegalChar => "Illegal char",
            DataError::TrailingGarbage => "Trailing garbage",
            DataError::TooLong => "At most 45 bytes at once",
            DataError::FromHex(at) => {
                return write!(f, "non-hexadecimal number found in fromhex() arg at position {at}");
            }
            DataError::FromHexOdd => "fromhex() arg must contain an even number of hexadecimal digits",
        })
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// `bytes.hex(sep, bytes_per_sep)`: groups count from the right, or from the left when negative.
pub fn hexlify(data: &[u8], sep: Option<u8>, group: isize) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() * 3);
    let size = group.unsigned_abs();
    for (i, &b) in data.iter().enumerate() {
        if let Some(sep) = sep
            && i > 0
            && size > 0
        {
            let at = if group < 0 { i } else { data.len() - i };
            if at % size == 0 {
                out.push(sep);
            }
        }
        out.extend_from_slice(&[HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]]);
    }
    out
}

fn nibble(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).map(|d| d as u8)
}

/// `binascii.unhexlify`.
pub fn unhexlify(text: &[u8]) -> Result<Vec<u8>, DataError> {
    if !text.len().is_multiple_of(2) {
        return Err(DataError::OddLength);
    }
    let pair = |p: &[u8]| Some(nibble(p[0])? << 4 | nibble(p[1])?);
    text.chunks_exact(2).map(|p| pair(p).ok_or(DataError::NotHex)).collect()
}

/// `bytes.fromhex`: white space between bytes is skipped.
pub fn fromhex(text: &[u8]) -> Result<Vec<u8>, DataError> {
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut i = 0;
    // The position counts characters, and all before it are ASCII.
    while let Some(&b) = text.get(i) {
        if matches!(b, 9..=13 | 32) {
            i += 1;
            continue;
        }
        let high = nibble(b).ok_or(DataError::FromHex(i))?;
        let low = match text.get(i + 1) {
            None => return Err(DataError::FromHexOdd),
            Some(&c) => nibble(c).ok_or(DataError::FromHex(i + 1))?,
        };
        out.push(high << 4 | low);
        i += 2;
    }
    Ok(out)
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_value(b: u8) -> Option<u8> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// `binascii.b2a_base64`.
pub fn base64_encode(data: &[u8], newline: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    for chunk in data.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let v = at(0) << 16 | at(1) << 8 | at(2);
        for k in 0..4 {
            let digit = BASE64[(v >> (18 - 6 * k) & 63) as usize];
            out.push(if k <= chunk.len() { digit } else { b'=' });
        }
    }
    if newline {
        out.push(b'\n');
    }
    out
}

/// `binascii.a2b_base64`.
pub fn base64_decode(text: &[u8], strict: bool) -> Result<Vec<u8>, DataError> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    if strict && text.first() == Some(&b'=') {
        return Err(DataError::LeadingPadding);
    }
    let (mut quad, mut left, mut pads) = (0u8, 0u8, 0u8);
    for &b in text {
        if b == b'=' {
            if strict {
                match quad {
                    1 => return Err(DataError::Length(out.len() / 3 * 4 + 1)),
                    0 => return Err(DataError::ExcessPadding),
                    _ if quad + pads >= 4 => return Err(DataError::ExcessPadding),
                    _ => {}
                }
            }
            // What is too much in other modes means nothing.
            if quad >= 2 && quad + pads < 4 {
                pads += 1;
            }
            continue;
        }
        let Some(v) = base64_value(b) else {
            if strict {
                return Err(DataError::NotBase64);
            }
            continue;
        };
        if strict && pads > 0 {
            return Err(if quad + pads >= 4 { DataError::ExcessData } else { DataError::DiscontinuousPadding });
        }
        pads = 0;
        match quad {
            0 => (quad, left) = (1, v),
            1 => {
                out.push(left << 2 | v >> 4);
                (quad, left) = (2, v & 15);
            }
            2 => {
                out.push(left << 4 | v >> 2);
                (quad, left) = (3, v & 3);
            }
            _ => {
                out.push(left << 6 | v);
                (quad, left) = (0, 0);
            }
        }
    }
    match quad {
        0 => Ok(out),
        _ if quad + pads >= 4 => Ok(out),
        1 => Err(DataError::Length(out.len() / 3 * 4 + 1)),
        _ => Err(DataError::Padding),
    }
}

/// `binascii.b2a_uu`: one line.
pub fn uu_encode(data: &[u8], backtick: bool) -> Result<Vec<u8>, DataError> {
    if data.len() > 45 {
        return Err(DataError::TooLong);
    }
    let code = |v: u32| if v == 0 && backtick { b'`' } else { v as u8 + b' ' };
    let mut out = vec![code(data.len() as u32)];
    for chunk in data.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let v = at(0) << 16 | at(1) << 8 | at(2);
        out.extend((0..4).map(|k| code(v >> (18 - 6 * k) & 63)));
    }
    out.push(b'\n');
    Ok(out)
}

/// `binascii.a2b_uu`: one line.
pub fn uu_decode(line: &[u8]) -> Result<Vec<u8>, DataError> {
    let Some((&first, mut rest)) = line.split_first() else { return Err(DataError::NoLength) };
    let want = usize::from(first.wrapping_sub(b' ') & 63);
    let mut out = Vec::with_capacity(want);
    let (mut buffer, mut bits) = (0u32, 0u32);
    while out.len() < want {
        // Trailing blanks may be missing.
        let v = match rest.split_first() {
            None => 0,
            Some((b'\n' | b'\r', tail)) => {
                rest = tail;
                0
            }
            Some((&b, tail)) => {
                rest = tail;
                if !(b' '..=b' ' + 64).contains(&b) {
                    return Err(DataError::IllegalChar);
                }
                u32::from((b - b' ') & 63)
            }
        };
        buffer = buffer << 6 | v;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    if rest.iter().any(|b| !matches!(b, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(DataError::TrailingGarbage);
    }
    Ok(out)
}

/// `binascii.a2b_qp`.
pub fn qp_decode(text: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while let Some(&b) = text.get(i) {
        i += 1;
        if b == b'_' && header {
            out.push(b' ');
            continue;
        }
        if b != b'=' {
            out.push(b);
            continue;
        }
        match (text.get(i), text.get(i + 1)) {
            (None, _) => break,
            (Some(b'\n' | b'\r'), _) => {
                // A soft line break.
                while text.get(i).is_some_and(|&b| b != b'\n') {
                    i += 1;
                }
                i += 1;
            }
            (Some(b'='), _) => {
                out.push(b'=');
                i += 1;
            }
            (Some(&h), Some(&l)) if nibble(h).is_some() && nibble(l).is_some() => {
                out.push(nibble(h).unwrap_or(0) << 4 | nibble(l).unwrap_or(0));
                i += 2;
            }
            _ => out.push(b'='),
        }
    }
    out
}

/// `binascii.b2a_qp`.
pub fn qp_encode(data: &[u8], quote_tabs: bool, is_text: bool, header: bool) -> Vec<u8> {
    const LINE: usize = 76;
    let crlf = memchr::memchr(b'\n', data).is_some_and(|i| i > 0 && data[i - 1] == b'\r');
    let newline: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut out = Vec::with_capacity(data.len() * 2);
    let (mut i, mut column) = (0, 0);
    while let Some(&b) = data.get(i) {
        let next = data.get(i + 1);
        let line_end = b == b'\n' || (b == b'\r' && next == Some(&b'\n'));
        let quote = b > 126
            || b == b'='
            || (header && b == b'_')
            || (b == b'.'
                && column == 0
                && matches!((next, data.get(i + 2)), (None, _) | (Some(b'\n' | b'\r' | 0), _)))
            || (!is_text && matches!(b, b'\r' | b'\n'))
            || (matches!(b, b' ' | b'\t') && next.is_none())
            || (b < 33 && !matches!(b, b'\r' | b'\n' | b'\t' | b' '))
            || (b < 33 && !matches!(b, b'\r' | b'\n') && quote_tabs);
        if quote {
            if column + 3 >= LINE {
                out.push(b'=');
                out.extend_from_slice(newline);
                column = 0;
            }
            let hex = |v: u8| HEX[usize::from(v)].to_ascii_uppercase();
            out.extend_from_slice(&[b'=', hex(b >> 4), hex(b & 15)]);
            column += 3;
            i += 1;
        } else if is_text && line_end {
            // White space before a line's end must be quoted.
            if let Some(&last @ (b' ' | b'\t')) = out.last()
                && column > 0
            {
                out.pop();
                out.extend_from_slice(if last == b' ' { b"=20" } else { b"=09" });
            }
            out.extend_from_slice(newline);
            column = 0;
            i += if b == b'\r' { 2 } else { 1 };
        } else {
            let before_end =
                matches!(next, None | Some(b'\n')) || (next == Some(&b'\r') && data.get(i + 2) == Some(&b'\n'));
            if !before_end && column + 1 >= LINE {
                out.push(b'=');
                out.extend_from_slice(newline);
                column = 0;
            }
            out.push(if header && b == b' ' { b'_' } else { b });
            column += 1;
            i += 1;
        }
    }
    out
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let (mut c, mut k) = (i as u32, 0);
        while k < 8 {
            c = if c & 1 == 1 { c >> 1 ^ 0xEDB8_8320 } else { c >> 1 };
            k += 1;
        }
        table[i] = c;
        i += 1;
    }
    table
}

static CRC: [u32; 256] = crc_table();

/// `zlib.crc32` and `binascii.crc32`.
pub fn crc32(data: &[u8], start: u32) -> u32 {
    !data.iter().fold(!start, |c, &b| CRC[usize::from(c as u8 ^ b)] ^ c >> 8)
}

/// `binascii.crc_hqx`.
pub fn crc_hqx(data: &[u8], start: u16) -> u16 {
    data.iter().fold(start, |c, &b| {
        (0..8).fold(c ^ u16::from(b) << 8, |c, _| if c & 0x8000 != 0 { c << 1 ^ 0x1021 } else { c << 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex() {
        assert_eq!(hexlify(b"\x01\x02\x03\x04\x05", Some(b':'), 2), b"01:0203:0405");
        assert_eq!(hexlify(b"\x01\x02\x03\x04\x05", Some(b':'), -2), b"0102:0304:05");
        assert_eq!(fromhex(b" 0a 0B"), Ok(vec![10, 11]));
        assert_eq!(fromhex(b"0a 0g"), Err(DataError::FromHex(4)));
        assert_eq!(fromhex(b"0"), Err(DataError::FromHexOdd));
        assert_eq!(unhexlify(b"abc"), Err(DataError::OddLength));
    }

    #[test]
    fn base64() {
        for (d, t) in [(&b""[..], &b""[..]), (b"a", b"YQ=="), (b"ab", b"YWI="), (b"abc", b"YWJj")] {
            assert_eq!(base64_encode(d, false), t);
            assert_eq!(base64_decode(t, true), Ok(d.to_vec()));
        }
        assert_eq!(base64_decode(b"Y\nQ =  =", false), Ok(b"a".to_vec()));
        assert_eq!(base64_decode(b"YQ=", false), Err(DataError::Padding));
        assert_eq!(base64_decode(b"YWJjY", false), Err(DataError::Length(5)));
        assert_eq!(base64_decode(b"YWJjYQ==YQ==", false), Ok(b"abca\x06\x10".to_vec()));
        for (t, e) in [
            (&b"=YQ=="[..], DataError::LeadingPadding),
            (b"YQ==a", DataError::ExcessData),
            (b"YQ===", DataError::ExcessPadding),
            (b"YWJj=", DataError::ExcessPadding),
            (b"Y=Q=", DataError::Length(1)),
            (b"YQ=a=", DataError::DiscontinuousPadding),
            (b"YQ==\n", DataError::NotBase64),
        ] {
            assert_eq!(base64_decode(t, true), Err(e));
        }
    }

    #[test]
    fn lines() {
        assert_eq!(uu_encode(b"Cat", false).unwrap(), b"#0V%T\n");
        assert_eq!(uu_decode(b"#0V%T\n").unwrap(), b"Cat");
        assert_eq!(qp_decode(b"a=3Db=\nc_d", true), b"a=bc d");
        assert_eq!(qp_encode(b"a=b \nc\xe9", false, true, false), b"a=3Db=20\nc=E9");
        assert_eq!(crc32(b"hello", 0), 0x3610A686);
        assert_eq!(crc_hqx(b"hello", 0), 0xC362);
    }
}
