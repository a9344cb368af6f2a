"""Module globals read, written and called."""

N = 3_000_000

counter = 0
step = 3
limit = 1_000_000_007


def bump():
    global counter
    counter += step
    if counter > limit:
        counter -= limit


def run(n):
    global counter, step
    counter = 0
    step = 3
    for i in range(n):
        bump()
        if i & 0xFFFF == 0:
            step += 1
        counter ^= 1
    return counter, step
