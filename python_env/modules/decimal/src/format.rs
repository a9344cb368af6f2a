//! `Decimal.__format__`.

use crate::context;
use crate::convert;
use crate::core::arith;
use crate::core::functions::round_digits;
use crate::core::number::{Dec, Env, MAX_PREC, Status, status};
use crate::core::text::{self, Spec, SpecError};
use crate::ops;
use crate::value;
use engine::exceptions;
use engine::prelude::*;

/// `Decimal.__format__(spec, override=None)`; the second argument is a dict that stands for the locale.
pub fn format(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let Some(spec) = Str::of_sub(cx, args[1]) else { return Err(cx.type_error("format arg must be str")) };
    let ctx = context::current(cx)?;
    let given = match args.get(2) {
        None => None,
        Some(d) => match Dict::of_sub(cx, d) {
            Some(d) => Some(d),
            None => return Err(cx.type_error("optional argument must be a dict")),
        },
    };
    let capitals = context::capitals(ctx);
    if spec.is_empty() {
        let text = convert::to_text(cx, v, false, capitals)?;
        return ops::text(cx, &text);
    }
    let mut spec = match Spec::parse(spec.as_bytes()) {
        Ok(spec) => spec,
        Err(SpecError::Syntax) => return Err(cx.value_error("invalid format string")),
        Err(SpecError::TooLarge) => return Err(cx.overflow_error("cannot fit 'int' into an index-sized integer")),
    };
    if spec.kind == b'N' {
        let text = "Format specifier 'N' is deprecated and slated for removal in Python 3.18";
        exceptions::warn(cx, Exc::DeprecationWarning, text, 1)?;
    }
    if matches!(spec.kind, b'n' | b'N') || given.is_some() {
        convert::localize(cx, &mut spec, given)?;
    }
    let limit = MAX_PREC as u64;
    if spec.width as u64 > limit || spec.precision.is_some_and(|p| p > limit) {
        return Err(cx.value_error("format specification exceeds internal limits of _decimal"));
    }
    cx.make_room_for(spec.width, spec.fill.len().max(4))?;
    let d = value::load(v);
    let env = Env { round: context::env(ctx).round, ..Env::max(proto_core::memory::room_for) };
    let mut met = 0;
    let rounded = rounded(&d, &mut spec, &env, &mut met);
    let Some(d) = rounded.filter(|_| met & status::NO_MEMORY == 0) else { return Err(cx.memory_error()) };
    // Zeros that the number does not have: up to the point, or behind that of a zero.
    let zeros = match spec.kind {
        b'f' | b'F' | b'%' => d.exp.unsigned_abs(),
        b'e' | b'E' if d.is_zero() => spec.precision.unwrap_or(0),
        _ => 0,
    };
    let length = d.coef.digits().saturating_add(zeros);
    if d.is_finite() && !env.fits(length, &mut met) {
        return Err(cx.memory_error());
    }
    let out = text::format(&d, &spec, capitals);
    Str::wish(cx, &out)
}

/// The number as the specification rounds it; `None` where there is no room.
fn rounded(d: &Dec, spec: &mut Spec, env: &Env, met: &mut Status) -> Option<Dec> {
    let mut d = d.clone();
    if !d.is_finite() {
        return Some(d);
    }
    let kind = spec.kind.to_ascii_lowercase();
    if kind == b'%' {
        d.exp += 2;
    }
    let fixed = matches!(kind, b'f' | b'%');
    if let Some(p) = spec.precision {
        match kind {
            b'e' if !d.coef.is_zero() => d = round_digits(&d, p + 1, env, met)?,
            b'e' => {}
            b'f' | b'%' => (d, _) = arith::rescale(&d, -(p as i64), env, met)?,
            _ if d.coef.digits() > p.max(1) => d = round_digits(&d, p.max(1), env, met)?,
            _ => {}
        }
    }
    if fixed && d.coef.is_zero() && d.exp > 0 {
        d.exp = 0;
    }
    Some(d)
}
