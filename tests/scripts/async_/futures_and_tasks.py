"""Futures and tasks as objects: states, callbacks, subclasses, who runs, who waits, what their deaths say; threads that look on."""

import asyncio
import contextvars
import gc
import threading
from asyncio import events, futures, tasks


def caught(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


async def value(v, times=1):
    for _ in range(times):
        await asyncio.sleep(0)
    return v


print(asyncio.Future is futures._CFuture, asyncio.Task is tasks._CTask, asyncio.Task.__mro__[1] is asyncio.Future)
bare = asyncio.Future.__new__(asyncio.Future)
print([caught(f) for f in (bare.done, bare.cancelled, bare.result, bare.exception, bare.get_loop, bare.cancel)])
print(caught(bare.set_result, 1), caught(bare.add_done_callback, print), caught(iter, bare))
print([caught(getattr, bare, name) for name in ('_state', '_loop', '_result', '_exception', '_callbacks', '_source_traceback', '_log_traceback')])
print([caught(getattr, bare, name) for name in ('_cancel_message', '_asyncio_future_blocking', '_asyncio_awaited_by')])
print(caught(events.get_running_loop), caught(asyncio.current_task), events._get_running_loop())


async def states():
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    print(f._state, f.done(), f.cancelled(), f._callbacks, caught(f.result), caught(f.exception))
    f.set_result(3)
    print(f._state, f.result(), f.exception(), caught(f.set_result, 4), caught(f.set_exception, ValueError()), f.cancel())
    f = loop.create_future()
    print(caught(f.set_exception, 3), caught(f.set_exception, int))
    f.set_exception(StopIteration(2))
    print(type(f.exception()), type(f.exception().__cause__), type(f.exception().__context__), f._log_traceback)
    f = loop.create_future()
    f.set_exception(KeyError)
    print(f._log_traceback, caught(f.result), f._log_traceback, caught(setattr, f, "_log_traceback", True))
    f = loop.create_future()
    print(f.cancel("why"), f.cancel(), f.cancelled(), f._cancel_message, caught(f.result), f._make_cancelled_error().args)
    print(caught(delattr, f, "_asyncio_future_blocking"), caught(delattr, f, "_cancel_message"))


async def callbacks():
    loop, seen = asyncio.get_running_loop(), []
    f = loop.create_future()
    one, two = (lambda f: seen.append(1)), (lambda f: seen.append(2))
    for callback in (one, two, one, two, seen.append):
        f.add_done_callback(callback)
    print(len(f._callbacks), f._callbacks[0][0] is one, f.remove_done_callback(one), f.remove_done_callback(one))
    f.set_result(None)
    f.add_done_callback(lambda f: seen.append("late"))
    print(seen)
    await asyncio.sleep(0)
    print([x if isinstance(x, (int, str)) else x is f for x in seen])
    var = contextvars.ContextVar("var", default=0)
    context = contextvars.copy_context()
    context.run(var.set, 5)
    f = loop.create_future()
    f.add_done_callback(lambda f: seen.append(var.get()), context=context)
    f.add_done_callback(lambda f: seen.append(var.get()))
    f.set_result(None)
    await asyncio.sleep(0)
    print(seen[-2:], caught(f.add_done_callback, print, None))

    class Touchy:
        def __call__(self, f):
            seen.append("touchy")

        def __eq__(self, other):
            raise OSError("compared")

    f = loop.create_future()
    f.add_done_callback(Touchy())
    print(caught(f.remove_done_callback, print), len(f._callbacks))


async def iterators():
    f = asyncio.get_running_loop().create_future()
    it = iter(f)
    print(type(it).__name__, next(it) is f, f._asyncio_future_blocking, caught(next, it), caught(it.throw, OSError("thrown")))
    print(caught(next, it), caught(it.send, None), it.close())
    it = f.__await__()
    f._asyncio_future_blocking = False
    next(it)
    f.set_result("end")
    print(caught(it.send, None), caught(next, it), caught(iter(f).throw, 3))


async def task_objects():
    loop = asyncio.get_running_loop()
    print(caught(asyncio.Task, 3, loop=loop), caught(asyncio.Task))
    t = asyncio.Task(value(1), loop=loop, name=12)
    print(t.get_name(), t.set_name("t"), t.get_name(), t.get_coro().__name__, type(t.get_context()), t._must_cancel, t._fut_waiter)
    print(caught(t.set_result, 1), caught(t.set_exception, OSError()), t.cancelling(), t.uncancel())
    await asyncio.sleep(0)
    print(await t, t.done(), t in asyncio.all_tasks(), [len(t.get_stack()), t._fut_waiter])
    t = asyncio.create_task(value(2, 5))
    await asyncio.sleep(0)
    print(t.cancel("enough"), t.cancel(), t.cancelling(), t._must_cancel)
    print(t.uncancel(), t.cancelled())
    try:
        await t
    except asyncio.CancelledError as e:
        print(repr(e), t.cancelled())

    async def stubborn():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return asyncio.current_task().cancelling()

    t = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    t.cancel()
    print(await t, t.cancelled())
    outer = asyncio.create_task(value(1))
    waiter = asyncio.create_task(asyncio.wait_for(outer, 1))
    await asyncio.sleep(0)
    print([len(x._asyncio_awaited_by or ()) for x in (outer, waiter)], await waiter, outer._asyncio_awaited_by)


async def bad_yields():
    class Yields:
        def __init__(self, v):
            self.v = v

        def __await__(self):
            yield self.v

    async def body(v):
        await Yields(v)

    other = asyncio.new_event_loop()
    foreign = other.create_future()
    for v in (3, (i for i in ()), asyncio.get_running_loop().create_future(), foreign):
        try:
            await asyncio.create_task(body(v))
        except RuntimeError as e:
            print(str(e).split(" in task")[0].split(" <Task")[0], "|", str(e)[-30:] if v is foreign else "")
    other.close()

    async def itself():
        await me

    me = asyncio.create_task(itself())
    print(str(caught_in(await asyncio.gather(me, return_exceptions=True)))[:27])


def caught_in(results):
    return results[0]


class Future(asyncio.Future):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mark = "own"

    def result(self):
        return super().result(), "own"


class Task(asyncio.Task):
    stepped = 0

    def cancel(self, msg=None):
        Task.stepped += 1
        return super().cancel(msg)


async def subclasses():
    f = Future(loop=asyncio.get_running_loop())
    asyncio.get_running_loop().call_soon(f.set_result, 1)
    print(await f, f.result(), f.mark, isinstance(f, asyncio.Future))
    asyncio.get_running_loop().set_task_factory(lambda loop, coro, **kwargs: Task(coro, loop=loop, **kwargs))
    t = asyncio.create_task(value(1, 3))
    await asyncio.sleep(0)
    print(type(t).__name__, t.cancel(), Task.stepped, t in asyncio.all_tasks())
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    t = asyncio.create_task(value(1, 0))
    print(t.done(), t.result(), asyncio.current_task() is not t)
    t = asyncio.create_task(value(2, 1))
    print(t.done(), t in asyncio.all_tasks(), await t)
    asyncio.get_running_loop().set_task_factory(None)


async def entering():
    loop, now = asyncio.get_running_loop(), asyncio.current_task()
    t = asyncio.create_task(value(1))
    print(str(caught(tasks._enter_task, loop, t))[:32], str(caught(tasks._leave_task, loop, t))[:25])
    print(tasks._swap_current_task(loop, t) is now, asyncio.current_task() is t, tasks._swap_current_task(loop, now) is t)
    tasks._unregister_task(t)
    print(t in asyncio.all_tasks())
    tasks._register_task(t)
    print(t in asyncio.all_tasks())
    await t
    print(t in asyncio.all_tasks())


async def deaths():
    loop, told = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda loop, context: told.append((context["message"], sorted(context))))

    async def waits():
        await loop.create_future()

    def drop():
        f = loop.create_future()
        f.set_exception(OSError("nobody looks"))
        seen = loop.create_future()
        seen.set_exception(OSError("seen"))
        seen.exception()

    async def fails():
        raise OSError("task")

    t = asyncio.create_task(waits())
    t = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del t
    drop()
    value(1).close()
    # The loop's own calls may have left a trace of the task in words of the native stack that calls like them do not write.
    rounds = 0
    while len(told) < 3 and rounds < 10:
        gc.collect()
        await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0.001))
        rounds += 1
    print(*sorted(told), sep="\n")
    loop.set_exception_handler(None)


async def many():
    async def node(depth):
        return 1 + sum(await asyncio.gather(*(node(depth - 1) for _ in range(3)))) if depth else 1

    print(await node(5), len(asyncio.all_tasks()))
    queue = asyncio.Queue(3)
    got = []

    async def consume():
        while (item := await queue.get()) is not None:
            got.append(item)

    async with asyncio.TaskGroup() as group:
        group.create_task(consume())
        for i in range(50):
            await queue.put(i)
        await queue.put(None)
    print(got == list(range(50)))


for part in (states, callbacks, iterators, task_objects, bad_yields, subclasses, entering, deaths, many):
    print("--", part.__name__)
    asyncio.run(part())

# Other threads look on, and run loops of their own.
ready, done = threading.Event(), threading.Event()
shown = {}


async def held():
    shown["loop"], shown["task"] = asyncio.get_running_loop(), asyncio.current_task()
    shown["other"] = asyncio.create_task(value(1, 2))
    ready.set()
    done.wait()
    await shown["other"]


thread = threading.Thread(target=asyncio.run, args=(held(),))
thread.start()
ready.wait()
print(events._get_running_loop(), tasks.current_task(shown["loop"]) is shown["task"])
print(tasks.all_tasks(shown["loop"]) == {shown["task"], shown["other"]})
print(asyncio.run(value(7)))
done.set()
thread.join()
print(tasks.all_tasks(shown["loop"]), shown["task"].done())
results = []


def loops(k):
    async def main():
        return sum(await asyncio.gather(*(value(i, i % 3) for i in range(100)))) + k

    results.append(asyncio.run(main()))


threads = [threading.Thread(target=loops, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results))
