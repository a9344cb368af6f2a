# Container protocol: getitem, setitem, delitem, len, contains, iter, reversed, missing, call, bool.
class Seq:
    def __init__(self, items):
        self.items = list(items)

    def __getitem__(self, k):
        return ("get", k) if isinstance(k, (slice, tuple, str)) else self.items[k]

    def __setitem__(self, k, v):
        print("set", k, v)

    def __delitem__(self, k):
        print("del", k)

    def __len__(self):
        return len(self.items)

    def __contains__(self, x):
        return x in self.items or x == "always"

    def __iter__(self):
        return iter(self.items)

    def __call__(self, *a, **k):
        return a, k


s = Seq([1, 2, 3])
print(s[0], s[-1], s[1:2], s["k"], s[1, 2], s[::2, ...], s[()])
s[0] = 5
s[1:2] = 6
s["x"] += "y" if False else (1,)
del s[0], s[1:]
print(len(s), 2 in s, "always" in s, 9 in s, list(s), bool(s), bool(Seq([])), [*s])
print(s(1, a=2), s())


class B1:
    def __bool__(self):
        return False


class B2:
    def __len__(self):
        return 0


class B3:
    def __bool__(self):
        return True

    def __len__(self):
        return 0


print(bool(B1()), bool(B2()), bool(B3()), not B1(), 1 if B2() else 2, type(B1() and 1).__name__)


def err(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


def bad(name, value):
    return type("Bad", (), {name: lambda self, *a: value})()


err(lambda: bool(bad("__bool__", 5)))
err(lambda: len(bad("__len__", -1)))
err(lambda: len(bad("__len__", "a")))
err(lambda: len(bad("__len__", 2**70)))
err(lambda: bool(bad("__len__", -1)))
err(lambda: hash(bad("__hash__", "a")))
err(lambda: int(bad("__int__", "a")))
err(lambda: float(bad("__float__", 1)))
err(lambda: [1][bad("__index__", 1.5)])
err(lambda: complex(bad("__complex__", 1)))
err(lambda: bytes(bad("__bytes__", 1)))
err(lambda: str(bad("__str__", 1)))
err(lambda: f"{bad('__format__', 1)}")
err(lambda: iter(bad("__iter__", 1)))
err(lambda: dir(bad("__dir__", 1)))
err(lambda: Seq.__getitem__(5, 1))
err(lambda: bad("__x__", 1)[0])
err(lambda: bad("__x__", 1)())
err(lambda: exec("o[0] = 1", {"o": bad("__x__", 1)}))
err(lambda: exec("del o[0]", {"o": bad("__x__", 1)}))
err(lambda: len(bad("__x__", 1)))
err(lambda: 1 in bad("__x__", 1))
err(lambda: 1 in bad("__contains__", []))
print(hash(bad("__hash__", 2**65)) == hash(2**65), int(bad("__index__", 5)), float(bad("__index__", 5)), [1, 2, 3][bad("__index__", 2)])


class CG:
    def __class_getitem__(cls, k):
        return f"{cls.__name__}[{k}]"


print(CG[int], CG[1, 2])


class LH:
    def __iter__(self):
        return iter([1, 2])

    def __length_hint__(self):
        return 10


print(list(LH()))
