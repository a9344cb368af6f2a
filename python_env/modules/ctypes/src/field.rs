//! `CField`: the descriptor of a field of a structure or union.

use engine::prelude::*;

use crate::info::{self, Form};
use crate::{array, codes, data};

mod slot {
    pub const DATA: usize = 0;
    pub const NAME: usize = 1;
    pub const TYPE: usize = 2;
    pub const COUNT: u16 = 3;
}

struct Field {
    offset: usize,
    size: usize,
    index: usize,
    /// Width and place of a bit field.
    bits: Option<(u32, u32)>,
    anonymous: bool,
    /// Of an array of characters, which reads as text: the code of its items.
    text: Option<u8>,
}

/// `CField`
pub static FIELD: TypeDef = TypeDef {
    doc: "Structure/Union member",
    nnative: slot::COUNT,
    new: Some(NativeDef::new(
        "__new__",
        "($type, /, name, type, byte_size, byte_offset, index, _internal_use, bit_size=None, bit_offset=None)",
        new,
        "",
    )),
    slots: Slots { repr: Some(repr), descr_get: Some(get), descr_set: Some(set), ..Slots::NONE },
    members: &[
        Member::ro("name", slot::NAME as u16, "name of this field"),
        Member::ro("type", slot::TYPE as u16, "type of this field"),
    ],
    getsets: &[
        GetSet::ro(
            "offset",
            |cx, v| number(cx, v, |f| f.offset),
            "offset in bytes of this field (same as byte_offset)",
        ),
        GetSet::ro(
            "byte_offset",
            |cx, v| number(cx, v, |f| f.offset),
            "offset in bytes of this field. For bitfields: excludes bit_offset.",
        ),
        GetSet::ro("byte_size", |cx, v| number(cx, v, |f| f.size), "size of this field in bytes"),
        GetSet::ro(
            "size",
            |cx, v| number(cx, v, |f| f.bits.map_or(f.size, |(n, at)| (n as usize) << 16 | at as usize)),
            "size in bytes of this field. For bitfields, this is a legacy packed value; use byte_size instead",
        ),
        GetSet::ro("bit_size", bit_size, "size of this field in bits"),
        GetSet::ro(
            "bit_offset",
            |cx, v| number(cx, v, |f| f.bits.map_or(0, |(_, at)| at as usize)),
            "additional offset in bits (relative to byte_offset); zero for non-bitfields",
        ),
        GetSet::ro("is_bitfield", |cx, v| Ok(Value::bool(field(cx, v)?.bits.is_some())), "true if this is a bitfield"),
        GetSet::ro("is_anonymous", |cx, v| Ok(Value::bool(field(cx, v)?.anonymous)), "true if this field is anonymous"),
    ],
    ..TypeDef::new("ctypes", "CField")
};

fn number(cx: &mut Ctx, v: Value, f: impl FnOnce(&Field) -> usize) -> PyResult {
    let n = f(field(cx, v)?);
    Ok(int::from_usize(cx, n))
}

/// The bits of a field may be more than a word counts.
fn bit_size(cx: &mut Ctx, v: Value) -> PyResult {
    let f = field(cx, v)?;
    let n = f.bits.map_or(f.size as i128 * 8, |(n, _)| n.into());
    Ok(int::from_i128(cx, n))
}

fn peek(cx: &Ctx, v: Value) -> Option<&Field> {
    Obj::of(v)?.payload::<Field>(cx, slot::DATA)
}

fn field(cx: &mut Ctx, v: Value) -> Res<&Field> {
    if peek(cx, v).is_none() {
        return Err(cx.type_error("a field is needed"));
    }
    match peek(cx, v) {
        Some(f) => Ok(f),
        None => unreachable!("just seen"),
    }
}

fn part(cx: &Ctx, v: Value, slot: usize) -> Value {
    Obj::of(v).and_then(|o| o.slot(cx, slot).non_empty()).unwrap_or(Value::NONE)
}

fn new(cx: &mut Ctx, a: Args) -> PyResult {
    let Some(name) = Str::of_sub(cx, a[1]) else { return Err(a.wrong(cx, 1, "str")) };
    if !protocol::truth(cx, a[6])? {
        return Err(cx.type_error("CField is not intended to be used directly"));
    }
    let Some(info) = info::of_class(cx, a[2]) else {
        let got = types::type_name(cx, a[2]);
        return Err(cx.type_error(format!("type of field {} must be a C type, not {got}", quoted(name))));
    };
    let (size, offset) = (a.index(cx, 3)?, a.index(cx, 4)?);
    let (Ok(size), Ok(offset)) = (usize::try_from(size), usize::try_from(offset)) else {
        return Err(cx.value_error("byte size and offset of a field must be non-negative"));
    };
    let (form, own, item) = {
        let i = info::data(cx, info)?;
        (i.form, i.size, info::slot::PROTO)
    };
    if own != size {
        let text = format!("byte size of field {} ({size}) does not match type size ({own})", quoted(name));
        return Err(cx.value_error(text));
    }
    let index = usize::try_from(a.index(cx, 5)?).unwrap_or(0);
    let bits = match a.some(7) {
        None => None,
        Some(_) => {
            let Form::Simple(code) = form else { return Err(no_bits(cx, a[2])) };
            let bytes = match (codes::integer(code), code) {
                (Some((n, _)), _) => n,
                (None, b'?') => 1,
                _ => return Err(no_bits(cx, a[2])),
            };
            let (n, at) = (a.index(cx, 7)?, a.index_or(cx, 8, 0)?);
            let width = 8 * bytes as i64;
            if n <= 0 || n > width {
                return Err(cx.value_error(format!("number of bits invalid for bit field {}", quoted(name))));
            }
            if at < 0 || at + n > width {
                return Err(
                    cx.value_error(format!("bit field {} overflows its type ({at} + {n} > {width})", quoted(name)))
                );
            }
            Some((n as u32, at as u32))
        }
    };
    let text = match form {
        Form::Array => {
            let proto = info::part(cx, info, item);
            array::code(cx, proto).filter(|c| matches!(c, b'c' | b'u'))
        }
        _ => None,
    };
    let o = cx.alloc_instance(a[0])?;
    o.set_payload(cx, slot::DATA, Field { offset, size, index, bits, anonymous: false, text });
    let name = name.intern(cx);
    o.set_slot(cx, slot::NAME, name);
    o.set_slot(cx, slot::TYPE, a[2]);
    Ok(o.value())
}

fn quoted(name: Str) -> String {
    format!("'{}'", name.to_string_lossy())
}

fn no_bits(cx: &mut Ctx, class: Value) -> Raised {
    let name = data::class_name(class);
    cx.type_error(format!("bit fields not allowed for type {name}"))
}

/// `moved(field, offset, index)`: the field of an anonymous field, as one of the whole; or the field itself, anonymous, with an offset of None.
pub fn moved(cx: &mut Ctx, a: Args) -> PyResult {
    let (index, by) = match a.some(1) {
        Some(_) => (a.index(cx, 2)?, a.index(cx, 1)?),
        None => (field(cx, a[0])?.index as i64, 0),
    };
    let f = field(cx, a[0])?;
    let made = Field {
        offset: f.offset.saturating_add(usize::try_from(by).unwrap_or(0)),
        size: f.size,
        index: usize::try_from(index).unwrap_or(0),
        bits: f.bits,
        anonymous: f.anonymous || a.some(1).is_none(),
        text: f.text,
    };
    let (name, class) = (part(cx, a[0], slot::NAME), part(cx, a[0], slot::TYPE));
    let o = cx.new_object(&FIELD, &[]);
    if let Some(o) = Obj::of(o) {
        o.set_payload(cx, slot::DATA, made);
        o.set_slot(cx, slot::NAME, name);
        o.set_slot(cx, slot::TYPE, class);
    }
    Ok(o)
}

/// Where the field lies in an object, which must be long enough.
fn place(cx: &mut Ctx, v: Value, owner: Value) -> Res<usize> {
    if !data::is_data(cx, owner) {
        return Err(cx.type_error("not a ctype instance"));
    }
    let (addr, len) = {
        let m = data::memory(cx, owner)?;
        (m.addr(), m.size())
    };
    let f = field(cx, v)?;
    // A bit field's storage may reach beyond the end: only its bytes count.
    let needed = match f.bits {
        Some((n, at)) => f.offset.checked_add((at + n).div_ceil(8) as usize),
        None => f.offset.checked_add(f.size),
    };
    if needed.is_none_or(|n| n > len) {
        return Err(cx.type_error("the field is not one of this object's"));
    }
    Ok(addr.wrapping_add(f.offset))
}

/// The bytes of a bit field's storage that are inside the object, as an integer.
fn load_bits(addr: usize, f: &Bits) -> u64 {
    let mut n = 0u64;
    for i in f.bytes() {
        let b = codes::load_int(addr.wrapping_add(i), 1, false, false);
        n |= b << (8 * if f.swapped { f.size - 1 - i } else { i });
    }
    n
}

struct Bits {
    size: usize,
    width: u32,
    at: u32,
    swapped: bool,
    signed: bool,
    is_bool: bool,
}

impl Bits {
    /// The storage bytes that the field has a share in.
    fn bytes(&self) -> std::ops::Range<usize> {
        let (first, last) = ((self.at / 8) as usize, (self.at + self.width).div_ceil(8) as usize);
        if self.swapped { self.size - last..self.size - first } else { first..last }
    }

    fn mask(&self) -> u64 {
        u64::MAX >> (64 - self.width)
    }
}

fn bits(cx: &mut Ctx, v: Value) -> Res<Option<Bits>> {
    let Some((width, at)) = field(cx, v)?.bits else { return Ok(None) };
    let size = field(cx, v)?.size;
    let class = part(cx, v, slot::TYPE);
    let info = data::info_of_class(cx, class)?;
    let i = info::data(cx, info)?;
    let Form::Simple(code) = i.form else { return Ok(None) };
    let signed = codes::integer(code).is_some_and(|(_, signed)| signed);
    Ok(Some(Bits { size, width, at, swapped: i.swapped, signed, is_bool: code == b'?' }))
}

fn get(cx: &mut Ctx, v: Value, owner: Value, _: Value) -> PyResult {
    if owner.is_empty() {
        return Ok(v);
    }
    let addr = place(cx, v, owner)?;
    if let Some(b) = bits(cx, v)? {
        let n = load_bits(addr, &b) >> b.at & b.mask();
        if b.is_bool {
            return Ok(Value::bool(n != 0));
        }
        let shift = 64 - b.width;
        return Ok(if b.signed { int::from_i64(cx, ((n << shift) as i64) >> shift) } else { int::from_u64(cx, n) });
    }
    let class = part(cx, v, slot::TYPE);
    let f = field(cx, v)?;
    let (index, size) = (f.index, f.size);
    match f.text {
        Some(b'c') => array::read_chars(cx, addr, size),
        Some(_) => array::read_wide(cx, addr, size),
        None => data::get(cx, class, owner, index, addr),
    }
}

fn set(cx: &mut Ctx, v: Value, owner: Value, new: Value) -> Res<()> {
    let addr = place(cx, v, owner)?;
    if new.is_empty() {
        return Err(cx.type_error("can't delete attribute"));
    }
    if let Some(b) = bits(cx, v)? {
        let n = if b.is_bool { protocol::truth(cx, new)?.into() } else { codes::low_bits(cx, new)? };
        let all = load_bits(addr, &b) & !(b.mask() << b.at) | (n & b.mask()) << b.at;
        for i in b.bytes() {
            let shift = 8 * if b.swapped { b.size - 1 - i } else { i };
            codes::store_int(addr.wrapping_add(i), 1, all >> shift, false);
        }
        return Ok(());
    }
    let class = part(cx, v, slot::TYPE);
    let f = field(cx, v)?;
    let (index, size, text) = (f.index, f.size, f.text);
    match text {
        Some(code) if !data::is_data(cx, new) => set_text(cx, code, addr, size, new),
        _ => {
            let kept = data::put(cx, class, new, addr)?;
            data::keep(cx, owner, index, kept)
        }
    }
}

fn set_text(cx: &mut Ctx, code: u8, addr: usize, size: usize, new: Value) -> Res<()> {
    let got = types::type_name(cx, new);
    if code == b'c' {
        let Some(b) = Bytes::of_sub(cx, new) else {
            return Err(cx.type_error(format!("expected bytes, {got} found")));
        };
        // A C string: up to its zero.
        let text = b.as_slice().split(|&c| c == 0).next().unwrap_or_default();
        if text.len() > size {
            return Err(cx.value_error(format!("bytes too long ({}, maximum length {size})", text.len())));
        }
        array::write_chars(addr, size, text);
    } else {
        let Some(s) = Str::of_sub(cx, new) else {
            return Err(cx.type_error(format!("unicode string expected instead of {got} instance")));
        };
        if s.len_chars() > size / 4 {
            let n = s.len_chars();
            return Err(cx.value_error(format!("string too long ({n}, maximum length {})", size / 4)));
        }
        array::write_wide(addr, size, s);
    }
    Ok(())
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = part(cx, v, slot::NAME);
    let shown = protocol::repr_lossy(cx, name);
    let class = data::class_name(part(cx, v, slot::TYPE));
    let f = field(cx, v)?;
    let text = match f.bits {
        Some((n, at)) => {
            format!("<ctypes.CField {shown} type={class}, ofs={}, bit_size={n}, bit_offset={at}>", f.offset)
        }
        None => format!("<ctypes.CField {shown} type={class}, ofs={}, size={}>", f.offset, f.size),
    };
    Ok(Str::new(cx, &text))
}
