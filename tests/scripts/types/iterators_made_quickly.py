# `map`, `filter`, `zip`, `enumerate` and the iterators of itertools over everything that can be iterated: with and without a
# quick way to make them.
import itertools as it
from collections import deque, OrderedDict


class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))


class Items:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * 10


class Own(list):
    def __iter__(self):
        return iter("own")


def gen(n):
    yield from range(n)


class Fails:
    def __iter__(self):
        raise ValueError("no iterator")


def sources():
    return [
        [1, 2, 3], (1, 2), "ab", "h\u00e9", b"xy", bytearray(b"z"), {1: 2, 3: 4}, {1, 2}, frozenset([5]), range(3), {1: 2}.items(),
        {1: 2}.values(), {7: 2}.keys(), iter([1, 2]), gen(2), Count(2), Items(), Own([1]), deque([1, 2]), OrderedDict(a=1), map(abs, [-1]),
        zip([1], [2]), enumerate("q"), reversed([1, 2]), it.count(5), it.repeat(1, 2), (x for x in "gh"), memoryview(b"mv"), iter(int, 0), iter([]), [],
    ]


def show(make):
    for k in range(len(sources())):
        for bad in (False, True):
            source = sources()[k]
            try:
                out = list(it.islice(make(source), 6))
                print([tuple(v) if isinstance(v, (it._grouper if hasattr(it, "_grouper") else ())) else v for v in out], end=" ")
            except Exception as e:
                print(type(e).__name__, e, end=" ")
            if not bad:
                break
    print()


def one(*args):
    return args


show(lambda s: map(one, s))
show(lambda s: map(one, s, [1, 2, 3]))
show(lambda s: map(one, [1, 2, 3], s))
show(lambda s: map(one, s, [1], "abc"))
show(lambda s: filter(None, s))
show(lambda s: filter(bool, s))
show(lambda s: zip(s, "xyz"))
show(lambda s: zip("xyz", s))
show(lambda s: zip("xyz", s, [4, 5, 6]))
show(lambda s: enumerate(s))
show(lambda s: enumerate(s, 3))
show(lambda s: it.chain(s))
show(lambda s: it.chain([0], s, "end"))
show(lambda s: it.chain.from_iterable([[1], s]))
show(lambda s: it.islice(s, 2))
show(lambda s: it.islice(s, 1, 3))
show(lambda s: it.islice(s, 0, None, 2))
show(lambda s: it.accumulate(s))
show(lambda s: it.accumulate(s, one))
show(lambda s: [(k, list(g)) for k, g in it.islice(it.groupby(s), 4)])
show(lambda s: [(k, list(g)) for k, g in it.islice(it.groupby(s, str), 4)])
finite = [s for s in range(len(sources())) if s != 24]
for k in finite:
    print(list(it.product(sources()[k], "ab"))[:4], end=" ")
    print(list(it.permutations(sources()[k]))[:3], list(it.permutations(sources()[k], 1))[:3], end=" ")
    print(list(it.combinations(sources()[k], 2))[:3], list(it.combinations(sources()[k], 0)), end=" ")
print(list(it.product()), list(it.product("ab", repeat=2)), list(it.product([1], [2], [3], [4], [5])), list(it.product([])))
print(list(it.permutations([1, 2], 5)), list(it.combinations([1], 2)), list(it.permutations([1, 2], None)), list(it.permutations([], 0)))
a, b = iter([1, 2, 3, 4]), [1, 2, 3]
print(list(zip(a, a)), list(map(one, b, b)), list(it.product(b[:1], b)))

for make in (
    lambda: map(), lambda: map(one), lambda: map(one, 3), lambda: map(one, [1], 3), lambda: filter(None), lambda: filter(None, 3), lambda: zip(3),
    lambda: zip([1], 3), lambda: enumerate(3), lambda: enumerate(), lambda: it.islice([1]), lambda: it.islice([1], -1), lambda: it.islice([1], "a"),
    lambda: it.islice([1], 0, -1), lambda: it.islice([1], 0, 1, 0), lambda: it.islice(3, 1), lambda: it.groupby(3), lambda: it.accumulate(3),
    lambda: it.product(3), lambda: it.permutations([1], -1), lambda: it.permutations(3), lambda: it.combinations([1]), lambda: it.combinations([1], -1),
    lambda: it.combinations([1], "a"), lambda: map(one, Fails()), lambda: zip([1], Fails()), lambda: it.islice(Fails(), 1), lambda: list(it.chain(Fails())),
    lambda: it.islice([1], 2**70), lambda: it.combinations([1], 2**70), lambda: map(one, [1], strict=3), lambda: it.chain(x=1), lambda: it.permutations([1], 1.0),
):
    try:
        print(type(make()).__name__)
    except Exception as e:
        print(type(e).__name__, e)


class MyMap(map):
    pass


class MyChain(it.chain):
    def __init__(self, *a):
        self.given = a


print(list(MyMap(one, [1, 2])), type(MyMap(one, [1])).__name__, MyChain([1], [2]).given, list(MyChain([1], [2])))
print(list(map(one, [1, 2], [3, 4], strict=True)), list(zip([1], [2], strict=True)))
