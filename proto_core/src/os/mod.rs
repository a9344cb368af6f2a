//! Everything that depends on the operating system or the processor.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;
#[cfg(target_os = "linux")]
mod code;
mod thread;
#[cfg(target_os = "linux")]
pub use code::CodeBlock;
pub use thread::{
    HandlerStack, release_dead_stack, start_detached, start_helper, thread_ident, thread_name, thread_number,
};

/// Callee-saved registers as they were at the call, on the native stack where the conservative scan finds them.
///
/// Calls `f` with the lowest address of the stack that holds anything of the callers.
#[inline(never)]
pub fn with_spilled_registers<R>(f: impl FnOnce(usize) -> R) -> R {
    if cfg!(model) {
        // The checkers' threads have stacks of their own: models keep their values in roots.
        return f(0);
    }
    let mut regs = [0usize; 12];
    let p = regs.as_mut_ptr();
    #[cfg(target_arch = "x86_64")]
    // SAFETY: stores six registers into an array of twelve words, touches nothing else.
    unsafe {
        std::arch::asm!(
            "mov [{p}], rbx", "mov [{p} + 8], rbp", "mov [{p} + 16], r12",
            "mov [{p} + 24], r13", "mov [{p} + 32], r14", "mov [{p} + 40], r15",
            p = in(reg) p, options(nostack, preserves_flags)
        );
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: stores twelve registers into an array of twelve words, touches nothing else.
    unsafe {
        std::arch::asm!(
            "stp x19, x20, [{p}]", "stp x21, x22, [{p}, #16]", "stp x23, x24, [{p}, #32]",
            "stp x25, x26, [{p}, #48]", "stp x27, x28, [{p}, #64]", "stp x29, x30, [{p}, #80]",
            p = in(reg) p, options(nostack, preserves_flags)
        );
    }
    let low = p as usize;
    let r = f(low);
    std::hint::black_box(&mut regs);
    r
}

/// Overwrites what earlier calls left below on the native stack, for who is about to call what collects: the frames to come
/// have words that they never write, in which the collector would take it for references.
#[inline(never)]
pub fn forget_calls() {
    let mut below = [0usize; 256];
    std::hint::black_box(&mut below);
}

/// As [`forget_calls`], for who comes back from a collection, whose own calls had the address of everything.
#[inline(never)]
pub(crate) fn forget_collection() {
    let mut below = [0usize; 512];
    std::hint::black_box(&mut below);
}

/// Hints that the cache line at `addr` is about to be read and written.
#[inline(always)]
pub fn prefetch(addr: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch of any address has no effect but on the cache.
    unsafe {
        std::arch::x86_64::_mm_prefetch(addr as *const i8, std::arch::x86_64::_MM_HINT_T0);
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: a prefetch of any address has no effect but on the cache.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{}]", in(reg) addr, options(nostack, preserves_flags));
    }
}
