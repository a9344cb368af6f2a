# A metaclass that inherits `__dict__` from a plain class, too.
import types


class Plain:
    pass


class M(Plain, type):
    pass


class C(metaclass=M):
    x = 1


def refused(call):
    try:
        call()
    except AttributeError as e:
        print(e)


print(type(C.__dict__), C.__dict__["x"], "x" in dir(C), vars(C)["x"], M("D", (), {"y": 2}).__dict__["y"])
refused(lambda: setattr(C, "__dict__", {}))
refused(lambda: delattr(C, "__dict__"))
refused(lambda: Plain.__dict__["__dict__"].__set__(C, {}))
print(Plain.__dict__["__dict__"].__get__(C) == C.__dict__)


class Module(Plain, types.ModuleType):
    pass


module = Module("name")
module.a = 1
print(module.__dict__["a"], module.__dict__["__name__"])
