# What `protopython.data` is for, in a page.
import _collections_under_test
from protopython.data import List, Map, Set, SortedMap, Record, Atom, freeze, thaw, snapshot, merge3

m = Map({"a": 1}); m2 = m.set("b", 2)
print(m, m2 == m.set("b", 2), len(m))
v = List(range(10_000)); w = v[:5_000] + v[7_000:]
print(len(w), w[4_999], w[5_000], w[-1])
with m.mutate() as t: t["x"] = 1
print(sorted(t.finish().items()), "x" in m)
for kind, key, old, new in m.diff(m2):
    print(kind, key, old, new)

base = Map({"a": 1, "b": 2, "c": 3})
ours, theirs = base.set("a", 10).set("c", 30), base.set("b", 20).set("c", 33)


def resolve(key, base, ours, theirs):
    print("conflict", key, base, ours, theirs)
    return max(ours, theirs)


m3 = merge3(base, ours, theirs, resolve)
print(sorted(m3.items()))
try:
    merge3(base, ours, theirs)
except ValueError as e:
    print(e)

k, v = "key", "value"
state = Atom(Map()); state.swap(lambda m: m.set(k, v))
print(state)
cfg = freeze({"x": [1, {2, 3}]})
print(cfg, thaw(cfg), hash(cfg) == hash(freeze({"x": [1, {3, 2}]})))
big_dict = dict.fromkeys(range(1000))
s = snapshot(big_dict)
big_dict.clear()
print(len(s), len(big_dict))
