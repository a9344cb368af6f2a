# all, any, tuple, list and set run a generator expression in line, if they are what their names say.
import builtins
import sys
import traceback

print(tuple(i * i for i in range(5)), list(c for c in "abc"), sorted(set(i % 3 for i in range(9))))
print(any(x > 3 for x in range(9)), any(x > 30 for x in range(9)), all(x < 3 for x in range(9)), all(x < 30 for x in range(9)))
print(any(x for x in ()), all(x for x in ()), tuple((x for x in "z")), list(x for x in ()), set(x for x in ()))
print(any((x, y) == (2, 3) for x in range(3) for y in range(4) if x != y), tuple(tuple(y for y in range(x)) for x in range(4)))


# The first that decides is the last that is asked for; the generator is left where it stands.
asked = []


def seen(x):
    asked.append(x)
    return x


print(any(seen(x) for x in (0, 0, 3, 4)), all(seen(x) for x in (1, 0, 5)), asked)


# A name that means something else.
def local():
    tuple = list
    return tuple(x for x in "own")


def parameter(any):
    return any(x for x in (1, 2))


print(local(), parameter(list))
list_, list = list, lambda it: ["replaced", *it]
print(list(x for x in "ab"))
del list
print(list(x for x in "ab"))
kept, builtins.all = builtins.all, lambda it: ("replaced", *it)
print(all(x for x in "ab"))
builtins.all = kept
print(all(x for x in "ab"))


class Body:
    any = len
    try:
        print(any(x for x in "ab"))
    except TypeError as e:
        print(e)
    del any
    print(any(x for x in "ab"))


# Errors come from where they are made, and through one frame less.
def fails(x):
    raise ValueError(x)


def drains(how):
    if how == "tuple":
        return tuple(fails(x) for x in (1,))
    if how == "all":
        return all(fails(x) for x in (2,))
    if how == "stop":
        return any(next(iter(())) for x in (3,))
    return set([x] for x in (4,))


for how in ("tuple", "all", "stop", "set"):
    try:
        drains(how)
    except Exception as e:
        print(type(e).__name__, e, [f.name for f in traceback.extract_tb(e.__traceback__)])


class Truth:
    def __bool__(self):
        raise KeyError("no truth")


for f in (lambda: any(t for t in [Truth()]), lambda: all(t for t in [Truth()])):
    try:
        f()
    except KeyError as e:
        print(e)


# Names of the function around are captured, assignments by := are its own, frames are seen.
def captures(n):
    last = None
    r = any((last := x) > n for x in range(9))
    return r, last, tuple(sys._getframe(1).f_code.co_name for _ in range(2))


print(captures(4))




async def waits(it):
    return any(x for x in it), tuple([x async for x in agen()])


async def agen():
    yield 1
    yield 0


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as e:
        return e.value


print(run(waits([0, 1])))
try:
    tuple(x async for x in agen())
except TypeError as e:
    print(e)
