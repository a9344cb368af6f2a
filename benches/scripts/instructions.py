"""Instructions that a program of `benches/programs` takes a loop: `instructions.py PROGRAM... [--peer COMMAND]`.

Clocks of shared machines differ by a factor of two from run to run; the number of instructions does not. Each program runs under
valgrind's callgrind with two numbers of loops, and the difference is what the loops alone take: start and imports drop out. Says
where they go, by function, and what a peer takes. Instructions are not time (cache misses and wrong guesses are not in them, and
`rep stosb` counts as one instruction per byte), but where a peer needs fewer, there is something to find.
"""

import argparse
import itertools
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "..", "programs")


def rows():
    with open(os.path.join(PROGRAMS, "programs.tsv"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, path, loops, *arguments = line.rstrip("\n").split("\t")
                yield name, (path, int(loops), arguments[0].split() if arguments else [])


def counted(command, path, loops, arguments):
    """Instructions by function, and of all under the name None. `command` may begin with variables, as in a shell."""
    variables = dict(word.split("=", 1) for word in itertools.takewhile(lambda word: "=" in word, command))
    command = command[len(variables) :]
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        driver = [os.path.join(HERE, "program_driver.py"), os.path.join(PROGRAMS, path), str(loops), *arguments]
        done = subprocess.run([*tool, *command, *driver], capture_output=True, text=True, env={**os.environ, **variables})
        if done.returncode or not os.path.exists(out):
            sys.exit(f"{shlex.join([*command, *driver])} failed:\n{done.stderr[-2000:]}")
        shown = subprocess.run(["callgrind_annotate", "--threshold=100", out], capture_output=True, text=True, check=True)
    functions = {}
    for line in shown.stdout.splitlines():
        if m := re.match(r"\s*([\d,]+) \([^)]*\)\s+(.*)", line):
            # `f'2` is `f` when it was called by itself.
            name = None if m[2] == "PROGRAM TOTALS" else re.sub(r" \[.*|^[^:]*:|'\d+", "", m[2])
            functions[name] = functions.get(name, 0) + int(m[1].replace(",", ""))
    return functions


def per_loop(command, row, few, many):
    path, _, arguments = row
    before, after = (counted(command, path, n, arguments) for n in (few, many))
    return {name: (n - before.get(name, 0)) // (many - few) for name, n in after.items()}


def main():
    binary = os.path.join(HERE, "..", "..", "target", "release", "protopython")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="+", help="rows of programs.tsv")
    parser.add_argument("--binary", default=binary, help="the protopython to look at (default: the release build)")
    parser.add_argument("--peer", metavar="COMMAND", help="an interpreter to compare with; a script that starts it does not count")
    parser.add_argument("--share", type=float, default=0.1, help="share of the loops of programs.tsv (default 0.1)")
    parser.add_argument("--top", type=int, default=20, help="functions to list (default 20)")
    options = parser.parse_args()
    known = dict(rows())
    for program in options.programs:
        if program not in known:
            parser.error(f"no program {program!r} in programs.tsv")
        few = max(1, round(known[program][1] * options.share / 2))
        many = few + max(1, round(known[program][1] * options.share))
        ours = per_loop([options.binary], known[program], few, many)
        print(f"{program}: {ours[None]:,} instructions a loop", end="")
        if options.peer:
            peer = per_loop(shlex.split(options.peer), known[program], few, many)
            print(f", the peer {peer[None]:,}: {peer[None] / ours[None]:.2f} times as many", end="")
        print()
        listed = sorted((item for item in ours.items() if item[0]), key=lambda item: -item[1])
        for name, n in listed[: options.top]:
            print(f"  {n:14,} {100 * n / ours[None]:5.1f} %  {name}")


if __name__ == "__main__":
    main()
