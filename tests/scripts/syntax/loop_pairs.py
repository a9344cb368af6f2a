# Loops over two targets: every kind of iterator, every kind of target, errors and their places.
import traceback


def gen(n):
    for i in range(n):
        got = yield i, -i
        assert got is None


class Seq:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return [i, i * i]


class Iter:
    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return "ab"


class Enum(enumerate):
    pass


def sources():
    yield "list", [(1, 2), [3, 4], "xy", {5: 0, 6: 0}]
    yield "tuple", ((1, 2), (3, 4))
    yield "dict", {"ab": 1, "cd": 2}
    yield "items", {"a": 1, "b": 2}.items()
    yield "rev", reversed({"a": 1, "b": 2}.items())
    yield "enumerate", enumerate("xyz", 5)
    yield "big", enumerate("xyz", (1 << 61) - 2)
    yield "huge", enumerate("xy", 1 << 80)
    yield "nested", enumerate(enumerate("ab"))
    yield "sub", Enum("pq")
    yield "zip", zip("abc", range(9))
    yield "zip3", zip([1, 2], {3: 0, 4: 0})
    yield "strict", zip("ab", "cd", strict=True)
    yield "gen", gen(3)
    yield "expr", ((i, i) for i in range(2))
    yield "seq", Seq()
    yield "iter", Iter()
    yield "map", map(lambda a, b: (a, b), "ab", "cd")
    yield "set", {(1, 2)}
    yield "bytes", [b"ab", bytearray(b"cd")]


for name, source in sources():
    print(name, [(a, b) for a, b in source])


def body(source):
    out = []
    for a, b in source:
        if a == "skip":
            continue
        if a == "stop":
            break
        out.append((a, b))
    else:
        out.append("else")
    return out


print(body([("skip", 1), (2, 3)]), body([(1, 1), ("stop", 2), (3, 3)]), body(iter([])), body(enumerate([])))


class Box:
    pass


def targets():
    box = Box()
    d = {}
    items = [0] * 4
    for box.a, box.b in [(1, 2)]:
        print(box.a, box.b)
    for i, items[i] in enumerate("wxyz"):
        pass
    print(i, items)
    i = 0
    for items[i], i in [("first", 2), ("second", 3)]:
        print(items, i)
    for d["k"], (x, *y) in [(1, (2, 3, 4))]:
        print(d, x, y)
    for x, x in [(1, 2)]:
        print(x)
    for [a, b] in zip("12", "34"):
        print(a, b)
    c = 0

    def inner():
        nonlocal c
        for c, e in enumerate("cell"):
            pass
        return lambda: (c, e)

    print(inner()(), c)
    print([lambda: (p, q) for p, q in [(1, 2), (3, 4)]][0]())
    print({k: v for k, v in zip("ab", "cd")}, {(k, v) for k, v in {1: 2}.items()})
    print([(i, j, k) for i, j in [(1, 2)] for j, k in [(j, i)]])


targets()
for m, n in enumerate("module"):
    pass
print(m, n)


def error(source):
    for first, second in source:
        pass


for source in ([1], [(1,)], [(1, 2, 3)], [[1]], [None], ["abc"], gen(0), [{1: 1}], enumerate(5) if 0 else [()], zip("ab", "c", strict=True)):
    try:
        error(source)
        print("fine")
    except Exception as e:
        print(type(e).__name__, e)
        print("".join(traceback.format_exception(e)).split("\n", 1)[1].replace(__file__, "FILE").split("error(source)")[1])


def handled():
    done = []
    try:
        for a, b in [(1, 2), (3,)]:
            done.append(a)
    except ValueError as e:
        done.append(str(e))
    for a, b in gen(2):
        try:
            for c, d in [(a, b), 5]:
                done.append(d)
        except TypeError as e:
            done.append(str(e))
    return done


print(handled())


def changing():
    d = {1: 1, 2: 2}
    try:
        for k, v in d.items():
            d[k + 10] = v
    except RuntimeError as e:
        print(e)
    d = {1: 1, 2: 2}
    try:
        for i, k in enumerate(d):
            d[k + 10] = i
    except RuntimeError as e:
        print(e)
    a = [(1, 1)]
    for x, y in a:
        if len(a) < 4:
            a.append((x + 1, y))
    print(a)


changing()
e = enumerate("abcd")
print(next(e), list(zip(e, e)), next(e, "end"))
z = zip("abc", "de")
print(next(z), z.__next__(), next(z, "end"))
print(list(zip()), list(zip("ab")), list(zip("ab", "cd", "ef")), type(zip()), type(enumerate("")))
print(list(enumerate(enumerate("a"))), dict(enumerate("ab")), [*zip("ab", enumerate("c"))])
