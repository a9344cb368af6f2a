# Instances refer to their class and functions to their code, so tools that start there find them (typeguard, boltons).
import gc


def referrers(target, kind):
    return [x for x in gc.get_referrers(target) if type(x) is kind]


class Plain:
    pass


class Slots:
    __slots__ = ('kept',)


class Items(list):
    pass


class Error(Exception):
    pass


class Meta(type):
    pass


class Made(metaclass=Meta):
    pass


for kind in (Plain, Slots, Items, Error):
    kept = [kind(), kind()]
    found = referrers(kind, kind)
    print(kind.__name__, len(found), all(any(x is y for y in kept) for x in found))
print(referrers(Meta, Meta) == [Made], referrers(Made, Made))


def plain(a):
    return a


def twin():
    return lambda: None


first, second = twin(), twin()
function = type(plain)
print(referrers(plain.__code__, function) == [plain])
found = referrers(first.__code__, function)
print(len(found), first in found, second in found)
print(plain.__code__ in gc.get_referents(plain))

plain.__code__ = (lambda a: a + 1).__code__
print(plain in referrers(plain.__code__, function), plain.__code__ in gc.get_referents(plain))
