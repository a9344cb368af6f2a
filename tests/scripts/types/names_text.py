# All attributes of str, bytes, bytearray, memoryview.
for t in (str, bytes, bytearray, memoryview):
    print(t.__name__)
    for n in dir(t):
        print("   ", n)
