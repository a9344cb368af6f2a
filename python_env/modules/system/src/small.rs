//! Small modules: `pwd`, `grp`, `fcntl`, `resource`, `_sysconfig`, `_suggestions`, `_tracemalloc`.

use engine::prelude::*;
use rustix::process::{self as rp, Resource, Rlimit};

use crate::descriptors;
use crate::os::{fd as raw, user};
use crate::structseq;
use crate::structseq::make;
use crate::util::{bytes_like, c_int, c_long, fs_decode, fs_encode, id_arg, io_error, os_error, type_name, waiting};

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

// --- pwd ---

structseq!(StructPasswd, STRUCT_PASSWD, "pwd", "struct_passwd", new, visible 7,
    all ["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"],
    shown ["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"],
    [0 "pw_name", 1 "pw_passwd", 2 "pw_uid", 3 "pw_gid", 4 "pw_gecos", 5 "pw_dir", 6 "pw_shell"]);

fn passwd(cx: &mut Ctx, u: &user::User) -> Value {
    let fields = [
        fs_decode(cx, &u.name),
        fs_decode(cx, &u.passwd),
        int::from_i64(cx, u.ids[0].into()),
        int::from_i64(cx, u.ids[1].into()),
        fs_decode(cx, &u.gecos),
        fs_decode(cx, &u.dir),
        fs_decode(cx, &u.shell),
    ];
    make::<StructPasswd>(cx, &fields)
}

fn getpwuid(cx: &mut Ctx, args: Args) -> PyResult {
    let uid = match id_arg(cx, args[0], "uid") {
        Ok(uid) => uid,
        // Numbers that are no user's at all.
        Err(r) if cx.matches(&r, Exc::OverflowError) => {
            cx.clear(r);
            return not_found(cx, "getpwuid(): uid not found");
        }
        Err(r) => return Err(r),
    };
    match user::user_by_id(uid) {
        Ok(Some(u)) => Ok(passwd(cx, &u)),
        Ok(None) => not_found(cx, &format!("getpwuid(): uid not found: {}", shown_id(uid))),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn getpwnam(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "getpwnam() argument")?;
    match user::user_by_name(&name) {
        Ok(Some(u)) => Ok(passwd(cx, &u)),
        Ok(None) => {
            let shown = protocol::repr_lossy(cx, args[0]);
            not_found(cx, &format!("getpwnam(): name not found: {shown}"))
        }
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// The number of a user or group as messages have it: the last one is -1.
fn shown_id(id: u32) -> i64 {
    if id == u32::MAX { -1 } else { i64::from(id) }
}

/// The bytes of a name to look up.
fn name_arg(cx: &mut Ctx, v: Value, what: &str) -> Res<Vec<u8>> {
    if Str::of_sub(cx, v).is_none() {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("{what} must be str, not {ty}")));
    }
    let name = fs_encode(cx, v)?;
    if name.contains(&0) {
        return Err(cx.value_error("embedded null byte"));
    }
    Ok(name)
}

fn not_found(cx: &mut Ctx, text: &str) -> PyResult {
    let text = Str::new(cx, text);
    Err(cx.key_error(text))
}

fn getpwall(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for u in user::all_users() {
        let entry = passwd(cx, &u);
        list.push(cx, entry);
    }
    Ok(list.value())
}

/// `pwd`
pub static PWD: ModuleDef = ModuleDef {
    doc: "The user database.",
    functions: &[
        def("getpwuid", "($module, uidobj, /)", getpwuid),
        def("getpwnam", "($module, name, /)", getpwnam),
        def("getpwall", "($module, /)", getpwall),
    ],
    types: &[&STRUCT_PASSWD],
    ..ModuleDef::new("pwd")
};

// --- grp ---

structseq!(StructGroup, STRUCT_GROUP, "grp", "struct_group", new, visible 4,
    all ["gr_name", "gr_passwd", "gr_gid", "gr_mem"], shown ["gr_name", "gr_passwd", "gr_gid", "gr_mem"],
    [0 "gr_name", 1 "gr_passwd", 2 "gr_gid", 3 "gr_mem"]);

/// A group of the local file: name, password, number, members.
type Group = (Vec<u8>, Vec<u8>, u32, Vec<Vec<u8>>);

fn groups() -> Vec<Group> {
    let text = std::fs::read("/etc/group").unwrap_or_default();
    text.split(|&b| b == b'\n')
        .filter_map(|line| {
            let mut fields = line.split(|&b| b == b':').map(<[u8]>::to_vec);
            let (name, passwd) = (fields.next().filter(|n| !n.is_empty())?, fields.next()?);
            let gid = std::str::from_utf8(&fields.next()?).ok()?.parse().ok()?;
            let members = fields.next().unwrap_or_default();
            let members = members.split(|&b| b == b',').filter(|m| !m.is_empty()).map(<[u8]>::to_vec).collect();
            Some((name, passwd, gid, members))
        })
        .collect()
}

fn group(cx: &mut Ctx, g: &Group) -> Value {
    let members = List::new(cx);
    for m in &g.3 {
        let m = fs_decode(cx, m);
        members.push(cx, m);
    }
    let fields = [fs_decode(cx, &g.0), fs_decode(cx, &g.1), int::from_i64(cx, g.2.into()), members.value()];
    make::<StructGroup>(cx, &fields)
}

fn getgrgid(cx: &mut Ctx, args: Args) -> PyResult {
    let gid = id_arg(cx, args[0], "gid")?;
    match groups().iter().find(|g| g.2 == gid) {
        Some(g) => Ok(group(cx, g)),
        None => not_found(cx, &format!("getgrgid(): gid not found: {}", shown_id(gid))),
    }
}

fn getgrnam(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "getgrnam() argument 'name'")?;
    match groups().iter().find(|g| g.0 == name) {
        Some(g) => Ok(group(cx, g)),
        None => {
            let shown = protocol::repr_lossy(cx, args[0]);
            not_found(cx, &format!("getgrnam(): name not found: {shown}"))
        }
    }
}

fn getgrall(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for g in groups() {
        let entry = group(cx, &g);
        list.push(cx, entry);
    }
    Ok(list.value())
}

/// `grp`
pub static GRP: ModuleDef = ModuleDef {
    doc: "The group database.",
    functions: &[
        def("getgrgid", "($module, /, id)", getgrgid),
        def("getgrnam", "($module, /, name)", getgrnam),
        def("getgrall", "($module, /)", getgrall),
    ],
    types: &[&STRUCT_GROUP],
    ..ModuleDef::new("grp")
};

// --- fcntl ---

/// A descriptor or an object with `fileno()`.
pub fn fileno(cx: &mut Ctx, v: Value) -> Res<i32> {
    let v = if int::is_sub(cx, v) {
        v
    } else {
        match protocol::getattr_opt(cx, v, cx.names.fileno)? {
            Some(method) => protocol::call(cx, method, &[])?,
            None => return Err(cx.type_error("argument must be an int, or have a fileno() method.")),
        }
    };
    let n = c_int(cx, v)?;
    if n < 0 {
        return Err(cx.value_error(format!("file descriptor cannot be a negative integer ({n})")));
    }
    Ok(n)
}

fn small_buffer(cx: &mut Ctx, v: Value, what: &str) -> Res<(usize, [u8; 1024])> {
    let bytes = match Str::of_sub(cx, v) {
        Some(s) => s.as_bytes().to_vec(),
        None => bytes_like(cx, v)?,
    };
    let mut data = [0; 1024];
    match data.get_mut(..bytes.len()) {
        Some(head) => head.copy_from_slice(&bytes),
        None => return Err(cx.value_error(format!("{what} argument 3 is too long"))),
    }
    Ok((bytes.len(), data))
}

fn fcntl(cx: &mut Ctx, args: Args) -> PyResult {
    let (fd, command) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    audit::tell(cx, "fcntl.fcntl", &[Value::small(fd), Value::small(command), args.or(2, Value::NONE)])?;
    let argument = args.or(2, Value::small(0));
    if int::is_sub(cx, argument) {
        let n = c_long(cx, argument)?;
        let copies = matches!(command, libc::F_DUPFD | libc::F_DUPFD_CLOEXEC);
        let r = match copies && n <= 0 {
            true => descriptors::make(cx, || raw::fcntl(fd, command, n))?,
            // A number from where the caller says tells nothing of how many there are.
            false if copies => descriptors::passing(cx, || raw::fcntl(fd, command, n))?,
            false => waiting(cx, || raw::fcntl(fd, command, n))?,
        };
        return match r {
            Ok(n) => Ok(Value::small(n)),
            Err(e) => Err(os_error(cx, e)),
        };
    }
    let (n, mut data) = small_buffer(cx, argument, "fcntl")?;
    match waiting(cx, || raw::fcntl_bytes(fd, command, &mut data))? {
        Ok(_) => Bytes::wish(cx, &data[..n]),
        Err(e) => Err(os_error(cx, e)),
    }
}

fn ioctl(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[0])?;
    let request = protocol::index(cx, args[1])? as u64;
    audit::tell(cx, "fcntl.ioctl", &[Value::small(fd), args[1], args.or(2, Value::NONE)])?;
    let argument = args.or(2, Value::small(0));
    if int::is_sub(cx, argument) {
        let n = c_long(cx, argument)?;
        return match waiting(cx, || raw::ioctl(fd, request, n))? {
            Ok(n) => Ok(Value::small(n)),
            Err(e) => Err(os_error(cx, e)),
        };
    }
    let (n, mut data) = small_buffer(cx, argument, "ioctl")?;
    let result = match waiting(cx, || raw::ioctl_bytes(fd, request, &mut data))? {
        Ok(result) => result,
        Err(e) => return Err(os_error(cx, e)),
    };
    let mutate = args.truth_or(cx, 3, true)?;
    if mutate && Bytes::of_sub(cx, argument).is_none() && Str::of_sub(cx, argument).is_none() {
        let view = protocol::buffer::get_buffer(cx, argument, protocol::buffer::WRITABLE)?;
        view.write(0, &data[..n]);
        view.release(cx);
        return Ok(Value::small(result));
    }
    Bytes::wish(cx, &data[..n])
}

fn flock(cx: &mut Ctx, args: Args) -> PyResult {
    use rustix::fs::FlockOperation as Op;
    let (fd, operation) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    audit::tell(cx, "fcntl.flock", &[Value::small(fd), Value::small(operation)])?;
    let wait = operation & libc::LOCK_NB == 0;
    let operation = match operation & !libc::LOCK_NB {
        libc::LOCK_SH if wait => Op::LockShared,
        libc::LOCK_SH => Op::NonBlockingLockShared,
        libc::LOCK_EX if wait => Op::LockExclusive,
        libc::LOCK_EX => Op::NonBlockingLockExclusive,
        libc::LOCK_UN => Op::Unlock,
        _ => return Err(cx.os_error(libc::EINVAL, None)),
    };
    let r = waiting(cx, || rustix::fs::flock(raw::borrow(fd)?, operation))?;
    crate::util::done(cx, r)
}

fn lockf(cx: &mut Ctx, args: Args) -> PyResult {
    let (fd, operation) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    let parts = [2, 3, 4].map(|i| args.or(i, if i == 4 { Value::small(0) } else { Value::NONE }));
    audit::tell(cx, "fcntl.lockf", &[Value::small(fd), Value::small(operation), parts[0], parts[1], parts[2]])?;
    let len = args.get(2).map_or(Ok(0), |v| c_long(cx, v))?;
    let start = args.get(3).map_or(Ok(0), |v| c_long(cx, v))?;
    let whence = args.get(4).map_or(Ok(0), |v| c_int(cx, v))?;
    let kind = match operation & !libc::LOCK_NB {
        libc::LOCK_SH => libc::F_RDLCK,
        libc::LOCK_EX => libc::F_WRLCK,
        libc::LOCK_UN => libc::F_UNLCK,
        _ => return Err(cx.value_error("unrecognized lockf argument")),
    };
    let command = if operation & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
    let r = waiting(cx, || raw::record_lock(fd, command, kind, whence, start, len))?;
    crate::util::done(cx, r)
}

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), Const::Int(libc::$name as i64))),*] };
}

/// `fcntl`
pub static FCNTL: ModuleDef = ModuleDef {
    doc: "File control and I/O control on descriptors.",
    functions: &[
        def("fcntl", "($module, fd, cmd, arg=0, /)", fcntl),
        def("ioctl", "($module, fd, request, arg=0, mutate_flag=True, /)", ioctl),
        def("flock", "($module, fd, operation, /)", flock),
        def("lockf", "($module, fd, cmd, len=0, start=0, whence=0, /)", lockf),
    ],
    constants: numbers! {
        FD_CLOEXEC F_DUPFD F_DUPFD_CLOEXEC F_GETFD F_GETFL F_GETLK F_GETOWN F_GETPIPE_SZ F_RDLCK F_SETFD
        F_SETFL F_SETLK F_SETLKW F_SETOWN F_SETPIPE_SZ F_UNLCK F_WRLCK F_GET_SEALS F_ADD_SEALS F_SEAL_GROW
        F_SEAL_SEAL F_SEAL_SHRINK F_SEAL_WRITE LOCK_EX LOCK_NB LOCK_SH LOCK_UN
    },
    ..ModuleDef::new("fcntl")
};

// --- resource ---

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

fn setrlimit(cx: &mut Ctx, args: Args) -> PyResult {
    let which = resource(cx, args[0])?;
    audit::tell(cx, "resource.setrlimit", &[args[0], args[1]])?;
    let pair = protocol::tuple_of(cx, args[1])?;
    if pair.len() != 2 {
        return Err(cx.value_error("expected a tuple of 2 integers"));
    }
    let mut ends = [None; 2];
    for (i, end) in ends.iter_mut().enumerate() {
        *end = limit(cx, pair.get(i))?;
    }
    match rp::setrlimit(which, Rlimit { current: ends[0], maximum: ends[1] }) {
        Ok(()) => {
            match which {
                Resource::As | Resource::Data => cx.core().limits_changed(),
                _ => descriptors::limit_changed(),
            }
            Ok(Value::NONE)
        }
        Err(rustix::io::Errno::INVAL) => Err(cx.value_error("current limit exceeds maximum limit")),
        Err(rustix::io::Errno::PERM) => Err(cx.value_error("not allowed to raise maximum limit")),
        Err(e) => Err(os_error(cx, e)),
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
        ("RLIM_INFINITY", Const::Int(-1)),
        ("RUSAGE_SELF", Const::Int(0)),
        ("RUSAGE_CHILDREN", Const::Int(-1)),
        ("RUSAGE_THREAD", Const::Int(1)),
    ],
    types: &[&crate::posix::process::STRUCT_RUSAGE],
    init: Some(resource_init),
    ..ModuleDef::new("resource")
};

// --- _sysconfig, _suggestions, _tracemalloc ---

fn config_vars(cx: &mut Ctx, _args: Args) -> PyResult {
    let dict = Dict::new(cx);
    dict.set_str(cx, cx.intern(b"Py_GIL_DISABLED"), Value::small(1));
    Ok(dict.value())
}

/// `_sysconfig`
pub static SYSCONFIG: ModuleDef =
    ModuleDef { functions: &[def("config_vars", "($module, /)", config_vars)], ..ModuleDef::new("_sysconfig") };

fn generate_suggestions(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(list) = List::of_sub(cx, args[0]) else {
        return Err(cx.type_error("candidates must be a list"));
    };
    let mut names = Vec::new();
    for v in list.items() {
        match Str::of_sub(cx, v) {
            Some(s) => names.push(s.to_string_lossy().into_owned()),
            None => return Err(cx.type_error("all elements in 'candidates' must be strings")),
        }
    }
    let Some(wanted) = Str::of_sub(cx, args[1]) else {
        let ty = type_name(cx, args[1]);
        return Err(cx.type_error(format!("_generate_suggestions() argument 2 must be str, not {ty}")));
    };
    let wanted = wanted.to_string_lossy().into_owned();
    let best = engine::exceptions::suggest::closest(&wanted, names.iter().map(String::as_str));
    Ok(best.map_or(Value::NONE, |b| Str::new(cx, b)))
}

/// `_suggestions`
pub static SUGGESTIONS: ModuleDef = ModuleDef {
    functions: &[def("_generate_suggestions", "($module, candidates, item, /)", generate_suggestions)],
    ..ModuleDef::new("_suggestions")
};
