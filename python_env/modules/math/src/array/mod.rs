//! The module `array`. An array's bytes are behind a lock, since threads may share it; while a buffer is exported its size is
//! fixed.

mod item;
mod methods;

use engine::objects::Slice;
use engine::prelude::*;
use engine::protocol::buffer::{Buffer, Exports};
use proto_core::sync::Latch;

/// `array`.
pub static ARRAY_MODULE: ModuleDef = ModuleDef {
    doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the type of objects stored in them is constrained.\n",
    functions: &[NativeDef::new(
        "_array_reconstructor",
        "($module, arraytype, typecode, mformat_code, items,\n                     /)",
        methods::reconstruct,
        "Internal. Used for pickling support.",
    )],
    constants: &[("typecodes", Const::Str(item::CODES))],
    types: &[&ARRAY],
    init: Some(|cx, module| {
        let ty = cx.add_type(&ARRAY).value();
        cx.set_module_attr(module, "ArrayType", ty);
        // What lacks the class that arrays are sequences of does without.
        match protocol::import_attr(cx, "collections.abc", "MutableSequence") {
            Ok(class) => {
                let register = cx.intern(b"register");
                protocol::call_method(cx, class, register, &[ty])?;
            }
            Err(raised) => cx.clear(raised),
        }
        Ok(())
    }),
    ..ModuleDef::new("array")
};

/// `array.array`. Native slot 0: the state (a Rust value).
pub static ARRAY: TypeDef = TypeDef {
    doc: "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\ninitialized from the optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate type.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::SEQUENCE).with(TypeFlags::HAS_WEAKREF),
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", methods::new, "").hide_sig()),
    slots: Slots {
        repr: Some(methods::repr),
        hash: Some(slots::hash_not_implemented),
        richcmp: Some(methods::richcmp),
        iter: Some(|cx, v| Ok(cx.new_object(&ITERATOR, &[v, Value::small(0)]))),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(methods::contains),
        add: Some(methods::concat),
        iadd: Some(methods::iadd),
        mul: Some(methods::repeat),
        imul: Some(methods::irepeat),
        buffer: Some(buffer),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    class_methods: &[NativeDef::new(
        "__class_getitem__",
        "($type, object, /)",
        native::class_getitem,
        "Arrays are generic over the type of their elements",
    )],
    getsets: &[
        GetSet::ro(
            "typecode",
            |cx, v| {
                let code = code(cx, v)?;
                Ok(objects::str::short1(code))
            },
            "the typecode character used to create the array",
        ),
        GetSet::ro(
            "itemsize",
            |cx, v| {
                let code = code(cx, v)?;
                Ok(int::from_usize(cx, item::size(code)))
            },
            "the size, in bytes, of one array item",
        ),
    ],
    quick: Some(&QuickItems { get: quick_get, set: quick_set, len: quick_len }),
    ..TypeDef::new("array", "array")
};

fn state(heap: &Heap, v: Value) -> Option<&State> {
    Obj::of(v)?.payload::<State>(heap, 0)
}

fn quick_len(heap: &Heap, v: Value) -> Option<usize> {
    let s = state(heap, v)?;
    Some(s.data.lock().len() / item::size(s.code))
}

fn quick_get(heap: &Heap, v: Value, i: i64) -> Value {
    let Some(s) = state(heap, v) else { return Value::EMPTY };
    let data = s.data.lock();
    item::get(heap, s.code, &data, i).unwrap_or(Value::EMPTY)
}

/// Floats and small ints that need no conversion.
fn quick_set(heap: &Heap, v: Value, i: i64, new: Value) -> bool {
    let Some(s) = state(heap, v) else { return false };
    let mut data = s.data.lock();
    item::set(s.code, &mut data, i, new).is_some()
}

/// Native slots: 0 the array (EMPTY at the end), 1 the next index.
static ITERATOR: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 2,
    slots: Slots { iter: Some(slots::self_iter), next: Some(next), ..Slots::NONE },
    step: Some(step),
    methods: &[
        NativeDef::new("__reduce__", "($self, /)", iterator_reduce, "Return state information for pickling."),
        NativeDef::new("__setstate__", "($self, state, /)", iterator_setstate, "Set state information for unpickling."),
    ],
    ..TypeDef::new("array", "arrayiterator")
};

fn iterator_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let iter = protocol::import_attr(cx, "builtins", "iter")?;
    let o = crate::arguments::this(cx, args[0])?;
    let (array, at) = (o.slot(cx, 0), o.slot(cx, 1));
    if array == Value::EMPTY {
        let none = Tuple::empty(cx);
        let inner = Tuple::new(cx, &[none]);
        return Ok(Tuple::new(cx, &[iter, inner]));
    }
    let inner = Tuple::new(cx, &[array]);
    Ok(Tuple::new(cx, &[iter, inner, at]))
}

fn iterator_setstate(cx: &mut Ctx, args: Args) -> PyResult {
    if !int::is(args[1]) {
        return Err(cx.type_error("an integer is required"));
    }
    let at = args.index(cx, 1)?;
    let o = crate::arguments::this(cx, args[0])?;
    let array = o.slot(cx, 0);
    if array != Value::EMPTY {
        let at = at.clamp(0, len(cx, array)? as i64);
        let at = int::from_i64(cx, at);
        o.set_slot(cx, 1, at);
    }
    Ok(Value::NONE)
}

/// The state of an array.
pub struct State {
    code: u8,
    data: Latch<Vec<u8>>,
    exports: Exports,
}

impl Drop for State {
    fn drop(&mut self) {
        proto_core::external_freed(self.data.get_mut().capacity());
    }
}

/// Runs `f` on the state of `v`.
fn with<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&State) -> R) -> Res<R> {
    if let Some(s) = Obj::of(v).and_then(|o| o.payload::<State>(cx, 0)) {
        return Ok(f(s));
    }
    Err(cx.type_error("array expected"))
}

/// Whether `v` is an array.
fn is_array(cx: &mut Ctx, v: Value) -> bool {
    cx.is_def(v, &ARRAY)
}

fn code(cx: &mut Ctx, v: Value) -> Res<u8> {
    with(cx, v, |s| s.code)
}

/// A copy of the bytes, with the type code.
fn snapshot(cx: &mut Ctx, v: Value) -> Res<(u8, Vec<u8>)> {
    let n = with(cx, v, |s| s.data.lock().len())?;
    cx.make_room_beside(n)?;
    with(cx, v, |s| (s.code, s.data.lock().clone()))
}

/// A new array of the exact type.
fn new_array(cx: &mut Ctx, code: u8, data: Vec<u8>) -> PyResult {
    let v = cx.new_object(&ARRAY, &[Value::EMPTY]);
    let o = crate::arguments::this(cx, v)?;
    set_state(cx, o, code, data);
    Ok(v)
}

fn set_state(cx: &mut Ctx, o: Obj, code: u8, data: Vec<u8>) {
    cx.add_external(data.capacity() as isize);
    o.set_payload(cx, 0, State { code, data: Latch::new(data), exports: Exports::default() });
}

/// Changes the bytes; their number stays while a buffer is exported.
fn change<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Vec<u8>) -> R) -> Res<R> {
    if with(cx, v, |s| s.exports.count())? > 0 {
        // Views that nobody refers to any more still count until they are collected.
        cx.collect_garbage()?;
    }
    let done = with(cx, v, |s| {
        let mut data = s.data.lock();
        if s.exports.count() > 0 {
            return None;
        }
        let before = data.capacity();
        let r = f(&mut data);
        Some((r, data.capacity() as isize - before as isize))
    })?;
    match done {
        Some((r, grown)) => {
            cx.add_external(grown);
            Ok(r)
        }
        None => Err(cx.raise(Exc::BufferError, "cannot resize an array that is exporting buffers")),
    }
}

fn len(cx: &mut Ctx, v: Value) -> Res<usize> {
    with(cx, v, |s| s.data.lock().len() / item::size(s.code))
}

/// Item `i`, if there is one.
fn get(cx: &mut Ctx, v: Value, i: usize) -> Res<Option<Value>> {
    let found = with(cx, v, |s| {
        let n = item::size(s.code);
        let mut bytes = [0u8; 8];
        let data = s.data.lock();
        let at = i.checked_mul(n)?;
        bytes[..n].copy_from_slice(data.get(at..at.checked_add(n)?)?);
        Some((s.code, bytes))
    })?;
    Ok(found.map(|(code, bytes)| item::unpack(cx, code, &bytes)))
}

fn next(cx: &mut Ctx, it: Value) -> PyResult {
    Ok(step(cx, it).unwrap_or(Value::EMPTY))
}

fn step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    loop {
        let (v, before) = (o.at(0), o.at(1));
        if v == Value::EMPTY {
            return Some(v);
        }
        let i = int::to_usize(before).unwrap_or(0);
        let found = quick_get(cx, v, i as i64);
        if found == Value::EMPTY {
            o.set_slot(cx, 0, Value::EMPTY);
            return Some(Value::EMPTY);
        }
        let after = int::from_usize(cx, i + 1);
        // Another thread may have taken this item.
        if o.cas_slot(cx, 1, before, after).is_ok() {
            return Some(found);
        }
    }
}

fn buffer(cx: &mut Ctx, v: Value, _flags: u32) -> Res<Buffer> {
    let (code, data, len, guard) = with(cx, v, |s| {
        let mut data = s.data.lock();
        (s.code, data.as_mut_ptr(), data.len(), s.exports.guard())
    })?;
    let mut view = Buffer::bytes(cx, v, data, len, false);
    view.itemsize = item::size(code);
    view.format = objects::str::short1(if code == b'u' { b'w' } else { code });
    view.guard = Some(guard);
    Ok(view)
}

/// The index that `key` means, if it is inside.
fn index(cx: &mut Ctx, key: Value, len: usize) -> Res<Option<usize>> {
    if !int::is(key) && type_of(cx, key).slots().index().is_none() {
        return Err(cx.type_error("array indices must be integers"));
    }
    let i = protocol::subscript_index(cx, key)?;
    let at = if i < 0 { i.saturating_add(len as i64) } else { i };
    Ok(usize::try_from(at).ok().filter(|&at| at < len))
}

fn getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let len = len(cx, v)?;
    if let Some(slice) = Slice::of(key) {
        let idx = slice.indices(cx, len)?;
        let code = code(cx, v)?;
        let n = item::size(code);
        let mut out = cx.buffer(idx.count * n)?;
        with(cx, v, |s| {
            let data = s.data.lock();
            if idx.step == 1 {
                let from = (idx.start as usize * n).min(data.len());
                out.extend_from_slice(&data[from..(from + idx.count * n).min(data.len())]);
            } else {
                for i in 0..idx.count {
                    let at = (idx.start + i as i64 * idx.step) as usize * n;
                    out.extend_from_slice(data.get(at..at + n).unwrap_or(&[]));
                }
            }
        })?;
        return new_array(cx, code, out);
    }
    let found = match index(cx, key, len)? {
        Some(i) => get(cx, v, i)?,
        None => None,
    };
    found.map_or_else(|| Err(cx.index_error("array index out of range")), Ok)
}

fn setitem(cx: &mut Ctx, v: Value, key: Value, new: Value) -> Res<()> {
    let len = len(cx, v)?;
    let code = code(cx, v)?;
    let n = item::size(code);
    if let Some(slice) = Slice::of(key) {
        return set_slice(cx, v, slice, new, code);
    }
    let Some(i) = index(cx, key, len)? else { return Err(cx.index_error("array assignment index out of range")) };
    if new == Value::EMPTY {
        return change(cx, v, |data| {
            if (i + 1) * n <= data.len() {
                data.drain(i * n..(i + 1) * n);
            }
        });
    }
    let bytes = item::pack(cx, code, new)?;
    let stored = with(cx, v, |s| match s.data.lock().get_mut(i * n..(i + 1) * n) {
        Some(place) => {
            place.copy_from_slice(&bytes[..n]);
            true
        }
        None => false,
    })?;
    if stored { Ok(()) } else { Err(cx.index_error("array assignment index out of range")) }
}

fn set_slice(cx: &mut Ctx, v: Value, slice: Slice, new: Value, code: u8) -> Res<()> {
    let n = item::size(code);
    let source = if new == Value::EMPTY {
        Vec::new()
    } else if is_array(cx, new) {
        let (other, data) = snapshot(cx, new)?;
        if other != code {
            return Err(cx.type_error("bad argument type for built-in operation"));
        }
        data
    } else {
        let name = type_name(cx, new);
        return Err(cx.type_error(format!("can only assign array (not \"{name}\") to array slice")));
    };
    let len = len(cx, v)?;
    let idx = slice.indices(cx, len)?;
    if idx.step == 1 {
        return change(cx, v, |data| {
            let from = (idx.start as usize * n).min(data.len());
            let to = (from + idx.count * n).min(data.len());
            data.splice(from..to, source);
        });
    }
    if new == Value::EMPTY {
        return change(cx, v, |data| {
            let mut gone: Vec<usize> = (0..idx.count).map(|i| (idx.start + i as i64 * idx.step) as usize).collect();
            gone.sort_unstable();
            for i in gone.into_iter().rev() {
                if (i + 1) * n <= data.len() {
                    data.drain(i * n..(i + 1) * n);
                }
            }
        });
    }
    if source.len() != idx.count * n {
        let given = source.len() / n;
        return Err(
            cx.value_error(format!("attempt to assign array of size {given} to extended slice of size {}", idx.count))
        );
    }
    with(cx, v, |s| {
        let mut data = s.data.lock();
        for (i, item) in source.chunks_exact(n).enumerate() {
            let at = (idx.start + i as i64 * idx.step) as usize * n;
            if let Some(place) = data.get_mut(at..at + n) {
                place.copy_from_slice(item);
            }
        }
    })
}
