# Streams over files cannot be pickled; those over memory can.
import io
import pickle

for f in [
    open("/dev/null"),
    open("/dev/null", "rb"),
    open("/dev/null", "wb"),
    io.FileIO("/dev/null"),
    io.BufferedRandom(io.BytesIO()),
]:
    for protocol in (2, 4):
        try:
            print(pickle.dumps(f, protocol))
        except TypeError as e:
            print(e)
b, s = io.BytesIO(b"abc"), io.StringIO("abc")
b.seek(1), s.seek(2)
print(pickle.loads(pickle.dumps(b)).read(), pickle.loads(pickle.dumps(s)).read())
