//! The module `syslog`.

use std::ffi::{CStr, CString};
use std::sync::{Mutex, PoisonError};

use engine::prelude::*;

use crate::convert::{c_int, fs_encode, type_name};
use crate::os::tty;

/// Whether `openlog` was called; the system's calls are made under it.
static OPEN: Mutex<bool> = Mutex::new(false);

fn c_text(cx: &mut Ctx, v: Value) -> Res<CString> {
    if Str::of_sub(cx, v).is_none() {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("argument must be str, not {ty}")));
    }
    let bytes = fs_encode(cx, v)?;
    match CString::new(bytes) {
        Ok(s) => Ok(s),
        Err(_) => Err(cx.value_error("embedded null character")),
    }
}

/// The program's name, the default identity.
fn program(cx: &mut Ctx) -> Option<CString> {
    let argv = crate::hooks::sys_attr(cx, "argv").and_then(List::of)?;
    let name = Str::of_sub(cx, argv.get(0)?)?.to_string_lossy().into_owned();
    let name = name.rsplit('/').next().filter(|n| !n.is_empty())?;
    CString::new(name).ok()
}

fn open(cx: &mut Ctx, ident: Option<CString>, options: i32, facility: i32) -> Res<()> {
    if audit::is_on() {
        let name = match &ident {
            Some(name) => Str::new(cx, &name.to_string_lossy()),
            None => Value::NONE,
        };
        audit::tell(cx, "syslog.openlog", &[name, Value::small(options), Value::small(facility)])?;
    }
    let ident = ident.unwrap_or_default();
    let mut is_open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    // The C library keeps the pointer: what it may still hold is never freed.
    let ident: &'static CStr = Box::leak(ident.into_boxed_c_str());
    tty::open_log(ident, options, facility);
    *is_open = true;
    Ok(())
}

fn openlog(cx: &mut Ctx, args: Args) -> PyResult {
    let ident = match args.get(0) {
        Some(v) => Some(c_text(cx, v)?),
        None => program(cx),
    };
    let options = args.get(1).map_or(Ok(0), |v| c_int(cx, v))?;
    let facility = args.get(2).map_or(Ok(libc::LOG_USER), |v| c_int(cx, v))?;
    open(cx, ident, options, facility)?;
    Ok(Value::NONE)
}

fn syslog(cx: &mut Ctx, args: Args) -> PyResult {
    let (priority, message) = match args.get(1) {
        Some(m) => (c_int(cx, args[0])?, m),
        None => (libc::LOG_INFO, args[0]),
    };
    if audit::is_on() {
        audit::tell(cx, "syslog.syslog", &[Value::small(priority), message])?;
    }
    let message = c_text(cx, message)?;
    if !*OPEN.lock().unwrap_or_else(PoisonError::into_inner) {
        let ident = program(cx);
        open(cx, ident, 0, libc::LOG_USER)?;
    }
    cx.blocking(|| tty::log(priority, &message));
    Ok(Value::NONE)
}

fn closelog(cx: &mut Ctx, _args: Args) -> PyResult {
    audit::tell(cx, "syslog.closelog", &[])?;
    let mut is_open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if *is_open {
        tty::close_log();
        *is_open = false;
    }
    Ok(Value::NONE)
}

fn setlogmask(cx: &mut Ctx, args: Args) -> PyResult {
    let mask = c_int(cx, args[0])?;
    audit::tell(cx, "syslog.setlogmask", &[args[0]])?;
    Ok(Value::small(tty::set_log_mask(mask)))
}

fn log_mask(cx: &mut Ctx, args: Args) -> PyResult {
    let n = c_int(cx, args[0])?;
    Ok(Value::small(1i32.wrapping_shl(n as u32)))
}

fn log_upto(cx: &mut Ctx, args: Args) -> PyResult {
    let n = c_int(cx, args[0])?;
    Ok(Value::small(1i32.wrapping_shl(n.wrapping_add(1) as u32).wrapping_sub(1)))
}

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), Const::Int(libc::$name as i64))),*] };
}

/// `syslog`
pub static SYSLOG: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new(
            "openlog",
            "($module, /, ident=<unrepresentable>, logoption=0, facility=LOG_USER)",
            openlog,
            "Set logging options of subsequent syslog() calls.",
        ),
        NativeDef::new(
            "syslog",
            "($module, priority, message=<unrepresentable>, /)",
            syslog,
            "syslog([priority=LOG_INFO,] message)\nSend the string message to the system logger.",
        )
        .hide_sig(),
        NativeDef::new(
            "closelog",
            "($module, /)",
            closelog,
            "Reset the syslog module values and call the system library closelog().",
        ),
        NativeDef::new(
            "setlogmask",
            "($module, maskpri, /)",
            setlogmask,
            "Set the priority mask to maskpri and return the previous mask value.",
        ),
        NativeDef::new(
            "LOG_MASK",
            "($module, pri, /)",
            log_mask,
            "Calculates the mask for the individual priority pri.",
        ),
        NativeDef::new(
            "LOG_UPTO",
            "($module, pri, /)",
            log_upto,
            "Calculates the mask for all priorities up to and including pri.",
        ),
    ],
    constants: constants! {
        LOG_ALERT LOG_AUTH LOG_AUTHPRIV LOG_CONS LOG_CRIT LOG_CRON LOG_DAEMON LOG_DEBUG LOG_EMERG LOG_ERR LOG_FTP LOG_INFO
        LOG_KERN LOG_LOCAL0 LOG_LOCAL1 LOG_LOCAL2 LOG_LOCAL3 LOG_LOCAL4 LOG_LOCAL5 LOG_LOCAL6 LOG_LOCAL7 LOG_LPR LOG_MAIL
        LOG_NDELAY LOG_NEWS LOG_NOTICE LOG_NOWAIT LOG_ODELAY LOG_PERROR LOG_PID LOG_SYSLOG LOG_USER LOG_UUCP LOG_WARNING
    },
    ..ModuleDef::new("syslog")
};
