"""Lookups of special methods that raise, and what messages and reprs call a class."""
import sys
import warnings
from functools import cmp_to_key


class Raising:
    @property
    def __eq__(self):
        raise AttributeError("eq")

    @property
    def __lt__(self):
        raise KeyError("lt")


a, b = Raising(), Raising()
print(a == b, a == a, a != b)
try:
    a < b
except Exception as e:
    print(type(e).__name__, e)


class Looked:
    def __getattribute__(self, name):
        print("asked for", name)
        return object.__getattribute__(self, name)

    def __sizeof__(self):
        return 1000


print(sys.getsizeof(Looked()) >= 1000)


class Slots:
    __slots__ = ("a",)


try:
    Slots().a
except AttributeError as e:
    print(e, e.name)


class Named(classmethod):
    pass


class Static(staticmethod):
    pass


print(Named(None), Static(None))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    type("Odd", (), {1: 2})
print([(str(w.message), w.category.__name__) for w in caught])


def mutating(x, y):
    items.append(3)
    items.pop()
    return (x > y) - (x < y)


items = [1, 2]
try:
    items.sort(key=cmp_to_key(mutating))
except ValueError as e:
    print(e, items)


class Bytes(bytes):
    pass


class Own:
    def __bytes__(self):
        return Bytes(b"abc")


array = bytearray(10)
view = memoryview(array)
array.resize(10)
try:
    array.resize(11)
except BufferError as e:
    print(e)
view.release()
array[1:-1:2] = b""
print(type(bytes(Own())).__name__, array)
exec("def f():\n def g(): pass\n sys._getframe().f_locals['added'] = 1\n return sorted(locals())\nprint(f())")
try:
    frame = sys._getframe()
    del frame.f_trace_opcodes
except AttributeError as e:
    print(e)
