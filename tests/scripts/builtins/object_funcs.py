# type isinstance issubclass getattr setattr hasattr delattr callable id dir vars repr ascii format.
class A:
    x = 1

    def __init__(self):
        self.y = 2

    def m(self):
        return "m"


class B(A):
    __slots__ = ()


class P:
    @property
    def p(self):
        raise ValueError("from property")

    @property
    def q(self):
        raise AttributeError("hidden")

    def __getattr__(self, n):
        if n == "dyn":
            return "dynamic"
        raise AttributeError(f"no {n}")


a = A()
p = P()


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
type(5), type("a"), type(a), type(A), type(type), type(None), type(a).__name__, type(len), type(A.m), type(a.m), type(...)
type()
type(1, 2)
type("X", (), {"v": 5})().v, type("Y", (A,), {}).x, type("Z", (int,), {})(7)
type(1, (), {})
type("X", 5, {})
type("X", (5,), {})
type("X", (), 5)
isinstance(5, int), isinstance(True, int), isinstance("a", (int, str)), isinstance(a, object), isinstance(B(), A), isinstance(5, int | str), isinstance([], (int, (str, list)))
isinstance(5, 5)
isinstance(5, "int")
isinstance(5, list[int])
isinstance(5, (int, 5)), 
isinstance("", (int, 5))
issubclass(B, A), issubclass(A, B), issubclass(bool, int), issubclass(A, (int, object)), issubclass(int, int | str)
issubclass(5, int)
issubclass(int, 5)
getattr(a, "x"), getattr(a, "y"), getattr(a, "zz", "default"), getattr(a, "m")(), getattr(p, "dyn")
getattr(a, "zz")
getattr(a, 5)
getattr(a)
getattr(p, "p")
getattr(p, "p", 1)
getattr(p, "q", 1)
getattr(p, "other", 1)
p.other
p.q
hasattr(a, "x"), hasattr(a, "zz"), hasattr(p, "dyn"), hasattr(p, "nope"), hasattr(5, "real")
hasattr(p, "p")
hasattr(a, 1)
setattr(a, "n", 5), a.n, vars(a)
setattr(a, 5, 1)
setattr(5, "x", 1)
setattr(int, "x", 1)
delattr(a, "n"), hasattr(a, "n")
delattr(a, "n")
delattr(a, "m")
callable(len), callable(A), callable(a), callable(a.m), callable(lambda: 0), callable(5), callable(type("C", (), {"__call__": 1})())
id(a) == id(a), id([]) is not None, isinstance(id(5), int)
[n for n in dir(a) if not n.startswith("_")], [n for n in dir(A) if not n.startswith("__")], "append" in dir([]), dir(type("D", (), {"__dir__": lambda s: ["b", "a"]})())
vars(a), sorted(k for k in vars(A) if not k.startswith("__")), type(vars(A)).__name__
vars(5)
vars(B())
repr("a'b"), repr([1, "x", None]), ascii("é\n🎉"), ascii([1, "ü"]), repr(type("X", (), {"__repr__": lambda s: "custom"})())
repr(type("X", (), {"__repr__": lambda s: 5})())
str(type("X", (), {"__str__": lambda s: None})())
str(type("X", (), {"__repr__": lambda s: "via repr"})())
format(3.14159, ".2f"), format("a", ">3"), format(255, "x"), format(None), format([1])
format([1], "d")
format(5, 5)
object.__class__
object(1)
object().x
type(object()).__name__, object.__doc__[:20], isinstance(object(), object)
int.__mro__, bool.__bases__, A.__dict__["x"], B.__base__, A.__module__, A.__qualname__, int.__module__
globals()["a"] is a, "check" in globals(), sorted(k for k in locals() if k in "abc")
slice(1).__class__, super.__name__, property().fget, classmethod.__name__
callable(staticmethod(len)), staticmethod(len)([1]), classmethod(len).__func__ is len
""".strip().splitlines():
    check(line)
