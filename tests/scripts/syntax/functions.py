# Function definitions, defaults, keywords, star arguments.
def add(a, b=10):
    return a + b


def nothing():
    pass


def many(a, b, /, c, d=4, *args, e, f=6, **kw):
    return (a, b, c, d, args, e, f, sorted(kw.items()))


print(add(1), add(1, 2), add(b=1, a=5))
print(nothing())
print(many(1, 2, 3, e=5))
print(many(1, 2, 3, 40, 50, 60, e=5, f=7, g=8, h=9))
print(many(1, 2, c=3, e=5, a=100))
args = [1, 2, 3]
kw = {"e": 9, "z": 1}
print(many(*args, **kw))
print(many(*args, *(7, 8), **kw, y=2))
print(add(*[3, 4]), add(**{"a": 1, "b": 2}))


def default(x=[]):
    x.append(len(x))
    return x


print(default(), default())


def fact(n):
    return 1 if n < 2 else n * fact(n - 1)


print(fact(5), fact(20), fact(30))
f = lambda x, *y, k=2: (x, y, k)
print(f(1), f(1, 2, 3, k=4))
print((lambda: "called")())


def outer():
    def inner(x):
        return x * 2

    return inner


print(outer()(21))


def doc():
    """The doc string."""


print(doc.__doc__, doc.__name__, doc.__qualname__, outer().__qualname__)
print(add.__defaults__, many.__kwdefaults__, add.__code__.co_varnames)


def err(f, *a, **k):
    try:
        f(*a, **k)
    except TypeError as e:
        print(e)


err(add)
err(add, 1, 2, 3)
err(add, 1, c=3)
err(add, 1, a=3)
err(many, 1)
err(many, 1, 2, 3)
err(many, a=1, b=2, c=3, e=1)
err(nothing, 1)
err(lambda a, b, c: 0)
err(lambda *, k: 0)
err(lambda *, k, m: 0)
err(3)
err("abc", 1)
