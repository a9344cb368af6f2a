"""Callbacks of SQLite that do what they should not: close the connection that called them, re-enter it, exhaust the stack, collect.

CPython ends itself over some of these, so they are no script with its output. Prints `fine` when each raised what it should.
"""

import gc
import os
import sqlite3
import sys
import tempfile
import threading
import weakref


def raises(kind, f):
    try:
        v = f()
    except kind as e:
        return str(e)
    raise AssertionError(f"{kind.__name__} was expected, not {v!r}")


def opened(**options):
    c = sqlite3.connect(":memory:", **options)
    c.execute("create table t(x)")
    c.executemany("insert into t values(?)", [(i,) for i in range(20)])
    c.commit()
    return c


CLOSED = "Cannot operate on a closed database."


def closed_by(register, sql="select x from t where f(x)"):
    c = opened()
    register(c)
    text = raises(sqlite3.Error, lambda: c.execute(sql).fetchall())
    assert raises(sqlite3.ProgrammingError, lambda: c.execute("select 1")) == CLOSED
    return text


# --- who closes the connection that calls it ---
class Closer:
    connection = None

    def step(self, x):
        Closer.connection.close()

    def finalize(self):
        Closer.connection.close()


def aggregate(c):
    Closer.connection = c
    c.create_aggregate("f", 1, Closer)


assert closed_by(lambda c: c.create_function("f", 1, lambda x: c.close())) == CLOSED
assert closed_by(aggregate, "select f(x) from t") == CLOSED
assert closed_by(lambda c: c.create_collation("k", lambda a, b: c.close() or 0), "select 'a' union select 'b' order by 1 collate k")
assert closed_by(lambda c: c.set_progress_handler(c.close, 1), "select x from t")
assert closed_by(lambda c: c.set_trace_callback(lambda s: c.close()), "select x from t") == CLOSED
assert closed_by(lambda c: c.set_authorizer(lambda *a: c.close() or 0), "select x from t")

c = opened()
c.text_factory = lambda b: c.close()
raises(sqlite3.ProgrammingError, lambda: c.execute("select 'a' union select 'b'").fetchall())


class Key:
    def __conform__(self, protocol):
        c.close()
        return 1


c = opened()
raises(sqlite3.ProgrammingError, lambda: c.execute("select ?, ?", (Key(), 2)))


class Items:
    def __len__(self):
        return 1

    def __getitem__(self, i):
        c.close()
        return 1


c = opened()
raises(sqlite3.ProgrammingError, lambda: c.execute("select ?", Items()))


def rows():
    yield (1,)
    c.close()
    yield (2,)


c = opened()
raises(sqlite3.ProgrammingError, lambda: c.executemany("insert into t values(?)", rows()))
c = opened()
c.row_factory = lambda cursor, row: c.close() or row
raises(sqlite3.ProgrammingError, lambda: c.execute("select x from t").fetchall())
c, d = opened(), sqlite3.connect(":memory:")
raises(KeyError, lambda: c.backup(d, pages=1, progress=lambda *a: (c.close(), d.close(), {}["stop"])))
c = opened()
c.create_function("f", 1, lambda x: c.__init__(":memory:"))
raises(sqlite3.Error, lambda: c.execute("select f(x) from t").fetchall())
c.close()

# --- who uses the cursor that calls it, or the whole stack ---
c = opened()
cu = c.cursor()
for use in (
    lambda x: cu.execute("select 1"),
    lambda x: cu.executemany("insert into t values(?)", [(1,)]),
    lambda x: cu.executescript("select 1"),
    lambda x: cu.fetchone(),
    lambda x: cu.close(),
    lambda x: cu.__init__(c),
):
    c.create_function("f", 1, use)
    raises(sqlite3.OperationalError, lambda: cu.execute("select f(1)"))
c.create_function("f", 1, lambda x: c.execute("select f(1)").fetchone())
raises(sqlite3.OperationalError, lambda: c.execute("select f(1)").fetchone())
c.create_function("f", 1, lambda x: c.executescript("drop table t") and 1)
raises(sqlite3.OperationalError, lambda: c.execute("select f(x) from t").fetchall())


def raise_exit(*a):
    raise SystemExit(3)


c.create_function("f", 1, raise_exit)
raises(sqlite3.OperationalError, lambda: c.execute("select f(1)").fetchone())


class Partly:
    """An aggregate that is thrown away half done: the progress handler stops the statement."""

    ended = 0

    def step(self, x):
        gc.collect()

    def finalize(self):
        Partly.ended += 1
        return 1


c.create_aggregate("g", 1, Partly)
c.set_progress_handler(lambda: 1, 30)
raises(sqlite3.OperationalError, lambda: c.execute("select g(x) from t").fetchone())
c.set_progress_handler(None, 0)
c.close()

# --- what is dropped ---
c = opened()
for i in range(100_000):
    c.execute("select x from t").fetchone()
c.execute("drop table t")
c.close()


class Owner:
    pass


def leave_cycle():
    owner = Owner()
    owner.connection = sqlite3.connect(":memory:")
    owner.connection.create_function("f", 0, lambda: owner)
    return weakref.ref(owner)


def left_alone():
    # Nothing of the calls is left on the stack of this thread.
    refs = []
    t = threading.Thread(target=lambda: refs.extend(leave_cycle() for _ in range(50)))
    t.start()
    t.join()
    gc.collect()
    gc.collect()
    return sum(r() is not None for r in refs)


assert left_alone() < 10, "connections that their functions refer to are not collected"

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "x.db")
    c = sqlite3.connect(path)
    c.execute("create table t(x)")
    c.executemany("insert into t values(?)", [(i,) for i in range(20)])
    c.commit()
    d = sqlite3.connect(path, timeout=0)
    for _ in range(50):
        # The cursor that was not read to its end holds a lock that the other's commit needs.
        c.execute("select x from t").fetchone()
        d.execute("insert into t values(1)")
        d.commit()
    c.execute("select x from t").fetchone()
    c.execute("create table u(x)")
    c.execute("select x from u").fetchone()
    c.execute("select x from t").fetchone()
    c.execute("drop table u")
    c.close()
    d.close()
    # A statement that writes and was not read to its end keeps others from committing.
    c, d = sqlite3.connect(path, autocommit=True), sqlite3.connect(path, autocommit=True)
    c.execute("pragma journal_mode = wal")
    c.execute("insert into t values(77)")
    assert d.execute("select count(*) from t where x = 77").fetchone() == (1,)
    assert c.execute("pragma journal_mode").fetchall() == [("wal",)]
    assert c.execute("pragma journal_mode = wal").fetchall() == [("wal",)]
    c.execute("insert into t values(78), (79), (80) returning x").fetchone()
    c.execute("insert into t values(81)")
    assert d.execute("select count(*) from t where x > 77").fetchone() == (4,)
    c.close()
    d.close()
    # Connections that nobody closed hold descriptors.
    if sys.implementation.name != "cpython":
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    for _ in range(500):
        sqlite3.connect(path).execute("select 1").fetchone()

# --- the end of the program while a daemon thread runs a statement without end ---
endless = sqlite3.connect(":memory:", check_same_thread=False)
begun = threading.Event()
endless.create_function("begun", 0, begun.set)
sql = "with recursive k(x) as (select begun() union all select 1 from k) select count(*) from k"
threading.Thread(target=lambda: endless.execute(sql).fetchall(), daemon=True).start()
begun.wait()
gc.collect()
print("fine")
