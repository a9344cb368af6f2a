"""Everything that the collector shows can be looked at, from object to what holds it."""
import gc
import threading
import weakref


class Node:
    pass


def walk(o, depth, seen):
    if depth and id(o) not in seen:
        seen.add(id(o))
        for holder in gc.get_referrers(o):
            if type(holder) in (dict, list, tuple, set):
                repr(type(holder))
                shown.append(len(repr(holder)))
            walk(holder, depth - 1, seen)


shown = []
local = threading.local()
local.node = node = Node()
told = weakref.ref(node, print)
names = weakref.WeakValueDictionary(node=node)
walk(node, 4, set())
for o in gc.get_objects():
    if type(o) is dict:
        for key, value in o.items():
            type(key).__name__, type(value).__name__, type(value).__mro__
print(told() is node, len(shown) > 0)
