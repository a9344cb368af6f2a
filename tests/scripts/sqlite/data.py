"""Values to and from SQLite: types, adapters, converters, factories, rows, blobs."""

import sqlite3
import struct

from _tools import show

c = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)


class I(int):
    pass


class F(float):
    pass


class S(str):
    pass


values = [None, 0, -1, 1 << 62, -(1 << 63), 1.5, float("inf"), "", "ab\0c", "h\u00e4\U0001f600", b"", b"\0\xff", bytearray(b"x")]
values += [memoryview(b"yz"), True, I(7), F(2.5), S("sub"), "x" * 100_000, b"y" * 100_000]
for v in values:
    row = c.execute("select ?, typeof(?)", (v, v)).fetchone()
    print([(x if len(repr(x)) < 40 else (type(x).__name__, len(x))) for x in row])
print(c.execute("select ?1, ?2, ?1", (1, 2)).fetchone())
print(c.execute("select :a, @b, $c", {"a": 1, "b": 2, "c": 3}).fetchone())


class Keys(dict):
    def __missing__(self, key):
        return key * 2


print(c.execute("select :a, :b", Keys(a=1)).fetchone())


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __conform__(self, protocol):
        if protocol is sqlite3.PrepareProtocol:
            return f"{self.x};{self.y}"


print(c.execute("select ?", (Point(1, 2),)).fetchone())


class Other:
    pass


sqlite3.register_adapter(Other, lambda o: "adapted")
sqlite3.register_converter("pt", lambda b: tuple(map(int, b.split(b";"))))
print(c.execute("select ?", (Other(),)).fetchone())
c.execute("create table t(p pt, q PT NOT NULL, n number(10), z)")
c.execute("insert into t values(?, ?, ?, ?)", (Point(3, 4), Point(5, 6), 7, None))
cu = c.execute('select p, q, n, z, p as "p [pt]", n as "n [nope]" from t')
print(cu.description)
print(cu.fetchone())
print(c.execute("select p from t where 0").description)
show(sqlite3.adapt, 5)
show(sqlite3.adapt, object(), int, 3)
show(sqlite3.adapt, Point(1, 1))

print("factories")
c.text_factory = bytes
print(c.execute("select 'a\u00e4'").fetchone())
c.text_factory = bytearray
print(c.execute("select 'a'").fetchone())
c.text_factory = lambda b: b.decode().upper()
print(c.execute("select 'abc', 1").fetchone())
c.text_factory = str
show(lambda: c.execute("select cast(x'ff4142' as text) as col").fetchone())
c.row_factory = lambda cursor, row: {d[0]: v for d, v in zip(cursor.description, row)}
print(c.execute("select 1 as a, 2 as b").fetchall())
c.row_factory = sqlite3.Row
r = c.execute("select 1 as a, 2 as B union select 3, 4 order by 1").fetchall()
print(r[0].keys(), tuple(r[0]), dict(r[1]), list(reversed(r[0])), len(r[0]), r[0]["A"], r[0]["b"], r[0][-1], r[0][0:1])
show(lambda: r[0]["c"])
show(lambda: r[0][5])
show(lambda: r[0][1 << 70])
show(lambda: r[0][1.5])
same = c.execute("select 1 as a, 2 as B").fetchone()
print(r[0] == same, hash(r[0]) == hash(same), r[0] != r[1], r[0] == (1, 2), r[0] in [same])
show(lambda: r[0] < same)
plain = sqlite3.Row(c.cursor(), (1, 2))
print(plain.keys())
show(lambda: plain["x"])
show(sqlite3.Row, 5, ())
show(sqlite3.Row, c.cursor(), 5)
c.row_factory = None

print("blobs")
c.execute("create table b(x)")
c.execute("insert into b values(?)", (b"hello world",))
b = c.blobopen("b", "x", 1)
print(len(b), b.read(2), b.tell(), b.read(), b.read(), b.read(0))
for f in (
    lambda: b.seek(-1),
    lambda: b.seek(1, 5),
    lambda: b.seek(100),
    lambda: b.seek(-1, 2),
    lambda: b.write(b"toolong"),
    lambda: b.write("s"),
    lambda: b[0],
    lambda: b[100],
    lambda: b[-1],
    lambda: b["x"],
    lambda: b[1:3],
    lambda: b[::-2],
    lambda: b.__setitem__(0, 72),
    lambda: b.__setitem__(0, 256),
    lambda: b.__setitem__(0, "a"),
    lambda: b.__setitem__(slice(0, 2), b"abc"),
    lambda: b.__setitem__(slice(0, 4, 2), b"JL"),
    lambda: b.__setitem__(slice(5, 5), b""),
    lambda: b.__setitem__(slice(0, 2), 5),
    lambda: b.__delitem__(0),
    lambda: b.__delitem__(slice(0, 1)),
    lambda: b[1 << 70],
    lambda: list(b),
):
    show(f)
b.seek(0)
print(b.read())
with b as same:
    print(same is b)
show(b.read)
show(len, b)
b.close()
show(c.blobopen, "b", "x", 99)
show(c.blobopen, "b", "nope", 1)
show(c.blobopen, "b", "x", 1 << 70)
show(c.blobopen, "b", "x", "a")
ro = c.blobopen("b", "x", 1, readonly=True)
show(ro.write, b"x")
ro.close()
old = c.blobopen("b", "x", 1)
c.execute("update b set x = 'changed!!!!'")
show(old.read)
c.close()
show(old.read)
