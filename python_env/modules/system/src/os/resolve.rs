//! Names of hosts, services, protocols and interfaces: the C library's databases.

use std::ffi::{CStr, CString, c_char, c_int};
use std::mem::MaybeUninit;
use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;

use super::fd::last;
use super::net::Addr;

/// One answer of [`addresses`].
pub struct Answer {
    /// Family, type and protocol for `socket`.
    pub kind: [i32; 3],
    /// The canonical name, in the first answer if asked for.
    pub canonical: Vec<u8>,
    /// The address.
    pub addr: Addr,
}

/// What [`addresses`] is asked for besides names.
#[derive(Clone, Copy, Default)]
pub struct Hints {
    /// `AI_*`
    pub flags: i32,
    /// Family, type and protocol; zero is any.
    pub kind: [i32; 3],
}

/// A failed look-up.
#[derive(Clone, Copy)]
pub enum Failure {
    /// A code of `getaddrinfo`.
    Code(i32),
    /// A system error.
    System(Errno),
}

fn failure(code: c_int) -> Failure {
    if code == libc::EAI_SYSTEM { Failure::System(last()) } else { Failure::Code(code) }
}

fn opt_ptr(s: Option<&CStr>) -> *const c_char {
    s.map_or(std::ptr::null(), CStr::as_ptr)
}

/// Copies a C string; empty for null.
///
/// # Safety
/// `p` is null or points to a terminated string.
unsafe fn copied(p: *const c_char) -> Vec<u8> {
    // SAFETY: by contract.
    if p.is_null() { Vec::new() } else { unsafe { CStr::from_ptr(p) }.to_bytes().to_vec() }
}

/// `getaddrinfo`
pub fn addresses(host: Option<&CStr>, service: Option<&CStr>, hints: Hints) -> Result<Vec<Answer>, Failure> {
    // SAFETY: an all-zero addrinfo is what the call wants apart from the hints.
    let mut wanted: libc::addrinfo = unsafe { MaybeUninit::zeroed().assume_init() };
    wanted.ai_flags = hints.flags;
    [wanted.ai_family, wanted.ai_socktype, wanted.ai_protocol] = hints.kind;
    let mut list = std::ptr::null_mut();
    // SAFETY: terminated strings or null, valid hints, a writable pointer.
    let rc = unsafe { libc::getaddrinfo(opt_ptr(host), opt_ptr(service), &raw const wanted, &raw mut list) };
    if rc != 0 {
        return Err(failure(rc));
    }
    let mut out = Vec::new();
    let mut at = list;
    while !at.is_null() {
        // SAFETY: the call gave a null-terminated list of valid entries, freed below.
        unsafe {
            let entry = &*at;
            let bytes = std::slice::from_raw_parts(entry.ai_addr.cast::<u8>(), entry.ai_addrlen as usize);
            if let Some(addr) = Addr::new(bytes) {
                let kind = [entry.ai_family, entry.ai_socktype, entry.ai_protocol];
                out.push(Answer { kind, canonical: copied(entry.ai_canonname), addr });
            }
            at = entry.ai_next;
        }
    }
    // SAFETY: the list from above, not used any more.
    unsafe { libc::freeaddrinfo(list) };
    Ok(out)
}

/// `getnameinfo`: host and service.
pub fn names(addr: &Addr, flags: i32) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let bytes = addr.as_bytes();
    let (mut host, mut service) = ([0; 1025], [0; 32]);
    // SAFETY: an address and two buffers with their lengths.
    let rc = unsafe {
        libc::getnameinfo(
            bytes.as_ptr().cast(),
            bytes.len() as libc::socklen_t,
            host.as_mut_ptr(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr(),
            service.len() as libc::socklen_t,
            flags,
        )
    };
    if rc != 0 {
        return Err(failure(rc));
    }
    // SAFETY: the call terminates both strings.
    Ok(unsafe { (copied(host.as_ptr()), copied(service.as_ptr())) })
}

/// The C library's words for a code of `getaddrinfo`.
pub fn describe(code: i32) -> String {
    // SAFETY: gives a static string for any number.
    String::from_utf8_lossy(&unsafe { copied(libc::gai_strerror(code)) }).into_owned()
}

/// A host with its other names and addresses.
pub struct Host {
    /// The official name.
    pub name: Vec<u8>,
    /// Other names.
    pub aliases: Vec<Vec<u8>>,
    /// The addresses, of one family.
    pub addresses: Vec<Vec<u8>>,
    /// That family.
    pub family: i32,
}

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const c_char,
        result: *mut libc::hostent,
        buffer: *mut c_char,
        len: usize,
        found: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        addr: *const libc::c_void,
        len: libc::socklen_t,
        family: c_int,
        result: *mut libc::hostent,
        buffer: *mut c_char,
        buffer_len: usize,
        found: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn hstrerror(code: c_int) -> *const c_char;
}

/// Calls one of the look-ups with a growing buffer; the error is the resolver's (`h_errno`).
fn host(
    call: impl Fn(*mut libc::hostent, &mut [c_char], *mut *mut libc::hostent, *mut c_int) -> c_int,
) -> Result<Host, i32> {
    let mut room = vec![0; 1024];
    loop {
        let mut entry = MaybeUninit::<libc::hostent>::zeroed();
        let (mut found, mut error) = (std::ptr::null_mut(), 0);
        let rc = call(entry.as_mut_ptr(), &mut room, &raw mut found, &raw mut error);
        if rc == libc::ERANGE && room.len() < 1 << 20 {
            room.resize(room.len() * 4, 0);
            continue;
        }
        if found.is_null() {
            return Err(error);
        }
        // SAFETY: `found` points to the entry, whose strings and null-terminated arrays lie in `room`.
        return Ok(unsafe {
            let entry = &*found;
            let list = |mut p: *mut *mut c_char, len: Option<usize>| {
                let mut out = Vec::new();
                while !p.is_null() && !(*p).is_null() {
                    out.push(match len {
                        Some(n) => std::slice::from_raw_parts((*p).cast::<u8>(), n).to_vec(),
                        None => copied(*p),
                    });
                    p = p.add(1);
                }
                out
            };
            Host {
                name: copied(entry.h_name),
                aliases: list(entry.h_aliases, None),
                addresses: list(entry.h_addr_list, Some(entry.h_length.max(0) as usize)),
                family: entry.h_addrtype,
            }
        });
    }
}

/// `gethostbyname_r`
pub fn host_by_name(name: &CStr) -> Result<Host, i32> {
    host(|entry, room, found, error| {
        // SAFETY: a terminated name, a buffer with its length, writable results.
        unsafe { gethostbyname_r(name.as_ptr(), entry, room.as_mut_ptr(), room.len(), found, error) }
    })
}

/// `gethostbyaddr_r`
pub fn host_by_address(address: &[u8], family: i32) -> Result<Host, i32> {
    host(|entry, room, found, error| {
        let len = address.len() as libc::socklen_t;
        // SAFETY: an address and a buffer with their lengths, writable results.
        unsafe {
            gethostbyaddr_r(address.as_ptr().cast(), len, family, entry, room.as_mut_ptr(), room.len(), found, error)
        }
    })
}

/// The C library's words for a resolver's error.
pub fn describe_host_error(code: i32) -> String {
    // SAFETY: gives a static string for any number.
    String::from_utf8_lossy(&unsafe { copied(hstrerror(code)) }).into_owned()
}

/// The databases of services and protocols answer in static memory: one question at a time.
static DATABASE: Mutex<()> = Mutex::new(());

/// `getservbyname`: the port.
pub fn service_port(name: &CStr, proto: Option<&CStr>) -> Option<u16> {
    let _one = DATABASE.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: terminated strings or null; the answer is read before the lock is released.
    unsafe {
        let entry = libc::getservbyname(name.as_ptr(), opt_ptr(proto));
        (!entry.is_null()).then(|| u16::from_be((*entry).s_port as u16))
    }
}

/// `getservbyport`: the name.
pub fn service_name(port: u16, proto: Option<&CStr>) -> Option<Vec<u8>> {
    let _one = DATABASE.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: as above.
    unsafe {
        let entry = libc::getservbyport(c_int::from(port.to_be()), opt_ptr(proto));
        (!entry.is_null()).then(|| copied((*entry).s_name))
    }
}

/// `getprotobyname`: the number.
pub fn protocol_number(name: &CStr) -> Option<i32> {
    let _one = DATABASE.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: as above.
    unsafe {
        let entry = libc::getprotobyname(name.as_ptr());
        (!entry.is_null()).then(|| (*entry).p_proto)
    }
}

/// The interfaces: index and name.
pub fn interfaces() -> Result<Vec<(u32, Vec<u8>)>, Errno> {
    // SAFETY: no preconditions; the list ends with a zero index and is freed below.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            return Err(last());
        }
        let (mut out, mut at) = (Vec::new(), list);
        while (*at).if_index != 0 {
            out.push(((*at).if_index, copied((*at).if_name)));
            at = at.add(1);
        }
        libc::if_freenameindex(list);
        Ok(out)
    }
}

/// The index of an interface.
pub fn interface_index(name: &CStr) -> Result<u32, Errno> {
    // SAFETY: a terminated string.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(last()),
        n => Ok(n),
    }
}

/// The name of an interface.
pub fn interface_name(index: u32) -> Result<CString, Errno> {
    let mut name = [0; libc::IF_NAMESIZE];
    // SAFETY: a buffer of the size that the call demands.
    let p = unsafe { libc::if_indextoname(index, name.as_mut_ptr()) };
    // SAFETY: the call terminates the string.
    if p.is_null() { Err(last()) } else { Ok(unsafe { CStr::from_ptr(p) }.to_owned()) }
}
