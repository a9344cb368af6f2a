"""Lines that only jump are told to trace functions, and no line that is not reached."""
import sys


def empty(items):
    for item in items:
        pass
    return 1


def goes_on(n):
    total = 0
    for i in range(n):
        if i % 3 == 0:
            total += i
        elif i > 100:
            total -= 1
        else:
            continue
        total += 1
    return total


def stops(n):
    while n:
        if n > 3:
            n -= 1
        else:
            break
    return n


def lines(f, *args):
    seen = []

    def tracer(frame, event, arg):
        if frame.f_code is f.__code__:
            if event == "line":
                seen.append(frame.f_lineno - f.__code__.co_firstlineno)
            return tracer

    sys.settrace(tracer)
    f(*args)
    sys.settrace(None)
    print(f.__name__, args, seen)


lines(empty, ())
lines(empty, (1, 2))
lines(goes_on, 3)
lines(stops, 5)
for f in empty, goes_on, stops:
    print(sorted({line - f.__code__.co_firstlineno for _, _, line in f.__code__.co_lines() if line}))
