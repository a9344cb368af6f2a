"""bytes and bytearray: indexing, building, slicing, searching."""

N = 2_200_000


def run(n):
    buf = bytearray(n)
    x = 1
    for i in range(n):
        x = (x * 75 + 74) % 65537
        buf[i] = x & 255
    data = bytes(buf)
    total = 0
    low = 0
    for b in data:
        total += b
        if b < 16:
            low += 1
    check = 0
    for i in range(0, n - 4, 4):
        check ^= int.from_bytes(data[i : i + 4], "little")
    out = bytearray()
    for i in range(n // 2):
        out.append(data[i] ^ 0x5A)
        if i % 100 == 0:
            out += b"--"
    pieces = bytes(out).split(b"--")
    return total, low, check, len(out), len(pieces), data.find(b"\x01\x02"), out.count(b"-")
