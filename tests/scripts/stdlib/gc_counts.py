"""The number that gc.collect() returns: objects in cycles and what they hold, not what reference counts free."""

import gc
import os

# These modes collect all the time, or share objects, which then are not counted.
STRESSED = os.environ.get("PROTOPYTHON_DEBUG", "").startswith(("gc-stress", "promote-stress"))


class Node:
    def __init__(self):
        self.next = None


def rings(n, length):
    for _ in range(n):
        first = node = Node()
        for _ in range(length - 1):
            node.next = Node()
            node = node.next
        node.next = first


def lists(n):
    for _ in range(n):
        a = []
        a.append(a)


def held(n):
    for _ in range(n):
        a = [[1], {2: [3]}, "text", 10**30, 2.5]
        a.append(a)


def chains(n):
    for _ in range(n):
        a = [[[[1]]], {"k": [2]}]
        b = Node()
        b.next = a


def about(n, expected):
    # A reference or two may be found on a stack that was left.
    return STRESSED or expected * 0.97 <= n <= expected * 1.03


gc.collect()
for make, each in ((lambda: rings(100, 10), 1000), (lambda: lists(300), 300), (lambda: held(200), 800)):
    gc.disable()
    make()
    n = gc.collect()
    gc.enable()
    print(about(n, each) or n)
chains(1000)
n = gc.collect()
print(n < 50 or n)

seen = []
gc.callbacks.append(lambda phase, info: seen.append((phase, info["collected"] > 250 or STRESSED and phase == "stop", info["generation"])))
lists(300)
gc.collect()
gc.callbacks.clear()
print(seen, gc.get_stats()[2]["collected"] > 2000 or STRESSED)


# The same beside other threads, and in one.
import threading

stop = threading.Event()
others = [threading.Thread(target=stop.wait) for _ in range(2)]
for t in others:
    t.start()
told = []


def count():
    gc.collect()
    lists(300)
    told.append(about(gc.collect(), 300))


count()
worker = threading.Thread(target=count)
worker.start()
worker.join()
stop.set()
print(told)
