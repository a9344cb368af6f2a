# __main__, __name__, __file__, sys.argv, sys.path, dir of modules, module attributes.
import sys
import types

import __main__

print(__name__, __main__ is sys.modules["__main__"], __main__.__dict__ is globals())
print(sys.argv, __file__.endswith("main_module.py"), sys.path[0].endswith("imports"))
print(__doc__, __package__, __spec__, type(__loader__).__name__ != "", __builtins__.__name__)
__main__.injected = 5
print(injected)
print(isinstance(sys, types.ModuleType), repr(sys), sys.__name__, sys.__spec__.name)
m = types.ModuleType("m")
m.a = 1
print(m.__dict__["a"], sorted(k for k in vars(m)), repr(m))
try:
    m.missing
except AttributeError as e:
    print(e)
del m.a
try:
    m.a
except AttributeError as e:
    print(e)
import builtins

builtins.my_global = "from builtins"
print(my_global)
del builtins.my_global
try:
    my_global
except NameError as e:
    print(e)
saved = builtins.len
builtins.len = lambda x: "patched"
print(len([]))
builtins.len = saved
print(len([]))


class Mod(types.ModuleType):
    @property
    def prop(self):
        return "module property"


sys.modules[__name__].__class__ = Mod
print(__main__.prop)
print(sys.version_info[:2], sys.version_info >= (3, 14), sys.version_info.major, sys.byteorder, sys.maxsize, sys.maxunicode)
print(sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.hexversion >> 16 == 0x30E, sys.platform, sys.float_info.max, sys.int_info.bits_per_digit > 0)
print(type(sys.implementation).__name__, sys.flags.optimize, sys.getrecursionlimit(), sys.intern("abc") is sys.intern("abc"), sys.api_version > 1000)
print(sorted(set(("sys", "builtins", "math", "time", "_thread", "itertools")) - set(sys.builtin_module_names) - {"math"}))
