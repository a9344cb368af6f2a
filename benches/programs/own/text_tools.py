"""Text: wrapping and justifying, a diff, a table of contents, word statistics, a Caesar cipher, an index."""

import string
import textwrap
from collections import Counter, OrderedDict, defaultdict
from itertools import zip_longest

TEXT = """The keeper of the light had a rule for every hour of the night, and he kept each of them with the patience of a man who
has never been asked why. At nine the wick was trimmed; at ten the lens was wiped; at eleven, if the wind stood in the west, the
shutters were counted aloud. Nobody heard him count. Below, the sea went about its business of moving stones from one place to
another, and once in a while a ship would pass, so far out that its lamps seemed to belong to the stars. He wrote them all down:
the hour, the heading, the number of lamps. In the morning the boy came with bread and asked what there had been. "Ships," said
the keeper, and the boy, who had never seen one, wrote it in his own book, which he hid beneath the stairs."""


def wrap(text, width):
    lines, line, length = [], [], 0
    for word in text.split():
        if line and length + len(line) + len(word) > width:
            lines.append(line)
            line, length = [], 0
        line.append(word)
        length += len(word)
    if line:
        lines.append(line)
    return lines


def justify(lines, width):
    for words in lines[:-1]:
        if len(words) == 1:
            yield words[0].ljust(width)
            continue
        spaces = width - sum(map(len, words))
        gap, more = divmod(spaces, len(words) - 1)
        text = ""
        for i, word in enumerate(words[:-1]):
            text += word + " " * (gap + (i < more))
        yield text + words[-1]
    yield " ".join(lines[-1])


def diff(a, b):
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if x == y else max(lengths[i][j + 1], lengths[i + 1][j])
    i, j, out = len(a), len(b), []
    while i or j:
        if i and j and a[i - 1] == b[j - 1]:
            out.append("  " + a[i - 1])
            i, j = i - 1, j - 1
        elif j and (not i or lengths[i][j - 1] >= lengths[i - 1][j]):
            out.append("+ " + b[j - 1])
            j -= 1
        else:
            out.append("- " + a[i - 1])
            i -= 1
    return out[::-1]


def statistics(text):
    words = [w.strip(string.punctuation).lower() for w in text.split()]
    counts = Counter(words)
    lengths = Counter(map(len, words))
    index = defaultdict(list)
    for number, line in enumerate(textwrap.wrap(text, 60), 1):
        for word in set(line.lower().translate(str.maketrans("", "", string.punctuation)).split()):
            if counts[word] == 2 and len(word) > 3:
                index[word].append(number)
    histogram = [f"{n:2d} {'#' * count:<40} {count}" for n, count in sorted(lengths.items())]
    return counts.most_common(5), histogram, OrderedDict(sorted(index.items()))


def caesar(text, shift):
    letters = string.ascii_lowercase
    table = str.maketrans(letters + letters.upper(), letters[shift:] + letters[:shift] + letters[shift:].upper() + letters[:shift].upper())
    return text.translate(table)


def columns(*texts, width=30):
    wrapped = [textwrap.wrap(t, width) for t in texts]
    return [" | ".join(f"{part:<{width}}" for part in row) for row in zip_longest(*wrapped, fillvalue="")]


def run(n):
    out = 0
    for k in range(n):
        width = 40 + k % 9
        lines = list(justify(wrap(TEXT, width), width))
        assert all(len(line) == width for line in lines[:-1])
        changed = [line.replace("the", "a") if i % 3 else line for i, line in enumerate(lines)]
        changes = diff(lines, changed)
        common, histogram, index = statistics(TEXT)
        secret = caesar(TEXT, 1 + k % 25)
        assert caesar(secret, 26 - (1 + k % 25)) == TEXT
        page = columns(TEXT, secret, textwrap.shorten(TEXT, 80))
        report = "\n".join(changes + histogram + page) + f"{common!r} {dict(index)!r} {textwrap.dedent(textwrap.indent(TEXT, '    ')) == TEXT}"
        out = (out * 7 + len(report) + sum(map(len, report.split()))) % 10**9
    return out
