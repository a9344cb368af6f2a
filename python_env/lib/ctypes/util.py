"""Looks for libraries: there are none that could be loaded."""


def find_library(name):
    """The name under which a library could be loaded: None."""
    return None


def dllist():
    """The libraries that are loaded."""
    return []
