# Text beyond ASCII: case mapping, categories, surrogates, slicing, normalization forms in comparisons.
s = "Ünïcödé – 日本語 🎉🇩🇪 e\u0301 ﬃ"
print(len(s), s.upper(), s.lower(), s.title(), s.swapcase(), s.casefold(), s.capitalize())
print(s[0], s[-1], s[9:13], s[::-1][:5], s[::3], [ord(c) for c in s[:4]], list(s[14:18]))
print(s.find("日"), s.index("🎉"), s.count("e"), s.split(), s.partition("–"), s.replace("日本", "NIPPON"), s.encode()[:10], len(s.encode()), len(s.encode("utf-16")), s.encode("utf-8").decode() == s)
for c in "aÀ१²½一ªʰ_ \xa0\u2028\u200b\ud800\U0010ffff\u0345ǅⅫ٠①":
    print(ascii(c), c.isalpha(), c.isdigit(), c.isdecimal(), c.isnumeric(), c.isalnum(), c.isspace(), c.islower(), c.isupper(), c.istitle(), c.isprintable(), c.isidentifier(), c.isascii())
print("ΌΣΟΣ".lower(), "ΣΑΣ Σ".lower(), "ﬁx".title(), "ŉ".capitalize(), "ǆ".title(), "ß".title(), "İI".lower().encode(), "ı".upper(), "K".lower(), "µ".upper())
print("é" == "e\u0301", "é" < "f", "Z" < "a" < "é" < "日" < "🎉", sorted(["é", "z", "a", "日", "Z"]), max("aé日"), "\ud800" < "\uffff" < "\U00010000")
print(repr("\ud800\udc00"), len("\ud800\udc00"), ascii("\U0001f600"), "\ud83d" + "\ude00" == "😀", repr("a\ud800b"), "\udc80".encode("utf-8", "surrogateescape"))
print("日本".center(8, "＊"), f"{'日本':>6}|", "%5s|" % "é", "é".ljust(3, "ü"), "١٢".zfill(4), int("١٢"), float("١.٥"))
print("a\u2028b\x85c\u2029d".splitlines(), "\u3000 x \u2003".strip() == "x", "a\u3000b".split(), "1\u00a02".split())
print("".join(chr(i) for i in range(0x3B1, 0x3B6)), [hex(ord(c)) for c in "\u00e9\N{SNOWMAN}"], "\x00" in "a\x00b", "a\x00b"[1] == "\0")
print("straße".casefold() == "STRASSE".casefold(), "ﬀ".casefold(), "Ⅷ".lower(), "ⓐ".upper(), "𐐨".upper(), "ა".upper(), "Ა".lower())
print("日" * 3, "é" + "a" + "日", "-".join("日本語"), "日本語".translate({0x65E5: "ni", "本": None} if False else {0x65E5: "ni", 0x672C: None}), str.maketrans("日", "x"))
t = "é" * 1000 + "日" + "a" * 1000 + "🎉"
print(len(t), t[1000], t[-1], t.find("a"), t.rfind("é"), t[999:1002], t.count("é"), hash(t) == hash("é" * 1000 + "日" + "a" * 1000 + "🎉"))
i = t.index("🎉")
print(i, t[i], t[i - 1], sum(1 for c in t if c == "a"), [t[k] for k in range(998, 1003)])
print("ñ".isidentifier(), "x́".isidentifier(), "a·b".isidentifier(), "℘".isidentifier(), "1a".isidentifier(), "𝐚".isidentifier())
𝐱 = 5
print(x if "x" in globals() else "no nfkc", "ﬁ" in dir() or "fi" in dir())
ﬁ = 7
print(fi)
