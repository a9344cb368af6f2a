# Corners of modules over the C library: arguments at the ends of their ranges, state that user code changes.
import atexit
import binascii
import cmath
import dis
import grp
import gzip
import hashlib
import hmac
import io
import math
import os
import pwd
import random
import resource
import subprocess
import sys
import time
import zlib
from _opcode import stack_effect
from xml.sax.saxutils import XMLGenerator


def show(label, f):
    try:
        print(label, "=>", repr(f()))
    except Exception as e:
        print(label, "!!", type(e).__name__ + ":", e)


print("--- users, groups, processes")
for v in (2**128, -(2**128), -2, 2**32, "a", 1.5):
    show("uid", lambda: pwd.getpwuid(v))
    show("gid", lambda: grp.getgrgid(v))
for v in ("a\0b", 1, b"x", "nobody of this name"):
    show("user", lambda: pwd.getpwnam(v))
    show("group", lambda: grp.getgrnam(v))
for name in ("getpgid", "getsid", "sched_getaffinity", "pidfd_open"):
    show(name, lambda: getattr(os, name)(-1))
show("setpgid", lambda: os.setpgid(-1, 0))
show("setpgid", lambda: os.setpgid(0, -1))
for which in (0, 1):
    show("priority", lambda: os.getpriority(which, -1))
show("execv", lambda: os.execv("x", ("",)))
show("execve", lambda: os.execve("x", [""], {}))
show("copy_file_range", lambda: os.copy_file_range(0, 1, -10))
show("readinto", lambda: os.readinto(0, b"x"))
show("pathconf", lambda: os.pathconf(-1, 1))
show("DirEntry", lambda: os.DirEntry())
print(os.SCHED_DEADLINE, os.TFD_NONBLOCK, os.CLONE_NEWNS, os.RWF_SYNC, os.MFD_HUGE_16GB)

print("--- limits")
soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
for v in (-5, -(2**31), -(2**63), -(2**64) - 5, 2**64, 1.5, "a"):
    show(v, lambda: resource.setrlimit(resource.RLIMIT_CORE, (v, hard)))
show("ends", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1, 0)))

print("--- time")
low = -(2**31) + 1900
for year in (low, low - 1, 2**31 - 1, 2**31):
    fields = (year,) + (0,) * 8
    show(year, lambda: time.asctime(fields))
    show(year, lambda: time.strftime("%Y", fields))

print("--- views with gaps, empty lines")
gaps = memoryview(bytearray(b"noncontig"))[::-2]
for f in (binascii.b2a_hex, binascii.b2a_base64, binascii.crc32, hashlib.md5, zlib.compress, zlib.crc32):
    show("gaps", lambda: f(gaps))
target = memoryview(bytearray(5))
target[:] = gaps
array = bytearray(b"xxxxx")
array[1:3] = gaps
print(bytes(gaps), bytearray(gaps), bytes(target), array, b"%b" % gaps, int.from_bytes(gaps, "big"))
show("a2b_uu", lambda: binascii.a2b_uu(b""))

print("--- numbers")
print(cmath.sqrt(complex(-1e-323, 0.0)), cmath.sqrt(complex(5e-324, 5e-324)))


class Int(int):
    def __add__(self, other):
        return Int(int(self) + int(other))

    __radd__ = __add__

    def __mul__(self, other):
        return Int(int(self) * int(other))

    __rmul__ = __mul__


print(math.sumprod((-5, -5, -5), (Int(7), 1.5, 1.5)), math.sumprod([2**62, 4], [2, 0.5]), math.sumprod([True, 2.5], [1, 2]))
print(math.sumprod([1e308, 1.0, -1e308], [10, 1.0, 10]))
show("int", lambda: math.sumprod([1, 2.0, 10**400], [1, 0.5, 1]))
generator = random.Random(5)
for name, numbers in (
    ("acosh", [1 + generator.expovariate(0.2) for _ in range(40)] + [1 + 2**-52, 1.0000001, 1e300]),
    ("asinh", [generator.uniform(-9, 9) for _ in range(40)] + [1e-9, 5e-324, -0.0, 1e-5, -1e300]),
    ("atanh", [generator.uniform(-1, 1) for _ in range(40)] + [1e-9, 1e-5, 1 - 2**-53]),
):
    print(name, [getattr(math, name)(x) for x in numbers])

print("--- zlib")
past = b"hello world, " * 5
packer = zlib.compressobj(zdict=past)
packed = packer.compress(b"hello world, hi") + packer.flush()
print(packed[:6].hex(), len(packed) < 25, zlib.decompressobj(zdict=past).decompress(packed))
for level in range(-1, 10):
    print(level, zlib.compressobj(level, zdict=past).flush()[:2].hex(), end="; ")
print()
show("none", lambda: zlib.decompress(packed))
show("other", lambda: zlib.decompressobj(zdict=b"other").decompress(packed))
show("gzip", lambda: zlib.compressobj(wbits=31, zdict=past))
show("str", lambda: zlib.compressobj(zdict="a"))
show("str", lambda: zlib.decompressobj(zdict="a"))
for wbits in (-15, -9):
    packer = zlib.compressobj(wbits=wbits, zdict=past)
    raw = packer.compress(b"hello hello world") + packer.flush()
    print(zlib.decompressobj(wbits=-15, zdict=past).decompress(raw))
big = bytes(generator.randbytes(100_000))
packer = zlib.compressobj(zdict=big)
packed = packer.compress(big[-20_000:]) + packer.flush()
print(len(packed) < 2000, zlib.decompressobj(zdict=big).decompress(packed) == big[-20_000:])
for wbits in (8, 14, 15, 0, 40, 46, 47):
    show(wbits, lambda: zlib.decompress(zlib.compress(b"abc"), wbits=wbits))
d = zlib.decompressobj()
d.decompress(zlib.compress(b"a"))
print(d.copy().eof)
d.flush()
show("copy", d.copy)
d = zlib._ZlibDecompressor()
for _ in range(2):
    show("bad", lambda: d.decompress(b"x" * 30))

print("--- text streams")


class Sink:
    def __init__(self):
        self.bytes = b""

    def write(self, data):
        self.bytes += data
        return len(data)


for encoding in ("utf-8-sig", "utf-16-le", "utf-16", "utf-32"):
    for seekable in (False, True):
        sink = Sink()
        raw = io.BufferedIOBase()
        raw.writable = lambda: True
        raw.write = sink.write
        if seekable:
            raw.seekable = lambda: True
            raw.tell = lambda: len(sink.bytes)
        stream = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
        stream.write("a")
        stream.write("b")
        print(encoding, seekable, sink.bytes)
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    for text in "xyz":
        stream.write(text)
        stream.flush()
    stream.seek(0)
    stream.write("new")
    stream.flush()
    print(encoding, raw.getvalue())

print("--- atexit")


def callback():
    raise ValueError("in a callback")


seen = []
sys.unraisablehook = lambda u: seen.append((u.err_msg == f"Exception ignored in atexit callback {callback!r}", u.object))
atexit.register(callback)
atexit._run_exitfuncs()
sys.unraisablehook = sys.__unraisablehook__
print(seen)
calls = []
functions = [lambda n=n: calls.append(n) for n in (1, 2, 3)]


class Second:
    def __init__(self, when, what):
        self.count, self.when, self.what = 0, when, what

    def __eq__(self, other):
        self.count += 1
        if self.count == self.when:
            atexit.unregister(self.what)
        return other is functions[1]


for what in functions:
    for when in (1, 2, 3):
        calls.clear()
        for f in functions:
            atexit.register(f)
        atexit.unregister(Second(when, what))
        atexit._run_exitfuncs()
        print(calls, end=" ")
print()

print("--- the library")
with io.BytesIO() as raw:
    gzip.GzipFile(fileobj=raw, mode="w", mtime=2**32).close()
    print(raw.getvalue()[4:8], gzip.compress(b"", mtime=-1)[4:8])
for code in (None, "2", 2.5, 2, -9):
    print(subprocess.CalledProcessError(code, "cmd"))
show("key", lambda: hmac.digest(bytearray(b"k"), b"m", "sha256").hex()[:8])
raw = io.StringIO()
writer = XMLGenerator(raw)
writer.startPrefixMapping("n", 'http://example.org/?a="1"&b=<2>')
writer.startElementNS(('http://example.org/?a="1"&b=<2>', "e"), "n:e", {})
print(raw.getvalue())
for name, arg in (("POP_TOP", None), ("BUILD_SLICE", 3), ("UNPACK_EX", 257), ("CALL", 4), ("LOAD_GLOBAL", 1), ("FOR_ITER", 0)):
    print(name, stack_effect(dis.opmap[name], arg), end="; ")
print()
show("effect", lambda: stack_effect(30000))
show("effect", lambda: stack_effect(0, 0, jump=5))
