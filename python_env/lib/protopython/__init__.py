"""What ProtoPython offers beyond Python.

``protopython.data`` has immutable collections that threads share at no cost.
It runs on other Pythons, too, where it is written in Python throughout.

``protopython.memory()`` says what the heaps of this process hold; other
Pythons have none to tell of.
"""
try:
    from _protopython import memory
except ImportError:
    __all__ = []
else:
    __all__ = ['memory']
