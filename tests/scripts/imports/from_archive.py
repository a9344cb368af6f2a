# Modules and packages are imported from zip archives on sys.path.
import importlib
import os
import pkgutil
import sys
import tempfile
import zipfile

with tempfile.TemporaryDirectory() as folder:
    archive = os.path.join(folder, "lib.zip")
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("zmod.py", "value = 1\ndef f():\n    return __name__, __file__\n")
        z.writestr("zpkg/__init__.py", "from . import inner\n")
        z.writestr("zpkg/inner.py", "x = 2\n")
        z.writestr("zpkg/data.txt", "text")
        z.writestr("sub/zdeep.py", "y = 3\n")
    sys.path.insert(0, archive)
    sys.path.insert(0, archive + "/sub")
    import zdeep
    import zmod
    import zpkg

    print(zmod.value, zmod.f()[0], zmod.f()[1].endswith("lib.zip/zmod.py"), zpkg.inner.x, zdeep.y)
    print(type(zmod.__loader__).__name__, zmod.__spec__.name, zpkg.__path__[0].endswith("lib.zip/zpkg"))
    print(pkgutil.get_data("zpkg", "data.txt"))
    print(sorted(m.name for m in pkgutil.iter_modules([archive])))
    try:
        import zmissing
    except ModuleNotFoundError as e:
        print(e)
    plain = os.path.join(folder, "plain.txt")
    with open(plain, "w") as f:
        f.write("no archive")
    sys.path.insert(0, plain)
    importlib.invalidate_caches()
    try:
        import zmissing
    except ModuleNotFoundError as e:
        print(e)
