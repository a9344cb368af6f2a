"""What the module gc shows of classes and everything else can be looked at: nothing of it is without a type."""

import abc
import collections.abc
import enum
import gc
import sys


class Plain:
    pass


class Base(abc.ABC):
    @abc.abstractmethod
    def f(self): ...


class Derived(Base):
    def f(self): ...


Base.register(int)
isinstance(5, Base), isinstance("", Base), issubclass(list, collections.abc.Sequence)


class Colour(enum.Enum):
    RED = 1


looked = set()


def look(v, depth=0):
    if id(v) in looked or depth > 4:
        return
    looked.add(id(v))
    type(v).__name__, isinstance(v, int), v == 5, bool(isinstance(v, (list, tuple, dict)) and len(repr(v)) < 0)
    for held in gc.get_referents(v):
        look(held, depth + 1)


everything = [int, Exception, type, object, Plain, Base, Derived, Colour, Plain(), Colour.RED, look, sys, gc.collect, len, {}.get, (x for x in ())]
for v in everything:
    look(v)
for v in gc.get_objects():
    type(v).__name__
    if isinstance(v, (list, tuple)) and v is not everything:
        for item in v:
            type(item).__name__
print(len(looked) > 50)
