# Compiled loops answer signals, changes by other threads and collections.
import gc
import signal
import threading
import weakref


class Stop(Exception):
    pass


def spin():
    x = 0
    while True:
        x += 1


def spin_pass():
    while True:
        pass


def spin_calls():
    def f(x):
        return x

    while True:
        f(1)


def spin_floats():
    x = 0.0
    while x < 1.0:
        x = x * 0.5


def handler(number, frame):
    raise Stop(frame.f_code.co_name)


signal.signal(signal.SIGALRM, handler)
for f in spin, spin_pass, spin_floats, spin_calls:
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        f()
    except Stop as e:
        print("stopped", e.args[0] in (f.__name__, "f"))

flag = False
N = 0


class Shared:
    go = True


def wait_global():
    n = 0
    while not flag:
        n += 1
    return n > 0


def wait_attribute(o):
    n = 0
    while o.go:
        n += 1
    return n > 0


def wait_class():
    n = 0
    while Shared.go:
        n += 1
    return n > 0


def set_flag():
    global flag
    flag = True


def set_class():
    Shared.go = False


o = Shared()
for name, wait, change in [
    ("global", wait_global, set_flag),
    ("attribute", lambda: wait_attribute(o), lambda: setattr(o, "go", False)),
    ("class", wait_class, set_class),
]:
    t = threading.Timer(0.05, change)
    t.start()
    print(name, wait())
    t.join()


def work(out, n):
    total = 0
    d = {}
    for i in range(n):
        total += i % 7
        d[i % 10] = total
    out.append((total, len(d)))


out = []
threads = [threading.Thread(target=work, args=(out, 5000)) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(out), set(out))


def trees(n):
    class Node:
        def __init__(self, left, right):
            self.left = left
            self.right = right

    def build(d):
        return Node(build(d - 1), build(d - 1)) if d else Node(None, None)

    def count(t):
        return 1 + count(t.left) + count(t.right) if t.left else 1

    keep, total = build(4), 0
    for i in range(n):
        total += count(build(3)) + count(keep)
        keep.left = build(3)
    return total


class Held:
    pass


def dies():
    o = Held()
    r = weakref.ref(o)
    for i in range(10):
        o.x = i
    del o
    gc.collect()
    return r() is None


for _ in range(3):
    print(trees(30), [dies() for _ in range(5)].count(True) > 2)
