"""os.fork in a program with threads: the child has one thread and works."""
import gc
import os
import threading
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
stop = threading.Event()
lock = threading.Lock()
shared = {}


def busy(k):
    i = 0
    while not stop.is_set():
        i += 1
        with lock:
            shared[k] = [i] * 10
        "".join(map(str, range(50)))


threads = [threading.Thread(target=busy, args=(k,), daemon=True) for k in range(3)]
for t in threads:
    t.start()
while len(shared) < 3:
    time.sleep(0.001)
codes = []
for n in range(6):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            assert threading.active_count() == 1, threading.enumerate()
            assert threading.main_thread() is threading.current_thread()
            gc.collect()
            made = [[i] for i in range(20000)]
            results = []
            # Threads, locks of its own, objects that the parent's threads made: all usable.
            t = threading.Thread(target=lambda: results.append(sum(map(len, made)) + len(shared)))
            t.start()
            t.join()
            assert results[0] >= 20000
            gc.collect()
            code = 0
        finally:
            os._exit(code)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
stop.set()
for t in threads:
    t.join()
print(codes, sorted(shared) == [0, 1, 2])

# --- from a thread that is not the main one
out = []


def fork_here():
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        text = f"{threading.current_thread() is threading.main_thread()} {threading.active_count()}"
        os.write(w, text.encode())
        os._exit(0)
    os.waitpid(pid, 0)
    out.append(os.read(r, 100))


t = threading.Thread(target=fork_here)
t.start()
t.join()
print(out)

# --- hooks
order = []
os.register_at_fork(before=lambda: order.append("before"), after_in_parent=lambda: order.append("parent"), after_in_child=lambda: order.append("child"))
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(w, repr(order).encode())
    os._exit(0)
os.waitpid(pid, 0)
print(order, os.read(r, 100))
