//! The module `marshal`: the documented data types in CPython's format, versions up to 5; code objects in a form of
//! our own (they cannot be exchanged between implementations anyway).

mod read;
mod write;

use engine::prelude::*;

/// The newest version of the format.
const VERSION: i32 = 5;
/// Nesting beyond this is refused.
const MAX_DEPTH: usize = 2000;

/// Type codes.
mod code {
    pub const NULL: u8 = b'0';
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const STOP_ITERATION: u8 = b'S';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    pub const LONG: u8 = b'l';
    pub const TEXT_FLOAT: u8 = b'f';
    pub const FLOAT: u8 = b'g';
    pub const TEXT_COMPLEX: u8 = b'x';
    pub const COMPLEX: u8 = b'y';
    pub const BYTES: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const REFERENCE: u8 = b'r';
    pub const UNICODE: u8 = b'u';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const LIST: u8 = b'[';
    pub const DICT: u8 = b'{';
    pub const SET: u8 = b'<';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const CODE: u8 = b'c';
    /// Added to the type of what later references may name.
    pub const FLAG_REF: u8 = 0x80;
}

fn version(cx: &mut Ctx, v: Option<Value>) -> Res<i32> {
    v.map_or(Ok(VERSION), |v| crate::util::c_int(cx, v))
}

fn dumps(cx: &mut Ctx, args: Args) -> PyResult {
    let version = version(cx, args.get(1))?;
    let allow_code = args.truth_or(cx, 2, true)?;
    let bytes = write::dump(cx, args[0], version, allow_code)?;
    Ok(Bytes::new(cx, &bytes))
}

fn dump(cx: &mut Ctx, args: Args) -> PyResult {
    let version = version(cx, args.get(2))?;
    let allow_code = args.truth_or(cx, 3, true)?;
    let bytes = write::dump(cx, args[0], version, allow_code)?;
    let bytes = Bytes::new(cx, &bytes);
    protocol::call_method(cx, args[1], cx.names.write, &[bytes])
}

fn loads(cx: &mut Ctx, args: Args) -> PyResult {
    let allow_code = args.truth_or(cx, 1, true)?;
    let data = crate::util::bytes_like(cx, args[0])?;
    read::load(cx, read::Source::Bytes(&data), allow_code)
}

fn load(cx: &mut Ctx, args: Args) -> PyResult {
    let allow_code = args.truth_or(cx, 1, true)?;
    read::load(cx, read::Source::File(args[0]), allow_code)
}

/// `marshal`
pub static MARSHAL: ModuleDef = ModuleDef {
    doc: "Python objects as bytes, in the format of the interpreter's own files.",
    functions: &[
        NativeDef::new("dumps", "($module, value, version=version, /, *, allow_code=True)", dumps, ""),
        NativeDef::new("dump", "($module, value, file, version=version, /, *, allow_code=True)", dump, ""),
        NativeDef::new("loads", "($module, bytes, /, *, allow_code=True)", loads, ""),
        NativeDef::new("load", "($module, file, /, *, allow_code=True)", load, ""),
    ],
    constants: &[("version", Const::Int(VERSION as i64))],
    ..ModuleDef::new("marshal")
};
