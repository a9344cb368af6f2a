//! The program `protopython`.

#![forbid(unsafe_code)]

/// With a reserve, so that a program which has used all memory gets `MemoryError`.
#[global_allocator]
static ALLOCATOR: proto_core::memory::Allocator = proto_core::memory::Allocator;

fn main() {
    // The dynamic linker has used the stack before: its hashes and halves of its pointers, in words that the frames to come
    // never write, would be taken for references into the heap.
    proto_core::clear_below::<6144>();
    std::process::exit(python_env::cli::main());
}
