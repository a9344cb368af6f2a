# The data types of ctypes. What needs foreign code or addresses is not used here.
import ctypes
import ctypes.util
import pickle
from ctypes import *


def tell(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


simple = [c_bool, c_char, c_wchar, c_byte, c_ubyte, c_short, c_ushort, c_int, c_uint, c_long, c_ulong, c_longlong, c_float, c_double,
          c_longdouble, c_char_p, c_wchar_p, c_void_p, c_size_t, c_ssize_t, c_int8, c_uint8, c_int16, c_uint32, c_int64, c_uint64]
for t in simple:
    print(t.__name__, t._type_, sizeof(t), alignment(t), repr(t()), bool(t()))
for t in simple:
    for v in (0, 1, -1, 300, 2**40 + 5, 1.5, True, b'x', 'x', b'xy', 'xy', None, []):
        if t in (c_char_p, c_wchar_p, c_void_p) and isinstance(v, int) or t is c_void_p and isinstance(v, (bytes, str)):
            continue
        try:
            x = t(v)
            print(t.__name__, repr(v), repr(x.value), t is c_longdouble or bool(x))
        except (TypeError, ValueError) as e:
            print(t.__name__, repr(v), type(e).__name__)

x = c_int(5)
x.value += 1
print(x, bytes(x), memoryview(x).nbytes)
print(c_uint8(257).value, c_int8(200).value, c_ushort(-2).value)
print(c_int.from_buffer_copy(b'\1\2\0\0').value)
b = bytearray(8)
y = c_int.from_buffer(b, 4)
y.value = 7
print(b)
tell(c_int.from_buffer_copy, b'12')
tell(c_int.from_buffer, b'1234')
tell(sizeof, int)
tell(lambda: c_int * -1)
tell(lambda: c_int * 1.5)


class MyInt(c_int):
    pass


class Point(Structure):
    _fields_ = [('x', c_int), ('y', c_short), ('flag', c_bool), ('weight', c_double)]


class Rect(Structure):
    _fields_ = [('a', Point), ('b', Point), ('name', c_char * 8), ('mine', MyInt), ('numbers', c_int * 3), ('text', c_char_p)]


class Packed(Structure):
    _layout_ = 'ms'
    _pack_ = 1
    _fields_ = [('a', c_byte), ('b', c_int)]


class Both(Union):
    _fields_ = [('i', c_int), ('b', c_ubyte * 4), ('f', c_float)]


class Holder(Structure):
    _anonymous_ = ('u',)
    _fields_ = [('kind', c_int), ('u', Both)]


class Derived(Point):
    _fields_ = [('z', c_int)]


class Big(BigEndianStructure):
    _fields_ = [('a', c_uint16), ('b', c_uint32), ('c', c_ubyte)]


for t in (Point, Rect, Packed, Both, Holder, Derived, Big, c_int * 3, Point * 2, c_char * 5):
    print(t.__name__, sizeof(t), alignment(t))
for name in ('x', 'y', 'flag', 'weight'):
    f = getattr(Point, name)
    print(name, f.offset, f.size)
p = Point(1, 2, weight=2.5)
print(p.x, p.y, p.flag, p.weight)
p.x = 70000
p.y = 70000
print(p.x, p.y, bytes(p)[:8])
r = Rect(p, Point(3), b'abc')
r.a.x = 9
r.b = (5, 6)
r.text = b'kept'
r.numbers[1] = 4
print(p.x, r.a.x, r.b.x, r.b.y, r.name, type(r.mine).__name__, list(r.numbers), r.text, r.numbers[1])
tell(Point, 1, 2, 3, 4, 5)
tell(lambda: Point(1, x=2))
tell(setattr, p, 'x', 'text')
tell(setattr, r, 'a', 3)
u = Both()
u.i = 0x01020304
print(list(u.b) in ([4, 3, 2, 1], [1, 2, 3, 4]))
h = Holder(1)
h.f = 1.0
print(hex(h.i), hex(h.u.i))
d = Derived(1, 2, True, 0.5, 7)
print(d.x, d.z)
g = Big(1, 2, 3)
print(bytes(g), g.a, g.b)


class Later(Structure):
    pass


Later._fields_ = [('v', c_int)]
print(Later(3).v, sizeof(Later))
tell(setattr, Later, '_fields_', [])

a = (c_int * 4)(1, 2, 3)
print(len(a), list(a), a[-1], a[1:3], a._length_, a._type_.__name__, (c_int * 4) is (c_int * 4))
a[0:2] = [8, 9]
print(list(a), 9 in a)
tell(lambda: a[4])
tell(lambda: (c_int * 2)(1, 2, 3))
grid = (c_int * 2 * 3)()
grid[1][1] = 5
print([list(row) for row in grid])
s = create_string_buffer(b'hello')
print(s.value, s.raw, len(s), s[1], s[1:3])
s.value = b'hi'
print(s.value, s.raw)
tell(setattr, s, 'value', b'too long by far')
s.raw = b'x\0y'
print(s.value, s.raw)
w = create_unicode_buffer('wörd', 10)
print(w.value, len(w), w[1], sizeof(w))
print(create_string_buffer(3).raw)
z = create_string_buffer(2)
resize(z, 10)
print(sizeof(z))
print(pickle.loads(pickle.dumps(Point(4, 5))).y, pickle.loads(pickle.dumps(c_int(3))).value)
tell(pickle.dumps, c_char_p(b'x'))
tell(hash, p)
try:
    CDLL('/nowhere/lib.so')
except OSError as e:
    print('/nowhere/lib.so' in str(e))
print(ctypes.util.find_library('a library that nobody has'))
