# Who looks at frames: tracebacks, f_locals, tracing that begins in a loop, the recursion limit, locals().
import sys
import traceback


def inner(i, limit):
    if i == limit:
        raise ValueError(i)
    return i


def outer(n):
    total = 0
    for i in range(n):
        total += inner(i, n - 2)
        total -= 1
    return total


def post_mortem(n):
    try:
        outer(n)
    except ValueError as e:
        out = []
        for frame, line in traceback.walk_tb(e.__traceback__):
            out.append((frame.f_code.co_name, line - frame.f_code.co_firstlineno, dict(frame.f_locals)))
        out[0][2].clear()
        return out


def writes(n):
    def poke(i):
        if i % 7 == 3:
            sys._getframe(1).f_locals["x"] = i * 1000

    x, seen = 0, []
    for i in range(n):
        x += 1
        poke(i)
        seen.append(x)
    return seen[::3]


def traced(n):
    lines = []

    def tracer(frame, event, arg):
        if frame.f_code.co_name in ("traced", "helper"):
            lines.append((event, frame.f_code.co_name))
            return tracer

    def helper(i):
        return i + 1

    total = 0
    for i in range(n):
        if i == n - 3:
            sys.settrace(tracer)
        if i == n - 1:
            sys.settrace(None)
        total += helper(i)
    return total, lines


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def limit():
    try:
        deep(10**6)
    except RecursionError as e:
        return str(e)


def named(n):
    for i in range(n):
        a = i * 2
        b = a + 0.5
        unused = (a, b)
        if i == n - 1:
            return sorted(locals().items(), key=lambda kv: kv[0])


def unbound(n):
    caught = 0
    for i in range(n):
        try:
            if i % 2:
                z = i
            caught += z
            del z
        except UnboundLocalError as e:
            caught += len(str(e))
    return caught


def finals(n):
    log = []
    for i in range(n):
        try:
            try:
                if i % 3 == 0:
                    raise KeyError(i)
                if i % 3 == 1:
                    continue
                log.append("n")
            finally:
                log.append("f")
        except KeyError as e:
            log.append(e.args[0])
    return log


def depth(n):
    names = set()
    for i in range(n):
        names.add(here()[:3])
    return names


def here():
    frame, names = sys._getframe(1), ()
    while frame:
        names += ((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno),)
        frame = frame.f_back
    return names


for _ in range(3):
    print(post_mortem(30))
    print(writes(40))
    print(traced(20))
    print(deep(200), limit())
    print(named(20))
    print(unbound(20), finals(12), depth(20))
