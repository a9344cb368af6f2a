# Small statements: pass, del, assert, global forms, docstrings, annotations, ellipsis.
"""A string in the middle is no doc."""
print(__doc__)
print(..., Ellipsis, ... is Ellipsis, type(...).__name__)


def f():
    ...


print(f())


def g() -> int:
    "doc"
    return 1


print(g.__doc__, g.__annotations__)


def h(a: int, b: str = "x", *args: float, c: list[int], **kw: dict) -> None: ...


print(h.__annotations__)
x: int = 5
y: list[str]
print(__annotate__(1))


class C:
    """Class doc."""

    a: int
    b: "C" = None


print(C.__doc__, C.__annotations__)
a, b, c = 1, 2, 3
del a, (b, c)
try:
    b
except NameError as e:
    print(e)
print(__name__)
if __name__ == "__main__":
    print("main")
assert True
assert (lambda: True)(), "no"
print(type(None), type(NotImplemented), NotImplemented is NotImplemented)
print(__debug__, None or "none")
print(type(f).__name__, type(print).__name__, type([].append).__name__, type(C().__init__).__name__)
print(callable(f), callable(3), callable(C))
_ = [1, 2, 3]; del _[0]; print(_)
pass
