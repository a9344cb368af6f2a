"""`id` is the address that texts of objects show; no two things have the same, and nothing has 0."""

import contextvars
import copy
import io
import pickle
import weakref
import xml.etree.ElementTree as ET


class Plain:
    pass


def shown(v, text=None):
    return hex(id(v)) in (text or repr(v))


o = Plain()
small = (0, 1, 2, -1, -2, 2**60, -2**60, None, True, False, "", "a", "b", b"", b"a", 1.5, 2.5)
print([v for v in small if not id(v)], len({id(v) for v in small}) == len(small))
print(id(5) == id(5), id("ab") == id("a" + "b"))

print(shown(o), shown(lambda: 0), shown(o, repr(weakref.ref(o))), shown(o, repr(o.__init__)), shown(5, repr((5).bit_length)))


def captured():
    y = 5
    return (lambda: y).__closure__[0]


print(shown(captured()), shown(i for i in ()), shown(ET.Element("a")))
variable = contextvars.ContextVar("variable")
print(shown(variable), shown(variable.set(1)))

# What remembers objects by their ids and shows it.
memo, d = {}, [o]
copy.deepcopy(d, memo)
print(id(o) in memo, id(d) in memo)
element, memo = ET.Element("a"), {}
copy.deepcopy(element, memo)
print(id(element) in memo)
pickler = pickle.Pickler(io.BytesIO())
pickler.dump(d)
print(id(d) in pickler.memo.copy())
