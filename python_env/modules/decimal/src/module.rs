//! The module `_decimal`.

use crate::context::{self, CONTEXT, ROUNDINGS, Template};
use crate::convert;
use crate::core::number::{MAX_PREC, MIN_EMIN, MIN_ETINY};
use crate::decimal::DECIMAL;
use crate::signal_dict::{self, MIXIN};
use crate::signals;
use engine::prelude::*;

/// `_decimal`
pub static DECIMAL_MODULE: ModuleDef = ModuleDef {
    doc: "Decimal arithmetic after the General Decimal Arithmetic Specification.",
    types: &[
        &DECIMAL,
        &CONTEXT,
        &signals::DECIMAL_EXCEPTION,
        &signals::CLAMPED,
        &signals::ROUNDED,
        &signals::INEXACT,
        &signals::SUBNORMAL,
        &signals::INVALID_OPERATION,
        &signals::DIVISION_BY_ZERO,
        &signals::OVERFLOW,
        &signals::UNDERFLOW,
        &signals::FLOAT_OPERATION,
        &signals::CONVERSION_SYNTAX,
        &signals::DIVISION_IMPOSSIBLE,
        &signals::DIVISION_UNDEFINED,
        &signals::INVALID_CONTEXT,
    ],
    functions: &[
        NativeDef::new("getcontext", "($module, /)", |cx, _| context::current(cx), "The current context."),
        NativeDef::new(
            "setcontext",
            "($module, context, /)",
            |cx, args| {
                context::set_current(cx, args[0])?;
                Ok(Value::NONE)
            },
            "Makes a context the current one.",
        ),
        NativeDef::new(
            "localcontext",
            "($module, /, ctx=None, **kwargs)",
            context::localcontext,
            "A context manager within which a copy of a context is the current one.",
        ),
        NativeDef::new(
            "IEEEContext",
            "($module, bits, /)",
            context::ieee,
            "The context of an IEEE interchange format.",
        ),
    ],
    constants: &[
        ("MAX_PREC", Const::Int(MAX_PREC)),
        ("MAX_EMAX", Const::Int(MAX_PREC)),
        ("MIN_EMIN", Const::Int(MIN_EMIN)),
        ("MIN_ETINY", Const::Int(MIN_ETINY)),
        ("IEEE_CONTEXT_MAX_BITS", Const::Int(512)),
        ("HAVE_CONTEXTVAR", Const::Bool(true)),
        ("HAVE_THREADS", Const::Bool(true)),
        ("__version__", Const::Str("1.70")),
        // Programs ask it for what the arithmetic can do: as much as that version's.
        ("__libmpdec_version__", Const::Str("2.5.1")),
    ],
    init: Some(|cx, module| {
        cx.add_type(&MIXIN);
        let set = |cx: &mut Ctx, name: &str, v: Value| {
            let name = cx.intern(name.as_bytes());
            protocol::setattr(cx, module, name, v)
        };
        for name in ROUNDINGS {
            let text = cx.intern(name.as_bytes());
            set(cx, name, text)?;
        }
        for (name, which) in [
            ("DefaultContext", Template::Default),
            ("BasicContext", Template::Basic),
            ("ExtendedContext", Template::Extended),
        ] {
            let v = context::template(cx, which)?;
            set(cx, name, v)?;
        }
        let tuple = context::singleton(cx, "decimal.DecimalTuple", convert::decimal_tuple)?;
        set(cx, "DecimalTuple", tuple)?;
        signal_dict::class(cx)?;
        let number = protocol::import_attr(cx, "numbers", "Number")?;
        let (register, own) = (cx.intern(b"register"), cx.type_of_def(&DECIMAL).value());
        protocol::call_method(cx, number, register, &[own])?;
        Ok(())
    }),
    ..ModuleDef::new("_decimal")
};
