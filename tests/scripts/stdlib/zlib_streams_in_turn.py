# Streams of all parameters that begin, go on and end beside and after each other: none knows of another.
import threading
import zlib

text = b"the quick brown fox jumps over the lazy dog " * 40


def one(level, wbits, strategy, dictionary=None):
    more = {} if dictionary is None else {"zdict": dictionary}
    c = zlib.compressobj(level, zlib.DEFLATED, wbits, 8, strategy, **more)
    packed = c.compress(text[:500])
    packed += c.flush(zlib.Z_SYNC_FLUSH)
    other = c.copy()
    whole = packed + c.compress(text[500:]) + c.flush()
    half = packed + other.compress(text[900:]) + other.flush()
    for data, plain in ((whole, text), (half, text[:500] + text[900:])):
        d = zlib.decompressobj(wbits, **more)
        got = d.decompress(data[:30])
        copied = d.copy()
        got += d.decompress(data[30:] + b"tail")
        assert got == plain and d.eof and d.unused_data == b"tail", (level, wbits, strategy)
        again = copied.decompress(data[30:], 10)
        while not copied.eof:
            again += copied.decompress(copied.unconsumed_tail, 100)
        assert got.endswith(again)
        assert d.decompress(b"more") == b"" and d.unused_data == b"tailmore" and d.flush() == b""


def all_of_them():
    for _ in range(2):
        for level in (-1, 0, 1, 6, 9):
            for wbits in (15, -15, 31, 9):
                for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED):
                    one(level, wbits, strategy)
        one(6, 15, 0, b"quick brown")
        one(6, -15, 0, b"lazy dog")


all_of_them()
threads = [threading.Thread(target=all_of_them) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()

# A reference beyond the beginning finds nothing, least of all what a stream before had there.
secret = zlib.compress(b"SECRET" * 5000)
zlib.decompress(secret)
# A block of fixed codes: one literal, then a match of length 3 at distance 4.
bad = bytes([0b01001011, 0b10000100, 0b00000001])
d = zlib.decompressobj(-15)
try:
    print(b"SECRET"[:3] in d.decompress(bad))
except zlib.error:
    print(False)
broken = zlib.decompressobj()
for _ in range(2):
    try:
        broken.decompress(b"nonsense")
    except zlib.error as e:
        print(e)
print(zlib.decompress(zlib.compress(text)) == text, len(zlib.compress(b"")))
