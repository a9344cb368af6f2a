# Objects crossing threads while all of them allocate: nothing is lost, nothing is mixed up.
import gc
import queue
import threading
import weakref


class Node:
    __slots__ = ("value", "left", "right", "__weakref__")

    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right


def tree(depth, base):
    if depth == 0:
        return Node(base)
    return Node(base, tree(depth - 1, base * 2), tree(depth - 1, base * 2 + 1))


def total(node):
    return 0 if node is None else node.value + total(node.left) + total(node.right)


expected = total(tree(8, 1))
q = queue.Queue(4)
sums = []


def produce():
    for _ in range(30):
        q.put(tree(8, 1))
        garbage = [[i] for i in range(2000)]
    q.put(None)


def consume():
    while (t := q.get()) is not None:
        sums.append(total(t))
        t.left = tree(3, 1)
        junk = {i: [i] for i in range(500)}


a, b = threading.Thread(target=produce), threading.Thread(target=consume)
a.start()
b.start()
a.join()
b.join()
print(len(sums), set(sums) == {expected})
shared = {}
stop = threading.Event()
wrong = []


def writer(name):
    for i in range(300):
        shared[name] = [name, i, {"i": i, "text": f"{name}{i}"}, (i, [i])]


def reader():
    while not stop.is_set():
        for name in list(shared):
            n, i, d, t = shared[name]
            if n != name or d["i"] != i or d["text"] != f"{name}{i}" or t != (i, [i]):
                wrong.append((n, i))
        [str(k) * 10 for k in range(200)]


readers = [threading.Thread(target=reader) for _ in range(2)]
writers = [threading.Thread(target=writer, args=(n,)) for n in "abc"]
for t in readers + writers:
    t.start()
for t in writers:
    t.join()
stop.set()
for t in readers:
    t.join()
print(wrong, sorted(shared), [shared[n][1] for n in "abc"])
cycles = []


def make_cycles():
    for i in range(200):
        x, y = [i], [i]
        x.append(y)
        y.append(x)
        if i % 50 == 0:
            cycles.append(x)
            gc.collect()


ts = [threading.Thread(target=make_cycles) for _ in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(len(cycles), all(c[1][1] is c and c[0] == c[1][0] for c in cycles))
n = Node("kept")
r = weakref.ref(n)
out = []
t = threading.Thread(target=lambda: out.append(r().value))
t.start()
t.join()
print(out, r() is n)
del n
gc.collect()
print(r())
finalized = []


class F:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        finalized.append(self.n)


def drop():
    for i in range(100):
        F(i)
    gc.collect()


t = threading.Thread(target=drop)
t.start()
t.join()
gc.collect()
print(sorted(finalized) == list(range(100)))
big = list(range(100000))
res = []
ts = [threading.Thread(target=lambda: res.append(sum(big))) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(set(res))
