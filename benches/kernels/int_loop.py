"""Counted integer loop with floor modulo."""

N = 6_000_000


def run(n):
    total = 0
    for i in range(n):
        total = (total + i * 7) % 1000003
        if i % 3 == 0:
            total -= i // 5
    return total
