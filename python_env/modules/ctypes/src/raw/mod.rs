//! Memory by address, shared libraries, foreign calls and closures. All `unsafe` of this crate is in this folder.
//!
//! What makes it sound, and what cannot be:
//! * a [`Block`] is ours: nobody gives it back while its object lives, and objects of parts keep the whole's object;
//! * an address that a program has made up (an int, a pointer that C gave, memory that C has freed) is the program's promise, as it is
//!   with CPython: reading or writing there is what `ctypes` is for. Functions that take an address say so;
//! * threads may read and write the same memory at once. Each access of 1, 2, 4 or 8 aligned bytes is one atomic access, longer ones are
//!   made of those, so there is no tearing within an item and no undefined behaviour in Rust;
//! * a function is called as the program describes it, which is its promise, too.

mod call;

pub use call::{Aggregate, Arg, Closure, Type, Words, call, current_outside, with_outside};

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr::NonNull;

use proto_core::sync::Ordering;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64};

/// Memory that an object owns: zeros at first, aligned for every C type.
pub struct Block {
    data: NonNull<u8>,
    layout: Layout,
}

// SAFETY: the memory is owned, and reached by atomic accesses alone.
unsafe impl Send for Block {}
// SAFETY: as above.
unsafe impl Sync for Block {}

impl Block {
    /// A block of so many bytes; None where there is no memory.
    pub fn new(size: usize) -> Option<Block> {
        let layout = Layout::from_size_align(size.max(1), 16).ok()?;
        // SAFETY: the layout has a size.
        let data = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        Some(Block { data, layout })
    }

    /// A block with a copy of `bytes`, and zeros behind them.
    pub fn of(bytes: &[u8], zeros: usize) -> Option<Block> {
        let block = Block::new(bytes.len().checked_add(zeros)?)?;
        write(block.addr(), bytes);
        Some(block)
    }

    /// Where it lies.
    pub fn addr(&self) -> usize {
        self.data.as_ptr().addr()
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and its object is dead.
        unsafe { dealloc(self.data.as_ptr(), self.layout) };
    }
}

fn at<T>(addr: usize) -> *mut T {
    std::ptr::with_exposed_provenance_mut(addr)
}

/// The length of the next atomic access at `addr` of `n` bytes.
fn piece(addr: usize, n: usize) -> usize {
    [8, 4, 2].into_iter().find(|&k| n >= k && addr.is_multiple_of(k)).unwrap_or(1)
}

/// Reads bytes. Relies on the program's promise that `out.len()` bytes at `addr` can be read.
pub fn read(addr: usize, out: &mut [u8]) {
    let mut done = 0;
    while done < out.len() {
        let (here, n) = (addr.wrapping_add(done), piece(addr.wrapping_add(done), out.len() - done));
        // SAFETY: readable by the caller's word; `piece` gives a length to which `here` is aligned.
        unsafe {
            match n {
                8 => {
                    out[done..done + 8].copy_from_slice(&(*at::<AtomicU64>(here)).load(Ordering::Relaxed).to_ne_bytes())
                }
                4 => {
                    out[done..done + 4].copy_from_slice(&(*at::<AtomicU32>(here)).load(Ordering::Relaxed).to_ne_bytes())
                }
                2 => {
                    out[done..done + 2].copy_from_slice(&(*at::<AtomicU16>(here)).load(Ordering::Relaxed).to_ne_bytes())
                }
                _ => out[done] = (*at::<AtomicU8>(here)).load(Ordering::Relaxed),
            }
        }
        done += n;
    }
}

/// Writes bytes. Relies on the program's promise that so many bytes at `addr` can be written.
pub fn write(addr: usize, bytes: &[u8]) {
    let mut done = 0;
    while done < bytes.len() {
        let (here, n) = (addr.wrapping_add(done), piece(addr.wrapping_add(done), bytes.len() - done));
        let part = &bytes[done..done + n];
        // SAFETY: writable by the caller's word; `piece` gives a length to which `here` is aligned.
        unsafe {
            match *part {
                [a, b, c, d, e, f, g, h] => {
                    (*at::<AtomicU64>(here)).store(u64::from_ne_bytes([a, b, c, d, e, f, g, h]), Ordering::Relaxed)
                }
                [a, b, c, d] => (*at::<AtomicU32>(here)).store(u32::from_ne_bytes([a, b, c, d]), Ordering::Relaxed),
                [a, b] => (*at::<AtomicU16>(here)).store(u16::from_ne_bytes([a, b]), Ordering::Relaxed),
                _ => (*at::<AtomicU8>(here)).store(part[0], Ordering::Relaxed),
            }
        }
        done += n;
    }
}

/// The word at `addr`, under the promise of [`read`].
pub fn read_word(addr: usize) -> u64 {
    let mut bytes = [0; 8];
    read(addr, &mut bytes);
    u64::from_ne_bytes(bytes)
}

/// Copies memory that may overlap, under the promises of [`read`] and [`write`].
pub fn copy(to: usize, from: usize, n: usize) {
    // SAFETY: the program's promise for both places. C's own function is what it asked for.
    unsafe { libc::memmove(at(to), at::<c_void>(from).cast_const(), n) };
}

/// The length of a string that ends in a zero. Relies on the program's promise that there is one at `addr`.
pub fn string_len(addr: usize) -> usize {
    // SAFETY: the program's promise.
    unsafe { libc::strlen(at::<libc::c_char>(addr).cast_const()) }
}

/// The same for C's wide characters.
pub fn wide_len(addr: usize) -> usize {
    let mut n = 0;
    let mut unit = [0; 4];
    loop {
        read(addr.wrapping_add(4 * n), &mut unit);
        if unit == [0; 4] {
            return n;
        }
        n += 1;
    }
}

/// Where bytes of the heap lie, if a zero follows them in their own cells: objects do not move, and the rest of a cell is zero.
pub fn terminated_addr(bytes: &[u8]) -> Option<usize> {
    let (addr, end) = (bytes.as_ptr().expose_provenance(), bytes.as_ptr().addr() + bytes.len());
    if end.is_multiple_of(64) {
        return None;
    }
    // SAFETY: cells are 64 bytes, aligned: the byte lies in the last cell of the bytes object. It is only ever written when the cell is
    // given out anew.
    let last = unsafe { std::ptr::read_volatile(at::<u8>(end).cast_const()) };
    (last == 0).then_some(addr)
}

/// Where a buffer's memory lies; its owner guarantees it while the export lasts.
pub fn exposed(data: *mut u8) -> usize {
    data.expose_provenance()
}

/// The pointer form of an address, for buffers.
pub fn pointer(addr: usize) -> *mut u8 {
    at(addr)
}

/// The addresses of C functions that `ctypes` calls by address.
pub fn memmove_addr() -> usize {
    (libc::memmove as *const ()).expose_provenance()
}

/// As [`memmove_addr`].
pub fn memset_addr() -> usize {
    (libc::memset as *const ()).expose_provenance()
}

/// This thread's `errno`, replaced.
pub fn swap_errno(new: c_int) -> c_int {
    // SAFETY: the C library gives each thread a place for it.
    unsafe { std::mem::replace(&mut *libc::__errno_location(), new) }
}

fn last_dl_error() -> Vec<u8> {
    // SAFETY: the C library gives a terminated string of this thread, or null.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() { Vec::new() } else { CStr::from_ptr(text).to_bytes().to_vec() }
    }
}

/// Opens a library, or the program itself. An error says why not. What the library runs when it is loaded is the program's choice.
pub fn open_library(name: Option<&CString>, flags: c_int) -> Result<usize, Vec<u8>> {
    let name = name.map_or(std::ptr::null(), |n| n.as_ptr());
    // SAFETY: a terminated string or null.
    let handle = unsafe { libc::dlopen(name, flags) };
    if handle.is_null() { Err(last_dl_error()) } else { Ok(handle.expose_provenance()) }
}

/// Closes a library. Relies on the program's promise that it has opened it, and uses nothing of it any more.
pub fn close_library(handle: usize) -> Result<(), Vec<u8>> {
    // SAFETY: the program's promise.
    if unsafe { libc::dlclose(at(handle)) } == 0 { Ok(()) } else { Err(last_dl_error()) }
}

/// The address of a symbol. Relies on the program's promise that the library is open.
pub fn symbol(handle: usize, name: &CStr) -> Result<usize, Vec<u8>> {
    // SAFETY: the program's promise; a terminated name. The first call forgets errors of before.
    unsafe {
        libc::dlerror();
        let found = libc::dlsym(at(handle), name.as_ptr());
        if found.is_null() { Err(last_dl_error()) } else { Ok(found.expose_provenance()) }
    }
}

/// The names of all loaded libraries.
pub fn loaded_libraries() -> Vec<Vec<u8>> {
    unsafe extern "C" fn each(info: *mut libc::dl_phdr_info, _: usize, names: *mut c_void) -> c_int {
        // SAFETY: the loader passes a description with a terminated name, and what was given to it.
        unsafe {
            let name = (*info).dlpi_name;
            let text = if name.is_null() { Vec::new() } else { CStr::from_ptr(name).to_bytes().to_vec() };
            (*names.cast::<Vec<Vec<u8>>>()).push(text);
        }
        0
    }
    let mut names: Vec<Vec<u8>> = Vec::new();
    // SAFETY: the function and its argument live during the call.
    unsafe { libc::dl_iterate_phdr(Some(each), (&raw mut names).cast()) };
    names
}

/// Calls `f` with the address of 32 bytes that are zero, and gives what they are afterwards.
pub fn with_scratch<R>(f: impl FnOnce(usize) -> R) -> (R, [u8; 32]) {
    let mut words = [0u64; 4];
    let addr = (&raw mut words).expose_provenance();
    let r = f(addr);
    let mut bytes = [0; 32];
    read(addr, &mut bytes);
    (r, bytes)
}
