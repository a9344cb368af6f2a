# One operand of a set operation may be a view of keys or items; the other is anything that can be iterated, on either side.
d = {"a": 1, "b": 2}


def show(f):
    try:
        r = f()
    except TypeError as e:
        print("TypeError:", e)
    else:
        print(type(r).__name__, sorted(r, key=repr) if isinstance(r, set) else r)


class Both:
    def __iter__(self):
        return iter("az")

    def __len__(self):
        return 2


others = ["az", ["a", "z"], ("a", ("b", 2)), b"az", range(2), {"a": 5}, {"a"}, frozenset("z"), Both(), memoryview(b"a"), 5, None, [[]]]
for other in others:
    print(type(other).__name__)
    for view in (d.keys(), d.items()):
        show(lambda: other - view)
        show(lambda: view - other)
        show(lambda: other & view)
        show(lambda: other | view)
        show(lambda: other ^ view)
        show(lambda: view.__rsub__(other))
show(lambda: (i for i in "xa") - d.keys())
show(lambda: d.keys() - d.keys())
show(lambda: d.items() - d.keys())
show(lambda: [1] - d.values())
x = ["a", "q"]
x -= d.keys()
print(x)
