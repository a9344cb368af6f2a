//! Attributes read by native code (`getattr`, `attrgetter`) by way of the context's table, which the instructions fill, too.

use proto_core::{Kind, Value};

use super::attr::{Hit, fill_load, remembered, shape_id};
use crate::code_rt::cache::CacheEntry;
use crate::code_rt::mega::Use;
use crate::ctx::Ctx;
use crate::native::def::TypeFlags;
use crate::objects::Method;
use crate::types::{self, type_epoch};

/// The attribute `name` (an interned string) of `v`, where the table knows it and no code has to run; EMPTY otherwise.
pub fn known_attr(cx: &Ctx, v: Value, name: Value) -> Value {
    if !v.is_kind(Kind::Object) {
        return Value::EMPTY;
    }
    // SAFETY: an object. The entry is of its shape under this epoch, so the words read are those that the kind says; it is read
    // before anything can change it.
    unsafe {
        let e = cx.run.mega.get(shape_id(v), name, Use::Load, type_epoch());
        if e.is_null() {
            return Value::EMPTY;
        }
        match remembered(cx, e, v) {
            Hit::Value(found) => found,
            Hit::Function(f) if f.is_kind(Kind::Function) => Method::new(cx, f, v),
            _ => Value::EMPTY,
        }
    }
}

/// Puts what the attribute `name` of `v` is into the table, if it can be there and is not. For attributes that have just been
/// found: who asks for absent ones learns nothing.
pub fn learn_attr(cx: &mut Ctx, v: Value, name: Value) {
    if !v.is_kind(Kind::Object) {
        return;
    }
    // SAFETY: an object.
    let known = unsafe { cx.run.mega.get(shape_id(v), name, Use::Load, type_epoch()) };
    if known.is_null() && types::type_of(cx, v).flags().has(TypeFlags::GENERIC_GETATTR) {
        fill_load(cx, &CacheEntry::new(name), v);
    }
}
