# os: files, folders, environment, stat, walk, errors.
import errno
import os
import stat
import tempfile

d = tempfile.mkdtemp()
old = os.getcwd()
os.chdir(d)
print(os.getcwd() == os.path.realpath(d), os.listdir(), os.sep, os.linesep == "\n", os.name, os.curdir, os.pardir, os.devnull)
os.mkdir("a")
os.makedirs("x/y/z", exist_ok=True)
os.makedirs("x/y/z", exist_ok=True)
open("a/f1.txt", "w").write("12345")
open("a/f2.txt", "w").close()
print(sorted(os.listdir()), sorted(os.listdir("a")), os.path.exists("a/f1.txt"), os.path.isdir("a"), os.path.isfile("a"), os.path.getsize("a/f1.txt"))
os.rename("a/f2.txt", "a/f3.txt")
os.replace("a/f3.txt", "a/f4.txt")
os.symlink("f1.txt", "a/link")
print(os.readlink("a/link"), os.path.islink("a/link"), os.stat("a/link").st_size, os.lstat("a/link").st_size, os.path.realpath("a/link").endswith("a/f1.txt"), os.path.samefile("a/link", "a/f1.txt"))
st = os.stat("a/f1.txt")
print(st.st_size, stat.S_ISREG(st.st_mode), stat.S_ISDIR(os.stat("a").st_mode), st.st_mtime > 0, st[6], len(st), type(st).__name__, stat.filemode(0o100644))
os.chmod("a/f1.txt", 0o600)
print(oct(os.stat("a/f1.txt").st_mode & 0o777), os.access("a/f1.txt", os.R_OK), os.access("nope", os.F_OK))
os.utime("a/f1.txt", (1000, 2000))
print(os.stat("a/f1.txt").st_mtime, os.stat("a/f1.txt").st_mtime_ns, os.path.getmtime("a/f1.txt"))
for root, dirs, files in sorted(os.walk(".")):
    print(root, sorted(dirs), sorted(files))
print([r for r, _, _ in os.walk("x", topdown=False)])
with os.scandir("a") as it:
    print(sorted((e.name, e.is_file(), e.is_dir(), e.is_symlink(), e.path) for e in it))


def err(f, *a):
    try:
        print(f(*a))
    except OSError as e:
        print(type(e).__name__, e, e.errno == getattr(errno, errno.errorcode[e.errno]))
    except Exception as e:
        print(type(e).__name__, e)


err(os.mkdir, "a")
err(os.rmdir, "a")
err(os.remove, "nope")
err(os.remove, "a")
err(os.rename, "nope", "b")
err(os.listdir, "nope")
err(os.stat, "nope")
err(os.chdir, "a/f1.txt")
err(os.open, "nope", os.O_RDONLY)
err(os.read, 999, 1)
err(os.stat, 5.5)
err(os.mkdir, "nul\0byte")
err(os.readlink, "a/f1.txt")
err(os.listdir, None) if False else None
os.environ["MY_VAR"] = "value"
print(os.environ["MY_VAR"], os.getenv("MY_VAR"), os.getenv("NOPE", "dflt"), "MY_VAR" in os.environ, os.environb[b"MY_VAR"])
del os.environ["MY_VAR"]
err(lambda: os.environ["MY_VAR"])
err(lambda: os.environ.__setitem__("a", 5))
print(os.fspath("p"), os.fsencode("é"), os.fsdecode(b"x"), os.strerror(2), os.getpid() > 0, os.cpu_count() >= 1, len(os.urandom(4)), os.get_terminal_size((1, 1)) if False else "-")
err(os.fspath, 5)
print(os.path.expanduser("~x_no_such_user"), os.path.expandvars("$HOME") != "$HOME" or True, os.umask(0o22) >= 0)
fd = os.open("fd.txt", os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o644)
print(os.write(fd, b"abcdef"), os.fstat(fd).st_size, os.lseek(fd, 2, os.SEEK_SET), os.read(fd, 2), os.ftruncate(fd, 3), os.fstat(fd).st_size, os.isatty(fd), os.dup(fd) > fd)
os.close(fd)
r, w = os.pipe()
os.write(w, b"pipe")
os.close(w)
print(os.read(r, 10), os.read(r, 10))
pid = os.fork() if hasattr(os, "fork") and False else 0
os.truncate("fd.txt", 1)
os.link("fd.txt", "hard.txt")
print(open("hard.txt").read(), os.stat("hard.txt").st_nlink)
os.unlink("hard.txt")
os.removedirs("x/y/z")
import shutil

shutil.copy("fd.txt", "copy.txt")
shutil.copytree("a", "b")
print(sorted(os.listdir("b")), shutil.which("sh") is not None)
shutil.move("copy.txt", "moved.txt")
shutil.rmtree("b")
print(sorted(os.listdir()))
os.chdir(old)
shutil.rmtree(d)
print(os.path.exists(d))
print(os.times().user >= 0, os.getppid() > 0, os.uname().sysname, os.system("exit 3") >> 8)
