"""Every kind of attribute at sites that see one, some and many shapes, and what must be seen when classes change."""

from collections import namedtuple


def read(o):
    return o.x


def call(o):
    return o.m()


def store(o, v):
    o.y = v


def cls_read(c):
    return c.x


# --- class-level data through instances of many classes ---
classes = [type(f"C{i}", (), {"x": i, "m": lambda self, i=i: i * 10}) for i in range(40)]
objects = [c() for c in classes]
for _ in range(3):
    print(sum(map(read, objects)), sum(map(call, objects)), sum(map(cls_read, classes)))
classes[3].x = 1000
classes[4].m = lambda self: 5000
print(sum(map(read, objects)), sum(map(call, objects)), sum(map(cls_read, classes)))
objects[5].x = 77
print(read(objects[5]), cls_read(classes[5]))
classes[5].x = property(lambda self: "from property")
print(read(objects[5]), type(cls_read(classes[5])).__name__)
del classes[3].x
for o in (objects[3],):
    try:
        read(o)
    except AttributeError as e:
        print(e)


# --- metaclasses ---
class Meta(type):
    def __getitem__(cls, k):
        return k


class M1(metaclass=Meta):
    x = 1


class M2(M1):
    x = 2


print([cls_read(c) for c in (M1, M2, M1, M2) * 3])
Meta.x = property(lambda cls: "meta")
print([cls_read(c) for c in (M1, M2)])
del Meta.x
print([cls_read(c) for c in (M1, M2)])
Meta.__getattribute__ = lambda cls, name: ("asked", name)
print(cls_read(M1))
del Meta.__getattribute__
print(cls_read(M1))


# --- __getattr__ ---
class Hook:
    m_called = 0

    def __init__(self):
        self.x = "own"

    def m(self):
        return "method"

    @property
    def failing(self):
        raise AttributeError("inside")

    def __getattr__(self, name):
        return f"hook {name}"


class Quiet(Hook):
    pass


def hooked(o):
    return o.x, o.m(), o.failing, o.absent


for o in (Hook(), Quiet()) * 3:
    print(hooked(o))
o = Quiet()
del o.x
print(hooked(o))
Quiet.__getattribute__ = lambda self, name: f"all {name}" if name != "m" else (lambda: "mm")
print(hooked(o))
del Quiet.__getattribute__
del Hook.__getattr__
try:
    hooked(o)
except AttributeError as e:
    print(e)


class Raises:
    def __getattr__(self, name):
        raise AttributeError(f"no {name} here")


try:
    read(Raises())
except AttributeError as e:
    print(e, e.__context__)


# --- data descriptors ---
class Desc:
    def __init__(self, v):
        self.v = v

    def __get__(self, o, c):
        return ("get", self.v, o is None)

    def __set__(self, o, v):
        self.v = v


class D1:
    x = Desc(1)


class D2:
    x = Desc(2)


for o in (D1(), D2()) * 3:
    print(read(o), end=" ")
    o.__dict__["x"] = "hidden"
    print(read(o))
del Desc.__set__
print(read(o))
Point = namedtuple("Point", "x y")
Other = namedtuple("Other", "y x")
print([read(p) for p in (Point(1, 2), Other(3, 4), Point(5, 6))])


# --- more attributes than fit ---
class Many:
    pass


def fill(o, n):
    for i in range(n):
        setattr(o, f"a{i}", i)
    o.x = n
    store(o, n)
    store(o, n + 1)


many = []
for n in (3, 5, 8, 20, 61, 62, 70, 8, 20):
    o = Many()
    fill(o, n)
    many.append(o)
    print(read(o), o.y, len(vars(o)), list(vars(o))[-2:])
for o in many:
    store(o, 0)
    del o.x
print([o.y for o in many], hasattr(many[0], "x"))


class Learns:
    def __init__(self, first):
        if first:
            self.a = self.b = self.c = self.d = self.e = self.f = self.g = self.h = self.i = self.x = 1
        self.y = 2


print([sorted(vars(Learns(k % 2)))[-1] for k in range(4)], read(Learns(1)))


# --- values that hash and compare as what they wrap ---
class Text(str):
    pass


class Pair(tuple):
    pass


p, q = Point(1, (2, Point(3, 4))), Pair((1, (2, (3, 4))))
print(p == q, hash(p) == hash(q), {p: "found"}[q], {q: 1}.get(p), p < Pair((1, (2, (3, 5)))))
print(Text("a") == "a", {Text("a"): 1}["a"], Text("b") > Text("a"), {Text("k")} == {"k"})
Pair.__eq__ = lambda self, other: "own eq"
Pair.__hash__ = lambda self: 7
print(q == p, p == q, hash(q))
Point.__lt__ = lambda self, other: "own lt"
print(p < p, p == Point(1, (2, (3, 4))))
nan = float("nan")
print(Point(nan, 1) == Point(nan, 1), Point(nan, 1) == Point(float("nan"), 1))

# --- dicts from which keys go and to which they come back ---
d = {i: i for i in range(20)}
for k in range(2000):
    i = k * 7 % 20
    v = d.pop(i)
    d[i] = v + 1
print(list(d), sum(d.values()))
for k in range(500):
    d.pop(next(iter(d)))
    d[1000 + k] = k
print(list(d))
for k in range(300):
    d.popitem()
    d[k] = d.setdefault(-1, 0)
print(list(d.items()))
first = {**d, "more": 1}
print(first == {**{"more": 1}, **d} | {}, list({**{}, **d, **{5: 5}})[-2:])
