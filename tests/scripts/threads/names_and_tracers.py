"""Names that the system sees, and trace functions that one thread sets for all."""

import _thread
import sys
import threading

before = _thread._get_name()
for name in ['short', 'nam\xe9\u20ac', 'em\0bedded', 'x' * 40, 'x' * 14 + '\xe9\u20ac', 'x\U0001f40d' * 9, '\udce9']:
    _thread.set_name(name)
    print(ascii(_thread._get_name()))
_thread.set_name(before)
try:
    _thread.set_name(b'bytes')
except TypeError as e:
    print(type(e).__name__)


def tracer(*args):
    return None


seen = []
first, second = threading.Event(), threading.Event()


def watch():
    seen.append((sys.gettrace(), sys.getprofile()))
    first.set()
    second.wait()
    seen.append((sys.gettrace() is tracer, sys.getprofile() is tracer))


thread = threading.Thread(target=watch)
thread.start()
first.wait()
threading.settrace_all_threads(tracer)
threading.setprofile_all_threads(tracer)
second.set()
thread.join()
here = sys.gettrace() is tracer, sys.getprofile() is tracer
threading.settrace_all_threads(None)
threading.setprofile_all_threads(None)
print(seen, here, sys.gettrace(), sys.getprofile())

condition, event, nan = threading.Condition(), threading.Event(), float('nan')
with condition:
    for wait in condition.wait, event.wait:
        try:
            wait(nan)
        except ValueError as e:
            print(e)


# A thread that waits has time to collect what nobody uses any more.
class Held:
    def __init__(self, event):
        self.event = event

    def __del__(self):
        self.event.set()


def drop(event):
    for _ in range(20):
        Held(event)
    return event


print(drop(threading.Event()).wait(100))
