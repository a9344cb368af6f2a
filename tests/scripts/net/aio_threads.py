"""Event loops in several threads at once: each has its own tasks; they talk through thread-safe calls."""
import asyncio
import threading


async def work(n):
    total = 0
    for i in range(n):
        await asyncio.sleep(0)
        total += i
    return total


async def main(k, barrier):
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue(3)

    async def produce():
        for i in range(50):
            await queue.put((k, i))
        await queue.put(None)

    async def consume():
        got = []
        while (item := await queue.get()) is not None:
            got.append(item)
        return got

    # All loops have tasks now: each sees only its own.
    tasks = [asyncio.create_task(work(20)) for _ in range(10)]
    await asyncio.to_thread(barrier.wait)
    mine = asyncio.all_tasks()
    assert set(tasks) <= mine | {t for t in tasks if t.done()}
    assert all(t.get_loop() is loop for t in mine)
    assert asyncio.current_task() in mine
    _, got, *sums = await asyncio.gather(produce(), consume(), *tasks)
    assert got == [(k, i) for i in range(50)]
    return sum(sums)


results = {}
N = 4
barrier = threading.Barrier(N)


def run(k):
    results[k] = asyncio.run(main(k, barrier))


threads = [threading.Thread(target=run, args=(k,)) for k in range(N)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results.items()))

# --- one loop serves calls from other threads
loop = asyncio.new_event_loop()
t = threading.Thread(target=loop.run_forever)
t.start()


async def add(a, b):
    await asyncio.sleep(0.001)
    return a + b


sums = []


def call(i):
    sums.append(asyncio.run_coroutine_threadsafe(add(i, i), loop).result(10))


callers = [threading.Thread(target=call, args=(i,)) for i in range(8)]
for c in callers:
    c.start()
for c in callers:
    c.join()
print(sorted(sums))


# --- tasks of another thread's loop can be listed
async def hold(event):
    await event.wait()


async def start():
    global event
    event = asyncio.Event()
    return [asyncio.ensure_future(hold(event)) for _ in range(3)]

held = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
print(len(asyncio.all_tasks(loop) & set(held)), asyncio.current_task(loop))
loop.call_soon_threadsafe(event.set)


async def finish():
    await asyncio.gather(*held)
    return len(asyncio.all_tasks())

print(asyncio.run_coroutine_threadsafe(finish(), loop).result(10))
loop.call_soon_threadsafe(loop.stop)
t.join()
loop.close()
try:
    asyncio.get_running_loop()
except RuntimeError as e:
    print(e)
