# Classes, closures, generators, modules used and changed by several threads.
import threading
from collections import Counter, OrderedDict, defaultdict, deque
from functools import lru_cache


def run(f, n=4):
    errors = []

    def body(i):
        try:
            f(i)
        except Exception as e:
            errors.append(repr(e))

    ts = [threading.Thread(target=body, args=(i,)) for i in range(n)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    if errors:
        print("errors", errors)


class Shape:
    registry = {}

    def __init_subclass__(cls):
        Shape.registry[cls.__name__] = cls

    def area(self):
        return 1

    @property
    def double(self):
        return self.area() * 2

    @classmethod
    def make(cls):
        return cls()

    @staticmethod
    def helper(x):
        return x + 1


def define(i):
    for k in range(20):
        type(f"S{i}_{k}", (Shape,), {"area": lambda self, k=k: k})


run(define)
print(len(Shape.registry), sum(c().area() for c in Shape.registry.values()), Shape.registry["S1_7"].make().double)
s = Shape()
stop = threading.Event()
bad = []


def caller(i):
    if i == 0:
        for k in range(200):
            Shape.area = lambda self, k=k: k + 1
            Shape.extra = k
        stop.set()
    else:
        last = 0
        while not stop.is_set():
            v = s.area()
            if v < last:
                bad.append((last, v))
            last = v
            s.double, Shape.helper(1), getattr(s, "extra", None)


run(caller)
print(bad, s.area())


def closure_maker():
    n = 0
    lock = threading.Lock()

    def add():
        nonlocal n
        with lock:
            n += 1
        return n

    return add, lambda: n


add, get = closure_maker()
run(lambda i: [add() for _ in range(500)])
print(get())


def numbers():
    yield from range(10**6)


g = numbers()
glock = threading.Lock()
got = []


def draw(i):
    for _ in range(300):
        with glock:
            got.append(next(g))


run(draw)
print(sorted(got) == list(range(1200)))


@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


values = []
run(lambda i: values.append(fib(150)))
print(set(values))
dq = deque()
run(lambda i: [dq.append(k) for k in range(1000)])
print(len(dq), sum(dq))
popped = []
run(lambda i: [popped.append(dq.popleft()) for _ in range(1000)])
print(len(dq), len(popped), sum(popped))
import itertools

c = itertools.count()
drawn = [[] for _ in range(4)]
run(lambda i: drawn[i].extend(next(c) for _ in range(500)))
print(sorted(x for l in drawn for x in l) == list(range(2000)))
interned = []
run(lambda i: interned.append([("key" + str(k)) for k in range(200)]))
print(all(l == interned[0] for l in interned))
mods = []


def importer(i):
    import colorsys
    import string

    mods.append((colorsys, string))


run(importer)
print(len(set(map(id, (m[0] for m in mods)))), len(mods))
od = OrderedDict()
lk = threading.Lock()


def ordered(i):
    for k in range(200):
        with lk:
            od[i, k] = k
            if k % 2:
                od.move_to_end((i, 0))


run(ordered)
print(len(od))
