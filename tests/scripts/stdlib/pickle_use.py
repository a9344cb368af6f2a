# pickle with all protocols.
import pickle
import io
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from enum import Enum


class Color(Enum):
    RED = 1


@dataclass
class D:
    x: int
    y: list


P = namedtuple("P", "a b")


class Plain:
    def __init__(self):
        self.v = 1


class Reduce:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return (Reduce, (self.n,))

    def __eq__(self, o):
        return self.n == o.n


class State:
    def __getstate__(self):
        return ("state", 5)

    def __setstate__(self, s):
        self.s = s


class NewArgs(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    def __getnewargs__(self):
        return tuple(self)


def func(x):
    return x


objs = [None, True, 5, -(2**70), 1.5, float("inf"), 1j, "é🎉", b"b\xff", bytearray(b"x"), (), (1,), (1, 2, 3, 4), [1, [2]], {"a": {"b": 1}}, {1, 2}, frozenset([3]), range(5), slice(1, 2), D(1, [2]), P(1, 2), Color.RED, OrderedDict(a=1), func, len, int, ..., Reduce(5), ValueError("x", 1).args, "a" * 300, list(range(2000)), {i: str(i) for i in range(300)}]
for proto in range(pickle.HIGHEST_PROTOCOL + 1):
    bad = [o for o in objs if pickle.loads(pickle.dumps(o, proto)) != o]
    print(proto, bad)
p = pickle.loads(pickle.dumps(Plain()))
print(p.v, pickle.loads(pickle.dumps(State())).s, pickle.loads(pickle.dumps(NewArgs(1, 2))), repr(pickle.loads(pickle.dumps(KeyError("k")))))
l = [1]
l.append(l)
m = pickle.loads(pickle.dumps(l))
print(m[1] is m)
shared = [1]
a, b = pickle.loads(pickle.dumps((shared, shared)))
print(a is b)
f = io.BytesIO()
pk = pickle.Pickler(f)
pk.dump([1])
pk.dump({"k": 2})
f.seek(0)
print(pickle.load(f), pickle.load(f))
for bad in (lambda: pickle.load(f), lambda: pickle.loads(b"garbage"), lambda: pickle.dumps(lambda: 0), lambda: pickle.loads(b""), lambda: pickle.dumps(x for x in []), lambda: pickle.dumps(5, 99)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__)


class Persist(pickle.Pickler):
    def persistent_id(self, o):
        return "the len" if o is len else None


class Unpersist(pickle.Unpickler):
    def persistent_load(self, pid):
        return ("loaded", pid)

    def find_class(self, mod, name):
        if name == "evil":
            raise pickle.UnpicklingError("forbidden")
        return super().find_class(mod, name)


f = io.BytesIO()
Persist(f).dump([len, 1])
f.seek(0)
print(Unpersist(f).load())
buf = pickle.dumps({"a": (1, 2)}, 0)
print(buf)
import copyreg

copyreg.pickle(Plain, lambda o: (Plain, ()))
print(pickle.loads(pickle.dumps(Plain())).v)
