# print with every option; input from a replaced stdin.
import io
import sys

print()
print(None, True, 1.5, "a", [1, "b"], {"k": (1,)}, b"x")
print("a", "b", sep="")
print("a", "b", sep="-", end="|\n")
print("a", "b", sep=None, end=None)
print(*range(5), sep=", ")
print("no newline", end="")
print()
buf = io.StringIO()
print("to buffer", 5, file=buf)
print("more", file=buf, end="")
print(repr(buf.getvalue()))


def err(f, *a, **k):
    try:
        f(*a, **k)
    except Exception as e:
        print(type(e).__name__, e)


err(print, "a", sep=5)
err(print, "a", end=5)
err(print, "a", foo=1)
err(print, "a", file=5)


class W:
    def __init__(self):
        self.parts = []

    def write(self, s):
        self.parts.append(s)


w = W()
print("x", 1, file=w)
print(w.parts)


class Flush(W):
    def flush(self):
        self.parts.append("FLUSH")


w = Flush()
print("x", file=w, flush=True)
print(w.parts)
sys.stdin = io.StringIO("first line\nsecond\n\nlast")
print(repr(input()))
print(repr(input("prompt> ")))
print(repr(input()), repr(input()))
err(input)
old = sys.stdout
sys.stdout = buf = io.StringIO()
print("captured")
sys.stdout = old
print(buf.getvalue().upper(), end="")


class Odd:
    def __str__(self):
        return "odd str"

    def __repr__(self):
        return "odd repr"


print(Odd(), [Odd()], {Odd().__str__(): Odd()}, (Odd(),), f"{Odd()!r}")


class Bad:
    def __str__(self):
        raise ValueError("no str")


err(print, Bad())
print("é日本🎉", "\t|", "a\\n")
sys.stdout.write("direct\n")
print(sys.stdout.write("12345\n"))
sys.stdout.writelines(["l1\n", "l2\n"])
print("end", flush=True)
