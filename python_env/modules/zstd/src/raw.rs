//! The library's interface as safe handles.
//!
//! A context refers to the dictionary that it was given, so it holds that, and is freed first. Output goes into the spare room of a
//! vector.

use std::collections::HashMap;
use std::ffi::{CStr, c_int, c_uint, c_void};
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use proto_core::memory;
use zstd_sys as ffi;

pub use ffi::{ZSTD_EndDirective as Mode, ZSTD_cParameter as CParam, ZSTD_dParameter as DParam};

/// The size of a frame's content is not known.
pub const UNKNOWN_SIZE: u64 = u64::MAX;
/// What `ZSTD_getFrameContentSize` says of a header that is none; no size reaches it.
pub const SIZE_ERROR: u64 = u64::MAX - 1;

/// Room that is made for output at a time.
const CHUNK: usize = 128 << 10;

/// What the library refused: its error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(usize);

impl Error {
    /// The library's text.
    pub fn text(self) -> &'static str {
        // SAFETY: the function takes any code, and its texts are constants that end in a zero.
        unsafe { CStr::from_ptr(ffi::ZSTD_getErrorName(self.0)) }.to_str().unwrap_or_default()
    }
}

/// Why a coder did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The library refused.
    Library(Error),
    /// There is no room for the result.
    Memory,
}

impl Failure {
    /// Whether the library got no memory.
    pub fn is_for_memory(self) -> bool {
        // SAFETY: the function only looks at the number.
        let code = |e: Error| unsafe { ffi::ZSTD_getErrorCode(e.0) };
        matches!(self, Failure::Library(e) if code(e) == ffi::ZSTD_ErrorCode::ZSTD_error_memory_allocation)
    }
}

impl From<Error> for Failure {
    fn from(e: Error) -> Failure {
        Failure::Library(e)
    }
}

fn checked(code: usize) -> Result<usize, Error> {
    // SAFETY: the function only looks at the number.
    if unsafe { ffi::ZSTD_isError(code) } != 0 { Err(Error(code)) } else { Ok(code) }
}

fn start(bytes: &[u8]) -> *const c_void {
    bytes.as_ptr().cast()
}

/// The library's version as a number.
pub fn version() -> u32 {
    // SAFETY: a constant.
    unsafe { ffi::ZSTD_versionNumber() }
}

/// The level that 0 stands for.
pub fn default_level() -> i32 {
    // SAFETY: a constant.
    unsafe { ffi::ZSTD_defaultCLevel() }
}

/// How much output a decompressor makes at most at once.
pub fn output_size() -> usize {
    // SAFETY: a constant.
    unsafe { ffi::ZSTD_DStreamOutSize() }
}

/// The least and the greatest value.
pub fn compression_bounds(parameter: CParam) -> Result<(i32, i32), Error> {
    // SAFETY: the function only looks at its argument.
    let b = unsafe { ffi::ZSTD_cParam_getBounds(parameter) };
    checked(b.error).map(|_| (b.lowerBound, b.upperBound))
}

/// The least and the greatest value.
pub fn decompression_bounds(parameter: DParam) -> Result<(i32, i32), Error> {
    // SAFETY: the function only looks at its argument.
    let b = unsafe { ffi::ZSTD_dParam_getBounds(parameter) };
    checked(b.error).map(|_| (b.lowerBound, b.upperBound))
}

/// How long the frame is with which `data` begins.
pub fn frame_size(data: &[u8]) -> Result<usize, Error> {
    // SAFETY: reads within `data`.
    checked(unsafe { ffi::ZSTD_findFrameCompressedSize(start(data), data.len()) })
}

/// What the frame's header says: the size of its content (or [`UNKNOWN_SIZE`]), and its dictionary. None: no header.
pub fn frame_info(data: &[u8]) -> Option<(u64, u32)> {
    // SAFETY: both read within `data`.
    let (size, id) = unsafe {
        (ffi::ZSTD_getFrameContentSize(start(data), data.len()), ffi::ZSTD_getDictID_fromFrame(start(data), data.len()))
    };
    (size != SIZE_ERROR).then_some((size, id))
}

// --- dictionaries ---

struct Digested(NonNull<ffi::ZSTD_CDict>);

// SAFETY: a digested dictionary does not change once it is made; any thread may read or free it.
unsafe impl Send for Digested {}
// SAFETY: as above.
unsafe impl Sync for Digested {}

impl Drop for Digested {
    fn drop(&mut self) {
        // SAFETY: made by ZSTD_createCDict, and nobody refers to it any more.
        unsafe { ffi::ZSTD_freeCDict(self.0.as_ptr()) };
    }
}

struct Loaded(NonNull<ffi::ZSTD_DDict>);

// SAFETY: as for `Digested`.
unsafe impl Send for Loaded {}
// SAFETY: as for `Digested`.
unsafe impl Sync for Loaded {}

impl Drop for Loaded {
    fn drop(&mut self) {
        // SAFETY: made by ZSTD_createDDict, and nobody refers to it any more.
        unsafe { ffi::ZSTD_freeDDict(self.0.as_ptr()) };
    }
}

/// A dictionary, with what was prepared of it.
pub struct Dictionary {
    content: Vec<u8>,
    digested: Mutex<HashMap<i32, Arc<Digested>>>,
    loaded: Mutex<Option<Arc<Loaded>>>,
}

impl Dictionary {
    /// Of this content, whatever it is.
    pub fn new(content: Vec<u8>) -> Dictionary {
        Dictionary { content, digested: Mutex::default(), loaded: Mutex::default() }
    }

    /// The bytes.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Its number; 0: it is raw content.
    pub fn id(&self) -> u32 {
        // SAFETY: reads within the content.
        unsafe { ffi::ZSTD_getDictID_fromDict(start(&self.content), self.content.len()) }
    }

    fn digest(&self, level: i32) -> Option<Arc<Digested>> {
        let mut known = self.digested.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(d) = known.get(&level) {
            return Some(d.clone());
        }
        // SAFETY: the library copies the content.
        let made = unsafe { ffi::ZSTD_createCDict(start(&self.content), self.content.len(), level) };
        let made = Arc::new(Digested(NonNull::new(made)?));
        known.insert(level, made.clone());
        Some(made)
    }

    fn load(&self) -> Option<Arc<Loaded>> {
        let mut known = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none() {
            // SAFETY: the library copies the content.
            let made = unsafe { ffi::ZSTD_createDDict(start(&self.content), self.content.len()) };
            *known = Some(Arc::new(Loaded(NonNull::new(made)?)));
        }
        known.clone()
    }
}

/// How a coder uses a dictionary. The numbers are those that Python sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    Digested = 0,
    Undigested = 1,
    Prefix = 2,
}

/// Why a dictionary could not be used.
pub enum Unfit {
    /// Its content could not be prepared.
    Content,
    /// The library refused it.
    Library(Error),
}

/// What a context refers to.
#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    #[allow(dead_code, reason = "kept for the context, which has its address")]
    Digested(Arc<Digested>),
    #[allow(dead_code, reason = "kept for the context, which has its address")]
    Loaded(Arc<Loaded>),
    #[allow(dead_code, reason = "kept for the context, which has the address of its content")]
    Content(Arc<Dictionary>),
}

// --- compressing ---

/// A compressor of frames.
pub struct Compressor {
    cctx: NonNull<ffi::ZSTD_CCtx>,
    held: Held,
    /// Threads of the library do the work.
    workers: bool,
    /// They may be at it now.
    at_work: bool,
    counted: memory::Counted,
}

// SAFETY: a context belongs to no thread; `&mut self` says that one uses it at a time.
unsafe impl Send for Compressor {}

impl Drop for Compressor {
    fn drop(&mut self) {
        // The library frees its copy of the dictionary before it waits for those who read it.
        if self.at_work {
            self.finish_work();
        }
        // SAFETY: made by ZSTD_createCCtx and freed once; what it refers to (`held`) goes afterwards.
        unsafe { ffi::ZSTD_freeCCtx(self.cctx.as_ptr()) };
    }
}

impl Compressor {
    /// None: no memory.
    pub fn new() -> Option<Compressor> {
        // SAFETY: no conditions.
        let cctx = unsafe { ffi::ZSTD_createCCtx() };
        let counted = memory::Counted::default();
        NonNull::new(cctx).map(|cctx| Compressor { cctx, held: Held::Nothing, workers: false, at_work: false, counted })
    }

    pub fn set(&mut self, parameter: CParam, value: i32) -> Result<(), Error> {
        self.workers |= parameter == CParam::ZSTD_c_nbWorkers && value != 0;
        // SAFETY: a live context that only we use.
        checked(unsafe { ffi::ZSTD_CCtx_setParameter(self.cctx.as_ptr(), parameter, value) }).map(drop)
    }

    /// The size of the next frame's content.
    pub fn pledge(&mut self, size: u64) -> Result<(), Error> {
        // SAFETY: a live context that only we use.
        checked(unsafe { ffi::ZSTD_CCtx_setPledgedSrcSize(self.cctx.as_ptr(), size) }).map(drop)
    }

    /// Uses a dictionary, `level` being the one to digest it for.
    pub fn load(&mut self, dictionary: Arc<Dictionary>, how: Use, level: i32) -> Result<(), Unfit> {
        let (cctx, content) = (self.cctx.as_ptr(), dictionary.content());
        // SAFETY: a live context that only we use. A digested dictionary and a prefix stay where they are as long as `held` has
        // them, which is as long as the context lives; the content of an undigested dictionary is copied.
        let (code, held) = unsafe {
            match how {
                Use::Digested => {
                    let d = dictionary.digest(level).ok_or(Unfit::Content)?;
                    (ffi::ZSTD_CCtx_refCDict(cctx, d.0.as_ptr()), Held::Digested(d))
                }
                Use::Undigested => (ffi::ZSTD_CCtx_loadDictionary(cctx, start(content), content.len()), Held::Nothing),
                Use::Prefix => {
                    let code = ffi::ZSTD_CCtx_refPrefix(cctx, start(content), content.len());
                    (code, Held::Content(dictionary))
                }
            }
        };
        self.held = held;
        checked(code).map(drop).map_err(Unfit::Library)
    }

    /// Forgets the frame that has begun.
    pub fn reset(&mut self) {
        // SAFETY: a live context that only we use.
        unsafe { ffi::ZSTD_CCtx_reset(self.cctx.as_ptr(), ffi::ZSTD_ResetDirective::ZSTD_reset_session_only) };
    }

    /// Appends what becomes of `data`. With workers [`Mode::ZSTD_e_continue`] does not wait for them.
    pub fn compress(&mut self, data: &[u8], mode: Mode, out: &mut Vec<u8>) -> Result<(), Failure> {
        let waits = !(self.workers && mode == Mode::ZSTD_e_continue);
        // SAFETY: looks at a number.
        let whole = checked(unsafe { ffi::ZSTD_compressBound(data.len()) }).map_err(|_| Failure::Memory)?;
        if !memory::grows(out, if waits { whole } else { CHUNK }) {
            return Err(Failure::Memory);
        }
        self.at_work = self.workers;
        let mut input = ffi::ZSTD_inBuffer { src: start(data), size: data.len(), pos: 0 };
        loop {
            // SAFETY: a live context that only we use; it reads within `data` and writes within the spare room, see `append`.
            let left = append(out, usize::MAX, |room| unsafe {
                ffi::ZSTD_compressStream2(self.cctx.as_ptr(), room, &mut input, mode)
            })?;
            let is_full = out.len() == out.capacity();
            let is_done = if waits { left == 0 } else { input.pos == input.size && !is_full };
            if is_done {
                self.at_work &= !waits;
                // SAFETY: a live context that only we use.
                self.counted.set(unsafe { ffi::ZSTD_sizeof_CCtx(self.cctx.as_ptr()) });
                return Ok(());
            }
            if is_full && !memory::grows(out, CHUNK.max(out.len() / 4)) {
                return Err(Failure::Memory);
            }
        }
    }

    /// Waits for the workers. What they made is dropped.
    fn finish_work(&mut self) {
        let mut scrap = [0u8; 4096];
        loop {
            let mut input = ffi::ZSTD_inBuffer { src: start(&[]), size: 0, pos: 0 };
            let mut room = ffi::ZSTD_outBuffer { dst: scrap.as_mut_ptr().cast(), size: scrap.len(), pos: 0 };
            // SAFETY: a live context that only we use; it reads nothing and writes within `scrap`.
            let left =
                unsafe { ffi::ZSTD_compressStream2(self.cctx.as_ptr(), &mut room, &mut input, Mode::ZSTD_e_flush) };
            if !checked(left).is_ok_and(|left| left > 0) {
                return;
            }
        }
    }
}

/// Has `f` write to the spare room of `out`, at most `max` bytes. `f` leaves in its argument how many it wrote from the start.
fn append(out: &mut Vec<u8>, max: usize, f: impl FnOnce(&mut ffi::ZSTD_outBuffer) -> usize) -> Result<usize, Error> {
    let len = out.len();
    let spare = out.spare_capacity_mut();
    let size = spare.len().min(max);
    let mut room = ffi::ZSTD_outBuffer { dst: spare.as_mut_ptr().cast(), size, pos: 0 };
    let code = checked(f(&mut room))?;
    // SAFETY: the library has written the first `pos` bytes of the spare room, `pos` being at most `size`.
    unsafe { out.set_len(len + room.pos.min(size)) };
    Ok(code)
}

// --- decompressing ---

/// A decompressor of one frame.
pub struct Decompressor {
    dctx: NonNull<ffi::ZSTD_DCtx>,
    held: Held,
    counted: memory::Counted,
}

// SAFETY: as for `Compressor`.
unsafe impl Send for Decompressor {}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: made by ZSTD_createDCtx and freed once; what it refers to (`held`) goes afterwards.
        unsafe { ffi::ZSTD_freeDCtx(self.dctx.as_ptr()) };
    }
}

impl Decompressor {
    /// None: no memory.
    pub fn new() -> Option<Decompressor> {
        // SAFETY: no conditions.
        let dctx = unsafe { ffi::ZSTD_createDCtx() };
        NonNull::new(dctx).map(|dctx| Decompressor { dctx, held: Held::Nothing, counted: memory::Counted::default() })
    }

    pub fn set(&mut self, parameter: DParam, value: i32) -> Result<(), Error> {
        // SAFETY: a live context that only we use.
        checked(unsafe { ffi::ZSTD_DCtx_setParameter(self.dctx.as_ptr(), parameter, value) }).map(drop)
    }

    pub fn load(&mut self, dictionary: Arc<Dictionary>, how: Use) -> Result<(), Unfit> {
        let (dctx, content) = (self.dctx.as_ptr(), dictionary.content());
        // SAFETY: as in `Compressor::load`.
        let (code, held) = unsafe {
            match how {
                Use::Digested => {
                    let d = dictionary.load().ok_or(Unfit::Content)?;
                    (ffi::ZSTD_DCtx_refDDict(dctx, d.0.as_ptr()), Held::Loaded(d))
                }
                Use::Undigested => (ffi::ZSTD_DCtx_loadDictionary(dctx, start(content), content.len()), Held::Nothing),
                Use::Prefix => {
                    let code = ffi::ZSTD_DCtx_refPrefix(dctx, start(content), content.len());
                    (code, Held::Content(dictionary))
                }
            }
        };
        self.held = held;
        checked(code).map(drop).map_err(Unfit::Library)
    }

    /// Forgets the frame that has begun.
    pub fn reset(&mut self) {
        // SAFETY: a live context that only we use.
        unsafe { ffi::ZSTD_DCtx_reset(self.dctx.as_ptr(), ffi::ZSTD_ResetDirective::ZSTD_reset_session_only) };
    }

    /// Appends at most `max` bytes (as a whole) to `out`, which is empty: how much of `data` was taken, and whether the frame has
    /// ended.
    pub fn decompress(&mut self, data: &[u8], max: usize, out: &mut Vec<u8>) -> Result<(usize, bool), Failure> {
        let mut input = ffi::ZSTD_inBuffer { src: start(data), size: data.len(), pos: 0 };
        let r = self.decompress_some(&mut input, max, out);
        // SAFETY: a live context that only we use.
        self.counted.set(unsafe { ffi::ZSTD_sizeof_DCtx(self.dctx.as_ptr()) });
        r
    }

    fn decompress_some(
        &mut self,
        input: &mut ffi::ZSTD_inBuffer,
        max: usize,
        out: &mut Vec<u8>,
    ) -> Result<(usize, bool), Failure> {
        loop {
            let room = (max - out.len()).min(CHUNK.max(out.len()));
            if !memory::grows(out, room) {
                return Err(Failure::Memory);
            }
            let before = out.len();
            // SAFETY: a live context that only we use; it reads within `data` and writes within the spare room, see `append`.
            let left =
                append(out, room, |room| unsafe { ffi::ZSTD_decompressStream(self.dctx.as_ptr(), room, input) })?;
            if left == 0 {
                return Ok((input.pos, true));
            }
            // A full buffer may hide output that is still inside the context.
            let is_full = out.len() - before == room;
            if out.len() == max || (!is_full && input.pos == input.size) {
                return Ok((input.pos, false));
            }
        }
    }
}

// --- making dictionaries ---

fn dictionary_text(code: usize) -> Result<usize, Error> {
    // SAFETY: the function only looks at the number.
    if unsafe { ffi::ZDICT_isError(code) } != 0 { Err(Error(code)) } else { Ok(code) }
}

/// Makes a dictionary of samples that lie one after the other, into the spare room of `out`. `sizes` add up to their length.
pub fn train(samples: &[u8], sizes: &[usize], out: &mut Vec<u8>) -> Result<(), Error> {
    assert_eq!(sizes.iter().sum::<usize>(), samples.len());
    let count = c_uint::try_from(sizes.len()).unwrap_or(c_uint::MAX);
    let room = out.spare_capacity_mut();
    // SAFETY: the samples are as long as their sizes add up to; it writes within the spare room.
    let code = unsafe {
        ffi::ZDICT_trainFromBuffer(room.as_mut_ptr().cast(), room.len(), start(samples), sizes.as_ptr(), count)
    };
    let n = dictionary_text(code)?;
    // SAFETY: so many bytes were written, from the start.
    unsafe { out.set_len(n.min(out.capacity())) };
    Ok(())
}

/// Gives a dictionary of this content a header and statistics.
pub fn finalize(content: &[u8], samples: &[u8], sizes: &[usize], level: c_int, out: &mut Vec<u8>) -> Result<(), Error> {
    assert_eq!(sizes.iter().sum::<usize>(), samples.len());
    let count = c_uint::try_from(sizes.len()).unwrap_or(c_uint::MAX);
    let parameters = ffi::ZDICT_params_t { compressionLevel: level, notificationLevel: 0, dictID: 0 };
    let room = out.spare_capacity_mut();
    // SAFETY: as in `train`.
    let code = unsafe {
        ffi::ZDICT_finalizeDictionary(
            room.as_mut_ptr().cast(),
            room.len(),
            start(content),
            content.len(),
            start(samples),
            sizes.as_ptr(),
            count,
            parameters,
        )
    };
    let n = dictionary_text(code)?;
    // SAFETY: so many bytes were written, from the start.
    unsafe { out.set_len(n.min(out.capacity())) };
    Ok(())
}
