# throw() hands its arguments as they are to what the generator delegates to; frames of all of them show meanwhile.
import sys, warnings
warnings.simplefilter("ignore")


def show(f, *args):
    try:
        print(" ->", f(*args))
    except BaseException as e:
        print(" !!", type(e).__name__, e)


def names(frame):
    found = []
    while frame is not None and not frame.f_code.co_name.startswith(("show", "<module")):
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


class Custom:
    def __iter__(self):
        return self

    def __next__(self):
        return "item"

    def throw(self, *args):
        print(" throw", [a if isinstance(a, type) or a is None or isinstance(a, int) else repr(a) for a in args], names(sys._getframe()))
        return "thrown"


class Mute:
    def __iter__(self):
        return self

    def __next__(self):
        return "item"


def outer(it):
    try:
        yield from it
    except Exception as e:
        print(" outer caught", type(e).__name__, e)
        yield "after"


for args in [(ValueError,), (ValueError(1),), (ValueError, 2), (ValueError, 3, None), (5,), (None,), ("text", 1)]:
    print("throw", args)
    for it in Custom(), Mute(), iter([1, 2, 3]), outer([1, 2]), outer(Custom()):
        g = outer(it)
        next(g)
        show(g.throw, *args)
        show(next, g)


class NoException(Exception):
    def __new__(cls, *args):
        return cls


class Failing(Exception):
    def __init__(self):
        raise KeyError("made")


for bad in NoException, Failing:
    g = outer([1])
    show(g.throw, bad)
    show(next, g)
    g = outer([1])
    next(g)
    show(g.throw, bad)


def inner():
    print(" inner", names(sys._getframe()))
    try:
        yield 1
    except ValueError:
        print(" inner", names(sys._getframe()))
        yield 2


def middle():
    yield from inner()


def top():
    yield from middle()


g = top()
next(g)
show(g.throw, ValueError)


class Reenters:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, e):
        print(" running", h.gi_running, h.gi_frame is sys._getframe(1))
        for f in h.close, h.__next__, lambda: h.throw(ValueError):
            show(f)
        raise StopIteration("value")


def returns(it):
    print(" result", (yield from it))
    yield "end"


h = returns(Reenters())
next(h)
show(h.throw, ValueError)
show(next, h)

# The three-argument form warns.
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")

    def gen():
        yield

    async def coro():
        pass

    async def agen():
        yield

    show(gen().throw, TypeError, TypeError(24), None)
    show(coro().throw, TypeError, TypeError(25))
    c = coro()
    show(c.__await__().throw, TypeError, TypeError(26), None)
    a = agen().athrow(TypeError, TypeError(27), None)
    show(a.send, None)
    a = agen().asend(None)
    show(a.throw, TypeError, TypeError(28), None)
    print([str(w.message) for w in seen if w.category is DeprecationWarning])
