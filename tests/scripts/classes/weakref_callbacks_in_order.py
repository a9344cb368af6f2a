"""Callbacks of objects that die at about the same time come in the order of the objects, for each its newest reference first: a list of
references, from which each is removed, is not searched to its end."""

import gc
import logging
import os
import threading
import weakref


# Random sharing splits the objects among two queues, each in its order.
shares = "promote-stress" in os.environ.get("PROTOPYTHON_DEBUG", "")


class Object:
    def __init__(self, name):
        self.name = name


def die(shared):
    told = []
    objects = [Object(i) for i in range(2000)]
    if shared:
        seen = []
        t = threading.Thread(target=lambda: seen.append(len(objects)))
        t.start()
        t.join()
    refs = []
    for o in objects:
        refs.append(weakref.ref(o, lambda r, i=o.name: told.append((i, 1))))
    for o in objects[::100]:
        refs.append(weakref.ref(o, lambda r, i=o.name: told.append((i, 2))))
    del o
    for i in range(len(objects)):
        objects[i] = None
    gc.collect()
    gc.collect()
    # A word on the native stack may hold an object a little longer.
    late = len(refs) - len(told)
    order = [i for i, _ in told]
    print(late < 10, shares or sum(a > b for a, b in zip(order, order[1:])) < 10,
          shares or sum(told[k - 1] == (i, 2) for k, (i, n) in enumerate(told) if n == 1 and i % 100 == 0) > 10)


die(False)
die(True)

# Each handler's reference removes itself from a list.
kept = [logging.Handler() for _ in range(3000)]
n = len(logging._handlerList)
del kept
gc.collect()
print(n - len(logging._handlerList) > 2900)
