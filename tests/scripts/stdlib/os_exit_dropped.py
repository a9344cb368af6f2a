"""What was written to a file object that is dropped arrives, also where the process leaves by os._exit() or exec."""

import gc
import os
import socket
import sys


def child(work):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def received(r):
    os.set_blocking(r, False)
    try:
        return os.read(r, 100)
    except BlockingIOError:
        return None


a, b = socket.socketpair()


def to_socket():
    stream = b.makefile("wb")
    stream.write(b"by a socket")
    del stream


child(to_socket)
b.close()
print(received(a.fileno()))
a.close()

for mode in "wb", "w":
    r, w = os.pipe()
    data = b"bytes" if mode == "wb" else "text"
    child(lambda: os.fdopen(w, mode).write(data) and None)
    os.close(w)
    print(mode, received(r))

# One that is in use is not flushed.
r, w = os.pipe()
kept = []


def keep():
    kept.append(os.fdopen(w, "wb"))
    kept[0].write(b"kept")


child(keep)
os.close(w)
print("kept", received(r))

# What was dropped before a fork is written by one process.
r, w = os.pipe()


def drop():
    os.fdopen(w, "wb", closefd=False).write(b"once")


drop()
child(lambda: None)
gc.collect()
os.close(w)
print("before", received(r))

# A program that takes this one's place.
r, w = os.pipe()


def replaced():
    os.fdopen(w, "wb").write(b"before exec")
    os.execv("/bin/true", ["true"])


child(replaced)
os.close(w)
print("exec", received(r))
