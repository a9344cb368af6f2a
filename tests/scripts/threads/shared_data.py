# Shared lists, dicts, sets, objects: the operations that Python promises to be atomic lose nothing.
import threading

N = 2000
T = 4


def run(f):
    ts = [threading.Thread(target=f, args=(i,)) for i in range(T)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()


shared = []
run(lambda i: [shared.append((i, k)) for k in range(N)])
print(len(shared), sorted(shared) == [(i, k) for i in range(T) for k in range(N)])
for i in range(T):
    mine = [k for j, k in shared if j == i]
    if mine != list(range(N)):
        print("order lost")
d = {}


def fill(i):
    for k in range(N):
        d[i, k] = k


run(fill)
print(len(d), sum(d.values()))


def drain(i):
    for k in range(N):
        if d.pop((i, k)) != k:
            print("wrong")


run(drain)
print(d)
s = set()
run(lambda i: [s.add(k) for k in range(N)])
print(len(s), sum(s))
stack = list(range(T * N))
taken = [[] for _ in range(T)]


def take(i):
    while True:
        try:
            taken[i].append(stack.pop())
        except IndexError:
            return


run(take)
print(sum(map(len, taken)), sorted(x for l in taken for x in l) == list(range(T * N)))
words = {}


def setdefaults(i):
    for k in range(N):
        words.setdefault(k % 100, []).append(i)


run(setdefaults)
print(len(words), sum(map(len, words.values())))


class Node:
    def __init__(self, v):
        self.v = v
        self.next = None


head = Node(0)


def attrs(i):
    for k in range(N):
        setattr(head, f"a{i}_{k % 50}", k)


run(attrs)
print(sum(1 for n in vars(head) if n.startswith("a")), head.a0_49 == N - 1 or head.a0_49)


class Counter:
    total = 0
    lock = threading.Lock()


def count(i):
    for _ in range(N):
        with Counter.lock:
            Counter.total += 1


run(count)
print(Counter.total)
lists = [[] for _ in range(10)]


def extend(i):
    for k in range(100):
        lists[k % 10].extend([i] * 5)


run(extend)
print(sum(map(len, lists)), {len(l) for l in lists})
big = {i: str(i) for i in range(1000)}
bad = []


def reader(i):
    if i == 0:
        for r in range(20):
            for k in range(1000):
                big[k] = str(k)
            big[f"extra{r}"] = "x"
    else:
        for _ in range(20):
            for k in range(1000):
                if big[k] != str(k):
                    bad.append(k)
            if len(list(big)) < 1000:
                bad.append("short")


run(reader)
print(bad, len(big))


class LikeName:
    """Equal to one string."""

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        return other == self.name or isinstance(other, LikeName) and other.name == self.name


def stored_again():
    """A shared dict's keys that end and come back, as strings and as what equals them."""
    import types

    module = types.ModuleType("module")
    names = {}
    thread = threading.Thread(target=lambda: (len(names), module.__name__))
    thread.start()
    thread.join()
    space = module.__dict__
    for d in names, space:
        d["key"] = 1
        del d["key"]
        d[LikeName("key")] = 2
        print(d["key"], "key" in d, d.get("key"), len(d) - len(space) if d is names else "")
        d["key"] = 3
        print(d[LikeName("key")], [type(k).__name__ for k in d if k == "key"])
        del d["key"]
        print("key" in d, LikeName("key") in d)
    module.key = 4
    print(module.key, space.get("key"), space[LikeName("key")], list(space)[-1])
    for i in range(50):
        names[LikeName("a")] = i
        names["a"] = -i
        module.b = i
        assert names.pop(LikeName("a")) == -i and space.pop("b") == i
    print(len(names), names, hasattr(module, "b"))


stored_again()
