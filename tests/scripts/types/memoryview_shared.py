# Views of views, and views that are released while they are used.
import array
import collections.abc


def attempt(f, *args):
    try:
        return f(*args)
    except (ValueError, TypeError, BufferError, NotImplementedError, IndexError) as e:
        return f"{type(e).__name__}: {e}"


data = bytearray(b"abcdef")
m = memoryview(data)
ro = m.toreadonly()
inner = memoryview(ro)
ro.release()
print(inner.obj is data, inner.readonly, bytes(inner), attempt(data.append, 1))
inner.release()
m.release()
data.append(1)
print(data)


class Index:
    def __init__(self, view, n=4):
        self.view, self.n = view, n

    def __index__(self):
        self.view.release()
        return self.n

    __float__ = __bool__ = None


class Float:
    def __init__(self, view):
        self.view = view

    def __float__(self):
        self.view.release()
        return 4.25


def fresh(fmt="B", shape=None):
    view = memoryview(bytearray(b"\xff" * 128))
    return view.cast(fmt, shape) if shape else view.cast(fmt)


m = fresh()
print(attempt(lambda: m[Index(m)]))
m = fresh()
print(attempt(lambda: list(m[: Index(m)])))
m = fresh("B", (64, 2))
print(attempt(lambda: m[Index(m), 0]))


def store(view, key, value):
    view[key] = value


m = fresh()
print(attempt(store, m, Index(m), 42))
m = fresh()
print(attempt(store, m, slice(Index(m)), b"spam"))
for fmt in "bhilqnBHILQN":
    m = fresh(fmt)
    print(attempt(store, m, 0, Index(m)), end=" ")
print()
for fmt in "fd":
    m = fresh(fmt)
    print(attempt(store, m, 0, Float(m)))


class Hashed(array.array):
    def __hash__(self):
        view.release()
        return 123


class Sep(bytes):
    def __len__(self):
        view.release()
        return 1


view = memoryview(Hashed("B", b"A" * 16)).toreadonly()
print(attempt(hash, view))
view = memoryview(bytearray(b"AB"))
print(attempt(view.hex, Sep(b":")))
print(attempt(hash, memoryview(bytearray(b"a")).toreadonly()), hash(memoryview(b"ab")) == hash(b"ab"))
print(memoryview(b"\0\2").cast("?") == memoryview(b"\0\4").cast("?"))
zeros = memoryview(array.array("d", [0.0])), memoryview(array.array("d", [-0.0]))
print(zeros[0] == zeros[1], memoryview(array.array("d", [float("nan")])) == memoryview(array.array("d", [float("nan")])))
m = memoryview(bytearray(b"abcd"))
for key in (slice(0, 1), slice(0, 1)), (slice(0, 1), 0), (0, slice(0, 1)), (0,), "a", 0.0, (0, 0):
    print(attempt(lambda: m[key]), "|", attempt(store, m, key, b"a"))
print(isinstance(array.array("b"), collections.abc.MutableSequence), type(iter(m)).__name__)
import io

m = memoryview(b"abc")
print(attempt(lambda: m < b"abc"), attempt(lambda: b"abc" <= m), attempt(lambda: b"abc" == m), b"a" < bytearray(b"b"))
before = hash(m)
m.release()
print(hash(m) == before)
for stream in io.BytesIO(b"ab"), io.BufferedReader(io.BytesIO(b"ab")):
    for target in memoryview(b"xyz"), b"xyz", 5, memoryview(bytearray(4))[::2]:
        print(attempt(stream.readinto, target))
