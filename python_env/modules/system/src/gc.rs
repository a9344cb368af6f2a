//! The module `gc`. Thresholds and debugging flags are kept, but a tracing collector decides by itself.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use engine::code_rt;
use engine::prelude::*;

use crate::convert::{c_int, int_tuple};

static ENABLED: AtomicBool = AtomicBool::new(true);
static DEBUG: AtomicI64 = AtomicI64::new(0);
static THRESHOLDS: [AtomicI64; 3] = [AtomicI64::new(2000), AtomicI64::new(10), AtomicI64::new(0)];
static COLLECTIONS: AtomicI64 = AtomicI64::new(0);
static COLLECTED: AtomicI64 = AtomicI64::new(0);

fn callbacks(cx: &mut Ctx, phase: &str, collected: usize) -> Res<()> {
    let module = crate::import::import(cx, "gc")?;
    let list = protocol::getattr(cx, module, cx.intern(b"callbacks"))?;
    let Some(list) = List::of_sub(cx, list) else { return Ok(()) };
    if list.len() == 0 {
        return Ok(());
    }
    let info = Dict::new(cx);
    for (name, n) in [("generation", 2), ("collected", collected), ("uncollectable", 0)] {
        info.set_str(cx, cx.intern(name.as_bytes()), int::from_usize(cx, n));
    }
    let phase = Str::new(cx, phase);
    let list = list.copy(cx);
    for f in list.items() {
        if let Err(r) = protocol::call(cx, f, &[phase, info.value()]) {
            let exc = cx.take(r);
            crate::hooks::unraisable(cx, exc, "Exception ignored while calling GC callback", f);
        }
    }
    Ok(())
}

/// `collect(generation=2)`: always a full collection. The number is of objects of this thread alone that only a collector can
/// free: those in cycles and what they held.
fn collect(cx: &mut Ctx, args: Args) -> PyResult {
    if let Some(v) = args.get(0) {
        let generation = c_int(cx, v)?;
        if !(0..=2).contains(&generation) {
            return Err(cx.value_error("invalid generation"));
        }
    }
    callbacks(cx, "start", 0)?;
    cx.count_cyclic_next();
    cx.collect_garbage()?;
    let n = cx.counted_cyclic();
    COLLECTIONS.fetch_add(1, Ordering::Relaxed);
    COLLECTED.fetch_add(n as i64, Ordering::Relaxed);
    callbacks(cx, "stop", n)?;
    Ok(int::from_usize(cx, n))
}

fn enable(_cx: &mut Ctx, _args: Args) -> PyResult {
    ENABLED.store(true, Ordering::Relaxed);
    Ok(Value::NONE)
}

/// Memory is only ever freed by collections, so this is a wish that `isenabled` remembers.
fn disable(_cx: &mut Ctx, _args: Args) -> PyResult {
    ENABLED.store(false, Ordering::Relaxed);
    Ok(Value::NONE)
}

fn isenabled(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::bool(ENABLED.load(Ordering::Relaxed)))
}

fn get_debug(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int::from_i64(cx, DEBUG.load(Ordering::Relaxed)))
}

fn set_debug(cx: &mut Ctx, args: Args) -> PyResult {
    let flags = c_int(cx, args[0])?;
    DEBUG.store(flags.into(), Ordering::Relaxed);
    Ok(Value::NONE)
}

fn get_threshold(cx: &mut Ctx, _args: Args) -> PyResult {
    let now = [0, 1, 2].map(|i: usize| THRESHOLDS[i].load(Ordering::Relaxed));
    Ok(int_tuple(cx, &now))
}

fn set_threshold(cx: &mut Ctx, args: Args) -> PyResult {
    for (i, slot) in THRESHOLDS.iter().enumerate() {
        if let Some(v) = args.get(i) {
            let n = c_int(cx, v)?;
            slot.store(n.into(), Ordering::Relaxed);
        }
    }
    Ok(Value::NONE)
}

fn get_count(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int_tuple(cx, &[0, 0, 0]))
}

fn get_stats(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for generation in 0..3 {
        let d = Dict::new(cx);
        let of_oldest = |count: &AtomicI64| if generation == 2 { count.load(Ordering::Relaxed) } else { 0 };
        let (n, collected) = (of_oldest(&COLLECTIONS), of_oldest(&COLLECTED));
        for (name, n) in [("collections", n), ("collected", collected), ("uncollectable", 0)] {
            let n = int::from_i64(cx, n);
            d.set_str(cx, cx.intern(name.as_bytes()), n);
        }
        list.push(cx, d.value());
    }
    Ok(list.value())
}

/// `get_objects(generation=None)`: containers that this thread has made. Objects are not kept by generation: the oldest has all.
/// What is dead is collected first: who counts objects to find what leaks expects those that are still held.
fn get_objects(cx: &mut Ctx, args: Args) -> PyResult {
    let generation = match args.get(0).filter(|v| !v.is_none()) {
        Some(v) if types::type_of(cx, v).is_subtype(cx.types.int) => c_int(cx, v)?,
        Some(v) => {
            let name = types::type_name(cx, v);
            return Err(cx.type_error(format!("argument should be integer or None, not '{name}'")));
        }
        None => -1,
    };
    if generation >= 3 {
        let text = "generation parameter must be less than the number of available generations (3)";
        return Err(cx.value_error(text));
    }
    if generation < -1 {
        return Err(cx.value_error("generation parameter cannot be negative"));
    }
    audit::tell(cx, "gc.get_objects", &[Value::small(generation)])?;
    let out = List::new(cx);
    if matches!(generation, -1 | 2) {
        cx.collect_garbage()?;
        let (objects, states) = (cx.survey(), states(cx));
        let (heap, own): (&Heap, _) = (cx, out.value());
        let public = |v: Value| v != own && !states.contains(&v) && is_public(heap, v);
        for &v in objects.iter().filter(|&&v| is_container(v) && public(v)) {
            note_named(v);
            out.push(cx, v);
        }
    }
    Ok(out.value())
}

/// `get_referrers(*objs)`: containers that this thread has made and that hold one of the objects.
fn get_referrers(cx: &mut Ctx, args: Args) -> PyResult {
    audit::tell(cx, "gc.get_referrers", &[args[0]])?;
    cx.collect_garbage()?;
    let out = List::new(cx);
    let Some(objs) = Tuple::of(args[0]) else { return Ok(out.value()) };
    let mut targets = RootVec::new(cx);
    for v in objs.items() {
        targets.push(v);
    }
    let (holders, states) = (cx.referrers(&targets), states(cx));
    let heap: &Heap = cx;
    for &v in holders.iter().filter(|&&v| v != args[0] && !states.contains(&v) && is_public(heap, v)) {
        note_named(v);
        out.push(cx, v);
    }
    let codes: Vec<_> = targets.iter().filter_map(|&v| code_rt::object::runtime_code(cx, v)).collect();
    let heap_types = targets.iter().any(|&v| Type::of(v).is_some_and(|t| t.is_heap()));
    if codes.is_empty() && !heap_types {
        return Ok(out.value());
    }
    // An instance names its class by its shape, a function its code by an address: neither is a word that the walk finds.
    let (objects, own, heap): (_, _, &Heap) = (cx.survey(), out.value(), cx);
    let names = |v: Value| match objects::Function::of(v) {
        Some(f) => codes.iter().any(|&code| std::ptr::eq(f.callee().code(), code)),
        None => heap_types && targets.contains(&types::type_of(heap, v).value()),
    };
    let public = |v: Value| v != own && !states.contains(&v) && is_container(v) && is_public(heap, v);
    for &v in objects.iter().filter(|&&v| public(v) && names(v) && !holders.contains(&v)) {
        note_named(v);
        out.push(cx, v);
    }
    Ok(out.value())
}

/// The program gets hold of the object, which may be a generator that a loop had for itself.
fn note_named(v: Value) {
    if let Some(g) = objects::Generator::of(v) {
        g.named_elsewhere();
    }
}

/// `get_referents(*objs)`: what containers hold, instances have as attributes and other objects refer to.
fn get_referents(cx: &mut Ctx, args: Args) -> PyResult {
    audit::tell(cx, "gc.get_referents", &[args[0]])?;
    let out = List::new(cx);
    let Some(objs) = Tuple::of(args[0]) else { return Ok(out.value()) };
    for v in objs.items() {
        if let Some(l) = List::of_sub(cx, v) {
            for item in l.items() {
                out.push(cx, item);
            }
        } else if let Some(t) = Tuple::of_sub(cx, v) {
            for item in t.items() {
                out.push(cx, item);
            }
        } else if let Some(d) = Dict::of_sub(cx, v) {
            // Keys that are all strings are taken for names, which hold nothing.
            let (mut pos, mut names) = (0, true);
            while let Some((next, key, _)) = d.next_entry(pos) {
                pos = next;
                names &= Str::of(key).is_some();
            }
            pos = 0;
            while let Some((next, key, value)) = d.next_entry(pos) {
                pos = next;
                out.push(cx, value);
                if !names {
                    out.push(cx, key);
                }
            }
        } else if let Some(s) = objects::Set::of_sub(cx, v) {
            let mut pos = 0;
            while let Some((next, item)) = s.next_entry(pos) {
                pos = next;
                out.push(cx, item);
            }
        } else {
            if let Some(f) = objects::Function::of(v) {
                let code = code_rt::object::of_function(cx, f);
                out.push(cx, code);
            }
            let held = cx.referents(v);
            for &held in held.iter().filter(|h| !Obj::of(v).is_some_and(|o| is_attribute(cx, o, **h))) {
                note_named(held);
                out.push(cx, held);
            }
        }
        if let Some(obj) = Obj::of(v) {
            if let Some(dict) = obj.each_attr(cx, |_, value| out.push(cx, value)) {
                out.push(cx, dict.value());
            }
            let ty = types::type_of(cx, v);
            if ty.is_heap() {
                out.push(cx, ty.value());
            }
        }
    }
    let (public, heap): (_, &Heap) = (List::new(cx), cx);
    for v in out.items().filter(|&v| is_public(heap, v)) {
        public.push(heap, v);
    }
    Ok(public.value())
}

/// Whether an attribute has this value, or it is the dict that holds the attributes.
fn is_attribute(cx: &Ctx, obj: Obj, value: Value) -> bool {
    let mut found = false;
    obj.each_attr(cx, |_, v| found |= v == value).map_or(found, |dict| dict.value() == value)
}

/// Whether values of this kind hold others.
fn is_container(v: Value) -> bool {
    v.kind().is_some_and(|k| !matches!(k, Kind::Str | Kind::Bytes | Kind::Float | Kind::BigInt))
}

/// What the thread and the process keep for native modules: what lies below is no program's business.
fn states(cx: &Ctx) -> [Value; 2] {
    [cx.local_state().value(), crate::lifecycle::state(cx).value()]
}

/// Whether a program may see it: containers of the runtime's own may hold objects without a type, or nothing at a place.
fn is_public(heap: &Heap, v: Value) -> bool {
    let typed = |v: Value| match v.kind() {
        None => !v.is_empty(),
        Some(Kind::Internal) => false,
        Some(_) => Type::of(types::type_of(heap, v).value()).is_some(),
    };
    let whole = match (List::of(v), Tuple::of(v)) {
        (Some(l), _) => l.items().all(typed),
        (_, Some(t)) => t.items().all(typed),
        _ => Dict::of(v).is_none_or(|d| {
            let (mut pos, mut whole) = (0, true);
            while let Some((next, key, value)) = d.next_entry(pos) {
                pos = next;
                whole &= typed(key) && typed(value);
            }
            whole
        }),
    };
    whole && typed(v)
}

fn is_tracked(_cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(is_container(args[0])))
}

fn is_finalized(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::FALSE)
}

fn nothing(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::NONE)
}

fn zero(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::small(0))
}

/// `sys._gc_pauses()`: how many local and global collections took 2**i to 2**(i+1) microseconds, by i.
pub fn pauses(cx: &mut Ctx, _args: Args) -> PyResult {
    let stats = cx.rt.space.stats();
    let out = Dict::new(cx);
    for (name, histogram) in [("local", stats.local()), ("global", stats.global)] {
        let counts = List::new(cx);
        for n in histogram.by_power() {
            let n = int::from_u64(cx, n);
            counts.push(cx, n);
        }
        out.set_str(cx, cx.intern(name.as_bytes()), counts.value());
    }
    Ok(out.value())
}

/// `sys._gc_own_pauses()`: how many pauses this thread had, by length: `{"wall": [end, count, ...], "cpu": [...]}`, the
/// ends in nanoseconds. `cpu` counts local collections' processor time, where it is measured.
pub fn own_pauses(cx: &mut Ctx, _args: Args) -> PyResult {
    let stats = cx.core().stats();
    let out = Dict::new(cx);
    for (name, histogram) in [("wall", stats.own()), ("cpu", stats.local_cpu)] {
        let counts = List::new(cx);
        for (end, n) in histogram.counts() {
            for n in [end, n] {
                let n = int::from_u64(cx, n);
                counts.push(cx, n);
            }
        }
        out.set_str(cx, cx.intern(name.as_bytes()), counts.value());
    }
    Ok(out.value())
}

/// `sys._gc_stats()`: `{kind: {figure: value}}` for the pauses of all threads (`local`, `local_cpu` where processor time is
/// measured, `global`) and of this one (`own`, `own_cpu`) in microseconds, for the parts of the last global one, and for
/// the heap (bytes).
pub fn stats(cx: &mut Ctx, _args: Args) -> PyResult {
    fn add(cx: &mut Ctx, out: Dict, kind: &str, figures: &[(&str, f64)]) {
        let dict = Dict::new(cx);
        for &(name, figure) in figures {
            let v = float::new(cx, figure);
            dict.set_str(cx, cx.intern(name.as_bytes()), v);
        }
        out.set_str(cx, cx.intern(kind.as_bytes()), dict.value());
    }
    let us = |ns: u64| ns as f64 / 1000.0;
    let stats = cx.rt.space.stats();
    let own = cx.core().stats();
    let out = Dict::new(cx);
    let kinds = [
        ("local", &stats.local()),
        ("local_cpu", &stats.local_cpu),
        ("global", &stats.global),
        ("own", &own.own()),
        ("own_cpu", &own.local_cpu),
    ];
    for (name, h) in kinds {
        let figures = [
            ("count", h.count as f64),
            ("p50", us(h.quantile_ns(0.5))),
            ("p99", us(h.quantile_ns(0.99))),
            ("p99.9", us(h.quantile_ns(0.999))),
            ("max", us(h.max_ns)),
            ("total", us(h.total_ns)),
        ];
        add(cx, out, name, &figures);
    }
    let p = stats.last_global;
    let parts = [
        ("handshake", us(p.handshake)),
        ("roots", us(p.roots)),
        ("mark", us(p.mark)),
        ("weak", us(p.weak)),
        ("sweep", us(p.sweep)),
    ];
    add(cx, out, "last_global", &parts);
    let live = if stats.global.count > 0 { stats.live_bytes } else { own.live_bytes };
    let heap = [
        ("live", live as f64),
        ("held", cx.rt.space.held_bytes() as f64),
        ("promoted", (stats.promoted_bytes + own.promoted_bytes) as f64),
    ];
    add(cx, out, "heap", &heap);
    Ok(out.value())
}

/// What `PROTOPYTHON_DEBUG=jit` prints at exit: what the main thread has compiled.
pub fn report_jit(cx: &mut Ctx) {
    if cx.rt.space.config().report_jit {
        let text = cx.run.jit.report();
        crate::hooks::write_stderr(cx, &text);
    }
}

/// What `PROTOPYTHON_DEBUG=gc` prints at exit: the main thread's counters, and the pauses of all threads.
pub fn report(cx: &mut Ctx) {
    if !cx.rt.space.config().report {
        return;
    }
    let (own, all) = (cx.core().stats(), cx.rt.space.stats());
    let mut text = format!("gc: main thread\n{own}\ngc: all threads\n{all}\n");
    for (name, h) in [("minor", all.minor), ("full", all.full), ("global", all.global)] {
        let counts = h.by_power();
        if counts.is_empty() {
            continue;
        }
        text += &format!("gc: {name} pauses");
        for (i, n) in counts.iter().enumerate().filter(|(_, n)| **n != 0) {
            text += &format!(", {}-{} us: {n}", if i == 0 { 0 } else { 1u64 << i }, 2u64 << i);
        }
        text += "\n";
    }
    crate::hooks::write_stderr(cx, &text);
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    for name in ["garbage", "callbacks"] {
        let list = List::new(cx).value();
        cx.set_module_attr(module, name, list);
    }
    Ok(())
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `gc`
pub static GC: ModuleDef = ModuleDef {
    doc: "Access to the garbage collector.",
    functions: &[
        def("collect", "($module, /, generation=2)", collect).role(Role::Collects),
        def("enable", "($module, /)", enable),
        def("disable", "($module, /)", disable),
        def("isenabled", "($module, /)", isenabled),
        def("get_debug", "($module, /)", get_debug),
        def("set_debug", "($module, flags, /)", set_debug),
        def("get_threshold", "($module, /)", get_threshold),
        def("set_threshold", "(threshold0, threshold1=None, threshold2=None, /)", set_threshold),
        def("get_count", "($module, /)", get_count),
        def("get_stats", "($module, /)", get_stats),
        def("get_objects", "($module, /, generation=None)", get_objects).role(Role::Collects),
        def("get_referrers", "($module, /, *objs)", get_referrers).role(Role::Collects),
        def("get_referents", "($module, /, *objs)", get_referents),
        def("is_tracked", "($module, obj, /)", is_tracked),
        def("is_finalized", "($module, obj, /)", is_finalized),
        def("freeze", "($module, /)", nothing),
        def("unfreeze", "($module, /)", nothing),
        def("get_freeze_count", "($module, /)", zero),
    ],
    constants: &[
        ("DEBUG_STATS", Const::Int(1)),
        ("DEBUG_COLLECTABLE", Const::Int(2)),
        ("DEBUG_UNCOLLECTABLE", Const::Int(4)),
        ("DEBUG_SAVEALL", Const::Int(32)),
        ("DEBUG_LEAK", Const::Int(38)),
    ],
    init: Some(init),
    ..ModuleDef::new("gc")
};
