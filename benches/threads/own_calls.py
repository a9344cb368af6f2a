"""Each thread: recursive calls, nothing shared but code."""

KIND = "own"
N = 35


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def work(n, state, index):
    return fib(n)
