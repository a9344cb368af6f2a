# Many short threads, threads starting threads, deep stacks in threads, stack_size.
import sys
import threading

results = []


def leaf(n):
    results.append(n)


for batch in range(10):
    ts = [threading.Thread(target=leaf, args=(batch * 20 + i,)) for i in range(20)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
print(len(results), sorted(results) == list(range(200)))


def nested(depth):
    if depth:
        t = threading.Thread(target=nested, args=(depth - 1,))
        t.start()
        t.join()
    results.append(("depth", depth))


t = threading.Thread(target=nested, args=(10,))
t.start()
t.join()
print([d for k, d in results[200:]] == list(range(11)))


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


out = []
ts = [threading.Thread(target=lambda: out.append(deep(800))) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out)
print(threading.stack_size() >= 0)
all_alive = threading.Barrier(51)
ts = [threading.Thread(target=all_alive.wait) for _ in range(50)]
for t in ts:
    t.start()
print(threading.active_count() >= 40)
all_alive.wait()
for t in ts:
    t.join()
print(threading.active_count())
sys.setswitchinterval(0.001)
print(sys.getswitchinterval())


def spin(n):
    x = 0
    for i in range(n):
        x = (x * 31 + i) % 65521
    return x


vals = []
ts = [threading.Thread(target=lambda: vals.append(spin(50000))) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(set(vals) == {spin(50000)})
frames = []


def show_frames():
    frames.append(len(sys._current_frames()))


ev = threading.Event()
t = threading.Thread(target=ev.wait)
t.start()
show_frames()
ev.set()
t.join()
print(frames[0] >= 2)
tid = []
threading.settrace(None)
handle = threading.Thread(target=lambda: tid.append(threading.get_ident()))
handle.start()
handle.join()
print(tid[0] == handle.ident, handle.native_id is not None)
