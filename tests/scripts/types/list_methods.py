# list methods one by one.
l = []
print(l.append(1), l)
l.extend([2, 3])
l.extend("ab")
l.extend(range(2))
print(l)
l.insert(0, "first")
l.insert(100, "last")
l.insert(-1, "before last")
print(l)
print(l.pop(), l.pop(0), l.pop(-2), l)
l.remove("a")
print(l, l.index("b"), l.count(1), [5, 1, 5].index(5, 1), [5, 1, 5].index(5, -1, 100))
l.reverse()
print(l)
c = l.copy()
l.clear()
print(l, c)


def err(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e)


err([].pop)
err([1].pop, 5)
err([1].pop, "a")
err([1].remove, 2)
err([1].index, 2)
err([1].extend, 5)
err([1].insert, "a", 1)
err([1].append)
err([1].append, 1, 2)
err([1].foo if hasattr([], "foo") else lambda: [].foo)
err(list, 5)
err(list, 1, 2)
err(list, x=1)
err(hash, [])
err([1, "a"].sort)
err([1].sort, 5)
err([1].__setitem__, 3, 0)
err([1].__getitem__, "x")
err(lambda: [1] + (2,))
err(lambda: [1] * "a")
print([1, 2] + [3], [1] * 3, 2 * [0], [] * 5, [1] * -1)
l = [3, 1, 2]
l.sort()
print(l)
l.sort(reverse=True)
print(l)
l = ["bb", "a", "ccc"]
l.sort(key=len)
print(l, sorted(l, key=lambda s: s[-1], reverse=True))
print(sorted([(1, "b"), (0, "z"), (1, "a")], key=lambda p: p[0]), sorted("hello"), sorted({3: 1, 1: 2}))
print(2 in [1, 2], 5 not in [1], [1, 2] == [1, 2], [1, 2] < [1, 3], [1] != [2], [[1]] == [[1]])
print(list(range(3)), list("abc"), list({"a": 1}), list((1,)), list(), list(iter([1])), list(map(abs, [-1])))
print(len([1, 2]), min([3, 1]), max([3, 1]), sum([1, 2]), any([0, 1]), all([0, 1]))
l = [1, 2, 3]
print(l.__contains__(1), l.__len__(), l.__getitem__(0), l.__iadd__([4]), l.__eq__([1]), l.__mul__(2), list(l.__reversed__()), l.__repr__())
a = [1]
a.append(a)
print(a, a[1] is a, len(a))
nested = [[0] * 2 for _ in range(2)]
nested[0][0] = 5
alias = [[0] * 2] * 2
alias[0][0] = 5
print(nested, alias)
it = iter([1, 2])
print(next(it), it.__length_hint__(), list(it), next(it, "end"))
l = [1, 2, 3, 4]
for x in l:
    if x == 2:
        l.remove(x)
print(l)
l = [1]
for x in l:
    if x < 5:
        l.append(x + 1)
print(l)
print([1, 2, 3][-1], [[1, 2], [3]][0][1], [*reversed([1, 2])])
