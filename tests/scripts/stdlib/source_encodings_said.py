# What is said of source bytes that cannot be decoded; characters beyond the tables of UTF-7 and disguised bytes.
SOURCES = [
    b'#coding: utf8\n#second\n#third\xa4\nraise RuntimeError\n', b'#coding: utf8\nx="\xa4"\n',
    b'#coding: utf-8\nx=1\ny="\xa4"\n', b'#a\nx=1\ny="\xa4"\n',
    b'\xef\xbb\xbf#first\n#coding:iso-8859-15\nraise RuntimeError\n', b'#coding:UTF_8\n\n\nx\xff',
]
for source in SOURCES:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as e:
        print(source, str(e), e.filename, e.lineno, e.offset)
try:
    exec(b"x = '\xff'")
except SyntaxError as e:
    print(str(e), e.filename)
for raw in [b'a+2AE-b', b'a+2AE\xffb', b'a+2AE', b'a+2AEA-b', b'a+IKzYAQ\xffb', b'a+IKwgrNgB\xffb', b'a+2AE+AGE-', b'a+2AEb!']:
    print(raw, ascii(raw.decode('utf-7', 'replace')))
for text in ["[\udc80\ud800\udfff]", "\udc80\udc81", "a\ud800", "\udcff\udc7f"]:
    for encoding in ("utf-8", "ascii", "latin-1"):
        try:
            print(ascii(text), encoding, text.encode(encoding, "surrogateescape"))
        except UnicodeEncodeError as e:
            print(ascii(text), encoding, e.start, e.end)
for text in ("ᎠᎠ", "Ⴀ.", "Ӏ.example", "straße.de"):
    print(text.encode("idna"))
