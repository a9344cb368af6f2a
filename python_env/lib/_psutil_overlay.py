"""`psutil._psutil_linux`: what psutil asks of the system beyond /proc, over this library's own modules.

Links and addresses come from the kernel's routing socket (rtnetlink(7)), what else is told of a network interface from
netdevice(7) and /sys.
"""

import errno
import fcntl
import os
import platform
import resource
import socket
import struct
import sys

AF_LINK = socket.AF_PACKET
DUPLEX_HALF, DUPLEX_FULL, DUPLEX_UNKNOWN = 0, 1, 0xff

RLIM_INFINITY = resource.RLIM_INFINITY
for _name in ('AS', 'CORE', 'CPU', 'DATA', 'FSIZE', 'MEMLOCK', 'MSGQUEUE', 'NICE', 'NOFILE', 'NPROC', 'RSS', 'RTPRIO', 'RTTIME',
              'SIGPENDING', 'STACK'):
    globals()['RLIMIT_' + _name] = getattr(resource, 'RLIMIT_' + _name)
RLIMIT_LOCKS = 10

getpagesize = resource.getpagesize

_debug = False


class ZombieProcessError(Exception):
    """Of a process that has ended and was not waited for; asked about by name only."""


def __getattr__(name):
    # psutil refuses an extension of another release than its own: there is none such here.
    if name == 'version':
        return int(sys.modules['psutil'].__version__.replace('.', ''))
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


def set_debug(value):
    """What is printed by the extension in this mode has no counterpart."""
    global _debug
    _debug = bool(value)


def check_pid_range(pid):
    """A process's number is a C int."""
    if not isinstance(pid, int):
        raise TypeError('an integer is required')
    if not -2**31 <= pid < 2**31:
        raise OverflowError('Python int too large to convert to C int')


# --- processes

def proc_priority_get(pid):
    return os.getpriority(os.PRIO_PROCESS, pid)


def proc_priority_set(pid, value):
    os.setpriority(os.PRIO_PROCESS, pid, value)


def proc_cpu_affinity_get(pid):
    return sorted(os.sched_getaffinity(pid))


def proc_cpu_affinity_set(pid, cpus):
    if not hasattr(cpus, '__getitem__'):
        raise TypeError(f'sequence argument expected, got {type(cpus)!r}')
    os.sched_setaffinity(pid, cpus)


_IOPRIO_CALLS = {'x86_64': (252, 251), 'aarch64': (31, 30)}
_IOPRIO_SHIFT = 13


def _ioprio_call(which, *arguments):
    import ctypes

    calls = _IOPRIO_CALLS.get(platform.machine())
    if calls is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    library = ctypes.CDLL(None, use_errno=True)
    result = library.syscall(calls[which], *arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def proc_ioprio_get(pid):
    value = _ioprio_call(1, 1, pid)
    return value >> _IOPRIO_SHIFT, value & (1 << _IOPRIO_SHIFT) - 1


def proc_ioprio_set(pid, ioclass, value):
    _ioprio_call(0, 1, pid, ioclass << _IOPRIO_SHIFT | value)


# --- memory and disks

def linux_sysinfo():
    """sysinfo(2) as /proc/meminfo tells it."""
    sizes = {}
    with open('/proc/meminfo') as file:
        for line in file:
            key, _, rest = line.partition(':')
            sizes[key] = int(rest.split()[0]) * 1024
    keys = 'MemTotal', 'MemFree', 'Buffers', 'Shmem', 'SwapTotal', 'SwapFree'
    return *(sizes.get(key, 0) for key in keys), 1


def _mount_field(field):
    """Blanks, tabs, newlines and backslashes stand as octal numbers in a table of mounts."""
    parts = field.split('\\')
    text = parts[0]
    for part in parts[1:]:
        digits = part[:3]
        if len(digits) == 3 and all(c in '01234567' for c in digits):
            text += chr(int(digits, 8)) + part[3:]
        else:
            text += '\\' + part
    return text


def disk_partitions(path):
    found = []
    with open(path, errors='surrogateescape') as file:
        for line in file:
            fields = line.split()
            if len(fields) >= 3 and not fields[0].startswith('#'):
                fields.append('')
                found.append(tuple(map(_mount_field, fields[:4])))
    return found


# --- users

# struct utmp of the C library: 32-bit times where programs of 32 bits read the same file.
_TIMES = '3i' if platform.machine() in ('x86_64', 'i386', 'i686') else 'l2q'
_UTMP = struct.Struct(f'h2xi32s4s32s256shh{_TIMES}4i20x0l')
_USER_PROCESS = 7


def users():
    found = []
    try:
        with open('/var/run/utmp', 'rb') as file:
            data = file.read()
    except OSError:
        return found
    whole = len(data) - len(data) % _UTMP.size
    for entry in _UTMP.iter_unpack(data[:whole]):
        kind, pid, line, _, user, host, _, _, _, seconds, *_ = entry
        if kind != _USER_PROCESS:
            continue
        user, line, host = (os.fsdecode(text.partition(b'\0')[0]) for text in (user, line, host))
        if host in ('', ':0', ':0.0'):
            host = 'localhost'
        found.append((user, line, host, float(seconds), pid))
    return found


# --- network interfaces

_SIOCGIFFLAGS, _SIOCGIFMTU = 0x8913, 0x8921
_IFF_BROADCAST, _IFF_POINTOPOINT = 0x2, 0x10
_FLAGS = ('up', 'broadcast', 'debug', 'loopback', 'pointopoint', 'notrailers', 'running', 'noarp', 'promisc', 'allmulti', 'master',
          'slave', 'multicast', 'portsel', 'automedia', 'dynamic')


def _interface(name, request, layout):
    """What ioctl tells of an interface (struct ifreq)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        answer = fcntl.ioctl(s.fileno(), request, struct.pack('16s24x', os.fsencode(name)[:15]))
    return struct.unpack_from(layout, answer, 16)[0]


def net_if_mtu(name):
    return _interface(name, _SIOCGIFMTU, 'i')


def net_if_flags(name):
    flags = _interface(name, _SIOCGIFFLAGS, 'H')
    return [text for bit, text in enumerate(_FLAGS) if flags >> bit & 1]


def net_if_is_running(name):
    return 'running' in net_if_flags(name)


def net_if_duplex_speed(name):
    net_if_mtu(name)  # an interface that is not there is an error

    def read(what):
        try:
            with open(f'/sys/class/net/{name}/{what}') as file:
                return file.read().strip()
        except OSError:
            return ''

    duplex = {'half': DUPLEX_HALF, 'full': DUPLEX_FULL}.get(read('duplex'), DUPLEX_UNKNOWN)
    speed = read('speed')
    return [duplex, int(speed) if speed.isdecimal() else 0]


_RTM_NEWLINK, _RTM_GETLINK, _RTM_NEWADDR, _RTM_GETADDR = 16, 18, 20, 22
_NLM_F_REQUEST, _NLM_F_DUMP = 0x1, 0x300
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_HEADER = struct.Struct('=IHHII')
_IFLA_ADDRESS, _IFLA_BROADCAST, _IFLA_IFNAME = 1, 2, 3
_IFA_ADDRESS, _IFA_LOCAL, _IFA_BROADCAST = 1, 2, 4


def _dump(s, kind):
    """The answers of the routing socket to a request for everything of a kind: (type, body)."""
    s.send(_HEADER.pack(_HEADER.size + 16, kind, _NLM_F_REQUEST | _NLM_F_DUMP, 1, 0) + bytes(16))
    while True:
        data = s.recv(1 << 17)
        while len(data) >= _HEADER.size:
            length, type, _, _, _ = _HEADER.unpack_from(data)
            body, data = data[_HEADER.size:length], data[max(length + 3 & ~3, _HEADER.size):]
            if type == _NLMSG_DONE:
                return
            if type == _NLMSG_ERROR:
                number = -struct.unpack_from('=i', body)[0]
                raise OSError(number, os.strerror(number))
            yield type, body


def _attributes(body, start):
    """The attributes of an answer, by number."""
    found = {}
    while start + 4 <= len(body):
        length, kind = struct.unpack_from('=HH', body, start)
        if length < 4:
            break
        found[kind] = body[start + 4:start + length]
        start += length + 3 & ~3
    return found


def _link_text(address):
    return ':'.join(f'{byte:02x}' for byte in address) if address else None


def _far_ends(flags, broadcast, peer):
    if flags & _IFF_BROADCAST:
        return broadcast, None
    if flags & _IFF_POINTOPOINT:
        return None, peer
    return None, None


def net_if_addrs():
    """(name, family, address, netmask, broadcast, peer) of each address; the links' own come first."""
    found, links = [], {}
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        for type, body in _dump(s, _RTM_GETLINK):
            if type != _RTM_NEWLINK:
                continue
            _, _, index, flags, _ = struct.unpack_from('=BxHiII', body)
            told = _attributes(body, 16)
            name = os.fsdecode(told.get(_IFLA_IFNAME, b'').rstrip(b'\0'))
            links[index] = name, flags
            address = _link_text(told.get(_IFLA_ADDRESS))
            if address is not None:
                far = _link_text(told.get(_IFLA_BROADCAST))
                found.append((name, int(socket.AF_PACKET), address, None, *_far_ends(flags, far, far)))
        for type, body in _dump(s, _RTM_GETADDR):
            if type != _RTM_NEWADDR:
                continue
            family, prefix, _, _, index = struct.unpack_from('=BBBBI', body)
            if family not in (socket.AF_INET, socket.AF_INET6) or index not in links:
                continue
            name, flags = links[index]
            told = _attributes(body, 8)
            bits = 32 if family == socket.AF_INET else 128

            def text(address):
                if address is None:
                    return None
                shown = socket.inet_ntop(family, address)
                local = family == socket.AF_INET6 and address[0] == 0xfe and address[1] & 0xc0 == 0x80
                return f'{shown}%{name}' if local else shown

            mask = socket.inet_ntop(family, ((1 << bits) - (1 << bits - prefix)).to_bytes(bits // 8))
            own, peer = told.get(_IFA_LOCAL, told.get(_IFA_ADDRESS)), told.get(_IFA_ADDRESS)
            if own is not None:
                far = _far_ends(flags, text(told.get(_IFA_BROADCAST)), text(peer))
                found.append((name, int(family), text(own), mask, *far))
    return found
