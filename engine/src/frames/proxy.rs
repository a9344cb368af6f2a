//! `FrameLocalsProxy`: the locals of a function's frame as a mapping that writes through.

use proto_core::Value;

use super::{frame, locals};
use crate::ctx::{Ctx, PyResult};
use crate::exceptions::Exc;
use crate::native::Args;
use crate::native::def::{NativeDef, TypeDef, TypeFlags};
use crate::objects::{Dict, List, Obj, Str, Tuple};
use crate::protocol::{self, CmpOp};
use crate::types::slots::{self, Slots};
use crate::types::type_name;

/// The type `FrameLocalsProxy`.
pub static LOCALS_PROXY: TypeDef = TypeDef {
    nnative: 1,
    flags: TypeFlags::MAPPING,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", construct, "").hide_sig()),
    slots: Slots {
        repr: Some(repr),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(contains),
        iter: Some(iter),
        richcmp: Some(richcmp),
        or: Some(or),
        ior: Some(ior),
        hash: Some(slots::hash_not_implemented),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("__reversed__", "($self, /)", reversed, ""),
        NativeDef::new("copy", "($self, /)", copy, ""),
        NativeDef::new("keys", "($self, /)", keys, ""),
        NativeDef::new("values", "($self, /)", values, ""),
        NativeDef::new("items", "($self, /)", items, ""),
        NativeDef::new("get", "($self, key, default=None, /)", get, ""),
        NativeDef::new("pop", "($self, key, default=None, /)", pop, ""),
        NativeDef::new("setdefault", "($self, key, default=None, /)", setdefault, ""),
        NativeDef::new("update", "($self, other, /)", update, ""),
    ],
    ..TypeDef::new("builtins", "FrameLocalsProxy")
};

/// A proxy of a frame object.
pub(super) fn new(cx: &mut Ctx, frame: Value) -> Value {
    cx.new_object(&LOCALS_PROXY, &[frame])
}

fn construct(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args.or(1, Value::EMPTY));
    let n = given.map_or(0, |t| t.len());
    let Some(object) = given.filter(|_| n == 1).map(|t| t.get(0)) else {
        return Err(cx.type_error(format!("FrameLocalsProxy expected 1 argument, got {n}")));
    };
    if !frame::is_frame(cx, object) {
        let got = type_name(cx, object);
        return Err(cx.type_error(format!("expect frame, not {got}")));
    }
    if args.get(2).and_then(Dict::of).is_some_and(|d| d.len() > 0) {
        return Err(cx.type_error("FrameLocalsProxy takes no keyword arguments"));
    }
    Ok(new(cx, object))
}

fn frame_of(proxy: Value) -> Value {
    Obj::of(proxy).map_or(Value::EMPTY, |p| p.at(0))
}

/// The name of a local that `key` is.
fn atom(cx: &mut Ctx, object: Value, key: Value) -> PyResult<Option<Value>> {
    match Str::of(key) {
        Some(s) => Ok(Some(s.intern(cx))),
        None => locals::name_for(cx, object, key),
    }
}

fn snapshot(cx: &mut Ctx, proxy: Value) -> PyResult<Dict> {
    locals::snapshot_of(cx, frame_of(proxy))
}

fn find(cx: &mut Ctx, proxy: Value, key: Value) -> PyResult<Option<Value>> {
    let object = frame_of(proxy);
    if let Some(name) = atom(cx, object, key)?
        && let Some(v) = locals::get(cx, object, name)
    {
        return Ok(v.non_empty());
    }
    match Dict::of(frame::extra(cx, object)) {
        Some(extra) => extra.get(cx, key),
        None => Ok(None),
    }
}

fn getitem(cx: &mut Ctx, proxy: Value, key: Value) -> PyResult {
    match find(cx, proxy, key)? {
        Some(v) => Ok(v),
        None => {
            let shown = protocol::repr(cx, key)?;
            let text = format!("local variable '{}' is not defined", protocol::text(cx, shown));
            let text = Str::from_text(cx, &text);
            Err(cx.key_error(text))
        }
    }
}

fn setitem(cx: &mut Ctx, proxy: Value, key: Value, v: Value) -> PyResult<()> {
    let object = frame_of(proxy);
    let name = atom(cx, object, key)?;
    if v.is_empty() {
        if name.is_some_and(|n| locals::get(cx, object, n).is_some()) {
            return Err(cx.value_error("cannot remove local variables from FrameLocalsProxy"));
        }
        if let Some(extra) = Dict::of(frame::extra(cx, object))
            && extra.remove(cx, key)?.is_some()
        {
            return Ok(());
        }
        return Err(cx.key_error(key));
    }
    if let Some(name) = name
        && locals::set(cx, object, name, v)
    {
        return Ok(());
    }
    let mut extra = frame::extra(cx, object);
    if extra.is_empty() {
        extra = Dict::new(cx).value();
        frame::set_extra(cx, object, extra);
    }
    match Dict::of(extra) {
        Some(d) => d.set(cx, key, v),
        None => Ok(()),
    }
}

fn contains(cx: &mut Ctx, proxy: Value, key: Value) -> PyResult<bool> {
    Ok(find(cx, proxy, key)?.is_some())
}

fn len(cx: &mut Ctx, proxy: Value) -> PyResult<usize> {
    Ok(snapshot(cx, proxy)?.len())
}

fn repr(cx: &mut Ctx, proxy: Value) -> PyResult {
    // The frame stands for its proxies: each access makes one.
    let object = frame_of(proxy);
    if !protocol::repr_enter(cx, object) {
        return Ok(Str::new(cx, "{...}"));
    }
    let shown = snapshot(cx, proxy).and_then(|d| protocol::repr(cx, d.value()));
    protocol::repr_leave(cx, object);
    shown
}

fn keys_list(cx: &mut Ctx, proxy: Value) -> PyResult<List> {
    Ok(snapshot(cx, proxy)?.keys_list(cx))
}

fn iter(cx: &mut Ctx, proxy: Value) -> PyResult {
    let keys = keys_list(cx, proxy)?.value();
    protocol::iter(cx, keys)
}

/// A dict for a proxy; anything else as it is.
fn plain(cx: &mut Ctx, v: Value) -> PyResult {
    if cx.is_def(v, &LOCALS_PROXY) { Ok(snapshot(cx, v)?.value()) } else { Ok(v) }
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let left = snapshot(cx, a)?.value();
    if cx.is_def(b, &LOCALS_PROXY) {
        // Proxies of one frame are equal, of two frames not, whatever is in them.
        let same = Value::bool((frame_of(a) == frame_of(b)) == (op == CmpOp::Eq));
        return Ok(if matches!(op, CmpOp::Eq | CmpOp::Ne) { same } else { Value::NOT_IMPLEMENTED });
    }
    let right = b;
    if Dict::of_sub(cx, right).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match op {
        CmpOp::Eq | CmpOp::Ne => protocol::compare(cx, left, right, op),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let left = plain(cx, a)?;
    let right = plain(cx, b)?;
    protocol::binary(cx, protocol::BinOp::BitOr, left, right)
}

fn ior(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    update_with(cx, a, b)?;
    Ok(a)
}

fn reversed(cx: &mut Ctx, args: Args) -> PyResult {
    let keys = keys_list(cx, args[0])?;
    keys.reverse(cx);
    Ok(keys.value())
}

fn copy(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(snapshot(cx, args[0])?.value())
}

fn keys(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(keys_list(cx, args[0])?.value())
}

fn values(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(snapshot(cx, args[0])?.values_list(cx).value())
}

fn items(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(snapshot(cx, args[0])?.items_list(cx).value())
}

fn get(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(find(cx, args[0], args[1])?.unwrap_or(args.or(2, Value::NONE)))
}

fn pop(cx: &mut Ctx, args: Args) -> PyResult {
    match find(cx, args[0], args[1])? {
        Some(v) => {
            setitem(cx, args[0], args[1], Value::EMPTY)?;
            Ok(v)
        }
        None => match args.get(2) {
            Some(default) => Ok(default),
            None => Err(cx.key_error(args[1])),
        },
    }
}

fn setdefault(cx: &mut Ctx, args: Args) -> PyResult {
    if let Some(v) = find(cx, args[0], args[1])? {
        return Ok(v);
    }
    let default = args.or(2, Value::NONE);
    setitem(cx, args[0], args[1], default)?;
    Ok(default)
}

fn update(cx: &mut Ctx, args: Args) -> PyResult {
    update_with(cx, args[0], args[1])?;
    Ok(Value::NONE)
}

fn update_with(cx: &mut Ctx, proxy: Value, other: Value) -> PyResult<()> {
    let other = plain(cx, other)?;
    let Some(dict) = Dict::of(crate::objects::base_value(cx, other)) else {
        return Err(cx.raise(Exc::TypeError, "update() argument must be dict or another FrameLocalsProxy"));
    };
    let mut position = 0;
    while let Some((next, key, v)) = dict.next_entry(position) {
        setitem(cx, proxy, key, v)?;
        position = next;
    }
    Ok(())
}
