"""types.CodeType(...) and code.replace()."""
from types import CodeType, FunctionType

FIELDS = "argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name qualname firstlineno linetable exceptiontable freevars cellvars".split()


def f(a, b=2, /, *args, d=4, **kw):
    total = a
    for x in args:
        total += x
    try:
        return total + b + d + len(kw), [total * i for i in range(2)]
    finally:
        total = 0


def outer(n):
    def inner(x):
        return n + x
    return inner


def gen(n):
    for i in range(n):
        yield i


def arguments(c):
    return [getattr(c, "co_" + name) for name in FIELDS]


for fn, args in ((f, (1, 2, 3)), (gen, (3,)), (lambda x: x * 2, (4,))):
    c = fn.__code__
    n = CodeType(*arguments(c))
    g = FunctionType(n, globals(), "g", fn.__defaults__)
    g.__kwdefaults__ = fn.__kwdefaults__
    r = g(*args)
    print(n == c, n is c, type(n).__name__, n.co_name, list(r) if fn is gen else r)
c = outer(5).__code__
n = CodeType(*arguments(c))
print(n.co_freevars, FunctionType(n, {}, "i", None, outer(5).__closure__)(1))

c = f.__code__
for i in (0, 1, 15):
    try:
        CodeType(*arguments(c)[:i])
    except TypeError as e:
        print(e)
try:
    CodeType(*arguments(c), 1)
except TypeError as e:
    print(e)
for i, v in ((0, "x"), (0, -1), (6, "s"), (7, []), (10, 1), (3, 99), (8, (1,)), (13, "x"), (11, None), (12, 5), (9, ("a",))):
    a = arguments(c)
    a[i] = v
    try:
        print(i, CodeType(*a))
    except (TypeError, ValueError) as e:
        print(i, type(e).__name__, e)
a = arguments(c)
a[11], a[12], a[10], a[13] = "renamed", "Q.renamed", "elsewhere.py", 100
n = CodeType(*a)
print(n.co_name, n.co_qualname, n.co_filename, n.co_firstlineno)

n = c.replace(co_name="other", co_firstlineno=7)
print(n.co_name, n.co_firstlineno, n == c, c.replace() == c)


def k():
    return "constant", 5


g = FunctionType(k.__code__.replace(co_consts=tuple("changed" if x == "constant" else x for x in k.__code__.co_consts)), {})
print(len(g()))
for bad in ({"nothing": 1}, {"co_name": 5}, {"co_consts": 5}):
    try:
        c.replace(**bad)
    except (TypeError, ValueError) as e:
        print(type(e).__name__)
