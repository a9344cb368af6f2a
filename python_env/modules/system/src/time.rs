//! The module `time`.

use std::ffi::CString;
use std::time::{Duration, Instant};

use engine::prelude::*;

use crate::convert::{c_int, io_error, type_name};
use crate::os::parker::Parker;
use crate::os::user::{self, BrokenTime};
use crate::structseq;
use crate::structseq::make;

structseq!(StructTime, STRUCT_TIME, "time", "struct_time" = "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the same as those defined by\n the C language standard for struct tm.  For example, the value of the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details.", new, visible 9,
    all ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
         "tm_zone", "tm_gmtoff"],
    shown ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"],
    [0 "tm_year", 1 "tm_mon", 2 "tm_mday", 3 "tm_hour", 4 "tm_min", 5 "tm_sec", 6 "tm_wday", 7 "tm_yday",
     8 "tm_isdst", 9 "tm_zone", 10 "tm_gmtoff"]);

/// How fractions of a nanosecond are rounded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Towards minus infinity.
    Floor,
    /// Away from zero: a time-out never becomes shorter.
    Up,
}

/// A number of seconds from Python in nanoseconds.
pub fn nanoseconds(cx: &mut Ctx, v: Value, round: Round) -> Res<i128> {
    if let Some(x) = float_arg(cx, v) {
        if x.is_nan() {
            return Err(cx.value_error("Invalid value NaN (not a number)"));
        }
        let scaled = x * 1e9;
        let whole = match round {
            Round::Floor => scaled.floor(),
            Round::Up if scaled >= 0.0 => scaled.ceil(),
            Round::Up => scaled.floor(),
        };
        if !(-9.3e18..9.3e18).contains(&whole) || i64::try_from(whole as i128).is_err() {
            return Err(cx.overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(whole as i128);
    }
    if !int::is_sub(cx, v) && types::type_of(cx, v).slots().index().is_none() {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("'{ty}' object cannot be interpreted as an integer or float")));
    }
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n).map(|n| i128::from(n) * 1_000_000_000) {
        Some(n) if i64::try_from(n).is_ok() => Ok(n),
        _ => Err(cx.overflow_error("timestamp out of range for C PyTime_t")),
    }
}

fn float_arg(cx: &mut Ctx, v: Value) -> Option<f64> {
    float::of(v).or_else(|| float::of(objects::base_value(cx, v)))
}

/// The value of a float or int argument.
pub fn seconds(cx: &mut Ctx, v: Value) -> Res<f64> {
    let v = protocol::float_value(cx, v)?;
    Ok(float::of(v).unwrap_or(0.0))
}

/// A time-out in seconds from Python, as a deadline far enough away to be "never" when it overflows.
pub fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}

fn clock(cx: &mut Ctx, id: i32) -> Res<i128> {
    match user::clock_gettime(id) {
        Ok(n) => Ok(n),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn clock_float(cx: &mut Ctx, id: i32) -> PyResult {
    let n = clock(cx, id)?;
    Ok(float::new(cx, n as f64 / 1e9))
}

fn clock_int(cx: &mut Ctx, id: i32) -> PyResult {
    let n = clock(cx, id)?;
    Ok(int::from_i128(cx, n))
}

macro_rules! clocks {
    ($($secs:ident $nanos:ident $id:expr;)*) => {
        $(fn $secs(cx: &mut Ctx, _args: Args) -> PyResult {
            clock_float(cx, $id)
        }
        fn $nanos(cx: &mut Ctx, _args: Args) -> PyResult {
            clock_int(cx, $id)
        })*
    };
}

clocks! {
    now now_ns libc::CLOCK_REALTIME;
    monotonic monotonic_ns libc::CLOCK_MONOTONIC;
    process_time process_time_ns libc::CLOCK_PROCESS_CPUTIME_ID;
    thread_time thread_time_ns libc::CLOCK_THREAD_CPUTIME_ID;
}

fn clock_gettime(cx: &mut Ctx, args: Args) -> PyResult {
    let id = c_int(cx, args[0])?;
    clock_float(cx, id)
}

fn clock_gettime_ns(cx: &mut Ctx, args: Args) -> PyResult {
    let id = c_int(cx, args[0])?;
    clock_int(cx, id)
}

fn clock_getres(cx: &mut Ctx, args: Args) -> PyResult {
    let id = c_int(cx, args[0])?;
    match user::clock_getres(id) {
        Ok(n) => Ok(float::new(cx, n as f64 / 1e9)),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn clock_settime(cx: &mut Ctx, args: Args) -> PyResult {
    let id = c_int(cx, args[0])?;
    let nanos = nanoseconds(cx, args[1], Round::Floor)?;
    set_clock(cx, id, nanos)
}

fn clock_settime_ns(cx: &mut Ctx, args: Args) -> PyResult {
    let id = c_int(cx, args[0])?;
    let nanos = protocol::index(cx, args[1])?;
    set_clock(cx, id, nanos.into())
}

fn set_clock(cx: &mut Ctx, id: i32, nanos: i128) -> PyResult {
    match user::clock_settime(id, nanos) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn pthread_getcpuclockid(cx: &mut Ctx, args: Args) -> PyResult {
    let thread = protocol::index(cx, args[0])?;
    match crate::thread::handle::with_running(thread as u64, user::thread_cpu_clock) {
        Ok(id) => Ok(Value::small(id)),
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// Waits until the deadline; signals are handled on the way, and an exception of theirs ends the wait.
pub fn sleep_until(cx: &mut Ctx, deadline: Option<Instant>) -> Res<()> {
    let parker = Parker::current();
    while crate::idle::wait_long(cx, deadline, |until| parker.park(until))? {}
    cx.poll()
}

fn sleep(cx: &mut Ctx, args: Args) -> PyResult {
    audit::tell(cx, "time.sleep", &[args[0]])?;
    let nanos = nanoseconds(cx, args[0], Round::Up)?;
    let Ok(nanos) = u64::try_from(nanos) else {
        return Err(cx.value_error("sleep length must be non-negative"));
    };
    if nanos == 0 {
        cx.blocking(std::thread::yield_now);
        cx.poll()?;
        return Ok(Value::NONE);
    }
    sleep_until(cx, deadline(Duration::from_nanos(nanos)))?;
    Ok(Value::NONE)
}

fn struct_time(cx: &mut Ctx, t: &BrokenTime) -> Value {
    let mut fields = [Value::NONE; 11];
    for (slot, n) in fields.iter_mut().zip(t.fields) {
        *slot = int::from_i64(cx, n);
    }
    fields[9] = Str::new(cx, &t.zone);
    fields[10] = int::from_i64(cx, t.gmtoff);
    make::<StructTime>(cx, &fields)
}

/// Seconds since the epoch from an optional argument.
fn time_arg(cx: &mut Ctx, v: Option<Value>) -> Res<i64> {
    match v.filter(|&v| v != Value::NONE) {
        None => Ok((clock(cx, libc::CLOCK_REALTIME)?.div_euclid(1_000_000_000)) as i64),
        Some(v) => {
            if let Some(x) = float_arg(cx, v) {
                if x.is_nan() {
                    return Err(cx.value_error("Invalid value NaN (not a number)"));
                }
                let whole = x.floor();
                if !(-9.2e18..9.2e18).contains(&whole) {
                    return Err(cx.overflow_error("timestamp out of range for platform time_t"));
                }
                return Ok(whole as i64);
            }
            let n = protocol::index_value(cx, v)?;
            match int::to_i64(n) {
                Some(n) => Ok(n),
                None => Err(cx.overflow_error("timestamp out of range for platform time_t")),
            }
        }
    }
}

fn break_down(cx: &mut Ctx, v: Option<Value>, local: bool) -> Res<BrokenTime> {
    let t = time_arg(cx, v)?;
    match user::break_down(t, local) {
        Ok(t) => Ok(t),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn gmtime(cx: &mut Ctx, args: Args) -> PyResult {
    let t = break_down(cx, args.get(0), false)?;
    Ok(struct_time(cx, &t))
}

fn localtime(cx: &mut Ctx, args: Args) -> PyResult {
    let t = break_down(cx, args.get(0), true)?;
    Ok(struct_time(cx, &t))
}

/// A struct_time or a tuple of nine.
struct TimeTuple {
    fields: [i64; 9],
    zone: Option<CString>,
    gmtoff: i64,
}

fn time_tuple(cx: &mut Ctx, v: Value, function: &str) -> Res<TimeTuple> {
    let Some(t) = Tuple::of_sub(cx, v) else {
        return Err(cx.type_error("Tuple or struct_time argument required"));
    };
    if t.len() != 9 {
        return Err(cx.type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut fields = [0; 9];
    for (i, field) in fields.iter_mut().enumerate() {
        *field = i64::from(c_int(cx, t.get(i))?);
    }
    // C counts the years from 1900 in an int.
    if fields[0] < i64::from(i32::MIN) + 1900 {
        return Err(cx.overflow_error("year out of range"));
    }
    let (mut zone, mut gmtoff) = (None, 0);
    if cx.is_def(v, &STRUCT_TIME) {
        let hidden = Obj::of(v).and_then(|o| Tuple::of(o.slot(cx, 1)));
        if let Some(hidden) = hidden {
            zone = Str::of_sub(cx, hidden.get(0)).and_then(|s| CString::new(s.as_bytes()).ok());
            gmtoff = int::to_i64(hidden.get(1)).unwrap_or(0);
        }
    }
    Ok(TimeTuple { fields, zone, gmtoff })
}

/// Checks the ranges; a zero month, day or day of the year means the first.
fn checked(cx: &mut Ctx, mut t: TimeTuple) -> Res<TimeTuple> {
    let f = &mut t.fields;
    for i in [1, 2, 7] {
        if f[i] == 0 {
            f[i] = 1;
        }
    }
    // C's own week begins on Sunday; any multiple of seven days is accepted.
    let ranges = [
        (1, 1, 12, "month out of range"),
        (2, 1, 31, "day of month out of range"),
        (3, 0, 23, "hour out of range"),
        (4, 0, 59, "minute out of range"),
        (5, 0, 61, "seconds out of range"),
        (7, 1, 366, "day of year out of range"),
    ];
    for (i, low, high, message) in ranges {
        if !(low..=high).contains(&f[i]) {
            return Err(cx.value_error(message));
        }
    }
    if f[6] < -1 {
        return Err(cx.value_error("day of week out of range"));
    }
    f[6] = f[6].rem_euclid(7);
    Ok(t)
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn ascii_time(cx: &Ctx, f: &[i64; 9]) -> Value {
    let text = format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[f[6] as usize],
        MONTHS[(f[1] - 1) as usize],
        f[2],
        f[3],
        f[4],
        f[5],
        f[0]
    );
    Str::new(cx, &text)
}

fn asctime(cx: &mut Ctx, args: Args) -> PyResult {
    let fields = match args.get(0) {
        Some(v) => {
            let t = time_tuple(cx, v, "asctime")?;
            checked(cx, t)?.fields
        }
        None => break_down(cx, None, true)?.fields,
    };
    Ok(ascii_time(cx, &fields))
}

fn ctime(cx: &mut Ctx, args: Args) -> PyResult {
    let t = break_down(cx, args.get(0), true)?;
    Ok(ascii_time(cx, &t.fields))
}

fn mktime(cx: &mut Ctx, args: Args) -> PyResult {
    let t = time_tuple(cx, args[0], "mktime")?;
    match user::mktime(&t.fields) {
        Some(n) => Ok(float::new(cx, n as f64)),
        None => Err(cx.overflow_error("mktime argument out of range")),
    }
}

fn strftime(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(format) = Str::of_sub(cx, args[0]) else {
        let ty = type_name(cx, args[0]);
        return Err(cx.type_error(format!("strftime() argument 1 must be str, not {ty}")));
    };
    let t = match args.get(1) {
        Some(v) => {
            let t = time_tuple(cx, v, "strftime")?;
            checked(cx, t)?
        }
        None => {
            let now = break_down(cx, None, true)?;
            TimeTuple { fields: now.fields, zone: CString::new(now.zone).ok(), gmtoff: now.gmtoff }
        }
    };
    // The C library sees the parts between zero bytes and lone surrogates, which it would not understand.
    let mut out = StrBuilder::new();
    // What a directive becomes, and the C library's attempts at the length of it.
    cx.make_room_for(format.byte_len(), 32)?;
    let text = format.as_bytes().to_vec();
    for (i, part) in text.split(|&b| b == 0).enumerate() {
        if i > 0 {
            out.push_cp(0);
        }
        let Ok(part) = CString::new(part) else { continue };
        out.push_bytes(&user::strftime(&part, &t.fields, t.zone.as_deref(), t.gmtoff));
    }
    out.wish(cx)
}

fn strptime(cx: &mut Ctx, args: Args) -> PyResult {
    let module = crate::import::import(cx, "_strptime")?;
    let function = protocol::getattr(cx, module, cx.intern(b"_strptime_time"))?;
    match args.get(1) {
        Some(format) => protocol::call(cx, function, &[args[0], format]),
        None => protocol::call(cx, function, &[args[0]]),
    }
}

fn tzset(cx: &mut Ctx, _args: Args) -> PyResult {
    user::tzset();
    let module = crate::import::import(cx, "time")?;
    set_zone(cx, module);
    Ok(Value::NONE)
}

/// Sets `timezone`, `altzone`, `daylight` and `tzname` from the zone's rules in January and July.
fn set_zone(cx: &mut Ctx, module: Value) {
    const QUARTER: i64 = 365 * 24 * 3600 / 4;
    let now = user::clock_gettime(libc::CLOCK_REALTIME).unwrap_or(0).div_euclid(1_000_000_000) as i64;
    let utc = BrokenTime { fields: [1970, 1, 1, 0, 0, 0, 3, 1, 0], gmtoff: 0, zone: "UTC".into() };
    let year = user::break_down(now, true).map_or(1970, |t| t.fields[0]);
    let january = (year - 1970) * 4 * QUARTER + (year - 1969) / 4 * 24 * 3600;
    let winter = user::break_down(january, true).unwrap_or_else(|_| utc.clone());
    let summer = user::break_down(january + 2 * QUARTER, true).unwrap_or_else(|_| utc.clone());
    // South of the equator the two are the other way round.
    let (standard, other) = if winter.gmtoff <= summer.gmtoff { (winter, summer) } else { (summer, winter) };
    let timezone = int::from_i64(cx, -standard.gmtoff);
    cx.set_module_attr(module, "timezone", timezone);
    let altzone = int::from_i64(cx, -other.gmtoff);
    cx.set_module_attr(module, "altzone", altzone);
    cx.set_module_attr(module, "daylight", Value::small(i32::from(standard.gmtoff != other.gmtoff)));
    let names = [Str::new(cx, &standard.zone), Str::new(cx, &other.zone)];
    let names = Tuple::new(cx, &names);
    cx.set_module_attr(module, "tzname", names);
}

fn get_clock_info(cx: &mut Ctx, args: Args) -> PyResult {
    let name = crate::convert::text(cx, args[0], "get_clock_info", "argument 1")?;
    let (id, implementation, monotonic, adjustable) = match name.as_str() {
        "time" => (libc::CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true),
        "monotonic" | "perf_counter" => (libc::CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false),
        "process_time" => (libc::CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
        "thread_time" => (libc::CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
        _ => return Err(cx.value_error("unknown clock")),
    };
    let resolution = user::clock_getres(id).unwrap_or(1) as f64 / 1e9;
    let (implementation, resolution) = (Str::new(cx, implementation), float::new(cx, resolution));
    let dict = Dict::new(cx);
    let items = [
        ("implementation", implementation),
        ("monotonic", Value::bool(monotonic)),
        ("adjustable", Value::bool(adjustable)),
        ("resolution", resolution),
    ];
    for (name, v) in items {
        dict.set_str(cx, cx.intern(name.as_bytes()), v);
    }
    types::simple_namespace::new_namespace(cx, dict)
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    set_zone(cx, module);
    Ok(())
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `time`
pub static TIME: ModuleDef = ModuleDef {
    doc: "Functions to manipulate time values.",
    functions: &[
        def("time", "()", now),
        def("time_ns", "()", now_ns),
        def("monotonic", "()", monotonic),
        def("monotonic_ns", "()", monotonic_ns),
        def("perf_counter", "()", monotonic),
        def("perf_counter_ns", "()", monotonic_ns),
        def("process_time", "()", process_time),
        def("process_time_ns", "()", process_time_ns),
        def("thread_time", "()", thread_time),
        def("thread_time_ns", "()", thread_time_ns),
        def("clock_gettime", "(clk_id, /)", clock_gettime),
        def("clock_gettime_ns", "(clk_id, /)", clock_gettime_ns),
        def("clock_getres", "(clk_id, /)", clock_getres).hide_sig(),
        def("clock_settime", "(clk_id, time, /)", clock_settime).hide_sig(),
        def("clock_settime_ns", "(clk_id, time, /)", clock_settime_ns).hide_sig(),
        def("pthread_getcpuclockid", "(thread_id, /)", pthread_getcpuclockid).hide_sig(),
        def("sleep", "(seconds, /)", sleep),
        def("gmtime", "(seconds=None, /)", gmtime).hide_sig(),
        def("localtime", "(seconds=None, /)", localtime).hide_sig(),
        def("asctime", "(tuple=None, /)", asctime).hide_sig(),
        def("ctime", "(seconds=None, /)", ctime).hide_sig(),
        def("mktime", "(tuple, /)", mktime),
        def("strftime", "(format, tuple=None, /)", strftime).hide_sig(),
        def("strptime", "(string, format=None, /)", strptime).hide_sig(),
        def("tzset", "()", tzset),
        def("get_clock_info", "(name, /)", get_clock_info).hide_sig(),
    ],
    constants: &[
        ("CLOCK_BOOTTIME", Const::Int(libc::CLOCK_BOOTTIME as i64)),
        ("CLOCK_MONOTONIC", Const::Int(libc::CLOCK_MONOTONIC as i64)),
        ("CLOCK_MONOTONIC_RAW", Const::Int(libc::CLOCK_MONOTONIC_RAW as i64)),
        ("CLOCK_PROCESS_CPUTIME_ID", Const::Int(libc::CLOCK_PROCESS_CPUTIME_ID as i64)),
        ("CLOCK_REALTIME", Const::Int(libc::CLOCK_REALTIME as i64)),
        ("CLOCK_TAI", Const::Int(libc::CLOCK_TAI as i64)),
        ("CLOCK_THREAD_CPUTIME_ID", Const::Int(libc::CLOCK_THREAD_CPUTIME_ID as i64)),
        ("_STRUCT_TM_ITEMS", Const::Int(11)),
    ],
    types: &[&STRUCT_TIME],
    init: Some(init),
    ..ModuleDef::new("time")
};
