"""All threads read one value of one shared dict."""

KIND = "read"
N = 28_000_000


def setup(threads):
    return {"value": [1, 2, 3], "other": 5}


def work(n, state, index):
    total = 0
    for _ in range(n):
        v = state["value"]
        if v is not None:
            total += 1
    return total
