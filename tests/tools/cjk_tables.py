"""Asks CPython's CJK codecs what each byte sequence and each character means, and writes the answers as tables.

    python3.14 tests/tools/cjk_tables.py FOLDER

A codec becomes a trie over its bytes: each sequence is a character (or two), the beginning of a longer one, or an error of
some length. The other direction is its inverse but for the exceptions listed. `modules/cjk/src/table.rs` reads the format.
Each file is an xz stream; numbers are little endian.
"""

import lzma
import struct
import sys

FAMILIES = {
    "cn": ["gb2312", "gbk", "gb18030"],
    "tw": ["big5", "cp950", "big5hkscs"],
    "jp": ["cp932", "shift_jis", "euc_jp", "shift_jis_2004", "shift_jisx0213", "euc_jis_2004", "euc_jisx0213"],
    "kr": ["cp949", "euc_kr", "johab"],
}

# The sets of characters that escape sequences of ISO 2022 choose: name, the codec that is asked, what chooses it, its width.
SETS = {
    "cn": [],
    "tw": [],
    "jp": [
        ("jisx0201_r", "iso2022_jp", b"\x1b(J", 1),
        ("jisx0201_k", "iso2022_jp_ext", b"\x1b(I", 1),
        ("jisx0208", "iso2022_jp", b"\x1b$B", 2),
        ("jisx0208_o", "iso2022_jp", b"\x1b$@", 2),
        ("jisx0212", "iso2022_jp_1", b"\x1b$(D", 2),
        ("jisx0213_2000_1", "iso2022_jp_3", b"\x1b$(O", 2),
        ("jisx0213_2000_2", "iso2022_jp_3", b"\x1b$(P", 2),
        ("jisx0213_2004_1", "iso2022_jp_2004", b"\x1b$(Q", 2),
        ("jisx0213_2004_2", "iso2022_jp_2004", b"\x1b$(P", 2),
        ("gb2312", "iso2022_jp_2", b"\x1b$A", 2),
        ("ksx1001", "iso2022_jp_2", b"\x1b$(C", 2),
        ("iso8859_1", "iso2022_jp_2", b"\x1b.A\x1bN", 1),
        ("iso8859_7", "iso2022_jp_2", b"\x1b.F\x1bN", 1),
    ],
    "kr": [("ksx1001", "iso2022_kr", b"\x1b$)C\x0e", 2)],
}

ISO2022 = {
    "jp": ["iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext"],
    "kr": ["iso2022_kr"],
}

PAIR, NODE, ERROR, COMPUTED = 0x2000_0000, 0x4000_0000, 0x8000_0000, 0xC000_0000


class Trie:
    def __init__(self):
        self.nodes = []
        self.known = {}
        self.pairs = []
        self.decoded = {}  # text -> its byte sequences

    def leaf(self, text, sequence):
        self.decoded.setdefault(text, []).append(sequence)
        if len(text) == 1:
            return ord(text)
        if text not in self.pairs:
            self.pairs.append(text)
        return PAIR | self.pairs.index(text)

    def add(self, node):
        node = tuple(node)
        if node not in self.known:
            self.known[node] = len(self.nodes)
            self.nodes.append(node)
        return self.known[node]


# Where a sequence begins that is computed, not looked up: GB18030's of four bytes, the syllables that EUC-KR spells in eight.
def computed(name, sequence):
    return name == "gb18030" and len(sequence) == 2 or name == "euc_kr" and sequence == b"\xa4\xd4"


def probe(name, trie, prefix):
    """The node of what may follow `prefix`."""
    node = []
    for b in range(256):
        sequence = prefix + bytes([b])
        try:
            text = sequence.decode(name)
        except UnicodeDecodeError as e:
            assert e.start == 0, (sequence, e)
            if e.reason == "incomplete multibyte sequence":
                if computed(name, sequence):
                    node.append(COMPUTED)
                else:
                    node.append(NODE | probe(name, trie, sequence))
            else:
                node.append(ERROR | e.end)
        else:
            node.append(trie.leaf(text, sequence))
    return trie.add(node)


def codec_trie(name):
    trie = Trie()
    return trie, probe(name, trie, b"")


def set_trie(codec, escape, width):
    """A set of ISO 2022, its sequences as they stand in the text (7 bits)."""
    trie = Trie()

    def decode(sequence):
        return (escape + sequence).decode(codec)

    # A set that one character is taken from at a time: the escape belongs to the sequence, and any byte may follow.
    single = escape.endswith(b"\x1bN")
    wrong = width + 2 if single else width

    def walk(prefix):
        node = []
        for b in range(256):
            sequence = prefix + bytes([b])
            if not 0x20 <= b < 0x80 and not prefix and not single:
                node.append(ERROR | 1)
            elif len(sequence) < width:
                node.append(NODE | walk(sequence))
            else:
                try:
                    node.append(trie.leaf(decode(sequence), sequence))
                except UnicodeDecodeError as e:
                    assert e.reason == "illegal multibyte sequence" and e.end - e.start == wrong, (codec, sequence, e)
                    node.append(ERROR | width)
        return trie.add(node)

    return trie, walk(b"")


def exceptions(trie, encode):
    """What encoding does differently from the inverse of decoding: text -> bytes, or no bytes for an error."""
    out = []
    texts = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000] + trie.pairs
    for text in texts:
        inverse = min(trie.decoded.get(text, [b""]), key=lambda s: (len(s), s))
        try:
            real = encode(text)
        except UnicodeEncodeError:
            real = b""
        if real != inverse:
            out.append((text, real))
    return out


def put_trie(out, name, trie, root, differing):
    out += struct.pack("<B", len(name)) + name.encode()
    out += struct.pack("<HHHI", len(trie.nodes), root, len(trie.pairs), len(differing))
    # Column by column: like bytes of like entries lie together.
    for shift in (24, 16, 8, 0):
        for node in trie.nodes:
            out += bytes(e >> shift & 0xFF for e in node)
    for pair in trie.pairs:
        out += struct.pack("<II", *map(ord, pair))
    for text, code in differing:
        second = ord(text[1]) if len(text) == 2 else 0
        out += struct.pack("<IIB", ord(text[0]), second, len(code)) + code.ljust(4, b"\0")


def four_bytes():
    """Runs of GB18030's sequences of four bytes: index of the first, its character, how many."""

    def sequence(i):
        i, d = divmod(i, 10)
        i, c = divmod(i, 126)
        a, b = divmod(i, 10)
        return bytes([a + 0x81, b + 0x30, c + 0x81, d + 0x30])

    runs = []
    for i in range(126 * 10 * 126 * 10):
        try:
            c = ord(sequence(i).decode("gb18030"))
        except UnicodeDecodeError as e:
            assert (e.start, e.end, e.reason) == (0, 1, "illegal multibyte sequence"), e
            continue
        if runs and runs[-1][0] + runs[-1][2] == i and runs[-1][1] + runs[-1][2] == c:
            runs[-1][2] += 1
        else:
            runs.append([i, c, 1])
    return runs


def main(folder):
    for family, codecs in FAMILIES.items():
        out = bytearray()
        out += struct.pack("<B", len(codecs) + len(SETS[family]))
        for name in codecs:
            trie, root = codec_trie(name)

            def encode(text, name=name):
                code = text.encode(name)
                return code if len(code) < 4 else b""

            differing = exceptions(trie, encode)
            print(name, len(trie.nodes), "nodes", len(trie.pairs), "pairs", len(differing), "exceptions")
            put_trie(out, name, trie, root, differing)
        for name, codec, escape, width in SETS[family]:
            trie, root = set_trie(codec, escape, width)
            print(" ", name, len(trie.nodes), "nodes", len(trie.pairs), "pairs")
            # Which set a character is encoded in is asked of each codec below.
            put_trie(out, "2022:" + name, trie, root, [])
        runs = four_bytes() if family == "cn" else []
        out += struct.pack("<H", len(runs))
        for run in runs:
            out += struct.pack("<III", *run)
        out += struct.pack("<B", len(ISO2022.get(family, [])))
        for name in ISO2022.get(family, []):
            put_encodings(out, name)
        packed = lzma.compress(bytes(out), preset=9 | lzma.PRESET_EXTREME, check=lzma.CHECK_CRC32)
        with open(f"{folder}/{family}.xz", "wb") as f:
            f.write(packed)
        print(family, len(out), "->", len(packed))


def put_encodings(out, name):
    """What an ISO 2022 codec writes for each character: the escape, the shift, the code."""
    chosen = {}
    texts = [chr(c) for c in range(0x80, 0x110000) if not 0xD800 <= c < 0xE000]
    if name in ("iso2022_jp_3", "iso2022_jp_2004"):
        trie, _ = set_trie(name, b"\x1b$(Q" if name.endswith("4") else b"\x1b$(O", 2)
        texts += trie.pairs
    for text in texts:
        try:
            code = text.encode(name)
        except UnicodeEncodeError:
            continue
        for tail in (b"\x0f", b"\x1b(B", b"\x0f"):
            code = code.removesuffix(tail)
        end = len(code)
        at = next(i for i in range(end - 1, -1, -1) if code[i] in b"\x1b\x0e")
        if code[at] == 0x1B:
            at += next(i for i, b in enumerate(code[at:]) if 64 <= b <= 90) + 1
        else:
            at += 1
        chosen.setdefault(code[:at], []).append((text, code[at:]))
    print(" ", name, {k: len(v) for k, v in chosen.items()})
    out += struct.pack("<B", len(name)) + name.encode() + struct.pack("<B", len(chosen))
    for prefix, entries in chosen.items():
        assert all(1 <= len(code) <= 2 for _, code in entries), entries[:9]
        out += struct.pack("<B", len(prefix)) + prefix + struct.pack("<I", len(entries))
        for text, code in entries:
            second = ord(text[1]) if len(text) == 2 else 0
            out += struct.pack("<IIH", ord(text[0]), second, int.from_bytes(code, "big"))


main(sys.argv[1])
