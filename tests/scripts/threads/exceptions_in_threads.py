# Exceptions in threads: excepthook, SystemExit, other threads go on.
import sys
import threading
import traceback

seen = []


def hook(args):
    seen.append((args.exc_type.__name__, str(args.exc_value), args.thread.name, args.exc_traceback is not None))


old = threading.excepthook
threading.excepthook = hook


def fail(x):
    raise ValueError(f"bad {x}")


ts = [threading.Thread(target=fail, args=(i,), name=f"t{i}") for i in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(seen))
seen.clear()
t = threading.Thread(target=sys.exit, args=(5,))
t.start()
t.join()
print(seen)
threading.excepthook = old
print(threading.excepthook is threading.__excepthook__)
import io

err = sys.stderr
sys.stderr = buf = io.StringIO()
t = threading.Thread(target=fail, args=("default",), name="named")
t.start()
t.join()
sys.stderr = err
lines = buf.getvalue().splitlines()
print(lines[0])
print(lines[1])
print(lines[-1])
print([l.strip() for l in lines if "raise" in l])


def own_handling(out):
    try:
        1 / 0
    except ZeroDivisionError:
        out.append(traceback.format_exc().splitlines()[-1])
        out.append(repr(sys.exception()))
    out.append(sys.exception())


out = []
try:
    raise KeyError("main")
except KeyError:
    t = threading.Thread(target=own_handling, args=(out,))
    t.start()
    t.join()
    print(out, repr(sys.exception()))


def recurse():
    try:
        def down(n):
            return down(n + 1)

        down(0)
    except RecursionError as e:
        out.append(type(e).__name__)


t = threading.Thread(target=recurse)
t.start()
t.join()
print(out[-1])


class Bad(threading.Thread):
    def run(self):
        raise RuntimeError("in run")


threading.excepthook = hook
b = Bad(name="bad")
b.start()
b.join()
print(seen[-1][:2])


def gen():
    yield 1
    raise ValueError("generator in thread")


threading.Thread(target=lambda: list(gen())).start()
for t in threading.enumerate():
    if t is not threading.main_thread():
        t.join()
print(seen[-1][:2])
