"""What `-X profile` and `-X timeline` are to see: threads that run, wait and collect, each at a line that is marked."""

import gc
import queue
import sys
import threading
import time


def runs(until):
    n = 0
    while time.monotonic() < until:
        n += 1  # runs
    return n


def sorts(until):
    data = [(i * 7919) % 100_003 for i in range(100_000)]
    while time.monotonic() < until:
        sorted(data)  # sorts


def takes(q):
    return q.get()  # takes


def locks(lock):
    with lock:  # locks
        pass


def shares(q):
    for i in range(200):
        q.append([str(i) * 3, (i, -i)])


def main():
    q, lock, shared = queue.SimpleQueue(), threading.Lock(), []
    until = time.monotonic() + 0.4
    lock.acquire()
    threads = [
        threading.Thread(target=runs, args=(until,), name="runner"),
        threading.Thread(target=sorts, args=(until,), name="sorter"),
        threading.Thread(target=takes, args=(q,), name="taker"),
        threading.Thread(target=locks, args=(lock,), name="locker"),
        threading.Thread(target=shares, args=(shared,), name="sharer"),
    ]
    for t in threads:
        t.start()
    gc.collect()
    time.sleep(0.3)  # sleeps
    lock.release()
    q.put(1)
    for t in threads:
        t.join()
    print("done", len(shared))


main()
how = sys.argv[1] if len(sys.argv) > 1 else ""
if how == "exception":
    raise ValueError("the end")
elif how == "exit":
    sys.exit(3)
elif how == "interrupt":
    import os
    import signal

    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
elif how == "fork":
    import os

    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
    else:
        runs(time.monotonic() + 0.1)
