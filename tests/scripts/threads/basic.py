# threading.Thread: start, join, results, names, daemon, current_thread, subclassing.
import threading
import _thread

results = []


def work(n, scale=1):
    results.append(n * scale)


t = threading.Thread(target=work, args=(5,), kwargs={"scale": 10})
print(t.is_alive(), t.ident, t.daemon)
t.start()
t.join()
print(results, t.is_alive(), t.ident is not None)


class Worker(threading.Thread):
    def __init__(self, n):
        super().__init__(name=f"worker-{n}")
        self.n = n
        self.result = None

    def run(self):
        self.result = sum(range(self.n))


workers = [Worker(n) for n in (10, 100, 1000)]
for w in workers:
    w.start()
for w in workers:
    w.join()
print([(w.name, w.result) for w in workers])
print(threading.current_thread().name, threading.main_thread() is threading.current_thread(), threading.active_count())
names = []
ts = [threading.Thread(target=lambda: names.append(threading.current_thread().name), name=f"n{i}") for i in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(names))


def err(f, *a):
    try:
        print(f(*a))
    except Exception as e:
        print(type(e).__name__, e)


err(t.start)
err(threading.Thread(target=work).join)
err(threading.current_thread().join)
err(threading.Thread, 5)
t2 = threading.Thread(target=lambda: None)
t2.daemon = True
print(t2.daemon)
t2.start()
t2.join()
t2.join()
err(setattr, t2, "daemon", False)
print(threading.get_ident() == threading.current_thread().ident, _thread.get_ident() == threading.get_ident(), threading.get_native_id() > 0)
done = _thread.allocate_lock()
done.acquire()
_thread.start_new_thread(lambda a: (results.append(a), done.release()), ("raw",))
done.acquire()
print(results)
local = threading.local()
local.x = "main"
seen = []


def use_local():
    seen.append(hasattr(local, "x"))
    local.x = "thread"
    seen.append(local.x)


t = threading.Thread(target=use_local)
t.start()
t.join()
print(seen, local.x)


class MyLocal(threading.local):
    count = 0

    def __init__(self, v):
        self.v = v
        MyLocal.count += 1


ml = MyLocal(7)
t = threading.Thread(target=lambda: seen.append(ml.v))
t.start()
t.join()
print(seen[-1], MyLocal.count, ml.__dict__)
t = threading.Thread(target=lambda: threading.Event().wait(0.05))
t.start()
t.join(0.0001)
print(t.is_alive() in (True, False))
t.join()
print(threading.enumerate() == [threading.main_thread()])
import time

start = time.monotonic()
t = threading.Thread(target=time.sleep, args=(0.05,))
t.start()
t.join()
print(time.monotonic() - start >= 0.05)
timer = threading.Timer(0.01, lambda: results.append("timer"))
timer.start()
timer.join()
cancelled = threading.Timer(100, print)
cancelled.start()
cancelled.cancel()
cancelled.join()
print(results[-1])
