"""Makes and drops classes, code, attribute names, modules, files, threads: `churn.py ROUNDS`, or `churn.py --count N KIND...`.

Nothing of what is dropped may stay: each kind is churned on its own, in rounds of a fixed number of steps, and once the first
rounds have warmed it up the process may not grow. Exit status 1 if it does. With `--count`, N steps of each KIND (of all, if none
is named) and the resident size before and after.
"""

import collections
import dataclasses
import gc
import os
import sys
import tempfile
import threading
import time
import weakref

# Rounds that may fill caches and free lists before growth counts.
WARM_UP = 2
# What the size of blocks, stacks and the C library's own pools may add to a kind, whatever its rounds.
SLACK = 2 << 20
def classes(n, start):
    """A class with a method and an instance: its shapes and native record."""
    for i in range(n):
        class Dropped:
            def method(self):
                return i

        assert Dropped().method() == i


def texts(n, start):
    """A text that `eval` has not seen."""
    for i in range(start, start + n):
        assert eval(f"{i} + 1") == i + 1


def compiled(n, start):
    """A function made by `exec` of a new text: its code and its module's."""
    for i in range(start, start + n):
        space = {}
        exec(f"def f(x):\n    return x + {i}\n", space)
        assert space["f"](1) == i + 1


def attributes(n, start):
    """A new attribute name, on an object of its own: the name and its shapes."""
    class Holder:
        pass

    for i in range(start, start + n):
        holder = Holder()
        setattr(holder, f"name_{i}", i)
        assert getattr(holder, f"name_{i}") == i
        delattr(holder, f"name_{i}")


def names(n, start):
    """An interned string."""
    for i in range(start, start + n):
        sys.intern(f"interned string number {i}")


def lambdas(n, start):
    """A function that `eval` makes."""
    for i in range(start, start + n):
        assert eval(f"lambda x: x + {i}")(1) == i + 1


def tuples(n, start):
    """A class of named tuples: code made from text, too."""
    for i in range(n):
        pair = collections.namedtuple("Pair", "first second")
        assert pair(i, 2).first == i


def records(n, start):
    """A data class, whose methods are made from text."""
    for i in range(n):
        @dataclasses.dataclass
        class Record:
            number: int
            name: str = ""

        assert Record(i) == Record(i)


def modules(n, start):
    """A module that is imported from a file, and dropped."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "dropped.py")
        sys.path.insert(0, folder)
        sys.dont_write_bytecode = True
        with open(path, "w") as f:
            f.write("class Inside:\n    def value(self):\n        return NUMBER\n\n\nNUMBER = 17\n")
        for i in range(n):
            import dropped

            assert dropped.Inside().value() == 17
            del sys.modules["dropped"], dropped
        sys.path.remove(folder)


def values(n, start):
    """Known attribute names, known classes, texts as data: nothing stays."""
    class Holder:
        pass

    for i in range(n):
        holder = Holder()
        holder.a, holder.b, holder.c = i, str(i), [i]
        holder.self = holder
        holder.__dict__[f"x{i % 10}"] = i
        weakref.ref(holder)


def files(n, start):
    """Files that are written, read and closed, or just dropped."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        for i in range(n):
            with open(path, "w") as f:
                f.write(str(i) * 50)
            with open(path) as f:
                assert f.read() == str(i) * 50
            r, w = os.pipe()
            os.write(w, b"x")
            assert os.read(r, 1) == b"x"
            os.close(r)
            os.close(w)


def threads(n, start):
    """Threads that end, some of them joined."""
    done = []
    for i in range(n):
        t = threading.Thread(target=done.append, args=(i,))
        t.start()
        if i % 3 == 0:
            t.join()
    while len(done) < n:
        threading.Event().wait(0.001)
    for t in threading.enumerate():
        if t is not threading.current_thread():
            t.join()


# Steps of a round.
KINDS = {
    classes: 3000,
    texts: 3000,
    lambdas: 3000,
    compiled: 2000,
    attributes: 10000,
    names: 20000,
    tuples: 300,
    records: 100,
    modules: 300,
    values: 2000,
    files: 500,
    threads: 250,
}


def resident():
    gc.collect()
    gc.collect()
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def rounds(number):
    failures = []
    print(f"churn: {number} rounds; bytes that stay per step")
    for kind, steps in KINDS.items():
        sizes, opened = [], descriptors()
        for i in range(number):
            kind(steps, i * steps + 1_000_000)
            sizes.append(resident())
        grown = sizes[-1] - sizes[WARM_UP - 1]
        measured = steps * (number - WARM_UP)
        print(f"{kind.__name__:12} {grown / measured:8.0f}  resident {sizes[-1] >> 10:8} KiB", flush=True)
        if grown > SLACK:
            failures.append(f"{kind.__name__}: {grown} bytes stay of {measured} steps")
        if descriptors() > opened:
            failures.append(f"{kind.__name__}: {descriptors() - opened} descriptors stay open")
    for failure in failures:
        print("FAILED:", failure)
    sys.exit(bool(failures))


def count(steps, names):
    for kind in [k for k in KINDS if not names or k.__name__ in names]:
        kind(min(steps, KINDS[kind]), 1_000_000)
        before, start = resident(), time.perf_counter()
        kind(steps, 10_000_000)
        seconds, after = time.perf_counter() - start, resident()
        print(
            f"{kind.__name__:12} {steps:9} steps  {before >> 10:8} -> {after >> 10:8} KiB  {(after - before) / steps:8.1f} bytes a step"
            f"  {seconds:7.1f} s",
            flush=True,
        )


def main():
    if sys.argv[1:2] == ["--count"]:
        return count(int(sys.argv[2]), sys.argv[3:])
    # Sharing begins here, not in the middle of a measurement.
    t = threading.Thread(target=int)
    t.start()
    t.join()
    rounds(max(int(sys.argv[1]) if len(sys.argv) > 1 else 6, WARM_UP + 2))


main()
