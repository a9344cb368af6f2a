# Bytearrays that are filled at one end and emptied at the other, and everything else that changes them in between.
import random

rnd = random.Random(5)
b, model = bytearray(), []
for i in range(4000):
    what = rnd.randrange(12)
    n = rnd.randrange(20)
    if what < 3:
        new = bytes([i % 256]) * n
        b += new
        model += new
    elif what == 3:
        del b[:n]
        del model[:n]
    elif what == 4 and b:
        assert b.pop(0) == model.pop(0)
    elif what == 5 and b:
        assert b.pop() == model.pop()
    elif what == 6:
        b[:n] = b""
        model[:n] = b""
    elif what == 7 and b:
        del b[0]
        del model[0]
    elif what == 8 and b:
        at = rnd.randrange(len(b))
        b.insert(at, 7)
        model.insert(at, 7)
    elif what == 9 and len(b) > 3:
        b[1:3] = b"xyz"
        model[1:3] = b"xyz"
    elif what == 10 and b:
        b[rnd.randrange(len(b))] = 1
        model[:] = b
    elif what == 11:
        b.append(i % 256)
        model.append(i % 256)
    assert list(b) == model and len(b) == len(model)
    assert b[2:9] == bytes(model[2:9]) and b[::3] == bytes(model[::3]) and b[::-2] == bytes(model[::-2])
print(len(b), sum(b))

del b[:]
b.extend(b"abcdef")
del b[:2]
view = memoryview(b)
print(bytes(view), b.find(b"ef"), b.copy(), bytes(b), b == b"cdef", hash(bytes(b)) == hash(b"cdef"))
try:
    del b[:1]
except BufferError as e:
    print(e)
view[0] = ord("C")
view.release()
del b[:1]
print(b, b.upper(), b * 2, b.pop(0), b)
for call in (lambda: b[9], lambda: b.pop(9), lambda: bytearray().pop(), lambda: bytearray().pop(0), lambda: b.pop(-9)):
    try:
        call()
    except IndexError as e:
        print(e)
for part in (b[1:1], b[5:], b[-1:], b[:-5], b[3:1], b[2:0:-1], b[10:0:-3]):
    print(part, end=" ")
print(type(b[:]), b[:] is b)
big = bytearray(range(256)) * 4096
part = big[1000:-1000]
print(len(part), part[:4], part[-4:], big[::4096][:3])


class Sub(bytearray):
    pass


s = Sub(b"12345")
del s[:2]
print(s, type(s[1:]), s[1:])
