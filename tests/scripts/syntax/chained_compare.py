# Comparison chains, identity, membership, short circuits.
calls = []


def v(x):
    calls.append(x)
    return x


print(v(1) < v(2) < v(3), calls)
calls.clear()
print(v(3) < v(2) < v(1), calls)
calls.clear()
print(v(0) or v(5) and v(6), calls)
calls.clear()
print(v(1) and v(0) and v(7), calls)
print(1 < 2 == 2 != 3 >= 3, 1 == 1 in [1], calls is not None is not False)
print("a" in "cat", "d" not in "cat", 3 in (1, 2), 2 in {1: 0, 2: 0}, "" in "abc")
print(None is None, [] is [], () == (), [] == [], {} == {}, [1] == [1.0])
print(1 == "1", 1 != "1", None == 0, "a" < "b", "Z" < "a", "a" < "ab")
print([1, 2] < [1, 3], [1, 2] < [1, 2, 0], (2,) > (1, 9, 9), {1} < {1, 2})
print(not 1 == 2, not (1 == 1), not not 5)
print(1 if 0 else 2 if 0 else 3)
x = 5
print(0 < x < 10 and "in range" or "out")


class Cmp:
    def __init__(self, r):
        self.r = r

    def __lt__(self, o):
        return self.r

    def __bool__(self):
        raise ValueError("truth tested")


print(Cmp(7) < 1)
try:
    Cmp(Cmp(1)) < 1 < 2
except ValueError as e:
    print(e)
try:
    1 < "a"
except TypeError as e:
    print(e)
for op in ("[] < ()", "None < None", "{} > {}", "1j < 2j", "object() >= 1", "int <= str"):
    try:
        eval(op)
    except TypeError as e:
        print(e)
print(1.0 == 1, hash(1.0) == hash(1) == hash(True), 2**53 == float(2**53), 2**53 + 1 == float(2**53))
print(float("nan") == float("nan"), (n := float("nan")) in [n], [n] == [n])
print(1 < 1.5 < 2, 10**400 > 1e308, -(10**400) < -1e308, 10**400 == float("inf"))
a = b = []
print(a is b, a == b, a is not b)
assert 1 < 2, "fine"
try:
    assert 1 > 2, ("message", 1)
except AssertionError as e:
    print(repr(e), e.args)
