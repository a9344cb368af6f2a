"""Memory maps."""
import mmap
import os
import tempfile


def attempt(f, *args, **kw):
    try:
        print("ok", f(*args, **kw))
    except Exception as e:
        print(type(e).__name__, e)


m = mmap.mmap(-1, 20)
attempt(m.resize, 30)
m.close()
m = mmap.mmap(-1, 20, flags=mmap.MAP_PRIVATE)
print(len(m), m[:5], m.tell(), m.closed)
m[:5] = b"hello"
m[5] = 33
print(m[:6], m[0], m[-20], m[::4][:2], m.find(b"l"), m.rfind(b"l"), m.find(b"zz"), m.find(b"l", 3, 5))
print(m.read(3), m.read_byte(), m.tell(), m.seek(0), m.readline(), m.seek(-4, 2), m.read(), m.seek(2), m.write(b"LL"), m.tell())
m.write_byte(7)
m.move(10, 0, 5)
print(m[:16])
v = memoryview(m)
v[0] = 72
print(v.nbytes, v.readonly, m[0], v.format, bytes(v[:3]))
attempt(m.close)
attempt(m.resize, 30)
v.release()
m.resize(4096)
print(len(m), m[:2])
attempt(m.size)
for f, args in ((m.__getitem__, (9999,)), (m.__setitem__, (0, 300)), (m.__setitem__, (0, "x")), (m.__setitem__, (slice(0, 2), b"abc")),
                (m.__delitem__, (0,)), (m.__getitem__, ("x",)), (m.seek, (-1,)), (m.seek, (0, 9)), (m.move, (0, 4090, 10)), (m.write_byte, (300,)),
                (m.flush, (1, 9999)), (m.find, (5,))):
    attempt(f, *args)
m.seek(4090)
attempt(m.write, b"1234567")
m.seek(0, 2)
attempt(m.read_byte)
print(repr(m))
m.close()
print(m.closed, repr(m))
attempt(m.read)
attempt(len, m)
for args, kw in (((-1, -1), {}), ((-1, 10), {"offset": -1}), ((-1, 10), {"access": 9}), ((-1, 10), {"access": 1, "prot": 1}), ((-1, 0), {})):
    attempt(mmap.mmap, *args, **kw)

with tempfile.TemporaryFile() as f:
    attempt(mmap.mmap, f.fileno(), 0)
    f.write(b"file contents\nsecond line\n")
    f.flush()
    attempt(mmap.mmap, f.fileno(), 1000)
    with mmap.mmap(f.fileno(), 0) as m:
        print(m.readline(), m.readline(), m.readline(), len(m), m.size())
        m[:4] = b"FILE"
        print(m.flush())
    f.seek(0)
    print(f.read(8))
    with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
        attempt(m.__setitem__, 0, 1)
        attempt(m.write, b"x")
        attempt(m.resize, 10)
        with memoryview(m) as v:
            print(v.readonly)
    with mmap.mmap(f.fileno(), 5, access=mmap.ACCESS_COPY) as m:
        m[:] = b"-----"
        print(m[:])
    f.seek(0)
    print(f.read(5))
with mmap.mmap(-1, 8192, flags=mmap.MAP_SHARED) as m:
    pid = os.fork()
    if pid == 0:
        m[0] = 99
        os._exit(0)
    os.waitpid(pid, 0)
    print(m[0])
    m.madvise(mmap.MADV_DONTNEED)
print(mmap.PAGESIZE >= 4096, mmap.error is OSError, list(mmap.mmap(-1, 3)), 0 in mmap.mmap(-1, 3))
