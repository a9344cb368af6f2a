"""A search index that readers use while a writer publishes new versions of it.

    protopython examples/shared_index.py [--entries N] [--readers N] [--versions N]

The index is a persistent Map in an Atom. A reader takes the version that is there now and works with it for as long as it likes:
nobody waits for it, and it waits for nobody. The writer derives each version from the one before, which costs what changes, and
publishes it with one store. Old versions live as long as somebody looks at them: the differences between any two are at hand.
"""

import argparse
import threading
import time

from protopython.data import Atom, List, Map

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--entries", type=int, default=1_000_000)
parser.add_argument("--readers", type=int, default=4)
parser.add_argument("--versions", type=int, default=200)
parser.add_argument("--changes", type=int, default=500, help="entries that a version changes")
parser.add_argument("--small", action="store_true", help="a quick run")
options = parser.parse_args()
if options.small:
    options.entries, options.versions, options.changes = 20_000, 40, 50

entries = options.entries
print(f"building an index of {entries} entries")
start = time.perf_counter()
# Every entry carries the number of the version that wrote it; "version" says which one this is.
index = Map({f"document {i}": 0 for i in range(entries)}).set("version", 0)
print(f"built in {time.perf_counter() - start:.2f} s")

current = Atom(index)
history = Atom(List([index]))
finished = threading.Event()
longest_wait = [0.0] * options.readers
lookups = [0] * options.readers
wrong = []


def write():
    for version in range(1, options.versions + 1):
        changes = {f"document {(version * 7919 + i) % entries}": version for i in range(options.changes)}
        new = current.swap(lambda m: m.update(changes, version=version))
        history.swap(lambda versions: versions.append(new))
    finished.set()


def read(number):
    i = number * 104_729
    while not finished.is_set():
        before = time.perf_counter()
        seen = current.get()
        longest_wait[number] = max(longest_wait[number], time.perf_counter() - before)
        version = seen["version"]
        for _ in range(1000):
            i += 1
            written = seen[f"document {i % entries}"]
            # A version never shows what a later one wrote.
            if written > version:
                wrong.append((version, written))
        lookups[number] += 1000


threads = [threading.Thread(target=write)]
threads += [threading.Thread(target=read, args=(i,)) for i in range(options.readers)]
start = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
seconds = time.perf_counter() - start

versions = history.get()
print(f"published {len(versions) - 1} versions")
print(f"{options.readers} readers: {sum(lookups)} lookups in {seconds:.2f} s, {len(wrong)} wrong")
print(f"longest time to take a version: {max(longest_wait) * 1e6:.0f} us")

# What lies between two versions is found without a look at what they share.
start = time.perf_counter()
changes = versions[-2].diff(versions[-1])
microseconds = (time.perf_counter() - start) * 1e6
print(f"the last version changed {len(changes)} entries (found in {microseconds:.0f} us)")
assert versions[0] == Map({f"document {i}": 0 for i in range(entries)}).set("version", 0), "the first version has changed"
print("the first version is as it was")
