//! `Pickler`, and the functions `dump` and `dumps`.

use engine::objects::Obj;
use engine::prelude::*;
use engine::types::object_type::{generic_getattr, generic_setattr};

use super::busy::{self, Busy};
use super::errors::pickling;
use super::memo::{self, Memo, OBJECTS, TABLE};
use super::opcodes::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL};
use super::output::Output;
use super::proxy::{self, PICKLER_MEMO};
use super::save::{Format, Hooks, Saver};

const WRITE: usize = 0;
const PROTO: usize = 1;
const BIN: usize = 2;
const FAST: usize = 3;
const FIX_IMPORTS: usize = 4;
const BUFFER_CALLBACK: usize = 5;
const DISPATCH_TABLE: usize = 6;
/// An attribute of the instance that takes the place of the method.
const PERSISTENT_ID: usize = 9;
const BUSY: usize = 10;
const _: () = assert!(OBJECTS == 7 && TABLE == 8);

/// `Pickler`
pub static PICKLER: TypeDef = TypeDef {
    doc: "This takes a binary file for writing a pickle data stream.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nThe *file* argument must have a write() method that accepts a single\nbytes argument. If *fix_imports* is True and protocol is less than 3,\nnew Python 3 names are mapped to the module names of Python 2. If\n*buffer_callback* is not None, it is called with each buffer view; a\nfalse result makes the buffer out-of-band.",
    text_signature: "(file, protocol=None, fix_imports=True, buffer_callback=None)",
    flags: TypeFlags::BASETYPE,
    nnative: 11,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new, "").hide_sig()),
    init: Some(NativeDef::new(
        "__init__",
        "($self, file, protocol=None, fix_imports=True, buffer_callback=None)",
        init,
        "Initialize self.",
    )),
    slots: Slots { getattr: Some(getattribute), setattr: Some(setattr), ..Slots::NONE },
    methods: &[
        NativeDef::new("persistent_id", "($self, obj, /)", |_, _| Ok(Value::NONE), ""),
        NativeDef::new(
            "dump",
            "($self, obj, /)",
            dump_method,
            "Write a pickled representation of the given object to the open file.",
        ),
        NativeDef::new(
            "clear_memo",
            "($self, /)",
            clear_memo,
            "Clears the pickler's \"memo\".\n\nThe memo is the data structure that remembers which objects the\npickler has already seen, so that shared or recursive objects are\npickled by reference and not by value.  This method is useful when\nre-using picklers.",
        ),
    ],
    getsets: &[
        GetSet::rw("bin", |cx, v| get_number(cx, v, BIN), |cx, v, n| set_number(cx, v, BIN, n), ""),
        GetSet::rw("fast", |cx, v| get_number(cx, v, FAST), |cx, v, n| set_number(cx, v, FAST, n), ""),
        GetSet::rw("memo", get_memo, set_memo, ""),
    ],
    members: &[Member::rw("dispatch_table", DISPATCH_TABLE as u16, "").kind(MemberKind::OrRaise)],
    ..TypeDef::new("_pickle", "Pickler")
};

/// `dump`
pub const DUMP: NativeDef = NativeDef::new(
    "dump",
    "($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
    dump,
    "Write a pickled representation of obj to the open file object file.\n\nThis is equivalent to ``Pickler(file, protocol).dump(obj)``, but may\nbe more efficient.",
);

/// `dumps`
pub const DUMPS: NativeDef = NativeDef::new(
    "dumps",
    "($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)",
    dumps,
    "Return the pickled representation of the object as a bytes object.",
);

/// The receiver.
pub(super) fn this(cx: &mut Ctx, v: Value) -> Res<Obj> {
    match Obj::of(v) {
        Some(o) => Ok(o),
        None => Err(cx.type_error("a pickler or unpickler is needed")),
    }
}

fn format(cx: &mut Ctx, protocol: Value, fix_imports: Value) -> Res<Format> {
    let proto = match protocol {
        Value::EMPTY | Value::NONE => i64::from(DEFAULT_PROTOCOL),
        v => protocol::index(cx, v)?,
    };
    let proto = match u8::try_from(proto) {
        Ok(p) if p <= HIGHEST_PROTOCOL => p,
        _ if proto < 0 => HIGHEST_PROTOCOL,
        _ => return Err(cx.value_error(format!("pickle protocol must be <= {HIGHEST_PROTOCOL}"))),
    };
    let fix = fix_imports.is_empty() || protocol::truth(cx, fix_imports)?;
    Ok(Format { proto, bin: proto > 0, fast: false, fix_imports: fix && proto < 3 })
}

fn write_of(cx: &mut Ctx, file: Value) -> PyResult {
    let name = cx.names.write;
    match protocol::getattr_opt(cx, file, name)? {
        Some(f) => Ok(f),
        None => Err(cx.type_error("file must have a 'write' attribute")),
    }
}

fn buffer_callback(cx: &mut Ctx, callback: Value, format: Format) -> PyResult {
    if callback.is_empty() || callback.is_none() {
        return Ok(Value::EMPTY);
    }
    if format.proto < 5 {
        return Err(cx.value_error("buffer_callback needs protocol >= 5"));
    }
    Ok(callback)
}

fn dump(cx: &mut Ctx, args: Args) -> PyResult {
    let format = format(cx, args[2], args[3])?;
    let write = write_of(cx, args[1])?;
    let hooks = Hooks { buffer_callback: buffer_callback(cx, args[4], format)?, ..Hooks::NONE };
    let (out, memo) = (Output::new(Vec::new(), write), Memo::new(cx));
    Saver::new(cx, out, memo, format, hooks)?.dump(cx, args[0])?;
    Ok(Value::NONE)
}

fn dumps(cx: &mut Ctx, args: Args) -> PyResult {
    let format = format(cx, args[1], args[2])?;
    let hooks = Hooks { buffer_callback: buffer_callback(cx, args[3], format)?, ..Hooks::NONE };
    let (out, memo) = (Output::new(cx.scratch(), Value::EMPTY), Memo::new(cx));
    let mut saver = Saver::new(cx, out, memo, format, hooks)?;
    saver.dump(cx, args[0])?;
    let bytes = saver.out.into_bytes();
    let made = Bytes::wish(cx, &bytes)?;
    cx.give_scratch(bytes);
    Ok(made)
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    o.set_payload(cx, BUSY, Busy::default());
    memo::reset(cx, o);
    for slot in [BIN, FAST] {
        o.set_slot(cx, slot, Value::small(0));
    }
    Ok(o.value())
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let o = this(cx, args[0])?;
    busy::claim(cx, o, BUSY, "Pickler")?;
    let done = set_up(cx, o, args);
    busy::release(cx, o, BUSY);
    done
}

fn set_up(cx: &mut Ctx, o: Obj, args: Args) -> PyResult {
    let format = format(cx, args[2], args[3])?;
    let write = write_of(cx, args[1])?;
    let callback = buffer_callback(cx, args[4], format)?;
    memo::reset(cx, o);
    o.set_slot(cx, PROTO, Value::small(i32::from(format.proto)));
    o.set_slot(cx, BIN, Value::small(i32::from(format.bin)));
    o.set_slot(cx, FAST, Value::small(0));
    o.set_slot(cx, FIX_IMPORTS, Value::bool(format.fix_imports));
    o.set_slot(cx, BUFFER_CALLBACK, callback);
    o.set_slot(cx, WRITE, write);
    Ok(Value::NONE)
}

fn dump_method(cx: &mut Ctx, args: Args) -> PyResult {
    let o = this(cx, args[0])?;
    busy::claim(cx, o, BUSY, "Pickler")?;
    let done = dump_of(cx, o, args[1]);
    busy::release(cx, o, BUSY);
    done.map(|()| Value::NONE)
}

/// What the user supplies under a name; EMPTY for the method of this module that stands for nothing.
pub(super) fn hook(cx: &mut Ctx, v: Value, name: &[u8], own: &'static TypeDef) -> PyResult {
    let name = cx.intern(name);
    let Some(f) = protocol::getattr_opt(cx, v, name)? else { return Ok(Value::EMPTY) };
    let own = cx.type_of_def(own);
    let is_own = native::NativeObj::of(f).is_some_and(|n| n.owner() == Some(own));
    Ok(if is_own { Value::EMPTY } else { f })
}

fn dump_of(cx: &mut Ctx, o: Obj, v: Value) -> Res<()> {
    let write = o.slot(cx, WRITE);
    if write.is_empty() {
        let class = types::type_short_name(cx, o.value());
        return Err(pickling(cx, format!("Pickler.__init__() was not called by {class}.__init__()")));
    }
    let hooks = Hooks {
        persistent_id: hook(cx, o.value(), b"persistent_id", &PICKLER)?,
        reducer_override: hook(cx, o.value(), b"reducer_override", &PICKLER)?,
        dispatch_table: hook(cx, o.value(), b"dispatch_table", &PICKLER)?,
        buffer_callback: o.slot(cx, BUFFER_CALLBACK),
    };
    let format = Format {
        proto: o.slot_int(cx, PROTO) as u8,
        bin: o.slot_int(cx, BIN) != 0,
        fast: o.slot_int(cx, FAST) != 0,
        fix_imports: o.slot(cx, FIX_IMPORTS) == Value::TRUE,
    };
    let out = Output::new(Vec::new(), write);
    Saver::new(cx, out, Memo::Of(o), format, hooks)?.dump(cx, v)
}

fn clear_memo(cx: &mut Ctx, args: Args) -> PyResult {
    let o = this(cx, args[0])?;
    memo::reset(cx, o);
    Ok(Value::NONE)
}

fn get_number(cx: &mut Ctx, v: Value, slot: usize) -> PyResult {
    let o = this(cx, v)?;
    Ok(Value::int(o.slot_int(cx, slot)).unwrap_or(Value::small(0)))
}

fn set_number(cx: &mut Ctx, v: Value, slot: usize, n: Value) -> Res<()> {
    let o = this(cx, v)?;
    if n.is_empty() {
        return Err(cx.type_error("can't delete numeric/char attribute"));
    }
    let n = protocol::index_value(cx, n)?;
    let Some(n) = int::to_i64(n) else {
        return Err(cx.overflow_error("Python int too large to convert to C long"));
    };
    // The attribute is a C int.
    o.set_slot(cx, slot, Value::small(n as i32));
    Ok(())
}

fn get_memo(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(cx.new_object(&PICKLER_MEMO, &[v]))
}

fn set_memo(cx: &mut Ctx, v: Value, memo: Value) -> Res<()> {
    let o = this(cx, v)?;
    if memo.is_empty() {
        return Err(cx.type_error("attribute deletion is not supported"));
    }
    if let Some(other) = proxy::target(cx, memo, &PICKLER_MEMO) {
        memo::copy(cx, o, other);
        return Ok(());
    }
    let Some(dict) = Dict::of_sub(cx, memo) else {
        let got = type_name(cx, memo);
        return Err(cx.type_error(format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {got}")));
    };
    let entries = List::new(cx);
    let mut pos = 0;
    while let Some((next, _, entry)) = dict.next_entry(pos) {
        pos = next;
        let Some(t) = Tuple::of_sub(cx, entry).filter(|t| t.len() == 2) else {
            return Err(cx.type_error("'memo' values must be 2-item tuples"));
        };
        let index = protocol::index(cx, t.get(0))?;
        let index = int::from_i64(cx, index);
        let entry = Tuple::new(cx, &[index, t.get(1)]);
        entries.push(cx, entry);
    }
    memo::reset(cx, o);
    for entry in entries.items() {
        if let Some(t) = Tuple::of(entry) {
            let index = int::to_i64(t.get(0)).unwrap_or(0);
            memo::insert(cx, o, t.get(1), index as u64);
        }
    }
    Ok(())
}

fn getattribute(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    attribute(cx, v, name, b"persistent_id", PERSISTENT_ID)
}

fn setattr(cx: &mut Ctx, v: Value, name: Value, new: Value) -> Res<()> {
    set_attribute(cx, v, name, new, b"persistent_id", PERSISTENT_ID)
}

/// An attribute; the one named `special` may be in a native slot.
pub(super) fn attribute(cx: &mut Ctx, v: Value, name: Value, special: &[u8], slot: usize) -> PyResult {
    if name == cx.intern(special)
        && let Some(own) = Obj::of(v).and_then(|o| o.slot(cx, slot).non_empty())
    {
        return Ok(own);
    }
    generic_getattr(cx, v, name)
}

/// Stores an attribute; the one named `special` goes to a native slot.
pub(super) fn set_attribute(cx: &mut Ctx, v: Value, name: Value, new: Value, special: &[u8], slot: usize) -> Res<()> {
    if name != cx.intern(special) {
        return generic_setattr(cx, v, name, new);
    }
    let o = this(cx, v)?;
    if new.is_empty() && o.slot(cx, slot).is_empty() {
        return Err(cx.attribute_error(v, name));
    }
    o.set_slot(cx, slot, new);
    Ok(())
}
