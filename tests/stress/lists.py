"""Lists that several threads read and write."""

from _stress import case, main

T = 4


@case
def append_loses_nothing(run):
    """append is atomic: nothing is lost, and each thread's items stay in order."""
    n, shared = run.n(3000), []

    def body(i):
        return lambda rng: [shared.append((i, k)) for k in range(n)] and None

    run.threads(*[body(i) for i in range(T)])
    run.check(len(shared) == n * T, "length", len(shared))
    for i in range(T):
        run.check([k for j, k in shared if j == i] == list(range(n)), "order of thread", i)


@case
def pop_takes_each_once(run):
    """pop() is atomic: each item is taken exactly once."""
    n = run.n(3000)
    shared = list(range(n * T))
    taken = [[] for _ in range(T)]

    def body(i):
        def take(rng):
            while True:
                try:
                    taken[i].append(shared.pop())
                except IndexError:
                    return

        return take

    run.threads(*[body(i) for i in range(T)])
    run.check(sorted(x for t in taken for x in t) == list(range(n * T)), "lost or doubled")


@case
def remove_takes_its_item(run):
    """remove(x) finds an item that is there, and removes no other, while others shift the items."""
    n, shared = run.n(300), []

    def body(i):
        def work(rng):
            for _ in range(n):
                mine = [(i, k) for k in range(8)]
                for item in mine:
                    shared.append(item)
                rng.shuffle(mine)
                for item in mine:
                    shared.remove(item)

        return work

    run.threads(*[body(i) for i in range(T)])
    run.check(shared == [], "left", len(shared))


@case
def append_against_pop(run):
    """What was appended is popped once or is still there."""
    n, shared, taken = run.n(4000), [], [[], []]

    def put(base):
        return lambda rng: [shared.append(base + k) for k in range(n)] and None

    def take(i):
        def body(rng):
            for _ in range(n):
                try:
                    taken[i].append(shared.pop())
                except IndexError:
                    pass

        return body

    run.threads(put(0), put(n), take(0), take(1))
    run.check(sorted(shared + taken[0] + taken[1]) == list(range(2 * n)), "lost or invented")


@case
def extend_is_whole(run):
    """extend() by a list, tuple, set or dict adds all of it in one step."""
    n, shared = run.n(300), []
    kinds = [lambda i: [i] * 7, lambda i: (i,) * 7, lambda i: dict.fromkeys([(i, k) for k in range(7)]), lambda i: {(i, k) for k in range(7)}]

    def body(i):
        def add(rng):
            for _ in range(n):
                shared.extend(kinds[i](i))

        return add

    run.threads(*[body(i) for i in range(T)])
    run.check(len(shared) == n * T * 7, "length", len(shared))
    for at in range(0, len(shared), 7):
        piece = shared[at : at + 7]
        owners = {x if type(x) is int else x[0] for x in piece}
        run.check(len(owners) == 1, "mixed pieces at", at, piece)


@case
def copies_are_snapshots(run):
    """copy(), l[:], l + m, l * n and list(l) see one state: here all items are equal at any time."""
    shared = [0] * 10
    done = []

    def write(rng):
        for i in range(run.n(1500)):
            shared[:] = [i] * (5 + i % 9)
        done.append(1)

    def read(rng):
        while not done:
            for got in (shared.copy(), shared[:], shared + [], shared * 2, list(shared), tuple(shared)):
                if len(set(got)) != 1:
                    run.problem("torn copy", got)
                    return

    run.threads(write, read, read)


@case
def clear_is_atomic(run):
    """Nobody sees a list that is partly cleared."""
    shared, done = [], []

    def write(rng):
        for _ in range(run.n(800)):
            shared.extend(list(range(16)))
            shared.clear()
        done.append(1)

    def read(rng):
        while not done:
            if len(shared) not in (0, 16):
                run.problem("length", len(shared))
            if len(shared.copy()) not in (0, 16):
                run.problem("copy")

    run.threads(write, read, read)


@case
def items_are_never_torn(run):
    """l[i] gives a value that was stored there."""
    shared = [(i, -i) for i in range(64)]

    def write(rng):
        for _ in range(run.n(4000)):
            i = rng.randrange(64)
            k = rng.randrange(1 << 40)
            shared[i] = (k, -k)

    def read(rng):
        for _ in range(run.n(8000)):
            a, b = shared[rng.randrange(-64, 64)]
            run.check(a == -b, "torn", a, b)

    run.threads(write, write, read, read)


@case
def sort_hides_its_work(run):
    """While a list is sorted it looks empty; afterwards it holds what it held."""
    items = list(range(300))
    shared = items.copy()
    run.rng.shuffle(shared)
    done = []

    def sorter(rng):
        for i in range(run.n(60)):
            shared.sort(key=None if i % 3 else (lambda x: -x), reverse=i % 2 == 0)
        done.append(1)

    def read(rng):
        while not done:
            seen = shared.copy()
            if seen and sorted(seen) != items:
                run.problem("partly sorted list seen", len(seen))
            for x in shared:
                if not 0 <= x < 300:
                    run.problem("invented", x)

    run.threads(sorter, read, read)
    run.check(sorted(shared) == items, "items lost")


@case
def sort_with_writers(run):
    """A list that changes while it is sorted raises ValueError or does not; it never crashes."""
    shared = list(range(100))

    class Key(int):
        def __lt__(self, other):
            if int(self) % 17 == 0:
                shared.append(int(self))
            return int(self) < int(other)

    ops = [
        lambda rng, i: shared.sort(),
        lambda rng, i: shared.sort(key=Key),
        lambda rng, i: shared.append(rng.randrange(100)),
        lambda rng, i: shared.pop(),
        lambda rng, i: shared.__setitem__(slice(0, 200), range(50)),
    ]
    run.conflict(ops, rounds=60, allowed=(ValueError, IndexError))


@case
def iteration_sees_real_items(run):
    """Iterating while others change the list yields only what was in it."""
    shared = list(range(50))

    def change(rng):
        for _ in range(run.n(1500)):
            match rng.randrange(6):
                case 0:
                    shared.insert(rng.randrange(20), rng.randrange(1000))
                case 1 if shared:
                    try:
                        shared.pop(rng.randrange(20))
                    except IndexError:
                        pass
                case 2:
                    shared.append(rng.randrange(1000))
                case 3:
                    del shared[30:]
                case 4:
                    shared.reverse()
                case 5:
                    shared[5:9] = [1, 2, 3]

    def walk(rng):
        for _ in range(run.n(300)):
            for x in shared:
                if type(x) is not int or not 0 <= x < 1000:
                    run.problem("invented", x)
            for x in reversed(shared):
                if type(x) is not int:
                    run.problem("invented", x)

    run.threads(change, change, walk, walk)


@case
def every_pair(run):
    """Every method against every other one."""
    shared = list(range(20))
    key = lambda x: -x if type(x) is int else 0
    ops = [
        lambda rng, i: shared.append(i),
        lambda rng, i: shared.pop(),
        lambda rng, i: shared.pop(0),
        lambda rng, i: shared.insert(3, i),
        lambda rng, i: shared.extend([1, 2, 3]),
        lambda rng, i: shared.extend(x for x in (4, 5)),
        lambda rng, i: shared.extend(shared) if len(shared) < 300 else shared.clear(),
        lambda rng, i: shared.remove(3),
        lambda rng, i: shared.reverse(),
        lambda rng, i: shared.sort(key=key),
        lambda rng, i: shared.clear(),
        lambda rng, i: shared.__setitem__(0, i),
        lambda rng, i: shared.__delitem__(0),
        lambda rng, i: shared.__setitem__(slice(1, 4), [7, 8, 9, 10]),
        lambda rng, i: shared.__setitem__(slice(None, None, 2), [0] * len(shared[::2])),
        lambda rng, i: shared.__delitem__(slice(None, None, 3)),
        lambda rng, i: shared.__imul__(2) if len(shared) < 300 else shared.clear(),
        lambda rng, i: shared.__iadd__((1, 2)),
        lambda rng, i: (shared.index(3), shared.count(3)),
        lambda rng, i: (3 in shared, len(shared), shared[-1], shared[1:5]),
        lambda rng, i: (shared == [1, 2], shared < [1, 2], repr(shared), hash(tuple(shared))),
        lambda rng, i: sum(shared) + max(shared, default=0) + len(sorted(shared)),
        lambda rng, i: [x for x in shared] and list(zip(shared, shared)),
    ]
    run.pairs(ops, rounds=12, allowed=(IndexError, ValueError))
    run.check(all(type(x) is int for x in shared), "odd items", shared)


@case
def shared_subclass(run):
    """A subclass with attributes behaves alike."""

    class L(list):
        pass

    shared = L(range(10))
    ops = [
        lambda rng, i: shared.append(i),
        lambda rng, i: shared.pop(),
        lambda rng, i: setattr(shared, f"a{i % 5}", i),
        lambda rng, i: getattr(shared, f"a{i % 5}"),
        lambda rng, i: [x for x in shared],
        lambda rng, i: shared.sort(),
    ]
    run.conflict(ops, rounds=600, allowed=(IndexError, AttributeError, ValueError))


main()
