"""Generators, coroutines and asynchronous generators that several threads resume."""

from _stress import case, main

T = 4


def drawn(run, g, rounds, tolerated=("generator already executing",)):
    got, busy = [[] for _ in range(T)], [0] * T

    def body(i):
        def draw(rng):
            for _ in range(rounds):
                try:
                    got[i].append(next(g))
                except StopIteration:
                    return
                except ValueError as e:
                    if str(e) not in tolerated:
                        run.problem(e)
                    busy[i] += 1

        return draw

    run.threads(*[body(i) for i in range(T)])
    return [x for part in got for x in part], sum(busy)


@case
def each_value_once(run):
    """A generator runs on one thread at a time: each value is given once, the others get ValueError."""

    def numbers():
        n = 0
        while True:
            n += 1
            yield n

    n = run.n(2000)
    got, busy = drawn(run, numbers(), n)
    run.check(sorted(got) == list(range(1, len(got) + 1)), "lost or doubled")
    run.check(len(got) + busy == n * T, "neither value nor error")


@case
def state_is_kept(run):
    """Locals of a generator survive its moves between threads."""

    def fib():
        a, b, log = 0, 1, []
        while True:
            log.append(a)
            assert len(log) < 3 or log[-1] == log[-2] + log[-3]
            yield a
            a, b = b, (a + b) % (1 << 200)
            if len(log) > 100:
                log, a, b = [], 0, 1

    drawn(run, fib(), run.n(1500))


@case
def send_throw_close(run):
    """send, throw, close and next against each other."""

    def echo():
        got = None
        while True:
            try:
                got = yield got
            except KeyError as e:
                got = e.args[0]

    def once():
        g = echo()
        ops = [
            lambda rng, i: next(g),
            lambda rng, i: g.send(("v", i)),
            lambda rng, i: g.throw(KeyError(("v", i))),
            lambda rng, i: (g.gi_running, g.gi_suspended, g.gi_frame, g.gi_yieldfrom, repr(g)),
            lambda rng, i: g.close() if i > 150 else None,
        ]
        run.conflict(ops, rounds=100, allowed=(ValueError, StopIteration, TypeError, KeyError))
        g.close() if not g.gi_running else None

    for _ in range(5):
        once()


@case
def yield_from(run):
    """Delegation: the inner generator is shared by several outer ones."""

    def inner():
        yield from range(run.n(4000))

    shared = inner()

    def outer():
        yield from shared

    got = [[] for _ in range(T)]

    def body(i):
        def draw(rng):
            for _ in range(run.n(1000)):
                try:
                    got[i].append(next(outer()))
                except StopIteration:
                    return
                except ValueError as e:
                    run.check(str(e) == "generator already executing", e)

        return draw

    run.threads(*[body(i) for i in range(T)])
    values = [x for g in got for x in g]
    run.check(len(set(values)) == len(values), "doubled")


@case
def generator_expressions(run):
    """Generator expressions and comprehensions over shared containers."""
    shared = list(range(100))
    g = (x * 2 for x in shared)
    ops = [
        lambda rng, i: run.check(next(g) % 2 == 0, "odd"),
        lambda rng, i: shared.append(i),
        lambda rng, i: shared.pop(),
        lambda rng, i: sum(x for x in shared) + len([y for y in shared if y]) + len({z: z for z in shared}),
    ]
    run.conflict(ops, rounds=300, allowed=(ValueError, StopIteration, IndexError))


@case
def coroutines(run):
    """A coroutine resumed by several threads: one at a time."""
    import types

    @types.coroutine
    def pause(v):
        return (yield v)

    async def work():
        total = 0
        for k in range(1 << 30):
            total += await pause(k)

    c = work()
    c.send(None)
    got = [[] for _ in range(T)]

    def body(i):
        def drive(rng):
            for _ in range(run.n(800)):
                try:
                    got[i].append(c.send(1))
                except ValueError as e:
                    run.check(str(e) == "coroutine already executing", e)

        return drive

    run.threads(*[body(i) for i in range(T)])
    values = [x for g in got for x in g]
    run.check(sorted(values) == list(range(1, len(values) + 1)), "lost or doubled")
    c.close()


@case
def asynchronous_generators(run):
    """asend, athrow and aclose of one asynchronous generator."""

    async def numbers():
        n = 0
        while True:
            n += 1
            yield n

    g = numbers()
    seen = [[] for _ in range(T)]

    def step(awaitable):
        try:
            awaitable.send(None)
        except StopIteration as e:
            return e.value

    def body(i):
        def drive(rng):
            for _ in range(run.n(500)):
                try:
                    v = step(g.asend(None))
                    if v is not None:
                        seen[i].append(v)
                except (RuntimeError, ValueError, StopAsyncIteration):
                    pass

        return drive

    run.threads(*[body(i) for i in range(T)])
    values = [x for s in seen for x in s]
    run.check(len(set(values)) == len(values), "doubled")


@case
def abandoned(run):
    """Generators made on one thread, finished or dropped on another; `finally` runs at most once."""
    runs = []

    def g(k):
        try:
            yield k
            yield k + 1
        finally:
            runs.append(k)

    n = run.n(300)
    stock = [g(k) for k in range(n)]
    for x in stock:
        next(x)

    def finish(rng):
        while True:
            try:
                x = stock.pop()
            except IndexError:
                return
            match rng.randrange(3):
                case 0:
                    x.close()
                case 1:
                    list(x)
                case 2:
                    del x

    run.threads(*[finish] * T)
    import gc

    gc.collect()
    run.check(len(set(runs)) == len(runs), "finally twice")


@case
def return_values(run):
    """A generator's return value goes to the one who finished it."""
    winners = []

    def body(g):
        def drive(rng):
            while True:
                try:
                    next(g)
                except StopIteration as e:
                    if e.value is not None:
                        winners.append(e.value)
                    return
                except ValueError:
                    pass

        return drive

    def once(k):
        yield from range(20)
        return k + 1

    for k in range(run.n(60)):
        winners.clear()
        run.threads(*[body(once(k))] * 3)
        run.check(winners == [k + 1], "winners", winners)


main()
