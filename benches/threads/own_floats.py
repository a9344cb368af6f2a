"""Each thread: float arithmetic."""

KIND = "own"
N = 12_000_000


def work(n, state, index):
    x = 1.0
    v = 0.0
    for _ in range(n):
        v += (-4.0 * x - 0.0001 * v) * 0.001
        x += v * 0.001
    return round(x, 9) + 0.0
