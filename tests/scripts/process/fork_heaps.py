# A fork while threads queue for a heap that they share: the child finds no lock of theirs held.
import heapq
import os
import signal
import threading
import warnings

warnings.simplefilter("ignore")
shared = [5, 3, 1] * 10
stop = False


def work():
    while not stop:
        heapq.heappush(shared, 1)
        heapq.heappop(shared)


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
ended = set()
for _ in range(30):
    child = os.fork()
    if not child:
        signal.alarm(20)
        heapq.heappush(shared, 1)
        heapq.heappop(shared)
        os._exit(0)
    ended.add(os.waitpid(child, 0)[1])
    if any(ended):
        break
stop = True
for t in threads:
    t.join()
print(ended, len(shared))
