# yield from: delegation of values, send, throw, return; over plain iterables.
def inner():
    log = []
    try:
        while True:
            x = yield len(log)
            if x == "stop":
                return log
            log.append(x)
    except ValueError as e:
        log.append(f"caught {e}")
        return log


def outer():
    result = yield from inner()
    yield ("inner returned", result)
    yield from "ab"
    yield from [1, 2]
    yield from (x * x for x in range(3))
    return "outer done"


g = outer()
print(next(g), g.send("a"), g.send("b"), g.send("stop"))
print(list(g))
g = outer()
next(g)
print(g.throw(ValueError("boom")), next(g))


def deep(n):
    if n:
        return (yield from deep(n - 1)) + 1
    yield "bottom"
    return 0


d = deep(50)
print(next(d))
try:
    next(d)
except StopIteration as e:
    print(e.value)


def tree(t):
    if isinstance(t, list):
        for x in t:
            yield from tree(x)
    else:
        yield t


print(list(tree([1, [2, [3, 4], [], [[5]]], 6])))


class Custom:
    def __init__(self):
        self.log = []

    def __iter__(self):
        return self

    def __next__(self):
        self.log.append("next")
        if len(self.log) > 3:
            raise StopIteration("custom value")
        return len(self.log)

    def send(self, v):
        self.log.append(("send", v))
        return "sent"

    def throw(self, *a):
        self.log.append(("throw", type(a[0]).__name__))
        return "thrown"

    def close(self):
        self.log.append("close")


c = Custom()


def delegate():
    r = yield from c
    return r


g = delegate()
print(next(g), g.send(5), g.throw(KeyError()), g.gi_yieldfrom is c)
g.close()
print(c.log)


def no_send():
    yield from iter([1, 2])


g = no_send()
next(g)
for f, a in ((g.send, 5), (next, no_send())):
    try:
        print(f(a) if a == 5 else next(a))
    except AttributeError as e:
        print(e)
try:
    list(x for x in (yield_ for yield_ in 5))
except TypeError as e:
    print(e)


def bad():
    yield from 5


try:
    next(bad())
except TypeError as e:
    print(e)


def close_order():
    try:
        yield from sub()
    finally:
        print("outer finally")


def sub():
    try:
        yield 1
    finally:
        print("inner finally")


g = close_order()
next(g)
g.close()


def swallow():
    try:
        yield from sub()
    except RuntimeError as e:
        print("outer caught", e)
        yield "recovered"


g = swallow()
next(g)
print(g.throw(RuntimeError("r")))


def ret_gen():
    return (yield from ())
    yield


print(list(ret_gen()), [x for x in (lambda: (yield from range(3)))()])
