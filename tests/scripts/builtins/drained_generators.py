# What runs a generator expression in line must do the same with every other iterable: generators of functions, finished and
# half-finished ones, and what raises on the way.
def refused(what):
    try:
        return what()
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


def empty():
    if False:
        yield


def of(*values):
    yield from values


def fails(*values):
    yield from values
    raise KeyError("in the generator")


class Falsy:
    def __bool__(self):
        raise ValueError("no truth")


for name in ("any", "all", "tuple", "list", "set", "sum", "sorted", "min", "max", "frozenset", "dict"):
    f = __builtins__.__dict__[name] if not isinstance(__builtins__, dict) else __builtins__[name]
    print(name, [refused(lambda: f(g)) for g in (empty(), of(), of(0), of(0, 0), of(0, 3), of(5, 0), of([1, 2]), fails(), fails(7))])

for f in (any, all, list, tuple, set):
    g = of(0, 1, 2, 3)
    print(f.__name__, next(g), f(g), refused(lambda: next(g)), f(g))
    print(refused(lambda: f()), refused(lambda: f(1, 2)), refused(lambda: f(5)))

print(any(of(0, 5, 0)), all(of(5, "x", [])), any(of(Falsy)), refused(lambda: any(of(Falsy()))), refused(lambda: all(of(1, Falsy()))))
g = of(0, 1, 2, 3)
print(any(g), next(g), all(g))
print(any(x for x in of(0, 0)), all(x for x in of(1, 1)), [any(g) for g in (of(), of(1))], list(map(any, [of(), of(0), of(2)])))
print(any(of(None), ) is False, all(of([1], [2])) is True, any(of("text")) is True)


def yields_from():
    x = yield from of(1, 2)
    return any(of()), all(of()), x


print(list(yields_from()))
