# memoryview over bytes and bytearray.
b = bytearray(b"abcdefgh")
m = memoryview(b)
print(m[0], m[-1], len(m), m.nbytes, m.itemsize, m.format, m.ndim, m.shape, m.strides, m.readonly)
print(bytes(m[2:5]), m[2:5].tolist(), m.tobytes(), bytes(m[::-1]), bytes(m[::2]))
m[0] = 90
m[1:3] = b"XY"
print(b)
sub = m[4:]
sub[0] = 0
print(b, m.hex(), m.obj is b)
try:
    b.append(1)
except BufferError as e:
    print(e)
sub.release()
m.release()
b.append(1)
print(len(b))
try:
    m[0]
except ValueError as e:
    print(e)
r = memoryview(b"read only")
print(r.readonly, r == b"read only", r[:4] == b"read", r != b"x", hash(r) == hash(b"read only"))


def err(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


def assign(view, key, value):
    view[key] = value


err(lambda: assign(r, 0, 1))
err(lambda: r[100])
err(lambda: r["a"])
err(lambda: memoryview("str"))
err(lambda: memoryview(5))
w = memoryview(bytearray(8))
err(lambda: assign(w, 0, 256))
err(lambda: assign(w, 0, "a"))
err(lambda: assign(w, slice(0, 2), b"abc"))
i = w.cast("I")
print(i.format, i.itemsize, len(i), i.shape)
i[0] = 1
i[1] = 0xFFFFFFFF
print(bytes(w), i.tolist())
h = w.cast("h")
print(h.tolist(), w.cast("b").tolist(), w.cast("B", [2, 4]).tolist())
d = memoryview(bytearray(16)).cast("d")
d[0] = 1.5
print(d.tolist(), d.cast("B")[7])
err(lambda: w.cast("z"))
err(lambda: memoryview(bytearray(7)).cast("I"))
with memoryview(b"ctx") as v:
    print(v[0])
err(lambda: v[0])
print(list(memoryview(b"abc")), 97 in memoryview(b"abc"), memoryview(b"abc").contiguous, w.c_contiguous)
print(b"".join([memoryview(b"a"), b"b"]), bytes(memoryview(b"xyz"))[1:], memoryview(b"ab").index(98), memoryview(b"aab").count(97))
print(memoryview(b"ab").toreadonly().readonly, memoryview(b"abc")[1:].tobytes().upper())
print(int.from_bytes(memoryview(b"\x01\x02"), "big"), bytearray(memoryview(b"q")))
