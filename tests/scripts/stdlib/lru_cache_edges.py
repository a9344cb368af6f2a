"""lru_cache: comparisons that raise, clearing in the middle of a call, recursion, order of use."""

from functools import lru_cache


class Key:
    """Equal keys by number, all with one hash; comparing may raise."""

    angry = False
    log = []

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 1

    def __eq__(self, other):
        Key.log.append((self.n, other.n))
        if Key.angry:
            raise ValueError(f"{self.n} == {other.n}")
        return self.n == other.n


@lru_cache(maxsize=2)
def f(key):
    return key.n * 10


print(f(Key(1)), f(Key(2)), f(Key(1)), f.cache_info())
Key.angry = True
for n in 1, 2, 3, 4:
    try:
        print(f(Key(n)))
    except ValueError as e:
        print("ValueError", str(e).split()[1])
    print(f.cache_info())
Key.angry = False
print(f(Key(3)), f.cache_info())
print(f(Key(1)), f.cache_info())
print(f(Key(2)), f.cache_info())


class Fragile(Key):
    """The key that is to leave raises when it is looked for."""

    def __eq__(self, other):
        if Key.angry and not (self.n == 9 or other.n == 9):
            raise ValueError("leaving")
        return self.n == other.n

    __hash__ = Key.__hash__


f.cache_clear()
f(Fragile(1)), f(Fragile(2))
Key.angry = True
for _ in range(2):
    try:
        print(f(Fragile(9)))
    except ValueError as e:
        print("ValueError", e)
    print(f.cache_info().currsize)
Key.angry = False
print([f(Fragile(n)) for n in (1, 2, 9, 1)], f.cache_info())


# how often keys are hashed
class Counted(Key):
    hashed = 0

    def __hash__(self):
        Counted.hashed += 1
        return self.n % 2

    def __eq__(self, other):
        return self.n == other.n


f.cache_clear()
for n in 1, 2, 1, 3, 5, 5, 7, 2:
    f(Counted(n))
    print(n, Counted.hashed)


# clearing while a call runs
@lru_cache(maxsize=4)
def clears(n):
    if n == 0:
        clears.cache_clear()
    return n


print([clears(n) for n in (1, 2, 0, 1, 2)], clears.cache_info().currsize <= 4)
clears.cache_clear()
print(clears.cache_info())


@lru_cache(maxsize=3)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(30), fib.cache_info())


@lru_cache(maxsize=None)
def every(n):
    return n if n < 2 else every(n - 1) + every(n - 2)


print(every(90), every.cache_info())
every.cache_clear()
print(every.cache_info())


# the order of use decides who leaves
calls = []


@lru_cache(maxsize=3)
def g(n):
    calls.append(n)
    return n


for n in 1, 2, 3, 1, 4, 2, 1, 3, 5, 1, 4:
    g(n)
print(calls, g.cache_info())


@lru_cache(maxsize=1)
def one(n):
    calls.append(n)
    return n


calls.clear()
for n in 1, 1, 2, 1, 2, 2:
    one(n)
print(calls, one.cache_info())


@lru_cache(maxsize=0)
def none(n):
    return n


none(1), none(1)
print(none.cache_info())
none.cache_clear()
print(none.cache_info())


@lru_cache(maxsize=2)
def raises(n):
    if n > 1:
        raise KeyError(n)
    return n


for n in 1, 2, 3, 1, 0:
    try:
        raises(n)
    except KeyError as e:
        print("KeyError", e)
print(raises.cache_info())
