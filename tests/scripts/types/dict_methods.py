# dict methods one by one; ordering.
d = {"a": 1, "b": 2}
print(d, len(d), d["a"], d.get("x"), d.get("x", 5), d.get("a", 5), "a" in d, "z" not in d)
d["c"] = 3
d["a"] = 10
print(d, list(d), list(d.keys()), list(d.values()), list(d.items()))
del d["b"]
d["b"] = 20
print(d)
print(d.pop("a"), d.pop("zz", "default"), d)
print(d.setdefault("c", 9), d.setdefault("n", 9), d.setdefault("m"), d)
d.update({"u": 1}, v=2)
d.update([("w", 3), ["x", 4]])
d.update(y=5)
print(d)
print(d.popitem(), d.popitem(), len(d))
e = d.copy()
d.clear()
print(d, len(e), bool(d), bool(e))
print(dict(), dict(a=1), dict({"k": 1}, j=2), dict([(1, 2)]), dict(zip("ab", [1, 2])), dict.fromkeys("ab"), dict.fromkeys([1, 2], 0))


def err(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e)


err(lambda: {}["missing"])
err(lambda: {}[1, 2])
err(lambda: {[]: 1})
err(lambda: {}[[]])
err(lambda: {{}: 1})
err({}.pop, "x")
err({}.pop)
err({}.popitem)
err(dict, 5)
err(dict, [1])
err(dict, [(1, 2, 3)])
err(dict, ["abc"])
err({}.update, 5)
err({}.update, 1, 2)
err({}.get)
err(hash, {})
err({}.__delitem__, 1)
err(dict.fromkeys)
err(dict.fromkeys, 5)
err(lambda: {} < {})
err({}.setdefault, [], 1)
a, b = {"x": 1, "y": 2}, {"y": 3, "z": 4}
print(a | b, b | a, a)
a |= b
print(a)
a |= [("q", 0)]
print(a)
err(lambda: {} | [])
print({1: "a", 1.0: "b", True: "c"}, {0: 1, False: 2}, {"1": 1, 1: 2})
print({"a": 1} == {"a": 1.0}, {"a": 1, "b": 2} == {"b": 2, "a": 1}, {} == [], {1: 2} != {1: 3})
print(list(reversed({"a": 1, "b": 2})), list(reversed({"a": 1, "b": 2}.values())), list(reversed({"a": 1, "b": 2}.items())))
print({k: v for k, v in sorted({"z": 1, "a": 2}.items())}, sorted({3: 0, 1: 0}), max({"a": 5, "b": 3}, key={"a": 5, "b": 3}.get))
r = {}
r["self"] = r
print(r)
n = {i: i * i for i in range(1000)}
for i in range(0, 1000, 2):
    del n[i]
print(len(n), list(n)[:3], list(n.items())[-1])
for i in range(0, 1000, 2):
    n[i] = -i
print(len(n), list(n)[498:503])
print(d.__contains__(1), {1: 2}.__getitem__(1), {1: 2}.__len__(), {1: 2}.__repr__(), {1: 2}.__eq__({1: 2}), {1: 2}.__or__({3: 4}))
