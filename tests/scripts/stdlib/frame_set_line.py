"""Assignments to f_lineno: a trace function lets its frame go on elsewhere, or is told why not."""

import sys
import warnings

warnings.simplefilter("always")


def run(f, when, to, *args):
    """Runs f; at its line `when` (counted from its def) the trace function jumps to line `to`."""
    first = f.__code__.co_firstlineno
    said = []

    def trace(frame, event, arg):
        if frame.f_code is not f.__code__:
            return None
        if event == "line" and frame.f_lineno == first + when and not said:
            said.append("at")
            try:
                frame.f_lineno = first + to
                said.append(frame.f_lineno - first)
            except (ValueError, TypeError, AttributeError) as e:
                said.append(f"{type(e).__name__}: {e}".replace(str(first + to), f"<{to}>"))
        return trace

    out = []
    sys.settrace(trace)
    try:
        out.append(f(out, *args))
    except Exception as e:
        out.append(repr(e))
    finally:
        sys.settrace(None)
    print(f.__name__, when, to, said, out)


def straight(out):
    out.append(1)
    out.append(2)
    out.append(3)
    out.append(4)


def loop(out):
    out.append(1)
    for i in 5, 6:
        out.append(i)
        out.append(-i)
    out.append(2)


def ranged(out):
    for i in range(3):
        out.append(i)
        out.append("second")
    else:
        out.append("else")
    out.append(2)


def two_loops(out):
    for i in 1, 2:
        out.append(i)
    for j in 3, 4:
        out.append(j)
    out.append(5)


def handler(out):
    try:
        out.append(1)
        1 / 0
        out.append(2)
    except ZeroDivisionError as e:
        out.append(3)
        out.append(type(e).__name__)
    out.append(sys.exception())


class Manager:
    def __init__(self, out):
        self.out = out

    def __enter__(self):
        self.out.append("enter")

    def __exit__(self, *args):
        self.out.append("exit")


def with_block(out):
    out.append(1)
    with Manager(out):
        out.append(2)
        out.append(3)
    out.append(4)


def with_bound(out):
    import threading
    lock = threading.Lock()
    with lock:
        out.append(lock.locked())
        out.append(3)
    out.append(lock.locked())


def finally_block(out):
    try:
        out.append(1)
        out.append(2)
    finally:
        out.append("finally")
    out.append(3)


def unbound(out):
    if out:
        a = 1
        b = 2
    return a, b


def while_block(out):
    n = 0
    while n < 3:
        n += 1
        out.append(n)
    out.append("end")


def generator(out):
    yield 1
    out.append("a")
    yield 2
    out.append("b")


def drives(out):
    for v in generator(out):
        out.append(v)


for when, to in (2, 4), (4, 1), (3, 3):
    run(straight, when, to) if (when, to) != (4, 1) else run(straight, 4, 4)
run(straight, 2, 4)
run(straight, 2, -5)
run(straight, 2, 500)
run(loop, 1, 3)
run(loop, 1, 5)
run(loop, 3, 4)
run(loop, 3, 5)
run(loop, 4, 1)
run(ranged, 2, 6)
run(ranged, 2, 5)
run(ranged, 6, 2)
run(two_loops, 2, 5)
run(two_loops, 2, 3)
run(handler, 2, 4)
run(handler, 2, 6)
run(handler, 6, 8)
run(handler, 6, 7)
run(handler, 6, 2)
run(with_block, 1, 3)
run(with_block, 3, 4)
run(with_block, 3, 5)
run(with_bound, 4, 5)
run(finally_block, 2, 3)
run(finally_block, 2, 6)
run(finally_block, 3, 6)
run(while_block, 3, 4)
run(while_block, 1, 4)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    run(unbound, 1, 4)
print([str(w.message) for w in caught])


# Outside of trace functions, and with other values.
def wrong(value):
    frame = sys._getframe()
    try:
        frame.f_lineno = value
    except Exception as e:
        print(type(e).__name__, e)


wrong(1)
wrong("x")
try:
    del sys._getframe().f_lineno
except Exception as e:
    print(type(e).__name__, e)


# Only line events.
def events(f, *args):
    def trace(frame, event, arg):
        if frame.f_code is f.__code__ and event not in seen:
            try:
                frame.f_lineno = frame.f_lineno
                seen[event] = "set"
            except ValueError as e:
                seen[event] = str(e)
        return trace

    seen = {}
    sys.settrace(trace)
    try:
        f(*args)
    except ZeroDivisionError:
        pass
    sys.settrace(None)
    print(seen)


events(straight, [])
events(lambda x: 1 / x, 0)
