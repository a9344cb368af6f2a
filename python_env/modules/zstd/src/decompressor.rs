//! `ZstdDecompressor`: one frame; input that does not fit a limit on output waits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::prelude::*;
use proto_core::memory;

use crate::raw::{self, Failure, Use};
use crate::{dictionary, library_error, parameters};

struct State {
    coder: raw::Decompressor,
    /// Input that was not taken; after the end of the frame, what follows it.
    pending: Vec<u8>,
    eof: bool,
    needs_input: bool,
}

type Cell = Arc<Mutex<State>>;

fn cell(cx: &mut Ctx, v: Value) -> Res<Cell> {
    match Obj::of(v).and_then(|o| o.payload::<Cell>(cx, 0)) {
        Some(cell) => Ok(cell.clone()),
        None => Err(cx.type_error("not a ZstdDecompressor")),
    }
}

fn locked(cell: &Cell) -> MutexGuard<'_, State> {
    cell.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `f` finds in the state, which another thread may be working on.
fn look<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&State) -> R) -> Res<R> {
    let cell = cell(cx, v)?;
    Ok(cx.blocking(|| f(&locked(&cell))))
}

/// `compression.zstd.ZstdDecompressor`
pub static DECOMPRESSOR: TypeDef = TypeDef {
    doc: "Create a decompressor object for decompressing data incrementally.\n\n  zstd_dict\n    A ZstdDict object, a pre-trained Zstandard dictionary.\n  options\n    A dict object that contains advanced decompression parameters.\n\nThread-safe at method level. For one-shot decompression, use the decompress()\nfunction instead.",
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, zstd_dict=None, options=None)", new, "")),
    methods: &[NativeDef::new(
        "decompress",
        "($self, /, data, max_length=-1)",
        decompress,
        "Decompress *data*, returning uncompressed bytes if possible, or b'' otherwise.\n\n  data\n    A bytes-like object, Zstandard data to be decompressed.\n  max_length\n    Maximum size of returned data. When it is negative, the size of\n    output buffer is unlimited. When it is nonnegative, returns at\n    most max_length bytes of decompressed data.\n\nIf *max_length* is nonnegative, returns at most *max_length* bytes\nof decompressed data.  If this limit is reached and further output\ncan be produced, *self.needs_input* will be set to ``False``.  In\nthis case, the next call to *decompress()* may provide *data* as b''\nto obtain more of the output.\n\nIf all of the input data was decompressed and returned (either\nbecause this was less than *max_length* bytes, or because\n*max_length* was negative), *self.needs_input* will be set to True.\n\nAttempting to decompress data after the end of a frame is reached\nraises an EOFError.  Any data found after the end of the frame is\nignored and saved in the self.unused_data attribute.",
    )],
    getsets: &[
        GetSet::ro(
            "eof",
            |cx, v| look(cx, v, |s| Value::bool(s.eof)),
            "True means the end of the first frame has been reached. If decompress data\nafter that, an EOFError exception will be raised.",
        ),
        GetSet::ro(
            "needs_input",
            |cx, v| look(cx, v, |s| Value::bool(s.needs_input)),
            "If the max_length output limit in .decompress() method has been reached,\nand the decompressor has (or may has) unconsumed input data, it will be set\nto False. In this case, passing b'' to the .decompress() method may output\nfurther data.",
        ),
        GetSet::ro(
            "unused_data",
            |cx, v| {
                let rest = look(cx, v, |s| if s.eof { copied(&s.pending) } else { Some(Vec::new()) })?;
                match rest {
                    Some(rest) => Bytes::wish(cx, &rest),
                    None => Err(cx.memory_error()),
                }
            },
            "A bytes object of un-consumed input data.\n\nWhen ZstdDecompressor object stops after a frame is\ndecompressed, unused input data after the frame.  Otherwise this\nwill be b''.",
        ),
    ],
    ..TypeDef::new("compression.zstd", "ZstdDecompressor")
};

fn copied(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    memory::grows(&mut all, bytes.len()).then(|| {
        all.extend_from_slice(bytes);
        all
    })
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let (dict, options) = (args.some(1), args.some(2));
    let Some(mut coder) = raw::Decompressor::new() else {
        return Err(library_error(cx, "Unable to create ZSTD_DCtx instance."));
    };
    if let Some(v) = dict {
        let (dict, how) = dictionary::argument(cx, v, Use::Digested)?;
        let r = cx.blocking(|| coder.load(dict, how));
        r.map_err(|e| dictionary::unfit(cx, e, "ZSTD_DDict", "decompression"))?;
    }
    if let Some(v) = options {
        parameters::set_decompression(cx, &mut coder, v)?;
    }
    let obj = cx.alloc_instance(args[0])?;
    let state = State { coder, pending: Vec::new(), eof: false, needs_input: true };
    obj.set_payload(cx, 0, Cell::new(Mutex::new(state)));
    Ok(obj.value())
}

impl State {
    fn decompress(&mut self, data: &[u8], max: Option<usize>, out: &mut Vec<u8>) -> Result<(), Failure> {
        let mut waiting = std::mem::take(&mut self.pending);
        let input = if waiting.is_empty() {
            data
        } else if memory::grows(&mut waiting, data.len()) {
            waiting.extend_from_slice(data);
            &waiting
        } else {
            return Err(Failure::Memory);
        };
        let (taken, ended) = self.coder.decompress(input, max.unwrap_or(usize::MAX), out)?;
        self.eof = ended;
        self.needs_input = taken == input.len() && !ended && max != Some(out.len());
        if taken < input.len() {
            self.pending = copied(&input[taken..]).ok_or(Failure::Memory)?;
        }
        Ok(())
    }

    /// Back to the beginning of a frame.
    fn reset(&mut self) {
        self.coder.reset();
        self.pending = Vec::new();
        (self.eof, self.needs_input) = (false, true);
    }
}

fn decompress(cx: &mut Ctx, args: Args) -> PyResult {
    let data = protocol::to_bytes(cx, args[1])?;
    let max = usize::try_from(args.index_or(cx, 2, -1)?).ok();
    let cell = cell(cx, args[0])?;
    let mut out = Vec::new();
    let r = cx.blocking(|| {
        let mut state = locked(&cell);
        if state.eof {
            return None;
        }
        let r = state.decompress(&data, max, &mut out);
        if r.is_err() {
            state.reset();
        }
        Some(r)
    });
    match r {
        Some(Ok(())) => Bytes::wish(cx, &out),
        Some(Err(Failure::Memory)) => Err(cx.memory_error()),
        Some(Err(Failure::Library(e))) => {
            Err(library_error(cx, &format!("Unable to decompress Zstandard data: {}", e.text())))
        }
        None => Err(cx.raise(Exc::EOFError, "Already at the end of a Zstandard frame.")),
    }
}
