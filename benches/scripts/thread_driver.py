"""Measures one scaling kernel: `thread_driver.py KERNEL.py THREADS [N]`, prints `seconds checksum`.

Kinds of kernels: `own`, `read`, `contended`: each of the threads does the work that one does
alone, so the efficiency is (time of 1) / (time of N). `queue`: two fixed forms, compared.
"""

import sys
import threading
from time import perf_counter


def load(path):
    folder, _, name = path.rpartition("/")
    sys.path.insert(0, folder or ".")
    return __import__(name.removesuffix(".py"))


def timed(module, threads, n):
    """The work on `threads` threads: (seconds, checksum)."""
    state = module.setup(threads) if hasattr(module, "setup") else None
    work = module.work
    results = [None] * threads
    ready = threading.Barrier(threads + 1)

    def body(index):
        ready.wait()
        results[index] = work(n, state, index)

    pool = [threading.Thread(target=body, args=(i,)) for i in range(threads)]
    for t in pool:
        t.start()
    ready.wait()
    start = perf_counter()
    for t in pool:
        t.join()
    elapsed = perf_counter() - start
    if hasattr(module, "finish"):
        done = module.finish(state)
        # Per thread, so that no lost update goes unseen and the checksum is that of one thread.
        return elapsed, done // threads if done % threads == 0 else f"lost updates: {done}"
    return elapsed, results[0]


def main():
    module = load(sys.argv[1])
    threads = int(sys.argv[2])
    n = int(sys.argv[3]) if len(sys.argv) > 3 else module.N
    if module.KIND == "queue":
        form = module.one_thread if threads == 1 else module.two_threads
        start = perf_counter()
        check = form(n)
        elapsed = perf_counter() - start
    else:
        elapsed, check = timed(module, threads, n)
    print(f"{elapsed:.6f} {check}")


main()
