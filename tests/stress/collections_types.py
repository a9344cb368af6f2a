"""deque, OrderedDict, defaultdict, Counter, ChainMap, namedtuple."""

from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque, namedtuple
import threading

from _stress import case, main

T = 4


@case
def deque_append_and_pop(run):
    """append, appendleft, pop and popleft are atomic: each item is taken once."""
    n, d = run.n(2000), deque()
    taken = [[], []]

    def put(base, left):
        def body(rng):
            for k in range(n):
                (d.appendleft if left else d.append)(base + k)

        return body

    def take(i):
        def body(rng):
            for _ in range(n):
                try:
                    taken[i].append(d.pop() if i else d.popleft())
                except IndexError:
                    pass

        return body

    run.threads(put(0, False), put(n, True), take(0), take(1))
    run.check(sorted([*d, *taken[0], *taken[1]]) == list(range(2 * n)), "lost or doubled")


@case
def deque_edits(run):
    """insert, remove, reverse and del lose no append of others."""
    n, d = run.n(300), deque()

    def body(i):
        def work(rng):
            for k in range(n):
                d.append((i, k, "stays"))
                d.insert(rng.randrange(5), (i, k, "goes"))
                if k % 7 == 0:
                    d.reverse()
                while True:
                    try:
                        d.remove((i, k, "goes"))
                        break
                    except IndexError:
                        # Changed meanwhile by others, as CPython says, too.
                        pass

        return work

    run.threads(*[body(i) for i in range(T)])
    run.check(sorted(d) == [(i, k, "stays") for i in range(T) for k in range(n)], "items", len(d))


@case
def deque_bound(run):
    """A deque with maxlen never shows more items."""
    d = deque(maxlen=10)
    ops = [
        lambda rng, i: d.append(i),
        lambda rng, i: d.appendleft(i),
        lambda rng, i: d.extend(range(20)),
        lambda rng, i: d.insert(2, i) if len(d) < 5 else d.popleft(),
        lambda rng, i: run.check(len(d) <= 10 and len(d.copy()) <= 10, "too long"),
    ]
    run.conflict(ops, rounds=1000, allowed=(IndexError,))


@case
def deque_pairs(run):
    """Every method against every other one."""
    d, e = deque(range(20)), deque(range(5))
    ops = [
        lambda rng, i: d.append(i),
        lambda rng, i: d.appendleft(i),
        lambda rng, i: d.pop(),
        lambda rng, i: d.popleft(),
        lambda rng, i: d.extend([1, 2]),
        lambda rng, i: d.extendleft(e),
        lambda rng, i: d.extend(d) if len(d) < 200 else d.clear(),
        lambda rng, i: d.rotate(rng.randrange(-5, 5)),
        lambda rng, i: d.reverse(),
        lambda rng, i: d.insert(3, i),
        lambda rng, i: d.remove(2),
        lambda rng, i: d.clear(),
        lambda rng, i: d.__setitem__(0, i),
        lambda rng, i: d.__delitem__(1),
        lambda rng, i: d.__imul__(2) if len(d) < 200 else d.clear(),
        lambda rng, i: (d.index(3), d.count(3), 3 in d),
        lambda rng, i: (len(d), d.copy(), d + e, d == e, repr(d)),
        lambda rng, i: [x for x in d],
        lambda rng, i: list(reversed(d)),
        lambda rng, i: d[len(d) // 2],
    ]
    run.pairs(ops, rounds=15, allowed=(IndexError, ValueError, RuntimeError))
    run.check(all(type(x) is int for x in d), "invented items")


@case
def ordered_dict_pairs(run):
    """OrderedDict: every method against every other one; what is there belongs together."""
    d = OrderedDict((k, k) for k in range(20))
    ops = [
        lambda rng, i: d.__setitem__(k := rng.randrange(40), k),
        lambda rng, i: d.pop(rng.randrange(40), None),
        lambda rng, i: d.__delitem__(rng.randrange(40)),
        lambda rng, i: d.popitem(),
        lambda rng, i: d.popitem(last=False),
        lambda rng, i: d.move_to_end(rng.randrange(40)),
        lambda rng, i: d.move_to_end(rng.randrange(40), last=False),
        lambda rng, i: d.setdefault(5, 5),
        lambda rng, i: d.update({6: 6}),
        lambda rng, i: d.clear() if i % 10 == 0 else None,
        lambda rng, i: (d.copy(), d == OrderedDict(), repr(d), len(d)),
        lambda rng, i: [run.check(k == v, "mixed", k, v) for k, v in d.items()],
        lambda rng, i: list(reversed(d)),
        lambda rng, i: (list(d.keys()), list(d.values())),
    ]
    run.pairs(ops, rounds=20, allowed=(KeyError, RuntimeError))
    run.check(all(k == v for k, v in d.items()) and len(list(d)) == len(d), "broken at the end")


@case
def ordered_dict_writes(run):
    """Writes to different keys of an OrderedDict are all there."""
    n, d = run.n(800), OrderedDict()

    def body(i):
        def fill(rng):
            for k in range(n):
                d[i, k] = k

        return fill

    run.threads(*[body(i) for i in range(T)])
    run.check(len(d) == n * T and len(list(d)) == n * T and len(list(reversed(d))) == n * T, "lost", len(d))


@case
def defaultdict_default(run):
    """All threads get the same default for a missing key; nothing appended to it is lost."""
    n, d = run.n(1500), defaultdict(list)

    def body(i):
        def put(rng):
            for k in range(n):
                d[k % 50].append((i, k))

        return put

    run.threads(*[body(i) for i in range(T)])
    # CPython looks up, calls the factory and stores: two threads may make a default each, and one is dropped.
    # What is promised is no crash and nothing invented.
    got = [x for l in d.values() for x in l]
    run.check(len(set(got)) == len(got) <= n * T and set(d) == set(range(50)), "invented", len(got))
    ops = [
        lambda rng, i: d[rng.randrange(100)].append(i),
        lambda rng, i: d.pop(rng.randrange(100), None),
        lambda rng, i: setattr(d, "default_factory", rng.choice([list, None])),
        lambda rng, i: (d.copy(), repr(d), d | {}),
    ]
    run.conflict(ops, rounds=400, allowed=(KeyError, RuntimeError))


@case
def counter(run):
    """Counter: read-modify-write is not atomic without a lock, and exact with one."""
    c, lock, n = Counter(), threading.Lock(), run.n(1500)

    def locked(rng):
        for i in range(n):
            with lock:
                c[i % 10] += 1

    run.threads(*[locked] * T)
    run.check(c.total() == n * T, "lost", c.total())
    d = Counter("abracadabra")
    ops = [
        lambda rng, i: d.update("abc"),
        lambda rng, i: d.subtract("ab"),
        lambda rng, i: d.most_common(2),
        lambda rng, i: (d + d, d - c, +d, d & d, d | d),
        lambda rng, i: d.__delitem__("a"),
        lambda rng, i: list(d.elements())[:5],
        lambda rng, i: (d.total(), repr(d), d == c),
    ]
    run.conflict(ops, rounds=150, allowed=(RuntimeError, KeyError))


@case
def pure_python_containers(run):
    """ChainMap, UserDict and namedtuple classes made by several threads."""
    m = ChainMap({}, {1: 1})
    u = UserDict()

    def body(rng):
        for i in range(run.n(150)):
            m[rng.randrange(20)] = i
            m.maps[0].pop(rng.randrange(20), None)
            len(m), m.get(1)
            u[i % 10] = i
            if i % 30 == 0:
                p = namedtuple("P", "x y")(1, i)
                run.check(p.x == 1 and p._replace(x=2).x == 2 and p._asdict() == {"x": 1, "y": i}, "namedtuple")

    def tolerant(rng):
        try:
            body(rng)
        except RuntimeError:
            pass

    run.threads(*[tolerant] * T)


main()
