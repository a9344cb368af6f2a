"""Raising, catching, finally, re-raising, exception classes and chaining."""

N = 700_000


class Odd(Exception):
    def __init__(self, value):
        super().__init__(value)
        self.value = value


class VeryOdd(Odd):
    pass


def probe(i):
    if i & 1:
        if i & 2:
            raise VeryOdd(i)
        raise Odd(i)
    return i


def run(n):
    total = 0
    finals = 0
    table = {1: 1, 2: 2}
    for i in range(n):
        try:
            total += probe(i)
        except VeryOdd as e:
            total += e.value * 2
        except Odd as e:
            total -= e.value
        finally:
            finals += 1
        try:
            total += table[i & 3]
        except KeyError:
            total += 1
        try:
            try:
                if i & 7 == 0:
                    int("x")
            except ValueError as e:
                raise LookupError(i) from e
        except LookupError:
            total += 3
    return total, finals
