# The examples of frozen modules, and the switch that tests use.
import _imp
import importlib.machinery
import sys

NAMES = ["__hello__", "__hello_alias__", "__phello__", "__phello__.__init__", "__phello__.ham", "__phello__.ham.__init__",
         "__phello__.ham.eggs", "__phello__.spam", "__phello_alias__", "__phello_alias__.spam", "_frozen_importlib", "x.y"]
for override in (1, -1):
    _imp._override_frozen_modules_for_tests(override)
    for name in NAMES:
        found = _imp.find_frozen(name)
        try:
            package = _imp.is_frozen_package(name)
        except ImportError as e:
            package = str(e)
        print(name, _imp.is_frozen(name), package, found and found[1:])
_imp._override_frozen_modules_for_tests(1)
import __hello__
import __phello__.spam

__hello__.main()
for module in (__hello__, __phello__, __phello__.spam):
    spec = module.__spec__
    print(spec.name, spec.origin, spec.loader is importlib.machinery.FrozenImporter, spec.loader_state.origname)
print(importlib.machinery.FrozenImporter.get_source("__hello__"))
del sys.modules["__hello__"]
_imp._override_frozen_modules_for_tests(-1)
import __hello__

print(__hello__.__spec__.loader is importlib.machinery.FrozenImporter)
