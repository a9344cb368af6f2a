"""Codecs over bytes by hand: LZ77, Huffman, run lengths, base64, CRC-32, varints."""

import heapq
from collections import Counter

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
VALUES = {c: i for i, c in enumerate(ALPHABET)}


def b64encode(data):
    out = bytearray()
    for i in range(0, len(data), 3):
        chunk = data[i : i + 3]
        n = int.from_bytes(chunk + bytes(3 - len(chunk)), "big")
        out += bytes(ALPHABET[(n >> s) & 63] for s in (18, 12, 6, 0))
        if len(chunk) < 3:
            out[len(chunk) - 3 :] = b"=" * (3 - len(chunk))
    return bytes(out)


def b64decode(text):
    out = bytearray()
    for i in range(0, len(text), 4):
        quad = text[i : i + 4]
        padding = quad.count(b"=")
        n = 0
        for c in quad.replace(b"=", b"A"):
            n = n << 6 | VALUES[c]
        out += n.to_bytes(3, "big")[: 3 - padding]
    return bytes(out)


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def read_varint(data, at):
    n = shift = 0
    while True:
        byte = data[at]
        at += 1
        n |= (byte & 127) << shift
        if byte < 128:
            return n, at
        shift += 7


def lz_compress(data, window=4096, shortest=4):
    out, places, literals, at = bytearray(varint(len(data))), {}, bytearray(), 0

    def flush():
        if literals:
            out.extend(b"\0" + varint(len(literals)) + literals)
            literals.clear()

    while at < len(data):
        key = data[at : at + shortest]
        best, length = places.get(key), 0
        if best is not None and at - best <= window and len(key) == shortest:
            while at + length < len(data) and length < 255 and data[best + length] == data[at + length]:
                length += 1
        if length >= shortest:
            flush()
            out += b"\1" + varint(length) + varint(at - best)
        else:
            literals.append(data[at])
            length = 1
        for k in range(at, at + length):
            places[data[k : k + shortest]] = k
        at += length
    flush()
    return bytes(out)


def lz_expand(packed):
    size, at = read_varint(packed, 0)
    out = bytearray()
    while len(out) < size:
        kind = packed[at]
        n, at = read_varint(packed, at + 1)
        if kind == 0:
            out += packed[at : at + n]
            at += n
        else:
            back, at = read_varint(packed, at)
            for _ in range(n):
                out.append(out[-back])
    return bytes(out)


class Huffman:
    def __init__(self, counts):
        heap = [(n, symbol, symbol) for symbol, n in sorted(counts.items())]
        heapq.heapify(heap)
        while len(heap) > 1:
            (n, a, left), (m, b, right) = heapq.heappop(heap), heapq.heappop(heap)
            heapq.heappush(heap, (n + m, min(a, b), (left, right)))
        self.tree = heap[0][2]
        self.codes = dict(self.walk(self.tree, ""))

    def walk(self, node, prefix):
        if isinstance(node, tuple):
            yield from self.walk(node[0], prefix + "0")
            yield from self.walk(node[1], prefix + "1")
        else:
            yield node, prefix or "0"

    def encode(self, data):
        return "".join(map(self.codes.__getitem__, data))

    def decode(self, bits):
        out, node = bytearray(), self.tree
        for bit in bits:
            node = node[bit == "1"]
            if not isinstance(node, tuple):
                out.append(node)
                node = self.tree
        return bytes(out)


TABLE = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0xEDB88320 if i & 1 else 0)
    TABLE.append(i)


def crc32(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def run(n):
    out = 0
    for k in range(n):
        text = " ".join(f"line {i}: the {('quick', 'slow', 'brown')[i % 3]} fox jumps over {i * i % 97} dogs" for i in range(k, k + 60))
        data = text.encode()
        packed = lz_compress(data)
        assert lz_expand(packed) == data
        tree = Huffman(Counter(data))
        bits = tree.encode(data)
        assert tree.decode(bits) == data
        coded = b64encode(packed)
        assert b64decode(coded) == packed
        out = out * 31 + len(packed) + len(bits) + crc32(coded)
    return out % 10**12
