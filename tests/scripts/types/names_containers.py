# All attributes of list, tuple, dict, set, frozenset, range, slice and dict views.
for t in (list, tuple, dict, set, frozenset, range, slice, type({}.keys()), type({}.values()), type({}.items())):
    print(t.__name__)
    for n in dir(t):
        print("   ", n)
