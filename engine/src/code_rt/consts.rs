//! Constants of code objects as values: shared from birth; their code keeps them alive.

use engine_code::Const;
use num_bigint::{BigInt, Sign};
use proto_core::{Heap, Value};

use crate::objects::{self, Bytes, Set, Slice, Str, Tuple};

/// The shared tuple of a code object's constants; code among them is `EMPTY`.
pub fn build(heap: &Heap, consts: &[Const]) -> Value {
    let tuple = tuple_of(heap, consts);
    heap.promote(tuple);
    tuple
}

/// Where a tuple's items are.
pub fn items(tuple: Value) -> *const Value {
    (tuple.addr() + 8 * objects::layout::TUPLE_ITEMS) as *const Value
}

fn tuple_of(heap: &Heap, consts: &[Const]) -> Value {
    Tuple::build(heap, consts.len(), |i| value(heap, &consts[i]))
}

fn value(heap: &Heap, c: &Const) -> Value {
    match c {
        Const::None => Value::NONE,
        Const::True => Value::TRUE,
        Const::False => Value::FALSE,
        Const::Ellipsis => Value::ELLIPSIS,
        Const::Int(n) => objects::int::from_i64(heap, *n),
        Const::BigInt { negative, magnitude } => {
            let sign = if *negative { Sign::Minus } else { Sign::Plus };
            objects::int::from_big(heap, BigInt::from_bytes_le(sign, magnitude))
        }
        Const::Float(x) => heap.float(*x),
        Const::Complex(re, im) => crate::types::complex_value(heap, *re, *im),
        Const::Str(s) => string(heap, s.as_bytes()),
        Const::Bytes(b) => Bytes::new(heap, b),
        Const::Tuple(items) => tuple_of(heap, items),
        Const::FrozenSet(items) => {
            let set = Set::new_frozen(heap);
            for item in items.iter() {
                let v = value(heap, item);
                set.add_simple(heap, v);
            }
            set.value()
        }
        Const::Slice(parts) => Slice::new(heap, value(heap, &parts[0]), value(heap, &parts[1]), value(heap, &parts[2])),
        Const::Code(_) => Value::EMPTY,
    }
}

/// Strings that look like identifiers are interned, as CPython does, so that they match names by identity.
fn string(heap: &Heap, bytes: &[u8]) -> Value {
    if bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') {
        heap.intern(bytes)
    } else {
        Str::from_wtf8(heap, bytes)
    }
}
