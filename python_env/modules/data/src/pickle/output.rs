//! Where a pickle is written: a buffer, cut into frames from protocol 4 on, and the file that takes it.

use engine::prelude::*;

use super::opcodes::FRAME;

/// Frames end at the first object that begins beyond this; larger payloads stay outside of frames.
pub const FRAME_TARGET: usize = 64 * 1024;
/// Shorter frames have no header.
const FRAME_MIN: usize = 4;
/// Bytes of a frame's header.
const HEADER: usize = 9;
/// Start of the frame while there is none.
const NO_FRAME: usize = usize::MAX;

/// The bytes of a pickle under construction.
pub struct Output {
    buf: Vec<u8>,
    /// Where the header of the open frame is.
    frame: usize,
    /// Whether what is written belongs in frames.
    pub framing: bool,
    /// The file's `write`; EMPTY when the bytes themselves are wanted.
    write: Value,
}

impl Output {
    /// An empty output, into a file when `write` is not EMPTY.
    pub fn new(buf: Vec<u8>, write: Value) -> Output {
        Output { buf, frame: NO_FRAME, framing: false, write }
    }

    /// Writes an instruction, or a part of one.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) {
        self.open();
        self.buf.extend_from_slice(bytes);
    }

    /// Writes one byte.
    #[inline]
    pub fn byte(&mut self, b: u8) {
        self.open();
        self.buf.push(b);
    }

    /// Writes an instruction with its argument of at most eight bytes.
    #[inline]
    pub fn op<const N: usize>(&mut self, op: u8, argument: [u8; N]) {
        let mut whole = [op; 9];
        whole[1..=N].copy_from_slice(&argument);
        self.put(&whole[..=N]);
    }

    /// Writes an instruction whose argument is a line of text.
    pub fn line(&mut self, op: u8, text: &[u8]) {
        self.open();
        self.buf.push(op);
        self.buf.extend_from_slice(text);
        self.buf.push(b'\n');
    }

    #[inline]
    fn open(&mut self) {
        if self.framing && self.frame == NO_FRAME {
            self.frame = self.buf.len();
            self.buf.extend_from_slice(&[0; HEADER]);
        }
    }

    /// Ends the open frame.
    pub fn close_frame(&mut self) {
        let start = std::mem::replace(&mut self.frame, NO_FRAME);
        if start == NO_FRAME {
            return;
        }
        let len = self.buf.len() - start - HEADER;
        if len >= FRAME_MIN {
            self.buf[start] = FRAME;
            self.buf[start + 1..start + HEADER].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.buf.drain(start..start + HEADER);
        }
    }

    /// Between objects: a full frame ends and goes to the file.
    #[inline]
    pub fn boundary(&mut self, cx: &mut Ctx) -> Res<()> {
        if self.frame != NO_FRAME && self.buf.len() - self.frame >= FRAME_TARGET + HEADER {
            self.close_frame();
            self.flush(cx)?;
        }
        Ok(())
    }

    /// Hands what there is to the file, if there is one.
    fn flush(&mut self, cx: &mut Ctx) -> Res<()> {
        if self.write.is_empty() || self.buf.is_empty() {
            return Ok(());
        }
        let bytes = Bytes::wish(cx, &self.buf)?;
        self.buf.clear();
        protocol::call(cx, self.write, &[bytes])?;
        Ok(())
    }

    /// Writes an instruction with a payload. A large one stands outside of frames and goes to the file uncopied when
    /// `object` is the bytes object that holds it.
    pub fn payload(&mut self, cx: &mut Ctx, header: &[u8], payload: &[u8], object: Option<Value>) -> Res<()> {
        if payload.len() < FRAME_TARGET {
            self.put(header);
            self.buf.extend_from_slice(payload);
            return Ok(());
        }
        self.close_frame();
        self.buf.extend_from_slice(header);
        if self.write.is_empty() {
            self.buf.extend_from_slice(payload);
            return Ok(());
        }
        let bytes = match object {
            Some(v) => v,
            None => Bytes::new(cx, payload),
        };
        self.flush(cx)?;
        protocol::call(cx, self.write, &[bytes])?;
        Ok(())
    }

    /// Ends the pickle: the rest goes to the file.
    pub fn finish(&mut self, cx: &mut Ctx) -> Res<()> {
        self.close_frame();
        self.framing = false;
        self.flush(cx)
    }

    /// The bytes, of an output without a file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.buf
    }
}
