"""SQLite: connections of their own, one connection used by all, callbacks, what is dropped."""

import gc
import os
import sqlite3
import sys
import tempfile
import threading

from _stress import case, main

T = 4


@case
def connections_of_their_own(run):
    """Eight threads, each with a connection to one file (WAL): every row arrives, readers see whole transactions."""
    n = run.n(60)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.db")
        with_it = sqlite3.connect(path)
        with_it.execute("pragma journal_mode = wal")
        with_it.execute("create table t(who, k)")
        with_it.commit()

        def writer(who):
            def body(rng):
                c = sqlite3.connect(path, timeout=60)
                for k in range(n):
                    with c:
                        c.execute("insert into t values(?, ?)", (who, 2 * k))
                        c.execute("insert into t values(?, ?)", (who, 2 * k + 1))
                c.close()

            return body

        def reader(rng):
            c = sqlite3.connect(path, timeout=60)
            for _ in range(n):
                rows = c.execute("select who, count(*), sum(k) from t group by who").fetchall()
                for who, count, total in rows:
                    run.check(count % 2 == 0 and total == count * (count - 1) // 2, "torn", who, count, total)
            c.close()

        run.threads(*[writer(i) for i in range(4)], *[reader] * 4)
        rows = with_it.execute("select who, count(*) from t group by who order by who").fetchall()
        run.check(rows == [(i, 2 * n) for i in range(4)], rows)
        with_it.close()


@case
def one_connection(run):
    """One connection used by all threads, in all ways at once: sqlite3's errors, whole rows, no crash."""
    c = sqlite3.connect(":memory:", check_same_thread=False, cached_statements=4)
    c.execute("create table t(k integer primary key, a, b)")
    c.executemany("insert into t(a, b) values(?, ?)", [(str(i) * 50, str(i) * 50) for i in range(200)])
    c.create_function("same", 1, lambda x: x)
    shared = c.cursor()

    def read(rng, i):
        for a, b in c.execute("select a, same(b) from t limit ?", (rng.randrange(50),)):
            run.check(a == b, "torn", a, b)

    def read_shared(rng, i):
        shared.execute("select a, b from t")
        for a, b in shared.fetchmany(20):
            run.check(a == b, "torn", a, b)

    def write(rng, i):
        text = str(rng.random())
        c.execute("insert into t(a, b) values(?, ?)", (text, text))

    def end(rng, i):
        rng.choice([c.commit, c.rollback])()

    def leave_open(rng, i):
        next(c.execute("select * from t"), None)

    def change(rng, i):
        c.create_function("f%d" % rng.randrange(5), 1, lambda x: x)
        c.set_progress_handler(lambda: 0, 100)
        c.set_trace_callback(rng.choice([None, lambda s: None]))

    def script(rng, i):
        c.executescript("select 1; select 2; update t set a = b where k = 1;")

    def stop(rng, i):
        c.interrupt()

    def pieces(rng, i):
        blob = c.blobopen("t", "a", rng.randrange(1, 200))
        blob.read()
        if rng.random() < 0.5:
            blob.close()

    run.conflict([read, read_shared, write, end, leave_open, change, script, stop, pieces], rounds=150, allowed=sqlite3.Error)
    c.close()


@case
def closed_while_used(run):
    """A connection that is closed under its users raises for them."""
    if sys.implementation.name == "cpython":
        # It uses the connection that is gone.
        return
    for _ in range(run.n(30)):
        c = sqlite3.connect(":memory:", check_same_thread=False)
        c.execute("create table t(x)")
        c.executemany("insert into t values(?)", [(i,) for i in range(100)])
        c.create_function("same", 1, lambda x: x)

        def use(rng):
            try:
                for _ in range(50):
                    cu = c.execute("select same(x) from t")
                    cu.fetchmany(10)
                    c.execute("insert into t values(1)")
            except sqlite3.Error:
                pass

        def shut(rng):
            for _ in range(rng.randrange(3)):
                try:
                    c.execute("select 1").fetchall()
                except sqlite3.Error:
                    pass
            c.close()

        run.threads(use, use, shut)


@case
def dropped_cursors(run):
    """Cursors that are dropped in the middle of their rows are ended, wherever they are collected."""
    n = run.n(5000)
    c = sqlite3.connect(":memory:", check_same_thread=False)
    c.execute("create table t(x)")
    c.executemany("insert into t values(?)", [(i,) for i in range(10)])
    c.commit()

    def body(rng):
        for _ in range(n):
            c.execute("select x from t").fetchone()

    run.threads(*[body] * T)
    gc.collect()
    c.execute("drop table t")
    c.close()


@case
def callbacks_in_parallel(run):
    """Functions of separate connections run at the same time, and collections go on under them."""
    n = run.n(300)
    barrier = threading.Barrier(T)

    def body(rng):
        c = sqlite3.connect(":memory:")
        c.create_function("work", 1, lambda x: len([str(i) for i in range(x)]))
        c.create_function("meet", 0, lambda: barrier.wait() * 0)
        # Each thread waits for all others within SQLite.
        run.check(c.execute("select meet()").fetchone() == (0,), "did not meet")
        for _ in range(n):
            run.check(c.execute("select work(50), work(?)", (20,)).fetchone() == (50, 20), "wrong")
            if rng.random() < 0.02:
                gc.collect()
        c.close()

    run.threads(*[body] * T)


@case
def interrupted(run):
    """interrupt() of another thread ends a statement that would never end."""
    for _ in range(run.n(20)):
        c = sqlite3.connect(":memory:", check_same_thread=False)
        begun = threading.Event()
        c.create_function("begun", 0, begun.set)
        endless = "with recursive k(x) as (select begun() union all select 1 from k) select count(*) from k"
        done = []

        def work(rng):
            try:
                c.execute(endless).fetchall()
            except sqlite3.OperationalError as e:
                done.append(e.sqlite_errorname)

        def stop(rng):
            begun.wait()
            c.interrupt()

        run.threads(work, stop)
        run.check(done == ["SQLITE_INTERRUPT"], done)
        c.close()


main()
