"""Dict with int keys: counting, lookups, deletion."""

N = 1_500_000


def run(n):
    counts = {}
    x = 12345
    for _ in range(n):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        k = (x >> 8) % 5003
        if k in counts:
            counts[k] += 1
        else:
            counts[k] = 1
    removed = 0
    for k in range(0, 5003, 2):
        if k in counts:
            removed += counts[k]
            del counts[k]
    return len(counts), removed, sum(counts.values()), max(counts.items())[0]
