# Where the hint of `readlines` and a `truncate` without a size end.
import io
import os
import tempfile

lines = ["{9\n", "?\n", "0????\n", "x"]
data = "".join(lines)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    for hint in (-1, 0, 1, 3, 4, 5, 6, 11, 12, 13, 100, None):
        with open(path, "w") as f:
            f.write(data)
        print(hint, io.StringIO(data).readlines(hint), io.BytesIO(data.encode()).readlines(hint))
        for mode in ("r", "rb", "r+b"):
            with open(path, mode) as f:
                print(mode, f.readlines(hint))
        with open(path, "rb", 0) as f:
            print(f.readlines(hint))
    for read in (0, 1, 4):
        with open(path, "w") as f:
            f.write(data)
        with open(path, "r+") as f:
            f.read(read)
            print(read, f.truncate(), os.path.getsize(path))
        with open(path, "r+") as f:
            f.readline()
            f.seek(f.tell())
            print(f.truncate(), os.path.getsize(path), f.truncate(2), os.path.getsize(path))
    with open(path, "w+") as f:
        f.write("abc")
        print(f.truncate(), f.seek(1), f.truncate(), os.path.getsize(path))
    f = io.TextIOWrapper(io.BytesIO(b"+AGEAYg-zz"), encoding="utf-7")
    f._CHUNK_SIZE = 3
    print(f.read(1), f.truncate())
