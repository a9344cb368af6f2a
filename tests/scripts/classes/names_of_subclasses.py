"""Instances of subclasses of str are names where they are keys: of objects, classes, modules, globals and mappings."""

import copy
import enum
import pickle
import types


class Text(str):
    __slots__ = ()


class Color(enum.StrEnum):
    RED = "red"


class Point:
    kind = "class"


def read(o):
    return o.red


def write(o, v):
    o.red = v


def missing(o):
    try:
        return o.red
    except AttributeError:
        return "missing"


# Sites that have seen objects without, with, and with the other key.
plain = Point()
plain.red = 0
for _ in range(50):
    read(plain), write(plain, 0), missing(Point())
for make in (lambda o: o.__dict__.__setitem__(Color.RED, 1), lambda o: vars(o).update({Color.RED: 1}),
             lambda o: setattr(o, "__dict__", {Color.RED: 1}), lambda o: setattr(o, Color.RED, 1),
             lambda o: o.__dict__.update([(Text("red"), 1)])):
    o = Point()
    print(missing(o), end=" ")
    make(o)
    print(read(o), missing(o), o.red, getattr(o, "red"), hasattr(o, Text("red")), len(vars(o)), end=" ")
    write(o, 5)
    print(read(o), len(vars(o)), copy.copy(o).red, pickle.loads(pickle.dumps(o)).red, end=" ")
    del o.red
    print(missing(o), vars(o))

# In front of the class's own.
o = Point()
o.__dict__[Text("kind")] = "own"
print(o.kind, Point.kind)

# Classes.
T = type("T", (), {Text("attr"): 1, Text("__len__"): lambda self: 3, Text("method"): lambda self: 4})
print(T.attr, len(T()), T().method(), T().attr)
T.attr = 2
print(T.attr, [k for k in vars(T) if k == "attr"])

# Modules, globals, locals.
module = types.ModuleType("module")
module.__dict__[Text("a")] = 1
print(module.a)
module.a = 2
print(module.a, [k for k in vars(module) if k == "a"])
globals()[Text("made")] = 1


def change():
    global made
    made += 2
    return made


print(change(), change(), [k for k in globals() if k == "made"], made)
print(eval("w", {}, {Text("w"): 1}), eval("w", {Text("w"): 2}))
space = {Text("x"): 1}
exec("x += 1\ny = x", space)
print(space["x"], space["y"], sum(k == "x" for k in space))


def f(**kwargs):
    return kwargs


print(f(**{Text("a"): 1}), "{red}".format_map({Color.RED: 2}), "%(red)s" % {Color.RED: 3})

# A class whose instances compare in another way is no name.
class Folded(str):
    def __eq__(self, other):
        return str(self).lower() == str(other).lower()

    def __hash__(self):
        return hash(str(self).lower())


print({Folded("A"): 1}.get("a"), {"a": 1}.get(Folded("A")))
