# What trace functions and tools hear of generators that end inside a loop, a delegation or an await.
import sys


def values():
    yield 1
    return 7


def nothing():
    yield 1


def delegates():
    r = yield from values()
    yield from nothing()
    return r


def loops():
    for i in values():
        pass
    for i in nothing():
        pass
    else:
        last = 2
    [z for z in nothing()]
    for i in [1]:
        pass
    for i in delegates():
        pass
    return last


async def answer():
    return 5


async def silent():
    pass


async def waits():
    x = await answer()
    await silent()
    return x


def drive():
    try:
        waits().send(None)
    except StopIteration:
        pass


def all_of_it():
    return list(delegates())


def fails():
    yield 1
    raise KeyError("k")


def catches():
    try:
        for i in fails():
            pass
    except KeyError:
        return 1


events = []


def trace(frame, event, arg):
    if frame.f_code.co_filename != __file__:
        return None  # a callback of the library for what was collected meanwhile
    if event == "exception":
        arg = (arg[0].__name__, arg[1].args, arg[2] is None)
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, arg))
    return trace


for f in (loops, drive, all_of_it, catches):
    events.clear()
    sys.settrace(trace)
    f()
    sys.settrace(None)
    print(f.__name__, *[e for e in events if e[1] in ("exception", "return")], sep="\n  ")

m = sys.monitoring
E = m.events
for f in (loops, drive, all_of_it, catches):
    heard = []
    m.use_tool_id(0, "ends")
    m.register_callback(0, E.STOP_ITERATION, lambda code, at, e: heard.append((code.co_name, "ends", e.args)))
    m.register_callback(0, E.RAISE, lambda code, at, e: heard.append((code.co_name, "raises", e.args)))
    m.set_events(0, E.STOP_ITERATION | E.RAISE)
    f()
    m.set_events(0, 0)
    m.free_tool_id(0)
    print(f.__name__, *heard, sep="\n  ")


# A bound method of a native function is a native call like others.
class A:
    text = classmethod(repr)


heard = []
sys.setprofile(lambda frame, event, arg: heard.append(event))
A().text()
sys.setprofile(None)
print(heard)
