# Identity is equality in containers only.
import collections
import operator

nan = float("nan")
c = complex(nan, nan)


class F(float):
    pass


class D:
    def __eq__(self, other):
        return False


f, d = F(nan), D()
for v in c, f, d, nan:
    print(v == v, v != v, [v] == [v], operator.eq(v, v), operator.ne(v, v), v in [v])


class Clears:
    def __init__(self, lists):
        self.lists = lists

    def __eq__(self, other):
        for each in self.lists:
            each.clear()
        return NotImplemented


lists = []
x, y = [Clears(lists)], [Clears(lists)]
lists += [x, y]
print(x == y)

u = [1]
u += collections.UserList([2])
print(type(u).__name__, u)


class Reflected:
    def __radd__(self, other):
        return ("radd", other)

    def __rmul__(self, other):
        return ("rmul", other)


u = [1]
u += Reflected()
print(u)
u = bytearray(b"a")
u *= Reflected()
print(u)


class Declines:
    def __radd__(self, other):
        return NotImplemented

    def __iter__(self):
        return iter([7])


u = [1]
u += Declines()
print(u)
try:
    [].__imul__("bad")
except TypeError as e:
    print(e)
hashes = []


class Key:
    def __hash__(self):
        hashes.append(1)
        return 5


t = (Key(), 1)
print(hash(t) == hash(t), len(hashes))
keys = dict.fromkeys([Key(), Key()])
hashes.clear()
print(len(dict.fromkeys(set(keys))), len(dict.fromkeys(keys, 1)), len(set(keys).symmetric_difference(keys)), len(hashes))
