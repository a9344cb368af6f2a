"""What the stress programs share: cases, threads that start together, seeds, checks.

A program registers cases with `@case` and ends with `main()`. Each case gets a `Run`: its seed is printed first, so that
a failure can be repeated with `NAME.py --seed N CASE`. Amounts are counts, never times: `run.n(100)` is smaller with
`--quick`. A case fails by an exception, by `run.problem(...)`, or by an exception in one of its threads.
"""

import argparse
import random
import sys
import threading
import traceback

CASES = []


def case(function):
    """Registers a case; its docstring says what is promised."""
    CASES.append(function)
    return function


class Run:
    """One run of one case."""

    def __init__(self, seed, scale):
        self.seed = seed
        self.scale = scale
        self.rng = random.Random(seed)
        self.problems = []

    def n(self, count):
        """A number of rounds, by the size of this run."""
        return max(1, int(count * self.scale))

    def problem(self, *what):
        if len(self.problems) < 20:
            self.problems.append(" ".join(map(str, what)))

    def check(self, condition, *what):
        if not condition:
            self.problem(*what)

    def threads(self, *bodies, args=None):
        """Runs the bodies on a thread each, started together; each gets a random generator of its own."""
        gate = threading.Barrier(len(bodies))
        seeds = [self.rng.randrange(1 << 30) for _ in bodies]

        def body(function, seed):
            try:
                gate.wait()
                function(random.Random(seed))
            except BaseException:
                self.problem(traceback.format_exc())

        running = [
            threading.Thread(target=body, args=(f, s), name=f"{i}-{f.__name__}")
            for i, (f, s) in enumerate(zip(bodies, seeds))
        ]
        for t in running:
            t.start()
        for t in running:
            t.join()

    def conflict(self, operations, threads=4, rounds=200, allowed=()):
        """Each thread does random operations of the list; exceptions in `allowed` belong to the race."""
        rounds = self.n(rounds)

        def body(rng):
            for i in range(rounds):
                try:
                    rng.choice(operations)(rng, i)
                except allowed:
                    pass

        self.threads(*[body] * threads)

    def pairs(self, operations, rounds=40, allowed=()):
        """Each pair of operations, each on a thread of its own."""
        rounds = self.n(rounds)
        for a, first in enumerate(operations):
            for second in operations[a:]:

                def body(rng, f):
                    for i in range(rounds):
                        try:
                            f(rng, i)
                        except allowed:
                            pass

                self.threads(lambda rng, f=first: body(rng, f), lambda rng, f=second: body(rng, f))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    scale = options.scale * (2 if options.quick else 10)
    chosen = [c for c in CASES if not options.cases or c.__name__ in options.cases]
    unknown = set(options.cases) - {c.__name__ for c in CASES}
    if unknown:
        sys.exit(f"no such case: {', '.join(sorted(unknown))}")
    failed = 0
    for function in chosen:
        print(f"{function.__name__} seed={options.seed}", end=" ", flush=True)
        run = Run(options.seed, scale)
        try:
            function(run)
        except Exception:
            run.problem(traceback.format_exc())
        if run.problems:
            failed += 1
            print("FAILED")
            for text in run.problems:
                print("   ", text.replace("\n", "\n    "))
        else:
            print("ok", flush=True)
    sys.exit(1 if failed else 0)
