"""In a forked child the other threads have ended, and what they alone held is not finalized there."""

import _imp
import _thread
import os
import sys
import threading
import time
import warnings

warnings.simplefilter('ignore', DeprecationWarning)


class Mine:
    def __init__(self, w):
        self.w, self.pid = w, os.getpid()

    def __del__(self):
        if os.getpid() != self.pid:
            os.write(self.w, b'finalized in the child')


def hold(w):
    mine = [Mine(w) for _ in range(20)]
    holding.set()
    release.wait()
    return mine


r, w = os.pipe()
holding, release = threading.Event(), threading.Event()
t = threading.Thread(target=hold, args=(w,))
t.start()
holding.wait()
pid = os.fork()
if pid == 0:
    for _ in range(1000):
        pass
    os.write(w, f'alive: {t.is_alive()}'.encode())
    os._exit(0)
os.waitpid(pid, 0)
release.set()
t.join()
print(os.read(r, 100))


# A fork waits for those who are in the middle of an import.
def half_import():
    _imp.acquire_lock()
    sys.modules['half'] = 'partial'
    started.set()
    time.sleep(0.05)
    sys.modules['half'] = 'complete'
    _imp.release_lock()


started = threading.Event()
t = threading.Thread(target=half_import)
t.start()
started.wait()
pid = os.fork()
if pid == 0:
    os.write(w, sys.modules['half'].encode() + b' %d' % _imp.lock_held())
    os._exit(0)
os.waitpid(pid, 0)
t.join()
print(os.read(r, 100), _imp.lock_held())
for _ in range(3):
    _imp.acquire_lock()
pid = os.fork()
if pid == 0:
    for _ in range(3):
        _imp.release_lock()
    os.write(w, b'held %d' % _imp.lock_held())
    os._exit(0)
os.waitpid(pid, 0)
for _ in range(3):
    _imp.release_lock()
print(os.read(r, 100), _imp.lock_held())


# What ends a thread of `_thread` is told with the function that it ran.
def fails():
    done.acquire()
    raise ValueError('fails')


def hook(args):
    print(args.exc_value, args.object, args.err_msg.split(' at ')[0])
    told.set()


told, done = threading.Event(), _thread.allocate_lock()
sys.unraisablehook = hook
_thread.start_new_thread(fails, ())
told.wait()
