# Items of instances of classes that derive from containers, slices by constants, iterators over what changes: the quick ways
# must see whatever a class or a change has to say.
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
import struct


def refused(what):
    try:
        return what()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class L(list):
    pass


class D(dict):
    pass


class T(tuple):
    pass


class Missing(dict):
    def __missing__(self, key):
        return f"<{key}>"


class Own(list):
    def __getitem__(self, i):
        return ("own", i, super().__getitem__(i))


class OwnDict(dict):
    def __getitem__(self, key):
        return ("own", key)


Point = namedtuple("Point", "x y z")


def items():
    l, d, t, m, p = L([1, 2, 3]), D(a=1, b=2), T((4, 5, 6)), Missing(a=1), Point(7, 8, 9)
    for i in (0, 2, -1, -3, 3, -4, True, 10**30):
        print(i, refused(lambda: l[i]), refused(lambda: t[i]), refused(lambda: p[i]), refused(lambda: Own([1, 2])[i]))
    print(l[0], l[-1], t[1], p[2], d["a"], m["a"], m["none"], refused(lambda: d["none"]), OwnDict(a=1)["a"])
    print(l[1:], t[:2], p[::2], Own([1, 2])[0:1], type(l[:]), type(t[:]), type(p[:2]))
    print(refused(lambda: l["a"]), refused(lambda: d[[]]), refused(lambda: t[1.0]))
    c, o, f = Counter("abca"), OrderedDict(a=1), defaultdict(list)
    print(c["a"], c["z"], o["a"], f["new"], dict(f), refused(lambda: o["z"]))


def changed_class():
    class C(list):
        pass

    c = C([1, 2, 3])
    out = []
    for step in range(6):
        out.append((c[1], c[-1]))
        if step == 2:
            C.__getitem__ = lambda self, i: i
        if step == 4:
            del C.__getitem__
    print(out)

    class E(dict):
        pass

    e = E(k=1)
    out = []
    for step in range(6):
        out.append((refused(lambda: e["k"]), refused(lambda: e["none"])))
        if step == 2:
            E.__missing__ = lambda self, key: key * 2
        if step == 4:
            E.__getitem__ = lambda self, key: "own"
    print(out)


def slices():
    s, u, b, l, t = "hello world", "héllo 𝄞 wörld", b"hello world", list(range(8)), tuple(range(8))
    for x in (s, u, b, l, t, bytearray(b), memoryview(b), range(8), "", [], ()):
        parts = [x[2:5], x[:3], x[-3:], x[:], x[3:1], x[:100], x[-100:2], x[::2], x[::-1], x[5:2:-1], x[1:-1]]
        print(type(x).__name__, [bytes(p) if isinstance(p, memoryview) else p for p in parts])
    print(s[:] is s, t[:] is t, b[:] is b, l[:] is l)
    print([refused(lambda: x[1:2]) for x in (5, {}, {1, 2}, None)], refused(lambda: s["a":]))

    class Shows:
        def __getitem__(self, key):
            return key

    print(Shows()[1:2], Shows()[:], Shows()[1:2:3], Shows()[1:2, ...])


def while_it_changes():
    d = deque(range(5))
    out = []
    print(refused(lambda: [out.append(x) or (d.append(9) if x == 2 else None) for x in d]), out)
    d = deque(range(5), maxlen=5)
    out = []
    print(refused(lambda: [out.append(x) or (d.rotate(1) if x == 3 else None) for x in d]), out)
    d = deque(range(4))
    d.extendleft("abc")
    print(list(d), list(reversed(d)), [x for x in d], [x for x in reversed(d)], [x for x in deque()])
    it = iter(d)
    print(next(it), next(it), list(it), list(it))
    v = {i: i * i for i in range(5)}
    out = []
    print(refused(lambda: [out.append(x) or v.update({x + 100: 0}) for x in v.values()]), out)
    out = []
    print(refused(lambda: [out.append(x) or v.pop(next(iter(v))) for x in v.values()]), out)
    print([x for x in {}.values()], [x for x in dict.fromkeys("ab", 1).values()])


def structs():
    long = "<" + "i" * 80
    for form, values in (("<IHB", (1, 2, 3)), (b">q", (-5,)), (long, range(80)), ("3s?d", (b"abc", True, 1.5))):
        s = struct.Struct(form)
        data = s.pack(*values)
        print(struct.pack(form, *values) == data, s.unpack(data) == tuple(values), s.size, list(s.iter_unpack(data * 2))[1] == tuple(values))
    struct._clearcache()
    print(struct.unpack("<IHB", b"\1\0\0\0\2\0\3"), refused(lambda: struct.pack("<I", -1)), refused(lambda: struct.pack("<I")))


for f in (items, changed_class, slices, while_it_changes, structs):
    f()
