"""What nobody closed says so when it is collected, once, as the object that the program used."""

import gc
import io
import os
import re
import socket
import subprocess
import sys
import tempfile
import warnings

folder = tempfile.mkdtemp()
os.chdir(folder)
open("f", "w").close()


def text():
    open("f")


def binary():
    open("f", "rb")


def writer():
    open("f", "wb").write(b"data")


def random_access():
    open("f", "r+b")


def raw():
    open("f", "rb", buffering=0)


def number():
    open(os.open("f", os.O_RDONLY), "rb", buffering=0)


def lent():
    with open("f") as f:
        open(f.fileno(), closefd=False)


def wrapped():
    io.TextIOWrapper(io.BufferedReader(io.FileIO("f")), encoding="ascii")


def detached():
    f = open("f")
    f.detach()


def sock():
    socket.socket()


def native_socket():
    socket.SocketType()


def scan():
    os.scandir(".")


def scanned():
    list(os.scandir("."))


def closed():
    open("f").close()


def with_statement():
    with open("f"), socket.socket(), os.scandir("."):
        pass


def temporary():
    tempfile.TemporaryFile()


class Sub(io.FileIO):
    pass


def subclass():
    Sub("f")


class Python(io.RawIOBase):
    def close(self):
        found.add(("close called", "finalizing", getattr(self, "_finalizing", None), "closed", self.closed))
        super().close()


def python():
    Python()


class Bad(io.RawIOBase):
    def close(self):
        raise OSError("cannot")


def bad():
    Bad()


class Memory(io.BytesIO):
    def close(self):
        found.add(("memory closed",))
        super().close()


def memory():
    Memory()


def full():
    open("/dev/full", "w").write("x")


def said(text):
    text = re.sub(r" at 0x[0-9a-f]+", "", str(text))
    text = re.sub(r"(fd|name)=\d+", r"\1=N", text)
    return re.sub(r"name='/tmp/[^']*'", "name=...", text)


found = set()


def hook(u):
    found.add(("unraisable", u.exc_type.__name__, said(u.exc_value), said(u.err_msg), u.object is None, u.exc_traceback is not None))


sys.unraisablehook = hook
ALL = [text, binary, writer, random_access, raw, number, lent, wrapped, detached, sock, native_socket, scan, scanned, closed]
ALL += [with_statement, temporary, subclass, python, bad, memory, full]


def overwrite(n=40):
    a = b = c = d = e = f = g = h = n
    return n and overwrite(n - 1)


def deep(f, n=10):
    return deep(f, n - 1) if n else f()


def run(action):
    # Five times: something on the native stack may keep one or another for a while.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(action)
        for make in ALL:
            for _ in range(5):
                deep(make)
                overwrite()
                gc.collect()
                gc.collect()
    found.update((w.category.__name__, said(w.message), type(w.source).__name__) for w in caught)
    print(action)
    for what in sorted(found, key=str):
        print("  ", *what)
    found.clear()


run("always")
run("error")
# At the end of the program, too.
program = """
import socket, os
a = open("f"); b = open("f", "rb", 0); c = open("g", "w"); c.write("unflushed")
s = socket.socket(); d = os.scandir(".")
"""
done = subprocess.run([sys.executable, "-W", "default", "-c", program], capture_output=True, text=True)
print(done.returncode, sorted(said(line).split(": ", 1)[-1] for line in done.stderr.splitlines() if "unclosed" in line))
print(open("g").read())
# Without a filter nothing is said.
done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
print(done.returncode, done.stderr)
# A class that writes its end when it is closed does so.
program = """
import io
class Log(io.RawIOBase):
    def close(self):
        if not self.closed:
            print("closed at the end", flush=True)
        super().close()
log = Log()
"""
print(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout)
