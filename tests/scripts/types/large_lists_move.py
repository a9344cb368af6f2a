# Large containers that have survived collections are changed in every way, with values that have not, while young
# collections run: no value may be lost or exchanged.
import random
from bisect import insort
from collections import OrderedDict, deque


class Item:
    __slots__ = ("n",)

    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n

    def __eq__(self, other):
        return self.n == other.n

    __hash__ = None


def garbage(n=20):
    return [[] for _ in range(n)]


def queue_in_a_list():
    q, taken = [], 0
    for n in range(8000):
        q.append([n])
        q.append([n])
        x = q.pop(0)
        assert x == [taken // 2], (taken, x)
        taken += 1
        garbage(10)
    assert [x[0] for x in q] == [i // 2 for i in range(taken, 16000)]
    print("queue", len(q))


def every_edit(seed, size):
    r = random.Random(seed)
    l = [[i] for i in range(size)]
    shadow = list(range(size))
    counter = size
    for step in range(1500):
        at = r.randrange(len(l))
        what = r.randrange(13)
        new = range(counter, counter + r.choice((1, 1, 2, 7, 40)))
        counter = new.stop
        items = [[n] for n in new]
        if what == 0:
            l.insert(at, items[0])
            shadow.insert(at, new[0])
        elif what == 1:
            assert l.pop(at) == [shadow.pop(at)]
        elif what == 2:
            assert l.pop(0) == [shadow.pop(0)]
        elif what == 3:
            l[at:at + 5] = items
            shadow[at:at + 5] = new
        elif what == 4:
            del l[at:at + 4]
            del shadow[at:at + 4]
        elif what == 5:
            l += items
            shadow += new
        elif what == 6:
            l.reverse()
            shadow.reverse()
        elif what == 7:
            l[at] = items[0]
            shadow[at] = new[0]
        elif what == 8:
            l.sort(key=lambda x: x[0])
            shadow.sort()
        elif what == 9:
            del l[at::7]
            del shadow[at::7]
        elif what == 10:
            x = l[at]
            l.remove(x)
            shadow.remove(x[0])
        elif what == 11:
            k = len(l[::3])
            l[::3] = [[counter + i] for i in range(k)]
            shadow[::3] = range(counter, counter + k)
            counter += k
        else:
            l.append(l.pop(at))
            shadow.append(shadow.pop(at))
        garbage()
        if len(l) < size // 2 or len(l) > 2 * size:
            l[:] = [[i] for i in range(counter, counter + size)]
            shadow[:] = range(counter, counter + size)
            counter += size
        if step % 100 == 0:
            assert [x[0] for x in l] == shadow, step
    assert [x[0] for x in l] == shadow
    print("edits", seed, size)


def sorted_insertion():
    r, l = random.Random(5), []
    for n in range(3000):
        insort(l, Item(r.random()))
        garbage(10)
        if len(l) > 1500:
            del l[r.randrange(len(l))]
    assert all(a.n <= b.n for a, b in zip(l, l[1:]))
    print("insort", len(l))


def others():
    r = random.Random(9)
    d, o, s, q = {}, OrderedDict(), set(), deque([0] * 1000, maxlen=1000)
    for n in range(12000):
        k = r.randrange(1500)
        d[k] = [k]
        o[k] = [k]
        s.add((k, "key"))
        q.append([n])
        if n % 3 == 0:
            d.pop(r.choice(list(d)) if n % 30 == 0 else k, None)
            o.move_to_end(k, last=n % 2 == 0)
            s.discard((r.randrange(1500), "key"))
            q.rotate(r.randrange(-3, 4))
        if n % 50 == 0:
            q.remove(q[500])
            q.insert(300, [n])
            o.popitem(last=False)
        garbage(5)
    assert all(v == [k] for k, v in d.items()) and all(v == [k] for k, v in o.items())
    assert all(k[1] == "key" for k in s) and len(q) == 1000 and all(type(x) is list or x == 0 for x in q)
    print("others")


queue_in_a_list()
for seed, size in ((1, 600), (2, 3000), (3, 9000)):
    every_edit(seed, size)
sorted_insertion()
others()
