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

/// The same at a given address, a multiple of the page size: false if something else is there.
pub fn reserve_at(addr: usize, bytes: usize) -> bool {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED_NOREPLACE;
    // SAFETY: an anonymous mapping that replaces no other.
    let p = unsafe { libc::mmap(addr as *mut _, bytes, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
    if p != libc::MAP_FAILED && p as usize != addr {
        // SAFETY: an old kernel takes the address for a wish; the mapping is ours, and nobody knows it.
        unsafe { libc::munmap(p, bytes) };
    }
    p as usize == addr
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

/// Bytes of these pages that occupy memory.
#[cfg(all(test, not(model)))]
pub fn resident(addr: usize, bytes: usize) -> usize {
    let mut pages = vec![0u8; bytes.div_ceil(page_size())];
    // SAFETY: only asks; a byte for each page is written to a vector that has them.
    let rc = unsafe { libc::mincore(addr as *mut _, bytes, pages.as_mut_ptr()) };
    assert_eq!(rc, 0, "the range is mapped");
    pages.iter().filter(|&&page| page & 1 != 0).count() * page_size()
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

/// Milliseconds since some time; they wrap around. A few too early, and cheap.
pub fn coarse_time_ms() -> u32 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes the time to a place of ours.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, &mut t) };
    (t.tv_sec as u32).wrapping_mul(1000).wrapping_add((t.tv_nsec / 1_000_000) as u32)
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

/// Bytes of addresses that this process may map, where that is limited: `ulimit -v`, `ulimit -d`, or a system that
/// promises no more memory than it has.
pub fn address_limit() -> Option<usize> {
    if cfg!(model) {
        return None;
    }
    let of = |resource| {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: writes the limit to a place of ours.
        let rc = unsafe { libc::getrlimit(resource, &mut limit) };
        (rc == 0 && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur as usize)
    };
    let strict = std::fs::read("/proc/sys/vm/overcommit_memory").is_ok_and(|mode| mode.first() == Some(&b'2'));
    let promised = strict.then(|| {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kib = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<usize>().ok()
        };
        Some(kib("CommitLimit:")?.saturating_sub(kib("Committed_AS:")?) << 10)
    });
    [of(libc::RLIMIT_AS), of(libc::RLIMIT_DATA), promised.flatten()].into_iter().flatten().min()
}

/// Bytes of memory that this process can hope for: the machine's, or what its control group allows.
pub fn memory_limit() -> usize {
    if cfg!(model) {
        return usize::MAX;
    }
    // SAFETY: all-zero is a valid sysinfo, which the call overwrites.
    let info = unsafe {
        let mut info: libc::sysinfo = std::mem::zeroed();
        (libc::sysinfo(&mut info) == 0).then_some(info)
    };
    let machine = info.map_or(usize::MAX, |i| {
        (i.totalram as usize).saturating_add(i.totalswap as usize).saturating_mul((i.mem_unit as usize).max(1))
    });
    groups()
        .into_iter()
        .filter_map(|file| std::fs::read_to_string(file).ok()?.trim().parse().ok())
        .fold(machine, usize::min)
}

/// The files that limit the memory of the control groups that this process is in, from its own to the outermost.
fn groups() -> Vec<std::path::PathBuf> {
    let text = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let mut files = Vec::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let (root, file) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            c if c.split(',').any(|c| c == "memory") => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            _ => continue,
        };
        // Inside a container the path may be the host's, which is not to be seen here: then the root is what limits.
        for folder in std::path::Path::new(path.trim_start_matches('/')).ancestors() {
            files.push(std::path::Path::new(root).join(folder).join(file));
        }
    }
    files
}

/// The first pages that `/proc/self/statm` counts: mapped, resident, backed by files or shared. Allocates nothing.
fn statm() -> Option<[usize; 3]> {
    let mut text = [0u8; 128];
    // SAFETY: the name is a C string; `read` writes to a buffer of ours, within its length.
    let n = unsafe {
        let fd = libc::open(c"/proc/self/statm".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
        if fd < 0 {
            return None;
        }
        let n = libc::read(fd, text.as_mut_ptr().cast(), text.len());
        libc::close(fd);
        usize::try_from(n).ok()?
    };
    let mut pages = std::str::from_utf8(&text[..n]).ok()?.split_ascii_whitespace().map(str::parse::<usize>);
    Some([pages.next()?.ok()?, pages.next()?.ok()?, pages.next()?.ok()?])
}

/// Bytes of memory that this process occupies and that no file backs. Allocates nothing.
pub fn occupied() -> Option<usize> {
    statm().map(|[_, resident, shared]| resident.saturating_sub(shared) * page_size())
}

/// Bytes of addresses that this process has mapped; 0 where the system does not say.
pub fn mapped() -> usize {
    statm().map_or(0, |[mapped, ..]| mapped * page_size())
}

/// The system's page size.
pub fn page_size() -> usize {
    // SAFETY: only asks.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) }.max(4096) as usize
}

/// Whether so many bytes of addresses could be mapped now.
pub fn could_reserve(bytes: usize) -> bool {
    match reserve(bytes) {
        Some(at) => {
            // SAFETY: mapped just now, and nobody knows it.
            unsafe { unreserve(at, bytes) };
            true
        }
        None => false,
    }
}

/// Gives the system back what the C library holds free and can give.
pub fn trim() {
    #[cfg(target_env = "gnu")]
    // SAFETY: touches free memory only.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Bytes that the C library holds free between others, and will hand out again.
pub fn slack() -> usize {
    #[cfg(target_env = "gnu")]
    // SAFETY: only asks.
    let free = unsafe { libc::mallinfo2() }.fordblks;
    #[cfg(not(target_env = "gnu"))]
    let free = 0;
    free
}

/// The C library keeps what is freed: requests below `own` bytes get no mapping of their own, and up to `most` bytes at the end of a pool
/// are not given back at once. Its defaults move the end of the pool with every other request of some 100 KB.
pub fn keep_freed(own: i32, most: i32) {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets numbers in the C library.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, own);
        libc::mallopt(libc::M_TRIM_THRESHOLD, most);
    }
    #[cfg(not(target_env = "gnu"))]
    let _ = (own, most);
}

/// Where addresses are few, threads share the C library's pools of memory: each takes 64 MiB of them.
pub fn share_pools(pools: i32) {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets a number in the C library.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, pools);
    }
    #[cfg(not(target_env = "gnu"))]
    let _ = pools;
}
