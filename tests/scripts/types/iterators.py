# Built-in iterators: their types, exhaustion, length hints, callable iterators, reversed.
print(type(iter([])).__name__, type(iter(())).__name__, type(iter({})).__name__, type(iter({1})).__name__, type(iter("")).__name__, type(iter("é")).__name__, type(iter(b"")).__name__, type(iter(bytearray())).__name__, type(iter(range(0))).__name__, type(iter(range(2**70))).__name__)
print(type(iter({}.keys())).__name__, type(iter({}.values())).__name__, type(iter({}.items())).__name__, type(reversed([])).__name__, type(reversed({})).__name__, type(reversed("a")).__name__)
print(type(map(abs, [])).__name__, type(zip()).__name__, type(filter(None, [])).__name__, type(enumerate([])).__name__, type(iter(int, 0)).__name__)
n = [0]


def tick():
    n[0] += 1
    return n[0]


print(list(iter(tick, 5)), n)


class Seq:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError
        return i * 10

    def __len__(self):
        return 3


print(list(Seq()), list(reversed(Seq())), 20 in Seq(), 25 in Seq(), [*Seq()], max(Seq()))


class It:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(It(3)), sum(It(4)), tuple(It(2)), 1 in It(3), dict(zip(It(2), "ab")), sorted(It(3)), [*It(2), *It(1)])
a, b = It(2)
print(a, b, next(It(0), "default"))


def err(f, *a):
    try:
        print(f(*a))
    except Exception as e:
        print(type(e).__name__, e)


class NotIter:
    pass


class BadIter:
    def __iter__(self):
        return 5


class NoneIter:
    __iter__ = None


err(iter, 5)
err(iter, NotIter())
err(iter, BadIter())
err(iter, NoneIter())
err(next, 5)
err(next, [])
err(next, iter([]))
err(iter, 5, 5)
err(reversed, {1})
err(reversed, 5)
err(reversed, It(1))
err(list, NotIter())
err(lambda: [x for x in 5])
err(lambda: 1 in 5)
err(enumerate, 5)
err(zip, 5)
err(zip, [1], 5)
err(map, abs)
err(map, abs, 5)
err(lambda: list(map(5, [1])))
err(filter, None, 5)
it = iter([1, 2, 3])
print(next(it), list(it), list(it))
it = iter("日本")
print(next(it), next(it), next(it, None))
z = zip([1, 2, 3], "ab")
print(list(z), list(zip([1], [2], [3])), list(zip()), list(zip("ab", strict=True)))
err(lambda: list(zip([1], [1, 2], strict=True)))
err(lambda: list(zip([1, 2], [1], strict=True)))
err(lambda: list(zip([1], [1], [], strict=True)))
print(list(map(lambda a, b: a + b, [1, 2], [3, 4, 5])), list(map(str, [1])), list(filter(None, [0, 1, "", "a"])), list(filter(lambda v: v > 1, [1, 2])))
print(list(enumerate("ab", 5)), list(enumerate([], start=3)), next(enumerate(["x"], 10**20)))
e = enumerate("abc")
print(next(e), list(e))
print(iter(z) is z, iter(e) is e)
l = [1, 2, 3]
r = reversed(l)
l.append(4)
print(list(r), reversed(l).__length_hint__(), iter(l).__length_hint__())
err(lambda: list(map(lambda a, b: 0, [1], [2, 3], strict=True)))
