"""bz2, lzma, archives in these formats; keys from passwords."""
import bz2
import hashlib
import io
import lzma
import tarfile
import tempfile
import zipfile


def attempt(f, *args, **kw):
    try:
        print("ok", f(*args, **kw))
    except Exception as e:
        print(type(e).__name__, e)


data = b"some text that repeats, some text that repeats " * 2000 + bytes(range(256)) * 20

# --- bz2
for level in (1, 9):
    packed = bz2.compress(data, level)
    print(len(packed) < len(data) // 10, bz2.decompress(packed) == data)
print(bz2.compress(b"") == bz2.compress(b""), bz2.decompress(bz2.compress(b"")), bz2.decompress(packed + packed) == data * 2)
c = bz2.BZ2Compressor()
out = b"".join(c.compress(data[i:i + 1000]) for i in range(0, len(data), 1000)) + c.flush()
print(bz2.decompress(out) == data)
attempt(c.compress, b"x")
attempt(c.flush)
d = bz2.BZ2Decompressor()
got = d.decompress(packed, 100)
print(len(got), d.eof, d.needs_input, d.unused_data)
while not d.eof:
    got += d.decompress(b"", 1000)
print(got == data, d.eof, d.needs_input)
attempt(d.decompress, b"x")
d = bz2.BZ2Decompressor()
parts = [d.decompress(bytes([b])) for b in packed + b"rest"[:0]]
print(b"".join(parts) == data, d.eof)
d = bz2.BZ2Decompressor()
print(d.decompress(packed + b"rest") == data, d.unused_data)
attempt(bz2.decompress, b"not compressed")
attempt(bz2.decompress, packed[:50])
attempt(bz2.BZ2Compressor, 0)
with tempfile.NamedTemporaryFile() as f:
    with bz2.open(f.name, "wt") as g:
        g.write("line one\nline two\n")
    with bz2.open(f.name, "rt") as g:
        print(g.readlines())

# --- lzma
for kw in ({}, {"preset": 0}, {"preset": 9 | lzma.PRESET_EXTREME}, {"format": lzma.FORMAT_ALONE}, {"check": lzma.CHECK_CRC32}, {"check": lzma.CHECK_SHA256},
           {"check": lzma.CHECK_NONE}, {"filters": [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 6}]}):
    packed = lzma.compress(data, **kw)
    print(len(packed) < len(data) // 10, lzma.decompress(packed) == data)
raw = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
packed = lzma.compress(data, format=lzma.FORMAT_RAW, filters=raw)
print(lzma.decompress(packed, format=lzma.FORMAT_RAW, filters=raw) == data)
packed = lzma.compress(data)
print(lzma.decompress(packed + packed) == data * 2, lzma.decompress(lzma.compress(b"")))
d = lzma.LZMADecompressor()
got = d.decompress(packed, 100)
print(len(got), d.eof, d.needs_input, d.check)
while not d.eof:
    got += d.decompress(b"", 1000)
print(got == data, d.eof, d.needs_input, d.unused_data)
attempt(d.decompress, b"x")
d = lzma.LZMADecompressor()
print(b"".join(d.decompress(bytes([b])) for b in packed) == data, d.eof)
d = lzma.LZMADecompressor()
print(d.decompress(packed + b"rest") == data, d.unused_data)
for bad in (b"not compressed at all, really", packed[:100], b"\xfd7zXZ\0" + b"\1" * 30):
    attempt(lzma.decompress, bad)
broken = bytearray(packed)
broken[60] ^= 255
attempt(lzma.decompress, bytes(broken))
attempt(lzma.LZMACompressor, format=99)
attempt(lzma.LZMACompressor, preset=10)
attempt(lzma.LZMACompressor, format=lzma.FORMAT_RAW)
attempt(lzma.LZMACompressor, preset=1, filters=raw)
attempt(lzma.LZMADecompressor, format=lzma.FORMAT_RAW)
print(lzma.is_check_supported(lzma.CHECK_CRC64), lzma.is_check_supported(7))
with tempfile.NamedTemporaryFile() as f:
    with lzma.open(f.name, "w") as g:
        g.write(data)
    with lzma.open(f.name) as g:
        print(g.read(9), g.seek(-5, 2), g.read())

# --- archives
for mode in ("bz2", "xz", "gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:" + mode) as t:
        info = tarfile.TarInfo("name")
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
    buffer.seek(0)
    with tarfile.open(fileobj=buffer) as t:
        print(t.getnames(), t.extractfile("name").read() == data)
for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as z:
        z.writestr("name", data)
    with zipfile.ZipFile(buffer) as z:
        print(z.testzip(), z.read("name") == data)

# --- keys
print(hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 1000).hex())
print(hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 2, 50).hex(), hashlib.pbkdf2_hmac("sha512", b"k" * 200, b"", 1, 10).hex())
print(hashlib.scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=2).hex())
print(hashlib.scrypt(b"", salt=b"", n=16, r=1, p=1, dklen=20).hex())
attempt(hashlib.pbkdf2_hmac, "sha256", b"", b"", 0)
attempt(hashlib.pbkdf2_hmac, "sha256", b"", b"", 1, 0)
attempt(hashlib.scrypt, b"", salt=b"", n=3, r=1, p=1)
