"""A file that was written and dropped has its content when anybody looks: no other order was ever promised, but all rely on it."""

import filecmp
import gc
import glob
import linecache
import mmap
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings

warnings.simplefilter("ignore")
folder = tempfile.mkdtemp()
os.chdir(folder)


def put(name, text, mode="w", **options):
    open(name, mode, **options).write(text)


put("a", "first")
print(open("a").read())
put("a", " and more", "a")
print(open("a", "rb").read())
put("a", b"raw", "wb")
print(pathlib.Path("a").read_text())
put("a", "x" * 100)
print(os.stat("a").st_size, os.path.getsize("a"), os.lstat("a").st_size, pathlib.Path("a").stat().st_size)
put("a", "scanned")
print([e.stat().st_size for e in os.scandir(".")])
put("a", "long old content")
put("a", "new")
print(open("a").read())
put("a", "renamed")
os.rename("a", "b")
print(open("b").read())
put("a", "replaced")
os.replace("a", "b")
print(subprocess.run(["cat", "b"], capture_output=True, text=True).stdout)
put("a", "linked")
os.link("a", "c")
os.unlink("a")
print(open("c").read())
put("a", "copied")
shutil.copyfile("a", "d")
print(open("d").read(), filecmp.cmp("a", "d", shallow=False))
put("a", "cut here")
os.truncate("a", 3)
print(open("a").read())
put("a", "dated")
os.utime("a", (1000, 1000))
gc.collect()
print(os.stat("a").st_mtime)
put("a", "by number")
fd = os.open("a", os.O_RDONLY)
print(os.read(fd, 100))
put("a", " later", "a")
print(os.read(fd, 100))
os.close(fd)
put("a", "shell")
os.system("cat a; echo")
put("a", "spawned")
os.waitpid(os.posix_spawn("/bin/cat", ["cat", "a"], os.environ), 0)
print(flush=True)
put("a", "forked")
if not (pid := os.fork()):
    os.execvp("cat", ["cat", "a"])
os.waitpid(pid, 0)
print(flush=True)
if not (pid := os.fork()):
    put("a", "from a child")
    os._exit(0)
os.waitpid(pid, 0)
print(open("a").read())
put("lines", "one\ntwo\n")
print(linecache.getlines("lines"))
put("module_here.py", "x = 42\n")
sys.path.insert(0, ".")
import module_here

print(module_here.x)
put("map", "mapped")
with open("map", "r+b") as f:
    print(mmap.mmap(f.fileno(), 0)[:])

# One that is open for long reads what is written and dropped meanwhile.
put("a", "")
reader = open("a")
for text in ("one\n", "two\n"):
    put("a", text, "a")
    print(reader.readline(), end="")

# Written by a thread, read by another.
t = threading.Thread(target=put, args=("a", "by a thread"))
t.start()
t.join()
print(open("a").read())
put("a", "for a thread")
t = threading.Thread(target=lambda: print(open("a").read()))
t.start()
t.join()
ready, go = threading.Event(), threading.Event()


def worker():
    put("a", "by one that lives")
    ready.set()
    go.wait()


t = threading.Thread(target=worker)
t.start()
ready.wait()
print(open("a").read())
go.set()
t.join()

# Errors of a writer are its own.
full = open("/dev/full", "w")
full.write("never")
print(os.path.exists("a"), open("a").read())
try:
    full.close()
except OSError as e:
    print(e.strerror)

# A writer that is in use goes on undisturbed.
with open("log", "w") as log:
    for i in range(5):
        log.write(f"{i}\n")
        os.stat("a")
        open("a").close()
    print(log.tell())
print(open("log").read().split())
with open("both", "w+") as f:
    f.write("0123456789")
    f.seek(2)
    print(f.read(3), f.tell())
    f.seek(0, 2)
    f.write("abc")
    os.stat("a")
    f.seek(0)
    print(f.read())
# Pipes are not files: nobody can look at what they hold.
r, w = os.pipe()
os.set_blocking(r, False)
out = open(w, "w")
out.write("held")
os.stat("a")
try:
    print(os.read(r, 10))
except BlockingIOError:
    print("nothing yet")
out.flush()
print(os.read(r, 10))
