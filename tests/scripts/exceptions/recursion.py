# Deep recursion ends in RecursionError, never in a crash.
import sys


def down(n):
    return down(n + 1)


try:
    down(0)
except RecursionError as e:
    print(type(e).__name__, str(e).startswith("maximum recursion depth exceeded"))


class R:
    def __repr__(self):
        return repr(self)


try:
    repr(R())
except RecursionError as e:
    print("repr")


class G:
    def __getattr__(self, n):
        return getattr(self, n + "x")


try:
    G().a
except RecursionError:
    print("getattr")


class E:
    def __eq__(self, o):
        return self == o


try:
    E() == E()
except RecursionError:
    print("eq")
l = []
for _ in range(100000):
    l = [l]
try:
    repr(l)
except RecursionError:
    print("nested repr")
try:
    l == [[[]]]
    m = []
    for _ in range(100000):
        m = [m]
    l == m
except RecursionError:
    pass
print("nested compare")
t = ()
for _ in range(100000):
    t = (t,)
try:
    hash(t)
except RecursionError:
    pass
print("nested hash")
del l, m, t
print("deallocated")
for src in ("(" * 5000 + ")" * 5000, "[" * 100000, "-" * 100000 + "1", "x" + ".a" * 100000 + " +", "a" + "[0" * 50000, "not " * 100000 + "1"):
    try:
        compile(src, "<deep>", "eval")
        print("compiled")
    except (SyntaxError, MemoryError, RecursionError) as e:
        print("rejected")


def limited():
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        down(0)
    except RecursionError:
        print("limited")
    finally:
        sys.setrecursionlimit(old)


limited()
try:
    sys.setrecursionlimit(0)
except ValueError as e:
    print(e)


def gen(n):
    yield from gen(n + 1)


try:
    next(gen(0))
except RecursionError:
    print("generators")


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


print(depth(900))
import functools

try:
    f = functools.reduce(lambda a, _: functools.partial(a), range(100000), len)
    f([])
except RecursionError:
    pass
print("partials")
try:
    sorted([1, 2], key=lambda x: down(x))
except RecursionError:
    print("through native code")
d = {}
for _ in range(100000):
    d = {"k": d}
try:
    str(d)
except RecursionError:
    print("nested dict")
print("survived")
