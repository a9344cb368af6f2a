# Star expressions everywhere: calls, displays, targets, returns, subscripts.
def f(*a, **k):
    return a, sorted(k.items())


x = [1, 2]
d = {"p": 1}
print(f(*x, 3, *x), f(**d, q=2), f(*"ab", **{"z": 0}))
print([*x, *x], (*x,), {*x}, {**d, "r": 5, **{"p": 9}})
print(*x, *(), sep="-")


def ret():
    return *x, 3


print(ret())


def gen():
    yield *x, 4


print(list(gen()))
for a, *b in [(1, 2, 3), "xyz", [9]]:
    print(a, b)
*a, b, c = range(5)
print(a, b, c)
(a, *b), *c = "hello", "x", "y"
print(a, b, c)
[a, [b, *c]] = 1, [2, 3, 4]
print(a, b, c)
t = 1, *x
print(t)
for q in *x, *"ab":
    print(q, end=" ")
print()


class G:
    def __getitem__(self, k):
        return k


g = G()
print(g[*x], g[1, *x], g[1:2, *x], g[...], g[:], g[1:, ::2], g[*x, *x])
a, b = {"one": 1, "two": 2}
print(a, b)
a, b, *c = (i * i for i in range(5))
print(a, b, c)


def err(code):
    try:
        exec(code, {"f": f})
    except Exception as e:
        print(type(e).__name__, e)


err("f(*5)")
err("f(**5)")
err("f(**{1: 2})")
err("f(a=1, **{'a': 2})")
err("[*5]")
err("{**5}")
err("a, b = 5")
err("*a, b, c = [1]")
err("{*[[]]}")
err("a, *b = None")


def swap(a, b):
    a, b = b, a
    return a, b


print(swap(1, 2))
a = [1, 2, 3, 4]
a[0], a[-1] = a[-1], a[0]
a[1:3] = reversed(a[1:3])
print(a)
i = [0, 1]
i[i[0]], i[1] = 1, 5
print(i)
print((lambda *a, **k: (a, k))(*x, **d))
print(max(*x), [*map(str, x)], {*()} == set())
