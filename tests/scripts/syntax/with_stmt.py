# with statements: enter/exit protocol, several items, suppression, exceptions inside.
class CM:
    def __init__(self, name, suppress=False):
        self.name = name
        self.suppress = suppress

    def __enter__(self):
        print("enter", self.name)
        return self.name.upper()

    def __exit__(self, kind, value, tb):
        print("exit", self.name, kind.__name__ if kind else None, value, tb is not None)
        return self.suppress


with CM("a") as v:
    print("body", v)
with CM("a") as x, CM("b") as y:
    print(x, y)
with (
    CM("c"),
    CM("d") as z,
):
    print(z)
with CM("s", suppress=True):
    raise ValueError("suppressed")
try:
    with CM("outer"), CM("inner"):
        1 / 0
except ZeroDivisionError as e:
    print("caught", e)


def ret():
    with CM("r"):
        return "returned"


print(ret())
for i in range(3):
    with CM(f"loop{i}"):
        if i == 0:
            continue
        break
with CM("tuple") as (p, *q):
    print(p, q)


class Bad:
    pass


try:
    with Bad():
        pass
except TypeError as e:
    print(e)


class HalfBad:
    def __enter__(self):
        pass


try:
    with HalfBad():
        pass
except TypeError as e:
    print(e)


class ExitRaises:
    def __enter__(self):
        return self

    def __exit__(self, *a):
        raise RuntimeError("from exit")


try:
    with ExitRaises():
        raise ValueError("from body")
except RuntimeError as e:
    print(e, repr(e.__context__))


class EnterRaises:
    def __enter__(self):
        raise RuntimeError("enter failed")

    def __exit__(self, *a):
        print("must not run")


try:
    with CM("first"), EnterRaises():
        print("no")
except RuntimeError as e:
    print(e)


def gen():
    with CM("gen"):
        yield 1
        yield 2


print(list(gen()))
o = type("O", (), {})()
with CM("attr") as o.field:
    print(o.field)
with open(__file__) as f:
    print(f.readline().strip())
print(f.closed)
