"""A variable that an inner function captures, and a comprehension's variable of the same name in the same function."""

import itertools


def parameter(x=0):
    z = [x for x in (7, 8)]
    return z, (lambda: x)(), x


def changed(x):
    z = {x: 1 for x in (7, 8)}

    def g():
        nonlocal x
        x += 1
        return x

    return z, g(), x


def both(n, items):
    total = n + 1
    return total, [n for n in items], [i for i in items if (lambda: n)() == 1]


def rest(*args, **named):
    return [args for args in (1, 2)], {named for named in (3,)}, (lambda: (args, named))()


def local():
    x = 1
    z = [x for x in (7, 8)]
    return z, (lambda: x)(), x


def captured_twice(x):
    fs = [lambda: x for x in (1, 2)]
    return [f() for f in fs], (lambda: x)(), x


def nested(x, y):
    z = [[x + y for x in (1, 2)] for y in (x, x + 1)]
    return z, (lambda: (x, y))()


def generator(x):
    yield [x for x in (1, 2)]
    yield (lambda: x)()
    x += 1
    yield x, (lambda: x)()


print(parameter(), parameter(5), changed(1), both(1, [2]), rest(9, k=8), local(), captured_twice(3), nested(1, 2), list(generator(4)))
print(parameter.__code__.co_cellvars, parameter.__code__.co_varnames[:1], changed.__code__.co_cellvars, rest.__code__.co_cellvars)


class C:
    def method(self, x):
        class D:
            y = [x for x in (1, 2)]
            z = x

        return D.y, D.z, [self for self in (1,)], (lambda: self is not None)()


print(C().method(6))

# All shapes of one function: how the name is bound, captured and used in a comprehension.
binds = {"parameter": ("x=5", "pass"), "local": ("", "x = 5"), "star": ("*x", "pass"), "keyword": ("*, x=5", "pass"), "named": ("", "(x := 5)")}
comps = ["[x for x in (1, 2)]", "{x for x in (1, 2)}", "{x: x for x in (1, 2)}", "list(x for x in (1, 2))", "[f() for f in [lambda: x for x in (1, 2)]]",
         "[[x for x in (1, y)] for y in (3, 4)]", "[(lambda: x)() for x in (1, 2)]", "[x for x in [x]]"]
captures = ["(lambda: x)()", "[(lambda: x)() for y in (1,)]", "(lambda: [x for y in (1,)])()", "locals()['x']"]
results = []
for (name, (parameters, first)), comp, capture in itertools.product(binds.items(), comps, captures):
    for order in (comp, capture), (capture, comp):
        scope = {}
        exec(f"def f({parameters}):\n {first}\n a = {order[0]}\n b = {order[1]}\n return a, b, x\n", scope)
        results.append(repr(scope["f"]()))
print(len(results), *sorted(set(results)), sep="\n")
