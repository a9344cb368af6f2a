"""sys.monitoring: calls, branches, jumps, exceptions, threads, beside trace functions."""
import sys
import threading

mon = sys.monitoring
E = mon.events
TOOL = 3
mon.use_tool_id(TOOL, "events")
NAMES = {getattr(E, n): n for n in dir(E) if n.isupper() and n not in ("NO_EVENTS", "BRANCH")}
told = []


def show(v):
    if v is mon.MISSING:
        return "MISSING"
    if isinstance(v, BaseException):
        return f"{type(v).__name__}({v})"
    return getattr(v, "__name__", None) or repr(v)


def line_of(code, offset):
    for start, end, line in code.co_lines():
        if start <= offset < end:
            return line - code.co_firstlineno if line else None


def recorder(bit, places):
    def callback(code, *args):
        shown = [show(v) for v in args[places:]]
        if places == 2:
            shown = ["from", line_of(code, args[0])]
        told.append((NAMES[bit], code.co_name, *shown))
    return callback


def watch(*functions, names, local=False, threads=False):
    events = 0
    for name in names:
        bit = getattr(E, name)
        events |= 0 if name in ("C_RETURN", "C_RAISE") else bit
        places = 2 if name in ("JUMP", "BRANCH_LEFT", "BRANCH_RIGHT") else 1
        mon.register_callback(TOOL, bit, recorder(bit, places))
    codes = [f.__code__ for f in functions]
    told.clear()
    if local:
        for code in codes:
            mon.set_local_events(TOOL, code, events)
    else:
        mon.set_events(TOOL, events)
    try:
        if threads:
            t = threading.Thread(target=functions[0])
            t.start()
            t.join()
        else:
            functions[0]()
    except Exception as e:
        mon.set_events(TOOL, 0)
        print("raised", show(e))
    mon.set_events(TOOL, 0)
    if local:
        for code in codes:
            mon.set_local_events(TOOL, code, 0)
    for name in names:
        mon.register_callback(TOOL, getattr(E, name), None)
    for entry in told:
        if entry[1] in {c.co_name for c in codes}:
            print(*entry)
    print("--")


class C:
    def __repr__(self):
        return "C()"

    def method(self, x):
        return x

    def __init__(self):
        super().__init__()


def calls():
    len([1])
    "a,b".split(",")
    c = C()
    c.method(5)
    m = c.method
    m(x=6)
    max(*[3, 4])
    plain()
    list(range(2))
    for i in range(3):
        str(i)
    try:
        int("x")
    except ValueError:
        pass


def plain():
    return 7


def branches(n=4):
    total = 0
    for i in (1, 2, 3):
        if i == 2:
            total += 1
        elif i > 5:
            total -= 1
        total += 0
    while total < n + 1:
        total += 2
    return total if total else None


def fails():
    try:
        1 / 0
    except ZeroDivisionError:
        pass
    inner()


def inner():
    raise KeyError("k")


def again():
    try:
        inner()
    except KeyError:
        raise


def gen():
    try:
        yield 1
        yield 2
    except ValueError:
        yield 3


def throws():
    g = gen()
    next(g)
    next(g)
    g.throw(ValueError("v"))
    try:
        g.throw(OSError("o"))
    except OSError:
        pass


CALLS = "CALL", "C_RETURN", "C_RAISE"
watch(calls, names=CALLS)
watch(calls, names=CALLS, local=True)
watch(branches, names=["BRANCH_LEFT", "BRANCH_RIGHT"])
print("branches are those of the code:", len(list(branches.__code__.co_branches())) >= 4)
watch(fails, inner, names=["RAISE", "EXCEPTION_HANDLED", "PY_UNWIND"])
watch(again, inner, names=["RAISE", "PY_UNWIND"])
watch(throws, gen, names=["PY_START", "PY_RESUME", "PY_YIELD", "PY_THROW", "PY_UNWIND"])
watch(branches, names=["PY_START", "PY_RETURN"], threads=True)


# Every branch that is told of is one of the code's.
seen = set()
for bit in E.BRANCH_LEFT, E.BRANCH_RIGHT:
    def callback(code, source, target, side=1 if bit == E.BRANCH_LEFT else 2):
        if code is branches.__code__:
            seen.add((source, target, side))
    mon.register_callback(TOOL, bit, callback)
mon.set_local_events(TOOL, branches.__code__, E.BRANCH_LEFT | E.BRANCH_RIGHT)
branches()
branches(-1)
mon.set_local_events(TOOL, branches.__code__, 0)
known = {(b[0], b[side], side) for b in branches.__code__.co_branches() for side in (1, 2)}
print("unknown branches:", len(seen - known), "seen some:", len(seen) > 5)


# A place is switched off, and on again.
def lines():
    a = 1
    b = 2
    return a + b


count = 0
def once(code, line):
    global count
    count += 1
    return mon.DISABLE


mon.register_callback(TOOL, E.LINE, once)
mon.set_local_events(TOOL, lines.__code__, E.LINE)
lines()
lines()
print("lines once:", count)
mon.restart_events()
lines()
print("and again:", count)
mon.set_local_events(TOOL, lines.__code__, 0)


def bad(*args):
    return mon.DISABLE


mon.register_callback(TOOL, E.RAISE, bad)
mon.set_events(TOOL, E.RAISE)
try:
    inner()
except ValueError as e:
    mon.set_events(TOOL, 0)
    print("refused:", e)


# What a callback raises arrives in the code.
def raises(code, offset):
    if code is plain.__code__:
        raise RuntimeError("from the callback")


mon.register_callback(TOOL, E.PY_START, raises)
mon.set_events(TOOL, E.PY_START)
try:
    plain()
except RuntimeError as e:
    print("arrived:", e)
mon.set_events(TOOL, 0)


# Tools and trace functions hear of the same code.
both = []
def tracer(frame, event, arg):
    if frame.f_code is lines.__code__:
        both.append(event)
        return tracer


mon.register_callback(TOOL, E.LINE, lambda code, line: both.append("tool"))
mon.set_local_events(TOOL, lines.__code__, E.LINE)
sys.settrace(tracer)
lines()
print("traced by", sys.gettrace() is tracer)
sys.settrace(None)
print(both)
lines()
print(both[-3:])
mon.free_tool_id(TOOL)
both.clear()
lines()
print("after the end:", both, mon.get_tool(TOOL), mon.get_events(TOOL))
