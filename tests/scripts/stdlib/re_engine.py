"""Random patterns on random texts: what the matching engine finds, as checksums."""
import random
import re
import warnings
import zlib

warnings.simplefilter("ignore")
R = random.Random(20)


def atom(depth):
    r = R.random()
    if r < 0.35:
        return R.choice(["a", "b", "c", "x", "1", " ", "é", "_", r"\n"])
    if r < 0.45:
        return R.choice([".", r"\w", r"\d", r"\s", r"\W", r"\S", r"\D"])
    if r < 0.6:
        return R.choice(["[abc]", "[^a]", "[a-c1]", r"[^\s]", r"[\wé]", r"[^\W\d]", "[A-C]"])
    if r < 0.68:
        return R.choice(["^", "$", r"\b", r"\B", r"\A", r"\Z"])
    if depth <= 0:
        return "a"
    r = R.random()
    e = expression(depth - 1)
    if r < 0.45:
        return f"({e})"
    if r < 0.65:
        return f"(?:{e})"
    if r < 0.72:
        return f"(?={e})"
    if r < 0.79:
        return f"(?!{e})"
    if r < 0.83:
        return f"(?<={R.choice(['a', 'bc', '[^a]', '(?:ab|cd)'])})"
    if r < 0.87:
        return f"(?<!{R.choice(['a', 'bc'])})"
    if r < 0.92:
        return f"(?>{e})"
    if r < 0.96:
        return r"\1"
    return f"(?(1){atom(0)}|{atom(0)})"


def piece(depth):
    a = atom(depth)
    if a in ("^", "$", r"\b", r"\B", r"\A", r"\Z") or R.random() < 0.5:
        return a
    times = R.choice(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}"])
    return a + times + R.choice(["", "", "", "?", "+"])


def expression(depth):
    def sequence():
        return "".join(piece(depth) for _ in range(R.randint(1, 4)))

    return "|".join(sequence() for _ in range(R.choice([1, 1, 1, 2, 3])))


def text():
    letters = ["a", "b", "c", "x", "1", " ", "A", "B", "_", "\n", "ab", "cd", "bc"] + wide
    return "".join(R.choice(letters) for _ in range(R.randint(0, 14)))


def show(m):
    return m and (m.span(), m.regs, m.lastindex, m.groups())


def results(pattern, t, pos, end):
    yield show(pattern.match(t, pos, end))
    yield show(pattern.fullmatch(t, pos, end))
    yield show(pattern.search(t, pos, end))
    yield pattern.findall(t)
    yield [m.span() for m in pattern.finditer(t, pos)]
    yield pattern.sub(r"<\g<0>>", t)
    yield pattern.sub(lambda m: str(m.start()), t, 2)
    yield pattern.split(t)


flags = [0, 0, 0, re.I, re.M, re.S, re.A, re.I | re.A, re.M | re.S]
for block in range(30):
    total = 0
    for _ in range(20):
        wide = ["é", "ß", "😀"] if R.random() < 0.4 else []
        source, flag = expression(2), R.choice(flags)
        try:
            pattern = re.compile(source, flag)
        except re.error as e:
            total = zlib.crc32(str(e).encode(), total)
            continue
        for _ in range(2):
            t = text()
            pos, end = R.choice([0, 0, 0, 1, 3]), R.choice([len(t), len(t), 5])
            total = zlib.crc32(repr((source, t, list(results(pattern, t, pos, end)))).encode(), total)
    print(block, total)

# An atomic group takes its first way even if nothing can follow; a loop may go on with another turn.
print(re.match(r"(?>a?|b)c", "bc"), re.search(r"(x|(?<!b)|[^a]){1,2}[abc]??c", "c1c", ).regs)
print(re.findall(r"(?:(a)|b)*", "abab"), re.match(r"(?:(a)|(b))*", "ab").groups(), re.match(r"((a)b)?", "ab").lastindex)
long = "x" * 200_000
print(len(re.match(r"(?:x|y)*", long).group()), len(re.match(r"(?:x+?)*?$", long[:2000]).group()), re.search("y", long))
print(re.search(r"é+", "a" * 300 + "ééé" + "b").span(), [m.span() for m in re.finditer(r"b", "éb" * 5)])
