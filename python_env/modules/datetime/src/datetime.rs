//! `datetime`. Native slots: 0 the fields in a word (`date` has it, too), 1 the zone, 2 the hash once it is known.

use engine::prelude::*;
use engine::types::instance::new_with_slots;

use crate::args::{self, Params, is};
use crate::calendar::{self, Date};
use crate::date::{self, DATE, bad_iso, field, iso_text, nearest_date, pickled, stamp, strptime, word};
use crate::datetime_ops as ops;
use crate::delta;
use crate::fields::{Delta, Stamp};
use crate::text::{self, Text};
use crate::time::{self, TIME, nearest_time, parsed_zone, past_midnight, precision, zone_of};
use crate::zone::{self, Ask};
use crate::{clock, iso};

pub static DATETIME: TypeDef = TypeDef {
    doc: "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.\n",
    flags: TypeFlags::BASETYPE,
    bases: &[BaseRef::Def(&DATE)],
    nnative: 2,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(str_),
        hash: Some(ops::hash),
        richcmp: Some(ops::richcmp),
        add: Some(ops::add),
        sub: Some(ops::sub),
        ..Slots::NONE
    },
    class_methods: &[
        NativeDef::new("now", "($type, /, tz=None)", now, "Returns new datetime object representing current time local to tz.\n\n  tz\n    Timezone object.\n\nIf no tz is specified, uses local timezone."),
        NativeDef::new("utcnow", "($type, /)", utcnow, "Return a new datetime representing UTC day and time."),
        NativeDef::new("fromtimestamp", "($type, /, timestamp, tz=None)", from_timestamp, "timestamp[, tz] -> tz's local time from POSIX timestamp.").hide_sig(),
        NativeDef::new("utcfromtimestamp", "($type, timestamp, /)", utc_from_timestamp, "Construct a naive UTC datetime from a POSIX timestamp.").hide_sig(),
        NativeDef::new("strptime", "($type, string, format, /)", |cx, args| strptime(cx, "_strptime_datetime_datetime", args), "string, format -> new datetime parsed from a string (like time.strptime()).").hide_sig(),
        NativeDef::new("combine", "($type, /, date, time, tzinfo=unchanged)", combine, "date, time -> datetime with same date and time fields").hide_sig(),
        NativeDef::new("fromisoformat", "($type, object, /)", from_iso_format, "string -> datetime from a string in most ISO 8601 formats"),
    ],
    methods: &[
        NativeDef::new("date", "($self, /)", |cx, args| Ok(date::make(cx, stamp(args[0]))), "Return date object with same year, month and day."),
        NativeDef::new("time", "($self, /)", |cx, args| Ok(time::make(cx, stamp(args[0]), Value::NONE)), "Return time object with same time but with tzinfo=None."),
        NativeDef::new("timetz", "($self, /)", |cx, args| Ok(time::make(cx, stamp(args[0]), zone_of(args[0]))), "Return time object with same time and tzinfo."),
        NativeDef::new("ctime", "($self, /)", |cx, args| Ok(Str::new(cx, &text::ctime(stamp(args[0])))), "Return ctime() style string."),
        NativeDef::new("timetuple", "($self, /)", timetuple, "Return time tuple, compatible with time.localtime()."),
        NativeDef::new("timestamp", "($self, /)", ops::timestamp, "Return POSIX timestamp as float."),
        NativeDef::new("utctimetuple", "($self, /)", utctimetuple, "Return UTC time tuple, compatible with time.localtime()."),
        NativeDef::new(
            "isoformat",
            "($self, /, sep='T', timespec='auto')",
            isoformat_method,
            "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate the year from the time, and defaults to 'T'.\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n",
        )
        .hide_sig(),
        NativeDef::new("utcoffset", "($self, /)", |cx, args| zone::ask(cx, zone_of(args[0]), Ask::Offset, args[0]), "Return self.tzinfo.utcoffset(self)."),
        NativeDef::new("tzname", "($self, /)", |cx, args| zone::name(cx, zone_of(args[0]), args[0]), "Return self.tzinfo.tzname(self)."),
        NativeDef::new("dst", "($self, /)", |cx, args| zone::ask(cx, zone_of(args[0]), Ask::Dst, args[0]), "Return self.tzinfo.dst(self)."),
        NativeDef::new("replace", "($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)", replace, "Return datetime with new specified fields."),
        NativeDef::new("__replace__", "($self, /, year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)", replace, "The same as replace().").hide_sig(),
        NativeDef::new("astimezone", "($self, /, tz=None)", ops::astimezone, "tz -> convert to local time in new timezone tz\n").hide_sig(),
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
    ..TypeDef::new("datetime", "datetime")
};

/// The zone of a datetime, None if it has none.
pub fn zone(v: Value) -> Value {
    zone_of(v)
}

/// A plain datetime of fields that are in range.
#[inline]
pub fn make(cx: &mut Ctx, s: Stamp, zone: Value) -> Value {
    cx.new_object(&DATETIME, &[word(s), zone, Value::EMPTY])
}

/// Fields that are in range as an instance of `class`, which may be a subclass with a constructor of its own.
pub fn instance(cx: &mut Ctx, class: Value, s: Stamp, zone: Value) -> PyResult {
    if class == cx.type_of_def(&DATETIME).value() {
        return Ok(make(cx, s, zone));
    }
    checked_instance(cx, class, s.date(), s.time(), zone, s.fold())
}

/// The same of any fields.
fn checked_instance(cx: &mut Ctx, class: Value, date: Date, time: [i64; 4], zone: Value, fold: i64) -> PyResult {
    if class == cx.type_of_def(&DATETIME).value() {
        date::check(cx, date)?;
        time::check(cx, time, fold)?;
        zone::check(cx, zone)?;
        return Ok(make(cx, Stamp::new(date, time, fold), zone));
    }
    let [y, m, d] = [date.0, date.1, date.2].map(|n| Value::small(n as i32));
    let [h, min, s, us] = time.map(|n| Value::small(n as i32));
    let made = protocol::call(cx, class, &[y, m, d, h, min, s, us, zone])?;
    if is(cx, made, &DATETIME) {
        time::set_fold(cx, made, fold)?;
    }
    Ok(made)
}

/// A datetime so much later, of the same class.
pub fn plus(cx: &mut Ctx, v: Value, d: Delta) -> PyResult {
    let Some(s) = stamp(v).plus(d) else { return Err(out_of_range(cx)) };
    if cx.is_exactly(v, &DATETIME) {
        return Ok(make(cx, s, zone_of(v)));
    }
    let class = type_of(cx, v).value();
    instance(cx, class, s, zone_of(v))
}

#[cold]
fn out_of_range(cx: &mut Ctx) -> Raised {
    cx.overflow_error("date value out of range")
}

static PARAMS: Params = Params {
    function: "function",
    this: "this function",
    names: &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: 3,
    positional: 8,
    ints: 7,
    fold: true,
};

fn new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let class = args::class(cx, class)?;
    if let Some(&state) = args.values.first()
        && args.values.len() <= 2
        && args.nkw() == 0
        && let Some(s) = pickled(cx, state, 10, 2, |month| (1..=12).contains(&(month & 0x7f)), "datetime")?
    {
        let zone = args.values.get(1).copied().unwrap_or(Value::NONE);
        time::check_state_zone(cx, zone)?;
        let date = nearest_date(i64::from(s[0]) << 8 | i64::from(s[1]), (s[2] & 0x7f).into(), s[3].into());
        let s = Stamp::new(date, nearest_time(s[4], &s[5..]), (s[2] >> 7).into());
        return Ok(new_with_slots(cx, class, &[word(s), zone, Value::EMPTY]));
    }
    let words = PARAMS.bind(cx, args)?;
    let n = |i: usize| words[i].as_int().unwrap_or(0);
    let (date, time, fold) = ((n(0), n(1), n(2)), [n(3), n(4), n(5), n(6)], n(8));
    let zone = words[7].non_empty().unwrap_or(Value::NONE);
    date::check(cx, date)?;
    time::check(cx, time, fold)?;
    zone::check(cx, zone)?;
    Ok(new_with_slots(cx, class, &[word(Stamp::new(date, time, fold)), zone, Value::EMPTY]))
}

fn reduce(cx: &mut Ctx, v: Value, proto: i64) -> PyResult {
    let s = stamp(v);
    let mut bytes = [0; 10];
    bytes[..4].copy_from_slice(&date::date_bytes(s));
    bytes[4..].copy_from_slice(&time::time_bytes(s));
    if proto > 3 {
        bytes[2] |= (s.fold() as u8) << 7;
    }
    Ok(time::state(cx, v, &bytes))
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let s = stamp(v);
    let (year, month, day) = s.date();
    let numbers = [year, month, day, s.hour(), s.minute(), s.second(), s.micro()];
    let text = text::call_text(&type_name(cx, v), &numbers[..3 + time::shown(s)]);
    time::finish_repr(cx, text, v)
}

fn isoformat(cx: &mut Ctx, v: Value, separator: &[u8], precision: text::Precision) -> PyResult {
    let s = stamp(v);
    let mut text = Text::new();
    text.date(s);
    separator.iter().for_each(|&b| text.push(b));
    text.time(s, precision);
    if let Some(offset) = zone::offset(cx, zone_of(v), v)? {
        text.offset(offset, true);
    }
    if separator.is_ascii() {
        return Ok(Str::ascii(cx, text.as_bytes()));
    }
    Ok(Str::from_wtf8(cx, text.as_bytes()))
}

fn str_(cx: &mut Ctx, v: Value) -> PyResult {
    if cx.is_exactly(v, &DATETIME) {
        return isoformat(cx, v, b" ", text::Precision::Auto);
    }
    let name = cx.intern(b"isoformat");
    let space = Str::new(cx, " ");
    protocol::call_method(cx, v, name, &[space])
}

fn isoformat_method(cx: &mut Ctx, args: Args) -> PyResult {
    let separator = match args.get(1) {
        None => None,
        Some(v) => match Str::of_sub(cx, v) {
            Some(s) if s.len_chars() == 1 => Some(s),
            Some(s) => {
                let n = s.len_chars();
                return Err(cx.type_error(format!(
                    "isoformat() argument 1 must be a unicode character, not a string of length {n}"
                )));
            }
            None => return Err(args::wrong(cx, "isoformat", 1, "a unicode character", v)),
        },
    };
    let precision = precision(cx, args.get(2), 2)?;
    match separator {
        Some(s) => isoformat(cx, args[0], s.as_bytes(), precision),
        None => isoformat(cx, args[0], b"T", precision),
    }
}

fn timetuple(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let dst = zone::ask(cx, zone_of(v), Ask::Dst, v)?;
    let dst = if dst.is_none() { -1 } else { i64::from(delta::delta(dst) != Delta::default()) };
    date::struct_time(cx, stamp(v), dst)
}

fn utctimetuple(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let mut s = stamp(v);
    if let Some(offset) = zone::offset(cx, zone_of(v), v)? {
        s = match s.plus(-offset) {
            Some(s) => s,
            None => return Err(out_of_range(cx)),
        };
    }
    date::struct_time(cx, s, 0)
}

/// An instant in a zone: in UTC first, then the zone's `fromutc` is asked. Without a zone it is local time.
fn at(cx: &mut Ctx, class: Value, (seconds, micros): (i64, i64), zone: Value) -> PyResult {
    let s = clock::stamp(cx, seconds, micros, zone.is_none())?;
    let v = instance(cx, class, s, zone)?;
    if zone.is_none() { Ok(v) } else { ops::from_utc(cx, zone, v) }
}

fn now(cx: &mut Ctx, args: Args) -> PyResult {
    let zone = args.or_none(1);
    zone::check(cx, zone)?;
    let now = clock::now(cx)?;
    at(cx, args[0], now, zone)
}

fn from_timestamp(cx: &mut Ctx, args: Args) -> PyResult {
    let zone = args.or_none(2);
    zone::check(cx, zone)?;
    let when = clock::seconds_and_micros(cx, args[1])?;
    at(cx, args[0], when, zone)
}

fn in_utc(cx: &mut Ctx, class: Value, (seconds, micros): (i64, i64)) -> PyResult {
    let s = clock::stamp(cx, seconds, micros, false)?;
    instance(cx, class, s, Value::NONE)
}

fn utcnow(cx: &mut Ctx, args: Args) -> PyResult {
    engine::exceptions::raise::warn(
        cx,
        Exc::DeprecationWarning,
        "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).",
        1,
    )?;
    let now = clock::now(cx)?;
    in_utc(cx, args[0], now)
}

fn utc_from_timestamp(cx: &mut Ctx, args: Args) -> PyResult {
    engine::exceptions::raise::warn(
        cx,
        Exc::DeprecationWarning,
        "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, datetime.UTC).",
        1,
    )?;
    let when = clock::seconds_and_micros(cx, args[1])?;
    in_utc(cx, args[0], when)
}

fn combine(cx: &mut Ctx, args: Args) -> PyResult {
    let (date, time) = (args[1], args[2]);
    if !is(cx, date, &DATE) {
        return Err(args::wrong(cx, "combine", 1, "datetime.date", date));
    }
    if !is(cx, time, &TIME) {
        return Err(args::wrong(cx, "combine", 2, "datetime.time", time));
    }
    let zone = args.or(3, zone_of(time));
    zone::check(cx, zone)?;
    let s = Stamp(stamp(date).only_date().0 | stamp(time).0);
    instance(cx, args[0], s, zone)
}

fn from_iso_format(cx: &mut Ctx, args: Args) -> PyResult {
    let text = iso_text(cx, args[1])?;
    let Some((mut day, clock)) = parse(text) else { return Err(bad_iso(cx, args[1])) };
    let zone = parsed_zone(cx, clock.zone)?;
    let mut time = clock.time;
    // Midnight at the end of a day is that at the beginning of the next.
    let (y, m, d) = day;
    if time[0] == 24 && (1..=12).contains(&m) && d <= calendar::days_in_month(y, m) {
        if time != [24, 0, 0, 0] {
            return Err(past_midnight(cx));
        }
        time[0] = 0;
        day = if d < calendar::days_in_month(y, m) {
            (y, m, d + 1)
        } else if m < 12 {
            (y, m + 1, 1)
        } else {
            (y + 1, 1, 1)
        };
    }
    checked_instance(cx, args[0], day, time, zone, 0)
}

fn parse(text: Str) -> Option<(Date, iso::Clock)> {
    let bytes = text.as_bytes();
    if text.len_chars() < 7 {
        return None;
    }
    let end = iso::date_end(bytes).ok()?;
    let day = iso::date(bytes.get(..end)?).ok()?;
    let rest = &bytes[end..];
    // The separator is any character.
    let width = match rest.first() {
        Some(0xf0..) => 4,
        Some(0xe0..) => 3,
        Some(0x80..) => 2,
        _ => 1,
    };
    let clock = match rest.get(width..) {
        _ if rest.is_empty() => iso::Clock { time: [0; 4], zone: None },
        Some(time) => iso::clock(time).ok()?,
        None => return None,
    };
    Some((day, clock))
}

fn replace(cx: &mut Ctx, args: Args) -> PyResult {
    let s = stamp(args[0]);
    let ((year, month, day), [hour, minute, second, micro]) = (s.date(), s.time());
    let date = (field(cx, args, 1, year)?, field(cx, args, 2, month)?, field(cx, args, 3, day)?);
    let hour = field(cx, args, 4, hour)?;
    let minute = field(cx, args, 5, minute)?;
    let second = field(cx, args, 6, second)?;
    let micro = field(cx, args, 7, micro)?;
    let zone = args.or(8, zone_of(args[0]));
    let fold = field(cx, args, 9, s.fold())?;
    let class = type_of(cx, args[0]).value();
    checked_instance(cx, class, date, [hour, minute, second, micro], zone, fold)
}

/// Class attributes.
pub fn init(cx: &mut Ctx) {
    let first = make(cx, Stamp::FIRST, Value::NONE);
    args::set_class_attr(cx, &DATETIME, "min", first);
    let last = Stamp::new((calendar::MAX_YEAR, 12, 31), [23, 59, 59, 999_999], 0);
    let last = make(cx, last, Value::NONE);
    args::set_class_attr(cx, &DATETIME, "max", last);
    let step = delta::make(cx, Delta::new(0, 0, 1));
    args::set_class_attr(cx, &DATETIME, "resolution", step);
}
