"""One producer and one consumer over queue.Queue, against the same operations in one thread."""

import queue
import threading

KIND = "queue"
N = 250_000


def one_thread(n):
    q = queue.Queue(64)
    total = 0
    done = 0
    while done < n:
        batch = min(64, n - done)
        for i in range(batch):
            q.put(done + i)
        for _ in range(batch):
            total += q.get()
        done += batch
    return total


def two_threads(n):
    q = queue.Queue(64)
    result = []

    def consume():
        total = 0
        for _ in range(n):
            total += q.get()
        result.append(total)

    consumer = threading.Thread(target=consume)
    consumer.start()
    for i in range(n):
        q.put(i)
    consumer.join()
    return result[0]
