# pathlib: pure paths and the file system.
import os
import tempfile
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

p = PurePosixPath("/opt/tools/x/os.tar.gz")
print(p, repr(p), p.name, p.stem, p.suffix, p.suffixes, p.parent, list(p.parents), p.parts, p.root, p.drive, p.anchor, p.is_absolute(), str(p), bytes(p), p.as_posix(), p.as_uri() if False else "")
print(p / "x", "a" / PurePath("b"), p.joinpath("a", "b"), PurePath("a", "b/c", "../d"), PurePath("a//b/./c"), PurePath(), PurePath("a") / "/abs")
print(p.with_name("n"), p.with_stem("s"), p.with_suffix(".zip"), p.with_suffix(""), p.relative_to("/opt"), PurePath("a/b").relative_to("a/c", walk_up=True), p.is_relative_to("/opt"), p.with_segments("q"))
print(p.match("*.gz"), p.match("tools/*/*"), PurePath("a/b.py").match("**/*.py"), p.full_match("/opt/**/*.gz"), PurePath("a") == PurePath("a/"), PurePath("a") < PurePath("b"), hash(PurePath("a")) == hash(PurePath("a")), sorted([PurePath("b"), PurePath("a")]))
print(PureWindowsPath("C:\\a\\b.txt").parts, PureWindowsPath("c:/A") == PureWindowsPath("C:\\a"), PureWindowsPath("C:/a/b").as_posix(), PureWindowsPath("//srv/share/x").drive)


def err(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


err(lambda: p.relative_to("/etc"))
err(lambda: p.with_name(""))
err(lambda: p.with_suffix("x"))
err(lambda: PurePath(5))
err(lambda: PurePath("a") / 5)
err(lambda: PurePath("a") < "a")
d = Path(tempfile.mkdtemp())
f = d / "file.txt"
print(f.exists(), f.write_text("héllo\nworld\n"), f.read_text(), f.read_bytes(), f.exists(), f.is_file(), f.is_dir(), d.is_dir(), f.stat().st_size)
print((d / "b.bin").write_bytes(b"\0\1"), (d / "b.bin").read_bytes())
sub = d / "sub" / "deep"
sub.mkdir(parents=True)
sub.mkdir(exist_ok=True, parents=True)
(sub / "x.py").touch()
(d / "sub" / "y.py").write_text("")
print(sorted(q.name for q in d.iterdir()), sorted(q.relative_to(d).as_posix() for q in d.rglob("*.py")), sorted(q.name for q in d.glob("*.txt")), sorted(q.relative_to(d).as_posix() for q in d.glob("**/*")))
with f.open() as fh:
    print(fh.readline())
with f.open("a") as fh:
    fh.write("more")
print(f.read_text().splitlines(), f.rename(d / "renamed.txt").name, f.exists())
link = d / "link"
link.symlink_to("renamed.txt")
print(link.is_symlink(), link.resolve().name, link.readlink(), link.read_text()[:2])
print([(r.relative_to(d).as_posix(), sorted(ds), sorted(fs)) for r, ds, fs in d.walk()][0])
try:
    f.read_text()
except FileNotFoundError as e:
    print(e.errno, e.filename == str(f))
try:
    d.mkdir()
except FileExistsError as e:
    print(e.errno)
try:
    d.rmdir()
except OSError as e:
    print(e.errno in (39, 66))
print(Path("a").absolute() == Path.cwd() / "a", Path.cwd() == Path(os.getcwd()), Path("~").expanduser() == Path.home(), Path("a/../b").resolve() == Path.cwd() / "b", os.fspath(Path("x")), Path("x").samefile if False else "")
(d / "renamed.txt").copy(d / "copied.txt")
print((d / "copied.txt").read_text() == (d / "renamed.txt").read_text(), (d / "nope").unlink(missing_ok=True))
import shutil

shutil.rmtree(d)
print(d.exists(), isinstance(Path("a"), PurePosixPath), type(Path("a")).__name__, Path(__file__).name, Path(__file__).parent.name)
