//! `timedelta`. Native slots: days, seconds, microseconds.

use engine::objects::hashing::TupleHash;
use engine::prelude::*;
use engine::types::instance::new_with_slots;
use pynumeric::BigInt;

use crate::args::{self, Params, is, slot};
use crate::fields::{DAY_MICROS, Delta, MAX_DAYS, SECOND};
use crate::text::{Text, push_number};

pub static TIMEDELTA: TypeDef = TypeDef {
    doc: "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or negative.",
    flags: TypeFlags::BASETYPE,
    nnative: 3,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(str_),
        hash: Some(hash),
        richcmp: Some(richcmp),
        add: Some(add),
        sub: Some(sub),
        mul: Some(mul),
        truediv: Some(truediv),
        floordiv: Some(floordiv),
        mod_: Some(mod_),
        divmod: Some(divmod),
        neg: Some(|cx, v| made(cx, -delta(v))),
        pos: Some(|cx, v| made(cx, delta(v))),
        abs: Some(|cx, v| {
            let d = delta(v);
            made(cx, if d.days < 0 { -d } else { d })
        }),
        bool: Some(|_, v| Ok(delta(v) != Delta::default())),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "total_seconds",
            "($self, /)",
            |cx, args| {
                let x = total_seconds(cx, delta(args[0]))?;
                Ok(float::new(cx, x))
            },
            "Total seconds in the duration.",
        ),
        NativeDef::new(
            "__reduce__",
            "($self, /)",
            |cx, args| {
                let v = args[0];
                let state = Tuple::new(cx, &[slot(v, 0), slot(v, 1), slot(v, 2)]);
                let class = type_of(cx, v).value();
                Ok(Tuple::new(cx, &[class, state]))
            },
            "__reduce__() -> (cls, state)",
        ),
    ],
    members: &[
        Member::ro("days", 0, "Number of days."),
        Member::ro("seconds", 1, "Number of seconds (>= 0 and less than 1 day)."),
        Member::ro("microseconds", 2, "Number of microseconds (>= 0 and less than 1 second)."),
    ],
    ..TypeDef::new("datetime", "timedelta")
};

/// The duration in a timedelta.
#[inline]
pub fn delta(v: Value) -> Delta {
    let part = |i| slot(v, i).as_int().unwrap_or(0);
    Delta { days: part(0), seconds: part(1), micros: part(2) }
}

/// The duration in `v`, if it is a timedelta.
#[inline]
pub fn delta_of(cx: &mut Ctx, v: Value) -> Option<Delta> {
    is(cx, v, &TIMEDELTA).then(|| delta(v))
}

fn words(d: Delta) -> [Value; 3] {
    [d.days, d.seconds, d.micros].map(|n| Value::small(n as i32))
}

/// A timedelta of a duration that is in range.
#[inline]
pub fn make(cx: &mut Ctx, d: Delta) -> Value {
    cx.new_object(&TIMEDELTA, &words(d))
}

/// A timedelta, or an OverflowError.
#[inline]
pub fn made(cx: &mut Ctx, d: Delta) -> PyResult {
    check(cx, d)?;
    Ok(make(cx, d))
}

fn check(cx: &mut Ctx, d: Delta) -> Res<()> {
    if d.in_range() {
        return Ok(());
    }
    Err(cx.overflow_error(format!("days={}; must have magnitude <= 999999999", d.days)))
}

/// A duration of so many microseconds.
fn from_micros(cx: &mut Ctx, n: Option<i128>) -> Res<Delta> {
    match n.and_then(Delta::from_micros) {
        Some(d) => {
            check(cx, d)?;
            Ok(d)
        }
        None => Err(cx.overflow_error("Python int too large to convert to C int")),
    }
}

fn made_of_micros(cx: &mut Ctx, n: Option<i128>) -> PyResult {
    let d = from_micros(cx, n)?;
    Ok(make(cx, d))
}

/// Seconds as a float, correctly rounded.
pub fn total_seconds(cx: &mut Ctx, d: Delta) -> Res<f64> {
    let n = d.to_micros();
    if n.unsigned_abs() <= 1 << 53 {
        return Ok(n as f64 / SECOND as f64);
    }
    let n = int::from_i128(cx, n);
    int::truediv(n, Value::small(SECOND as i32)).map_err(|e| engine::objects::raise_int(cx, e, "/"))
}

/// A sum of microseconds: what fits, what does not, and the parts of microseconds that floats leave.
#[derive(Default)]
struct Sum {
    whole: i128,
    big: Option<BigInt>,
    rest: f64,
}

impl Sum {
    fn add(&mut self, n: i128, factor: i64) {
        match n.checked_mul(factor.into()).and_then(|n| n.checked_add(self.whole)) {
            Some(sum) => self.whole = sum,
            None => self.add_big(BigInt::from(n), factor),
        }
    }

    fn add_big(&mut self, n: BigInt, factor: i64) {
        *self.big.get_or_insert_with(BigInt::default) += n * factor;
    }

    /// A float that is whole.
    fn add_whole(&mut self, cx: &mut Ctx, x: f64, factor: i64) -> Res<()> {
        if x.abs() < 1e30 {
            self.add(x as i128, factor);
            return Ok(());
        }
        match pynumeric::float::to_bigint(x) {
            Ok(n) => {
                self.add_big(n, factor);
                Ok(())
            }
            Err(_) if x.is_nan() => Err(cx.value_error("cannot convert float NaN to integer")),
            Err(_) => Err(cx.overflow_error("cannot convert float infinity to integer")),
        }
    }

    /// Adds an argument in units of so many microseconds.
    fn add_value(&mut self, cx: &mut Ctx, name: &str, v: Value, factor: i64) -> Res<()> {
        let v = objects::base_value(cx, v);
        if let Some(n) = int::to_i128(v) {
            self.add(n, factor);
        } else if let Some(n) = int::to_big(v) {
            self.add_big(n, factor);
        } else if let Some(x) = float::of(v) {
            let whole = x.trunc();
            self.add_whole(cx, whole, factor)?;
            if x != whole {
                let more = factor as f64 * (x - whole);
                self.add_whole(cx, more.trunc(), 1)?;
                self.rest += more - more.trunc();
            }
        } else {
            let got = type_name(cx, v);
            return Err(cx.type_error(format!("unsupported type for timedelta {name} component: {got}")));
        }
        Ok(())
    }

    /// The sum, rounded half to even.
    fn total(mut self) -> Option<i128> {
        if let Some(big) = self.big.take() {
            self.whole = i128::try_from(big + self.whole).ok()?;
        }
        if self.rest != 0.0 {
            let mut near = self.rest.round();
            if (near - self.rest).abs() == 0.5 {
                let odd = if self.whole & 1 == 1 { 1.0 } else { 0.0 };
                near = 2.0 * ((self.rest + odd) * 0.5).round() - odd;
            }
            self.whole = self.whole.checked_add(near as i128)?;
        }
        Some(self.whole)
    }
}

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

static PARAMS: Params = Params {
    function: "__new__()",
    this: "__new__()",
    names: &["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"],
    required: 0,
    positional: 7,
    ints: 0,
    fold: false,
};

/// The parameters in the order in which they are added up: place, microseconds.
const UNITS: [(usize, i64); 7] =
    [(2, 1), (3, 1000), (1, SECOND), (4, MINUTE), (5, HOUR), (0, DAY_MICROS), (6, 7 * DAY_MICROS)];

fn new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let class = args::class(cx, class)?;
    let words = PARAMS.bind(cx, args)?;
    // Days and seconds alone, which is what most are made of.
    if let [Some(days), seconds, None, None, None, None, None] = std::array::from_fn(|i| words[i].non_empty())
        && let (Some(days), Some(seconds)) = (days.as_int(), seconds.unwrap_or(Value::small(0)).as_int())
        && days.abs() <= MAX_DAYS
    {
        let d = Delta::new(days, seconds, 0);
        check(cx, d)?;
        return Ok(new_with_slots(cx, class, &self::words(d)));
    }
    let mut sum = Sum::default();
    for (i, factor) in UNITS {
        if let Some(v) = words[i].non_empty() {
            match v.as_int() {
                Some(n) => sum.add(n.into(), factor),
                None => sum.add_value(cx, PARAMS.names[i], v, factor)?,
            }
        }
    }
    let d = from_micros(cx, sum.total())?;
    Ok(new_with_slots(cx, class, &self::words(d)))
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let d = delta(v);
    let parts = [("days", d.days), ("seconds", d.seconds), ("microseconds", d.micros)];
    let shown: Vec<String> = parts.iter().filter(|p| p.1 != 0).map(|(name, n)| format!("{name}={n}")).collect();
    let shown = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
    let name = type_name(cx, v);
    Ok(Str::new(cx, &format!("{name}({shown})")))
}

/// `days, H:MM:SS.ffffff`.
fn str_(cx: &mut Ctx, v: Value) -> PyResult {
    let d = delta(v);
    let mut text = String::with_capacity(48);
    if d.days != 0 {
        push_number(&mut text, d.days);
        text.push_str(if d.days.abs() == 1 { " day, " } else { " days, " });
    }
    push_number(&mut text, d.seconds / 3600);
    let mut rest = Text::new();
    for part in [d.seconds / 60 % 60, d.seconds % 60] {
        rest.push(b':');
        rest.number(part, 2);
    }
    if d.micros != 0 {
        rest.push(b'.');
        rest.number(d.micros, 6);
    }
    text.extend(rest.as_bytes().iter().map(|&b| char::from(b)));
    Ok(Str::new(cx, &text))
}

/// The hash of the tuple of the three numbers.
pub fn hash_delta(d: Delta) -> i64 {
    let mut h = TupleHash::new();
    for n in [d.days, d.seconds, d.micros] {
        h.add(int::hash_i64(n));
    }
    h.finish()
}

fn hash(_: &mut Ctx, v: Value) -> PyResult<i64> {
    Ok(hash_delta(delta(v)))
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    match delta_of(cx, b) {
        Some(d) => Ok(Value::bool(op.test(delta(a).cmp(&d)))),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn both(cx: &mut Ctx, a: Value, b: Value) -> Option<(Delta, Delta)> {
    Some((delta_of(cx, a)?, delta_of(cx, b)?))
}

fn add(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    match both(cx, a, b) {
        Some((x, y)) => made(cx, x + y),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn sub(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    match both(cx, a, b) {
        Some((x, y)) => made(cx, x - y),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// A number that a duration is multiplied with or divided by: an int, or numerator and denominator of a float.
enum Factor {
    Int(Value),
    Ratio(BigInt, BigInt),
}

fn factor(cx: &mut Ctx, v: Value) -> Res<Option<Factor>> {
    let base = objects::base_value(cx, v);
    if int::is(base) {
        return Ok(Some(Factor::Int(base)));
    }
    let Some(x) = float::of(base) else { return Ok(None) };
    if float::of(v).is_none() {
        return ratio_of_subclass(cx, v).map(Some);
    }
    match pynumeric::float::as_integer_ratio(x) {
        Ok((n, d)) => Ok(Some(Factor::Ratio(n, d))),
        Err(_) if x.is_nan() => Err(cx.value_error("cannot convert NaN to integer ratio")),
        Err(_) => Err(cx.overflow_error("cannot convert Infinity to integer ratio")),
    }
}

/// What a subclass of float says that its ratio is.
fn ratio_of_subclass(cx: &mut Ctx, v: Value) -> Res<Factor> {
    let name = cx.intern(b"as_integer_ratio");
    let pair = protocol::call_method(cx, v, name, &[])?;
    let Some(pair) = Tuple::of_sub(cx, pair) else {
        let got = type_name(cx, pair);
        return Err(
            cx.type_error(format!("unexpected return type from as_integer_ratio(): expected tuple, not '{got}'"))
        );
    };
    if pair.len() != 2 {
        return Err(cx.value_error("as_integer_ratio() must return a 2-tuple"));
    }
    let part = |cx: &mut Ctx, i| match int::to_big(objects::base_value(cx, pair.get(i))) {
        Some(n) => Ok(n),
        None => Err(cx.type_error("non-integer arguments in division")),
    };
    Ok(Factor::Ratio(part(cx, 0)?, part(cx, 1)?))
}

#[cold]
fn by_zero(cx: &mut Ctx) -> Raised {
    cx.raise(Exc::ZeroDivisionError, "division by zero")
}

/// `n / d`, rounded half to even.
fn nearest(cx: &mut Ctx, n: &BigInt, d: &BigInt) -> Res<Option<i128>> {
    let zero = BigInt::default();
    if *d == zero {
        return Err(by_zero(cx));
    }
    let (q, r) = match pynumeric::int::divmod(n, d) {
        Ok(both) => both,
        Err(_) => return Err(by_zero(cx)),
    };
    // The remainder has the sign of `d`.
    let twice: BigInt = &r * 2;
    let (twice, whole) = if *d < zero { (-twice, -d) } else { (twice, d.clone()) };
    let odd = &q % 2 != zero;
    let up = twice > whole || twice == whole && odd;
    Ok(i128::try_from(if up { q + 1 } else { q }).ok())
}

/// The same of machine words.
fn nearest_small(n: i128, d: i128) -> i128 {
    let (q, r) = (n.div_euclid(d), n.rem_euclid(d));
    // The remainder is not negative; the quotient is rounded down for a positive divisor and up for a negative one.
    let step = if d < 0 { -1 } else { 1 };
    let twice = 2 * r;
    if twice > d.abs() || twice == d.abs() && q & 1 == 1 { q + step } else { q }
}

fn mul(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (d, f) = match (delta_of(cx, a), delta_of(cx, b)) {
        (Some(d), None) => (d, factor(cx, b)?),
        (None, Some(d)) => (d, factor(cx, a)?),
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    match f {
        Some(Factor::Int(n)) => {
            let n = int::to_i64(n).and_then(|n| d.to_micros().checked_mul(n.into()));
            made_of_micros(cx, n.or_else(|| (d == Delta::default()).then_some(0)))
        }
        Some(Factor::Ratio(n, m)) => {
            let n = nearest(cx, &(n * d.to_micros()), &m)?;
            made_of_micros(cx, n)
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn truediv(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some(d) = delta_of(cx, a) else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(e) = delta_of(cx, b) {
        let (n, m) = (int::from_i128(cx, d.to_micros()), int::from_i128(cx, e.to_micros()));
        return protocol::truediv(cx, n, m);
    }
    match factor(cx, b)? {
        Some(Factor::Int(n)) => {
            if int::sign(n) == 0 {
                return Err(by_zero(cx));
            }
            if let Some(n) = int::to_i64(n) {
                return made_of_micros(cx, Some(nearest_small(d.to_micros(), n.into())));
            }
            let q = nearest(cx, &BigInt::from(d.to_micros()), &int::to_big(n).unwrap_or_default())?;
            made_of_micros(cx, q)
        }
        Some(Factor::Ratio(n, m)) => {
            let q = nearest(cx, &(m * d.to_micros()), &n)?;
            made_of_micros(cx, q)
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Quotient and remainder of microseconds, rounded down.
fn floor(cx: &mut Ctx, n: i128, m: i128) -> Res<(i128, i128)> {
    if m == 0 {
        return Err(by_zero(cx));
    }
    let (q, r) = (n / m, n % m);
    Ok(if r != 0 && (r < 0) != (m < 0) { (q - 1, r + m) } else { (q, r) })
}

fn floordiv(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some(d) = delta_of(cx, a) else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(e) = delta_of(cx, b) {
        let (q, _) = floor(cx, d.to_micros(), e.to_micros())?;
        return Ok(int::from_i128(cx, q));
    }
    let n = objects::base_value(cx, b);
    if !int::is(n) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let q = match int::to_i64(n) {
        Some(n) => floor(cx, d.to_micros(), n.into())?.0,
        // Far more than there are microseconds.
        None if d == Delta::default() || (d.days < 0) == (int::sign(n) < 0) => 0,
        None => -1,
    };
    made_of_micros(cx, Some(q))
}

fn mod_(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some((d, e)) = both(cx, a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    let (_, r) = floor(cx, d.to_micros(), e.to_micros())?;
    made_of_micros(cx, Some(r))
}

fn divmod(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some((d, e)) = both(cx, a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    let (q, r) = floor(cx, d.to_micros(), e.to_micros())?;
    let r = made_of_micros(cx, Some(r))?;
    let q = int::from_i128(cx, q);
    Ok(Tuple::new(cx, &[q, r]))
}

/// Class attributes.
pub fn init(cx: &mut Ctx) {
    for (name, d) in [("min", Delta::MIN), ("max", Delta::MAX), ("resolution", Delta::new(0, 0, 1))] {
        let v = make(cx, d);
        args::set_class_attr(cx, &TIMEDELTA, name, v);
    }
}
