"""A 2D vector class with __slots__ and operator methods."""

N = 400_000


class Vec:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vec(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return self.x < other.x

    def __getitem__(self, i):
        return self.y if i else self.x

    def __len__(self):
        return 2

    def __bool__(self):
        return self.x != 0


def run(n):
    p = Vec(0, 0)
    step = Vec(3, -2)
    same = 0
    for i in range(n):
        p = p + step * (i & 7)
        q = -p
        if q == p or p < step:
            same += len(p)
        if p[0] > 1000:
            p = p - Vec(1000, p[1])
        if q:
            same += 1
    return p.x, p.y, same
