# What threads read from a map or a csv reader each of them gets once; a search of a deque sees it at one moment.
import csv
import io
import mmap
import threading
from collections import Counter, deque

THREADS = 6


def together(*functions):
    barrier = threading.Barrier(len(functions))
    failed = []

    def call(f):
        barrier.wait()
        try:
            f()
        except Exception as e:
            failed.append(f"{type(e).__name__}: {e}")

    threads = [threading.Thread(target=call, args=(f,)) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sorted(set(failed))


def reads_of_a_map():
    text = b"abcdefghijklmnopqrstuvwxyz"
    with mmap.mmap(-1, 3 * len(text) * THREADS * 40) as m:
        while m.tell() < len(m):
            m.write(text)
        m.seek(0)
        seen = []

        def read():
            for _ in range(len(text) * 40):
                seen.append(m.read_byte())
                seen.extend(m.read(2))

        print("map, read", together(*[read] * THREADS), len(seen) == len(m), set(Counter(seen).values()), m.tell() == len(m))


def lines_of_a_map():
    lines = [b"%d\n" % i for i in range(3000)]
    with mmap.mmap(-1, sum(map(len, lines))) as m:
        m.write(b"".join(lines))
        m.seek(0)
        seen = []

        def read():
            while line := m.readline():
                seen.append(line)

        print("map, readline", together(*[read] * THREADS), sorted(seen) == sorted(lines))


def writes_to_a_map():
    with mmap.mmap(-1, 3 * 500 * THREADS) as m:

        def write():
            for _ in range(500):
                m.write_byte(1)
                m.write(b"\2\2")

        print("map, write", together(*[write] * THREADS), Counter(m[:]))


def slices_of_a_map():
    with mmap.mmap(-1, 20000) as m:
        mixed = []

        def work(i):
            def run():
                for k in range(60):
                    m[:] = bytes([i]) * len(m)
                    if len(set(m[:])) != 1:
                        mixed.append(k)

            return run

        print("map, slices", together(*[work(i) for i in range(THREADS)]), len(mixed))


def rows_of_a_reader():
    rows = [f"{i},{i},{i}" for i in range(4000)]
    reader = csv.reader(io.StringIO("\n".join(rows)))
    seen = []

    def read():
        for row in reader:
            seen.append(",".join(row))

    print("csv", together(*[read] * THREADS), sorted(seen) == sorted(rows), reader.line_num <= len(rows))


def a_source_that_asks_its_reader():
    def lines():
        yield "a,b"
        yield "c,d" if next(reader) is None else "e,f"

    reader = csv.reader(lines())
    print(next(reader))
    try:
        next(reader)
    except ValueError as e:
        print("ValueError:", e)

    class Source:
        asked = False

        def __iter__(self):
            return self

        def __next__(self):
            if not Source.asked:
                Source.asked = True
                print("inner", next(reader))
            return "x,y"

    reader = csv.reader(Source())
    try:
        print("outer", next(reader))
    except csv.Error as e:
        print("csv.Error:", e)
    print(next(reader))


def searches_of_a_deque():
    d = deque(range(100))

    def search():
        for _ in range(3000):
            assert d.index(50) >= 50 - 1
            assert 50 in d
            assert d.count(50) == 1

    def change():
        for _ in range(3000):
            d.append(1000)
            d.pop()

    print("deque", together(search, *[change] * 3), len(d))


class Odd:
    def __init__(self, d):
        self.d = d

    def __eq__(self, other):
        self.d.append(0)
        return False


def a_comparison_that_changes_the_deque():
    for name in ("index", "count", "remove", "__contains__"):
        d = deque([1, "a", 2.5])
        try:
            print(name, getattr(d, name)(Odd(d)))
        except Exception as e:
            print(name, type(e).__name__, e)
    d = deque([1, 2, None, float("nan"), (1, 2), "x", 2, 2**70, True])
    nan = d[3]
    print([d.index(x) for x in (2, None, nan, (1, 2), "x", 2**70, 1.0)], d.count(1), d.count(2), float("nan") in d)
    print(d.index(2, 2), d.index(2, -3, 100))
    for args in ((2, 2, 6), ("y",), (2, 9)):
        try:
            print(d.index(*args))
        except ValueError:
            print("ValueError")


reads_of_a_map()
lines_of_a_map()
writes_to_a_map()
slices_of_a_map()
rows_of_a_reader()
a_source_that_asks_its_reader()
searches_of_a_deque()
a_comparison_that_changes_the_deque()
