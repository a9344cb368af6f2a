"""io objects that several threads use: memory streams, raw, buffered and text files, pipes."""

import io
import os
import tempfile

from _stress import case, main

T = 4
EXPECTED = (ValueError, OSError, EOFError, BufferError, IndexError)


@case
def bytesio(run):
    """BytesIO: every method against every other one."""
    b = io.BytesIO(b"line one\nline two\n" * 5)
    ops = [
        lambda rng, i: b.write(b"abc"),
        lambda rng, i: b.read(5),
        lambda rng, i: b.seek(rng.randrange(50)),
        lambda rng, i: b.tell(),
        lambda rng, i: b.truncate(rng.randrange(100)),
        lambda rng, i: b.getvalue(),
        lambda rng, i: b.readline(),
        lambda rng, i: b.readlines(20),
        lambda rng, i: b.readinto(bytearray(10)),
        lambda rng, i: b.getbuffer().release(),
        lambda rng, i: [x for x in b],
        lambda rng, i: b.writelines([b"x", b"y"]),
        lambda rng, i: b.__setstate__((b"abc", 0, None)),
        lambda rng, i: b.seek(0, 2),
        lambda rng, i: (b.closed, b.readable(), repr(b), b.__getstate__()),
    ]
    run.pairs(ops, rounds=25, allowed=EXPECTED)


@case
def bytesio_write_is_whole(run):
    """One write() to a BytesIO is one step: pieces are never mixed."""
    b = io.BytesIO()
    n = run.n(800)

    def body(i):
        def put(rng):
            for _ in range(n):
                b.write(bytes([65 + i]) * 8)

        return put

    run.threads(*[body(i) for i in range(T)])
    data = b.getvalue()
    run.check(len(data) == 8 * n * T, "lost", len(data))
    run.check(all(len(set(data[k : k + 8])) == 1 for k in range(0, len(data), 8)), "mixed")


@case
def stringio(run):
    """StringIO: every method against every other one."""
    s = io.StringIO("line öne\nline two\n" * 5)
    ops = [
        lambda rng, i: s.write("äbc"),
        lambda rng, i: s.read(5),
        lambda rng, i: s.seek(rng.randrange(50)),
        lambda rng, i: s.tell(),
        lambda rng, i: s.truncate(rng.randrange(100)),
        lambda rng, i: s.getvalue(),
        lambda rng, i: s.readline(),
        lambda rng, i: [x for x in s],
        lambda rng, i: s.writelines(["x", "y"]),
        lambda rng, i: (s.newlines, s.closed, repr(s), s.line_buffering),
    ]
    run.pairs(ops, rounds=25, allowed=EXPECTED)


@case
def buffered_file(run):
    """Buffered files opened for reading and writing."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data")
        with open(path, "wb") as f:
            f.write(bytes(range(256)) * 64)
        with open(path, "r+b", buffering=64) as f:
            ops = [
                lambda rng, i: f.write(b"x" * rng.randrange(100)),
                lambda rng, i: f.read(rng.randrange(100)),
                lambda rng, i: f.read1(10),
                lambda rng, i: f.peek(3),
                lambda rng, i: f.seek(rng.randrange(5000)),
                lambda rng, i: f.tell(),
                lambda rng, i: f.flush(),
                lambda rng, i: f.readinto(bytearray(30)),
                lambda rng, i: f.readline(),
                lambda rng, i: f.truncate(rng.randrange(5000)),
            ]
            run.conflict(ops, rounds=150, allowed=EXPECTED)
        with open(path, "rb") as f:
            seen = [[] for _ in range(T)]

            def body(i):
                def read(rng):
                    while piece := f.read(7):
                        seen[i].append(piece)

                return read

            size = os.path.getsize(path)
            run.threads(*[body(i) for i in range(T)])
            run.check(sum(len(p) for s in seen for p in s) == size, "read not once each")


@case
def buffered_writer_is_whole(run):
    """write() to a buffered file from several threads: all bytes arrive, pieces are not mixed."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data")
        n = run.n(400)
        with open(path, "wb", buffering=100) as f:

            def body(i):
                def put(rng):
                    for _ in range(n):
                        f.write(bytes([65 + i]) * 16)

                return put

            run.threads(*[body(i) for i in range(T)])
        with open(path, "rb") as f:
            data = f.read()
        run.check(len(data) == 16 * n * T, "lost", len(data))
        run.check(all(len(set(data[k : k + 16])) == 1 for k in range(0, len(data), 16)), "mixed")


@case
def text_file(run):
    """A text file that is written, read, sought and closed by several threads."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "text")
        f = open(path, "w+", encoding="utf-8")
        ops = [
            lambda rng, i: f.write("zeile äöü\n"),
            lambda rng, i: f.read(4),
            lambda rng, i: f.readline(),
            lambda rng, i: f.seek(0),
            lambda rng, i: f.tell(),
            lambda rng, i: f.flush(),
            lambda rng, i: next(f),
            lambda rng, i: (f.newlines, f.encoding, f.closed, repr(f)),
            lambda rng, i: f.reconfigure(line_buffering=i % 2 == 0),
        ]
        run.conflict(ops, rounds=120, allowed=(*EXPECTED, StopIteration, UnicodeError))
        closing = [lambda rng, i: f.close() if i == 30 else f.write("x"), lambda rng, i: f.read(1)]
        run.conflict(closing, rounds=60, allowed=(*EXPECTED, UnicodeError))
        f.close()


@case
def close_against_use(run):
    """close() while others read and write: ValueError, never a crash."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data")
        for k in range(run.n(20)):
            files = [open(path, "w+b", buffering=16), io.BytesIO(b"x" * 100), io.StringIO("x" * 100), open(path, "w+b", buffering=0)]
            for f in files:

                def use(rng):
                    for _ in range(20):
                        try:
                            f.read(1)
                            f.write("x" if isinstance(f, io.StringIO) else b"x")
                        except ValueError:
                            return
                        except OSError:
                            pass

                run.threads(use, use, lambda rng: f.close())


@case
def pipes(run):
    """Bytes through a pipe from two writers to two readers: each arrives once."""
    r, w = os.pipe()
    n = run.n(300)
    got = [[], []]

    def write(rng):
        for _ in range(n):
            os.write(w, b"abcd")

    def read(i):
        def body(rng):
            while piece := os.read(r, 64):
                got[i].append(len(piece))

        return body

    import threading

    def writers(rng):
        ts = [threading.Thread(target=write, args=(rng,)) for _ in range(2)]
        for t in ts:
            t.start()
        for t in ts:
            t.join()
        os.close(w)

    run.threads(writers, read(0), read(1))
    os.close(r)
    run.check(sum(map(sum, got)) == 8 * n, "lost", sum(map(sum, got)))


@case
def standard_output(run):
    """print() from several threads to one stream: each text arrives whole."""
    s = io.StringIO()
    n = run.n(300)

    def body(i):
        def say(rng):
            for k in range(n):
                print(f"<{i}:{k}>", end="", file=s)

        return say

    run.threads(*[body(i) for i in range(T)])
    parts = s.getvalue().strip("<>").split("><")
    run.check(sorted(parts) == sorted(f"{i}:{k}" for i in range(T) for k in range(n)), "mixed or lost", len(parts))


main()
