"""Which variable a name is: global statements, classes, the namespace of exec, globals of a subclass of dict."""


def run(source, glob=None, loc=None):
    glob = {} if glob is None else glob
    loc = {} if loc is None else loc
    try:
        exec(source, glob, loc)
    except Exception as e:
        print(type(e).__name__, e)
    show = lambda d: sorted((k, v) for k, v in d.items() if isinstance(v, (int, str, tuple, list)) and k != "__name__")
    print(show(glob), show(loc))


# A global statement anywhere makes the module's code use its globals.
run("x = 7\ndef f():\n def g():\n  global x\n  x = 2\n return g\nf()()\ny = x")
run("x = 7\ndef f():\n  return x\ntry: y = f()\nexcept NameError as e: y = str(e)")
# What a class declares does not matter to functions inside.
run("def f(x):\n class C:\n  global x\n  y = x\n  def get(self): return x\n return C.y, C().get()\nx = 5\nr = f(3)")
run("def f(x):\n class C:\n  x = 9\n  def get(self): return x\n return C.x, C().get()\nr = f(3)")


class Missing(dict):
    def __missing__(self, key):
        if key.startswith("k_"):
            return key.upper()
        raise KeyError(key)


ns = Missing()
exec("a = k_one\ndef f():\n global b\n b = k_two\n return len(b), k_three\nr = f()", ns)
print(ns["a"], ns["b"], ns["r"], type(ns["f"].__globals__).__name__)
print(eval("lambda: k_five + k_six", Missing())())
exec("type A = k_alias", ns)
print(ns["A"].__value__)
try:
    eval("unknown", Missing())
except NameError as e:
    print(e)


class Loud(dict):
    def __setitem__(self, key, value):
        print("set", key)
        super().__setitem__(key, value)


ns = Loud()
exec("q = 1\ndef f():\n global w\n w = 2\nf()", ns)
print(sorted(k for k in ns if k != "__builtins__"))

__class__ = 413


class X:
    x = __class__

    def f(self):
        return __class__


print(X.x, X().f())


class Y:
    __class__ = 42

    def f(self):
        return __class__


print(Y.__dict__["__class__"], Y().f())


def message(source):
    try:
        compile(source, "<s>", "exec")
        print("fine")
    except SyntaxError as e:
        print(e.msg, e.offset, e.end_offset)


message("class Foo:\n def f(self):\n  [(__x := 1) for __x in range(3)]")
message(", ".join(f"a{i}" for i in range(255)) + ", *rest = x")
message(", ".join(f"a{i}" for i in range(256)) + ", *rest = x")
message("def f(*args: *b = (1,)): pass")
message("def f(*args: b = (1,)): pass")
message("def f(**args: b = (1,)): pass")
message("f'{x=y}'")
message("t'{x=y!r}'")
message("((*x), y) = 1, 2")
