"""Runs one kernel in this process: `kernel_driver.py KERNEL.py [N]`, prints `seconds checksum`."""

import sys
from time import perf_counter


def load(path):
    folder, _, name = path.rpartition("/")
    sys.path.insert(0, folder or ".")
    return __import__(name.removesuffix(".py"))


def main():
    module = load(sys.argv[1])
    n = int(sys.argv[2]) if len(sys.argv) > 2 else module.N
    run = module.run
    start = perf_counter()
    check = run(n)
    elapsed = perf_counter() - start
    print(f"{elapsed:.6f} {check}")


main()
