# An iterator over a dict sees that entries which it has passed were removed and made anew.
def tried(make, change):
    d = {0: 0}
    seen = []
    try:
        for x in make(d):
            seen.append(x)
            if len(seen) > 5:
                break
            change(d)
    except RuntimeError as e:
        seen.append(str(e))
    print(seen, d)


def delete(d):
    del d[0]
    d[0] = 0


def pop(d):
    d.pop(0)
    d[0] = 1


def popitem(d):
    d.popitem()
    d[0] = 1


for make in (iter, dict.keys, dict.values, dict.items):
    for change in (delete, pop, popitem):
        tried(make, change)

# The same behind other entries, and what is not behind.
d = dict.fromkeys(range(3))
try:
    for x in d:
        print(x)
        if x == 2:
            del d[1]
            d[1] = 1
except RuntimeError as e:
    print(e)
d = dict.fromkeys(range(3))
for x in d:
    print(x)
    if x == 0:
        del d[2]
        d[3] = 1
print(d)

# A queue and a stack that are looked at all the time keep their order.
d = {}
for i in range(1000):
    d[i] = i
    if i > 10:
        del d[next(iter(d))]
print(list(d.items()), len(d))
for i in range(1000):
    d[-i] = i
    del d[next(reversed(d))]
print(list(d.items()), len(d), list(reversed(d)))
while d:
    del d[next(iter(d))]
    d.update()
print(d, list(d), list(reversed(d)))
d["a"] = 1
for k in d:
    pass
del d["a"]
d["b"] = 2
print(d, list(d), d.popitem(), d)

# An iterator from the end begins where the end was.
d = {f"k{i}": i for i in range(1000)}
for i in range(1, 1000):
    del d[f"k{i}"]
iterators = reversed(d), reversed(d.keys()), reversed(d.values()), reversed(d.items())
d.clear()
d["k0"] = 0
print([list(it) for it in iterators])

# The first key goes, another comes.
d = {"a": 1, "b": 2}
try:
    for x in d:
        d.pop("a", 0)
        d["z"] = 1
    print("finished", d)
except RuntimeError as e:
    print(e)
