"""Arguments of bytes and bytearray methods whose own code looks at, or changes, the receiver."""


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class Clearing:
    def __init__(self, array):
        self.array = array

    def __buffer__(self, flags):
        self.array.clear()
        return memoryview(b"a")

    def __index__(self):
        self.array.clear()
        return ord("a")


for name in ("find", "rfind", "index", "rindex", "count", "split", "rsplit", "__contains__"):
    array = bytearray(b"abc")
    print(name, attempt(getattr(array, name), Clearing(array)), array)


class Item:
    def __init__(self, change):
        self.change = change

    def __buffer__(self, flags):
        self.change()
        return memoryview(b"x")


items = [b"a", Item(lambda: items.clear()), b"c"]
print("join", attempt(b"-".join, items))
array = bytearray(b"-")
print("join", attempt(array.join, (b"%d" % i for i in [1, 2, array.clear()])))


class Text:
    def __repr__(self):
        array.clear()
        return "t"


array = bytearray(b"%a end")
print("mod", attempt(array.__mod__, Text()), array)


class Separator(bytes):
    def __len__(self):
        array.clear()
        return 1


array = bytearray(b"\xaa\xbb")
print("hex", attempt(array.hex, Separator(b":")), array)

# The bytes go where the end was.
array = bytearray(b"x" * 3)
array.extend(Item(lambda: array.extend(b"yyy")))
print("extend", array)
array = bytearray(b"x" * 3)
array.extend(Item(array.clear))
print("extend", array)

# A failed __init__ leaves nothing.
for source in ([256], (-1, 2), [0] * 50 + [1000], "text"):
    array = bytearray(b"abc")
    print("init", attempt(array.__init__, source), array)


# What comes first: __bytes__, __index__, the buffer.
class NoNumber(bytes):
    def __index__(self):
        raise TypeError


print(bytearray(NoNumber(b"abc")), bytes(type("S", (str,), {"__bytes__": lambda self: b"own"})("text")))


class Own:
    def __init__(self, gives):
        self.gives = gives

    def __bytes__(self):
        return self.gives

    def __buffer__(self, flags):
        return memoryview(b"buffer")


class OwnArray(bytearray):
    def __bytes__(self):
        return b"own"


print(b"%b %s" % (Own(b"own"), OwnArray(b"array")), attempt(b"%b".__mod__, Own(3)))


class Refusing:
    @property
    def __bytes__(self):
        raise ZeroDivisionError

    def __buffer__(self, flags):
        return memoryview(b"abc")


print(attempt(b"%b".__mod__, Refusing()), attempt(b"%c".__mod__, Own), attempt("%c".__mod__, Own(1)))
print(bytearray().__alloc__(), [bytearray(b"x" * n).__alloc__() > n for n in (1, 2, 9)])
