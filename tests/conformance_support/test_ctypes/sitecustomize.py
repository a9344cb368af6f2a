"""Stands before the `sitecustomize` that hides ctypes from the other units: this one is about it."""
