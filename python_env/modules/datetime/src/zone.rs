//! `tzinfo` and `timezone`, and what dates and times ask of a zone.
//!
//! Native slots of a timezone: the offset (a timedelta), the name (EMPTY: none).

use engine::prelude::*;

use crate::args::{self, is, slot};
use crate::datetime::{self, DATETIME};
use crate::delta::{self, TIMEDELTA, delta};
use crate::fields::Delta;
use crate::text::Text;

pub static TZINFO: TypeDef = TypeDef {
    doc: "Abstract base class for time zone info objects.",
    flags: TypeFlags::BASETYPE,
    new: Some(
        NativeDef::new("__new__", "($type, *args, **kwargs)", |cx, args| Ok(cx.alloc_instance(args[0])?.value()), "")
            .hide_sig(),
    ),
    methods: &[
        NativeDef::new(
            "tzname",
            "($self, object, /)",
            |cx, _| Err(abstract_method(cx, "tzname")),
            "datetime -> string name of time zone.",
        ),
        NativeDef::new(
            "utcoffset",
            "($self, object, /)",
            |cx, _| Err(abstract_method(cx, "utcoffset")),
            "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC",
        ),
        NativeDef::new(
            "dst",
            "($self, object, /)",
            |cx, _| Err(abstract_method(cx, "dst")),
            "datetime -> DST offset as timedelta positive east of UTC.",
        ),
        NativeDef::new(
            "fromutc",
            "($self, object, /)",
            |cx, args| tzinfo_fromutc(cx, args[0], args[1]),
            "datetime in UTC -> datetime in local time.",
        ),
        NativeDef::new("__reduce__", "($self, /)", reduce, "-> (cls, state)"),
    ],
    ..TypeDef::new("datetime", "tzinfo")
};

pub static TIMEZONE: TypeDef = TypeDef {
    doc: "Fixed offset from UTC implementation of tzinfo.",
    bases: &[BaseRef::Def(&TZINFO)],
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, /, offset, name=None)", timezone_new, "").hide_sig()),
    slots: Slots {
        repr: Some(timezone_repr),
        str: Some(|cx, v| Ok(timezone_name(cx, v))),
        hash: Some(|_, v| Ok(delta::hash_delta(offset_of(v)))),
        richcmp: Some(timezone_cmp),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "tzname",
            "($self, object, /)",
            |cx, args| {
                check_instant(cx, args[1], "tzname")?;
                Ok(timezone_name(cx, args[0]))
            },
            "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.",
        ),
        NativeDef::new(
            "utcoffset",
            "($self, object, /)",
            |cx, args| {
                check_instant(cx, args[1], "utcoffset")?;
                Ok(slot(args[0], OFFSET))
            },
            "Return fixed offset.",
        ),
        NativeDef::new(
            "dst",
            "($self, object, /)",
            |cx, args| {
                check_instant(cx, args[1], "dst")?;
                Ok(Value::NONE)
            },
            "Return None.",
        ),
        NativeDef::new(
            "fromutc",
            "($self, object, /)",
            |cx, args| timezone_fromutc(cx, args[0], args[1]),
            "datetime in UTC -> datetime in local time.",
        ),
        NativeDef::new("__getinitargs__", "($self, /)", init_args, "pickle support"),
    ],
    ..TypeDef::new("datetime", "timezone")
};

const OFFSET: usize = 0;
const NAME: usize = 1;

#[cold]
fn abstract_method(cx: &mut Ctx, name: &str) -> Raised {
    cx.raise(Exc::NotImplementedError, format!("a tzinfo subclass must implement {name}()"))
}

/// What a zone is asked for.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The offset from UTC.
    Offset,
    /// How much of it is daylight saving.
    Dst,
}

/// Asks a zone (or None) about a datetime or None; gives a timedelta or None.
#[inline]
pub fn ask(cx: &mut Ctx, zone: Value, what: Ask, about: Value) -> PyResult {
    if zone.is_none() {
        return Ok(Value::NONE);
    }
    if cx.is_exactly(zone, &TIMEZONE) {
        return Ok(if what == Ask::Offset { slot(zone, OFFSET) } else { Value::NONE });
    }
    ask_method(cx, zone, what, about)
}

#[inline(never)]
fn ask_method(cx: &mut Ctx, zone: Value, what: Ask, about: Value) -> PyResult {
    let text = if what == Ask::Offset { "utcoffset" } else { "dst" };
    let name = cx.intern(text.as_bytes());
    let answer = protocol::call_method(cx, zone, name, &[about])?;
    if answer.is_none() {
        return Ok(answer);
    }
    if !is(cx, answer, &TIMEDELTA) {
        let got = type_name(cx, answer);
        return Err(cx.type_error(format!("tzinfo.{text}() must return None or timedelta, not '{got}'")));
    }
    if !delta(answer).is_offset() {
        return Err(too_far(cx, answer));
    }
    Ok(answer)
}

/// The error of an offset of a day or more.
#[cold]
fn too_far(cx: &mut Ctx, offset: Value) -> Raised {
    match protocol::repr(cx, offset) {
        Ok(shown) => {
            let shown = protocol::text(cx, shown);
            cx.value_error(format!(
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
            ))
        }
        Err(raised) => raised,
    }
}

/// The offset from UTC as a duration, None if there is none.
#[inline]
pub fn offset(cx: &mut Ctx, zone: Value, about: Value) -> Res<Option<Delta>> {
    let v = ask(cx, zone, Ask::Offset, about)?;
    Ok(if v.is_none() { None } else { Some(delta(v)) })
}

/// The name of a zone (or None), a str or None.
pub fn name(cx: &mut Ctx, zone: Value, about: Value) -> PyResult {
    if zone.is_none() {
        return Ok(zone);
    }
    if cx.is_exactly(zone, &TIMEZONE) {
        return Ok(timezone_name(cx, zone));
    }
    let method = cx.intern(b"tzname");
    let answer = protocol::call_method(cx, zone, method, &[about])?;
    if answer.is_none() || Str::of_sub(cx, answer).is_some() {
        return Ok(answer);
    }
    let got = type_name(cx, answer);
    Err(cx.type_error(format!("tzinfo.tzname() must return None or a string, not '{got}'")))
}

/// Refuses what is neither None nor a zone.
pub fn check(cx: &mut Ctx, zone: Value) -> Res<()> {
    if zone.is_none() || cx.is_exactly(zone, &TIMEZONE) || is(cx, zone, &TZINFO) {
        return Ok(());
    }
    let got = type_name(cx, zone);
    Err(cx.type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{got}'")))
}

fn offset_of(zone: Value) -> Delta {
    delta(slot(zone, OFFSET))
}

/// `datetime.timezone.utc`.
pub fn utc(cx: &mut Ctx) -> Value {
    let key = cx.intern(b"datetime.utc");
    let state = cx.rt.state(cx);
    if let Some(v) = state.get_str(key) {
        return v;
    }
    let zero = delta::make(cx, Delta::default());
    let fresh = cx.new_object(&TIMEZONE, &[zero, Value::EMPTY]);
    state.set_str(cx, key, fresh);
    fresh
}

/// A timezone of an offset that is a timedelta; `name` is EMPTY or a str.
pub fn new_timezone(cx: &mut Ctx, offset: Value, name: Value) -> PyResult {
    let d = delta(offset);
    if name.is_empty() && d == Delta::default() {
        return Ok(utc(cx));
    }
    if !d.is_offset() {
        return Err(too_far(cx, offset));
    }
    Ok(cx.new_object(&TIMEZONE, &[offset, name]))
}

/// A timezone of a duration.
pub fn of_delta(cx: &mut Ctx, d: Delta, name: Value) -> PyResult {
    let offset = delta::made(cx, d)?;
    new_timezone(cx, offset, name)
}

fn timezone_new(cx: &mut Ctx, args: Args) -> PyResult {
    if !is(cx, args[1], &TIMEDELTA) {
        return Err(args::wrong(cx, "timezone", 1, "datetime.timedelta", args[1]));
    }
    let name = args.or(2, Value::EMPTY);
    if !name.is_empty() {
        args::text(cx, "timezone", 2, name)?;
    }
    new_timezone(cx, args[1], name)
}

fn timezone_repr(cx: &mut Ctx, v: Value) -> PyResult {
    if v == utc(cx) {
        return Ok(Str::new(cx, "datetime.timezone.utc"));
    }
    let mut out = StrBuilder::new();
    out.push_str(&type_name(cx, v));
    out.push_str("(");
    for (i, part) in [slot(v, OFFSET), slot(v, NAME)].into_iter().filter(|p| !p.is_empty()).enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        let shown = protocol::repr(cx, part)?;
        if let Some(s) = Str::of_sub(cx, shown) {
            out.push(s);
        }
    }
    out.push_str(")");
    out.wish(cx)
}

/// The name that it was given, or that of the offset.
fn timezone_name(cx: &mut Ctx, v: Value) -> Value {
    if let Some(name) = slot(v, NAME).non_empty() {
        return name;
    }
    let mut text = Text::new();
    b"UTC".iter().for_each(|&b| text.push(b));
    if offset_of(v) != Delta::default() {
        text.offset(offset_of(v), true);
    }
    Str::ascii(cx, text.as_bytes())
}

fn timezone_cmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) || !cx.is_exactly(b, &TIMEZONE) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    Ok(Value::bool(op.test(offset_of(a).cmp(&offset_of(b)))))
}

/// The argument of a timezone's methods.
fn check_instant(cx: &mut Ctx, v: Value, method: &str) -> Res<()> {
    if v.is_none() || is(cx, v, &DATETIME) {
        return Ok(());
    }
    let got = type_name(cx, v);
    Err(cx.type_error(format!("{method}(dt) argument must be a datetime instance or None, not {got}")))
}

/// The argument of `fromutc`: a datetime of this very zone.
fn check_own(cx: &mut Ctx, zone: Value, v: Value) -> Res<()> {
    if !is(cx, v, &DATETIME) {
        return Err(cx.type_error("fromutc: argument must be a datetime"));
    }
    if datetime::zone(v) != zone {
        return Err(cx.value_error("fromutc: dt.tzinfo is not self"));
    }
    Ok(())
}

fn timezone_fromutc(cx: &mut Ctx, zone: Value, v: Value) -> PyResult {
    check_own(cx, zone, v)?;
    datetime::plus(cx, v, offset_of(zone))
}

/// `tzinfo.fromutc`: moves to standard time, then by what daylight saving is there.
fn tzinfo_fromutc(cx: &mut Ctx, zone: Value, v: Value) -> PyResult {
    check_own(cx, zone, v)?;
    let Some(offset) = offset(cx, zone, v)? else {
        return Err(cx.value_error("fromutc: non-None utcoffset() result required"));
    };
    let dst = ask(cx, zone, Ask::Dst, v)?;
    if dst.is_none() {
        return Err(cx.value_error("fromutc: non-None dst() result required"));
    }
    let standard = datetime::plus(cx, v, offset - delta(dst))?;
    let zone = if is(cx, standard, &DATETIME) { datetime::zone(standard) } else { zone };
    let dst = ask(cx, zone, Ask::Dst, standard)?;
    if dst.is_none() {
        return Err(cx.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert"));
    }
    let d = delta(dst);
    if d == Delta::default() || !is(cx, standard, &DATETIME) {
        return Ok(standard);
    }
    datetime::plus(cx, standard, d)
}

fn init_args(cx: &mut Ctx, args: Args) -> PyResult {
    let (offset, name) = (slot(args[0], OFFSET), slot(args[0], NAME));
    Ok(if name.is_empty() { Tuple::new(cx, &[offset]) } else { Tuple::new(cx, &[offset, name]) })
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let name = cx.intern(b"__getinitargs__");
    let made = match protocol::call_method_opt(cx, v, name, &[])? {
        Some(made) => made,
        None => Tuple::empty(cx),
    };
    let name = cx.intern(b"__getstate__");
    let state = protocol::call_method(cx, v, name, &[])?;
    let class = type_of(cx, v).value();
    Ok(Tuple::new(cx, &[class, made, state]))
}

/// Class attributes.
pub fn init(cx: &mut Ctx) -> Res<()> {
    let v = utc(cx);
    args::set_class_attr(cx, &TIMEZONE, "utc", v);
    for (name, minutes) in [("min", -(24 * 60 - 1)), ("max", 24 * 60 - 1)] {
        let v = of_delta(cx, Delta::new(0, minutes * 60, 0), Value::EMPTY)?;
        args::set_class_attr(cx, &TIMEZONE, name, v);
    }
    Ok(())
}
