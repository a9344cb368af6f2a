"""What a class gets from its metaclass, read often enough for every cache, while both change."""


class Meta(type):
    plain = 1

    def method(cls):
        return cls.__name__

    @property
    def computed(cls):
        return cls.__name__ + "!"

    @classmethod
    def of_meta(mcls):
        return mcls.__name__


class A(metaclass=Meta):
    pass


class B(A):
    plain = 2


def reads(cls):
    return cls.plain, cls.method(), cls.computed, cls.of_meta(), cls.__name__, cls.__module__, len(cls.__mro__)


def names(*values):
    return [type(v).__name__ for v in values for _ in range(3)]


for _ in range(4):
    print(reads(A), reads(B))
print(names(A(), 1, A, "x"))

# The metaclass changes: a plain value, a method, a getter.
Meta.plain = 10
print([A.plain for _ in range(2)], [B.plain for _ in range(2)])


def show(cls):
    return cls.plain, cls.method(), cls.computed


show(A)
Meta.method = lambda cls: "new " + cls.__name__
print(show(A), show(B))
Meta.computed = property(lambda cls: "other")
print(show(A))
# A plain value becomes a data descriptor, then goes.
Meta.plain = property(lambda cls: "described")
print(show(A), show(B))
del Meta.plain
A.plain = "own"
print(show(A), show(B))
# The class gets what its metaclass had: a method of the class comes before one of the metaclass, a property of that does not.
A.method = staticmethod(lambda: "of the class")
try:
    A.computed = "hidden"
except AttributeError as e:
    print(e)
print(show(A), show(B))
A.__name__ = "Renamed"
print([A.__name__ for _ in range(3)], A.__qualname__)


class Hooked(type):
    def __getattr__(cls, name):
        return f"hook {name}"


class C(metaclass=Hooked):
    there = 5


for _ in range(3):
    print(C.there, C.missing, C.__name__)


# A class changes its metaclass.
class Gives(type):
    given = "given"

    @property
    def there(cls):
        return "of the metaclass"


print([C.there for _ in range(3)])
C.__class__ = Gives
print([C.there for _ in range(3)], C.given)
C.__class__ = Hooked
print([C.there for _ in range(3)], C.given)


class Failing(type):
    @property
    def bad(cls):
        raise AttributeError("no such thing")


class D(metaclass=Failing):
    pass


for _ in range(3):
    try:
        D.bad
    except AttributeError as e:
        print(e)


def refused(what):
    try:
        return what()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


# An order that a metaclass refuses, or asks for again and again.
class Empty(type):
    def mro(cls):
        return iter(())


class Again(type):
    def mro(cls):
        if "again" in cls.__dict__:
            cls.__bases__ = (Other,)
        return type.mro(cls)


class Other:
    pass


class First:
    pass


print(refused(lambda: Empty("x", (), {})))
print(refused(lambda: Again("x", (First,), {"again": 1}).__mro__).split(" in ")[0][:48])
ordinary = Again("ordinary", (First,), {})
below = Again("below", (ordinary,), {})
ordinary.__bases__ = (Other,)
print(below.__mro__)


class Fails(type):
    fails = False

    def mro(cls):
        if Fails.fails and cls.__name__ == "lower":
            raise ValueError(cls.__name__)
        return type.mro(cls)


upper = Fails("upper", (First,), {})
lower = Fails("lower", (upper,), {})
Fails.fails = True


def assign():
    upper.__bases__ = (Other,)


print(refused(assign), upper.__bases__, upper.__mro__, lower.__mro__)


# The same slots in another order.
class AB:
    __slots__ = ("a", "b")


class BA:
    __slots__ = ["b", "a"]


class ABC(AB):
    __slots__ = "c"


o = AB()
o.a, o.b = 1, 2
o.__class__ = BA
print(o.a, o.b, [k for k in BA.__dict__ if not k.startswith("__")], BA.__slots__)


def change():
    o.__class__ = ABC


print(refused(change))
