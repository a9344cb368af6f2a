"""gc.collect() where there is no memory to count what it frees: it frees it, and the program goes on."""

import gc
import resource
import threading

resource.setrlimit(resource.RLIMIT_AS, (900 << 20, resource.RLIM_INFINITY))
LISTS = 1_500_000


def fill():
    """All memory but a few megabytes."""
    kept = []
    try:
        while True:
            kept.append(bytes(1 << 20))
    except MemoryError:
        del kept[-8:]
    return kept


def ring():
    first = last = []
    for _ in range(LISTS):
        last = [last]
    first.append(last)


def attempt(what):
    gc.collect()
    ring()
    kept = fill()
    n = gc.collect()
    del kept
    # Nothing, or everything.
    print(what, 0 <= n <= LISTS + 1, len([[i] for i in range(LISTS)]))


attempt("alone")
thread = threading.Thread(target=attempt, args=("in a thread",))
thread.start()
thread.join()
