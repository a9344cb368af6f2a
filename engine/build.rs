//! Chooses the form of the interpreter's dispatch: handlers end in a tail jump only when the compiler optimizes, so
//! that opt-level 0 gets a loop around a table call instead.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(tail_dispatch)");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    if level != "0" {
        println!("cargo::rustc-cfg=tail_dispatch");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
