//! `Array`: items one after the other, and what arrays of characters have besides.

use engine::objects::Slice;
use engine::prelude::*;

use crate::info::{self, Form};
use crate::{codes, data, raw};

struct Items {
    proto: Value,
    length: usize,
    /// Bytes of one.
    step: usize,
    addr: usize,
    /// Bytes of the array.
    size: usize,
}

fn items(cx: &mut Ctx, v: Value) -> Res<Items> {
    let info = data::info_of(cx, v)?;
    let (form, length, total) = {
        let i = info::data(cx, info)?;
        (i.form, i.length, i.size)
    };
    if form != Form::Array {
        return Err(cx.type_error("an array is needed"));
    }
    let proto = info::part(cx, info, info::slot::PROTO);
    let (addr, size) = {
        let m = data::memory(cx, v)?;
        (m.addr(), m.size())
    };
    Ok(Items { proto, length, step: total.checked_div(length).unwrap_or(0), addr, size })
}

/// The code of a simple class.
pub fn code(cx: &mut Ctx, proto: Value) -> Option<u8> {
    let info = info::of_class(cx, proto)?;
    match info::peek(cx, info)?.form {
        Form::Simple(code) => Some(code),
        _ => None,
    }
}

/// `__len__`
pub fn len(cx: &mut Ctx, a: Args) -> PyResult {
    let n = items(cx, a[0])?.length;
    Ok(int::from_usize(cx, n))
}

/// `__init__`
pub fn init(cx: &mut Ctx, a: Args) -> PyResult {
    let Some(given) = Tuple::of(a[1]) else { return Ok(Value::NONE) };
    for (i, v) in given.items().enumerate() {
        set(cx, a[0], i, v)?;
    }
    Ok(Value::NONE)
}

fn item(cx: &mut Ctx, v: Value, i: usize) -> PyResult {
    let it = items(cx, v)?;
    if i >= it.length {
        return Err(cx.index_error("invalid index"));
    }
    data::get(cx, it.proto, v, i, it.addr.wrapping_add(i * it.step))
}

fn set(cx: &mut Ctx, v: Value, i: usize, new: Value) -> Res<()> {
    let it = items(cx, v)?;
    if i >= it.length {
        return Err(cx.index_error("invalid index"));
    }
    let kept = data::put(cx, it.proto, new, it.addr.wrapping_add(i * it.step))?;
    data::keep(cx, v, i, kept)
}

fn index(cx: &mut Ctx, key: Value, length: usize) -> Res<usize> {
    if !int::is_sub(cx, key) && types::type_of(cx, key).slots().index().is_none() {
        return Err(cx.type_error("indices must be integers"));
    }
    let i = protocol::number::subscript_index(cx, key)?;
    let i = if i < 0 { i.saturating_add(length as i64) } else { i };
    match usize::try_from(i).ok().filter(|&i| i < length) {
        Some(i) => Ok(i),
        None => Err(cx.index_error("invalid index")),
    }
}

/// `__getitem__`
pub fn getitem(cx: &mut Ctx, a: Args) -> PyResult {
    let it = items(cx, a[0])?;
    let Some(slice) = Slice::of(a[1]) else {
        let i = index(cx, a[1], it.length)?;
        return item(cx, a[0], i);
    };
    let idx = slice.indices(cx, it.length)?;
    let place = |i: usize| (idx.start as isize + i as isize * idx.step as isize) as usize;
    gather(cx, it.proto, idx.count, |cx, i| item(cx, a[0], place(i)), |i| it.addr.wrapping_add(place(i) * it.step))
}

/// The items of a slice: bytes, a string, or a list of what `item` gives.
pub fn gather(
    cx: &mut Ctx,
    proto: Value,
    count: usize,
    mut item: impl FnMut(&mut Ctx, usize) -> PyResult,
    addr: impl Fn(usize) -> usize,
) -> PyResult {
    match code(cx, proto) {
        Some(b'c') => {
            let mut out = cx.zeros(count)?;
            for (i, b) in out.iter_mut().enumerate() {
                raw::read(addr(i), std::slice::from_mut(b));
            }
            Bytes::wish(cx, &out)
        }
        Some(b'u') => {
            let list = List::new(cx);
            for i in 0..count {
                let c = codes::load(cx, b'u', addr(i), false)?;
                list.push(cx, c);
            }
            let (empty, join) = (Str::new(cx, ""), cx.intern(b"join"));
            protocol::call_method(cx, empty, join, &[list.value()])
        }
        _ => {
            let list = List::new(cx);
            for i in 0..count {
                cx.poll()?;
                let v = item(cx, i)?;
                list.push(cx, v);
            }
            Ok(list.value())
        }
    }
}

/// `__setitem__`
pub fn setitem(cx: &mut Ctx, a: Args) -> PyResult {
    let it = items(cx, a[0])?;
    let Some(slice) = Slice::of(a[1]) else {
        let i = index(cx, a[1], it.length)?;
        set(cx, a[0], i, a[2])?;
        return Ok(Value::NONE);
    };
    let idx = slice.indices(cx, it.length)?;
    if protocol::sequence::length(cx, a[2])? != idx.count {
        return Err(cx.value_error("Can only assign sequence of same size"));
    }
    for i in 0..idx.count {
        let key = int::from_usize(cx, i);
        let new = protocol::sequence::getitem(cx, a[2], key)?;
        set(cx, a[0], (idx.start as isize + i as isize * idx.step as isize) as usize, new)?;
    }
    Ok(Value::NONE)
}

/// `__delitem__`
pub fn delitem(cx: &mut Ctx, _: Args) -> PyResult {
    Err(cx.type_error("Array does not support item deletion"))
}

// --- arrays of characters ---

fn no_deletion(cx: &mut Ctx, v: Value) -> Res<()> {
    if v.is_empty() { Err(cx.type_error("can't delete attribute")) } else { Ok(()) }
}

/// `raw`
pub fn char_raw(cx: &mut Ctx, v: Value) -> PyResult {
    let it = items(cx, v)?;
    codes::byte_string(cx, it.addr, it.size)
}

/// `raw = bytes`
pub fn set_char_raw(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    if new.is_empty() {
        return Err(cx.raise(Exc::AttributeError, "cannot delete attribute"));
    }
    let bytes = protocol::to_bytes(cx, new)?;
    let it = items(cx, v)?;
    if bytes.len() > it.size {
        return Err(cx.value_error("byte string too long"));
    }
    raw::write(it.addr, &bytes);
    Ok(())
}

/// `value`: up to the first zero.
pub fn char_value(cx: &mut Ctx, v: Value) -> PyResult {
    let it = items(cx, v)?;
    read_chars(cx, it.addr, it.size)
}

/// Bytes up to the first zero.
pub fn read_chars(cx: &mut Ctx, addr: usize, size: usize) -> PyResult {
    let mut out = cx.zeros(size)?;
    raw::read(addr, &mut out);
    let n = out.iter().position(|&b| b == 0).unwrap_or(size);
    Bytes::wish(cx, &out[..n])
}

/// `value = bytes`
pub fn set_char_value(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    no_deletion(cx, new)?;
    let Some(bytes) = Bytes::of_sub(cx, new) else {
        let got = types::type_name(cx, new);
        return Err(cx.type_error(format!("bytes expected instead of {got} instance")));
    };
    let it = items(cx, v)?;
    if bytes.len() > it.size {
        return Err(cx.value_error("byte string too long"));
    }
    write_chars(it.addr, it.size, bytes.as_slice());
    Ok(())
}

/// Bytes, and a zero if there is room.
pub fn write_chars(addr: usize, size: usize, bytes: &[u8]) {
    raw::write(addr, bytes);
    if bytes.len() < size {
        raw::write(addr.wrapping_add(bytes.len()), &[0]);
    }
}

/// `value` of wide characters.
pub fn wchar_value(cx: &mut Ctx, v: Value) -> PyResult {
    let it = items(cx, v)?;
    read_wide(cx, it.addr, it.size)
}

/// Wide characters up to the first zero.
pub fn read_wide(cx: &mut Ctx, addr: usize, size: usize) -> PyResult {
    let n = (0..size / 4).find(|i| codes::load_int(addr.wrapping_add(4 * i), 4, false, false) == 0).unwrap_or(size / 4);
    codes::wide_string(cx, addr, n)
}

/// `value = str`
pub fn set_wchar_value(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    no_deletion(cx, new)?;
    let Some(s) = Str::of_sub(cx, new) else {
        let got = types::type_name(cx, new);
        return Err(cx.type_error(format!("unicode string expected instead of {got} instance")));
    };
    let it = items(cx, v)?;
    if s.len_chars() > it.size / 4 {
        return Err(cx.value_error("string too long"));
    }
    write_wide(it.addr, it.size, s);
    Ok(())
}

/// Wide characters, and a zero if there is room.
pub fn write_wide(addr: usize, size: usize, s: Str) {
    let mut at = addr;
    for c in s.chars() {
        codes::store_int(at, 4, c.into(), false);
        at = at.wrapping_add(4);
    }
    if at.wrapping_sub(addr) < size {
        codes::store_int(at, 4, 0, false);
    }
}
