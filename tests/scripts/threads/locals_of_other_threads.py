"""`f_locals` of a frame that runs in another thread: what its variables are now, and what is written to it arrives."""

import sys
import threading


def here():
    return sys._getframe(1)


def in_thread(f):
    result = []
    t = threading.Thread(target=lambda: result.append(f()))
    t.start()
    t.join()
    return result[0]


def simple():
    only = 21
    frame = here()
    proxy = frame.f_locals

    def other():
        seen = "only" in proxy, frame.f_locals.get("only", "missing"), eval("only * 2", frame.f_globals, proxy), sorted(proxy)
        proxy["only"] = [22]
        frame.f_locals["new"] = "added"
        try:
            del proxy["only"]
        except ValueError as e:
            return *seen, str(e), proxy["only"]

    print(in_thread(other), only, proxy["only"], proxy["new"])


def captured():
    cell, plain = 1, 2
    frame = here()

    def use():
        return cell

    def other():
        p = frame.f_locals
        seen = p["cell"], p["plain"]
        p["cell"], p["plain"] = "one", "two"
        return seen

    print(in_thread(other), cell, use(), plain)


def deep(n, frames):
    level = n
    frames.append(here())
    if n:
        deep(n - 1, frames)
    else:
        print(in_thread(lambda: [f.f_locals["level"] for f in frames]))
        in_thread(lambda: [f.f_locals.__setitem__("level", -f.f_locals["level"]) for f in frames])
    return print(level)


def generator():
    state = 0
    while True:
        got = yield state
        state += got


def in_generator():
    g = generator()
    next(g)
    print(in_thread(lambda: g.gi_frame.f_locals["state"]))
    in_thread(lambda: g.gi_frame.f_locals.__setitem__("state", 40))
    print(g.send(2))


class Namespace:
    x = 1
    print(in_thread(lambda frame=here(): (frame.f_locals["x"], frame.f_locals.update(y=5))))
    print(y)


def many():
    a0 = 0
    for name in [f"a{i}" for i in range(1, 50)]:
        here().f_locals[name] = name
    print(len(in_thread(lambda frame=here(): dict(frame.f_locals))))


def running():
    """Read while it runs, often; each value is one that the variable had."""
    frames, stop = [], False
    odd = []

    def work():
        frames.append(here())
        count, text = 0, "0"
        while not stop:
            count += 1
            text = str(count)
        return count

    def look():
        nonlocal stop
        while not frames:
            pass
        last = -1
        for _ in range(300):
            p = frames[0].f_locals
            n = p["count"]
            if not (isinstance(n, int) and n >= last and p["text"].isdigit()):
                odd.append(dict(p))
            last = n
        stop = True

    threads = [threading.Thread(target=f) for f in (work, look)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    f = frames[0]
    print(odd, f.f_locals["text"] == str(f.f_locals["count"]))


simple()
captured()
deep(4, [])
in_generator()
many()
running()
