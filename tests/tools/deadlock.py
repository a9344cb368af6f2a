"""Two threads take two locks in opposite order, another waits for a queue that nobody fills: `deadlock.py [locks|queue|self|handler]`."""

import os
import queue
import signal
import sys
import threading

WHAT = sys.argv[1]
a, b = threading.Lock(), threading.RLock()
met = threading.Barrier(2)


def first():
    with a:
        met.wait()
        with b:
            pass


def second():
    with b:
        met.wait()
        with a:
            pass


def forwards(source, target):
    target.put(source.get())


def busy():
    # Keeps the program from being all asleep: the two that wait for each other are found all the same.
    turn = threading.Event()
    while True:
        turn.wait(0.05)


def kill_later():
    # The report is what the test is about; only a hang comes to this.
    threading.Event().wait(60)
    os._exit(9)


threads = []
if WHAT == "locks":
    threads += [threading.Thread(target=first, name="first"), threading.Thread(target=second, name="second")]
    threads += [threading.Thread(target=busy, daemon=True), threading.Thread(target=kill_later, daemon=True)]
elif WHAT == "queue":
    p, q = queue.Queue(), queue.SimpleQueue()
    threads += [threading.Thread(target=forwards, args=(p, q), name="one"), threading.Thread(target=forwards, args=(q, p), name="two")]
for t in threads:
    t.start()
if WHAT == "handler":
    # It waits, too, in the middle of the wait that never ends.
    signal.signal(signal.SIGALRM, lambda *_: a.acquire(timeout=0.1))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
if WHAT in ("self", "handler"):
    a.acquire()
    a.acquire()
for t in threads:
    if not t.daemon:
        t.join()
