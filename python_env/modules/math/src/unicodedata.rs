//! The module `unicodedata`: the same functions for the current character database and, as methods of `ucd_3_2_0`, for
//! version 3.2.

use engine::prelude::*;
use pytext::unicode::{self, Database, Form, MODERN, V3_2};

/// A function over a database; arguments without a receiver.
type Query = fn(&mut Ctx, Database, Args) -> PyResult;

macro_rules! queries {
    ($($name:literal $sig:literal $f:path, $doc:literal;)*) => {
        const FUNCTIONS: &[NativeDef] = &[$(NativeDef::new($name, concat!("($module, ", $sig), |cx, args| {
            let f: Query = $f;
            f(cx, MODERN, args)
        }, $doc)),*];
        const METHODS: &[NativeDef] = &[$(NativeDef::new($name, concat!("($self, ", $sig), |cx, args| {
            let f: Query = $f;
            f(cx, V3_2, Args(args.from(1)))
        }, $doc)),*];
    };
}

queries! {
    "bidirectional" "chr, /)" bidirectional, "Returns the bidirectional class assigned to the character chr as string.\n\nIf no such value is defined, an empty string is returned.";
    "category" "chr, /)" category, "Returns the general category assigned to the character chr as string.";
    "combining" "chr, /)" combining, "Returns the canonical combining class assigned to the character chr as integer.\n\nReturns 0 if no combining class is defined.";
    "decimal" "chr, default=<unrepresentable>, /)" decimal, "Converts a Unicode character into its equivalent decimal value.";
    "decomposition" "chr, /)" decomposition, "Returns the character decomposition mapping assigned to the character chr as string.";
    "digit" "chr, default=<unrepresentable>, /)" digit, "Converts a Unicode character into its equivalent digit value.";
    "east_asian_width" "chr, /)" east_asian_width, "Returns the east asian width assigned to the character chr as string.";
    "is_normalized" "form, unistr, /)" is_normalized, "Return whether the Unicode string unistr is in the normal form 'form'.";
    "lookup" "name, /)" lookup, "Look up character by name.";
    "mirrored" "chr, /)" mirrored, "Returns the mirrored property assigned to the character chr as integer.";
    "name" "chr, default=<unrepresentable>, /)" name, "Returns the name assigned to the character chr as a string.";
    "normalize" "form, unistr, /)" normalize, "Return the normal form 'form' for the Unicode string unistr.";
    "numeric" "chr, default=<unrepresentable>, /)" numeric, "Converts a Unicode character into its equivalent numeric value.";
}

/// `unicodedata`.
pub static UNICODEDATA: ModuleDef = ModuleDef {
    doc: "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which is publicly available from the Unicode Consortium.",
    functions: FUNCTIONS,
    constants: &[("unidata_version", Const::Str(unicode::VERSION))],
    types: &[&UCD],
    init: Some(|cx, module| {
        let old = cx.new_object(&UCD, &[]);
        cx.set_module_attr(module, "ucd_3_2_0", old);
        Ok(())
    }),
    ..ModuleDef::new("unicodedata")
};

/// `unicodedata.UCD`: version 3.2 of the database.
static UCD: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    methods: METHODS,
    attrs: &[("unidata_version", Const::Str("3.2.0"))],
    ..TypeDef::new("unicodedata", "UCD")
};

/// The single character in the first argument; `place` is empty or the argument's number.
fn character(cx: &mut Ctx, args: Args, function: &str, place: &str) -> Res<u32> {
    match Str::of_sub(cx, args[0]) {
        Some(s) => {
            let mut chars = s.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(c),
                _ => {
                    let n = s.len_chars();
                    Err(cx.type_error(format!(
                        "{function}(): argument{place} must be a unicode character, not a string of length {n}"
                    )))
                }
            }
        }
        None => {
            let name = type_name(cx, args[0]);
            Err(cx.type_error(format!("{function}() argument{place} must be a unicode character, not {name}")))
        }
    }
}

fn bidirectional(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let c = character(cx, args, "bidirectional", "")?;
    Ok(Str::new(cx, db.bidirectional(c)))
}

fn category(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let c = character(cx, args, "category", "")?;
    Ok(Str::new(cx, db.category(c)))
}

fn combining(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let c = character(cx, args, "combining", "")?;
    Ok(Value::small(i32::from(db.combining(c))))
}

fn decomposition(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let c = character(cx, args, "decomposition", "")?;
    Ok(Str::new(cx, &if is_later(db, c) { String::new() } else { db.decomposition(c) }))
}

fn east_asian_width(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let c = character(cx, args, "east_asian_width", "")?;
    Ok(Str::new(cx, db.east_asian_width(c)))
}

fn mirrored(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let c = character(cx, args, "mirrored", "")?;
    Ok(Value::small(i32::from(db.mirrored(c))))
}

/// The second argument, else a ValueError.
fn or_default(cx: &mut Ctx, args: Args, message: &str) -> PyResult {
    match args.get(1) {
        Some(v) => Ok(v),
        None => Err(cx.value_error(message)),
    }
}

fn decimal(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    match db.decimal(character(cx, args, "decimal", " 1")?) {
        Some(n) => Ok(int::from_u64(cx, u64::from(n))),
        None => or_default(cx, args, "not a decimal"),
    }
}

fn digit(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    match db.digit(character(cx, args, "digit", " 1")?) {
        Some(n) => Ok(int::from_u64(cx, u64::from(n))),
        None => or_default(cx, args, "not a digit"),
    }
}

fn numeric(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    match db.numeric(character(cx, args, "numeric", " 1")?) {
        Some(x) => Ok(float::new(cx, x)),
        None => or_default(cx, args, "not a numeric character"),
    }
}

fn name(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    match db.name(character(cx, args, "name", " 1")?) {
        Some(s) => Ok(Str::new(cx, &s)),
        None => or_default(cx, args, "no such name"),
    }
}

fn lookup(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let wanted = match (Str::of_sub(cx, args[0]), protocol::buffer::has_buffer(cx, args[0])) {
        (Some(s), _) => s.to_string_lossy().into_owned(),
        (None, true) => String::from_utf8_lossy(&protocol::to_bytes(cx, args[0])?).into_owned(),
        (None, false) => {
            let name = type_name(cx, args[0]);
            return Err(
                cx.type_error(format!("lookup() argument must be str or read-only bytes-like object, not {name}"))
            );
        }
    };
    match db.lookup(&wanted) {
        Some(s) => Ok(Str::new(cx, &s)),
        None => Err(cx.raise(Exc::KeyError, format!("undefined character name '{wanted}'"))),
    }
}

fn form_and_text(cx: &mut Ctx, args: Args, function: &str) -> Res<(Form, Str)> {
    let mut both = [args[0], args[1]];
    for (i, v) in both.iter_mut().enumerate() {
        if Str::of_sub(cx, *v).is_none() {
            let name = type_name(cx, *v);
            return Err(cx.type_error(format!("{function}() argument {} must be str, not {name}", i + 1)));
        }
        *v = objects::base_value(cx, *v);
    }
    let form = Str::of(both[0]).and_then(|s| Form::parse(s.as_str()?));
    match (form, Str::of(both[1])) {
        (Some(form), Some(text)) => Ok((form, text)),
        _ => Err(cx.value_error("invalid normalization form")),
    }
}

/// A letter of Unicode 4.0, by which a database tells its age.
const YOUNG: u32 = 0x1D39;

fn is_modern(db: Database) -> bool {
    db.category(YOUNG) != "Cn"
}

/// Whether an older database does not know the character, which passes unchanged then. The library's mappings are of all versions.
fn is_later(db: Database, c: u32) -> bool {
    !is_modern(db) && db.category(c) == "Cn"
}

/// Normalizes what lies between characters that the database does not know.
fn normalized(db: Database, form: Form, text: Str) -> Vec<u8> {
    let bytes = text.as_bytes();
    if is_modern(db) {
        return unicode::normalize(form, bytes);
    }
    let (mut out, mut from, mut at) = (Vec::with_capacity(bytes.len()), 0, 0);
    for c in text.chars() {
        let next = at + char::from_u32(c).map_or(3, char::len_utf8);
        if is_later(db, c) {
            out.extend(unicode::normalize(form, &bytes[from..at]));
            out.extend_from_slice(&bytes[at..next]);
            from = next;
        }
        at = next;
    }
    out.extend(unicode::normalize(form, &bytes[from..]));
    out
}

fn normalize(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let (form, text) = form_and_text(cx, args, "normalize")?;
    // Code points one by one, and of some compositions very many.
    cx.make_room_beside(text.byte_len().saturating_mul(24))?;
    if text.is_ascii() {
        return Ok(text.value());
    }
    let found = normalized(db, form, text);
    if found == text.as_bytes() { Ok(text.value()) } else { Str::wish(cx, &found) }
}

fn is_normalized(cx: &mut Ctx, db: Database, args: Args) -> PyResult {
    let (form, text) = form_and_text(cx, args, "is_normalized")?;
    cx.make_room_beside(text.byte_len().saturating_mul(24))?;
    Ok(Value::bool(text.is_ascii() || normalized(db, form, text) == text.as_bytes()))
}
