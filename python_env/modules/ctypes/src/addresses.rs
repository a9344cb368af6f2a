//! Functions that `ctypes` calls by address and that are ours: `cast`, `string_at` and their like.

use engine::prelude::*;
use engine::protocol::buffer::{self, Buffer};

use crate::info::{self, Form};
use crate::raw::{self, Arg};
use crate::{codes, data, param};

/// One of the functions.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Known {
    Cast,
    StringAt,
    WideStringAt,
    MemoryviewAt,
}

const ALL: [Known; 4] = [Known::Cast, Known::StringAt, Known::WideStringAt, Known::MemoryviewAt];

/// Stands where they would lie: nothing else has these addresses.
static PLACES: [u64; ALL.len()] = [1, 2, 3, 4];

/// The address of one.
pub fn addr(known: Known) -> usize {
    PLACES.as_ptr().expose_provenance() + 8 * known as usize
}

/// Which of them lies at an address.
pub fn which(at: usize) -> Option<Known> {
    ALL.into_iter().find(|&k| addr(k) == at)
}

/// The word that an argument is.
fn word(cx: &mut Ctx, v: Value) -> Res<u64> {
    let mut keep = RootVec::new(cx);
    let arg: Arg = param::convert(cx, v, 1, &mut keep)?;
    let b = arg.words.bytes();
    Ok(u64::from_ne_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
}

/// C's `int` that an argument is.
fn c_int(cx: &mut Ctx, v: Value) -> Res<i64> {
    Ok(i64::from(word(cx, v)? as i32))
}

/// Calls one, with arguments that have been converted.
pub fn call(cx: &mut Ctx, known: Known, args: &[Value]) -> PyResult {
    let wanted = match known {
        Known::Cast | Known::MemoryviewAt => 3,
        _ => 2,
    };
    if args.len() != wanted {
        return Err(cx.type_error(format!("this function takes {wanted} arguments ({} given)", args.len())));
    }
    let at = word(cx, args[0])? as usize;
    match known {
        Known::Cast => {
            let (source, class) = (param::object_of(cx, args[1])?, param::object_of(cx, args[2])?);
            cast(cx, at, source, class)
        }
        Known::StringAt => {
            let n = c_int(cx, args[1])?;
            tell(cx, "ctypes.string_at", at, n)?;
            let n = length(cx, at, n, raw::string_len)?;
            codes::byte_string(cx, at, n)
        }
        Known::WideStringAt => {
            let n = c_int(cx, args[1])?;
            tell(cx, "ctypes.wstring_at", at, n)?;
            let n = length(cx, at, n, raw::wide_len)?;
            codes::wide_string(cx, at, n)
        }
        Known::MemoryviewAt => {
            let n = word(cx, args[1])? as i64;
            let readonly = c_int(cx, args[2])? != 0;
            tell(cx, "ctypes.memoryview_at", at, n)?;
            let Ok(n) = usize::try_from(n) else {
                return Err(cx.value_error(format!("memoryview_at: size is negative (or overflowed): {n}")));
            };
            let view = Buffer::bytes(cx, Value::NONE, raw::pointer(at), n, readonly);
            buffer::memoryview_of(cx, view)
        }
    }
}

fn tell(cx: &mut Ctx, event: &str, at: usize, n: i64) -> Res<()> {
    let parts = [int::from_usize(cx, at), int::from_i64(cx, n)];
    audit::tell(cx, event, &parts)
}

/// The length that was given, or that of the string which ends in a zero.
fn length(cx: &mut Ctx, at: usize, given: i64, find: fn(usize) -> usize) -> Res<usize> {
    match usize::try_from(given) {
        Ok(0) => Ok(0),
        _ if at == 0 => Err(cx.value_error("NULL pointer access")),
        Ok(n) => Ok(n),
        Err(_) if given == -1 => Ok(find(at)),
        Err(_) => Err(cx.system_error("Negative size passed to PyBytes_FromStringAndSize")),
    }
}

/// An object of another class at the same address, which keeps what the first one keeps.
fn cast(cx: &mut Ctx, at: usize, source: Value, class: Value) -> PyResult {
    let form = info::of_class(cx, class).and_then(|i| info::peek(cx, i)).map(|i| i.form);
    if !matches!(form, Some(Form::Pointer | Form::Function | Form::Simple(b'P' | b'z' | b'Z' | b'O'))) {
        let name = Type::of(class).map_or_else(|| types::type_name(cx, class), Type::name_str);
        return Err(cx.type_error(format!("cast() argument 2 must be a pointer type, not {name}")));
    }
    let made = protocol::call(cx, class, &[])?;
    if data::is_data(cx, source) {
        let kept = data::kept_objects(cx, source)?;
        if let Some(o) = Obj::of(made) {
            o.set_slot(cx, data::slot::KEPT, kept);
        }
        if let Some(all) = Dict::of(kept) {
            let key = int::from_u64(cx, source.bits());
            all.set(cx, key, source)?;
        }
    }
    let to = data::addr(cx, made)?;
    codes::store_int(to, 8, at as u64, false);
    Ok(made)
}
