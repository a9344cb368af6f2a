"""`list.remove` looks at the list as comparisons leave it, and removes what stands where it found something."""


class Cutter:
    def __init__(self, result, cut):
        self.result = result
        self.cut = cut

    def __eq__(self, other):
        self.cut()
        return self.result


def removed(make, value, result):
    """What is left when the first item's comparison changes the list."""
    items = []
    items.extend([Cutter(result, lambda: make(items)), *"abc"])
    try:
        items.remove(value)
    except ValueError as e:
        return str(e), items[:]
    return items


def first(items):
    del items[0]


def clear(items):
    items.clear()


def grow(items):
    items.insert(0, "x")


print(removed(first, "a", False))
print(removed(first, "b", False))
print(removed(first, "zzz", True))
print(removed(clear, "a", False))
print(removed(clear, "a", True))
print(removed(grow, "zzz", True)[1:])
