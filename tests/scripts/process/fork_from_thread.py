"""In the child of a fork the thread that forked is the main one, whichever it was: signals interrupt what it waits for."""

import os
import select
import signal
import threading
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)


def lock():
    taken = threading.Lock()
    taken.acquire()
    taken.acquire()


def condition():
    c = threading.Condition()
    with c:
        c.wait()


def sleep():
    time.sleep(60)


def poll():
    select.select([], [], [], 60)


def pipe():
    r, w = os.pipe()
    os.read(r, 1)


def event():
    threading.Event().wait()


def child(wait):
    assert threading.current_thread() is threading.main_thread()
    signal.signal(signal.SIGALRM, lambda *_: os._exit(7))
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    wait()
    os._exit(1)


def fork(wait, out):
    pid = os.fork()
    if pid == 0:
        child(wait)
    # Only a hang comes near this.
    for _ in range(2000):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            out.append(os.waitstatus_to_exitcode(status))
            return
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    out.append("hangs")


for wait in lock, condition, sleep, poll, pipe, event:
    out = []
    t = threading.Thread(target=fork, args=(wait, out))
    t.start()
    t.join()
    print(wait.__name__, *out)
