//! `time`. Native slots: 0 the fields in a word (`fields::Stamp` with the date 0), 1 the zone, 2 the hash once it is known.

use engine::prelude::*;
use engine::types::instance::new_with_slots;

use crate::args::{self, Params, is, slot};
use crate::date::{bad_iso, field, format, hash_word, iso_text, pickled, stamp, strptime, word};
use crate::delta;
use crate::fields::{Delta, Stamp};
use crate::iso;
use crate::strftime::{self, Source};
use crate::text::{Precision, Text, call_text};
use crate::zone::{self, Ask};

const ZONE: usize = 1;
/// The slot of the hash, in datetimes, too.
pub const HASH: usize = 2;

pub static TIME: TypeDef = TypeDef {
    doc: "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.\n",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(|cx, v| {
            if cx.is_exactly(v, &TIME) {
                return isoformat(cx, v, Precision::Auto);
            }
            let name = cx.intern(b"isoformat");
            protocol::call_method(cx, v, name, &[])
        }),
        hash: Some(hash),
        richcmp: Some(richcmp),
        ..Slots::NONE
    },
    class_methods: &[
        NativeDef::new("strptime", "($type, string, format, /)", |cx, args| strptime(cx, "_strptime_datetime_time", args), "string, format -> new time parsed from a string (like time.strptime()).").hide_sig(),
        NativeDef::new("fromisoformat", "($type, object, /)", from_iso_format, "string -> time from a string in ISO 8601 format"),
    ],
    methods: &[
        NativeDef::new(
            "isoformat",
            "($self, /, timespec='auto')",
            |cx, args| {
                let precision = precision(cx, args.get(1), 1)?;
                isoformat(cx, args[0], precision)
            },
            "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n",
        )
        .hide_sig(),
        NativeDef::new("strftime", "($self, /, format)", strftime_method, "format -> strftime() style string.").hide_sig(),
        NativeDef::new("__format__", "($self, format, /)", format, "Formats self with strftime.").hide_sig(),
        NativeDef::new("utcoffset", "($self, /)", |cx, args| zone::ask(cx, zone_of(args[0]), Ask::Offset, Value::NONE), "Return self.tzinfo.utcoffset(self)."),
        NativeDef::new("tzname", "($self, /)", |cx, args| zone::name(cx, zone_of(args[0]), Value::NONE), "Return self.tzinfo.tzname(self)."),
        NativeDef::new("dst", "($self, /)", |cx, args| zone::ask(cx, zone_of(args[0]), Ask::Dst, Value::NONE), "Return self.tzinfo.dst(self)."),
        NativeDef::new("replace", "($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)", replace, "Return time with new specified fields."),
        NativeDef::new("__replace__", "($self, /, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)", replace, "The same as replace().").hide_sig(),
        NativeDef::new(
            "__reduce_ex__",
            "($self, proto, /)",
            |cx, args| {
                let proto = args::c_long_int(cx, args[1])?;
                reduce(cx, args[0], proto)
            },
            "__reduce_ex__(proto) -> (cls, state)",
        )
        .hide_sig(),
        NativeDef::new("__reduce__", "($self, /)", |cx, args| reduce(cx, args[0], 2), "__reduce__() -> (cls, state)"),
    ],
    getsets: &[
        GetSet::ro("hour", |_, v| Ok(Value::small(stamp(v).hour() as i32)), ""),
        GetSet::ro("minute", |_, v| Ok(Value::small(stamp(v).minute() as i32)), ""),
        GetSet::ro("second", |_, v| Ok(Value::small(stamp(v).second() as i32)), ""),
        GetSet::ro("microsecond", |_, v| Ok(Value::small(stamp(v).micro() as i32)), ""),
        GetSet::ro("tzinfo", |_, v| Ok(zone_of(v)), ""),
        GetSet::ro("fold", |_, v| Ok(Value::small(stamp(v).fold() as i32)), ""),
    ],
    ..TypeDef::new("datetime", "time")
};

/// The zone of a time or a datetime, None if it has none.
#[inline]
pub fn zone_of(v: Value) -> Value {
    slot(v, ZONE).non_empty().unwrap_or(Value::NONE)
}

/// Refuses what is no time of a day.
pub fn check(cx: &mut Ctx, time: [i64; 4], fold: i64) -> Res<()> {
    let fields = [("hour", 23), ("minute", 59), ("second", 59), ("microsecond", 999_999)];
    for (n, (name, last)) in time.into_iter().zip(fields) {
        if !(0..=last).contains(&n) {
            return Err(cx.value_error(format!("{name} must be in 0..{last}, not {n}")));
        }
    }
    if fold >> 1 != 0 {
        return Err(cx.value_error(format!("fold must be either 0 or 1, not {fold}")));
    }
    Ok(())
}

/// A plain time of fields that are in range.
pub fn make(cx: &mut Ctx, s: Stamp, zone: Value) -> Value {
    cx.new_object(&TIME, &[word(s.only_time()), zone, Value::EMPTY])
}

static PARAMS: Params = Params {
    function: "function",
    this: "this function",
    names: &["hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: 0,
    positional: 5,
    ints: 4,
    fold: true,
};

fn new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let class = args::class(cx, class)?;
    if let Some(&state) = args.values.first()
        && args.values.len() <= 2
        && args.nkw() == 0
        && let Some(s) = pickled(cx, state, 6, 0, |hour| hour & 0x7f < 24, "time")?
    {
        let zone = args.values.get(1).copied().unwrap_or(Value::NONE);
        check_state_zone(cx, zone)?;
        let (time, fold) = (nearest_time(s[0] & 0x7f, &s[1..]), s[0] >> 7);
        return Ok(new_with_slots(cx, class, &[word(Stamp::of_time(time, fold.into())), zone, Value::EMPTY]));
    }
    let words = PARAMS.bind(cx, args)?;
    let n = |i: usize| words[i].as_int().unwrap_or(0);
    let (time, fold, zone) = ([n(0), n(1), n(2), n(3)], n(5), words[4].non_empty().unwrap_or(Value::NONE));
    check(cx, time, fold)?;
    zone::check(cx, zone)?;
    Ok(new_with_slots(cx, class, &[word(Stamp::of_time(time, fold)), zone, Value::EMPTY]))
}

/// The zone of a pickled state.
pub fn check_state_zone(cx: &mut Ctx, v: Value) -> Res<()> {
    if v.is_none() || is(cx, v, &zone::TZINFO) { Ok(()) } else { Err(cx.type_error("bad tzinfo state arg")) }
}

/// The time that comes nearest to what a pickled state says: minute, second and three bytes of microseconds.
pub fn nearest_time(hour: u8, rest: &[u8]) -> [i64; 4] {
    let at = |i: usize| i64::from(rest.get(i).copied().unwrap_or(0));
    let micros = at(2) << 16 | at(3) << 8 | at(4);
    [i64::from(hour).min(23), at(0).min(59), at(1).min(59), micros.min(999_999)]
}

/// The bytes of a pickled time.
pub fn time_bytes(s: Stamp) -> [u8; 6] {
    let micro = s.micro();
    [s.hour() as u8, s.minute() as u8, s.second() as u8, (micro >> 16) as u8, (micro >> 8) as u8, micro as u8]
}

/// The arguments of a pickled time or datetime: the bytes, and the zone if there is one.
pub fn state(cx: &mut Ctx, v: Value, bytes: &[u8]) -> Value {
    let bytes = Bytes::new(cx, bytes);
    let zone = zone_of(v);
    let inner = if zone.is_none() { Tuple::new(cx, &[bytes]) } else { Tuple::new(cx, &[bytes, zone]) };
    let class = type_of(cx, v).value();
    Tuple::new(cx, &[class, inner])
}

fn reduce(cx: &mut Ctx, v: Value, proto: i64) -> PyResult {
    let mut bytes = time_bytes(stamp(v));
    if proto > 3 {
        bytes[0] |= (stamp(v).fold() as u8) << 7;
    }
    Ok(state(cx, v, &bytes))
}

/// Adds `, fold=1` and the zone to a repr, and closes it.
pub fn finish_repr(cx: &mut Ctx, mut text: String, v: Value) -> PyResult {
    let zone = zone_of(v);
    // Datetimes show the fold first, times last.
    let fold = if stamp(v).fold() != 0 { ", fold=1" } else { "" };
    let (before, after) = if is(cx, v, &TIME) { ("", fold) } else { (fold, "") };
    text.push_str(before);
    if zone.is_none() {
        text.push_str(after);
        text.push(')');
        return Ok(Str::new(cx, &text));
    }
    let shown = protocol::repr(cx, zone)?;
    let mut out = StrBuilder::new();
    out.push_str(&text);
    out.push_str(", tzinfo=");
    if let Some(s) = Str::of_sub(cx, shown) {
        out.push(s);
    }
    out.push_str(after);
    out.push_str(")");
    out.wish(cx)
}

/// How many fields of a time its repr shows.
pub fn shown(s: Stamp) -> usize {
    match (s.second(), s.micro()) {
        (0, 0) => 2,
        (_, 0) => 3,
        _ => 4,
    }
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let s = stamp(v);
    let text = call_text(&type_name(cx, v), &s.time()[..shown(s)]);
    finish_repr(cx, text, v)
}

/// The argument `timespec`.
pub fn precision(cx: &mut Ctx, v: Option<Value>, position: usize) -> Res<Precision> {
    let Some(v) = v else { return Ok(Precision::Auto) };
    let name = args::text(cx, "isoformat", position, v)?;
    match Precision::by_name(name.as_bytes()) {
        Some(p) => Ok(p),
        None => Err(cx.value_error("Unknown timespec value")),
    }
}

fn isoformat(cx: &mut Ctx, v: Value, precision: Precision) -> PyResult {
    let mut text = Text::new();
    text.time(stamp(v), precision);
    if let Some(offset) = zone::offset(cx, zone_of(v), Value::NONE)? {
        text.offset(offset, true);
    }
    Ok(Str::ascii(cx, text.as_bytes()))
}

/// The hash of a time with an offset from UTC: that of the time in UTC.
fn hash(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    let (s, zone) = (stamp(v), zone_of(v));
    if zone.is_none() {
        return Ok(hash_word(s.key()));
    }
    if let Some(h) = slot(v, HASH).as_int() {
        return Ok(h);
    }
    let h = match zone::offset(cx, zone, Value::NONE)? {
        None => hash_word(s.key()),
        Some(offset) => delta::hash_delta(Delta::new(0, s.seconds(), s.micro()) - offset) >> 3,
    };
    remember_hash(cx, v, h);
    Ok(h)
}

/// Every thread that computes a hash computes the same.
pub fn remember_hash(cx: &Ctx, v: Value, h: i64) {
    if let (Some(o), Some(h)) = (Obj::of(v), Value::int(h)) {
        o.set_slot(cx, HASH, h);
    }
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is(cx, b, &TIME) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (s, t) = (stamp(a), stamp(b));
    if zone_of(a) == zone_of(b) {
        return Ok(Value::bool(op.test(s.key().cmp(&t.key()))));
    }
    let x = zone::offset(cx, zone_of(a), Value::NONE)?;
    let y = zone::offset(cx, zone_of(b), Value::NONE)?;
    match (x, y) {
        _ if x == y => Ok(Value::bool(op.test(s.key().cmp(&t.key())))),
        (Some(x), Some(y)) => {
            // Microseconds of offsets do not count.
            let at = |s: Stamp, offset: Delta| (s.seconds() - offset.whole_seconds(), s.micro());
            Ok(Value::bool(op.test(at(s, x).cmp(&at(t, y)))))
        }
        _ => match op {
            CmpOp::Eq => Ok(Value::FALSE),
            CmpOp::Ne => Ok(Value::TRUE),
            _ => Err(cx.type_error("can't compare offset-naive and offset-aware times")),
        },
    }
}

fn replace(cx: &mut Ctx, args: Args) -> PyResult {
    let s = stamp(args[0]);
    let [hour, minute, second, micro] = s.time();
    let hour = field(cx, args, 1, hour)?;
    let minute = field(cx, args, 2, minute)?;
    let second = field(cx, args, 3, second)?;
    let micro = field(cx, args, 4, micro)?;
    let zone = args.or(5, zone_of(args[0]));
    let fold = field(cx, args, 6, s.fold())?;
    let class = type_of(cx, args[0]).value();
    instance(cx, class, [hour, minute, second, micro], zone, fold)
}

/// A time as an instance of `class`, which may be a subclass with a constructor of its own.
fn instance(cx: &mut Ctx, class: Value, time: [i64; 4], zone: Value, fold: i64) -> PyResult {
    if class == cx.type_of_def(&TIME).value() {
        check(cx, time, fold)?;
        zone::check(cx, zone)?;
        return Ok(make(cx, Stamp::of_time(time, fold), zone));
    }
    let [h, m, s, us] = time.map(|n| Value::small(n as i32));
    let made = protocol::call(cx, class, &[h, m, s, us, zone])?;
    if is(cx, made, &TIME) {
        set_fold(cx, made, fold)?;
    }
    Ok(made)
}

/// Gives what a subclass's constructor has just made its fold, which the constructor was not told.
pub fn set_fold(cx: &mut Ctx, v: Value, fold: i64) -> Res<()> {
    if fold >> 1 != 0 {
        return Err(cx.value_error(format!("fold must be either 0 or 1, not {fold}")));
    }
    let s = stamp(v);
    if s.fold() != fold
        && let Some(o) = Obj::of(v)
    {
        o.set_slot(cx, 0, word(s.with_fold(fold)));
    }
    Ok(())
}

/// What a text says of a zone, as a zone or None.
pub fn parsed_zone(cx: &mut Ctx, zone: Option<(i64, i64)>) -> PyResult {
    match zone {
        None => Ok(Value::NONE),
        Some((0, 0)) => Ok(zone::utc(cx)),
        Some((seconds, micros)) => zone::of_delta(cx, Delta::new(0, seconds, micros), Value::EMPTY),
    }
}

/// The error of a text with the hour 24 that is not midnight.
#[cold]
pub fn past_midnight(cx: &mut Ctx) -> Raised {
    cx.value_error("minute, second, and microsecond must be 0 when hour is 24")
}

fn from_iso_format(cx: &mut Ctx, args: Args) -> PyResult {
    let text = iso_text(cx, args[1])?;
    let bytes = text.as_bytes();
    let bytes = bytes.strip_prefix(b"T").unwrap_or(bytes);
    let Ok(parsed) = iso::clock(bytes) else { return Err(bad_iso(cx, args[1])) };
    let mut time = parsed.time;
    if time[0] == 24 {
        if time != [24, 0, 0, 0] {
            return Err(past_midnight(cx));
        }
        time[0] = 0;
    }
    let zone = parsed_zone(cx, parsed.zone)?;
    instance(cx, args[0], time, zone, 0)
}

fn strftime_method(cx: &mut Ctx, args: Args) -> PyResult {
    let (v, format) = (args[0], args::text(cx, "strftime", 1, args[1])?);
    let s = stamp(v);
    let nine = [1900, 1, 1, s.hour(), s.minute(), s.second(), 0, 1, -1].map(|n| Value::small(n as i32));
    let tuple = Tuple::new(cx, &nine);
    let source = Source { zone: zone_of(v), about: Value::NONE, micros: s.micro(), year: 1900, tuple };
    strftime::strftime(cx, format, &source)
}

/// Class attributes.
pub fn init(cx: &mut Ctx) {
    for (name, time) in [("min", [0; 4]), ("max", [23, 59, 59, 999_999])] {
        let v = make(cx, Stamp::of_time(time, 0), Value::NONE);
        args::set_class_attr(cx, &TIME, name, v);
    }
    let step = delta::make(cx, Delta::new(0, 0, 1));
    args::set_class_attr(cx, &TIME, "resolution", step);
}
