"""The base classes of streams and what Python classes derive from them can be copied and pickled; streams over files cannot."""

import copy
import io
import pickle
import reprlib


class Raw(io.RawIOBase):
    pass


class Text(io.TextIOBase):
    __slots__ = ("kept",)


raw, text = Raw(), Text()
raw.x = 1
text.kept = [2]
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    for cls in (io.IOBase, io.RawIOBase, io.BufferedIOBase, io.TextIOBase, io.BytesIO)[: 4 + (protocol > 1)]:
        print(protocol, type(pickle.loads(pickle.dumps(cls(), protocol))).__name__, end=" ")
    print(pickle.loads(pickle.dumps(raw, protocol)).x)
    if protocol >= 2:
        print(pickle.loads(pickle.dumps(text, protocol)).kept, raw.__reduce_ex__(protocol)[1:])
print(copy.copy(raw).x, copy.deepcopy(text).kept, type(copy.copy(io.IOBase())))
for stream in open("/dev/null"), open("/dev/null", "rb"), open("/dev/null", "rb", 0), open("/dev/null", "wb"):
    for protocol in (2, 5):
        try:
            pickle.dumps(stream, protocol)
        except TypeError as e:
            print(e)
    stream.close()

# Loaders of the library's modules, which closures reach.
print(type(pickle.loads(pickle.dumps(reprlib.__loader__))) is type(reprlib.__loader__), pickle.loads(pickle.dumps(reprlib.__spec__)).name)
