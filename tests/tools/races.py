"""Programs for `PROTOPYTHON_DEBUG=races`: the first of its names lose updates, the others do not."""

import concurrent.futures
import queue
import sys
import threading


class Counter:
    def __init__(self):
        self.n = 0


def threads(target, *args, count=4):
    all_threads = [threading.Thread(target=target, args=args) for _ in range(count)]
    for t in all_threads:
        t.start()
    for t in all_threads:
        t.join()


def attribute():
    c = Counter()

    def work():
        for _ in range(3):
            c.n += 1  # attribute

    threads(work)


def key():
    d = {}

    def work():
        for i in range(3):
            if i not in d:
                d[i] = object()  # key

    threads(work)


def counted():
    d = {"a": 0}

    def work():
        d["a"] = d.get("a", 0) + 1  # counted

    threads(work)


def item():
    values = [0, 0]

    def work():
        values[-1] += 1  # item

    threads(work)


total = 0


def variable():
    def work():
        global total
        total += 1  # variable

    threads(work)


def closure():
    n = 0

    def work():
        nonlocal n
        n += 1  # closure

    threads(work)


def by_function():
    c = Counter()

    def work():
        n = c.n
        c.n = step(n)  # by_function

    def step(n):
        return n + 1

    threads(work)


def locked():
    c, d, lock, other = Counter(), {}, threading.Lock(), threading.RLock()

    def work():
        for i in range(20):
            with lock:
                c.n += 1
            with other:
                if i not in d:
                    d[i] = i
            other.acquire()
            d[i] += 1
            other.release()

    threads(work)
    assert c.n == 80


def appended():
    values, seen, d = [], set(), {}

    def work():
        for i in range(20):
            values.append(i)
            seen.add(i)
            d.setdefault(i, [])

    threads(work)
    assert len(values) == 80


def passed():
    for kind in (queue.Queue, queue.SimpleQueue):
        q = kind()
        c = Counter()
        q.put(c)

        def work():
            for _ in range(5):
                mine = q.get()
                mine.n += 1
                q.put(mine)

        threads(work)
        assert c.n == 20


def told():
    c, ready = Counter(), threading.Event()

    def first():
        c.n += 1
        ready.set()

    def second():
        ready.wait()
        c.n += 1

    both = [threading.Thread(target=f) for f in (second, first)]
    for t in both:
        t.start()
    for t in both:
        t.join()
    c.n += 1
    assert c.n == 3


def conditions():
    c, condition, gate = Counter(), threading.Condition(), threading.Barrier(4)
    slots = threading.Semaphore(1)

    def work():
        with condition:
            c.n += 1
            condition.notify_all()
            condition.wait_for(lambda: c.n == 4, timeout=60)
        gate.wait()
        with slots:
            c.n += 1

    threads(work)
    assert c.n == 8


def futures():
    c = Counter()

    def work():
        c.n += 1
        return c.n

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for _ in range(8):
            pool.submit(work).result()
    assert c.n == 8


def own():
    def work():
        c, d = Counter(), {}
        for i in range(100):
            c.n += 1
            d[i] = d.get(i, 0) + 1

    threads(work)


def read_only():
    c = Counter()
    c.n = 5

    def work():
        for _ in range(5):
            c.n

    threads(work)


def unordered():
    c = Counter()

    def work():
        c.n = 1  # unordered

    threads(work)


globals()[sys.argv[1]]()
print("done")
