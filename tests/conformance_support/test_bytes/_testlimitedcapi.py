"""Stands in for CPython's extension module: its calls of the sequence protocol, in Python."""


def sequence_getitem(obj, index):
    return obj[index]


def sequence_setitem(obj, index, value):
    obj[index] = value


def sequence_delitem(obj, index):
    del obj[index]
