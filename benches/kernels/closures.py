"""Closures: counters, adders, nonlocal, lambdas, partial application."""

N = 1_200_000


def counter():
    count = 0

    def step(by):
        nonlocal count
        count += by
        return count

    return step


def adder(k):
    return lambda x: x + k


def compose(f, g):
    def both(x):
        return f(g(x))

    return both


def run(n):
    c = counter()
    inc = adder(1)
    dbl = compose(adder(3), adder(4))
    total = 0
    for i in range(n):
        total += c(i & 3)
        total = inc(total) & 0xFFFFFFF
        total += dbl(i)
        f = adder(i)
        total += f(2)
    return total, c(0)
