"""Who is asked for a length when what it yields is collected: for an object over a database each question is a query."""


class It:
    def __init__(self, log):
        self.log = log

    def __iter__(self):
        self.log.append("iter")
        return iter([1, 2, 3])

    def __len__(self):
        self.log.append("len")
        return 3


class Hinted:
    def __iter__(self):
        return self

    def __init__(self, log):
        self.log, self.left = log, 3

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return self.left

    def __length_hint__(self):
        self.log.append("hint")
        return 3


class Tuple(tuple):
    pass


def assign(x):
    l = [0]
    l[0:1] = x
    return l


def assign_extended(x):
    l = [0] * 6
    l[::2] = x
    return l


def extend(x):
    l = []
    l.extend(x)
    return l


for f in tuple, Tuple, list, set, frozenset, extend, assign, assign_extended, sorted, sum, min, all, lambda x: dict.fromkeys(x), lambda x: ",".join(map(str, x)):
    for kind in It, Hinted:
        log = []
        r = f(kind(log))
        print(f.__name__, kind.__name__, log, r)
