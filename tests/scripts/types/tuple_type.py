# Tuples.
t = (1, 2, 3, 2)


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
(), (1,), (1, 2), tuple(), tuple("ab"), tuple([1]), tuple(range(3)), tuple({1: 2}), tuple(x for x in "q")
tuple(5)
tuple(1, 2)
t[0], t[-1], t[1:3], t[::-1], t[:], len(t), t.count(2), t.index(2), t.index(2, 2), 3 in t, 9 not in t
t[10]
t["a"]
t.index(9)
t.index(1, 1)
t.append(1)
t + (4,), t * 2, 2 * (0,), t * 0, () + ()
t + [1]
t * 1.5
(1, 2) < (1, 3), (1,) < (1, 0), () < (1,), (1, 2) == (1, 2), (1, 2) == [1, 2], (1, "a") != (1, "b"), (2,) > (1, 5)
(1,) < ("a",)
hash((1, 2)) == hash((1, 2)), hash(()) == hash(()), {(1, 2): "v"}[1, 2], hash((1, "a", None, 2.5)) == hash((1.0, "a", None, 2.5))
hash(([],))
hash((1, 2, 3)), hash(()), hash((0,)), hash((1, (2, 3)))
repr((1,)), repr(()), repr((1, "a", None)), str((1, (2,))), repr(("'",))
min(t), max(t), sum(t), sorted(t), list(reversed(t)), any(()), all(())
[*t], {**{}}, (*t, *t), tuple(zip("ab", "cd"))
t.__len__(), t.__contains__(1), t.__getitem__(0), t.__add__((1,)), t.__mul__(2), t.__getnewargs__(), t.__eq__(5), t.__lt__((1, 3))
bool(()), bool((0,)), isinstance((), tuple), type((1,))
(lambda *a: a)(*t), (lambda a, b: a + b)(*(1, 2))
tuple(t) is t, t[:] is t
divmod(7, 2), (1, 2)[True], ((1, 2), (3, 4))[1][0]
(a := 1, a + 1), (yield_ := 5,)
dict([(1, 2), (3, 4)]), list(enumerate("ab")), (1,) * 3
class_ := type("T", (tuple,), {"__repr__": lambda s: "T" + tuple.__repr__(s)})((1, 2))
t.__class__((5,)), tuple.__new__(tuple, [1, 2])
len(tuple(range(1000))), sum(tuple(range(1000))), tuple(range(100))[95:]
""".strip().splitlines():
    check(line)
