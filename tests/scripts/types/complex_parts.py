# complex() with complex parts, __complex__ and __float__ of subclasses.
import warnings

warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest: print(category.__name__, message)


class C:
    def __complex__(self):
        return 1 + 2j


class Sub(complex):
    pass


class GivesSub:
    def __complex__(self):
        return Sub(1, 2)


class FloatSub(float):
    pass


class GivesFloatSub:
    def __float__(self):
        return FloatSub(3.0)


class Bad:
    def __complex__(self):
        return 1


class Own(float):
    def __float__(self):
        return 42.0


cases = [
    ((1j, 2), {}), ((1, 2j), {}), ((1j, 2j), {}), ((C(), 1), {}), ((1, C()), {}), ((Sub(1, 2),), {}),
    ((), {"real": 1j}), ((), {"imag": 1j}), ((), {"real": 4.25}), ((GivesSub(),), {}), ((GivesFloatSub(),), {}),
    ((GivesFloatSub(), 1), {}), ((Sub(1, 2), 0), {}), (("1", 2), {}), ((1, "2"), {}), ((), {"real": "1"}),
    (({},), {}), (({}, 1), {}), ((1, {}), {}), ((), {"real": C()}), ((), {"real": 1, "imag": Sub(1, 2)}),
    ((GivesSub(), 1), {}), ((True, False), {}), ((Bad(),), {}), ((Bad(), 1), {}), ((1, Bad()), {}), ((b"1",), {}),
    ((), {"real": b"1"}), (("1",), {"real": 2}), ((1, 2, 3), {}), ((0.0, -0.0), {}), ((-0.0, 0j), {}),
]
for args, keywords in cases:
    try:
        print(complex(*args, **keywords))
    except TypeError as e:
        print(e)
for v in GivesSub(), Sub(1, 2), 3, Bad(), "1":
    try:
        print(complex.from_number(v), type(Sub.from_number(v)).__name__)
    except TypeError as e:
        print(e)
z = 1 + 2j
print(complex.from_number(z) is z, float(Own(1.0)), float(GivesFloatSub()), FloatSub(Own(2.0)))
