# functools: partial, reduce, lru_cache, wraps, singledispatch, cached_property, cmp_to_key.
from functools import Placeholder, cache, cached_property, cmp_to_key, lru_cache, partial, partialmethod, reduce, singledispatch, singledispatchmethod, total_ordering, update_wrapper, wraps


def f(a, b, *args, c=3, **kw):
    return a, b, args, c, kw


p = partial(f, 1, c=4)
print(p(2), p(2, 3, c=5, d=6), p.func is f, p.args, p.keywords, partial(p, 9)(), repr(partial(int, base=2)), partial(int, base=2)("101"))
print(partial(f, Placeholder, 2)(1))
print(reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, b: a * b, [], 7), reduce(max, [3, 9, 2]), reduce(lambda a, b: a + b, [[1], [2]], []))
try:
    reduce(lambda a, b: a, [])
except TypeError as e:
    print(e)
calls = []


@lru_cache(maxsize=2)
def sq(x):
    calls.append(x)
    return x * x


print([sq(x) for x in (1, 2, 1, 3, 2)], calls, sq.cache_info(), sq.__wrapped__(5))
sq.cache_clear()
print(sq.cache_info(), sq.cache_parameters())


@lru_cache(typed=True)
def typed(x):
    return type(x).__name__


print(typed(1), typed(1.0), typed.cache_info().misses)
try:
    sq([])
except TypeError as e:
    print(e)


@cache
def fact(n):
    return n * fact(n - 1) if n else 1


print(fact(20), fact.cache_info().currsize)


def deco(fn):
    @wraps(fn)
    def inner(*a):
        """inner doc"""
        return fn(*a)

    return inner


@deco
def documented(x: int) -> str:
    """the doc"""


print(documented.__name__, documented.__doc__, documented.__wrapped__.__name__, documented.__annotations__)


@singledispatch
def show(x):
    return f"default {x}"


@show.register
def _(x: int):
    return f"int {x}"


@show.register(list)
def _(x):
    return f"list of {len(x)}"


@show.register(float | str)
def _(x):
    return f"float or str {x}"


print(show(1), show([1]), show("a"), show(True), show(None), show.dispatch(bool)(5), sorted(k.__name__ for k in show.registry))


class Shape:
    def __init__(self, r):
        self.r = r

    @cached_property
    def area(self):
        calls.append("area")
        return self.r * 3

    @singledispatchmethod
    def add(self, o):
        return "unknown"

    @add.register
    def _(self, o: int):
        return "int"

    def scale(self, k, extra=0):
        return self.r * k + extra

    double = partialmethod(scale, 2)
    triple_plus = partialmethod(scale, 3, extra=1)


s = Shape(5)
calls.clear()
print(s.area, s.area, calls, s.__dict__, s.add(1), s.add("x"), s.double(), s.triple_plus())
del s.area
s.r = 7
print(s.area)
print(sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)))


@total_ordering
class V:
    def __init__(self, n):
        self.n = n

    def __eq__(self, o):
        return self.n == o.n

    def __gt__(self, o):
        return self.n > o.n


print(V(1) < V(2), V(2) <= V(2), V(3) >= V(4))
try:

    @total_ordering
    class W:
        pass

except ValueError as e:
    print(e)
print(reduce(partial(lambda k, a, b: a * k + b, 10), [1, 2, 3]), update_wrapper(lambda: 0, fact).__name__)
