"""The match statement: literals, sequences, mappings, classes, guards."""

N = 500_000


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def classify(v):
    match v:
        case 0:
            return 1
        case 1 | 2 | 3:
            return 2
        case int() if v > 1000:
            return 3
        case int():
            return 4
        case str(s):
            return len(s)
        case [a, b]:
            return a + b
        case [first, *rest]:
            return first + len(rest)
        case {"op": "add", "left": l, "right": r}:
            return l + r
        case {"op": op}:
            return len(op)
        case Point(0, y):
            return y
        case Point(x=x, y=y):
            return x - y
        case _:
            return 0


def run(n):
    values = [
        0,
        2,
        77,
        5000,
        "text",
        [3, 4],
        (5, 6, 7),
        {"op": "add", "left": 8, "right": 9},
        {"op": "neg"},
        Point(0, 5),
        Point(7, 3),
        None,
    ]
    total = 0
    for i in range(n):
        total += classify(values[i % 12]) * (i & 3)
        total += classify(i & 4095)
        total += classify(values[(i * 7 + 5) % 12])
    return total
