# match: sequences with stars, nested; mappings with rest; side rules (str is no sequence).
def seq(x):
    match x:
        case []:
            return "empty"
        case [a]:
            return f"one {a}"
        case [1, 2, *rest]:
            return f"starts 1 2, rest {rest}"
        case [first, *_, 9]:
            return f"{first} ... 9"
        case [[a, b], [c, *d]]:
            return f"nested {a} {b} {c} {d}"
        case (x, y) if x == y:
            return "pair of equals"
        case [*init, last]:
            return f"init {init} last {last}"
        case _:
            return "no sequence"


for v in ([], (), [5], [1, 2], [1, 2, 3, 4], [0, 5, 9], [[1, 2], [3]], [[1, 2], [3, 4, 5]], (7, 7), (7, 8), "ab", b"ab", bytearray(b"ab"), {1, 2}, {1: 2}, range(2), iter([1]), 5, [[1], [2]]):
    print(repr(v) if not hasattr(v, "__next__") else "iterator", "->", seq(v))


def mapping(m):
    match m:
        case {"type": "circle", "r": r}:
            return f"circle {r}"
        case {"type": "rect", "size": [w, h]}:
            return f"rect {w}x{h}"
        case {"type": str(t), **rest}:
            return f"{t} with {sorted(rest)}"
        case {1: one, "k": _} if False:
            return "never"
        case {1: one, **others}:
            return f"one={one} others={others}"
        case {}:
            return f"any mapping of {len(m)}"
        case _:
            return "no mapping"


try:
    for m in ({"type": "circle", "r": 2}, {"type": "rect", "size": (3, 4)}, {"type": "tri", "a": 1, "b": 2}, {1: "x", 2: "y"}, {}, {"z": 0}, [], "text"):
        print(mapping(m))
except NameError as e:
    print(e)
from collections import defaultdict, OrderedDict, deque, UserDict
import array

dd = defaultdict(list)
match dd:
    case {"missing": x}:
        print("created", x)
    case _:
        print("default dict is not asked to create", dict(dd))
match OrderedDict(a=1):
    case {"a": v}:
        print(v)
match deque([1, 2]):
    case [a, b]:
        print("deque", a, b)
match UserDict(q=5):
    case {"q": v}:
        print("userdict", v)
match array.array("i", [1, 2]):
    case [a, b]:
        print("array", a, b)


class Seq(list):
    pass


match Seq([1]):
    case [x]:
        print("subclass", x)
import collections.abc


class Registered:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        return i * 10


collections.abc.Sequence.register(Registered)
match Registered():
    case [a, b]:
        print("registered", a, b)
match {"a": {"b": [1, {"c": "deep"}]}}:
    case {"a": {"b": [_, {"c": x}]}}:
        print(x)
match [1, [2, [3, [4]]]]:
    case [a, [b, [c, [d]]]]:
        print(a, b, c, d)
try:
    exec("match {}:\n case {'x': v, 'x': w}: pass")
except SyntaxError as e:
    print(e.msg)
K = type("K", (), {"a": "x", "b": "x"})
try:
    match {"x": 1}:
        case {K.a: v, K.b: w}:
            pass
except ValueError as e:
    print(e)
