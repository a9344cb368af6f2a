# importlib: import_module, reload, find_spec, custom finders and loaders, resources of modules.
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types

m = importlib.import_module("json")
print(m.__name__, importlib.import_module(".decoder", "json").__name__)
print(importlib.util.find_spec("nonexistent_module"), importlib.util.find_spec("json").name, importlib.util.find_spec("sys").origin)
import _dynamic

_dynamic.public = 99
importlib.reload(_dynamic)
print(_dynamic.public)


class Loader(importlib.abc.Loader):
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(f"made_by = {module.__name__!r}\ndef f(): return 42", module.__dict__)


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith("virtual_"):
            return importlib.machinery.ModuleSpec(name, Loader())
        return None


sys.meta_path.insert(0, Finder())
import virtual_one

print(virtual_one.made_by, virtual_one.f(), virtual_one.__spec__.loader.__class__.__name__)
spec = importlib.util.spec_from_loader("manual", Loader())
mod = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mod)
print(mod.made_by)
t = types.ModuleType("hand_made", "doc")
t.x = 1
sys.modules["hand_made"] = t
import hand_made

print(hand_made.x, hand_made.__doc__, repr(t), t.__name__)
print(importlib.util.resolve_name(".a", "pkg.sub"), importlib.machinery.SOURCE_SUFFIXES)
try:
    importlib.import_module(".x")
except TypeError as e:
    print(e)
try:
    importlib.reload(5)
except TypeError as e:
    print(e)
try:
    importlib.util.resolve_name("...x", "pkg")
except ImportError as e:
    print(e)
lazy = importlib.util.LazyLoader.factory(Loader)
print(callable(lazy), sys.flags.dev_mode, "json" in sys.modules, "sys" in sys.builtin_module_names)
import tempfile, os

with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "generated_mod.py")
    with open(path, "w") as f:
        f.write("value = 'from file'\nclass K:\n    pass\n")
    sys.path.insert(0, d)
    importlib.invalidate_caches()
    import generated_mod

    print(generated_mod.value, generated_mod.K.__module__, generated_mod.__file__ == path)
    sys.path.remove(d)
    s = importlib.util.spec_from_file_location("by_path", path)
    bp = importlib.util.module_from_spec(s)
    s.loader.exec_module(bp)
    print(bp.value, bp.__name__)
