//! The exceptions, which are also the names of signals and conditions.

use crate::core::number::{Status, status};
use engine::objects::List;
use engine::prelude::*;

macro_rules! exceptions {
    ($($name:ident $text:literal: $($base:expr),+;)*) => {
        $(
            /// The exception of that name.
            pub static $name: TypeDef = TypeDef {
                flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
                bases: &[$($base),+],
                ..TypeDef::new("decimal", $text)
            };
        )*
    };
}

exceptions! {
    DECIMAL_EXCEPTION "DecimalException": BaseRef::Exc(Exc::ArithmeticError);
    CLAMPED "Clamped": BaseRef::Def(&DECIMAL_EXCEPTION);
    ROUNDED "Rounded": BaseRef::Def(&DECIMAL_EXCEPTION);
    INEXACT "Inexact": BaseRef::Def(&DECIMAL_EXCEPTION);
    SUBNORMAL "Subnormal": BaseRef::Def(&DECIMAL_EXCEPTION);
    INVALID_OPERATION "InvalidOperation": BaseRef::Def(&DECIMAL_EXCEPTION);
    DIVISION_BY_ZERO "DivisionByZero": BaseRef::Def(&DECIMAL_EXCEPTION), BaseRef::Exc(Exc::ZeroDivisionError);
    OVERFLOW "Overflow": BaseRef::Def(&INEXACT), BaseRef::Def(&ROUNDED);
    UNDERFLOW "Underflow": BaseRef::Def(&INEXACT), BaseRef::Def(&ROUNDED), BaseRef::Def(&SUBNORMAL);
    FLOAT_OPERATION "FloatOperation": BaseRef::Def(&DECIMAL_EXCEPTION), BaseRef::Exc(Exc::TypeError);
    CONVERSION_SYNTAX "ConversionSyntax": BaseRef::Def(&INVALID_OPERATION);
    DIVISION_IMPOSSIBLE "DivisionImpossible": BaseRef::Def(&INVALID_OPERATION);
    DIVISION_UNDEFINED "DivisionUndefined": BaseRef::Def(&INVALID_OPERATION), BaseRef::Exc(Exc::ZeroDivisionError);
    INVALID_CONTEXT "InvalidContext": BaseRef::Def(&INVALID_OPERATION);
}

/// A signal: its exception and its bits.
#[derive(Copy, Clone)]
pub struct Signal {
    /// The exception.
    pub def: &'static TypeDef,
    /// The bits.
    pub bits: Status,
}

const fn signal(def: &'static TypeDef, bits: Status) -> Signal {
    Signal { def, bits }
}

/// The signals in the order of their dicts, which is also the order in which one of several is raised.
pub static SIGNALS: [Signal; 9] = [
    signal(&INVALID_OPERATION, status::INVALID),
    signal(&FLOAT_OPERATION, status::FLOAT_OPERATION),
    signal(&DIVISION_BY_ZERO, status::DIVISION_BY_ZERO),
    signal(&OVERFLOW, status::OVERFLOW),
    signal(&UNDERFLOW, status::UNDERFLOW),
    signal(&SUBNORMAL, status::SUBNORMAL),
    signal(&INEXACT, status::INEXACT),
    signal(&ROUNDED, status::ROUNDED),
    signal(&CLAMPED, status::CLAMPED),
];

/// What `InvalidOperation` may mean in detail.
static CONDITIONS: [Signal; 5] = [
    signal(&INVALID_OPERATION, status::INVALID_OPERATION),
    signal(&CONVERSION_SYNTAX, status::CONVERSION_SYNTAX),
    signal(&DIVISION_IMPOSSIBLE, status::DIVISION_IMPOSSIBLE),
    signal(&DIVISION_UNDEFINED, status::DIVISION_UNDEFINED),
    signal(&INVALID_CONTEXT, status::INVALID_CONTEXT),
];

/// The conditions and signals of some bits, as a list of exceptions.
pub fn details(cx: &mut Ctx, bits: Status) -> Value {
    let list = List::new(cx);
    for s in CONDITIONS.iter().chain(&SIGNALS[1..]).filter(|s| bits & s.bits != 0) {
        let class = cx.type_of_def(s.def).value();
        list.push(cx, class);
    }
    list.value()
}

/// The signals of some bits, as a list of exceptions.
pub fn list(cx: &mut Ctx, bits: Status) -> Value {
    let list = List::new(cx);
    for s in SIGNALS.iter().filter(|s| bits & s.bits != 0) {
        let class = cx.type_of_def(s.def).value();
        list.push(cx, class);
    }
    list.value()
}

/// The signals' names in the order of their bits, as the context's `repr` has them.
pub fn names(bits: Status) -> String {
    let mut found: Vec<&Signal> = SIGNALS.iter().filter(|s| bits & s.bits != 0).collect();
    found.sort_by_key(|s| s.bits.trailing_zeros());
    let names: Vec<&str> = found.iter().map(|s| s.def.name).collect();
    format!("[{}]", names.join(", "))
}

/// Raises the first of the signals.
#[cold]
pub fn raise(cx: &mut Ctx, bits: Status) -> Raised {
    if bits & status::NO_MEMORY != 0 {
        return cx.memory_error();
    }
    let Some(first) = SIGNALS.iter().find(|s| bits & s.bits != 0) else {
        return cx.runtime_error("internal error in flags_as_exception");
    };
    let class = cx.type_of_def(first.def).value();
    let why = details(cx, bits);
    cx.raise_call(class, &[why])
}

/// The bits of the signal that an exception class names.
pub fn bits_of(cx: &mut Ctx, class: Value) -> Option<Status> {
    for s in &SIGNALS {
        if cx.type_of_def(s.def).value() == class {
            return Some(s.bits);
        }
    }
    None
}
