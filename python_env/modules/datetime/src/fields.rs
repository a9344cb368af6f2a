//! The fields of dates and times in one word, and durations: plain numbers without Python objects.

use crate::calendar::{self, Date};

/// Seconds of a day.
pub const DAY: i64 = 86_400;
/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds of a day.
pub const DAY_MICROS: i64 = DAY * SECOND;
/// The largest number of days of a duration, either way.
pub const MAX_DAYS: i64 = 999_999_999;

/// Date and time of day, the most significant field first, so that the order of the words is that of the times; the lowest bit is
/// the fold. Dates have midnight, times the date 0. A word fits an immediate int.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Stamp(pub i64);

const YEAR: u32 = 47;
const MONTH: u32 = 43;
const DAY_OF_MONTH: u32 = 38;
const HOUR: u32 = 33;
const MINUTE: u32 = 27;
const SECONDS: u32 = 21;
const MICROS: u32 = 1;

impl Stamp {
    /// The first day of the calendar.
    pub const FIRST: Stamp = Stamp::new((1, 1, 1), [0; 4], 0);

    /// Fields that are in range: date; hour, minute, second, microsecond; fold.
    pub const fn new(date: Date, time: [i64; 4], fold: i64) -> Stamp {
        Stamp(
            date.0 << YEAR
                | date.1 << MONTH
                | date.2 << DAY_OF_MONTH
                | time[0] << HOUR
                | time[1] << MINUTE
                | time[2] << SECONDS
                | time[3] << MICROS
                | fold,
        )
    }

    /// A time of day.
    pub const fn of_time(time: [i64; 4], fold: i64) -> Stamp {
        Stamp::new((0, 0, 0), time, fold)
    }

    const fn field(self, at: u32, bits: u32) -> i64 {
        self.0 >> at & ((1 << bits) - 1)
    }
    /// Year.
    pub const fn year(self) -> i64 {
        self.0 >> YEAR
    }
    /// Month.
    pub const fn month(self) -> i64 {
        self.field(MONTH, 4)
    }
    /// Day of the month.
    pub const fn day(self) -> i64 {
        self.field(DAY_OF_MONTH, 5)
    }
    /// Hour.
    pub const fn hour(self) -> i64 {
        self.field(HOUR, 5)
    }
    /// Minute.
    pub const fn minute(self) -> i64 {
        self.field(MINUTE, 6)
    }
    /// Second.
    pub const fn second(self) -> i64 {
        self.field(SECONDS, 6)
    }
    /// Microsecond.
    pub const fn micro(self) -> i64 {
        self.field(MICROS, 20)
    }
    /// Fold.
    pub const fn fold(self) -> i64 {
        self.0 & 1
    }
    /// The date.
    pub const fn date(self) -> Date {
        (self.year(), self.month(), self.day())
    }
    /// The time of day.
    pub const fn time(self) -> [i64; 4] {
        [self.hour(), self.minute(), self.second(), self.micro()]
    }
    /// With another fold.
    pub const fn with_fold(self, fold: i64) -> Stamp {
        Stamp(self.0 & !1 | fold)
    }
    /// The date at midnight.
    pub const fn only_date(self) -> Stamp {
        Stamp(self.0 >> DAY_OF_MONTH << DAY_OF_MONTH)
    }
    /// The time without its date.
    pub const fn only_time(self) -> Stamp {
        Stamp(self.0 & ((1 << DAY_OF_MONTH) - 1))
    }
    /// The word without the fold, which comparisons do not see.
    pub const fn key(self) -> i64 {
        self.0 >> 1
    }
    /// The day's ordinal.
    pub const fn ordinal(self) -> i64 {
        calendar::ordinal(self.year(), self.month(), self.day())
    }
    /// Seconds since midnight.
    pub const fn seconds(self) -> i64 {
        self.hour() * 3600 + self.minute() * 60 + self.second()
    }
    /// Seconds since 1970, whatever the zone is.
    pub const fn posix(self) -> i64 {
        (self.ordinal() - calendar::EPOCH_ORDINAL) * DAY + self.seconds()
    }
    /// Time since the first day of the calendar less one.
    pub const fn since_start(self) -> Delta {
        Delta { days: self.ordinal(), seconds: self.seconds(), micros: self.micro() }
    }

    /// So much later, fold 0; None outside of the calendar.
    pub fn plus(self, d: Delta) -> Option<Stamp> {
        let sum = Delta::new(self.ordinal() + d.days, self.seconds() + d.seconds, self.micro() + d.micros);
        if !(1..=calendar::MAX_ORDINAL).contains(&sum.days) {
            return None;
        }
        let s = sum.seconds;
        Some(Stamp::new(calendar::from_ordinal(sum.days), [s / 3600, s / 60 % 60, s % 60, sum.micros], 0))
    }
}

/// A duration: any days, less than a day of seconds, less than a second of microseconds. The derived order is that of the lengths.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Delta {
    /// Days.
    pub days: i64,
    /// Seconds, less than a day.
    pub seconds: i64,
    /// Microseconds, less than a second.
    pub micros: i64,
}

impl Delta {
    /// The smallest.
    pub const MIN: Delta = Delta { days: -MAX_DAYS, seconds: 0, micros: 0 };
    /// The largest.
    pub const MAX: Delta = Delta { days: MAX_DAYS, seconds: DAY - 1, micros: SECOND - 1 };

    /// From parts of any size that sum up to no more than the words hold.
    pub const fn new(days: i64, seconds: i64, micros: i64) -> Delta {
        let (seconds, micros) = carried(seconds, micros, SECOND);
        let (days, seconds) = carried(days, seconds, DAY);
        Delta { days, seconds, micros }
    }

    /// From microseconds; None where the days do not fit 32 bits.
    pub fn from_micros(n: i128) -> Option<Delta> {
        let (days, rest) = match i64::try_from(n) {
            Ok(n) => (n.div_euclid(DAY_MICROS), n.rem_euclid(DAY_MICROS)),
            Err(_) => {
                let day = i128::from(DAY_MICROS);
                (i64::try_from(n.div_euclid(day)).ok()?, n.rem_euclid(day) as i64)
            }
        };
        let days = i64::from(i32::try_from(days).ok()?);
        Some(Delta { days, seconds: rest / SECOND, micros: rest % SECOND })
    }

    /// All of it in microseconds.
    pub const fn to_micros(self) -> i128 {
        self.days as i128 * DAY_MICROS as i128 + (self.seconds * SECOND + self.micros) as i128
    }

    /// Whether it is one of Python's.
    pub const fn in_range(self) -> bool {
        -MAX_DAYS <= self.days && self.days <= MAX_DAYS
    }

    /// Whether it is an offset from UTC: less than a day, either way.
    pub const fn is_offset(self) -> bool {
        self.days == 0 || self.days == -1 && (self.seconds != 0 || self.micros != 0)
    }

    /// Whole seconds, rounded down.
    pub const fn whole_seconds(self) -> i64 {
        self.days * DAY + self.seconds
    }
}

impl std::ops::Add for Delta {
    type Output = Delta;
    fn add(self, o: Delta) -> Delta {
        Delta::new(self.days + o.days, self.seconds + o.seconds, self.micros + o.micros)
    }
}

impl std::ops::Sub for Delta {
    type Output = Delta;
    fn sub(self, o: Delta) -> Delta {
        Delta::new(self.days - o.days, self.seconds - o.seconds, self.micros - o.micros)
    }
}

impl std::ops::Neg for Delta {
    type Output = Delta;
    fn neg(self) -> Delta {
        Delta::new(-self.days, -self.seconds, -self.micros)
    }
}

/// Moves whole units of `unit` from `low` to `high`. Sums and differences of what is in range are off by one unit at most.
const fn carried(high: i64, low: i64, unit: i64) -> (i64, i64) {
    if low >= 0 && low < unit { (high, low) } else { (high + low.div_euclid(unit), low.rem_euclid(unit)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_all_fields() {
        let s = Stamp::new((9999, 12, 31), [23, 59, 59, 999_999], 1);
        assert_eq!((s.date(), s.time(), s.fold()), ((9999, 12, 31), [23, 59, 59, 999_999], 1));
        assert!(s.0 < 1 << 61);
        assert_eq!(s.only_date().0 | s.only_time().0, s.0);
        assert_eq!(s.with_fold(0).key(), s.key());
    }

    #[test]
    fn durations_carry() {
        assert_eq!(Delta::new(0, 0, -1), Delta { days: -1, seconds: 86_399, micros: 999_999 });
        assert_eq!(Delta::from_micros(-1), Some(Delta::new(0, 0, -1)));
        assert_eq!(Delta::from_micros(Delta::MIN.to_micros()), Some(Delta::MIN));
        assert_eq!(Delta::from_micros(Delta::MAX.to_micros()), Some(Delta::MAX));
        assert_eq!(Delta::from_micros(1 << 100), None);
        assert_eq!(-Delta::new(1, 2, 3) + Delta::new(1, 2, 3), Delta::default());
        assert!(
            !Delta::new(-1, 0, 0).is_offset() && Delta::new(-1, 1, 0).is_offset() && !Delta::new(1, 0, 0).is_offset()
        );
    }

    #[test]
    fn times_move() {
        let s = Stamp::new((2020, 2, 28), [23, 59, 59, 999_999], 1);
        assert_eq!(s.plus(Delta::new(0, 0, 1)), Some(Stamp::new((2020, 2, 29), [0; 4], 0)));
        assert_eq!(s.plus(Delta::MAX), None);
        assert_eq!(Stamp::FIRST.plus(Delta::new(0, 0, -1)), None);
        assert_eq!(Stamp::new((1970, 1, 1), [0, 0, 1, 0], 0).posix(), 1);
    }
}
