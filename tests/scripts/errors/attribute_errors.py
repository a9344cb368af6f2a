# AttributeError and NameError texts, with suggestions in the traceback.
import io
import sys
import traceback


def last(f):
    try:
        f()
    except Exception as e:
        return traceback.format_exception_only(e)[-1].strip()
    return "no error"


class Thing:
    colour = 1

    def method(self):
        return self.coluor

    @property
    def prop(self):
        return self.missing


class Slots:
    __slots__ = ("abc",)


t = Thing()
variable = 5


def local_names():
    some_local = 1
    return some_lcal


def builtin_typo():
    return pritn("x")


def self_typo():
    class C:
        def __init__(self):
            self.blech = 1

        def f(self):
            return blech

    C().f()


for f in (
    lambda: t.colur,
    t.method,
    lambda: t.prop,
    lambda: Thing.colr,
    lambda: varible,
    local_names,
    builtin_typo,
    self_typo,
    lambda: [].appendd(1),
    lambda: "".uper(),
    lambda: (5).bit_lenght(),
    lambda: None.foo,
    lambda: {}.key(),
    lambda: sys.exti,
    lambda: Slots().abc,
    lambda: Slots().abd,
    lambda: zzzzzzzzzz,
    lambda: t.zzzzzzzzzz,
    lambda: int.foo,
    lambda: type.foo,
    lambda: (lambda: 0).foo,
    lambda: len.foo,
    lambda: setattr(t, "prop", 1),
    lambda: setattr(Slots(), "zz", 1),
    lambda: delattr(t, "colour"),
    lambda: delattr(Thing, "zz"),
    lambda: setattr(5, "real", 1),
    lambda: exec("import sys as s; s.versoin"),
    lambda: exec("from sys import versoin"),
    lambda: exec("import collectons"),
    lambda: exec("del undefined_x"),
    lambda: exec("def f():\n    del x\n    x = 1\nf()"),
    lambda: exec("def f():\n    print(x)\n    x = 1\nf()"),
    lambda: exec("class C:\n    print(nope)"),
):
    print(last(f))
