//! The program `protopython`.

#![forbid(unsafe_code)]

/// With a reserve, so that a program which has used all memory gets `MemoryError`.
#[global_allocator]
static ALLOCATOR: proto_core::memory::Allocator = proto_core::memory::Allocator;

fn main() {
    std::process::exit(python_env::cli::main());
}
