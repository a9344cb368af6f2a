#!/usr/bin/env python3
"""What the operations of protopython.data cost, beside the dict and list of both interpreters and what others offer on CPython.

    persistent.py --ours target/release/protopython --peer python3.14 --packages target/persistent-peers

The folder has `immutables`, `rpds-py` and `pyrsistent`, where they are to be measured:
`python3.14 -m pip install --target target/persistent-peers immutables rpds-py pyrsistent`.

Each side runs in processes of its own, one after the other, several rounds; a figure is the median of the rounds, in nanoseconds of
processor time for an operation. `--n` entries (a million unless told) with keys that are strings.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rss():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure(n):
    """Runs in the interpreter that is measured; returns {(what, who): figure}."""
    import gc
    import random

    figures = {}
    rng = random.Random(7)
    keys = [f"key-{i:08d}" for i in range(n)]
    d = {k: i for i, k in enumerate(keys)}
    probes = [rng.choice(keys) for _ in range(min(n, 200_000))]
    fresh = [f"new-{i:08d}" for i in range(min(n, 100_000))]

    def note(what, who, seconds, count):
        figures[f"{what}|{who}"] = seconds / count * 1e9

    def timed(what, who, count, f):
        start = cpu()
        f()
        note(what, who, cpu() - start, count)

    def gets(m):
        for k in probes:
            m[k]

    def loop():
        for k in probes:
            pass

    start = cpu()
    loop()
    empty = cpu() - start

    def get(who, m):
        start = cpu()
        gets(m)
        note("get", who, cpu() - start - empty, len(probes))

    def iterate(what, who, m, count):
        start = cpu()
        for _ in m:
            pass
        note(what, who, cpu() - start, count)

    def sets(m, op):
        for k in fresh:
            op(m, k)

    get("dict", d)
    iterate("iterate", "dict", d, n)
    timed("copy, per entry", "dict", n, d.copy)

    makers = {}
    try:
        from protopython.data import List, Map, snapshot

        if sys.implementation.name == "protopython":
            makers["ours"] = (Map, lambda m, k: m.set(k, 1), lambda m, k: m.delete(k), "mutate")
    except ImportError:
        List = None
    if sys.implementation.name != "protopython":
        try:
            import immutables

            makers["immutables"] = (immutables.Map, lambda m, k: m.set(k, 1), lambda m, k: m.delete(k), "mutate")
        except ImportError:
            pass
        try:
            import rpds

            makers["rpds"] = (rpds.HashTrieMap, lambda m, k: m.insert(k, 1), lambda m, k: m.remove(k), None)
        except ImportError:
            pass
        try:
            import pyrsistent

            makers["pyrsistent"] = (pyrsistent.pmap, lambda m, k: m.set(k, 1), lambda m, k: m.remove(k), "evolver")
        except ImportError:
            pass
    for who, (make, insert, delete, builder) in makers.items():
        gc.collect()
        before = rss()
        start = cpu()
        m = make(d)
        note("build from a dict, per entry", who, cpu() - start, n)
        gc.collect()
        figures[f"bytes per entry|{who}"] = (rss() - before) / n
        get(who, m)
        iterate("iterate", who, m, n)
        timed("set", who, len(fresh), lambda: sets(m, insert))
        timed("delete", who, len(probes), lambda: [delete(m, k) for k in probes] and None)
        if builder:
            t = getattr(m, builder)()

            def fill():
                for k in fresh:
                    t[k] = 1

            timed("builder set", who, len(fresh), fill)
        k = probes[0]
        other = insert(delete(m, k), k)
        other = other.set(k, m[k]) if hasattr(other, "set") else other.insert(k, m[k])
        timed("== after setting one key again", who, 1, lambda: m == other)
        del m, other
    if "ours" in makers:
        start = cpu()
        s = snapshot(d)
        note("snapshot of a dict", "ours", cpu() - start, 1)
        lists(n, List, note)
    elif sys.implementation.name != "protopython":
        lists(n, None, note)
    return figures


def lists(n, List, note):
    import random

    rng = random.Random(3)
    at = [rng.randrange(n) for _ in range(min(n, 200_000))]
    kinds = [("list", list(range(n)))]
    if List is not None:
        before = rss()
        kinds.append(("ours", List(range(n))))
        note("List: bytes an element", "ours", (rss() - before) / n / 1e9, 1)
    for who, v in kinds:
        start = cpu()
        for i in at:
            pass
        empty = cpu() - start
        start = cpu()
        for i in at:
            v[i]
        note("List: get", who, cpu() - start - empty, len(at))
        start = cpu()
        for _ in v:
            pass
        note("List: iterate", who, cpu() - start, n)
        if who == "ours":
            start = cpu()
            for i in at:
                v.set(i, 0)
            note("List: set", who, cpu() - start, len(at))
            start = cpu()
            w = v
            for i in at:
                w = w.append(i)
            note("List: append", who, cpu() - start, len(at))
            start = cpu()
            for i in at[:2000]:
                v[:i]
            note("List: slice", who, cpu() - start, 2000)
            start = cpu()
            for i in at[:2000]:
                v + w
            note("List: concatenation", who, cpu() - start, 2000)


def run(command, n, path):
    env = dict(os.environ, PYTHONPATH=path) if path else dict(os.environ)
    out = subprocess.run([*command, os.path.abspath(__file__), "--measure", "--n", str(n)],
                         env=env, capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"{command[0]}: {out.stderr}")
    return json.loads(out.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default="target/release/protopython")
    parser.add_argument("--peer")
    parser.add_argument("--packages", default="")
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    if options.measure:
        json.dump(measure(options.n), sys.stdout)
        return
    figures = {}
    for _ in range(options.rounds):
        sides = [("protopython", [options.ours], "")]
        if options.peer:
            sides.append(("cpython", [options.peer], options.packages))
        for side, command, path in sides:
            for name, figure in run(command, options.n, path).items():
                figures.setdefault((*name.split("|"), side), []).append(figure)
    table = {}
    for (what, who, side), values in figures.items():
        who = who if who not in ("dict", "list") else f"{side} {who}"
        table.setdefault(what, {})[who] = statistics.median(values)
    print(f"{options.n} entries, {options.rounds} rounds, medians; ns of processor time unless it says bytes")
    for what, row in table.items():
        cells = ", ".join(f"{who} {figure:,.1f}" for who, figure in row.items())
        print(f"{what + ':':34} {cells}")


main()
