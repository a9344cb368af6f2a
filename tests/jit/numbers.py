# Numbers at the edges of what machine code holds: 61-bit ints, zeros, NaN, mixed sorts.
import math


def show(name, *values):
    print(name, *[(type(v).__name__, repr(v)) for v in values])


def grow(n):
    x, y, z = 1, 2**60 - 3, -(2**60) + 3
    for i in range(n):
        x = x * 3
        y += i
        z -= i
    return x, y, z


def divide(n):
    out = 0
    for i in range(-n, n):
        for d in (1, 2, 3, 7, 10, 64, 127):
            out += i // d * 3 + i % d
        out += i // 7 - i % 10 + (i >> 2) + (i << 3) + (i & 5) + (i | 9) + (i ^ 6)
        if i:
            out += 1000 // i + 1000 % i
    return out


def floats(n):
    x, z = 0.0, -0.0
    seen = set()
    for i in range(n):
        x = x + i * 0.5 - 1.25
        z = z * 1.5
        if x > 100.0:
            x = x % 7.5
        seen.add(math.copysign(1.0, z))
    return x, z, sorted(seen)


def nan(n):
    x, less, same = float("nan"), 0, 0
    for i in range(n):
        if x < 1.0:
            less += 1
        if not x >= 1.0:
            less += 10
        if x == x:
            same += 1
    return less, same


def mixed(values):
    total = 0
    for v in values:
        total = total + v * 2
        if v > 1:
            total -= 1
    return total


def large(n):
    x, hits = float(2**53), 0
    for i in range(n):
        if x == 2**53 + 1:
            hits += 1
        if 2**53 + i > x:
            hits += 100
    return hits


def steps():
    out = []
    for a, b, c in [(0, 10, 1), (10, 0, -1), (0, 10, 3), (10, 0, -3), (5, 5, 1), (2**60, 2**60 + 4, 2)]:
        n = 0
        for i in range(a, b, c):
            n += i
        out.append(n)
    return out


def zero(n):
    caught = 0
    for i in range(n):
        for d in (2, 0, 0.0, 5.0):
            try:
                i / d
                i % d
            except ZeroDivisionError as e:
                caught += len(str(e))
    return caught


for _ in range(3):
    show("grow", *grow(60))
    show("divide", divide(60))
    show("floats", *floats(300)[:2])
    print(floats(30)[2])
    show("nan", *nan(40))
    show("mixed", mixed([1, 2, 3] * 10), mixed([1, 2.5, True] * 10), mixed([2**70, 1.0] * 3), mixed([1j]*0))
    show("large", large(30))
    show("steps", *steps())
    show("zero", zero(20))
