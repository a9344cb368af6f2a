"""Persistent collections that threads read while others derive new versions of them."""

import os
import sys

from _stress import case, main

try:
    import protopython.data
except ImportError:
    # Another Python: the same collections, written in Python.
    sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python_env", "lib"))

from protopython.data import Atom, List, Map, Set, SortedMap

T = 4


@case
def readers_see_whole_versions(run):
    """What an atom holds is one version: its entries belong together, whoever replaces it meanwhile."""
    n, size = run.n(400), 60
    state = Atom(Map({k: 0 for k in range(size)}))
    done = []

    def writer(rng):
        for i in range(1, n):
            # All entries in one new version.
            state.swap(lambda m: m.update({k: i for k in range(size)}))
        done.append(1)

    def reader(rng):
        last = 0
        while not done:
            m = state.get()
            seen = set(m.values())
            run.check(len(seen) == 1 and len(m) == size, "parts of two versions", sorted(seen)[:5])
            [now] = seen
            run.check(now >= last, "an older version after a newer one", last, now)
            last = now
            run.check(m[rng.randrange(size)] == now and m == Map(m.items()), "a version that changes")

    run.threads(writer, reader, reader)
    run.check(set(state.get().values()) == {n - 1 if n > 1 else 0}, "the last version")


@case
def swaps_lose_nothing(run):
    """Each swap's change is in the end there, once."""
    n = run.n(500)
    state = Atom(Map())

    def body(i):
        def add(rng):
            for k in range(n):
                state.swap(lambda m: m.set((i, k), k).set("n", m.get("n", 0) + 1))

        return add

    run.threads(*[body(i) for i in range(T)])
    m = state.get()
    run.check(m["n"] == T * n and len(m) == T * n + 1, "lost", m["n"], len(m))
    run.check(all(m[i, k] == k for i in range(T) for k in range(n)), "wrong values")


@case
def derived_versions_leave_their_source_alone(run):
    """Threads that derive versions of one shared collection see it unchanged, and their own versions as they made them."""
    n = run.n(150)
    base = Map({f"key {i}": [i] for i in range(300)})
    items = List([i] for i in range(2000))
    chosen, order = Set(range(0, 1000, 3)), SortedMap({i: str(i) for i in range(500)})
    copy = dict(base.items())

    def body(rng):
        mine = {}
        m, v, s, o = base, items, chosen, order
        for i in range(n):
            key = f"key {rng.randrange(400)}"
            if rng.randrange(3):
                m = m.set(key, (i,))
                mine[key] = (i,)
            else:
                m = m.discard(key)
                mine[key] = None
            at = rng.randrange(len(v))
            v = v[:at] + v[at:] if i % 2 else v.set(at, v[at])
            s = (s | Set([i * 3 + 1])) - Set([i * 3 + 1])
            o = o.set(rng.randrange(500) + 0.5, "x")
        run.check(all(m.get(k) == x for k, x in mine.items()), "a version of its own")
        run.check(all(m[k] == x for k, x in copy.items() if k not in mine), "what was not changed")
        run.check(v == items and s == chosen and len(o) >= len(order), "same content")
        changed = {k for k, x in mine.items() if copy.get(k) != x}
        run.check({row[1] for row in base.diff(m)} == changed, "differences")

    run.threads(*[body] * T)
    run.check(dict(base.items()) == copy and len(items) == 2000 and len(order) == 500, "the source")


@case
def one_iterator_gives_each_item_once(run):
    """Threads that share an iterator of a collection take each item once."""
    n = run.n(3000)
    for source in (Map.fromkeys(range(n)), Set(range(n)), List(range(n)), SortedMap({i: i for i in range(n)})):
        it = iter(source)
        taken = [[] for _ in range(T)]

        def body(i):
            def take(rng):
                for x in it:
                    taken[i].append(x)

            return take

        run.threads(*[body(i) for i in range(T)])
        run.check(sorted(x for t in taken for x in t) == list(range(n)), type(source).__name__, "lost or doubled")


@case
def hashes_are_found_once_and_for_all(run):
    """hash() of a shared collection by several threads at once."""
    for i in range(run.n(200)):
        values = [Map({"a": i, "b": (i,)}), List([i, str(i)]), Set([i, str(i)]), SortedMap({i: 1})]
        expected = [hash(type(v)(v.items() if hasattr(v, "items") else v)) for v in values]
        run.threads(*[lambda rng: run.check([hash(v) for v in values] == expected, "a hash")] * 3)


main()
