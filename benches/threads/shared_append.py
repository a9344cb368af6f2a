"""Contended: all threads append to one shared list."""

KIND = "contended"
N = 4_000_000


def setup(threads):
    return []


def work(n, state, index):
    for i in range(n):
        state.append(i)
    return n


def finish(state):
    return len(state)
