"""Context managers: classes and contextlib generators."""

from contextlib import contextmanager

N = 800_000


class Depth:
    def __init__(self):
        self.level = 0
        self.enters = 0

    def __enter__(self):
        self.level += 1
        self.enters += 1
        return self

    def __exit__(self, kind, value, tb):
        self.level -= 1
        return kind is ValueError


@contextmanager
def scope(d):
    d.level += 1
    yield d.level
    d.level -= 1


def run(n):
    d = Depth()
    total = 0
    for i in range(n):
        with d as e:
            total += e.level
            with d:
                total += d.level
            if i & 31 == 0:
                raise ValueError(i)
        if i & 7 == 0:
            with scope(d) as level:
                total += level
    return total, d.level, d.enters
