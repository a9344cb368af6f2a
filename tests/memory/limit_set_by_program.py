"""A program that limits its own addresses, as judges and test harnesses do, meets `MemoryError` and goes on, and gets its room
back with the limit."""

import resource
import threading


def items():
    kept = []
    while True:
        kept.append([1, 2, 3])


def buffers():
    kept = []
    while True:
        kept.append(bytes(100_000))


def entries():
    kept, i = {}, 0
    while True:
        kept[i] = str(i)
        i += 1


def one_large():
    return bytearray(1200 << 20)


def attempt(f):
    try:
        f()
        return "done"
    except MemoryError:
        return "MemoryError"


def works():
    result = []
    thread = threading.Thread(target=lambda: result.append(sorted(range(200_000), key=lambda x: -x)[0]))
    thread.start()
    thread.join()
    exec("x = 1\n" * 5_000, {})
    return result


before = resource.getrlimit(resource.RLIMIT_AS)
kept = [str(i) for i in range(100_000)]
for mib in 512, 1024:
    resource.setrlimit(resource.RLIMIT_AS, (mib << 20, before[1]))
    print(mib, works())
    for f in items, buffers, entries, one_large:
        print(f.__name__, attempt(f))
    print(works())
resource.setrlimit(resource.RLIMIT_AS, before)
print(attempt(one_large), works(), kept == [str(i) for i in range(100_000)])
