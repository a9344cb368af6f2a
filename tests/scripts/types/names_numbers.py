# All attributes of int, float, complex, bool, object, type, NoneType.
for t in (int, float, complex, bool, object, type, type(None), type(...), type(NotImplemented)):
    print(t.__name__)
    for n in dir(t):
        print("   ", n)
