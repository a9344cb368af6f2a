# range and slice objects.
def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
range(5), range(1, 5), range(0, 10, 3), range(5, 0, -2), range(0), repr(range(1, 2, 1)), list(range(-3, 3, 2))
len(range(5)), len(range(0, 10, 3)), len(range(5, 0)), len(range(5, 0, -1)), len(range(0, -10, -3))
range(10)[3], range(10)[-1], range(0, 20, 2)[2:5], range(10)[::-1], range(10)[20:], range(10)[-3:], range(5, 0, -1)[1:3]
range(10)[10]
range(5)["a"]
range(5)[1.0]
3 in range(5), 5 in range(5), 4 in range(0, 10, 3), 3.0 in range(5), 3.5 in range(5), "a" in range(5), -1 in range(0, -5, -1), True in range(2)
range(5).index(3), range(0, 10, 2).index(4), range(5).count(3), range(5).count(9)
range(5).index(7)
range(5) == range(0, 5), range(0) == range(2, 1), range(0, 3, 2) == range(0, 4, 2), range(3) == [0, 1, 2], hash(range(3)) == hash(range(0, 3, 1))
range(1, 10, 3).start, range(1, 10, 3).stop, range(1, 10, 3).step
range()
range(1, 2, 0)
range(1.5)
range("a")
range(1, 2, 3, 4)
range(stop=5)
range(5).start
list(reversed(range(5))), list(reversed(range(0, 10, 3))), list(reversed(range(0)))
sum(range(101)), max(range(5)), min(range(5, 10)), sorted(range(3, 0, -1)), list(map(str, range(3)))
range(10**20)[10**19], len(range(10**6)), 10**19 in range(10**20), range(2**62, 2**62 + 2)[1], list(range(2**61 - 1, 2**61 + 2)), list(range(2**63 - 1, 2**63 + 1))
bool(range(0)), bool(range(1)), range(True), isinstance(range(1), range)
iter(range(3)).__next__(), iter(range(3)).__length_hint__(), list(iter(range(2)))
[i for i in range(3) for j in range(i)], tuple(range(3)), {*range(3)}, [*range(2)]
slice(5), slice(1, 5), slice(1, 5, 2), slice(None), slice("a", None), slice(1, 2).start, slice(1, 2).step
slice(1, 10, 3).indices(5), slice(None, None, -1).indices(3), slice(-2, None).indices(10), slice(5, 1, -1).indices(10), slice(10**30).indices(5)
slice(1, 2, 0).indices(5)
slice(1).indices(-1)
slice("a").indices(5)
slice()
slice(1) == slice(None, 1, None), slice(1) != slice(2), slice(1, 2) < slice(1, 3), hash(slice(1)) == hash(slice(1))
{slice(1, 2): "v"}[slice(1, 2)]
[1, 2, 3][slice(1, None)], "abc"[slice(None, None, -1)], (1, 2)[slice(0, 1)]
type("I", (), {"__index__": lambda s: 3})() in range(5), range(type("I", (), {"__index__": lambda s: 3})())
""".strip().splitlines():
    check(line)
