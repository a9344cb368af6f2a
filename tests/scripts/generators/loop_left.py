# A generator made in the header of a `for` loop ends when the loop is left early, unless something else names it.
import gc
import sys
import types


def gen(name, n=3):
    try:
        for i in range(n):
            yield i
    finally:
        print("closed", name)


for i in gen("break"):
    print(i)
    break
print("after break")

for i in gen("exhausted", 2):
    print(i)
else:
    print("else")

for i in gen("continue", 2):
    continue
print("after continue")


def returns():
    for i in gen("return"):
        return i


print(returns())


def nested():
    for x in gen("outer"):
        for y in gen("inner"):
            try:
                return x, y
            finally:
                print("finally")


print(nested())


def inner_break():
    for x in gen("outer", 2):
        for y in gen("inner"):
            break
        print("between")


inner_break()


class Maker:
    def items(self, *args, key=None):
        with self:
            yield from args
            yield key

    def __enter__(self):
        print("enter")

    def __exit__(self, *args):
        print("exit", args[0] and args[0].__name__)


for v in Maker().items(1, 2):
    break
for v in Maker().items(1, key=2):
    break
print("methods")


def kept_value():
    n = 1

    def g():
        nonlocal n
        try:
            yield
        finally:
            n = 2

    for _ in g():
        return n


print(kept_value())

# Generators that something else names go on.
saved = []


def stored(name):
    g = gen(name)
    saved.append(g)
    return g


for i in stored("stored"):
    break
print("still", next(saved[0]))
saved[0].close()
named = gen("named")
for i in named:
    break
print("still", next(named))
named.close()


def by_frame():
    global saved
    saved = sys._getframe().f_generator
    try:
        yield 1
        yield 2
    finally:
        print("closed by_frame")


for i in by_frame():
    break
print("still", next(saved))
saved.close()


def by_collector():
    try:
        yield 1
        yield 2
    finally:
        print("closed by_collector")


for i in by_collector():
    saved = [o for o in gc.get_objects() if isinstance(o, types.GeneratorType) and o.gi_code.co_name == "by_collector"]
    break
print("still", next(saved[0]))
saved[0].close()


class Hook:
    seen = []

    def __call__(self, unraisable):
        print("unraisable", unraisable.exc_type.__name__, unraisable.exc_value)


sys.unraisablehook = Hook()


def fails():
    try:
        yield 1
    finally:
        raise ValueError("in finally")


def refuses():
    while True:
        try:
            yield 1
        except GeneratorExit:
            print("refused")


for i in fails():
    break
print("after fails")
for i in refuses():
    break
print("after refuses")


def in_generator():
    for i in gen("inside a generator"):
        yield i
        break
    print("left")
    yield 9


print(list(in_generator()))


async def in_coroutine():
    for i in gen("inside a coroutine"):
        return i


try:
    in_coroutine().send(None)
except StopIteration as e:
    print(e.value)


def handled():
    try:
        raise KeyError(1)
    except KeyError:
        for i in gen("in a handler"):
            break
        print(repr(sys.exception()))
        for i in gen("in a handler"):
            return repr(sys.exception())


print(handled())
