"""Makes and drops classes, code, attribute names, files, threads: `churn.py ROUNDS`.

What is not freed yet is known (COMPATIBILITY.md): so much for each class, text, name. Each kind is churned on its own, in rounds of a
fixed number of steps, and the process may grow by no more than that; what leaves nothing behind may not grow at all. Exit status 1
if it does.
"""

import gc
import os
import sys
import tempfile
import threading
import weakref

# Rounds that may fill caches and free lists before growth counts.
WARM_UP = 2
# What the size of blocks, stacks and the C library's own pools may add to a kind, whatever its rounds.
SLACK = 2 << 20
# Known figures are rounded, and pages are only freed whole.
MARGIN = 1.5


def classes(n, start):
    """A class with a method and an instance: its shapes and native record."""
    for i in range(n):
        class Dropped:
            def method(self):
                return i

        assert Dropped().method() == i


def texts(n, start):
    """A text that `eval` has not seen: 1 KB."""
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
    """An interned string: 120 bytes."""
    for i in range(start, start + n):
        sys.intern(f"interned string number {i}")


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
        for i in range(n // 4):
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
    for i in range(n // 8):
        t = threading.Thread(target=done.append, args=(i,))
        t.start()
        if i % 3 == 0:
            t.join()
    while len(done) < n // 8:
        threading.Event().wait(0.001)
    for t in threading.enumerate():
        if t is not threading.current_thread():
            t.join()


# Name: bytes that a step may leave behind.
KINDS = {
    classes: 300,
    texts: 1000,
    compiled: 3000,
    attributes: 400,
    names: 120,
    values: 0,
    files: 0,
    threads: 0,
}
STEPS = 2000


def resident():
    gc.collect()
    gc.collect()
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def main():
    rounds = max(int(sys.argv[1]) if len(sys.argv) > 1 else 6, WARM_UP + 2)
    # Sharing begins here, not in the middle of a measurement.
    t = threading.Thread(target=int)
    t.start()
    t.join()
    failures = []
    print(f"churn: {rounds} rounds of {STEPS} steps; bytes that stay per step")
    for kind, known in KINDS.items():
        sizes, opened = [], descriptors()
        for number in range(rounds):
            kind(STEPS, number * STEPS + 1_000_000)
            sizes.append(resident())
        steps = STEPS * (rounds - WARM_UP)
        grown = sizes[-1] - sizes[WARM_UP - 1]
        allowed = int(known * MARGIN * steps) + SLACK
        print(f"{kind.__name__:12} {grown / steps:8.0f}  known {known:5}  resident {sizes[-1] >> 10:8} KiB", flush=True)
        if grown > allowed:
            failures.append(f"{kind.__name__}: {grown} bytes stay of {steps} steps, {allowed} are allowed")
        if descriptors() > opened:
            failures.append(f"{kind.__name__}: {descriptors() - opened} descriptors stay open")
    for failure in failures:
        print("FAILED:", failure)
    sys.exit(bool(failures))


main()
