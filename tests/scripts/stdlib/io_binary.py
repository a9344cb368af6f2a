# io: BytesIO, buffered and raw files, readinto, peek, RawIOBase subclasses.
import io
import os
import tempfile

b = io.BytesIO(b"hello world")
print(b.read(5), b.tell(), b.read(), b.read(), b.seek(0), b.readline(), b.getvalue(), b.getbuffer()[0], len(b.getbuffer()))
b = io.BytesIO()
print(b.write(b"abc"), b.write(bytearray(b"def")), b.getvalue(), b.seek(2), b.write(b"X"), b.getvalue(), b.truncate(4), b.getvalue(), b.seek(10), b.write(b"!"), b.getvalue())
b.seek(0)
buf = bytearray(3)
print(b.readinto(buf), buf, b.read1(2), b.readlines(), b.readable(), b.closed)


def err(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e)


err(io.BytesIO().write, "text")
err(io.BytesIO().seek, -1)
err(io.BytesIO(b"x").read, "a")
view = b.getbuffer()
err(b.write, b"long enough to resize the buffer")
view.release()
print(list(io.BytesIO(b"a\nb\nc")), io.BytesIO(b"a\nb").readlines(), next(io.BytesIO(b"q\n")))
d = tempfile.mkdtemp()
path = os.path.join(d, "b.bin")
with open(path, "wb") as f:
    print(type(f).__name__, f.write(bytes(range(256)) * 40), f.tell(), f.mode)
with open(path, "rb") as f:
    print(type(f).__name__, f.peek(2)[:2], f.read(3), f.tell(), f.seek(100), f.read(2), f.seek(5, 1), f.read(1), f.seek(-1, 2), f.read(), f.read())
    f.seek(0)
    arr = bytearray(10)
    print(f.readinto(arr), arr, f.raw.__class__.__name__, f.fileno() > 2)
with open(path, "rb", buffering=0) as f:
    print(type(f).__name__, f.read(4), f.readall()[:2], f.read(), f.mode, f.closefd)
with open(path, "r+b") as f:
    print(type(f).__name__, f.read(2), f.write(b"ZZ"), f.seek(0), f.read(5), f.truncate(6), f.seek(0, 2))
print(os.path.getsize(path))
err(open(path, "rb").write, b"x")
err(open(path, "wb").read)
fd = os.open(path, os.O_RDWR | os.O_CREAT)
print(os.write(fd, b"raw bytes"), os.lseek(fd, 0, 0), os.read(fd, 3))
with open(fd, "rb", closefd=False) as f:
    print(f.read())
os.close(fd)
err(os.close, fd)


class Source(io.RawIOBase):
    def __init__(self, data):
        self.data = data

    def readable(self):
        return True

    def readinto(self, b):
        n = min(len(b), len(self.data), 4)
        b[:n] = self.data[:n]
        self.data = self.data[n:]
        return n


print(Source(b"0123456789").read(6), io.BufferedReader(Source(b"0123456789")).read(6), io.TextIOWrapper(io.BufferedReader(Source(b"a\nbc\n"))).readlines(), Source(b"abcdefgh").readall())


class Sink(io.RawIOBase):
    def __init__(self):
        self.got = []

    def writable(self):
        return True

    def write(self, b):
        self.got.append(bytes(b))
        return len(b)


s = Sink()
w = io.BufferedWriter(s, 8)
for chunk in (b"ab", b"cd", b"efghij", b"k"):
    w.write(chunk)
w.flush()
print(b"".join(s.got))
r, wfd = os.pipe()
with open(wfd, "w") as pw, open(r) as pr:
    pw.write("through a pipe\n")
    pw.flush()
    print(pr.readline())
rw = io.BufferedRWPair(io.BytesIO(b"read"), io.BytesIO())
print(rw.read(), rw.write(b"w"))
print(io.DEFAULT_BUFFER_SIZE > 0, io.SEEK_SET, issubclass(io.BytesIO, io.BufferedIOBase), isinstance(io.StringIO(), io.TextIOBase), io.open is open)
err(io.RawIOBase().read)
err(io.IOBase().fileno)
err(io.IOBase().seek, 0)
os.remove(path)
os.rmdir(d)
