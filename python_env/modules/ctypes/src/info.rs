//! What is known of a C type: its size, its place in calls and buffers. The classes have it as their attribute `_ctypes_info_`.

use engine::prelude::*;
use proto_core::sync::{AtomicBool, Ordering};

use crate::raw::{Aggregate, Type as CallType};

/// What a type is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// One of the codes of `_SimpleCData._type_`.
    Simple(u8),
    Array,
    Pointer,
    Struct,
    Union,
    Function,
}

/// Native slots of an info object.
pub mod slot {
    pub const DATA: usize = 0;
    /// The type of items, or of what is pointed to.
    pub const PROTO: usize = 1;
    pub const FORMAT: usize = 2;
    /// A tuple of lengths.
    pub const SHAPE: usize = 3;
    /// A tuple of types, or None; of function types.
    pub const ARGTYPES: usize = 4;
    /// Their `from_param` methods.
    pub const CONVERTERS: usize = 5;
    pub const RESTYPE: usize = 6;
    /// The `_check_retval_` of the result's type.
    pub const CHECKER: usize = 7;
    /// What `POINTER` gives for the type.
    pub const POINTER_TYPE: usize = 8;
    pub const COUNT: u16 = 9;
}

/// How many parts of a structure are looked at: what has more is passed in memory whatever they are.
const MAX_LEAVES: usize = 64;

/// The numbers of a type.
pub struct Info {
    pub form: Form,
    pub size: usize,
    pub align: usize,
    /// Items of an array, fields of a structure.
    pub length: usize,
    /// Whether the bytes are in the other order.
    pub swapped: bool,
    /// Whether it reads as a Python value: simple types do, classes derived from them do not.
    pub direct: bool,
    /// Of a function type.
    pub flags: i64,
    /// Whether it holds addresses.
    pub pointers: bool,
    /// Whether its fields may no longer be set: it has been used.
    pub is_final: AtomicBool,
    /// How it is passed.
    pub call: CallType,
    /// The numbers that it is made of, and where; None if there are many.
    pub leaves: Option<Vec<(usize, CallType)>>,
}

/// `_ctypes` knows its instances by no name.
pub static INFO: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: slot::COUNT,
    members: &[
        Member::rw("proto", slot::PROTO as u16, ""),
        Member::rw("format", slot::FORMAT as u16, ""),
        Member::rw("shape", slot::SHAPE as u16, ""),
        Member::rw("argtypes", slot::ARGTYPES as u16, ""),
        Member::rw("converters", slot::CONVERTERS as u16, ""),
        Member::rw("restype", slot::RESTYPE as u16, ""),
        Member::rw("checker", slot::CHECKER as u16, ""),
        Member::rw("pointer_type", slot::POINTER_TYPE as u16, ""),
    ],
    getsets: &[
        GetSet::ro("size", |cx, v| number(cx, v, |i| i.size), ""),
        GetSet::ro("align", |cx, v| number(cx, v, |i| i.align), ""),
        GetSet::ro("length", |cx, v| number(cx, v, |i| i.length), ""),
        GetSet::ro("flags", |cx, v| number(cx, v, |i| i.flags as usize), ""),
        GetSet::ro("pointers", |cx, v| Ok(Value::bool(data(cx, v)?.pointers)), ""),
        GetSet::ro("direct", |cx, v| Ok(Value::bool(data(cx, v)?.direct)), ""),
        GetSet::ro(
            "code",
            |cx, v| {
                Ok(match data(cx, v)?.form {
                    Form::Simple(code) => Str::ascii(cx, &[code]),
                    _ => Value::NONE,
                })
            },
            "",
        ),
        GetSet::rw(
            "is_final",
            |cx, v| Ok(Value::bool(data(cx, v)?.is_final.load(Ordering::Relaxed))),
            |cx, v, new| {
                let on = protocol::truth(cx, new)?;
                data(cx, v)?.is_final.store(on, Ordering::Relaxed);
                Ok(())
            },
            "",
        ),
    ],
    ..TypeDef::new("_ctypes", "StgInfo")
};

fn number(cx: &mut Ctx, v: Value, f: impl FnOnce(&Info) -> usize) -> PyResult {
    let n = f(data(cx, v)?);
    Ok(int::from_usize(cx, n))
}

/// The numbers of an info object.
pub fn data(cx: &mut Ctx, v: Value) -> Res<&Info> {
    if peek(cx, v).is_none() {
        return Err(cx.type_error("_ctypes_info_ is not what the metaclass has made"));
    }
    match peek(cx, v) {
        Some(info) => Ok(info),
        None => unreachable!("just seen"),
    }
}

/// The same, None for anything else.
pub fn peek(cx: &Ctx, v: Value) -> Option<&Info> {
    Obj::of(v)?.payload::<Info>(cx, slot::DATA)
}

/// A value that an info object keeps.
pub fn part(cx: &Ctx, v: Value, slot: usize) -> Value {
    Obj::of(v).and_then(|o| o.slot(cx, slot).non_empty()).unwrap_or(Value::NONE)
}

/// The info object of a class, if it is a C type that is known in full.
pub fn of_type(cx: &mut Ctx, ty: Type) -> Option<Value> {
    let name = cx.intern(b"_ctypes_info_");
    types::type_lookup(cx, ty, name).filter(|&v| peek(cx, v).is_some())
}

/// The info object of any value that is such a class.
pub fn of_class(cx: &mut Ctx, class: Value) -> Option<Value> {
    Type::of(class).and_then(|ty| of_type(cx, ty))
}

/// The info object of an instance's class.
pub fn of_instance(cx: &mut Ctx, v: Value) -> Option<Value> {
    let ty = types::type_of(cx, v);
    of_type(cx, ty)
}

/// An info object.
pub fn make(cx: &mut Ctx, info: Info, parts: &[(usize, Value)]) -> Value {
    let v = cx.new_object(&INFO, &[]);
    if let Some(o) = Obj::of(v) {
        o.set_payload(cx, slot::DATA, info);
        for &(slot, part) in parts {
            o.set_slot(cx, slot, part);
        }
    }
    v
}

/// How a simple type is passed; None for an unknown code.
pub fn call_type(code: u8) -> Option<CallType> {
    Some(match code {
        b'c' | b'b' => CallType::S8,
        b'B' | b'?' => CallType::U8,
        b'h' | b'v' => CallType::S16,
        b'H' => CallType::U16,
        b'i' => CallType::S32,
        b'I' => CallType::U32,
        b'u' => CallType::S32,
        b'l' | b'q' => CallType::S64,
        b'L' | b'Q' => CallType::U64,
        b'f' => CallType::F32,
        b'd' => CallType::F64,
        b'g' => CallType::F80,
        b'F' => CallType::C32,
        b'D' => CallType::C64,
        b'G' => CallType::C80,
        b'z' | b'Z' | b'P' | b'O' => CallType::Pointer,
        _ => return None,
    })
}

/// Bytes of a simple type, and its alignment.
fn measure(ty: &CallType) -> (usize, usize) {
    let size = ty.size();
    match ty {
        CallType::C32 | CallType::C64 | CallType::C80 => (size, size / 2),
        _ => (size, size),
    }
}

/// `simple_info(code, swapped, direct)`
pub fn simple_info(cx: &mut Ctx, a: Args) -> PyResult {
    let code = a.str(cx, 0)?;
    let (swapped, direct) = (a.truth_or(cx, 1, false)?, a.truth_or(cx, 2, true)?);
    let &[code] = code.as_bytes() else { return Err(cx.value_error("a code has one character")) };
    let Some(call) = call_type(code) else { return Ok(Value::NONE) };
    let (size, align) = measure(&call);
    let shown = match code {
        b'l' => b'q',
        b'L' => b'Q',
        _ => code,
    };
    let format = Str::ascii(cx, &[if swapped != cfg!(target_endian = "big") { b'>' } else { b'<' }, shown]);
    let info = Info {
        form: Form::Simple(code),
        size,
        align,
        length: 0,
        swapped,
        direct,
        flags: 0,
        pointers: matches!(code, b'z' | b'Z' | b'P' | b'O'),
        is_final: AtomicBool::new(false),
        leaves: Some(vec![(0, call.clone())]),
        call,
    };
    let shape = Tuple::empty(cx);
    Ok(make(cx, info, &[(slot::FORMAT, format), (slot::SHAPE, shape)]))
}

/// `info(form, size, align, length, flags, pointers, parts)`: of the other types. `parts` are pairs of a place and an info object.
pub fn new_info(cx: &mut Ctx, a: Args) -> PyResult {
    let form = match a.str(cx, 0)?.as_bytes() {
        b"array" => Form::Array,
        b"pointer" => Form::Pointer,
        b"struct" => Form::Struct,
        b"union" => Form::Union,
        b"function" => Form::Function,
        _ => return Err(cx.value_error("no such form")),
    };
    let mut sizes = [0usize; 3];
    for (i, size) in sizes.iter_mut().enumerate() {
        *size = match usize::try_from(a.index(cx, i + 1)?) {
            Ok(n) if n <= isize::MAX as usize => n,
            _ => return Err(cx.overflow_error("C type too large")),
        };
    }
    let [size, align, length] = sizes;
    let flags = a.index_or(cx, 4, 0)?;
    let pointers = a.truth_or(cx, 5, false)?;
    let leaves = match form {
        Form::Pointer | Form::Function => Some(vec![(0, CallType::Pointer)]),
        _ => match a.some(6) {
            Some(parts) => leaves(cx, parts)?,
            None => Some(Vec::new()),
        },
    };
    let call = match form {
        Form::Struct | Form::Union => CallType::Struct(Aggregate::new(size, align, elements(size, leaves.as_deref()))),
        _ => CallType::Pointer,
    };
    let is_final = AtomicBool::new(false);
    let info =
        Info { form, size, align, length, swapped: false, direct: false, flags, pointers, is_final, call, leaves };
    Ok(make(cx, info, &[]))
}

fn leaves(cx: &mut Ctx, parts: Value) -> Res<Option<Vec<(usize, CallType)>>> {
    let Some(parts) = Tuple::of(parts) else { return Err(cx.type_error("parts must be a tuple")) };
    let mut all = Vec::new();
    for part in parts.items() {
        let (Some(place), Some(part)) = (
            Tuple::of(part).filter(|t| t.len() == 2).and_then(|t| int::to_usize(t.get(0))),
            Tuple::of(part).and_then(|t| peek(cx, t.get(1))),
        ) else {
            return Err(cx.type_error("a part is a place and an info object"));
        };
        let Some(own) = &part.leaves else { return Ok(None) };
        if all.len() + own.len() > MAX_LEAVES {
            return Ok(None);
        }
        all.extend(own.iter().map(|(at, ty)| (place + at, ty.clone())));
    }
    Ok(Some(all))
}

/// What libffi is told of a structure's parts. Where parts overlap or are packed, words that are passed in the same registers.
fn elements(size: usize, leaves: Option<&[(usize, CallType)]>) -> Vec<CallType> {
    if let Some(leaves) = leaves {
        let mut sorted = leaves.to_vec();
        sorted.sort_by_key(|(at, _)| *at);
        let mut end = 0;
        let mut plain = true;
        for (at, ty) in &sorted {
            let (n, align) = measure(ty);
            plain &= *at == end.max(1usize).next_multiple_of(align.max(1)) || *at == 0 && end == 0;
            plain &= *at >= end;
            end = at + n;
        }
        if plain && !sorted.is_empty() && end <= size {
            return sorted.into_iter().map(|(_, ty)| ty).collect();
        }
        if size <= 16 {
            return words(size, &sorted);
        }
    }
    // Passed in memory, whatever it is: nobody looks at more than these.
    vec![CallType::U64; size.div_ceil(8).clamp(1, 8)]
}

/// Eight bytes at a time: a float's register if there is nothing else in them.
fn words(size: usize, leaves: &[(usize, CallType)]) -> Vec<CallType> {
    let mut out = Vec::new();
    for start in (0..size).step_by(8) {
        let within = |(at, ty): &&(usize, CallType)| *at < start + 8 && at + ty.size() > start;
        let mut floats = leaves.iter().filter(within).peekable();
        let is_float = floats.peek().is_some()
            && floats.all(|(_, ty)| matches!(ty, CallType::F32 | CallType::F64 | CallType::C32 | CallType::C64));
        let left = (size - start).min(8);
        match (is_float, left) {
            (true, 8) => out.push(CallType::F64),
            (true, _) => out.push(CallType::F32),
            (false, 8) => out.push(CallType::U64),
            (false, n) => out.extend((0..n).map(|_| CallType::U8)),
        }
    }
    out
}
