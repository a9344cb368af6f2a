# What collections have in common with those of the language: ABCs, pickling, copying, patterns, generics, text.
import _collections_under_test
import collections.abc as abc
import copy
import pickle
import weakref
from protopython.data import Atom, List, Map, Record, Set, SortedMap, SortedSet


class Point(Record):
    x: int
    y: int = 0


SAMPLES = [
    Map(), Map({"a": 1}), Map({1: List([1, Map()]), (2,): None}),
    Set(), Set([1, 2]), List(), List(["a", List([1])]),
    SortedMap(), SortedMap({2: "b", 1: "a"}), SortedSet(), SortedSet("cab"), Point(1), Point(1, y=List([2])),
]
for v in SAMPLES:
    again = eval(repr(v))
    assert again == v and type(again) is type(v) and repr(again) == repr(v), v
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        loaded = pickle.loads(pickle.dumps(v, protocol))
        assert loaded == v and type(loaded) is type(v), v
    assert copy.copy(v) is v
    assert copy.deepcopy(v) == v
    assert hash(v) == hash(again) and {v: 1}[again] == 1
    print(type(v).__module__.replace("__main__", "-"), repr(v) if len(repr(v)) < 20 else "...")

for cls, bases in {
    Map: [abc.Mapping, abc.Hashable, abc.Reversible],
    SortedMap: [abc.Mapping, abc.Hashable, abc.Reversible],
    Set: [abc.Set, abc.Hashable, abc.Reversible],
    SortedSet: [abc.Set, abc.Hashable, abc.Reversible],
    List: [abc.Sequence, abc.Hashable, abc.Reversible],
}.items():
    print(cls.__name__, [issubclass(cls, base) and isinstance(cls(), base) for base in bases])
    assert not issubclass(cls, (abc.MutableMapping, abc.MutableSet, abc.MutableSequence))
    assert not cls() and cls().copy() == cls() and weakref.ref(cls()) is not None
    assert cls.__doc__ and all(getattr(cls, name).__doc__ for name in dir(cls) if not name.startswith("_"))
print(Map[str, int], List[int].__args__, Atom[int].__origin__.__name__)
m = Map({"a": 1})
print(isinstance(m.keys(), abc.KeysView), isinstance(m.values(), abc.ValuesView), isinstance(m.items(), abc.ItemsView))
print(m.keys() & {"a", "b"}, sorted(m.keys() | {"b"}), m.items() - {("a", 1)}, ("a", 1) in m.items(), ("a", 2) in m.items())
print(m.keys() <= {"a", "b"}, m.keys() == {"a"}, len(m.items()), m.keys().isdisjoint("bc"), 1 in m.values())
print(repr(m.keys()), repr(m.values()), repr(m.items()))
print(m == {"a": 1}, {"a": 1} == m, m == SortedMap(a=1), hash(m) == hash(SortedMap(a=1)), m != 3)
print(Set([1, 2]) == {1, 2}, {1, 2} == Set([1, 2]), Set([1]) == SortedSet([1]), Set([1]) == [1])
print(Map(m) is m, List(List([1])) == List([1]), Map(m, b=2) == Map(a=1, b=2), Map([("a", 1)]) == m)
print(type({"b": 2} | m).__name__, {**m}, dict(m), list(m), [*List([1, 2])])
print(Map.fromkeys("ab", 0) == Map(a=0, b=0))


def which(v):
    match v:
        case {"a": x, **rest}:
            return "mapping", x, len(rest)
        case [first, *rest]:
            return "sequence", first, len(rest)
        case Point(x, y=y):
            return "point", x, y
    return "other"


print(which(Map(a=1, b=2)), which(SortedMap(a=1)), which(List([1, 2, 3])), which(Point(3)), which(Set([1])))

deep = Map(a=List([Map(b=1)]))
print(deep.update_in(["a", 0, "b"], lambda n: n + 1), deep.update_in(["x", "y"], lambda n: n, 0) ["x"])
print(Map().update_in([], len), deep.update_in(("a", 0), lambda m: m.set("c", 2))["a"][0].get("c"))
p = Point(List([1]))
print(p.update_in(["x", 0], lambda n: n * 10), copy.replace(p, y=5), p.set("y", 1).update(x=0))

e = deep.evolver()
print(e.is_dirty(), e.set("z", 1).persistent() == deep.set("z", 1), e.is_dirty(), e == deep.set("z", 1))

cyclic = []
cyclic.append(List([cyclic]))
print(cyclic, len({List([1]): 1, List([1]): 2}))
