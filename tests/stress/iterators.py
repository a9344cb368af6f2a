"""Iterators and itertools objects that several threads advance."""

import itertools
import operator

from _stress import case, main

T = 4


def draw_all(run, it, limit=None):
    """All threads draw from one iterator; returns what they got."""
    got = [[] for _ in range(T)]

    def body(i):
        def draw(rng):
            while limit is None or len(got[i]) < limit:
                try:
                    got[i].append(next(it))
                except StopIteration:
                    return
                except (ValueError, RuntimeError) as e:
                    if "already executing" not in str(e) and "changed size" not in str(e) and "the tee iterator" not in str(e):
                        raise

        return draw

    run.threads(*[body(i) for i in range(T)])
    return [x for g in got for x in g]


@case
def sequence_iterators(run):
    """Iterators of list, tuple, str, bytes, range, dict, set, deque: only items of theirs, and an end."""
    from array import array
    from collections import OrderedDict, deque

    n = run.n(3000)
    d = {k: k for k in range(n)}
    sources = [
        list(range(n)), tuple(range(n)), range(n), range(10**30, 10**30 + n), d, d.keys(), d.values(), set(range(n)), deque(range(n)),
        array("l", range(n)), OrderedDict(d), frozenset(range(n)),
    ]
    for source in sources:
        for make in (iter, reversed):
            try:
                it = make(source)
            except TypeError:
                continue
            got = draw_all(run, it)
            base = 10**30 if type(source) is range and source[0] else 0
            if not all(base <= x < base + n for x in got):
                run.problem("invented", type(source).__name__)
            run.check(set(got) == {base + x for x in range(n)}, "item skipped", type(source).__name__, make.__name__)
            run.check(next(it, "end") == "end", "no end", type(source).__name__)
    for text in ("a" * n, "é" * n, b"a" * n, bytearray(b"a" * n), memoryview(b"a" * n)):
        got = draw_all(run, iter(text))
        run.check(set(got) <= {"a", "é", 97} and len(got) >= n, "text", type(text).__name__, len(got))
    items = draw_all(run, iter(d.items()))
    run.check(all(k == v for k, v in items), "mixed item")


@case
def combined_iterators(run):
    """enumerate, zip, map, filter, callable iterators: tuples hold values of their sources."""
    n = run.n(2000)
    got = draw_all(run, enumerate(["x"] * n))
    # The iterator below may give an item twice, and each is counted.
    run.check(all(v == "x" and 0 <= k < T * n for k, v in got), "enumerate")
    got = draw_all(run, enumerate(["x"] * n, 1 << 62))
    run.check(all(v == "x" for k, v in got), "enumerate of big numbers")
    got = draw_all(run, zip(range(n), ["y"] * n))
    run.check(all(v == "y" and 0 <= k < n for k, v in got), "zip")
    got = draw_all(run, map(lambda x: x * 2, range(n)))
    run.check(all(x % 2 == 0 for x in got), "map")
    got = draw_all(run, map(operator.add, range(n), [0] * n))
    run.check(all(0 <= x < n for x in got), "map of two")
    got = draw_all(run, filter(lambda x: x % 3 == 0, range(n)))
    run.check(all(x % 3 == 0 for x in got), "filter")
    stock = list(range(n))

    def take():
        try:
            return stock.pop()
        except IndexError:
            return None

    got = draw_all(run, iter(take, None))
    run.check(sorted(got) == list(range(n)), "callable iterator", len(got))


@case
def counts(run):
    """itertools.count gives each number once."""
    for start, step in ((0, 1), (1 << 61, 1 << 60), (0.5, 0.5), (5, -3)):
        n = run.n(1000)
        got = draw_all(run, itertools.count(start, step), n)
        run.check(len(set(got)) == len(got) == n * T, "doubled", start, step)
        run.check(all((x - start) % step == 0 for x in got), "invented", start)


@case
def finite_tools(run):
    """Each of itertools' iterators: only values of its source."""
    n = run.n(600)
    src = lambda: iter(range(n))
    inside = lambda x: 0 <= x < n
    both = lambda p: all(map(inside, p))
    tools = [
        # The iterator below may give an item twice, and each is added.
        ("accumulate", lambda: itertools.accumulate([1] * n), lambda x: 1 <= x <= T * n),
        ("accumulate_func", lambda: itertools.accumulate(range(n), max, initial=0), inside),
        ("batched", lambda: itertools.batched(range(n), 3), both),
        ("chain", lambda: itertools.chain(range(n), range(n)), inside),
        ("chain_iterable", lambda: itertools.chain.from_iterable([[k] for k in range(n)]), inside),
        ("combinations", lambda: itertools.combinations(range(12), 3), lambda c: list(c) == sorted(set(c))),
        ("combinations_rep", lambda: itertools.combinations_with_replacement(range(9), 3), lambda c: list(c) == sorted(c)),
        ("compress", lambda: itertools.compress(range(n), itertools.cycle([1, 0])), inside),
        ("dropwhile", lambda: itertools.dropwhile(lambda x: x < 5, range(n)), inside),
        ("filterfalse", lambda: itertools.filterfalse(lambda x: x % 2, range(n)), inside),
        ("islice", lambda: itertools.islice(range(n), 2, None, 2), inside),
        ("pairwise", lambda: itertools.pairwise(range(n)), both),
        ("permutations", lambda: itertools.permutations(range(6), 4), lambda p: len(set(p)) == 4),
        ("product", lambda: itertools.product(range(8), range(8), range(8)), lambda p: len(p) == 3 and max(p) < 8),
        ("repeat", lambda: itertools.repeat("r", n), lambda x: x == "r"),
        ("starmap", lambda: itertools.starmap(pow, [(2, 3)] * n), lambda x: x == 8),
        ("takewhile", lambda: itertools.takewhile(lambda x: x < n, range(n)), inside),
        ("zip_longest", lambda: itertools.zip_longest(range(n), range(n // 2), fillvalue=0), both),
        ("tee", lambda: itertools.tee(range(n))[0], inside),
        ("groupby", lambda: (k for k, _ in itertools.groupby(range(n), lambda x: x // 4)), inside),
    ]
    for name, make, good in tools:
        for x in draw_all(run, make()):
            if not good(x):
                run.problem(name, x)
                break
    cycle = itertools.cycle("abc")
    run.check(set(draw_all(run, cycle, n)) <= set("abc"), "cycle")
    run.check(len(draw_all(run, itertools.repeat(1, n))) >= n, "repeat is short")


@case
def tee_branches(run):
    """Branches of one tee on a thread each: CPython may raise RuntimeError; nothing is invented."""
    n = run.n(2000)
    branches = itertools.tee(range(n), T)
    got = [[] for _ in range(T)]

    def body(i):
        def draw(rng):
            while True:
                try:
                    got[i].append(next(branches[i]))
                except StopIteration:
                    return
                except RuntimeError:
                    pass

        return draw

    run.threads(*[body(i) for i in range(T)])
    for g in got:
        run.check(g == list(range(n)), "a branch lost items", len(g))


@case
def groupby_groups(run):
    """groupby and its groups on several threads."""
    g = itertools.groupby([k // 10 for k in range(run.n(2000))])

    def body(rng):
        while True:
            try:
                key, group = next(g)
            except StopIteration:
                return
            for x in group:
                if type(x) is not int:
                    run.problem("invented", x)

    run.threads(*[body] * T)


@case
def list_iterator_state(run):
    """__length_hint__, __reduce__ and __setstate__ beside next()."""
    for make in (lambda: iter(list(range(500))), lambda: iter(range(500)), lambda: iter({k: k for k in range(500)}), lambda: enumerate("abc" * 100)):
        it = make()
        ops = [
            lambda rng, i: next(it),
            lambda rng, i: operator.length_hint(it),
            lambda rng, i: it.__reduce__(),
            lambda rng, i: it.__setstate__(rng.randrange(500)),
            lambda rng, i: repr(it),
        ]
        run.conflict(ops, rounds=200, allowed=(StopIteration, AttributeError, TypeError))


@case
def iterators_of_changing_containers(run):
    """One iterator, and the container under it changes."""
    from collections import OrderedDict, deque

    for container, add, remove in (
        (list(range(100)), lambda c, k: c.append(k), lambda c, k: c.pop()),
        ({k: k for k in range(100)}, lambda c, k: c.__setitem__(k, k), lambda c, k: c.pop(k, None)),
        (set(range(100)), lambda c, k: c.add(k), lambda c, k: c.discard(k)),
        (deque(range(100)), lambda c, k: c.append(k), lambda c, k: c.pop()),
        (OrderedDict((k, k) for k in range(100)), lambda c, k: c.__setitem__(k, k), lambda c, k: c.pop(k, None)),
        (bytearray(range(100)), lambda c, k: c.append(k & 255), lambda c, k: c.pop()),
    ):
        holder = [iter(container)]
        ops = [
            lambda rng, i: run.check(0 <= next(holder[0]) < 256, "invented"),
            lambda rng, i: run.check(0 <= next(holder[0]) < 256, "invented"),
            lambda rng, i: add(container, rng.randrange(100, 250)),
            lambda rng, i: remove(container, rng.randrange(250)),
            lambda rng, i: holder.__setitem__(0, iter(container)) if i % 5 == 0 else None,
        ]
        run.conflict(ops, rounds=400, allowed=(StopIteration, RuntimeError, IndexError, KeyError))


main()
