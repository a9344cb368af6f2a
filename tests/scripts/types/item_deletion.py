# Which words say that items cannot be deleted: it depends on the type and on the key.
from types import MappingProxyType


class Plain:
    pass


class Index:
    def __index__(self):
        return 0


for o in MappingProxyType({}), {}.keys(), (), 'text', b'bytes', range(3), frozenset(), 1, 1.5, None, print, object(), iter(()), Plain(), Plain, int:
    for key in 0, True, 'name', None, Index(), 1.5, slice(1):
        try:
            del o[key]
        except TypeError as e:
            print(type(key).__name__, e)
        try:
            o[key] = 1
        except TypeError as e:
            print(type(key).__name__, e)
