//! Writing of fields with a fixed number of digits.

use crate::fields::{Delta, Stamp};

/// A short ASCII text under construction.
pub struct Text {
    bytes: [u8; 64],
    len: usize,
}

impl Text {
    /// Nothing yet.
    pub const fn new() -> Text {
        Text { bytes: [0; 64], len: 0 }
    }

    /// What has been written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Adds a byte. No text here is longer than the room for it.
    pub fn push(&mut self, b: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = b;
            self.len += 1;
        }
    }

    /// Adds a number with so many digits.
    pub fn number(&mut self, n: i64, digits: usize) {
        let mut rest = n;
        let end = (self.len + digits).min(self.bytes.len());
        for place in self.bytes[self.len..end].iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.len = end;
    }

    /// Adds the date.
    pub fn date(&mut self, s: Stamp) {
        self.number(s.year(), 4);
        self.push(b'-');
        self.number(s.month(), 2);
        self.push(b'-');
        self.number(s.day(), 2);
    }

    /// Adds the time of day to a certain precision.
    pub fn time(&mut self, s: Stamp, precision: Precision) {
        self.number(s.hour(), 2);
        let parts = match precision {
            Precision::Hours => 0,
            Precision::Minutes => 1,
            _ => 2,
        };
        for part in [s.minute(), s.second()].into_iter().take(parts) {
            self.push(b':');
            self.number(part, 2);
        }
        match precision {
            Precision::Milliseconds => {
                self.push(b'.');
                self.number(s.micro() / 1000, 3);
            }
            Precision::Microseconds => {
                self.push(b'.');
                self.number(s.micro(), 6);
            }
            Precision::Auto if s.micro() != 0 => {
                self.push(b'.');
                self.number(s.micro(), 6);
            }
            _ => {}
        }
    }

    /// Adds an offset from UTC.
    pub fn offset(&mut self, offset: Delta, colons: bool) {
        let (sign, d) = if offset.days < 0 { (b'-', -offset) } else { (b'+', offset) };
        self.push(sign);
        self.number(d.seconds / 3600, 2);
        let more = if d.seconds % 60 != 0 || d.micros != 0 { 2 } else { 1 };
        for part in [d.seconds / 60 % 60, d.seconds % 60].into_iter().take(more) {
            if colons {
                self.push(b':');
            }
            self.number(part, 2);
        }
        if d.micros != 0 {
            self.push(b'.');
            self.number(d.micros, 6);
        }
    }
}

/// Adds a number in as many digits as it has.
pub fn push_number(out: &mut String, n: i64) {
    let mut digits = [0; 20];
    let (mut at, mut rest) = (digits.len(), n.unsigned_abs());
    while at > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if n < 0 {
        out.push('-');
    }
    out.extend(digits[at..].iter().map(|&b| char::from(b)));
}

/// `name(`, then the numbers.
pub fn call_text(name: &str, numbers: &[i64]) -> String {
    let mut out = String::with_capacity(name.len() + 64);
    out.push_str(name);
    for (i, &n) in numbers.iter().enumerate() {
        out.push_str(if i == 0 { "(" } else { ", " });
        push_number(&mut out, n);
    }
    out
}

/// How much of a time is written.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Precision {
    /// Seconds, and microseconds if there are any.
    Auto,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
}

impl Precision {
    /// By the name that `isoformat` gives it.
    pub fn by_name(name: &[u8]) -> Option<Precision> {
        Some(match name {
            b"auto" => Precision::Auto,
            b"hours" => Precision::Hours,
            b"minutes" => Precision::Minutes,
            b"seconds" => Precision::Seconds,
            b"milliseconds" => Precision::Milliseconds,
            b"microseconds" => Precision::Microseconds,
            _ => return None,
        })
    }
}

/// Short names of the weekdays from Monday on.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Short names of the months.
pub const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// As C's `ctime` writes a time, without the end of line.
pub fn ctime(s: Stamp) -> String {
    let day = crate::calendar::weekday(s.ordinal());
    format!(
        "{} {} {:2} {:02}:{:02}:{:02} {:04}",
        DAYS[day as usize],
        MONTHS[(s.month() - 1).clamp(0, 11) as usize],
        s.day(),
        s.hour(),
        s.minute(),
        s.second(),
        s.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let mut out = String::new();
        for n in [0, 7, -10, i64::MAX, i64::MIN] {
            push_number(&mut out, n);
            out.push(' ');
        }
        assert_eq!(out, format!("0 7 -10 {} {} ", i64::MAX, i64::MIN));
        assert_eq!(call_text("f", &[1, 20]), "f(1, 20");
    }

    #[test]
    fn fixed_digits() {
        let s = Stamp::new((5, 1, 2), [3, 4, 5, 6], 0);
        let mut t = Text::new();
        t.date(s);
        t.push(b'T');
        t.time(s, Precision::Auto);
        t.offset(Delta::new(0, -3600, -1), true);
        assert_eq!(t.as_bytes(), b"0005-01-02T03:04:05.000006-01:00:00.000001");
        assert_eq!(ctime(s), "Sun Jan  2 03:04:05 0005");
    }
}
