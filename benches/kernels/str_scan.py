"""Scanning text character by character, and find / slicing / methods."""

N = 80


def run(n):
    line = "The quick brown fox_42 jumps over the lazy dog; x1 = y2 + 37 # note\n"
    text = line * 400
    words = 0
    digits = 0
    check = 0
    for k in range(n):
        inside = False
        for ch in text:
            if ch.isalpha() or ch == "_":
                if not inside:
                    words += 1
                    inside = True
            else:
                inside = False
                if ch.isdigit():
                    digits += int(ch)
        i = 0
        size = len(text)
        while i < size:
            c = text[i]
            if c == "#":
                i = text.find("\n", i)
            elif "a" <= c <= "z":
                check += ord(c)
            i += 1
        for row in text.splitlines():
            row = row.strip()
            check += row.find("jumps") + len(row[4:9]) + row.count("o")
            if "lazy" in row:
                check += 1
    return words, digits, check
