# The current context: a context variable, of each thread and each task.
import asyncio
import contextvars
import functools
import gc
import threading
from decimal import *

getcontext().prec = 7
copied = contextvars.copy_context()


def third():
    return Decimal(1) / 3


def inside():
    print("inside", getcontext().prec, third())
    setcontext(Context(prec=3))
    gc.collect()
    print("inside", getcontext().prec, third())


copied.run(inside)
print("outside", getcontext().prec, third())
print("again", copied.run(third))
contextvars.Context().run(lambda: print("empty", getcontext().prec, third()))
print("outside", third())


async def task(prec):
    with localcontext(prec=prec):
        for _ in range(3):
            await asyncio.sleep(0)
            assert getcontext().prec == prec and len(str(third())) == prec + 2
    return third()


async def main():
    print(await asyncio.gather(*(task(n) for n in range(1, 9))))


asyncio.run(main())


def generate():
    with localcontext(prec=2):
        yield third()
        yield third()


g = generate()
print(next(g), third(), next(g), third(), list(g), third())

results = [None] * 4


def work(i):
    setcontext(Context(prec=10 + i))
    total = Decimal(0)
    for k in range(1, 400):
        with localcontext() as c:
            c.prec += 1
            total += Decimal(1) / k
    results[i] = total, getcontext().prec, getcontext().flags[Inexact]


threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(*results, sep="\n")
print(getcontext().prec, third())

# Numbers and a context that several threads use at once.
shared = Context(prec=20, traps=[])
numbers = [Decimal(n) / 7 for n in range(50)]


def use(i):
    results[i] = functools.reduce(shared.add, (shared.multiply(a, b) for a in numbers for b in numbers[i:i + 10]))


threads = [threading.Thread(target=use, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(results)
print(sorted(k.__name__ for k, v in shared.flags.items() if v))
flags = shared.flags
shared.clear_flags()
print(flags[Inexact], shared.flags is flags)
flags[Overflow] = True
print(shared)
