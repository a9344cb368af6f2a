//! The proleptic Gregorian calendar: days are counted from the first of January of the year 1, which is day 1.

/// The smallest year.
pub const MIN_YEAR: i64 = 1;
/// The largest year.
pub const MAX_YEAR: i64 = 9999;
/// The ordinal of the last day of the largest year.
pub const MAX_ORDINAL: i64 = 3_652_059;
/// The ordinal of 1970-01-01.
pub const EPOCH_ORDINAL: i64 = 719_163;

/// Year, month, day.
pub type Date = (i64, i64, i64);

/// Whether the year has 366 days.
pub const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The number of days of a month, which is one of 1 to 12.
pub const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + is_leap(year) as i64,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The ordinal of a day. Years begin in March here, so that the leap day is the last one.
pub const fn ordinal(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 306 + 5) / 10 + day - 306
}

/// The day with this ordinal.
pub const fn from_ordinal(n: i64) -> Date {
    // Days since the first of March of the year 0, in cycles of 400 years.
    let days = n + 305;
    let (cycle, in_cycle) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (in_cycle - in_cycle / 1460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let in_year = in_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month + 2) / 5 + 1;
    let year = year + 400 * cycle;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

/// The weekday of an ordinal: Monday is 0.
pub const fn weekday(ordinal: i64) -> i64 {
    (ordinal + 6).rem_euclid(7)
}

/// The number of a day in its year, from 1.
pub const fn day_of_year(year: i64, month: i64, day: i64) -> i64 {
    ordinal(year, month, day) - ordinal(year, 1, 1) + 1
}

/// The ordinal of the Monday on which the first ISO week of a year begins: the week with the year's first Thursday.
const fn first_monday(year: i64) -> i64 {
    let first = ordinal(year, 1, 1);
    let day = weekday(first);
    if day > 3 { first - day + 7 } else { first - day }
}

/// ISO year, week and weekday (Monday is 1).
pub const fn to_iso(year: i64, month: i64, day: i64) -> Date {
    let today = ordinal(year, month, day);
    let mut iso_year = year;
    let mut monday = first_monday(year);
    if today < monday {
        iso_year -= 1;
        monday = first_monday(iso_year);
    } else if today >= first_monday(year + 1) {
        iso_year += 1;
        monday = first_monday(iso_year);
    }
    (iso_year, (today - monday) / 7 + 1, (today - monday) % 7 + 1)
}

/// What is wrong with an ISO date.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum IsoError {
    /// The year is outside of the calendar.
    Year,
    /// The year has no such week.
    Week,
    /// There is no such weekday.
    Day,
}

/// The day of an ISO year, week and weekday; it may lie just outside of the calendar.
///
/// # Errors
/// Says which of the three is out of range.
pub const fn from_iso(year: i64, week: i64, day: i64) -> Result<Date, IsoError> {
    if year < MIN_YEAR || year > MAX_YEAR {
        return Err(IsoError::Year);
    }
    let monday = first_monday(year);
    if week < 1 || week > (first_monday(year + 1) - monday) / 7 {
        return Err(IsoError::Week);
    }
    if day < 1 || day > 7 {
        return Err(IsoError::Day);
    }
    Ok(from_ordinal(monday + (week - 1) * 7 + day - 1))
}

/// Seconds since 1970 of a time of a day.
pub const fn posix(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> i64 {
    (ordinal(year, month, day) - EPOCH_ORDINAL) * 86_400 + hour * 3600 + minute * 60 + second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_and_back() {
        let mut n = 0;
        for year in MIN_YEAR..=MAX_YEAR {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    n += 1;
                    assert_eq!(ordinal(year, month, day), n);
                    assert_eq!(from_ordinal(n), (year, month, day));
                }
            }
        }
        assert_eq!(n, MAX_ORDINAL);
        assert_eq!(from_ordinal(0), (0, 12, 31));
        assert_eq!(ordinal(1970, 1, 1), EPOCH_ORDINAL);
    }

    #[test]
    fn iso_weeks() {
        assert_eq!(to_iso(2020, 12, 31), (2020, 53, 4));
        assert_eq!(to_iso(2021, 1, 3), (2020, 53, 7));
        assert_eq!(to_iso(2019, 12, 30), (2020, 1, 1));
        assert_eq!(from_iso(2021, 53, 1), Err(IsoError::Week));
        assert_eq!(from_iso(2020, 53, 8), Err(IsoError::Day));
        assert_eq!(from_iso(0, 1, 1), Err(IsoError::Year));
        for n in 1..20_000 {
            let (y, m, d) = from_ordinal(n + 720_000);
            let (iy, w, wd) = to_iso(y, m, d);
            assert_eq!(from_iso(iy, w, wd), Ok((y, m, d)));
        }
        assert_eq!(to_iso(1, 1, 1), (1, 1, 1));
        assert_eq!(to_iso(9999, 12, 31), (9999, 52, 5));
    }

    #[test]
    fn days_of_years() {
        assert_eq!(day_of_year(2020, 12, 31), 366);
        assert_eq!(weekday(ordinal(2024, 2, 29)), 3);
        assert_eq!(posix(1970, 1, 2, 0, 0, 1), 86_401);
    }
}
