# abs divmod pow round sum min max hex oct bin ord chr.
class Idx:
    def __index__(self):
        return 255


class R:
    def __round__(self, n=None):
        return ("round", n)

    def __abs__(self):
        return "abs"

    def __divmod__(self, o):
        return "dm"

    def __rdivmod__(self, o):
        return "rdm"


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
abs(-5), abs(5.5), abs(-0.0), abs(3 - 4j), abs(True), abs(R())
abs("a")
abs()
divmod(7, 2), divmod(-7, 2), divmod(7, -2), divmod(7.5, 2), divmod(R(), 1), divmod(1, R())
divmod(1, 0)
divmod("a", 1)
pow(2, 3), pow(2, -1), pow(2, 3, 5), pow(2.0, 3), pow(-2, 3, 5), pow(3, -1, 10), pow(0, 0), pow(base=2, exp=5), pow(2, 3, mod=7)
pow(2, 3, 0)
pow(2.0, 3, 5)
pow("a", 2)
pow(2)
round(3.7), round(3.14159, 2), round(-2.5), round(15, -1), round(25, -1), round(1e10), round(R()), round(R(), 3), round(number=2.5), round(5, None), round(True)
round("a")
round(1.5, "a")
round(1.5, 1.5)
sum([1, 2, 3]), sum([1.5, 2]), sum([], 5), sum([[1], [2]], []), sum((1, 2), start=10), sum(range(100)), sum([True, False]), sum(x for x in (1, 2))
sum(["a"])
sum([], "")
sum(["a"], "")
sum([b"a"], b"")
sum(5)
sum([1, None])
min(3, 1, 2), min([3, 1]), min("b", "a"), min([], default=0), min([1, -5], key=abs), max(3, 1), max("abc"), max([1, 2], [1, 3]), max([], default=None), max({1: 2, 3: 0}), max(1, 2.0), max(2.0, 2), min(2, 2.0)
min()
max([])
max(5)
min(1, "a")
max(1, 2, default=3)
min([1], key=5)
min([1, 2], foo=1)
hex(255), hex(-255), hex(0), oct(8), oct(-8), bin(5), bin(-5), bin(0), hex(Idx()), bin(Idx()), oct(True)
hex(1.5)
bin("a")
ord("a"), ord("é"), ord("🎉"), ord(b"a"), ord(bytearray(b"z")), chr(97), chr(233), chr(127881), chr(0), chr(Idx())
ord("ab")
ord("")
ord(5)
chr(-1)
chr(1114112)
chr("a")
chr(1.5)
hash(1) == hash(1.0) == hash(True), hash("a") == hash("a"), hash(None) == hash(None), hash((1, 2)) == hash((1, 2))
hash([])
hash({})
len([1, 2]), len("abc"), len({}), len(range(10)), len(b"ab")
len(5)
len()
len([], [])
any([]), any([0, 1]), any(x > 1 for x in [1, 2]), all([]), all([1, 0]), all("abc")
any(5)
all(None)
bool(5), int("5"), float("5"), str(5), complex(5), bytes(2), list("ab"), tuple("ab"), set("a"), dict(a=1), frozenset("a")
""".strip().splitlines():
    check(line)
