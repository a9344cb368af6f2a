"""What a program has dropped is found dead by an explicit collection, also where only a temporary held it."""

import array
import contextlib
import gc
import io
import sys
import threading
import warnings
import weakref


class Thing:
    def __init__(self, label=None):
        self.label = label

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return True

    def __iter__(self):
        yield self.label

    def method(self, *args, **kwargs):
        return self.label

    def __add__(self, other):
        return 1

    def __eq__(self, other):
        return False

    def __bool__(self):
        return True

    def __getitem__(self, i):
        return i

    def __call__(self):
        return None


seen = {}


def new(label):
    thing = Thing(label)
    seen[label] = weakref.ref(thing)
    return thing


def check(label):
    gc.collect()
    print(label, "is dead" if seen[label]() is None else "lives")


# --- at module level, kind by kind ---
len([new("argument")])
check("argument")
print(type(new("argument of a nested call")).__name__)
check("argument of a nested call")
new("statement")
check("statement")
new("receiver").method(1)
check("receiver")
new("keywords").method(a=1, b=2)
check("keywords")
new("unpacked").method(*[1], **{"b": 2})
check("unpacked")
new("attribute").label.upper()
check("attribute")
new("store").x = 1
check("store")
[new("list")][0]
check("list")
(new("tuple"),)[0]
check("tuple")
{1: new("dict")}[1]
check("dict")
{*[new("set").label]}
check("set")
f"{new('format').label!r:>10}"
check("format")
new("operator") + 1
check("operator")
1 if new("comparison") == 3 else 2
check("comparison")
if new("condition"):
    pass
check("condition")
not new("negation")
check("negation")
new("and") and 1
check("and")
new("subscript")[3]
check("subscript")
new("called")()
check("called")
(lambda x: x.label)(new("parameter"))
check("parameter")
[x for x in [new("comprehension")]]
check("comprehension")
[[y for y in [x]] for x in [new("nested comprehension")]]
check("nested comprehension")
{x.label: x for x in [new("dict comprehension")]}
check("dict comprehension")
list(x for x in [new("generator expression")])
check("generator expression")
for x in [new("loop")]:
    pass
del x
check("loop")
for x, y in [(new("pairs"), 1)]:
    pass
del x
check("pairs")
for x, *y in [(1, new("starred"))]:
    pass
del y
check("starred")
x, y = new("swap"), 1
x, y = y, x
del y
check("swap")
with new("with"):
    pass
check("with")
with new("with and an error"):
    raise ValueError
check("with and an error")
try:
    raise ValueError(new("error"))
except ValueError as e:
    pass
check("error")
try:
    try:
        raise ValueError(new("context"))
    finally:
        raise KeyError
except KeyError:
    pass
check("context")
try:
    len(new("no length"))
except TypeError:
    pass
check("no length")
match new("subject"):
    case Thing(label=int()):
        pass
    case [a, b]:
        pass
check("subject")
assert new("assertion")
check("assertion")
while new("while"):
    break
check("while")
del [new("deleted")][0]
check("deleted")
sorted([new("key")], key=lambda t: t.label)
check("key")
print(gc.collect() * 0, new("before").label)
check("before")


# --- while it is still needed ---
def holds():
    kept = new("local")
    check("local")
    for item in [new("item"), 1]:
        check("item")
        break
    with new("context manager"):
        check("context manager")
    return [new("element"), gc.collect(), check("element")][0]


holds().label
check("local")
check("item")
check("context manager")
check("element")
for x in iter([new("module loop"), 1]):
    check("module loop")
    del x
    break
check("module loop")


# --- in functions and what suspends ---
def function(n):
    len([new(f"in function {n}")])
    check(f"in function {n}")
    [v for v in [new(f"comprehension in function {n}")]]
    check(f"comprehension in function {n}")
    if n:
        function(n - 1)


function(2)


def generator():
    len([new("before yield")])
    got = yield new("yielded")
    len([got])
    del got
    yield 2
    local = new("dropped while running")
    yield 3
    del local
    check("dropped while running")
    try:
        len([new("before yield in try")])
        yield 4
    finally:
        print("finally")


g = generator()
next(g)
check("before yield")
check("yielded")
g.send(new("sent"))
check("sent")
next(g)
next(g)
check("before yield in try")
g.close()
for x in generator():
    del x
    check("yielded")
    break


def delegating():
    len([new("before yield from")])
    yield from generator()


g = delegating()
next(g)
check("before yield from")
print(g.gi_yieldfrom.gi_running, g.gi_frame.f_locals)
g.close()


class Pause:
    def __await__(self):
        yield


async def coroutine():
    len([new("before await")])
    with contextlib.suppress(ZeroDivisionError):
        len([new("before await in with")])
        await Pause()
    kept = new("local of a coroutine")
    await Pause()
    return kept.label


async def agen():
    len([new("before async yield")])
    yield 1


async def main():
    print(await coroutine())
    async for x in agen():
        await Pause()


c = main()
c.send(None)
check("before await")
check("before await in with")
c.send(None)
check("local of a coroutine")
c.send(None)
check("local of a coroutine")
check("before async yield")
try:
    c.send(None)
except StopIteration:
    pass

# --- other threads ---
ready, go = threading.Event(), threading.Event()


def worker():
    len([new("in another thread")])
    ready.set()
    go.wait()


thread = threading.Thread(target=worker)
thread.start()
ready.wait()
check("in another thread")
go.set()
thread.join()


# --- tracing: the frame goes on behind a poll ---
def traced(frame, event, arg):
    frame.f_trace_opcodes = True
    gc.collect()
    return traced


def sums(values):
    total = [v + 1 for v in values]
    for a, b in zip(values, total):
        total.append(a * b + len(str(a)) + max(a,
                                               b))
    try:
        total[100]
    except IndexError as e:
        total.append(str(e))
    with io.StringIO() as s:
        print(*total, file=s)
        return s.getvalue()


sys.settrace(traced)
text = sums([1, 2, 3])
sys.settrace(None)
print(text)


# More parameters than registers: they are gathered at the start.
names = ", ".join(f"p{i} = {i}" for i in range(300))
exec(f"def many({names}):\n return p0, p1, p254, p255, p256, p299, sum(locals().values())", traceds := {})
sys.settrace(traced)
result = traceds["many"](10, *range(1, 290), p299=7)
sys.settrace(None)
print(result)


def jump(frame, event, arg):
    if event == "line" and frame.f_lineno == many_lines.__code__.co_firstlineno + 5:
        frame.f_lineno = frame.f_lineno + 1
    gc.collect()
    return jump


def many_lines():
    done = []
    for i in range(2):
        done.append(i)
        for j in [10, 20]:
            done.append(100)
            done.append(j)
        else:
            done.append("end")
    return done


sys.settrace(jump)
result = many_lines()
sys.settrace(None)
print(result)

# --- buffers whose views were dropped ---
b = bytearray(30)
bytes(memoryview(b)[:20])
del b[:2]
memoryview(b)[2:4].tobytes()
b += b"abc"
len(memoryview(b)[::2])
b.extend(b"def")
sum(memoryview(b))
b.clear()
print(len(b))
a = array.array("i", [1, 2, 3])
memoryview(a)[0]
a.extend([4])
memoryview(a)[1:].tolist()
del a[0]
print(a)
s = io.BytesIO(b"hello")
s.getbuffer()[0]
s.truncate(2)
print(s.getvalue())
m = memoryview(bytearray(4))
memoryview(m)[1:].nbytes
m.release()

# --- files and warnings ---
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    open(__file__).readline()
    gc.collect()
    print([w.category.__name__ for w in caught])
