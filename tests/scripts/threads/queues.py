# queue.Queue, LifoQueue, PriorityQueue, SimpleQueue between threads; shutdown; errors.
import queue
import threading


def err(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e)


q = queue.Queue(3)
for i in range(3):
    q.put(i)
print(q.full(), q.qsize(), q.empty())
err(q.put_nowait, 9)
err(q.put, 9, timeout=0.01)
print(q.get(), q.get(), q.get())
err(q.get_nowait)
err(q.get, timeout=0.01)
err(q.get, True, -1)
for _ in range(3):
    q.task_done()
err(q.task_done)
q.join()
l = queue.LifoQueue()
p = queue.PriorityQueue()
for x in (3, 1, 2):
    l.put(x)
    p.put((x, str(x)))
print([l.get() for _ in range(3)], [p.get() for _ in range(3)])
s = queue.SimpleQueue()
s.put("a")
print(s.get(), s.empty(), s.qsize())
err(s.get_nowait)
err(s.get, timeout=0.01)
q = queue.Queue(8)
results = queue.Queue()


def producer(n):
    for i in range(n):
        q.put(i)


def worker():
    while True:
        x = q.get()
        if x is None:
            q.task_done()
            break
        results.put(x * x)
        q.task_done()


workers = [threading.Thread(target=worker) for _ in range(3)]
producers = [threading.Thread(target=producer, args=(200,)) for _ in range(2)]
for t in workers + producers:
    t.start()
for t in producers:
    t.join()
q.join()
for _ in workers:
    q.put(None)
for t in workers:
    t.join()
out = sorted(results.get() for _ in range(results.qsize()))
print(len(out), sum(out), out[:4])
q = queue.Queue()
q.put(1)
q.shutdown()
print(q.get())
err(q.get)
err(q.put, 5)
q = queue.Queue()
woken = []


def blocked():
    try:
        q.get()
    except queue.ShutDown:
        woken.append("shut down")


t = threading.Thread(target=blocked)
t.start()
q.shutdown(immediate=True)
t.join()
print(woken)
ping, pong = queue.Queue(), queue.Queue()


def echo():
    while (x := ping.get()) is not None:
        pong.put(x + 1)


t = threading.Thread(target=echo)
t.start()
x = 0
for _ in range(500):
    ping.put(x)
    x = pong.get()
ping.put(None)
t.join()
print(x)
