# Heaps of simple and of other items: the same order, the same comparisons, the same errors.
import heapq
import random

r = random.Random(3)
print(heapq.heappush.__module__)


class Item:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        asked.append((self.v, other.v))
        return self.v < other.v


asked = []


def layouts(make):
    heap, out = [], []
    for _ in range(60):
        heapq.heappush(heap, make())
    out.append([str(getattr(x, "v", x)) for x in heap])
    for _ in range(20):
        heapq.heappop(heap)
    out.append([str(getattr(x, "v", x)) for x in heap])
    for _ in range(10):
        heapq.heapreplace(heap, make())
        heapq.heappushpop(heap, make())
    out.append([str(getattr(x, "v", x)) for x in heap])
    rest = [heapq.heappop(heap) for _ in range(len(heap))]
    out.append([str(getattr(x, "v", x)) for x in rest])
    return out


for make in (
    lambda: r.randrange(30),
    lambda: r.random(),
    lambda: str(r.randrange(40)),
    lambda: (r.randrange(8), r.randrange(100)),
    lambda: (r.randrange(4), "x" * r.randrange(5)),
    lambda: [r.randrange(8), r.randrange(9)],
    lambda: r.choice([1, 2.5, True, 10**20]),
    lambda: Item(r.randrange(20)),
):
    for line in layouts(make):
        print(line)
print(len(asked), asked[:10])
for f in (
    lambda: heapq.heappop([]),
    lambda: heapq.heapreplace([], 1),
    lambda: heapq.heappushpop([], 5),
    lambda: heapq.heappush((), 1),
    lambda: heapq.heappush([1], "a"),
    lambda: heapq.heappop([3, "a", 4]),
    lambda: heapq.heappush([(1, None)], (1, None)),
    lambda: heapq.heappush([1]),
    lambda: heapq.heappop([9]),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
h = [1]
try:
    heapq.heappush(h, "a")
except TypeError:
    print(h)
h = [1, 2, "a"]
try:
    heapq.heappop(h)
except TypeError:
    print(h)


class Own(list):
    pass


h = Own([5, 1, 4])
heapq.heapify(h)
heapq.heappush(h, 0)
print(h, heapq.heappop(h), type(h).__name__)
data = [r.randrange(1000) for _ in range(300)]
print(heapq.nsmallest(5, data), heapq.nlargest(5, data), heapq.nlargest(3, data, key=lambda x: -x), list(heapq.merge([1, 4], [2, 3])))
print(max(data), min(data), sum(data), max((1, 2), (1, 3)), max([0.5, 1, True]), min(["b", "a"]), sum([1 << 61, 1 << 61]), sum([1.5, 2]), sum([], 5), sum((1, 2), 0.5))
h = []
for x in data:
    heapq.heappush_max(h, x)
print([heapq.heappop_max(h) for _ in range(5)])
