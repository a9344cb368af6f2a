"""Each thread: building, splitting and scanning its own strings."""

KIND = "own"
N = 600


def work(n, state, index):
    total = 0
    for k in range(n):
        parts = [f"{i}:{i + k}" for i in range(4000)]
        text = " ".join(parts)
        for piece in text.split():
            left, _, right = piece.partition(":")
            total += len(left) + (right > left)
        total += text.count("7") + len(text.replace("1", "one").upper())
        for ch in text[:4000]:
            if ch == "5":
                total += 1
    return total
