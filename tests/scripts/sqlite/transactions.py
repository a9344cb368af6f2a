"""Isolation levels, autocommit, context managers, what counts as a change."""

import os
import sqlite3
import tempfile

from _tools import show

folder = tempfile.mkdtemp()
path = os.path.join(folder, "t.db")
a = sqlite3.connect(path, timeout=0)
b = sqlite3.connect(path, timeout=0)
a.execute("create table t(x)")
print(a.isolation_level == "", a.autocommit, a.in_transaction)
log = []
a.set_trace_callback(log.append)
a.execute("insert into t values(1)")
print(a.in_transaction, b.execute("select * from t").fetchall())
show(b.execute, "insert into t values(2)")
b.rollback()
a.rollback()
a.executemany("insert into t values(?)", [(3,), (4,)])
a.execute("create table u(x)")
a.commit()
print(b.execute("select * from t").fetchall())
for level in ("IMMEDIATE", "exclusive", "DEFERRED", None, ""):
    a.isolation_level = level
    a.execute("update t set x = x + 1 where x > 3")
    print(repr(a.isolation_level), a.in_transaction)
    a.commit()
a.executescript("insert into u values(1); insert into u values(2);")
with a:
    a.execute("insert into t values(9)")
try:
    with a:
        a.execute("delete from t")
        raise KeyError
except KeyError:
    pass
print(a.execute("select count(*) from t").fetchone(), a.total_changes)
print(*log, sep="\n")
a.set_trace_callback(None)

print("autocommit")
for mode in (True, False, sqlite3.LEGACY_TRANSACTION_CONTROL):
    d = sqlite3.connect(":memory:", autocommit=mode)
    log.clear()
    d.set_trace_callback(log.append)
    d.execute("create table t(x)")
    print(mode, d.autocommit, d.in_transaction)
    d.execute("insert into t values(1)")
    print(d.in_transaction)
    d.commit()
    d.execute("insert into t values(2)")
    d.rollback()
    print(d.in_transaction, d.execute("select * from t").fetchall())
    d.autocommit = not d.autocommit
    print(d.autocommit, d.in_transaction)
    d.close()
    print(*log, sep="\n")

print("cursors")
cu = a.cursor()
cu.execute("insert into t values(1)")
print(cu.rowcount, cu.lastrowid is not None, cu.description)
cu.execute("update t set x = 0")
print(cu.rowcount == a.execute("select count(*) from t").fetchone()[0])
cu.executemany("insert into t values(?)", ((i,) for i in range(5)))
print(cu.rowcount)
cu.execute("select x from t order by 1 limit 3")
print(cu.rowcount, cu.fetchone(), cu.fetchmany(), cu.fetchall(), cu.fetchone())
cu.execute("insert into u values(7) returning x, 1 as one")
print(cu.description, cu.fetchall(), cu.rowcount)
cu.execute("select x from t")
a.rollback()
print(len(cu.fetchall()) >= 0)
print([x for (x,) in a.execute("select x from u order by 1")])
b.execute("begin exclusive")
show(a.execute, "select * from t")
b.rollback()
print(*a.iterdump(), sep="\n")
a.close()
b.close()
os.remove(path)
os.rmdir(folder)
