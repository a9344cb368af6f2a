"""Dropped objects with much native memory and little else are collected before that memory is the machine's: whatever the object."""

import bz2
import lzma
import os
import re
import sqlite3
import ssl

import struct
import threading
import warnings
import zlib
from compression import zstd


def peak():
    with open("/proc/self/status") as f:
        return int(next(line for line in f if line.startswith("VmHWM")).split()[1]) >> 10


def begun(coder):
    coder.compress(b"x" * 1000)


def database():
    c = sqlite3.connect(":memory:")
    c.execute("create table t (a)")
    c.execute("insert into t values (zeroblob(1000000))")


kinds = {
    "bz2": lambda: bz2.compress(b"abc" * 100),
    "bz2 begun": lambda: begun(bz2.BZ2Compressor()),
    "bz2 reader": lambda: bz2.BZ2Decompressor().decompress(bz2.compress(b"x")[:20]),
    "lzma begun": lambda: begun(lzma.LZMACompressor(preset=1)),
    "lzma reader": lambda: lzma.decompress(lzma.compress(b"x", preset=1)),
    "zlib begun": lambda: begun(zlib.compressobj()),
    "zlib reader": lambda: zlib.decompressobj().decompress(zlib.compress(b"x" * 1000)[:-4]),
    "zstd": lambda: zstd.compress(b"x" * 1000),
    "zstd begun": lambda: begun(zstd.ZstdCompressor()),
    "zstd reader": lambda: zstd.ZstdDecompressor().decompress(zstd.compress(b"x" * 1000)[:-2]),
    "sqlite": database,
    "struct": lambda: struct.Struct("i" * 2000),
    "tls": lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    "pattern": lambda: re.compile("|".join(f"word{i}" for i in range(200))) and re.purge(),
}
warnings.simplefilter("ignore", ResourceWarning)
few = "PROTOPYTHON_DEBUG" in os.environ
# All that is used is loaded.
for make in kinds.values():
    make()


def many(make):
    for _ in range(20 if few else 1000):
        make()


for name, make in kinds.items():
    before = peak()
    many(make)
    grown = peak() - before
    print(name, "stays" if grown < 250 else f"grows by {grown} MiB")
before = peak()
threads = [threading.Thread(target=many, args=(lambda: begun(bz2.BZ2Compressor()),)) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
grown = peak() - before
print("threads", "stays" if grown < 900 else f"grows by {grown} MiB")
