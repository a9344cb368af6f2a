# Attributes, methods, items, closures, and classes, globals and functions that change while loops run.
class P:
    kind = "p"

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def add(self, o):
        return P(self.x + o.x, self.y + o.y)

    @property
    def norm(self):
        return self.x * self.x + self.y * self.y

    def __eq__(self, o):
        return self.x == o.x

    def __lt__(self, o):
        return self.x < o.x


class Q(P):
    kind = "q"

    def add(self, o):
        return Q(self.x - o.x, self.y)


class S:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


def walk(items, n):
    p = items[0]
    out = []
    for i in range(n):
        q = items[i % len(items)]
        p = p.add(q)
        if i % 10 == 0:
            out.append((p.x, p.y, p.norm, p.kind, p < q, p == q))
    return out


def changed(n):
    out = []
    p = P(1, 2)
    for i in range(n):
        if i == n // 3:
            P.kind = "other"
        if i == n // 2:
            P.add = lambda self, o: self
        out.append((p.kind, p.add(p).x))
    P.kind = "p"
    del P.add
    P.add = original
    return out[:: n // 8]


original = P.add
K = 1


def scale(x):
    return x * K


def globals_change(n):
    global K, scale
    old, total, out = scale, 0, []
    for i in range(n):
        if i == n // 4:
            K = 3
        if i == n // 2:
            scale = lambda x: -x
        if i == 3 * n // 4:
            globals()["extra_%d" % n] = i
            scale = old
        total += scale(i)
        out.append(total)
    K = 1
    return out[:: n // 8]


def code_changes(n):
    def f(x):
        return x + 1

    def g(x):
        return x * 100

    total = 0
    for i in range(n):
        if i == n // 2:
            f.__code__ = g.__code__
        total += f(i)
    return total


def closures(n):
    k = 0

    def bump(x):
        nonlocal k
        k += x
        return k

    def make(i):
        return lambda x: x + i

    total = 0
    for i in range(n):
        total += bump(i) + make(i)(2)
    return total, k


def lists(n):
    a, d, t = [0] * 8, {}, (1, 2, 3)
    errors = 0
    for i in range(n):
        a[i % 8] = a[i % 8] + t[i % 3]
        a[-1] += a[-2]
        d[i % 5] = d.get(i % 5, 0) + i
        x, y = (i, a[0])
        try:
            a[x + 5 - 3 * (i % 2)]
            t[i % 4]
            d[str(i % 7)]
        except (IndexError, KeyError) as e:
            errors += len(repr(e))
    return a, d, errors, x, y


def slots(n):
    missing = 0
    for i in range(n):
        s = S(i)
        try:
            s.b
        except AttributeError:
            missing += 1
        s.b = s.a
    return missing, s.b


def grows(n):
    class C:
        pass

    out = 0
    for i in range(n):
        c = C()
        c.a = i
        c.b = c.a + 1
        if i % 3 == 0:
            c.c = c.b
        if i % 5 == 0:
            del c.a
        out += len(vars(c))
    return out


def sorts(n):
    out = []
    for v in [1, "a", 2.5, None, [], (), True] * n:
        out.append(bool(v) is (not not v))
        if v is None:
            out.append(0)
        elif v == 1:
            out.append(v)
    return len(out), sum(out)


def comprehensions(n):
    return sum([x * x for x in range(n)]), sum(x for x in range(n) if x % 2), {x: y for x, y in zip("abc", range(n))}


def chained(n):
    def g(m):
        for i in range(m):
            got = yield i
            if got:
                yield got

    total = 0
    for i in range(n):
        it = g(4)
        next(it)
        total += it.send(i) or 0
        total += sum(it)
    return total


def keywords(n):
    def f(a, b=2, *args, c=3, **kw):
        return a + b + len(args) + c + len(kw)

    total = 0
    for i in range(n):
        total += f(i) + f(i, 1) + f(i, b=4) + f(i, 1, 2, 3, c=5, d=6) + f(*(1, 2, 3), **{"e": i})
    return total


for _ in range(3):
    print(walk([P(1, 2), P(3, 4)], 50))
    print(walk([P(1, 2), Q(3, 4), P(5, 6)], 50))
    print(changed(40))
    print(globals_change(40))
    print(code_changes(30), closures(40), slots(30), grows(40), sorts(8))
    print(lists(50))
    print(comprehensions(30), chained(20), keywords(20))
