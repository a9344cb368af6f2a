//! The modules about the running system: `sys`, `_imp`, `_thread`, `posix`, `time`, `_signal`, `_weakref`, `gc`, ...
#![deny(unsafe_code)]

pub mod atexit;
pub mod convert;
pub mod descriptors;
pub mod errno;
pub mod faulthandler;
pub mod fcntl;
pub mod gc;
pub mod hooks;
pub mod idle;
pub mod imp;
pub mod import;
pub mod library;
pub mod library_files;
pub mod lifecycle;
pub mod mmap;
pub mod multiprocessing;
#[allow(unsafe_code)]
pub mod os;
pub mod posix;
pub mod protopython;
pub mod resource;
pub mod signal;
pub mod structseq;
pub mod suggestions;
pub mod sys;
pub mod syslog;
pub mod termios;
pub mod thread;
pub mod time;
pub mod traceback;
pub mod users;
pub mod warnings;
pub mod weakref;

use engine::prelude::*;

/// Prepares what native code needs before any module is imported.
///
/// # Errors
/// Whatever making a type raises; at start-up nothing should.
pub fn register(cx: &mut Ctx) -> Res<()> {
    cx.rt.set_poll_hook(lifecycle::at_poll);
    Ok(())
}

/// The native modules of this crate. `sys` and `_imp` are made by [`sys::start`] and [`import::start`].
pub const MODULES: &[&ModuleDef] = &[
    &atexit::ATEXIT,
    &errno::ERRNO,
    &faulthandler::FAULTHANDLER,
    &gc::GC,
    &imp::IMP,
    &mmap::MMAP,
    &multiprocessing::MULTIPROCESSING,
    &multiprocessing::POSIXSHMEM,
    &posix::POSIX,
    &posix::subprocess::POSIXSUBPROCESS,
    &signal::SIGNAL,
    &protopython::PROTOPYTHON,
    &users::PWD,
    &users::GRP,
    &fcntl::FCNTL,
    &resource::RESOURCE,
    &suggestions::SYSCONFIG,
    &suggestions::SUGGESTIONS,
    &syslog::SYSLOG,
    &termios::TERMIOS,
    &thread::THREAD,
    &time::TIME,
    &warnings::WARNINGS,
    &weakref::WEAKREF,
];
