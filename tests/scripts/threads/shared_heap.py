"""Threads that share a heap, a function's __dict__ and the position of a memory map."""
import heapq
import mmap
import os
import threading

N = 4


def together(f, *args):
    gate = threading.Barrier(N)

    def run(i):
        gate.wait()
        f(i, *args)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(N)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def is_heap(heap):
    return all(heap[(i - 1) // 2] <= heap[i] for i in range(1, len(heap)))


for push, pop, replace, sign in (
    (heapq.heappush, heapq.heappop, heapq.heapreplace, 1),
    (heapq.heappush_max, heapq.heappop_max, heapq.heapreplace_max, -1),
):
    heap = []
    together(lambda i: [push(heap, (k * 7919 + i) % 5003) for k in range(1000)])
    print(len(heap), is_heap([sign * v for v in heap]))
    together(lambda i: [replace(heap, k * 31 % 997) for k in range(500)])
    print(len(heap), is_heap([sign * v for v in heap]))
    popped = [[] for _ in range(N)]
    together(lambda i: popped[i].extend(pop(heap) for _ in range(1000)))
    print(len(heap), all(part == sorted(part, reverse=sign < 0) for part in popped))

functions = [lambda: 0 for _ in range(300)]


def fill(i):
    for f in functions:
        f.__dict__[f"a{i}"] = i


together(fill)
print({len(f.__dict__) for f in functions})

with mmap.mmap(-1, 4096) as m:
    together(lambda i: [m.seek(1, os.SEEK_CUR) for _ in range(500)])
    print(m.tell())
