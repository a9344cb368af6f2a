//! The module `_protopython`: what only this implementation can tell. The package `protopython` shows it.

use engine::prelude::*;
use proto_core::memory;

/// `memory()`: what the heaps hold.
fn memory_figures(cx: &mut Ctx, _args: Args) -> PyResult {
    let usage = cx.core().usage();
    let stats = cx.rt.space.stats();
    let out = Dict::new(cx);
    let figures = [
        ("live", usage.live),
        ("shared", usage.shared),
        ("held", usage.held),
        ("kept", usage.kept),
        ("resident", proto_core::os::occupied().unwrap_or(0)),
        ("limit", memory::limit()),
    ];
    for (name, bytes) in figures {
        let bytes = int::from_u64(cx, bytes as u64);
        out.set_str(cx, cx.intern(name.as_bytes()), bytes);
    }
    let local = Dict::new(cx);
    for (ident, bytes) in usage.local {
        let (ident, bytes) = (int::from_u64(cx, ident), int::from_u64(cx, bytes as u64));
        protocol::setitem(cx, local.value(), ident, bytes)?;
    }
    out.set_str(cx, cx.intern(b"local"), local.value());
    let pauses = Dict::new(cx);
    for (name, histogram) in [("minor", &stats.minor), ("full", &stats.full), ("global", &stats.global)] {
        let counts = List::new(cx);
        for (end, n) in histogram.counts() {
            let pair = [int::from_u64(cx, end), int::from_u64(cx, n)];
            counts.push(cx, Tuple::new(cx, &pair));
        }
        pauses.set_str(cx, cx.intern(name.as_bytes()), counts.value());
    }
    out.set_str(cx, cx.intern(b"pauses"), pauses.value());
    Ok(out.value())
}

/// `_protopython`
pub static PROTOPYTHON: ModuleDef = ModuleDef {
    doc: "What only ProtoPython can tell.",
    functions: &[NativeDef::new(
        "memory",
        "($module, /)",
        memory_figures,
        "What the heaps of this process hold, in bytes, as a dict.\n\n\
         live: objects, the dead that no collection has found yet among them;\n\
         shared: those of them that other threads may see;\n\
         local: by thread identity, those that only one thread can see;\n\
         held: memory that heaps have taken for objects;\n\
         kept: free memory that waits a while for the next who wants some;\n\
         resident: what the process occupies, other than files;\n\
         limit: what it may occupy;\n\
         pauses: by kind of collection, how many took less than so many nanoseconds\n\
         (and not less than the entry before), as a list of (nanoseconds, count).",
    )],
    ..ModuleDef::new("_protopython")
};
