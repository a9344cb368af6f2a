"""What stays resident after a peak, in per cent of it: with one in a hundred objects left, with a large object left, with nothing left."""
import gc
import random
import time


def resident():
    with open('/proc/self/statm') as f:
        fields = f.read().split()
        return (int(fields[1]) - int(fields[2])) * 4096


def phase(build, keep):
    base = resident()
    whole = build()
    peak = resident() - base
    left = keep(whole)
    del whole
    gc.collect()
    # What waits for long gives back what was kept for the next.
    time.sleep(.2)
    after = resident() - base
    assert len(left) < 10**9
    return round(100 * max(after, 0) / peak)


def tuples():
    return [tuple(range(i, i + 30)) for i in range(500_000)]


def buffers():
    return [bytes([i]) * (3 << 20) for i in range(60)]


random.seed(5)
phase(tuples, lambda whole: [])
print('survivors', phase(tuples, lambda whole: random.sample(whole, len(whole) // 100)))
print('buffers', phase(buffers, lambda whole: whole[7:9]))
print('nothing', phase(tuples, lambda whole: []))
