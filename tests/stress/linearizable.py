"""Histories of operations that overlap: is there an order of single steps that explains every result?

A few threads do a few random operations on one object and note the time of each call and each return, by a counter that all of
them share. Then a search in the manner of Wing and Gong tries to put the operations in one order, in which each comes after all
that had returned before it was called, and in which the same operations, done one after the other on an object of the same type,
give the same results. What COMPATIBILITY.md promises as one step must be there, and nothing else is: readers that may see items
while others shift them (`insert`, `pop(0)`, ... of a list against `l[i]`) meet in no history.
"""

import collections
import functools
import itertools
import os
import sys
import threading
import time

from _stress import case, main

T = 3 if (os.cpu_count() or 1) > 2 else 2
OPS = 5
HISTORIES = 40
# Threads that miss each other say nothing: histories are made until each has a pair that overlaps on average, or so many times more.
BATCHES = 5
ERRORS = (KeyError, IndexError, ValueError)


class Op:
    """One kind of operation. `do(obj, k, v)` does it; `step(state, result, k, v)` gives the states after it, for operations whose
    result is not fixed by what came before."""

    def __init__(self, name, do, step=None):
        self.name, self.do, self.step = name, do, step


class Type:
    """Objects of one type: `thaw(state)` makes one, `freeze(obj)` gives its state as something hashable."""

    def __init__(self, thaw, freeze, ops, starts):
        self.thaw, self.freeze, self.starts = thaw, freeze, starts
        self.ops = [Op(*op) for op in ops]

    def after(self, state, op, k, v, result):
        """The states in which the operation may leave the object, if it gives this result."""
        if op.step is not None:
            return op.step(state, result, k, v)
        obj = self.thaw(state)
        return [self.freeze(obj)] if perform(op, obj, k, v) == result else []


def perform(op, obj, k, v):
    try:
        return op.do(obj, k, v)
    except ERRORS as e:
        return type(e).__name__


def explain(kind, state, history):
    """An order of the operations that explains their results, or None. Entries, in order of calls: (called, returned, op, k, v,
    result)."""
    everything = (1 << len(history)) - 1
    seen = set()
    order = []

    def search(done, state):
        if done == everything:
            return True
        if (done, state) in seen:
            return False
        seen.add((done, state))
        # Whatever was called after one of the others has returned must wait for that one.
        limit = min(e[1] for i, e in enumerate(history) if not done >> i & 1)
        for i, (called, _, op, k, v, result) in enumerate(history):
            if called > limit:
                break
            if done >> i & 1:
                continue
            for new in kind.after(state, op, k, v, result):
                order.append(i)
                if search(done | 1 << i, new):
                    return True
                order.pop()
        return False

    return order if search(0, state) else None


class Meeting:
    """Lets threads begin each history at the same time: they look, since waking up takes longer than the operations."""

    def __init__(self, rounds):
        self.arrived = [[] for _ in range(rounds)]

    def meet(self, number):
        arrived = self.arrived[number]
        arrived.append(None)
        looks = 0
        while len(arrived) < T:
            looks += 1
            if looks % 200 == 0:
                time.sleep(0)


def histories(run, kind):
    """Runs and explains histories of a type."""
    count = run.n(HISTORIES)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        overlaps = 0
        for _ in range(BATCHES):
            if overlaps >= count or run.problems:
                return
            overlaps += batch(run, kind, count)
    finally:
        sys.setswitchinterval(interval)


END = Op("at the end", None, lambda state, result, k, v: [state] if state == result else [])


def batch(run, kind, count):
    """Runs some histories; how many operations overlapped with the one before."""
    starts = [run.rng.choice(kind.starts) for _ in range(count)]
    objects = [kind.thaw(state) for state in starts]
    noted = [[] for _ in range(count)]
    fresh = itertools.count(100)
    pick = lambda: (run.rng.choice(kind.ops), run.rng.randrange(3), next(fresh))
    plans = [[[pick() for _ in range(OPS)] for _ in range(T)] for _ in range(count)]
    clock = itertools.count()
    meeting = Meeting(count)

    def body(i):
        def work(rng):
            for number in range(count):
                obj, plan, mine = objects[number], plans[number][i], []
                meeting.meet(number)
                for op, k, v in plan:
                    called = next(clock)
                    result = perform(op, obj, k, v)
                    mine.append((called, next(clock), op, k, v, result))
                noted[number].extend(mine)

        return work

    run.threads(*[body(i) for i in range(T)])
    overlaps = 0
    for start, obj, history in zip(starts, objects, noted):
        # What the object is in the end belongs to the history.
        history.append((next(clock), next(clock), END, 0, 0, kind.freeze(obj)))
        history.sort(key=lambda e: e[0])
        overlaps += sum(b[0] < a[1] for a, b in zip(history, history[1:]))
        if explain(kind, start, history) is None:
            run.problem(f"no order explains this, which begins with {start}:", *map(line, history))
            break
    return overlaps


def line(entry):
    called, returned, op, k, v, result = entry
    return f"\n  {called}-{returned} {op.name} k={k} v={v} -> {result}"


def mutate(f):
    """An operation whose result is of no interest."""

    def do(obj, k, v):
        f(obj, k, v)

    return do


LIST_LOCKED = [
    ("append", mutate(lambda l, k, v: l.append(v))),
    ("pop", lambda l, k, v: l.pop()),
    ("extend list", mutate(lambda l, k, v: l.extend([v, -v]))),
    ("extend tuple", mutate(lambda l, k, v: l.extend((v, -v, 0)))),
    ("extend dict", mutate(lambda l, k, v: l.extend({v: 1, -v: 2}))),
    ("+=", mutate(lambda l, k, v: l.__iadd__([v, -v]))),
    ("copy", lambda l, k, v: tuple(l.copy())),
    ("[:]", lambda l, k, v: tuple(l[:])),
    ("list()", lambda l, k, v: tuple(list(l))),
    ("tuple()", lambda l, k, v: tuple(l)),
    ("+", lambda l, k, v: tuple(l + [])),
    ("*", lambda l, k, v: tuple(l * 2)),
    ("clear", mutate(lambda l, k, v: l.clear())),
]
LIST_STARTS = [(), (1,), (1, 2, 3)]


def set_item(l, k, v):
    l[k] = v


@case
def list_steps(run):
    """append, pop, item, store, extend, copies, clear, len: each is one step."""
    reads = [
        ("item", lambda l, k, v: l[k]),
        ("store", mutate(set_item)),
        ("len", lambda l, k, v: len(l)),
    ]
    histories(run, Type(list, tuple, LIST_LOCKED + reads * 3, LIST_STARTS))


@case
def list_edits(run):
    """insert, pop(0), remove, reverse, del and slices are one step for who changes or copies the list."""
    edits = [
        ("insert", mutate(lambda l, k, v: l.insert(k, v))),
        ("pop(k)", lambda l, k, v: l.pop(k)),
        ("del", mutate(lambda l, k, v: l.__delitem__(k))),
        ("reverse", mutate(lambda l, k, v: l.reverse())),
        ("slice", mutate(lambda l, k, v: l.__setitem__(slice(0, k), [v, v]))),
        ("del slice", mutate(lambda l, k, v: l.__delitem__(slice(0, k)))),
        ("remove", mutate(lambda l, k, v: l.remove(k))),
        ("*=", mutate(lambda l, k, v: l.__imul__(k))),
        ("del [::2]", mutate(lambda l, k, v: l.__delitem__(slice(None, None, 2)))),
        ("[::-1]", lambda l, k, v: tuple(l[::-1])),
        ("insert at end", mutate(lambda l, k, v: l.insert(-1, v))),
        ("pop(-2)", lambda l, k, v: l.pop(-2)),
        ("store last", mutate(lambda l, k, v: l.__setitem__(-1, v))),
        ("slice at end", mutate(lambda l, k, v: l.__setitem__(slice(-1, None), [v, -v]))),
    ]
    histories(run, Type(list, tuple, LIST_LOCKED + edits * 2, LIST_STARTS))


def del_item(d, k, v):
    del d[k]


DICT_OPS = [
    ("store", mutate(set_item)),
    ("del", mutate(del_item)),
    ("get", lambda d, k, v: d.get(k)),
    ("item", lambda d, k, v: d[k]),
    ("in", lambda d, k, v: k in d),
    ("len", lambda d, k, v: len(d)),
    ("pop", lambda d, k, v: d.pop(k)),
    ("popitem", lambda d, k, v: d.popitem()),
    ("setdefault", lambda d, k, v: d.setdefault(k, v)),
    ("update", mutate(lambda d, k, v: d.update({k: v, k + 1: v, "x": v}))),
    ("|=", mutate(lambda d, k, v: d.__ior__({k: v, k + 1: v}))),
    ("copy", lambda d, k, v: tuple(d.copy().items())),
    ("dict()", lambda d, k, v: tuple(dict(d).items())),
    ("{**d}", lambda d, k, v: tuple({**d}.items())),
    ("|", lambda d, k, v: tuple((d | {"y": v}).items())),
    ("list()", lambda d, k, v: tuple(list(d))),
    ("clear", mutate(lambda d, k, v: d.clear())),
]
DICT_STARTS = [(), ((0, 1),), ((2, 5), (0, 6), (1, 7))]
# Who takes no lock may see some entries of an update before the others.
DICT_BULK = {"update", "|="}
DICT_READS = {"get", "item", "in", "len"}


@case
def dict_steps(run):
    """Stores, removals, reads and copies: each is one step. Small integers as keys."""
    ops = [op for op in DICT_OPS if op[0] not in DICT_BULK]
    histories(run, Type(dict, lambda d: tuple(d.items()), ops, DICT_STARTS))


@case
def dict_updates(run):
    """update() is one step for who copies the dict, or adds to it."""
    names = DICT_BULK | {"store", "popitem", "copy", "dict()", "{**d}", "|", "list()", "clear"}
    ops = [op for op in DICT_OPS if op[0] in names]
    histories(run, Type(dict, lambda d: tuple(d.items()), ops, DICT_STARTS))


@case
def dict_of_texts(run):
    """The same with keys that are long texts, each time another object."""

    def key(k):
        return "a key that is a text %d" % k

    def with_text(do):
        return lambda d, k, v: do(d, key(k), v)

    names = {"store", "del", "get", "item", "in", "len", "pop", "popitem", "setdefault", "copy", "list()", "clear"}
    ops = [(name, with_text(do)) for name, do in DICT_OPS if name in names]
    starts = [tuple((key(k), v) for k, v in start) for start in DICT_STARTS]
    histories(run, Type(dict, lambda d: tuple(d.items()), ops, starts))


@case
def counter_steps(run):
    """Counter: stores, reads of what is missing, removal. (`c[k] += 1`, `update`, `del` are several.)"""
    ops = [
        ("store", mutate(set_item)),
        ("item", lambda c, k, v: c[k]),
        ("get", lambda c, k, v: c.get(k)),
        ("pop", lambda c, k, v: c.pop(k, None)),
        ("popitem", lambda c, k, v: c.popitem()),
        ("setdefault", lambda c, k, v: c.setdefault(k, v)),
        ("len", lambda c, k, v: len(c)),
        ("dict()", lambda c, k, v: tuple(dict(c).items())),
        ("clear", mutate(lambda c, k, v: c.clear())),
    ]
    histories(run, Type(lambda s: collections.Counter(dict(s)), lambda c: tuple(c.items()), ops, DICT_STARTS))


def set_pop(state, result, k, v):
    if result == "KeyError":
        return [] if state else [state]
    return [state - {result}] if result in state else []


SET_STARTS = [frozenset(), frozenset({0}), frozenset({0, 1, 2})]
SET_BULK = {"update", "|="}
SET_OPS = [
    ("add", mutate(lambda s, k, v: s.add(k))),
    ("add new", mutate(lambda s, k, v: s.add(v))),
    ("discard", mutate(lambda s, k, v: s.discard(k))),
    ("remove", mutate(lambda s, k, v: s.remove(k))),
    ("pop", lambda s, k, v: s.pop(), set_pop),
    ("in", lambda s, k, v: k in s),
    ("len", lambda s, k, v: len(s)),
    ("copy", lambda s, k, v: frozenset(s.copy())),
    ("frozenset()", lambda s, k, v: frozenset(s)),
    ("|", lambda s, k, v: frozenset(s | {v})),
    ("update", mutate(lambda s, k, v: s.update({k, k + 1, v}))),
    ("|=", mutate(lambda s, k, v: s.__ior__({k, k + 1}))),
    ("clear", mutate(lambda s, k, v: s.clear())),
]


@case
def set_steps(run):
    """Additions, removals, reads and copies: each is one step; `pop` may take any element."""
    histories(run, Type(set, frozenset, [op for op in SET_OPS if op[0] not in SET_BULK], SET_STARTS))


@case
def set_updates(run):
    """update() is one step for who copies the set, or adds to it."""
    names = SET_BULK | {"add", "add new", "pop", "copy", "frozenset()", "|", "clear"}
    histories(run, Type(set, frozenset, [op for op in SET_OPS if op[0] in names], SET_STARTS))


DEQUE_OPS = [
    ("append", mutate(lambda d, k, v: d.append(v))),
    ("appendleft", mutate(lambda d, k, v: d.appendleft(v))),
    ("pop", lambda d, k, v: d.pop()),
    ("popleft", lambda d, k, v: d.popleft()),
    ("clear", mutate(lambda d, k, v: d.clear())),
    ("len", lambda d, k, v: len(d)),
]


@case
def deque_steps(run):
    """append, pop at both ends, clear, len: each is one step."""
    histories(run, Type(collections.deque, tuple, DEQUE_OPS, LIST_STARTS))


@case
def deque_edits(run):
    """insert, reverse, rotate, del, `*=`, copies: each is one step."""
    edits = [
        ("insert", mutate(lambda d, k, v: d.insert(k, v))),
        ("reverse", mutate(lambda d, k, v: d.reverse())),
        ("del", mutate(lambda d, k, v: d.__delitem__(k))),
        ("rotate", mutate(lambda d, k, v: d.rotate(k - 1))),
        ("*=", mutate(lambda d, k, v: d.__imul__(k))),
        ("copy", lambda d, k, v: tuple(d.copy())),
    ]
    histories(run, Type(collections.deque, tuple, DEQUE_OPS + edits, LIST_STARTS))


@case
def deque_with_a_bound(run):
    """A full deque drops an item at the other end in the same step."""
    make = lambda state: collections.deque(state, 3)
    histories(run, Type(make, tuple, DEQUE_OPS, LIST_STARTS))


ORDERED_OPS = [
    ("store", mutate(set_item)),
    ("len", lambda d, k, v: len(d)),
    ("popitem", lambda d, k, v: d.popitem()),
    ("popitem first", lambda d, k, v: d.popitem(last=False)),
    ("clear", mutate(lambda d, k, v: d.clear())),
]


def ordered(run, ops):
    histories(run, Type(collections.OrderedDict, lambda d: tuple(d.items()), ORDERED_OPS + ops, DICT_STARTS))


@case
def ordered_dict_steps(run):
    """OrderedDict: store, remove, read: each is one step."""
    ops = [
        ("del", mutate(del_item)),
        ("get", lambda d, k, v: d.get(k)),
        ("in", lambda d, k, v: k in d),
        ("pop", lambda d, k, v: d.pop(k)),
    ]
    ordered(run, ops)


@case
def ordered_dict_moves(run):
    """move_to_end is one step for who changes the dict. (Who looks for the key meanwhile may miss it.)"""
    ops = [
        ("move_to_end", mutate(lambda d, k, v: d.move_to_end(k))),
        ("move to front", mutate(lambda d, k, v: d.move_to_end(k, last=False))),
    ]
    ordered(run, ops * 3)


class Cached:
    """A function with a cache, of which each call gives another result, and which notes who called it when."""

    def __init__(self, size):
        self.clock = itertools.count()
        self.calls = {}
        made = itertools.count()

        @functools.lru_cache(maxsize=size)
        def function(k):
            begun, result = next(self.clock), next(made)
            self.calls[result] = (threading.get_ident(), begun, next(self.clock))
            return result

        self.function = function


def found(state, result, k, v):
    return [state] if (k, result) in state else []


def missed(state, result, k, v):
    """It was not there, or it had to go."""
    return [frozenset(e for e in state if e[0] != k)]


def kept(state, result, k, v):
    """It may not be kept; if it is, it may take the place of one that was faster."""
    return [frozenset(e for e in state if e[0] != k) | {(k, result)}, state]


def cleared(state, result, k, v):
    return [frozenset()]


HIT, MISS, KEEP = Op("hit", None, found), Op("miss", None, missed), Op("keep", None, kept)
CLEAR = Op("cache_clear", None, cleared)


def lru(run, size):
    kind = Type(None, None, [], [])
    for number in range(run.n(HISTORIES)):
        cached = Cached(size)
        function, clock = cached.function, cached.clock
        history = []
        meeting = Meeting(1)

        def work(rng):
            mine = []
            plan = [rng.randrange(5) for _ in range(OPS)]
            meeting.meet(0)
            for what in plan:
                called = next(clock)
                if what == 4:
                    function.cache_clear()
                    mine.append((called, next(clock), CLEAR, 0, 0, None))
                    continue
                result = function(what)
                returned = next(clock)
                who, begun, ended = cached.calls[result]
                if who == threading.get_ident() and begun > called:
                    mine.append((called, begun, MISS, what, 0, result))
                    mine.append((ended, returned, KEEP, what, 0, result))
                else:
                    mine.append((called, returned, HIT, what, 0, result))
                size_now = function.cache_info().currsize
                if size and size_now > size:
                    run.problem("too big", size_now)
            history.extend(mine)

        run.threads(*[work] * T)
        history.sort(key=lambda e: e[0])
        if explain(kind, frozenset(), history) is None:
            run.problem("no order explains this:", *map(line, history))
            return
        if size:
            # Whatever has happened, it is as large as it may be, and no larger.
            for k in range(10, 20):
                function(k)
            run.check(function.cache_info().currsize == size, "size after all", function.cache_info())


@case
def lru_cache_steps(run):
    """A result is found from when it is kept until it is dropped or the cache is cleared; the size holds."""
    lru(run, 2)


@case
def lru_cache_unbounded(run):
    """The same without a bound."""
    lru(run, None)


main()
