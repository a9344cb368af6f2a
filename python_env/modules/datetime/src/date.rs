//! `date`. Native slot 0: the fields in a word (`fields::Stamp`), which datetimes have at the same place.

use engine::prelude::*;
use engine::types::instance::new_with_slots;

use crate::args::{self, Params, c_int, is, slot};
use crate::calendar::{self, Date, IsoError};
use crate::datetime::{self, DATETIME};
use crate::delta::{self, TIMEDELTA};
use crate::fields::{Delta, Stamp};
use crate::strftime::{self, Source};
use crate::text::{self, Text};
use crate::{clock, iso, isocalendar};

pub static DATE: TypeDef = TypeDef {
    doc: "date(year, month, day) --> date object",
    flags: TypeFlags::BASETYPE,
    nnative: 1,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(|cx, v| {
            if cx.is_exactly(v, &DATE) {
                return Ok(isoformat(cx, v));
            }
            let name = cx.intern(b"isoformat");
            protocol::call_method(cx, v, name, &[])
        }),
        hash: Some(|_, v| Ok(hash_word(stamp(v).0))),
        richcmp: Some(richcmp),
        add: Some(add),
        sub: Some(sub),
        ..Slots::NONE
    },
    class_methods: &[
        NativeDef::new("fromtimestamp", "($type, timestamp, /)", from_timestamp, "Create a date from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is\ninterpreted as local time."),
        NativeDef::new("fromordinal", "($type, ordinal, /)", from_ordinal, "int -> date corresponding to a proleptic Gregorian ordinal.").hide_sig(),
        NativeDef::new("fromisoformat", "($type, object, /)", from_iso_format, "str -> Construct a date from a string in ISO 8601 format."),
        NativeDef::new("fromisocalendar", "($type, /, year=<unrepresentable>, week=<unrepresentable>, day=<unrepresentable>)", from_iso_calendar, "int, int, int -> Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the date.isocalendar() function").hide_sig(),
        NativeDef::new("strptime", "($type, string, format, /)", |cx, args| strptime(cx, "_strptime_datetime_date", args), "string, format -> new date parsed from a string (like time.strptime()).").hide_sig(),
        NativeDef::new("today", "($type, /)", today, "Current date or datetime:  same as self.__class__.fromtimestamp(time.time())."),
    ],
    methods: &[
        NativeDef::new("ctime", "($self, /)", |cx, args| Ok(Str::new(cx, &text::ctime(stamp(args[0])))), "Return ctime() style string."),
        NativeDef::new("strftime", "($self, /, format)", strftime_method, "format -> strftime() style string.").hide_sig(),
        NativeDef::new("__format__", "($self, format, /)", format, "Formats self with strftime.").hide_sig(),
        NativeDef::new("timetuple", "($self, /)", |cx, args| struct_time(cx, stamp(args[0]), -1), "Return time tuple, compatible with time.localtime()."),
        NativeDef::new("isocalendar", "($self, /)", |cx, args| {
            let (y, m, d) = stamp(args[0]).date();
            isocalendar::make(cx, calendar::to_iso(y, m, d))
        }, "Return a named tuple containing ISO year, week number, and weekday."),
        NativeDef::new("isoformat", "($self, /)", |cx, args| Ok(isoformat(cx, args[0])), "Return string in ISO 8601 format, YYYY-MM-DD."),
        NativeDef::new("isoweekday", "($self, /)", |_, args| Ok(Value::small(weekday(args[0]) + 1)), "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7")
            .leaf(|cx, args| leaf(cx, args, |v| Value::small(weekday(v) + 1))),
        NativeDef::new("toordinal", "($self, /)", |_, args| Ok(Value::small(stamp(args[0]).ordinal() as i32)), "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.")
            .leaf(|cx, args| leaf(cx, args, |v| Value::small(stamp(v).ordinal() as i32))),
        NativeDef::new("weekday", "($self, /)", |_, args| Ok(Value::small(weekday(args[0]))), "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6")
            .leaf(|cx, args| leaf(cx, args, |v| Value::small(weekday(v)))),
        NativeDef::new("replace", "($self, /, year=unchanged, month=unchanged, day=unchanged)", replace, "Return date with new specified fields."),
        NativeDef::new("__replace__", "($self, /, year=unchanged, month=unchanged, day=unchanged)", replace, "The same as replace().").hide_sig(),
        NativeDef::new("__reduce__", "($self, /)", reduce, "__reduce__() -> (cls, state)"),
    ],
    getsets: &[
        GetSet::ro("year", |_, v| Ok(Value::small(stamp(v).year() as i32)), ""),
        GetSet::ro("month", |_, v| Ok(Value::small(stamp(v).month() as i32)), ""),
        GetSet::ro("day", |_, v| Ok(Value::small(stamp(v).day() as i32)), ""),
    ],
    ..TypeDef::new("datetime", "date")
};

/// The fields of a date, a datetime or a time.
#[inline]
pub fn stamp(v: Value) -> Stamp {
    slot(v, 0).as_int().map_or(Stamp::FIRST, Stamp)
}

/// The word of fields as a Value.
#[inline]
pub fn word(s: Stamp) -> Value {
    Value::int(s.0).unwrap_or(Value::small(0))
}

/// The hash of a word of fields, which another process does not know.
pub fn hash_word(word: i64) -> i64 {
    // What a slot can remember, and neither 0 nor -1.
    (engine::objects::hash_word(word as u64) >> 3) | 2
}

/// A quick form for instances of the two classes, which the caller has been promised.
fn leaf(cx: &Ctx, args: &[Value], f: fn(Value) -> Value) -> Value {
    match *args {
        [v] if cx.is_exactly(v, &DATE) || cx.is_exactly(v, &DATETIME) => f(v),
        _ => Value::EMPTY,
    }
}

fn weekday(v: Value) -> i32 {
    calendar::weekday(stamp(v).ordinal()) as i32
}

/// Refuses what is no day.
pub fn check(cx: &mut Ctx, (year, month, day): Date) -> Res<()> {
    if !(calendar::MIN_YEAR..=calendar::MAX_YEAR).contains(&year) {
        return Err(cx.value_error(format!("year must be in 1..9999, not {year}")));
    }
    if !(1..=12).contains(&month) {
        return Err(cx.value_error(format!("month must be in 1..12, not {month}")));
    }
    let last = calendar::days_in_month(year, month);
    if !(1..=last).contains(&day) {
        return Err(cx.value_error(format!("day {day} must be in range 1..{last} for month {month} in year {year}")));
    }
    Ok(())
}

/// A plain date.
pub fn make(cx: &mut Ctx, s: Stamp) -> Value {
    cx.new_object(&DATE, &[word(s.only_date())])
}

/// A day as an instance of `class`, which may be a subclass with a constructor of its own.
fn instance(cx: &mut Ctx, class: Value, date: Date) -> PyResult {
    if class == cx.type_of_def(&DATE).value() {
        check(cx, date)?;
        return Ok(make(cx, Stamp::new(date, [0; 4], 0)));
    }
    protocol::call(cx, class, &[date.0, date.1, date.2].map(|n| Value::small(n as i32)))
}

fn class_of(cx: &Ctx, v: Value) -> Value {
    type_of(cx, v).value()
}

static PARAMS: Params = Params {
    function: "function",
    this: "this function",
    names: &["year", "month", "day"],
    required: 3,
    positional: 3,
    ints: 3,
    fold: false,
};

fn new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let class = args::class(cx, class)?;
    if let [state] = *args.values
        && args.nkw() == 0
        && let Some(s) = pickled(cx, state, 4, 2, |month| (1..=12).contains(&month), "date")?
    {
        let date = nearest_date(i64::from(s[0]) << 8 | i64::from(s[1]), s[2].into(), s[3].into());
        return Ok(new_with_slots(cx, class, &[word(Stamp::new(date, [0; 4], 0))]));
    }
    let words = PARAMS.bind(cx, args)?;
    let [year, month, day] = [words[0], words[1], words[2]].map(|v| v.as_int().unwrap_or(0));
    check(cx, (year, month, day))?;
    Ok(new_with_slots(cx, class, &[word(Stamp::new((year, month, day), [0; 4], 0))]))
}

/// The bytes of a pickled state of `n` bytes, if `v` is one: the byte at `at` decides.
pub fn pickled(cx: &mut Ctx, v: Value, n: usize, at: usize, sane: fn(u8) -> bool, what: &str) -> Res<Option<[u8; 10]>> {
    let mut state = [0; 10];
    if let Some(b) = Bytes::of_sub(cx, v) {
        let b = b.as_slice();
        if b.len() == n && sane(b[at]) {
            state[..n].copy_from_slice(b);
            return Ok(Some(state));
        }
    } else if let Some(s) = Str::of_sub(cx, v)
        && s.len_chars() == n
        && s.chars().nth(at).is_some_and(|c| u8::try_from(c).is_ok_and(sane))
    {
        // Python 2 wrote bytes, which the unpickler was told to read as Latin-1.
        for (byte, c) in state.iter_mut().zip(s.chars()) {
            let Ok(b) = u8::try_from(c) else {
                return Err(cx.value_error(format!(
                    "Failed to encode latin1 string when unpickling a {what} object. pickle.load(data, encoding='latin1') is assumed."
                )));
            };
            *byte = b;
        }
        return Ok(Some(state));
    }
    Ok(None)
}

/// The day that comes nearest to what a pickled state says.
pub fn nearest_date(year: i64, month: i64, day: i64) -> Date {
    let (year, month) = (year.clamp(calendar::MIN_YEAR, calendar::MAX_YEAR), month.clamp(1, 12));
    (year, month, day.clamp(1, calendar::days_in_month(year, month)))
}

/// Year and month of a pickled state.
pub fn date_bytes(s: Stamp) -> [u8; 4] {
    [(s.year() >> 8) as u8, s.year() as u8, s.month() as u8, s.day() as u8]
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let state = Bytes::new(cx, &date_bytes(stamp(args[0])));
    let inner = Tuple::new(cx, &[state]);
    let class = class_of(cx, args[0]);
    Ok(Tuple::new(cx, &[class, inner]))
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let (year, month, day) = stamp(v).date();
    let mut text = text::call_text(&type_name(cx, v), &[year, month, day]);
    text.push(')');
    Ok(Str::new(cx, &text))
}

fn isoformat(cx: &Ctx, v: Value) -> Value {
    let mut text = Text::new();
    text.date(stamp(v));
    Str::ascii(cx, text.as_bytes())
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    // What a datetime is compared with is that class's business.
    if !cx.is_exactly(b, &DATE) && (!is(cx, b, &DATE) || is(cx, b, &DATETIME)) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    Ok(Value::bool(op.test(stamp(a).only_date().0.cmp(&stamp(b).only_date().0))))
}

/// A day so many days later, of the same class.
fn plus(cx: &mut Ctx, v: Value, days: i64) -> PyResult {
    let n = stamp(v).ordinal() + days;
    if !(1..=calendar::MAX_ORDINAL).contains(&n) {
        return Err(cx.overflow_error("date value out of range"));
    }
    let date = calendar::from_ordinal(n);
    if cx.is_exactly(v, &DATE) {
        return Ok(make(cx, Stamp::new(date, [0; 4], 0)));
    }
    let class = class_of(cx, v);
    instance(cx, class, date)
}

fn add(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if cx.is_exactly(a, &DATE) && cx.is_exactly(b, &TIMEDELTA) {
        return plus(cx, a, delta::delta(b).days);
    }
    if is(cx, a, &DATETIME) || is(cx, b, &DATETIME) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (date, d) = if is(cx, a, &DATE) { (a, delta::delta_of(cx, b)) } else { (b, delta::delta_of(cx, a)) };
    match d {
        Some(d) => plus(cx, date, d.days),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn sub(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let plain = cx.is_exactly(a, &DATE) && cx.is_exactly(b, &DATE);
    if !plain && (is(cx, a, &DATETIME) || is(cx, b, &DATETIME) || !is(cx, a, &DATE)) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    if plain || is(cx, b, &DATE) {
        let days = stamp(a).ordinal() - stamp(b).ordinal();
        return Ok(delta::make(cx, Delta { days, seconds: 0, micros: 0 }));
    }
    match is(cx, b, &TIMEDELTA).then(|| delta::delta(b)) {
        Some(d) => plus(cx, a, -d.days),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn today(cx: &mut Ctx, args: Args) -> PyResult {
    if args[0] == cx.type_of_def(&DATE).value() {
        let (seconds, _) = clock::now(cx)?;
        return from_seconds(cx, args[0], seconds);
    }
    let now = protocol::import_attr(cx, "time", "time")?;
    let now = protocol::call(cx, now, &[])?;
    let name = cx.intern(b"fromtimestamp");
    protocol::call_method(cx, args[0], name, &[now])
}

fn from_seconds(cx: &mut Ctx, class: Value, seconds: i64) -> PyResult {
    let f = clock::broken_down(cx, seconds, true)?;
    instance(cx, class, (f[0], f[1], f[2]))
}

fn from_timestamp(cx: &mut Ctx, args: Args) -> PyResult {
    let seconds = clock::seconds(cx, args[1])?;
    from_seconds(cx, args[0], seconds)
}

fn from_ordinal(cx: &mut Ctx, args: Args) -> PyResult {
    let n = args::c_long_int(cx, args[1])?;
    if n < 1 {
        return Err(cx.value_error("ordinal must be >= 1"));
    }
    instance(cx, args[0], calendar::from_ordinal(n))
}

/// The text of an argument of `fromisoformat`.
pub fn iso_text(cx: &mut Ctx, v: Value) -> Res<Str> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s),
        None => Err(cx.type_error("fromisoformat: argument must be str")),
    }
}

#[cold]
pub fn bad_iso(cx: &mut Ctx, v: Value) -> Raised {
    match protocol::repr(cx, v) {
        Ok(shown) => {
            let shown = protocol::text(cx, shown);
            cx.value_error(format!("Invalid isoformat string: {shown}"))
        }
        Err(raised) => raised,
    }
}

fn from_iso_format(cx: &mut Ctx, args: Args) -> PyResult {
    let text = iso_text(cx, args[1])?;
    let parsed = match text.byte_len() {
        7 | 8 | 10 => iso::date(text.as_bytes()),
        _ => Err(iso::Malformed),
    };
    match parsed {
        Ok(date) => instance(cx, args[0], date),
        Err(iso::Malformed) => Err(bad_iso(cx, args[1])),
    }
}

fn from_iso_calendar(cx: &mut Ctx, args: Args) -> PyResult {
    let mut n = [0; 3];
    // Each is converted before the next is missed.
    for (i, name) in ["year", "week", "day"].into_iter().enumerate() {
        let Some(v) = args.get(i + 1) else {
            let text = format!("fromisocalendar() missing required argument '{name}' (pos {})", i + 1);
            return Err(cx.type_error(text));
        };
        n[i] = match c_int(cx, v) {
            Ok(n) => n,
            Err(r) if cx.matches(&r, Exc::OverflowError) => {
                cx.clear(r);
                return Err(cx.value_error("ISO calendar component out of range"));
            }
            Err(r) => return Err(r),
        };
    }
    let [year, week, day] = n;
    match calendar::from_iso(year, week, day) {
        Ok(date) => instance(cx, args[0], date),
        Err(IsoError::Year) => Err(cx.value_error(format!("year must be in 1..9999, not {year}"))),
        Err(IsoError::Week) => Err(cx.value_error(format!("Invalid week: {week}"))),
        Err(IsoError::Day) => Err(cx.value_error(format!("Invalid weekday: {day} (range is [1, 7])"))),
    }
}

/// `strptime` of a class, which the library has a function for.
pub fn strptime(cx: &mut Ctx, function: &str, args: Args) -> PyResult {
    for i in [1, 2] {
        args::text(cx, "strptime", i, args[i])?;
    }
    let f = protocol::import_attr(cx, "_strptime", function)?;
    protocol::call(cx, f, &[args[0], args[1], args[2]])
}

/// The nine numbers of a `struct_time`.
fn nine(s: Stamp, dst: i64) -> [Value; 9] {
    let (y, m, d) = s.date();
    let (weekday, in_year) = (calendar::weekday(s.ordinal()), calendar::day_of_year(y, m, d));
    [y, m, d, s.hour(), s.minute(), s.second(), weekday, in_year, dst].map(|n| Value::small(n as i32))
}

/// A `time.struct_time`.
pub fn struct_time(cx: &mut Ctx, s: Stamp, dst: i64) -> PyResult {
    let class = protocol::import_attr(cx, "time", "struct_time")?;
    let items = Tuple::new(cx, &nine(s, dst));
    protocol::call(cx, class, &[items])
}

fn strftime_method(cx: &mut Ctx, args: Args) -> PyResult {
    let (v, format) = (args[0], args::text(cx, "strftime", 1, args[1])?);
    let s = stamp(v);
    // Subclasses may have a `timetuple` of their own; a zone may have daylight saving.
    let zone = if is(cx, v, &DATETIME) { datetime::zone(v) } else { Value::NONE };
    let tuple = if cx.is_exactly(v, &DATE) || cx.is_exactly(v, &DATETIME) && zone.is_none() {
        Tuple::new(cx, &nine(s, -1))
    } else {
        let name = cx.intern(b"timetuple");
        protocol::call_method(cx, v, name, &[])?
    };
    strftime::strftime(cx, format, &Source { zone, about: v, micros: s.micro(), year: s.year(), tuple })
}

/// `__format__` of dates and times.
pub fn format(cx: &mut Ctx, args: Args) -> PyResult {
    let format = args::text(cx, "__format__", 1, args[1])?;
    if format.is_empty() {
        return protocol::str(cx, args[0]);
    }
    let name = cx.intern(b"strftime");
    protocol::call_method(cx, args[0], name, &[args[1]])
}

/// A field that `replace` may have got.
pub fn field(cx: &mut Ctx, args: Args, i: usize, old: i64) -> Res<i64> {
    match args.get(i) {
        Some(v) => c_int(cx, v),
        None => Ok(old),
    }
}

fn replace(cx: &mut Ctx, args: Args) -> PyResult {
    let (year, month, day) = stamp(args[0]).date();
    let date = (field(cx, args, 1, year)?, field(cx, args, 2, month)?, field(cx, args, 3, day)?);
    let class = class_of(cx, args[0]);
    instance(cx, class, date)
}

/// Class attributes.
pub fn init(cx: &mut Ctx) {
    let first = make(cx, Stamp::FIRST);
    args::set_class_attr(cx, &DATE, "min", first);
    let last = make(cx, Stamp::new((calendar::MAX_YEAR, 12, 31), [0; 4], 0));
    args::set_class_attr(cx, &DATE, "max", last);
    let step = delta::make(cx, Delta::new(1, 0, 0));
    args::set_class_attr(cx, &DATE, "resolution", step);
}
