"""Functions with more parameters than a frame has registers."""
import inspect


def make(source, name="f"):
    ns = {}
    exec(source, ns)
    return ns[name]


for n in (100, 160, 161, 254, 255, 256, 300, 1000):
    names = [f"p{i}" for i in range(n)]
    params = ", ".join(names)
    f = make(f"def f({params}):\n total = p0 + p{n - 1}\n return total, len(locals()), (lambda: p{n // 2})()")
    args = list(range(n))
    kwargs = dict(zip(names, args))
    print(n, f(*args), f(**kwargs), f(*args[:50], **dict(list(kwargs.items())[50:])))
    print(f.__code__.co_argcount, set(f.__code__.co_varnames) == {*names, "total"})
    print(list(inspect.signature(f).parameters) == names)
    for bad in (lambda: f(*args, 1), lambda: f(*args[:-1]), lambda: f(*args, p0=1), lambda: f(**kwargs, q=1)):
        try:
            bad()
        except TypeError as e:
            print(str(e)[:60], "...", str(e)[-30:])

source = "def f(" + ", ".join(f"a{i}=i({i})" for i in range(300)) + "):\n return sum(locals().values())"
print(make("i = lambda n: n * n\n" + source)())
source = "def f(*, " + ", ".join(f"a{i}=i({i})" for i in range(300)) + "):\n return a0, a7, a299"
f = make("i = lambda n: n * n\n" + source)
print(f(), f(a7=1), len(f.__kwdefaults__))
params = ", ".join(f"a{i}" for i in range(200))
f = make(f"def f(first, /, {params}, *rest, key=5, **more):\n return first, a199, rest, key, sorted(more)")
print(f(*range(205), other=1, first=2), f(*range(201)))
f = make(f"def f({params}):\n del a3\n return a3")
try:
    f(*range(200))
except UnboundLocalError as e:
    print(e)
g = make(f"def f({params}):\n yield a0\n a0 = 7\n yield a0 + a199\n yield [a1 + x for x in (1, 2)]")(*range(200))
print(list(g))
C = make(f"class C(dict):\n def __init__(self, {params}):\n  super().__init__(a=a5)\n  (super)().update(b=a6)\n", "C")
print(C(*range(200)))
f = make(f"def f({params}):\n def g():\n  nonlocal a150\n  a150 += 1\n  return a150\n g()\n return g(), a150, locals()['a150']")
print(f(*range(200)))
f = make(f"f = lambda {params}, *args, **kw: (a10, args, kw)")
print(f(*range(203), x=1))
f = make(f"async def f({params}):\n return a0 + a199")
try:
    f(*range(200)).send(None)
except StopIteration as e:
    print(e.value)
