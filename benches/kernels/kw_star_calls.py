"""Keyword arguments, defaults, *args and **kwargs."""

N = 700_000


def plain(a, b=2, *, c=3, d=4):
    return a + 2 * b + 3 * c + 4 * d


def star(*args):
    return len(args) + args[0]


def mixed(first, *rest, scale=1, **options):
    return first * scale + len(rest) + len(options)


def run(n):
    total = 0
    pair = (5, 6)
    opts = {"c": 7, "d": 8}
    for i in range(n):
        total += plain(i, c=1)
        total += plain(1, b=i, d=2, c=3)
        total += star(i, 2, 3)
        total += plain(*pair, **opts)
        total += mixed(i, 1, 2, scale=3, tag=4)
    return total
