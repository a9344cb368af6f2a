# collections: Counter, defaultdict, deque, namedtuple, OrderedDict, ChainMap.
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque, namedtuple

c = Counter("abracadabra")
print(c, c["a"], c["zz"], c.most_common(2), sorted(c.elements())[:4], c.total())
c.update("aaa")
c.subtract({"a": 2, "q": 1})
print(c["a"], c["q"], +c == Counter({k: v for k, v in c.items() if v > 0}), -c)
print(Counter(a=3, b=1) + Counter(a=1, c=2), Counter(a=3) - Counter(a=1), Counter(a=3, b=1) & Counter(a=1, b=5), Counter(a=1) | Counter(a=4, b=1), Counter(a=1) <= Counter(a=2), Counter(a=0) == Counter())
d = defaultdict(list)
d["x"].append(1)
d["x"].append(2)
print(d, d["new"], len(d), d.get("no"), "no" in d, d.default_factory)
try:
    defaultdict()["k"]
except KeyError as e:
    print(e)
try:
    defaultdict(5)
except TypeError as e:
    print(e)
print(defaultdict(int, a=1) | {"b": 2}, defaultdict(lambda: 7)["k"], d.copy() == d)
q = deque([1, 2, 3], maxlen=4)
q.append(4)
q.append(5)
q.appendleft(0)
print(q, q.maxlen, q[0], q[-1], len(q), q.pop(), q.popleft(), list(q))
q.rotate(1)
q.extend([7, 8])
q.extendleft([9])
print(q, q.count(7), q.index(7), 7 in q, list(reversed(q)))
q.insert(1, "i") if len(q) < 4 else None
q.remove(7)
q.reverse()
print(q, q == deque(q), deque([1, 2]) < deque([1, 3]), deque([1]) + deque([2]), deque([1]) * 3, bool(deque()))
del q[0]
q[0] = "set"
print(q, deque("abc").copy(), deque(range(5), 2))
for f in (lambda: deque().pop(), lambda: deque().popleft(), lambda: deque([1])[5], lambda: deque([1]).remove(2), lambda: deque([1]).index(3), lambda: deque([1], -1), lambda: deque([1], 1).insert(0, 2), lambda: deque(5)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
try:
    for x in (dq := deque([1, 2])):
        dq.append(3)
except RuntimeError as e:
    print(e)
P = namedtuple("P", "x y", defaults=[5])
p = P(1)
print(p, p.x, p[1], p._replace(x=9), p._asdict(), P._fields, P._field_defaults, P._make([3, 4]), p == (1, 5), P(y=2, x=1), isinstance(p, tuple))
x, y = p
print(x, y, P.__doc__, hash(p) == hash((1, 5)), repr(p), namedtuple("Q", ["a", "class", "a"], rename=True)._fields)
for f in (lambda: P(), lambda: P(1, 2, 3), lambda: p._replace(z=1), lambda: namedtuple("X", "a a"), lambda: namedtuple("X", "1a"), lambda: namedtuple("X", "def"), lambda: setattr(p, "x", 1)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
o.move_to_end("a")
o.move_to_end("c", last=False)
print(o, o.popitem(), o.popitem(last=False), list(reversed(o)), OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == {"b": 2, "a": 1})
try:
    o.move_to_end("zz")
except KeyError as e:
    print(e)
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
m["c"] = 4
print(m["a"], m["b"], m.maps, len(m), sorted(m), m.new_child({"a": 0})["a"], m.parents, "b" in m)
try:
    m["nope"]
except KeyError as e:
    print(e)
print(UserDict(a=1), UserList([1]) + [2], UserString("ab").upper(), UserList("abc")[1:], "a" in UserString("abc"))
