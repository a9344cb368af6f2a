//! `_CData`: an object that is a piece of C memory. Objects of parts share the whole's memory and keep the whole.

use std::any::Any;

use engine::prelude::*;
use engine::protocol::buffer::{self, Buffer};
use parking_lot::Mutex;
use proto_core::sync::{AtomicUsize, Ordering};

use crate::info::{self, Form, Info};
use crate::raw::{self, Block};
use crate::{array, codes, function, pointer, simple};

/// Native slots of a piece of memory.
pub mod slot {
    pub const MEMORY: usize = 0;
    /// The object of the whole; EMPTY for a whole.
    pub const BASE: usize = 1;
    /// What must live as long: `_objects`.
    pub const KEPT: usize = 2;
    /// Its place in the whole.
    pub const INDEX: usize = 3;
    /// The owner of a buffer that it shows.
    pub const OWNER: usize = 4;
    /// What a function has besides its address.
    pub const EXTRA: usize = 5;
    pub const COUNT: u16 = 6;
}

/// The payload: where the memory lies. Blocks that `resize` has replaced stay, because parts and views may show them.
pub struct Memory {
    addr: AtomicUsize,
    size: AtomicUsize,
    owned: Mutex<Vec<Block>>,
    /// Ends the export of the buffer that it shows.
    _export: Option<Box<dyn Any + Send + Sync>>,
}

impl Memory {
    /// Memory of somebody else.
    pub fn at(addr: usize, size: usize) -> Memory {
        Memory { addr: addr.into(), size: size.into(), owned: Mutex::default(), _export: None }
    }

    fn of(block: Block, size: usize) -> Memory {
        Memory { owned: Mutex::new(vec![block]), ..Memory::at_block(size) }.placed()
    }

    fn at_block(size: usize) -> Memory {
        Memory::at(0, size)
    }

    fn placed(self) -> Memory {
        let addr = self.owned.lock().last().map_or(0, Block::addr);
        self.addr.store(addr, Ordering::Relaxed);
        self
    }

    /// Where it lies. Acquire pairs with the release of `resize`: who sees the new place sees what was copied there.
    pub fn addr(&self) -> usize {
        self.addr.load(Ordering::Acquire)
    }

    /// Bytes of it.
    pub fn size(&self) -> usize {
        self.size.load(Ordering::Acquire)
    }
}

/// What `_objects` shows of memory that had to be made for a value: a block.
pub static KEPT_BLOCK: TypeDef = TypeDef { flags: TypeFlags::NO_NEW, nnative: 1, ..TypeDef::new("_ctypes", "Memory") };

/// An object that keeps a block.
pub fn keep_block(cx: &mut Ctx, block: Block) -> Value {
    let o = cx.new_object(&KEPT_BLOCK, &[]);
    if let Some(o) = Obj::of(o) {
        o.set_payload(cx, 0, block);
    }
    o
}

/// Where the block that an object keeps lies.
pub fn kept_addr(cx: &Ctx, v: Value) -> Option<usize> {
    Obj::of(v)?.payload::<Block>(cx, 0).map(Block::addr)
}

/// `_CData`
pub static CDATA: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: slot::COUNT,
    doc: "",
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new, "")),
    slots: Slots { buffer: Some(export), hash: Some(no_hash), ..Slots::NONE },
    members: &[Member::ro("_b_base_", slot::BASE as u16, "the base object")],
    getsets: &[
        GetSet::ro("_objects", |cx, v| Ok(kept(cx, v)), "internal objects tree (NEVER CHANGE THIS OBJECT!)"),
        GetSet::ro(
            "_b_needsfree_",
            |cx, v| {
                let owns = memory(cx, v)?.owned.lock().is_empty();
                Ok(Value::small((!owns).into()))
            },
            "whether the object owns the memory or not",
        ),
        // Taken from here into the classes that have them.
        GetSet::rw("_simple_value_", simple::value, simple::set_value, "current value"),
        GetSet::rw("_char_array_value_", array::char_value, array::set_char_value, "string value"),
        GetSet::rw("_char_array_raw_", array::char_raw, array::set_char_raw, "value"),
        GetSet::rw("_wchar_array_value_", array::wchar_value, array::set_wchar_value, "string value"),
        GetSet::rw(
            "_pointer_contents_",
            pointer::contents,
            pointer::set_contents,
            "the object this pointer points to (read-write)",
        ),
        GetSet::rw("_function_argtypes_", function::argtypes, function::set_argtypes, "specify the argument types"),
        GetSet::rw("_function_restype_", function::restype, function::set_restype, "specify the result type"),
        GetSet::rw("_function_errcheck_", function::errcheck, function::set_errcheck, "a function to check for errors"),
    ],
    methods: &[
        NativeDef::new(
            "__ctypes_from_outparam__",
            "($self, /)",
            simple::from_outparam,
            "default __ctypes_from_outparam__ method returns self.",
        ),
        NativeDef::new("__reduce__", "($self, /)", reduce, ""),
        NativeDef::new("__setstate__", "($self, dict, data, /)", set_state, ""),
        NativeDef::new("_simple_init_", "($self, *args)", simple::init, "").hide_sig(),
        NativeDef::new("_simple_bool_", "($self, /)", simple::truth, "").hide_sig(),
        NativeDef::new("_simple_repr_", "($self, /)", simple::repr, "").hide_sig(),
        NativeDef::new("_array_init_", "($self, *args)", array::init, "").hide_sig(),
        NativeDef::new("_array_len_", "($self, /)", array::len, "").hide_sig(),
        NativeDef::new("_array_getitem_", "($self, key, /)", array::getitem, "").hide_sig(),
        NativeDef::new("_array_setitem_", "($self, key, value, /)", array::setitem, "").hide_sig(),
        NativeDef::new("_array_delitem_", "($self, key, /)", array::delitem, "").hide_sig(),
        NativeDef::new("_pointer_init_", "($self, *args)", pointer::init, "").hide_sig(),
        NativeDef::new("_pointer_bool_", "($self, /)", pointer::truth, "").hide_sig(),
        NativeDef::new("_pointer_getitem_", "($self, key, /)", pointer::getitem, "").hide_sig(),
        NativeDef::new("_pointer_setitem_", "($self, key, value, /)", pointer::setitem, "").hide_sig(),
        NativeDef::new("_pointer_delitem_", "($self, key, /)", pointer::delitem, "").hide_sig(),
        NativeDef::new("_function_init_", "($self, *args, **kwargs)", function::init, "").hide_sig(),
        NativeDef::new("_function_call_", "($self, *args, **kwargs)", function::call, "").hide_sig(),
        NativeDef::new("_function_repr_", "($self, /)", function::repr, "").hide_sig(),
    ],
    ..TypeDef::new("_ctypes", "_CData")
};

fn no_hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let _ = v;
    Err(cx.type_error("unhashable type"))
}

/// The memory of an object, if it is a piece of memory.
pub fn peek(cx: &Ctx, v: Value) -> Option<&Memory> {
    Obj::of(v)?.payload::<Memory>(cx, slot::MEMORY)
}

/// Whether a value is an instance of `_CData` with memory.
pub fn is_data(cx: &mut Ctx, v: Value) -> bool {
    cx.is_def(v, &CDATA) && peek(cx, v).is_some()
}

/// The memory of what must be a piece of memory.
pub fn memory(cx: &mut Ctx, v: Value) -> Res<&Memory> {
    if !is_data(cx, v) {
        let got = types::type_name(cx, v);
        return Err(cx.type_error(format!("expected CData instance, got {got}")));
    }
    match peek(cx, v) {
        Some(m) => Ok(m),
        None => unreachable!("just seen"),
    }
}

/// Where an object's memory lies.
pub fn addr(cx: &mut Ctx, v: Value) -> Res<usize> {
    Ok(memory(cx, v)?.addr())
}

/// The info object of an instance's class.
pub fn info_of(cx: &mut Ctx, v: Value) -> PyResult {
    match info::of_instance(cx, v) {
        Some(i) => Ok(i),
        None => Err(cx.type_error("abstract class")),
    }
}

/// The info object of a class that can have instances.
pub fn info_of_class(cx: &mut Ctx, class: Value) -> PyResult {
    match info::of_class(cx, class) {
        Some(i) => Ok(i),
        None => Err(cx.type_error("abstract class")),
    }
}

/// An object of a class over memory.
pub fn make(cx: &mut Ctx, class: Value, memory: Memory, base: Value, index: usize) -> PyResult {
    let o = cx.alloc_instance(class)?;
    o.set_payload(cx, slot::MEMORY, memory);
    o.set_slot(cx, slot::BASE, base);
    let index = int::from_usize(cx, index);
    o.set_slot(cx, slot::INDEX, index);
    Ok(o.value())
}

fn block(cx: &mut Ctx, size: usize) -> Res<Block> {
    cx.make_room(size)?;
    match Block::new(size) {
        Some(b) => Ok(b),
        None => Err(cx.memory_error()),
    }
}

/// An object of a class with memory of its own.
pub fn fresh(cx: &mut Ctx, class: Value) -> PyResult {
    let info = info_of_class(cx, class)?;
    let size = {
        let info = info::data(cx, info)?;
        info.is_final.store(true, Ordering::Relaxed);
        info.size
    };
    let block = block(cx, size)?;
    cx.add_external(size as isize);
    make(cx, class, Memory::of(block, size), Value::EMPTY, 0)
}

/// An object of a class over memory at an address that is the program's business.
pub fn over(cx: &mut Ctx, class: Value, addr: usize, base: Value, index: usize) -> PyResult {
    let info = info_of_class(cx, class)?;
    let info = info::data(cx, info)?;
    info.is_final.store(true, Ordering::Relaxed);
    let size = info.size;
    make(cx, class, Memory::at(addr, size), base, index)
}

fn new(cx: &mut Ctx, a: Args) -> PyResult {
    fresh(cx, a[0])
}

// --- what is kept ---

fn kept(cx: &Ctx, v: Value) -> Value {
    Obj::of(v).and_then(|o| o.slot(cx, slot::KEPT).non_empty()).unwrap_or(Value::NONE)
}

fn base(cx: &Ctx, v: Value) -> Value {
    Obj::of(v).map_or(Value::EMPTY, |o| o.slot(cx, slot::BASE))
}

/// The whole, with a place for what it keeps.
fn container(cx: &mut Ctx, v: Value) -> PyResult {
    let mut whole = v;
    while !base(cx, whole).is_empty() {
        whole = base(cx, whole);
    }
    if let Some(o) = Obj::of(whole)
        && o.slot(cx, slot::KEPT).is_empty()
    {
        let info = info_of(cx, whole)?;
        let info = info::data(cx, info)?;
        let many = info.length > 0 || info.form == Form::Pointer;
        let kept = if many { Dict::new(cx).value() } else { Value::NONE };
        o.set_slot(cx, slot::KEPT, kept);
    }
    Ok(whole)
}

/// What an object's whole keeps.
pub fn kept_objects(cx: &mut Ctx, v: Value) -> PyResult {
    let whole = container(cx, v)?;
    Ok(kept(cx, whole))
}

/// Keeps `what` for the part `index` of an object.
pub fn keep(cx: &mut Ctx, v: Value, index: usize, what: Value) -> Res<()> {
    if what.is_none() {
        return Ok(());
    }
    let whole = container(cx, v)?;
    let Some(o) = Obj::of(whole) else { return Ok(()) };
    let Some(all) = Dict::of(kept(cx, whole)) else {
        o.set_slot(cx, slot::KEPT, what);
        return Ok(());
    };
    let mut key = format!("{index:x}");
    let mut at = v;
    while let Some(o) = Obj::of(at).filter(|o| !o.slot(cx, slot::BASE).is_empty()) {
        key.push_str(&format!(":{:x}", o.slot_int(cx, slot::INDEX)));
        at = o.slot(cx, slot::BASE);
    }
    let key = Str::new(cx, &key);
    all.set(cx, key, what)
}

// --- parts ---

/// What is at an address: a value, or an object over it whose whole `owner` belongs to.
pub fn get(cx: &mut Ctx, proto: Value, owner: Value, index: usize, addr: usize) -> PyResult {
    let info = info_of_class(cx, proto)?;
    let info = info::data(cx, info)?;
    if let Info { form: Form::Simple(code), direct: true, swapped, .. } = *info {
        return codes::load(cx, code, addr, swapped);
    }
    over(cx, proto, addr, owner, index)
}

/// Stores a value at an address where an object of class `proto` lies; gives what must be kept.
pub fn put(cx: &mut Ctx, proto: Value, v: Value, addr: usize) -> PyResult {
    let info = info_of_class(cx, proto)?;
    let (form, size, swapped) = {
        let i = info::data(cx, info)?;
        (i.form, i.size, i.swapped)
    };
    if !is_data(cx, v) {
        if let Form::Simple(code) = form {
            return codes::store(cx, code, addr, v, swapped);
        }
        let made = if form == Form::Function {
            protocol::call(cx, proto, &[v])?
        } else if let Some(t) = Tuple::of_sub(cx, v) {
            let args = RootVec::from_slice(cx, t.as_slice());
            match protocol::call(cx, proto, &args) {
                Ok(v) => v,
                Err(raised) => {
                    let exc = cx.take(raised);
                    let (kind, text) = (types::type_name(cx, exc), protocol::str_lossy(cx, exc));
                    let name = class_name(proto);
                    return Err(cx.runtime_error(format!("({name}) {kind}: {text}")));
                }
            }
        } else if form == Form::Pointer && v.is_none() {
            codes::store_int(addr, 8, 0, false);
            return Ok(Value::NONE);
        } else {
            let (want, got) = (class_name(proto), types::type_name(cx, v));
            return Err(cx.type_error(format!("expected {want} instance, got {got}")));
        };
        if !is_data(cx, made) {
            return Err(cx.type_error("expected CData instance"));
        }
        return put(cx, proto, made, addr);
    }
    if protocol::is_instance(cx, v, proto)? {
        let (from, n) = {
            let m = memory(cx, v)?;
            (m.addr(), m.size())
        };
        raw::copy(addr, from, size.min(n));
        return kept_objects(cx, v);
    }
    let own = info_of(cx, v)?;
    if form == Form::Pointer && info::data(cx, own)?.form == Form::Array {
        let (item, wanted) = (info::part(cx, own, info::slot::PROTO), info::part(cx, info, info::slot::PROTO));
        if item == wanted {
            let at = self::addr(cx, v)?;
            codes::store_int(addr, 8, at as u64, false);
            // The array itself, and what its items refer to.
            let kept = kept_objects(cx, v)?;
            return Ok(Tuple::new(cx, &[kept, v]));
        }
    }
    let (got, want) = (types::type_name(cx, v), class_name(proto));
    Err(cx.type_error(format!("incompatible types, {got} instance instead of {want} instance")))
}

/// The name of a class.
pub fn class_name(class: Value) -> String {
    Type::of(class).map_or("?".to_owned(), Type::name_str)
}

/// Whether it is a bytearray, or an instance of a subclass.
pub fn is_bytearray(cx: &mut Ctx, v: Value) -> Res<bool> {
    let class = protocol::import_attr(cx, "builtins", "bytearray")?;
    Ok(Type::of(class).is_some_and(|class| types::type_of(cx, v).is_subtype(class)))
}

// --- buffers ---

fn export(cx: &mut Ctx, v: Value, _: u32) -> Res<Buffer> {
    let (addr, len) = {
        let m = memory(cx, v)?;
        (m.addr(), m.size())
    };
    let mut view = Buffer::bytes(cx, v, raw::pointer(addr), len, false);
    let info = info_of(cx, v)?;
    let format = info::part(cx, info, info::slot::FORMAT);
    if !format.is_none() {
        view.format = format;
    }
    let mut item = info;
    while info::data(cx, item)?.form == Form::Array {
        let proto = info::part(cx, item, info::slot::PROTO);
        item = info_of_class(cx, proto)?;
    }
    view.itemsize = info::data(cx, item)?.size;
    let shape = Tuple::of(info::part(cx, info, info::slot::SHAPE));
    let lengths: Vec<isize> =
        shape.map(|t| t.items().map(|n| int::to_i64(n).unwrap_or(0) as isize).collect()).unwrap_or_default();
    let mut strides = vec![0; lengths.len()];
    let mut step = view.itemsize as isize;
    for (stride, n) in strides.iter_mut().zip(&lengths).rev() {
        *stride = step;
        step *= n;
    }
    view.shape = Some(lengths.into());
    view.strides = Some(strides.into());
    Ok(view)
}

/// `from_buffer(class, source, offset)`
pub fn from_buffer(cx: &mut Ctx, a: Args) -> PyResult {
    let info = info_of_class(cx, a[0])?;
    let size = info::data(cx, info)?.size;
    if !buffer::has_buffer(cx, a[1]) {
        let got = types::type_name(cx, a[1]);
        return Err(cx.type_error(format!("memoryview: a bytes-like object is required, not '{got}'")));
    }
    let mut view = buffer::get_buffer(cx, a[1], 0)?;
    let offset = a.index_or(cx, 2, 0)?;
    let problem = if view.readonly {
        Some(cx.type_error("underlying buffer is not writable"))
    } else if !view.is_contiguous() {
        Some(cx.type_error("underlying buffer is not C contiguous"))
    } else {
        part_problem(cx, offset, size, view.len)
    };
    if let Some(raised) = problem {
        view.release(cx);
        return Err(raised);
    }
    let raised = audit_from(cx, "ctypes.cdata/buffer", &view, offset);
    if let Err(raised) = raised {
        view.release(cx);
        return Err(raised);
    }
    let memory = Memory {
        _export: view.guard.take(),
        ..Memory::at(raw::exposed(view.data).wrapping_add(offset as usize), size)
    };
    info::data(cx, info)?.is_final.store(true, Ordering::Relaxed);
    let v = make(cx, a[0], memory, Value::EMPTY, 0)?;
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, slot::OWNER, view.owner);
    }
    keep(cx, v, usize::MAX, a[1])?;
    Ok(v)
}

fn audit_from(cx: &mut Ctx, event: &str, view: &Buffer, offset: i64) -> Res<()> {
    if audit::is_on() {
        let parts = [raw::exposed(view.data) as i64, view.len as i64, offset].map(|n| int::from_i64(cx, n));
        audit::tell(cx, event, &parts)?;
    }
    Ok(())
}

/// What is wrong with `size` bytes at `offset` of `len`.
fn part_problem(cx: &mut Ctx, offset: i64, size: usize, len: usize) -> Option<Raised> {
    let Ok(start) = usize::try_from(offset) else { return Some(cx.value_error("offset cannot be negative")) };
    match start.checked_add(size) {
        Some(end) if end <= len => None,
        end => Some(cx.value_error(format!(
            "Buffer size too small ({len} instead of at least {} bytes)",
            end.unwrap_or(usize::MAX)
        ))),
    }
}

/// `from_buffer_copy(class, source, offset)`
pub fn from_buffer_copy(cx: &mut Ctx, a: Args) -> PyResult {
    let info = info_of_class(cx, a[0])?;
    let size = info::data(cx, info)?.size;
    let bytes = protocol::to_bytes(cx, a[1])?;
    let offset = a.index_or(cx, 2, 0)?;
    if let Some(raised) = part_problem(cx, offset, size, bytes.len()) {
        return Err(raised);
    }
    if audit::is_on() {
        let parts = [bytes.as_ptr().addr() as i64, bytes.len() as i64, offset].map(|n| int::from_i64(cx, n));
        audit::tell(cx, "ctypes.cdata/buffer", &parts)?;
    }
    let v = fresh(cx, a[0])?;
    let to = addr(cx, v)?;
    raw::write(to, &bytes[offset as usize..offset as usize + size]);
    Ok(v)
}

/// `from_address(class, address)`
pub fn from_address(cx: &mut Ctx, a: Args) -> PyResult {
    if !int::is_sub(cx, a[1]) {
        return Err(cx.type_error("integer expected"));
    }
    audit::tell(cx, "ctypes.cdata", &[a[1]])?;
    let addr = codes::low_bits(cx, a[1])? as usize;
    over(cx, a[0], addr, Value::EMPTY, 0)
}

// --- pickling ---

fn reduce(cx: &mut Ctx, a: Args) -> PyResult {
    let info = info_of(cx, a[0])?;
    if info::data(cx, info)?.pointers {
        return Err(cx.value_error("ctypes objects containing pointers cannot be pickled"));
    }
    let name = cx.intern(b"__dict__");
    let dict = protocol::getattr(cx, a[0], name)?;
    let (addr, size) = {
        let m = memory(cx, a[0])?;
        (m.addr(), m.size())
    };
    let bytes = codes::byte_string(cx, addr, size)?;
    let unpickle = protocol::import_attr(cx, "_ctypes", "_unpickle")?;
    let class = types::type_of(cx, a[0]).value();
    let state = Tuple::new(cx, &[dict, bytes]);
    let args = Tuple::new(cx, &[class, state]);
    Ok(Tuple::new(cx, &[unpickle, args]))
}

fn set_state(cx: &mut Ctx, a: Args) -> PyResult {
    let Some(state) = Dict::of_sub(cx, a[1]) else { return Err(a.wrong(cx, 1, "dict")) };
    let bytes = protocol::to_bytes(cx, a[2])?;
    let (addr, size) = {
        let m = memory(cx, a[0])?;
        (m.addr(), m.size())
    };
    raw::write(addr, &bytes[..size.min(bytes.len())]);
    let name = cx.intern(b"__dict__");
    let own = protocol::getattr(cx, a[0], name)?;
    if !Dict::of(own).is_some_and(|d| d.value() == state.value()) {
        let update = cx.intern(b"update");
        protocol::call_method(cx, own, update, &[state.value()])?;
    }
    Ok(Value::NONE)
}

// --- sizes ---

/// `resize(obj, size)`
pub fn resize(cx: &mut Ctx, a: Args) -> PyResult {
    if !is_data(cx, a[0]) {
        let got = types::type_name(cx, a[0]);
        return Err(cx.type_error(format!("resize() argument 1 must be _ctypes._CData, not {got}")));
    }
    let size = a.index(cx, 1)?;
    let info = info_of(cx, a[0])?;
    let least = info::data(cx, info)?.size;
    let Some(size) = usize::try_from(size).ok().filter(|&n| n >= least) else {
        return Err(cx.value_error(format!("minimum size is {least}")));
    };
    if memory(cx, a[0])?.owned.lock().is_empty() {
        return Err(cx.value_error("Memory cannot be resized because this object doesn't own it"));
    }
    if size > isize::MAX as usize {
        return Err(cx.memory_error());
    }
    let block = block(cx, size)?;
    cx.add_external(size as isize);
    let m = memory(cx, a[0])?;
    let mut owned = m.owned.lock();
    raw::copy(block.addr(), m.addr(), m.size().min(size));
    // The size first when it shrinks, the place first when it grows: both blocks are as long as any pair that another thread sees.
    let addr = block.addr();
    owned.push(block);
    if size < m.size() {
        m.size.store(size, Ordering::Release);
        m.addr.store(addr, Ordering::Release);
    } else {
        m.addr.store(addr, Ordering::Release);
        m.size.store(size, Ordering::Release);
    }
    Ok(Value::NONE)
}
