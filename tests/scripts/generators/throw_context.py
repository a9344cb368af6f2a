"""What is thrown into a generator or coroutine has what is handled there as its context."""
import asyncio


def handling():
    try:
        raise KeyError(3)
    except KeyError:
        try:
            yield 1
        except Exception as e:
            yield repr(e), repr(e.__context__)


g = handling()
next(g)
print(g.throw(ValueError(1)))


def outer():
    return (yield from handling())


g = outer()
next(g)
print(g.throw(ValueError(2)))


def plain():
    try:
        yield
    except Exception as e:
        yield repr(e), repr(e.__context__)


g = plain()
next(g)
print(g.throw(ValueError(3)))
g = plain()
next(g)
try:
    raise OSError("outside")
except OSError:
    print(g.throw(ValueError(4)))
same = TypeError("same")
g = plain()
next(g)
try:
    raise same
except TypeError:
    print(g.throw(same))


async def fail():
    raise ValueError("in the task")


async def main():
    try:
        raise KeyError("first")
    except KeyError:
        try:
            await asyncio.ensure_future(fail())
        except ValueError as e:
            return repr(e), repr(e.__context__)


print(asyncio.run(main()))


# --- passing on the exception that is being handled
def reraises():
    try:
        yield 1
    except ValueError:
        try:
            yield 2
        finally:
            raise


g = reraises()
next(g)
try:
    raise ValueError("passed on")
except ValueError as e:
    print(g.throw(e))
try:
    next(g)
except ValueError as e:
    print(repr(e), repr(e.__context__))


async def cancelled():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        try:
            await asyncio.sleep(0)
        finally:
            raise


async def cancel():
    t = asyncio.ensure_future(cancelled())
    await asyncio.sleep(0)
    t.cancel()
    try:
        await t
    except BaseException as e:
        return repr(e)


print(asyncio.run(cancel()))
