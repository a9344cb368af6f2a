# Coroutine objects: misuse, await chain, __await__, exceptions, coroutine types.
import types
import inspect


async def add(a, b):
    return a + b


def run(c):
    try:
        while True:
            c.send(None)
    except StopIteration as e:
        return e.value


print(run(add(1, 2)))


async def chain(n):
    if n == 0:
        return 0
    return 1 + await chain(n - 1)


print(run(chain(100)))


class Aw:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        x = yield ("request", self.v)
        return x


async def user():
    a = await Aw(1)
    b = await Aw(2)
    return a + b


c = user()
print(c.send(None), c.send(10))
try:
    c.send(20)
except StopIteration as e:
    print(e.value)
try:
    c.send(None)
except RuntimeError as e:
    print(e)


async def catches():
    try:
        await Aw(1)
    except ValueError as e:
        return f"caught {e}"


c = catches()
c.send(None)
try:
    c.throw(ValueError("thrown in"))
except StopIteration as e:
    print(e.value)


async def err():
    for bad in (5, None, [], add):
        try:
            await bad
        except TypeError as e:
            print(e)


run(err())
c = add(1, 2)
try:
    for x in c:
        pass
except TypeError as e:
    print(e)

c.close()


class BadAwait:
    def __await__(self):
        return 5


async def bad_await():
    try:
        await BadAwait()
    except TypeError as e:
        print(e)


run(bad_await())


@types.coroutine
def legacy():
    x = yield "legacy yield"
    return x


async def uses():
    return await legacy()


c = uses()
print(c.send(None))
try:
    c.send("back")
except StopIteration as e:
    print(e.value)
c = add(1, 2)
print(inspect.iscoroutine(c), inspect.iscoroutinefunction(add), inspect.isawaitable(c), inspect.getcoroutinestate(c))
c.close()
print(inspect.getcoroutinestate(c), c.cr_frame, type(c).__name__)


async def stop():
    raise StopIteration("x")


try:
    run(stop())
except RuntimeError as e:
    print(e, repr(e.__cause__))


async def twice():
    c = add(1, 2)
    await c
    try:
        await c
    except RuntimeError as e:
        print(e)


run(twice())


class M:
    async def method(self):
        return "method"

    @staticmethod
    async def st():
        return "static"

    @classmethod
    async def cl(cls):
        return cls.__name__

    async def __call__(self):
        return "call"


print(run(M().method()), run(M.st()), run(M.cl()), run(M()()))
f = lambda: add(3, 4)
print(run(f()))
