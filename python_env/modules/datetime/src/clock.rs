//! The system's clock and local time.

use engine::prelude::*;
use modules_system::os::user;

use crate::calendar;
use crate::fields::Stamp;

/// Furthest apart that two times with the same local time are.
const MOST_FOLD: i64 = 24 * 3600;

/// Seconds and microseconds since 1970.
pub fn now(cx: &mut Ctx) -> Res<(i64, i64)> {
    match user::clock_gettime(libc::CLOCK_REALTIME) {
        Ok(n) => {
            let n = n as i64;
            Ok((n.div_euclid(1_000_000_000), n.rem_euclid(1_000_000_000) / 1000))
        }
        Err(e) => Err(cx.io_error(&e, None)),
    }
}

/// Year to second of a time, local or in UTC; the year is not checked.
pub fn broken_down(cx: &mut Ctx, seconds: i64, local: bool) -> Res<[i64; 6]> {
    match user::civil(seconds, local) {
        Ok(f) => Ok([f[0], f[1], f[2], f[3], f[4], f[5].min(59)]),
        Err(e) => Err(cx.io_error(&e, None)),
    }
}

#[cold]
fn bad_year(cx: &mut Ctx, year: i64) -> Raised {
    cx.value_error(format!("year must be in 1..9999, not {year}"))
}

/// Seconds since 1970 of the local time at `seconds`, as if that were UTC.
fn local(cx: &mut Ctx, seconds: i64) -> Res<i64> {
    let [year, month, day, hour, minute, second] = broken_down(cx, seconds, true)?;
    if !(calendar::MIN_YEAR..=calendar::MAX_YEAR).contains(&year) {
        return Err(bad_year(cx, year));
    }
    Ok(calendar::posix(year, month, day, hour, minute, second))
}

/// Whether the local time at `seconds`, whose fields count `shown` seconds, is the second of two that are alike.
fn is_fold(cx: &mut Ctx, seconds: i64, shown: i64) -> Res<bool> {
    let before = local(cx, seconds - MOST_FOLD)?;
    let moved = shown - before - MOST_FOLD;
    if moved >= 0 {
        return Ok(false);
    }
    Ok(local(cx, seconds + moved)? == shown)
}

/// The local time, or that in UTC, with its fold.
pub fn stamp(cx: &mut Ctx, seconds: i64, micros: i64, local: bool) -> Res<Stamp> {
    let [year, month, day, hour, minute, second] = broken_down(cx, seconds, local)?;
    if !(calendar::MIN_YEAR..=calendar::MAX_YEAR).contains(&year) {
        return Err(bad_year(cx, year));
    }
    let mut fold = false;
    if local {
        let shown = calendar::posix(year, month, day, hour, minute, second);
        fold = is_fold(cx, seconds, shown)?;
    }
    Ok(Stamp::new((year, month, day), [hour, minute, second, micros], fold.into()))
}

/// Seconds since 1970 of a local time.
pub fn from_local(cx: &mut Ctx, s: Stamp) -> Res<i64> {
    let t = s.posix();
    // The difference from UTC is that of one of the two sides of a transition.
    let a = local(cx, t)? - t;
    let u1 = t - a;
    let t1 = local(cx, u1)?;
    let b = if t1 == t {
        // One solution; the other, if any, lies on the side that the fold does not ask for.
        let other = if s.fold() != 0 { u1 + MOST_FOLD } else { u1 - MOST_FOLD };
        let b = local(cx, other)? - other;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    if local(cx, u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // The time was skipped.
    Ok(if s.fold() != 0 { u1.min(u2) } else { u1.max(u2) })
}

/// Offset in seconds and name of the local zone at a time.
pub fn local_zone(cx: &mut Ctx, seconds: i64) -> Res<(i64, String)> {
    match user::break_down(seconds, true) {
        Ok(t) => Ok((t.gmtoff, t.zone)),
        Err(e) => Err(cx.io_error(&e, None)),
    }
}

fn too_far(cx: &mut Ctx) -> Raised {
    cx.overflow_error("timestamp out of range for platform time_t")
}

/// The float of a timestamp, if it is one.
fn timestamp_float(cx: &mut Ctx, v: Value) -> Res<Option<f64>> {
    let Some(x) = float::of(objects::base_value(cx, v)) else { return Ok(None) };
    if x.is_nan() {
        return Err(cx.value_error("Invalid value NaN (not a number)"));
    }
    Ok(Some(x))
}

fn timestamp_int(cx: &mut Ctx, v: Value) -> Res<i64> {
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n) {
        Some(n) => Ok(n),
        None => Err(too_far(cx)),
    }
}

fn whole(cx: &mut Ctx, x: f64) -> Res<i64> {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x) {
        Ok(x as i64)
    } else {
        Err(too_far(cx))
    }
}

/// A timestamp in seconds, rounded down.
pub fn seconds(cx: &mut Ctx, v: Value) -> Res<i64> {
    match timestamp_float(cx, v)? {
        Some(x) => whole(cx, x.floor()),
        None => timestamp_int(cx, v),
    }
}

/// A timestamp in seconds and microseconds, rounded half to even.
pub fn seconds_and_micros(cx: &mut Ctx, v: Value) -> Res<(i64, i64)> {
    let Some(x) = timestamp_float(cx, v)? else {
        return match timestamp_int(cx, v) {
            Ok(n) => Ok((n, 0)),
            Err(raised) if cx.matches(&raised, Exc::TypeError) => {
                cx.clear(raised);
                let got = type_name(cx, v);
                Err(cx.type_error(format!("argument must be int or float, not {got}")))
            }
            Err(raised) => Err(raised),
        };
    };
    let mut seconds = x.trunc();
    let mut micros = ((x - seconds) * 1e6).round_ties_even();
    if micros >= 1e6 {
        micros -= 1e6;
        seconds += 1.0;
    } else if micros < 0.0 {
        micros += 1e6;
        seconds -= 1.0;
    }
    Ok((whole(cx, seconds)?, micros as i64))
}
