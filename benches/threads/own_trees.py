"""Each thread: allocation of its own binary trees."""

KIND = "own"
N = 600


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def build(depth):
    if depth == 0:
        return Node(None, None)
    return Node(build(depth - 1), build(depth - 1))


def check(node):
    if node.left is None:
        return 1
    return 1 + check(node.left) + check(node.right)


def work(n, state, index):
    total = 0
    for _ in range(n):
        total += check(build(12))
    return total
