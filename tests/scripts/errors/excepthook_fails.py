# A broken sys.excepthook is reported together with the original exception.
import sys


def hook(kind, value, tb):
    raise TypeError("hook is broken")


sys.excepthook = hook
raise ValueError("original")
