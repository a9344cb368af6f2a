//! Memory for machine code that is made at run time: never writable and executable at once.
//!
//! A block is filled while it is writable and nobody can run it, then sealed. Pages are private, so a forked child has copies.

use std::ptr;

/// A sealed block of machine code, unmapped on drop.
pub struct CodeBlock {
    start: *mut u8,
    bytes: usize,
}

// SAFETY: nothing writes to a sealed block, and any thread may read it.
unsafe impl Send for CodeBlock {}
// SAFETY: as above.
unsafe impl Sync for CodeBlock {}

/// Size of a page; mappings are multiples of it.
const PAGE: usize = 4096;

impl CodeBlock {
    /// Maps a block, copies the code there and seals it. None where the system refuses memory, or to run what was written.
    pub fn new(code: &[u8]) -> Option<CodeBlock> {
        let bytes = code.len().next_multiple_of(PAGE).max(PAGE);
        let (write, run) = (libc::PROT_READ | libc::PROT_WRITE, libc::PROT_READ | libc::PROT_EXEC);
        // SAFETY: an anonymous mapping at an address of the kernel's choice affects no existing memory; it has room for the
        // code, and nobody else knows it before this function returns.
        unsafe {
            let p = libc::mmap(ptr::null_mut(), bytes, write, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0);
            if p == libc::MAP_FAILED {
                return None;
            }
            let block = CodeBlock { start: p.cast(), bytes };
            ptr::copy_nonoverlapping(code.as_ptr(), block.start, code.len());
            (libc::mprotect(p, bytes, run) == 0).then_some(block)
        }
    }

    /// The first instruction.
    pub fn start(&self) -> *const u8 {
        self.start
    }

    /// What it takes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for CodeBlock {
    fn drop(&mut self) {
        // SAFETY: the mapping is this block's, and its owner has seen to it that nobody runs the code any more.
        unsafe { libc::munmap(self.start.cast(), self.bytes) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_runs_and_cannot_be_written() {
        // mov eax, edi; add eax, 1; ret
        let code: &[u8] = &[0x89, 0xF8, 0x83, 0xC0, 0x01, 0xC3];
        let block = CodeBlock::new(code).expect("the system lets programs make code");
        assert_eq!(block.bytes(), PAGE);
        if cfg!(target_arch = "x86_64") {
            // SAFETY: the bytes are a function of this type for this processor.
            let f: extern "C" fn(i32) -> i32 = unsafe { std::mem::transmute(block.start()) };
            assert_eq!(f(41), 42);
        }
        let maps = std::fs::read_to_string("/proc/self/maps").expect("the system tells mappings");
        let begin = format!("{:x}-", block.start() as usize);
        let line = maps.lines().find(|line| line.starts_with(&begin)).expect("the block is mapped");
        assert!(line.contains(" r-xp "), "{line}");
    }
}
