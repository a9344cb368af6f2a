"""How much memory each of N waiting threads holds, in KiB, when they have waited for a while."""
import sys
import threading
import time


def resident():
    with open('/proc/self/statm') as f:
        return int(f.read().split()[1]) * 4


def wait():
    arrived.release()
    event.wait()


n = int(sys.argv[1])
event, arrived = threading.Event(), threading.Semaphore(0)
first = threading.Thread(target=wait)
first.start()
arrived.acquire()
before = resident()
threads = [threading.Thread(target=wait) for _ in range(n)]
for t in threads:
    t.start()
for t in threads:
    arrived.acquire()
# What waits for long gives back what it does not need meanwhile.
held = resident() - before
for _ in range(50):
    time.sleep(.1)
    held, last = resident() - before, held
    if held >= last:
        break
event.set()
for t in [first, *threads]:
    t.join()
print(round(held / n, 1))
