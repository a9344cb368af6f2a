"""What a collector meets in bad programs: finalizers and callbacks that do what they had better not, collections from everywhere at
once, in a fork, at the end, and beside threads that stay away from it."""

import gc
import os
import sys
import threading
import weakref
import zlib

from _stress import case, main

T = 4


def cyclic(cls, *args):
    """An object that only a collector frees."""
    o = cls(*args)
    o.me = o


class Quiet:
    """Exceptions of finalizers are counted instead of printed."""

    def __enter__(self):
        self.seen = []
        self.before = sys.unraisablehook
        sys.unraisablehook = lambda u: self.seen.append(u.exc_type)
        return self

    def __exit__(self, *_):
        sys.unraisablehook = self.before


@case
def finalizers_that_raise_and_resurrect(run):
    """Each finalizer runs once, whatever it does; what it brings back is whole."""
    calls, back = [], []

    class F:
        def __init__(self, k):
            self.k, self.parts = k, [[k], {"k": k}]

        def __del__(self):
            calls.append(self.k)
            if self.k[1] % 3 == 0:
                back.append(self)
            if self.k[1] % 2 == 0:
                raise ValueError(self.k)

    n = run.n(150)

    def body(rng):
        me = threading.get_ident(), rng.random()
        for i in range(n):
            cyclic(F, (me, i))
            if i % 16 == 0:
                gc.collect()

    with Quiet() as quiet:
        run.threads(*[body] * T)
        for _ in range(4):
            gc.collect()
        run.check(len(calls) == len(set(calls)), "a finalizer ran twice", len(calls) - len(set(calls)))
        # A native stack may still name one or the other.
        run.check(len(calls) >= T * n - 20 * T, "not finalized", T * n - len(calls))
        run.check(all(o.parts == [[o.k], {"k": o.k}] and o.me is o for o in back), "damaged")
        run.check(len(quiet.seen) == sum(k[1] % 2 == 0 for k in calls), "exceptions lost", len(quiet.seen))
        back.clear()


@case
def finalizers_that_lock(run):
    """Finalizers take a lock that their own program uses by `with`: nobody hangs, no update is lost."""
    lock, total = threading.RLock(), [0]

    class F:
        def __del__(self):
            with lock:
                total[0] += 1

    n = run.n(200)

    def body(rng):
        for i in range(n):
            with lock:
                cyclic(F)
                total[0] += 1
                if i % 32 == 0:
                    gc.collect()

    run.threads(*[body] * T)
    for _ in range(4):
        gc.collect()
    run.check(T * n * 2 - 20 * T <= total[0] <= T * n * 2, "updates", total[0], T * n * 2)


@case
def finalizers_that_allocate_without_end(run):
    """A finalizer that makes another object like its own, and garbage beside it: the program goes on."""
    made, limit = [0], run.n(2000)

    class F:
        def __del__(self):
            made[0] += 1
            [[i] for i in range(100)]
            if made[0] < limit:
                cyclic(F)

    def body(rng):
        cyclic(F)
        for _ in range(run.n(20)):
            gc.collect()
            [[i] for i in range(1000)]

    run.threads(*[body] * T)
    run.check(made[0] >= T, "not finalized", made[0])
    limit = 0
    for _ in range(4):
        gc.collect()


@case
def weak_callbacks_that_collect(run):
    """Callbacks of weak references collect, make weak references and drop others."""
    told = []

    class O:
        pass

    n = run.n(60)

    def body(rng):
        refs = []

        def callback(ref):
            told.append(ref() is None)
            gc.collect()
            o = O()
            refs.append(weakref.ref(o, lambda r: told.append(r() is None)))
            if len(refs) > 50:
                del refs[:25]

        for i in range(n):
            o = O()
            o.me = o
            refs.append(weakref.ref(o, callback))
            del o
            if i % 8 == 0:
                gc.collect()
        gc.collect()

    run.threads(*[body] * T)
    run.check(told and all(told), "told of a living object", len(told))


@case
def sixteen_threads_collect(run):
    """gc.collect() on sixteen threads at once while each has objects of its own and shared ones."""
    shared = {}

    def body(rng):
        me = threading.get_ident()
        own = [[me, i] for i in range(500)]
        for i in range(run.n(6)):
            shared[me, i] = [me, i]
            weak = weakref.ref(type("C", (), {})())
            gc.collect()
            weak()
            if any(o != [me, k] for k, o in enumerate(own)) or any(shared[k] != list(k) for k in list(shared)):
                run.problem("an object was damaged")

    run.threads(*[body] * 16)
    run.check(all(list(k) == v for k, v in shared.items()), "shared objects")


@case
def fork_while_others_collect(run):
    """fork() while other threads collect: parent and child both go on, and collect."""
    import warnings

    warnings.simplefilter("ignore", DeprecationWarning)
    stop = threading.Event()
    kept = [[i, {i: [i]}] for i in range(5000)]

    def collect():
        while not stop.is_set():
            [[i] for i in range(1000)]
            gc.collect()

    ts = [threading.Thread(target=collect) for _ in range(3)]
    for t in ts:
        t.start()
    try:
        for _ in range(run.n(5)):
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    gc.collect()
                    made = [[i] for i in range(5000)]
                    gc.collect()
                    whole = all(k == [i, {i: [i]}] for i, k in enumerate(kept))
                    code = 0 if whole and sum(m[0] for m in made) == 12497500 else 2
                finally:
                    os._exit(code)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            run.check(code == 0, "the child ended with", code)
            gc.collect()
    finally:
        stop.set()
        for t in ts:
            t.join()
    run.check(all(k == [i, {i: [i]}] for i, k in enumerate(kept)), "damaged")


@case
def exit_while_others_collect(run):
    """A program ends while daemon threads collect and finalize: at once, with its code."""
    program = """
import gc, sys, threading
class F:
    def __init__(self): self.me = self
    def __del__(self): [[i] for i in range(50)]
def body():
    while True:
        F()
        gc.collect()
for _ in range(4):
    threading.Thread(target=body, daemon=True).start()
kept = [[i] for i in range(20000)]
gc.collect()
sys.exit(7)
"""
    import subprocess

    for _ in range(run.n(2)):
        done = subprocess.run([sys.executable, "-c", program], timeout=120, capture_output=True, text=True)
        run.check(done.returncode == 7, "ended with", done.returncode, done.stderr[-300:])


@case
def a_thread_in_native_code(run):
    """Threads that stay in native code for long, in a region or without polls, while others collect: nobody waits for ever."""
    data = bytes(range(256)) * 4096
    done = []

    def native(rng):
        for _ in range(run.n(2)):
            done.append(zlib.crc32(zlib.decompress(zlib.compress(data, 9))))
            done.append(hash(sum(sorted(range(20000), key=lambda x: -x))))
            pow(3, 1 << 14) // 7

    def collect(rng):
        for i in range(run.n(10)):
            [[k] for k in range(500)]
            gc.collect()

    run.threads(native, native, collect, collect)
    run.check(len(set(done)) == 2 and len(done) == 4 * run.n(2), "results", len(done))


if __name__ == "__main__":
    main()
