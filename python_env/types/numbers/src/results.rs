//! Small helpers of the number types.

use std::cmp::Ordering;

use engine::prelude::*;
use engine::protocol;
use pytext::format::FormatError;

/// The name of `v`'s type, for messages.
pub fn type_name(cx: &mut Ctx, v: Value) -> String {
    types::type_name(cx, v)
}

/// Whether `order` satisfies `op`.
pub fn holds(op: CmpOp, order: Ordering) -> bool {
    match op {
        CmpOp::Lt => order.is_lt(),
        CmpOp::Le => order.is_le(),
        CmpOp::Eq => order.is_eq(),
        CmpOp::Ne => order.is_ne(),
        CmpOp::Gt => order.is_gt(),
        CmpOp::Ge => order.is_ge(),
    }
}

/// `repr(v)`, shortened for messages as CPython does (200 characters).
pub fn repr_text(cx: &mut Ctx, v: Value) -> Res<String> {
    let r = protocol::repr(cx, v)?;
    let Some(s) = Str::of_sub(cx, r) else { return Ok(String::new()) };
    Ok(pytext::wtf8::carry(pytext::wtf8::slice(s.as_bytes(), 0, 200)).into_owned())
}

/// The outcome of a `__format__` as a str.
pub fn formatted(cx: &mut Ctx, done: Result<Vec<u8>, FormatError>) -> PyResult {
    match done {
        Ok(bytes) => {
            cx.make_room(bytes.len())?;
            Str::wish(cx, &bytes)
        }
        Err(e) => Err(protocol::format_error(cx, e)),
    }
}
