# A limit that the output just reaches leaves nothing to consume: tornado takes a tail for a message that is too large.
import zlib

for size in (1, 2, 3, 125, 4096, 100_000):
    for wbits in (-15, 15, 31):
        c = zlib.compressobj(-1, zlib.DEFLATED, wbits)
        data = c.compress(b'\0' * size) + c.flush(zlib.Z_SYNC_FLUSH)
        d = zlib.decompressobj(wbits)
        out = d.decompress(data, size)
        print(size, wbits, len(out), d.unconsumed_tail, d.unused_data, d.eof)
        out += d.decompress(c.flush())
        print(len(out), d.eof)

# Too small a limit leaves a tail, and all comes out in the end.
c = zlib.compressobj()
data = c.compress(bytes(range(256)) * 40) + c.flush(zlib.Z_SYNC_FLUSH)
for limit in (1000, 10239, 10240, 10241):
    d, total, tail = zlib.decompressobj(), 0, data
    while tail:
        out = d.decompress(tail, limit)
        tail = d.unconsumed_tail
        total += len(out)
        assert out or not tail
    print(limit, total)

p = zlib._ZlibDecompressor()
c = zlib.compressobj()
data = c.compress(b'abcd') + c.flush(zlib.Z_SYNC_FLUSH)
print(p.decompress(data, 4), p.needs_input, p.eof)
