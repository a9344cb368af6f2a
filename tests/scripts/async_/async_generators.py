# Async generators: asend, athrow, aclose, finalization, comprehension, contextlib.
import gc, types, warnings
import asyncio
from contextlib import asynccontextmanager, AsyncExitStack, aclosing


async def agen():
    try:
        x = yield 1
        print("got", x)
        try:
            yield 2
        except ValueError as e:
            print("caught", e)
            yield "recovered"
        yield 3
    finally:
        await asyncio.sleep(0)
        print("agen finally")


async def ticker(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i


@asynccontextmanager
async def managed(name):
    print("enter", name)
    try:
        yield name.upper()
    except KeyError as e:
        print("manager caught", e)
    finally:
        print("exit", name)


async def main():
    g = agen()
    print(await anext(g), await g.asend("hello"), await g.athrow(ValueError("v")), await anext(g))
    print(await anext(g, "default"))
    g = agen()
    await g.__anext__()
    await g.aclose()
    try:
        await anext(g)
    except StopAsyncIteration:
        print("stopped")
    print([x async for x in ticker(4) if x % 2], {x: x async for x in ticker(2)}, [y async for x in ticker(3) async for y in ticker(x)])
    print(sum([x async for x in ticker(5)]), [await asyncio.sleep(0, x) for x in range(3)])
    async with managed("a") as v:
        print(v)
    async with managed("b"):
        raise KeyError("inside")
    async with AsyncExitStack() as stack:
        for n in "xy":
            await stack.enter_async_context(managed(n))
        print("in stack")
    async with aclosing(ticker(10)) as t:
        async for x in t:
            if x == 2:
                break
    print("broke at", x)
    try:
        async for x in 5:
            pass
    except TypeError as e:
        print(e)
    try:
        [x for x in ticker(2)]
    except TypeError as e:
        print(e)

    class It:
        def __init__(self):
            self.n = 0

        def __aiter__(self):
            return self

        async def __anext__(self):
            self.n += 1
            if self.n > 2:
                raise StopAsyncIteration
            return self.n

    print([x async for x in It()])
    print(type(ticker(1)).__name__, ticker.__code__.co_flags & 0x200 != 0)
    genexp = (x * 2 async for x in ticker(3))
    print(type(genexp).__name__, [x async for x in genexp])

    async def early():
        async for x in ticker(5):
            if x == 1:
                return "returned"

    print(await early())

    async def raising():
        yield 1
        raise RuntimeError("in agen")

    try:
        async for x in raising():
            print(x)
    except RuntimeError as e:
        print(e)


asyncio.run(main())


# Steps that are never awaited are reported; those under way refuse others.



async def numbers():
    try:
        yield 1
    except ValueError:
        yield 2


def forgotten(how):
    gen = numbers()
    getattr(gen, how)(*{"asend": (1,), "athrow": (ValueError,)}.get(how, ()))


for how in "asend", "athrow", "aclose", "__anext__":
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        forgotten(how)
        gc.collect()
        print(how, [str(w.message) for w in seen])

gen = numbers()
bad = gen.athrow(None)
try:
    bad.send(None)
except TypeError as e:
    print(e)


class Items:
    def __aiter__(self):
        return self

    def __anext__(self):
        return self.step()

    @types.coroutine
    def step(self):
        yield "suspended"
        raise StopAsyncIteration


async def first_or(default):
    return await anext(Items(), default)


c = first_or("default")
print(c.send(None))
try:
    c.send(None)
except StopIteration as e:
    print(e.value)
