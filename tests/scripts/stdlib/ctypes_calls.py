# Foreign functions: calls into the C library, what arguments and results become, callbacks, errno, wrong uses.
import ctypes
import ctypes.util
import errno
import threading
from ctypes import *

libc = CDLL('libc.so.6', use_errno=True)
libm = CDLL(ctypes.util.find_library('m') or 'libm.so.6')


def tell(f, *args, **keywords):
    try:
        print(f(*args, **keywords))
    except Exception as e:
        print(type(e).__name__, e)


# Plain calls: no types, then declared ones.
tell(libc.strlen, b'hello')
tell(libc.abs, -5)
tell(libc.toupper, c_int(97))
tell(libc.strlen, b'')
tell(libc.strlen, b'x' * 64)
tell(libc.strlen, b'x' * 100000)
libm.sqrt.argtypes, libm.sqrt.restype = [c_double], c_double
tell(libm.sqrt, 2)
tell(libm.sqrt, 2.25)
tell(libm.sqrt, 'x')
tell(libm.sqrt)
tell(libm.sqrt, 4, 5)
libm.sqrtf.argtypes, libm.sqrtf.restype = [c_float], c_float
tell(libm.sqrtf, 2)
libm.sqrtl.argtypes, libm.sqrtl.restype = [c_longdouble], c_longdouble
for x in (2, 1e300, 1e-300, 5e-324, 0.0, -0.0, float('inf')):
    tell(libm.sqrtl, x)
libc.strchr.argtypes, libc.strchr.restype = [c_char_p, c_char], c_char_p
tell(libc.strchr, b'abcdef', b'd')
tell(libc.strchr, b'abcdef', b'x')
tell(libc.strchr, 'abc', b'd')
libc.strtoull.argtypes, libc.strtoull.restype = [c_char_p, POINTER(c_char_p), c_int], c_ulonglong
end = c_char_p()
print(libc.strtoull(b'18446744073709551615rest', byref(end), 10), end.value)
libc.wcslen.argtypes, libc.wcslen.restype = [c_wchar_p], c_size_t
tell(libc.wcslen, 'h\u00e9llo \U0001f600')

# More arguments than are declared.
buffer = create_string_buffer(64)
libc.snprintf.argtypes = [c_char_p, c_size_t, c_char_p]
print(libc.snprintf(buffer, sizeof(buffer), b'%d %s %c %.3f %lld', 42, b'text', c_int(122), c_double(1.5), c_longlong(-2**40)), buffer.value)
print(libc.snprintf(buffer, 4, b'%s', b'too long'), buffer.raw[:6])


# Structures by value and by address.
class Div(Structure):
    _fields_ = [('quot', c_int), ('rem', c_int)]


class LDiv(Structure):
    _fields_ = [('quot', c_long), ('rem', c_long)]


libc.div.restype = Div
libc.ldiv.argtypes, libc.ldiv.restype = [c_long, c_long], LDiv
d = libc.div(17, 5)
print(d.quot, d.rem, type(d).__name__)
d = libc.ldiv(-2**40, 7)
print(d.quot, d.rem)


class TimeVal(Structure):
    _fields_ = [('tv_sec', c_long), ('tv_usec', c_long)]


now = TimeVal()
print(libc.gettimeofday(byref(now), None), now.tv_sec > 10**9, 0 <= now.tv_usec < 10**6)


class Tm(Structure):
    _fields_ = [(n, c_int) for n in 'sec min hour mday mon year wday yday isdst'.split()] + [('gmtoff', c_long), ('zone', c_char_p)]


tm = Tm()
seconds = c_long(86400 * 365)
libc.gmtime_r.restype = POINTER(Tm)
r = libc.gmtime_r(byref(seconds), byref(tm))
print(tm.year, tm.mon, tm.mday, tm.zone, r.contents.year, addressof(r.contents) == addressof(tm))

# Callbacks.
Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
seen = []


@Compare
def compare(a, b):
    seen.append((a[0], b.contents.value))
    return (a[0] > b[0]) - (a[0] < b[0])


numbers = (c_int * 8)(5, 1, 7, 33, 99, -1, 0, 12)
libc.qsort.argtypes, libc.qsort.restype = [c_void_p, c_size_t, c_size_t, Compare], None
tell(libc.qsort, numbers, len(numbers), sizeof(c_int), compare)
print(list(numbers), len(seen) > 8)
print(compare(byref(c_int(3)), byref(c_int(2))))

# A callback that calls C, which calls back.
inner = []


@Compare
def outer(a, b):
    little = (c_int * 3)(3, 1, 2)
    libc.qsort(little, 3, 4, compare)
    inner.append(list(little))
    return a[0] - b[0]


numbers = (c_int * 3)(9, 8, 7)
libc.qsort(numbers, 3, 4, outer)
print(list(numbers), inner[0])

# One that collects what it can, and one that is told on another thread.
import gc


@CFUNCTYPE(c_int, c_int)
def collects(n):
    gc.collect()
    return n * 2


print(collects(21))
results = []
threads = [threading.Thread(target=lambda n=n: results.append([collects(n + k) for k in range(3)])) for n in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results))

# A thread that C has started.
libpthread = CDLL(None)
Start = CFUNCTYPE(c_void_p, c_void_p)
told = []


@Start
def started(arg):
    told.append((arg, sum(range(1000)), threading.get_ident() != main))
    return 7


main = threading.get_ident()
libpthread.pthread_create.argtypes = [POINTER(c_ulong), c_void_p, Start, c_void_p]
libpthread.pthread_join.argtypes = [c_ulong, POINTER(c_void_p)]
for i in range(3):
    thread, value = c_ulong(), c_void_p()
    print(libpthread.pthread_create(byref(thread), None, started, 40 + i), end=' ')
    print(libpthread.pthread_join(thread, byref(value)), value.value)
print(told)

# errno.
libc.open.argtypes = [c_char_p, c_int]
print(set_errno(0) is not None, libc.open(b'/no/such/file', 0), get_errno() == errno.ENOENT)
print(set_errno(5) == errno.ENOENT, get_errno())
plain = CDLL('libc.so.6')
plain.open(b'/no/such/file', 0)
print(get_errno())


# Results that a function makes of C's.
def check(result, function, arguments):
    if result < 0:
        raise OSError(get_errno(), 'checked')
    return arguments


libc.open.errcheck = check
tell(libc.open, b'/no/such/file', 0)
libc.abs.restype = lambda n: ('made', n)
tell(libc.abs, -4)
libc.abs.restype = None
tell(libc.abs, -4)
libc.abs.restype = c_int

# Flags of parameters.
prototype = CFUNCTYPE(c_int, c_char_p, c_int)
strncmp3 = CFUNCTYPE(c_int, c_char_p, c_char_p, c_size_t)(('strncmp', libc), ((1, 'a'), (1, 'b', b'abcd'), (1, 'n', 3)))
print(strncmp3(b'abcx'), strncmp3(b'abcx', n=4) > 0, strncmp3(a=b'abcd', b=b'abcd', n=4))
tell(strncmp3)
tell(strncmp3, b'x', c=1)
frexp = CFUNCTYPE(c_double, c_double, POINTER(c_int))(('frexp', libm), ((1, 'x'), (2, 'exp')))
tell(frexp, 6.0)
modf = CFUNCTYPE(c_double, c_double, POINTER(c_double))(('modf', libm), ((1, 'x'), (2, 'whole')))
modf.errcheck = lambda result, function, args: (result, args[1].value)
tell(modf, 2.75)


# What may stand for an argument.
class Wrapped:
    _as_parameter_ = b'wrapped'


class Twice:
    _as_parameter_ = Wrapped()


libc.strlen.argtypes = None
tell(libc.strlen, Wrapped())
tell(libc.strlen, Twice())
for bad in (1.5, [], {}, object, None.__class__):
    try:
        libc.strlen(bad)
    except ArgumentError as e:
        print(e)
tell(libc.abs, 2**64)
tell(libc.abs, *range(1025))

# Addresses, copies, casts.
a = (c_int * 4)(1, 2, 3, 4)
p = cast(a, POINTER(c_int))
print(p[0], p[3], p[1:3], bool(p), bool(POINTER(c_int)()))
p[1] = 20
print(list(a), string_at(a, 4), string_at(b'abc\0def'), wstring_at('wide'), string_at(b'abc\0def', 5))
b = (c_int * 4)()
memmove(b, a, sizeof(a))
print(list(b))
memset(b, 255, 8)
print(list(b))
print(bytes(memoryview_at(addressof(a), 4)), cast(addressof(a), POINTER(c_int)).contents)
view = memoryview_at(addressof(a), 4, readonly=True)
print(view.readonly, len(view))
s = create_string_buffer(b'abc', 10)
print(cast(s, c_char_p).value, cast(s, c_void_p).value == addressof(s), s.raw)
tell(cast, 3.5, c_void_p)
tell(cast, s, c_int)
q = pointer(c_int(5))
q.contents = c_int(6)
print(q[0], q.contents)
q.contents.value = 8
print(q[0])
tell(setattr, q, 'contents', 5)
tell(lambda: POINTER(c_int)()[0])
tell(string_at, 0, 0)


# Objects.
@CFUNCTYPE(c_int, py_object)
def takes(x):
    x.append('seen')
    return len(x)


things = []
print(takes(things), takes(things), things)
o = py_object(things)
print(o.value is things, o)
array = (py_object * 3)(1, 'two', [3])
print(list(array))
tell(lambda: py_object().value)
print(takes.argtypes == (py_object,), takes.restype)

# Exceptions in callbacks are told of, and C goes on.
import sys
hooked = []
sys.unraisablehook = lambda u: hooked.append((u.exc_type.__name__, str(u.exc_value)))


@CFUNCTYPE(c_int, c_int)
def fails(n):
    return 1 // n


fails(0)
print(fails(1), hooked)
hooked.clear()


@CFUNCTYPE(c_int)
def wrong():
    return 'no int'


wrong()
print(hooked)

# What is not there.
for make in (lambda: CDLL('/no/such/library.so'), lambda: libc.no_such_function, lambda: libc['no_such_function'], lambda: libc[3],
             lambda: c_int.in_dll(libc, 'no_such_symbol'), lambda: PyDLL(None).PyNoSuch):
    try:
        make()
    except (OSError, AttributeError, TypeError, ValueError) as e:
        print(type(e).__name__)
tell(CFUNCTYPE(c_int), 'no function')
tell(CFUNCTYPE(Div), print)
tell(setattr, libc.abs, 'argtypes', 3)
tell(setattr, libc.abs, 'argtypes', [3])
tell(setattr, libc.abs, 'restype', 3)
tell(setattr, libc.abs, 'errcheck', 3)
print(c_int.in_dll(libc, 'opterr'))
print(any('libc' in name for name in ctypes.util.dllist()) if hasattr(ctypes.util, 'dllist') else True)


# Bit fields, other byte orders, unions, anonymous parts.
class Bits(Structure):
    _fields_ = [('a', c_uint, 3), ('b', c_int, 5), ('c', c_ulonglong, 40), ('d', c_bool, 1)]


x = Bits(7, -16, 2**40 - 1, True)
print(x.a, x.b, x.c, x.d, sizeof(Bits), bytes(x))
x.b = 15
x.a = 9
print(x.a, x.b, x.c, Bits.b)


class BigBits(BigEndianStructure):
    _fields_ = [('version', c_uint16, 4), ('length', c_uint16, 12), ('id', c_uint32)]


y = BigBits(4, 0x123, 0x01020304)
print(bytes(y), y.version, hex(y.length), hex(y.id))


class Number(Union):
    _fields_ = [('i', c_int), ('f', c_float), ('raw', c_ubyte * 4)]


class Tagged(Structure):
    _anonymous_ = ['number']
    _fields_ = [('tag', c_char), ('number', Number)]


t = Tagged(b'f')
t.f = 1.0
print(hex(t.i), list(t.raw), t.number.f, Tagged.f)
tell(Tagged, b'f', 1, 2, 3)
tell(lambda: setattr(t, 'tag', 'x'))



class Text(Structure):
    _fields_ = [('c', c_char * 5), ('u', c_wchar * 3), ('big', c_ubyte * 4)]


text = Text(b'#####', 'abc')
text.c = b'a\0b\0'
text.u = 'x'
print(bytes(text)[:5], text.c, text.u, bytes(text)[8:20])
tell(setattr, text, 'c', b'123456')
tell(setattr, text, 'u', 'wxyz')
tell(lambda: Text(big=(1, 2, 3, 4, 5)))

# Memory that is grown keeps what is in it.
r = (c_short * 3)(1, 2, 3)
resize(r, 32)
print(sizeof(r), list(r), (c_short * 8).from_address(addressof(r))[3])
tell(resize, r, 2)
print(r._objects, q._objects is not None, pointer(r)._objects['1'] is r)
