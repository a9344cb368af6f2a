//! Compressed streams: raw deflate data within a zlib or gzip frame, in pieces of any size.

use miniz_oxide::deflate::core::{CompressionStrategy, CompressorOxide};
use miniz_oxide::inflate::stream::{InflateState, inflate};

use super::spare::Spare;
use miniz_oxide::{MZError, MZFlush, MZStatus};
use proto_core::memory;
use pytext::binascii::crc32;

/// Bytes that are made at a time.
const CHUNK: usize = 32 << 10;
/// Input that is compressed, and output that is made, between two looks for signals.
const PIECE: usize = 128 << 10;
const MOST: usize = 4 << 20;
/// How far back data may refer.
const WINDOW: usize = 32 << 10;
/// The bit of a zlib header that tells of a preset dictionary.
const PRESET: u8 = 0x20;

/// What surrounds the data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Frame {
    /// Nothing.
    Raw,
    /// Two bytes before, Adler-32 after.
    Zlib,
    /// A gzip header before, CRC-32 and length after.
    Gzip,
    /// gzip or zlib, as the data says (decompression only).
    Auto,
}

impl Frame {
    /// The frame and the window's bits that `wbits` asks for.
    pub fn parse(wbits: i64, compress: bool) -> Option<(Frame, u8)> {
        let low = if compress { 9 } else { 8 };
        match wbits {
            0 if !compress => Some((Frame::Zlib, 15)),
            8 if compress => Some((Frame::Zlib, 9)),
            n if (low..=15).contains(&n) => Some((Frame::Zlib, n as u8)),
            n if (-15..=-low).contains(&n) => Some((Frame::Raw, -n as u8)),
            n if (16 + low..=31).contains(&n) => Some((Frame::Gzip, (n - 16) as u8)),
            32 if !compress => Some((Frame::Auto, 15)),
            n if !compress && (40..=47).contains(&n) => Some((Frame::Auto, (n - 32) as u8)),
            _ => None,
        }
    }
}

/// Adler-32 of `data`, continued from `start`.
pub fn adler32(data: &[u8], start: u32) -> u32 {
    const BASE: u32 = 65521;
    // The most bytes whose sums fit 32 bits.
    const RUN: usize = 5552;
    let (mut a, mut b) = (start & 0xffff, start >> 16);
    for run in data.chunks(RUN) {
        for &byte in run {
            a += u32::from(byte);
            b += a;
        }
        a %= BASE;
        b %= BASE;
    }
    b << 16 | a
}

/// The checksum of what passed, and how much that was.
#[derive(Clone, Copy)]
struct Sum {
    frame: Frame,
    value: u32,
    len: u32,
}

impl Sum {
    fn new(frame: Frame) -> Sum {
        Sum { frame, value: u32::from(frame == Frame::Zlib), len: 0 }
    }

    fn add(&mut self, data: &[u8]) {
        self.len = self.len.wrapping_add(data.len() as u32);
        match self.frame {
            Frame::Zlib => self.value = adler32(data, self.value),
            Frame::Gzip => self.value = crc32(data, self.value),
            Frame::Raw | Frame::Auto => {}
        }
    }

    fn trailer(&self) -> Vec<u8> {
        match self.frame {
            Frame::Zlib => self.value.to_be_bytes().to_vec(),
            Frame::Gzip => [self.value.to_le_bytes(), self.len.to_le_bytes()].concat(),
            Frame::Raw | Frame::Auto => Vec::new(),
        }
    }
}

/// How a compressor treats what it holds back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// Keep it.
    No,
    /// Write it, up to a byte boundary.
    Sync,
    /// Write it and forget the past.
    Full,
    /// Write it and end the stream.
    Finish,
}

/// A compressor.
#[derive(Clone)]
pub struct Compressor {
    inner: Spare<CompressorOxide>,
    sum: Sum,
    header: Option<Vec<u8>>,
    /// Whether the stream has ended.
    pub finished: bool,
}

impl Compressor {
    /// A compressor of level 0 to 9 (-1: the default).
    pub fn new(frame: Frame, bits: u8, level: i64, strategy: i64) -> Compressor {
        let level = if level < 0 { 6 } else { level as u8 };
        let strategy = match strategy {
            1 => CompressionStrategy::Filtered,
            2 => CompressionStrategy::HuffmanOnly,
            3 => CompressionStrategy::RLE,
            4 => CompressionStrategy::Fixed,
            _ => CompressionStrategy::Default,
        };
        let inner = Spare::deflate(level, strategy, bits);
        let header = match frame {
            Frame::Raw | Frame::Auto => Vec::new(),
            Frame::Zlib => {
                let method = (bits - 8) << 4 | 8;
                let effort = [0, 0, 1, 1, 1, 1, 2, 3, 3, 3][usize::from(level.min(9))] << 6;
                let check = 31 - (u16::from(method) << 8 | u16::from(effort)) % 31;
                vec![method, effort | (check as u8 % 31)]
            }
            Frame::Gzip => {
                let effort = match level {
                    9 => 2,
                    1 => 4,
                    _ => 0,
                };
                vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, 3]
            }
        };
        Compressor { inner, sum: Sum::new(frame), header: Some(header), finished: false }
    }

    /// Lets the data refer to `dictionary`, as if it had gone before. False for frames that cannot say so.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> bool {
        match (self.sum.frame, self.header.as_mut()) {
            (Frame::Raw, Some(_)) => {}
            (Frame::Zlib, Some(header)) => {
                let first = u16::from(header[0]) << 8;
                // Levels, the mark of a dictionary, and what makes the header divisible by 31.
                let flags = u16::from(header[1] & 0xc0 | PRESET);
                header[1] = (flags + 31 - (first | flags) % 31) as u8;
                header.extend(adler32(dictionary, 1).to_be_bytes());
            }
            _ => return false,
        }
        // Flushed to a byte boundary; what comes after it is whole without it, but for references into the past.
        let mut past = &dictionary[dictionary.len().saturating_sub(WINDOW)..];
        let mut out = vec![0; CHUNK];
        loop {
            let step = miniz_oxide::deflate::stream::deflate(self.inner.state(), past, &mut out, MZFlush::Sync);
            past = &past[step.bytes_consumed..];
            if step.status.is_err() || (past.is_empty() && step.bytes_written < CHUNK) {
                return true;
            }
        }
    }

    /// As [`Compressor::run`], in pieces, until `woken` says that there is other work (None; what is done is taken off `data`).
    pub fn run_pieces(
        &mut self,
        data: &mut &[u8],
        flush: Flush,
        out: &mut Vec<u8>,
        woken: &dyn Fn() -> bool,
    ) -> Option<Result<(), Broken>> {
        while data.len() > PIECE {
            if woken() {
                return None;
            }
            let (piece, rest) = data.split_at(PIECE);
            if let Err(e) = self.run(piece, Flush::No, out) {
                return Some(Err(e));
            }
            *data = rest;
        }
        Some(self.run(data, flush, out))
    }

    /// Compresses `data`; appends what is ready to `out`.
    ///
    /// # Errors
    /// The stream is complete, or memory ended.
    pub fn run(&mut self, mut data: &[u8], flush: Flush, out: &mut Vec<u8>) -> Result<(), Broken> {
        if self.finished {
            return Err(Broken::State);
        }
        out.extend(self.header.take().unwrap_or_default());
        self.sum.add(data);
        let mode = match flush {
            Flush::No => MZFlush::None,
            Flush::Sync => MZFlush::Sync,
            Flush::Full => MZFlush::Full,
            Flush::Finish => MZFlush::Finish,
        };
        if flush == Flush::No && data.is_empty() {
            return Ok(());
        }
        loop {
            let at = out.len();
            if !memory::grows(out, CHUNK + TRAILER) {
                return Err(Broken::Memory);
            }
            out.resize(at + CHUNK, 0);
            let step = miniz_oxide::deflate::stream::deflate(self.inner.state(), data, &mut out[at..], mode);
            out.truncate(at + step.bytes_written);
            data = &data[step.bytes_consumed..];
            match step.status {
                Ok(MZStatus::StreamEnd) => {
                    out.extend(self.sum.trailer());
                    self.finished = true;
                    self.inner.release();
                    return Ok(());
                }
                // No progress is possible: all is written.
                Err(MZError::Buf) => return Ok(()),
                Err(_) => return Err(Broken::State),
                // A chunk that was not filled was the last.
                Ok(_) if data.is_empty() && step.bytes_written < CHUNK && flush != Flush::Finish => return Ok(()),
                Ok(_) => {}
            }
        }
    }
}

/// Why data cannot be compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// The stream is complete or confused.
    State,
    /// Memory ended.
    Memory,
}

/// Bytes that no trailer exceeds.
const TRAILER: usize = 8;

/// The part of the stream that comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Body,
    Trailer,
    Done,
}

/// Why data cannot be decompressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// What is wrong with it.
    Data(&'static str),
    /// It needs a dictionary and there is none.
    NoDictionary,
    /// It was made with another dictionary.
    OtherDictionary,
    /// Nothing is: there is no memory for what it stands for.
    Memory,
}

/// A decompressor.
#[derive(Clone)]
pub struct Decompressor {
    inner: Spare<InflateState>,
    frame: Frame,
    /// The greatest window that a zlib header may ask for, in bits.
    bits: u8,
    dictionary: Vec<u8>,
    fault: Option<Fault>,
    sum: Sum,
    part: Part,
    /// Bytes of a header or trailer that is not complete.
    pending: Vec<u8>,
    /// A byte of output that was made to see whether there is one.
    ahead: Option<u8>,
}

impl Decompressor {
    /// A fresh decompressor.
    pub fn new(frame: Frame, bits: u8, dictionary: &[u8]) -> Decompressor {
        let part = if frame == Frame::Raw { Part::Body } else { Part::Header };
        let inner = Spare::inflate();
        let (sum, dictionary, pending) = (Sum::new(frame), dictionary.to_vec(), Vec::new());
        let mut new = Decompressor { inner, frame, bits, dictionary, fault: None, sum, part, pending, ahead: None };
        if frame == Frame::Raw {
            new.load_dictionary();
        }
        new
    }

    /// Makes the dictionary the past of the data: it passes as a stored block.
    fn load_dictionary(&mut self) {
        let past = &self.dictionary[self.dictionary.len().saturating_sub(WINDOW)..];
        let n = past.len() as u16;
        let mut block = vec![0];
        block.extend(n.to_le_bytes());
        block.extend((!n).to_le_bytes());
        block.extend_from_slice(past);
        let mut input = &block[..];
        let mut out = vec![0; CHUNK];
        while !input.is_empty() {
            let step = inflate(self.inner.state(), input, &mut out, MZFlush::None);
            input = &input[step.bytes_consumed..];
            if step.status.is_err() {
                break;
            }
        }
        // The block's end is known to the decoder once its output was taken.
        while inflate(self.inner.state(), &[], &mut out, MZFlush::None).bytes_written > 0 {}
    }

    /// Whether the end of the stream was seen.
    pub fn done(&self) -> bool {
        self.part == Part::Done
    }

    /// Whether there is output that needs no more input: the decoder reads ahead of what it has written.
    pub fn holds_back(&mut self) -> bool {
        if self.part == Part::Body && self.ahead.is_none() {
            let mut next = [0];
            let step = inflate(self.inner.state(), &[], &mut next, MZFlush::None);
            if step.status == Ok(MZStatus::StreamEnd) {
                self.part = Part::Trailer;
            }
            if step.bytes_written > 0 {
                self.sum.add(&next);
                self.ahead = Some(next[0]);
            }
        }
        self.ahead.is_some()
    }

    /// As [`Decompressor::run`], in pieces, until `woken` says that there is other work (None). `at` is how much of the input
    /// has been taken.
    pub fn run_pieces(
        &mut self,
        input: &[u8],
        at: &mut usize,
        limit: usize,
        out: &mut Vec<u8>,
        woken: &dyn Fn() -> bool,
    ) -> Option<Result<usize, Fault>> {
        loop {
            let most = out.len().saturating_add(MOST).min(limit);
            match self.run(&input[*at..], most, out) {
                Ok(n) => *at += n,
                Err(fault) => return Some(Err(fault)),
            }
            if out.len() < most || most == limit || self.done() {
                return Some(Ok(*at));
            }
            if woken() {
                return None;
            }
        }
    }

    /// Takes bytes of `input` until `out` has `limit` bytes or nothing more can be made: how many were taken.
    ///
    /// # Errors
    /// What is wrong with the data; again at each further call.
    pub fn run(&mut self, input: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<usize, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let done = self.advance(input, limit, out);
        self.fault = done.err();
        done
    }

    fn advance(&mut self, input: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<usize, Fault> {
        let mut at = 0;
        if out.len() < limit {
            out.extend(self.ahead.take());
        }
        while self.part == Part::Header {
            let Some(&b) = input.get(at) else { return Ok(at) };
            at += 1;
            self.pending.push(b);
            if self.header()? {
                self.pending.clear();
                self.part = Part::Body;
            }
        }
        while self.part == Part::Body && out.len() < limit {
            let from = out.len();
            if !memory::grows(out, CHUNK.min(limit - from)) {
                return Err(Fault::Memory);
            }
            out.resize(from + CHUNK.min(limit - from), 0);
            let step = inflate(self.inner.state(), &input[at..], &mut out[from..], MZFlush::None);
            out.truncate(from + step.bytes_written);
            at += step.bytes_consumed;
            self.sum.add(&out[from..]);
            match step.status {
                Ok(MZStatus::StreamEnd) => self.part = Part::Trailer,
                Ok(_) if step.bytes_consumed + step.bytes_written == 0 => break,
                Ok(_) => {}
                Err(MZError::Buf) => break,
                Err(_) => return Err(Fault::Data("invalid block type")),
            }
        }
        if self.part == Part::Trailer {
            let expected = self.sum.trailer();
            let n = (expected.len() - self.pending.len()).min(input.len() - at);
            self.pending.extend_from_slice(&input[at..at + n]);
            at += n;
            if self.pending.len() == expected.len() {
                if self.pending.get(..4) != expected.get(..4) {
                    return Err(Fault::Data("incorrect data check"));
                }
                if self.pending != expected {
                    return Err(Fault::Data("incorrect length check"));
                }
                self.part = Part::Done;
                self.inner.release();
            }
        }
        Ok(at)
    }

    /// Whether `pending` is a whole header.
    fn header(&mut self) -> Result<bool, Fault> {
        let h = &self.pending;
        let is_gzip = match self.frame {
            Frame::Auto => match h[..] {
                [0x1f] => return Ok(false),
                [0x1f, 0x8b, ..] => true,
                _ => false,
            },
            frame => frame == Frame::Gzip,
        };
        if is_gzip {
            self.sum.frame = Frame::Gzip;
            if !h.starts_with(&[0x1f, 0x8b][..h.len().min(2)]) {
                return Err(Fault::Data("incorrect header check"));
            }
            return gzip_header(h).map_err(Fault::Data);
        }
        let [method, flags, ref id @ ..] = h[..] else { return Ok(false) };
        if self.frame == Frame::Auto {
            self.sum = Sum::new(Frame::Zlib);
        }
        if (u16::from(method) << 8 | u16::from(flags)) % 31 != 0 {
            return Err(Fault::Data("incorrect header check"));
        }
        if method & 15 != 8 {
            return Err(Fault::Data("unknown compression method"));
        }
        if (method >> 4) + 8 > self.bits {
            return Err(Fault::Data("invalid window size"));
        }
        if flags & PRESET == 0 {
            return Ok(true);
        }
        if id.len() < 4 {
            return Ok(false);
        }
        if self.dictionary.is_empty() {
            return Err(Fault::NoDictionary);
        }
        if *id != adler32(&self.dictionary, 1).to_be_bytes() {
            return Err(Fault::OtherDictionary);
        }
        self.load_dictionary();
        Ok(true)
    }
}

/// Whether `h` is a whole gzip header.
fn gzip_header(h: &[u8]) -> Result<bool, &'static str> {
    if h.len() > 2 && h[2] != 8 {
        return Err("unknown compression method");
    }
    if h.len() > 3 && h[3] & 0xe0 != 0 {
        return Err("unknown header flags set");
    }
    if h.len() < 10 {
        return Ok(false);
    }
    let flags = h[3];
    let mut at = 10;
    if flags & 4 != 0 {
        let Some(n) = h.get(at..at + 2) else { return Ok(false) };
        at += 2 + usize::from(u16::from_le_bytes([n[0], n[1]]));
    }
    // A name and a comment, each ended by a zero.
    for bit in [8, 16] {
        if flags & bit != 0 {
            let Some(end) = h.get(at..).and_then(|rest| rest.iter().position(|&b| b == 0)) else { return Ok(false) };
            at += end + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    Ok(h.len() >= at)
}
