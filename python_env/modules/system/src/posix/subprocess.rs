//! `_posixsubprocess`: the one function that `subprocess` needs.

use engine::prelude::*;

use super::process::encoded;
use crate::convert::{c_int, id_arg, io_error};
use crate::descriptors;
use crate::os::process::{Spawn, fork, spawn};

/// `_posixsubprocess`
pub static POSIXSUBPROCESS: ModuleDef = ModuleDef {
    doc: "A POSIX helper for the subprocess module.",
    functions: &[NativeDef::new(
        "fork_exec",
        "($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, \
         errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, \
         extra_groups, uid, child_umask, preexec_fn, /)",
        fork_exec,
        "Start a program in a new process.",
    )],
    ..ModuleDef::new("_posixsubprocess")
};

fn list(cx: &mut Ctx, v: Value) -> Res<Vec<std::ffi::CString>> {
    let mut out = Vec::new();
    protocol::for_each(cx, v, |cx, item| {
        let arg = crate::posix::fs::fspath_value(cx, item)?;
        out.push(encoded(cx, arg)?);
        Ok(())
    })?;
    Ok(out)
}

fn optional_id(cx: &mut Ctx, v: Value, what: &str) -> Res<Option<u32>> {
    if v == Value::NONE { Ok(None) } else { Ok(Some(id_arg(cx, v, what)?)) }
}

fn fork_exec(cx: &mut Ctx, args: Args) -> PyResult {
    let mut argv = Vec::new();
    if args[0] != Value::NONE {
        argv = list(cx, args[0])?;
    }
    let programs = list(cx, args[1])?;
    if audit::is_on() {
        let names = protocol::list_of(cx, args[1])?;
        audit::tell(cx, "_posixsubprocess.fork_exec", &[names.value(), args[0], args[5]])?;
    }
    let close_fds = protocol::truth(cx, args[2])?;
    let mut keep = Vec::new();
    protocol::for_each(cx, args[3], |cx, v| {
        keep.push(c_int(cx, v)?);
        Ok(())
    })?;
    if !keep.is_sorted() || keep.iter().any(|&fd| fd < 0) {
        return Err(cx.value_error("bad value(s) in fds_to_keep"));
    }
    let cwd = if args[4] == Value::NONE {
        None
    } else {
        let dir = crate::posix::fs::fspath_value(cx, args[4])?;
        Some(encoded(cx, dir)?)
    };
    let env = if args[5] == Value::NONE { None } else { Some(list(cx, args[5])?) };
    let mut pipes = [-1; 8];
    for (i, pipe) in pipes.iter_mut().enumerate() {
        *pipe = c_int(cx, args[6 + i])?;
    }
    let restore_signals = protocol::truth(cx, args[14])?;
    let new_session = protocol::truth(cx, args[15])?;
    let process_group = c_int(cx, args[16])?;
    let gid = optional_id(cx, args[17], "gid")?;
    let groups = if args[18] == Value::NONE {
        None
    } else {
        let mut groups = Vec::new();
        protocol::for_each(cx, args[18], |cx, v| {
            match id_arg(cx, v, "gid") {
                Ok(id) => groups.push(id),
                Err(r) => {
                    cx.clear(r);
                    return Err(cx.value_error("invalid group id"));
                }
            }
            Ok(())
        })?;
        Some(groups)
    };
    let uid = optional_id(cx, args[19], "uid")?;
    let umask = c_int(cx, args[20])?;
    let preexec = args[21];
    if preexec != Value::NONE && crate::lifecycle::is_finalizing() {
        return Err(cx.raise(Exc::PythonFinalizationError, "preexec_fn not supported at interpreter shutdown"));
    }
    let request = Spawn {
        args: argv,
        programs,
        env,
        cwd,
        keep,
        close_fds,
        pipes,
        restore_signals,
        new_session,
        process_group,
        gid,
        groups,
        uid,
        umask,
    };
    crate::lifecycle::before_look(cx);
    let spawned = if preexec == Value::NONE {
        descriptors::prepare(cx)?;
        // It waits until the child has executed.
        cx.blocking(|| spawn(&request, fork, None))
    } else {
        descriptors::prepare(cx)?;
        super::run_fork_hooks(cx, super::Fork::Before)?;
        crate::imp::before_fork(cx)?;
        let cell = std::cell::RefCell::new(&mut *cx);
        let spawned = spawn(
            &request,
            || super::process::fork_runtime(&mut cell.borrow_mut()),
            Some(&mut || run_preexec(&mut cell.borrow_mut(), preexec)),
        );
        crate::imp::after_fork(cx, false)?;
        super::run_fork_hooks(cx, super::Fork::Parent)?;
        spawned
    };
    match spawned {
        Ok(pid) => Ok(Value::small(pid)),
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// Calls `preexec_fn` in the child; whether it went well.
fn run_preexec(cx: &mut Ctx, f: Value) -> bool {
    let ready = crate::imp::after_fork(cx, true).and_then(|()| super::run_fork_hooks(cx, super::Fork::Child));
    let r = match ready {
        Ok(()) => protocol::call(cx, f, &[]).map(|_| ()),
        Err(r) => Err(r),
    };
    match r {
        Ok(()) => true,
        Err(r) => {
            cx.clear(r);
            false
        }
    }
}
