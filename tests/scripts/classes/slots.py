# __slots__ in all forms.
class P:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


p = P(1, 2)
p.x += 10
print(p.x, p.y, P.__slots__, hasattr(p, "__dict__"))
for code in ("p.z = 1", "del p.y, p.y", "p.y"):
    try:
        exec(code)
    except AttributeError as e:
        print(e)
print(type(P.x).__name__, P.x.__get__(p), P.x.__name__)


class Q(P):
    pass


q = Q(1, 2)
q.z = 3
print(q.x, q.z, q.__dict__)


class R(P):
    __slots__ = ("z",)


r = R(1, 2)
r.z = 3
try:
    r.w = 1
except AttributeError as e:
    print(e)
print(r.z, [s for s in dir(r) if not s.startswith("__")])


class S:
    __slots__ = "single"


s = S()
s.single = 1
print(s.single)


class D:
    __slots__ = ("a", "__dict__")


d = D()
d.a, d.b = 1, 2
print(d.a, d.b, d.__dict__)
for src in (
    "class E:\n    __slots__ = ('x',)\n    x = 1",
    "class E:\n    __slots__ = ('1x',)",
    "class E:\n    __slots__ = (5,)",
    "class E(int):\n    __slots__ = ('x',)",
    "class E(tuple):\n    __slots__ = ('x',)",
    "class E:\n    __slots__ = ('__dict__', '__dict__')",
):
    try:
        exec(src)
        print("ok", src.split("\n")[0])
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)


class A1:
    __slots__ = ("a",)


class B1:
    __slots__ = ("b",)


try:

    class C1(A1, B1):
        pass

except TypeError as e:
    print(e)


class Priv:
    __slots__ = ("__hidden", "pub")

    def __init__(self):
        self.__hidden = "secret"

    def get(self):
        return self.__hidden


print(Priv().get(), Priv()._Priv__hidden)


class Defaults:
    __slots__ = {"doc_a": "documentation of a", "b": None}


print(sorted(Defaults.__slots__), Defaults.doc_a.__doc__)


class L(list):
    __slots__ = ("tag",)


l = L([1, 2])
l.tag = "t"
print(l, l.tag)
try:
    l.other = 1
except AttributeError as e:
    print(e)


class Name:
    __mangled = 1

    def __m(self):
        return self.__mangled

    def call(self):
        __local = 5
        return self.__m(), __local


print(Name().call(), Name._Name__mangled, [n for n in vars(Name) if "Name" in n])
import copy

p.y = 7
c = copy.copy(p)
print(c.x, c.y, c is p)
