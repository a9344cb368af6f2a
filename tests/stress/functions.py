"""Functions, cells, closures, module globals, properties: changed while others use them."""

import functools
import sys
import types

from _stress import case, main

T = 4


@case
def cells(run):
    """A nonlocal variable is never torn and never goes back in time; with a lock nothing is lost."""
    import threading

    def make():
        value, lock = (0, 0), threading.Lock()

        def write(i):
            nonlocal value
            value = (i, -i)

        def read():
            return value

        def add():
            nonlocal value
            with lock:
                a, b = value
                value = (a + 1, b - 1)

        return write, read, add

    write, read, add = make()

    def reader(rng):
        last = 0
        for _ in range(run.n(3000)):
            a, b = read()
            run.check(a == -b and a >= last, "torn or back in time", a, b, last)
            last = a

    run.threads(lambda rng: [write(i) for i in range(run.n(3000))], reader, reader)
    write(0)
    n = run.n(1000)
    run.threads(*[lambda rng: [add() for _ in range(n)]] * T)
    run.check(read() == (n * T, -n * T), "lost", read())


@case
def cell_contents(run):
    """cell_contents set, read and deleted."""

    def outer():
        x = 0

        def f():
            return x

        return f

    f = outer()
    cell = f.__closure__[0]
    ops = [
        lambda rng, i: setattr(cell, "cell_contents", i),
        lambda rng, i: delattr(cell, "cell_contents"),
        lambda rng, i: run.check(type(f()) is int, "odd"),
        lambda rng, i: (cell.cell_contents, repr(cell), cell == types.CellType(1)),
    ]
    run.conflict(ops, rounds=800, allowed=(ValueError, NameError))


@case
def code_is_replaced(run):
    """__code__ of a function that others call: each call runs one of the codes as a whole."""

    def f(a, b=2):
        return ("one", a + b)

    def g(a, b=3):
        x = [a for _ in range(b)]
        return ("two", sum(x))

    def h(*a, k=5):
        return ("three", len(a) + k)

    codes = [f.__code__, g.__code__, h.__code__]

    def target(a, b=1):
        return ("zero", a)

    def change(rng):
        for _ in range(run.n(1500)):
            target.__code__ = rng.choice(codes)

    def call(rng):
        for _ in range(run.n(4000)):
            try:
                r = target(1, 2)
            except TypeError:
                continue
            if r not in (("one", 3), ("two", 2), ("three", 7), ("zero", 1)):
                run.problem(r)

    run.threads(change, change, call, call)


@case
def function_attributes(run):
    """__defaults__, __kwdefaults__, __name__, __dict__, ...: old or new, never mixed."""

    def f(a=0, b=0, *, c=0):
        return a, b, c

    def change(rng):
        for i in range(run.n(1500)):
            match rng.randrange(7):
                case 0:
                    f.__defaults__ = (i, i)
                case 1:
                    f.__kwdefaults__ = {"c": i}
                case 2:
                    f.__name__, f.__qualname__, f.__doc__ = str(i), str(i), str(i)
                case 3:
                    f.extra = i
                case 4:
                    f.__annotations__ = {"a": i}
                case 5:
                    f.__module__ = str(i)
                case 6:
                    f.__dict__ = {"extra": i}

    def call(rng):
        for _ in range(run.n(2000)):
            a, b, c = f()
            if a != b:
                run.problem("mixed defaults", a, b)
            f.__name__, f.__defaults__, f.__kwdefaults__, f.__dict__, repr(f), getattr(f, "extra", 0), f.__annotations__
            functools.update_wrapper(lambda: 0, f)

    run.threads(change, change, call, call)


@case
def globals_change(run):
    """Module globals and builtins rebound, deleted and read by compiled code."""
    module = types.ModuleType("stress_module")
    exec(
        "v = (0, 0)\n"
        "def write(i):\n    global v\n    v = (i, -i)\n"
        "def read():\n    return v\n"
        "def call():\n    return helper(3)\n"
        "def helper(x):\n    return x\n"
        "def length():\n    return len('abc')\n"
        "def counted():\n    return sum(k for k in range(10))\n",
        module.__dict__,
    )

    def write(rng):
        for i in range(run.n(1500)):
            module.write(i)
            match rng.randrange(7):
                case 0:
                    module.helper = lambda x: x
                case 1:
                    module.len = lambda x: 3
                case 2:
                    module.__dict__.pop("len", None)
                case 3:
                    setattr(module, f"other{i % 100}", i)
                case 4:
                    module.range = range
                case 5:
                    module.__dict__.pop("range", None)
                case 6:
                    module.__dict__.pop(f"other{rng.randrange(100)}", None)

    def read(rng):
        last = 0
        for _ in range(run.n(3000)):
            a, b = module.read()
            run.check(a == -b, "torn", a, b)
            run.check(module.call() == 3 and module.length() == 3 and module.counted() == 45, "call")
            last = a

    run.threads(write, read, read)


@case
def properties_and_descriptors(run):
    """Properties, slots, class and static methods replaced while instances use them."""

    class C:
        __slots__ = ("x", "_p")

        def __init__(self):
            self.x = 0
            self._p = 0

        p = property(lambda self: self._p, lambda self, v: setattr(self, "_p", v))

        @staticmethod
        def s():
            return 1

        @classmethod
        def c(cls):
            return 2

    c = C()

    class Data:
        def __get__(self, obj, cls=None):
            return 3

        def __set__(self, obj, value):
            pass

    def change(rng):
        for i in range(run.n(800)):
            match rng.randrange(5):
                case 0:
                    C.p = property(lambda self: self._p, lambda self, v: setattr(self, "_p", v))
                case 1:
                    C.p = Data()
                case 2:
                    C.s = staticmethod(lambda: 1)
                case 3:
                    C.c = classmethod(lambda cls: 2)
                case 4:
                    C.p = 3

    def use(rng):
        for i in range(run.n(2500)):
            try:
                c.p = i
            except AttributeError:
                pass
            p = c.p
            run.check(type(p) is int, "property gave", p)
            run.check((c.s(), C.s()) == (1, 1), "static method", c.s(), C.s())
            run.check((c.c(), C.c()) == (2, 2), "class method", c.c(), C.c())
            c.x = i
            run.check(type(c.x) is int, "slot")

    run.threads(change, use, use, use)


@case
def bound_methods_and_partials(run):
    """Bound methods, partial objects and method wrappers shared by all."""

    class C:
        def __init__(self):
            self.n = 0

        def m(self, a, b=1, *args, **kw):
            return (a, b, args, tuple(sorted(kw.items())))

    c = C()
    bound = c.m
    part = functools.partial(c.m, 1, k=2)

    def body(rng):
        for i in range(run.n(1500)):
            run.check(bound(i) == (i, 1, (), ()), "bound")
            run.check(part(i) == (1, i, (), (("k", 2),)), "partial")
            run.check(part(i, k=5, z=i) == (1, i, (), (("k", 5), ("z", i))), "partial with keywords")
            part.__setstate__((c.m, (1,), {"k": 2}, {"note": i}))
            part.note, part.func, part.args, part.keywords, repr(part)
            (5).__add__(i), [].append, bound.__func__ is C.m

    run.threads(*[body] * T)


@case
def frames_and_tracebacks(run):
    """Frames of other threads are looked at while they run."""

    def work(rng):
        def deep(n):
            x = [n]
            return deep(n - 1) + len(x) if n else 0

        for _ in range(run.n(150)):
            run.check(deep(20) == 20, "deep")

    def look(rng):
        for _ in range(run.n(60)):
            for frame in sys._current_frames().values():
                while frame is not None:
                    frame.f_code.co_name, frame.f_lineno, list(frame.f_locals)
                    frame = frame.f_back

    run.threads(work, work, work, look)


main()
