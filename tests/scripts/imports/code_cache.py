# Code that imports keep in files: where, in what form, when it is used, when it is made anew.
import compileall
import importlib
import importlib.util
import marshal
import os
import py_compile
import sys
import tempfile
import zipfile
from importlib.machinery import BYTECODE_SUFFIXES, SourcelessFileLoader

sys.dont_write_bytecode = False
folder = tempfile.mkdtemp()
sys.path.insert(0, folder)
TAG = sys.implementation.cache_tag


def shown(path):
    return path and path.replace(TAG, "TAG").replace(folder, "FOLDER")


def write(text, name="m", when=1_700_000_000):
    path = os.path.join(folder, name + ".py")
    with open(path, "w") as f:
        f.write(text)
    os.utime(path, (when, when))
    return path


def load(name="m"):
    sys.modules.pop(name, None)
    importlib.invalidate_caches()
    return importlib.import_module(name)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def replace_code(cached, text, name="m"):
    """Other code behind the same header: shows that the file is what runs."""
    data = read(cached)
    code = compile(text, os.path.join(folder, name + ".py"), "exec")
    with open(cached, "wb") as f:
        f.write(data[:16] + marshal.dumps(code))


source = write("x = 'source'\ndef f(): return 1\n")
os.chmod(source, 0o640)
m = load()
cached = m.__cached__
print(shown(cached), m.x, BYTECODE_SUFFIXES, shown(importlib.util.source_from_cache(cached)))
data = read(cached)
print(data[:4] == importlib.util.MAGIC_NUMBER, data[2:4], data[4:8], oct(os.stat(cached).st_mode & 0o777))
print(int.from_bytes(data[8:12], "little"), int.from_bytes(data[12:16], "little"))
code = marshal.loads(data[16:])
print(code == compile(read(source), source, "exec"), shown(code.co_filename), code.co_names)
print(sorted(shown(n) for n in os.listdir(os.path.dirname(cached))))

replace_code(cached, "x = 'file'\n")
print("unchanged:", load().x)
os.utime(source, (1_700_000_001,) * 2)
print("another time:", load().x)
replace_code(cached, "x = 'file'\n")
write("x = 'longer source'\n", when=1_700_000_001)
print("another size:", load().x)
for damage in (b"", data[:10], b"\0" * 4 + data[4:], data[:4] + b"\xff\0\0\0" + data[8:]):
    with open(cached, "wb") as f:
        f.write(damage)
    print("damaged header:", load().x, len(read(cached)) > 16)

for mode in py_compile.PycInvalidationMode:
    if mode is py_compile.PycInvalidationMode.TIMESTAMP:
        continue
    write("x = 'hashed'\n")
    py_compile.compile(source, invalidation_mode=mode)
    data = read(cached)
    print(mode.name, data[4:8], data[8:16] == importlib.util.source_hash(b"x = 'hashed'\n"))
    replace_code(cached, "x = 'file'\n")
    print("unchanged:", load().x)
    write("x = 'another'\n")
    print("changed:", load().x, read(cached)[4:8])

sys.dont_write_bytecode = True
write("x = 'not written'\n", "n")
m = load("n")
print(m.x, os.path.exists(m.__cached__))
sys.dont_write_bytecode = False

sys.pycache_prefix = os.path.join(folder, "prefix")
m = load("n")
print(shown(m.__cached__), os.path.exists(m.__cached__))
print(shown(importlib.util.source_from_cache(m.__cached__)))
sys.pycache_prefix = None
print(shown(importlib.util.cache_from_source("/a/b.py", optimization=2)), shown(importlib.util.cache_from_source("/a/b.py")))

# Nowhere to write to.
os.mkdir(os.path.join(folder, "closed"))
write("x = 'from a folder without a cache'\n", "closed/k")
with open(os.path.join(folder, "closed", "__pycache__"), "w"):
    pass
print(load("closed.k").x)

# Without a source.
py_compile.compile(write("x = 'compiled'\ndef f(): return 1\n", "alone"), cfile=os.path.join(folder, "alone.pyc"))
os.remove(os.path.join(folder, "alone.py"))
m = load("alone")
print(m.x, type(m.__loader__) is SourcelessFileLoader, shown(m.__file__), shown(m.__cached__), shown(m.f.__code__.co_filename))
good = read(m.__file__)
for bad in (b"", good[:3] + b"?" + good[4:], good[:12], good[:16]):
    with open(os.path.join(folder, "alone.pyc"), "wb") as f:
        f.write(bad)
    try:
        load("alone")
    except (ImportError, EOFError) as e:
        print(type(e).__name__, getattr(e, "name", None), str(e).split(":")[0])
with open(os.path.join(folder, "alone.pyc"), "wb") as f:
    f.write(good[:16] + marshal.dumps([1]))
try:
    load("alone")
except ImportError as e:
    print(shown(str(e)))

# A folder that was moved: the code speaks of where its source is now.
os.mkdir(os.path.join(folder, "old"))
write("def f():\n    return lambda: 1\n", "old/moved")
load("old.moved")
os.rename(os.path.join(folder, "old"), os.path.join(folder, "new"))
f = load("new.moved").f
print(shown(f.__code__.co_filename), shown(f().__code__.co_filename))

# Archives.
py_compile.compile(write("x = 'packed'\n", "packed"), cfile=os.path.join(folder, "packed.pyc"), dfile="/somewhere/packed.py")
with zipfile.ZipFile(os.path.join(folder, "a.zip"), "w") as z:
    z.write(os.path.join(folder, "packed.pyc"), "packed.pyc")
os.remove(os.path.join(folder, "packed.py"))
os.remove(os.path.join(folder, "packed.pyc"))
sys.path.insert(0, os.path.join(folder, "a.zip"))
m = load("packed")
print(m.x, shown(m.__file__))

# Whole folders.
os.mkdir(os.path.join(folder, "tree"))
for name in ("a", "b"):
    write("x = 1\n", "tree/" + name)
write("x =\n", "tree/wrong")
print(compileall.compile_dir(os.path.join(folder, "tree"), quiet=2, optimize=[0, 1, 2]))
print(sorted(shown(n) for n in os.listdir(os.path.join(folder, "tree", "__pycache__"))))
