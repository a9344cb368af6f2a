# Subclasses of the built-in types.
class I(int):
    def __add__(self, o):
        return I(int.__add__(self, o))

    def __repr__(self):
        return f"I({int(self)})"


i = I(5)
i.tag = "t"
print(i, i + 1, i * 2, type(i * 2), i == 5, hash(i) == hash(5), [10, 20, 30, 40, 50, 60][i], i.tag, range(i), I("7"), I(3.9), isinstance(i, int), f"{i:03d}", str(i), int(i), type(int(i)))


class F(float):
    pass


print(F(1.5), F(1.5) + 1, type(F(1) + 1), F("2.5"), F(1).is_integer())


class S(str):
    def shout(self):
        return self.upper() + "!"


s = S("abc")
s.x = 1
print(s, s.shout(), type(s.upper()), s + "d", type(s + "d"), {s: 1}["abc"], {"abc": 2}[s], s == "abc", len(s), s[0], type(s[:]), "".join([s]), s.x, repr(s), str(s), type(str(s)))


class L(list):
    def append(self, x):
        super().append(x * 2)


l = L([1, 2])
l.append(3)
l += [4]
print(l, l[0], l[1:], type(l[1:]), l + [5], type(l + [5]), len(l), L() == [], sorted(L([2, 1])), isinstance(l, list), repr(L()))


class D(dict):
    def __getitem__(self, k):
        return ("overridden", dict.get(self, k))

    def __setitem__(self, k, v):
        super().__setitem__(k, v + 1)


d = D(a=1)
d["b"] = 2
print(d, d["a"], d.get("b"), dict(d), {**d}, "a" in d, list(d), d == {"a": 1, "b": 3}, type(d.copy()), type(d | {}))


class T(tuple):
    def total(self):
        return sum(self)


t = T((1, 2, 3))
t.attr = 9
print(t, t.total(), t[0], t[1:], type(t[1:]), t + (4,), t == (1, 2, 3), hash(t) == hash((1, 2, 3)), t.attr, T(), T("ab"))


class B(bytes):
    pass


class BA(bytearray):
    pass


print(B(b"x"), B(3), B(b"ab")[0], type(B(b"ab")[:1]), BA(b"q"), BA(b"a") + b"b", type(BA(b"a") + b"b"))


class St(set):
    pass


class FS(frozenset):
    pass


print(St([1]), FS([1]), St([1]) == {1}, type(St([1]) | {2}), type(FS([1]) | {2}), FS([1]) in {FS([1])})


class C(complex):
    pass


print(C(1, 2), C(1) + 1, type(C(1) + 1))


class E(Exception):
    def __init__(self, code, msg):
        super().__init__(msg)
        self.code = code

    def __str__(self):
        return f"[{self.code}] {self.args[0]}"


try:
    raise E(5, "bad")
except E as e:
    print(e, repr(e), e.code, e.args)


class Idx(list):
    def __len__(self):
        return 100

    def __iter__(self):
        return iter("custom")

    def __contains__(self, x):
        return True

    def __eq__(self, o):
        return "eq called"

    def __bool__(self):
        return False


x = Idx([1])
print(len(x), list(x), 5 in x, x == 1, bool(x), [*x], x[0])


class P(property):
    pass


class M:
    @P
    def v(self):
        return "subclass of property"


print(M().v, type(M.__dict__["v"]).__name__)
for bad in ("bool", "type(None)", "type(...)", "range", "slice", "type(lambda: 0)", "type(len)"):
    try:
        type("X", (eval(bad),), {})
    except TypeError as e:
        print(e)
