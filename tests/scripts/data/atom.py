# Atom: threads that swap lose nothing, compare_and_set, watch, wait.
import _collections_under_test
import threading
from protopython.data import Atom, List, Map


def together(*fs):
    threads = [threading.Thread(target=f) for f in fs]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


state = Atom(Map())


def count(name):
    for i in range(300):
        state.swap(lambda m: m.set("all", m.get("all", 0) + 1).set(name, i))


together(*(lambda n=n: count(n) for n in "abcd"))
print(sorted(state.get().items()))

a = Atom()
print(a.get(), a.value, a.set(5), a.compare_and_set(5, 6), a.compare_and_set(5, 7), a.get(), a)
print(a.swap(lambda n, k: n * k, 7), a.swap(str))
seen = []
f = a.watch(lambda old, new: seen.append((old, new)))
a.set("x")
a.swap(lambda v: v)
a.compare_and_set("nothing", 1)
a.unwatch(f)
a.unwatch(f)
a.set("y")
print(seen)

log = Atom(List())
results = []
waiter = threading.Thread(target=lambda: results.append(len(log.wait(lambda v: len(v) >= 400))))
waiter.start()
together(*(lambda: [log.swap(lambda v: v.append(0)) for _ in range(100)] for _ in range(4)))
waiter.join()
print(results, len(log.get()))
try:
    log.wait(lambda v: False, timeout=0.01)
except TimeoutError as e:
    print("TimeoutError", e)
try:
    log.swap(lambda v: v.no_such_method())
except AttributeError as e:
    print("AttributeError", e.name, len(log.get()))


def slow_then_fast(v):
    # Another change comes in between: the function runs again on what is there then.
    if v == 0:
        counter.set(10)
    return v + 1


counter = Atom(0)
print(counter.swap(slow_then_fast), counter.get())
