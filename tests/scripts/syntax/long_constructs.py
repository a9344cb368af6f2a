"""Constructs of any length compile: what many of them hold is not limited by registers."""


def same(f):
    return f


for n in 1, 59, 60, 61, 125, 250, 3000:
    space = {"d": same}
    exec("@d\n" * n + "def f(): return 5\n" + "@d\n" * n + "class C: x = 3", space)
    log = []

    def p(i):
        log.append(i)

        def apply(f):
            log.append(-i)
            return f
        return apply

    exec("".join(f"@p({i})\n" for i in range(1, n + 1)) + "def f[T](a=1): return a\n" + "@p(1)\n" * n + "class C[T](list): pass", {"p": p})
    print(n, space["f"](), space["C"].x, log[:2 * n] == [*range(1, n + 1), *range(-n, 0)], log[2 * n:] == [1] * n + [-1] * n)
space = {}
exec("@(lambda f: lambda x: f(x) + 1)\n" * 200 + "def f(x): return x", space)
print(space["f"](0))


def fails(f):
    raise ValueError(f.__name__)


try:
    exec("@same\n" * 100 + "@fails\n" + "@same\n" * 100 + "def f(): pass")
except ValueError as e:
    print(e, e.__traceback__.tb_next.tb_lineno)

for n in 3, 20, 33, 34, 35, 40, 250, 3000:
    a, x = list(range(n)), 5
    chain = "<".join(f"a[{i}]" for i in range(n))
    print(n, eval("<".join(map(str, a))), eval(chain), eval(chain + "<a[-1]"), eval("<=".join(["x"] * n)), eval("<=".join(["x"] * n) + "==5 in [5]"))
    calls = []
    print(eval("<".join(f"c({i})" for i in range(n)) + "<c(0)<c(1)", {"c": lambda i: calls.append(i) or i}), calls == [*a, 0])
