# Descriptors: data and non-data, __set_name__, property in full, methods as descriptors.
class Data:
    def __set_name__(self, owner, name):
        self.name = "_" + name
        print("set_name", owner.__name__, name)

    def __get__(self, obj, owner=None):
        if obj is None:
            return f"class access {owner.__name__}"
        return getattr(obj, self.name, "unset")

    def __set__(self, obj, value):
        setattr(obj, self.name, ("checked", value))

    def __delete__(self, obj):
        print("delete")
        delattr(obj, self.name)


class NonData:
    def __get__(self, obj, owner):
        return "non-data"


class A:
    d = Data()
    n = NonData()


a = A()
print(A.d, a.d, a.n)
a.d = 5
a.__dict__["d"] = "shadow ignored"
print(a.d)
a.__dict__["n"] = "instance wins"
print(a.n)
del a.d
print(a.d)


class P:
    def __init__(self):
        self._x = 1

    @property
    def x(self):
        "doc of x"
        return self._x

    @x.setter
    def x(self, v):
        if v < 0:
            raise ValueError("negative")
        self._x = v

    @x.deleter
    def x(self):
        self._x = "deleted"

    @property
    def ro(self):
        return "read only"

    w = property(fset=lambda self, v: print("write", v))
    y = property(lambda s: s._x * 2, doc="y doc")


p = P()
p.x = 5
print(p.x, p.ro, p.y, P.x.__doc__, P.y.__doc__, P.x.fget.__name__)
del p.x
print(p.x)
p.w = 3


def err(code):
    try:
        exec(code, {"p": p, "P": P, "a": a, "A": A})
    except Exception as e:
        print(type(e).__name__, e)


err("p.x = -1")
err("p.ro = 1")
err("del p.ro")
err("p.w")
err("P.x.fget = 1")
err("del a.n, a.n")


class Q(P):
    @P.x.getter
    def x(self):
        return "overridden getter"


q = Q()
q.x = 7
print(q.x, q._x)


class M:
    def f(self):
        return self

    @staticmethod
    def s():
        return "static"

    @classmethod
    def c(cls):
        return cls.__name__


m = M()
print(m.f() is m, M.f(m) is m, M.__dict__["f"].__get__(m, M)() is m, m.f.__self__ is m, m.f.__func__ is M.f, m.f == m.f)
print(M.s(), m.s(), M.c(), m.c(), type(M.__dict__["s"]).__name__, type(M.__dict__["c"]).__name__, M.c.__self__ is M)
bound = (lambda self, x: (self, x)).__get__(10)
print(bound(5), type(bound).__name__)


class Sub(M):
    pass


print(Sub.c(), Sub().c(), [].append.__self__, len.__self__.__name__, "a".upper.__name__)


class Cached:
    def __init__(self, f):
        self.f = f

    def __get__(self, o, t):
        v = o.__dict__[self.f.__name__] = self.f(o)
        return v


class R:
    @Cached
    def value(self):
        print("computed")
        return 42


r = R()
print(r.value, r.value)
try:

    class Fails:
        bad = type("D", (), {"__set_name__": lambda s, o, n: 1 / 0})()

except ZeroDivisionError as e:
    print(e, e.__notes__)
setattr(A, "later", Data()) if False else None
print(property.__doc__[:30], isinstance(P.x, property))
