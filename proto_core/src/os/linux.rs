//! Linux: address space, stack bounds, processor affinity.

use std::ptr;

/// Reserves `bytes` of zeroed address space, committed by the kernel on first touch. None when it refuses.
pub fn reserve(bytes: usize) -> Option<usize> {
    // SAFETY: an anonymous mapping at an address of the kernel's choice affects no existing memory.
    let p = unsafe {
        libc::mmap(
            ptr::null_mut(),
            bytes,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    if p == libc::MAP_FAILED { None } else { Some(p as usize) }
}

/// Gives a reservation back.
///
/// # Safety
/// `[addr, addr + bytes)` came from [`reserve`] and nothing refers to it any more.
pub unsafe fn unreserve(addr: usize, bytes: usize) {
    // SAFETY: by the caller.
    unsafe { libc::munmap(addr as *mut _, bytes) };
}

/// Returns the pages to the kernel; they read as zero afterwards.
///
/// # Safety
/// The page-aligned range lies in a reservation and nothing in it is needed.
pub unsafe fn discard(addr: usize, bytes: usize) {
    if cfg!(model) {
        return;
    }
    // SAFETY: by the caller.
    unsafe { libc::madvise(addr as *mut _, bytes, libc::MADV_DONTNEED) };
}

/// Faults the pages in with one system call. Only a hint: an old kernel refuses, and first touch does it.
///
/// # Safety
/// The page-aligned range lies in a reservation.
pub unsafe fn populate(addr: usize, bytes: usize) {
    const MADV_POPULATE_WRITE: i32 = 23;
    // SAFETY: by the caller.
    unsafe { libc::madvise(addr as *mut _, bytes, MADV_POPULATE_WRITE) };
}

/// Asks for huge pages in this range.
///
/// # Safety
/// The page-aligned range lies in a reservation.
pub unsafe fn prefer_huge(addr: usize, bytes: usize) {
    // SAFETY: by the caller.
    unsafe { libc::madvise(addr as *mut _, bytes, libc::MADV_HUGEPAGE) };
}

/// The running thread's native stack: `(lowest address, one past the highest)`.
pub fn stack_bounds() -> Option<(usize, usize)> {
    if cfg!(model) {
        return None;
    }
    // SAFETY: all-zero is a valid pthread_attr_t to be overwritten by pthread_getattr_np, which is paired
    // with pthread_attr_destroy.
    unsafe {
        let mut attr: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attr) != 0 {
            return None;
        }
        let (mut low, mut size) = (ptr::null_mut(), 0usize);
        let rc = libc::pthread_attr_getstack(&attr, &mut low, &mut size);
        libc::pthread_attr_destroy(&mut attr);
        if rc != 0 { None } else { Some((low as usize, low as usize + size)) }
    }
}

/// Processor time that this thread has used.
pub fn thread_time_ns() -> Option<u64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes the time to a place of ours.
    let rc = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    if rc != 0 { None } else { Some(t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64) }
}

/// Processors that this thread may run on.
pub fn available_processors() -> Vec<usize> {
    // SAFETY: all-zero is an empty cpu_set_t; the calls only read and write it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        if libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) != 0 {
            return vec![0];
        }
        (0..libc::CPU_SETSIZE as usize).filter(|&i| libc::CPU_ISSET(i, &set)).collect()
    }
}

/// Binds this thread to one processor; false when the kernel refuses.
pub fn pin_to(processor: usize) -> bool {
    if processor >= libc::CPU_SETSIZE as usize {
        return false;
    }
    // SAFETY: all-zero is an empty cpu_set_t; the index was checked.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(processor, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set) == 0
    }
}
