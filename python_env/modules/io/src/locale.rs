//! The module `_locale`.

use engine::objects::{Dict, List};
use engine::prelude::*;
use modules_system::sys::config;

/// `locale.Error`
static ERROR: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
    bases: &[BaseRef::Exc(Exc::Exception)],
    ..TypeDef::new("locale", "Error")
};

/// The C locale: the only one there is.
pub static LOCALE: ModuleDef = ModuleDef {
    doc: "Support for POSIX locales.",
    functions: &[
        NativeDef::new(
            "setlocale",
            "($module, category, locale=None, /)",
            setlocale,
            "Activates/queries locale processing.",
        ),
        NativeDef::new(
            "localeconv",
            "($module, /)",
            localeconv,
            "Returns numeric and monetary locale-specific parameters.",
        ),
        NativeDef::new("strcoll", "($module, os1, os2, /)", strcoll, "Compares two strings according to the locale."),
        NativeDef::new(
            "strxfrm",
            "($module, string, /)",
            |cx, args| {
                args.str(cx, 0)?;
                without_null(cx, args[0])?;
                Ok(args[0])
            },
            "Return a string that can be used as a key for locale-aware comparisons.",
        ),
        NativeDef::new(
            "getencoding",
            "($module, /)",
            |cx, _| Ok(Str::new(cx, config::locale_encoding())),
            "Get the current locale encoding.",
        ),
        NativeDef::new(
            "nl_langinfo",
            "($module, key, /)",
            nl_langinfo,
            "Return the value for the locale information associated with key.",
        ),
    ],
    constants: &[
        ("LC_CTYPE", Const::Int(0)),
        ("LC_NUMERIC", Const::Int(1)),
        ("LC_TIME", Const::Int(2)),
        ("LC_COLLATE", Const::Int(3)),
        ("LC_MONETARY", Const::Int(4)),
        ("LC_MESSAGES", Const::Int(5)),
        ("LC_ALL", Const::Int(6)),
        ("CHAR_MAX", Const::Int(127)),
        ("CODESET", Const::Int(14)),
    ],
    types: &[&ERROR],
    ..ModuleDef::new("_locale")
};

fn without_null(cx: &mut Ctx, v: Value) -> Res<()> {
    match Str::of_sub(cx, v).is_some_and(|s| s.as_bytes().contains(&0)) {
        true => Err(cx.value_error("embedded null character")),
        false => Ok(()),
    }
}

fn unsupported(cx: &mut Ctx) -> Raised {
    let (class, text) = (cx.type_of_def(&ERROR).value(), Str::new(cx, "unsupported locale setting"));
    match protocol::call(cx, class, &[text]) {
        Ok(exc) => cx.raise_exc(exc),
        Err(r) => r,
    }
}

fn setlocale(cx: &mut Ctx, args: Args) -> PyResult {
    let category = protocol::index_value(cx, args[0])?;
    let Some(category) = int::to_i64(category).and_then(|n| i32::try_from(n).ok()) else {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    };
    if let Some(wanted) = args.get(1) {
        without_null(cx, wanted)?;
    }
    // The C library knows more categories than have names here.
    if !(0..=12).contains(&category) {
        return Err(unsupported(cx));
    }
    let wanted = match args.str_opt(cx, 1)? {
        Some(s) => s.to_string_lossy().into_owned(),
        None => "C".to_owned(),
    };
    match wanted.as_str() {
        "" | "C" | "POSIX" | "C.UTF-8" => Ok(Str::new(cx, "C")),
        _ => Err(unsupported(cx)),
    }
}

fn localeconv(cx: &mut Ctx, _args: Args) -> PyResult {
    let d = Dict::new(cx);
    for (key, text) in [
        ("decimal_point", "."),
        ("thousands_sep", ""),
        ("int_curr_symbol", ""),
        ("currency_symbol", ""),
        ("mon_decimal_point", ""),
        ("mon_thousands_sep", ""),
        ("positive_sign", ""),
        ("negative_sign", ""),
    ] {
        let (key, text) = (cx.intern(key.as_bytes()), Str::new(cx, text));
        d.set_str(cx, key, text);
    }
    for key in [
        "int_frac_digits",
        "frac_digits",
        "p_cs_precedes",
        "p_sep_by_space",
        "n_cs_precedes",
        "n_sep_by_space",
        "p_sign_posn",
        "n_sign_posn",
    ] {
        let key = cx.intern(key.as_bytes());
        d.set_str(cx, key, Value::small(127));
    }
    for key in ["grouping", "mon_grouping"] {
        let (key, none) = (cx.intern(key.as_bytes()), List::new(cx).value());
        d.set_str(cx, key, none);
    }
    Ok(d.value())
}

fn strcoll(cx: &mut Ctx, args: Args) -> PyResult {
    let (a, b) = (args.str(cx, 0)?, args.str(cx, 1)?);
    without_null(cx, args[0])?;
    without_null(cx, args[1])?;
    Ok(Value::small(a.cmp(b) as i32))
}

fn nl_langinfo(cx: &mut Ctx, args: Args) -> PyResult {
    match args.index(cx, 0)? {
        14 => Ok(Str::new(cx, config::locale_encoding())),
        _ => Err(cx.value_error("unsupported langinfo constant")),
    }
}
