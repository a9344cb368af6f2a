"""Runs one program in this process: `program_driver.py PROGRAM LOOPS [ARGUMENTS...]`, prints `seconds names`.

A program of ours has `run(n)`, which returns a checksum; one of pyperformance's makes a `pyperf.Runner`, which
`scripts/pyperf.py` stands in for.
"""

import os
import runpy
import sys
from time import perf_counter


def main():
    path, loops = sys.argv[1], int(sys.argv[2])
    folder = os.path.abspath(os.path.dirname(path))
    sys.argv = [path, *sys.argv[3:]]
    import pyperf  # found beside this file

    pyperf.Runner.loops = loops
    sys.path[0] = folder
    out, sys.stdout = sys.stdout, open(os.devnull, "w")
    names = runpy.run_path(path, run_name="__main__")
    if "run" in names and not pyperf.Runner.results:
        start = perf_counter()
        check = names["run"](loops)
        pyperf.Runner.seconds = perf_counter() - start
    else:
        check = ",".join(name for name, _ in pyperf.Runner.results)
    if os.environ.get("PROGRAM_PARTS"):
        for name, seconds in pyperf.Runner.results:
            print(f"{name} {seconds:.6f}", file=out)
    print(f"{pyperf.Runner.seconds:.6f} {check}", file=out)


main()
