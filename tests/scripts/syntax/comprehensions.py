# Comprehensions of every form.
print([x * x for x in range(6)])
print([x for x in range(20) if x % 3 == 0 if x % 2])
print([(x, y) for x in range(3) for y in range(x)])
print({x % 3 for x in range(10)})
print({x: x * x for x in range(4)})
print({k: v for k, v in [("a", 1), ("b", 2)]})
print(sum(x for x in range(5)), max((x * 7) % 5 for x in range(5)))
print([[j for j in range(i)] for i in range(4)])
print([y for x in [[1, 2], [3]] for y in x])
print([f(2) for f in [lambda x: x + i for i in range(3)]])
print([(a, b, c) for a, (b, c) in [(1, (2, 3)), (4, (5, 6))]])
print([x if x % 2 else -x for x in range(5)])
print([last := x for x in range(4)], last)
g = (x for x in "abc")
print(next(g), list(g), list(g))


def f(n):
    y = 10
    return [x + y for x in range(n)], {x: y for x in range(n)}


print(f(3))


class C:
    items = [1, 2, 3]
    doubled = [x * 2 for x in items]


print(C.doubled)
x = "outer"
_ = [x for x in range(3)]
print(x)
print([*range(3), *"ab"], (*[1], 2), {*(1, 2), 3}, {**{"a": 1}, "b": 2})
print([x for x in [1, 2, 3] if (y := x * 2) > 2], y)
print(list(map(lambda p: p[0] + p[1], zip([1, 2], [3, 4]))))
print([i for i in range(5) if not i == 2 and i != 3])
print(all(x > 0 for x in [1, 2]), any(x > 5 for x in [1, 2]))
print(dict((k, len(k)) for k in ["a", "bb"]))
print([lambda: x for x in range(2)][0]())
try:
    [1 / x for x in (1, 0)]
except ZeroDivisionError as e:
    print(e)
print([[x, y] for x in range(2) for y in range(2) if x != y])
