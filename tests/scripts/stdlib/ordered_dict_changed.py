"""OrderedDict says when what it calls has changed it; a copy of a subclass is made without arguments."""

from collections import OrderedDict


class Key:
    """Equal to its like; the second comparison has an effect."""

    compared = 0
    effect = None

    def __hash__(self):
        return 7

    def __eq__(self, other):
        Key.compared += 1
        if Key.compared == 2:
            Key.effect()
        return self.__class__ == other.__class__


def compared(effect):
    Key.compared, Key.effect = 0, lambda: None
    first, second = OrderedDict.fromkeys((0, Key(), 4.2)), OrderedDict.fromkeys((0, Key(), 4.2))
    Key.compared, Key.effect = 0, lambda: effect(first)
    try:
        return first == second, len(first)
    except RuntimeError as e:
        return str(e), len(first)


def clear(d):
    d.clear()


def refill(d):
    d.clear()
    d["a"] = d["b"] = d["c"] = 1


def delete(d):
    del d[0]


def nothing(d):
    pass


for effect in (clear, refill, delete, nothing):
    print(effect.__name__, *compared(effect))


class Clears(OrderedDict):
    def __getitem__(self, key):
        source.clear()
        return "v"


source = Clears([(1, "v1"), (2, "v2")])
try:
    source.copy()
except RuntimeError as e:
    print(e)


class Made(OrderedDict):
    def __init__(self, *args):
        super().__init__(*args)
        self.made_with = len(args)

    def __getitem__(self, key):
        return ("got", super().__getitem__(key))


m = Made({"a": 1, "b": 2}).copy()
print(type(m).__name__, m.made_with, list(m.items()), m["a"])
plain = OrderedDict(x=1, y=2)
plain.move_to_end("x")
print(plain.copy(), plain.copy() == plain, plain.copy() is plain)


class Missing(OrderedDict):
    def __missing__(self, key):
        return 0


m = Missing(a=1)
print(m["b"], m.pop("a"), m.pop("a", 6))
try:
    m.pop("a")
except KeyError as e:
    print("KeyError", e)


# What other threads do meanwhile is no error: comparisons and copies are of one moment.
import threading


class Sub(OrderedDict):
    pass


def changes(d, stop):
    n = 0
    while not stop.is_set():
        d[f"new {n}"] = n
        del d[f"new {n}"]
        n += 1


for kind in (OrderedDict, Sub):
    d = kind((f"key {n}", n) for n in range(50))
    stop = threading.Event()
    thread = threading.Thread(target=changes, args=(d, stop))
    thread.start()
    for _ in range(300):
        other = d.copy()
        assert list(other)[:50] == [f"key {n}" for n in range(50)] and len(other) in (50, 51), len(other)
        assert (d == other) in (True, False)
    stop.set()
    thread.join()
    print(kind.__name__, d == kind((f"key {n}", n) for n in range(50)))
