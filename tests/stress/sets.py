"""Sets that several threads read and write."""

from _stress import case, main

T = 4


@case
def add_loses_nothing(run):
    """add() of different elements: all of them are there."""
    n, s = run.n(3000), set()

    def body(i):
        def fill(rng):
            for k in range(n):
                s.add((i, k))

        return fill

    run.threads(*[body(i) for i in range(T)])
    run.check(s == {(i, k) for i in range(T) for k in range(n)}, "lost", len(s))


@case
def pop_takes_each_once(run):
    """pop(), remove() and discard() take each element once."""
    n = run.n(2000)
    s = set(range(n))
    taken = [[] for _ in range(T)]

    def body(i):
        def take(rng):
            for k in range(n):
                try:
                    if i % 2:
                        taken[i].append(s.pop())
                    else:
                        s.remove(k)
                        taken[i].append(k)
                except KeyError:
                    pass

        return take

    run.threads(*[body(i) for i in range(T)])
    run.check(sorted(x for t in taken for x in t) == list(range(n)) and not s, "lost or doubled", len(s))


@case
def copies_are_snapshots(run):
    """copy() and update() by a set are one step each: all elements are of one generation."""
    s, done = set(), []

    def write(rng):
        for i in range(run.n(800)):
            s.update({i * 16 + k for k in range(10)})
            s.clear()
        done.append(1)

    def read(rng):
        while not done:
            for got in (s.copy(), s | set(), frozenset(s), set(s)):
                if len(got) not in (0, 10) or len({x // 16 for x in got}) > 1:
                    run.problem("torn copy", len(got))
                    return

    run.threads(write, read, read)


@case
def iteration(run):
    """Iterating raises RuntimeError or yields only real elements."""
    s = set(range(50))

    def write(rng):
        for _ in range(run.n(3000)):
            k = rng.randrange(300)
            if rng.randrange(2):
                s.add(k)
            else:
                s.discard(k)

    def walk(rng):
        for _ in range(run.n(300)):
            try:
                for x in s:
                    if type(x) is not int or not 0 <= x < 300:
                        run.problem("invented", x)
            except RuntimeError as e:
                run.check(str(e) == "Set changed size during iteration", e)

    run.threads(write, write, walk, walk)


@case
def every_pair(run):
    """Every method against every other one."""
    s, t = set(range(30)), set(range(20, 50))
    ops = [
        lambda rng, i: s.add(rng.randrange(60)),
        lambda rng, i: s.discard(rng.randrange(60)),
        lambda rng, i: s.remove(rng.randrange(60)),
        lambda rng, i: s.pop(),
        lambda rng, i: s.clear(),
        lambda rng, i: s.update(t),
        lambda rng, i: t.update(s, range(5)),
        lambda rng, i: s.intersection_update(t),
        lambda rng, i: s.difference_update({1, 2, 3}),
        lambda rng, i: s.symmetric_difference_update(t),
        lambda rng, i: (s | t, s & t, s - t, s ^ t),
        lambda rng, i: (s <= t, s == t, s < t, s.isdisjoint(t), s.issuperset([1])),
        lambda rng, i: (len(s), 5 in s, repr(s), sorted(s), frozenset(s)),
        lambda rng, i: s.__ior__(t),
        lambda rng, i: s.__iand__({*range(40)}),
        lambda rng, i: t.__isub__(s),
        lambda rng, i: [x for x in s],
    ]
    run.pairs(ops, rounds=15, allowed=(KeyError, RuntimeError))
    run.check(all(0 <= x < 60 for x in s | t), "invented elements")


@case
def user_elements(run):
    """Elements with `__eq__` in Python."""

    class E:
        def __init__(self, v):
            self.v = v

        def __hash__(self):
            return self.v % 3

        def __eq__(self, other):
            return self.v == other.v

    s = set()
    ops = [
        lambda rng, i: s.add(E(rng.randrange(30))),
        lambda rng, i: s.discard(E(rng.randrange(30))),
        lambda rng, i: E(3) in s,
        lambda rng, i: s | {E(5)},
        lambda rng, i: s.update([E(i % 30)]),
    ]
    run.conflict(ops, rounds=250, allowed=(RuntimeError,))
    run.check(len({e.v for e in s}) == len(s), "an element is there twice")


main()
