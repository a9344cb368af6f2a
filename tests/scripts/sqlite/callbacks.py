"""Functions, aggregates, window functions, collations and hooks."""

import sqlite3
import sys

from _tools import show

sys.unraisablehook = lambda u: print("told:", type(u.exc_value).__name__, u.exc_value, "|", u.err_msg.split(" at 0x")[0])
c = sqlite3.connect(":memory:")


def bad(*a):
    raise ZeroDivisionError("bad")


for told in (False, True):
    sqlite3.enable_callback_tracebacks(told)
    c.create_function("plus", 2, lambda a, b: a + b)
    c.create_function("all_of", -1, lambda *a: repr(a))
    print(c.execute("select plus(1, 2), plus('a', 'b'), all_of(1, 2.5, null, 'x', x'00ff')").fetchone())
    show(c.execute, "select plus(1)")
    c.create_function("bad", -1, bad)
    show(c.execute, "select bad()")
    for v in ([], 1 << 70, "\ud800", b"bytes", bytearray(b"ba"), 1.5, True, None):
        c.create_function("give", 0, lambda: v)
        show(lambda: c.execute("select give(), typeof(give())").fetchone())

    def no_memory():
        raise MemoryError

    c.create_function("give", 0, no_memory)
    show(c.execute, "select give()")
    c.create_function("det", 1, lambda x: x, deterministic=True)
    c.execute("create table if not exists t(x, y)")
    c.execute("create index i on t(det(x))")
    c.execute("drop index i")
    show(c.execute, "create index i on t(bad(x))")

    class Sum:
        def __init__(self):
            self.all = []

        def step(self, x):
            self.all.append(x)

        def inverse(self, x):
            self.all.remove(x)

        def value(self):
            return sum(self.all)

        def finalize(self):
            return sum(self.all)

    c.create_aggregate("total_of", 1, Sum)
    print(c.execute("select total_of(value) from (select 1 as value union select 2)").fetchone())
    print(c.execute("select total_of(x) from t where 0").fetchone())
    c.create_window_function("wsum", 1, Sum)
    rows = "(select 1 as v union select 2 union select 3 union select 4)"
    over = "over (order by v rows between 1 preceding and 1 following)"
    print(c.execute(f"select v, wsum(v) {over} from {rows}").fetchall())
    for name in ("__init__", "step", "finalize", "inverse", "value"):
        broken = type("Broken", (Sum,), {name: bad})
        c.create_aggregate("total_of", 1, broken)
        show(lambda: c.execute("select total_of(1)").fetchone())
        c.create_window_function("wsum", 1, broken)
        show(lambda: c.execute(f"select v, wsum(v) {over} from {rows}").fetchall())
    for missing in ("step", "finalize", "inverse", "value"):
        some = type("Some", (), {k: v for k, v in Sum.__dict__.items() if k != missing and not k.startswith("__d")})
        c.create_aggregate("total_of", 1, some)
        show(lambda: c.execute("select total_of(1)").fetchone())
        c.create_window_function("wsum", 1, some)
        show(lambda: c.execute(f"select v, wsum(v) {over} from {rows}").fetchall())
    c.create_window_function("wsum", 1, None)
    show(c.execute, "select wsum(1)")

    names = "(select 'b' as n union select 'A' union select 'c')"
    c.create_collation("nocase2", lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower()))
    print(c.execute(f"select n from {names} order by n collate nocase2").fetchall())
    c.create_collation("nocase2", lambda a, b: -(1 << 100))
    print(len(c.execute(f"select n from {names} order by n collate nocase2").fetchall()))
    c.create_collation("nocase2", bad)
    show(lambda: c.execute(f"select n from {names} order by n collate nocase2").fetchall())
    c.create_collation("nocase2", None)
    show(c.execute, f"select n from {names} order by n collate nocase2")

    calls = []
    c.set_progress_handler(lambda: calls.append(1), 10)
    c.execute("with recursive k(x) as (select 1 union all select x+1 from k where x < 100) select sum(x) from k").fetchall()
    print(len(calls) > 5)
    for f in (lambda: 1, bad, lambda: type("B", (), {"__bool__": bad})()):
        c.set_progress_handler(f, 1)
        show(c.execute, "select 1 union select 2")
    c.set_progress_handler(None, 1)

    said = []
    c.set_trace_callback(said.append)
    c.execute("select ?, ?", (1, "a'b"))
    c.execute("insert into t values(1, 2)")
    c.commit()
    c.set_trace_callback(None)
    c.execute("select 3")
    print(said)
    c.set_trace_callback(bad)
    show(c.execute, "select 1")
    c.set_trace_callback(None)

    asked = []

    def authorize(action, *names):
        asked.append((action, *names))
        return sqlite3.SQLITE_DENY if names[:2] == ("t", "y") else sqlite3.SQLITE_OK

    c.set_authorizer(authorize)
    show(lambda: c.execute("select x from t").fetchall())
    show(c.execute, "select y from t")
    print(asked)
    for f in (bad, lambda *a: 1 << 70, lambda *a: "a", lambda *a: None, lambda *a: sqlite3.SQLITE_OK):
        c.set_authorizer(f)
        show(c.execute, "select x + 1 from t")
    c.set_authorizer(lambda *a: sqlite3.SQLITE_IGNORE if a[2] == "y" else 0)
    print(c.execute("select x, y from t limit 1").fetchall())
    c.set_authorizer(None)

print("re-entry")
cu = c.cursor()


def again(x):
    return c.execute("select ? * 2", (x,)).fetchone()[0]


c.create_function("again", 1, again)
print(c.execute("select again(v), again(again(v)) from (select 1 as v union select 2)").fetchall())
c.create_function("same", 0, lambda: cu.execute("select 1"))
show(cu.execute, "select same()")
c.create_function("shut", 0, lambda: cu.close())
show(cu.execute, "select shut()")
c.create_function("deep", 1, lambda n: c.execute("select deep(?)", (n - 1,)).fetchone()[0] + 1 if n else 0)
print(c.execute("select deep(20)").fetchone())
c.create_function("redo", 0, lambda: c.create_function("redo", 0, lambda: 2))
show(c.execute, "select redo()")
inner = sqlite3.connect(":memory:")
inner.create_function("twice", 1, lambda x: 2 * x)
c.create_function("elsewhere", 1, lambda x: inner.execute("select twice(?)", (x,)).fetchone()[0])
print(c.execute("select elsewhere(21)").fetchone())
inner.close()
c.close()
