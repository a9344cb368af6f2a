# Metaclasses, __prepare__, __init_subclass__, class keywords, __new__.
class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        print("prepare", name, kw)
        return {"prepared": True}

    def __new__(mcls, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__")))
        return super().__new__(mcls, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        print("init", name, kw)
        super().__init__(name, bases, ns)

    def __call__(cls, *a, **k):
        print("call", cls.__name__)
        return super().__call__(*a, **k)

    def meta_method(cls):
        return f"meta method of {cls.__name__}"

    @property
    def meta_prop(cls):
        return "meta prop"

    def __len__(cls):
        return 99

    def __iter__(cls):
        return iter([1, 2])

    def __contains__(cls, x):
        return x == "in"

    def __getitem__(cls, k):
        return ("item", k)

    def __instancecheck__(cls, o):
        return o == 5

    def __subclasscheck__(cls, c):
        return c is int

    def __repr__(cls):
        return f"<Meta {cls.__name__}>"


class A(metaclass=Meta, option=1):
    x = 1


class B(A):
    pass


print(A, type(A), A.prepared, A.meta_method(), B.meta_prop, len(A), list(A), "in" in A, A["k"])
b = B()
print(isinstance(5, A), issubclass(int, A), isinstance(6, A), type(b) is B)
try:
    b.meta_method()
except AttributeError as e:
    print(e)


class Sub:
    registry = []

    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        Sub.registry.append((cls.__name__, tag))


class S1(Sub):
    pass


class S2(Sub, tag="t"):
    pass


class S3(S2, tag="deep"):
    pass


print(Sub.registry)
try:

    class S4(Sub, bad=1):
        pass

except TypeError as e:
    print(e)
try:

    class Kw(foo=1):
        pass

except TypeError as e:
    print(e)


class M1(type):
    pass


class M2(type):
    pass


class X(metaclass=M1):
    pass


class Y(metaclass=M2):
    pass


try:

    class Z(X, Y):
        pass

except TypeError as e:
    print(e)


class M3(M1, M2):
    pass


class Z(X, Y, metaclass=M3):
    pass


print(type(Z))


class Single:
    _inst = None

    def __new__(cls, *a):
        if cls._inst is None:
            cls._inst = super().__new__(cls)
        return cls._inst

    def __init__(self, v):
        self.v = v


print(Single(1) is Single(2), Single(3).v)


class Other:
    def __new__(cls):
        return "not an instance"

    def __init__(self):
        print("never called")


print(Other())


class Tup(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    @property
    def first(self):
        return self[0]


print(Tup(1, 2), Tup(1, 2).first, len(Tup(3, 4)), isinstance(Tup(1, 2), tuple))


def func_meta(name, bases, ns):
    return (name, bases, ns["v"])


class F(metaclass=func_meta):
    v = 3


print(F)
N = type("N", (Sub,), {"f": lambda self: "f"}, tag="dynamic")
print(N().f(), Sub.registry[-1])
print(type.__call__(int, "5"), type.mro(bool))


class Entries:
    def __mro_entries__(self, bases):
        return (Sub,)


class FromEntries(Entries()):
    pass


print(FromEntries.__mro__[1], FromEntries.__orig_bases__[0].__class__)
