# What is wrong with escapes of names, encodings and declarations, as CPython says it.
import warnings

warnings.simplefilter("ignore")



def compiled(source, name="f"):
    try:
        compile(source, name, "exec")
        print("compiled")
    except BaseException as e:
        print(type(e).__name__, e)


for source in (
    "'\\N{}'", "'\\N{foo'", "'\\N'", "'\\Nx'", "'\\Nx}'", "'ab\\N{'", "'a\\N{foo'", "f'\\N{}'", "'\\N{nope}'", "b'\\N{}'", "'\u00e9\\N{foo'",
    "'\u00e9\\x1'", "'\u20ac\\u12'",
):
    compiled(source)
for source in (
    "hello\n".encode("utf-16"), b"\xff\x00", b"x=1\n\xff", b"x=1\n\x00", b"\x00\xff", b"\xef\xbb\xbf# coding: latin-1\n",
    b"\xef\xbb\xbf# coding: utf-8\n", b"\xef\xbb\xbf# coding: nope\n", b"# coding: nope\n", b"\xef\xbb\xbf# coding: iso-8859-15\n",
    b"\xef\xbb\xbf# coding: cp1252\n", b"\xef\xbb\xbf# coding: Latin_1\n", b"\xef\xbb\xbf# coding: utf_8_sig\n",
):
    compiled(source)
for word in ("global", "nonlocal"):
    for before in ("x: int = 5\n  x", "x: int", "x: int = 5", "x", "x = 1", "x = 1\n  x", "x\n  x: int"):
        compiled(f"def g():\n x=1\n def f():\n  {before}\n  {word} x\n")
    compiled(f"def f(x):\n  {word} x\n")
    compiled(f"def f(x):\n  x: int\n  {word} x\n")
    compiled(f"def g():\n x=1\n def f():\n  {word} x\n  x: int\n")
