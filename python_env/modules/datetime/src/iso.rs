//! Dates and times as ISO 8601 writes them: reading the forms that `fromisoformat` knows.

use crate::calendar::{self, Date};

/// What a text says of a time of day.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Clock {
    /// Hour, minute, second, microsecond; not checked.
    pub time: [i64; 4],
    /// The offset from UTC in seconds and microseconds, if there is one.
    pub zone: Option<(i64, i64)>,
}

/// The text is none of the forms.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Malformed;

/// A place in a text, behind which there are zeros.
#[derive(Copy, Clone)]
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self) -> u8 {
        let b = self.peek();
        self.at += 1;
        b
    }

    /// A number of so many digits.
    fn digits(&mut self, n: usize) -> Result<i64, Malformed> {
        let mut number = 0;
        for _ in 0..n {
            match self.peek() {
                b @ b'0'..=b'9' => number = number * 10 + i64::from(b - b'0'),
                _ => return Err(Malformed),
            }
            self.at += 1;
        }
        Ok(number)
    }
}

/// A date that is the whole text, of one of the lengths 7, 8 and 10; months and days are not checked.
///
/// # Errors
/// The text is no date.
pub fn date(text: &[u8]) -> Result<Date, Malformed> {
    let mut r = Reader { text, at: 0 };
    let year = r.digits(4)?;
    let separated = r.peek() == b'-';
    r.at += usize::from(separated);
    if r.peek() == b'W' {
        r.at += 1;
        let week = r.digits(2)?;
        let mut day = 1;
        if r.at < text.len() {
            if separated && r.take() != b'-' {
                return Err(Malformed);
            }
            day = r.digits(1)?;
        }
        return calendar::from_iso(year, week, day).map_err(|_| Malformed);
    }
    let month = r.digits(2)?;
    if separated && r.take() != b'-' {
        return Err(Malformed);
    }
    let day = r.digits(2)?;
    if r.at == text.len() { Ok((year, month, day)) } else { Err(Malformed) }
}

/// Where the date ends in a text of date and time, which has at least 7 bytes.
///
/// # Errors
/// There is no date that could end.
pub fn date_end(text: &[u8]) -> Result<usize, Malformed> {
    let digit = |i: usize| text.get(i).is_some_and(u8::is_ascii_digit);
    let len = text.len();
    match (text.get(4), text.get(5)) {
        _ if len == 7 => Ok(7),
        (Some(b'-'), Some(b'W')) => match text.get(8) {
            // A week and a day, or a week and a time after a hyphen: two digits are rather the time.
            Some(b'-') if len == 9 => Err(Malformed),
            Some(b'-') => Ok(if digit(10) { 8 } else { 10 }),
            _ => Ok(8),
        },
        (Some(b'-'), _) => Ok(10),
        (Some(b'W'), _) => {
            // Hours, minutes and seconds have two digits each, so an odd number of them holds a day.
            let end = (7..len).find(|&i| !digit(i)).unwrap_or(len);
            Ok(match end {
                0..9 => end,
                _ if end % 2 == 0 => 7,
                _ => 8,
            })
        }
        _ => Ok(8),
    }
}

/// Hours to microseconds in `text[at..end]`; whether something follows.
fn parts(text: &[u8], at: usize, end: usize) -> Result<([i64; 4], bool), Malformed> {
    let mut r = Reader { text, at };
    let mut time = [0; 4];
    let mut separated = true;
    for i in 0..3 {
        time[i] = r.digits(2)?;
        let next = r.take();
        if i == 0 {
            separated = next == b':';
        }
        if r.at >= end {
            return if matches!(next, b'.' | b',') { Err(Malformed) } else { Ok((time, next != 0)) };
        }
        match next {
            b':' if separated && i < 2 => {}
            b'.' | b',' if i == 2 => break,
            b'.' | b',' => return Err(Malformed),
            _ if separated => return Err(Malformed),
            _ => r.at -= 1,
        }
    }
    let n = (end - r.at).min(6);
    if n == 0 {
        return Err(Malformed);
    }
    time[3] = r.digits(n)? * 10_i64.pow(6 - n as u32);
    while r.peek().is_ascii_digit() {
        r.at += 1;
    }
    Ok((time, r.peek() != 0))
}

/// A time of day that is the whole text.
///
/// # Errors
/// The text is no time.
pub fn clock(text: &[u8]) -> Result<Clock, Malformed> {
    // A sign at the very beginning is no zone's.
    let zone = (0..text.len()).find(|&i| matches!(text[i], b'+' | b'-' | b'Z')).unwrap_or(text.len());
    let (time, more) = parts(text, 0, zone)?;
    let Some(&sign) = text.get(zone) else {
        return if more { Err(Malformed) } else { Ok(Clock { time, zone: None }) };
    };
    if sign == b'Z' {
        return if zone + 1 == text.len() { Ok(Clock { time, zone: Some((0, 0)) }) } else { Err(Malformed) };
    }
    let (offset, more) = parts(text, zone + 1, text.len())?;
    if more {
        return Err(Malformed);
    }
    let seconds = offset[0] * 3600 + offset[1] * 60 + offset[2];
    let sign = if sign == b'-' { -1 } else { 1 };
    Ok(Clock { time, zone: Some((sign * seconds, sign * offset[3])) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for text in ["2020-02-29", "20200229", "2020-W09-6", "2020W096"] {
            assert_eq!(date(text.as_bytes()), Ok((2020, 2, 29)), "{text}");
        }
        assert_eq!(date(b"2020W09"), Ok((2020, 2, 24)));
        for text in ["2020-0229", "202002-29", "2020-2-29", "2020-W60", "", "2020", "+020-01-01"] {
            assert_eq!(date(text.as_bytes()), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn ends_of_dates() {
        let ends = [
            ("2020-01-01T00", 10),
            ("20200101T00", 8),
            ("2020-W01T00", 8),
            ("2020W01T00", 7),
            ("2020W011T00", 8),
            ("2020-W01-1T00", 10),
            ("2020-W01-10", 8),
        ];
        for (text, end) in ends {
            assert_eq!(date_end(text.as_bytes()), Ok(end), "{text}");
        }
        assert_eq!(date_end(b"2020-W01-"), Err(Malformed));
    }

    #[test]
    fn clocks() {
        let plain = |time| Ok(Clock { time, zone: None });
        assert_eq!(clock(b"12"), plain([12, 0, 0, 0]));
        assert_eq!(clock(b"1234"), plain([12, 34, 0, 0]));
        assert_eq!(clock(b"12:34:56,7"), plain([12, 34, 56, 700_000]));
        assert_eq!(clock(b"123456.1234567"), plain([12, 34, 56, 123_456]));
        assert_eq!(clock(b"12:34Z"), Ok(Clock { time: [12, 34, 0, 0], zone: Some((0, 0)) }));
        assert_eq!(clock(b"12-01:30:00.5"), Ok(Clock { time: [12, 0, 0, 0], zone: Some((-5400, -500_000)) }));
        for text in [
            "",
            "1",
            "12:",
            "12:3",
            "12:34:",
            "12:34:56.",
            "12.5",
            "12:3456",
            "1234:56",
            "12:34+",
            "12:34ZZ",
            "12:34:56.Z",
            "12:34 ",
        ] {
            assert_eq!(clock(text.as_bytes()), Err(Malformed), "{text}");
        }
    }
}
