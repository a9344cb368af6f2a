# Public names of _io, and the attributes of its classes.
import _io

for n in sorted(vars(_io)):
    if not n.startswith("__"):
        v = getattr(_io, n)
        print(n, type(v).__name__)
for c in (_io.StringIO, _io.BytesIO, _io.TextIOWrapper, _io.FileIO, _io.BufferedReader, _io.BufferedWriter):
    print(c.__name__, [n for n in dir(c) if not n.startswith("__")])
