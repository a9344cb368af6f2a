//! `_Pointer`: the address of an object of some class.

use engine::objects::Slice;
use engine::prelude::*;

use crate::info;
use crate::{array, codes, data};

/// The class that is pointed to.
fn proto(cx: &mut Ctx, v: Value) -> PyResult {
    let info = data::info_of(cx, v)?;
    let proto = info::part(cx, info, info::slot::PROTO);
    if Type::of(proto).is_none() {
        return Err(cx.type_error("Cannot create instance: has no _type_"));
    }
    Ok(proto)
}

fn target(cx: &mut Ctx, v: Value) -> Res<usize> {
    let addr = data::addr(cx, v)?;
    match codes::load_int(addr, 8, false, false) {
        0 => Err(cx.value_error("NULL pointer access")),
        n => Ok(n as usize),
    }
}

/// `__init__`
pub fn init(cx: &mut Ctx, a: Args) -> PyResult {
    proto(cx, a[0])?;
    let Some(given) = Tuple::of(a[1]) else { return Ok(Value::NONE) };
    match given.len() {
        0 => Ok(Value::NONE),
        1 => set_contents(cx, a[0], given.get(0)).map(|()| Value::NONE),
        n => Err(cx.type_error(format!("POINTER() takes at most 1 argument ({n} given)"))),
    }
}

/// `__bool__`
pub fn truth(cx: &mut Ctx, a: Args) -> PyResult {
    let addr = data::addr(cx, a[0])?;
    Ok(Value::bool(codes::load_int(addr, 8, false, false) != 0))
}

/// `contents`
pub fn contents(cx: &mut Ctx, v: Value) -> PyResult {
    let proto = proto(cx, v)?;
    let at = target(cx, v)?;
    data::over(cx, proto, at, v, 0)
}

/// `contents = object`
pub fn set_contents(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    if new.is_empty() {
        return Err(cx.type_error("Pointer does not support item deletion"));
    }
    let proto = proto(cx, v)?;
    if !protocol::is_instance(cx, new, proto)? || !data::is_data(cx, new) {
        let (want, got) = (data::class_name(proto), types::type_name(cx, new));
        return Err(cx.type_error(format!("expected {want} instead of {got}")));
    }
    let (own, at) = (data::addr(cx, v)?, data::addr(cx, new)?);
    codes::store_int(own, 8, at as u64, false);
    data::keep(cx, v, 1, new)?;
    let kept = data::kept_objects(cx, new)?;
    data::keep(cx, v, 0, kept)
}

fn step(cx: &mut Ctx, proto: Value) -> Res<usize> {
    let info = data::info_of_class(cx, proto)?;
    Ok(info::data(cx, info)?.size)
}

fn item(cx: &mut Ctx, v: Value, i: i64) -> PyResult {
    let at = target(cx, v)?;
    let proto = proto(cx, v)?;
    let size = step(cx, proto)?;
    data::get(cx, proto, v, i as usize, at.wrapping_add_signed((i as isize).wrapping_mul(size as isize)))
}

fn index(cx: &mut Ctx, key: Value) -> Res<i64> {
    if !int::is_sub(cx, key) && types::type_of(cx, key).slots().index().is_none() {
        return Err(cx.type_error("Pointer indices must be integer"));
    }
    protocol::number::subscript_index(cx, key)
}

/// `__getitem__`
pub fn getitem(cx: &mut Ctx, a: Args) -> PyResult {
    let Some(slice) = Slice::of(a[1]) else {
        let i = index(cx, a[1])?;
        return item(cx, a[0], i);
    };
    let bound = |cx: &mut Ctx, name: &[u8]| {
        let name = cx.intern(name);
        protocol::getattr(cx, slice.value(), name)
    };
    let (first, last, by) = (bound(cx, b"start")?, bound(cx, b"stop")?, bound(cx, b"step")?);
    let by = if by.is_none() { 1 } else { protocol::index(cx, by)? };
    if by == 0 {
        return Err(cx.value_error("slice step cannot be zero"));
    }
    let first = match first {
        v if v.is_none() && by < 0 => return Err(cx.value_error("slice start is required for step < 0")),
        v if v.is_none() => 0,
        v => protocol::index(cx, v)?,
    };
    if last.is_none() {
        return Err(cx.value_error("slice stop is required"));
    }
    let last = protocol::index(cx, last)?;
    let distance = if by > 0 { last.saturating_sub(first) } else { first.saturating_sub(last) };
    let count = if distance <= 0 { 0 } else { (distance - 1) / by.saturating_abs() + 1 };
    let proto = proto(cx, a[0])?;
    let size = step(cx, proto)? as i64;
    let at = if count == 0 { 0 } else { target(cx, a[0])? as i64 };
    let place = |i: usize| first.wrapping_add((i as i64).wrapping_mul(by));
    array::gather(
        cx,
        proto,
        count as usize,
        |cx, i| item(cx, a[0], place(i)),
        |i| at.wrapping_add(place(i).wrapping_mul(size)) as usize,
    )
}

/// `__setitem__`
pub fn setitem(cx: &mut Ctx, a: Args) -> PyResult {
    let i = index(cx, a[1])?;
    let at = target(cx, a[0])?;
    let proto = proto(cx, a[0])?;
    let size = step(cx, proto)?;
    let place = at.wrapping_add_signed((i as isize).wrapping_mul(size as isize));
    let kept = data::put(cx, proto, a[2], place)?;
    data::keep(cx, a[0], i as usize, kept)?;
    Ok(Value::NONE)
}

/// `__delitem__`
pub fn delitem(cx: &mut Ctx, _: Args) -> PyResult {
    Err(cx.type_error("Pointer does not support item deletion"))
}
