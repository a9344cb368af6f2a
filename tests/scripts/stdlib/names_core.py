# Public names of the native modules of the core.
import importlib

for name in "_thread _weakref _abc _string _operator _functools _collections _contextvars _typing".split():
    m = importlib.import_module(name)
    print(name)
    for n in sorted(vars(m)):
        if not n.startswith("__"):
            print("   ", n, type(getattr(m, n)).__name__)
