//! Contexts: the type `Context`, the current one, and signals raised through them.
//!
//! Native slots: 0 prec, 1 Emax, 2 Emin, 3 rounding, clamp and capitals, 4 traps, 5 flags (all ints), 6 and 7 the dicts `flags` and
//! `traps` once somebody has asked for them. A context may be shared: each slot is a word that is read and written as a whole.

use crate::core::number::{Env, MAX_PREC, MIN_EMIN, Round, Status, status};
use crate::signal_dict::{self, Side};
use crate::signals;
use engine::objects::{List, Obj, Tuple};
use engine::prelude::*;
use modules_data::contextvars;
use std::cell::Cell;

const PREC: usize = 0;
const EMAX: usize = 1;
const EMIN: usize = 2;
const MODE: usize = 3;
/// The slot of the traps.
pub const TRAPS: usize = 4;
/// The slot of the flags.
pub const FLAGS: usize = 5;
const FLAG_DICT: usize = 6;
const TRAP_DICT: usize = 7;

const CLAMP: i64 = 8;
const CAPITALS: i64 = 16;

/// The names of the rounding modes, by number.
pub const ROUNDINGS: [&str; 8] = [
    "ROUND_UP",
    "ROUND_DOWN",
    "ROUND_CEILING",
    "ROUND_FLOOR",
    "ROUND_HALF_UP",
    "ROUND_HALF_DOWN",
    "ROUND_HALF_EVEN",
    "ROUND_05UP",
];

const BAD_ROUNDING: &str = "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]";

/// What a context starts with.
pub struct Start {
    /// prec
    pub prec: i64,
    /// Emax
    pub emax: i64,
    /// Emin
    pub emin: i64,
    /// rounding
    pub round: Round,
    /// clamp
    pub clamp: bool,
    /// traps
    pub traps: Status,
}

const DEFAULT: Start = Start {
    prec: 28,
    emax: 999_999,
    emin: -999_999,
    round: Round::HalfEven,
    clamp: false,
    traps: status::INVALID | status::DIVISION_BY_ZERO | status::OVERFLOW,
};

fn words(s: &Start) -> [Value; 6] {
    let mode = s.round as i64 | if s.clamp { CLAMP } else { 0 } | CAPITALS;
    let word = |n: i64| Value::int(n).unwrap_or(Value::small(0));
    [word(s.prec), word(s.emax), word(s.emin), word(mode), word(i64::from(s.traps)), Value::small(0)]
}

/// A new context.
pub fn new(cx: &mut Ctx, s: &Start) -> Value {
    let w = words(s);
    cx.new_object(&CONTEXT, &w)
}

/// The contexts that programs copy.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Template {
    /// `DefaultContext`
    Default,
    /// `BasicContext`
    Basic,
    /// `ExtendedContext`
    Extended,
}

/// One of the contexts that programs copy; there is one of each.
pub fn template(cx: &mut Ctx, which: Template) -> PyResult {
    let (key, start) = match which {
        Template::Default => ("decimal.DefaultContext", DEFAULT),
        Template::Basic => (
            "decimal.BasicContext",
            Start {
                prec: 9,
                round: Round::HalfUp,
                traps: DEFAULT.traps | status::CLAMPED | status::UNDERFLOW,
                ..DEFAULT
            },
        ),
        Template::Extended => ("decimal.ExtendedContext", Start { prec: 9, traps: 0, ..DEFAULT }),
    };
    singleton(cx, key, |cx| Ok(new(cx, &start)))
}

/// The one object of a process that `make` makes.
pub fn singleton(cx: &mut Ctx, key: &str, make: impl FnOnce(&mut Ctx) -> PyResult) -> PyResult {
    let key = cx.intern(key.as_bytes());
    let state = cx.rt.state(cx);
    if let Some(v) = state.get_str(key) {
        return Ok(v);
    }
    let v = make(cx)?;
    state.set_default(cx, key, v)
}

thread_local! {
    /// The current context of this thread, valid while its context variables are as they were. The variable's value keeps it alive.
    static CURRENT: Cell<(u64, u64, Value)> = const { Cell::new((0, 0, Value::EMPTY)) };
}

/// The current context.
#[inline]
pub fn current(cx: &mut Ctx) -> PyResult {
    let (changes, ident, v) = CURRENT.get();
    if changes == contextvars::changes() && ident == cx.ident && !v.is_empty() {
        return Ok(v);
    }
    look_up(cx)
}

fn variable(cx: &mut Ctx) -> PyResult {
    singleton(cx, "decimal.context", |cx| contextvars::new_variable(cx, "decimal_context"))
}

#[cold]
#[inline(never)]
fn look_up(cx: &mut Ctx) -> PyResult {
    let var = variable(cx)?;
    let v = match contextvars::value_of(cx, var)? {
        Some(v) => v,
        None => {
            let start = template(cx, Template::Default)?;
            let fresh = copy(cx, start, false);
            contextvars::set_value(cx, var, fresh)?;
            fresh
        }
    };
    CURRENT.set((contextvars::changes(), cx.ident, v));
    Ok(v)
}

/// Makes `v`, or a copy of it if it is a template, the current context.
pub fn set_current(cx: &mut Ctx, v: Value) -> PyResult<()> {
    if !cx.is_def(v, &CONTEXT) {
        return Err(cx.type_error("argument must be a context"));
    }
    let mut v = v;
    for which in [Template::Default, Template::Basic, Template::Extended] {
        if template(cx, which)? == v {
            v = copy(cx, v, false);
            break;
        }
    }
    let var = variable(cx)?;
    contextvars::set_value(cx, var, v)
}

/// The context that an optional argument names.
#[inline]
pub fn given(cx: &mut Ctx, v: Option<Value>) -> PyResult {
    match v {
        None => current(cx),
        Some(v) if v == Value::NONE => current(cx),
        Some(v) if cx.is_def(v, &CONTEXT) => Ok(v),
        Some(_) => Err(cx.type_error("optional argument must be a context")),
    }
}

#[inline]
fn word(o: Obj, i: usize) -> i64 {
    o.at(i).as_int().unwrap_or(0)
}

#[inline]
fn object(v: Value) -> Option<Obj> {
    Obj::of(v)
}

fn number(v: Value, i: usize) -> i64 {
    object(v).map_or(0, |o| word(o, i))
}

/// What the arithmetic must know of a context.
#[inline]
pub fn env(v: Value) -> Env {
    let room = proto_core::memory::room_for;
    match object(v) {
        Some(o) => {
            let mode = word(o, MODE);
            Env {
                prec: word(o, PREC).max(1),
                emax: word(o, EMAX),
                emin: word(o, EMIN),
                round: Round::ALL[(mode & 7) as usize],
                clamp: mode & CLAMP != 0,
                room,
            }
        }
        None => Env::max(room),
    }
}

/// Whether exponents have a capital E.
pub fn capitals(v: Value) -> bool {
    number(v, MODE) & CAPITALS != 0
}

/// The flags or traps of a context.
pub fn bits(v: Value, slot: usize) -> Status {
    number(v, slot) as Status
}

/// Changes the flags or traps.
pub fn change_bits(cx: &Ctx, v: Value, slot: usize, f: impl Fn(Status) -> Status) {
    let Some(o) = object(v) else { return };
    loop {
        let old = o.at(slot);
        let fresh = Value::int(i64::from(f(old.as_int().unwrap_or(0) as Status))).unwrap_or(old);
        if fresh == old || o.cas_slot(cx, slot, old, fresh).is_ok() {
            return;
        }
    }
}

/// Records what an operation met, and raises what is trapped.
#[inline]
pub fn signal(cx: &mut Ctx, v: Value, met: Status) -> PyResult<()> {
    if met == 0 { Ok(()) } else { signal_some(cx, v, met) }
}

#[inline(never)]
fn signal_some(cx: &mut Ctx, v: Value, met: Status) -> PyResult<()> {
    let kept = met & !status::NO_MEMORY;
    if bits(v, FLAGS) | kept != bits(v, FLAGS) {
        change_bits(cx, v, FLAGS, |old| old | kept);
    }
    let raised = met & (bits(v, TRAPS) | status::NO_MEMORY);
    if raised != 0 { Err(signals::raise(cx, raised)) } else { Ok(()) }
}

/// A copy, with the flags or without.
pub fn copy(cx: &mut Ctx, v: Value, with_flags: bool) -> Value {
    let mut w = [Value::small(0); 6];
    if let Some(o) = object(v) {
        for (i, slot) in w.iter_mut().enumerate() {
            *slot = o.at(i);
        }
    }
    if !with_flags {
        w[FLAGS] = Value::small(0);
    }
    cx.new_object(&CONTEXT, &w)
}

fn store(cx: &Ctx, v: Value, slot: usize, n: i64) {
    if let (Some(o), Some(n)) = (object(v), Value::int(n)) {
        o.set_slot(cx, slot, n);
    }
}

/// An int of a machine word.
pub fn integer(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    if !int::is_sub(cx, v) {
        return Err(cx.type_error("an integer is required"));
    }
    let base = objects::base_value(cx, v);
    match int::to_i64(base) {
        Some(n) => Ok(n),
        None => Err(cx.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// The rounding mode that a string names.
pub fn rounding(cx: &mut Ctx, v: Value) -> PyResult<Round> {
    if let Some(s) = Str::of_sub(cx, v)
        && let Some(i) = ROUNDINGS.iter().position(|r| r.as_bytes() == s.as_bytes())
    {
        return Ok(Round::ALL[i]);
    }
    Err(cx.type_error(BAD_ROUNDING))
}

fn set_number(cx: &mut Ctx, v: Value, slot: usize, to: Value) -> PyResult<()> {
    let n = integer(cx, to)?;
    let (range, message) = match slot {
        PREC => (1..=MAX_PREC, "valid range for prec is [1, MAX_PREC]"),
        EMAX => (0..=MAX_PREC, "valid range for Emax is [0, MAX_EMAX]"),
        _ => (MIN_EMIN..=0, "valid range for Emin is [MIN_EMIN, 0]"),
    };
    if !range.contains(&n) {
        return Err(cx.value_error(message));
    }
    store(cx, v, slot, n);
    Ok(())
}

fn set_mode(cx: &mut Ctx, v: Value, bit: i64, to: Value) -> PyResult<()> {
    let n = integer(cx, to)?;
    if !(0..=1).contains(&n) {
        let what = if bit == CLAMP { "clamp" } else { "capitals" };
        return Err(cx.value_error(format!("valid values for {what} are 0 or 1")));
    }
    let mode = number(v, MODE);
    store(cx, v, MODE, if n == 1 { mode | bit } else { mode & !bit });
    Ok(())
}

fn set_rounding(cx: &mut Ctx, v: Value, to: Value) -> PyResult<()> {
    let round = rounding(cx, to)?;
    store(cx, v, MODE, number(v, MODE) & !7 | round as i64);
    Ok(())
}

/// The dict of flags or traps.
fn dict(cx: &mut Ctx, v: Value, side: Side) -> PyResult {
    let slot = if side == Side::Flags { FLAG_DICT } else { TRAP_DICT };
    let Some(o) = object(v) else { return Ok(Value::NONE) };
    if let Some(found) = o.slot(cx, slot).non_empty() {
        return Ok(found);
    }
    let fresh = signal_dict::new(cx, v, side)?;
    Ok(match o.cas_slot(cx, slot, Value::EMPTY, fresh) {
        Ok(()) => fresh,
        Err(first) => first,
    })
}

fn set_bits(cx: &mut Ctx, v: Value, slot: usize, to: Value, lists: bool) -> PyResult<()> {
    let bits = match List::of_sub(cx, to).filter(|_| lists) {
        Some(list) => {
            let mut bits = 0;
            for i in 0..list.len() {
                let Some(item) = list.get(i) else { break };
                match signals::bits_of(cx, item) {
                    Some(b) => bits |= b,
                    None => return Err(signal_dict::bad_key(cx)),
                }
            }
            bits
        }
        None => signal_dict::bits_of_mapping(cx, to)?,
    };
    change_bits(cx, v, slot, |_| bits);
    Ok(())
}

/// Sets attributes from arguments in the order of the constructor's; `None` leaves one alone.
pub fn set_attributes(cx: &mut Ctx, v: Value, args: &[Value]) -> PyResult<()> {
    for (i, &to) in args.iter().enumerate() {
        if to.is_empty() || to == Value::NONE {
            continue;
        }
        match i {
            0 => set_number(cx, v, PREC, to)?,
            1 => set_rounding(cx, v, to)?,
            2 => set_number(cx, v, EMIN, to)?,
            3 => set_number(cx, v, EMAX, to)?,
            4 => set_mode(cx, v, CAPITALS, to)?,
            5 => set_mode(cx, v, CLAMP, to)?,
            6 => set_bits(cx, v, FLAGS, to, true)?,
            _ => set_bits(cx, v, TRAPS, to, true)?,
        }
    }
    Ok(())
}

macro_rules! attribute {
    ($name:literal, $get:expr, $set:expr) => {
        GetSet::rw($name, |cx, v| $get(cx, v), |cx, v, to| $set(cx, v, to), "")
    };
}

fn context_new(cx: &mut Ctx, args: Args) -> PyResult {
    let template = template(cx, Template::Default)?;
    let o = cx.alloc_instance(args[0])?;
    if let Some(from) = object(template) {
        for i in [PREC, EMAX, EMIN, TRAPS] {
            o.set_slot(cx, i, from.at(i));
        }
        store(cx, o.value(), MODE, word(from, MODE) | CAPITALS);
        o.set_slot(cx, FLAGS, Value::small(0));
    }
    Ok(o.value())
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let e = env(v);
    let text = format!(
        "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags={}, traps={})",
        e.prec,
        ROUNDINGS[e.round as usize],
        e.emin,
        e.emax,
        i32::from(capitals(v)),
        i32::from(e.clamp),
        signals::names(bits(v, FLAGS)),
        signals::names(bits(v, TRAPS)),
    );
    Ok(Str::new(cx, &text))
}

/// `__reduce__`
pub fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let e = env(v);
    let class = types::type_of(cx, v).value();
    let (flags, traps) = (signals::list(cx, bits(v, FLAGS)), signals::list(cx, bits(v, TRAPS)));
    let round = Str::new(cx, ROUNDINGS[e.round as usize]);
    let (prec, emin, emax) = (int::from_i64(cx, e.prec), int::from_i64(cx, e.emin), int::from_i64(cx, e.emax));
    let (caps, clamp) = (Value::small(i32::from(capitals(v))), Value::small(i32::from(e.clamp)));
    let parts = Tuple::new(cx, &[prec, round, emin, emax, caps, clamp, flags, traps]);
    Ok(Tuple::new(cx, &[class, parts]))
}

/// `decimal.Context`
pub static CONTEXT: TypeDef = TypeDef {
    doc: "Precision, rounding, limits of exponents, and which signals raise.",
    flags: TypeFlags::BASETYPE,
    nnative: 8,
    text_signature: "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", context_new, "").hide_sig()),
    init: Some(NativeDef::new(
        "__init__",
        "($self, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
        |cx, args| {
            set_attributes(cx, args[0], args.from(1))?;
            Ok(Value::NONE)
        },
        "",
    )),
    slots: Slots {
        repr: Some(repr),
        setattr: Some(|cx, v, name, to| {
            if to.is_empty() {
                let message = "context attributes cannot be deleted";
                return Err(cx.attribute_error_with(message, v, name));
            }
            types::object_type::generic_setattr(cx, v, name, to)
        }),
        ..Slots::NONE
    },
    getsets: &[
        attribute!("prec", |cx, v| Ok(int::from_i64(cx, number(v, PREC))), |cx, v, to| set_number(cx, v, PREC, to)),
        attribute!("Emax", |cx, v| Ok(int::from_i64(cx, number(v, EMAX))), |cx, v, to| set_number(cx, v, EMAX, to)),
        attribute!("Emin", |cx, v| Ok(int::from_i64(cx, number(v, EMIN))), |cx, v, to| set_number(cx, v, EMIN, to)),
        attribute!("rounding", |cx, v| Ok(Str::new(cx, ROUNDINGS[(number(v, MODE) & 7) as usize])), set_rounding),
        attribute!("capitals", |_, v| Ok(Value::small(i32::from(capitals(v)))), |cx, v, to| set_mode(
            cx, v, CAPITALS, to
        )),
        attribute!("clamp", |_, v| Ok(Value::small(i32::from(number(v, MODE) & CLAMP != 0))), |cx, v, to| set_mode(
            cx, v, CLAMP, to
        )),
        attribute!("flags", |cx, v| dict(cx, v, Side::Flags), |cx, v, to| set_bits(cx, v, FLAGS, to, false)),
        attribute!("traps", |cx, v| dict(cx, v, Side::Traps), |cx, v, to| set_bits(cx, v, TRAPS, to, false)),
    ],
    methods: crate::context_methods::METHODS,
    ..TypeDef::new("decimal", "Context")
};

/// Native slots: 0 the context inside, 1 the one outside.
static MANAGER: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 2,
    methods: &[
        NativeDef::new(
            "__enter__",
            "($self, /)",
            |cx, args| {
                let inside = types::instance::native_slot(cx, args[0], 0);
                set_current(cx, inside)?;
                Ok(inside)
            },
            "",
        ),
        NativeDef::new(
            "__exit__",
            "($self, /, *args, **kwargs)",
            |cx, args| {
                let outside = types::instance::native_slot(cx, args[0], 1);
                set_current(cx, outside)?;
                Ok(Value::FALSE)
            },
            "",
        )
        .hide_sig(),
    ],
    ..TypeDef::new("decimal", "ContextManager")
};

const ATTRIBUTES: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

/// `localcontext(ctx=None, **kwargs)`
pub fn localcontext(cx: &mut Ctx, args: Args) -> PyResult {
    let outside = current(cx)?;
    let from = match args.some(0) {
        None => outside,
        Some(v) if cx.is_def(v, &CONTEXT) => v,
        Some(_) => return Err(cx.type_error("optional argument must be a context")),
    };
    let inside = copy(cx, from, true);
    if let Some(given) = args.get(1).and_then(Dict::of) {
        let mut sorted = [Value::EMPTY; 8];
        let mut pos = 0;
        while let Some((next, key, v)) = given.next_entry(pos) {
            pos = next;
            let name = protocol::text(cx, key);
            match ATTRIBUTES.iter().position(|a| *a == name) {
                Some(i) => sorted[i] = v,
                None => {
                    let message = format!("this function got an unexpected keyword argument '{name}'");
                    return Err(cx.type_error(message));
                }
            }
        }
        set_attributes(cx, inside, &sorted)?;
    }
    Ok(cx.new_object(&MANAGER, &[inside, outside]))
}

/// `IEEEContext(bits)`
pub fn ieee(cx: &mut Ctx, args: Args) -> PyResult {
    let bits = integer(cx, args[0])?;
    if !(32..=512).contains(&bits) || bits % 32 != 0 {
        return Err(cx.value_error("argument must be a multiple of 32, with a maximum of 512"));
    }
    let emax = 3 * (1 << (bits / 16 + 3));
    let start =
        Start { prec: 9 * (bits / 32) - 2, emax, emin: 1 - emax, round: Round::HalfEven, clamp: true, traps: 0 };
    Ok(new(cx, &start))
}
