"""Queues, locks, imports, warnings, exceptions between threads."""

import queue
import sys
import threading
import traceback
import warnings

from _stress import case, main

T = 4


@case
def queues(run):
    """Queue, LifoQueue, PriorityQueue, SimpleQueue: each item arrives once, none is invented."""
    for make in (lambda: queue.Queue(5), queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue):
        q, n = make(), run.n(400)
        got = [[], []]

        def put(base):
            def body(rng):
                for k in range(n):
                    q.put(base + k)
                q.put(1 << 40)

            return body

        def take(i):
            def body(rng):
                while (x := q.get()) < 1 << 40:
                    got[i].append(x)

            return body

        # A priority queue gives the end marks last; the others give them in order.
        if isinstance(q, queue.LifoQueue):
            run.threads(*[lambda rng, b=b: [q.put(b + k) for k in range(n)] for b in (0, n)])
            q.queue.insert(0, 1 << 40)
            q.queue.insert(0, 1 << 40)
            run.threads(take(0), take(1))
        else:
            run.threads(put(0), put(n), take(0), take(1))
        got.append([])
        while not q.empty():
            x = q.get()
            if x < 1 << 40:
                got[2].append(x)
        run.check(sorted(x for g in got for x in g) == list(range(2 * n)), type(q).__name__, "lost or doubled")


@case
def queue_shutdown(run):
    """shutdown() wakes all who wait."""
    for k in range(run.n(20)):
        q = queue.Queue(1)
        woken = []

        def getter(rng):
            try:
                while True:
                    q.get()
            except queue.ShutDown:
                woken.append(1)

        def putter(rng):
            try:
                while True:
                    q.put(1)
            except queue.ShutDown:
                woken.append(1)

        run.threads(getter, getter, putter, putter, lambda rng: q.shutdown(immediate=k % 2 == 0))
        run.check(len(woken) == 4, "not woken", len(woken))


@case
def locks(run):
    """Lock, RLock, Semaphore, Condition, Event, Barrier under contention: counts are exact."""
    n = run.n(600)
    for make in (threading.Lock, threading.RLock, threading.Condition, lambda: threading.Semaphore(1), lambda: threading.BoundedSemaphore(1)):
        lock, count = make(), [0]

        def add(rng):
            for k in range(n):
                if k % 3 == 0:
                    while not lock.acquire(timeout=0.001) if not isinstance(lock, threading.Condition) else not lock.acquire():
                        pass
                    count[0] += 1
                    lock.release()
                else:
                    with lock:
                        count[0] += 1

        run.threads(*[add] * T)
        run.check(count[0] == n * T, "lost", count[0])
    barrier, turns = threading.Barrier(T), []
    run.threads(*[lambda rng: [turns.append(barrier.wait()) for _ in range(run.n(40))]] * T)
    run.check(sorted(turns) == sorted(list(range(T)) * run.n(40)), "barrier")
    cond, items, got = threading.Condition(), [], []

    def consume(rng):
        for _ in range(n):
            with cond:
                cond.wait_for(lambda: items)
                got.append(items.pop())

    def produce(rng):
        for k in range(n):
            with cond:
                items.append(k)
                cond.notify()

    run.threads(consume, consume, produce, produce)
    run.check(len(got) == 2 * n and not items, "condition", len(got))


@case
def events(run):
    """Nobody sleeps through Event.set()."""
    for _ in range(run.n(100)):
        e, seen = threading.Event(), []
        run.threads(*[lambda rng: seen.append(e.wait(60))] * 3, lambda rng: e.set())
        run.check(seen == [True] * 3, "missed", seen)


@case
def imports(run):
    """The same module imported by all threads: one module object, whole."""
    names = ["colorsys", "string", "textwrap", "fractions", "statistics", "difflib", "calendar", "pprint", "shlex", "configparser"]
    for name in names[: max(2, run.n(10))]:
        for _ in range(3):
            sys.modules.pop(name, None)
            got = []

            def body(rng):
                module = __import__(name)
                got.append(module)
                run.check(all(hasattr(module, x) for x in getattr(module, "__all__", ())), "half a module", name)

            run.threads(*[body] * T)
            run.check(len({id(m) for m in got}) == 1, "two modules", name)


@case
def sys_modules(run):
    """sys.modules changed while others import."""

    def change(rng):
        for i in range(run.n(300)):
            sys.modules[f"fake{i % 20}"] = sys
            sys.modules.pop(f"fake{rng.randrange(20)}", None)

    def use(rng):
        for i in range(run.n(300)):
            import json.decoder, os.path

            try:
                __import__(f"fake{rng.randrange(20)}")
            except ModuleNotFoundError:
                pass
            list(sys.modules), len(sys.modules)

    def tolerant(rng):
        try:
            use(rng)
        except RuntimeError:
            pass

    run.threads(change, tolerant, tolerant)


@case
def warning_registry(run):
    """Warnings raised and filters changed by several threads."""
    shown = []
    old = warnings.showwarning
    warnings.showwarning = lambda *a, **k: shown.append(str(a[0]))
    try:

        def body(rng):
            for i in range(run.n(100)):
                warnings.warn(f"text {i % 7}", UserWarning)
                warnings.simplefilter(rng.choice(["always", "default", "ignore"]), append=i % 2 == 0)
                if i % 20 == 0:
                    warnings.resetwarnings()

        run.threads(*[body] * T)
        run.check(all(s.startswith("text ") for s in shown), "invented")
    finally:
        warnings.showwarning = old
        warnings.resetwarnings()


@case
def exceptions_cross_threads(run):
    """An exception raised on one thread, raised again and printed on others, with its traceback."""
    q, n = queue.SimpleQueue(), run.n(150)

    def fail(k):
        local = ["a", k]
        raise ValueError(k)

    def produce(rng):
        for k in range(n):
            try:
                fail(k)
            except ValueError as e:
                q.put(e)
        q.put(None)

    def consume(rng):
        while (e := q.get()) is not None:
            text = "".join(traceback.format_exception(e))
            run.check("in fail" in text and text.rstrip().endswith(str(e.args[0])), "traceback", text)
            try:
                raise e
            except ValueError as again:
                tb = again.__traceback__
                while tb.tb_next:
                    tb = tb.tb_next
                run.check(tb.tb_frame.f_locals["local"] == ["a", e.args[0]], "frame's locals")
            try:
                raise KeyError(1) from e
            except KeyError as outer:
                run.check(outer.__cause__ is e, "cause")

    run.threads(produce, produce, consume, consume)
    one = ValueError("shared")

    def race(rng):
        for i in range(n):
            try:
                raise one
            except ValueError as e:
                e.add_note(f"n{i}") if i % 10 == 0 else None
                e.__context__, e.__traceback__, e.__notes__ if hasattr(e, "__notes__") else None
                if i % 15 == 0:
                    e.__traceback__ = None
                    e.with_traceback(None)

    run.threads(*[race] * T)


@case
def exception_hooks(run):
    """Threads that end by an exception reach threading.excepthook once each."""
    seen = []
    old = threading.excepthook
    threading.excepthook = lambda args: seen.append(args.exc_value.args[0])
    try:
        n = run.n(60)

        def fail(k):
            raise RuntimeError(k)

        ts = [threading.Thread(target=fail, args=(k,)) for k in range(n)]
        for t in ts:
            t.start()
        for t in ts:
            t.join()
        run.check(sorted(seen) == list(range(n)), "hooks", len(seen))
    finally:
        threading.excepthook = old


@case
def traces_of_running_threads(run):
    """Signals and asynchronous calls: pending calls arrive while all run."""
    import signal

    hits = []
    old = signal.signal(signal.SIGUSR1, lambda *a: hits.append(1))
    try:

        def body(rng):
            for i in range(run.n(60)):
                signal.raise_signal(signal.SIGUSR1)
                sum(range(100))

        run.threads(*[body] * 2)
        for _ in range(100):
            pass
        run.check(hits, "no handler ran")
    finally:
        signal.signal(signal.SIGUSR1, old)


main()
