"""What ProtoPython offers beyond Python.

``protopython.data`` has immutable collections that threads share at no cost.
It runs on other Pythons, too, where it is written in Python throughout.
"""
