//! The module `_bz2`.

use std::sync::PoisonError;

use ::bzip2::{Action, Compress, Compression, Decompress, Status};
use engine::prelude::*;
use proto_core::memory;

use crate::stream::{self, Decode, Failure, NO_MEMORY, Step, Stream, adopt};

/// Input that is compressed between two looks for signals, and room that is made for output.
const PIECE: usize = 64 << 10;
const CHUNK: usize = 16 << 10;

struct Encoder {
    /// None: all is done.
    coder: Option<Compress>,
    flushed: bool,
}

impl Encoder {
    /// Until all is done, or `woken` says that there is other work (None). `at` is how much of the data has been taken.
    fn feed(
        &mut self,
        data: &[u8],
        at: &mut usize,
        action: Action,
        out: &mut Vec<u8>,
        woken: &dyn Fn() -> bool,
    ) -> Option<Result<(), Failure>> {
        loop {
            let Some(coder) = &mut self.coder else { return Some(Ok(())) };
            if !memory::grows(out, CHUNK) {
                return Some(Err(NO_MEMORY));
            }
            let end = data.len().min(*at + PIECE);
            // What comes last is finished; what comes before is only taken.
            let now = if end == data.len() { action } else { Action::Run };
            let before = coder.total_in();
            let status = coder.compress_vec(&data[*at..end], out, now);
            *at += (coder.total_in() - before) as usize;
            match status {
                Ok(Status::StreamEnd) => {
                    self.coder = None;
                    return Some(Ok(()));
                }
                Ok(_) if action == Action::Run && *at == data.len() => return Some(Ok(())),
                Ok(_) if woken() => return None,
                Ok(_) => {}
                Err(_) => return Some(Err(Failure("Invalid sequence of commands"))),
            }
        }
    }
}

/// None: the stream has ended.
struct Decoder(Option<Decompress>);

impl Decode for Decoder {
    fn unusable(cx: &mut Ctx) -> Raised {
        cx.value_error("Decompressor is unusable after a previous error")
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Failure> {
        let Some(coder) = &mut self.0 else { return Ok(Step { consumed: 0, produced: 0, ended: true }) };
        if input.is_empty() && coder.total_in() == 0 {
            return Ok(Step { consumed: 0, produced: 0, ended: false });
        }
        let before = (coder.total_in(), coder.total_out());
        match coder.decompress(input, output) {
            Ok(status) => Ok(Step {
                consumed: (coder.total_in() - before.0) as usize,
                produced: (coder.total_out() - before.1) as usize,
                ended: status == Status::StreamEnd,
            }),
            Err(_) => Err(Failure("Invalid data stream")),
        }
    }

    fn end(&mut self) {
        self.0 = None;
    }
}

fn error(cx: &mut Ctx, e: Failure) -> Raised {
    cx.raise(Exc::OSError, e.0)
}

fn feed(cx: &mut Ctx, v: Value, data: &[u8], action: Action) -> PyResult {
    let cell = stream::shared::<Encoder>(cx, v)?;
    let (mut begun, mut at, mut out) = (false, 0, Vec::new());
    let r = cx.blocking_pieces(|woken| {
        let mut coder = cell.lock().unwrap_or_else(PoisonError::into_inner);
        if coder.flushed && !begun {
            return Some(None);
        }
        begun = true;
        coder.flushed = action == Action::Finish;
        coder.feed(data, &mut at, action, &mut out, woken).map(Some)
    })?;
    match r {
        Some(Ok(())) => Bytes::wish(cx, &out),
        Some(Err(e)) if e == NO_MEMORY => Err(cx.memory_error()),
        Some(Err(e)) => Err(error(cx, e)),
        None if action == Action::Finish => Err(cx.value_error("Repeated call to flush()")),
        None => Err(cx.value_error("Compressor has been flushed")),
    }
}

/// `_bz2.BZ2Compressor`
pub static COMPRESSOR: TypeDef = TypeDef {
    doc: "Create a compressor object for compressing data incrementally.\n\n  compresslevel\n    Compression level, as a number between 1 and 9.\n\nFor one-shot compression, use the compress() function instead.",
    nnative: 1,
    new: Some(NativeDef::new(
        "__new__",
        "($type, compresslevel=9, /)",
        |cx, args| {
            let level = args.index_or(cx, 1, 9)?;
            if !(1..=9).contains(&level) {
                return Err(cx.value_error("compresslevel must be between 1 and 9"));
            }
            adopt(
                cx,
                args[0],
                Encoder { coder: Some(Compress::new(Compression::new(level as u32), 0)), flushed: false },
            )
        },
        "",
    )),
    methods: &[
        NativeDef::new(
            "compress",
            "($self, data, /)",
            |cx, args| {
                let data = protocol::to_bytes(cx, args[1])?;
                feed(cx, args[0], &data, Action::Run)
            },
            "Provide data to the compressor object.\n\nReturns a chunk of compressed data if possible, or b'' otherwise.",
        ),
        NativeDef::new(
            "flush",
            "($self, /)",
            |cx, args| feed(cx, args[0], &[], Action::Finish),
            "Finish the compression process.\n\nReturns the compressed data left in internal buffers.",
        ),
    ],
    ..TypeDef::new("_bz2", "BZ2Compressor")
};

/// `_bz2.BZ2Decompressor`
pub static DECOMPRESSOR: TypeDef = TypeDef {
    doc: "Create a decompressor object for decompressing data incrementally.\n\nFor one-shot decompression, use the decompress() function instead.",
    nnative: 1,
    new: Some(NativeDef::new(
        "__new__",
        "($type, /)",
        |cx, args| adopt(cx, args[0], Stream::new(Decoder(Some(Decompress::new(false))))),
        "",
    )),
    methods: &[NativeDef::new(
        "decompress",
        "($self, /, data, max_length=-1)",
        |cx, args| stream::decompress::<Decoder>(cx, args, "End of stream already reached", error),
        "Decompress *data*, returning uncompressed data as bytes.",
    )],
    getsets: &[
        GetSet::ro("eof", stream::eof::<Decoder>, "True if the end-of-stream marker has been reached."),
        GetSet::ro(
            "needs_input",
            stream::needs_input::<Decoder>,
            "True if more input is needed before more decompressed data can be produced.",
        ),
        GetSet::ro("unused_data", stream::unused_data::<Decoder>, "Data found after the end of the compressed stream."),
    ],
    ..TypeDef::new("_bz2", "BZ2Decompressor")
};

/// `_bz2`
pub static BZ2: ModuleDef = ModuleDef { types: &[&COMPRESSOR, &DECOMPRESSOR], ..ModuleDef::new("_bz2") };
