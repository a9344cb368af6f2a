"""A statement that changes data and gives rows holds nothing up when they have been read, or its cursor is closed: no collection is needed to find
that out."""

import gc
import sqlite3

c = sqlite3.connect(":memory:", isolation_level=None)
c.execute("create table t(k integer primary key, v)")


def all_read(i):
    return c.execute("insert into t values(null, ?) returning k", (i,)).fetchall()


def closed(i):
    cursor = c.cursor()
    row = cursor.execute("insert into t values(null, ?), (null, ?) returning k", (i, i)).fetchone()
    cursor.close()
    return row


def same_cursor(i, cursor=c.cursor()):
    return cursor.execute("update t set v = v + 1 where k < 4 returning k").fetchone()


for f in all_read, closed, same_cursor:
    before = gc.get_stats()[2]["collections"]
    for i in range(200):
        row = f(i)
        c.execute("select 1").fetchall()
    print(f.__name__, row, gc.get_stats()[2]["collections"] - before < 20)
