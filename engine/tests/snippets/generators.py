"""Generators, coroutines, asynchronous generators."""


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
    return "end"


assert list(count(4)) == [0, 1, 2, 3]
assert [x for x in count(3)] == [0, 1, 2]


def outer(n):
    got = yield from count(n)
    yield got


assert list(outer(2)) == [0, 1, "end"]


def talk():
    log = []
    try:
        while True:
            log.append((yield len(log)))
    except ValueError as e:
        yield ("caught", str(e), log)
    finally:
        log.append("closed")


g = talk()
assert next(g) == 0 and g.send("a") == 1 and g.send("b") == 2
assert g.gi_suspended and not g.gi_running and g.gi_frame.f_locals["log"] == ["a", "b"]
caught = g.throw(ValueError("x"))
assert caught[:2] == ("caught", "x")
g.close()
assert caught[2] == ["a", "b", "closed"] and g.gi_frame is None


def stops():
    yield 1
    raise StopIteration


try:
    list(stops())
except RuntimeError as e:
    assert str(e) == "generator raised StopIteration" and isinstance(e.__cause__, StopIteration)
else:
    assert False

seen = None


def handles():
    global seen
    try:
        raise KeyError("inner")
    except KeyError:
        yield 1
        try:
            raise
        except KeyError as e:
            seen = e
        yield 2


try:
    raise ValueError("outer")
except ValueError as outer_error:
    h = handles()
    assert next(h) == 1
    try:
        raise
    except ValueError as again:
        assert again is outer_error
    assert next(h) == 2
assert seen.args == ("inner",)


class Step:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        return (yield self.v)


def drive(coroutine):
    out, sent = [], None
    while True:
        try:
            v = coroutine.send(sent)
        except StopIteration as e:
            return out, e.value
        out.append(v)
        sent = v * 10


async def numbers(n):
    for i in range(n):
        yield i + (await Step(i))


async def collect():
    first = [x async for x in numbers(3)]
    total = 0
    async for x in numbers(2):
        total += x
    return first, total


assert drive(collect()) == ([0, 1, 2, 0, 1], ([0, 11, 22], 11))


async def closing():
    log = []

    async def gen():
        try:
            yield 1
            yield 2
        finally:
            log.append("closed")

    a = gen()
    async for x in a:
        break
    await a.aclose()
    try:
        await a.asend(None)
    except StopAsyncIteration:
        log.append("stopped")
    return log


assert drive(closing()) == ([], ["closed", "stopped"])
