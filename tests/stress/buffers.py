"""bytearray, memoryview and array: bytes that grow under their readers."""

import array
import struct

from _stress import case, main

T = 4


@case
def bytearray_append(run):
    """append() loses nothing."""
    n, b = run.n(2000), bytearray()

    def body(i):
        def put(rng):
            for _ in range(n):
                b.append(65 + i)

        return put

    run.threads(*[body(i) for i in range(T)])
    run.check(sorted(b) == sorted(bytes(range(65, 65 + T)) * n), "lost", len(b))


@case
def bytearray_pop(run):
    """pop() takes each byte once."""
    n = run.n(1000)
    b = bytearray(range(200)) * n
    taken = [[] for _ in range(T)]

    def body(i):
        def take(rng):
            while True:
                try:
                    taken[i].append(b.pop())
                except IndexError:
                    return

        return take

    run.threads(*[body(i) for i in range(T)])
    run.check(sum(map(sum, taken)) == sum(range(200)) * n, "lost or doubled")


@case
def bytearray_pairs(run):
    """Every method against every other one."""
    b = bytearray(b"hello world" * 3)
    ops = [
        lambda rng, i: b.append(i & 127),
        lambda rng, i: b.pop(),
        lambda rng, i: b.pop(0),
        lambda rng, i: b.extend(b"abc"),
        lambda rng, i: b.extend([1, 2, 3]),
        lambda rng, i: b.insert(3, 65),
        lambda rng, i: b.remove(65),
        lambda rng, i: b.clear() if i % 5 == 0 else b.extend(b"o w"),
        lambda rng, i: b.reverse(),
        lambda rng, i: b.__setitem__(0, 66),
        lambda rng, i: b.__setitem__(slice(1, 4), b"12345"),
        lambda rng, i: b.__delitem__(slice(None, None, 2)),
        lambda rng, i: b.__imul__(2) if len(b) < 500 else b.clear(),
        lambda rng, i: b.__iadd__(b"xy"),
        lambda rng, i: b.resize(50),
        lambda rng, i: (bytes(b), b.copy(), b[:], b + b"x", b * 2),
        lambda rng, i: (b.find(b"o"), b.count(b"l"), b"w" in b, b.startswith(b"h")),
        lambda rng, i: (b.split(b" "), b.replace(b"o", b"0"), b.upper(), b.hex()),
        lambda rng, i: (b.decode("latin-1"), b == b"x", len(b), repr(b), b.translate(None, b"l")),
        lambda rng, i: [x for x in b],
        lambda rng, i: b.join([b, b"x"]),
        lambda rng, i: int(b[0]) + hash(bytes(b)),
        lambda rng, i: struct.pack_into("<I", b, 0, 7),
    ]
    run.pairs(ops, rounds=12, allowed=(IndexError, ValueError, BufferError, struct.error))


@case
def views_pin_the_size(run):
    """While a memoryview exports a bytearray, resizing raises BufferError; what the view shows stays valid."""
    b = bytearray(b"x" * 100)

    def resize(rng):
        for i in range(run.n(1500)):
            try:
                if i % 2:
                    b.extend(b"x" * 10)
                else:
                    del b[100:]
            except BufferError:
                pass

    def view(rng):
        for _ in range(run.n(1500)):
            with memoryview(b) as m:
                n = len(m)
                m[0] = 120
                if bytes(m) != b"x" * n or m[n - 1] != 120 or len(m) != n:
                    run.problem("view changed")
                with m[10:50] as part:
                    if part.tobytes() != b"x" * 40:
                        run.problem("part changed")

    run.threads(resize, resize, view, view)


@case
def view_operations(run):
    """One memoryview that all threads use and release."""
    b = bytearray(range(240))
    holder = [memoryview(b)]
    ops = [
        lambda rng, i: holder[0].release(),
        lambda rng, i: holder.__setitem__(0, memoryview(b)),
        lambda rng, i: holder[0].tolist(),
        lambda rng, i: holder[0].cast("I")[0],
        lambda rng, i: holder[0][3:9].tobytes(),
        lambda rng, i: holder[0].__setitem__(5, i & 255),
        lambda rng, i: (holder[0] == b, holder[0].hex(), len(holder[0]), repr(holder[0])),
        lambda rng, i: [x for x in holder[0]],
        lambda rng, i: hash(bytes(holder[0])),
        lambda rng, i: b.extend(b"x") if len(b) < 1000 else b.__delitem__(slice(240, None)),
    ]
    run.conflict(ops, rounds=400, allowed=(ValueError, BufferError, TypeError, IndexError))


@case
def arrays(run):
    """array.array: every method against every other one; items are never torn."""
    a = array.array("q", [0x1111111111111111] * 16)
    same = [k * 0x1111111111111111 for k in range(8)]
    ops = [
        lambda rng, i: a.append(rng.choice(same)),
        lambda rng, i: a.pop(),
        lambda rng, i: a.insert(2, rng.choice(same)),
        lambda rng, i: a.extend(same[:3]),
        lambda rng, i: a.__setitem__(0, rng.choice(same)),
        lambda rng, i: a.__setitem__(slice(1, 3), array.array("q", same[:4])),
        lambda rng, i: a.__delitem__(slice(8, None)),
        lambda rng, i: a.reverse(),
        lambda rng, i: a.remove(same[1]),
        lambda rng, i: a.frombytes(b"\x22" * 8),
        lambda rng, i: a.__imul__(2) if len(a) < 200 else a.__delitem__(slice(None)),
        lambda rng, i: (a.tolist(), a.tobytes(), a.count(same[1]), len(a), repr(a), a == a[:]),
        lambda rng, i: run.check(all(x in same for x in a), "torn item"),
        lambda rng, i: memoryview(a).release(),
        lambda rng, i: a.byteswap(),
    ]
    run.pairs(ops, rounds=12, allowed=(IndexError, ValueError, BufferError))


@case
def array_append(run):
    """array.append() loses nothing."""
    n, a = run.n(2000), array.array("l")

    def body(i):
        def put(rng):
            for k in range(n):
                a.append(i * n + k)

        return put

    run.threads(*[body(i) for i in range(T)])
    run.check(sorted(a) == list(range(T * n)), "lost", len(a))


@case
def pack_into_one_buffer(run):
    """struct.pack_into and unpack_from on one buffer, and a compiled Struct shared by all."""
    b = bytearray(64)
    s = struct.Struct("<QQ")

    def body(rng):
        for i in range(run.n(1500)):
            s.pack_into(b, 16 * rng.randrange(4), i, i)
            s.unpack_from(b, 0), s.size, list(s.iter_unpack(bytes(b)))
            run.check(s.unpack(s.pack(i, ~i & 0xFF)) == (i, ~i & 0xFF), "pack")
            run.check(struct.unpack(f"<{i % 150 + 1}H", bytes(2 * (i % 150 + 1)))[0] == 0, "cache")

    run.threads(*[body] * T)


main()
