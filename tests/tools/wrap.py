"""Wraps every type that can hold another value many times in itself, and calls every slot and method on the result: whatever
these raise, the process must live.

    protopython tests/tools/wrap.py [--depth N] [--stack BYTES] [--only NAME] [--seed N] [--seconds N]

With a seed the order is random, with seconds no way is begun after them: a share for each day. On a small stack less depth does.

The types are found by looking at the modules below, and how one wraps by trying; so new types are covered. What holds the
chain is dropped and collected at the end of each, so marking and freeing may not recurse either. Prints what it wrapped; with
WRAP_LOG=FILE the file names the call that runs, so that it is known after a crash.
"""
import argparse
import copy
import functools
import gc
import importlib
import io
import itertools
import json
import marshal
import operator
import os
import pickle
import random
import sys
import threading
import time
import traceback
import types
import warnings
import weakref

warnings.simplefilter("ignore")

MODULES = """builtins types itertools functools collections _collections io _io weakref _weakref operator _operator typing _typing contextvars
array re _sre struct _struct queue _queue codecs json _json csv _csv pickle _pickle threading zlib bz2 lzma hashlib enum abc ast string
_string asyncio collections.abc random _random sys _thread time decimal fractions dataclasses contextlib select socket memoryview
annotationlib string.templatelib xml.parsers.expat pathlib mmap""".split()

# Waiting, leaving, and what would spoil the program that tests.
LEFT_OUT = {"acquire", "wait", "get", "put", "join", "sleep", "__init_subclass__", "settrace", "select", "poll", "recv", "read1", "exit", "_exit",
            "__del__", "__setstate__", "__reduce_cython__", "register_at_fork", "__subclasshook__", "setblocking", "fork", "_power_exact"}
# Types that hold nothing, or whose making changes the program.
NOT_TYPES = {"Thread", "RLock", "_RLock", "Lock", "lock", "LockType", "Popen", "socket", "SocketType", "epoll", "FileIO", "open_code", "Barrier", "Timer", "Semaphore", "BoundedSemaphore", "Condition", "Event",
             "Server", "Process", "Runner", "mmap",
             # Text of text of text: quotes double each time.
             "UserString"}


class Plain:
    pass


def function(*args, **kwargs):
    return args


class Python:
    """A holder written in Python, to be between native ones."""


def seeds():
    yield "list", lambda: [1, 2]
    yield "iterator", lambda: iter(range(5))
    yield "function", lambda: function
    yield "type", lambda: Plain
    yield "bytes", lambda: bytearray(b"abc")
    yield "dict", lambda: {"a": 1}
    yield "exception", lambda: ValueError("x")
    yield "raw", lambda: io.BytesIO(b"abc\n")
    yield "instance", lambda: Plain()
    yield "int", lambda: 1
    yield "str", lambda: "a"


# How a value may be given to a type: once, or the work would double with every layer.
FORMS = {
    "x": lambda t, x: t(x),
    "[x]": lambda t, x: t([x]),
    "(x,)": lambda t, x: t((x,)),
    "{a: x}": lambda t, x: t({"a": x}),
    "a=x": lambda t, x: t(a=x),
    "f, x": lambda t, x: t(function, x),
    "x, f": lambda t, x: t(x, function),
    "None, x": lambda t, x: t(None, x),
    "x, 1": lambda t, x: t(x, 1),
    "(), x": lambda t, x: t((), x),
    "x, (int,)": lambda t, x: t(x, (int,)),
    "list, (x,)": lambda t, x: t(list, (x,)),
    "'a', x": lambda t, x: t("a", x),
    "'a', [x]": lambda t, x: t("a", [x]),
    "'a', (x,), {}": lambda t, x: t("a", (x,), {}),
    "'a', bound=x": lambda t, x: t("a", bound=x),
    "'a', default=x": lambda t, x: t("a", default=x),
    "1, x": lambda t, x: t(1, x),
}

# What is no call of a type, or hides behind syntax.
def chained(x):
    e = ValueError("deep")
    e.__cause__ = x if isinstance(x, BaseException) else None
    return e


def in_context(x):
    e = ValueError("deep")
    e.__context__ = x if isinstance(x, BaseException) else None
    return e


def delegate(x):
    yield from x


async def waits(x):
    await x


def closure(x):
    return lambda *args: x(*args)


def holder(x):
    o = Plain()
    o.held = x
    return o


class Meta(type):
    pass


MORE = {
    "[x]": lambda x: [x], "(x,)": lambda x: (x,), "{1: x}": lambda x: {1: x}, "{x}": lambda x: frozenset([x]), "slice": lambda x: slice(1, x),
    "cause": chained, "context": in_context, "group": lambda x: ExceptionGroup("g", [x]),
    "yield from": lambda x: delegate(x), "await": lambda x: waits(x), "genexpr": lambda x: (y for y in x), "closure": closure, "attribute": holder,
    "x.__class_getitem__": lambda x: list[x], "x | None": lambda x: x | None, "list | x": lambda x: list[x] | int, "tuple": lambda x: tuple[x, ...],
    "method": lambda x: types.MethodType(function, x), "bound": lambda x: x.__call__, "repr of method": lambda x: x.__repr__, "getattr": lambda x: x.__getattribute__,
    "weak method": lambda x: weakref.ref(x), "proxy": lambda x: weakref.proxy(x),
    "view": lambda x: memoryview(x), "keys": lambda x: {1: x}.values(), "items": lambda x: {1: x}.items(), "iter": lambda x: iter([x]), "reversed": lambda x: reversed([x]),
    "subclass": lambda x: type("S", (x,), {}), "callable iterator": lambda x: iter(x, None), "starred": lambda x: (*x,) if isinstance(x, tuple) else (x,),
    "ChainMap": lambda x: __import__("collections").ChainMap(x), "string": lambda x: [f"{x!r:.10}"] if isinstance(x, str) else [x],
    "reader": lambda x: io.BufferedReader(x), "writer": lambda x: io.BufferedWriter(x), "random": lambda x: io.BufferedRandom(x), "text": lambda x: io.TextIOWrapper(x),
    "Counter": lambda x: __import__("collections").Counter({"a": x}), "default": lambda x: __import__("collections").defaultdict(x, a=x),
}
# Making one costs more the deeper it gets; so does closing streams that are over each other, which ask each other whether they are closed.
STREAMS = ("Buffered", "TextIOWrapper", "StreamRe", "StreamWr", "EncodedFile")
SHALLOW = {"reader": 100, "writer": 100, "random": 100, "text": 100, "subclass": 1500, "x | None": 3000, "list | x": 3000, "string": 3000, "ChainMap": 3000}


def found_types(only):
    seen = {}
    for name in MODULES:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        for attribute in sorted(vars(module)):
            t = vars(module)[attribute]
            if isinstance(t, type) and t not in seen and t.__name__ not in NOT_TYPES and not issubclass(t, (BaseException, type(Meta)) if t is not ExceptionGroup else ()):
                seen[t] = f"{t.__module__}.{t.__qualname__}"
    for t, name in seen.items():
        if not only or only in name:
            yield t, name


log = open(os.environ["WRAP_LOG"], "w") if "WRAP_LOG" in os.environ else None


def call(what, f, *args):
    """Calls; any exception will do."""
    if log:
        log.seek(0)
        log.truncate()
        log.write(what)
        log.flush()
    try:
        return f(*args)
    except Exception:
        return None
    except BaseException as e:
        # GeneratorExit and the like, which wrapped exceptions raise.
        if isinstance(e, KeyboardInterrupt):
            raise
        return None


def annotated(x):
    def f(a: x): pass
    return f.__annotations__


OPERATIONS = [
    repr, str, ascii, hash, len, iter, next, bool, int, float, complex, abs, bytes, dir, vars, callable, reversed, format, round, operator.index, operator.neg,
    operator.invert, operator.length_hint, id, type, list, tuple, set, sum, sorted, any, all, min, max, enumerate, memoryview, aiter, anext, operator.pos,
    copy.copy, copy.deepcopy, pickle.dumps, pickle._dumps, marshal.dumps, json.dumps, traceback.format_exception, traceback.format_exception_only, annotated,
    lambda x: x == x, lambda x: x < x, lambda x: x + x, lambda x: x * 2, lambda x: x | x, lambda x: x & x, lambda x: x % 3, lambda x: x[0], lambda x: x["a"], lambda x: x[:], lambda x: x in x,
    lambda x: 1 in x, lambda x: x @ x, lambda x: divmod(x, x), lambda x: pow(x, 2), lambda x: "%s" % (x,), lambda x: "%r %d" % (x, x), lambda x: f"{x}", lambda x: "{!r}".format(x),
    lambda x: isinstance(1, x), lambda x: issubclass(int, x), lambda x: x(), lambda x: x(1), lambda x: x(x), lambda x: x.no_such_attribute, lambda x: x.__isabstractmethod__,
    lambda x: setattr(x, "some", 1), lambda x: delattr(x, "some"), lambda x: x.__setitem__(0, x), lambda x: x.__delitem__(0), lambda x: x.__parameters__, lambda x: x[int],
    lambda x: x.send(None), lambda x: x.throw(ValueError), lambda x: x.close(), lambda x: [*x], lambda x: {**x}, lambda x: function(*x), lambda x: function(**x), lambda x: print(x, file=io.StringIO()),
    lambda x: {x: 1}, lambda x: {x}, lambda x: [x] == [x], lambda x: (x,) < (x,), lambda x: str(x, "ascii"), lambda x: "".join(x), lambda x: b"".join(x), lambda x: open(x).close(),
    lambda x: weakref.ref(x), lambda x: (lambda: (yield from x))().send(None), lambda x: x.__class__, lambda x: x.__doc__, lambda x: x.__dict__, lambda x: type("T", (x,), {}), lambda x: raise_(x),
    lambda x: except_(x), lambda x: with_(x), lambda x: match_(x), lambda x: exec(x), lambda x: eval(x), lambda x: compile(x, "f", "exec"), lambda x: importlib.import_module(x), lambda x: sys.intern(x),
    lambda x: type.__call__(type(x), x), lambda x: x == copy.copy(x), lambda x: sys.getsizeof(x), lambda x: gc.get_referents(x), lambda x: types.MappingProxyType(x), lambda x: x.__reduce_ex__(4),
    lambda x: x.__abstractmethods__, lambda x: x.__text_signature__, lambda x: x.__signature__, lambda x: x.__name__, lambda x: x.__module__, lambda x: x.__annotations__, lambda x: x.__mro_entries__(()),
    lambda x: setattr(x, "__doc__", x), lambda x: int(x, 10), lambda x: slice(x, x).indices(5), lambda x: range(x), lambda x: [1][x], lambda x: isinstance(x, x),
]


def raise_(x):
    try:
        raise x
    except RecursionError:
        pass


def except_(x):
    try:
        raise KeyError
    except x:
        pass


def with_(x):
    with x:
        pass


def match_(x):
    match x:
        case [a, *b]: pass
        case {"a": 1}: pass
        case str(): pass


def exercise(name, make):
    """Calls everything on the result."""
    x = make()
    endless = isinstance(x, (itertools.cycle, itertools.repeat, itertools.count))
    for i, f in enumerate([next, repr, copy.copy, pickle.dumps] if endless else OPERATIONS):
        call(f"{name}: operation {i} {getattr(f, '__name__', '')} {getattr(getattr(f, '__code__', None), 'co_firstlineno', '')}", f, x)
    methods = [m for m in dir(type(x)) if m not in LEFT_OUT]
    for m in methods:
        for args in ((), (x,), (1,), (x, x), (x, 1), (None, x, None)):
            f = call(f"{name}.{m}", getattr, x, m, None)
            if callable(f):
                call(f"{name}.{m} with {len(args)}", f, *args)
            g = call(f"{name} type.{m}", getattr, type(x), m, None)
            if callable(g):
                call(f"{name} type.{m} with {len(args)}", g, x, *args)


def chain(wrap, seed, depth):
    x = seed
    for _ in range(depth):
        x = wrap(x)
    return x


def wraps(wrap, make_seed):
    """Whether wrapping goes on: three layers, each a new object."""
    try:
        a = wrap(make_seed())
        b = wrap(a)
        c = wrap(b)
        d = wrap(c)
        return len({id(x) for x in (a, b, c, d)}) == 4 and type(d) is type(c) and not isinstance(d, (int, float, complex, str))
    except Exception:
        return False


def test(name, wrap, depth):
    for seed_name, make_seed in seeds():
        if not wraps(wrap, make_seed):
            continue
        make = lambda: chain(wrap, make_seed(), depth)
        if call(f"{name} of {seed_name}: making", make) is None:
            # Making itself says no at some depth.
            continue
        exercise(f"{name} of {seed_name}", make)
        call(f"{name} of {seed_name}: collecting", gc.collect)
        return seed_name
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--depth", type=int, default=100_000)
    parser.add_argument("--stack", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args()
    count = 0
    ways = [(f"{name}({form})", functools.partial(wrap, t), 100 if t.__name__.startswith(STREAMS) else options.depth) for t, name in found_types(options.only) for form, wrap in FORMS.items()]
    ways += [(form, wrap, min(options.depth, SHALLOW.get(form, options.depth))) for form, wrap in MORE.items() if options.only in ("", form)]
    if options.seed is not None:
        random.Random(options.seed).shuffle(ways)
    end = time.monotonic() + options.seconds
    # What takes a small number for a descriptor of its own closes that when it dies.
    out = os.dup2(1, 200)

    def say(text):
        os.write(out, f"{text}\n".encode())

    def run():
        nonlocal count
        for name, wrap, depth in ways:
            if time.monotonic() > end:
                return
            seed = test(name, wrap, depth)
            if seed:
                count += 1
                say(f"{name} of {seed}")

    if options.stack:
        threading.stack_size(options.stack)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    else:
        run()
    say(f"{count} ways to wrap")


main()
