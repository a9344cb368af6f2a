"""Four threads meet at a lock, a reentrant lock, a condition and two kinds of queues."""

import queue
import threading
import time

lock, again, condition = threading.Lock(), threading.RLock(), threading.Condition()
q, s = queue.Queue(), queue.SimpleQueue()


def work():
    for _ in range(3):
        with lock:
            time.sleep(0.01)
        with again:
            time.sleep(0.02)
    q.get()
    s.get()
    with condition:
        condition.wait(timeout=0.05)


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
time.sleep(0.3)
for _ in threads:
    q.put(1)
time.sleep(0.1)
for _ in threads:
    s.put(1)
for t in threads:
    t.join()
print("done")
