# What the standard error handlers and the codecs refuse, and escapes that mean nothing.
import codecs
import warnings

translate = UnicodeTranslateError("\udc80", 0, 1, "ouch")
for name in "xmlcharrefreplace", "namereplace", "surrogateescape", "surrogatepass":
    try:
        codecs.lookup_error(name)(translate)
    except TypeError as e:
        print(e)
replacement = None
codecs.register_error("test.replacing", lambda e: (replacement, e.end))
for encoding, values in (
    ("utf-8", ["\U0001f40d", "ab", b"x"]),
    ("utf-16-le", ["\U0001f40d", "ab", b"x", b"xy"]),
    ("utf-32-be", ["\U0001f40d", "ab", b"x", b"xyzw"]),
):
    for replacement in values:
        try:
            print(encoding, "[\udc80]".encode(encoding, "test.replacing"))
        except UnicodeEncodeError as e:
            print(encoding, e)
for width in 16, 32:
    name = f"utf-{width}-"
    data = (0xD800).to_bytes(width // 8, "little")
    for e in UnicodeEncodeError(name, "\ud800", 0, 1, "x"), UnicodeDecodeError(name, data, 0, len(data), "x"):
        try:
            print(codecs.lookup_error("surrogatepass")(e))
        except UnicodeError as raised:
            print(raised is e)
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    print(codecs.unicode_escape_decode(rb"a\z\y"), codecs.unicode_escape_decode(rb"\501"), codecs.escape_decode(rb"\q"))
    for w in seen:
        print(w.category.__name__, w.message)
for v in bytearray(b"a"), "a":
    try:
        codecs.escape_encode(v)
    except TypeError as e:
        print(e)
decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
print([ascii(decoder.decode(bytes([b]))) for b in b"\xed\xa0\x80"])
import unicodedata

for name in "TANGUT IDEOGRAPH-17000", "tangut ideograph-18d08", "TANGUT IDEOGRAPH-18D09", "TANGUT IDEOGRAPH-1700":
    try:
        print(ascii(unicodedata.lookup(name)))
    except KeyError as e:
        print(e)
