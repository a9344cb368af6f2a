# Public names of math, time, errno, _codecs, _sre, _warnings, _imp.
import importlib

for name in "math _codecs _sre _warnings _types".split():
    m = importlib.import_module(name)
    print(name)
    for n in sorted(vars(m)):
        if not n.startswith("__"):
            print("   ", n, type(getattr(m, n)).__name__)
