# asyncio: queues, locks, events, semaphores, conditions, task groups.
import asyncio


async def main():
    q = asyncio.Queue(2)
    out = []

    async def producer():
        for i in range(5):
            await q.put(i)
        await q.put(None)

    async def consumer():
        while (x := await q.get()) is not None:
            out.append(x)
            q.task_done()

    await asyncio.gather(producer(), consumer())
    print(out, q.empty())
    lock = asyncio.Lock()
    log = []

    async def critical(n):
        async with lock:
            log.append(("in", n))
            await asyncio.sleep(0)
            log.append(("out", n))

    await asyncio.gather(*(critical(i) for i in range(3)))
    print(log, lock.locked())
    ev = asyncio.Event()

    async def waiter(n):
        await ev.wait()
        return n

    tasks = [asyncio.create_task(waiter(i)) for i in range(3)]
    await asyncio.sleep(0)
    print(ev.is_set())
    ev.set()
    print(await asyncio.gather(*tasks))
    sem = asyncio.Semaphore(2)
    active = peak = 0

    async def limited():
        nonlocal active, peak
        async with sem:
            active += 1
            peak = max(peak, active)
            await asyncio.sleep(0)
            active -= 1

    await asyncio.gather(*(limited() for _ in range(6)))
    print("peak", peak)
    cond = asyncio.Condition()
    ready = []

    async def cond_wait():
        async with cond:
            await cond.wait_for(lambda: ready)
            return "notified"

    t = asyncio.create_task(cond_wait())
    await asyncio.sleep(0)
    async with cond:
        ready.append(1)
        cond.notify_all()
    print(await t)
    async with asyncio.TaskGroup() as tg:
        a = tg.create_task(asyncio.sleep(0, "a"))
        b = tg.create_task(asyncio.sleep(0, "b"))
    print(a.result(), b.result())

    async def bad(n):
        raise ValueError(n)

    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(bad(1))
            tg.create_task(asyncio.sleep(100))
    except* ValueError as g:
        print(g.message, [repr(e) for e in g.exceptions])
    pq = asyncio.PriorityQueue()
    for x in (3, 1, 2):
        pq.put_nowait(x)
    print([pq.get_nowait() for _ in range(3)])
    try:
        pq.get_nowait()
    except asyncio.QueueEmpty:
        print("empty")
    bar = asyncio.Barrier(2)
    print(sorted(await asyncio.gather(bar.wait(), bar.wait())))
    print(await asyncio.to_thread(lambda x: x * 2, 21))
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, sum, [1, 2, 3]))


asyncio.run(main())
