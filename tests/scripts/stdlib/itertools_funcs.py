# itertools: every iterator.
from itertools import *
import operator


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
list(islice(count(), 3)), list(islice(count(5, -2), 3)), list(islice(count(0.5, 0.5), 3)), repr(count(3)), repr(count(1, 2))
list(islice(cycle("ab"), 5)), list(cycle([])), list(repeat("x", 3)), list(islice(repeat(1), 2)), repr(repeat(1, 2)), repeat(1, 5).__length_hint__()
list(accumulate([1, 2, 3])), list(accumulate([1, 2, 3], operator.mul)), list(accumulate([1, 2], initial=10)), list(accumulate([])), list(accumulate("abc"))
list(batched("abcdefg", 3)), list(batched([], 2)), list(batched("abcd", 2, strict=True))
list(batched("abc", 2, strict=True))
batched("a", 0)
list(chain("ab", [1])), list(chain()), list(chain.from_iterable(["ab", "cd"])), list(chain([], (), "x"))
list(combinations("abcd", 2)), list(combinations([1, 2], 3)), list(combinations("ab", 0)), list(combinations_with_replacement("ab", 2))
combinations("ab", -1)
list(permutations("abc", 2)), len(list(permutations(range(5)))), list(permutations("ab")), list(permutations("ab", 3))
list(product("ab", [1, 2])), list(product("ab", repeat=2)), list(product()), list(product("ab", [])), len(list(product(range(3), repeat=3)))
list(compress("abcd", [1, 0, 1, 1])), list(compress("abc", [])), list(dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(filterfalse(lambda x: x % 2, range(5))), list(filterfalse(None, [0, 1, ""]))
[(k, list(g)) for k, g in groupby("aabbbca")], [(k, len(list(g))) for k, g in groupby([1, 3, 2, 4], key=lambda x: x % 2)], [k for k, g in groupby("aabb")]
list(islice("abcdef", 2)), list(islice("abcdef", 2, 4)), list(islice("abcdef", 1, None, 2)), list(islice("abc", 0)), list(islice("abc", None)), list(islice(range(10), 2, 8, 3))
islice("abc", -1)
islice("abc", 1, 2, 0)
islice("abc", "x")
list(pairwise("abcd")), list(pairwise("a")), list(starmap(pow, [(2, 3), (3, 2)])), list(zip_longest("ab", "c")), list(zip_longest("a", "bcd", fillvalue="-"))
[list(t) for t in tee([1, 2, 3])], [next(t) for t in tee("ab", 3)], tee([], 0)
tee([], -1)
list(starmap(pow, [5]))
next(count("a"))
list(chain(5))
sum(islice(count(1), 100)), next(islice(count(), 10**5, None)), list(zip(count(), "ab")), dict(zip(count(1), "ab"))
list(map(operator.itemgetter(0), groupby(sorted("banana")))), ["".join(c) for c in combinations("abc", 2)]
type(count()).__name__, type(chain()).__name__, iter(c := chain("a")) is c, next(cycle([7]))
list(takewhile(lambda p: p < 30, filter(lambda n: all(n % k for k in range(2, n)), count(2))))
list(accumulate([3, 1, 4, 1, 5], max)), list(accumulate(range(1, 6), lambda a, b: a * b)), list(zip_longest())
""".strip().splitlines():
    check(line)
