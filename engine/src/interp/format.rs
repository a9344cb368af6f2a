//! Formatting of f-strings and template strings.

use proto_core::Value;

use super::dispatch::*;
use crate::ctx::{Ctx, PyResult};
use crate::protocol;

ops! {
    format_value(pc, base, cx, table) {
        let v = get(base, pc.src());
        if v.is_str() && pc.how() <= 1 {
            set(base, pc.dst(), v);
            next!(pc.next(), base, cx, table)
        }
        if v.is_int() {
            set(base, pc.dst(), protocol::decimal(&*cx, v.int_unchecked()));
            next!(pc.next(), base, cx, table)
        }
        let cxr = publish(pc, base, cx);
        let r = convert_and_format(cxr, v, pc.how(), EMPTY_STR);
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    convert_value(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = convert(cxr, get(base, pc.src()), pc.how());
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    format_with_spec(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = protocol::format(cxr, get(base, pc.left()), get(base, pc.right()));
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    build_interpolation(pc, base, cx, table) {
        let at = pc.first();
        let cxr = publish(pc, base, cx);
        let r = interpolation(cxr, get(base, at), get(base, at + 1), pc.count(), get(base, at + 2));
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    build_template(pc, base, cx, table) {
        let at = pc.first();
        let cxr = publish(pc, base, cx);
        let r = template(cxr, get(base, at), get(base, at + 1));
        finish!(r, pc.dst(), pc, base, cx, table)
    }
}

const EMPTY_STR: Value = match Value::short_str(b"") {
    Some(v) => v,
    None => Value::NONE,
};

fn letter(byte: u8) -> Value {
    Value::short_str(&[byte]).unwrap_or(Value::NONE)
}

#[inline(never)]
fn convert(cx: &mut Ctx, v: Value, conversion: usize) -> PyResult {
    match conversion {
        1 => protocol::str(cx, v),
        2 => protocol::repr(cx, v),
        3 => protocol::ascii(cx, v),
        _ => Ok(v),
    }
}

#[inline(never)]
fn convert_and_format(cx: &mut Ctx, v: Value, conversion: usize, spec: Value) -> PyResult {
    let v = convert(cx, v, conversion)?;
    if v.is_str() {
        return Ok(v);
    }
    protocol::format(cx, v, spec)
}

#[inline(never)]
fn interpolation(cx: &mut Ctx, v: Value, expression: Value, conversion: usize, spec: Value) -> PyResult {
    let conversion = match conversion {
        1 => letter(b's'),
        2 => letter(b'r'),
        3 => letter(b'a'),
        _ => Value::NONE,
    };
    template_part(cx, b"templatelib.Interpolation", &[v, expression, conversion, spec])
}

#[inline(never)]
fn template(cx: &mut Ctx, strings: Value, interpolations: Value) -> PyResult {
    template_part(cx, b"templatelib.Template", &[strings, interpolations])
}

/// Calls one of the constructors that the library registers for template strings.
#[inline(never)]
fn template_part(cx: &mut Ctx, which: &[u8], args: &[Value]) -> PyResult {
    let name = cx.intern(which);
    match cx.rt.state(cx).get_str(name) {
        Some(f) => protocol::call(cx, f, args),
        None => Err(cx.system_error("template strings are not available")),
    }
}
