"""Threads that start and die by the thousand, pools in pools, fork, memory that comes back."""

import gc
import os
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed, wait

from _stress import case, main


@case
def thousands_of_threads(run):
    """Threads start and end in batches; each does its work."""
    done = []
    batches = run.n(20)
    for b in range(batches):
        ts = [threading.Thread(target=lambda k=k: done.append((b, k))) for k in range(20)]
        for t in ts:
            t.start()
        for t in ts:
            t.join()
    run.check(sorted(done) == [(b, k) for b in range(batches) for k in range(20)], "work lost", len(done))
    run.check(threading.active_count() == 1, "threads left", threading.enumerate())


@case
def threads_start_threads(run):
    """A tree of threads, and threads that outlive the one that started them."""
    done = []

    def grow(depth):
        if depth:
            children = [threading.Thread(target=grow, args=(depth - 1,)) for _ in range(2)]
            for c in children:
                c.start()
            for c in children:
                c.join()
        done.append(depth)

    for _ in range(run.n(3)):
        done.clear()
        grow(5)
        run.check(len(done) == 63, "lost", len(done))
    gate, orphans = threading.Event(), []

    def parent():
        t = threading.Thread(target=lambda: (gate.wait(), done.append("orphan")))
        orphans.append(t)
        t.start()

    done.clear()
    ps = [threading.Thread(target=parent) for _ in range(10)]
    for p in ps:
        p.start()
    for p in ps:
        p.join()
    gate.set()
    for t in orphans:
        t.join()
    run.check(done == ["orphan"] * 10, "orphans", done)


@case
def what_dead_threads_made(run):
    """Objects made by threads that have ended are used and changed by others."""
    kept = []
    for k in range(run.n(40)):
        t = threading.Thread(target=lambda: kept.append([k, {"k": k}, (k, [k]), f"text {k}" * 3]))
        t.start()
        t.join()
        if k % 10 == 0:
            gc.collect()
    gc.collect()
    for k, (n, d, t, s) in enumerate(kept):
        run.check(n == k and d == {"k": k} and t == (k, [k]) and s == f"text {k}" * 3, "damaged", k)
        d["more"] = [k]
        t[1].append(k)
    gc.collect()
    run.check(all(x[1]["more"] == [k] and x[2][1] == [k, k] for k, x in enumerate(kept)), "damaged after use")


@case
def nested_pools(run):
    """Executors inside executors; results, exceptions and cancellation."""

    def inner(k):
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(lambda x: x * k, range(10)))

    for _ in range(run.n(4)):
        with ThreadPoolExecutor(4) as pool:
            run.check(list(pool.map(inner, range(12))) == [45 * k for k in range(12)], "results")
            fs = [pool.submit(inner, k) for k in range(8)]
            run.check(sorted(f.result() for f in as_completed(fs)) == [45 * k for k in range(8)], "as_completed")
            bad = [pool.submit(lambda k=k: 1 // (k % 2)) for k in range(8)]
            wait(bad)
            run.check(sum(f.exception() is not None for f in bad) == 4, "exceptions")
            late = [pool.submit(inner, 1) for _ in range(20)]
            for f in late:
                f.cancel()
            run.check(all(f.cancelled() or f.result() == 45 for f in late), "cancelled")


@case
def fork_in_a_threaded_program(run):
    """fork() while other threads allocate, lock and share: the child has one thread and works."""
    import warnings

    warnings.simplefilter("ignore", DeprecationWarning)
    stop, shared, lock = threading.Event(), [], threading.Lock()

    def busy():
        while not stop.is_set():
            with lock:
                shared.append([len(shared)])
                if len(shared) > 1000:
                    shared.clear()
            {str(k): [k] for k in range(50)}

    ts = [threading.Thread(target=busy) for _ in range(3)]
    for t in ts:
        t.start()
    try:
        for k in range(run.n(8)):
            with lock:
                pid = os.fork()
                if pid == 0:
                    code = 1
                    try:
                        made = [[i] for i in range(2000)]
                        shared.append(made)
                        gc.collect()
                        ok = threading.active_count() == 1 and len(made) == 2000 and all(type(x) is list for x in shared)
                        out = []
                        t = threading.Thread(target=lambda: out.append(sum(x[0] for x in made)))
                        t.start()
                        t.join()
                        code = 0 if ok and out == [1999000] else 2
                    finally:
                        os._exit(code)
            _, status = os.waitpid(pid, 0)
            run.check(status == 0, "child ended with", status)
    finally:
        stop.set()
        for t in ts:
            t.join()


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def settle():
    for _ in range(4):
        gc.collect()


def level(run, body, what, rounds=6):
    """Memory after the last rounds is within 10 % (and 4 MiB) of what it was after the first ones."""
    for _ in range(3):
        body()
    settle()
    before = resident()
    for _ in range(rounds):
        body()
    settle()
    after = resident()
    run.check(after <= before * 1.1 + (4 << 20), what, "grew from", before >> 10, "to", after >> 10, "KiB")


@case
def memory_of_threads(run):
    """Threads that come and go leave nothing."""

    def body():
        for _ in range(run.n(10)):
            ts = [threading.Thread(target=lambda: [[k] for k in range(300)]) for _ in range(10)]
            for t in ts:
                t.start()
            for t in ts:
                t.join()

    level(run, body, "threads")


@case
def memory_of_shared_objects(run):
    """Shared objects that were dropped are collected."""
    shared = {}

    def work(i):
        for k in range(run.n(1500)):
            shared[i, k % 100] = [k, {"k": k}, f"value {k}" * 4]

    def body():
        ts = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for t in ts:
            t.start()
        for t in ts:
            t.join()
        shared.clear()
        settle()

    level(run, body, "shared objects")


@case
def memory_of_finalizers(run):
    """Objects with `__del__`, weak references and cycles that die on other threads leave nothing."""
    import weakref

    count = [0]
    refs = []

    class F:
        def __init__(self):
            self.me = self

        def __del__(self):
            count[0] += 1

    stock = []

    def make():
        for _ in range(run.n(300)):
            f = F()
            refs.append(weakref.ref(f))
            stock.append(f)

    def drop():
        while stock:
            try:
                stock.pop()
            except IndexError:
                pass

    def body():
        for f in (make, make, drop):
            t = threading.Thread(target=f)
            t.start()
            t.join()
        refs.clear()
        settle()

    level(run, body, "finalizers")
    run.check(count[0] >= run.n(300) * 17, "not finalized", count[0])


@case
def memory_of_classes_and_calls(run):
    """Generators, closures, exceptions, bound methods and contexts made by threads leave nothing."""
    import contextvars

    v = contextvars.ContextVar("v")

    def work():
        def gen():
            yield from range(5)

        for k in range(run.n(400)):
            list(gen())
            f = lambda: k
            f()
            try:
                raise ValueError(k)
            except ValueError:
                pass
            contextvars.copy_context().run(v.set, k)
            "".join(map(str, range(20)))
            memoryview(bytearray(100))[3:5].tobytes()

    def body():
        ts = [threading.Thread(target=work) for _ in range(4)]
        for t in ts:
            t.start()
        for t in ts:
            t.join()

    level(run, body, "calls")


@case
def what_was_dropped_is_used_again(run):
    """Threads make classes, code and names and drop them, through the same sites, while others collect everything: whoever gets
    the number or the address of what is gone gets its own answers."""
    kept = []

    def read(o):
        return o.value, o.method(), o.kind

    def write(o, v):
        o.value = v
        o.more = -v
        return o.value + o.more

    def work(rng):
        for k in range(run.n(600)):
            mark = rng.randrange(1 << 30)

            class Own:
                kind = mark

                def __init__(self):
                    self.value = mark + 1

                def method(self):
                    return self.value + 1

            o = Own()
            run.check(read(o) == (mark + 1, mark + 2, mark), "another class's answer", k)
            run.check(write(o, mark) == 0 and o.__dict__ == {"value": mark, "more": -mark}, "another shape's place", k)
            name = f"attribute_{mark}"
            setattr(o, name, mark)
            run.check(getattr(o, name) == mark and name in vars(o), "another name", k)
            f = eval(f"lambda x, kept={mark}: (x, kept, {mark}, 'text number {mark}')")
            run.check(f(k) == (k, mark, mark, f"text number {mark}"), "another text's code", k)
            g = eval(f"(x + {mark} for x in range(3))")
            run.check(next(g) == mark, "another generator's code", k)
            if k % 50 == 0:
                kept.append((mark, o, f, g, name))

    def collect(rng):
        for _ in range(run.n(30)):
            gc.collect()

    run.threads(work, work, work, collect)
    gc.collect()
    for mark, o, f, g, name in kept:
        run.check((o.kind, o.method(), getattr(o, name)) == (mark, mark + 1, mark), "what was kept has changed")
        run.check(f(1) == (1, mark, mark, f"text number {mark}") and list(g) == [mark + 1, mark + 2], "code that was kept has")


main()
