"""Backup, serialize, limits, switches, extensions, statements that are cached or cut short."""

import os
import sqlite3
import tempfile

from _tools import show

a = sqlite3.connect(":memory:")
a.executescript("create table t(x); begin; insert into t values(1), (2), (3); commit;")
b = sqlite3.connect(":memory:")
steps = []
a.backup(b, pages=1, progress=lambda status, remaining, total: steps.append((status, remaining, total)))
print(steps, b.execute("select * from t").fetchall())


def stop(*_):
    raise KeyError("stop")


show(a.backup, b, progress=stop)
a.backup(b, name="main", sleep=0.001)
data = a.serialize()
print(type(data), len(data) > 1000, data[:15])
c = sqlite3.connect(":memory:")
c.deserialize(data)
print(c.execute("select * from t").fetchall())
c.execute("insert into t values(4)")
c.commit()
print(c.execute("select count(*) from t").fetchone(), len(c.serialize(name="main")) == len(data))
c.deserialize(b"not a database at all")
show(c.execute, "select * from t")
c.close()

print("limits")
old = a.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 30)
print(a.getlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH), old)
show(a.execute, "select 1" + " " * 30)
show(a.executescript, "select 1;" * 10)
a.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, old)
a.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000)
show(a.execute, "select ?", ("x" * 2000,))
show(a.execute, "select ?", (b"x" * 2000,))
show(a.execute, "select zeroblob(2000)")
a.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10**9)
a.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 1)
show(a.execute, "select ?, ?", (1, 2))
print("switches")
for switch in (sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY, sqlite3.SQLITE_DBCONFIG_DEFENSIVE):
    print(a.getconfig(switch), a.setconfig(switch), a.getconfig(switch), a.setconfig(switch, False), a.getconfig(switch))
print("constraints")
a.executescript(
    "create table p(id integer primary key, n text not null unique, check (id < 100));"
    "create table q(p references p(id)); pragma foreign_keys = on; insert into p values(1, 'a');"
)
for sql in (
    "insert into p values(1, 'b')",
    "insert into p values(2, 'a')",
    "insert into p values(3, null)",
    "insert into p values(100, 'c')",
    "insert into q values(77)",
    "insert into p values('x', 'y')",
    "select * from nope",
    "select nope from p",
    "select nope()",
    "create table p(x)",
    "attach 'file:/nope/nope?mode=ro' as z",
):
    show(a.execute, sql)
a.close()
b.close()

print("files")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "x.db")
    with open(path, "wb") as f:
        f.write(b"x" * 5000)
    c = sqlite3.connect(path)
    show(c.execute, "select * from t")
    c.close()
    os.remove(path)
    c = sqlite3.connect(path)
    c.executescript("pragma page_size = 512; create table t(x); insert into t values('a'), ('b')")
    c.execute("insert into t select a.x || b.x from t a, t b, t d, t e, t f")
    c.commit()
    c.close()
    with open(path, "r+b") as f:
        f.seek(600)
        f.write(b"\xff" * 4000)
    c = sqlite3.connect(path)
    show(lambda: c.execute("select * from t").fetchall())
    c.close()
    os.remove(path)
    c = sqlite3.connect(f"file:{path}?mode=memory", uri=True)
    c.execute("create table t(x)")
    c.close()
    print(os.path.exists(path))
    c = sqlite3.connect(path)
    c.execute("pragma max_page_count = 5")
    c.execute("create table t(x)")
    show(c.executemany, "insert into t values(?)", [(b"x" * 4000,)] * 10)
    c.close()
    show(lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("insert into t values(1)"))
    show(sqlite3.connect, folder)

print("the cache")
for size in (0, 1, 5):
    c = sqlite3.connect(":memory:", cached_statements=size)
    c.execute("create table t(x)")
    for k in range(20):
        c.execute(f"insert into t values({k % 7})")
    first, second = c.execute("select x from t order by x"), c.execute("select x from t order by x")
    print(next(first), next(second), next(first), len(first.fetchall()), len(second.fetchall()))
    first.close()
    second.close()
    c.close()
