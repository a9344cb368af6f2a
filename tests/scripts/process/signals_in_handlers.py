"""Signals interrupt the handlers of others, finalizers and callbacks; none is lost because a handler raises."""

import gc
import os
import signal
import time
import weakref


def blocked(*signals):
    """Sends all at once."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    for s in signals:
        os.kill(os.getpid(), s)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)


def until(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.001)


# --- a handler that goes on until another signal comes ---
def waits(signum, frame):
    print("waits")
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        time.sleep(20)
    except TimeoutError as e:
        print("ended by", e)


def raises(signum, frame):
    raise TimeoutError("alarm")


signal.signal(signal.SIGUSR1, waits)
signal.signal(signal.SIGALRM, raises)
os.kill(os.getpid(), signal.SIGUSR1)
until(lambda: True)


def interrupted(signum, frame):
    try:
        signal.raise_signal(signal.SIGINT)
        time.sleep(20)
    except KeyboardInterrupt:
        print("interrupt in a handler")


signal.signal(signal.SIGUSR1, interrupted)
os.kill(os.getpid(), signal.SIGUSR1)

# --- a handler that calls itself ---
depths = []


def nested(signum, frame):
    depths.append(1)
    if len(depths) < 20:
        before = len(depths)
        signal.raise_signal(signum)
        assert len(depths) > before


signal.signal(signal.SIGUSR1, nested)
signal.raise_signal(signal.SIGUSR1)
print(len(depths))

# --- what others raise loses none ---
seen = []


def first(signum, frame):
    seen.append("first")
    raise KeyError("first")


signal.signal(signal.SIGUSR1, first)
signal.signal(signal.SIGUSR2, lambda *args: seen.append("second"))
for _ in range(3):
    try:
        blocked(signal.SIGUSR1, signal.SIGUSR2)
        time.sleep(20)
    except KeyError:
        pass
    time.sleep(0.01)
# (CPython calls the last one when something else looks for signals.)
print(seen.count("first"), seen.count("second") >= 2)

# --- finalizers and callbacks ---
signal.signal(signal.SIGUSR1, lambda *args: seen.append("in a finalizer"))


class Dies:
    def __del__(self):
        signal.raise_signal(signal.SIGUSR1)
        until(lambda: "in a finalizer" in seen)
        print(seen[-1])


d = Dies()
del d
gc.collect()


class Object:
    pass


def called(ref):
    signal.signal(signal.SIGUSR1, lambda *args: seen.append("in a callback"))
    signal.raise_signal(signal.SIGUSR1)
    until(lambda: "in a callback" in seen)
    print(seen[-1])


o = Object()
r = weakref.ref(o, called)
del o
gc.collect()


# --- finalizers run while a handler works ---
class Noted:
    def __del__(self):
        seen.append("finalized")


def works(signum, frame):
    n = Noted()
    del n
    gc.collect()
    print("finalized" in seen)


signal.signal(signal.SIGUSR1, works)
signal.raise_signal(signal.SIGUSR1)
