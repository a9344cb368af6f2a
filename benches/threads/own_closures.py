"""Each thread: closures and exceptions."""

KIND = "own"
N = 6_000_000


def make(k):
    total = 0

    def step(x):
        nonlocal total
        if x % 5 == 0:
            raise ValueError(x)
        total += x + k
        return total

    return step


def work(n, state, index):
    step = make(3)
    missed = 0
    last = 0
    for i in range(n):
        try:
            last = step(i)
        except ValueError:
            missed += 1
    return last, missed
