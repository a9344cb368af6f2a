//! `_csv.Dialect`, and the registry of dialects by name.

use engine::prelude::*;

/// When fields are quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quoting {
    /// Where needed.
    Minimal,
    /// Always.
    All,
    /// All that is no number; unquoted fields are read as floats.
    NonNumeric,
    /// Never.
    None,
    /// All strings.
    Strings,
    /// All that is not None.
    NotNull,
}

/// The quoting styles by number.
pub const QUOTINGS: [(&str, Quoting); 6] = [
    ("QUOTE_MINIMAL", Quoting::Minimal),
    ("QUOTE_ALL", Quoting::All),
    ("QUOTE_NONNUMERIC", Quoting::NonNumeric),
    ("QUOTE_NONE", Quoting::None),
    ("QUOTE_STRINGS", Quoting::Strings),
    ("QUOTE_NOTNULL", Quoting::NotNull),
];

/// A dialect's rules.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Between fields.
    pub delimiter: u32,
    /// A quote within quotes is doubled.
    pub doublequote: bool,
    /// Takes the next character's meaning.
    pub escapechar: Option<u32>,
    /// After a row, generalized UTF-8.
    pub lineterminator: Vec<u8>,
    /// Around fields.
    pub quotechar: Option<u32>,
    /// When fields are quoted.
    pub quoting: Quoting,
    /// Spaces after a delimiter are dropped.
    pub skipinitialspace: bool,
    /// Bad input is an error.
    pub strict: bool,
}

/// Native slot 0: the rules (a Rust value).
pub static DIALECT: TypeDef = TypeDef {
    doc: "CSV dialect\n\nThe Dialect type records CSV parsing and generation options.\n",
    flags: TypeFlags::BASETYPE,
    nnative: 1,
    new: Some(NativeDef::new(
        "__new__",
        "($type, dialect=None, delimiter=None, doublequote=None, escapechar=None, lineterminator=None, quotechar=None, quoting=None, skipinitialspace=None, strict=None)",
        new,
        "",
    ).hide_sig()),
    getsets: &[
        GetSet::ro("delimiter", |cx, v| {
            let c = rules(cx, v)?.delimiter;
            Ok(Str::from_char(cx, c))
        }, ""),
        GetSet::ro("doublequote", |cx, v| Ok(Value::bool(rules(cx, v)?.doublequote)), ""),
        GetSet::ro("escapechar", |cx, v| {
            let c = rules(cx, v)?.escapechar;
            Ok(c.map_or(Value::NONE, |c| Str::from_char(cx, c)))
        }, ""),
        GetSet::ro("lineterminator", |cx, v| {
            let s = rules(cx, v)?.lineterminator;
            Str::wish(cx, &s)
        }, ""),
        GetSet::ro("quotechar", |cx, v| {
            let c = rules(cx, v)?.quotechar;
            Ok(c.map_or(Value::NONE, |c| Str::from_char(cx, c)))
        }, ""),
        GetSet::ro("quoting", |cx, v| Ok(Value::small(rules(cx, v)?.quoting as i32)), ""),
        GetSet::ro("skipinitialspace", |cx, v| Ok(Value::bool(rules(cx, v)?.skipinitialspace)), ""),
        GetSet::ro("strict", |cx, v| Ok(Value::bool(rules(cx, v)?.strict)), ""),
    ],
    methods: &[
        NativeDef::new("__reduce__", "($self, *args)", no_pickle, "raises an exception to avoid pickling").hide_sig(),
        NativeDef::new("__reduce_ex__", "($self, *args)", no_pickle, "raises an exception to avoid pickling").hide_sig(),
    ],
    ..TypeDef::new("_csv", "Dialect")
};

fn no_pickle(cx: &mut Ctx, args: Args) -> PyResult {
    let name = type_name(cx, args[0]);
    Err(cx.type_error(format!("cannot pickle {name} instances")))
}

/// The rules of a `Dialect` object.
pub fn rules(cx: &mut Ctx, v: Value) -> Res<Rules> {
    let found = Obj::of(v).and_then(|o| o.payload::<Rules>(cx, 0)).cloned();
    found.ok_or_else(|| cx.type_error("Dialect expected"))
}

/// The names of the rules, in the order of the constructor's arguments from 2 on.
const NAMES: [&str; 8] =
    ["delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"];

/// `Dialect.__new__`; the other functions refuse unknown rules through [`is_rule`].
fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let mut dialect = args.some(1);
    let plain = (2..10).all(|i| args.get(i).is_none());
    if let Some(v) = dialect {
        if Str::of_sub(cx, v).is_some() {
            dialect = Some(super::lookup(cx, v)?);
        }
        // A finished dialect without changes is used as it is.
        if let Some(v) = dialect
            && plain
            && cx.is_def(v, &DIALECT)
        {
            return Ok(v);
        }
    }
    // Given arguments first, then the attributes of the dialect.
    let values = List::new(cx);
    for (i, name) in NAMES.iter().enumerate() {
        let mut v = args.get(i + 2).unwrap_or(Value::EMPTY);
        if v == Value::EMPTY
            && let Some(d) = dialect
        {
            let name = Str::new(cx, name);
            v = match protocol::getattr_opt(cx, d, name) {
                Ok(v) => v.unwrap_or(Value::EMPTY),
                Err(r) => {
                    cx.clear(r);
                    Value::EMPTY
                }
            };
        }
        // A list holds no EMPTY: absence is marked by NotImplemented.
        values.push(cx, if v == Value::EMPTY { Value::NOT_IMPLEMENTED } else { v });
    }
    let value = |i: usize| values.get(i).filter(|&v| v != Value::NOT_IMPLEMENTED);
    let delimiter = match value(0) {
        None => u32::from(b','),
        Some(v) => character(cx, v, "delimiter", false)?.unwrap_or(u32::from(b',')),
    };
    let doublequote = truth(cx, value(1), true)?;
    let escapechar = match value(2) {
        None => None,
        Some(v) => character(cx, v, "escapechar", true)?,
    };
    let lineterminator = match value(3) {
        None => b"\r\n".to_vec(),
        Some(v) => match Str::of_sub(cx, v) {
            Some(s) => s.as_bytes().to_vec(),
            None => {
                let name = type_name(cx, v);
                return Err(cx.type_error(format!("\"lineterminator\" must be a string, not {name}")));
            }
        },
    };
    let quotechar = match value(4) {
        None => Some(u32::from(b'"')),
        Some(v) => character(cx, v, "quotechar", true)?,
    };
    let quoting = match value(5) {
        // Without a quote character nothing can be quoted.
        None if value(4) == Some(Value::NONE) => Quoting::None,
        None => Quoting::Minimal,
        Some(v) if !int::is(v) => {
            let name = type_name(cx, v);
            return Err(cx.type_error(format!("\"quoting\" must be an integer, not {name}")));
        }
        Some(v) => match int::to_usize(v).and_then(|i| QUOTINGS.get(i)) {
            Some(&(_, quoting)) => quoting,
            None => return Err(cx.type_error("bad \"quoting\" value")),
        },
    };
    if quoting != Quoting::None && quotechar.is_none() {
        return Err(cx.type_error("quotechar must be set if quoting enabled"));
    }
    let skipinitialspace = truth(cx, value(6), false)?;
    let strict = truth(cx, value(7), false)?;
    let r = Rules { delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skipinitialspace, strict };
    check(cx, &r)?;
    let o = cx.alloc_instance(args[0])?;
    o.set_payload(cx, 0, r);
    Ok(o.value())
}

fn truth(cx: &mut Ctx, v: Option<Value>, default: bool) -> Res<bool> {
    match v {
        Some(v) => protocol::truth(cx, v),
        None => Ok(default),
    }
}

fn character(cx: &mut Ctx, v: Value, name: &str, or_none: bool) -> Res<Option<u32>> {
    if or_none && v == Value::NONE {
        return Ok(None);
    }
    let kind = if or_none { "a unicode character or None" } else { "a unicode character" };
    let Some(s) = Str::of_sub(cx, v) else {
        let got = type_name(cx, v);
        return Err(cx.type_error(format!("\"{name}\" must be {kind}, not {got}")));
    };
    if s.len_chars() != 1 {
        let n = s.len_chars();
        return Err(cx.type_error(format!("\"{name}\" must be {kind}, not a string of length {n}")));
    }
    Ok(s.chars().next())
}

/// Refuses characters that have another meaning already.
fn check(cx: &mut Ctx, r: &Rules) -> Res<()> {
    let chars = [("delimiter", Some(r.delimiter)), ("escapechar", r.escapechar), ("quotechar", r.quotechar)];
    for (name, c) in chars {
        let Some(c) = c else { continue };
        // Space that is skipped could mean nothing else.
        let skipped = c == u32::from(b' ') && r.skipinitialspace && name != "delimiter";
        if c == u32::from(b'\n') || c == u32::from(b'\r') || skipped {
            return Err(cx.value_error(format!("bad {name} value")));
        }
        if pytext::wtf8::code_points(&r.lineterminator).any(|t| t == c) {
            return Err(cx.value_error(format!("bad {name} or lineterminator value")));
        }
    }
    for (i, (first, c)) in chars.iter().enumerate() {
        for (second, d) in &chars[i + 1..] {
            if c.is_some() && c == d {
                return Err(cx.value_error(format!("bad {first} or {second} value")));
            }
        }
    }
    Ok(())
}

/// Whether a dialect has a rule of this name.
pub fn is_rule(name: &str) -> bool {
    NAMES.contains(&name)
}
