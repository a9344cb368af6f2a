# Checks that CPython makes: unions of what can be hashed later, builtins of another kind, functions and namespaces made of wrong things.
import copy
import types


class Meta(type):
    hashable = False

    def __hash__(self):
        if Meta.hashable:
            return 1
        raise TypeError("no hash yet")


class A(metaclass=Meta):
    pass


class B(metaclass=Meta):
    pass


unions = A | B, A | int
for u in unions:
    try:
        hash(u)
    except TypeError as e:
        print(e)
Meta.hashable = True
for u in unions:
    try:
        hash(u)
    except TypeError as e:
        print(e)
print(hash(A | B) == hash(B | A), (A | int).__parameters__)


class Space(types.SimpleNamespace):
    def __new__(cls, *args, **kwargs):
        return 12345 if made else super().__new__(cls)


made = False
space = Space()
made = True
try:
    copy.replace(space)
except TypeError as e:
    print(e)


def f(a):
    pass


for args in [(3, None, None, 3), ("n", 3, None, 3), ("n", None, 3, 3), ("n", None, None, 3), ("n", None, (), {"a": 1})]:
    try:
        print(types.FunctionType(f.__code__, {}, *args).__kwdefaults__)
    except TypeError as e:
        print(e)

for builtins in (types.MappingProxyType({}), types.MappingProxyType({"iter": 5}), {}, {"iter": 7}):
    try:
        print(eval("x.__reduce__()", {"__builtins__": builtins, "x": iter([1, 2])}))
    except AttributeError as e:
        print(repr(e))


# Bases in a tuple of one's own are kept as they are.
class Bases(tuple):
    pass


t = type("t", Bases((int, object)), {})
print(t.__bases__, type(t.__bases__), t.__mro__, type(t.__mro__), t.__base__, issubclass(t, int), t(5) + 1)


class C:
    pass


class D(C):
    pass


class E:
    x = 3


D.__bases__ = Bases((E,))
print(type(D.__bases__), D.__mro__, D().x, E.__subclasses__(), C.__subclasses__())
D.__bases__ = (C,)
print(type(D.__bases__), D.__mro__, E.__subclasses__(), C.__subclasses__())
print(type(type("t", Bases(()), {}).__bases__))
