"""A pipeline of generators, yield from, send, generator expressions."""

N = 2_200_000


def numbers(n):
    for i in range(n):
        yield i


def keep_odd(source):
    for x in source:
        if x & 1:
            yield x


def scaled(source, k):
    for x in source:
        yield x * k


def chained(n):
    yield from scaled(keep_odd(numbers(n)), 3)
    yield from numbers(n // 4)


def averager():
    total = 0
    count = 0
    value = None
    while True:
        x = yield value
        total += x
        count += 1
        value = total // count


def run(n):
    total = 0
    for x in chained(n):
        total += x
    total += sum(x * x for x in numbers(n) if x % 5)
    avg = averager()
    next(avg)
    last = 0
    for i in range(n // 2):
        last = avg.send(i)
    return total, last
