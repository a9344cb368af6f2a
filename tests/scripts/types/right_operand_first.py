"""Which operand's method is asked first when the right one's class derives from the left one's."""


class Base:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return f"Base.__add__({type(other).__name__})"

    def __radd__(self, other):
        return f"Base.__radd__({type(other).__name__})"


class Same(Base):
    pass


class Own(Base):
    def __radd__(self, other):
        return f"Own.__radd__({type(other).__name__})"


class Plain:
    def __sub__(self, other):
        return "Plain.__sub__"


class Reflects(Plain):
    def __rsub__(self, other):
        return "Reflects.__rsub__"


class Copied(Base):
    __radd__ = Base.__radd__


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


for _ in range(4):
    print(add(Base(1), Same(2)), add(Base(1), Own(2)), add(Base(1), Copied(2)), add(Own(1), Base(2)), sub(Plain(), Reflects()), sub(Plain(), Plain()))
Same.__radd__ = lambda self, other: "late"
print(add(Base(1), Same(2)))
del Same.__radd__
print(add(Base(1), Same(2)))
