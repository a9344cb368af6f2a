# import forms, sys.modules, packages, relative imports, star imports.
import sys

import math
import os.path as p
from math import pi, floor as fl
import json.decoder

print(math.sqrt(16), fl(2.7), round(pi, 3), p.join("a", "b"), json.decoder.JSONDecoder.__name__)
import _pkg

print(_pkg.value, _pkg.__name__, hasattr(_pkg, "alpha"))
import _pkg.alpha

print(_pkg.alpha.name, _pkg.alpha.beta_name, _pkg.beta.up)
import _pkg.alpha as al

print(al is _pkg.alpha, "_pkg.sub.deep" in sys.modules)
from _pkg import beta, value as v
from _pkg.sub import deep

print(beta.name, v, deep.up)
ns = {}
exec("from _pkg import *", ns)
print(sorted(k for k in ns if not k.startswith("__")))
ns = {}
exec("from _dynamic import *", ns)
print(sorted(k for k in ns if not k.startswith("__")))


def err(code):
    try:
        exec(code)
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "name", None))


err("import nonexistent")
err("import _pkg.nothing")
err("from _pkg import nothing") if False else None
err("import math.nothing")
err("from nonexistent import x")
err("from sys import nothing_here")
err("import _pkg.sub.beyond") if False else None
err("from . import x")
err("from .x import y")
err("from _pkg.value import z")
err("import _raises")
print("_raises" in sys.modules)
err("import _raises")
err("import _syntax")
import _circular_a

print(_circular_a.name)
import _ns.part.mod

print(_ns.part.mod.x, _ns.__path__.__class__.__name__, hasattr(_ns, "__file__"), _ns.__spec__.origin)
import _dynamic

print(_dynamic.dynamic, dir(_dynamic))
try:
    _dynamic.other
except AttributeError as e:
    print(e)


def local_import():
    import string
    from os import sep

    return string.digits, sep


print(local_import())
print(__import__("math") is math, __import__("os.path").__name__, __import__("json", fromlist=["decoder"]).decoder.__name__)
sys.modules["fake"] = "not even a module"
import fake

print(fake)
sys.modules["blocked"] = None
err("import blocked")
if True:
    try:
        import nothing_at_all
    except ImportError:
        nothing_at_all = "fallback"
print(nothing_at_all)
class C:
    import math as m


print(C.m.floor(1.5))
print(_pkg.__doc__, _pkg.__package__, _pkg.alpha.__package__, _pkg.__spec__.name, _pkg.__path__[0].endswith("_pkg"), _pkg.alpha.__file__.endswith("alpha.py"))
