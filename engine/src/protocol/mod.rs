//! Operations on any object, with CPython's semantics and messages. Everything here may run Python code unless it takes a
//! `&Heap` or `&Ctx`.

pub mod attr;
pub mod audit;
pub mod awaitable;
pub mod buffer;
pub mod call;
pub mod compare;
pub mod import;
pub mod instance;
pub mod iter;
pub mod number;
pub mod operators;
pub mod path;
pub mod sequence;
pub mod string;

pub use attr::{delattr, getattr, getattr_opt, hasattr, load_method, lookup_special, setattr};
pub use awaitable::get_awaitable_iter;
pub use buffer::{buffer_bytes, to_bytes};
pub use call::{call, call_args, call_ex, call_kw, call_method, call_method_kw, call_method_opt};
pub use compare::{compare, compare_bool, eq, hash, hash_for, richcompare};
pub use import::{import_attr, import_module};
pub use instance::{
    count_registration, is_instance, is_subclass, quick_is_instance, real_is_instance, real_is_subclass, registrations,
    remember_cached,
};
pub use iter::{each_of, for_each, iter, list_of, next, next_through, tuple_of};
pub use number::{
    abs, binary, c_int, float_value, index, index_clip, index_value, inplace, int_value, invert, neg, pos, pow, ssize,
    subscript_index, to_f64, unary,
};
pub use operators::{BinOp, add, and, divmod, floordiv, lshift, matmul, mod_, mul, or, rshift, sub, truediv, xor};
pub use path::{fs_path, fs_path_text};
pub use sequence::{
    check_length, contains, delitem, getitem, is_mapping, is_sequence, length, length_hint, setitem, truth,
};
pub use string::{
    ascii, decimal, dir, format, format_error, format_into, format_simple, hex_separator, make_room, repr, repr_enter,
    repr_leave, repr_lossy, repr_text, str, str_into, str_lossy, str_simple, text,
};

use crate::names::Names;
use crate::types::type_of;
use crate::{Ctx, PyResult};
use proto_core::Value;

/// A unary operation.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Neg,
    Pos,
    Invert,
}

/// A comparison, numbered as CPython's.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum CmpOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl CmpOp {
    /// The comparison with its operands exchanged.
    pub const fn swapped(self) -> CmpOp {
        match self {
            CmpOp::Lt => CmpOp::Gt,
            CmpOp::Le => CmpOp::Ge,
            CmpOp::Gt => CmpOp::Lt,
            CmpOp::Ge => CmpOp::Le,
            other => other,
        }
    }

    /// The operator's text.
    pub const fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// The dunder's interned name.
    pub fn dunder(self, names: &Names) -> Value {
        match self {
            CmpOp::Lt => names.__lt__,
            CmpOp::Le => names.__le__,
            CmpOp::Eq => names.__eq__,
            CmpOp::Ne => names.__ne__,
            CmpOp::Gt => names.__gt__,
            CmpOp::Ge => names.__ge__,
        }
    }

    /// What the comparison says about an ordering.
    pub const fn test(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CmpOp::Lt => ordering.is_lt(),
            CmpOp::Le => ordering.is_le(),
            CmpOp::Eq => ordering.is_eq(),
            CmpOp::Ne => ordering.is_ne(),
            CmpOp::Gt => ordering.is_gt(),
            CmpOp::Ge => ordering.is_ge(),
        }
    }
}

/// Raises RecursionError when the native stack runs out; `what` completes the message.
#[inline]
pub fn guard(cx: &mut Ctx, what: &str) -> PyResult<()> {
    if cx.is_stack_short() { Err(stack_overflow(cx, what)) } else { Ok(()) }
}

/// Raises RecursionError when there is no native stack left for another run of the interpreter.
#[inline]
pub fn enter_native(cx: &mut Ctx) -> PyResult<()> {
    guard(cx, "")
}

#[cold]
fn stack_overflow(cx: &mut Ctx, what: &str) -> crate::Raised {
    // Raising needs some stack itself: the limit lies well above the end.
    cx.raise(crate::exceptions::Exc::RecursionError, format!("maximum recursion depth exceeded{what}"))
}

/// What `id()` tells, and the texts of objects: the address; what has none has an odd number of its own.
pub fn id_of(v: Value) -> u128 {
    if v.is_ptr() { v.addr() as u128 } else { u128::from(v.bits()) << 1 | 1 }
}

/// [`id_of`] as an int.
pub fn id(heap: &proto_core::Heap, v: Value) -> Value {
    crate::objects::int::from_i128(heap, id_of(v) as i128)
}

/// Whether `v` is a `typing.TypeVarTuple`.
pub fn is_type_var_tuple(cx: &Ctx, v: Value) -> bool {
    type_of(cx, v).full_name(cx) == "typing.TypeVarTuple"
}

/// Whether `v` can be called.
pub fn is_callable(cx: &Ctx, v: Value) -> bool {
    type_of(cx, v).slots().call().is_some()
}
