# Keywords that a subclass adds to a constructor which takes none.
import itertools

for base, arg in (list, [1]), (tuple, [1]), (float, 2.5), (frozenset, [1]), (filter, None), (itertools.cycle, [1]):
    args = (arg, [1]) if base is filter else (arg,)

    class Init(base):
        def __init__(self, *args, extra=None):
            if base is list:
                super().__init__(*args)
            self.extra = extra

    class New(base):
        def __new__(cls, *args, extra=None):
            self = super().__new__(cls, *args)
            self.extra = extra
            return self

    class Plain(base):
        pass

    print(base.__name__, Init(*args, extra=3).extra, New(*args, extra=4).extra)
    try:
        Plain(*args, extra=5)
    except TypeError as e:
        print(type(e).__name__)


class NewSet(set):
    def __new__(cls, arg, extra=None):
        return super().__new__(cls)


try:
    NewSet([1], extra=2)
except TypeError as e:
    print(e)
