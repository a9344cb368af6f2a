# After a fault: what incremental decoders keep of it, which handlers may be asked, and what the error calls the codec.
import codecs
import io

for name in ("gbk", "euc_kr", "big5", "shift_jis", "cp932", "gb18030", "euc_jp", "iso2022_jp", "hz", "utf-8", "utf-16-le", "utf-7"):
    decoder = codecs.getincrementaldecoder(name)()
    for piece, final in ((b"\xe3", False), (b"\xff\xff", False), (b"a", False), (b"\xc7", False), (b"", True), (b"b", False), (b"\xff", True), (b"ok", True)):
        try:
            print(name, ascii(decoder.decode(piece, final)), end=" ")
        except UnicodeDecodeError as e:
            print(name, e.encoding, e.start, e.end, e.reason, end=" ")
        print(decoder.getstate())
        if final:
            decoder.reset()

cases = [("utf-8", b"a\xff"), ("ascii", b"a\xff"), ("utf-16-le", b"a\x00b"), ("utf-32-be", b"a"), ("utf-7", b"+a"), ("cp1252", b"\x81"), ("gbk", b"\xff")]
for handler in ("xmlcharrefreplace", "namereplace"):
    for name, data in cases:
        calls = (
            lambda: data.decode(name, handler),
            lambda: codecs.getincrementaldecoder(name)(handler).decode(data, True),
            lambda: io.TextIOWrapper(io.BytesIO(data), encoding=name, errors=handler).read(),
            lambda: str(b"ok", "ascii", handler),
        )
        for call in calls:
            try:
                print(call())
            except Exception as e:
                print(type(e).__name__, e)

# Encodings of wide units take whole units only in place of a surrogate, and ask about one surrogate at a time.
asked = []


def note(e):
    asked.append((e.start, e.end))
    return "?", e.end


codecs.register_error("note", note)
for size in range(5):
    codecs.register_error(f"bytes{size}", lambda e, size=size: (b"wxyz"[:size], e.end))
texts = ("a\udc80b", "\udc80\udc81", "\ud800", "\udcff\ud800\udc80\udc81\udc82\udc83x", "\ud800\udc00")
for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-8", "utf-7"):
    for handler in ("strict", "surrogateescape", "surrogatepass", "replace", "backslashreplace", "note", "bytes1", "bytes2", "bytes3", "bytes4"):
        for text in texts:
            try:
                print(name, handler, text.encode(name, handler))
            except UnicodeEncodeError as e:
                print(name, handler, e.encoding, e.start, e.end, e.reason)
print(asked)

# Nothing is decoded without the codec.
for empty in (b"", bytearray()):
    print([empty.decode("nobody"), empty.decode("rot13"), empty.decode("utf-8", "nobody"), str(empty, "nobody"), str(memoryview(empty), "nobody")])
for call in (lambda: "".encode("nobody"), lambda: b"a".decode("nobody"), lambda: codecs.decode(b"", "nobody")):
    try:
        print(call())
    except LookupError as e:
        print(e)
