# The lines that a tracer is told of.
import sys


def lines(f, *args):
    first = f.__code__.co_firstlineno
    seen = []

    def trace(frame, event, arg):
        if frame.f_code is f.__code__:
            seen.append((event, frame.f_lineno - first))
            return trace

    sys.settrace(trace)
    try:
        f(*args)
    except ValueError:
        pass
    finally:
        sys.settrace(None)
    print(f.__name__, args, seen)


def try_except(x):
    try:
        if x:
            raise ValueError
    except ValueError:
        pass
    else:
        x = 2
    finally:
        x = 3


def try_only():
    try:
        pass
    finally:
        pass


def wildcard(x):
    match x:
        case 1:
            x = 2
        case [_]:
            pass
        case _:
            x = 3


def only_wildcard(x):
    match x:
        case _:
            return 1


def no_default(x):
    match x:
        case 1:
            x = 2
        case 2:
            x = 3


def branches(x):
    if x == 1:
        y = 1
    elif x == 2:
        pass
    elif x == 3:
        y = 3


def loop(n):
    for i in range(n):
        pass


def while_loop(n):
    while n:
        n -= 1
        if n == 5:
            break


def unreachable(x):
    match x:
        case 1:
            if False:
                return 1
        case _:
            if False:
                return 0


def constants():
    "text"
    1
    ...
    global g
    pass


def nested():
    try:
        try:
            raise ValueError
        except TypeError:
            pass
    except ValueError:
        y = 1


for f, many in [(try_except, [(0,), (1,)]), (try_only, [()]), (wildcard, [(1,), ([3],), (5,)]), (only_wildcard, [(1,)]),
                (no_default, [(1,), (2,), (3,)]), (branches, [(1,), (2,), (3,), (4,)]), (loop, [(0,), (2,)]),
                (while_loop, [(0,), (1,), (7,)]), (unreachable, [(1,), (0,)]), (constants, [()]), (nested, [()])]:
    for args in many:
        lines(f, *args)

# An empty module has a line, too, where a debugger can stop.
seen = []


def trace(frame, event, arg):
    seen.append(event)
    return trace


empty = compile("", "<empty>", "exec")
sys.settrace(trace)
exec(empty, {})
sys.settrace(None)
print(seen[:3])
