# contextlib.
import io
from contextlib import AbstractContextManager, ContextDecorator, ExitStack, chdir, closing, contextmanager, nullcontext, redirect_stderr, redirect_stdout, suppress


@contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name
    except ValueError as e:
        print("caught", e)
    finally:
        print(f"</{name}>")


with tag("a") as n:
    print(n)
with tag("b"):
    raise ValueError("v")
try:
    with tag("c"):
        raise KeyError("k")
except KeyError as e:
    print("out", e)


@tag("deco")
def f(x):
    return x * 2


print(f(4), f(5))
with suppress(ZeroDivisionError, KeyError):
    1 / 0
print("after suppress")
out = io.StringIO()
with redirect_stdout(out):
    print("captured")
print(repr(out.getvalue()))
with redirect_stderr(out):
    import sys

    print("err", file=sys.stderr)
print(repr(out.getvalue()))


class C:
    def close(self):
        print("closed")


with closing(C()) as c:
    print(type(c).__name__)
with nullcontext(5) as v:
    print(v)
with ExitStack() as stack:
    for n in "xy":
        stack.enter_context(tag(n))
    stack.callback(print, "callback", 1)
    stack.push(lambda *a: print("pushed", a[0]))
    print("inside")
with ExitStack() as s:
    s.enter_context(suppress(ValueError))
    s.callback(lambda: print("cb"))
    raise ValueError
moved = ExitStack()
with ExitStack() as s:
    s.callback(print, "moved callback")
    moved = s.pop_all()
print("not yet")
moved.close()
try:
    with ExitStack() as s:
        s.callback(lambda: 1 / 0)
        raise KeyError("first")
except ZeroDivisionError as e:
    print(repr(e), repr(e.__context__))


@contextmanager
def no_yield():
    if False:
        yield


@contextmanager
def two_yields():
    yield 1
    yield 2


@contextmanager
def swallow_and_continue():
    try:
        yield
    except KeyError:
        yield "again"


for cm in (no_yield, two_yields, swallow_and_continue):
    try:
        with cm():
            if cm is swallow_and_continue:
                raise KeyError
    except RuntimeError as e:
        print(e)


class Timer(ContextDecorator):
    def __enter__(self):
        print("start")
        return self

    def __exit__(self, *e):
        print("stop")


@Timer()
def timed():
    return "timed"


print(timed())


class ACM(AbstractContextManager):
    def __exit__(self, *a):
        print("acm exit")


with ACM() as a:
    print(type(a).__name__)
import os

before = os.getcwd()
with chdir("/"):
    print(os.getcwd())
print(os.getcwd() == before)


@contextmanager
def reraise():
    try:
        yield
    except ValueError as e:
        raise TypeError("converted") from e


try:
    with reraise():
        raise ValueError("orig")
except TypeError as e:
    print(e, repr(e.__cause__))
try:
    with tag("stop"):
        raise StopIteration("si")
except StopIteration as e:
    print("StopIteration", e)
