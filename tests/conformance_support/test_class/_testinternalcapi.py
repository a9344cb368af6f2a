"""Stands in for CPython's extension module: what it tells is how CPython lays out objects."""

import unittest


def has_inline_values(obj):
    raise unittest.SkipTest("objects have no inline values")
