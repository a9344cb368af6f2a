# Odd arguments of builtins and of native modules: what is taken, and the words of refusals.
import struct, itertools, binascii, re, sys, traceback, array, datetime
def t(f, *a, **k):
    try: r = f(*a, **k); print('ok', type(r).__name__, ascii(r).split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, ascii(str(e)).split(' at 0x')[0])
t(int, bytearray(b''))
t(int, memoryview(b'12'))
t(int, memoryview(b'x'))
t(int, memoryview(b''))
t(int, array.array('b', b'12'))
t(int, array.array('b', b'x1'))
t(int, bytearray(b'x'), 10)
t(int, b'', 10)
t(int, b'')
t(int, b'', 3)
t(int, memoryview(b''), 3)
t(float, bytearray(b''))
t(float, memoryview(b'x'))
t(float, memoryview(b'1'))
t(float, array.array('b', b'1'))
for s in ['_\u0663j', '_j', '1_j', '\u0663j', '1__2j', '_1', '1_', '1_\u0663', '\u0663_\u0664+1_j', '', ' ', '_', 'a_b', '\ud800', '1\u0000', '_\u0663', '_1+j', '1_0+2_0j','1e_1','1_e1j']:
    t(complex, s)
    t(float, s)
    t(int, s)
class A: pass
t(lambda: A.__abstractmethods__)
t(lambda: type.__abstractmethods__)
t(lambda: int.__abstractmethods__)
def f(): del A.__abstractmethods__
t(f)
for fmt in [b'\xff', b'i\xff', 'i\u0100', '\u0100', '\ud800', b'i\x00', 'i\x00', bytearray(b'i'), 3, None, memoryview(b'i'), b'99999999999999999999i', '5', b'5', '5 i', 'i5', '@', '@@', 'i!', b'\x80i','zz']:
    t(struct.calcsize, fmt)
    t(struct.Struct, fmt)
    t(struct.pack, fmt, 1)
for a in [(-1,), ('x',), (None,), (1.0,), (1, 'x'), (1, -1), (-1, 1), (None,None,0), (None,None,-1), (0,5,'x'), (0, 2**70), (2**70,), (2**70, None), (0,None,2**70), (-2**70,), (), (1,2,3,4), (sys.maxsize,), (sys.maxsize+1,), (0,0,sys.maxsize+1)]:
    t(itertools.islice, [], *a)
t(itertools.islice)
t(itertools.islice, [], 1, x=3)
t(itertools.islice, 3, 1)
t(itertools.islice, 3, -1)
b = bytearray(b'abc')
for x in [-1, 'a', None, 2**70, -2**70, 1.0, True]:
    t(b.resize, x)
for x in [b'', '', 'ab', b'ab', 1, None, '\xff', '\u0100', '\ud800', b'\xff', bytearray(b':'), memoryview(b':')]:
  for o in [b'abc', bytearray(b'abc'), memoryview(b'abc'), b'']:
    t(o.hex, x)
    t(o.hex, x, 2)
t(b'abc'.hex, ':', 'x')
t(b'abc'.hex, ':', None)
t(b'abc'.hex, ':', 2**70)
t(b'abc'.hex, bytes_per_sep=1)
t(b'abc'.hex, sep=None)
t(binascii.hexlify, b'abc', b'ab')
t(binascii.hexlify, b'abc', '')
t(b'abc'.hex, 1,2,3)
for x in [b'', b' ', b'!', b'"AB', b'#', b'#AAAA', b'#AAAAA', b'#AAAA x', b'\x00', b'\xff', b'#\xff', b'#\x80AAA', b'M', b'`', b'a', b'#aaaa', b'#@@@@', b'# "!!', b'#AAAA\n', b'#AAAA\r\n', b'#AAAA  ', b'#AAAA``', b'#AA\nA', b'#AA', b'##$%zz', 'x', '\xff', 3, '#AAAA', b'\n', b'"A\n']:
    t(binascii.a2b_uu, x)
import collections
c = itertools.count(False); t(next, c); t(next,c); print(itertools.count(False), itertools.count(True), itertools.count(0,True),itertools.count(0,False), itertools.count(True,True))
c = itertools.count(0, True); print(next(c), next(c))
c = itertools.count(True, True); print(next(c), next(c), c)
class I(int): 
    def __repr__(s): return 'I(%d)'%s
c = itertools.count(I(3)); print(next(c), next(c), c)
c = itertools.count(I(3), I(1)); print(next(c), next(c), c)
c = itertools.count(I(3), I(2)); print(next(c), next(c), c)
c = itertools.count(3, 1.0); print(next(c), next(c), c)
class F(float): pass
c = itertools.count(F(3)); print(next(c), next(c), c)
class D(dict): pass
t(str.maketrans, D({'a':'b'}))
t(str.maketrans, collections.OrderedDict({'a':'b'}))
t(str.maketrans, 3)
t(str.maketrans, D({'a':'b'}), 'x')

for f in (lambda: __build_class__(1, 2), lambda: __build_class__(), lambda: __build_class__(len), lambda: __build_class__(len, 'a'), lambda: __build_class__(lambda: None, 3), lambda: __build_class__(lambda: None, 'A'), lambda: __build_class__(lambda x: None, 'A'), lambda: __build_class__(lambda *a: None, 'A', 3), lambda: __build_class__(lambda: 5, 'A'), lambda: __build_class__(lambda: None, 'A', metaclass=3), lambda: __build_class__(lambda: None, 'A', int, x=3), lambda: __build_class__((lambda: (yield)), 'A'), lambda: __build_class__(func=1), lambda: __build_class__((lambda x=3: x), 'A')):
    t(f)
class H:
    def __hash__(s): raise ValueError('hash')
class U(str): pass
class BB(bytes): pass
for fmt in [b'\xff', b'\xffi', 'i\u0100', bytearray(b'i'), 3, None, [], H(), U('i'), BB(b'i'), b'i\x00', '\x00i', '\ud800']:
    for f in struct.calcsize, struct.Struct:
        t(f, fmt)
    t(struct.pack, fmt, 1)
    t(struct.unpack, fmt, b'')
    t(struct.iter_unpack, fmt, b'')
for f in (min, max, type, sorted, super, itertools.compress, itertools.combinations, itertools.islice, memoryview, itertools.permutations, zip, enumerate, property, range):
    for n in (0, 1, 5):
        t(f, *[[]] * n, zz=1)
    t(f, *[[]] * 13)
