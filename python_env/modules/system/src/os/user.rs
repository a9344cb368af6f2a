//! The user and group databases and other small calls of the C library that no safe crate has.

use std::ffi::{CStr, CString, c_char};
use std::io;
use std::mem::MaybeUninit;

/// One line of the user database.
pub struct User {
    /// Login name.
    pub name: Vec<u8>,
    /// Password field.
    pub passwd: Vec<u8>,
    /// User and group id.
    pub ids: [u32; 2],
    /// Real name.
    pub gecos: Vec<u8>,
    /// Home directory.
    pub dir: Vec<u8>,
    /// Shell.
    pub shell: Vec<u8>,
}

fn bytes(p: *const c_char) -> Vec<u8> {
    if p.is_null() {
        return Vec::new();
    }
    // SAFETY: the C library's field: a NUL-terminated string, alive until the caller's buffer goes.
    unsafe { CStr::from_ptr(p) }.to_bytes().to_vec()
}

fn user_by(
    mut call: impl FnMut(*mut libc::passwd, *mut c_char, usize, *mut *mut libc::passwd) -> i32,
) -> io::Result<Option<User>> {
    let mut buffer = vec![0u8; 1024];
    loop {
        let mut entry = MaybeUninit::<libc::passwd>::zeroed();
        let mut found = std::ptr::null_mut();
        let rc = call(entry.as_mut_ptr(), buffer.as_mut_ptr().cast(), buffer.len(), &raw mut found);
        match rc {
            0 if found.is_null() => return Ok(None),
            0 => {
                // SAFETY: found is not null: the entry was filled, its strings lie in `buffer`.
                let p = unsafe { entry.assume_init() };
                return Ok(Some(User {
                    name: bytes(p.pw_name),
                    passwd: bytes(p.pw_passwd),
                    ids: [p.pw_uid, p.pw_gid],
                    gecos: bytes(p.pw_gecos),
                    dir: bytes(p.pw_dir),
                    shell: bytes(p.pw_shell),
                }));
            }
            libc::ERANGE if buffer.len() < 1 << 20 => {
                let larger = buffer.len() * 2;
                buffer.resize(larger, 0);
            }
            libc::ENOENT | libc::ESRCH => return Ok(None),
            e => return Err(io::Error::from_raw_os_error(e)),
        }
    }
}

/// Looks a user up by number.
pub fn user_by_id(uid: u32) -> io::Result<Option<User>> {
    // SAFETY: all pointers come from `user_by`, which keeps them alive during the call.
    user_by(|entry, buf, len, found| unsafe { libc::getpwuid_r(uid, entry, buf, len, found) })
}

/// Looks a user up by name.
pub fn user_by_name(name: &[u8]) -> io::Result<Option<User>> {
    let Ok(name) = CString::new(name) else { return Ok(None) };
    // SAFETY: as above; `name` lives through the call.
    user_by(|entry, buf, len, found| unsafe { libc::getpwnam_r(name.as_ptr(), entry, buf, len, found) })
}

/// All users of the local file; the C library's iteration is not thread-safe, so the file is read directly.
pub fn all_users() -> Vec<User> {
    let text = std::fs::read("/etc/passwd").unwrap_or_default();
    text.split(|&b| b == b'\n')
        .filter_map(|line| {
            let mut fields = line.split(|&b| b == b':').map(<[u8]>::to_vec);
            let name = fields.next().filter(|n| !n.is_empty())?;
            let passwd = fields.next()?;
            let mut number = || std::str::from_utf8(&fields.next()?).ok()?.parse::<u32>().ok();
            let ids = [number()?, number()?];
            let gecos = fields.next()?;
            let dir = fields.next()?;
            let shell = fields.next()?;
            Some(User { name, passwd, ids, gecos, dir, shell })
        })
        .collect()
}

/// The text for an error number.
pub fn strerror(errno: i32) -> String {
    let mut buffer = [0 as c_char; 256];
    // SAFETY: a writable buffer of the given length; the XSI form fills it with a terminated string.
    let rc = unsafe { libc::strerror_r(errno, buffer.as_mut_ptr(), buffer.len()) };
    if rc != 0 && rc != libc::EINVAL {
        return format!("Unknown error {errno}");
    }
    // SAFETY: terminated by the call; the last byte is zero in any case.
    unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_string_lossy().into_owned()
}

/// A configuration value of the system, `None` when there is no limit.
pub fn sysconf(name: i32) -> io::Result<i64> {
    // SAFETY: errno is the thread's own; sysconf has no preconditions.
    unsafe {
        *libc::__errno_location() = 0;
        let value = libc::sysconf(name);
        if value == -1 && *libc::__errno_location() != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(value)
    }
}

/// A configuration text of the system; None if it has no value.
pub fn confstr(name: i32) -> io::Result<Option<Vec<u8>>> {
    let mut text: Vec<u8> = Vec::new();
    loop {
        // SAFETY: errno is the thread's own; the call writes within the buffer, and gives the size that it would need.
        let size = unsafe {
            *libc::__errno_location() = 0;
            libc::confstr(name, text.as_mut_ptr().cast(), text.len())
        };
        // SAFETY: as above.
        match (size, unsafe { *libc::__errno_location() }) {
            (0, 0) => return Ok(None),
            (0, _) => return Err(io::Error::last_os_error()),
            _ => {}
        }
        let whole = size <= text.len();
        text.resize(size, 0);
        if whole {
            text.pop();
            return Ok(Some(text));
        }
    }
}

/// A configuration value of a path.
pub fn pathconf(path: &CStr, name: i32) -> io::Result<i64> {
    // SAFETY: a terminated path; errno is the thread's own.
    unsafe {
        *libc::__errno_location() = 0;
        let value = libc::pathconf(path.as_ptr(), name);
        if value == -1 && *libc::__errno_location() != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(value)
    }
}

/// The system's load averages.
pub fn getloadavg() -> io::Result<[f64; 3]> {
    let mut loads = [0f64; 3];
    // SAFETY: room for three numbers.
    if unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) } != 3 {
        return Err(io::Error::other("Load averages are unobtainable"));
    }
    Ok(loads)
}

/// A broken-down time with its zone.
#[derive(Clone)]
pub struct BrokenTime {
    /// Year, month 1-12, day, hour, minute, second, weekday (Monday 0), day of the year 1-366, DST flag.
    pub fields: [i64; 9],
    /// Offset from UTC in seconds.
    pub gmtoff: i64,
    /// The zone's abbreviation.
    pub zone: String,
}

fn broken(tm: &libc::tm, zone: String) -> BrokenTime {
    BrokenTime {
        fields: [
            i64::from(tm.tm_year) + 1900,
            i64::from(tm.tm_mon) + 1,
            i64::from(tm.tm_mday),
            i64::from(tm.tm_hour),
            i64::from(tm.tm_min),
            i64::from(tm.tm_sec),
            i64::from((tm.tm_wday + 6) % 7),
            i64::from(tm.tm_yday) + 1,
            i64::from(tm.tm_isdst),
        ],
        gmtoff: tm.tm_gmtoff,
        zone,
    }
}

/// Breaks a time down, in UTC or in local time.
pub fn break_down(seconds: i64, local: bool) -> io::Result<BrokenTime> {
    let tm = split(seconds, local)?;
    let zone = if local { String::from_utf8_lossy(&bytes(tm.tm_zone)).into_owned() } else { "GMT".into() };
    Ok(broken(&tm, zone))
}

/// The fields of [`BrokenTime`] without the zone.
pub fn civil(seconds: i64, local: bool) -> io::Result<[i64; 9]> {
    split(seconds, local).map(|tm| broken(&tm, String::new()).fields)
}

fn split(seconds: i64, local: bool) -> io::Result<libc::tm> {
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: `seconds` is readable, `tm` writable.
    let filled = unsafe {
        if local {
            libc::localtime_r(&raw const seconds, tm.as_mut_ptr())
        } else {
            libc::gmtime_r(&raw const seconds, tm.as_mut_ptr())
        }
    };
    if filled.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: filled by the call.
    Ok(unsafe { tm.assume_init() })
}

/// The C structure of a broken-down time (fields as in [`BrokenTime`]).
fn c_time(t: &[i64; 9], zone: Option<&CStr>, gmtoff: i64) -> libc::tm {
    // SAFETY: an all-zero tm is valid.
    let mut tm: libc::tm = unsafe { MaybeUninit::zeroed().assume_init() };
    tm.tm_year = (t[0] - 1900) as i32;
    tm.tm_mon = (t[1] - 1) as i32;
    tm.tm_mday = t[2] as i32;
    tm.tm_hour = t[3] as i32;
    tm.tm_min = t[4] as i32;
    tm.tm_sec = t[5] as i32;
    tm.tm_wday = ((t[6] + 1) % 7) as i32;
    tm.tm_yday = (t[7] - 1) as i32;
    tm.tm_isdst = t[8] as i32;
    tm.tm_gmtoff = gmtoff;
    if let Some(zone) = zone {
        tm.tm_zone = zone.as_ptr();
    }
    tm
}

/// `mktime`: local time to seconds; `None` when it cannot be represented.
pub fn mktime(t: &[i64; 9]) -> Option<i64> {
    let mut tm = c_time(t, None, 0);
    tm.tm_wday = -1;
    // SAFETY: a whole tm; mktime normalizes it in place.
    let seconds = unsafe { libc::mktime(&raw mut tm) };
    if seconds == -1 && tm.tm_wday == -1 { None } else { Some(seconds) }
}

/// `strftime` in the C locale.
pub fn strftime(format: &CStr, t: &[i64; 9], zone: Option<&CStr>, gmtoff: i64) -> Vec<u8> {
    if format.is_empty() {
        return Vec::new();
    }
    let mut tm = c_time(t, zone, gmtoff);
    // Only these ask for the zone, the first four by way of a locale's format.
    if zone.is_none() && format.to_bytes().iter().any(|b| b"cxX+zZs".contains(b)) {
        let mut copy = tm;
        // SAFETY: a whole tm; it fills in the zone's name for the format %Z.
        unsafe { libc::mktime(&raw mut copy) };
        tm.tm_zone = copy.tm_zone;
        tm.tm_gmtoff = copy.tm_gmtoff;
    }
    let mut buffer = vec![0u8; 256 + format.count_bytes()];
    loop {
        // SAFETY: writable buffer of that length, terminated format, whole tm.
        let n = unsafe { libc::strftime(buffer.as_mut_ptr().cast(), buffer.len(), format.as_ptr(), &raw const tm) };
        // Zero is also the right length of a format like "%p" in some locales: give up at a bound.
        if n > 0 || buffer.len() > 256 * (format.count_bytes() + 2) {
            buffer.truncate(n);
            return buffer;
        }
        let larger = buffer.len() * 2;
        buffer.resize(larger, 0);
    }
}

/// Rereads the TZ variable.
pub fn tzset() {
    unsafe extern "C" {
        fn tzset();
    }
    // SAFETY: takes nothing; the C library locks its own tables.
    unsafe { tzset() };
}

/// The CPU time clock of a thread.
pub fn thread_cpu_clock(thread: u64) -> io::Result<i32> {
    let mut clock = 0;
    // SAFETY: the caller names a live thread (`thread::handle::with_running`).
    match unsafe { libc::pthread_getcpuclockid(thread as libc::pthread_t, &raw mut clock) } {
        0 => Ok(clock),
        e => Err(io::Error::from_raw_os_error(e)),
    }
}

/// A clock by number, in nanoseconds.
pub fn clock_gettime(clock: i32) -> io::Result<i128> {
    let mut t = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: writable; unknown clocks give an error.
    if unsafe { libc::clock_gettime(clock, t.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: filled.
    let t = unsafe { t.assume_init() };
    Ok(i128::from(t.tv_sec) * 1_000_000_000 + i128::from(t.tv_nsec))
}

/// A clock's resolution in nanoseconds.
pub fn clock_getres(clock: i32) -> io::Result<i128> {
    let mut t = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: as above.
    if unsafe { libc::clock_getres(clock, t.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: filled.
    let t = unsafe { t.assume_init() };
    Ok(i128::from(t.tv_sec) * 1_000_000_000 + i128::from(t.tv_nsec))
}

/// Sets a clock.
pub fn clock_settime(clock: i32, nanos: i128) -> io::Result<()> {
    let t = libc::timespec {
        tv_sec: (nanos.div_euclid(1_000_000_000)) as libc::time_t,
        tv_nsec: nanos.rem_euclid(1_000_000_000) as _,
    };
    // SAFETY: a whole timespec.
    if unsafe { libc::clock_settime(clock, &raw const t) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Names the calling thread for the system's tools.
pub fn set_thread_name(name: &CStr) {
    // SAFETY: PR_SET_NAME copies at most 16 bytes of a terminated string.
    unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) };
}

/// Changes an environment variable of the process. `None` removes it.
pub fn set_environment(name: &CStr, value: Option<&CStr>) -> io::Result<()> {
    // SAFETY: terminated strings, which the C library copies. Like every Python, we rely on nobody
    // holding a pointer into the environment.
    let rc = unsafe {
        match value {
            Some(value) => libc::setenv(name.as_ptr(), value.as_ptr(), 1),
            None => libc::unsetenv(name.as_ptr()),
        }
    };
    if rc == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The groups of a user, `group` among them.
pub fn group_list(name: &CStr, group: u32) -> Vec<u32> {
    let mut n: libc::c_int = 64;
    loop {
        let mut groups = vec![0; n.max(1) as usize];
        // SAFETY: a terminated name and a buffer with its length.
        let rc = unsafe { libc::getgrouplist(name.as_ptr(), group, groups.as_mut_ptr(), &raw mut n) };
        if rc >= 0 {
            groups.truncate(n.max(0) as usize);
            return groups;
        }
        // The call says how many there are; in doubt, more.
        n = n.max(groups.len() as libc::c_int * 2);
    }
}

/// `initgroups`
pub fn init_groups(name: &CStr, group: u32) -> io::Result<()> {
    // SAFETY: a terminated name.
    if unsafe { libc::initgroups(name.as_ptr(), group) } < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
