"""What wrong calls raise, in CPython's words."""

import sqlite3
import warnings

from _tools import show

warnings.simplefilter("ignore")
c = sqlite3.connect(":memory:")
cu = c.cursor()
print("parameters")
show(c.execute, "select :a", [1])
show(c.execute, "select ?", {"a": 1})
show(c.execute, "select :a", {"b": 1})
show(c.execute, "select ?", ())
show(c.execute, "select ?", 5)
show(c.execute, "select ?", (object(),))
show(c.execute, "select ?", (1 << 70,))
show(c.execute, "select ?", ("\ud800",))
show(c.execute, "select ?", "ab")
print("text")
for sql in ("select 1; select 2", "select 1\0", "", "-- nothing", "select 1; -- a\n /* b */", "selct 1", 5, "\ud800"):
    show(c.execute, sql)
show(c.execute)
show(c.executescript, 5)
show(c.executescript, "select 1\0")
show(c.executescript, "create table s(a); insert into s values(1); insert into nope values(2)")
print(c.execute("select * from s").fetchall())
show(c.executemany, "select 1", [()])
show(c.executemany, "insert into s values(1)", 5)
show(c.executemany, "create table zz(a)", [()])
print("attributes")
for v in (-1, 0, 5, "a", 1.5, 1 << 70):
    show(setattr, cu, "arraysize", v)
    cu.execute("select 1 union select 2")
    show(cu.fetchmany, v)
show(lambda: cu.arraysize)
for name, v in (
    ("autocommit", 5),
    ("isolation_level", "x"),
    ("isolation_level", 5),
    ("isolation_level", "a\0b"),
    ("isolation_level", "immediate"),
    ("total_changes", 1),
):
    show(setattr, c, name, v)
    show(lambda: getattr(c, name))
for o, name in ((c, "isolation_level"), (c, "autocommit"), (c, "row_factory"), (c, "text_factory"), (cu, "row_factory")):
    show(delattr, o, name)
print("before __init__")
bare = sqlite3.Connection.__new__(sqlite3.Connection)
for name in ("execute", "close", "commit", "cursor", "interrupt"):
    show(getattr(bare, name), *(["x"] if name == "execute" else []))
show(lambda: bare.in_transaction)
show(lambda: bare.isolation_level)
empty = sqlite3.Cursor.__new__(sqlite3.Cursor)
show(empty.execute, "x")
show(empty.close)
show(sqlite3.Cursor, 5)
show(c.cursor, 5)
show(c.cursor, lambda x: 5)
show(c.cursor, None)
show(sqlite3.Blob)
print("registering")
show(c.create_collation, "x", 5)
show(c.create_collation, "\ud800", int)
show(c.create_collation, "a\0b", int)
show(c.create_function, "x", 2000, int)
show(c.create_window_function, "x", 2000, int)
show(c.create_aggregate, "x", 2000, int)
show(c.create_window_function, "x", 1, None)
show(c.set_progress_handler, int, "a")
show(sqlite3.complete_statement, "select 1")
show(sqlite3.complete_statement, "select 1;")
show(sqlite3.complete_statement, 5)
show(sqlite3.register_converter, 5, 5)
print("opening")
show(sqlite3.connect)
show(sqlite3.connect, 5)
show(sqlite3.connect, "/no/such/folder/x")
show(sqlite3.connect, "a\0b")
show(sqlite3.connect, ":memory:", factory=5)
show(sqlite3.connect, ":memory:", timeout="a")
show(sqlite3.connect, ":memory:", cached_statements="a")
show(sqlite3.connect, ":memory:", detect_types="a")
show(sqlite3.connect, ":memory:", autocommit=5)
show(sqlite3.connect, ":memory:", isolation_level="x")
print("other calls")
show(c.getlimit, 1000)
show(c.setlimit, 1000, 1)
show(c.getconfig, 5)
show(c.setconfig, 5)
show(c.serialize, name="nope")
show(c.deserialize, 5)
show(c.iterdump, "a")
show(c.backup, c)
show(c.backup, 5)
other = sqlite3.connect(":memory:")
show(c.backup, other, progress=5)
show(c.backup, other, name="zz")
other.close()
print("closed")
c.close()
for f in (
    lambda: c.close(),
    lambda: c.execute("a"),
    lambda: c.cursor(),
    lambda: c.in_transaction,
    lambda: c.isolation_level,
    lambda: setattr(c, "isolation_level", None),
    lambda: c.autocommit,
    lambda: c.__enter__(),
    lambda: c.__exit__(None, None, None),
    lambda: c.interrupt(),
    lambda: c.commit(),
    lambda: c("a"),
    lambda: cu.execute("select 1"),
    lambda: cu.fetchone(),
    lambda: cu.close(),
):
    show(f)
