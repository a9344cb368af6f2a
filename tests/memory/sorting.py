"""A list that finds no room to be sorted keeps its items, whoever shares it and however they compare."""

import resource
import threading

COUNT = 4_000_000


def fill():
    """All memory but a few megabytes."""
    kept = []
    try:
        while True:
            kept.append(bytes(1 << 20))
    except MemoryError:
        del kept[-8:]
    return kept


def attempt(what, items, **how):
    kept = fill()
    try:
        items.sort(**how)
        outcome = "sorted"
    except MemoryError:
        outcome = "MemoryError"
    del kept
    print(what, outcome, len(items), items[:2], items[-2:])


resource.setrlimit(resource.RLIMIT_AS, (500 << 20, resource.getrlimit(resource.RLIMIT_AS)[1]))
items = list(range(COUNT, 0, -1))
attempt("with keys", items, key=lambda x: -x)
thread = threading.Thread(target=items.reverse)
thread.start()
thread.join()
items.reverse()
attempt("shared", items)
attempt("shared, with keys", items, key=lambda x: -x)
items.sort()
print(items[:3])
