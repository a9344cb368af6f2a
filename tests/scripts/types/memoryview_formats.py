"""What is assigned to a slice of a memoryview has its format, too."""

import array

sources = [b"abcd", bytearray(b"abcd"), memoryview(b"abcd"), *(memoryview(b"abcd").cast(f) for f in ("b", "c", "H", "@H")),
           array.array("h", [1, 2]), array.array("i", [1]), memoryview(b"aabbccdd")[::2], memoryview(b"aabbccdd").cast("h")[::2]]
for f in "B", "b", "c", "H", "h", "i", "I", "@h", "@B", "f":
    for source in sources:
        for n in 4, 2, 1:
            m = memoryview(bytearray(8)).cast(f)
            try:
                m[:n] = source
                print(f, n, bytes(m))
            except ValueError as e:
                print(f, n, e)
