# Decompression by pieces whose limits are met exactly, or nearly, and by copies made in between.
import random
import zlib

rnd = random.Random(3)
text = bytes(rnd.choice(b'abcdefgh \n') for _ in range(3000)) + b'x' * 70000 + bytes(rnd.randrange(256) for _ in range(5000))
for wbits in (15, -15, 31):
    for level in (0, 6):
        c = zlib.compressobj(level, zlib.DEFLATED, wbits)
        packed = c.compress(text) + c.flush()
        for n in (1, 2, 7, 100, 1000, 3000, 32768, 65536, len(text) - 1, len(text), len(text) + 1):
            for piece in (len(packed), 1000):
                if n < 100 and piece == 1000:
                    continue
                d = zlib.decompressobj(wbits)
                out, rest, steps, at = [], b'', 0, 0
                while not d.eof and steps < 200:
                    data = rest or packed[at:at + piece]
                    at += 0 if rest else piece
                    made = d.decompress(data, n)
                    assert len(made) <= n
                    if steps % 5 == 3:
                        d = d.copy()
                    out.append(made)
                    rest = d.unconsumed_tail
                    steps += 1
                out = b''.join(out)
                print(wbits, n, d.eof, text.startswith(out), d.eof and out == text, d.unused_data, zlib.crc32(out) if steps < 200 else '')
