"""What `isinstance` says when classes change after it has answered."""

import abc


class Meta(type):
    pass


class Deep(metaclass=Meta):
    pass


class Deeper(Deep):
    pass


class Apart:
    pass


class Pretends:
    pass


class Slotted:
    __slots__ = ()


def ask(*values):
    return [isinstance(v, c) for v in values for c in (Deep, Deeper, Apart, int, (Apart, Deep), Deep | str)]


values = Deeper(), Deep(), Apart(), 5, "s", Slotted()
for _ in range(3):
    print(ask(*values))

# An object shows another class.
class Shows:
    __class__ = property(lambda self: Deep)


p = Pretends()
print([isinstance(Shows(), c) for _ in range(2) for c in (Deep, Shows, Apart)], [isinstance(p, Deep) for _ in range(3)])
Pretends.__getattribute__ = lambda self, name: Deep if name == "__class__" else object.__getattribute__(self, name)
print([isinstance(p, Deep) for _ in range(2)])

# The metaclass gets a say, and loses it.
Meta.__instancecheck__ = lambda cls, v: v == 5
print(ask(*values)[:24], isinstance(5, Deeper), isinstance(Deep(), Deep))
del Meta.__instancecheck__
print(ask(*values)[:12])

# A class changes its own class.
class Strict(type):
    def __instancecheck__(cls, v):
        return "strict"


class Soft(type):
    pass


class Changes(metaclass=Soft):
    pass


print([isinstance(5, Changes) for _ in range(3)])
Changes.__class__ = Strict
print([isinstance(5, Changes) for _ in range(3)])
Changes.__class__ = Soft
print([isinstance(5, Changes) for _ in range(3)])

# The bases change.
a = Deeper()
print(isinstance(a, Apart))
Deeper.__bases__ = (Deep, Apart)
print(isinstance(a, Apart), isinstance(a, Deep))
a.__class__ = Deep
print(isinstance(a, Apart), isinstance(a, Deeper))


# An abstract class learns of another.
class Abstract(abc.ABC):
    pass


print([isinstance(5, Abstract) for _ in range(3)])
Abstract.register(int)
print([isinstance(5, Abstract) for _ in range(3)], isinstance("5", (Abstract, float)), isinstance(5, (float, Abstract)))
for bad in (5, (int, 5), "int", [int]):
    try:
        isinstance("x", bad)
    except TypeError as e:
        print(e)


# Many classes: none is mistaken for another.
classes = [type(f"C{i}", (object,) if i % 3 else (Deep,), {}) for i in range(700)]
things = [c() for c in classes]
for _ in range(2):
    print(sum(isinstance(t, c) for t in things[::7] for c in classes[::5]), sum(isinstance(t, Deep) for t in things))
