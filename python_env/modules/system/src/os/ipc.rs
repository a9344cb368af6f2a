//! What processes share: named semaphores, shared memory, memory maps.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use rustix::io::Errno;

use super::fd::last;

/// A named semaphore.
pub struct Semaphore(*mut libc::sem_t);

// SAFETY: semaphores are made for use by many threads.
unsafe impl Send for Semaphore {}
// SAFETY: as above.
unsafe impl Sync for Semaphore {}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: opened by `open`, closed once.
        unsafe { libc::sem_close(self.0) };
    }
}

impl Semaphore {
    /// Opens an existing semaphore, or makes a new one with a value.
    pub fn open(name: &CStr, new: Option<u32>) -> Result<Semaphore, Errno> {
        // SAFETY: a terminated name; mode and value are read only with O_CREAT.
        let p = unsafe {
            match new {
                None => libc::sem_open(name.as_ptr(), 0),
                Some(value) => {
                    libc::sem_open(name.as_ptr(), libc::O_CREAT | libc::O_EXCL, 0o600 as libc::c_uint, value)
                }
            }
        };
        if p == libc::SEM_FAILED { Err(last()) } else { Ok(Semaphore(p)) }
    }

    /// Takes the name away.
    pub fn unlink(name: &CStr) -> Result<(), Errno> {
        // SAFETY: a terminated name.
        check(unsafe { libc::sem_unlink(name.as_ptr()) })
    }

    /// The address, a number that tells semaphores apart.
    pub fn address(&self) -> usize {
        self.0 as usize
    }

    /// Takes one if there is any; `EAGAIN` otherwise.
    pub fn try_wait(&self) -> Result<(), Errno> {
        // SAFETY: an open semaphore.
        check(unsafe { libc::sem_trywait(self.0) })
    }

    /// Waits for one, until a time of the real-time clock in nanoseconds if there is one.
    pub fn wait(&self, until: Option<i64>) -> Result<(), Errno> {
        let Some(until) = until else {
            // SAFETY: an open semaphore.
            return check(unsafe { libc::sem_wait(self.0) });
        };
        let at = libc::timespec { tv_sec: until / 1_000_000_000, tv_nsec: until % 1_000_000_000 };
        // SAFETY: an open semaphore and a whole timespec.
        check(unsafe { libc::sem_timedwait(self.0, &raw const at) })
    }

    /// Gives one.
    pub fn post(&self) -> Result<(), Errno> {
        // SAFETY: an open semaphore.
        check(unsafe { libc::sem_post(self.0) })
    }

    /// How many there are.
    pub fn value(&self) -> Result<i32, Errno> {
        let mut n = 0;
        // SAFETY: an open semaphore and a writable int.
        check(unsafe { libc::sem_getvalue(self.0, &raw mut n) })?;
        Ok(n)
    }
}

fn check(rc: libc::c_int) -> Result<(), Errno> {
    if rc < 0 { Err(last()) } else { Ok(()) }
}

/// `shm_open`
pub fn shm_open(name: &CStr, flags: i32, mode: u32) -> Result<i32, Errno> {
    // SAFETY: a terminated name and numbers.
    let fd = unsafe { libc::shm_open(name.as_ptr(), flags | libc::O_CLOEXEC, mode as libc::mode_t) };
    if fd < 0 { Err(last()) } else { Ok(fd) }
}

/// `shm_unlink`
pub fn shm_unlink(name: &CStr) -> Result<(), Errno> {
    // SAFETY: a terminated name.
    check(unsafe { libc::shm_unlink(name.as_ptr()) })
}

/// A memory map. What other processes write to it shows at once, so its bytes are copied in and out.
pub struct Map {
    base: *mut u8,
    len: usize,
    fd: Option<OwnedFd>,
}

// SAFETY: plain memory that is not moved; races on its bytes are the program's business, as for any buffer.
unsafe impl Send for Map {}
// SAFETY: as above.
unsafe impl Sync for Map {}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: the mapping made by `new`, unmapped once.
        unsafe { libc::munmap(self.base.cast(), self.len) };
    }
}

impl crate::descriptors::Made for Map {
    fn highest(&self) -> i32 {
        self.fd.as_ref().map_or(-1, AsRawFd::as_raw_fd)
    }
}

impl Map {
    /// Maps `len` bytes of a file (of nothing for -1); keeps a descriptor of its own if `track`.
    pub fn new(len: usize, prot: i32, flags: i32, fd: i32, offset: i64, track: bool) -> Result<Map, Errno> {
        let own = match fd {
            -1 => None,
            _ if !track => None,
            _ => {
                let n = super::fd::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0)?;
                // SAFETY: a descriptor made this moment, owned by nobody else.
                Some(unsafe { OwnedFd::from_raw_fd(n) })
            }
        };
        // SAFETY: a new mapping at an address of the system's choice.
        let base = unsafe { libc::mmap(std::ptr::null_mut(), len, prot, flags, fd, offset) };
        if base == libc::MAP_FAILED { Err(last()) } else { Ok(Map { base: base.cast(), len, fd: own }) }
    }

    /// Where it lies.
    pub fn base(&self) -> *mut u8 {
        self.base
    }

    /// Its length.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is empty, which none is.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The descriptor behind it.
    pub fn fd(&self) -> Option<i32> {
        self.fd.as_ref().map(AsRawFd::as_raw_fd)
    }

    /// A copy of the bytes in a range, as far as it lies inside.
    pub fn copy_out(&self, from: usize, to: usize) -> Vec<u8> {
        let to = to.min(self.len);
        let n = to.saturating_sub(from);
        let mut out = Vec::with_capacity(n);
        if n > 0 {
            // SAFETY: the range lies inside the mapping; the vector has room.
            unsafe {
                std::ptr::copy_nonoverlapping(self.base.add(from), out.as_mut_ptr(), n);
                out.set_len(n);
            }
        }
        out
    }

    /// Writes bytes; false when they do not fit. The map must be writable.
    pub fn copy_in(&self, at: usize, bytes: &[u8]) -> bool {
        if at.checked_add(bytes.len()).is_none_or(|end| end > self.len) {
            return false;
        }
        // SAFETY: the range lies inside the mapping, which is ours and not a Rust slice's.
        unsafe { std::ptr::copy(bytes.as_ptr(), self.base.add(at), bytes.len()) };
        true
    }

    /// Moves bytes inside the map; false when a range does not lie inside.
    pub fn copy_within(&self, to: usize, from: usize, n: usize) -> bool {
        let inside = |at: usize| at.checked_add(n).is_some_and(|end| end <= self.len);
        if !inside(to) || !inside(from) {
            return false;
        }
        // SAFETY: both ranges lie inside the mapping; they may overlap.
        unsafe { std::ptr::copy(self.base.add(from), self.base.add(to), n) };
        true
    }

    /// Where `needle` first (or last) is in a range.
    pub fn find(&self, needle: &[u8], from: usize, to: usize, last: bool) -> Option<usize> {
        let to = to.min(self.len);
        if from > to || needle.len() > to - from {
            return None;
        }
        // SAFETY: the range lies inside the mapping.
        let hay = unsafe { std::slice::from_raw_parts(self.base.add(from), to - from) };
        let at = if last { memchr::memmem::rfind(hay, needle) } else { memchr::memmem::find(hay, needle) };
        at.map(|i| i + from)
    }

    /// `msync`
    pub fn flush(&self, from: usize, len: usize) -> Result<(), Errno> {
        // SAFETY: the caller checked that the range lies inside.
        check(unsafe { libc::msync(self.base.add(from).cast(), len, libc::MS_SYNC) })
    }

    /// `madvise`
    pub fn advise(&self, from: usize, len: usize, advice: i32) -> Result<(), Errno> {
        // SAFETY: the range lies inside; advice that drops pages leaves them readable.
        check(unsafe { libc::madvise(self.base.add(from).cast(), len, advice) })
    }

    /// `mremap`; the map may move.
    pub fn resize(&mut self, len: usize) -> Result<(), Errno> {
        // SAFETY: the caller owns the map alone, so nobody has its address.
        let base = unsafe { libc::mremap(self.base.cast(), self.len, len, libc::MREMAP_MAYMOVE) };
        if base == libc::MAP_FAILED {
            return Err(last());
        }
        (self.base, self.len) = (base.cast(), len);
        Ok(())
    }
}
