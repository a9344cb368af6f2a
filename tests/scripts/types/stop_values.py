"""An end of iteration that has a value passes through the iterators that end with it."""
import itertools


class Ends:
    def __init__(self, items=0):
        self.items = items

    def __iter__(self):
        return self

    def __next__(self):
        if self.items:
            self.items -= 1
            return self.items
        raise StopIteration("value")


def stops(name, it):
    items = []
    try:
        while True:
            items.append(next(it))
    except StopIteration as e:
        print(name, items, e.value)
    try:
        next(it)
    except StopIteration as e:
        print("  again", e.value)


def generator():
    yield 1
    return "returned"


for make in Ends, lambda: Ends(3), generator:
    stops("enumerate", enumerate(make()))
    stops("map", map(str, make()))
    stops("map of two", map(max, itertools.repeat(2), make()))
    stops("map of three", map(max, itertools.repeat(2), make(), make()))
    stops("zip", zip(make()))
    stops("zip of two", zip("abcdef", make()))
    stops("zip of three", zip("abcdef", "abcdef", make()))
    stops("zip, strict", zip(make(), make(), strict=True))
    stops("filter", filter(None, make()))
    stops("filter by a function", filter(str, make()))
    stops("islice", itertools.islice(make(), 10))
    stops("islice, the rest", itertools.islice(make(), 9, 10))
    stops("accumulate", itertools.accumulate(make()))
    stops("takewhile", itertools.takewhile(lambda x: True, make()))
    stops("dropwhile", itertools.dropwhile(bool, make()))
    stops("filterfalse", itertools.filterfalse(None, make()))
    stops("compress", itertools.compress(make(), itertools.repeat(1)))
    stops("compress, selectors", itertools.compress(itertools.repeat(1), make()))
    stops("starmap", itertools.starmap(str, zip(make())))
    stops("pairwise", itertools.pairwise(make()))
    # These know the end by themselves.
    stops("chain", itertools.chain(make(), make()))
    stops("batched", itertools.batched(make(), 2))
    stops("groupby", (key for key, _ in itertools.groupby(make())))
    stops("zip_longest", itertools.zip_longest(make()))
    stops("tee", itertools.tee(make())[0])


def delegates(it):
    print("result", (yield from it))


for make in enumerate, zip, lambda it: map(str, it), lambda it: filter(None, it):
    print(list(delegates(make(Ends(2)))))
    print(list(make(Ends(2))), [*make(Ends(2))], sorted(make(Ends(2))), next(make(Ends()), "default"))
    for x in make(Ends(1)):
        print(x)
