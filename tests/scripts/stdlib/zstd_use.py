# compression.zstd: what goes in comes out, streams, dictionaries, parameters, bad arguments and bad data.
import io
import pickle
import tarfile
import threading
import _zstd
from compression import zstd
from compression.zstd import CompressionParameter as CP, DecompressionParameter as DP

C, D, Z = zstd.ZstdCompressor, zstd.ZstdDecompressor, zstd.ZstdDict


def t(f, *a, **k):
    try:
        r = f(*a, **k)
    except Exception as e:
        print(type(e).__name__, "|", e)
    else:
        print(type(r).__name__ if type(r).__module__ != "builtins" else repr(r)[:80])


print(zstd.zstd_version_info[0], zstd.COMPRESSION_LEVEL_DEFAULT, _zstd.ZSTD_DStreamOutSize)
print(C.CONTINUE, C.FLUSH_BLOCK, C.FLUSH_FRAME, C, D, Z, zstd.ZstdError, zstd.ZstdError.__mro__[1])
print([p.name for p in CP], [p.name for p in DP], DP.window_log_max.bounds(), CP.checksum_flag.bounds())
text = b"".join(b"line %d of a text that repeats itself\n" % (i % 97) for i in range(4000))
for level in (-5, 1, 3, 9, 19):
    assert zstd.decompress(zstd.compress(text, level)) == text
packed = zstd.compress(text, options={CP.checksum_flag: 1})
print(len(packed) < len(text) // 20, zstd.get_frame_size(packed + b"rest") == len(packed))
print(zstd.get_frame_info(packed), zstd.compress(b"")[:4].hex())

# Frames one after the other, and piecewise output.
print(zstd.decompress(packed + packed) == text * 2)
d = D()
parts = [d.decompress(packed + b"tail", 1000)]
while not d.eof:
    parts.append(d.decompress(b"", 1000))
print(b"".join(parts) == text, {len(p) for p in parts[:-1]}, d.unused_data, d.needs_input, d.eof)
d = D()
out = b"".join(d.decompress(packed[i:i + 1]) for i in range(len(packed)))
print(out == text, d.eof, d.needs_input)
print(D().decompress(packed, 0), D().decompress(b""))

# A compressor's frames and blocks.
c = C()
print(c.last_mode, c.compress(b"abc"), c.last_mode, end=" ")
block = c.compress(b"def", C.FLUSH_BLOCK)
print(c.last_mode, D().decompress(block), end=" ")
rest = c.flush()
print(zstd.decompress(block + rest), c.last_mode)
c.set_pledged_input_size(6)
print(zstd.get_frame_info(c.compress(b"abc") + c.compress(b"def") + c.flush()))
c.set_pledged_input_size(7)
c.compress(b"abc")
t(c.set_pledged_input_size, 3)
t(c.flush)
print(zstd.decompress(c.compress(b"goes on", C.FLUSH_FRAME)))
print(zstd.decompress(zstd.compress(text * 8, options={CP.nb_workers: 2, CP.job_size: 1 << 20})) == text * 8)

# Dictionaries.
samples = [b"".join(b"%d: value %d of %s;" % (j, i * j, b"abc"[i % 3:]) for j in range(9)) for i in range(200)]
zd = zstd.train_dict(samples, 2000)
print(len(zd) == len(zd.dict_content) <= 2000, zd.dict_id == zstd.get_frame_info(zstd.compress(b"x", zstd_dict=zd)).dictionary_id > 0)
fd = zstd.finalize_dict(Z(samples[0], is_raw=True), samples, 3000, 5)
for given in (zd, zd.as_digested_dict, zd.as_undigested_dict, zd.as_prefix, fd):
    small = zstd.compress(samples[7], zstd_dict=given)
    back = given if given in (fd, zd.as_prefix) else zd
    print(len(small) < len(zstd.compress(samples[7])), zstd.decompress(small, back) == samples[7], end=" ")
print()
t(zstd.decompress, zstd.compress(samples[7], zstd_dict=zd))
raw = Z(bytearray(b"12345678"), is_raw=True)
print(raw, len(raw), raw.dict_content, raw.dict_id, raw.as_digested_dict, raw.as_undigested_dict[1], raw.as_prefix[1])

# What is refused.
for bad in ([], 3.5, "1", 2**31 - 1, -2**40, True):
    t(C, bad)
t(C, 1, {})
for bad in ([], {1.5: 2}, {100: "x"}, {2**40: 1}, {100: 2**40}, {-1: 2}, {100: 100}, {CP.window_log: 99}, {DP.window_log_max: 20}):
    t(C, options=bad)
for bad in ([], {"a": 1}, {3333: 1}, {DP.window_log_max: 99}, {0: 2**70}, {CP.window_log: 20}):
    t(D, options=bad)
for bad in (5, (1, 2), (raw, 3), (raw, 1.0), (raw, 2**70), [raw, 1], (raw,)):
    t(C, zstd_dict=bad)
    t(D, bad)
broken = Z(bytes.fromhex("37a430ec") + b"abcdefghijkl")
t(C, zstd_dict=broken.as_digested_dict)
t(C, zstd_dict=broken)
t(D, broken)
for args in ((), (b"1",), (b"12345678",), ("1",), (b"12345678", True)):
    t(Z, *args)
c = C()
t(c.compress)
t(c.compress, b"", 5)
t(c.compress, "x")
t(c.flush, 0)
t(c.flush, "a")
for bad in (-1, 2**64 - 2, 2**70, 1.0, "a"):
    t(c.set_pledged_input_size, bad)
c.set_pledged_input_size(2**64 - 3)
c.set_pledged_input_size(None)
d = D()
t(d.decompress, b"\0" * 20)
print(d.unused_data, d.eof, d.needs_input, d.decompress(zstd.compress(b"abc") + b"rest"), d.unused_data)
t(d.decompress, b"")
t(d.decompress, b"", 2**70)
damaged = bytearray(packed)
damaged[-1] ^= 1
t(zstd.decompress, damaged)
t(zstd.decompress, packed[:-5])
t(zstd.decompress, b"")
T, F = _zstd.train_dict, _zstd.finalize_dict
for args in ((b"abc", (1, 1), 10), (b"abc", (1, 2), 0), (b"abc", (1, 2), 100), (b"abc", [1, 2], 100), ("abc", (1, 2), 100),
             (b"abc", (-1, 4), 100), (b"abc", ("a", 4), 100), (b"abc", (2**64 - 1, 4), 100), (b"", (), 100)):
    t(T, *args)
t(F, b"abc", b"abc", (1, 2), 100, 3)
t(F, b"abc", b"abc", (1, 2), 100, 2**40)
for f in (_zstd.get_frame_info, _zstd.get_frame_size):
    t(f, b"a")
    t(f, "a")
for key, kind in ((1, True), (1, False), (100, True), (100, False)):
    t(_zstd.get_param_bounds, key, kind)
t(_zstd.set_parameter_types, 1, 2)
t(_zstd.set_parameter_types, int, 2)
for o in (c, d, raw):
    t(pickle.dumps, o)
for T in (C, D, Z):
    try:
        type("S", (T,), {})
    except TypeError as e:
        print(e)

# Files.
bio = io.BytesIO()
with zstd.open(bio, "wt", encoding="utf-8") as f:
    f.write("first\nsecond\n")
bio.seek(0)
with zstd.open(bio, "rt", encoding="utf-8") as f:
    print(f.readlines())
bio = io.BytesIO()
with tarfile.open(fileobj=bio, mode="w:zst") as tar:
    info = tarfile.TarInfo("name")
    info.size = len(text)
    tar.addfile(info, io.BytesIO(text))
bio.seek(0)
with tarfile.open(fileobj=bio) as tar:
    print(tar.getnames(), tar.extractfile("name").read() == text)

# One compressor and one decompressor for several threads: each call is whole.
c = C()
blocks = [c.compress(b"", C.FLUSH_BLOCK)]
lock = threading.Lock()


def work():
    for _ in range(20):
        with lock:
            blocks.append(c.compress(text[:5000], C.FLUSH_BLOCK))


def hammer():
    for _ in range(20):
        try:
            d.decompress(packed, 500)
        except (EOFError, zstd.ZstdError):
            pass
        d.unused_data, d.eof, d.needs_input, c.last_mode


d = D()
threads = [threading.Thread(target=f) for f in (work, work, hammer, hammer)]
for th in threads:
    th.start()
for th in threads:
    th.join()
print(zstd.decompress(b"".join(blocks) + c.flush()) == text[:5000] * 40)
