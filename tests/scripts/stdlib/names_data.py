# Public names of the native modules for data.
import importlib

for name in "itertools _struct _random _json _bisect _heapq binascii marshal _stat atexit gc".split():
    m = importlib.import_module(name)
    print(name)
    for n in sorted(vars(m)):
        if not n.startswith("__"):
            print("   ", n, type(getattr(m, n)).__name__)
