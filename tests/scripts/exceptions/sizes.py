# Absurd sizes give MemoryError or OverflowError, never a crash.
def check(source):
    try:
        r = eval(source)
        print(source, "=>", type(r).__name__)
    except (MemoryError, OverflowError, ValueError, TypeError, IndexError) as e:
        print(source, "!!", type(e).__name__, e)


for s in [
    "[0] * (1 << 62)",
    "[0] * (1 << 70)",
    "'a' * (1 << 62)",
    "'ab' * (1 << 62)",
    "b'a' * (1 << 62)",
    "(0,) * (1 << 62)",
    "bytearray(1 << 62)",
    "bytes(1 << 62)",
    "bytearray(b'a') * (1 << 62)",
    "[0] * -1",
    "'a' * -(1 << 70)",
    "'a'.zfill(1 << 62)",
    "'a'.ljust(1 << 62)",
    "'a'.center(1 << 70)",
    "'%*d' % (1 << 70, 1)",
    "'%.*f' % (1 << 40, 1.0)",
    "'{:{}}'.format('a', 1 << 70)",
    "format('a', '9' * 30)",
    "1 << (1 << 70)",
    "2 ** (1 << 70) if False else 0",
    "[1, 2][1 << 70]",
    "'abc'[1 << 70:]",
    "[1, 2][-(1 << 70):1 << 70]",
    "range(1 << 70)[1 << 69]",
    "len(range(1 << 70))",
    "list(range(1 << 62))",
    "int('9' * 5000)",
    "str(10 ** 5000)",
    "float(10 ** 400)",
    "int(float('inf'))",
    "chr(1 << 70)",
    "round(1.5, 1 << 70)",
    "(1).to_bytes(1 << 62, 'big')",
    "'a'.expandtabs(1 << 62)",
    "'\\t'.expandtabs(1 << 62)",
    "[].insert(1 << 70, 1)",
    "[1].pop(1 << 70)",
    "'a'.split(None, 1 << 70)",
    "'a'.replace('a', 'b', 1 << 70)",
    "'a'.find('a', 1 << 70)",
    "slice(1 << 70).indices(5)",
    "hash(1 << 70) == hash(1 << 70)",
    "1e308 * 10",
    "10.0 ** 400",
    "math.factorial(1 << 70)",
    "math.comb(1 << 70, 3) > 0",
    "itertools.repeat(1, 1 << 70)",
    "time.sleep(1 << 70)",
    "time.sleep(-1)",
    "threading.Lock().acquire(timeout=1 << 70)",
    "memoryview(b'abc')[1 << 70]",
    "bytes([1 << 70])",
]:
    import itertools
    import math
    import threading
    import time

    check(s)
