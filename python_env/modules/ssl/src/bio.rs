//! `_ssl.MemoryBIO`: a queue of bytes.

use engine::prelude::*;

use crate::connection::{SharedQueue, lock};
use crate::errors;

/// `_ssl.MemoryBIO`
pub static MEMORY_BIO: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE,
    nnative: 1,
    new: Some(NativeDef::new(
        "__new__",
        "($type)",
        |cx, args| {
            let obj = cx.alloc_instance(args[0])?;
            obj.set_payload(cx, 0, SharedQueue::default());
            Ok(obj.value())
        },
        "",
    )),
    methods: &[
        NativeDef::new("read", "($self, size=-1, /)", read, READ),
        NativeDef::new(
            "write",
            "($self, b, /)",
            write,
            "Writes the bytes b into the memory BIO.\n\nReturns the number of bytes written.",
        ),
        NativeDef::new("write_eof", "($self, /)", write_eof, WRITE_EOF),
    ],
    getsets: &[
        GetSet::ro("pending", pending, "The number of bytes pending in the memory BIO."),
        GetSet::ro("eof", eof, "Whether the memory BIO is at EOF."),
    ],
    ..TypeDef::new("_ssl", "MemoryBIO")
};

const READ: &str = "Read up to size bytes from the memory BIO.\n\nIf size is not specified, read the entire buffer.\nIf the return value is an empty bytes instance, this means either\nEOF or that no data is available. Use the \"eof\" property to\ndistinguish between the two.";
const WRITE_EOF: &str =
    "Write an EOF marker to the memory BIO.\n\nWhen all data has been read, the \"eof\" property will be True.";

/// The queue of a `MemoryBIO`.
pub fn queue(cx: &mut Ctx, v: Value) -> Res<SharedQueue> {
    match Obj::of(v).and_then(|o| o.payload::<SharedQueue>(cx, 0)) {
        Some(queue) => Ok(queue.clone()),
        None => {
            let ty = type_name(cx, v);
            Err(cx.type_error(format!("argument must be _ssl.MemoryBIO, not {ty}")))
        }
    }
}

fn read(cx: &mut Ctx, args: Args) -> PyResult {
    let n = args.index_or(cx, 1, -1)?;
    let queue = queue(cx, args[0])?;
    let wanted = usize::try_from(n).unwrap_or(usize::MAX).min(lock(&queue).len());
    cx.make_room_for(wanted, 2)?;
    let bytes = lock(&queue).pop(wanted);
    Bytes::wish(cx, &bytes)
}

fn write(cx: &mut Ctx, args: Args) -> PyResult {
    let bytes = protocol::to_bytes(cx, args[1])?;
    let queue = queue(cx, args[0])?;
    let (ended, room) = {
        let mut queue = lock(&queue);
        let room = queue.reserve(bytes.len());
        if room && !queue.ended {
            queue.push(&bytes);
        }
        (queue.ended, room)
    };
    if ended {
        return Err(errors::only_text(cx, "cannot write() after write_eof()"));
    }
    if !room {
        return Err(cx.memory_error());
    }
    Ok(int::from_usize(cx, bytes.len()))
}

fn write_eof(cx: &mut Ctx, args: Args) -> PyResult {
    let queue = queue(cx, args[0])?;
    lock(&queue).ended = true;
    Ok(Value::NONE)
}

fn pending(cx: &mut Ctx, v: Value) -> PyResult {
    let queue = queue(cx, v)?;
    let n = lock(&queue).len();
    Ok(int::from_usize(cx, n))
}

fn eof(cx: &mut Ctx, v: Value) -> PyResult {
    let queue = queue(cx, v)?;
    let queue = lock(&queue);
    Ok(Value::bool(queue.ended && queue.len() == 0))
}
