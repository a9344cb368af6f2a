"""Generators and coroutines that delegate to one another: what is seen from inside of them, and what ends them, at every depth."""

import gc
import inspect
import sys
import threading
import traceback


def walk(n, leaf):
    """A chain of n generators above what `leaf` makes."""
    if n == 0:
        return (yield from leaf())
    got = yield from walk(n - 1, leaf)
    return (n, got)


def names(frame):
    found = []
    while frame is not None and frame.f_code.co_name != "<module>":
        found.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_locals.get("n")))
        frame = frame.f_back
    return found


def results(make):
    """What each way to resume gives."""
    def by_next():
        g = make()
        out = []
        while True:
            try:
                out.append(next(g))
            except StopIteration as end:
                return out, end.value

    def by_default():
        g = make()
        return [x for x in iter(lambda: next(g, "end"), "end")]

    def by_send():
        g = make()
        out = [next(g)]
        try:
            while True:
                out.append(g.send(None))
        except StopIteration as end:
            return out, end.value

    def by_for():
        return [x for x in make()]

    def by_delegation():
        out = []

        def outer():
            out.append((yield from make()))
        return list(outer()), out

    return [f() for f in (by_next, by_default, by_send, by_for, by_delegation)] + [list(make()), sum(1 for _ in make())]


print("== values")


def three():
    yield 1
    x = yield 2
    y = yield 3
    return x, y


for depth in (0, 1, 2, 5, 40):
    r = results(lambda: walk(depth, three))
    print(depth, r[0][0], r[1], r[3] == r[5], r[6], r[4][0], str(r[0][1])[:40], str(r[2][1])[:40])

print("== what is sent arrives")
g = walk(3, three)
print(next(g), g.send(None), g.send("x"))
try:
    g.send("y")
except StopIteration as end:
    print(end.value)

print("== frames")


def looks():
    yield 0
    yield names(sys._getframe())
    inner = sys._getframe().f_back.f_back
    yield inner.f_code.co_name, inner.f_locals["n"]
    frames = [f.function for f in inspect.stack()]
    yield frames[:frames.index("<module>")]


for n in (0, 1, 4):
    print(list(walk(n, looks)))

print("== tracebacks")


def fails():
    yield 1
    yield 2
    raise KeyError("inside")


for n in (0, 1, 3):
    try:
        for _ in walk(n, fails):
            pass
    except KeyError as e:
        print([(f.name, f.line) for f in traceback.extract_tb(e.__traceback__)])


def stops():
    yield 1
    yield 2
    raise StopIteration(5)


try:
    list(walk(2, stops))
except RuntimeError as e:
    print(e, repr(e.__cause__), len(traceback.extract_tb(e.__traceback__)))

print("== handlers on the way")


def guards(n):
    try:
        if n == 0:
            yield from fails()
        else:
            yield from guards(n - 1)
    except KeyError as e:
        yield "handled by", n, sys.exception() is e
        yield "still", sys.exception() is e
        raise ValueError(n) from e
    except ValueError as e:
        yield "passed", n, e.args
        if n == 2:
            return "done"
        raise
    finally:
        yield "finally", n, repr(sys.exception())


def outermost():
    return (yield from guards(4))


g = outermost()
try:
    while True:
        print(next(g), sys.exception())
except (ValueError, StopIteration) as e:
    print(repr(e))

try:
    raise OSError("outside")
except OSError:
    def sees():
        yield repr(sys.exception())
        try:
            raise KeyError(1)
        except KeyError:
            yield repr(sys.exception()), repr(sys.exception().__context__)
        yield repr(sys.exception())
    for x in walk(3, sees):
        print(x, repr(sys.exception()))

print("== members")
kept = []


def keeps(n, leaf):
    g = leaf() if n == 0 else keeps(n - 1, leaf)
    kept.append(g)
    yield from g


def asks():
    yield 1
    yield [(inspect.getgeneratorstate(g), g.gi_running, g.gi_yieldfrom is None) for g in kept]
    for g in kept:
        try:
            next(g)
        except ValueError as e:
            error = str(e)
    yield error
    yield [g.gi_frame.f_code.co_name for g in kept]
    yield [g.gi_frame.f_locals.get("n") for g in kept]
    yield "end"


for x in keeps(3, asks):
    print(x)
print([inspect.getgeneratorstate(g) for g in kept])
kept.clear()
g = keeps(2, three)
next(g), next(g)
print([(inspect.getgeneratorstate(k), k.gi_yieldfrom in kept) for k in kept])
print(next(kept[0]), "from the middle")
try:
    next(g)
except StopIteration as end:
    print("ends", end.value)
kept.clear()

print("== resumed from inside")


def closes():
    yield 1
    for k in kept:
        try:
            k.close()
        except ValueError as e:
            error = str(e)
    yield error
    yield 2


print(list(keeps(3, closes)))
kept.clear()

print("== closed and thrown into")
log = []


def logs(n, leaf):
    try:
        yield from (leaf() if n == 0 else logs(n - 1, leaf))
    except BaseException as e:
        log.append((n, repr(e)))
        raise
    finally:
        log.append(n)


g = logs(3, three)
next(g), next(g)
g.close()
print(log)
log.clear()
g = logs(2, three)
next(g), next(g)
try:
    g.throw(LookupError("thrown"))
except LookupError as e:
    print(repr(e), log)
log.clear()

print("== collections in the middle")


def collects():
    for i in range(6):
        rubbish = [[j] for j in range(200)]
        gc.collect(i % 3)
        yield len(rubbish), i


total = 0
for a, b in walk(30, collects):
    total += a + b
print(total)


def grows(n, depth):
    """Every level outlives many collections of the young."""
    if n == 0:
        for i in range(3000):
            yield [i]
        return
    yield from grows(n - 1, depth)
    yield [n]


print(sum(x[0] for x in grows(20, 20)))

print("== depth")


def deep(n):
    yield n
    yield from deep(n + 1)


try:
    for x in deep(0):
        last = x
except RecursionError as e:
    print("too deep", last > 500, str(e)[:32])


def calls_deep():
    yield 1
    def f(n):
        return 1 + f(n + 1)
    try:
        f(0)
    except RecursionError as e:
        yield str(e)[:32]
    yield 2


print(list(walk(200, calls_deep)))

print("== a tracer that begins inside")
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name in ("walk", "traces"):
        events.append((frame.f_code.co_name, event, frame.f_locals.get("n")))
    return tracer


def traces():
    yield 1
    sys.settrace(tracer)
    yield 2
    yield 3
    sys.settrace(None)
    yield 4
    yield 5


print(list(walk(3, traces)))
print(events)

print("== other threads")
shared = []


def shares():
    yield 1
    def other():
        for g in kept:
            try:
                next(g)
            except ValueError as e:
                shared.append(str(e))
        shared.append(len([f for f in names(sys._current_frames()[main]) if f[0] == "keeps"]))
    t = threading.Thread(target=other)
    t.start()
    t.join()
    yield 2
    yield list(shared)
    yield 3


main = threading.get_ident()
print(list(keeps(3, shares)), shared)
kept.clear()


def hands_over():
    yield 1
    yield 2
    yield 3


g = keeps(4, hands_over)
got = [next(g)]
for _ in range(2):
    t = threading.Thread(target=lambda: got.append(next(g)))
    t.start()
    t.join()
print(got, list(g))
kept.clear()

print("== coroutines")


class Wait:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        got = yield self.v
        return got


async def leaf():
    a = await Wait(1)
    b = await Wait(2)
    return a, b, [f[0] for f in names(sys._getframe())]


async def chain(n):
    if n == 0:
        return await leaf()
    r = await chain(n - 1)
    return r + (n,)


def drive(c):
    out = []
    try:
        while True:
            out.append(c.send(None))
    except StopIteration as end:
        return out, end.value


print(drive(chain(0)))
print(drive(chain(3)))
c = chain(2)
c.send(None)
print(c.cr_running, c.cr_await.cr_code.co_name, c.cr_await.cr_await.cr_await is not None)
try:
    c.throw(OSError("into"))
except OSError as e:
    print([f.name for f in traceback.extract_tb(e.__traceback__)])


async def agen():
    for i in range(3):
        yield await chain(1), i


async def uses():
    out = []
    async for x in agen():
        out.append(x)
    return out


print(drive(uses()))

print("== a name that is sent to")


def named():
    x = 5
    x = yield from three()
    yield x


print(list(named()), list(walk(2, named)))
