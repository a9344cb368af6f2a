"""Holds COUNT small objects of one KIND: `memory.py KIND COUNT`; the parent reads the peak memory."""

import sys


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


KINDS = {
    "object": lambda i: Point(i, None),
    "slots": lambda i: Slotted(i, None),
    "tuple": lambda i: (i, None),
    "list": lambda i: [i, None],
    "dict": lambda i: {"x": i, "y": None},
    "str": lambda i: "text-%08d" % i,
    "float": lambda i: i * 0.1,
    "closure": lambda i: lambda: i,
}


def main():
    make = KINDS[sys.argv[1]]
    count = int(sys.argv[2])
    held = [None] * count
    for i in range(count):
        held[i] = make(i)
    print(len(held))


main()
