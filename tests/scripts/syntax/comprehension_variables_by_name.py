"""eval, locals and their like see the variables of the comprehension that they are called in."""
import sys

x = 1
print([eval("a + x") for a in [0, 1]])
print([sorted(locals()) for a in [0]], {type(sys._getframe().f_locals).__name__ for a in [0]})
print([exec("new = a") for a in [5]], "new" in globals(), "a" in globals())


class C:
    y = 2
    print([sorted(locals()) for a in [0]], sorted(k for k in locals() if k[0] != "_"))


def f(b):
    print([eval("a + b") for a in [1]])
    print([sorted(locals()) for a in [1]], locals())
    a = 7
    print([eval("a + b") for a in [1]], a, {eval("a"): eval("a + 1") for a in [2]}, {eval("a") for a in [3]})
    print([[eval("a * q") for a in [2]] for q in [3] for a in [5]], a)
    print([(lambda: a, locals()["a"])[1] for a in [5]], a)
    print([sorted(vars()) for c in [1]], [sorted(dir()) for c in [1]], sorted(vars()))
    print([sys._getframe().f_locals["c"] for c in [4]], "c" in sys._getframe().f_locals)


f(3)


def captured():
    lambda: k
    k = 1
    print([locals()["k"] for k in [0]], k)


captured()
