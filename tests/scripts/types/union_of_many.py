"""Unions of many alternatives: each comes once, whatever its hash, and the order is that of the first."""
from typing import Union

classes = [type(f"C{i}", (), {}) for i in range(1500)]
union = classes[0]
for c in classes[1:]:
    union |= c
print(len(union.__args__), union.__args__[0].__name__, union.__args__[-1].__name__)
print(Union[tuple(classes * 2)] == union, (union | union) is not None, len((union | union).__args__))


class Meta(type):
    def __eq__(cls, other):
        return type(other) is Meta

    def __hash__(cls):
        return 1


class A(metaclass=Meta): pass
class B(metaclass=Meta): pass


class Unhashable(type):
    __hash__ = None

    def __eq__(cls, other):
        return type(other) is Unhashable


class D(metaclass=Unhashable): pass
class E(metaclass=Unhashable): pass


print((int | A | B | A).__args__)
print((int | D | E | str | D).__args__)


class Raising(type):
    def __hash__(cls):
        raise ZeroDivisionError("no hash")


class F(metaclass=Raising): pass


try:
    print(int | F | F)
except ZeroDivisionError as e:
    print("ZeroDivisionError", e)
print(list[int] | list[int] | None | int | None)
