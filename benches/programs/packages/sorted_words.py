"""sortedcontainers: an index of the words of two documents, windows of medians, an order book."""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))

from sortedcontainers import SortedDict, SortedKeyList, SortedList, SortedSet

TEXT = "".join(open(os.path.join(HERE, "input", name), encoding="utf-8").read() for name in ("architecture.md", "compatibility.md"))


def index():
    words = SortedDict()
    for match in re.finditer(r"\w+", TEXT):
        words.setdefault(match.group().lower(), SortedList()).add(match.start())
    found = [words[w].bisect_left(10000) for w in words.irange("m", "n")]
    first = [words.peekitem(i)[0] for i in range(0, len(words), 50)]
    return len(words) + sum(found) + len("".join(first))


def medians(width):
    lengths = [len(w) for w in TEXT.split()]
    window, total = SortedList(lengths[:width]), 0
    for old, new in zip(lengths, lengths[width:]):
        total += window[width // 2]
        window.remove(old)
        window.add(new)
    return total


def order_book(n):
    buy, sell = SortedKeyList(key=lambda o: (-o[0], o[1])), SortedKeyList(key=lambda o: (o[0], o[1]))
    seed, traded = 12345, 0
    for i in range(n):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        price, amount = 1000 + seed % 61 - 30, 1 + (seed >> 8) % 9
        mine, other, better = (buy, sell, price.__ge__) if seed & 64 else (sell, buy, price.__le__)
        while amount and other and better(other[0][0]):
            best = other.pop(0)
            part = min(amount, best[2])
            traded += part * best[0]
            amount -= part
            if best[2] > part:
                other.add((best[0], best[1], best[2] - part))
        if amount:
            mine.add((price, i, amount))
    levels = SortedSet(o[0] for o in buy) | SortedSet(o[0] for o in sell)
    return traded + len(buy) + len(sell) + sum(levels[-3:])


def run(n):
    return sum(index() + medians(101) + order_book(1500) for _ in range(n))
