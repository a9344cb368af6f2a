"""Renders the Mandelbrot set on several threads and writes a PNG.

The threads take rows from a shared counter and put them into one shared list of rows. The image
is written with nothing but binascii: the deflate stream holds stored blocks, so zlib is not needed.

    mandelbrot.py [--threads N] [--size W] [--iterations K] [--output FILE]
"""

import argparse
import binascii
import os
import struct
import sys
import threading
import time


def escape_time(cr, ci, limit):
    """Steps until |z| > 2, or `limit`."""
    # The main cardioid and the disc left of it never escape.
    q = (cr - 0.25) * (cr - 0.25) + ci * ci
    if q * (q + (cr - 0.25)) <= 0.25 * ci * ci or (cr + 1.0) * (cr + 1.0) + ci * ci <= 0.0625:
        return limit
    zr = zi = zr2 = zi2 = 0.0
    n = 0
    while zr2 + zi2 <= 4.0 and n < limit:
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
        zr2 = zr * zr
        zi2 = zi * zi
        n += 1
    return n


def palette(limit):
    """RGB bytes for each number of steps."""
    colours = []
    for n in range(limit):
        t = n / limit
        s = 1.0 - t
        colours.append(
            bytes((int(9 * s * t * t * t * 255), int(15 * s * s * t * t * 255), int(8.5 * s * s * s * t * 255)))
        )
    colours.append(b"\0\0\0")
    return colours


class Picture:
    """The picture being rendered: what all threads share."""

    def __init__(self, width, height, limit):
        self.width = width
        self.height = height
        self.limit = limit
        self.rows = [None] * height
        self.colours = palette(limit)
        self.next_row = 0
        self.lock = threading.Lock()

    def render_row(self, y):
        scale = 3.0 / self.width
        ci = (y - self.height / 2) * scale
        line = bytearray(b"\0")  # the row's PNG filter: none
        for x in range(self.width):
            line += self.colours[escape_time(x * scale - 2.25, ci, self.limit)]
        return bytes(line)

    def work(self):
        while True:
            with self.lock:
                y = self.next_row
                self.next_row += 1
            if y >= self.height:
                return
            self.rows[y] = self.render_row(y)


def render(width, height, limit, threads):
    picture = Picture(width, height, limit)
    pool = [threading.Thread(target=picture.work) for _ in range(threads)]
    start = time.perf_counter()
    for t in pool:
        t.start()
    for t in pool:
        t.join()
    return picture, time.perf_counter() - start


def adler32(data):
    """The checksum of the zlib format."""
    a, b = 1, 0
    # 5552 is the longest run whose sums need no reduction in 32 bits.
    for i in range(0, len(data), 5552):
        for byte in data[i : i + 5552]:
            a += byte
            b += a
        a %= 65521
        b %= 65521
    return b << 16 | a


def stored_zlib(data):
    """A zlib stream of stored (uncompressed) deflate blocks."""
    out = [b"\x78\x01"]
    for i in range(0, len(data), 65535):
        block = data[i : i + 65535]
        last = i + 65535 >= len(data)
        out.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF))
        out.append(block)
    out.append(struct.pack(">I", adler32(data)))
    return b"".join(out)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", binascii.crc32(kind + body))


def png(width, height, rows):
    """A PNG file of 8-bit RGB `rows`, each starting with its filter byte."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", stored_zlib(b"".join(rows))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def main():
    parser = argparse.ArgumentParser(description="Renders the Mandelbrot set on several threads.")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--size", type=int, default=900, metavar="W", help="width in pixels; the height is 2/3 of it")
    parser.add_argument("--iterations", type=int, default=300)
    parser.add_argument("--output", default="mandelbrot.png", help="'-' writes no file")
    parser.add_argument("--small", action="store_true", help="a quick run")
    args = parser.parse_args()
    if args.small:
        args.size, args.iterations = 90, 60
    width, height = args.size, max(1, args.size * 2 // 3)

    picture, alone = render(width, height, args.iterations, 1)
    print(f"{width} x {height}, {args.iterations} iterations, crc {binascii.crc32(b''.join(picture.rows)):08x}")
    print(f"1 thread:  {alone:.3f} s")
    if args.threads > 1:
        again, together = render(width, height, args.iterations, args.threads)
        if again.rows != picture.rows:
            print("error: the threads rendered another picture", file=sys.stderr)
            return 1
        print(f"{args.threads} threads: {together:.3f} s, {alone / together:.2f} times as fast")
    data = png(width, height, picture.rows)
    if args.output != "-":
        with open(args.output, "wb") as f:
            f.write(data)
        print(f"wrote {len(data)} bytes to {args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
