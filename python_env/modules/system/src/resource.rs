//! The module `resource`.

use engine::prelude::*;
use rustix::process::{self as rp, Resource, Rlimit};

use crate::convert::{c_int, io_error, os_error};
use crate::descriptors;
use crate::os::process;

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

fn resource(cx: &mut Ctx, v: Value) -> Res<Resource> {
    Ok(match c_int(cx, v)? {
        0 => Resource::Cpu,
        1 => Resource::Fsize,
        2 => Resource::Data,
        3 => Resource::Stack,
        4 => Resource::Core,
        5 => Resource::Rss,
        6 => Resource::Nproc,
        7 => Resource::Nofile,
        8 => Resource::Memlock,
        9 => Resource::As,
        10 => Resource::Locks,
        11 => Resource::Sigpending,
        12 => Resource::Msgqueue,
        13 => Resource::Nice,
        14 => Resource::Rtprio,
        15 => Resource::Rttime,
        _ => return Err(cx.value_error("invalid resource specified")),
    })
}

fn limits(cx: &Ctx, l: &Rlimit) -> Value {
    let one = |n: Option<u64>| n.map_or(Value::small(-1), |n| int::from_u64(cx, n));
    let items = [one(l.current), one(l.maximum)];
    Tuple::new(cx, &items)
}

fn getrlimit(cx: &mut Ctx, args: Args) -> PyResult {
    let which = resource(cx, args[0])?;
    let now = rp::getrlimit(which);
    Ok(limits(cx, &now))
}

/// One end of a pair of limits: -1 and the greatest number stand for "no limit".
fn limit(cx: &mut Ctx, v: Value) -> Res<Option<u64>> {
    let n = protocol::index_value(cx, v)?;
    match int::to_i128(n).map(|n| (n, u64::try_from(n))) {
        Some((-1, _)) | Some((_, Ok(u64::MAX))) => Ok(None),
        Some((_, Ok(n))) => Ok(Some(n)),
        _ if int::sign(n) < 0 => Err(cx.value_error("Cannot convert negative int")),
        _ => Err(cx.overflow_error("Python int too large to convert to C rlim_t")),
    }
}

/// What a program gives as limits.
fn wanted(cx: &mut Ctx, v: Value) -> Res<Rlimit> {
    let pair = protocol::tuple_of(cx, v)?;
    if pair.len() != 2 {
        return Err(cx.value_error("expected a tuple of 2 integers"));
    }
    let mut ends = [None; 2];
    for (i, end) in ends.iter_mut().enumerate() {
        *end = limit(cx, pair.get(i))?;
    }
    Ok(Rlimit { current: ends[0], maximum: ends[1] })
}

/// Tells who reckons with a limit of this process that it is another.
fn changed(cx: &mut Ctx, which: Resource) {
    match which {
        Resource::As | Resource::Data => cx.core().limits_changed(),
        _ => descriptors::limit_changed(),
    }
}

fn setrlimit(cx: &mut Ctx, args: Args) -> PyResult {
    let which = resource(cx, args[0])?;
    audit::tell(cx, "resource.setrlimit", &[args[0], args[1]])?;
    let new = wanted(cx, args[1])?;
    match rp::setrlimit(which, new) {
        Ok(()) => {
            changed(cx, which);
            Ok(Value::NONE)
        }
        Err(rustix::io::Errno::INVAL) => Err(cx.value_error("current limit exceeds maximum limit")),
        Err(rustix::io::Errno::PERM) => Err(cx.value_error("not allowed to raise maximum limit")),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn prlimit(cx: &mut Ctx, args: Args) -> PyResult {
    let pid = c_int(cx, args[0])?;
    let which = resource(cx, args[1])?;
    let new = args.get(2).filter(|v| !v.is_empty() && !v.is_none());
    audit::tell(cx, "resource.prlimit", &[args[0], args[1], new.unwrap_or(Value::NONE)])?;
    let new = new.map(|v| wanted(cx, v)).transpose()?;
    let words = |l: Rlimit| [l.current.unwrap_or(u64::MAX), l.maximum.unwrap_or(u64::MAX)];
    match process::prlimit(pid, which as u32, new.map(words)) {
        Ok(old) => {
            if new.is_some() && (pid == 0 || pid as u32 == std::process::id()) {
                changed(cx, which);
            }
            let [current, maximum] = old.map(|n| (n != u64::MAX).then_some(n));
            Ok(limits(cx, &Rlimit { current, maximum }))
        }
        Err(e) if e.raw_os_error() == Some(rustix::io::Errno::INVAL.raw_os_error()) => {
            Err(cx.value_error("current limit exceeds maximum limit"))
        }
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn getrusage(cx: &mut Ctx, args: Args) -> PyResult {
    let who = c_int(cx, args[0])?;
    match crate::os::process::getrusage(who) {
        Ok(u) => Ok(crate::posix::process::rusage(cx, &u)),
        Err(_) => Err(cx.value_error("invalid who parameter")),
    }
}

fn getpagesize(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(int::from_usize(cx, rustix::param::page_size()))
}

fn resource_init(cx: &mut Ctx, module: Value) -> Res<()> {
    let error = cx.types.exc(Exc::OSError).value();
    cx.set_module_attr(module, "error", error);
    Ok(())
}

/// `resource`
pub static RESOURCE: ModuleDef = ModuleDef {
    doc: "Resource limits and usage.",
    functions: &[
        def("getrlimit", "($module, resource, /)", getrlimit),
        def("setrlimit", "($module, resource, limits, /)", setrlimit),
        def("prlimit", "($module, pid, resource, limits=None, /)", prlimit),
        def("getrusage", "($module, who, /)", getrusage),
        def("getpagesize", "($module, /)", getpagesize),
    ],
    constants: &[
        ("RLIMIT_CPU", Const::Int(0)),
        ("RLIMIT_FSIZE", Const::Int(1)),
        ("RLIMIT_DATA", Const::Int(2)),
        ("RLIMIT_STACK", Const::Int(3)),
        ("RLIMIT_CORE", Const::Int(4)),
        ("RLIMIT_RSS", Const::Int(5)),
        ("RLIMIT_NPROC", Const::Int(6)),
        ("RLIMIT_NOFILE", Const::Int(7)),
        ("RLIMIT_OFILE", Const::Int(7)),
        ("RLIMIT_MEMLOCK", Const::Int(8)),
        ("RLIMIT_AS", Const::Int(9)),
        ("RLIMIT_SIGPENDING", Const::Int(11)),
        ("RLIMIT_MSGQUEUE", Const::Int(12)),
        ("RLIMIT_NICE", Const::Int(13)),
        ("RLIMIT_RTPRIO", Const::Int(14)),
        ("RLIMIT_RTTIME", Const::Int(15)),
        ("RLIM_INFINITY", Const::Int(-1)),
        ("RUSAGE_SELF", Const::Int(0)),
        ("RUSAGE_CHILDREN", Const::Int(-1)),
        ("RUSAGE_THREAD", Const::Int(1)),
    ],
    types: &[&crate::posix::process::STRUCT_RUSAGE],
    init: Some(resource_init),
    ..ModuleDef::new("resource")
};
