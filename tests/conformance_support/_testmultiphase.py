"""Stands in for CPython's extension module of that name, which the tests of import ask for before they look at it.

Extension modules are not loadable, so nothing of it can be used."""
