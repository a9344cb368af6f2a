//! Sockets and readiness: the system calls, on plain descriptors and addresses in the kernel's form.

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::time::Duration;

use engine::protocol::buffer::Buffer;
use rustix::io::Errno;

use super::fd::last;

const ADDR_MAX: usize = size_of::<libc::sockaddr_storage>();

/// A socket address as the kernel reads and writes it.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct Addr {
    bytes: [u8; ADDR_MAX],
    len: libc::socklen_t,
}

impl Addr {
    /// Room for an address that the kernel fills in.
    fn room() -> Addr {
        Addr { bytes: [0; ADDR_MAX], len: ADDR_MAX as libc::socklen_t }
    }

    /// An address from its bytes, family first; None when there are too many.
    pub fn new(bytes: &[u8]) -> Option<Addr> {
        let mut addr = Addr { bytes: [0; ADDR_MAX], len: bytes.len() as libc::socklen_t };
        addr.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(addr)
    }

    /// An IPv4 address; the port in host order.
    pub fn v4(ip: [u8; 4], port: u16) -> Addr {
        let mut addr = Addr { bytes: [0; ADDR_MAX], len: size_of::<libc::sockaddr_in>() as libc::socklen_t };
        addr.set_family(libc::AF_INET);
        addr.set_port(port);
        addr.bytes[4..8].copy_from_slice(&ip);
        addr
    }

    /// An IPv6 address; all numbers in host order.
    pub fn v6(ip: [u8; 16], port: u16, flow: u32, scope: u32) -> Addr {
        let mut addr = Addr { bytes: [0; ADDR_MAX], len: size_of::<libc::sockaddr_in6>() as libc::socklen_t };
        addr.set_family(libc::AF_INET6);
        addr.set_port(port);
        addr.bytes[4..8].copy_from_slice(&flow.to_be_bytes());
        addr.bytes[8..24].copy_from_slice(&ip);
        addr.bytes[24..28].copy_from_slice(&scope.to_ne_bytes());
        addr
    }

    fn set_family(&mut self, family: i32) {
        self.bytes[..2].copy_from_slice(&(family as libc::sa_family_t).to_ne_bytes());
    }

    /// Sets the port of an IPv4 or IPv6 address.
    pub fn set_port(&mut self, port: u16) {
        self.bytes[2..4].copy_from_slice(&port.to_be_bytes());
    }

    /// The address family; None when the kernel gave no address.
    pub fn family(&self) -> Option<i32> {
        let bytes = self.as_bytes();
        (bytes.len() >= 2).then(|| libc::sa_family_t::from_ne_bytes([bytes[0], bytes[1]]).into())
    }

    /// The bytes, family first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..(self.len as usize).min(ADDR_MAX)]
    }

    /// `N` bytes at an offset; zeros where the address is shorter.
    pub fn field<const N: usize>(&self, at: usize) -> [u8; N] {
        std::array::from_fn(|i| self.bytes.get(at + i).copied().unwrap_or(0))
    }

    fn as_ptr(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }
}

/// Memory that a call reads or fills, borrowed from a view or a vector.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Region<'a> {
    iov: libc::iovec,
    life: PhantomData<&'a mut [u8]>,
}

impl<'a> Region<'a> {
    /// The bytes of a contiguous view from `from` on, `len` at most.
    pub fn of_view(view: &'a Buffer, from: usize, len: usize) -> Region<'a> {
        let from = from.min(view.len);
        let len = len.min(view.len - from);
        // SAFETY: `from` is inside the export or one past it.
        let base = unsafe { view.data.add(from) };
        Region { iov: libc::iovec { iov_base: base.cast(), iov_len: len }, life: PhantomData }
    }

    /// A whole slice.
    pub fn of_slice(slice: &'a mut [u8]) -> Region<'a> {
        Region { iov: libc::iovec { iov_base: slice.as_mut_ptr().cast(), iov_len: slice.len() }, life: PhantomData }
    }

    /// Its length.
    pub fn len(&self) -> usize {
        self.iov.iov_len
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn ok(rc: libc::c_int) -> Result<i32, Errno> {
    if rc < 0 { Err(last()) } else { Ok(rc) }
}

fn count(rc: libc::ssize_t) -> Result<usize, Errno> {
    usize::try_from(rc).map_err(|_| last())
}

/// `socket`, closed at exec.
pub fn socket(family: i32, kind: i32, proto: i32) -> Result<i32, Errno> {
    // SAFETY: numbers only.
    ok(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, proto) })
}

/// `socketpair`, closed at exec.
pub fn socketpair(family: i32, kind: i32, proto: i32) -> Result<[i32; 2], Errno> {
    let mut pair = [-1; 2];
    // SAFETY: two writable ints.
    ok(unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, proto, pair.as_mut_ptr()) })?;
    Ok(pair)
}

/// `bind`
pub fn bind(fd: i32, addr: &Addr) -> Result<i32, Errno> {
    // SAFETY: an address with its length.
    ok(unsafe { libc::bind(fd, addr.as_ptr(), addr.len) })
}

/// `connect`
pub fn connect(fd: i32, addr: &Addr) -> Result<i32, Errno> {
    // SAFETY: an address with its length.
    ok(unsafe { libc::connect(fd, addr.as_ptr(), addr.len) })
}

/// `listen`
pub fn listen(fd: i32, backlog: i32) -> Result<i32, Errno> {
    // SAFETY: numbers only.
    ok(unsafe { libc::listen(fd, backlog) })
}

/// `accept`, closed at exec.
pub fn accept(fd: i32) -> Result<(i32, Addr), Errno> {
    let mut addr = Addr::room();
    // SAFETY: a writable address and its length.
    let fd = ok(unsafe { libc::accept4(fd, addr.bytes.as_mut_ptr().cast(), &raw mut addr.len, libc::SOCK_CLOEXEC) })?;
    Ok((fd, addr))
}

/// `shutdown`
pub fn shutdown(fd: i32, how: i32) -> Result<i32, Errno> {
    // SAFETY: numbers only.
    ok(unsafe { libc::shutdown(fd, how) })
}

/// `getsockname`
pub fn own_name(fd: i32) -> Result<Addr, Errno> {
    let mut addr = Addr::room();
    // SAFETY: a writable address and its length.
    ok(unsafe { libc::getsockname(fd, addr.bytes.as_mut_ptr().cast(), &raw mut addr.len) })?;
    Ok(addr)
}

/// `getpeername`
pub fn peer_name(fd: i32) -> Result<Addr, Errno> {
    let mut addr = Addr::room();
    // SAFETY: a writable address and its length.
    ok(unsafe { libc::getpeername(fd, addr.bytes.as_mut_ptr().cast(), &raw mut addr.len) })?;
    Ok(addr)
}

/// `getsockopt`; gives the length of the answer.
pub fn get_option(fd: i32, level: i32, name: i32, value: &mut [u8]) -> Result<usize, Errno> {
    let mut len = value.len() as libc::socklen_t;
    // SAFETY: a writable buffer with its length.
    ok(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
    Ok((len as usize).min(value.len()))
}

/// `getsockopt` of an int.
pub fn get_int_option(fd: i32, level: i32, name: i32) -> Result<i32, Errno> {
    let mut value = [0; 4];
    get_option(fd, level, name, &mut value)?;
    Ok(i32::from_ne_bytes(value))
}

/// Whether the system itself limits how long a socket's calls wait for data (`SO_RCVTIMEO`).
pub fn receives_in_time(fd: i32) -> bool {
    let mut limit = [0; size_of::<libc::timeval>()];
    get_option(fd, libc::SOL_SOCKET, libc::SO_RCVTIMEO, &mut limit).is_ok_and(|n| limit[..n].iter().any(|&b| b != 0))
}

/// `setsockopt`
pub fn set_option(fd: i32, level: i32, name: i32, value: &[u8]) -> Result<i32, Errno> {
    // SAFETY: a readable buffer with its length.
    ok(unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), value.len() as libc::socklen_t) })
}

/// `setsockopt` with a null pointer, for the options whose length is the value.
pub fn set_option_length(fd: i32, level: i32, name: i32, len: u32) -> Result<i32, Errno> {
    // SAFETY: the kernel answers EFAULT where it wants bytes.
    ok(unsafe { libc::setsockopt(fd, level, name, std::ptr::null(), len) })
}

/// `recv` of up to `n` bytes.
pub fn recv(fd: i32, n: usize, flags: i32) -> Result<Vec<u8>, Errno> {
    receive(n, |p, n| {
        // SAFETY: `n` writable bytes.
        unsafe { libc::recv(fd, p.cast(), n, flags) }
    })
}

/// `recvfrom` of up to `n` bytes.
pub fn recv_from(fd: i32, n: usize, flags: i32) -> Result<(Vec<u8>, Addr), Errno> {
    let mut addr = Addr::room();
    let data = receive(n, |p, n| {
        // SAFETY: `n` writable bytes, a writable address and its length.
        unsafe { libc::recvfrom(fd, p.cast(), n, flags, addr.bytes.as_mut_ptr().cast(), &raw mut addr.len) }
    })?;
    Ok((data, addr))
}

fn receive(n: usize, call: impl FnOnce(*mut u8, usize) -> libc::ssize_t) -> Result<Vec<u8>, Errno> {
    let mut data: Vec<u8> = Vec::new();
    data.try_reserve_exact(n).map_err(|_| Errno::NOMEM)?;
    let got = count(call(data.as_mut_ptr(), n))?;
    // SAFETY: the call wrote `got` bytes; with MSG_TRUNC it may count more than fitted.
    unsafe { data.set_len(got.min(n)) };
    Ok(data)
}

/// `recv` into memory.
pub fn recv_into(fd: i32, to: Region, flags: i32) -> Result<usize, Errno> {
    // SAFETY: a region is writable memory of that length.
    count(unsafe { libc::recv(fd, to.iov.iov_base, to.iov.iov_len, flags) })
}

/// `recvfrom` into memory.
pub fn recv_from_into(fd: i32, to: Region, flags: i32) -> Result<(usize, Addr), Errno> {
    let mut addr = Addr::room();
    // SAFETY: a region is writable memory of that length; a writable address and its length.
    let n = count(unsafe {
        let name = addr.bytes.as_mut_ptr().cast();
        libc::recvfrom(fd, to.iov.iov_base, to.iov.iov_len, flags, name, &raw mut addr.len)
    })?;
    Ok((n, addr))
}

/// `send`
pub fn send(fd: i32, from: Region, flags: i32) -> Result<usize, Errno> {
    // SAFETY: a region is readable memory of that length.
    count(unsafe { libc::send(fd, from.iov.iov_base, from.iov.iov_len, flags) })
}

/// `sendto`
pub fn send_to(fd: i32, from: Region, flags: i32, to: &Addr) -> Result<usize, Errno> {
    // SAFETY: readable memory and an address with its length.
    count(unsafe { libc::sendto(fd, from.iov.iov_base, from.iov.iov_len, flags, to.as_ptr(), to.len) })
}

/// `sendmsg`; `control` in the kernel's form.
pub fn send_message(fd: i32, parts: &[Region], control: &[u8], flags: i32, to: Option<&Addr>) -> Result<usize, Errno> {
    // SAFETY: an all-zero header is valid.
    let mut head: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    head.msg_iov = parts.as_ptr().cast_mut().cast();
    head.msg_iovlen = parts.len() as _;
    if !control.is_empty() {
        head.msg_control = control.as_ptr().cast_mut().cast();
        head.msg_controllen = control.len() as _;
    }
    if let Some(to) = to {
        head.msg_name = to.as_ptr().cast_mut().cast();
        head.msg_namelen = to.len;
    }
    // SAFETY: regions are iovecs by representation; every pointer comes with its length and outlives the call.
    count(unsafe { libc::sendmsg(fd, &raw const head, flags) })
}

/// What [`recv_message`] received.
pub struct Message {
    /// Bytes of data.
    pub len: usize,
    /// Ancillary data in the kernel's form.
    pub control: Vec<u8>,
    /// `MSG_TRUNC` and others.
    pub flags: i32,
    /// The sender.
    pub from: Addr,
}

/// `recvmsg`
pub fn recv_message(fd: i32, parts: &mut [Region], control: usize, flags: i32) -> Result<Message, Errno> {
    let mut room = vec![0u8; control];
    let mut from = Addr::room();
    // SAFETY: an all-zero header is valid.
    let mut head: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    head.msg_iov = parts.as_mut_ptr().cast();
    head.msg_iovlen = parts.len() as _;
    if control > 0 {
        head.msg_control = room.as_mut_ptr().cast();
        head.msg_controllen = control as _;
    }
    head.msg_name = from.bytes.as_mut_ptr().cast();
    head.msg_namelen = from.len;
    // SAFETY: regions are iovecs by representation and writable; every pointer comes with its length.
    let len = count(unsafe { libc::recvmsg(fd, &raw mut head, flags) })?;
    room.truncate(head.msg_controllen);
    from.len = head.msg_namelen;
    Ok(Message { len, control: room, flags: head.msg_flags, from })
}

/// `CMSG_ALIGN`: control messages start at multiples of a word.
pub fn control_align(n: usize) -> usize {
    n.next_multiple_of(size_of::<usize>())
}

/// Size of a control message's head.
pub const CONTROL_HEAD: usize = size_of::<libc::cmsghdr>();

/// One entry of [`poll`].
pub type PollFd = libc::pollfd;

fn timespec(d: Duration) -> libc::timespec {
    libc::timespec { tv_sec: d.as_secs().try_into().unwrap_or(libc::time_t::MAX), tv_nsec: d.subsec_nanos().into() }
}

/// `ppoll` without a mask.
pub fn poll(fds: &mut [PollFd], timeout: Option<Duration>) -> Result<usize, Errno> {
    let limit = timeout.map(timespec);
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: a slice with its length; the limit is null or points to a live timespec.
    let rc = unsafe { libc::ppoll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, limit, std::ptr::null()) };
    ok(rc).map(|n| n as usize)
}

/// Whether a descriptor becomes readable (or writable) in time.
pub fn wait_ready(fd: i32, writing: bool, timeout: Option<Duration>) -> Result<bool, Errno> {
    let events = if writing { libc::POLLOUT } else { libc::POLLIN };
    Ok(poll(&mut [PollFd { fd, events, revents: 0 }], timeout)? > 0)
}

/// `epoll_create1`, closed at exec.
pub fn epoll_create() -> Result<i32, Errno> {
    // SAFETY: numbers only.
    ok(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
}

/// `epoll_ctl`; events come back with the descriptor.
pub fn epoll_control(epoll: i32, op: i32, fd: i32, events: u32) -> Result<i32, Errno> {
    let mut event = libc::epoll_event { events, u64: fd as u32 as u64 };
    // SAFETY: a whole structure.
    ok(unsafe { libc::epoll_ctl(epoll, op, fd, &raw mut event) })
}

/// `epoll_wait`: (descriptor, events) pairs; the time-out in milliseconds, -1 for ever.
pub fn epoll_wait(epoll: i32, max: usize, timeout: i32) -> Result<Vec<(i32, u32)>, Errno> {
    let mut room = Vec::<libc::epoll_event>::new();
    room.try_reserve_exact(max).map_err(|_| Errno::NOMEM)?;
    // SAFETY: room for `max` events.
    let n = ok(unsafe { libc::epoll_wait(epoll, room.as_mut_ptr(), max as i32, timeout) })?;
    // SAFETY: the call wrote `n` events.
    unsafe { room.set_len(n as usize) };
    Ok(room.iter().map(|e| (e.u64 as u32 as i32, e.events)).collect())
}
