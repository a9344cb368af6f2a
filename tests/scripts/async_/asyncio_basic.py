# asyncio: run, gather, sleep, tasks, cancellation, timeouts.
import asyncio


async def work(n, delay=0):
    await asyncio.sleep(delay)
    return n * 2


async def main():
    print(await work(1))
    print(await asyncio.gather(work(1), work(2), work(3)))
    t = asyncio.create_task(work(5), name="five")
    print(t.get_name(), t.done())
    print(await t, t.done(), t.result())
    order = []

    async def step(name, n):
        for i in range(n):
            order.append(f"{name}{i}")
            await asyncio.sleep(0)

    await asyncio.gather(step("a", 3), step("b", 2))
    print(order)

    async def fails():
        raise ValueError("task failed")

    print(await asyncio.gather(fails(), work(1), return_exceptions=True))
    try:
        await asyncio.gather(fails(), work(1))
    except ValueError as e:
        print(e)

    async def forever():
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            print("cancelled")
            raise

    t = asyncio.create_task(forever())
    await asyncio.sleep(0)
    t.cancel("reason")
    try:
        await t
    except asyncio.CancelledError as e:
        print("await cancelled", e.args, t.cancelled())
    try:
        await asyncio.wait_for(asyncio.sleep(100), 0.01)
    except TimeoutError:
        print("timeout")
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(100)
    except TimeoutError:
        print("timeout block")
    done, pending = await asyncio.wait([asyncio.create_task(work(1)), asyncio.create_task(asyncio.sleep(50))], timeout=0.05)
    print(len(done), len(pending))
    for p in pending:
        p.cancel()
    loop = asyncio.get_running_loop()
    fut = loop.create_future()
    loop.call_soon(fut.set_result, "future value")
    print(await fut)
    called = []
    loop.call_later(0.001, called.append, "later")
    await asyncio.sleep(0.02)
    print(called)
    shielded = asyncio.shield(work(7))
    print(await shielded)
    for c in asyncio.as_completed([work(1), work(2)]):
        print((await c) in (2, 4))
    return "main result"


print(asyncio.run(main()))
try:
    asyncio.run(5)
except (TypeError, ValueError) as e:
    print(type(e).__name__)
c = work(1)
try:
    asyncio.get_running_loop()
except RuntimeError as e:
    print(e)
c.close()
