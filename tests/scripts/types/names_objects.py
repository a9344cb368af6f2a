# All attributes of property, classmethod, staticmethod, super, functions, methods, generators, coroutines.
for t in (property, classmethod, staticmethod, super, type(lambda: 0), type([].append), type(print), type((x for x in [])), type(iter([])), enumerate, zip, map, filter, reversed):
    print(t.__name__)
    for n in dir(t):
        print("   ", n)
