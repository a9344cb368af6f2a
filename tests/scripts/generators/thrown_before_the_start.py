# StopIteration thrown into what has not started gets out as it is; afterwards it becomes a RuntimeError.
import asyncio
import traceback


def generates():
    yield 1


async def waits():
    await asyncio.sleep(0)


async def generates_async():
    yield 1


def report(act):
    try:
        print(act())
    except BaseException as e:
        names = [f.name for f in traceback.extract_tb(e.__traceback__)]
        print(type(e).__name__, e, names, type(e.__cause__).__name__, type(e.__context__).__name__)


for thrown in (StopIteration(3), StopIteration, ValueError("v"), GeneratorExit()):
    g = generates()
    report(lambda: g.throw(thrown))
    report(lambda: next(g))
    g = generates()
    next(g)
    report(lambda: g.throw(thrown))
    c = waits()
    report(lambda: c.throw(thrown))
    report(lambda: c.send(None))
for thrown in (StopIteration(3), StopAsyncIteration(4)):
    report(lambda: generates_async().athrow(thrown).send(None))


def outer():
    try:
        yield from generates()
    except StopIteration as e:
        return e.value


g = outer()
report(lambda: g.throw(StopIteration(5)))
