"""Persistent collections and tools for nested data."""


def use():
    import pyrsistent as p, boltons.iterutils, boltons.cacheutils, boltons.strutils

    v = p.pvector([1, 2]).append(3)
    m = p.pmap({'a': 1}).set('b', 2)

    class R(p.PRecord):
        x = p.field(type=int)

    return (
        v,
        sorted(m.items()),
        R(x=1).set(x=2),
        boltons.iterutils.chunked(range(5), 2),
        boltons.strutils.slugify('Hello World'),
        boltons.iterutils.remap({'a': {'b': 1}}, lambda p, k, v: (k, v)),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
