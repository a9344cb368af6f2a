"""What owns a descriptor closes it when it is collected: every type of the native modules that can own one."""

import gc
import io
import mmap
import os
import select
import socket
import subprocess
import sys
import tempfile
import types

folder = tempfile.mkdtemp()
path = os.path.join(folder, "file")
with open(path, "wb") as f:
    f.write(b"x" * 5000)
server = socket.create_server(("127.0.0.1", 0))
gc.collect()


def numbers():
    return sum(1 for n in range(300) if is_open(n))


def is_open(n):
    try:
        os.fstat(n)
    except OSError:
        return False
    return True


def pipe():
    r, w = os.pipe()
    return open(r, "rb"), open(w, "wb", 0)


def mapped():
    with open(path, "r+b") as f:
        return mmap.mmap(f.fileno(), 0)


def process():
    p = subprocess.Popen(["true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.wait()
    return p.stdin, p.stdout, p


def connection():
    client = socket.create_connection(server.getsockname())
    return client, server.accept()[0]


def terminal():
    try:
        a, b = os.openpty()
    except FileNotFoundError:
        # No terminals here.
        return
    return open(a, "rb", 0), open(b, "rb", 0)


class Raw(io.RawIOBase):
    """Owns a file as far as its class tells."""

    def __init__(self):
        self.file = open(path, "rb")


MAKERS = {
    io.FileIO: lambda: io.FileIO(path),
    io.BufferedReader: lambda: open(path, "rb"),
    io.BufferedWriter: lambda: open(path, "ab"),
    io.BufferedRandom: lambda: open(path, "r+b"),
    io.BufferedRWPair: lambda: io.BufferedRWPair(open(path, "rb", 0), open(path, "ab", 0)),
    io.TextIOWrapper: lambda: open(path),
    socket.SocketType: lambda: socket.SocketType(),
    socket.socket: socket.socket,
    select.epoll: select.epoll,
    mmap.mmap: mapped,
    "pipe": pipe,
    "TemporaryFile": tempfile.TemporaryFile,
    "NamedTemporaryFile": tempfile.NamedTemporaryFile,
    "SpooledTemporaryFile": lambda: tempfile.SpooledTemporaryFile(max_size=1).write(b"more"),
    "Popen": process,
    "socketpair": socket.socketpair,
    "connection": connection,
    "makefile": lambda: socket.socket().makefile("rwb"),
    "terminal": terminal,
    "epoll of a selector": lambda: __import__("selectors").DefaultSelector(),
    "subclass": lambda: type("Sub", (io.FileIO,), {})(path),
    "raw": Raw,
    "cycle": lambda: [f := open(path), setattr(f, "me", f)],
    "text over raw": lambda: io.TextIOWrapper(io.FileIO(path)),
    "pair over pipe": lambda: io.BufferedRWPair(*[open(fd, m, 0) for fd, m in zip(os.pipe(), ("rb", "wb"))]),
}

# In memory, or holding what the program opened.
WITHOUT = {"BytesIO", "StringIO", "_IOBase", "_RawIOBase", "_BufferedIOBase", "_TextIOBase", "IncrementalNewlineDecoder"}


def make(maker, n):
    for _ in range(n):
        maker()


import warnings

warnings.simplefilter("ignore")
for name, maker in MAKERS.items():
    make(maker, 1)
    gc.collect()
    before = numbers()
    make(maker, 10)
    gc.collect()
    gc.collect()
    # A reference on the native stack may still look alive: of ten at most two stay.
    left = numbers() - before
    print(name if isinstance(name, str) else name.__name__, "closed" if left <= 4 else f"{left} left")

import _io
import _socket

for module in (_io, _socket, select, mmap):
    for name, v in sorted(vars(module).items()):
        if isinstance(v, type) and hasattr(v, "close") and hasattr(v, "fileno") and v not in MAKERS and name not in WITHOUT:
            print(module.__name__, name, "is not tested")

# The reader of a dropped pipe sees its end.
r, w = os.pipe()


def write_and_drop():
    open(w, "w").write("the rest")


write_and_drop()
gc.collect()
gc.collect()
print(open(r).read())
