//! Arguments on their way to C: what `byref` and `from_param` give, and how values are passed.

use engine::prelude::*;

use crate::info::{self, Form, Info};
use crate::raw::{self, Arg, Type as CallType};
use crate::{codes, data};

mod slot {
    pub const DATA: usize = 0;
    /// The object that it is of.
    pub const OBJECT: usize = 1;
    /// What else must live.
    pub const KEPT: usize = 2;
    pub const COUNT: u16 = 3;
}

struct Param {
    tag: u8,
    bytes: [u8; 32],
}

/// `CArgObject`
pub static PARAM: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: slot::COUNT,
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    members: &[Member::ro("_obj", slot::OBJECT as u16, "the wrapped object")],
    ..TypeDef::new("_ctypes", "CArgObject")
};

fn make(cx: &mut Ctx, tag: u8, bytes: [u8; 32], object: Value, kept: Value) -> Value {
    let v = cx.new_object(&PARAM, &[]);
    if let Some(o) = Obj::of(v) {
        o.set_payload(cx, slot::DATA, Param { tag, bytes });
        o.set_slot(cx, slot::OBJECT, object);
        o.set_slot(cx, slot::KEPT, kept);
    }
    v
}

fn peek(cx: &Ctx, v: Value) -> Option<&Param> {
    Obj::of(v)?.payload::<Param>(cx, slot::DATA)
}

fn object(cx: &Ctx, v: Value) -> Value {
    Obj::of(v).and_then(|o| o.slot(cx, slot::OBJECT).non_empty()).unwrap_or(Value::NONE)
}

fn is_param(cx: &mut Ctx, v: Value) -> bool {
    cx.is_def(v, &PARAM) && peek(cx, v).is_some()
}

fn address(addr: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&addr.to_ne_bytes());
    bytes
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(p) = peek(cx, v) else { return Ok(Str::new(cx, "<cparam>")) };
    let (tag, bytes) = (p.tag, p.bytes);
    let word = u64::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]);
    let text = match tag {
        b'c' => match bytes[0] {
            b @ (b'\'' | b'\\') => format!("<cparam 'c' ('\\{}')>", char::from(b)),
            b @ 0x20..=0x7e => format!("<cparam 'c' ('{}')>", char::from(b)),
            b => format!("<cparam 'c' ('\\x{b:02x}')>"),
        },
        b'z' | b'Z' | b'P' => format!("<cparam '{}' ({word:#x})>", char::from(tag)),
        _ if codes::integer(tag).is_some() || matches!(tag, b'f' | b'd') => {
            let shown = shown(cx, tag, &bytes)?;
            format!("<cparam '{}' ({shown})>", char::from(tag))
        }
        _ if tag.is_ascii_graphic() => format!("<cparam '{}' at {:#x}>", char::from(tag), protocol::id_of(v)),
        _ => format!("<cparam {tag:#04x} at {:#x}>", protocol::id_of(v)),
    };
    Ok(Str::new(cx, &text))
}

fn shown(cx: &mut Ctx, tag: u8, bytes: &[u8; 32]) -> Res<String> {
    let mut number = Err(cx.system_error("no number"));
    raw::with_scratch(|addr| {
        raw::write(addr, bytes);
        number = codes::load(cx, tag, addr, false);
    });
    let v = number?;
    let text = protocol::repr(cx, v)?;
    Ok(protocol::text(cx, text))
}

/// `byref(obj, offset=0)`
pub fn byref(cx: &mut Ctx, a: Args) -> PyResult {
    let offset = match a.get(1) {
        Some(v) => protocol::ssize(cx, v)?,
        None => 0,
    };
    if !data::is_data(cx, a[0]) {
        let got = types::type_name(cx, a[0]);
        return Err(cx.type_error(format!("byref() argument 1 must be _ctypes._CData, not {got}")));
    }
    let addr = data::addr(cx, a[0])?;
    Ok(make(cx, b'P', address(addr.wrapping_add_signed(offset as isize)), a[0], Value::EMPTY))
}

fn as_parameter(cx: &mut Ctx, v: Value) -> Res<Option<Value>> {
    let name = cx.intern(b"_as_parameter_");
    protocol::getattr_opt(cx, v, name)
}

/// A pointer of this kind whose bytes the codes' setter writes.
fn stored(cx: &mut Ctx, code: u8, swapped: bool, v: Value) -> PyResult {
    let mut kept = Ok(Value::NONE);
    let (_, bytes) = raw::with_scratch(|addr| kept = codes::store(cx, code, addr, v, swapped));
    let kept = kept?;
    Ok(make(cx, code, bytes, v, kept))
}

/// `from_param` of structures, arrays, functions: `data_from_param(class, value)`.
pub fn data_from_param(cx: &mut Ctx, a: Args) -> PyResult {
    let (class, v) = (a[0], a[1]);
    if protocol::is_instance(cx, v, class)? {
        return Ok(v);
    }
    let want = data::class_name(class);
    if is_param(cx, v) {
        let o = object(cx, v);
        let proto = info::of_class(cx, class).map_or(Value::NONE, |i| info::part(cx, i, info::slot::PROTO));
        if !o.is_none() && Type::of(proto).is_some() && protocol::is_instance(cx, o, proto)? {
            return Ok(v);
        }
        let got = types::type_name(cx, o);
        return Err(cx.type_error(format!("expected {want} instance instead of pointer to {got}")));
    }
    if let Some(inner) = as_parameter(cx, v)? {
        protocol::guard(cx, " while processing _as_parameter_")?;
        return again(cx, class, inner);
    }
    let got = types::type_name(cx, v);
    Err(cx.type_error(format!("expected {want} instance instead of {got}")))
}

fn again(cx: &mut Ctx, class: Value, v: Value) -> PyResult {
    let name = cx.intern(b"from_param");
    protocol::call_method(cx, class, name, &[v])
}

/// `from_param` of pointers.
pub fn pointer_from_param(cx: &mut Ctx, a: Args) -> PyResult {
    let (class, v) = (a[0], a[1]);
    if v.is_none() {
        return Ok(v);
    }
    let Some(info) = info::of_class(cx, class) else { return Err(cx.type_error("abstract class")) };
    let proto = info::part(cx, info, info::slot::PROTO);
    if Type::of(proto).is_some() {
        if protocol::is_instance(cx, v, proto)? && data::is_data(cx, v) {
            let addr = data::addr(cx, v)?;
            return Ok(make(cx, b'P', address(addr), v, Value::EMPTY));
        }
        if let Some((Form::Pointer | Form::Array, item)) = shape(cx, v)?
            && Type::of(item).is_some()
            && protocol::is_subclass(cx, item, proto)?
        {
            return Ok(v);
        }
    }
    data_from_param(cx, a)
}

/// The form of an object, and the class of its items.
fn shape(cx: &mut Ctx, v: Value) -> Res<Option<(Form, Value)>> {
    if !data::is_data(cx, v) {
        return Ok(None);
    }
    let info = data::info_of(cx, v)?;
    let form = info::data(cx, info)?.form;
    Ok(Some((form, info::part(cx, info, info::slot::PROTO))))
}

/// The code of a class's simple values.
fn code_of(cx: &mut Ctx, class: Value) -> Option<u8> {
    crate::array::code(cx, class)
}

/// `from_param` of simple types.
pub fn simple_from_param(cx: &mut Ctx, a: Args) -> PyResult {
    let (class, v) = (a[0], a[1]);
    let info = data::info_of_class(cx, class)?;
    let (code, swapped) = match *info::data(cx, info)? {
        Info { form: Form::Simple(code), swapped, .. } => (code, swapped),
        _ => return Err(cx.type_error("abstract class")),
    };
    match code {
        b'z' => return string_from_param(cx, class, v, b'c', code),
        b'Z' => return string_from_param(cx, class, v, b'u', code),
        b'P' => return address_from_param(cx, class, v),
        _ => {}
    }
    if protocol::is_instance(cx, v, class)? {
        return Ok(v);
    }
    let raised = match stored(cx, code, swapped, v) {
        Ok(param) => return Ok(param),
        Err(raised) => cx.take(raised),
    };
    match as_parameter(cx, v)? {
        Some(inner) => {
            protocol::guard(cx, " while processing _as_parameter_")?;
            again(cx, class, inner)
        }
        None => Err(cx.restore(raised)),
    }
}

fn no_parameter(cx: &mut Ctx, class: Value, v: Value) -> PyResult {
    if let Some(inner) = as_parameter(cx, v)? {
        protocol::guard(cx, " while processing _as_parameter_")?;
        return again(cx, class, inner);
    }
    let (got, want) = (types::type_name(cx, v), protocol::text(cx, types::Type::name(class_type(cx, class))));
    Err(cx.type_error(format!("'{got}' object cannot be interpreted as ctypes.{want}")))
}

fn class_type(cx: &Ctx, class: Value) -> Type {
    Type::of(class).unwrap_or(cx.types.object)
}

/// `c_char_p.from_param`, `c_wchar_p.from_param`
fn string_from_param(cx: &mut Ctx, class: Value, v: Value, item: u8, code: u8) -> PyResult {
    if v.is_none() {
        return Ok(v);
    }
    let is_text = if code == b'z' { Bytes::of_sub(cx, v).is_some() } else { Str::of_sub(cx, v).is_some() };
    if is_text {
        return stored(cx, code, false, v);
    }
    if protocol::is_instance(cx, v, class)? {
        return Ok(v);
    }
    if let Some((Form::Array | Form::Pointer, items)) = shape(cx, v)?
        && code_of(cx, items) == Some(item)
    {
        return Ok(v);
    }
    if is_param(cx, v) {
        let o = object(cx, v);
        let own = types::type_of(cx, o).value();
        if code_of(cx, own) == Some(item) {
            return Ok(v);
        }
    }
    no_parameter(cx, class, v)
}

/// `c_void_p.from_param`
fn address_from_param(cx: &mut Ctx, class: Value, v: Value) -> PyResult {
    if v.is_none() {
        return Ok(v);
    }
    if int::is_sub(cx, v) {
        return stored(cx, b'P', false, v);
    }
    if Bytes::of_sub(cx, v).is_some() {
        return stored(cx, b'z', false, v);
    }
    if Str::of_sub(cx, v).is_some() {
        return stored(cx, b'Z', false, v);
    }
    if protocol::is_instance(cx, v, class)? {
        return Ok(v);
    }
    if let Some((form, _)) = shape(cx, v)? {
        let own = types::type_of(cx, v).value();
        match form {
            Form::Array | Form::Pointer => return Ok(v),
            Form::Function => {
                let addr = data::addr(cx, v)?;
                let word = raw::read_word(addr) as usize;
                return Ok(make(cx, b'P', address(word), v, Value::EMPTY));
            }
            Form::Simple(_) if matches!(code_of(cx, own), Some(b'z' | b'Z')) => {
                let addr = data::addr(cx, v)?;
                let word = raw::read_word(addr) as usize;
                return Ok(make(cx, b'Z', address(word), v, Value::EMPTY));
            }
            _ => {}
        }
    }
    if is_param(cx, v) && peek(cx, v).is_some_and(|p| p.tag == b'P') {
        return Ok(v);
    }
    no_parameter(cx, class, v)
}

/// An argument as C gets it. What it points at is kept in `keep`.
pub fn convert(cx: &mut Ctx, v: Value, place: usize, keep: &mut RootVec) -> Res<Arg> {
    keep.push(v);
    if data::is_data(cx, v) {
        return data_arg(cx, v);
    }
    if is_param(cx, v)
        && let Some(p) = peek(cx, v)
    {
        let ty = info::call_type(p.tag).unwrap_or(CallType::Pointer);
        let n = ty.size();
        return Ok(Arg::new(ty, &p.bytes[..n]));
    }
    if v.is_none() {
        return Ok(Arg::pointer(0));
    }
    if int::is_sub(cx, v) {
        let n = int::to_i128(objects::base_value(cx, v));
        return match n.filter(|n| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(n)) {
            Some(n) => Ok(Arg::int(n as i32)),
            None => Err(cx.overflow_error("int too long to convert")),
        };
    }
    if let Some(b) = Bytes::of_sub(cx, v) {
        let (addr, kept) = codes::bytes_addr(cx, v, b)?;
        keep.push(kept);
        return Ok(Arg::pointer(addr));
    }
    if let Some(s) = Str::of_sub(cx, v) {
        let block = codes::wide_block(cx, s)?;
        let addr = block.addr();
        let kept = data::keep_block(cx, block);
        keep.push(kept);
        return Ok(Arg::pointer(addr));
    }
    if let Some(inner) = as_parameter(cx, v)? {
        protocol::guard(cx, " while processing _as_parameter_")?;
        return convert(cx, inner, place, keep);
    }
    Err(cx.type_error(format!("Don't know how to convert parameter {place}")))
}

fn data_arg(cx: &mut Ctx, v: Value) -> Res<Arg> {
    let info = data::info_of(cx, v)?;
    let (addr, len) = {
        let m = data::memory(cx, v)?;
        (m.addr(), m.size())
    };
    let i = info::data(cx, info)?;
    let (form, ty, size) = (i.form, i.call.clone(), i.size.min(len));
    if form == Form::Array {
        return Ok(Arg::pointer(addr));
    }
    let mut bytes = cx.zeros(size.max(ty.size()))?;
    raw::read(addr, &mut bytes[..size]);
    Ok(Arg::new(ty, &bytes))
}

/// `addressof(obj)`
pub fn addressof(cx: &mut Ctx, a: Args) -> PyResult {
    if !data::is_data(cx, a[0]) {
        let got = types::type_name(cx, a[0]);
        return Err(cx.type_error(format!("addressof() argument must be _ctypes._CData, not {got}")));
    }
    audit::tell(cx, "ctypes.addressof", &[a[0]])?;
    let addr = data::addr(cx, a[0])?;
    Ok(int::from_usize(cx, addr))
}

/// The object that a converted argument is of.
pub fn object_of(cx: &mut Ctx, v: Value) -> PyResult {
    if is_param(cx, v) {
        return Ok(object(cx, v));
    }
    if data::is_data(cx, v) {
        let own = types::type_of(cx, v).value();
        if code_of(cx, own) == Some(b'O') {
            return crate::simple::value(cx, v);
        }
    }
    Ok(v)
}
