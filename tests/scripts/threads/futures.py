# concurrent.futures with threads.
import threading
import time
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, CancelledError, Future, InvalidStateError, ThreadPoolExecutor, as_completed, wait


def square(x):
    return x * x


with ThreadPoolExecutor(max_workers=3) as pool:
    print(list(pool.map(square, range(6))))
    print(list(pool.map(lambda a, b: a + b, [1, 2], [3, 4])))
    f = pool.submit(pow, 2, 10)
    print(f.result(), f.done(), f.running(), f.cancelled(), f.exception())
    f = pool.submit(lambda: 1 / 0)
    try:
        f.result()
    except ZeroDivisionError as e:
        print("raised", e)
    print(repr(f.exception()))
    fs = {pool.submit(square, n): n for n in range(5)}
    print(sorted((fs[f], f.result()) for f in as_completed(fs)))
    done, pending = wait([pool.submit(square, 1)])
    print(len(done), len(pending))
    gate = threading.Event()
    fs = [pool.submit(gate.wait), pool.submit(square, 3)]
    done, pending = wait(fs, return_when=FIRST_COMPLETED)
    print(len(done), len(pending))
    gate.set()
    done, pending = wait(fs, return_when=ALL_COMPLETED)
    print(len(done), len(pending))
    gate2 = threading.Event()
    slow = pool.submit(gate2.wait)
    try:
        slow.result(timeout=0.01)
    except TimeoutError:
        print("timeout")
    gate2.set()
    called = []
    f = pool.submit(square, 4)
    f.add_done_callback(lambda f: called.append(f.result()))
    f.result()
    wait([f])
    while not called:
        time.sleep(0.001)
    print(called)
    try:
        list(pool.map(lambda x: 1 // x, [1, 0, 2]))
    except ZeroDivisionError as e:
        print("map raised", e)
try:
    pool.submit(square, 1)
except RuntimeError as e:
    print(e)
one = ThreadPoolExecutor(1, thread_name_prefix="pool")
gate = threading.Event()
first = one.submit(gate.wait)
second = one.submit(square, 2)
print(second.cancel(), second.cancelled())
try:
    second.result()
except CancelledError:
    print("cancelled")
gate.set()
print(one.submit(lambda: threading.current_thread().name).result())
one.shutdown(wait=True, cancel_futures=True)
init = []
with ThreadPoolExecutor(2, initializer=init.append, initargs=("init",)) as p:
    list(p.map(square, range(4)))
print(set(init))
f = Future()
f.set_result(7)
print(f.result())
try:
    f.set_result(8)
except InvalidStateError as e:
    print(type(e).__name__)
f = Future()
f.set_exception(KeyError("k"))
print(repr(f.exception()))
try:
    ThreadPoolExecutor(0)
except ValueError as e:
    print(e)


class Acc:
    def __init__(self, v):
        self.v = v

    def step(self, n):
        for _ in range(n):
            self.v += 1
        return self


with ThreadPoolExecutor(4) as p:
    print([a.v for a in p.map(lambda a: a.step(100), [Acc(i) for i in range(8)])])
    nested = p.submit(lambda: sum(range(100))).result() + p.submit(sum, [1, 2]).result()
    print(nested)
