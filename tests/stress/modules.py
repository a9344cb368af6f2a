"""Objects of native modules shared by threads: re, functools, random, json, csv, zlib, hashlib, heapq, bisect, ..."""

import bisect
import collections
import csv
import functools
import hashlib
import heapq
import io
import json
import pickle
import random
import re
import threading
import zlib

from _stress import case, main

T = 4


@case
def patterns(run):
    """Compiled patterns, their scanners and match objects; the cache of re."""
    p = re.compile(r"(?P<word>[a-z]+)(\d*)")
    text = "abc12 de f345 " * 10
    expected = p.findall(text)
    scanner = p.scanner(text)
    shared_match = p.match("abc12")
    holder = [p.finditer(text)]

    def body(rng):
        for i in range(run.n(200)):
            run.check(p.findall(text) == expected, "findall")
            run.check(p.sub(r"\2\1", "ab12") == "12ab", "sub")
            run.check(shared_match.group("word") == "abc" and shared_match.span(2) == (3, 5), "match")
            m = scanner.search()
            if m is not None:
                run.check(m.group(1).isalpha(), "scanner", m)
            try:
                next(holder[0])
            except StopIteration:
                holder[0] = p.finditer(text)
            k = rng.randrange(700)
            run.check(re.match(rf"x{k}(y*)", f"x{k}yy").group(1) == "yy", "cache")
            if i % 50 == 0:
                re.purge()

    run.threads(*[body] * T)


@case
def lru_cache(run):
    """functools.lru_cache: the right result for each argument; the counters fit."""

    @functools.lru_cache(maxsize=20)
    def f(x):
        return x * 3

    @functools.lru_cache(maxsize=None)
    def g(x, *, y=1):
        return (x, y)

    class Evil:
        def __init__(self, v):
            self.v = v

        def __hash__(self):
            return self.v % 4

        def __eq__(self, o):
            return isinstance(o, Evil) and self.v == o.v

    n = run.n(1500)

    def body(rng):
        for i in range(n):
            k = rng.randrange(60)
            run.check(f(k) == k * 3, "wrong result")
            run.check(g(k, y=i % 3) == (k, i % 3), "wrong result")
            run.check(f(Evil(k) and k) == 3 * k, "wrong")
            if i % 100 == 0:
                f.cache_info(), g.cache_parameters()
            if i % 400 == 399:
                f.cache_clear()

    run.threads(*[body] * T)
    info = f.cache_info()
    run.check(info.currsize <= 20, "too big", info)

    @functools.lru_cache(maxsize=10)
    def h(e):
        return e.v

    def evil(rng):
        for i in range(n // 3):
            k = rng.randrange(30)
            run.check(h(Evil(k)) == k, "wrong result for own keys")

    run.threads(*[evil] * T)


@case
def cached_property(run):
    """functools.cached_property and singledispatch."""

    class C:
        @functools.cached_property
        def p(self):
            return [1, 2]

    @functools.singledispatch
    def show(x):
        return "object"

    for k in range(run.n(60)):
        c, got = C(), []
        run.threads(*[lambda rng: got.append(c.p)] * T)
        run.check(all(g == [1, 2] for g in got) and c.p == [1, 2], "cached_property")
        kind = type(f"K{k}", (), {})

        def call(rng):
            try:
                show(kind()), show(3)
            except RuntimeError as e:
                # singledispatch walks its registry, a dict: pure Python, and so in CPython.
                run.check("changed size" in str(e), e)

        run.threads(lambda rng: show.register(kind, lambda x: "kind"), call, call)
        # A call that began before the registration may have put its finding into the cache after it.
        show._clear_cache()
        run.check(show(kind()) == "kind", "dispatch")


@case
def random_generators(run):
    """random.Random shared: values in range, the state stays usable; the same seed gives the same numbers afterwards."""
    r = random.Random(5)

    def body(rng):
        for i in range(run.n(800)):
            run.check(0 <= r.random() < 1, "random")
            run.check(0 <= r.getrandbits(70) < 1 << 70, "getrandbits")
            run.check(0 <= r.randrange(10) < 10, "randrange")
            if i % 50 == 0:
                r.setstate(r.getstate())
                r.seed(i)
                l = list(range(10))
                r.shuffle(l)
                run.check(sorted(l) == list(range(10)), "shuffle")
                r.gauss(0, 1), r.choices(l, k=3), r.sample(l, 3)
            random.random(), random.randint(1, 6)

    run.threads(*[body] * T)
    r.seed(1)
    run.check(r.random() == random.Random(1).random(), "state damaged")


@case
def json_objects(run):
    """Encoders and decoders shared by threads, over data that changes."""
    data = {"a": [1, 2.5, None, True, "té"], "b": {str(k): k for k in range(10)}}
    encoder, decoder = json.JSONEncoder(sort_keys=True, indent=None), json.JSONDecoder()
    text = encoder.encode(data)
    moving = {"l": list(range(10)), "d": {str(k): k for k in range(10)}}

    def steady(rng):
        for _ in range(run.n(200)):
            run.check(encoder.encode(data) == text and decoder.decode(text) == data, "round trip")
            run.check(json.loads(json.dumps(data, indent=2)) == data, "indent")

    def dump(rng):
        for _ in range(run.n(300)):
            try:
                json.loads(json.dumps(moving))
            except (RuntimeError, ValueError):
                pass

    def change(rng):
        for i in range(run.n(2000)):
            moving["l"].append(i) if len(moving["l"]) < 40 else moving["l"].clear()
            moving["d"][str(rng.randrange(40))] = i
            moving["d"].pop(str(rng.randrange(40)), None)

    run.threads(steady, dump, change, change)


@case
def csv_objects(run):
    """A reader and a writer shared by threads."""
    n = run.n(800)
    out = io.StringIO()
    w = csv.writer(out)

    def body(i):
        def put(rng):
            for k in range(n):
                w.writerow([i, k, 'a"b,c'])

        return put

    run.threads(*[body(i) for i in range(T)])
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    run.check(len(rows) == n * T and all(len(r) == 3 and r[2] == 'a"b,c' for r in rows), "rows mixed", len(rows))
    lines, lock = [f"{k},b,{k}\n" for k in range(n)], threading.Lock()

    class Source:
        """Gives each line once: the iterator of a list may give one twice when threads share it."""

        def __iter__(self):
            return self

        def __next__(self):
            with lock:
                if not lines:
                    raise StopIteration
                return lines.pop()

    shared = csv.reader(Source())
    got = [[] for _ in range(T)]

    def draw(i):
        def body(rng):
            while True:
                try:
                    got[i].append(next(shared))
                except StopIteration:
                    return
                except (csv.Error, ValueError):
                    pass

        return body

    run.threads(*[draw(i) for i in range(T)])
    rows = [row for part in got for row in part]
    run.check(len(rows) <= n, "rows invented", len(rows))

    def dialects(rng):
        for i in range(run.n(200)):
            name = f"d{rng.randrange(5)}"
            csv.register_dialect(name, delimiter=";")
            csv.list_dialects()
            try:
                csv.get_dialect(name)
                csv.unregister_dialect(name)
            except csv.Error:
                pass

    run.threads(*[dialects] * T)


@case
def compression(run):
    """zlib's compression objects shared by threads, with copies."""
    c, d = zlib.compressobj(), zlib.decompressobj()
    whole = zlib.compress(b"text " * 1000)
    ops = [
        lambda rng, i: c.compress(b"abc" * 50),
        lambda rng, i: c.flush(zlib.Z_SYNC_FLUSH),
        lambda rng, i: c.copy().flush(),
        lambda rng, i: d.decompress(whole[:20], 5),
        lambda rng, i: (d.unused_data, d.unconsumed_tail, d.eof),
        lambda rng, i: d.copy(),
        lambda rng, i: run.check(zlib.decompress(whole) == b"text " * 1000, "decompress"),
        lambda rng, i: zlib.crc32(whole, i) + zlib.adler32(whole),
    ]
    run.conflict(ops, rounds=150, allowed=(zlib.error, ValueError))


@case
def hashes(run):
    """One hash object updated by all: the same bytes in any order of equal pieces."""
    for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s"):
        h = hashlib.new(name)
        n = run.n(200)

        def body(rng):
            for i in range(n):
                h.update(b"0123456789abcdef" * 3)
                if i % 20 == 0:
                    h.copy().hexdigest(), h.digest(), h.name

        run.threads(*[body] * T)
        run.check(h.hexdigest() == hashlib.new(name, b"0123456789abcdef" * (3 * n * T)).hexdigest(), name)


@case
def heaps_and_bisection(run):
    """heapq and bisect on lists that all threads change: no crash, no item invented."""
    heap, lock_free = [], []
    n = run.n(1500)

    def push(rng):
        for i in range(n):
            try:
                heapq.heappush(heap, rng.randrange(1000))
            except RuntimeError as e:
                run.check("changed size" in str(e), e)

    def pop(rng):
        for i in range(n):
            try:
                x = heapq.heappop(heap)
                run.check(0 <= x < 1000, "invented")
            except (IndexError, RuntimeError):
                pass

    run.threads(push, push, pop, pop)
    run.check(all(0 <= x < 1000 for x in heap), "invented")
    ops = [
        lambda rng, i: bisect.insort(lock_free, rng.randrange(100)),
        lambda rng, i: bisect.bisect(lock_free, 50),
        lambda rng, i: lock_free.pop(),
        lambda rng, i: heapq.heapify(lock_free),
        lambda rng, i: heapq.heappushpop(lock_free, 3),
        lambda rng, i: heapq.heapreplace(lock_free, 4),
        lambda rng, i: heapq.nsmallest(3, lock_free),
        lambda rng, i: list(heapq.merge(lock_free, [1, 2])),
        lambda rng, i: lock_free.clear() if i % 40 == 0 else None,
    ]
    run.conflict(ops, rounds=400, allowed=(IndexError, RuntimeError))


@case
def operators(run):
    """operator's getters, types.SimpleNamespace, mappingproxy, slices, ranges shared by threads."""
    import operator
    import types

    ns, d = types.SimpleNamespace(a=1), {"k": 1}
    proxy = types.MappingProxyType(d)
    getter, attr = operator.itemgetter("k"), operator.attrgetter("a")
    ops = [
        lambda rng, i: setattr(ns, f"x{i % 10}", i),
        lambda rng, i: (repr(ns), ns == types.SimpleNamespace(a=1)),
        lambda rng, i: run.check(type(getter(d)) is int and type(attr(ns)) is int, "getter"),
        lambda rng, i: d.__setitem__("k", i),
        lambda rng, i: d.__setitem__(i % 30, i),
        lambda rng, i: d.pop(i % 30, None),
        lambda rng, i: (dict(proxy), list(proxy), len(proxy), proxy["k"], proxy | {}),
        lambda rng, i: setattr(ns, "a", i),
    ]
    # dict(proxy) asks for the keys, then for each value: a key may be gone by then.
    run.conflict(ops, rounds=800, allowed=(RuntimeError, KeyError))


@case
def strings_and_numbers(run):
    """Memos of immutable objects: hash of strings and tuples, ropes, code-point indices, big numbers."""
    for _ in range(run.n(40)):
        text = "".join(random.Random(1).choice("aé漢😀") for _ in range(400))
        rope = text
        for k in range(20):
            rope = rope + text
        big, t = 3**500 + run.rng.randrange(1000), tuple(range(100))
        seen = [[] for _ in range(T)]

        def body(i):
            def look(rng):
                seen[i].append(
                    (hash(text), text[200], rope[5000:5010], hash(rope), rope.find("😀", 4000), hash(t), hash(big), str(big), text.encode(), len(rope))
                )

            return look

        run.threads(*[body(i) for i in range(T)])
        run.check(all(s == seen[0] for s in seen), "differs between threads")


@case
def named_tuples_and_dataclasses(run):
    """dataclasses and enums made and used by several threads."""
    import dataclasses
    import enum

    class Color(enum.Enum):
        RED = 1
        BLUE = 2

    class Flag(enum.Flag):
        A = 1
        B = 2
        C = 4

    @dataclasses.dataclass
    class P:
        x: int
        y: list = dataclasses.field(default_factory=list)

    shared = P(1)

    def body(rng):
        for i in range(run.n(150)):
            run.check(Color(1) is Color.RED and Color["BLUE"] is Color.BLUE, "enum")
            run.check((Flag.A | Flag.C).value == 5 and Flag(3) is Flag(3), "flag")
            shared.x = i
            shared.y.append(i)
            dataclasses.asdict(shared), dataclasses.replace(shared, x=2), repr(Color.RED)
            if len(shared.y) > 50:
                shared.y.clear()

    run.threads(*[body] * T)


class Record:
    """What the pickling cases pickle: found by name."""


def made_of(n):
    """A list whose items name themselves, for reductions that run Python code."""
    return [n]


class Reduced:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return made_of, (self.n,)


@case
def pickled_while_changing(run):
    """pickle.dumps of objects that others change: what is read back was there; values stay with their keys."""
    names = [f"attribute{i}" for i in range(12)]
    items, table, members, record, data = [], {}, set(), Record(), bytearray(b"ab")
    everything = [items, table, members, record, data]

    def change(rng):
        for _ in range(run.n(1500)):
            k = rng.randrange(40)
            match rng.randrange(12):
                case 0 | 1:
                    items.append(Reduced(k) if k % 5 == 0 else [k])
                case 2 if items:
                    try:
                        items.pop(rng.randrange(len(items)))
                    except (IndexError, ValueError):
                        pass
                case 3 if len(items) > 60:
                    items.clear()
                case 4 | 5:
                    table[f"key {k}"] = Reduced(k) if k % 5 == 0 else [k]
                case 6:
                    table.pop(f"key {k}", None)
                case 7:
                    members.add(k)
                case 8:
                    members.discard(k)
                case 9 | 10:
                    setattr(record, names[k % 12], [k % 12])
                case 11:
                    data.append(97 + k % 26)
                    if len(data) > 50:
                        del data[:]

    def pickle_it(rng):
        for i in range(run.n(60)):
            proto = rng.randrange(6)
            if i % 4 == 0:
                f = io.BytesIO()
                pickle.Pickler(f, proto).dump(everything)
                text = f.getvalue()
            else:
                text = pickle.dumps(everything, proto)
            got, entries, found, copy, letters = pickle.loads(text)
            run.check(all(type(x) is list and len(x) == 1 and x[0] in range(40) for x in got), "items", got)
            run.check(all(k == f"key {v[0]}" for k, v in entries.items()), "entries", entries)
            run.check(all(x in range(40) for x in found), "members", found)
            run.check(type(copy) is Record, "record", copy)
            run.check(all(vars(copy)[k] == [names.index(k)] for k in vars(copy)), "attributes", vars(copy))
            run.check(all(97 <= b < 123 for b in letters), "bytes", letters)

    run.threads(*[change] * 2, *[pickle_it] * 3)


@case
def shared_picklers(run):
    """One pickler, one unpickler: who finds it in use gets RuntimeError, everybody else a whole pickle."""

    class Sink:
        def __init__(self):
            self.parts = []

        def write(self, part):
            self.parts.append(bytes(part))

    sink = Sink()
    pickler = pickle.Pickler(sink)
    value = [["one", i] for i in range(20)]
    source = pickle.dumps(value)

    class Source:
        """Endless: every read begins another pickle."""

        def read(self, n):
            return source if n == 1 else b""

        def readline(self):
            return b""

        def peek(self, n):
            return source

    unpickler = pickle.Unpickler(Source())

    def body(rng):
        for _ in range(run.n(150)):
            try:
                pickler.dump([rng.randrange(5), "text"])
            except RuntimeError as e:
                run.check("already used" in str(e), "dump", e)
            if rng.randrange(4) == 0:
                pickler.clear_memo()
            pickler.memo.copy(), unpickler.memo.copy()
            try:
                run.check(unpickler.load() == value, "load")
            except RuntimeError as e:
                run.check("already used" in str(e), "load", e)

    run.threads(*[body] * T)
    for part in sink.parts:
        run.check(part[:2] == b"\x80\x05" and part[-1:] == b".", "not whole", part)


main()
