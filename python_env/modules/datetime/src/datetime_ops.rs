//! What datetimes are compared, subtracted and converted by: everything that asks zones for offsets.

use engine::prelude::*;

use crate::args::{is, slot};
use crate::clock;
use crate::date::{hash_word, stamp};
use crate::datetime::{self, DATETIME, plus};
use crate::delta::{self, TIMEDELTA, delta, delta_of};
use crate::fields::{Delta, Stamp};
use crate::time::{HASH, remember_hash, zone_of};
use crate::zone;

fn offset(cx: &mut Ctx, v: Value) -> Res<Option<Delta>> {
    zone::offset(cx, zone_of(v), v)
}

/// Time since the start of the calendar in UTC.
fn in_utc(v: Value, offset: Delta) -> Delta {
    stamp(v).since_start() - offset
}

/// The hash of a datetime with an offset from UTC is that of the time in UTC. The fold does not count.
pub fn hash(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    let (s, zone) = (stamp(v), zone_of(v));
    if zone.is_none() {
        return Ok(hash_word(s.key()));
    }
    if let Some(h) = slot(v, HASH).as_int() {
        return Ok(h);
    }
    let first = if s.fold() == 0 { v } else { datetime::make(cx, s.with_fold(0), zone) };
    let h = match offset(cx, first)? {
        None => hash_word(s.key()),
        Some(offset) => delta::hash_delta(in_utc(v, offset)) >> 3,
    };
    remember_hash(cx, v, h);
    Ok(h)
}

pub fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is(cx, b, &DATETIME) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (s, t) = (stamp(a), stamp(b));
    if zone_of(a) == zone_of(b) {
        return Ok(Value::bool(op.test(s.key().cmp(&t.key()))));
    }
    let x = offset(cx, a)?;
    let y = offset(cx, b)?;
    let order = match (x, y) {
        _ if x == y => s.key().cmp(&t.key()),
        (Some(p), Some(q)) => in_utc(a, p).cmp(&in_utc(b, q)),
        _ => {
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => Err(cx.type_error("can't compare offset-naive and offset-aware datetimes")),
            };
        }
    };
    // Times of different zones are not equal to one that its fold changes, so that equal times have equal hashes.
    if matches!(op, CmpOp::Eq | CmpOp::Ne)
        && order.is_eq()
        && (depends_on_fold(cx, a, x)? || depends_on_fold(cx, b, y)?)
    {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    Ok(Value::bool(op.test(order)))
}

/// Whether the offset, which is `now`, is another one with the other fold.
fn depends_on_fold(cx: &mut Ctx, v: Value, now: Option<Delta>) -> Res<bool> {
    let zone = zone_of(v);
    if zone.is_none() || cx.is_exactly(zone, &zone::TIMEZONE) {
        return Ok(false);
    }
    let s = stamp(v);
    let flipped = datetime::make(cx, s.with_fold(1 - s.fold()), zone);
    Ok(offset(cx, flipped)? != now)
}

pub fn add(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (v, d) = if is(cx, a, &DATETIME) { (a, b) } else { (b, a) };
    match delta_of(cx, d) {
        Some(d) => plus(cx, v, d),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub fn sub(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if !is(cx, a, &DATETIME) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    if is(cx, b, &DATETIME) {
        let d = difference(cx, a, b)?;
        return delta::made(cx, d);
    }
    match is(cx, b, &TIMEDELTA) {
        true => plus(cx, a, -delta(b)),
        false => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Time from `b` to `a`, in UTC if they have different zones.
fn difference(cx: &mut Ctx, a: Value, b: Value) -> Res<Delta> {
    let shown = stamp(a).since_start() - stamp(b).since_start();
    if zone_of(a) == zone_of(b) {
        return Ok(shown);
    }
    let x = offset(cx, a)?;
    let y = offset(cx, b)?;
    match (x, y) {
        (None, None) => Ok(shown),
        (Some(x), Some(y)) => Ok(shown - (x - y)),
        _ => Err(cx.type_error("can't subtract offset-naive and offset-aware datetimes")),
    }
}

/// Since 1970 in UTC.
fn since_epoch(cx: &mut Ctx, v: Value) -> Res<Delta> {
    let utc = zone::utc(cx);
    let epoch = datetime::make(cx, Stamp::new((1970, 1, 1), [0; 4], 0), utc);
    difference(cx, v, epoch)
}

pub fn timestamp(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let x = if zone_of(v).is_none() {
        let seconds = clock::from_local(cx, stamp(v))?;
        seconds as f64 + stamp(v).micro() as f64 / 1e6
    } else {
        let d = since_epoch(cx, v)?;
        delta::total_seconds(cx, d)?
    };
    Ok(float::new(cx, x))
}

/// `zone.fromutc(v)`.
pub fn from_utc(cx: &mut Ctx, zone: Value, v: Value) -> PyResult {
    if cx.is_exactly(zone, &zone::TIMEZONE)
        && is(cx, v, &DATETIME)
        && zone_of(v) == zone
        && let Some(offset) = zone::offset(cx, zone, v)?
    {
        return plus(cx, v, offset);
    }
    let name = cx.intern(b"fromutc");
    protocol::call_method(cx, zone, name, &[v])
}

/// The local zone at a time that counts its seconds in UTC.
fn local_zone(cx: &mut Ctx, seconds: i64) -> PyResult {
    let (offset, name) = clock::local_zone(cx, seconds)?;
    let name = Str::new(cx, &name);
    zone::of_delta(cx, Delta::new(0, offset, 0), name)
}

fn local_zone_of(cx: &mut Ctx, v: Value) -> PyResult {
    let s = stamp(v);
    let mut seconds = clock::from_local(cx, s)?;
    // In a gap the fold chooses the other side than for a timestamp.
    let other = clock::from_local(cx, s.with_fold(1 - s.fold()))?;
    if other != seconds && (other > seconds) == (s.fold() != 0) {
        seconds = other;
    }
    local_zone(cx, seconds)
}

pub fn astimezone(cx: &mut Ctx, args: Args) -> PyResult {
    let (v, target) = (args[0], args.or_none(1));
    zone::check(cx, target)?;
    let mut own = zone_of(v);
    if own.is_none() {
        own = local_zone_of(cx, v)?;
    }
    if own == target {
        return Ok(v);
    }
    let offset = match zone::offset(cx, own, v)? {
        Some(offset) => offset,
        None => {
            let local = local_zone_of(cx, v)?;
            if local == target {
                return Ok(v);
            }
            zone::offset(cx, local, v)?.unwrap_or_default()
        }
    };
    let moved = plus(cx, v, -offset)?;
    let utc = zone::utc(cx);
    // It is told that it is in UTC now; its class's constructor was told its old zone.
    if let Some(o) = Obj::of(moved).filter(|_| is(cx, moved, &DATETIME)) {
        o.set_slot(cx, 1, utc);
        o.set_slot(cx, HASH, Value::EMPTY);
    }
    let target = if target.is_none() {
        let seconds = since_epoch(cx, moved)?.whole_seconds();
        local_zone(cx, seconds)?
    } else {
        target
    };
    // The same instant, as the target zone is told it: in UTC, with the target as its zone.
    if let Some(o) = Obj::of(moved).filter(|_| is(cx, moved, &DATETIME)) {
        o.set_slot(cx, 1, target);
    }
    from_utc(cx, target, moved)
}
