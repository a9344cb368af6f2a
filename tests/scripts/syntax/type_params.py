# PEP 695 syntax: generic functions, classes and type aliases; lazy annotations.
def first[T](items: list[T]) -> T:
    return items[0]


print(first([1, 2]), first.__type_params__, first.__type_params__[0].__name__)


class Box[T, *Ts, **P]:
    def __init__(self, v: T):
        self.v = v

    def get(self) -> T:
        return self.v


print(Box(3).get(), Box.__type_params__, Box[int, str, float, [int]].__origin__ is Box)
type Pair[A, B = int] = tuple[A, B]
type IntList = list[int]
print(Pair.__name__, Pair.__type_params__, IntList.__value__, Pair.__value__)
type Rec = list[Rec] | None
print(Rec.__value__)


def bounded[N: (int, float), S: str](x: N, y: S) -> N:
    return x


n, s = bounded.__type_params__
print(n.__constraints__, n.__bound__, s.__bound__, s.__constraints__)


def lazy(x: undefined_thing, y: int = 3) -> also_undefined: ...


try:
    lazy.__annotations__
except NameError as e:
    print(e)
undefined_thing = also_undefined = str
print(lazy.__annotations__)


class Node:
    next: Node | None
    value: int


print(Node.__annotations__)
print(list[int], dict[str, int], int | None, tuple[int, ...], type(list[int]).__name__)
print(isinstance(3, int | str), isinstance("a", int | None), issubclass(bool, int | str))
print(int | str == str | int, (int | str).__args__, list[int] == list[int])


class Gen[T]:
    class Inner:
        x: T

    def m[U](self, u: U) -> tuple[T, U]: ...


print(Gen.m.__annotations__, Gen.Inner.__annotations__)
print(Gen.__mro__[1:], Gen.__orig_bases__, Gen[int], Gen.__parameters__)
import annotationlib

print(annotationlib.get_annotations(lazy, format=annotationlib.Format.STRING))


def fwd(a: nowhere, b: int): ...


print(annotationlib.get_annotations(fwd, format=annotationlib.Format.STRING))
print(type(annotationlib.get_annotations(fwd, format=annotationlib.Format.FORWARDREF)["a"]).__name__)
