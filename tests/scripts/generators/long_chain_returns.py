"""Chains of delegation whose members return, raise and yield in turn, of lengths around and far above what is walked at once."""
import os
import sys

sys.setrecursionlimit(10**6)


def leaf(items):
    for item in items:
        yield item
    return 0


def link(inner, after=0):
    got = yield from inner
    for i in range(after):
        yield ('link', got, i)
    return got + 1


def chain(n, after=0):
    g = leaf('ab')
    for _ in range(n):
        g = link(g, after)
    return g


def value(g):
    while True:
        try:
            next(g)
        except StopIteration as stop:
            return stop.value


# Linear: each member returns at once to the next.
STRESSED = os.environ.get('PROTOPYTHON_DEBUG', '').startswith(('gc-stress', 'promote-stress'))
length = 500 if STRESSED else 100_000
print(value(chain(length)) == length)
for n in (0, 1, 2, 14, 15, 16, 17, 18, 19, 31, 32, 33, 40, 130):
    print(n, value(chain(n)), len(list(chain(n, 1))))


# Members that look around while those inside have returned.
def looks(inner, depth):
    got = yield from inner
    if depth % 7 == 0:
        frame, seen = sys._getframe(), 0
        while frame:
            seen += frame.f_code.co_name == 'looks'
            frame = frame.f_back
        return got + [(depth, seen)]
    if depth % 11 == 0:
        yield depth
    return got


def ends():
    yield 'leaf'
    return []


g = ends()
for depth in range(60):
    g = looks(g, depth)
yielded = []
while True:
    try:
        yielded.append(next(g))
    except StopIteration as stop:
        print(yielded, stop.value)
        break


# An error half-way out, with its traceback.
def fails(inner, depth):
    got = yield from inner
    if depth == 20:
        raise KeyError(got)
    return depth


g = ends()
for depth in range(50):
    g = fails(g, depth)
print(next(g))
try:
    next(g)
except KeyError as e:
    n, tb = 0, e.__traceback__
    while tb:
        n += tb.tb_frame.f_code.co_name == 'fails'
        tb = tb.tb_next
    print(repr(e), n)


# Coroutines.
class Pause:
    def __await__(self):
        yield 'pause'
        return 1


async def deep(n):
    if n == 0:
        return await Pause()
    got = await deep(n - 1)
    if n % 50 == 0:
        got += await Pause()
    return got + 1


co, steps = deep(200), 0
while True:
    try:
        co.send(None)
        steps += 1
    except StopIteration as stop:
        print(steps, stop.value)
        break
