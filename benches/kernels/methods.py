"""Polymorphic method calls over a list of shapes of four classes."""

N = 700_000


class Shape:
    def __init__(self, size):
        self.size = size

    def area(self):
        return 0

    def grow(self, by):
        self.size += by


class Square(Shape):
    def area(self):
        return self.size * self.size


class Strip(Shape):
    def area(self):
        return self.size


class Box(Square):
    def __init__(self, size):
        super().__init__(size)
        self.depth = 3

    def area(self):
        return self.size * self.size * self.depth


class Bar(Strip):
    def area(self):
        return self.size * 2

    def grow(self, by):
        self.size += by + 1


def run(n):
    shapes = [Square(1), Strip(2), Box(3), Bar(4), Strip(5), Square(6), Bar(7)]
    total = 0
    for i in range(n):
        for s in shapes:
            total += s.area()
        shapes[i % 7].grow(1 if i & 1 else -1)
    return total
