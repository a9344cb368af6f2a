# open, exec, eval, compile, globals, locals, vars, __import__, breakpoint hooks, help-free names.
import builtins
import sys

ns = {}
exec("def f(): return [g for g in range(3)]\nv = f()", ns)
print(ns["v"], "__builtins__" in ns)
print(eval("x + 1", {"x": 2}), eval(compile("x", "f", "eval"), {"x": 3}), eval("(lambda: y)()", {"y": 4}))
try:
    eval("x = 1")
except SyntaxError as e:
    print(e.msg)
try:
    exec(5)
except TypeError as e:
    print(e)
try:
    exec("def f():\n\treturn x\nf()", {})
except NameError as e:
    print(e)
exec("print('closure', c())", {}, {"c": lambda: 5})
a = 1


def f(p):
    q = 2
    l = locals()
    l["new"] = 3
    return sorted(l), sorted(locals()), vars() == {"p": p, "q": q, "l": l} or sorted(vars())


print(f(0))


class C:
    z = 1
    inner = sorted(k for k in locals() if not k.startswith("__"))


print(C.inner, globals()["a"], globals() is locals(), vars() is globals())


def modify():
    globals()["injected"] = "yes"


modify()
print(injected)


def frame_locals():
    x = 1
    fl = sys._getframe().f_locals
    fl["x"] = 10
    return x, sorted(k for k in fl if k != "fl")


print(frame_locals())
g = {"__builtins__": {"len": lambda x: "custom len", "print": print}}
exec("print(len([]))", g)
try:
    exec("open('x')", g)
except NameError as e:
    print(e)
code = compile("a = 1\nb = a + c", "file.py", "exec")
print(code.co_names, code.co_filename, code.co_name)
try:
    exec(code, {})
except NameError as e:
    print(e, e.__traceback__.tb_next.tb_lineno, e.__traceback__.tb_next.tb_frame.f_code.co_filename)
print(compile("1+1", "x", "eval", dont_inherit=True).co_name, eval(b"2 * 3"), eval(memoryview(b"4") if False else b"4"))
exec("import math as m; r = m.floor(2.9)", ns)
print(ns["r"])
exec("async def co(): return 1", ns)
print(ns["co"].__code__.co_flags & 0x80 != 0)
exec("x: int = 5", ns)
print(ns["x"])
called = []
sys.breakpointhook = lambda *a, **k: called.append((a, k))
breakpoint(1, k=2)
print(called, builtins.breakpoint is breakpoint)
orig = builtins.__import__


def fake_import(name, *args):
    called.append(name)
    return orig(name, *args)


builtins.__import__ = fake_import
import string

builtins.__import__ = orig
print(called[-1], string.digits)
orig_build = builtins.__build_class__
builtins.__build_class__ = lambda *a, **k: (called.append("class " + a[1]), orig_build(*a, **k))[1]


class Built:
    pass


builtins.__build_class__ = orig_build
print(called[-1], Built.__name__)
exec(compile("def outer():\n  v = 1\n  def inner():\n    nonlocal v\n    v += 1\n    return v\n  return inner", "n", "exec"), ns)
print(ns["outer"]()())
exec("print(x)", {"x": 1}, {"x": 2})
exec("class K:\n  y = x\nprint(K.y)", {"x": 1}, {"x": 2}) if True else None


def closure_exec():
    v = 5

    def inner():
        return v

    exec(inner.__code__.replace(co_freevars=()) if False else "pass")
    return inner()


print(closure_exec())
