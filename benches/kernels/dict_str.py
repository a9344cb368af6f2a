"""Dict with str keys: word counts and records."""

N = 150


def run(n):
    words = []
    x = 7
    for _ in range(20000):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        words.append("word" + str((x >> 7) % 2500))
    total = 0
    for k in range(n):
        counts = {}
        for w in words:
            counts[w] = counts.get(w, 0) + 1
        first = {}
        for i, w in enumerate(words):
            if w not in first:
                first[w] = i
        record = {"name": "n", "size": k, "weight": 3}
        for _ in range(4000):
            record["size"] += record["weight"]
            record["name"] = "m"
        total += len(counts) + max(counts.values()) + sum(first.values()) + record["size"]
        for w, c in counts.items():
            if c > 8:
                total += len(w)
    return total
