"""Contended: all threads write to one shared dict."""

KIND = "contended"
N = 4_000_000


def setup(threads):
    return {}


def work(n, state, index):
    base = index * 1000
    for i in range(n):
        state[base + i % 1000] = i
    return n


def finish(state):
    return len(state)
