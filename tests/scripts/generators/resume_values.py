"""What a generator finds where it goes on: sent values, None, and what a thrown exception leaves alone."""


def named():
    x = "before"
    while True:
        try:
            x = yield x
        except ValueError as e:
            x = (x, str(e))


g = named()
print(next(g), next(g), g.send(1), g.throw(ValueError("v")), g.gi_frame.f_locals["x"], next(g), g.send("s"))


def temporary():
    print((yield 1), (yield 2))
    out = [(yield 3), (yield 4), (yield)]
    print(out)
    yield (yield (yield 5))


g = temporary()
print([next(g), next(g), g.send("b"), next(g), g.send("d"), g.send("e")])
print(next(g), g.send("f"), next(g, "end"))


def wide(n):
    a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = n
    got = yield a0
    return [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, got]


for regs in (wide(1),):
    next(regs)
    try:
        regs.send("got")
    except StopIteration as e:
        print(e.value)


def small():
    yield
    yield


def two(a):
    b = a + 1
    yield a
    yield b


print(list(small()), list(two(1)), sum(two(5)), max(two(7)), [*two(2)], dict([tuple(two(3))]))


def delegating(inner):
    r = yield from inner
    yield ("returned", r)


def returning(n):
    got = []
    for i in range(n):
        got.append((yield i))
    return got


g = delegating(returning(2))
print(next(g), g.send("one"), g.send("two"), next(g, "end"))
for x in delegating(returning(2)):
    print(x, end=" ")
print()
print(list(delegating(delegating(returning(2)))))


def fails(n):
    yield n
    raise KeyError(n)


def handles():
    try:
        yield from fails(1)
    except KeyError as e:
        yield e.args
    try:
        for x in fails(2):
            yield x
    except KeyError as e:
        yield e.args
    try:
        sum(fails(3))
    except KeyError as e:
        yield e.args
    try:
        next(g := fails(4)), next(g)
    except KeyError as e:
        yield e.args


print(list(handles()))


def end():
    return 7
    yield


for f in (lambda: next(end()), lambda: end().send(None), lambda: next(end(), "default"), lambda: list(end()), lambda: end().send(1), lambda: sum(end())):
    try:
        print(f())
    except (StopIteration, TypeError) as e:
        print(type(e).__name__, e)


def reenter():
    yield next(self)


self = reenter()
try:
    next(self)
except ValueError as e:
    print(e)


def stops():
    yield 1
    raise StopIteration("inside")


for f in (lambda: list(stops()), lambda: [x for x in stops()], lambda: sum(stops())):
    try:
        f()
    except RuntimeError as e:
        print(e, repr(e.__cause__))


async def coroutine(n):
    return n if n == 0 else n + await coroutine(n - 1)


class Once:
    def __await__(self):
        return (yield "waiting")


async def waits():
    return [await Once(), await Once(), await coroutine(3)]


c = waits()
print(c.send(None), c.send("a"))
try:
    c.send("b")
except StopIteration as e:
    print(e.value)
try:
    c.send(None)
except RuntimeError as e:
    print(e)
