"""Dicts that several threads read and write."""

from _stress import case, main

T = 4


@case
def writes_lose_nothing(run):
    """d[k] = v of different keys: all of them are there."""
    n, d = run.n(3000), {}

    def body(i):
        def fill(rng):
            for k in range(n):
                d[i, k] = k

        return fill

    run.threads(*[body(i) for i in range(T)])
    run.check(d == {(i, k): k for i in range(T) for k in range(n)}, "entries lost", len(d))
    for i in range(T):
        run.check([k for j, k in d if j == i] == list(range(n)), "order of insertion", i)


@case
def pop_takes_each_once(run):
    """pop(k) and popitem() give each entry to one thread."""
    n = run.n(3000)
    d = {k: str(k) for k in range(n)}
    taken = [[] for _ in range(T)]

    def by_key(i):
        def body(rng):
            keys = list(range(n))
            rng.shuffle(keys)
            for k in keys:
                v = d.pop(k, None)
                if v is not None:
                    run.check(v == str(k), "value of another key", k, v)
                    taken[i].append(k)

        return body

    def by_item(i):
        def body(rng):
            while True:
                try:
                    k, v = d.popitem()
                except KeyError:
                    return
                run.check(v == str(k), "value of another key", k, v)
                taken[i].append(k)

        return body

    run.threads(by_key(0), by_key(1), by_item(2), by_item(3))
    run.check(sorted(x for t in taken for x in t) == list(range(n)), "lost or doubled")


@case
def setdefault_has_one_winner(run):
    """setdefault() gives all threads the same value for a key."""
    n, d = run.n(2000), {}
    got = [[] for _ in range(T)]

    def body(i):
        return lambda rng: got[i].extend(d.setdefault(k, (i, k)) for k in range(n))

    run.threads(*[body(i) for i in range(T)])
    run.check(all(g == got[0] for g in got), "two winners")
    run.check([d[k] for k in range(n)] == got[0], "replaced afterwards")


@case
def values_belong_to_their_keys(run):
    """d[k], get, in, items(): never another key's value, whatever is inserted, deleted and resized meanwhile."""
    d = {k: (k, k) for k in range(64)}

    def write(rng):
        for i in range(run.n(3000)):
            k = rng.randrange(400)
            match rng.randrange(5):
                case 0 | 1:
                    d[k] = (k, i)
                case 2:
                    d.pop(k, None)
                case 3:
                    d.update({j: (j, i) for j in range(k, k + 5)})
                case 4:
                    d.setdefault(k, (k, -1))

    def read(rng):
        for _ in range(run.n(5000)):
            k = rng.randrange(400)
            v = d.get(k)
            if v is not None and v[0] != k:
                run.problem("get", k, v)
            try:
                v = d[k]
                if v[0] != k:
                    run.problem("item", k, v)
            except KeyError:
                pass

    def walk(rng):
        for _ in range(run.n(60)):
            try:
                for k, v in d.items():
                    if v[0] != k:
                        run.problem("items", k, v)
            except RuntimeError as e:
                if str(e) not in ("dictionary changed size during iteration", "dictionary keys changed during iteration"):
                    run.problem(e)
            for k, v in d.copy().items():
                if v[0] != k:
                    run.problem("copy", k, v)

    run.threads(write, write, read, read, walk, walk)


@case
def update_is_whole(run):
    """update() by a dict, copy(), | and == each see one state of the dict."""
    d = dict.fromkeys(range(20), 0)
    done = []

    def write(rng):
        for i in range(run.n(1200)):
            d.update(dict.fromkeys(range(20), i))
        done.append(1)

    def read(rng):
        while not done:
            for got in (d.copy(), d | {}, dict(d), {**d}, dict.fromkeys(d.copy().values())):
                seen = set(got.values()) if len(got) == 20 else {0}
                if len(seen) != 1:
                    run.problem("torn copy", seen)
                    return
            values = list(d.values())
            if len(values) != 20:
                run.problem("length", len(values))

    run.threads(write, read, read)


@case
def clear_is_atomic(run):
    """Nobody sees a dict that is partly cleared."""
    d, full, done = {}, dict.fromkeys(range(30), 1), []

    def write(rng):
        for _ in range(run.n(800)):
            d.update(full)
            d.clear()
        done.append(1)

    def read(rng):
        while not done:
            n = len(d.copy())
            if n not in (0, 30):
                run.problem("length", n)

    run.threads(write, read, read)


@case
def from_another_dict(run):
    """dict(d), fromkeys(d), update(d), list.extend(d) while d changes: no error, only keys that were there."""
    d = {k: k for k in range(40)}

    def write(rng):
        for i in range(run.n(2000)):
            k = rng.randrange(200)
            if rng.randrange(2):
                d[k] = k
            else:
                d.pop(k, None)

    def read(rng):
        for _ in range(run.n(300)):
            for got in (dict(d), dict.fromkeys(d), {} | d, set(d), list(d), tuple(d), sorted(d), frozenset(d)):
                if any(not 0 <= k < 200 for k in got):
                    run.problem("invented", got)
            out = []
            out.extend(d)
            out += d.values()
            other = {}
            other.update(d)
            if any(a != b for a, b in other.items()):
                run.problem("mixed")
            {**d}, len(d), list(d.items()), repr(d), d == other

    run.threads(write, write, read, read)


class Key:
    """A key whose comparison runs Python code."""

    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return self.v % 5

    def __eq__(self, other):
        return isinstance(other, Key) and self.v == other.v


@case
def user_keys(run):
    """Keys with `__eq__` in Python: no value of another key, no hang."""
    d = {}

    def body(rng):
        for i in range(run.n(500)):
            k = rng.randrange(40)
            match rng.randrange(5):
                case 0 | 1:
                    d[Key(k)] = k
                case 2:
                    d.pop(Key(k), None)
                case 3:
                    if d.get(Key(k), k) != k:
                        run.problem("another key's value")
                case 4:
                    if d.setdefault(Key(k), k) != k:
                        run.problem("another key's default")

    run.threads(*[body] * T)
    run.check(len({k.v for k in d}) == len(d), "a key is there twice")
    run.check(all(k.v == v for k, v in d.items()), "another key's value at the end")


@case
def equality_changes_the_dict(run):
    """`__eq__` that deletes and inserts while a lookup is under way."""
    d = {}

    class Evil(Key):
        __hash__ = Key.__hash__

        def __eq__(self, other):
            if self.v % 7 == 3:
                d.pop(other, None) if isinstance(other, int) else d.update({self.v + 1000: 1})
            return super().__eq__(other)

    ops = [
        lambda rng, i: d.__setitem__(Evil(rng.randrange(30)), i),
        lambda rng, i: d.pop(Evil(rng.randrange(30)), None),
        lambda rng, i: d.get(Evil(rng.randrange(30))),
        lambda rng, i: d.clear() if i % 20 == 0 else None,
        lambda rng, i: Evil(3) in d,
    ]
    run.conflict(ops, rounds=150, allowed=(RuntimeError, KeyError))


@case
def views_and_iterators(run):
    """Views and their set operations while the dict changes."""
    d = {k: k for k in range(30)}
    keys, values, items = d.keys(), d.values(), d.items()
    ops = [
        lambda rng, i: d.__setitem__(rng.randrange(60), i % 60),
        lambda rng, i: d.pop(rng.randrange(60), None),
        lambda rng, i: (len(keys), 5 in keys, 5 in values, (5, 5) in items),
        lambda rng, i: (list(keys), list(values), list(items)),
        lambda rng, i: (keys & {1, 2, 3}, keys | {4}, keys - {5}, keys ^ {6}),
        lambda rng, i: (items & {(1, 1)}, keys == {1}, keys.isdisjoint([100]), keys <= set(range(60))),
        lambda rng, i: list(reversed(d)),
        lambda rng, i: [k for k in d],
        lambda rng, i: repr(items),
    ]
    run.conflict(ops, rounds=400, allowed=(RuntimeError,))


@case
def every_pair(run):
    """Every method against every other one."""
    d = {k: k for k in range(20)}
    ops = [
        lambda rng, i: d.__setitem__(rng.randrange(40), i),
        lambda rng, i: d.__delitem__(rng.randrange(40)),
        lambda rng, i: d.pop(rng.randrange(40), None),
        lambda rng, i: d.popitem(),
        lambda rng, i: d.setdefault(rng.randrange(40), i),
        lambda rng, i: d.update({rng.randrange(40): i, 41: 1}),
        lambda rng, i: d.update([(rng.randrange(40), i)]),
        lambda rng, i: d.update(a=1, b=2),
        lambda rng, i: d.__ior__({1: 2}),
        lambda rng, i: d.clear(),
        lambda rng, i: d.copy(),
        lambda rng, i: (d == {1: 2}, repr(d), d | {3: 4}, dict(d)),
        lambda rng, i: (d.get(5), 5 in d, len(d)),
        lambda rng, i: d[5],
        lambda rng, i: [*d, *d.values(), *d.items()],
        lambda rng, i: {k: v for k, v in d.items()},
        lambda rng, i: next(iter(d)),
        lambda rng, i: (lambda **kw: kw)(**{k: v for k, v in d.copy().items() if type(k) is str}),
    ]
    run.pairs(ops, rounds=15, allowed=(KeyError, RuntimeError, StopIteration))


@case
def growing_big(run):
    """Resizes of a big table under readers."""
    d = {}
    n = run.n(30000)

    def write(rng):
        for k in range(n):
            d[k] = k
        for k in range(0, n, 2):
            del d[k]

    def read(rng):
        for _ in range(n):
            k = rng.randrange(n)
            if d.get(k, k) != k:
                run.problem("another key's value", k)

    run.threads(write, read, read)
    run.check(len(d) == n // 2 and all(k == v for k, v in d.items()), "wrong at the end", len(d))


main()
