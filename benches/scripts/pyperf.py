"""What the programs of pyperformance ask of `pyperf`, for `program_driver.py`: each benchmark of a file runs for a given
number of loops, in this process, and the seconds add up."""

import argparse
import asyncio
import sys
from time import perf_counter


def python_implementation():
    return sys.implementation.name


class Runner:
    """`pyperf.Runner` with a fixed number of loops; no calibration, no worker processes, no statistics."""

    loops = 1
    seconds = 0.0
    results = []

    def __init__(self, add_cmdline_args=None, **_ignored):
        self.metadata = {}
        self.argparser = argparse.ArgumentParser()
        self.args = None

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def _add(self, name, seconds):
        Runner.seconds += seconds
        Runner.results.append((name, seconds))

    def bench_time_func(self, name, time_func, *args, inner_loops=None, **_ignored):
        self.parse_args()
        self._add(name, time_func(Runner.loops, *args))

    def bench_func(self, name, func, *args, inner_loops=None, **_ignored):
        self.parse_args()
        start = perf_counter()
        for _ in range(Runner.loops):
            func(*args)
        self._add(name, perf_counter() - start)

    def bench_async_func(self, name, func, *args, inner_loops=None, loop_factory=None, **_ignored):
        self.parse_args()

        async def all_loops():
            start = perf_counter()
            for _ in range(Runner.loops):
                await func(*args)
            return perf_counter() - start

        with asyncio.Runner(loop_factory=loop_factory) as runner:
            self._add(name, runner.run(all_loops()))
