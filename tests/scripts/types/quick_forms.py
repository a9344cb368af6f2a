# Quick forms of functions, methods and constructors: their edges, where the ordinary forms take over.
from collections import deque, namedtuple, Counter


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


print([pow(a, b, m) for a in (-7, 0, 3, 1 << 60) for b in (0, 1, 5) for m in (1, 7, -7, (1 << 61) - 1)])
for f in (lambda: pow(2, -1, 7), lambda: pow(2, -1, 4), lambda: pow(2, 3, 0), lambda: pow(2, 3, "x"), lambda: pow(2.0, 3, 5), lambda: pow(True, 2, 5)):
    show(f)
print([round(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5, 3, True, 1e15 + 0.5, 1e20)], type(round(True)))
for f in (lambda: round(float("nan")), lambda: round(float("inf")), lambda: round("x"), lambda: round(2.675, 2), lambda: round(15, -1)):
    show(f)
print([bool(x) for x in (0, 1, -1, 0.0, -0.0, 0.5, "", "a", "long enough text", b"", b"x", [], [0], None, {}, ())], bool(), bool(1 << 80))
print([abs(x) for x in (-3, 3, -2.5, -0.0, True, -(1 << 61), 3 + 4j)], [len(x) for x in ("é", "abc", [1], (), {1: 2}, {3}, frozenset())])
print(min(3, 1, 2), max(3, 1, 2), min(1, 1.0), max(1, 1.0), min("b", "a"), min((1, 2), (1, 1)), max(True, 1), min(float("nan"), 1) != 1)
for f in (lambda: min(1, "a"), lambda: max(), lambda: min(1), lambda: min([]), lambda: min(None, 1), lambda: len(5), lambda: len(), lambda: abs("x")):
    show(f)
print(ord("a"), ord("é"), ord("\U0001f600"), ord(b"z"), chr(97), chr(0x1F600), hash(1) == 1, hash(-1), hash(2.0))
for f in (lambda: ord("ab"), lambda: ord(5), lambda: chr(-1), lambda: chr(0x110000), lambda: chr("a"), lambda: hash([]), lambda: hash(([],))):
    show(f)


class Pretender:
    @property
    def __class__(self):
        return int


class Getter:
    def __getattribute__(self, name):
        return str if name == "__class__" else object.__getattribute__(self, name)


class Meta(type):
    def __instancecheck__(cls, other):
        return other == 5


class Odd(metaclass=Meta):
    pass


class Base:
    pass


class Derived(Base):
    pass


print(isinstance(Pretender(), int), isinstance(Pretender(), str), isinstance(Getter(), str), isinstance(Getter(), int), isinstance(5, Odd), isinstance(6, Odd), isinstance(Odd(), Odd))
print(isinstance(Derived(), Base), isinstance(Base(), Derived), isinstance(1, (str, (float, int))), isinstance(1, ()), isinstance(True, int), isinstance(Base(), (str, int)), isinstance(Base, type), isinstance(len, int))
for f in (lambda: isinstance(1, 5), lambda: isinstance(Base(), (str, 5)), lambda: isinstance(1), lambda: isinstance(1, int | str)):
    show(f)

d = {"a": 1}
print(d.get("a"), d.get("b"), d.get("b", 5), d.setdefault("a", 9), d.setdefault("c"), d.setdefault("d", []), d.pop("a"), d.pop("zz", None), d)
for f in (lambda: d.get([]), lambda: d.pop("zz"), lambda: d.pop([]), lambda: d.setdefault([], 1), lambda: d.get(), lambda: d.get(1, 2, 3), lambda: d.pop("q", 1, 2), lambda: {}.pop(1)):
    show(f)


class D(dict):
    def __missing__(self, key):
        return "missing"

    def get(self, key, default=None):
        return "own get"


e = D(a=1)
print(e["a"], e["b"], e.get("a"), e.setdefault("x", 2), e.pop("x"), len(e), list(e), dict(e), e == {"a": 1})
del e["a"]
show(lambda: e.__delitem__("a"))
x = [1, 2, 3, 4]
print(x.pop(), x.pop(0), x.pop(-1), x)
for f in (lambda: [].pop(), lambda: x.pop(9), lambda: x.pop("a"), lambda: x.pop(1.0), lambda: x.insert("a", 1), lambda: x.append(), lambda: x.extend(5), lambda: x.pop(True)):
    show(f)
x.insert(-100, "first")
x.insert(100, "last")
x.extend((1, 2))
x.extend(x)
print(x, [].append(1))
del x[-1], x[0]
show(lambda: x.__delitem__(99))
x[1:2] = (7, 8, 9)
x[5:2] = [0]
x[:0] = x[-2:]
print(x)
s = {1, 2}
print(s.add(3), s.add(2.0), s.discard(9), s.discard(1.0), s.remove(3), s)
for f in (lambda: s.remove(99), lambda: s.add([]), lambda: s.discard([]), lambda: s.remove({1}), lambda: s.add()):
    show(f)
print(list(), list("ab"), list((1, 2)), list({1: 2}), list(range(3)), list(range(5, 0, -2)), list({4}), tuple(), tuple([1]), tuple((1,)), set(), set([1, 1.0, True]), frozenset(), frozenset([3]), frozenset({4}))
print(dict(), dict({1: 2}), dict(a=1), dict([(1, 2), [3, 4], "ab"]), dict(zip("ab", "cd")), dict({1: 2}, b=3), dict(enumerate("xy")))
for f in (lambda: dict([(1, 2), (3,)]), lambda: dict([1]), lambda: dict(5), lambda: set([[]]), lambda: frozenset([{}]), lambda: list(5), lambda: tuple(5), lambda: range(), lambda: range(1, 2, 0), lambda: range(1.0), lambda: dict(["abc"])):
    show(f)
print(list(reversed((1, 2, 3))), list(reversed(range(2, 11, 3))), list(reversed("aéb")), list(reversed("abc")), list(reversed({1: 0, 2: 0})), list(reversed(())), reversed([1]).__length_hint__())
r = reversed((1, 2, 3))
print(next(r), r.__length_hint__(), list(r), next(r, "end"), type(r).__name__, type(reversed([])).__name__)
for f in (lambda: reversed(5), lambda: reversed({1}), lambda: reversed()):
    show(f)
print(list(zip([1, 2, 3], "ab", (x * x for x in range(9)))), list(zip("ab", "cd", "ef", "gh")), list(zip([], "a", "b")), next(zip("a", "b", "c")))
i = iter([1, 2, 3, 4])
print(list(zip(i, i, i)), list(i), list(zip(iter("abc"), {1: 0, 2: 0}.items(), {5})))

Pt = namedtuple("Pt", "x y")
a, b = Pt(1, 2)
print(a, b)


class T(tuple):
    def __iter__(self):
        return iter("xy")


a, b = T((1, 2, 3))
print(a, b)


class L(list):
    pass


a, b = L([5, 6])
print(a, b)
for f in (lambda: [p for p, q in [Pt(1, 2)]], lambda: [p for p, q, r in [Pt(1, 2)]]):
    show(f)
for v in ((1, 2, 3, 4), [1, 2, 3], "ab", (1, 2)):
    p, *q, w = v
    print(p, q, w)
try:
    p, *q, w = (1,)
except ValueError as error:
    print(error)
*p, = (1, 2)
print(p)
(p, *q), w = (1, 2), 3
print(p, q, w)

dq = deque([1, 2, 3], maxlen=3)
dq.append(4)
dq.appendleft(0)
print(dq, dq.pop(), dq.popleft(), dq, list(dq), dq[0])
for f in (lambda: deque().pop(), lambda: deque().popleft(), lambda: dq.append()):
    show(f)
dq = deque()
for k in range(40):
    dq.append(k)
    if k % 3 == 0:
        dq.popleft()
    dq.appendleft(-k)
    if k % 5 == 0:
        dq.pop()
print(dq, dq[3], dq[-3], len(dq))
print(Counter("abracadabra"), Counter([1, 1.0, True, (1, 2), (1, 2)]), Counter({"a": 1 << 62}) + Counter("a"))
print([1, 2] == [1, 2.0], [1, [2]] == [1, [2]], [1, 2] < [1, 3], [float("nan")] == [float("nan")], (1, "a") < (1, "b"), [1, 2] <= [1], [0.0] == [-0.0])
print(type(5) is int, type(type), type(Base()).__name__)
show(lambda: type(1, 2))
