# What is a sequence, what a mapping; sequences without negative indices; patterns that are nested deep.
import collections
import collections.abc as abc


def kind(x):
    match x:
        case [*_]:
            return "sequence"
        case {}:
            return "mapping"


class A(collections.UserDict, abc.Sequence): pass
class B(collections.UserDict, list): pass
class C(dict, abc.Sequence): pass
class D(collections.UserList, abc.Mapping): pass
class E(list, abc.Mapping): pass
class F(collections.UserList, dict): pass
class G(A): pass


for cls in (A, B, C, D, E, F, G):
    print(cls.__name__, kind(cls()))


class Counted(abc.Sequence):
    def __getitem__(self, i):
        print("item", i)
        return i

    def __len__(self):
        return 42


match Counted():
    case [x, *_, y, z]:
        print(x, y, z)

match bytearray(b"x"):
    case bytearray(b):
        print(b)
match bytes(b"x"):
    case bytearray(_):
        print("no")
    case bytes(b):
        print(b)

for left, right, value in [("[", "]", []), ("{1:", "}", {}), ("(0, ", ")", ())]:
    source = f"match value:\n case {left * 100}x{right * 100}: print(x)\n case _: print('none')"
    nested = "end"
    for _ in range(100):
        nested = [nested] if left == "[" else {1: nested} if left == "{1:" else (0, nested)
    exec(source, {"value": nested})
    exec(source, {"value": value})
source = "match value:\n case [a, [b, [" + "[" * 80 + "c, d" + "]" * 80 + "]], e]: print(a, b, c, d, e)"
nested = [3, 4]
for _ in range(80):
    nested = [nested]
exec(source, {"value": [1, [2, nested[:]], 5]})
