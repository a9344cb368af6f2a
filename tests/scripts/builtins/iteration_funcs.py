# iter next enumerate zip map filter reversed sorted any all: laziness and interplay.
log = []


def noisy(xs):
    for x in xs:
        log.append(x)
        yield x


m = map(lambda x: x * 2, noisy([1, 2, 3]))
print(log, next(m), log, list(m), log)
log.clear()
f = filter(lambda x: x % 2, noisy(range(6)))
print(next(f), next(f), log)
log.clear()
print(any(x > 2 for x in noisy(range(10))), log)
log.clear()
print(all(x < 2 for x in noisy(range(10))), log)
log.clear()
z = zip(noisy([1, 2, 3]), noisy("ab"))
print(list(z), log)
print(list(enumerate(reversed("abc"), 1)))
print(dict(zip("abc", range(3))), dict(map(lambda k: (k, k * 2), "ab")))
print([*map(max, [1, 5], [3, 2], [2, 2])], list(map(None.__class__.__name__.__add__, ["x"])))
print(sorted(filter(str.isalpha, "b1a2"), reverse=True), max(map(len, ["a", "bbb"])), sum(map(int, "123")))
print(list(zip(*[(1, 2), (3, 4)])), [list(t) for t in zip(*[[1, 2], [3, 4], [5, 6]])])
it = iter("abcdef")
print(list(zip(it, it)), list(zip(*[iter(range(6))] * 3)))
print(next(iter([]), "empty"), next((x for x in range(10) if x > 5), None), next(filter(lambda v: v > 100, range(5)), -1))


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        n = self.n
        while n:
            yield n
            n -= 1

    def __reversed__(self):
        return iter(range(1, self.n + 1))

    def __len__(self):
        return self.n

    def __contains__(self, x):
        return x == "magic" or 0 < x <= self.n


c = Countdown(3)
print(list(c), list(reversed(c)), 2 in c, "magic" in c, len(c), sorted(c), list(enumerate(c)), tuple(map(str, c)))
a, *b = c
print(a, b, max(c), sum(c), set(c), dict.fromkeys(c))


def boom():
    yield 1
    raise ValueError("boom")


for consume in (list, tuple, set, sum, sorted, max, lambda g: [*g], lambda g: dict.fromkeys(g), lambda g: list(map(str, g)), lambda g: "".join(map(str, g)), lambda g: any(x > 5 for x in g), lambda g: list(zip(g, range(9))), lambda g: list(enumerate(g)), lambda g: [].extend(g), lambda g: {}.update(enumerate(g))):
    try:
        print(consume(boom()))
    except ValueError as e:
        print(type(e).__name__, e, end="; ")
print()
x = [1, 2, 3]
x[:] = (v * 2 for v in x)
print(x)
x += map(str, x[:])
print(x)
x.extend(filter(None, [0, 7]))
print(x)
print(*map(lambda p: p[0] * p[1], enumerate([5, 6, 7])), sep=",")
print(list(map(pow, [2, 3], [3, 2])), list(map(lambda *a: a, "ab", "cd", "ef")))
