"""Event sequences of sys.settrace and sys.setprofile. Lines that hold only `try:` are left out: ours have no code."""
import sys
import threading

source = open(__file__).read().splitlines()
out = []
def tracer(frame, event, arg):
    if frame.f_code.co_filename != __file__ : return None
    if event == 'line' and source[frame.f_lineno - 1].strip() == 'try:': return tracer
    a = arg
    if event == 'exception': a = arg[0].__name__
    out.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, event, a if not callable(a) else getattr(a,'__name__',0)))
    return tracer

def show(name, f, *args):
    out.clear()
    sys.settrace(tracer)
    try:
        f(*args)
    except Exception as e:
        out.append(repr(e))
    finally:
        sys.settrace(None)
    print(name)
    for o in out: print('   ', o)

def simple(x):
    y = x + 1
    return y

def loop(n):
    t = 0
    for i in range(n):
        t += i
    while n:
        n -= 1
    return t

def oneline(n):
    for i in range(n): pass
    return [x for x in range(2)]

def exc():
    try:
        raise ValueError('a')
    except KeyError:
        pass
    except ValueError as e:
        x = 1
    else:
        x = 2
    finally:
        x = 3
    return x

def inner():
    raise KeyError(1)

def outer():
    try:
        inner()
    except KeyError:
        return 5

def unhandled():
    inner()

def gen():
    yield 1
    yield 2

def usegen():
    s = 0
    for x in gen():
        s += x
    return s

class C:
    def __init__(self):
        self.x = 1
    def __add__(self, o):
        return 1
    @property
    def p(self):
        return self.x

def cls():
    c = C()
    c + 1
    return c.p

class M:
    def __enter__(self):
        return 1
    def __exit__(self, *a):
        return False

def withs():
    with M() as m:
        x = m
    return x

def cond(a):
    if a:
        b = 1
    else:
        b = 2
    return b + a

def rec(n):
    if n: rec(n-1)

def nested():
    def f():
        return 1
    g = lambda: 2
    return f() + g()

show('simple', simple, 1)
show('loop', loop, 2)
show('oneline', oneline, 2)
show('exc', exc)
show('outer', outer)
show('unhandled', unhandled)
show('usegen', usegen)
show('cls', cls)
show('withs', withs)
show('cond', cond, 0)
show('cond', cond, 1)
show('rec', rec, 2)
show('nested', nested)


# profiler
events = []
def profiler(frame, event, arg):
    if frame.f_code.co_filename != __file__: return
    a = arg
    if event.startswith('c_'): a = arg.__name__
    events.append((frame.f_code.co_name, event, a))

def work():
    x = len('abc')
    y = [3, 1].pop()
    z = 'a'.upper()
    try:
        int('q')
        len(3)
    except Exception:
        pass
    try:
        len(3)
    except TypeError:
        pass
    return sum([x, y])

sys.setprofile(profiler)
work()
for x in gen():
    pass
sys.setprofile(None)
print('profile')
for e in events: print('   ', e)
print(sys.gettrace(), sys.getprofile())

# a tracer that wants no lines, one that gives up, one that fails
log = []
def nolines(frame, event, arg):
    frame.f_trace_lines = False
    log.append((frame.f_code.co_name, event))
    return nolines
sys.settrace(nolines); simple(1); sys.settrace(None)
print(log)
log = []
def calls_only(frame, event, arg):
    log.append((frame.f_code.co_name, event))
sys.settrace(calls_only); outer(); sys.settrace(None)
print(log)
log = []
def once(frame, event, arg):
    log.append((frame.f_code.co_name, event))
    if event == 'line': return other
    return once
def other(frame, event, arg):
    log.append(('other', event))
sys.settrace(once); loop(1); sys.settrace(None)
print(log)
def failing(frame, event, arg):
    if event == 'line': raise ZeroDivisionError('in the tracer')
    return failing
sys.settrace(failing)
try:
    simple(1)
except ZeroDivisionError as e:
    print('raised', e, sys.gettrace())
sys.settrace(None)

# a frame that starts to be traced in the middle
def here():
    sys._getframe().f_trace = local
    sys.settrace(lambda f, e, a: None)
    a = 1
    b = 2
    sys.settrace(None)
    return a + b
lines = []
def local(frame, event, arg):
    lines.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return local
print(here(), lines)

# threads
seen = []
def in_thread(frame, event, arg):
    if frame.f_code.co_name == 'simple': seen.append(event)
    return in_thread
threading.settrace(in_thread)
t = threading.Thread(target=simple, args=(1,))
t.start(); t.join()
threading.settrace(None)
print(seen)

# deep inside native code
order = []
def by_key(frame, event, arg):
    order.append((frame.f_code.co_name, event))
    return by_key
sys.settrace(by_key)
r = sorted([2, 1], key=lambda v: v)
sys.settrace(None)
print(r, order)
