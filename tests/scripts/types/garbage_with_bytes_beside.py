"""Byte arrays and arrays have their contents beside the heap. Those that grow old before they are dropped go all the same, however many
there have been, and what hangs on them."""

import array
import threading


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096


class Node:
    pass


def bytearrays(rounds):
    for _ in range(rounds):
        old = bytearray(1 << 20)
        young = bytes(old)
        assert len(young) == len(old)


def arrays(rounds):
    for _ in range(rounds):
        a = array.array("d", bytes(1 << 20))
        a.append(1.0)
        b = a[:]
        assert len(b) == len(a)


def grown(rounds):
    for _ in range(rounds):
        a = bytearray()
        for _ in range(16):
            a += bytes(65536)
        del a[: len(a) // 2]


def with_objects(rounds):
    for _ in range(rounds):
        node = Node()
        node.content = bytearray(1 << 19)
        node.others = [Node() for _ in range(100)]
        for other in node.others:
            other.up = node


def in_threads(rounds):
    threads = [threading.Thread(target=bytearrays, args=(rounds // 2,)) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


for kind in bytearrays, arrays, grown, with_objects, in_threads:
    before = resident()
    most = 0
    for _ in range(16):
        kind(64)
        most = max(most, resident() - before)
    print(kind.__name__, "stays" if most < 300 << 20 else f"grows by {most >> 20} MiB")
