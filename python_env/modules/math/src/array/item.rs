//! Items of arrays: type codes, and values to and from bytes.

use engine::prelude::*;

/// All type codes.
pub const CODES: &str = "bBuwhHiIlLqQfd";

/// Bytes of an item.
pub fn size(code: u8) -> usize {
    match code {
        b'b' | b'B' => 1,
        b'h' | b'H' => 2,
        b'i' | b'I' | b'f' | b'u' | b'w' => 4,
        _ => 8,
    }
}

/// Whether the items are characters.
pub fn is_text(code: u8) -> bool {
    matches!(code, b'u' | b'w')
}

fn word<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[..N]);
    out
}

/// The item in `bytes`, which has the code's size.
pub fn unpack(heap: &Heap, code: u8, bytes: &[u8]) -> Value {
    match code {
        b'b' => Value::small(i32::from(bytes[0] as i8)),
        b'B' => Value::small(i32::from(bytes[0])),
        b'h' => Value::small(i32::from(i16::from_ne_bytes(word(bytes)))),
        b'H' => Value::small(i32::from(u16::from_ne_bytes(word(bytes)))),
        b'i' => Value::small(i32::from_ne_bytes(word(bytes))),
        b'I' => int::from_u64(heap, u64::from(u32::from_ne_bytes(word(bytes)))),
        b'u' | b'w' => Str::from_char(heap, u32::from_ne_bytes(word(bytes)).min(0x10_FFFF)),
        b'l' | b'q' => int::from_i64(heap, i64::from_ne_bytes(word(bytes))),
        b'L' | b'Q' => int::from_u64(heap, u64::from_ne_bytes(word(bytes))),
        b'f' => float::new(heap, f64::from(f32::from_ne_bytes(word(bytes)))),
        _ => float::new(heap, f64::from_ne_bytes(word(bytes))),
    }
}

/// The place of item `i` among items of `N` bytes, which counts from the end if it is negative.
#[inline(always)]
fn place<const N: usize>(len: usize, i: i64) -> Option<std::ops::Range<usize>> {
    let i = if i < 0 { i + (len / N) as i64 } else { i };
    let at = usize::try_from(i).ok()?.checked_mul(N)?;
    (len >= N && at <= len - N).then(|| at..at + N)
}

/// The item at `i`, if there is one.
#[inline]
pub fn get(heap: &Heap, code: u8, data: &[u8], i: i64) -> Option<Value> {
    #[inline(always)]
    fn at<const N: usize>(data: &[u8], i: i64) -> Option<[u8; N]> {
        data[place::<N>(data.len(), i)?].try_into().ok()
    }
    match code {
        b'd' => Some(float::new(heap, f64::from_ne_bytes(at(data, i)?))),
        b'l' | b'q' => Some(int::from_i64(heap, i64::from_ne_bytes(at(data, i)?))),
        b'B' => Some(Value::small(i32::from(at::<1>(data, i)?[0]))),
        b'i' => Some(Value::small(i32::from_ne_bytes(at(data, i)?))),
        _ => Some(match size(code) {
            1 => unpack(heap, code, &at::<1>(data, i)?),
            2 => unpack(heap, code, &at::<2>(data, i)?),
            4 => unpack(heap, code, &at::<4>(data, i)?),
            _ => unpack(heap, code, &at::<8>(data, i)?),
        }),
    }
}

/// Stores a float, or an int that fits, at `i`; None if there is no such place, or if that takes conversions or raises.
#[inline]
pub fn set(code: u8, data: &mut [u8], i: i64, v: Value) -> Option<()> {
    #[inline(always)]
    fn put<const N: usize>(data: &mut [u8], i: i64, bytes: [u8; N]) -> Option<()> {
        let place = place::<N>(data.len(), i)?;
        data[place].copy_from_slice(&bytes);
        Some(())
    }
    match code {
        b'd' => put(data, i, v.as_float()?.to_ne_bytes()),
        b'b' => put(data, i, i8::try_from(v.as_int()?).ok()?.to_ne_bytes()),
        b'B' => put(data, i, u8::try_from(v.as_int()?).ok()?.to_ne_bytes()),
        b'h' => put(data, i, i16::try_from(v.as_int()?).ok()?.to_ne_bytes()),
        b'H' => put(data, i, u16::try_from(v.as_int()?).ok()?.to_ne_bytes()),
        b'i' => put(data, i, i32::try_from(v.as_int()?).ok()?.to_ne_bytes()),
        b'I' => put(data, i, u32::try_from(v.as_int()?).ok()?.to_ne_bytes()),
        b'l' | b'q' => put(data, i, v.as_int()?.to_ne_bytes()),
        b'L' | b'Q' => put(data, i, u64::try_from(v.as_int()?).ok()?.to_ne_bytes()),
        _ => None,
    }
}

/// Whether `v` is no int of more than a word that is outside a type's range.
fn fits<T: TryFrom<i64>>(v: Value) -> bool {
    v.as_int().is_none_or(|i| T::try_from(i).is_ok())
}

/// The bytes of `v` as an item: as many as the code's size.
pub fn pack(cx: &mut Ctx, code: u8, v: Value) -> Res<[u8; 8]> {
    let mut out = [0u8; 8];
    let mut put = |bytes: &[u8]| out[..bytes.len()].copy_from_slice(bytes);
    match code {
        b'u' | b'w' => put(&character(cx, v)?.to_ne_bytes()),
        b'f' => put(&(crate::arguments::real(cx, v)? as f32).to_ne_bytes()),
        b'd' => put(&crate::arguments::real(cx, v)?.to_ne_bytes()),
        // As in CPython, what does not even fit the next larger type is told so.
        b'b' if !fits::<i16>(v) => {
            put(&(ranged(cx, v, "signed short integer", i16::MIN.into(), i16::MAX.into())? as i16).to_ne_bytes())
        }
        b'H' if !fits::<i32>(v) => {
            put(&(ranged(cx, v, "signed integer", i32::MIN.into(), i32::MAX.into())? as i32).to_ne_bytes())
        }
        b'b' => put(&(ranged(cx, v, "signed char", i8::MIN.into(), i8::MAX.into())? as i8).to_ne_bytes()),
        b'B' => put(&(ranged(cx, v, "unsigned byte integer", 0, u8::MAX.into())? as u8).to_ne_bytes()),
        b'h' => put(&(ranged(cx, v, "signed short integer", i16::MIN.into(), i16::MAX.into())? as i16).to_ne_bytes()),
        b'H' => put(&(ranged(cx, v, "unsigned short", 0, u16::MAX.into())? as u16).to_ne_bytes()),
        b'i' => put(&(ranged(cx, v, "signed integer", i32::MIN.into(), i32::MAX.into())? as i32).to_ne_bytes()),
        b'I' => {
            let too_large = "Python int too large to convert to C unsigned long";
            let n = unsigned(cx, v, "can't convert negative value to unsigned int", too_large)?;
            match u32::try_from(n) {
                Ok(n) => put(&n.to_ne_bytes()),
                Err(_) => return Err(cx.overflow_error("unsigned int is greater than maximum")),
            }
        }
        b'L' => {
            let too_large = "Python int too large to convert to C unsigned long";
            put(&unsigned(cx, v, "can't convert negative value to unsigned int", too_large)?.to_ne_bytes());
        }
        b'Q' => {
            put(&unsigned(cx, v, "can't convert negative int to unsigned", "int too big to convert")?.to_ne_bytes())
        }
        _ => {
            let n = protocol::index_value(cx, v)?;
            match int::to_i64(n) {
                Some(n) => put(&n.to_ne_bytes()),
                None if code == b'l' => return Err(cx.overflow_error("Python int too large to convert to C long")),
                None => return Err(cx.overflow_error("int too big to convert")),
            }
        }
    }
    Ok(out)
}

fn ranged(cx: &mut Ctx, v: Value, name: &str, least: i64, most: i64) -> Res<i64> {
    let v = protocol::index_value(cx, v)?;
    let Some(n) = int::to_i64(v) else {
        return Err(cx.overflow_error("Python int too large to convert to C long"));
    };
    if n < least {
        return Err(cx.overflow_error(format!("{name} is less than minimum")));
    }
    if n > most {
        return Err(cx.overflow_error(format!("{name} is greater than maximum")));
    }
    Ok(n)
}

fn unsigned(cx: &mut Ctx, v: Value, negative: &str, too_large: &str) -> Res<u64> {
    let v = protocol::index_value(cx, v)?;
    if int::sign(v) < 0 {
        return Err(cx.overflow_error(negative));
    }
    match int::to_big(v).and_then(|n| u64::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => Err(cx.overflow_error(too_large)),
    }
}

fn character(cx: &mut Ctx, v: Value) -> Res<u32> {
    let Some(s) = Str::of_sub(cx, v) else {
        let name = type_name(cx, v);
        return Err(cx.type_error(format!("array item must be a unicode character, not {name}")));
    };
    let mut chars = s.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        _ => {
            let n = s.len_chars();
            Err(cx.type_error(format!("array item must be a unicode character, not a string of length {n}")))
        }
    }
}
