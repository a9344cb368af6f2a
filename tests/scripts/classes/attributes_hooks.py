# __getattr__, __getattribute__, __setattr__, __delattr__, __dir__, __dict__ tricks.
class Lazy:
    def __init__(self):
        self.real = 1

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        print("getattr", name)
        value = name.upper()
        self.__dict__[name] = value
        return value


l = Lazy()
print(l.real, l.foo, l.foo, hasattr(l, "_x"), getattr(l, "_y", "none"))


class Log:
    def __getattribute__(self, name):
        if name == "blocked":
            raise AttributeError("blocked!")
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return f"fallback {name}"

    def __setattr__(self, name, value):
        print("set", name, value)
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        print("del", name)
        super().__delattr__(name)


o = Log()
o.x = 5
o.x += 1
print(o.x, o.blocked, o.missing)
del o.x
print(o.x)
try:
    del o.never
except AttributeError as e:
    print(e)


class Proxy:
    def __init__(self, target):
        object.__setattr__(self, "_t", target)

    def __getattr__(self, n):
        return getattr(self._t, n)

    def __setattr__(self, n, v):
        setattr(self._t, n, v)


class Target:
    pass


t = Target()
p = Proxy(t)
p.a = 1
print(t.a, p.a, list(p.__dict__), t.__dict__)
t.__dict__ = {"replaced": True}
print(t.replaced, p.replaced, hasattr(t, "a"))
try:
    t.__dict__ = 5
except TypeError as e:
    print(e)
d = t.__dict__
d["dyn"] = 7
print(t.dyn, list(d), len(d), "dyn" in d)
t.k1 = t.k2 = 0
for k in list(d):
    d[k] = k * 2
print(t.k1, vars(t) == d)
d.clear()
print(vars(t), hasattr(t, "k1"))


class Const:
    __slots__ = ("a",)

    def __setattr__(self, n, v):
        raise TypeError("constant")


try:
    Const().a = 1
except TypeError as e:
    print(e)


class ClassGetattr(type):
    def __getattr__(cls, n):
        return f"meta {n}"


class K(metaclass=ClassGetattr):
    x = 1


print(K.x, K.anything)
try:
    K().anything
except AttributeError as e:
    print(e)
try:
    (5).x = 1
except AttributeError as e:
    print(e)
try:
    object().x = 1
except AttributeError as e:
    print(e)
try:
    "a".upper = 1
except AttributeError as e:
    print(e)
try:
    len.x = 1
except AttributeError as e:
    print(e)


def func():
    pass


func.attr = "function attribute"
print(func.attr, func.__dict__)
for i in range(30):
    setattr(t, f"n{i}", i)
print(sum(getattr(t, f"n{i}") for i in range(30)), len(vars(t)))
for i in range(0, 30, 2):
    delattr(t, f"n{i}")
print(sorted(vars(t))[:4], t.n29)
