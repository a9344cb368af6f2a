"""Programs that drop files, sockets, pipes, ... unclosed go on under a small limit of descriptors, also in threads."""

import fcntl
import gc
import json
import mmap
import os
import resource
import select
import socket
import subprocess
import tempfile
import threading
import warnings

warnings.simplefilter("ignore")
path = tempfile.mktemp()
with open(path, "w") as f:
    json.dump({"a": [1, 2, 3]}, f)
server = socket.create_server(("127.0.0.1", 0))
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))


def mapped():
    f = open(path, "r+b")
    mmap.mmap(f.fileno(), 0)


def pipe():
    r, w = os.pipe()
    os.fdopen(r), os.fdopen(w, "w")


def pipe2():
    r, w = os.pipe2(os.O_CLOEXEC)
    os.fdopen(r), os.fdopen(w, "w")


def connect():
    socket.create_connection(server.getsockname())
    server.accept()


def terminal():
    try:
        a, b = os.openpty()
    except FileNotFoundError:
        # No terminals here.
        return
    open(a, "rb", 0), open(b, "rb", 0)


def shared_memory():
    import _posixshmem

    fd = _posixshmem.shm_open(f"/protopython-{os.getpid()}", os.O_CREAT | os.O_RDWR, 0o600)
    _posixshmem.shm_unlink(f"/protopython-{os.getpid()}")
    open(fd, "rb", 0)


def raw(fd):
    open(fd, "rb", 0)


def process():
    subprocess.Popen(["true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE).wait()


MAKERS = [
    ("open", lambda: open(path)),
    ("json.load", lambda: json.load(open(path))),
    ("unbuffered", lambda: open(path, "rb", 0)),
    ("os.open", lambda: raw(os.open(path, os.O_RDONLY))),
    ("os.dup", lambda: raw(os.dup(0))),
    ("F_DUPFD", lambda: raw(fcntl.fcntl(0, fcntl.F_DUPFD, 0))),
    ("F_DUPFD_CLOEXEC", lambda: raw(fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 10))),
    ("mmap", mapped),
    ("pipe", pipe),
    ("pipe2", pipe2),
    ("socket", socket.socket),
    ("socket.dup", lambda: raw(socket.dup(server.fileno()))),
    ("socketpair", socket.socketpair),
    ("accept", connect),
    ("epoll", select.epoll),
    ("eventfd", lambda: raw(os.eventfd(0))),
    ("memfd", lambda: raw(os.memfd_create("x"))),
    ("timerfd", lambda: raw(os.timerfd_create(1))),
    ("pidfd", lambda: raw(os.pidfd_open(os.getpid()))),
    ("openpty", terminal),
    ("shm_open", shared_memory),
    ("TemporaryFile", tempfile.TemporaryFile),
    ("NamedTemporaryFile", tempfile.NamedTemporaryFile),
]
for name, maker in MAKERS:
    for _ in range(200):
        maker()
    print(name)
for _ in range(40):
    process()
print("Popen")

# These need one for a moment: it is found when all others are in dropped files.
for name, f in [
    ("listdir", lambda: os.listdir("/")),
    ("scandir", lambda: list(os.scandir("/"))),
    ("truncate", lambda: os.truncate(path, 20)),
    ("system", lambda: os.system("true")),
]:
    spare = []
    try:
        while True:
            spare.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as e:
        print(e.strerror)
    for fd in spare[-20:]:
        os.close(fd)
    for _ in range(200):
        open(path)
        f()
    for fd in spare[:-20]:
        os.close(fd)
    print(name)


failed = []


def work():
    try:
        for _ in range(300):
            open(path).read()
            socket.socket()
    except OSError as e:
        failed.append(e)


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("threads", failed)

# Files that several threads know.
shared = [None] * 10


def exchange(k):
    try:
        for i in range(300):
            shared[(i + k) % 10] = open(path)
    except OSError as e:
        failed.append(e)


threads = [threading.Thread(target=exchange, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
shared.clear()
print("shared", failed)

# What is in use stays, and the limit is an error when it is reached.
kept = []
try:
    while True:
        kept.append(open(path, "rb"))
except OSError as e:
    print(e.strerror, all(not f.closed for f in kept))
