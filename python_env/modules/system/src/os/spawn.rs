//! `posix_spawn`: starting a program without copying this process.

use std::ffi::{CStr, CString, c_char, c_int};
use std::mem::MaybeUninit;

use rustix::io::Errno;

use super::signals::SignalSet;

/// What happens to descriptors between the two programs.
pub enum Action {
    /// Opens a file as a given descriptor.
    Open {
        /// The descriptor.
        fd: i32,
        /// The file.
        path: CString,
        /// Flags of `open`.
        flags: i32,
        /// Mode of a new file.
        mode: u32,
    },
    /// Closes a descriptor.
    Close(i32),
    /// Makes the second a copy of the first.
    Dup2(i32, i32),
    /// Closes all from a number on.
    CloseFrom(i32),
}

/// Attributes of the new process.
#[derive(Default)]
pub struct Attributes {
    /// Its group; zero is a new one.
    pub group: Option<i32>,
    /// Effective ids become the real ones.
    pub reset_ids: bool,
    /// It leads a session.
    pub session: bool,
    /// Its signal mask.
    pub mask: Option<SignalSet>,
    /// Signals that get their default action.
    pub default: Option<SignalSet>,
    /// Scheduling policy and priority.
    pub scheduler: Option<(Option<i32>, i32)>,
}

unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(actions: *mut libc::posix_spawn_file_actions_t, from: c_int) -> c_int;
}

const SETSID: i32 = 0x80;

fn check(rc: c_int) -> Result<(), Errno> {
    if rc == 0 { Ok(()) } else { Err(Errno::from_raw_os_error(rc)) }
}

struct Actions(libc::posix_spawn_file_actions_t);

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialized by `actions`.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.0) };
    }
}

fn actions(list: &[Action]) -> Result<Actions, Errno> {
    let mut raw = MaybeUninit::uninit();
    // SAFETY: init fills the structure.
    let mut made = unsafe {
        check(libc::posix_spawn_file_actions_init(raw.as_mut_ptr()))?;
        Actions(raw.assume_init())
    };
    let p = &raw mut made.0;
    for action in list {
        // SAFETY: an initialized structure; paths are copied by the call.
        check(unsafe {
            match action {
                Action::Open { fd, path, flags, mode } => {
                    libc::posix_spawn_file_actions_addopen(p, *fd, path.as_ptr(), *flags, *mode as libc::mode_t)
                }
                Action::Close(fd) => libc::posix_spawn_file_actions_addclose(p, *fd),
                Action::Dup2(from, to) => libc::posix_spawn_file_actions_adddup2(p, *from, *to),
                Action::CloseFrom(from) => posix_spawn_file_actions_addclosefrom_np(p, *from),
            }
        })?;
    }
    Ok(made)
}

struct Attr(libc::posix_spawnattr_t);

impl Drop for Attr {
    fn drop(&mut self) {
        // SAFETY: initialized by `attr`.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.0) };
    }
}

fn attr(a: &Attributes) -> Result<Attr, Errno> {
    let mut raw = MaybeUninit::uninit();
    // SAFETY: init fills the structure.
    let mut made = unsafe {
        check(libc::posix_spawnattr_init(raw.as_mut_ptr()))?;
        Attr(raw.assume_init())
    };
    let p = &raw mut made.0;
    let mut flags = 0;
    // SAFETY: an initialized structure, valid sets and a whole `sched_param`.
    unsafe {
        if let Some(group) = a.group {
            check(libc::posix_spawnattr_setpgroup(p, group))?;
            flags |= libc::POSIX_SPAWN_SETPGROUP;
        }
        if a.reset_ids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if a.session {
            flags |= SETSID;
        }
        if let Some(mask) = &a.mask {
            check(libc::posix_spawnattr_setsigmask(p, mask.as_ptr()))?;
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
        }
        if let Some(default) = &a.default {
            check(libc::posix_spawnattr_setsigdefault(p, default.as_ptr()))?;
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
        }
        if let Some((policy, priority)) = a.scheduler {
            if let Some(policy) = policy {
                check(libc::posix_spawnattr_setschedpolicy(p, policy))?;
                flags |= libc::POSIX_SPAWN_SETSCHEDULER;
            }
            let param = libc::sched_param { sched_priority: priority };
            check(libc::posix_spawnattr_setschedparam(p, &raw const param))?;
            flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
        }
        check(libc::posix_spawnattr_setflags(p, flags as libc::c_short))?;
    }
    Ok(made)
}

fn pointers(strings: &[CString]) -> Vec<*mut c_char> {
    strings.iter().map(|s| s.as_ptr().cast_mut()).chain([std::ptr::null_mut()]).collect()
}

/// Starts a program; `search` looks for it along `PATH`.
pub fn spawn(
    program: &CStr,
    args: &[CString],
    env: Option<&[CString]>,
    list: &[Action],
    attributes: &Attributes,
    search: bool,
) -> Result<i32, Errno> {
    let (actions, attr) = (actions(list)?, attr(attributes)?);
    let argv = pointers(args);
    let envp = env.map(pointers);
    let mut pid = 0;
    // SAFETY: terminated strings in null-terminated arrays, initialized structures, a writable pid.
    let rc = unsafe {
        let envp = envp.as_ref().map_or(libc::environ.cast_const().cast(), |e| e.as_ptr());
        let call = if search { libc::posix_spawnp } else { libc::posix_spawn };
        call(&raw mut pid, program.as_ptr(), &raw const actions.0, &raw const attr.0, argv.as_ptr(), envp)
    };
    check(rc).map(|()| pid)
}
