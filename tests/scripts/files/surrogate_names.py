# A surrogate stands for a byte of a file's name only where surrogateescape made it; others have no bytes, and no file gets them.
import io
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    for name in ("\ud800", "a\udfffb", "\udc7f", "\ud800\udc80\ud801x", "\udcff\ud83d\ude00"):
        path = folder + "/" + name
        calls = [
            lambda: open(path, "w"),
            lambda: io.FileIO(path, "w"),
            lambda: os.open(path, os.O_CREAT | os.O_WRONLY),
            lambda: os.mkdir(path),
            lambda: os.stat(path),
        ]
        for call in calls:
            try:
                call()
            except UnicodeEncodeError as e:
                print(ascii(name), e.encoding, e.start - len(folder) - 1, e.end - len(folder) - 1, e.reason)
        print(os.listdir(folder))
    with open(folder + "/\udcff", "w") as f:
        f.write("x")
    print(os.listdir(os.fsencode(folder)), ascii(os.listdir(folder)))
