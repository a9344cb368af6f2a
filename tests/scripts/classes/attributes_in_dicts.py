# Attributes of objects whose `__dict__` somebody has looked at: loads, calls and stores at sites that have seen them before.
import functools
import threading


class Plain:
    data = "class"
    late = "class late"

    def method(self):
        return "method of " + self.name

    @classmethod
    def cls(cls):
        return cls.__name__

    @staticmethod
    def static():
        return "static"

    @property
    def prop(self):
        return "prop " + self.name

    @functools.cached_property
    def cached(self):
        return ["computed for " + self.name]


def make(name, order):
    o = Plain()
    o.__dict__.update({k: k + name for k in order})
    o.name = name
    return o


def read(o):
    return o.a, o.b, o.data, o.method(), o.cls(), o.static(), o.prop, o.cached[0], o.late


def write(o, v):
    o.a = v
    o.fresh = v
    o.data = v


objects = [make("x", "ab"), make("y", "ba"), make("z", "cdeab")]
for _ in range(4):
    for o in objects:
        print(*read(o))

# What the class has, changes.
Plain.data = "class 2"
print([read(o)[2] for o in objects])
Plain.method = lambda self: "other method"
print([read(o)[3] for o in objects])
Plain.late = property(lambda self: "a property " + self.name)
print([read(o)[8] for o in objects])

# What the objects have, changes.
objects[0].__dict__["method"] = lambda: "own method"
objects[1].__dict__["static"] = len
del objects[2].__dict__["a"], objects[2].__dict__["b"]
objects[2].__dict__.update(b="b again", a="a again")
objects[2].__dict__["prop"] = "hidden by the property"
objects[1].__dict__["cached"] = ["given"]
for o in objects:
    try:
        print(*read(o))
    except TypeError as e:
        print(e)
del objects[1].static, objects[0].method
for o in objects:
    print(*read(o))

# Stores.
for i in range(4):
    for o in objects:
        write(o, i)
print([sorted(o.__dict__) for o in objects], [(o.a, o.fresh, o.data) for o in objects])
del objects[0].data
print([o.data for o in objects])


class Names(dict):
    def __getitem__(self, key):
        return "never asked"


other = Plain()
other.__dict__ = names = Names(a="in a subclass", b=2, name="n")
for _ in range(3):
    print(other.a, other.b, other.method(), other.__dict__ is names)
    write(other, "stored")
print(dict.__getitem__(names, "fresh"), len(names))
other.__dict__ = {"a": 1, "b": 2, "name": "again"}
print(read(other)[:3])


class Hooked:
    def __init__(self):
        self.__dict__["there"] = 1

    def __getattr__(self, name):
        return "hook " + name


hooked = Hooked()
for i in range(4):
    print(hooked.there, hooked.absent)
    hooked.__dict__["absent"] = i


class Data:
    def __get__(self, o, cls):
        return "data descriptor"

    def __set__(self, o, v):
        print("set", v)


def store(o, v):
    o.a = v


for i in range(3):
    store(objects[0], i)
Plain.a = Data()
store(objects[0], 9)
print(objects[0].a, objects[0].__dict__["a"], read(objects[1])[0])
del Plain.a
Plain.__setattr__ = lambda self, name, v: print("setattr", name, v)
store(objects[0], 10)
del Plain.__setattr__
store(objects[0], 11)
print(objects[0].a)

# Another class.
class Quite(Plain):
    data = "quite"

    def method(self):
        return "quite"


objects[1].__class__ = Quite
print(*read(objects[1])[:5])


# Threads that read while others write, delete, and replace the dict.
class Shared:
    kind = "class"

    def total(self):
        return self.left + self.right


shared = Shared()
shared.__dict__.update(left=0, right=100)
wrong = []
go = threading.Barrier(3)


def reader():
    go.wait()
    for _ in range(3000):
        left, right, kind = shared.left, shared.right, shared.kind
        if not (0 <= left <= 3000 and right == 100 and kind in ("class", "own")) or shared.total() < 100:
            wrong.append((left, right, kind))


def writer():
    go.wait()
    for i in range(3000):
        shared.left = i
        if i % 7 == 0:
            shared.kind = "own"
            del shared.kind
        if i % 100 == 0:
            shared.__dict__ = {"right": 100, "left": i} if i % 200 else {"left": i, "x": 1, "right": 100}


threads = [threading.Thread(target=f) for f in (reader, reader, writer)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(wrong, shared.left)
