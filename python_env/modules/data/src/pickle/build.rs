//! What the pickle machine makes and changes: containers, numbers, instances and their state.

use engine::objects::set::Set;
use engine::prelude::*;
use engine::types::type_lookup;

use super::errors::unpickling;

// --- containers ---

/// Appends items to what is, or behaves like, a list.
pub fn append(cx: &mut Ctx, list: Value, items: &[Value]) -> Res<()> {
    if items.is_empty() {
        return Ok(());
    }
    if let Some(l) = List::of(list) {
        for &v in items {
            l.push(cx, v);
        }
        return Ok(());
    }
    let names = cx.names;
    if let [only] = items {
        protocol::call_method(cx, list, names.append, &[*only])?;
        return Ok(());
    }
    if let Some(f) = protocol::getattr_opt(cx, list, names.extend)? {
        let items = List::from_slice(cx, items).value();
        protocol::call(cx, f, &[items])?;
        return Ok(());
    }
    let f = protocol::getattr(cx, list, names.append)?;
    for &v in items {
        protocol::call(cx, f, &[v])?;
        cx.poll()?;
    }
    Ok(())
}

/// Stores keys and values, one after the other in `items`, to what is, or behaves like, a dict.
pub fn set_items(cx: &mut Ctx, dict: Value, items: &[Value]) -> Res<()> {
    match Dict::of(dict) {
        Some(d) => {
            for pair in items.chunks_exact(2) {
                d.set(cx, pair[0], pair[1])?;
            }
        }
        None => {
            for pair in items.chunks_exact(2) {
                protocol::setitem(cx, dict, pair[0], pair[1])?;
                cx.poll()?;
            }
        }
    }
    Ok(())
}

/// Adds items to what is, or behaves like, a set.
pub fn add_items(cx: &mut Ctx, set: Value, items: &[Value]) -> Res<()> {
    if items.is_empty() {
        return Ok(());
    }
    if let Some(s) = Set::of_sub(cx, set).filter(|s| !s.is_frozen()) {
        for &v in items {
            if !s.add_simple(cx, v) {
                s.add(cx, v)?;
            }
        }
        return Ok(());
    }
    let name = cx.intern(b"add");
    let f = protocol::getattr(cx, set, name)?;
    for &v in items {
        protocol::call(cx, f, &[v])?;
        cx.poll()?;
    }
    Ok(())
}

// --- numbers and text ---

/// A decimal integer, with a sign or without.
pub fn parse_int(cx: &Ctx, text: &[u8]) -> Option<Value> {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if text.len() < 18 {
        let n = digits.iter().fold(0i64, |n, d| n * 10 + i64::from(d - b'0'));
        return Some(int::from_i64(cx, if text[0] == b'-' { -n } else { n }));
    }
    int::parse(cx, text, 10)
}

/// `int(text)`, which knows the limit on digits and what to say of other text.
pub fn int_of_text(cx: &mut Ctx, text: &[u8]) -> PyResult {
    let text = Str::new(cx, &String::from_utf8_lossy(text));
    let int_type = cx.types.int.value();
    protocol::call(cx, int_type, &[text])
}

/// The int of a two's complement, least significant byte first.
pub fn int_of_bytes(cx: &Ctx, bytes: &[u8]) -> Value {
    if bytes.len() <= 8 {
        let sign = if bytes.last().is_some_and(|b| b & 0x80 != 0) { 0xff } else { 0 };
        let mut word = [sign; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        return int::from_i64(cx, i64::from_le_bytes(word));
    }
    int::from_big(cx, num_bigint::BigInt::from_signed_bytes_le(bytes))
}

/// UTF-8 in which surrogates may occur.
pub fn utf8(cx: &mut Ctx, bytes: &[u8]) -> PyResult {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Str::new(cx, text));
    }
    let (bytes, names) = (Bytes::new(cx, bytes), cx.names);
    let (encoding, errors) = (cx.names.utf_8, cx.intern(b"surrogatepass"));
    protocol::call_method(cx, bytes, names.decode, &[encoding, errors])
}

/// Latin-1 with `\u` escapes.
pub fn raw_unicode(cx: &mut Ctx, bytes: &[u8]) -> PyResult {
    if !bytes.contains(&b'\\') {
        let text: String = bytes.iter().map(|&b| char::from(b)).collect();
        return Ok(Str::from_text(cx, &text));
    }
    let (bytes, names) = (Bytes::new(cx, bytes), cx.names);
    let encoding = cx.intern(b"raw-unicode-escape");
    protocol::call_method(cx, bytes, names.decode, &[encoding])
}

/// The bytes that the body of a bytes literal stands for.
pub fn unescape(cx: &mut Ctx, quoted: Value) -> PyResult {
    let f = protocol::import_attr(cx, "_codecs", "escape_decode")?;
    let pair = protocol::call(cx, f, &[quoted])?;
    protocol::getitem(cx, pair, Value::small(0))
}

/// A read-only view of a buffer, None when it is read-only itself.
pub fn readonly(cx: &mut Ctx, memoryview: Value, v: Value) -> Res<Option<Value>> {
    let view = protocol::call(cx, memoryview, &[v])?;
    let name = cx.intern(b"readonly");
    let is_readonly = protocol::getattr(cx, view, name)?;
    if protocol::truth(cx, is_readonly)? {
        return Ok(None);
    }
    let name = cx.intern(b"toreadonly");
    protocol::call_method(cx, view, name, &[]).map(Some)
}

// --- instances ---

/// An instance by the rules of INST and OBJ.
pub fn instantiate(cx: &mut Ctx, class: Value, args: &[Value]) -> PyResult {
    let names = cx.names;
    if args.is_empty()
        && class.is_kind(Kind::Type)
        && protocol::getattr_opt(cx, class, names.__getinitargs__)?.is_none()
    {
        return protocol::call_method(cx, class, names.__new__, &[class]);
    }
    protocol::call(cx, class, args)
}

/// `class.__new__(class, *args, **kwargs)`; `kwargs` is EMPTY for NEWOBJ.
pub fn new_object(cx: &mut Ctx, class: Value, args: Value, kwargs: Value) -> PyResult {
    let op = if kwargs.is_empty() { "NEWOBJ" } else { "NEWOBJ_EX" };
    let wrong = |cx: &mut Ctx, which: &str, wanted: &str, v: Value| {
        let got = type_name(cx, v);
        Err(unpickling(cx, format!("{op} {which} argument must be a {wanted}, not {got}")))
    };
    let Some(ty) = Type::of(class) else { return wrong(cx, "class", "type", class) };
    let Some(new) = ty.slots().new() else {
        let name = ty.name_str();
        return Err(unpickling(cx, format!("{op} class argument '{name}' doesn't have __new__")));
    };
    let Some(positional) = Tuple::of_sub(cx, args) else { return wrong(cx, "args", "tuple", args) };
    if kwargs.is_empty() {
        return new.call(cx, class, CallArgs::pos(positional.as_slice()));
    }
    let Some(keywords) = Dict::of_sub(cx, kwargs) else { return wrong(cx, "kwargs", "dict", kwargs) };
    let mut words = RootVec::from_slice(cx, positional.as_slice());
    let mut names = RootVec::new(cx);
    let mut pos = 0;
    while let Some((next, k, v)) = keywords.next_entry(pos) {
        if Str::of_sub(cx, k).is_none() {
            return Err(cx.type_error("keywords must be strings"));
        }
        names.push(k);
        words.push(v);
        pos = next;
    }
    if names.is_empty() {
        return new.call(cx, class, CallArgs::pos(&words));
    }
    let names = Tuple::new(cx, &names);
    new.call(cx, class, CallArgs::with_names(&words, names))
}

/// Gives an object its state: by `__setstate__`, or attribute by attribute.
pub fn set_state(cx: &mut Ctx, object: Value, state: Value) -> Res<()> {
    let names = cx.names;
    if let Some(f) = protocol::getattr_opt(cx, object, names.__setstate__)? {
        protocol::call(cx, f, &[state])?;
        return Ok(());
    }
    let (state, slots) = match Tuple::of_sub(cx, state).filter(|t| t.len() == 2) {
        Some(t) => (t.get(0), t.get(1)),
        None => (state, Value::NONE),
    };
    if !state.is_none() {
        let Some(attributes) = Dict::of_sub(cx, state) else {
            return Err(unpickling(cx, "state is not a dictionary"));
        };
        if !set_attributes(cx, object, attributes) {
            let dict = protocol::getattr(cx, object, names.__dict__)?;
            let mut pos = 0;
            while let Some((next, k, v)) = attributes.next_entry(pos) {
                pos = next;
                let k = Str::of(k).map_or(k, |s| s.intern(cx));
                protocol::setitem(cx, dict, k, v)?;
                cx.poll()?;
            }
        }
    }
    if slots.is_none() {
        return Ok(());
    }
    let Some(slots) = Dict::of_sub(cx, slots) else {
        return Err(unpickling(cx, "slot state is not a dictionary"));
    };
    let mut pos = 0;
    while let Some((next, k, v)) = slots.next_entry(pos) {
        pos = next;
        let Some(name) = Str::of_sub(cx, k) else {
            let got = type_name(cx, k);
            return Err(cx.type_error(format!("attribute name must be string, not '{got}'")));
        };
        let name = name.intern(cx);
        protocol::setattr(cx, object, name, v)?;
        cx.poll()?;
    }
    Ok(())
}

/// Stores attributes without making a `__dict__` for them; false (and nothing done) when `__dict__` itself has to say.
fn set_attributes(cx: &mut Ctx, object: Value, attributes: Dict) -> bool {
    let Some(obj) = Obj::of(object) else { return false };
    let ty = type_of(cx, object);
    if !ty.is_heap() || !ty.flags().has(TypeFlags::HAS_DICT.with(TypeFlags::GENERIC_GETATTR)) {
        return false;
    }
    let name = cx.names.__dict__;
    if !type_lookup(cx, ty, name).is_some_and(|d| d.is_kind(Kind::Native)) {
        return false;
    }
    let mut pos = 0;
    while let Some((next, k, _)) = attributes.next_entry(pos) {
        if !k.is_str() {
            return false;
        }
        pos = next;
    }
    let mut pos = 0;
    while let Some((next, k, v)) = attributes.next_entry(pos) {
        obj.set_attr(cx, k, v);
        pos = next;
    }
    true
}
