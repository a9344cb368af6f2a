# operator: every function.
import operator
from operator import *

l = [1, 2, 3]


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
add(1, 2), sub(5, 3), mul(2, 3), truediv(7, 2), floordiv(7, 2), mod(7, 3), pow(2, 3), neg(1), pos(-1), abs(-3), invert(5), inv(5)
and_(6, 3), or_(6, 3), xor(6, 3), lshift(1, 3), rshift(8, 2), index(True), not_(0), truth([]), is_(None, None), is_not(1, 2), is_none(None), is_not_none(1)
lt(1, 2), le(1, 1), eq(1, 2), ne(1, 2), ge(2, 1), gt(1, 2), concat([1], [2]), contains([1], 1), countOf([1, 1], 1), indexOf([1, 2], 2), length_hint([1]), getitem([1, 2], 1)
indexOf([1], 5)
index("a")
concat(1, 2)
setitem(l, 0, 9), l, delitem(l, 0), l
itemgetter(1)([1, 2]), itemgetter(1, 0)("ab"), itemgetter("a")({"a": 5}), itemgetter(slice(1))("abc"), repr(itemgetter(1, "a"))
attrgetter("real")(5), attrgetter("real", "imag")(5), attrgetter("__class__.__name__")(5), repr(attrgetter("a.b"))
methodcaller("upper")("a"), methodcaller("split", ",", maxsplit=1)("a,b,c"), repr(methodcaller("x", 1, k=2))
itemgetter()
attrgetter(5)
attrgetter("nope")(5)
methodcaller("nope")(5)
iadd([1], [2]), isub(5, 2), imul([1], 2), iconcat([1], [2]), ior({1}, {2}), ixor(5, 1), iand(6, 3), ifloordiv(7, 2), ipow(2, 3), ilshift(1, 2), irshift(8, 1), imod(7, 4), itruediv(1, 2)
matmul(type("M", (), {"__matmul__": lambda s, o: "mm"})(), 1), call(len, [1, 2]), call(dict, a=1)
sorted([(2, "a"), (1, "b")], key=itemgetter(0)), max([{"v": 1}, {"v": 5}], key=itemgetter("v")), list(map(add, [1, 2], [3, 4]))
length_hint(iter([1, 2])), length_hint(5, 7), operator.__add__(1, 2), operator.eq is operator.__eq__, sorted(["b", "A"], key=methodcaller("lower"))
""".strip().splitlines():
    check(line)
