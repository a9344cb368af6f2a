# The names of rpds-py, over protopython.data: these lines print what they print with the package on CPython (but for "rpds." in one message).
import collections.abc
import copy
import pickle

import _collections_under_test
from rpds import HashTrieMap, HashTrieSet, List, Queue, Stack


def show(call):
    try:
        print(repr(call()))
    except Exception as e:
        print(type(e).__name__, e)


m = HashTrieMap({"a": 1})
for call in (
    lambda: HashTrieMap(a=1), lambda: HashTrieMap([(1, 2)]), lambda: HashTrieMap(1), lambda: HashTrieMap([1]), lambda: HashTrieMap(),
    lambda: m["x"], lambda: m.remove("x"), lambda: m.discard("x") == m, lambda: m.remove("a"), lambda: m.keys(), lambda: m.values(),
    lambda: m.items(), lambda: m == {"a": 1}, lambda: m == HashTrieMap(a=1), lambda: m.get("q", 4), lambda: m.get("a"),
    lambda: sorted(m.update({"b": 2}, c=3).items()), lambda: HashTrieMap.convert(m) is m, lambda: HashTrieMap.convert({1: 2}),
    lambda: HashTrieMap.fromkeys([1], 3), lambda: pickle.loads(pickle.dumps(m)), lambda: m.__reduce__()[1],
    lambda: HashTrieMap({1: m}), lambda: hash(HashTrieMap({1: []})), lambda: hash(m) == hash(HashTrieMap(a=1)), lambda: m.insert("a", "b"),
    lambda: m.items() == m.items(), lambda: m.keys() & {"a"}, lambda: len(m.keys() | {"b"}), lambda: ("a", 1) in m.items(),
    lambda: 1 in m.values(), lambda: m.keys() == {"a"}, lambda: isinstance(m.keys(), collections.abc.KeysView),
    lambda: isinstance(m, collections.abc.Mapping), lambda: type("X", (HashTrieMap,), {}), lambda: copy.deepcopy(m), lambda: {**m},
    lambda: HashTrieMap(a=1, b=2) == HashTrieMap(b=2, a=1), lambda: m.keys() <= {"a", "b"}, lambda: m.items() < m.items(),
    lambda: sorted(HashTrieMap([(i, i * i) for i in range(100)]).items())[-1],
):
    show(call)

s = HashTrieSet([1])
for call in (
    lambda: s, lambda: HashTrieSet(1), lambda: sorted(s.insert(2)), lambda: s.remove(5), lambda: s.discard(5), lambda: sorted(s.update([1, 3], [4])),
    lambda: s | {2}, lambda: sorted(s | HashTrieSet([2])), lambda: s & HashTrieSet([1]), lambda: s - HashTrieSet([1]),
    lambda: sorted(s ^ HashTrieSet([2])), lambda: s < {1, 2}, lambda: s <= {1}, lambda: s == {1}, lambda: s == {2}, lambda: s == [1], lambda: s > set(),
    lambda: hash(s) == hash(frozenset([1])), lambda: s.union([2]), lambda: pickle.loads(pickle.dumps(s)),
    lambda: isinstance(s, collections.abc.Set), lambda: isinstance(s, frozenset),
):
    show(call)

l = List([1, 2, 3])
for call in (
    lambda: l, lambda: List(1, 2), lambda: List(), lambda: l.first, lambda: l.rest, lambda: l.push_front(0), lambda: l.drop_first(),
    lambda: List().drop_first(), lambda: List().first, lambda: List().rest, lambda: list(reversed(l)), lambda: len(l), lambda: bool(List()),
    lambda: l == List([1, 2, 3]), lambda: l == [1, 2, 3], lambda: hash(l) == hash(List([1, 2, 3])), lambda: hash(List([[]])), lambda: 1 in l,
    lambda: pickle.loads(pickle.dumps(l)),
):
    show(call)

q = Queue([1, 2])
for call in (
    lambda: q, lambda: Queue(1, 2), lambda: q.peek(), lambda: q.dequeue(), lambda: q.enqueue(3), lambda: Queue().peek(), lambda: Queue().dequeue(),
    lambda: q.is_empty(), lambda: Queue().is_empty(), lambda: q == Queue([1, 2]), lambda: q == [1, 2], lambda: hash(Queue([[]])),
    lambda: Stack([1, 2]), lambda: Stack([1, 2]).peek(), lambda: Stack([1, 2]).pop(), lambda: Stack([1, 2]).push(3), lambda: Stack().pop(),
    lambda: Stack().peek(), lambda: list(Stack([1, 2, 3])), lambda: Stack(1, 2),
):
    show(call)
