"""Gaps in one thread's arithmetic loop while another thread holds many live lists.

`pauses.py SECONDS LISTS`: the other thread keeps LISTS lists alive and goes on replacing them, so
that its garbage must be collected again and again; 0 means there is no other thread (the noise of
the machine). Prints `iterations median p99 p999 max replaced` (gaps in microseconds) and, where the
interpreter counts them, the lengths of its collections' own pauses.
"""

import sys
import threading
from time import perf_counter_ns


class Shared:
    stop = False
    replaced = 0


def hold(count, ready):
    held = [[i, i + 1] for i in range(count)]
    ready.set()
    i = 0
    while not Shared.stop:
        for _ in range(10000):
            held[i] = [i, [i]]
            i += 1
            if i == count:
                i = 0
        Shared.replaced += 10000


def measure(seconds):
    """Gaps between the ends of neighbouring stretches of arithmetic, in ns."""
    gaps = []
    end = perf_counter_ns() + int(seconds * 1e9)
    last = perf_counter_ns()
    x = 1
    while last < end:
        for _ in range(200):
            x = (x * 75 + 74) % 65537
        now = perf_counter_ns()
        gaps.append(now - last)
        last = now
    return gaps


def show_collections():
    """Histograms of collections by the length of their pause, as `sys._gc_pauses` counts them."""
    for kind, counts in sys._gc_pauses().items():
        parts = [f"{1 << i}-{2 << i} us: {n}" for i, n in enumerate(counts) if n]
        print(f"{kind} collections: {', '.join(parts) or 'none'}")


def main():
    seconds = float(sys.argv[1])
    count = int(sys.argv[2])
    if count:
        ready = threading.Event()
        holder = threading.Thread(target=hold, args=(count, ready))
        holder.start()
        ready.wait()
    gaps = measure(seconds)
    Shared.stop = True
    if count:
        holder.join()
    gaps.sort()
    n = len(gaps)

    def at(share):
        return gaps[min(n - 1, int(n * share))] / 1000

    print(f"{n} {at(0.5):.1f} {at(0.99):.1f} {at(0.999):.1f} {gaps[-1] / 1000:.1f} {Shared.replaced}")
    if hasattr(sys, "_gc_pauses"):
        show_collections()


main()
