"""Mixes allocation, sharing, queues, class mutation, weak references and thread churn: `soak.py SECONDS THREADS`.

Rounds of the same length, each on fresh threads. After a round everything is dropped and collected; what is left must
stay the same. Exit status 1 if a result is wrong or memory grows. `sys._gc_stats` is used where it exists.
"""

import gc
import queue
import random
import sys
import threading
import weakref
from time import perf_counter, perf_counter_ns

ROUNDS = 12
# The least that is left within a window of rounds counts, since a word on a stack that looks like a pointer may keep something for
# a round. The first window is for caches and free lists to fill.
WINDOW = 3
GROWTH = 1.10
# Growth that ends, a buffer that doubled, is none: what grew beyond the allowed part must go on growing in more rounds.
MORE = 2 * WINDOW
# What the size of blocks and of thread stacks may add: bytes.
SLACK = {"live": 0, "held": 8 << 20, "resident": 16 << 20}
SHARED_OBJECTS = 1_000_000

stats = getattr(sys, "_gc_stats", None)
own_pauses = getattr(sys, "_gc_own_pauses", None)
# Pauses of the threads that share nothing: {clock: {end of the bucket in ns: count}}.
private_pauses = {"wall": {}, "cpu": {}}


def check(condition, what):
    """Not `assert`: that is left out under -O."""
    if not condition:
        raise RuntimeError(what)


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def tree(depth):
    return Node(tree(depth - 1), tree(depth - 1)) if depth else Node(None, None)


def count(node):
    return 1 if node.left is None else 1 + count(node.left) + count(node.right)


class Mutated:
    """Its method is replaced by all threads all the time."""

    version = 0

    def answer(self):
        return 0


class Finalized:
    lock = threading.Lock()
    made = 0
    gone = 0

    def __init__(self):
        with Finalized.lock:
            Finalized.made += 1

    def __del__(self):
        with Finalized.lock:
            Finalized.gone += 1


class Round:
    """What the threads of one round share."""

    def __init__(self):
        self.lock = threading.Lock()
        self.total = 0
        self.table = {}
        self.log = []
        self.objects = [Mutated() for _ in range(8)]
        self.called = 0
        self.errors = []
        self.operations = 0
        self.stop = False


def allocate(shared, rng):
    depth = rng.randrange(4, 9)
    check(count(tree(depth)) == 2 ** (depth + 1) - 1, "nodes of a tree")
    n = rng.randrange(100, 400)
    lists = [[i] * (i % 7) for i in range(n)]
    check(sum(map(len, lists)) == sum(i % 7 for i in range(n)), "lengths of lists")
    names = {f"name {i}": str(i) for i in range(n)}
    check(all(names[f"name {i}"] == str(i) for i in range(0, n, 9)), "values of a dict")
    text = ",".join(names.values())
    check(text.split(",") == list(names.values()), "a split text")
    return 4 * n


def share(shared, rng):
    me = threading.get_ident()
    for i in range(40):
        shared.table[me, i] = [me, i]
        shared.log.append((me, i))
        with shared.lock:
            shared.total += 1
    for i in range(40):
        check(shared.table.pop((me, i)) == [me, i], "an entry of the shared dict")
    # Appends of others go on meanwhile, so that only steps that are one will do: a copy, and the removal of single items.
    check(sum(entry[0] == me for entry in shared.log.copy()) == 40, "entries of the shared list")
    for i in range(40):
        shared.log.remove((me, i))
    return 160


def pipe(shared, rng):
    q, n = queue.Queue(16), 150
    out = []

    def consume():
        out.append(sum(q.get() for _ in range(n)))

    consumer = threading.Thread(target=consume)
    consumer.start()
    for i in range(n):
        q.put(i)
    consumer.join()
    check(out == [n * (n - 1) // 2], "the sum of a queue")
    return n


def mutate(shared, rng):
    value = rng.randrange(1 << 20)

    def answer(self):
        return value

    for obj in shared.objects:
        check(isinstance(obj.answer(), int), "a replaced method")
    Mutated.answer = answer
    Mutated.version += 1

    class Local(Mutated):
        def answer(self):
            return -1

    check(Local().answer() == -1, "an overriding method")
    Local.answer = answer
    check(Local().answer() == value, "a method of an own class, just replaced")
    return 20


def churn(shared, rng):
    out = []
    threads = [threading.Thread(target=lambda k=k: out.append(count(tree(k % 6)))) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(sorted(out) == [1, 3, 7, 15], "results of short threads")
    return 4


def forget(shared, rng):
    def gone(ref):
        with shared.lock:
            shared.called += 1

    objects = [Finalized() for _ in range(20)]
    refs = [weakref.ref(o, gone) for o in objects]
    ring = [objects, refs]
    ring.append(ring)
    check(all(r() is o for r, o in zip(refs, objects)), "weak references to the living")
    return 20


TASKS = [allocate, allocate, allocate, share, pipe, mutate, churn, forget]


def work(shared, seed):
    rng = random.Random(seed)
    done = 0
    try:
        while not shared.stop:
            done += rng.choice(TASKS)(shared, rng)
    except Exception as e:
        shared.errors.append(repr(e))
        shared.stop = True
    with shared.lock:
        shared.operations += done


def private(shared, gaps):
    """A thread that shares nothing: allocates, and counts its standstills by power of two of nanoseconds."""
    last = perf_counter_ns()
    while not shared.stop:
        held = [[i, (i, i)] for i in range(50)]
        now = perf_counter_ns()
        gaps[(now - last).bit_length()] += 1
        last = now
    if own_pauses:
        for clock, counts in own_pauses().items():
            into = private_pauses[clock]
            for end, n in zip(counts[::2], counts[1::2]):
                into[end] = into.get(end, 0) + n
    return held


def quantile(counts, share):
    """Upper bound of a quantile of what `counts` counts by bit length."""
    seen = 0
    for bits, n in enumerate(counts):
        seen += n
        if n and seen >= sum(counts) * share:
            return 1 << bits
    return 0


def one_round(number, threads, seconds):
    shared = Round()
    gaps = [0] * 64
    pool = [threading.Thread(target=work, args=(shared, 1000 * number + i)) for i in range(threads)]
    pool.append(threading.Thread(target=private, args=(shared, gaps)))
    for t in pool:
        t.start()
    end = perf_counter() + seconds
    while perf_counter() < end and not shared.stop:
        threading.Event().wait(0.02)
    shared.stop = True
    for t in pool:
        t.join()
    check(not shared.errors, "; ".join(shared.errors))
    check(not shared.table and not shared.log, "something left in the shared containers")
    return shared.operations, quantile(gaps, 0.999) / 1000, quantile(gaps, 1.0) / 1000


def settle():
    """Drops what is unreachable, finalizers and what they release included."""
    # Native calls within each other write over what earlier ones left on the native stack, which is searched word by word.
    nested = []
    for _ in range(100):
        nested = [nested]
    repr(nested)
    for _ in range(3):
        gc.collect()


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096


def left():
    """Bytes live, held by the heap, resident."""
    heap = stats()["heap"] if stats else {"live": 0, "held": 0}
    return int(heap["live"]), int(heap["held"]), resident()


def pauses(kind):
    p = stats()[kind]
    return f"{int(p['count'])} (p50 {p['p50']:.0f}, p99 {p['p99']:.0f}, p99.9 {p['p99.9']:.0f}, max {p['max']:.0f} us)"


def private_target():
    """p99.9 of the pauses of the threads that shared nothing: stops of the world that they sat through included."""
    for clock, name in ("wall", "wall time"), ("cpu", "processor time (local collections only)"):
        counts = private_pauses[clock]
        total = sum(counts.values())
        if not total:
            continue
        figures = []
        for share in 0.5, 0.99, 0.999, 1.0:
            seen = 0
            for end in sorted(counts):
                seen += counts[end]
                if seen >= total * share:
                    figures.append(end / 1000)
                    break
        print(
            f"pauses of the private threads, {name}: {total} (p50 {figures[0]:.0f}, p99 {figures[1]:.0f},"
            f" p99.9 {figures[2]:.0f}, max {figures[3]:.0f} us)"
        )
        print(f"target: p99.9 under 1000 us: {'met' if figures[2] < 1000 else 'MISSED'} ({figures[2]:.0f})")


def million():
    """A global collection with a million shared objects alive, in parts."""
    held = [[i] for i in range(SHARED_OBJECTS)]
    t = threading.Thread(target=lambda: check(held[7] == [7], "a shared list"))
    t.start()
    t.join()
    best = None
    for _ in range(5):
        gc.collect()
        parts = stats()["last_global"]
        if best is None or sum(parts.values()) < sum(best.values()):
            best = parts
    text = ", ".join(f"{name} {us / 1000:.2f}" for name, us in best.items())
    print(f"global pause with {SHARED_OBJECTS} shared lists: {sum(best.values()) / 1000:.2f} ms ({text} ms)")
    return held


def windows(values):
    """The least of each window."""
    return [min(values[i : i + WINDOW]) for i in range(0, len(values) - WINDOW + 1, WINDOW)]


def grew(values, slack):
    """Whether the later windows are above the second by more than the allowed part."""
    parts = windows(values)
    return parts[-1] > parts[1] * GROWTH + slack


def goes_on(values, slack):
    """Whether it grows in each of the last windows, by at least half of what it grew on average."""
    parts = windows(values)
    average = (parts[-1] - parts[1]) / (len(parts) - 2)
    return grew(values, slack) and all(b - a > average / 2 for a, b in zip(parts[-3:], parts[-2:]))


def main():
    seconds, threads = float(sys.argv[1]), int(sys.argv[2])
    print(f"{threads} threads and a private one, {ROUNDS} rounds of {seconds / ROUNDS:.1f} s")
    print("round  operations/s  live KiB  held KiB  resident KiB   private thread's gaps: p99.9 < us, max < us")
    kept = {name: [] for name in SLACK}
    start = perf_counter()
    number = 0
    while number < ROUNDS or number < ROUNDS + MORE and any(grew(v, SLACK[name]) for name, v in kept.items()):
        before = perf_counter()
        operations, p999, longest = one_round(number, threads, seconds / ROUNDS)
        rate = operations / (perf_counter() - before)
        settle()
        now = left()
        print(
            f"{number:5} {rate:13.0f} {now[0] >> 10:9} {now[1] >> 10:9} {now[2] >> 10:13}"
            f" {p999:36.0f} {longest:7.0f}",
            flush=True,
        )
        for values, value in zip(kept.values(), now):
            values.append(value)
        number += 1
    print(f"{perf_counter() - start:.1f} s")
    failures = []
    made, gone = Finalized.made, Finalized.gone
    # What a stale word on a stack still names may stay.
    print(f"finalizers: {gone} of {made} objects")
    if made - gone > 100:
        failures.append(f"{made - gone} objects were not finalized")
    for name, values in kept.items():
        if goes_on(values, SLACK[name]):
            failures.append(f"{name} bytes grow without end: {windows(values)}")
    if stats:
        print("local collections:", pauses("local"))
        if stats()["local_cpu"]["count"]:
            print("their processor time:", pauses("local_cpu"))
        print("global collections:", pauses("global"))
        for kind, counts in sys._gc_pauses().items():
            parts = [f"{1 << i}-{2 << i} us: {n}" for i, n in enumerate(counts) if n]
            print(f"{kind} pauses: {', '.join(parts) or 'none'}")
        private_target()
        million()
    for failure in failures:
        print("FAILED:", failure)
    sys.exit(bool(failures))


main()
