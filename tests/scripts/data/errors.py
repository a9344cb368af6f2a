# Bad input: the exceptions of dict, list and set; nothing is changed or broken by a key whose methods raise or change things.
import _collections_under_test
from protopython.data import Atom, List, Map, Record, Set, SortedMap, freeze, merge3, snapshot


def show(f):
    try:
        print("no error:", f())
    except Exception as e:
        # A native type's name may have its module in front.
        print(type(e).__name__, str(e).replace("protopython.data.", ""))


m, l, s = Map(a=1), List([1, 2]), Set([1])
show(lambda: m["x"])
show(lambda: m.delete("x"))
show(lambda: m.set([], 1))
show(lambda: m < m)
show(lambda: m | 3)
show(lambda: Map(1, 2))
show(lambda: Map(5))
show(lambda: Map([(1, 2, 3)]))
show(lambda: m.update(1, 2))
show(lambda: m.diff({}))
show(lambda: hash(Map(a=[])))
show(lambda: m.update_in(["x"], len))
show(lambda: l[2])
show(lambda: l[-3])
show(lambda: l["a"])
show(lambda: l[1.0])
show(lambda: l.set(2, 0))
show(lambda: l.delete(-3))
show(lambda: l.set("a", 0))
show(lambda: l + [1])
show(lambda: l.index(7))
show(lambda: l.remove(7))
show(lambda: List().pop())
show(lambda: l.pop(9))
show(lambda: List(5))
show(lambda: l[::0])
show(lambda: l < 3)
show(lambda: hash(List([[]])))
show(lambda: s.remove(2))
show(lambda: s.add([]))
show(lambda: s | [1])
show(lambda: Set(5))
show(lambda: s.diff([1]))
show(lambda: merge3(m, m, {}))
show(lambda: snapshot(5.5))
for name in ("m.x = 1", "m['a'] = 1", "del m['a']", "l[0] = 1", "del l[0]"):
    try:
        exec(name)
        print("no error:", name)
    except Exception as e:
        print(name, type(e).__name__)


loop = {"a": [1]}
loop["a"].append((loop,))
show(lambda: freeze(loop))
show(lambda: freeze({"k": [1, open]}) == Map(k=List([1, open])))


class Plain:
    pass


show(lambda: freeze({"k": [1, Plain()]}))


class Hook:
    def __freeze__(self):
        return "frozen"


print(freeze([Hook(), bytearray(b"x"), (1, [2]), frozenset([1])]))


class Point(Record):
    x: int
    y: int = 0


show(lambda: Point())
show(lambda: Point(1, 2, 3))
show(lambda: Point(1, x=2))
show(lambda: Point(1, z=2))
show(lambda: Point(1).set("z", 2))
show(lambda: setattr(Point(1), "x", 2))
show(lambda: delattr(Point(1), "x"))
show(lambda: hash(Point([])))


class Moody:
    """Equality and hash that fail, or change something, when told to."""

    mood = None

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        if Moody.mood == "hash":
            raise ZeroDivisionError("hash")
        return 7

    def __eq__(self, other):
        if Moody.mood == "eq":
            raise ZeroDivisionError("eq")
        if Moody.mood:
            Moody.mood()
        return self.n == other.n


big = Map({Moody(i): i for i in range(50)})
half = Map({Moody(i): -i for i in range(0, 50, 2)})
alike = Map({Moody(i): i for i in range(50)})
for mood in ("hash", "eq"):
    Moody.mood = mood
    show(lambda: big[Moody(3)])
    show(lambda: big.set(Moody(3), 0))
    show(lambda: big.delete(Moody(3)))
    if mood == "eq":
        show(lambda: big | half)
        show(lambda: big == alike)
        show(lambda: big.diff(half))
    Moody.mood = None
    print(len(big), big[Moody(49)], sum(v for k, v in big.items()))

# An equality that makes new versions meanwhile, and throws them away.
state = Atom(big)
calls = 0


def mischief():
    global calls
    calls += 1
    Moody.mood = None
    state.swap(lambda m: m.set(Moody(calls), "mischief"))
    Moody.mood = mischief if calls < 40 else None


Moody.mood = mischief
print((big | half)[Moody(4)], big[Moody(4)], len(big), calls > 0)
Moody.mood = None
print(len(state.get()), [v for k, v in big.items() if v == "mischief"])
