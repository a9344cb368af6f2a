# What `import` runs is the machinery that the interpreter started with, not what sys.modules says of it.
import importlib, json, sys, types

hidden = {name: sys.modules.pop(name) for name in ("_frozen_importlib", "_frozen_importlib_external")}
for name in hidden:
    sys.modules[name] = None
import colorsys
print(colorsys.__name__, repr(types.ModuleType("m")))
from json import decoder
print(decoder.__name__)
import textwrap, textwrap as again
print(textwrap is again)
try:
    import _frozen_importlib
except ModuleNotFoundError as e:
    print(e)
sys.modules.update(hidden)

# A second copy of the machinery, as importlib's own tests make one.
saved = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "importlib"}
for name in hidden:
    sys.modules[name] = None
import importlib as copy
from importlib import _bootstrap as copied
sys.modules.update(hidden)
sys.modules.update(saved)
import importlib
print(copy is importlib, copied is importlib._bootstrap, copied.__name__)
import plistlib
print(plistlib.__name__)
