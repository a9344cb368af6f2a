//! Methods of `complex`: native slots 0 and 1 hold the two parts as floats.

use engine::objects::{Obj, Tuple};
use engine::prelude::*;
use engine::protocol;
use pynumeric::complex::{Complex, ComplexError};

use crate::results::{self, type_name};

pub static COMPLEX: TypeDef = TypeDef {
    doc: "Create a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a complex number\nwith the specified real and imaginary components.",
    flags: TypeFlags::BASETYPE,
    new: Some(NativeDef::new("__new__", "($type, real=0, imag=0)", complex_new, "")),
    slots: Slots {
        new: Some(complex_call),
        repr: Some(|cx, v| {
            let z = this(cx, v);
            Ok(Str::new(cx, &z.repr()))
        }),
        hash: Some(|cx, v| {
            let z = this(cx, v);
            Ok(z.hash(engine::objects::hash_pointer(v)))
        }),
        richcmp: Some(complex_richcmp),
        bool: Some(|cx, v| {
            let z = this(cx, v);
            Ok(z.re != 0.0 || z.im != 0.0)
        }),
        neg: Some(|cx, v| {
            let z = this(cx, v);
            Ok(types::complex_value(cx, -z.re, -z.im))
        }),
        pos: Some(|cx, v| {
            let z = this(cx, v);
            Ok(types::complex_value(cx, z.re, z.im))
        }),
        abs: Some(complex_abs),
        add: Some(|cx, a, b| {
            arith(cx, a, b, |p, q| {
                Ok(match (p, q) {
                    (Number::Complex(x), Number::Complex(y)) => x.add(y),
                    (Number::Complex(x), Number::Real(y)) | (Number::Real(y), Number::Complex(x)) => x.add_real(y),
                    (Number::Real(x), Number::Real(y)) => Complex::new(x + y, 0.0),
                })
            })
        }),
        sub: Some(|cx, a, b| {
            arith(cx, a, b, |p, q| {
                Ok(match (p, q) {
                    (Number::Complex(x), Number::Complex(y)) => x.sub(y),
                    (Number::Complex(x), Number::Real(y)) => x.sub_real(y),
                    (Number::Real(x), Number::Complex(y)) => Complex::real_sub(x, y),
                    (Number::Real(x), Number::Real(y)) => Complex::new(x - y, 0.0),
                })
            })
        }),
        mul: Some(|cx, a, b| {
            arith(cx, a, b, |p, q| {
                Ok(match (p, q) {
                    (Number::Complex(x), Number::Complex(y)) => x.mul(y),
                    (Number::Complex(x), Number::Real(y)) | (Number::Real(y), Number::Complex(x)) => x.mul_real(y),
                    (Number::Real(x), Number::Real(y)) => Complex::new(x * y, 0.0),
                })
            })
        }),
        truediv: Some(|cx, a, b| {
            arith(cx, a, b, |p, q| match (p, q) {
                (Number::Complex(x), Number::Complex(y)) => x.div(y),
                (Number::Complex(x), Number::Real(y)) => x.div_real(y),
                (Number::Real(x), Number::Complex(y)) => Complex::real_div(x, y),
                (Number::Real(x), Number::Real(y)) => Complex::new(x, 0.0).div_real(y),
            })
        }),
        pow: Some(complex_pow),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "conjugate",
            "($self, /)",
            conjugate,
            "Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.",
        ),
        NativeDef::new(
            "__complex__",
            "($self, /)",
            |cx, args| {
                let z = this(cx, args[0]);
                Ok(types::complex_value(cx, z.re, z.im))
            },
            "Convert this value to exact type complex.",
        ),
        NativeDef::new(
            "__format__",
            "($self, format_spec, /)",
            format,
            "Convert to a string according to format_spec.",
        ),
        NativeDef::new("__getnewargs__", "($self, /)", getnewargs, ""),
    ],
    class_methods: &[NativeDef::new(
        "from_number",
        "($type, number, /)",
        from_number,
        "Convert number to a complex floating-point number.",
    )],
    getsets: &[
        GetSet::ro(
            "real",
            |cx, v| {
                let z = this(cx, v);
                Ok(float::new(cx, z.re))
            },
            "the real part of a complex number",
        ),
        GetSet::ro(
            "imag",
            |cx, v| {
                let z = this(cx, v);
                Ok(float::new(cx, z.im))
            },
            "the imaginary part of a complex number",
        ),
    ],
    ..TypeDef::new("builtins", "complex")
};

/// The number behind `self`, whose type the caller has checked.
pub fn this(cx: &mut Ctx, v: Value) -> Complex {
    match Obj::of(v) {
        Some(o) => {
            let (re, im) = (o.slot(cx, 0), o.slot(cx, 1));
            Complex::new(float::of(re).unwrap_or(0.0), float::of(im).unwrap_or(0.0))
        }
        None => Complex::new(0.0, 0.0),
    }
}

fn is_complex(cx: &mut Ctx, v: Value) -> bool {
    types::type_of(cx, v).is_subtype(cx.types.complex)
}

/// An operand: real numbers keep their kind, since adding a real to a complex leaves the imaginary part's sign alone.
enum Number {
    Complex(Complex),
    Real(f64),
}

fn operand(cx: &mut Ctx, v: Value) -> Res<Option<Number>> {
    let base = engine::objects::base_value(cx, v);
    if let Some(x) = float::of(base) {
        return Ok(Some(Number::Real(x)));
    }
    if int::of(base).is_some() {
        return match int::to_f64(base) {
            Some(x) => Ok(Some(Number::Real(x))),
            None => Err(cx.overflow_error("int too large to convert to float")),
        };
    }
    Ok(is_complex(cx, v).then(|| Number::Complex(this(cx, v))))
}

/// The outcome of a complex operation as a value.
pub fn outcome(cx: &mut Ctx, done: Result<Complex, ComplexError>) -> PyResult {
    match done {
        Ok(z) => Ok(types::complex_value(cx, z.re, z.im)),
        Err(e @ (ComplexError::DivisionByZero | ComplexError::ZeroPower)) => Err(cx.zero_division_error(e.to_string())),
        Err(e) => Err(cx.overflow_error(e.to_string())),
    }
}

type Op = fn(Number, Number) -> Result<Complex, ComplexError>;

fn arith(cx: &mut Ctx, a: Value, b: Value, op: Op) -> PyResult {
    let (Some(x), Some(y)) = (operand(cx, a)?, operand(cx, b)?) else { return Ok(Value::NOT_IMPLEMENTED) };
    outcome(cx, op(x, y))
}

fn complex_pow(cx: &mut Ctx, a: Value, b: Value, m: Value) -> PyResult {
    if m != Value::NONE {
        let (Some(_), Some(_)) = (operand(cx, a)?, operand(cx, b)?) else { return Ok(Value::NOT_IMPLEMENTED) };
        return Err(cx.value_error("complex modulo"));
    }
    arith(cx, a, b, |p, q| {
        let whole = |n| match n {
            Number::Complex(z) => z,
            Number::Real(x) => Complex::new(x, 0.0),
        };
        whole(p).pow(whole(q))
    })
}

fn complex_abs(cx: &mut Ctx, v: Value) -> PyResult {
    match this(cx, v).abs() {
        Ok(x) => Ok(float::new(cx, x)),
        Err(e) => Err(cx.overflow_error(e.to_string())),
    }
}

fn complex_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let z = this(cx, a);
    let base = engine::objects::base_value(cx, b);
    let same = if let Some(y) = float::of(base) {
        z.im == 0.0 && z.re == y
    } else if int::of(base).is_some() {
        z.im == 0.0 && int::cmp_float(base, z.re).is_some_and(|o| o.is_eq())
    } else if is_complex(cx, b) {
        let w = this(cx, b);
        z.re == w.re && z.im == w.im
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

/// The number that `__complex__` makes of `v`, if its class has that.
fn special(cx: &mut Ctx, v: Value) -> Res<Option<Complex>> {
    let Some(f) = protocol::lookup_special(cx, v, cx.names.__complex__)? else { return Ok(None) };
    let z = protocol::call(cx, f, &[])?;
    if !is_complex(cx, z) {
        let name = type_name(cx, z);
        return Err(cx.type_error(format!("__complex__ returned non-complex (type {name})")));
    }
    if types::type_of(cx, z) != cx.types.complex {
        let name = type_name(cx, z);
        let text = format!(
            "__complex__ returned non-complex (type {name}).  The ability to return an instance of a strict subclass of complex is deprecated, and may be removed in a future version of Python."
        );
        engine::exceptions::warn_deprecated(cx, &text)?;
    }
    Ok(Some(this(cx, z)))
}

fn is_real(cx: &Ctx, v: Value) -> bool {
    let slots = types::type_of(cx, v).slots();
    slots.float().is_some() || slots.index().is_some()
}

/// A number through `__float__` or `__index__`.
fn real_number(cx: &mut Ctx, v: Value) -> Res<f64> {
    let x = protocol::float_value(cx, v)?;
    Ok(float::of(x).unwrap_or(0.0))
}

/// Any number as a complex one.
fn number(cx: &mut Ctx, v: Value, message: impl FnOnce(String) -> String) -> Res<Complex> {
    if types::type_of(cx, v) == cx.types.complex {
        return Ok(this(cx, v));
    }
    if let Some(z) = special(cx, v)? {
        return Ok(z);
    }
    if is_complex(cx, v) {
        return Ok(this(cx, v));
    }
    if !is_real(cx, v) {
        let name = type_name(cx, v);
        return Err(cx.type_error(message(name)));
    }
    Ok(Complex::new(real_number(cx, v)?, 0.0))
}

/// What an argument named `real` or `imag` that ought to be a real number raises or is warned of.
fn not_real(argument: &str, name: &str) -> String {
    format!("complex() argument '{argument}' must be a real number, not {name}")
}

/// The call of the class: a single argument by position may be text, which one by keyword may not.
fn complex_call(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    if args.values.len() == 1 && args.nkw() == 1 {
        let (name, v) = args.keyword(0);
        if Str::of(name).is_some_and(|n| n.as_bytes() == b"real") {
            return from_parts(cx, class, Some(v), None);
        }
    }
    let Some(def) = &COMPLEX.new else { return Err(cx.system_error("complex() without a constructor")) };
    native::with_prefix(cx, class, args, |cx, args| {
        native::bind::call_def_named(cx, def, "complex", native::Owner::None, args)
    })
}

fn complex_new(cx: &mut Ctx, args: Args) -> PyResult {
    let z = match (args.get(1), args.get(2)) {
        (None, None) => Complex::new(0.0, 0.0),
        (Some(v), None) => {
            if args[0] == cx.types.complex.value() && types::type_of(cx, v) == cx.types.complex {
                return Ok(v);
            }
            match Str::of_sub(cx, v) {
                Some(s) => {
                    let text = pytext::unicode::decimals_to_ascii(s.as_bytes()).into_owned();
                    match pynumeric::parse::complex(&text) {
                        Some((re, im)) => Complex::new(re, im),
                        None if pynumeric::parse::misplaced_underscore(&text) => {
                            let shown = protocol::repr_text(cx, v)?;
                            return Err(cx.value_error(format!("could not convert string to complex: {shown}")));
                        }
                        None => return Err(cx.value_error("complex() arg is a malformed string")),
                    }
                }
                None => number(cx, v, |name| format!("complex() argument must be a string or a number, not {name}"))?,
            }
        }
        (real, imag) => return from_parts(cx, args[0], real, imag),
    };
    build(cx, args[0], z)
}

/// `complex(real=..., imag=...)`.
fn from_parts(cx: &mut Ctx, class: Value, real: Option<Value>, imag: Option<Value>) -> PyResult {
    let whole = match real {
        Some(v) => match special(cx, v)? {
            None if is_complex(cx, v) => Some(this(cx, v)),
            found => found,
        },
        None => None,
    };
    // Both types are looked at before either is converted.
    if let (Some(v), None) = (real, whole) {
        check_number(cx, v, "real")?;
    }
    if let Some(v) = imag {
        check_number(cx, v, "imag")?;
    }
    let mut z = match (real, whole) {
        (Some(v), Some(r)) => {
            let name = type_name(cx, v);
            engine::exceptions::warn_deprecated(cx, &not_real("real", &name))?;
            Complex::new(r.re, 0.0)
        }
        (Some(v), None) => Complex::new(real_number(cx, v)?, 0.0),
        (None, _) => Complex::new(0.0, 0.0),
    };
    if let Some(v) = imag {
        if is_complex(cx, v) {
            let i = this(cx, v);
            let name = type_name(cx, v);
            engine::exceptions::warn_deprecated(cx, &not_real("imag", &name))?;
            z = Complex::new(z.re - i.im, i.re);
        } else {
            z.im = real_number(cx, v)?;
        }
    }
    // Without a complex part nothing is added: the sign of a zero stays.
    if let Some(r) = whole {
        z.im += r.im;
    }
    build(cx, class, z)
}

fn check_number(cx: &mut Ctx, v: Value, argument: &str) -> Res<()> {
    if is_real(cx, v) || is_complex(cx, v) {
        return Ok(());
    }
    let name = type_name(cx, v);
    Err(cx.type_error(not_real(argument, &name)))
}

/// An instance of `cls` with the value `z`.
fn build(cx: &mut Ctx, cls: Value, z: Complex) -> PyResult {
    if cls == cx.types.complex.value() {
        return Ok(types::complex_value(cx, z.re, z.im));
    }
    let obj = cx.alloc_instance(cls)?;
    let (re, im) = (float::new(cx, z.re), float::new(cx, z.im));
    obj.set_slot(cx, 0, re);
    obj.set_slot(cx, 1, im);
    Ok(obj.value())
}

fn from_number(cx: &mut Ctx, args: Args) -> PyResult {
    if args[0] == cx.types.complex.value() && types::type_of(cx, args[1]) == cx.types.complex {
        return Ok(args[1]);
    }
    let z = number(cx, args[1], |name| format!("must be real number, not {name}"))?;
    build(cx, args[0], z)
}

fn conjugate(cx: &mut Ctx, args: Args) -> PyResult {
    let z = this(cx, args[0]);
    Ok(types::complex_value(cx, z.re, -z.im))
}

fn format(cx: &mut Ctx, args: Args) -> PyResult {
    let spec = args.str(cx, 1)?;
    if spec.is_empty() {
        return protocol::str(cx, args[0]);
    }
    let z = this(cx, args[0]);
    let done = pytext::format::format_complex(z, spec.as_bytes());
    results::formatted(cx, done)
}

fn getnewargs(cx: &mut Ctx, args: Args) -> PyResult {
    let z = this(cx, args[0]);
    let parts = [float::new(cx, z.re), float::new(cx, z.im)];
    Ok(Tuple::new(cx, &parts))
}
