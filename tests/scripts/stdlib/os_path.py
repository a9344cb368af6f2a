# os.path and posixpath functions.
import os.path as p
import posixpath
import fnmatch
import glob


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
p.join("a", "b", "c"), p.join("a", "/b"), p.join("a/", "b"), p.join(""), p.join("a", ""), p.join("a", "", "b"), p.join(b"a", b"b")
p.join("a", b"b")
p.join("a", 5)
p.split("a/b/c"), p.split("a"), p.split("/"), p.split("/a"), p.split("a/"), p.split(""), p.split("//a//b")
p.basename("a/b.txt"), p.basename("a/"), p.dirname("a/b"), p.dirname("/"), p.dirname("a")
p.splitext("a.tar.gz"), p.splitext("a"), p.splitext(".bashrc"), p.splitext("a.b/c"), p.splitext("a."), p.splitext("...a"), p.splitext("a/.b.c")
p.normpath("a//b/../c/./d"), p.normpath("../.."), p.normpath(""), p.normpath("/../a"), p.normpath("//a"), p.normpath("///a"), p.normpath("a/.."), p.normpath("/")
p.isabs("/a"), p.isabs("a"), p.abspath("/a/../b"), p.relpath("/a/b/c", "/a/d"), p.relpath("/a", "/a"), p.relpath("a/b", "a")
p.relpath("")
p.commonprefix(["abc", "abd"]), p.commonprefix([]), p.commonpath(["/a/b/c", "/a/b/d"]), p.commonpath(["a/b", "a"]), p.splitdrive("/a"), p.splitroot("//a/b"), p.splitroot("/a/b"), p.splitroot("a")
p.commonpath([])
p.commonpath(["/a", "b"])
p.exists("/"), p.isdir("/"), p.isfile("/"), p.islink("/"), p.ismount("/"), p.lexists("/nope"), p.exists("/nope/nope")
p.expanduser("a"), p.normcase("AbC"), p.sep, p.extsep, p.pathsep, p.curdir, p.isreserved("a") if hasattr(p, "isreserved") else False, p.supports_unicode_filenames
p.realpath("/tmp/../tmp/x/.."), p.samefile("/", "/"), p.isdevdrive("/")
p.exists(None)
p.getsize("/nope")
fnmatch.fnmatch("a.py", "*.py"), fnmatch.fnmatchcase("A", "a"), fnmatch.filter(["a.py", "b.c"], "*.py"), fnmatch.translate("a?[!b]*"), fnmatch.fnmatch("x", "[xyz]"), fnmatch.fnmatch("abc", "a*c"), fnmatch.filterfalse(["a", "b"], "a")
glob.escape("a[1]*"), glob.has_magic("a*"), glob.glob("/nope*"), glob.translate("**/*.py", recursive=True)
""".strip().splitlines():
    check(line)
