"""Loopback sockets: streams, datagrams, local sockets, options, errors and time-outs."""
import errno
import os
import socket
import tempfile
import threading
import time


def attempt(f, *args):
    try:
        r = f(*args)
        print("ok", r)
    except Exception as e:
        print(type(e).__name__, e)


# --- echo over TCP, one thread per connection
def serve(server, n):
    def talk(conn):
        with conn:
            while data := conn.recv(1000):
                conn.sendall(data.upper())

    workers = []
    for _ in range(n):
        conn, addr = server.accept()
        assert addr[0] == "127.0.0.1"
        w = threading.Thread(target=talk, args=(conn,))
        w.start()
        workers.append(w)
    for w in workers:
        w.join()


with socket.create_server(("127.0.0.1", 0)) as server:
    t = threading.Thread(target=serve, args=(server, 4))
    t.start()
    answers = []

    def ask(i):
        with socket.create_connection(server.getsockname()) as c:
            c.sendall(b"hello %d" % i)
            c.shutdown(socket.SHUT_WR)
            got = b""
            while part := c.recv(3):
                got += part
            answers.append(got)

    askers = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for a in askers:
        a.start()
    for a in askers:
        a.join()
    t.join()
    print(sorted(answers))
    print(server.family, server.type, server.proto, server.fileno() >= 0)

# --- big transfers in both directions
a, b = socket.socketpair()
blob = bytes(range(256)) * 20000
sender = threading.Thread(target=lambda: (a.sendall(blob), a.close()))
sender.start()
view = bytearray(len(blob))
n = 0
while n < len(view):
    n += b.recv_into(memoryview(view)[n:])
sender.join()
print(n, view == blob, b.recv(10))
b.close()

# --- datagrams
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as v:
    u.bind(("127.0.0.1", 0))
    v.bind(("127.0.0.1", 0))
    print(v.sendto(b"one", u.getsockname()), v.sendto(b"two!", 0, u.getsockname()))
    data, where = u.recvfrom(100)
    print(data, where == v.getsockname())
    buf = bytearray(10)
    n, where = u.recvfrom_into(buf)
    print(n, bytes(buf), where == v.getsockname())
    v.connect(u.getsockname())
    v.send(b"three")
    print(u.recvmsg(3)[0], u.gettimeout())

# --- messages in parts, with descriptors
a, b = socket.socketpair()
r, w = os.pipe()
print(a.sendmsg([b"he", bytearray(b"ll"), memoryview(b"o")]))
print(socket.send_fds(a, [b"fd"], [w]))
parts = [bytearray(3), bytearray(10)]
print(b.recvmsg_into(parts), parts)
os.close(w)
a.close()
a, b = socket.socketpair()
r2, w2 = os.pipe()
socket.send_fds(a, [b"x"], [w2])
os.close(w2)
msg, fds, flags, addr = socket.recv_fds(b, 10, 2)
print(msg, len(fds), flags & ~socket.MSG_CMSG_CLOEXEC, addr)
os.write(fds[0], b"through")
os.close(fds[0])
print(os.read(r2, 100))
for s in (a, b):
    s.close()
for fd in (r, r2):
    os.close(fd)
print(socket.CMSG_LEN(4), socket.CMSG_SPACE(4))

# --- local sockets
with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as c:
        server.bind(path)
        server.listen()
        c.connect(path)
        conn, addr = server.accept()
        print(repr(addr), server.getsockname() == path, c.getpeername() == path)
        conn.sendall(b"local")
        print(c.recv(10))
        conn.close()
with socket.socket(socket.AF_UNIX) as s:
    s.bind(b"\0proto-test-%d" % os.getpid())
    print(s.getsockname()[:12])
    attempt(s.connect, "x" * 200)
    attempt(s.connect, "/nonexistent/socket")

# --- IPv6, if there is any
try:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as s:
        print(len(s.getsockname()), s.getsockname()[0])
except OSError:
    print(4, "::1")

# --- time-outs
a, b = socket.socketpair()
print(a.gettimeout(), a.getblocking(), a.timeout)
a.settimeout(0.05)
start = time.monotonic()
attempt(a.recv, 10)
print(0.04 < time.monotonic() - start < 5)
attempt(a.sendall, b"x" * 10_000_000)
a.setblocking(False)
attempt(a.recv, 10)
print(a.gettimeout(), a.getblocking())
a.settimeout(None)
print(a.gettimeout(), a.getblocking())
for bad in (-1, "x", float("nan"), 1e300):
    attempt(a.settimeout, bad)
a.close()
b.close()
socket.setdefaulttimeout(2.5)
with socket.socket() as s:
    print(s.gettimeout(), socket.getdefaulttimeout())
socket.setdefaulttimeout(None)
with socket.create_server(("127.0.0.1", 0)) as server:
    server.settimeout(0.01)
    attempt(server.accept)

# --- options
with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) != 0)
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 4) == b"\1\0\0\0")
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, b"\1\0\0\0")
    print(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM)
    attempt(s.getsockopt, 1, 2, -1)
    attempt(s.setsockopt, 1, 2)
    attempt(s.setsockopt, 1, 2, "x")

# --- errors
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    # Nobody listens there, and nobody else can while this socket has the port.
    attempt(socket.create_connection, ("127.0.0.1", port))
    with socket.socket() as c:
        print(errno.errorcode[c.connect_ex(("127.0.0.1", port))])
s = socket.socket()
for address in (5, ("127.0.0.1",), ("127.0.0.1", "x"), ("127.0.0.1", 70000), (5, 5), ("a\0b", 3), ("\ud800", 3)):
    attempt(s.connect, address)
attempt(s.recv, -1)
attempt(s.recv, 10)
attempt(s.recv_into, bytearray(5), 10)
attempt(s.recv_into, b"123")
attempt(s.send, "x")
attempt(s.sendto, b"x")
attempt(s.sendmsg, 5)
attempt(s.sendmsg, [b"x"], [(1, 2)])
attempt(s.getpeername)
attempt(s.shutdown, socket.SHUT_RDWR)
s.close()
attempt(s.recv, 5)
print(s.fileno(), s.detach(), s.close(), repr(s))
attempt(socket.socket, 9999)
attempt(lambda: socket.socket(fileno=-1))

# --- duplicates and detached descriptors
a, b = socket.socketpair()
c = a.dup()
a.close()
c.send(b"dup")
print(b.recv(5))
fd = c.detach()
d = socket.socket(fileno=fd)
print(d.family == socket.AF_UNIX, d.type, c.fileno())
d.close()
print(b.recv(5))
with b.makefile("rwb") as f:
    print(f.readable(), f.writable())
b.close()
with socket.socket() as s:
    print(os.get_inheritable(s.fileno()))
