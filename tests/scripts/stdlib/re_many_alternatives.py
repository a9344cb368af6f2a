"""Alternations of many words find what one word after the other finds, at every place."""

import random
import re

r = random.Random(7)
letters = "abcdefgh é€\n"


def word():
    return "".join(r.choice(letters) for _ in range(r.randint(1, 4)))


def first(words, text, at):
    """What an alternation takes at a place: the first word that stands there."""
    return next((w for w in words if text.startswith(w, at)), None)


for k in 2, 50, 99, 100, 101, 150, 300, 1000:
    words = [word() for _ in range(k)]
    text = "".join(r.choice(letters + "xyz\U0001f600") for _ in range(400))
    expected, at = [], 0
    while at < len(text):
        w = first(words, text, at)
        expected += [w] if w else []
        at += len(w) if w else 1
    joined = "|".join(map(re.escape, words))
    print(k, len(expected), re.findall(joined, text) == expected,
          "".join(re.findall(f"(?:{joined})+|.", text, re.S)) == text,
          re.findall(f"(?i:{joined})", text.upper()) == re.findall(f"(?i:{joined})", text.upper().lower()) or "by case",
          [m.start() for m in re.finditer(rf"\b(?:{joined})\b", text)] == [m.start() for m in re.compile(rf"\b(?:{joined})\b").finditer(text)],
          re.sub(f"({joined})", r"<\1>", text).count("<") == len(expected),
          # An alternative that may be empty matches everywhere.
          len(re.findall(joined + "|", text)) >= len(expected))
    data = text.encode("latin-1", "replace")
    some = [w.encode("latin-1", "replace") for w in words]
    found = re.findall(b"|".join(map(re.escape, some)), data)
    print(len(found), all(f in some for f in found))
