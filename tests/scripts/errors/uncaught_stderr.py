# What goes to the standard error: warnings, sys.excepthook, unraisable.
import sys
import warnings

warnings.warn("a user warning")
print("to stderr", file=sys.stderr)


class Del:
    def __del__(self):
        raise ValueError("in del")


def hook(kind, value, tb):
    print("hook:", kind.__name__, value, tb.tb_lineno, file=sys.stderr)


sys.excepthook = hook
raise RuntimeError("handled by the hook")
