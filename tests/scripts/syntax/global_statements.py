# exec and eval with namespaces; compile; dynamic code.
ns = {}
exec("a = 1\nb = a + 1\ndef f(x): return x + b", ns)
print(ns["a"], ns["b"], ns["f"](10))
print(eval("a + b", ns), eval("x * 2", {"x": 21}), eval("x + y", {"x": 1}, {"y": 2}))
code = compile("1 + 2 * 3", "<string>", "eval")
print(eval(code), code.co_filename)
code = compile("for i in range(3):\n    total += i", "<loop>", "exec")
ns = {"total": 10}
exec(code, ns)
print(ns["total"])
single = compile("40 + 2", "<single>", "single")
exec(single)
exec("None", {})
exec(compile("'shown'; x = 5; x", "<s>", "single"))


def local_exec():
    z = 1
    exec("z = 2")
    d = {}
    exec("q = z + 5", {"z": z}, d)
    return z, d


print(local_exec())
print(eval("[i for i in range(3)]"), eval(" 5 "), eval("(1,\n2)"))
print(sorted(k for k in eval("globals()", {"__builtins__": {"globals": globals}}) if k != "__builtins__"))
try:
    eval("len([])", {"__builtins__": {}})
except NameError as e:
    print(e)
for bad in ("1 +", "x = 1", "if", "(", "'abc", "1 2", "def f(:"):
    try:
        eval(bad)
    except SyntaxError as e:
        print(bad, "->", e.msg)
try:
    exec("x = ")
except SyntaxError as e:
    print(e.msg, e.lineno, e.offset, e.text)


class NS(dict):
    def __missing__(self, k):
        return f"<{k}>"


print(eval("foo + bar", {}, NS()))
exec("class K:\n    v = 3\nprint(K.v, K.__module__)", {"__name__": "dyn"})
exec("import math\nprint(math.floor(2.5))", {})
f = eval("lambda x: x + 1")
print(f(1))
try:
    eval(5)
except TypeError as e:
    print(e)
try:
    compile("x", "f", "bad")
except ValueError as e:
    print(e)
print(eval(b"1+1"), eval("__import__('math').pi > 3"))
