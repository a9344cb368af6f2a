"""A finalizer or a callback that takes a lock which its thread holds in a `with` block: it runs when the block has ended."""

import gc
import queue
import threading
import time
import weakref


class Held:
    def __init__(self, call):
        self.call = call

    def __del__(self):
        self.call()


def drop(call, n=300):
    for _ in range(n):
        Held(call)


# Events, queues and conditions take their lock in every method.
event = threading.Event()
for _ in range(20):
    drop(event.set, 20)
    event.wait(100)
    event.clear()
print("event")

jobs = queue.Queue()
for _ in range(200):
    drop(lambda: jobs.put(1), 20)
    while True:
        try:
            jobs.get_nowait()
        except queue.Empty:
            break
gc.collect()
while not jobs.empty():
    jobs.get()
print("queue")

lock = threading.Lock()
counted = []


def count():
    with lock:
        counted.append(1)


for _ in range(300):
    with lock:
        # Enough for a collection now and then.
        rest = [[i] for i in range(500)]
    Held(count)
    weakref.finalize(Held(int), count)
gc.collect()
print(len(counted))

# By another thread too, and by a condition over a lock.
condition = threading.Condition(threading.Lock())
done = []


def notify():
    with condition:
        condition.notify_all()


def work():
    for _ in range(100):
        drop(notify, 10)
        with condition:
            [[i] for i in range(500)]
            condition.wait(0.0001)
            [[i] for i in range(500)]
    done.append(1)


threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(done))

# A collection that is asked for finalizes at once, as do blocks that last.
seen = set()


def cycles():
    for _ in range(20):
        cycle = Held(lambda: seen.add("asked for"))
        cycle.self = cycle


with lock:
    cycles()
    gc.collect()
    print(seen)
    drop(lambda: seen.add("lasting"))
    until = time.monotonic() + 100
    while len(seen) < 2 and time.monotonic() < until:
        [[i] for i in range(500)]
print(sorted(seen))
