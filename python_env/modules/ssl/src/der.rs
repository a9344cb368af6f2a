//! Reading DER, as much of it as certificates need.

/// One element: its tag and what is inside.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    /// Class, form and number.
    pub tag: u8,
    /// The contents.
    pub body: &'a [u8],
    /// The element as a whole.
    pub whole: &'a [u8],
}

/// `SEQUENCE`
pub const SEQUENCE: u8 = 0x30;
/// `BOOLEAN`
pub const BOOLEAN: u8 = 0x01;
/// `INTEGER`
pub const INTEGER: u8 = 0x02;
/// `OCTET STRING`
pub const OCTETS: u8 = 0x04;
/// `BIT STRING`
pub const BITS: u8 = 0x03;
/// `OBJECT IDENTIFIER`
pub const OID: u8 = 0x06;
/// `UTCTime`
pub const UTC_TIME: u8 = 0x17;

/// Elements one after the other.
#[derive(Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Over the contents of an element.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    /// The tag of what comes next.
    pub fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element; None at the end, and where the bytes are no DER.
    pub fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        // Tags of several bytes do not occur in certificates.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |n, &d| n << 8 | usize::from(d)), rest)
            }
            _ => return None,
        };
        let (body, after) = rest.split_at_checked(len)?;
        let whole = &self.0[..self.0.len() - after.len()];
        self.0 = after;
        Some(Element { tag, body, whole })
    }

    /// The next element, if it has that tag.
    pub fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|e| e.tag == tag)
    }

    /// The next element if it has that tag; otherwise nothing is read.
    pub fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.peek() == Some(tag) { self.next() } else { None }
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        Reader::next(self)
    }
}

/// An object identifier in dotted form; None if it is none.
pub fn dotted(body: &[u8]) -> Option<String> {
    let mut numbers: Vec<u128> = Vec::new();
    let mut n: u128 = 0;
    for &b in body {
        n = n.checked_mul(128)? | u128::from(b & 0x7f);
        if b & 0x80 == 0 {
            numbers.push(n);
            n = 0;
        }
    }
    if body.last()? & 0x80 != 0 {
        return None;
    }
    let first = *numbers.first()?;
    let (a, b) = if first < 80 { (first / 40, first % 40) } else { (2, first - 80) };
    let mut text = format!("{a}.{b}");
    for n in &numbers[1..] {
        text.push('.');
        text.push_str(&n.to_string());
    }
    Some(text)
}

/// A time as seconds since 1970 and in the form that OpenSSL prints.
pub fn time(e: Element) -> Option<(i64, String)> {
    let text = std::str::from_utf8(e.body).ok().filter(|t| t.is_ascii() && t.ends_with('Z'))?;
    let text = if e.tag == UTC_TIME {
        let year: u32 = text.get(..2)?.parse().ok()?;
        format!("{}{text}", if year < 50 { 20 } else { 19 })
    } else {
        text.to_owned()
    };
    let field = |at: usize, len: usize| text.get(at..at + len).and_then(|t| t.parse::<i64>().ok());
    let (year, month, day) = (field(0, 4)?, field(4, 2)?, field(6, 2)?);
    let (hour, minute, second) = (field(8, 2)?, field(10, 2)?, field(12, 2)?);
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    // Days since 1970, by the calendar that begins in March.
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some((seconds, format!("{name} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_written_with_dots() {
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1]).as_deref(), Some("1.2.840.113549.1.9.1"));
        assert_eq!(dotted(&[0x55, 4, 3]).as_deref(), Some("2.5.4.3"));
        assert_eq!(dotted(&[0x88, 0x37]).as_deref(), Some("2.999"));
        assert_eq!(dotted(&[0x55, 0x84]), None);
        assert_eq!(dotted(&[]), None);
    }

    #[test]
    fn lengths_beyond_the_end_are_no_elements() {
        for bad in [&[0x30u8, 5, 1][..], &[0x30, 0x80, 0, 0], &[0x30, 0x85, 0, 0, 0, 0, 0], &[0x1f, 0x81, 0], &[0x30]] {
            assert!(Reader::new(bad).next().is_none(), "{bad:x?}");
        }
    }

    #[test]
    fn times_are_counted_from_1970() {
        let at = |tag, text: &str| time(Element { tag, body: text.as_bytes(), whole: &[] });
        assert_eq!(at(UTC_TIME, "700101000000Z"), Some((0, "Jan  1 00:00:00 1970 GMT".into())));
        assert_eq!(at(0x18, "20241008115112Z"), Some((1_728_388_272, "Oct  8 11:51:12 2024 GMT".into())));
        assert_eq!(at(0x18, "20240229000000Z").map(|t| t.0), Some(1_709_164_800));
        assert_eq!(at(UTC_TIME, "701301000000Z"), None);
        assert_eq!(at(UTC_TIME, "7001"), None);
    }
}
