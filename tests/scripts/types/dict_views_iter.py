# dict views, iteration, mutation during iteration, keys with odd equality.
d = {"a": 1, "b": 2, "c": 3}
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), "a" in k, 2 in v, ("a", 1) in i, ("a", 2) in i)
d["d"] = 4
print(k, len(v), list(i)[-1])
print(sorted(k & {"a", "z"}), sorted(k | {"z"}), sorted(k - {"a"}), sorted(k ^ {"a", "z"}), k == {"a", "b", "c", "d"}, k <= {"a", "b", "c", "d", "e"})
print(i & {("a", 1), ("x", 2)}, k.isdisjoint(["q"]), k.isdisjoint(["a"]), i.isdisjoint([]))
print(k.mapping["a"], type(k.mapping).__name__, repr(iter(k))[:17])
try:
    k.mapping["a"] = 3
except TypeError as e:
    print(e)


def mutate(f):
    d = {"a": 1, "b": 2}
    try:
        for x in d:
            f(d, x)
        print("finished", d)
    except RuntimeError as e:
        print(e)


mutate(lambda d, x: d.update({x + x: 1}))
mutate(lambda d, x: d.pop(x))
mutate(lambda d, x: d.__setitem__(x, 5))
it = iter({1: 2, 3: 4}.items())
print(next(it), it.__length_hint__(), next(it), next(it, "done"))
e = {}
it = iter(e)
e[1] = 1
try:
    next(it)
except RuntimeError as x:
    print(x)


class Key:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return 7

    def __eq__(self, o):
        return isinstance(o, Key) and self.v == o.v

    def __repr__(self):
        return f"Key({self.v})"


c = {Key(n): n for n in range(20)}
print(len(c), c[Key(13)], Key(99) in c)
for n in range(0, 20, 3):
    del c[Key(n)]
print(list(c))


class BadEq:
    def __hash__(self):
        return 1

    def __eq__(self, o):
        raise ValueError("bad eq")


b = {BadEq(): 1}
try:
    b[BadEq()]
except ValueError as x:
    print(x)
key = next(iter(b))
print(b[key])


class BadHash:
    def __hash__(self):
        raise ValueError("bad hash")


try:
    {BadHash(): 1}
except ValueError as x:
    print(x)


class IntHash:
    def __hash__(self):
        return 2**70 + 5

    def __eq__(self, o):
        return True


print(hash(IntHash()) == hash(2**70 + 5), {IntHash(): 1}[IntHash()])


class Missing(dict):
    def __missing__(self, key):
        self[key] = key * 2
        return self[key]


m = Missing(a=1)
print(m["a"], m[5], m, m.get(9), 5 in m)
try:
    list(d.keys())[0] = 1
    d.keys()[0]
except TypeError as x:
    print(x)
try:
    hash(d.keys())
except TypeError as x:
    print(x)
print(d.items() == {**d}.items(), d.values() == d.values(), {1: [2]}.items() >= set())
print(list(zip(d, d.values())), dict(enumerate("ab")), [*d], {*d} == set(d), max(d), sum(d.values()))
