"""Measures one scaling kernel: `thread_driver.py KERNEL THREADS`, prints `seconds checksum` lines.

Kinds of kernels: `own`, `read`, `contended`: each of the threads does the work that one does
alone, so the efficiency is (time of 1) / (time of N). `queue`: two fixed forms, compared.
"""

import runpy
import sys
import threading
from time import perf_counter


def timed(module, threads, n):
    state = module["setup"](threads) if "setup" in module else None
    work = module["work"]
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
    if "finish" in module:
        return elapsed, module["finish"](state)
    return elapsed, results[0]


def main():
    module = runpy.run_path(sys.argv[1])
    threads = int(sys.argv[2])
    n = int(sys.argv[3]) if len(sys.argv) > 3 else module["N"]
    if module["KIND"] == "queue":
        form = module["one_thread"] if threads == 1 else module["two_threads"]
        start = perf_counter()
        check = form(n)
        elapsed = perf_counter() - start
    else:
        elapsed, check = timed(module, threads, n)
    print(f"{elapsed:.6f} {check}")


if __name__ == "__main__":
    main()
