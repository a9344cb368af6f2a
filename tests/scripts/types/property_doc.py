# Where the documentation of a property and of subclasses goes.
import types


class Sub(property):
    """of the class"""


class Slots(property):
    """of the class"""
    __slots__ = ()


class NoDoc(property):
    __slots__ = ("foo",)


def documented(self):
    """of the getter"""


def plain(self):
    pass


class Raises:
    @property
    def __doc__(self):
        raise AttributeError


for cls in property, Sub, Slots, NoDoc:
    for args in (), (documented,), (plain,), (Raises(),), (plain, None, None, "given"), (documented, None, None, "given"):
        try:
            print(cls.__name__, len(args), repr(cls(*args).__doc__))
        except AttributeError as e:
            print(cls.__name__, len(args), "AttributeError", e)

p = property(documented)
p.__doc__ = "user"
print(p.getter(plain).__doc__, p.getter(documented).__doc__, p.setter(plain).__doc__)
p = property(plain)
p.__doc__ = "user"
print(p.getter(documented).__doc__)
for args in (), (1,), (1, 2, 3):
    try:
        p.__set_name__(*args)
    except TypeError as e:
        print(e)
p.__set_name__(object, "name")
print(p.__name__)

# The names of an alias are its own or its origin's.
a = types.GenericAlias(list, int)
print(sorted(set(dir(a)) - set(dir(list))))
print(a.__getitem__([5], 0), a.__len__([1]), a.__iter__([]).__class__.__name__)
for name in "__bases__", "__copy__", "__deepcopy__":
    try:
        getattr(a, name)
    except AttributeError as e:
        print(e)
for name in dir(a):
    getattr(a, name)
items = []


class Clears:
    def __repr__(self):
        items.clear()
        return "x"


items += [Clears(), 1]
try:
    repr(types.GenericAlias(int, items))
except IndexError as e:
    print(e)
