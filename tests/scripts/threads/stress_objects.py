# Threads change attributes, classes, closures, modules and generators that all of them use.
import threading
import types

N = 500
problems = []


def run(*functions):
    def body(f):
        try:
            f()
        except Exception as e:
            problems.append(f"{f.__name__}: {type(e).__name__}: {e}")

    ts = [threading.Thread(target=body, args=(f,)) for f in functions]
    for t in ts:
        t.start()
    for t in ts:
        t.join()


class Obj:
    fixed = "class"

    def method(self):
        return "one"


o = Obj()


def set_attrs():
    for i in range(N):
        setattr(o, f"x{i % 30}", i)
        o.same = i


def get_attrs():
    for i in range(N):
        v = getattr(o, f"x{i % 30}", -1)
        if not -1 <= v < N:
            problems.append(v)
        if o.fixed != "class":
            problems.append("fixed")


def del_attrs():
    for i in range(N):
        try:
            delattr(o, f"x{i % 30}")
        except AttributeError:
            pass


def use_dict():
    for i in range(N):
        d = o.__dict__
        len(d), list(d)
        d["y"] = i
        vars(o).get("y")


run(set_attrs, get_attrs, del_attrs, use_dict)
print(problems, o.same, o.y)


class Base:
    def f(self):
        return 1


class Mid(Base):
    pass


class Leaf(Mid):
    pass


leaf = Leaf()


def mutate_class():
    for i in range(N):
        Base.f = lambda self, i=i: i
        if i % 3 == 0:
            Mid.f = lambda self: -1
        elif i % 3 == 1 and "f" in Mid.__dict__:
            del Mid.f


def call_method():
    for _ in range(N * 4):
        r = leaf.f()
        if not isinstance(r, int):
            problems.append(r)


def subclass():
    for i in range(N // 5):
        c = type(f"C{i}", (Leaf,), {"g": lambda self: 5})
        if c().g() != 5 or not isinstance(c().f(), int):
            problems.append("subclass")


def swap_class():
    class X:
        tag = "x"

    class Y:
        tag = "y"

    v = X()
    for i in range(N):
        v.__class__ = Y if i % 2 else X
        if v.tag not in "xy":
            problems.append(v.tag)


run(mutate_class, call_method, call_method, subclass, swap_class)
print(problems, leaf.f() in (N - 1, -1))
mod = types.ModuleType("mod")
exec("value = 0\ndef read(): return value\ndef write(v):\n    global value\n    value = v", mod.__dict__)


def write_global():
    for i in range(N * 2):
        mod.write(i)


def read_global():
    last = 0
    for _ in range(N * 2):
        v = mod.read()
        if v < last:
            problems.append((last, v))
        last = v


run(write_global, read_global, read_global)
print(problems, mod.value)


def count():
    n = 0
    while True:
        n += 1
        yield n


g = count()
lock = threading.Lock()
seen = []
busy = [0]


def pull():
    for _ in range(N):
        try:
            seen.append(next(g))
        except ValueError as e:
            if str(e) != "generator already executing":
                problems.append(str(e))
            busy[0] += 1


run(pull, pull, pull)
print(problems, len(seen) == len(set(seen)), len(seen) <= 3 * N)
d = {}


class Key:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return self.v % 7

    def __eq__(self, other):
        return self.v == other.v


def user_keys():
    for i in range(N // 2):
        d[Key(i % 40)] = i % 40
        k = Key(i * 7 % 40)
        if d.get(k, k.v) != k.v:
            problems.append(("key", k.v))
        if i % 5 == 0:
            d.pop(Key(i % 40), None)


run(*[user_keys] * 3)
print(problems, len(d) <= 40)
strings = []


def intern_strings():
    import sys

    strings.append([sys.intern(f"name_{i}") for i in range(300)])


run(*[intern_strings] * 4)
print(all(a is b for l in strings[1:] for a, b in zip(strings[0], l)))


def exceptions():
    for i in range(N):
        try:
            try:
                raise ValueError(i)
            except ValueError as e:
                raise KeyError(i) from e
        except KeyError as e:
            if e.__cause__.args != (i,):
                problems.append(i)


def strings_and_numbers():
    total = 0
    for i in range(N):
        s = f"{i}" * 5
        total += len(s.replace("1", "one").split("o"))
        total += (2**70 + i) % 1000003
    strings.append(total)


run(exceptions, exceptions, strings_and_numbers, strings_and_numbers)
print(problems, strings[-1] == strings[-2])
