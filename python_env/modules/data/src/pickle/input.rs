//! Where a pickle is read from: bytes, or a file of which no more is consumed than the pickle.

use engine::prelude::*;

use super::errors::unpickling;

/// How much is looked at beforehand of a file that can be peeked into.
const PREFETCH: usize = 128 * 1024;

/// The methods of a file; EMPTY where it has none.
#[derive(Copy, Clone)]
pub struct File {
    /// `read`
    pub read: Value,
    /// `readline`
    pub readline: Value,
    /// `peek`
    pub peek: Value,
}

/// The bytes of a pickle.
pub struct Input {
    data: Bytes,
    pos: usize,
    /// What may be read without another thought: the end of the frame, or of the data.
    limit: usize,
    /// Whether the limit is the end of a frame.
    framed: bool,
    /// How much of the data the file has handed out; the rest was only peeked at.
    taken: usize,
    file: Option<File>,
}

impl Input {
    /// Reads these bytes.
    pub fn of_bytes(data: Bytes) -> Input {
        Input { data, pos: 0, limit: data.len(), framed: false, taken: data.len(), file: None }
    }

    /// Reads a file.
    pub fn of_file(cx: &mut Ctx, file: File) -> Res<Input> {
        let nothing = Bytes::new(cx, b"");
        match Bytes::of(nothing) {
            Some(data) => Ok(Input { taken: 0, file: Some(file), ..Input::of_bytes(data) }),
            None => Err(cx.system_error("bytes of an unknown kind")),
        }
    }

    /// The next instruction.
    #[inline]
    pub fn opcode(&mut self, cx: &mut Ctx) -> Res<u8> {
        if self.pos == self.limit && !self.more(cx, 1)? {
            return Err(cx.raise(Exc::EOFError, "Ran out of input"));
        }
        let op = self.data.as_slice()[self.pos];
        self.pos += 1;
        Ok(op)
    }

    /// The next `n` bytes.
    #[inline]
    pub fn read(&mut self, cx: &mut Ctx, n: usize) -> Res<&[u8]> {
        if n > self.limit - self.pos && !self.more(cx, n)? {
            return Err(truncated(cx));
        }
        let from = self.pos;
        self.pos += n;
        Ok(&self.data.as_slice()[from..from + n])
    }

    /// The next `N` bytes.
    #[inline]
    pub fn array<const N: usize>(&mut self, cx: &mut Ctx) -> Res<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.read(cx, N)?);
        Ok(out)
    }

    /// The bytes up to and with the next newline.
    pub fn line(&mut self, cx: &mut Ctx) -> Res<&[u8]> {
        if self.pos == self.limit {
            self.end_frame();
        }
        let newline = |bytes: &[u8]| bytes.iter().position(|&b| b == b'\n').map(|i| i + 1);
        let n = match newline(&self.data.as_slice()[self.pos..self.limit]) {
            Some(n) => n,
            None if self.framed => return Err(straddles(cx)),
            None => {
                let Some(file) = self.file else { return Err(truncated(cx)) };
                self.skip_consumed(cx)?;
                let data = protocol::call(cx, file.readline, &[])?;
                self.set(cx, data)?;
                match newline(self.data.as_slice()) {
                    Some(n) => n,
                    None => return Err(truncated(cx)),
                }
            }
        };
        let from = self.pos;
        self.pos += n;
        Ok(&self.data.as_slice()[from..from + n])
    }

    /// A frame of `n` bytes begins here.
    pub fn begin_frame(&mut self, cx: &mut Ctx, n: usize) -> Res<()> {
        if self.framed && self.pos < self.limit {
            return Err(unpickling(cx, "beginning of a new frame before end of current frame"));
        }
        self.end_frame();
        self.read(cx, n)?;
        (self.limit, self.framed) = (self.pos, true);
        self.pos -= n;
        Ok(())
    }

    fn end_frame(&mut self) {
        (self.limit, self.framed) = (self.data.len(), false);
    }

    /// Makes `n` bytes readable, by going on behind the frame that ends here, or with what the file has; whether there are
    /// so many.
    #[cold]
    fn more(&mut self, cx: &mut Ctx, n: usize) -> Res<bool> {
        if self.framed {
            if self.pos < self.limit {
                return Err(straddles(cx));
            }
            self.end_frame();
            if n <= self.limit - self.pos {
                return Ok(true);
            }
        }
        let Some(file) = self.file else { return Ok(false) };
        self.skip_consumed(cx)?;
        if !file.peek.is_empty() && n < PREFETCH {
            match protocol::call(cx, file.peek, &[Value::from_usize(PREFETCH)]) {
                Ok(data) => {
                    self.set(cx, data)?;
                    self.taken = 0;
                    if n <= self.limit {
                        return Ok(true);
                    }
                }
                Err(r) if cx.matches(&r, Exc::NotImplementedError) => {
                    cx.clear(r);
                    self.file = Some(File { peek: Value::EMPTY, ..file });
                }
                Err(r) => return Err(r),
            }
        }
        let wanted = int::from_usize(cx, n);
        let data = protocol::call(cx, file.read, &[wanted])?;
        self.set(cx, data)?;
        Ok(n <= self.limit)
    }

    fn set(&mut self, cx: &mut Ctx, data: Value) -> Res<()> {
        let Some(data) = Bytes::of_sub(cx, data) else {
            let got = type_name(cx, data);
            return Err(cx.type_error(format!("expected bytes, {got} found")));
        };
        *self = Input { file: self.file, ..Input::of_bytes(data) };
        Ok(())
    }

    /// Tells the file how much of what was peeked at has been used.
    pub fn skip_consumed(&mut self, cx: &mut Ctx) -> Res<()> {
        if let Some(file) = self.file
            && self.pos > self.taken
        {
            let n = int::from_usize(cx, self.pos - self.taken);
            self.taken = self.pos;
            protocol::call(cx, file.read, &[n])?;
        }
        Ok(())
    }
}

#[cold]
fn truncated(cx: &mut Ctx) -> Raised {
    unpickling(cx, "pickle data was truncated")
}

#[cold]
fn straddles(cx: &mut Ctx) -> Raised {
    unpickling(cx, "pickle exhausted before end of frame")
}
