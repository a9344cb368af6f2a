"""A profile function is told when frames return that were there before it."""
import sys

told = []


def profile(frame, event, arg):
    if not event.startswith('c_'):
        told.append((frame.f_code.co_name, event, frame.f_lineno))


def sets():
    sys.setprofile(profile)
    return 1


def calls():
    sets()
    return 2


def gen():
    yield 1
    sys.setprofile(profile)
    yield 2
    yield 3


def over(inner):
    yield from inner


def fails():
    sys.setprofile(profile)
    raise KeyError


calls()
sys.setprofile(None)
print(told)
for make in (gen, lambda: over(gen()), lambda: over(over(gen()))):
    told.clear()
    g = make()
    next(g)
    next(g)
    sys.setprofile(None)
    print(told)
told.clear()
try:
    fails()
except KeyError:
    sys.setprofile(None)
print(told)
