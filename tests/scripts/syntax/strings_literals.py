# String and bytes literals: escapes, prefixes, unicode.
print("tab\there", 'single \'quoted\'', "double \"quoted\"")
print(len("\n\r\t\\\a\b\f\v\0"), repr("\n\r\t\\\a\b\f\v\0"))
print("\x41\u0042\U00000043\103", "\N{GREEK SMALL LETTER ALPHA}")
print(r"raw \n \t", len(r"\n"), R"\x")
print("""triple
quoted "string" here""")
print('''another
one''')
print("line \
continued")
print(b"bytes \x00\xff \n", rb"raw \x00", bytes([65, 66]))
print("é", "日本語", "🎉", len("🎉"), len("日本語"), ascii("é日🎉"), repr("é日🎉"))
print("a" * 3, "-" * 10, "ab" * 0, 3 * "x", "x" * -1)
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\x7f\x80\xa0\xad"), repr("\u200b\ud800"))
print(u"unicode prefix", "con" "cat" "enate")
print(ord("A"), chr(97), chr(0x1F600), ord("€"))
print(str(b"abc"), b"a" + b"b", b"abc"[1], b"abc"[1:2], list(b"xyz"))
print("\101\60\7".encode(), "\0".encode(), b"\101\x2a")
print(f"{'a'}" 'b' f'{"c"}')
print("%" "s" % 5)
print("a\
b")
print("null\0byte" == "null\x00byte")
print('\'', "\"", '\\', "\'")
print(repr("\t"), repr(b"\t\n\\'\""), repr(b"'"), repr(b'"'))
print(eval(repr("ø\n'\"\\\x01")) == "ø\n'\"\\\x01")
print("ℌ", "ﬁ", "ǆ".upper(), "ß".upper(), "İ".lower() == "i̇")
ſ = 1
print(s if "s" in globals() else "none")
