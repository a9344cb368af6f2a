"""Strings: concatenation, f-strings, %, format, join, split, replace."""

N = 350_000


def run(n):
    parts = []
    text = ""
    for i in range(n):
        text += "ab"
        parts.append(f"{i:05d}-{i % 7}")
        if i % 1000 == 0:
            text = text[-10:]
    joined = ",".join(parts)
    pieces = joined.split(",")
    total = len(joined) + len(text)
    for i in range(n):
        s = pieces[i]
        total += len("%s:%d" % (s, i))
        total += len("{}/{:>8}".format(i, s))
        if s.startswith("000") and s.endswith("3"):
            total += len(s.upper().replace("0", "zero"))
    return total, pieces[-1], joined.count("-3")
