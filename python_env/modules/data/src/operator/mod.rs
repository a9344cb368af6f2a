//! The module `_operator`.

mod getters;

use engine::objects::{Bytes, List, Str, Tuple};
use engine::prelude::*;
use engine::protocol;

/// The functions of the module: those of the operators, and the given ones.
macro_rules! functions {
    ([$($given:expr,)*] { $($op:ident $symbol:literal: $slot:ident $in_place:ident, $dunder:ident $reflected:ident
        $idunder:ident, $name:literal $iname:literal, [$($small:ident)?];)* }) => {
        &[
            $(
                NativeDef::new(
                    $name,
                    "($module, a, b, /)",
                    |cx, args| protocol::binary(cx, BinOp::$op, args[0], args[1]),
                    concat!("Same as a ", $symbol, " b."),
                ),
                NativeDef::new(
                    $iname,
                    "($module, a, b, /)",
                    |cx, args| protocol::inplace(cx, BinOp::$op, args[0], args[1]),
                    concat!("Same as a ", $symbol, "= b."),
                ),
            )*
            $($given,)*
        ]
    };
}

macro_rules! compare {
    ($name:literal, $op:ident, $doc:literal) => {
        NativeDef::new(
            $name,
            "($module, a, b, /)",
            |cx, args| protocol::compare(cx, args[0], args[1], CmpOp::$op),
            $doc,
        )
    };
}

macro_rules! unary {
    ($name:literal, $f:path, $doc:literal) => {
        NativeDef::new($name, "($module, a, /)", |cx, args| $f(cx, args[0]), $doc)
    };
}

pub static OPERATOR: ModuleDef = ModuleDef {
    doc: "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\nto the intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
    types: &[&getters::ATTRGETTER, &getters::ITEMGETTER, &getters::METHODCALLER],
    functions: engine::for_each_operator!(functions [
        compare!("lt", Lt, "Same as a < b."),
        compare!("le", Le, "Same as a <= b."),
        compare!("eq", Eq, "Same as a == b."),
        compare!("ne", Ne, "Same as a != b."),
        compare!("ge", Ge, "Same as a >= b."),
        compare!("gt", Gt, "Same as a > b."),
        unary!("not_", not_, "Same as not a."),
        unary!("truth", truth, "Return True if a is true, False otherwise."),
        unary!("is_none", is_none, "Same as a is None."),
        unary!("is_not_none", is_not_none, "Same as a is not None."),
        NativeDef::new("is_", "($module, a, b, /)", |_, a| Ok(Value::bool(a[0] == a[1])), "Same as a is b."),
        NativeDef::new("is_not", "($module, a, b, /)", |_, a| Ok(Value::bool(a[0] != a[1])), "Same as a is not b."),
        unary!("abs", protocol::abs, "Same as abs(a)."),
        unary!("neg", protocol::neg, "Same as -a."),
        unary!("pos", protocol::pos, "Same as +a."),
        unary!("inv", protocol::invert, "Same as ~a."),
        unary!("invert", protocol::invert, "Same as ~a."),
        unary!("index", protocol::index_value, "Same as a.__index__()"),
        NativeDef::new(
            "pow",
            "($module, a, b, /)",
            |cx, a| protocol::pow(cx, a[0], a[1], Value::NONE),
            "Same as a ** b.",
        ),
        NativeDef::new(
            "ipow",
            "($module, a, b, /)",
            |cx, a| protocol::inplace(cx, BinOp::Pow, a[0], a[1]),
            "Same as a **= b.",
        ),
        NativeDef::new(
            "concat",
            "($module, a, b, /)",
            |cx, a| concat(cx, a, false),
            "Same as a + b, for a and b sequences.",
        ),
        NativeDef::new(
            "iconcat",
            "($module, a, b, /)",
            |cx, a| concat(cx, a, true),
            "Same as a += b, for a and b sequences.",
        ),
        NativeDef::new(
            "contains",
            "($module, a, b, /)",
            |cx, a| Ok(Value::bool(protocol::contains(cx, a[0], a[1])?)),
            "Same as b in a (note reversed operands).",
        ),
        NativeDef::new(
            "countOf",
            "($module, a, b, /)",
            count_of,
            "Return the number of items in a which are, or which equal, b.",
        ),
        NativeDef::new("indexOf", "($module, a, b, /)", index_of, "Return the first index of b in a."),
        NativeDef::new("getitem", "($module, a, b, /)", |cx, a| protocol::getitem(cx, a[0], a[1]), "Same as a[b]."),
        NativeDef::new(
            "setitem",
            "($module, a, b, c, /)",
            |cx, a| protocol::setitem(cx, a[0], a[1], a[2]).map(|()| Value::NONE),
            "Same as a[b] = c.",
        ),
        NativeDef::new(
            "delitem",
            "($module, a, b, /)",
            |cx, a| protocol::delitem(cx, a[0], a[1]).map(|()| Value::NONE),
            "Same as del a[b].",
        ),
        NativeDef::new(
            "length_hint",
            "($module, obj, default=0, /)",
            length_hint,
            "Return an estimate of the number of items in obj.\n\nThis is useful for presizing containers when building from an iterable.\n\nIf the object supports len(), the result will be exact.\nOtherwise, it may over- or under-estimate by an arbitrary amount.",
        ),
        NativeDef::new(
            "call",
            "($module, obj, /, *args, **kwargs)",
            |cx, a| protocol::call_ex(cx, a[0], a[1], a[2]),
            "Same as obj(*args, **kwargs).",
        ),
        NativeDef::new(
            "_compare_digest",
            "($module, a, b, /)",
            compare_digest,
            "Return 'a == b'.\n\nThis function uses an approach designed to prevent\ntiming analysis, making it appropriate for cryptography.\n\na and b must both be of the same type: either str (ASCII only),\nor any bytes-like object.",
        ),
    ]),
    ..ModuleDef::new("_operator")
};

fn is_none(_: &mut Ctx, v: Value) -> PyResult {
    Ok(Value::bool(v.is_none()))
}

fn is_not_none(_: &mut Ctx, v: Value) -> PyResult {
    Ok(Value::bool(!v.is_none()))
}

fn not_(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(Value::bool(!protocol::truth(cx, v)?))
}

fn truth(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(Value::bool(protocol::truth(cx, v)?))
}

fn concat(cx: &mut Ctx, args: Args, in_place: bool) -> PyResult {
    if !protocol::is_sequence(cx, args[0]) {
        let name = types::type_name(cx, args[0]);
        return Err(cx.type_error(format!("'{name}' object can't be concatenated")));
    }
    // Built-in sequences, and what derives from them, say themselves what they cannot take.
    let v = args[0];
    let core = List::of_sub(cx, v).is_some()
        || Tuple::of_sub(cx, v).is_some()
        || Str::of_sub(cx, v).is_some()
        || Bytes::of_sub(cx, v).is_some();
    if !core && types::type_of(cx, v).is_heap() && !protocol::is_sequence(cx, args[1]) {
        let name = types::type_name(cx, args[0]);
        return Err(cx.type_error(format!("'{name}' object can't be concatenated")));
    }
    if in_place { protocol::inplace(cx, BinOp::Add, args[0], args[1]) } else { protocol::add(cx, args[0], args[1]) }
}

fn not_iterable(cx: &mut Ctx, r: Raised, v: Value) -> Raised {
    if cx.matches(&r, Exc::TypeError) && types::type_of(cx, v).slots().iter().is_none() {
        cx.clear(r);
        let name = types::type_name(cx, v);
        return cx.type_error(format!("argument of type '{name}' is not iterable"));
    }
    r
}

fn count_of(cx: &mut Ctx, args: Args) -> PyResult {
    let it = match protocol::iter(cx, args[0]) {
        Ok(it) => it,
        Err(r) => return Err(not_iterable(cx, r, args[0])),
    };
    let mut n = 0;
    while let Some(v) = protocol::next(cx, it)? {
        if protocol::eq(cx, v, args[1])? {
            n += 1;
        }
        cx.poll()?;
    }
    Ok(int::from_usize(cx, n))
}

fn index_of(cx: &mut Ctx, args: Args) -> PyResult {
    let it = match protocol::iter(cx, args[0]) {
        Ok(it) => it,
        Err(r) => return Err(not_iterable(cx, r, args[0])),
    };
    let mut i = 0;
    while let Some(v) = protocol::next(cx, it)? {
        if protocol::eq(cx, v, args[1])? {
            return Ok(int::from_usize(cx, i));
        }
        i += 1;
        cx.poll()?;
    }
    Err(cx.value_error("sequence.index(x): x not in sequence"))
}

fn length_hint(cx: &mut Ctx, args: Args) -> PyResult {
    let default = args.index_or(cx, 1, 0)?;
    // A negative default comes back as it is, which a length cannot express.
    let n = protocol::length_hint(cx, args[0], usize::MAX >> 2)?;
    Ok(if n == usize::MAX >> 2 { int::from_i64(cx, default) } else { int::from_usize(cx, n) })
}

/// Whether two byte strings are equal, in a time that depends on the second one's length only.
fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    let same_length = a.len() == b.len();
    let left = if same_length { a } else { b };
    let mut difference = u8::from(!same_length);
    for (x, y) in left.iter().zip(b) {
        difference |= std::hint::black_box(x ^ y);
    }
    difference == 0
}

fn compare_digest(cx: &mut Ctx, args: Args) -> PyResult {
    if let (Some(a), Some(b)) = (Str::of_sub(cx, args[0]), Str::of_sub(cx, args[1])) {
        if !a.is_ascii() || !b.is_ascii() {
            return Err(cx.type_error("comparing strings with non-ASCII characters is not supported"));
        }
        return Ok(Value::bool(equal_in_constant_time(a.as_bytes(), b.as_bytes())));
    }
    if let (Some(a), Some(b)) = (Bytes::of(args[0]), Bytes::of(args[1])) {
        return Ok(Value::bool(equal_in_constant_time(a.as_slice(), b.as_slice())));
    }
    if !protocol::buffer::has_buffer(cx, args[0]) || !protocol::buffer::has_buffer(cx, args[1]) {
        let (a, b) = (types::type_name(cx, args[0]), types::type_name(cx, args[1]));
        return Err(cx.type_error(format!("unsupported operand types(s) or combination of types: '{a}' and '{b}'")));
    }
    let a = protocol::buffer::to_bytes(cx, args[0])?;
    let b = protocol::buffer::to_bytes(cx, args[1])?;
    Ok(Value::bool(equal_in_constant_time(&a, &b)))
}
