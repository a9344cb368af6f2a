# Verdicts about abstract base classes: every way in which an answer may change.
import abc
from collections.abc import Sized, Mapping, Hashable, Iterable


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Round: ...


class Square(Shape):
    def area(self):
        return 1


def ask(value, cls, times=4):
    return [isinstance(value, cls) for _ in range(times)]


print(ask(Square(), Shape), ask(Round(), Shape))
# A registration turns a known "no" into a "yes".
Shape.register(Round)
print(ask(Round(), Shape), ask(3, Shape))


@Shape.register
class Odd:
    pass


print(ask(Odd(), Shape), ask((Odd(), 1), Shape))
# Another registration, elsewhere, leaves answers as they are.
Mapping.register(Odd)
print(ask(Odd(), Mapping), ask(Odd(), Shape), ask(Round(), Mapping))


# Objects that show another class than theirs.
class Pretends:
    def __init__(self, shown):
        self.shown = shown

    @property
    def __class__(self):
        return self.shown


print([isinstance(Pretends(k), Shape) for k in (Square, int, Round, str) * 3])


class Hides:
    def __getattribute__(self, name):
        if name == "__class__":
            raise AttributeError(name)
        return super().__getattribute__(name)


print(ask(Hides(), Shape), ask(Hides(), Sized))


# A class that gets what the hook looks for once it has been asked: the answer stays, as the caches say.
class Late:
    pass


print(ask(Late(), Sized))
Late.__len__ = lambda self: 0
print(ask(Late(), Sized))

import _abc

_abc._reset_caches(Sized)
print(ask(Late(), Sized))
del Late.__len__
print(ask(Late(), Sized))
_abc._reset_caches(Sized)
print(ask(Late(), Sized))


# Metaclasses with a say of their own.
class Says(abc.ABCMeta):
    answers = iter([True, False] * 20)

    def __instancecheck__(cls, value):
        return next(cls.answers) and super().__instancecheck__(value)


class Moody(metaclass=Says):
    pass


Moody.register(int)
print([isinstance(1, Moody) for _ in range(6)])


class Subs(abc.ABCMeta):
    def __subclasscheck__(cls, sub):
        return sub is str or super().__subclasscheck__(sub)


class Strange(metaclass=Subs):
    pass


print(ask("", Strange), ask(1, Strange))
Strange.register(int)
print(ask(1, Strange), ask("", Strange))


# The stock method replaced while answers are known, and put back.
kept = abc.ABCMeta.__instancecheck__
try:
    abc.ABCMeta.__instancecheck__ = lambda cls, value: "maybe"
    print(ask(Round(), Shape, 2), ask(2, Shape, 2))
finally:
    abc.ABCMeta.__instancecheck__ = kept
print(ask(Round(), Shape), ask(2, Shape))


# Bases that change.
class Base1: ...


class Child(Base1): ...


print(ask(Child(), Shape))
Shape.register(Base1)
print(ask(Child(), Shape))


class Other: ...


class Heir(Other): ...


print(ask(Heir(), Shape, 2))
Heir.__bases__ = (Base1,)
print(ask(Heir(), Shape, 2), issubclass(Heir, Shape))

# The class of an object changes.
o = Round()
print(ask(o, Shape, 2), ask(o, Hashable, 2))
o.__class__ = Late
print(ask(o, Shape, 2), ask(o, Iterable, 2))


# Many classes, more than are remembered.
made = [type(f"C{i}", (), {"__len__": lambda self: 0} if i % 3 else {}) for i in range(700)]
for _ in range(3):
    print(sum(isinstance(k(), Sized) for k in made), sum(isinstance(k(), Shape) for k in made))
