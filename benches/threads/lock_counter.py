"""Contended: one counter under one threading.Lock."""

import threading

KIND = "contended"
N = 2_000_000


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.count = 0


def setup(threads):
    return State()


def work(n, state, index):
    lock = state.lock
    for _ in range(n):
        with lock:
            state.count += 1
    return n


def finish(state):
    return state.count
