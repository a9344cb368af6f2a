"""Arguments of Python functions: every way to bind them, and the errors."""


def attempt(f):
    try:
        return f()
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


def plain(a, b=2, *, c=3, d=4):
    return a, b, c, d


def posonly(a, b=1, /, c=2, *, k):
    return a, b, c, k


def star(*args):
    return args


def both(first, *rest, scale=1, **options):
    return first, rest, scale, options


def kwonly(**k):
    return k


def nodefault(*, x, y=1):
    return x, y


class C:
    def m(self, a, b=5, **k):
        return a, b, k

    def __init__(self, *a, **k):
        self.a = a
        self.k = k


class D:
    def __init__(self, x, y=2):
        self.x, self.y = x, y


class Keys:
    def keys(self):
        return ["c", "d"]

    def __getitem__(self, k):
        return k * 2


class MyDict(dict):
    pass


pair, opts, c = (5, 6), {"c": 7, "d": 8}, C(1, z=2)
é = 1


def accent(é, ü=2):
    return é, ü


print(accent(é=5), accent(1, ü=7), accent(**{"é": 3, "ü": 4}))
for f in [
    lambda: plain(1), lambda: plain(1, c=9), lambda: plain(b=1, a=2), lambda: plain(1, d=2, c=3, b=4), lambda: plain(),
    lambda: plain(1, 2, 3), lambda: plain(1, a=2), lambda: plain(1, e=2), lambda: plain(1, bb=2), lambda: plain(c=1),
    lambda: plain(*pair, **opts), lambda: plain(*pair), lambda: plain(*[1], b=3, **{"c": 1}), lambda: plain(**{"a": 1}),
    lambda: plain(*pair, *pair), lambda: plain(1, **{"a": 2}), lambda: plain(1, **{"x": 2}), lambda: plain(1, **{1: 2}),
    lambda: plain(1, c=1, **{"c": 2}), lambda: plain(*5), lambda: plain(**5), lambda: plain(*None, **opts),
    lambda: plain(1, **Keys()), lambda: plain(1, **MyDict(c=1)), lambda: plain(*(i for i in (1, 2))), lambda: plain(*"ab"),
    lambda: posonly(1, k=2), lambda: posonly(1, 2, 3, k=4), lambda: posonly(1, b=2, k=3), lambda: posonly(a=1, k=2),
    lambda: posonly(1, 2, c=5, k=1), lambda: posonly(1), lambda: posonly(k=1),
    lambda: star(), lambda: star(1, 2, 3), lambda: star(*pair, 7), lambda: star(a=1), lambda: star(*range(3)),
    lambda: both(1), lambda: both(1, 2, 3, scale=4, tag=5), lambda: both(*pair, **opts), lambda: both(scale=1),
    lambda: both(1, first=2), lambda: both(1, **{"scale": 5, "é": 6}), lambda: both(1, options=3, rest=4),
    lambda: kwonly(), lambda: kwonly(b=1, a=2), lambda: kwonly(1), lambda: kwonly(**opts) is opts,
    lambda: nodefault(x=1), lambda: nodefault(), lambda: nodefault(y=1), lambda: nodefault(1, x=2),
    lambda: c.m(1), lambda: c.m(b=1, a=2), lambda: c.m(1, 2, z=3), lambda: c.m(*pair, **opts), lambda: c.m(), lambda: C.m(c, 1, q=2),
    lambda: c.m(1, self=2), lambda: (c.a, c.k), lambda: C(*pair, **opts).k, lambda: vars(D(1)), lambda: vars(D(y=3, x=4)),
    lambda: D(), lambda: D(1, z=2), lambda: vars(D(*pair)), lambda: vars(D(**{"x": 1})), lambda: (lambda *a, **k: (a, k))(*pair, **opts),
    lambda: len(*["abc"]), lambda: sorted([3, 1], reverse=True), lambda: sorted(*[[3, 1]], **{"reverse": True}), lambda: max(*pair),
    lambda: "{a}{b}".format(**{"a": 1, "b": 2}), lambda: dict(**opts), lambda: dict(opts, e=1), lambda: int(**{"x": 1}),
]:
    print(attempt(f))

# what the callee gets is its own
d = {"a": 1}
def change(**k):
    k["new"] = 1
    return k
print(change(**d), d)
t = [1, 2]
def grow(*a):
    t.append(3)
    return a
print(grow(*t), t)


def order(*a, **k):
    return [v for v in a] + list(k.items())


log = []
def note(x):
    log.append(x)
    return x
print(order(note(1), *[note(2)], note(3), k=note(4), **{"j": note(5)}), log)


def many(a0=0, a1=1, a2=2, a3=3, a4=4, a5=5, a6=6, a7=7, a8=8, a9=9, a10=10):
    return a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10


print(many(a10=1, a9=2, a8=3, a7=4, a6=5, a5=6, a4=7, a3=8, a2=9, a1=10, a0=11))
print(many(*range(5), **{f"a{i}": -i for i in range(5, 11)}))
print(attempt(lambda: many(*range(12))))


def recursive(n, *, acc=0, **rest):
    return acc if n == 0 else recursive(n - 1, acc=acc + n, **rest)


print(recursive(200, x=1, y=2))


def deep(*a, **k):
    return deep(*a, **k)


try:
    deep(1, b=2)
except RecursionError as e:
    print(e)


def gen(a, *, b=2, **k):
    yield a, b, k


print(next(gen(1, b=3, c=4)), list(gen(*[1], **{"z": 1})))
