# Generator expressions: laziness, scoping, nesting, first iterable evaluated at once.
log = []


def src(n):
    log.append(f"src{n}")
    return range(n)


g = (x for x in src(3))
print(log)
g2 = ((x, y) for x in src(2) for y in src(x + 1))
print(log)
print(list(g2), log)
try:
    (x for x in 5)
except TypeError as e:
    print(e)
g = (1 / x for x in (1, 0))
print(next(g))
try:
    next(g)
except ZeroDivisionError:
    print("lazy error")
print(next(g, "finished after error"))
k = 10
g = (x + k for x in range(3))
k = 100
print(list(g))
print(sum(x for x in range(10) if x % 2), any(x == 3 for x in range(5)), ",".join(str(x) for x in range(3)))
print(list((lambda: (i for i in range(2)))()), [list(j for j in range(i)) for i in range(3)])


class C:
    v = 5
    items = [1, 2]
    g = list(x for x in items)


print(C.g)


def f(n):
    total = 0
    for x in (y * y for y in range(n)):
        total += x
    return total


print(f(10))
print(dict((a, b) for a, b in zip("ab", (1, 2))), set(x // 2 for x in range(4)), sorted((x for x in (3, 1)), reverse=True))
print((x for x in []).__name__, type((x for x in [])).__name__, (x for x in []).__qualname__)
nested = ((x for x in range(n)) for n in range(3))
print([list(i) for i in nested])
print([y for x in range(3) if (y := x * 2)], y)


def walrus():
    any((hit := x) > 2 for x in range(10))
    return hit


print(walrus())
chain = (a for a in (b for b in (c for c in "abc")))
print("".join(chain))
g = (print("effect", x) or x for x in range(2))
print("created")
print(list(g))
print(max((len(w), w) for w in ["aa", "b", "ccc"]), min((w for w in ["z", "y"]), default="d"))


def gen_in_gen():
    yield (x for x in range(3))


print(list(next(gen_in_gen())))
it = iter(range(10))
print([x for x in it if x < 3], list(it))
it = iter(range(10))
print(list(zip((x for x in it), (y for y in it))))
