# Word counts, a template engine, markdown to HTML, CSV parsing, run-length coding, caesar, soundex.
import re
import string
from collections import Counter, defaultdict

TEXT = """The quick brown fox jumps over the lazy dog. The dog barks; the fox runs away!
"Never again," said the fox -- it's a *quick* fox. Don't you think so? 42 times, 3.14 pies."""
words = re.findall(r"[a-z']+", TEXT.lower())
print(Counter(words).most_common(4), len(words), max(words, key=lambda w: (len(w), w)))
index = defaultdict(set)
for n, line in enumerate(TEXT.splitlines(), 1):
    for w in re.findall(r"\w+", line):
        index[w.lower()].add(n)
print(sorted((w, sorted(ls)) for w, ls in index.items() if len(ls) > 1))


def render(template, **env):
    def value(expr):
        parts = expr.split("|")
        v = env
        for name in parts[0].strip().split("."):
            v = v[name] if isinstance(v, dict) else getattr(v, name)
        for f in parts[1:]:
            v = {"upper": str.upper, "len": len, "join": ", ".join}[f.strip()](v)
        return str(v)

    def loop(m):
        name, seq, body = m.groups()
        return "".join(render(body, **{**env, name: item}) for item in env[seq])

    template = re.sub(r"\{% for (\w+) in (\w+) %\}(.*?)\{% end %\}", loop, template, flags=re.S)
    return re.sub(r"\{\{(.*?)\}\}", lambda m: value(m.group(1)), template)


print(render("Hello {{ user.name | upper }}! {% for i in items %}[{{ i }}]{% end %} {{ items | join }} {{ items|len }}", user={"name": "ann"}, items=["x", "y"]))


def markdown(text):
    out, para = [], []

    def flush():
        if para:
            out.append("<p>" + inline(" ".join(para)) + "</p>")
            para.clear()

    def inline(s):
        s = s.replace("&", "&amp;").replace("<", "&lt;")
        s = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", s)
        s = re.sub(r"\*(.+?)\*", r"<i>\1</i>", s)
        s = re.sub(r"`(.+?)`", r"<code>\1</code>", s)
        return re.sub(r"\[(.+?)\]\((.+?)\)", r'<a href="\2">\1</a>', s)

    in_list = False
    for line in text.splitlines() + [""]:
        if in_list and not line.startswith("- "):
            out.append("</ul>")
            in_list = False
        if m := re.match(r"(#+) (.*)", line):
            flush()
            out.append(f"<h{len(m[1])}>{inline(m[2])}</h{len(m[1])}>")
        elif line.startswith("- "):
            flush()
            if not in_list:
                out.append("<ul>")
                in_list = True
            out.append(f"<li>{inline(line[2:])}</li>")
        elif line.strip():
            para.append(line.strip())
        else:
            flush()
    return "\n".join(out)


print(markdown("# Title\n\nSome *text* with **bold**\nand `code` & <tag>.\n\n- one\n- [two](http://x)\n\nEnd"))


def parse_csv(text):
    row, cell, quoted, i = [], "", False, 0
    while i < len(text):
        c = text[i]
        if quoted:
            if c == '"' and text[i + 1 : i + 2] == '"':
                cell += '"'
                i += 1
            elif c == '"':
                quoted = False
            else:
                cell += c
        elif c == '"':
            quoted = True
        elif c == ",":
            row.append(cell)
            cell = ""
        elif c == "\n":
            row.append(cell)
            yield row
            row, cell = [], ""
        else:
            cell += c
        i += 1
    if cell or row:
        yield row + [cell]


print(list(parse_csv('a,b,c\n1,"x, y","say ""hi"""\n,,\n"multi\nline",2,3')))
rle = lambda s: re.sub(r"(.)\1*", lambda m: f"{len(m[0])}{m[1]}", s)
unrle = lambda s: re.sub(r"(\d+)(\D)", lambda m: m[2] * int(m[1]), s)
print(rle("aaabccdddd"), unrle(rle("aaabccdddd")))
rot = str.maketrans(string.ascii_letters, string.ascii_lowercase[13:] + string.ascii_lowercase[:13] + string.ascii_uppercase[13:] + string.ascii_uppercase[:13])
print("Hello, World".translate(rot), "Hello, World".translate(rot).translate(rot))


def soundex(w):
    codes = {c: d for d, cs in {"1": "bfpv", "2": "cgjkqsxz", "3": "dt", "4": "l", "5": "mn", "6": "r"}.items() for c in cs}
    out, last = w[0].upper(), codes.get(w[0].lower())
    for c in w[1:].lower():
        code = codes.get(c)
        if code and code != last:
            out += code
        if c not in "hw":
            last = code
    return (out + "000")[:4]


print([soundex(w) for w in ("Robert", "Rupert", "Ashcraft", "Tymczak", "Pfister", "Honeyman")])


def wrap(text, width):
    line = ""
    for w in text.split():
        if line and len(line) + 1 + len(w) > width:
            yield line
            line = w
        else:
            line = f"{line} {w}" if line else w
    yield line


for l in wrap(TEXT, 40):
    print(f"|{l:<40}|")


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        prev, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            prev, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, prev + (x != y))
    return row[-1]


print(edit_distance("kitten", "sitting"), edit_distance("", "abc"), edit_distance("sunday", "saturday"))


def to_roman(n):
    out = ""
    for v, s in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        out += s * (n // v)
        n %= v
    return out


print([to_roman(n) for n in (1, 4, 9, 14, 40, 90, 400, 1994, 2024, 3999)])
print(" ".join(sorted(TEXT.split(), key=lambda w: (len(w), w.lower()))[-5:]), TEXT.title()[:30], "".join(c for c in TEXT if c in string.punctuation))
