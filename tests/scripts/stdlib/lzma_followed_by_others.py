"""What follows a compressed stream is left alone as soon as it can be none; a header that is short may still become one."""

import lzma

data = lzma.compress(b"abc" * 1000)
alone = lzma.compress(b"abc" * 1000, format=lzma.FORMAT_ALONE)


def attempt(f, *args, **how):
    try:
        return f(*args, **how)
    except lzma.LZMAError as e:
        return str(e)
    except EOFError as e:
        return "EOFError " + str(e)


def size(r):
    return r if isinstance(r, str) else len(r)


for tail in b"\0", b"j", b"jk", b"\xfd", b"\xfd7", b"\xfd7zXZ", b"\xfd7zXZ\0", b"\xfd7zXY\0", b"PK\3\4", b"]\0\0\0\1", b"]\0\0\x80\0", b"]\1\0\x80\0":
    for n in 1, 2, 5, 12, 13, 20:
        print(tail, n, size(attempt(lzma.decompress, data + tail * n)), size(attempt(lzma.decompress, data + (tail * n)[:n])))
for head in b"junk", b"\0", b"\xfd7zXZ\0\0", b"]\0\0\1\0" + b"\xff" * 8, b"]\0\0\1\0" + b"\0" * 5 + b"\1\0\0", b"\xe1", b"\xe0", b"\x5d\0\0\1\1":
    for format in lzma.FORMAT_AUTO, lzma.FORMAT_XZ, lzma.FORMAT_ALONE:
        whole = attempt(lzma.LZMADecompressor(format).decompress, head)
        d, steps = lzma.LZMADecompressor(format), []
        for i in range(len(head)):
            steps.append(attempt(d.decompress, head[i:i + 1]))
            if isinstance(steps[-1], str):
                break
        print(head, format, whole, len(steps), steps[-1])
for stream in data, alone:
    d = lzma.LZMADecompressor()
    got = b"".join(d.decompress(stream[i:i + 1]) for i in range(len(stream)))
    print(len(got), d.eof, d.check, d.unused_data, d.needs_input)
    d = lzma.LZMADecompressor()
    print(len(d.decompress(stream + b"rest")), d.eof, d.check, d.unused_data)
