"""Many readers of one large shared dict while another thread updates it.

The dict is an inventory: item -> (stock, price). Readers value random baskets; the updater
changes stock and price of items together, by replacing their tuple, so that a reader always sees
a consistent pair (price is always stock * 3 + 1) without any lock. The main thread takes
snapshots (`dict(...)`) meanwhile and checks them.

    shared_dict.py [--readers N] [--items N] [--rounds N]
"""

import argparse
import os
import sys
import threading
import time


def entry(stock):
    return (stock, stock * 3 + 1)


class Random:
    """A small generator of its own per thread: the same sequence everywhere."""

    def __init__(self, seed):
        self.state = seed * 2654435761 % 2147483647 or 1

    def below(self, n):
        self.state = self.state * 48271 % 2147483647
        return self.state % n


class Store:
    def __init__(self, items):
        self.items = {f"item-{i}": entry(i % 100) for i in range(items)}
        self.names = list(self.items)
        self.stop = False
        self.updates = 0
        self.torn = 0


def read(store, baskets, seed, results, index):
    """Values `baskets` baskets of eight items; counts pairs that do not fit together."""
    rng = Random(seed)
    names = store.names
    items = store.items
    value = torn = 0
    for _ in range(baskets):
        for _ in range(8):
            stock, price = items[names[rng.below(len(names))]]
            if price != stock * 3 + 1:
                torn += 1
            value += stock * price
    results[index] = (value, torn)


def update(store):
    """Restocks items one after another until told to stop."""
    rng = Random(99)
    names = store.names
    while not store.stop:
        for _ in range(256):
            name = names[rng.below(len(names))]
            stock, _price = store.items[name]
            store.items[name] = entry((stock + 1) % 100)
            store.updates += 1
        # A new item now and then, so that the table also grows under the readers.
        store.items[f"extra-{store.updates}"] = entry(store.updates % 100)


def run_readers(store, readers, baskets):
    results = [None] * readers
    threads = [threading.Thread(target=read, args=(store, baskets, 7, results, i)) for i in range(readers)]
    start = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description="Readers of one large shared dict under a writer.")
    parser.add_argument("--readers", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=100_000, help="baskets per reader")
    parser.add_argument("--small", action="store_true", help="a quick run")
    args = parser.parse_args()
    if args.small:
        args.items, args.rounds = 2_000, 2_000

    store = Store(args.items)
    one, alone = run_readers(store, 1, args.rounds)
    print(f"{len(store.items)} items, value of one reader's baskets: {one[0][0]}")
    print(f"1 reader, no writer:  {alone:.3f} s")
    many, together = run_readers(store, args.readers, args.rounds)
    if any(r != one[0] for r in many):
        print("error: readers of an unchanging dict disagree", file=sys.stderr)
        return 1
    print(f"{args.readers} readers, no writer: {together:.3f} s, efficiency {alone / together:.2f}")

    writer = threading.Thread(target=update, args=(store,))
    writer.start()
    bad_snapshots = 0
    results, busy = run_readers(store, args.readers, args.rounds)
    for _ in range(3):
        snapshot = dict(store.items)
        bad_snapshots += sum(1 for stock, price in snapshot.values() if price != stock * 3 + 1)
    store.stop = True
    writer.join()
    torn = sum(r[1] for r in results)
    print(f"{args.readers} readers, one writer: {busy:.3f} s, {store.updates} updates meanwhile")
    print(f"torn pairs seen: {torn}, in snapshots: {bad_snapshots}")
    return 1 if torn or bad_snapshots else 0


if __name__ == "__main__":
    sys.exit(main())
