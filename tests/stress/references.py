"""Weak references, their callbacks, finalizers and the collector, across threads."""

import gc
import threading
import weakref

from _stress import case, main

T = 4


class Node:
    def __init__(self, v=0):
        self.v = v


@case
def weak_value_dictionary(run):
    """WeakValueDictionary: a value read belongs to its key, dead ones go."""
    d = weakref.WeakValueDictionary()
    kept = {}

    def body(rng):
        for i in range(run.n(600)):
            k = rng.randrange(50)
            match rng.randrange(6):
                case 0:
                    d[k] = kept[k] = Node(k)
                case 1:
                    kept.pop(k, None)
                case 2:
                    v = d.get(k)
                    if v is not None and v.v != k:
                        run.problem("another key's value", k, v.v)
                case 3:
                    v = d.setdefault(k, Node(k))
                    run.check(v.v == k, "setdefault")
                case 4:
                    list(d.items()), len(d), list(d.keys()), d.valuerefs()
                case 5:
                    d.pop(k, None)
            if i % 100 == 0:
                gc.collect()

    def tolerant(rng):
        try:
            body(rng)
        except RuntimeError:
            pass

    run.threads(*[tolerant] * T)
    kept.clear()
    gc.collect()
    gc.collect()


@case
def weak_key_and_set(run):
    """WeakKeyDictionary and WeakSet while members die."""
    d, s = weakref.WeakKeyDictionary(), weakref.WeakSet()

    def body(rng):
        mine = []
        for i in range(run.n(400)):
            n = Node(i)
            d[n] = i
            s.add(n)
            if i % 3 == 0:
                mine.append(n)
            if len(mine) > 20:
                mine.clear()
            d.get(n), n in s, len(s), len(d)
            if i % 50 == 0:
                gc.collect()
                try:
                    list(d), list(s), s | s
                except RuntimeError:
                    pass

    run.threads(*[body] * T)


@case
def callbacks_run_once(run):
    """The callback of a weak reference runs once; a reference read before is alive or None, never another object."""
    n = run.n(400)
    calls = []
    stock = [Node(k) for k in range(n)]
    refs = [weakref.ref(x, lambda r, k=k: calls.append(k)) for k, x in enumerate(stock)]

    def drop(rng):
        while True:
            try:
                stock.pop()
            except IndexError:
                return
            if rng.randrange(40) == 0:
                gc.collect()

    def read(rng):
        for _ in range(n * 3):
            k = rng.randrange(n)
            x = refs[k]()
            if x is not None and x.v != k:
                run.problem("another object", k, x.v)

    run.threads(drop, drop, read, read)
    del drop, read
    for _ in range(5):
        gc.collect()
    run.check(len(set(calls)) == len(calls), "callback twice")
    alive = sum(r() is not None for r in refs)
    run.check(alive <= n // 20 + 5, "references not cleared", alive)
    run.check(len(calls) >= n - alive - 5, "callbacks missing", len(calls), alive)


@case
def proxies_and_methods(run):
    """weakref.proxy, WeakMethod and finalize objects shared by threads."""
    done = []

    class C:
        def m(self):
            return 1

    for k in range(run.n(40)):
        c = C()
        p, m, f = weakref.proxy(c), weakref.WeakMethod(c.m), weakref.finalize(c, done.append, k)

        def use(rng):
            for _ in range(20):
                run.check(p.m() == 1 and m()() == 1 and f.alive, "proxy")
                weakref.getweakrefs(c), weakref.getweakrefcount(c)

        run.threads(use, use)
        winners = []
        run.threads(*[lambda rng: winners.append(f())] * 3)
        run.check(len(done) == k + 1, "finalize ran", len(done))
        del c


@case
def del_on_other_threads(run):
    """10,000 objects with `__del__` that die on other threads than they were made on: each is finalized once."""
    n = run.n(2000)
    finalized = []

    class F:
        def __init__(self, k):
            self.k = k
            self.me = [self]

        def __del__(self):
            finalized.append(self.k)

    stock = []

    def make(base):
        def body(rng):
            for k in range(n // 2):
                stock.append(F(base + k))

        return body

    def drop(rng):
        for i in range(n):
            try:
                stock.pop()
            except IndexError:
                pass
            if i % 200 == 0:
                gc.collect()

    run.threads(make(0), make(n), drop, drop)
    stock.clear()
    for _ in range(6):
        gc.collect()
    run.check(len(set(finalized)) == len(finalized), "finalized twice")
    run.check(len(finalized) >= n - 20, "not finalized", n - len(finalized))


@case
def resurrection(run):
    """Objects that their `__del__` brings back, on several threads."""
    saved = []

    class R:
        def __init__(self, k):
            self.k = k

        def __del__(self):
            saved.append(self)

    n = run.n(100)

    def body(rng):
        for k in range(n):
            R(k)
            if k % 20 == 0:
                gc.collect()

    run.threads(*[body] * T)
    for _ in range(4):
        gc.collect()
    run.check(len({id(x) for x in saved}) == len(saved), "resurrected twice")
    run.check(all(type(x.k) is int for x in saved), "damaged")


@case
def collect_everywhere(run):
    """gc.collect() and its queries on all threads while they build and share cycles."""
    shared = []

    def body(rng):
        for i in range(run.n(120)):
            a, b = [i], {"i": i}
            a.append(b)
            b["a"] = a
            shared.append(a)
            if len(shared) > 50:
                del shared[:25]
            if i % 10 == 0:
                gc.collect(i % 3)
            gc.isenabled(), gc.get_count(), gc.is_tracked(a), gc.freeze(), gc.unfreeze()
            for x in list(shared):
                if x[1]["a"] is not x or x[0] != x[1]["i"]:
                    run.problem("cycle damaged")

    run.threads(*[body] * T)


@case
def context_variables(run):
    """contextvars: each thread and each copied context sees its own values."""
    import contextvars

    v = contextvars.ContextVar("v", default=-1)
    shared = contextvars.copy_context()
    holder = []

    def body(i):
        def use(rng):
            run.check(v.get() == -1, "value of another thread")
            for k in range(run.n(300)):
                token = v.set((i, k))
                run.check(v.get() == (i, k), "own value")
                c = contextvars.copy_context()
                run.check(c.run(v.get) == (i, k), "copy")
                # From here on others set the variable in it.
                holder.append(c)
                try:
                    shared.run(v.set, (i, k))
                except RuntimeError as e:
                    run.check("already entered" in str(e), e)
                if holder:
                    other = holder[rng.randrange(len(holder))]
                    try:
                        other.run(lambda: v.set(5))
                        list(other.items()), other.get(v), len(other), v in other
                    except RuntimeError as e:
                        run.check("already entered" in str(e), e)
                v.reset(token)
            run.check(v.get() == -1, "after reset")

        return use

    run.threads(*[body(i) for i in range(T)])


@case
def thread_locals(run):
    """threading.local: values stay apart, and go with their threads."""
    local = threading.local()

    class Own(threading.local):
        shared = 0

        def __init__(self, start):
            self.n = start

    own = Own(10)
    dead = []

    class D:
        def __del__(self):
            dead.append(1)

    def body(i):
        def use(rng):
            run.check(not hasattr(local, "x") and own.n == 10, "value of another thread")
            local.d = D()
            for k in range(run.n(500)):
                local.x = (i, k)
                own.n += 1
                run.check(local.x == (i, k) and local.__dict__["x"] == (i, k), "own value")
                setattr(local, f"a{k % 10}", k)
            run.check(own.n == 10 + run.n(500), "count")

        return use

    for _ in range(3):
        run.threads(*[body(i) for i in range(T)])
    run.check(own.n == 10 and not hasattr(local, "x"), "main thread's value")
    for _ in range(4):
        gc.collect()
    run.check(len(dead) >= 3 * T - 4, "values outlive their threads", len(dead))


main()
