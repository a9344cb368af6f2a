"""Tests of pools of subinterpreters are skipped: there are none, but the tests of all pools name the class.

The rest is as in the `sitecustomize` that this one stands before.
"""

import concurrent.futures
import sys

sys.modules['ssl'] = sys.modules['ctypes'] = None


class InterpreterPoolExecutor:
    def __init__(self, *args, **kwargs):
        import unittest

        raise unittest.SkipTest("no subinterpreters")


concurrent.futures.InterpreterPoolExecutor = InterpreterPoolExecutor
