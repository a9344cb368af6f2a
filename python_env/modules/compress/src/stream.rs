//! What decompressors of all formats have in common: input that waits, the end of the stream, what follows it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::prelude::*;
use proto_core::memory;

/// A step of a decoder.
pub struct Step {
    /// Bytes of input taken.
    pub consumed: usize,
    /// Bytes of output made.
    pub produced: usize,
    /// Whether the stream is complete.
    pub ended: bool,
}

/// A decoder of one stream, fed piecewise.
pub trait Decode: Send {
    /// Decodes some of `input` into `output`.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Failure>;
    /// What using it after an error raises.
    fn unusable(cx: &mut Ctx) -> Raised;
    /// Bytes taken too many, once the stream has ended.
    fn given_back(&self) -> &[u8] {
        &[]
    }
    /// The stream has ended: what decoding it took is given back. No step follows.
    fn end(&mut self);
}

/// Why data could not be decoded, in the words of the format's exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(pub &'static str);

/// There is no memory for what the data stands for: `MemoryError`, whatever the format.
pub const NO_MEMORY: Failure = Failure("out of memory");

/// Most output made between two looks at the rest.
const CHUNK: usize = 64 << 10;

/// A decoder with its input.
pub struct Stream<D> {
    decoder: D,
    pending: Vec<u8>,
    unused: Vec<u8>,
    eof: bool,
    needs_input: bool,
    failed: bool,
}

impl<D: Decode> Stream<D> {
    /// At the beginning of a stream.
    pub fn new(decoder: D) -> Stream<D> {
        Stream { decoder, pending: Vec::new(), unused: Vec::new(), eof: false, needs_input: true, failed: false }
    }

    /// The decoder.
    pub fn decoder(&self) -> &D {
        &self.decoder
    }

    /// Appends to `out`; false if `woken` said that there is other work: the rest of the input waits.
    fn decompress(
        &mut self,
        data: Vec<u8>,
        max: Option<usize>,
        out: &mut Vec<u8>,
        woken: &dyn Fn() -> bool,
    ) -> Result<bool, Failure> {
        let input = if self.pending.is_empty() {
            data
        } else {
            let mut all = std::mem::take(&mut self.pending);
            if !memory::grows(&mut all, data.len()) {
                return Err(NO_MEMORY);
            }
            all.extend_from_slice(&data);
            all
        };
        let mut at = 0;
        loop {
            let room = max.map_or(CHUNK, |m| (m - out.len()).min(CHUNK));
            let start = out.len();
            if !memory::grows(out, room) {
                return Err(NO_MEMORY);
            }
            out.resize(start + room, 0);
            let step = self.decoder.step(&input[at..], &mut out[start..])?;
            out.truncate(start + step.produced);
            at += step.consumed;
            if step.ended {
                self.eof = true;
                self.unused = joined(self.decoder.given_back(), &input[at..])?;
                self.decoder.end();
                self.needs_input = false;
                return Ok(true);
            }
            let full = step.produced == room;
            if max.is_some_and(|m| out.len() >= m) || (step.consumed == 0 && step.produced == 0) {
                // A full buffer may hide output that is still inside the decoder.
                self.needs_input = at == input.len() && !full;
                self.pending = joined(&[], &input[at..])?;
                return Ok(true);
            }
            if at == input.len() && !full {
                self.needs_input = true;
                return Ok(true);
            }
            if woken() {
                self.pending = joined(&[], &input[at..])?;
                return Ok(false);
            }
        }
    }
}

/// One after the other.
fn joined(a: &[u8], b: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    if !memory::grows(&mut all, a.len() + b.len()) {
        return Err(NO_MEMORY);
    }
    all.extend_from_slice(a);
    all.extend_from_slice(b);
    Ok(all)
}

/// The payload of a coder object.
pub type Cell<T> = Mutex<T>;

/// A coder object's payload in native slot 0.
pub fn payload<T: Send + 'static>(cx: &Ctx, v: Value) -> Option<MutexGuard<'_, T>> {
    let cell = Obj::of(v)?.payload::<std::sync::Arc<Cell<T>>>(cx, 0)?;
    Some(cell.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The same, to be locked in a blocking region.
pub fn shared<T: Send + 'static>(cx: &mut Ctx, v: Value) -> Res<std::sync::Arc<Cell<T>>> {
    match Obj::of(v).and_then(|o| o.payload::<std::sync::Arc<Cell<T>>>(cx, 0)) {
        Some(cell) => Ok(cell.clone()),
        None => Err(cx.value_error("not initialized")),
    }
}

/// An object of a coder type.
pub fn adopt<T: Send + 'static>(cx: &mut Ctx, class: Value, coder: T) -> PyResult {
    let obj = cx.alloc_instance(class)?;
    obj.set_payload(cx, 0, std::sync::Arc::new(Mutex::new(coder)));
    Ok(obj.value())
}

/// `decompress(data, max_length=-1)`
pub fn decompress<D: Decode + 'static>(
    cx: &mut Ctx,
    args: Args,
    at_end: &'static str,
    error: impl FnOnce(&mut Ctx, Failure) -> Raised,
) -> PyResult {
    let data = protocol::to_bytes(cx, args[1])?;
    let max = usize::try_from(args.index_or(cx, 2, -1)?).ok();
    let cell = shared::<Stream<D>>(cx, args[0])?;
    if payload::<Stream<D>>(cx, args[0]).is_some_and(|s| s.failed) {
        return Err(D::unusable(cx));
    }
    let (mut data, mut begun, mut out) = (data, false, Vec::new());
    let r = cx.blocking_pieces(|woken| {
        let mut stream = cell.lock().unwrap_or_else(PoisonError::into_inner);
        if stream.eof && !begun {
            return Some(None);
        }
        begun = true;
        match stream.decompress(std::mem::take(&mut data), max, &mut out, woken) {
            Ok(true) => Some(Some(Ok(()))),
            Ok(false) => None,
            Err(e) => {
                (stream.failed, stream.needs_input) = (true, false);
                Some(Some(Err(e)))
            }
        }
    })?;
    match r {
        None => Err(cx.raise(Exc::EOFError, at_end)),
        Some(Ok(())) => Bytes::wish(cx, &out),
        Some(Err(e)) if e == NO_MEMORY => Err(cx.memory_error()),
        Some(Err(e)) => Err(error(cx, e)),
    }
}

/// The attribute `eof`.
pub fn eof<D: Decode + 'static>(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(Value::bool(payload::<Stream<D>>(cx, v).is_some_and(|s| s.eof)))
}

/// The attribute `needs_input`.
pub fn needs_input<D: Decode + 'static>(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(Value::bool(payload::<Stream<D>>(cx, v).is_some_and(|s| s.needs_input)))
}

/// The attribute `unused_data`.
pub fn unused_data<D: Decode + 'static>(cx: &mut Ctx, v: Value) -> PyResult {
    let n = payload::<Stream<D>>(cx, v).map_or(0, |s| s.unused.len());
    // The copy, and the object made of it.
    cx.make_room_for(n, 2)?;
    let bytes = payload::<Stream<D>>(cx, v).map(|s| s.unused.clone()).unwrap_or_default();
    Bytes::wish(cx, &bytes)
}
