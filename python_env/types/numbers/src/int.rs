//! Methods of `int` and `bool`.

use engine::objects::{Bytes, IntRef, Tuple, int_long, num};
use engine::prelude::*;
use engine::protocol::{self, BinOp};
use pynumeric::int::{self as big, BigInt, Sign};
use pynumeric::long::Stopped;
use pynumeric::{limits, parse};
use pytext::format as fmt;

use crate::leaf;
use crate::results::{self, type_name};

pub static INT: TypeDef = TypeDef {
    doc: "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer literal.\n>>> int('0b100', base=0)\n4",
    flags: TypeFlags::BASETYPE,
    new: Some(NativeDef::new("__new__", "($type, x=0, /, base=10)", int_new, "").leaf(leaf::int_new).hide_sig().counted()),
    slots: Slots {
        repr: Some(int_repr),
        hash: Some(int_hash),
        richcmp: Some(int_richcmp),
        bool: Some(|cx, v| Ok(int::sign(plain(cx, v)) != 0)),
        int: Some(|cx, v| Ok(plain(cx, v))),
        index: Some(|cx, v| Ok(plain(cx, v))),
        float: Some(int_float),
        neg: Some(|cx, v| {
            let v = plain(cx, v);
            Ok(int::neg(cx, v))
        }),
        pos: Some(|cx, v| Ok(plain(cx, v))),
        abs: Some(|cx, v| {
            let v = plain(cx, v);
            Ok(int::abs(cx, v))
        }),
        invert: Some(|cx, v| {
            let v = plain(cx, v);
            Ok(int::invert(cx, v))
        }),
        add: Some(|cx, a, b| arith(cx, a, b, BinOp::Add, int::add)),
        sub: Some(|cx, a, b| arith(cx, a, b, BinOp::Sub, int::sub)),
        mul: Some(|cx, a, b| arith(cx, a, b, BinOp::Mul, int::mul)),
        floordiv: Some(|cx, a, b| arith(cx, a, b, BinOp::FloorDiv, int::floordiv)),
        mod_: Some(|cx, a, b| arith(cx, a, b, BinOp::Mod, int::modulo)),
        lshift: Some(|cx, a, b| arith(cx, a, b, BinOp::LShift, int::lshift)),
        rshift: Some(|cx, a, b| arith(cx, a, b, BinOp::RShift, int::rshift)),
        and: Some(|cx, a, b| arith(cx, a, b, BinOp::BitAnd, int::and)),
        or: Some(|cx, a, b| arith(cx, a, b, BinOp::BitOr, int::or)),
        xor: Some(|cx, a, b| arith(cx, a, b, BinOp::BitXor, int::xor)),
        divmod: Some(int_divmod),
        truediv: Some(int_truediv),
        pow: Some(int_pow),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "as_integer_ratio",
            "($self, /)",
            as_integer_ratio,
            "Return a pair of integers, whose ratio is equal to the original int.\n\nThe ratio is in lowest terms and has a positive denominator.\n\n>>> (10).as_integer_ratio()\n(10, 1)\n>>> (-10).as_integer_ratio()\n(-10, 1)\n>>> (0).as_integer_ratio()\n(0, 1)",
        ),
        NativeDef::new(
            "bit_count",
            "($self, /)",
            bit_count,
            "Number of ones in the binary representation of the absolute value of self.\n\nAlso known as the population count.\n\n>>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3",
        ),
        NativeDef::new(
            "bit_length",
            "($self, /)",
            bit_length,
            "Number of bits necessary to represent self in binary.\n\n>>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6",
        ),
        NativeDef::new(
            "conjugate",
            "($self, /)",
            |cx, args| Ok(plain(cx, args[0])),
            "Returns self, the complex conjugate of any int.",
        ),
        NativeDef::new(
            "is_integer",
            "($self, /)",
            |_, _| Ok(Value::TRUE),
            "Returns True. Exists for duck type compatibility with float.is_integer.",
        ),
        NativeDef::new(
            "to_bytes",
            "($self, /, length=1, byteorder='big', *, signed=False)",
            to_bytes,
            "Return an array of bytes representing an integer.\n\n  length\n    Length of bytes object to use.  An OverflowError is raised if the\n    integer is not representable with the given number of bytes.  Default\n    is length 1.\n  byteorder\n    The byte order used to represent the integer.  If byteorder is 'big',\n    the most significant byte is at the beginning of the byte array.  If\n    byteorder is 'little', the most significant byte is at the end of the\n    byte array.  To request the native byte order of the host system, use\n    sys.byteorder as the byte order value.  Default is to use 'big'.\n  signed\n    Determines whether two's complement is used to represent the integer.\n    If signed is False and a negative integer is given, an OverflowError\n    is raised.",
        ).leaf(leaf::to_bytes),
        NativeDef::new(
            "__ceil__",
            "($self, /)",
            |cx, args| Ok(plain(cx, args[0])),
            "Ceiling of an Integral returns itself.",
        ),
        NativeDef::new(
            "__floor__",
            "($self, /)",
            |cx, args| Ok(plain(cx, args[0])),
            "Flooring an Integral returns itself.",
        ),
        NativeDef::new(
            "__trunc__",
            "($self, /)",
            |cx, args| Ok(plain(cx, args[0])),
            "Truncating an Integral returns itself.",
        ),
        NativeDef::new(
            "__round__",
            "($self, ndigits=None, /)",
            round,
            "Rounding an Integral returns itself.\n\nRounding with an ndigits argument also returns an integer.",
        ),
        NativeDef::new(
            "__format__",
            "($self, format_spec, /)",
            format,
            "Convert to a string according to format_spec.",
        ),
        NativeDef::new("__getnewargs__", "($self, /)", getnewargs, ""),
        NativeDef::new("__sizeof__", "($self, /)", sizeof, "Returns size in memory, in bytes."),
    ],
    class_methods: &[NativeDef::new(
        "from_bytes",
        "($type, /, bytes, byteorder='big', *, signed=False)",
        from_bytes,
        "Return the integer represented by the given array of bytes.\n\n  bytes\n    Holds the array of bytes to convert.  The argument must either\n    support the buffer protocol or be an iterable object producing bytes.\n    Bytes and bytearray are examples of built-in objects that support the\n    buffer protocol.\n  byteorder\n    The byte order used to represent the integer.  If byteorder is 'big',\n    the most significant byte is at the beginning of the byte array.  If\n    byteorder is 'little', the most significant byte is at the end of the\n    byte array.  To request the native byte order of the host system, use\n    sys.byteorder as the byte order value.  Default is to use 'big'.\n  signed\n    Indicates whether two's complement is used to represent the integer.",
    ).leaf(leaf::from_bytes)],
    getsets: &[
        GetSet::ro("real", |cx, v| Ok(plain(cx, v)), "the real part of a complex number"),
        GetSet::ro("imag", |_, _| Ok(Value::small(0)), "the imaginary part of a complex number"),
        GetSet::ro("numerator", |cx, v| Ok(plain(cx, v)), "the numerator of a rational number in lowest terms"),
        GetSet::ro("denominator", |_, _| Ok(Value::small(1)), "the denominator of a rational number in lowest terms"),
    ],
    ..TypeDef::new("builtins", "int")
};

pub static BOOL: TypeDef = TypeDef {
    doc: "Returns True when the argument is true, False otherwise.\n\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.",
    new: Some(NativeDef::new("__new__", "($type, object=False, /)", bool_new, "").leaf(leaf::bool_new)),
    slots: Slots {
        repr: Some(|cx, v| Ok(Str::new(cx, if v == Value::TRUE { "True" } else { "False" }))),
        and: Some(|cx, a, b| bool_bits(cx, a, b, BinOp::BitAnd, |x, y| x & y, int::and)),
        or: Some(|cx, a, b| bool_bits(cx, a, b, BinOp::BitOr, |x, y| x | y, int::or)),
        xor: Some(|cx, a, b| bool_bits(cx, a, b, BinOp::BitXor, |x, y| x ^ y, int::xor)),
        invert: Some(bool_invert),
        ..Slots::NONE
    },
    ..TypeDef::new("builtins", "bool")
};

/// The exact int that `v` (an int, a bool or an instance of a subclass) stands for.
pub fn plain(cx: &mut Ctx, v: Value) -> Value {
    match v {
        Value::TRUE => Value::small(1),
        Value::FALSE => Value::small(0),
        _ => engine::objects::base_value(cx, v),
    }
}

type Op = fn(&Heap, Value, Value) -> Result<Value, engine::objects::IntError>;

/// Both operands as exact ints, or `None` when one is something else.
fn operands(cx: &mut Ctx, a: Value, b: Value) -> Option<(Value, Value)> {
    let (a, b) = (plain(cx, a), plain(cx, b));
    (int::is(a) && int::is(b)).then_some((a, b))
}

fn arith(cx: &mut Ctx, a: Value, b: Value, kind: BinOp, op: Op) -> PyResult {
    let Some((x, y)) = operands(cx, a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    cx.make_room(num::int_room(kind, x, y))?;
    if int_long::takes_long(kind, x, y) {
        return int_long::binary(cx, kind, x, y);
    }
    match op(cx, x, y) {
        Ok(v) => Ok(v),
        Err(e) => Err(engine::objects::raise_int(cx, e, kind.symbol())),
    }
}

fn bool_bits(cx: &mut Ctx, a: Value, b: Value, kind: BinOp, on_bools: fn(bool, bool) -> bool, on_ints: Op) -> PyResult {
    match (a.as_bool(), b.as_bool()) {
        (Some(x), Some(y)) => Ok(Value::bool(on_bools(x, y))),
        _ => arith(cx, a, b, kind, on_ints),
    }
}

fn bool_invert(cx: &mut Ctx, v: Value) -> PyResult {
    engine::exceptions::warn_deprecated(
        cx,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from the negation of a bool object. Use the 'not' operator for boolean negation or ~int(x) for the bitwise inversion of the underlying int.",
    )?;
    let v = plain(cx, v);
    Ok(int::invert(cx, v))
}

fn bool_new(cx: &mut Ctx, args: Args) -> PyResult {
    match args.get(1) {
        Some(v) => Ok(Value::bool(protocol::truth(cx, v)?)),
        None => Ok(Value::FALSE),
    }
}

fn int_new(cx: &mut Ctx, args: Args) -> PyResult {
    let base_value = match (args.get(1), args.get(2)) {
        (None, None) => Value::small(0),
        (None, Some(_)) => return Err(cx.type_error("int() missing string argument")),
        (Some(x), None) => convert(cx, x)?,
        (Some(x), Some(base)) => {
            let base = protocol::number::index_clip(cx, base)?;
            if base != 0 && !(2..=36).contains(&base) {
                return Err(cx.value_error("int() base must be >= 2 and <= 36, or 0"));
            }
            match text_of(cx, x)? {
                Some(text) => parse_text(cx, x, &text, base as u32)?,
                None => return Err(cx.type_error("int() can't convert non-string with explicit base")),
            }
        }
    };
    cx.wrap_subclass(args[0], base_value)
}

/// The text of a str, bytes or bytearray (digits of all scripts as ASCII).
fn text_of(cx: &mut Ctx, v: Value) -> Res<Option<Vec<u8>>> {
    if let Some(s) = Str::of_sub(cx, v) {
        return Ok(Some(pytext::unicode::decimals_to_ascii(s.as_bytes()).into_owned()));
    }
    if let Some(b) = Bytes::of_sub(cx, v) {
        return Ok(Some(b.as_slice().to_vec()));
    }
    if types::type_of(cx, v).mro_types().any(|k| !k.is_heap() && k.name_str() == "bytearray") {
        return protocol::buffer_bytes(cx, v);
    }
    Ok(None)
}

fn parse_text(cx: &mut Ctx, source: Value, text: &[u8], base: u32) -> PyResult {
    // What the text's parser says goes on its way: only the signal is an error of the polls.
    let parsed = int::polling(cx, |go_on| match parse::int(text, base, limits::max_str_digits(), go_on) {
        Err(parse::IntParseError::Stopped) => Err(Stopped),
        other => Ok(other),
    })?;
    match parsed {
        Ok(n) => Ok(int::from_big(cx, n)),
        Err(parse::IntParseError::Stopped) => Err(cx.system_error("work stopped without a reason")),
        Err(parse::IntParseError::BadBase) => Err(cx.value_error("int() base must be >= 2 and <= 36, or 0")),
        Err(parse::IntParseError::Invalid) => {
            // What is no str is shown as the bytes that were read.
            let source = if Str::of_sub(cx, source).is_some() {
                source
            } else {
                Bytes::new(cx, text.get(..200).unwrap_or(text))
            };
            let shown = results::repr_text(cx, source)?;
            Err(cx.value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
        Err(parse::IntParseError::TooManyDigits(n)) => Err(cx.value_error(format!(
            "Exceeds the limit ({} digits) for integer string conversion: value has {n} digits; use sys.set_int_max_str_digits() to increase the limit",
            limits::max_str_digits()
        ))),
    }
}

/// `int(v)`.
pub fn convert(cx: &mut Ctx, v: Value) -> PyResult {
    if v.is_int() {
        return Ok(v);
    }
    let slots = types::type_of(cx, v).slots();
    if slots.int().is_some() || slots.index().is_some() {
        let got = protocol::int_value(cx, v)?;
        return Ok(plain(cx, got));
    }
    if let Some(text) = text_of(cx, v)? {
        return parse_text(cx, v, &text, 10);
    }
    if let Some(bytes) = protocol::buffer_bytes(cx, v)? {
        return parse_text(cx, v, &bytes, 10);
    }
    let name = type_name(cx, v);
    Err(cx.type_error(format!("int() argument must be a string, a bytes-like object or a real number, not '{name}'")))
}

/// Decimal text, within the limit on digits.
pub fn decimal(cx: &mut Ctx, v: Value) -> Res<String> {
    if let Some(i) = v.as_int() {
        return Ok(i.to_string());
    }
    let Some(n) = int::to_big(v) else { return Ok(String::new()) };
    if big::exceeds_digits(&n, limits::max_str_digits()) {
        return Err(cx.value_error(format!(
            "Exceeds the limit ({} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
            limits::max_str_digits()
        )));
    }
    let digits = int_long::decimal(cx, n.magnitude())?;
    Ok(if n.sign() == Sign::Minus { format!("-{digits}") } else { digits })
}

fn int_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let v = plain(cx, v);
    let text = decimal(cx, v)?;
    Ok(Str::new(cx, &text))
}

fn int_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    Ok(int::hash(plain(cx, v)))
}

fn int_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    match operands(cx, a, b) {
        Some((x, y)) => Ok(Value::bool(results::holds(op, int::cmp(x, y)))),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn int_float(cx: &mut Ctx, v: Value) -> PyResult {
    let v = plain(cx, v);
    match int::to_f64(v) {
        Some(x) => Ok(float::new(cx, x)),
        None => Err(cx.overflow_error("int too large to convert to float")),
    }
}

fn int_divmod(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some((x, y)) = operands(cx, a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    if int_long::takes_long(BinOp::DivMod, x, y) {
        return int_long::binary(cx, BinOp::DivMod, x, y);
    }
    match int::divmod(cx, x, y) {
        Ok((q, r)) => Ok(Tuple::new(cx, &[q, r])),
        Err(e) => Err(engine::objects::raise_int(cx, e, "divmod")),
    }
}

fn int_truediv(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some((x, y)) = operands(cx, a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    match int::truediv(x, y) {
        Ok(q) => Ok(float::new(cx, q)),
        Err(e) => Err(engine::objects::raise_int(cx, e, "/")),
    }
}

fn int_pow(cx: &mut Ctx, a: Value, b: Value, m: Value) -> PyResult {
    let Some((x, y)) = operands(cx, a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    if m != Value::NONE {
        if !int::is_sub(cx, m) {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let m = plain(cx, m);
        return int_long::pow_mod(cx, x, y, m);
    }
    if int::sign(y) < 0 {
        // A negative exponent leaves the integers.
        let (Some(base), Some(exp)) = (int::to_f64(x), int::to_f64(y)) else {
            return Err(cx.overflow_error("int too large to convert to float"));
        };
        return crate::float::power(cx, base, exp);
    }
    cx.make_room(num::int_room(BinOp::Pow, x, y))?;
    if int_long::takes_long(BinOp::Pow, x, y) {
        return int_long::binary(cx, BinOp::Pow, x, y);
    }
    match int::pow(cx, x, y) {
        Ok(v) => Ok(v),
        Err(e) => Err(engine::objects::raise_int(cx, e, "**")),
    }
}

fn to_big(cx: &mut Ctx, v: Value) -> BigInt {
    let v = plain(cx, v);
    int::to_big(v).unwrap_or_default()
}

fn as_integer_ratio(cx: &mut Ctx, args: Args) -> PyResult {
    let v = plain(cx, args[0]);
    Ok(Tuple::new(cx, &[v, Value::small(1)]))
}

fn bit_count(cx: &mut Ctx, args: Args) -> PyResult {
    let v = plain(cx, args[0]);
    let n = match v.as_int() {
        Some(i) => u64::from(i.unsigned_abs().count_ones()),
        None => big::bit_count(&to_big(cx, v)),
    };
    Ok(int::from_u64(cx, n))
}

fn bit_length(cx: &mut Ctx, args: Args) -> PyResult {
    let v = plain(cx, args[0]);
    let n = match v.as_int() {
        Some(i) => u64::from(64 - i.unsigned_abs().leading_zeros()),
        None => to_big(cx, v).bits(),
    };
    Ok(int::from_u64(cx, n))
}

/// Whether a `byteorder` argument says little.
fn is_little(cx: &mut Ctx, args: Args, i: usize) -> Res<bool> {
    if args.get(i).is_none() {
        return Ok(false);
    }
    match &*args.str(cx, i)?.to_string_lossy() {
        "little" => Ok(true),
        "big" => Ok(false),
        _ => Err(cx.value_error("byteorder must be either 'little' or 'big'")),
    }
}

fn to_bytes(cx: &mut Ctx, args: Args) -> PyResult {
    let length = args.index_or(cx, 1, 1)?;
    if length < 0 {
        return Err(cx.value_error("length argument must be non-negative"));
    }
    cx.make_room_for(length as usize, 2)?;
    let little = is_little(cx, args, 2)?;
    let signed = args.truth_or(cx, 3, false)?;
    let n = to_big(cx, args[0]);
    match big::to_bytes(&n, length as usize, little, signed) {
        Ok(bytes) => Bytes::wish(cx, &bytes),
        Err(e) => Err(cx.overflow_error(e.to_string())),
    }
}

fn from_bytes(cx: &mut Ctx, args: Args) -> PyResult {
    let little = is_little(cx, args, 2)?;
    let signed = args.truth_or(cx, 3, false)?;
    let bytes = match protocol::buffer_bytes(cx, args[1])? {
        Some(b) => b,
        None if !gives_bytes(cx, args[1])? => {
            let name = types::type_name(cx, args[1]);
            return Err(cx.type_error(format!("cannot convert '{name}' object to bytes")));
        }
        None => {
            let as_bytes = protocol::call(cx, cx.types.bytes.value(), &[args[1]])?;
            match Bytes::of_sub(cx, as_bytes) {
                Some(b) => b.as_slice().to_vec(),
                None => return Err(cx.type_error("cannot convert object to bytes")),
            }
        }
    };
    let n = int::from_big(cx, big::from_bytes(&bytes, little, signed));
    if args[0] == cx.types.int.value() {
        return Ok(n);
    }
    protocol::call(cx, args[0], &[n])
}

/// Whether a value without a buffer is an iterable of bytes or says which bytes it stands for.
fn gives_bytes(cx: &mut Ctx, v: Value) -> Res<bool> {
    let ty = types::type_of(cx, v);
    let iterable = ty.slots().iter().is_some() || ty.slots().getitem().is_some();
    if iterable && !ty.is_subtype(cx.types.str) {
        return Ok(true);
    }
    let name = cx.names.__bytes__;
    Ok(types::type_lookup(cx, ty, name).is_some())
}

fn round(cx: &mut Ctx, args: Args) -> PyResult {
    let v = plain(cx, args[0]);
    let n = match args.or(1, Value::NONE) {
        Value::NONE => return Ok(v),
        n => protocol::index_value(cx, n)?,
    };
    if int::sign(n) >= 0 {
        return Ok(v);
    }
    let places = match int::to_i64(n) {
        Some(i) => i.unsigned_abs(),
        None => return Ok(Value::small(0)),
    };
    let x = to_big(cx, v);
    // Far beyond the digits of the number the result is 0.
    if places > x.bits() / 3 + 2 {
        return Ok(Value::small(0));
    }
    Ok(int::from_big(cx, big::round_to_power_of_ten(&x, places)))
}

fn format(cx: &mut Ctx, args: Args) -> PyResult {
    let spec = args.str(cx, 1)?;
    if spec.is_empty() {
        return protocol::str(cx, args[0]);
    }
    let name = type_name(cx, args[0]);
    let v = plain(cx, args[0]);
    let spec = spec.as_bytes().to_vec();
    let done = match int::of(v) {
        Some(IntRef::Small(i)) => fmt::format_int(fmt::Int::Small(i), &spec, &name),
        _ => {
            let n = to_big(cx, v);
            if matches!(spec.last(), None | Some(b'd' | b'n' | b'0'..=b'9' | b',' | b'_' | b'<' | b'>' | b'^' | b'=')) {
                let digits = decimal(cx, v)?;
                fmt::format_int(fmt::Int::Digits(&n, digits.trim_start_matches('-')), &spec, &name)
            } else {
                fmt::format_int(fmt::Int::Big(&n), &spec, &name)
            }
        }
    };
    results::formatted(cx, done)
}

fn getnewargs(cx: &mut Ctx, args: Args) -> PyResult {
    let v = plain(cx, args[0]);
    Ok(Tuple::new(cx, &[v]))
}

fn sizeof(cx: &mut Ctx, args: Args) -> PyResult {
    let bits = to_big(cx, args[0]).bits() as usize;
    Ok(int::from_usize(cx, 24 + 4 * bits.div_ceil(30).max(1)))
}
