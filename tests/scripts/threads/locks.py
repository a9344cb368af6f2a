# Lock, RLock, Condition, Semaphore, Event, Barrier: semantics and errors.
import threading
import time


def err(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e)


lock = threading.Lock()
print(lock.acquire(), lock.locked(), lock.acquire(blocking=False), lock.acquire(timeout=0.01))
lock.release()
err(lock.release)
with lock:
    print(lock.locked())
err(lock.acquire, False, 1)
err(lock.acquire, True, -5)
r = threading.RLock()
print(r.acquire(), r.acquire(), r._is_owned())
r.release()
r.release()
err(r.release)
owned = []


def try_take():
    owned.append(r.acquire(blocking=False))


with r:
    t = threading.Thread(target=try_take)
    t.start()
    t.join()
print(owned)
count = 0


def add(n):
    global count
    for _ in range(n):
        with lock:
            count += 1


ts = [threading.Thread(target=add, args=(5000,)) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(count)
cond = threading.Condition()
items = []
got = []


def consumer():
    for _ in range(5):
        with cond:
            while not items:
                cond.wait()
            got.append(items.pop(0))


t = threading.Thread(target=consumer)
t.start()
for i in range(5):
    with cond:
        items.append(i)
        cond.notify()
t.join()
print(got)
err(cond.wait)
err(cond.notify)
with cond:
    print(cond.wait(0.01), cond.wait_for(lambda: True), cond.wait_for(lambda: False, 0.01))
sem = threading.Semaphore(2)
print(sem.acquire(), sem.acquire(), sem.acquire(blocking=False), sem.acquire(timeout=0.01))
sem.release(2)
bs = threading.BoundedSemaphore(1)
err(bs.release)
err(threading.Semaphore, -1)
peak = active = 0
guard = threading.Lock()


def limited():
    global peak, active
    with sem:
        with guard:
            active += 1
            peak = max(peak, active)
        time.sleep(0.005)
        with guard:
            active -= 1


ts = [threading.Thread(target=limited) for _ in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print("peak", peak <= 2, active)
ev = threading.Event()
log = []
ts = [threading.Thread(target=lambda: log.append(ev.wait())) for _ in range(3)]
for t in ts:
    t.start()
print(ev.is_set(), ev.wait(0.001))
ev.set()
for t in ts:
    t.join()
print(log, ev.is_set())
ev.clear()
print(ev.is_set())
bar = threading.Barrier(3, action=lambda: log.append("action"))
idx = []
ts = [threading.Thread(target=lambda: idx.append(bar.wait())) for _ in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(idx), log[-1], bar.parties, bar.n_waiting, bar.broken)
b2 = threading.Barrier(2)
err(b2.wait, 0.01)
print(b2.broken)
b2.reset()
print(b2.broken)
